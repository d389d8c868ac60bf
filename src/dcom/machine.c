/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exporter whose resolver is another process, rpcss (idl/surrogate-local.idl): it registers,
 * announces its objects, and registers anew when rpcss has begun anew. All of an exporter's names
 * follow from its secret, so that references which others hold go on to work then. Any thread;
 * calls wait on it.
 */
#include "dcom/remote-internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <idl/surrogate-local.h>
#include <stdio.h>

struct machine {
	struct dcom *dcom;
	struct rpc_client *client;
	pthread_mutex_t lock; /* of the handle */
	PEXPORTER handle;
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

/* ---- for the exporter ---- */

/* The resolver has forgotten this process, which was `known` to it, or ended: what it had is told
 * anew. Threads find that out together, and one of them does it. */
static int begin_anew(struct machine *m, const PEXPORTER *known)
{
	pthread_mutex_lock(&m->registering);
	PEXPORTER now = handle_of(m);
	bool done = !IsEqualGUID(&now.uuid, &known->uuid);
	int r = done ? 0 : register_exporter(m, NULL);

	pthread_mutex_unlock(&m->registering);
	if (r < 0 || done)
		return r;
	r = exporter_announce(m->dcom->exporter);
	now = handle_of(m);
	return r < 0 ? r : offer_all(m, &now);
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

/* ---- class objects ---- */

static HRESULT class_call(struct machine *m, unsigned opnum, void *frame, const DWORD *result)
{
	struct arena arena;

	arena_init(&arena, NATIVE_ARENA_MAX);
	uint32_t status = call(m, opnum, frame, &arena, NULL);

	arena_done(&arena);
	return remote_status(status ? status : *result);
}

HRESULT dcom_register_class(struct dcom *dcom, REFCLSID clsid, bool single_use, uint32_t *ret)
{
	if (!dcom->machine)
		return CO_E_NOTINITIALIZED;
	struct ILocalResolver_RegisterClass f = { .exporter = handle_of(dcom->machine),
						  .clsid = (GUID *)clsid,
						  .single_use = single_use,
						  .cookie = ret };

	return class_call(dcom->machine, 3, &f, &f.ReturnValue);
}

HRESULT dcom_revoke_class(struct dcom *dcom, uint32_t cookie)
{
	if (!dcom->machine)
		return CO_E_NOTINITIALIZED;
	struct ILocalResolver_RevokeClass f = { .exporter = handle_of(dcom->machine),
						.cookie = cookie };

	return class_call(dcom->machine, 4, &f, &f.ReturnValue);
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
	return mem_free(m);
}
