/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IRemUnknown and IRemUnknown2 ([MS-DCOM] 3.1.1.5.6, 3.1.1.5.7): how clients count references and
 * ask for more interfaces. One table serves both, as the second only adds to the first. On worker
 * threads of the RPC server.
 */
#include "dcom/dcom-internal.h"

#include "base/clock.h"

/* S_OK when there is at least one, as not all may be supported; else why not. */
struct verdict {
	bool some;
	HRESULT worst;
};

static void judge(struct verdict *v, HRESULT hr)
{
	if (SUCCEEDED(hr))
		v->some = true;
	else
		v->worst = hr;
}

static HRESULT outcome(const struct verdict *v)
{
	return v->some ? S_OK : v->worst;
}

static STDOBJREF to_wire(const struct objref_std *std)
{
	return (STDOBJREF){ std->flags, std->public_refs, std->oxid, std->oid, std->ipid };
}

static uint32_t query_interface(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct IRemUnknown_RemQueryInterface *f = frame;
	struct dcom *dcom = ctx;
	struct verdict v = { .worst = E_INVALIDARG };
	REMQIRESULT *results = arena_zalloc(arena, f->cIids ? f->cIids : 1, sizeof *results);

	if (!results)
		return (uint32_t)nca_s_fault_remote_no_memory;
	for (uint16_t i = 0; i < f->cIids; i++) {
		struct objref_std std;
		HRESULT hr = exporter_query(dcom->exporter, f->ripid, &f->iids[i], f->cRefs,
					    clock_now(), &std);

		results[i].hResult = hr;
		if (SUCCEEDED(hr))
			results[i].std = to_wire(&std);
		judge(&v, hr);
	}
	*f->ppQIResults = results;
	f->ReturnValue = outcome(&v);
	return 0;
}

static uint32_t add_ref(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct IRemUnknown_RemAddRef *f = frame;
	struct dcom *dcom = ctx;

	for (uint16_t i = 0; i < f->cInterfaceRefs; i++) {
		const REMINTERFACEREF *ref = &f->InterfaceRefs[i];

		f->pResults[i] = exporter_add_ref(dcom->exporter, &ref->ipid, ref->cPublicRefs,
						  ref->cPrivateRefs, dcom_client_name(call));
	}
	f->ReturnValue = S_OK;
	return 0;
}

static uint32_t release(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct IRemUnknown_RemRelease *f = frame;
	struct dcom *dcom = ctx;

	for (uint16_t i = 0; i < f->cInterfaceRefs; i++) {
		const REMINTERFACEREF *ref = &f->InterfaceRefs[i];

		exporter_release(dcom->exporter, &ref->ipid, ref->cPublicRefs, ref->cPrivateRefs,
				 dcom_client_name(call));
	}
	f->ReturnValue = S_OK;
	return 0;
}

/* The same as RemQueryInterface, with whole references. */
static HRESULT query_one(struct dcom *dcom, const GUID *ipid, REFIID iid, struct arena *arena,
			 MInterfacePointer **ret)
{
	struct objref *ref = arena_alloc(arena, sizeof *ref);
	struct objref_std std;
	struct buf out;

	if (!ref)
		return E_OUTOFMEMORY;
	HRESULT hr =
		exporter_query(dcom->exporter, ipid, iid, EXPORTER_FIRST_REFS, clock_now(), &std);

	if (FAILED(hr))
		return hr;
	buf_init(&out, OBJREF_MAX);
	exporter_wrap(dcom->exporter, &std, iid, ref);
	objref_put(ref, &out);
	*ret = buf_failed(&out) ? NULL : orpc_make_pointer(arena, buf_text(&out));
	buf_done(&out);
	return *ret ? S_OK : E_OUTOFMEMORY;
}

static uint32_t query_interface2(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct IRemUnknown2_RemQueryInterface2 *f = frame;
	struct verdict v = { .worst = E_INVALIDARG };

	for (uint16_t i = 0; i < f->cIids; i++) {
		f->phr[i] = query_one(ctx, f->ripid, &f->iids[i], arena, &f->ppMIF[i]);
		judge(&v, f->phr[i]);
	}
	f->ReturnValue = outcome(&v);
	return 0;
}

const native_fn dcom_unknown_methods[] = {
	NULL, NULL, NULL, query_interface, add_ref, release, query_interface2,
};
