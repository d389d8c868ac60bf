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
#include "programs/activator-events.h"
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

struct activator {
	struct activator_settings settings;
	struct activator_events events;
	struct activator_hosts *hosts; /* NULL: objects are made here */
	struct security_acceptor *acceptor;
	struct rpc_server *server;
	struct rpc_map *map;
	struct rpc_interface *epmapper, *mgmt;
	struct dcom *dcom;
	uint16_t port, object_port;
	char host[256], principal[300];
};

/* ---- what DCOM asks ---- */

/* Others hear the same of a class that is not there and of one that is not theirs. */
static const struct activator_class *offered(const struct activator *a, REFCLSID clsid)
{
	for (unsigned i = 0; i < a->settings.class_count; i++)
		if (IsEqualGUID(&a->settings.classes[i].asked, clsid))
			return &a->settings.classes[i];
	return NULL;
}

static HRESULT activate(void *ctx, const struct rpc_caller *caller, REFCLSID clsid, bool factory,
			IUnknown **ret)
{
	const struct activator_class *c = offered(ctx, clsid);

	if (!c)
		return REGDB_E_CLASSNOTREG;
	return factory ? CoGetClassObject(&c->given, CLSCTX_INPROC_SERVER, NULL, &IID_IUnknown,
					  (void **)ret)
		       : CoCreateInstance(&c->given, NULL, CLSCTX_INPROC_SERVER, &IID_IUnknown,
					  (void **)ret);
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

static void refused(void *ctx, const struct rpc_caller *caller)
{
	struct activator *a = ctx;

	activator_events_refused(&a->events, caller);
}

static void note(void *ctx, const char *text)
{
	fprintf(stderr, "rpcss: %s\n", text);
}

/* Whoever looks for a client that died, or for one that does not ping, finds it here. */
static void collected(void *ctx, size_t released, const struct dcom_counts *left)
{
	fprintf(stderr,
		"rpcss: objects released, as no client pinged them for three periods: %zu; "
		"left: %zu\n",
		released, left->exporter.objects);
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

static void make_bindings(const struct activator *a, const char *address, struct bindings *ret)
{
	*ret = (struct bindings){ 0 };
	for (unsigned i = 0; i < a->settings.name_count; i++)
		(void)bindings_add_string(ret, a->settings.names[i], 0);
	if (!a->settings.name_count) {
		(void)bindings_add_string(ret, a->host, 0);
		if (address)
			(void)bindings_add_string(ret, address, 0);
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

static uint16_t port_of(int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t length = sizeof address;

	if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
		return 0;
	return ntohs(address.ss_family == AF_INET
			     ? ((const struct sockaddr_in *)(const void *)&address)->sin_port
			     : ((const struct sockaddr_in6 *)(const void *)&address)->sin6_port);
}

/* Sockets that others have opened. */
static int listen_lent(struct activator *a, const struct activator_service *service)
{
	const int lent[] = { service->local, service->activation, service->objects };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(lent); i++) {
		if (lent[i] < 0)
			continue;
		int fd = fcntl(lent[i], F_DUPFD_CLOEXEC, 3);

		r = fd < 0 ? -errno : rpc_server_listen(a->server, fd);
		if (r < 0)
			sys_close(fd);
	}
	a->port = service->activation < 0 ? 0 : port_of(service->activation);
	a->object_port = service->objects < 0 ? a->port : port_of(service->objects);
	return r;
}

/* Objects have a port of the range that the registry gives, or that of activation. */
static int listen_for_objects(struct activator *a, const char *address, struct error *err)
{
	const struct activator_settings *s = &a->settings;
	int r = -EADDRINUSE;

	a->object_port = a->port;
	if (!s->first_port)
		return 0;
	for (uint32_t port = s->first_port; r == -EADDRINUSE && port <= s->last_port; port++)
		r = rpc_server_listen_tcp(a->server, address, (uint16_t)port, &a->object_port, err);
	if (r == -EADDRINUSE)
		error_set(err, r, "no port from %u to %u is free", s->first_port, s->last_port);
	return r;
}

static int start_listening(struct activator *a, const struct activator_options *o,
			   struct error *err)
{
	if (o->service)
		return listen_lent(a, o->service);
	int r = rpc_server_listen_tcp(a->server, o->address, o->port, &a->port, err);

	return r < 0 ? r : listen_for_objects(a, o->address, err);
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
		.endpoint = o->service ? endpoint : NULL,
		.bindings = bindings,
		.least = a->settings.least,
		.ping_period = a->settings.ping_seconds * NSEC_PER_SEC,
		.ctx = a,
		.activate = a->hosts ? NULL : activate,
		.host = a->hosts ? host : NULL,
		.refused = refused,
		.collected = o->verbose ? collected : NULL,
	};

	if (!bindings)
		return -ENOMEM;
	/* The service control manager listens there, so it is not too long. */
	snprintf(endpoint, sizeof endpoint, "%s/" DCOM_MACHINE_SOCKET, o->state_dir);
	make_bindings(a, o->address, bindings);
	int r = dcom_new(&options, &a->dcom, err);

	mem_free(bindings);
	if (r == 0)
		dcom_remoting_use(a->dcom);
	return r;
}

static int take_settings(struct activator *a, const struct activator_options *o, struct error *err)
{
	if (o->service) {
		a->settings = *o->service->settings;
		return activator_hosts_new(o->service->child, &a->hosts);
	}
	int r = activator_settings_read(o->state_dir, &a->settings, err);

	if (r == 0 && !a->settings.enabled)
		r = error_set(err, -EPERM,
			      "DCOM is switched off: HKLM\\SOFTWARE\\Microsoft\\Ole\\EnableDCOM is "
			      "not Y");
	return r;
}

static int start(struct activator *a, const struct activator_options *o, struct error *err)
{
	int r = take_settings(a, o, err);

	/* By the name that clients know it by, which is what their tickets are for. */
	snprintf(a->principal, sizeof a->principal, "RPCSS/%s",
		 a->settings.name_count ? a->settings.names[0] : a->host);
	if (r == 0)
		r = start_security(a, o, err);
	struct rpc_server_options server = { .acceptor = a->acceptor,
					     .note = o->verbose ? note : NULL };

	if (r == 0)
		r = rpc_server_new(&server, &a->server);
	if (r == 0)
		r = start_listening(a, o, err);
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

	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	if (gethostname(a->host, sizeof a->host - 1) < 0)
		snprintf(a->host, sizeof a->host, "localhost");
	activator_events_init(&a->events, options->state_dir,
			      options->service ? options->service->child : NULL, options->verbose);
	struct error why = { 0 };
	int r = start(a, options, &why);

	if (r < 0) {
		if (!why.text[0])
			error_set(&why, r, "cannot start: %s", error_errno_text(r));
		if (err)
			*err = why;
		activator_free(a);
		return r;
	}
	*ret = a;
	return 0;
}

struct activator *activator_free(struct activator *a)
{
	if (!a)
		return NULL;
	activator_stop_asking(a);
	if (a->server)
		rpc_server_stop(a->server, STOP_GRACE);
	dcom_remoting_use(NULL);
	dcom_free(a->dcom);
	rpc_server_free(a->server);
	rpc_interface_free(a->mgmt);
	rpc_interface_free(a->epmapper);
	rpc_map_free(a->map);
	security_acceptor_free(a->acceptor);
	activator_hosts_free(a->hosts);
	activator_events_done(&a->events);
	return mem_free(a);
}

uint16_t activator_port(const struct activator *a)
{
	return a->port;
}

void activator_answer(struct activator *a, const struct control_com_activated *m)
{
	if (a->hosts)
		activator_hosts_answer(a->hosts, m);
}

void activator_stop_asking(struct activator *a)
{
	if (a->hosts)
		activator_hosts_stop(a->hosts);
}
