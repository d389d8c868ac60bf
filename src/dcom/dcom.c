/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The DCOM of a process (dcom.h): its parts put together, the interfaces it serves, and the thread
 * that lets time act on them.
 */
#include "dcom/dcom-internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "com/class.h"
#include "security/identity.h"

#include <errno.h>
#include <idl/ms-oaut.h>
#include <idl/oaidl.h>
#include <idl/surrogate-local.h>
#include <idl/unknwn.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* ---- interfaces ---- */

const struct ndr_interface *dcom_find_interface(void *ctx, REFIID iid)
{
	struct dcom *dcom = ctx;
	const struct ndr_interface *found = NULL;

	pthread_mutex_lock(&dcom->lock);
	for (unsigned i = 0; !found && i < dcom->module_count; i++) {
		const struct ndr_module *module = dcom->modules[i];

		for (uint32_t n = 0; !found && n < module->interface_count; n++)
			if (IsEqualGUID(&module->interfaces[n]->uuid, iid))
				found = module->interfaces[n];
	}
	pthread_mutex_unlock(&dcom->lock);
	return found ? found : ndr_registered(iid);
}

/* Whether calls to it can be served: it is COM's, and has opnums. */
static bool is_served(const struct ndr_interface *table)
{
	return table->flags & NDR_OBJECT &&
	       !(table->flags & (NDR_DISPINTERFACE | NDR_LOCAL_INTERFACE));
}

static int add_service(struct dcom *dcom, const struct ndr_interface *table)
{
	struct service **more = mem_realloc(dcom->services, dcom->service_count + 1, sizeof *more);
	struct service *service = mem_new(struct service);

	if (more)
		dcom->services = more;
	if (!more || !service) {
		mem_free(service);
		return -ENOMEM;
	}
	bool unknown = table == &ndr_interface_IRemUnknown || table == &ndr_interface_IRemUnknown2;

	*service = (struct service){
		.face = { .id = { table->uuid, 0, 0 },
			  .operations = (uint16_t)ndr_method_count(table),
			  .dispatch = dcom_stub_dispatch,
			  .ctx = service },
		.dcom = dcom,
		.table = table,
		.methods = unknown ? dcom_unknown_methods : NULL,
	};
	int r = rpc_interfaces_add(rpc_server_interfaces(dcom->options.server), &service->face);

	if (r < 0)
		mem_free(service);
	else
		more[dcom->service_count++] = service;
	return r == -EEXIST ? 0 : r;
}

/* Under the lock. */
static struct service *find_service(struct dcom *dcom, const struct ndr_interface *table)
{
	for (unsigned i = 0; i < dcom->service_count; i++)
		if (dcom->services[i]->table == table)
			return dcom->services[i];
	return NULL;
}

/* The table of an interface of an object that is given away, whose calls are served from now on:
 * what components have described was not there when the others began to be. */
static const struct ndr_interface *find_exported(void *ctx, REFIID iid)
{
	const struct ndr_interface *found = dcom_find_interface(ctx, iid);
	struct dcom *dcom = ctx;
	bool added = false;
	int r = 0;

	if (!found || !is_served(found))
		return found;
	pthread_mutex_lock(&dcom->lock);
	if (!find_service(dcom, found)) {
		r = add_service(dcom, found);
		added = r == 0 && find_service(dcom, found);
		if (added)
			dcom->services[dcom->service_count - 1]->described = true;
	}
	pthread_mutex_unlock(&dcom->lock);
	if (added && dcom->machine)
		r = machine_offer(dcom->machine);
	return r == 0 ? found : NULL;
}

DWORD dcom_described(struct dcom *dcom, unsigned first, IID iids[DCOM_OFFERS_MAX])
{
	DWORD count = 0;

	pthread_mutex_lock(&dcom->lock);
	for (unsigned i = 0; i < dcom->service_count && count < DCOM_OFFERS_MAX; i++)
		if (dcom->services[i]->described && !(first && first--))
			iids[count++] = dcom->services[i]->table->uuid;
	pthread_mutex_unlock(&dcom->lock);
	return count;
}

static bool has_foreign(const struct dcom *dcom, REFIID iid)
{
	for (unsigned i = 0; i < dcom->foreign_count; i++)
		if (IsEqualGUID(&dcom->foreigns[i]->table.uuid, iid))
			return true;
	return false;
}

/* Whether there is room for one more of that user. Under the lock. */
static bool may_add_foreign(const struct dcom *dcom, uint32_t uid)
{
	unsigned own = 0;

	for (unsigned i = 0; i < dcom->foreign_count; i++)
		own += dcom->foreigns[i]->uid == uid;
	return dcom->foreign_count < FOREIGN_MAX && own < FOREIGN_PER_USER;
}

/* Under the lock. */
static int add_foreign(struct dcom *dcom, REFIID iid, uint32_t uid)
{
	struct foreign **more = mem_realloc(dcom->foreigns, dcom->foreign_count + 1, sizeof *more);
	struct foreign *f = mem_new(struct foreign);

	if (more)
		dcom->foreigns = more;
	if (!more || !f) {
		mem_free(f);
		return -ENOMEM;
	}
	f->uid = uid;
	f->table = (struct ndr_interface){ .uuid = *iid, .flags = NDR_OBJECT };
	f->service = (struct service){
		.face = { .id = { *iid, 0, 0 },
			  .operations = UINT16_MAX,
			  .dispatch = dcom_foreign_dispatch,
			  .ctx = f },
		.dcom = dcom,
		.table = &f->table,
	};
	int r = rpc_interfaces_add(rpc_server_interfaces(dcom->options.server), &f->service.face);

	if (r < 0)
		mem_free(f);
	else
		more[dcom->foreign_count++] = f;
	return r == -EEXIST ? 0 : r; /* it is served here */
}

int dcom_serve_foreign(struct dcom *dcom, REFIID iid, uint32_t uid)
{
	pthread_mutex_lock(&dcom->lock);
	int r = has_foreign(dcom, iid)       ? 0
		: may_add_foreign(dcom, uid) ? add_foreign(dcom, iid, uid)
					     : -ENOBUFS;

	pthread_mutex_unlock(&dcom->lock);
	return r;
}

int dcom_add_module(struct dcom *dcom, const struct ndr_module *module)
{
	int r = 0;

	pthread_mutex_lock(&dcom->lock);
	if (dcom->module_count == DCOM_MODULES_MAX)
		r = -ENOBUFS;
	else
		dcom->modules[dcom->module_count++] = module;
	for (uint32_t i = 0; r == 0 && dcom->options.server && i < module->interface_count; i++)
		if (is_served(module->interfaces[i]))
			r = add_service(dcom, module->interfaces[i]);
	pthread_mutex_unlock(&dcom->lock);
	return r;
}

const char *dcom_client_name(const struct rpc_call *call)
{
	const struct rpc_caller *caller = rpc_call_caller(call);

	return caller->peer && !caller->peer->anonymous ? caller->peer->name : caller->address;
}

bool dcom_is_local(const struct rpc_caller *caller)
{
	return strcmp(caller->transport, "ncalrpc") == 0 &&
	       (!caller->peer || !caller->peer->vouched);
}

void dcom_local_peer(const struct rpc_caller *caller, struct security_peer *ret)
{
	memset(ret, 0, sizeof *ret);
	identity_describe(caller->uid, ret->name, sizeof ret->name);
	ret->service = AUTHN_WINNT;
	ret->impersonation = IMP_LEVEL_IMPERSONATE;
}

bool dcom_is_elsewhere(const struct dcom *dcom, const GUID *ipid)
{
	return dcom->elsewhere && exporter_oxid_of(ipid) != dcom->oxid;
}

bool dcom_negotiate(const struct dcom *dcom, const COMVERSION *server, COMVERSION *ret)
{
	if (!orpc_negotiate(server, ret))
		return false;
	if (dcom->options.minor && ret->MinorVersion > dcom->options.minor)
		ret->MinorVersion = dcom->options.minor;
	return true;
}

/* ---- time ---- */

static void wait_until(struct dcom *dcom, int64_t moment)
{
	struct timespec at = { .tv_sec = moment / NSEC_PER_SEC, .tv_nsec = moment % NSEC_PER_SEC };

	pthread_cond_clockwait(&dcom->tick, &dcom->lock, CLOCK_MONOTONIC, &at);
}

/* What is to be done now and then; `due`: a period is over. */
static void work(struct dcom *dcom, int64_t now, bool due)
{
	remotes_tick(dcom->remotes, due);
	if (due && dcom->resolver)
		resolver_collect(dcom->resolver, now);
	if (dcom->machine) {
		machine_tick(dcom->machine, now);
		exporter_flush(dcom->exporter);
	}
}

#define MACHINE_PERIOD (10 * NSEC_PER_SEC)

int64_t dcom_machine_period(const struct dcom *dcom)
{
	int64_t period = dcom->options.ping_period;

	return period < MACHINE_PERIOD ? period : MACHINE_PERIOD;
}

static void *ticker_main(void *arg)
{
	struct dcom *dcom = arg;
	int64_t period = dcom->options.ping_period, next = clock_now() + period;
	int64_t look = dcom->machine ? dcom_machine_period(dcom) : period;
	int64_t wake = clock_now() + look;

	pthread_mutex_lock(&dcom->lock);
	while (!dcom->stopping) {
		int64_t now = clock_now();
		bool due = now >= next;

		if (now < wake && !dcom->woken) {
			wait_until(dcom, wake);
			continue;
		}
		dcom->woken = false;
		pthread_mutex_unlock(&dcom->lock);
		work(dcom, now, due);
		if (due)
			next = now + period;
		wake = now + look < next ? now + look : next;
		pthread_mutex_lock(&dcom->lock);
	}
	pthread_mutex_unlock(&dcom->lock);
	return NULL;
}

void dcom_wake(struct dcom *dcom)
{
	pthread_mutex_lock(&dcom->lock);
	dcom->woken = true;
	pthread_cond_signal(&dcom->tick);
	pthread_mutex_unlock(&dcom->lock);
}

static void stop_ticking(struct dcom *dcom)
{
	if (!dcom->ticking)
		return;
	pthread_mutex_lock(&dcom->lock);
	dcom->stopping = true;
	pthread_cond_signal(&dcom->tick);
	pthread_mutex_unlock(&dcom->lock);
	pthread_join(dcom->ticker, NULL);
	dcom->ticking = false;
}

void dcom_flush(struct dcom *dcom)
{
	stop_ticking(dcom);
	remotes_tick(dcom->remotes, false);
}

static bool reclaim(void *ctx, uint64_t oxid, uint64_t oid, int64_t now)
{
	struct dcom *dcom = ctx;

	return oxid == dcom->oxid
		       ? exporter_reclaim(dcom->exporter, oid, dcom->options.ping_period, now)
		       : elsewhere_reclaim(dcom, oxid, oid);
}

/* ---- life ---- */

static int announce_here(void *ctx, const uint64_t *oids, size_t count)
{
	struct dcom *dcom = ctx;
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++)
		r = resolver_add_oid(dcom->resolver, dcom->oxid, oids[i], true, clock_now());
	return r;
}

static void withdraw_here(void *ctx, const uint64_t *oids, size_t count)
{
	struct dcom *dcom = ctx;

	for (size_t i = 0; i < count; i++)
		resolver_remove_oid(dcom->resolver, dcom->oxid, oids[i]);
}

/* This process is the resolver, of its own objects first. */
static int start_resolver(struct dcom *dcom)
{
	struct resolver_options options = { .period = dcom->options.ping_period,
					    .reclaim = reclaim,
					    .ctx = dcom };
	struct resolver_exporter *about = mem_new(struct resolver_exporter);
	int r = about ? resolver_new(&options, &dcom->resolver) : -ENOMEM;

	bindings_with_port(&dcom->bindings, dcom->options.port, &dcom->endpoints);
	if (r == 0) {
		*about = (struct resolver_exporter){ .bindings = dcom->endpoints,
						     .secret = dcom->secret,
						     .uid = geteuid(),
						     .rem_unknown = dcom->rem_unknown,
						     .authn_hint = dcom->options.least,
						     .major = ORPC_MAJOR,
						     .minor = ORPC_MINOR };
		memcpy(about->endpoint, dcom->endpoint, sizeof about->endpoint);
		r = resolver_add_oxid(dcom->resolver, about, dcom->oxid);
	}
	mem_free(about);
	return r < 0 ? r : elsewhere_new(&dcom->elsewhere);
}

static int start_exporter(struct dcom *dcom)
{
	struct exporter_options options = { .secret = dcom->secret,
					    .announce = announce_here,
					    .withdraw = withdraw_here,
					    .find = find_exported,
					    .ctx = dcom,
					    .bindings = &dcom->bindings };

	if (dcom->machine) {
		options.announce = machine_announce;
		options.withdraw = machine_withdraw;
		options.numbering = dcom->machine;
		options.batch = EXPORTER_OIDS_MAX;
	}
	return exporter_new(&options, &dcom->exporter);
}

static int start_serving(struct dcom *dcom, struct error *err)
{
	exporter_names(&dcom->secret, &dcom->oxid, &dcom->rem_unknown);
	int r = dcom->machine_path[0] ? machine_new(dcom, &dcom->machine, err)
				      : start_resolver(dcom);

	return r < 0 ? r : start_exporter(dcom);
}

struct native_interface {
	size_t at; /* in struct dcom */
	const struct ndr_interface *table;
	const native_fn *methods;
	const char *annotation; /* NULL: no concern of other machines, so not in the endpoint map */
	bool exporter;          /* of one that has its resolver elsewhere; else a resolver's */
};

static const struct native_interface natives[] = {
	{ offsetof(struct dcom, resolver_service), &ndr_interface_IObjectExporter,
	  dcom_resolver_methods, "DCOM object resolver", false },
	{ offsetof(struct dcom, activation_service), &ndr_interface_IActivation,
	  dcom_activation_methods, "DCOM activation", false },
	{ offsetof(struct dcom, scm_service), &ndr_interface_IRemoteSCMActivator, dcom_scm_methods,
	  "DCOM activation", false },
	{ offsetof(struct dcom, local_service), &ndr_interface_ILocalResolver, dcom_local_methods,
	  NULL, false },
	{ offsetof(struct dcom, exporter_service), &ndr_interface_ILocalExporter,
	  dcom_exporter_methods, NULL, true },
};

static struct native *native_at(struct dcom *dcom, const struct native_interface *n)
{
	return (struct native *)(void *)((char *)dcom + n->at);
}

static int add_interfaces(struct dcom *dcom)
{
	struct rpc_interfaces *list = rpc_server_interfaces(dcom->options.server);
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(natives); i++) {
		if (natives[i].exporter != (dcom->machine != NULL))
			continue;
		native_init(native_at(dcom, &natives[i]), natives[i].table, natives[i].methods,
			    dcom, natives[i].annotation);
		r = rpc_interfaces_add(list, &native_at(dcom, &natives[i])->face);
	}
	return r;
}

static int start(struct dcom *dcom, struct error *err)
{
	int r = remotes_new(dcom, &dcom->remotes);

	if (r == 0 && dcom->options.server)
		r = start_serving(dcom, err);
	if (r == 0 && dcom->options.server)
		r = add_interfaces(dcom);
	if (r == 0)
		r = dcom_add_module(dcom, &ndr_module_ms_dcom);
	if (r == 0)
		r = dcom_add_module(dcom, &ndr_module_ms_oaut);
	if (r == 0)
		r = dcom_add_module(dcom, &ndr_module_oaidl);
	if (r == 0)
		r = dcom_add_module(dcom, &ndr_module_unknwn);
	if (r == 0)
		r = -pthread_create(&dcom->ticker, NULL, ticker_main, dcom);
	dcom->ticking = r == 0;
	return r;
}

/* A copy of a path; "" for NULL. */
static bool copy_path(char to[RPC_ENDPOINT_MAX], const char *from)
{
	return (size_t)snprintf(to, RPC_ENDPOINT_MAX, "%s", from ? from : "") < RPC_ENDPOINT_MAX;
}

static bool take_options(struct dcom *dcom, const struct dcom_options *options)
{
	dcom->options = *options;
	if (options->bindings)
		dcom->bindings = *options->bindings;
	dcom->options.bindings = &dcom->bindings;
	if (!options->least)
		dcom->options.least = AUTHN_LEVEL_PKT_INTEGRITY;
	if (!options->ping_period)
		dcom->options.ping_period = RESOLVER_PERIOD_SECONDS * NSEC_PER_SEC;
	if (options->secret)
		dcom->secret = *options->secret;
	else
		guid_random(&dcom->secret);
	if (!copy_path(dcom->machine_path, options->machine) ||
	    !copy_path(dcom->endpoint, options->endpoint))
		return false;
	dcom->options.machine = options->machine ? dcom->machine_path : NULL;
	dcom->options.endpoint = dcom->endpoint;
	return true;
}

int dcom_new(const struct dcom_options *options, struct dcom **ret, struct error *err)
{
	struct dcom *dcom = mem_new(struct dcom);
	struct error why = { 0 };

	if (!dcom)
		return error_set(err, -ENOMEM, "DCOM cannot start: no memory");
	pthread_mutex_init(&dcom->lock, NULL);
	pthread_cond_init(&dcom->tick, NULL);
	int r = take_options(dcom, options)
			? start(dcom, &why)
			: error_set(&why, -ENAMETOOLONG, "the path of a local socket is too long");

	if (r < 0) {
		dcom_free(dcom);
		return error_set(err, r, "DCOM cannot start: %s",
				 why.text[0] ? why.text : error_errno_text(r));
	}
	*ret = dcom;
	return 0;
}

static void remove_interfaces(struct dcom *dcom)
{
	struct rpc_interfaces *list = rpc_server_interfaces(dcom->options.server);

	for (size_t i = 0; i < ARRAY_LEN(natives); i++)
		rpc_interfaces_remove(list, &native_at(dcom, &natives[i])->face);
	for (unsigned i = 0; i < dcom->service_count; i++)
		rpc_interfaces_remove(list, &dcom->services[i]->face);
	for (unsigned i = 0; i < dcom->foreign_count; i++)
		rpc_interfaces_remove(list, &dcom->foreigns[i]->service.face);
}

struct dcom *dcom_free(struct dcom *dcom)
{
	if (!dcom)
		return NULL;
	stop_ticking(dcom);
	if (dcom->options.server)
		remove_interfaces(dcom);
	exporter_free(dcom->exporter);
	machine_free(dcom->machine);
	remotes_free(dcom->remotes);
	elsewhere_free(dcom->elsewhere);
	resolver_free(dcom->resolver);
	mem_free(dcom->classes);
	for (unsigned i = 0; i < dcom->service_count; i++)
		mem_free(dcom->services[i]);
	mem_free(dcom->services);
	for (unsigned i = 0; i < dcom->foreign_count; i++)
		mem_free(dcom->foreigns[i]);
	mem_free(dcom->foreigns);
	pthread_cond_destroy(&dcom->tick);
	pthread_mutex_destroy(&dcom->lock);
	return mem_free(dcom);
}

struct dcom_counts dcom_counts(struct dcom *dcom)
{
	struct dcom_counts counts = { 0 };

	if (dcom->exporter)
		counts.exporter = exporter_counts(dcom->exporter);
	if (dcom->resolver)
		counts.resolver = resolver_counts(dcom->resolver);
	return counts;
}
