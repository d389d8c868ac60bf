/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exporter whose resolver is another process, rpcss (idl/surrogate-local.idl): it registers,
 * announces its objects and class objects, and registers anew when rpcss has begun anew. All of an
 * exporter's names follow from its secret, so that references which others hold go on to work then.
 * Any thread; calls wait on it.
 */
#include "dcom/remote-internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <idl/surrogate-local.h>
#include <stdio.h>

#define CLASSES_MAX 256

/* A class object that others may have. */
struct class_offer {
	CLSID clsid;
	bool single_use;
	uint32_t cookie; /* what its maker knows it by */
	uint32_t told;   /* what the resolver that runs now knows it by; 0: nothing yet */
};

struct machine {
	struct dcom *dcom;
	struct rpc_client *client;
	pthread_mutex_t lock; /* of the handle and of the classes */
	PEXPORTER handle;
	struct class_offer *classes;
	unsigned class_count;
	uint32_t last_cookie;
	pthread_mutex_t registering; /* held by who does so */
	int64_t looked_at;
};

/* ---- calls ---- */

static uint32_t call(struct machine *m, unsigned opnum, void *frame, struct arena *arena,
		     struct error *err)
{
	return remote_native_call(m->client, &ndr_interface_ILocalResolver, opnum, frame, arena,
				  err);
}

static PEXPORTER handle_of(struct machine *m)
{
	pthread_mutex_lock(&m->lock);
	PEXPORTER handle = m->handle;

	pthread_mutex_unlock(&m->lock);
	return handle;
}

static int register_exporter(struct machine *m, struct error *err)
{
	struct dcom *dcom = m->dcom;
	DUALSTRINGARRAY *resolver = NULL;
	PEXPORTER handle = { 0 };
	struct ILocalResolver_RegisterExporter f = {
		.secret = &dcom->secret,
		.endpoint = (uint8_t *)dcom->endpoint,
		.authn_hint = dcom->options.least,
		.resolver = &resolver,
		.exporter = &handle,
	};
	struct error why = { 0 };
	struct arena arena;

	arena_init(&arena, NATIVE_ARENA_MAX);
	uint32_t status = call(m, 0, &f, &arena, &why);

	if (!status)
		status = f.ReturnValue;
	if (!status && orpc_read_bindings(resolver, &dcom->bindings) < 0)
		status = RPC_X_BAD_STUB_DATA;
	arena_done(&arena);
	if (status)
		return error_set(err, -ECONNREFUSED,
				 "objects cannot be registered with the object resolver at %s: %s",
				 dcom->machine_path,
				 why.text[0]               ? why.text
				 : rpc_status_text(status) ? rpc_status_text(status)
							   : "refused");
	pthread_mutex_lock(&m->lock);
	m->handle = handle;
	pthread_mutex_unlock(&m->lock);
	return 0;
}

static uint32_t tell(struct machine *m, const PEXPORTER *handle, unsigned opnum,
		     const uint64_t *oids, size_t count)
{
	static const uint64_t none;
	struct ILocalResolver_Announce f = { .exporter = *handle,
					     .count = (DWORD)count,
					     .oids = (OID *)(oids ? oids : &none) };
	struct arena arena;

	_Static_assert(sizeof f == sizeof(struct ILocalResolver_Withdraw), "one frame for both");
	arena_init(&arena, NATIVE_ARENA_MAX);
	uint32_t status = call(m, opnum, &f, &arena, NULL);

	arena_done(&arena);
	return status ? status : f.ReturnValue;
}

static int offer_all(struct machine *m, const PEXPORTER *handle)
{
	IID iids[DCOM_OFFERS_MAX];
	struct ILocalResolver_OfferInterfaces f = { .exporter = *handle, .iids = iids };
	unsigned first = 0;
	uint32_t status = 0;

	while (!status && (f.count = dcom_described(m->dcom, first, iids))) {
		struct arena arena;

		arena_init(&arena, NATIVE_ARENA_MAX);
		status = call(m, 5, &f, &arena, NULL);
		arena_done(&arena);
		if (!status)
			status = f.ReturnValue;
		first += f.count;
	}
	return status ? -ECONNREFUSED : 0;
}

/* ---- class objects ---- */

static uint32_t class_call(struct machine *m, unsigned opnum, void *frame, const DWORD *result)
{
	struct arena arena;

	arena_init(&arena, NATIVE_ARENA_MAX);
	uint32_t status = call(m, opnum, frame, &arena, NULL);

	arena_done(&arena);
	return status ? status : *result;
}

static uint32_t tell_revoked(struct machine *m, uint32_t told)
{
	struct ILocalResolver_RevokeClass f = { .exporter = handle_of(m), .cookie = told };

	return class_call(m, 4, &f, &f.ReturnValue);
}

/* Under the lock. */
static struct class_offer *find_class(struct machine *m, uint32_t cookie)
{
	for (unsigned i = 0; i < m->class_count; i++)
		if (m->classes[i].cookie == cookie)
			return &m->classes[i];
	return NULL;
}

/* The resolver knows the class now. It may have been revoked meanwhile. */
static void class_told(struct machine *m, uint32_t cookie, uint32_t told)
{
	pthread_mutex_lock(&m->lock);
	struct class_offer *class = find_class(m, cookie);

	if (class)
		class->told = told;
	pthread_mutex_unlock(&m->lock);
	if (!class)
		tell_revoked(m, told);
}

static uint32_t tell_class(struct machine *m, const struct class_offer *class)
{
	uint32_t told = 0;
	struct ILocalResolver_RegisterClass f = { .exporter = handle_of(m),
						  .clsid = (GUID *)&class->clsid,
						  .single_use = class->single_use,
						  .cookie = &told };
	uint32_t status = class_call(m, 3, &f, &f.ReturnValue);

	if (!status)
		class_told(m, class->cookie, told);
	return status;
}

/* One that is to be told, as a copy. */
static bool next_untold(struct machine *m, struct class_offer *ret)
{
	bool found = false;

	pthread_mutex_lock(&m->lock);
	for (unsigned i = 0; !found && i < m->class_count; i++) {
		found = !m->classes[i].told;
		if (found)
			*ret = m->classes[i];
	}
	pthread_mutex_unlock(&m->lock);
	return found;
}

static uint32_t tell_classes(struct machine *m)
{
	struct class_offer class;
	uint32_t status = 0;

	while (!status && next_untold(m, &class))
		status = tell_class(m, &class);
	return status;
}

/* Those that the resolver knew, a new one does not. */
static void forget_told(struct machine *m)
{
	pthread_mutex_lock(&m->lock);
	for (unsigned i = 0; i < m->class_count; i++)
		m->classes[i].told = 0;
	pthread_mutex_unlock(&m->lock);
}

static bool add_class(struct machine *m, struct class_offer *class)
{
	struct class_offer *more = NULL;

	pthread_mutex_lock(&m->lock);
	if (m->class_count < CLASSES_MAX)
		more = mem_realloc(m->classes, m->class_count + 1, sizeof *more);
	if (more) {
		class->cookie = ++m->last_cookie;
		m->classes = more;
		more[m->class_count++] = *class;
	}
	pthread_mutex_unlock(&m->lock);
	return more;
}

/* What the resolver knew it by; 0: nothing. */
static uint32_t remove_class(struct machine *m, uint32_t cookie)
{
	uint32_t told = 0;

	pthread_mutex_lock(&m->lock);
	struct class_offer *class = find_class(m, cookie);

	if (class) {
		told = class->told;
		*class = m->classes[--m->class_count];
	}
	pthread_mutex_unlock(&m->lock);
	return told;
}

HRESULT dcom_register_class(struct dcom *dcom, REFCLSID clsid, bool single_use, uint32_t *ret)
{
	struct machine *m = dcom->machine;
	struct class_offer class = { .clsid = *clsid, .single_use = single_use };

	if (!m)
		return CO_E_NOTINITIALIZED;
	if (!add_class(m, &class))
		return E_OUTOFMEMORY;
	uint32_t status = tell_class(m, &class);

	/* The resolver may have begun anew: then it is told with all else. */
	if (status && machine_resume(m) == 0)
		status = tell_classes(m);
	if (status)
		remove_class(m, class.cookie);
	*ret = class.cookie;
	return remote_status(status);
}

HRESULT dcom_revoke_class(struct dcom *dcom, uint32_t cookie)
{
	struct machine *m = dcom->machine;

	if (!m)
		return CO_E_NOTINITIALIZED;
	uint32_t told = remove_class(m, cookie);

	return told ? remote_status(tell_revoked(m, told)) : S_OK;
}

/* ---- for the exporter ---- */

/* The resolver has forgotten this process, which was `known` to it, or ended: what it had is told
 * anew. Threads find that out together, and one of them does it. */
static int begin_anew(struct machine *m, const PEXPORTER *known)
{
	pthread_mutex_lock(&m->registering);
	PEXPORTER now = handle_of(m);
	bool done = !IsEqualGUID(&now.uuid, &known->uuid);
	int r = done ? 0 : register_exporter(m, NULL);

	if (r == 0 && !done)
		forget_told(m);

	pthread_mutex_unlock(&m->registering);
	if (r < 0 || done)
		return r;
	r = exporter_announce(m->dcom->exporter);
	now = handle_of(m);
	if (r == 0)
		r = offer_all(m, &now);
	/* One that is refused keeps nobody from the rest. */
	if (r == 0)
		(void)tell_classes(m);
	return r;
}

int machine_offer(struct machine *m)
{
	PEXPORTER handle = handle_of(m);

	if (offer_all(m, &handle) == 0)
		return 0;
	if (begin_anew(m, &handle) < 0)
		return -ECONNREFUSED;
	handle = handle_of(m);
	return offer_all(m, &handle);
}

int machine_announce(void *machine, const uint64_t *oids, size_t count)
{
	struct machine *m = machine;
	PEXPORTER handle = handle_of(m);
	uint32_t status = tell(m, &handle, 1, oids, count);

	if (status && begin_anew(m, &handle) == 0) {
		handle = handle_of(m);
		status = tell(m, &handle, 1, oids, count);
	}
	return status ? -ECONNREFUSED : 0;
}

/* What it does not hear of it finds out, when nobody pings. */
void machine_withdraw(void *machine, const uint64_t *oids, size_t count)
{
	PEXPORTER handle = handle_of(machine);

	tell(machine, &handle, 2, oids, count);
}

int machine_resume(struct machine *m)
{
	PEXPORTER handle = handle_of(m);

	return tell(m, &handle, 1, NULL, 0) ? begin_anew(m, &handle) : 0;
}

void machine_tick(struct machine *m, int64_t now)
{
	if (now - m->looked_at < dcom_machine_period(m->dcom))
		return;
	m->looked_at = now;
	(void)machine_resume(m);
}

/* ---- life ---- */

/* Of one connection: the handle is known in its association alone, and two that threads open at
 * once may be of two. */
static int connect_machine(struct machine *m, struct error *err)
{
	const struct ndr_interface *table = &ndr_interface_ILocalResolver;
	struct rpc_client_options o = { .binding = { .protseq = RPC_NCALRPC },
					.interface = { table->uuid, table->major, table->minor },
					.level = AUTHN_LEVEL_NONE,
					.connect_timeout = m->dcom->options.connect_timeout,
					.call_timeout = m->dcom->options.call_timeout,
					.connections = 1 };

	snprintf(o.binding.endpoint, sizeof o.binding.endpoint, "%s", m->dcom->machine_path);
	return rpc_client_new(&o, &m->client, err);
}

int machine_new(struct dcom *dcom, struct machine **ret, struct error *err)
{
	struct machine *m = mem_new(struct machine);

	if (!m)
		return error_set(err, -ENOMEM, "no memory");
	pthread_mutex_init(&m->lock, NULL);
	pthread_mutex_init(&m->registering, NULL);
	m->dcom = dcom;
	m->looked_at = clock_now();
	int r = connect_machine(m, err);

	if (r == 0)
		r = register_exporter(m, err);
	if (r < 0) {
		machine_free(m);
		return r;
	}
	*ret = m;
	return 0;
}

struct machine *machine_free(struct machine *m)
{
	if (!m)
		return NULL;
	rpc_client_free(m->client);
	pthread_mutex_destroy(&m->registering);
	pthread_mutex_destroy(&m->lock);
	mem_free(m->classes);
	return mem_free(m);
}
