/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rpcss is made of (activator.h). Other machines get only classes that the registry names;
 * callers of this one all that have a process.
 */
#include "programs/activator.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/class.h"
#include "com/classes.h"
#include "dcom/dcom.h"
#include "dcom/remoting.h"
#include "programs/activator-hosts.h"
#include "registry/dcom.h"
#include "rpc/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <unistd.h>

#define STOP_GRACE (2 * NSEC_PER_SEC)
/* Those that wait for other processes, and as many as usual for all else. */
#define THREADS (DCOM_ELSEWHERE_MAX + ACTIVATOR_HOSTS_WAITING_MAX + 64)
/* Each exporter has one all the time; a quarter is for one user of this machine. */
#define CONNECTIONS 4096
#define EVENT_REFUSED 10036

struct activator {
	struct child *child;
	const struct activator_settings *settings;
	struct activator_hosts *hosts;
	struct security_acceptor *acceptor;
	struct rpc_server *server;
	struct rpc_map *map;
	struct rpc_interface *epmapper, *mgmt;
	struct dcom *dcom;
	uint16_t port, object_port;     /* 0: callers of this machine only */
	char address[SYS_ADDRESS_SIZE]; /* that is listened on; "": all */
	char host[256], principal[300];
};

/* ---- what DCOM asks ---- */

/* Others hear the same of a class that is not there and of one that is not theirs. */
static const struct activator_class *offered(const struct activator *a, REFCLSID clsid)
{
	for (unsigned i = 0; i < a->settings->class_count; i++)
		if (IsEqualGUID(&a->settings->classes[i].asked, clsid))
			return &a->settings->classes[i];
	return NULL;
}

/* The application of a class, when it has a process. */
static bool find_app(REFCLSID clsid, GUID *ret)
{
	struct classes *classes = classes_now(NULL);
	const struct classes_class *class = classes ? classes_find(classes, clsid) : NULL;
	bool found = class && class->process;

	if (found)
		*ret = class->appid;
	classes_unref(classes);
	return found;
}

static HRESULT host(void *ctx, const struct rpc_caller *caller, REFCLSID clsid, uint64_t gone,
		    struct dcom_host *ret)
{
	struct activator *a = ctx;
	const struct activator_class *c = NULL;
	GUID appid;

	ret->clsid = *clsid;
	if (!dcom_is_local(caller)) {
		c = offered(a, clsid);
		if (!c)
			return REGDB_E_CLASSNOTREG;
		ret->clsid = c->given;
	}
	if (!find_app(&ret->clsid, &appid)) {
		if (!c)
			return REGDB_E_CLASSNOTREG;
		guid_parse(TEXT(REGISTRY_DCOM_APP), &appid);
	}
	return activator_hosts_ask(a->hosts, caller, &appid, gone, ret);
}

/* Anybody can cause it: the service control manager writes a burst, and then two a second. */
static void refused(void *ctx, const struct rpc_caller *caller)
{
	const struct activator *a = ctx;
	const char *name =
		caller->peer && !caller->peer->anonymous ? caller->peer->name : "ANONYMOUS LOGON";
	const char *slash = strchr(name, '\\');
	char domain[SECURITY_NAME_MAX];

	snprintf(domain, sizeof domain, "%.*s", slash ? (int)(slash - name) : 0, name);
	/* Names have no security identifiers here. */
	child_report(a->child, "DCOM", EVENT_REFUSED, domain, slash ? slash + 1 : name, "S-1-0-0",
		     caller->address, NULL);
}

/* ---- how others reach this machine ---- */

static void add_own_addresses(struct bindings *b)
{
	struct ifaddrs *list = NULL;

	if (getifaddrs(&list) < 0)
		return;
	for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
		char text[INET_ADDRSTRLEN];

		if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET ||
		    i->ifa_flags & IFF_LOOPBACK)
			continue;
		const struct sockaddr_in *in = (const void *)i->ifa_addr;

		if (inet_ntop(AF_INET, &in->sin_addr, text, sizeof text))
			(void)bindings_add_string(b, text, 0);
	}
	freeifaddrs(list);
}

static void make_bindings(const struct activator *a, struct bindings *ret)
{
	*ret = (struct bindings){ 0 };
	for (unsigned i = 0; i < a->settings->name_count; i++)
		(void)bindings_add_string(ret, a->settings->names[i], 0);
	if (!a->settings->name_count) {
		(void)bindings_add_string(ret, a->host, 0);
		if (a->address[0])
			(void)bindings_add_string(ret, a->address, 0);
		else
			add_own_addresses(ret);
	}
	if (!a->acceptor)
		return;
	static const enum authn_service services[] = { AUTHN_GSS_NEGOTIATE, AUTHN_GSS_KERBEROS,
						       AUTHN_WINNT };

	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		if (security_acceptor_offers(a->acceptor, services[i]))
			(void)bindings_add_security(ret, services[i],
						    services[i] == AUTHN_WINNT ? "" : a->principal);
}

/* ---- putting it together ---- */

static uint16_t port_of(int fd, char address[SYS_ADDRESS_SIZE])
{
	struct sockaddr_storage a = { 0 };
	socklen_t length = sizeof a;

	if (fd < 0 || getsockname(fd, (struct sockaddr *)&a, &length) < 0)
		return 0;
	uint16_t port = sys_address_text(&a, address);

	if (strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0)
		address[0] = '\0';
	return port;
}

static int start_listening(struct activator *a, const struct activator_options *o)
{
	const int lent[] = { o->local, o->activation, o->objects };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(lent); i++) {
		if (lent[i] < 0)
			continue;
		int fd = fcntl(lent[i], F_DUPFD_CLOEXEC, 3);

		r = fd < 0 ? -errno : rpc_server_listen(a->server, fd);
		if (r < 0)
			sys_close(fd);
	}
	a->port = port_of(o->activation, a->address);
	a->object_port = o->objects < 0 ? a->port : port_of(o->objects, a->address);
	return r;
}

static int start_security(struct activator *a, const struct activator_options *o, struct error *err)
{
	struct security_acceptor_options options = { .keytab = o->keytab, .ntlm_users = o->users };

	/* Without either it tells who it is, and lets nobody in. */
	return o->keytab || o->users ? security_acceptor_new(&options, &a->acceptor, err) : 0;
}

static int add_mapper(struct activator *a)
{
	struct rpc_interfaces *list = rpc_server_interfaces(a->server);
	struct rpc_mgmt_options mgmt = { .interfaces = list,
					 .statistics = rpc_server_statistics(a->server),
					 .principal = a->principal };
	int r = rpc_map_new(&a->map);

	if (r == 0)
		r = rpc_epmapper_new(a->map, &a->epmapper);
	if (r == 0)
		r = rpc_interfaces_add(list, a->epmapper);
	if (r == 0)
		r = rpc_mgmt_new(&mgmt, &a->mgmt);
	return r < 0 ? r : rpc_interfaces_add(list, a->mgmt);
}

/* What the machine offers, for whoever asks the mapper: after all of it was added. */
static int fill_map(struct activator *a)
{
	struct rpc_binding here = { .protseq = RPC_NCACN_IP_TCP };

	if (!a->port)
		return 0;
	snprintf(here.endpoint, sizeof here.endpoint, "%u", a->port);
	return rpc_map_insert_all(a->map, rpc_server_interfaces(a->server), &here);
}

static int start_dcom(struct activator *a, const struct activator_options *o, struct error *err)
{
	struct bindings *bindings = mem_new(struct bindings);
	char endpoint[RPC_ENDPOINT_MAX];
	struct dcom_options options = {
		.server = a->server,
		.port = a->object_port,
		.endpoint = endpoint,
		.bindings = bindings,
		.least = a->settings->least,
		.ping_period = a->settings->ping_seconds * NSEC_PER_SEC,
		.ctx = a,
		.host = host,
		.refused = refused,
	};

	if (!bindings)
		return -ENOMEM;
	/* The service control manager listens there, so it is not too long. */
	snprintf(endpoint, sizeof endpoint, "%s/" DCOM_MACHINE_SOCKET, o->state_dir);
	make_bindings(a, bindings);
	int r = dcom_new(&options, &a->dcom, err);

	mem_free(bindings);
	return r;
}

static int start(struct activator *a, const struct activator_options *o, struct error *err)
{
	int r = activator_hosts_new(o->child, &a->hosts);

	/* By the name that clients know it by, which is what their tickets are for. */
	snprintf(a->principal, sizeof a->principal, "RPCSS/%s",
		 a->settings->name_count ? a->settings->names[0] : a->host);
	if (r == 0)
		r = start_security(a, o, err);
	const struct rpc_server_options server = { .acceptor = a->acceptor,
						   .connections = CONNECTIONS,
						   .threads = THREADS };

	if (r == 0)
		r = rpc_server_new(&server, &a->server);
	if (r == 0)
		r = start_listening(a, o);
	if (r == 0)
		r = add_mapper(a);
	if (r == 0)
		r = start_dcom(a, o, err);
	if (r == 0)
		r = fill_map(a);
	return r < 0 ? r : rpc_server_start(a->server);
}

int activator_new(const struct activator_options *options, struct activator **ret,
		  struct error *err)
{
	struct activator *a = mem_new(struct activator);
	struct error why = { 0 };

	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	a->child = options->child;
	a->settings = options->settings;
	if (gethostname(a->host, sizeof a->host - 1) < 0)
		snprintf(a->host, sizeof a->host, "localhost");
	int r = start(a, options, &why);

	if (r < 0) {
		activator_free(a);
		return error_set(err, r, "%s%s", why.text[0] ? "" : "cannot start: ",
				 why.text[0] ? why.text : error_errno_text(r));
	}
	*ret = a;
	return 0;
}

struct activator *activator_free(struct activator *a)
{
	if (!a)
		return NULL;
	if (a->hosts)
		activator_hosts_stop(a->hosts);
	if (a->server)
		rpc_server_stop(a->server, STOP_GRACE);
	dcom_free(a->dcom);
	rpc_server_free(a->server);
	rpc_interface_free(a->mgmt);
	rpc_interface_free(a->epmapper);
	rpc_map_free(a->map);
	security_acceptor_free(a->acceptor);
	activator_hosts_free(a->hosts);
	return mem_free(a);
}

void activator_answer(struct activator *a, const struct control_com_activated *m)
{
	activator_hosts_answer(a->hosts, m);
}
