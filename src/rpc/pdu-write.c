/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing messages, little-endian. A fragment is begun, its body put, a trailer perhaps, then
 * ended, which fills in the lengths. A buffer that failed swallows all of it; its user looks once.
 */
#include "rpc/bytes.h"
#include "rpc/pdu.h"

size_t rpc_pdu_begin(struct buf *out, enum rpc_pdu_type type, unsigned flags, uint32_t call_id)
{
	size_t start = out->length;
	const uint8_t head[8] = { 5, 0, (uint8_t)type, (uint8_t)flags, 0x10, 0, 0, 0 };
	buf_put(out, head, sizeof(head));
	rpc_put_u32(out, 0); /* frag_length, auth_length: rpc_pdu_end */
	rpc_put_u32(out, call_id);
	return start;
}

void rpc_pdu_end(struct buf *out, size_t start, size_t auth_length)
{
	rpc_patch_u16(out, start + 8, (uint16_t)(out->length - start));
	rpc_patch_u16(out, start + 10, (uint16_t)auth_length);
}

void rpc_pdu_put_trailer(struct buf *out, size_t origin, size_t align, uint8_t service,
			 uint8_t level, uint32_t context_id)
{
	size_t pad = rpc_put_align(out, origin, align);
	rpc_put_u8(out, service);
	rpc_put_u8(out, level);
	rpc_put_u8(out, (uint8_t)pad);
	rpc_put_u8(out, 0);
	rpc_put_u32(out, context_id);
}

static void put_bind_head(struct buf *out, uint16_t max_xmit, uint16_t max_recv, uint32_t group)
{
	rpc_put_u16(out, max_xmit);
	rpc_put_u16(out, max_recv);
	rpc_put_u32(out, group);
}

/* A count and three reserved bytes. */
static void put_count(struct buf *out, uint8_t count)
{
	rpc_put_u32(out, count);
}

void rpc_pdu_put_bind(struct buf *out, uint16_t max_xmit, uint16_t max_recv, uint32_t group,
		      const struct rpc_bind_context *contexts, uint8_t count)
{
	put_bind_head(out, max_xmit, max_recv, group);
	put_count(out, count);
	for (int i = 0; i < count; i++) {
		rpc_put_u16(out, contexts[i].id);
		rpc_put_u8(out, contexts[i].transfer_count);
		rpc_put_u8(out, 0);
		rpc_put_syntax(out, &contexts[i].abstract);
		for (int j = 0; j < contexts[i].transfer_count; j++)
			rpc_put_syntax(out, &contexts[i].transfer[j]);
	}
}

void rpc_pdu_put_bind_ack(struct buf *out, size_t start, uint16_t max_xmit, uint16_t max_recv,
			  uint32_t group, struct text address, const struct rpc_pdu_result *results,
			  uint8_t count)
{
	put_bind_head(out, max_xmit, max_recv, group);
	/* With its NUL; an empty one has none (C706 12.6.3.1, as Windows answers alter_context). */
	rpc_put_u16(out, (uint16_t)(address.length ? address.length + 1 : 0));
	if (address.length) {
		buf_put_text(out, address);
		rpc_put_u8(out, 0);
	}
	rpc_put_align(out, start, 4);
	put_count(out, count);
	for (int i = 0; i < count; i++) {
		rpc_put_u16(out, results[i].result);
		rpc_put_u16(out, results[i].reason);
		rpc_put_syntax(out, &results[i].transfer);
	}
}

void rpc_pdu_put_bind_nak(struct buf *out, uint16_t reason)
{
	rpc_put_u16(out, reason);
	rpc_put_u8(out, 1);
	rpc_put_u16(out, 0x0005); /* version 5, minor 0 */
	rpc_put_u8(out, 0);
}

void rpc_pdu_put_request(struct buf *out, uint32_t alloc_hint, uint16_t context_id, uint16_t opnum,
			 const GUID *object)
{
	rpc_put_u32(out, alloc_hint);
	rpc_put_u16(out, context_id);
	rpc_put_u16(out, opnum);
	if (object)
		rpc_put_guid(out, object);
}

void rpc_pdu_put_response(struct buf *out, uint32_t alloc_hint, uint16_t context_id,
			  uint8_t cancels)
{
	rpc_put_u32(out, alloc_hint);
	rpc_put_u16(out, context_id);
	rpc_put_u8(out, cancels);
	rpc_put_u8(out, 0);
}

void rpc_pdu_put_fault(struct buf *out, uint16_t context_id, uint8_t cancels, uint32_t status)
{
	rpc_pdu_put_response(out, RPC_FAULT_HEAD, context_id, cancels);
	rpc_put_u32(out, status);
	rpc_put_u32(out, 0);
}
