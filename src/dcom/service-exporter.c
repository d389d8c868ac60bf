/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ILocalExporter (idl/surrogate-local.idl): what the resolver of this machine asks of an exporter
 * in another process. Only who has the exporter's secret is heard. On worker threads of the RPC
 * server.
 */
#include "dcom/dcom-internal.h"

#include "base/clock.h"

#include <idl/surrogate-local.h>

/* Also when it vouches for somebody. */
static bool is_resolver(const struct dcom *dcom, struct rpc_call *call)
{
	return strcmp(rpc_call_caller(call)->transport, "ncalrpc") == 0 &&
	       IsEqualGUID(rpc_call_object(call), &dcom->secret);
}

static uint32_t activate(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct ILocalExporter_Activate *f = frame;
	struct dcom *dcom = ctx;
	struct activation_request request = {
		.clsid = *f->clsid, .factory = f->factory, .iids = f->iids, .iid_count = f->count
	};
	struct activation_result *results = arena_zalloc(arena, f->count, sizeof *results);

	if (!is_resolver(dcom, call))
		return (uint32_t)nca_s_fault_access_denied;
	if (!results)
		return (uint32_t)nca_s_fault_remote_no_memory;
	HRESULT hr = dcom_make_object(dcom, rpc_call_caller(call), &request, arena, results);

	/* What the class says is in the results: it may say that somebody else is not there. */
	f->ReturnValue = hr == S_FALSE ? CO_E_SERVER_STOPPING : S_OK;
	for (uint32_t i = 0; i < f->count; i++) {
		f->results[i] = hr == S_FALSE ? CO_E_SERVER_STOPPING
				: FAILED(hr)  ? hr
					      : results[i].hr;
		if (SUCCEEDED(f->results[i]))
			f->objects[i] = orpc_make_pointer(arena, results[i].objref);
		if (SUCCEEDED(f->results[i]) && !f->objects[i])
			return (uint32_t)nca_s_fault_remote_no_memory;
	}
	return 0;
}

static uint32_t reclaim(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct ILocalExporter_Reclaim *f = frame;
	struct dcom *dcom = ctx;

	if (!is_resolver(dcom, call))
		return (uint32_t)nca_s_fault_access_denied;
	for (DWORD i = 0; i < f->count; i++)
		f->gone[i] = exporter_reclaim(dcom->exporter, f->oids[i], dcom->options.ping_period,
					      clock_now());
	f->ReturnValue = 0;
	return 0;
}

static uint32_t resume(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct ILocalExporter_Resume *f = frame;
	struct dcom *dcom = ctx;

	if (!dcom->machine || !is_resolver(dcom, call))
		return (uint32_t)nca_s_fault_access_denied;
	f->ReturnValue = machine_resume(dcom->machine) < 0 ? RESOLVER_NO_MEMORY : RESOLVER_OK;
	return 0;
}

const native_fn dcom_exporter_methods[] = { activate, reclaim, resume };
