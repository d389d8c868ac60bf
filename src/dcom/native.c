/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interfaces of plain RPC served by their tables (native.h). On worker threads of the RPC server.
 */
#include "dcom/native.h"

#include "ndr/call.h"

#include <errno.h>

uint32_t native_fault(int r, const struct error *err)
{
	if (r == -ENOMEM)
		return (uint32_t)nca_s_fault_remote_no_memory;
	if (r == -ENOBUFS)
		return (uint32_t)nca_s_out_args_too_big;
	if (err && err->hresult >> 16 == 0x8007)
		return err->hresult & 0xffff;
	return (uint32_t)nca_s_fault_ndr;
}

static int read_frame(struct ndr_room *room, const struct ndr_method *method,
		      const struct rpc_stub *in, void *frame)
{
	ndr_decoder_restart(&room->decoder, in->data, in->length, native_drep(in->drep),
			    &room->arena, NATIVE_ARENA_MAX, NULL, &room->err);
	int r = ndr_decode_call(&room->decoder, method, NDR_IN, frame);

	return r < 0 ? r : ndr_prepare_out(method, frame, &room->arena);
}

static uint32_t serve(const struct native *native, struct ndr_room *room, struct rpc_call *call,
		      const struct ndr_method *method, const struct rpc_stub *in, struct buf *out)
{
	void *frame = arena_zalloc(&room->arena, 1, method->frame_size);
	int r = frame ? read_frame(room, method, in, frame) : -ENOMEM;
	uint32_t fault = 0;

	if (r == 0)
		fault = native->methods[method->opnum](native->ctx, call, frame, &room->arena);
	if (r == 0 && !fault) {
		ndr_encoder_restart(&room->encoder, out, NULL, &room->err);
		r = ndr_encode_call(&room->encoder, method, NDR_OUT, frame);
	}
	return r < 0 ? native_fault(r, &room->err) : fault;
}

static uint32_t native_dispatch(void *ctx, struct rpc_call *call, uint16_t opnum,
				const struct rpc_stub *in, struct buf *out)
{
	const struct native *native = ctx;
	const struct ndr_method *method = ndr_method_at(native->table, opnum);

	if (!method || !native->methods[opnum])
		return (uint32_t)nca_s_op_rng_error;
	struct ndr_room *room = ndr_room_take(NATIVE_ARENA_MAX);
	uint32_t fault = room ? serve(native, room, call, method, in, out)
			      : (uint32_t)nca_s_fault_remote_no_memory;

	ndr_room_give(room);
	return fault;
}

void native_init(struct native *native, const struct ndr_interface *table, const native_fn *methods,
		 void *ctx, const char *annotation)
{
	*native = (struct native){
		.face = { .id = { table->uuid, table->major, table->minor },
			  .annotation = annotation,
			  .operations = (uint16_t)ndr_method_count(table),
			  .dispatch = native_dispatch,
			  .ctx = native },
		.table = table,
		.methods = methods,
		.ctx = ctx,
	};
}
