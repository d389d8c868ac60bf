/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls of objects that come in ([MS-DCOM] 3.1.1.5.4): ORPCTHIS and the parameters become a frame,
 * the object behind the call's IPID is called, and ORPCTHAT goes back in front of the results. A
 * fault is an HRESULT. On worker threads of the RPC server.
 */
#include "dcom/dcom-internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "com/class.h"
#include "com/errorinfo.h"
#include "ndr/call.h"

#include <errno.h>

/* ---- causality ---- */

static _Thread_local const GUID *current_cause;

void dcom_causality(GUID *ret)
{
	static _Thread_local GUID next;
	static _Thread_local bool begun;

	if (current_cause) {
		*ret = *current_cause;
		return;
	}
	/* They are to differ, and no secret: asking the kernel for each would show in every call.
	 */
	if (!begun)
		guid_random(&next);
	begun = true;
	next.Data1++;
	*ret = next;
}

/* ---- one call ---- */

struct orpc {
	struct service *service;
	struct rpc_call *call;
	const struct ndr_method *method;
	unsigned opnum;
	struct exporter_stub *stub; /* NULL for the remote unknown */
	ORPCTHIS this;
	ORPC_EXTENT_ARRAY *error; /* for ORPCTHAT */
	void *frame;
	struct ndr_room *room;
	struct ndr_objects objects;
};

/* Below the level of the exporter, the remote unknown says E_ACCESSDENIED and all else the Win32
 * code, as Windows does ([MS-DCOM] note <40>). */
static uint32_t check_level(const struct orpc *o)
{
	const struct rpc_caller *caller = rpc_call_caller(o->call);

	if (dcom_is_local(caller) || caller->level >= o->service->dcom->options.least)
		return 0;
	return o->service->methods ? (uint32_t)E_ACCESSDENIED : (uint32_t)nca_s_fault_access_denied;
}

static uint32_t find_target(struct orpc *o)
{
	struct dcom *dcom = o->service->dcom;
	const GUID *ipid = rpc_call_object(o->call);

	if (o->service->methods)
		return IsEqualGUID(ipid, &dcom->rem_unknown) ? 0 : (uint32_t)RPC_E_DISCONNECTED;
	o->stub = exporter_find(dcom->exporter, ipid, clock_now());
	if (!o->stub)
		return (uint32_t)RPC_E_DISCONNECTED;
	/* The table that reads the parameters must be the one of the interface that gets them. */
	return o->stub->interface == o->service->table ? 0 : (uint32_t)RPC_E_INVALID_OBJECT;
}

static uint32_t check_header(const ORPCTHIS *this)
{
	HRESULT hr = orpc_accept(&this->version);

	if (SUCCEEDED(hr) && this->flags)
		hr = RPC_E_INVALID_HEADER;
	return FAILED(hr) ? (uint32_t)hr : 0;
}

/* Header, target, parameters: in this order, so that a client of another version hears of that, and
 * references in parameters are taken only when there is somebody to have them. */
static uint32_t receive(struct orpc *o, const struct rpc_stub *in)
{
	struct ndr_decoder *d = &o->room->decoder;
	uint32_t fault = 0;

	ndr_decoder_restart(d, in->data, in->length, native_drep(in->drep), &o->room->arena,
			    NATIVE_ARENA_MAX, &o->objects, &o->room->err);
	d->inout_on_heap = !o->service->methods;
	int r = ndr_decode(d, &ndr_type_ORPCTHIS, &o->this);

	if (r == 0)
		fault = check_header(&o->this);
	if (r == 0 && !fault)
		fault = find_target(o);
	if (r == 0 && !fault)
		r = ndr_decode_call(d, o->method, NDR_IN, o->frame);
	return r < 0 ? native_fault(r, &o->room->err) : fault;
}

static uint32_t invoke(struct orpc *o)
{
	if (o->service->methods)
		return o->service->methods[o->opnum](o->service->dcom, o->call, o->frame,
						     &o->room->arena);
	struct served served;

	/* What another client's call left on this thread is none of this one's. */
	errorinfo_clear();
	dcom_serve_begin(&served, rpc_call_caller(o->call));
	int r = ndr_invoke(o->service->table, o->opnum, o->stub->object, o->frame);

	dcom_serve_end(&served);

	if (r == 0 && FAILED(ndr_method_result(o->method, o->frame)))
		o->error = dcom_error_put(o->service->dcom, o->stub->object, &o->stub->iid,
					  &o->room->arena);
	errorinfo_clear();
	if (r == -ENOSYS)
		return (uint32_t)nca_s_op_rng_error;
	return r < 0 ? (uint32_t)nca_s_fault_remote_no_memory : 0;
}

static uint32_t answer(struct orpc *o, struct buf *out)
{
	struct ndr_encoder *e = &o->room->encoder;
	struct error err = { 0 };
	ORPCTHAT that = { .extensions = o->error };

	ndr_encoder_restart(e, out, &o->objects, &err);
	int r = ndr_encode(e, &ndr_type_ORPCTHAT, &that);

	if (r == 0)
		r = ndr_encode_call(e, o->method, NDR_OUT, o->frame);
	return r < 0 ? native_fault(r, &err) : 0;
}

static uint32_t serve(struct orpc *o, const struct rpc_stub *in, struct buf *out)
{
	const GUID *outer = current_cause;
	uint32_t fault = receive(o, in);

	if (fault)
		return fault;
	int r = ndr_prepare_out(o->method, o->frame, &o->room->arena);

	if (r == 0) {
		current_cause = &o->this.cid;
		fault = invoke(o);
		current_cause = outer;
	} else {
		fault = native_fault(r, NULL);
	}
	if (!fault)
		fault = answer(o, out);
	ndr_clear_call(o->method, o->frame, !o->service->methods);
	return fault;
}

uint32_t dcom_foreign_dispatch(void *ctx, struct rpc_call *call, uint16_t opnum,
			       const struct rpc_stub *in, struct buf *out)
{
	struct foreign *foreign = ctx;
	struct orpc o = { .service = &foreign->service, .call = call };

	if (opnum < 3)
		return (uint32_t)nca_s_op_rng_error;
	uint32_t fault = check_level(&o);

	if (fault)
		return fault;
	return dcom_is_elsewhere(foreign->service.dcom, rpc_call_object(call))
		       ? elsewhere_forward(foreign->service.dcom, call, &foreign->table, opnum, in,
					   out)
		       : (uint32_t)RPC_E_DISCONNECTED;
}

uint32_t dcom_stub_dispatch(void *ctx, struct rpc_call *call, uint16_t opnum,
			    const struct rpc_stub *in, struct buf *out)
{
	struct service *service = ctx;
	struct orpc o = { .service = service,
			  .call = call,
			  .method = ndr_method_at(service->table, opnum),
			  .opnum = opnum,
			  .objects = dcom_objects(service->dcom) };

	/* The first three are IUnknown's, which never travel. */
	if (!o.method || opnum < 3)
		return (uint32_t)nca_s_op_rng_error;
	uint32_t fault = check_level(&o);

	if (fault)
		return fault;
	if (dcom_is_elsewhere(service->dcom, rpc_call_object(call)))
		return elsewhere_forward(service->dcom, call, service->table, opnum, in, out);
	o.room = ndr_room_take(NATIVE_ARENA_MAX);
	o.frame = o.room ? arena_zalloc(&o.room->arena, 1, o.method->frame_size) : NULL;
	fault = o.frame ? serve(&o, in, out) : (uint32_t)nca_s_fault_remote_no_memory;
	exporter_stub_unref(o.stub);
	ndr_room_give(o.room);
	return fault;
}
