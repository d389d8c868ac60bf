/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interfaces of plain RPC served by their tables (native.h). On worker threads of the RPC server.
 */
#include "dcom/native.h"

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

static int read_frame(const struct ndr_method *method, const struct rpc_stub *in,
		      struct arena *arena, void *frame, struct error *err)
{
	struct ndr_decoder d;

	ndr_decoder_init(&d, in->data, in->length, native_drep(in->drep), arena, NATIVE_ARENA_MAX,
			 NULL, err);
	int r = ndr_decode_call(&d, method, NDR_IN, frame);

	ndr_decoder_done(&d);
	return r < 0 ? r : ndr_prepare_out(method, frame, arena);
}

static int write_frame(const struct ndr_method *method, const void *frame, struct buf *out,
		       struct error *err)
{
	struct ndr_encoder e;

	ndr_encoder_init(&e, out, NULL, err);
	int r = ndr_encode_call(&e, method, NDR_OUT, frame);

	ndr_encoder_done(&e);
	return r;
}

static uint32_t native_dispatch(void *ctx, struct rpc_call *call, uint16_t opnum,
				const struct rpc_stub *in, struct buf *out)
{
	const struct native *native = ctx;
	const struct ndr_method *method = ndr_method_at(native->table, opnum);
	struct error err = { 0 };
	struct arena arena;
	uint32_t fault = 0;

	if (!method || !native->methods[opnum])
		return (uint32_t)nca_s_op_rng_error;
	arena_init(&arena, NATIVE_ARENA_MAX);
	void *frame = arena_zalloc(&arena, 1, method->frame_size);
	int r = frame ? read_frame(method, in, &arena, frame, &err) : -ENOMEM;

	if (r == 0) {
		fault = native->methods[opnum](native->ctx, call, frame, &arena);
		if (!fault)
			r = write_frame(method, frame, out, &err);
	}
	if (r < 0)
		fault = native_fault(r, &err);
	arena_done(&arena);
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
