/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IObjectExporter ([MS-DCOM] 3.1.2.5.1): the resolver's interface. Liveness is told to anybody, and
 * so is where an exporter is to whoever has a reference to one of its objects: its number cannot be
 * guessed. On worker threads of the RPC server.
 */
#include "dcom/dcom-internal.h"

#include "base/clock.h"
#include "base/mem.h"

static COMVERSION version_of(const struct resolver_exporter *exporter)
{
	return (COMVERSION){ exporter->major, exporter->minor };
}

static bool wants(uint16_t tower, const uint16_t *protseqs, uint16_t count)
{
	for (uint16_t i = 0; i < count; i++)
		if (protseqs[i] == tower)
			return true;
	return false;
}

/* Both methods of it, which differ in what they tell. */
static uint32_t resolve(struct dcom *dcom, const struct rpc_call *call, struct arena *arena,
			OXID oxid, const uint16_t *protseqs, uint16_t protseq_count,
			DUALSTRINGARRAY **ret_bindings, IPID *ret_ipid, DWORD *ret_hint,
			COMVERSION *ret_version)
{
	bool here = dcom_is_local(rpc_call_caller(call));
	struct resolver_exporter *found = arena_alloc(arena, sizeof *found);
	struct bindings *bindings = arena_alloc(arena, sizeof *bindings);
	enum resolver_status status = found && bindings
					      ? resolver_resolve(dcom->resolver, oxid, found)
					      : RESOLVER_NO_MEMORY;

	if (status)
		return status;
	if (!wants(here ? BINDINGS_TOWER_LOCAL : BINDINGS_TOWER_TCP, protseqs, protseq_count))
		return RPC_S_PROTSEQ_NOT_SUPPORTED;
	resolver_tell(found, here, bindings);
	*ret_bindings = orpc_make_bindings(arena, bindings);
	*ret_ipid = found->rem_unknown;
	*ret_hint = found->authn_hint;
	if (ret_version)
		*ret_version = version_of(found);
	return *ret_bindings ? RESOLVER_OK : RESOLVER_NO_MEMORY;
}

static uint32_t resolve_oxid(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct IObjectExporter_ResolveOxid *f = frame;

	f->ReturnValue =
		resolve(ctx, call, arena, *f->pOxid, f->arRequestedProtseqs, f->cRequestedProtseqs,
			f->ppdsaOxidBindings, f->pipidRemUnknown, f->pAuthnHint, NULL);
	return 0;
}

static uint32_t resolve_oxid2(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct IObjectExporter_ResolveOxid2 *f = frame;

	f->ReturnValue =
		resolve(ctx, call, arena, *f->pOxid, f->arRequestedProtseqs, f->cRequestedProtseqs,
			f->ppdsaOxidBindings, f->pipidRemUnknown, f->pAuthnHint, f->pComVersion);
	return 0;
}

static uint32_t simple_ping(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct IObjectExporter_SimplePing *f = frame;
	struct dcom *dcom = ctx;

	f->ReturnValue = resolver_simple_ping(dcom->resolver, *f->pSetId, clock_now());
	return 0;
}

static uint32_t complex_ping(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct IObjectExporter_ComplexPing *f = frame;
	struct dcom *dcom = ctx;
	struct resolver_ping ping = {
		.set = *f->pSetId,
		.sequence = f->SequenceNum,
		.add = f->AddToSet,
		.remove = f->DelFromSet,
		.add_count = f->AddToSet ? f->cAddToSet : 0,
		.remove_count = f->DelFromSet ? f->cDelFromSet : 0,
		.client = dcom_client_name(call),
	};

	f->ReturnValue = resolver_complex_ping(dcom->resolver, &ping, clock_now());
	*f->pSetId = ping.set;
	*f->pPingBackoffFactor = 0;
	return 0;
}

static uint32_t server_alive(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct IObjectExporter_ServerAlive *f = frame;

	f->ReturnValue = 0;
	return 0;
}

static uint32_t server_alive2(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct IObjectExporter_ServerAlive2 *f = frame;
	struct dcom *dcom = ctx;

	*f->pComVersion = (COMVERSION){ ORPC_MAJOR, ORPC_MINOR };
	*f->ppdsaOrBindings = orpc_make_bindings(arena, &dcom->bindings);
	f->ReturnValue = *f->ppdsaOrBindings ? RESOLVER_OK : RESOLVER_NO_MEMORY;
	return 0;
}

const native_fn dcom_resolver_methods[] = {
	resolve_oxid, simple_ping, complex_ping, server_alive, resolve_oxid2, server_alive2,
};
