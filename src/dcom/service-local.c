/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ILocalResolver (idl/surrogate-local.idl): exporters of other processes of this machine. An
 * exporter, with the class objects it offers, is there as long as its connection: the context
 * handle ends with that. On worker threads of the RPC server.
 */
#include "dcom/dcom-internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <idl/surrogate-local.h>
#include <unistd.h>

#define EXPORTERS_PER_USER 512
/* Half of all, so that one user does not keep the others from having objects. */
#define OBJECTS_PER_USER (RESOLVER_OIDS_MAX / 2)
#define CLASSES_MAX 1024
#define CLASSES_PER_EXPORTER 256
#define CLASSES_PER_USER (CLASSES_MAX / 2)

struct exporter_entry {
	struct dcom *dcom;
	uint64_t oxid;
	uint32_t uid;
	struct dcom_host host;
};

struct local_class {
	CLSID clsid;
	uint32_t cookie;
	bool single_use;
	const struct exporter_entry *exporter;
};

static const char kind[] = "exporter"; /* of context handles */

/* ---- class objects: under the lock of struct dcom ---- */

static void remove_class(struct dcom *dcom, unsigned i)
{
	dcom->classes[i] = dcom->classes[--dcom->class_count];
}

static void remove_classes(struct dcom *dcom, const struct exporter_entry *e)
{
	for (unsigned i = dcom->class_count; i-- > 0;)
		if (dcom->classes[i].exporter == e)
			remove_class(dcom, i);
}

/* Whether who offers it may offer one more. */
static bool has_room(const struct dcom *dcom, const struct exporter_entry *e)
{
	unsigned same = 0, user = 0;

	for (unsigned i = 0; i < dcom->class_count; i++) {
		same += dcom->classes[i].exporter == e;
		user += dcom->classes[i].exporter->uid == e->uid;
	}
	return dcom->class_count < CLASSES_MAX && same < CLASSES_PER_EXPORTER &&
	       user < CLASSES_PER_USER;
}

static bool add_class(struct dcom *dcom, const struct local_class *class)
{
	struct local_class *more;

	if (!has_room(dcom, class->exporter))
		return false;
	more = mem_realloc(dcom->classes, dcom->class_count + 1, sizeof *more);
	if (!more)
		return false;
	dcom->classes = more;
	more[dcom->class_count++] = *class;
	return true;
}

/* Whose class objects one may be given: one's own, and those of who administers the machine.
 * Anybody else could offer what one would take for another's. Other machines get none. */
static bool may_have(const struct rpc_caller *caller, const struct local_class *class)
{
	uint32_t uid = class->exporter->uid;

	return dcom_is_local(caller) && (uid == caller->uid || uid == 0 || uid == geteuid());
}

bool dcom_find_local_class(struct dcom *dcom, const struct rpc_caller *caller, REFCLSID clsid,
			   struct dcom_host *ret)
{
	bool found = false;

	pthread_mutex_lock(&dcom->lock);
	for (unsigned i = 0; !found && i < dcom->class_count; i++) {
		struct local_class *c = &dcom->classes[i];

		found = IsEqualGUID(&c->clsid, clsid) && may_have(caller, c);
		if (!found)
			continue;
		*ret = c->exporter->host;
		ret->clsid = *clsid;
		if (c->single_use)
			remove_class(dcom, i);
	}
	pthread_mutex_unlock(&dcom->lock);
	return found;
}

/* ---- exporters ---- */

static void exporter_gone(void *data)
{
	struct exporter_entry *e = data;
	struct dcom *dcom = e->dcom;

	pthread_mutex_lock(&dcom->lock);
	remove_classes(dcom, e);
	pthread_mutex_unlock(&dcom->lock);
	elsewhere_forget(dcom, e->oxid);
	resolver_remove_oxid(dcom->resolver, e->oxid);
	mem_free(e);
}

static struct exporter_entry *exporter_of(struct rpc_call *call, const PEXPORTER *handle)
{
	return rpc_handle_find(call, kind, &handle->uuid);
}

static bool make_entry(struct dcom *dcom, struct rpc_call *call,
		       const struct ILocalResolver_RegisterExporter *f,
		       struct exporter_entry *ret_entry, struct resolver_exporter *ret)
{
	const char *endpoint = (const char *)f->endpoint;

	*ret_entry = (struct exporter_entry){ .dcom = dcom,
					      .uid = rpc_call_caller(call)->uid,
					      .host = { .secret = *f->secret, .number = 1 } };
	*ret = (struct resolver_exporter){ .bindings = dcom->endpoints,
					   .secret = *f->secret,
					   .authn_hint = f->authn_hint,
					   .uid = ret_entry->uid,
					   .major = ORPC_MAJOR,
					   .minor = ORPC_MINOR };
	exporter_names(f->secret, &ret_entry->oxid, &ret->rem_unknown);
	if (endpoint[0] != '/' || strlen(endpoint) >= sizeof ret->endpoint)
		return false;
	strcpy(ret->endpoint, endpoint);
	strcpy(ret_entry->host.endpoint, endpoint);
	return true;
}

/* Into the resolver, and as a handle. Takes the entry when it returns 0. */
static uint32_t enter(struct dcom *dcom, struct rpc_call *call, struct exporter_entry *e,
		      const struct resolver_exporter *about, PEXPORTER *ret)
{
	if (resolver_count_of(dcom->resolver, e->uid).oxids >= EXPORTERS_PER_USER)
		return RESOLVER_NO_MEMORY;
	if (resolver_add_oxid(dcom->resolver, about, e->oxid) < 0)
		return RESOLVER_NO_MEMORY;
	if (rpc_handle_new(call, kind, e, exporter_gone, &ret->uuid) < 0) {
		resolver_remove_oxid(dcom->resolver, e->oxid);
		return RESOLVER_NO_MEMORY;
	}
	return RESOLVER_OK;
}

static uint32_t register_exporter(void *ctx, struct rpc_call *call, void *frame,
				  struct arena *arena)
{
	struct ILocalResolver_RegisterExporter *f = frame;
	struct dcom *dcom = ctx;
	struct resolver_exporter *about = arena_new(arena, struct resolver_exporter);
	struct exporter_entry *e = mem_new(struct exporter_entry);

	f->ReturnValue = RPC_S_ACCESS_DENIED;
	if (!about || !e)
		f->ReturnValue = RESOLVER_NO_MEMORY;
	else if (dcom_is_local(rpc_call_caller(call)))
		f->ReturnValue = make_entry(dcom, call, f, e, about)
					 ? enter(dcom, call, e, about, f->exporter)
					 : RPC_S_INVALID_ENDPOINT_FORMAT;
	if (f->ReturnValue)
		mem_free(e);
	*f->resolver = orpc_make_bindings(arena, &dcom->bindings);
	return 0;
}

static uint32_t announce(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct ILocalResolver_Announce *f = frame;
	const struct exporter_entry *e = exporter_of(call, &f->exporter);
	struct dcom *dcom = ctx;
	int r = 0;

	if (!e)
		return (uint32_t)nca_s_fault_context_mismatch;
	if (f->count &&
	    resolver_count_of(dcom->resolver, e->uid).oids > OBJECTS_PER_USER - f->count)
		r = -ENOBUFS;
	for (DWORD i = 0; r == 0 && i < f->count; i++)
		r = resolver_add_oid(dcom->resolver, e->oxid, f->oids[i], true, clock_now());
	f->ReturnValue = r < 0 ? RESOLVER_NO_MEMORY : RESOLVER_OK;
	return 0;
}

static uint32_t withdraw(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct ILocalResolver_Withdraw *f = frame;
	const struct exporter_entry *e = exporter_of(call, &f->exporter);
	struct dcom *dcom = ctx;

	if (!e)
		return (uint32_t)nca_s_fault_context_mismatch;
	for (DWORD i = 0; i < f->count; i++)
		resolver_remove_oid(dcom->resolver, e->oxid, f->oids[i]);
	f->ReturnValue = RESOLVER_OK;
	return 0;
}

static uint32_t register_class(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	static _Atomic uint32_t last;
	struct ILocalResolver_RegisterClass *f = frame;
	const struct exporter_entry *e = exporter_of(call, &f->exporter);
	struct local_class class = {
		.clsid = *f->clsid, .cookie = ++last, .single_use = f->single_use, .exporter = e
	};
	struct dcom *dcom = ctx;

	if (!e)
		return (uint32_t)nca_s_fault_context_mismatch;
	pthread_mutex_lock(&dcom->lock);
	f->ReturnValue = add_class(dcom, &class) ? RESOLVER_OK : RESOLVER_NO_MEMORY;
	pthread_mutex_unlock(&dcom->lock);
	*f->cookie = class.cookie;
	return 0;
}

static uint32_t revoke_class(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct ILocalResolver_RevokeClass *f = frame;
	const struct exporter_entry *e = exporter_of(call, &f->exporter);
	struct dcom *dcom = ctx;

	if (!e)
		return (uint32_t)nca_s_fault_context_mismatch;
	pthread_mutex_lock(&dcom->lock);
	for (unsigned i = dcom->class_count; i-- > 0;)
		if (dcom->classes[i].exporter == e && dcom->classes[i].cookie == f->cookie)
			remove_class(dcom, i);
	pthread_mutex_unlock(&dcom->lock);
	f->ReturnValue = RESOLVER_OK;
	return 0;
}

static uint32_t offer_interfaces(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct ILocalResolver_OfferInterfaces *f = frame;
	const struct exporter_entry *e = exporter_of(call, &f->exporter);
	int r = 0;

	if (!e)
		return (uint32_t)nca_s_fault_context_mismatch;
	for (DWORD i = 0; r == 0 && i < f->count; i++)
		r = dcom_serve_foreign(ctx, &f->iids[i], e->uid);
	f->ReturnValue = r < 0 ? RESOLVER_NO_MEMORY : RESOLVER_OK;
	return 0;
}

const native_fn dcom_local_methods[] = { register_exporter, announce,     withdraw,
					 register_class,    revoke_class, offer_interfaces };
