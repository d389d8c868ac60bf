/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading messages: one function for each body, in a table by type. Whatever a message says about
 * its own lengths is held against what is there.
 */
#include "rpc/pdu.h"

#include "base/mem.h"
#include "rpc/bytes.h"

#include <errno.h>

/* ---- bind time features ([MS-RPCE] 3.3.1.5.3) ---- */

static const GUID feature_uuid = { 0x6cb71c2c, 0x9812, 0x4540, { 0 } };

bool rpc_pdu_features(const struct rpc_syntax *s, uint64_t *ret)
{
	if (s->uuid.Data1 != feature_uuid.Data1 || s->uuid.Data2 != feature_uuid.Data2 ||
	    s->uuid.Data3 != feature_uuid.Data3 || s->major != 1 || s->minor != 0)
		return false;
	uint64_t flags = 0;
	for (int i = 0; i < 8; i++)
		flags |= (uint64_t)s->uuid.Data4[i] << 8 * i;
	*ret = flags;
	return true;
}

void rpc_pdu_feature_syntax(uint64_t flags, struct rpc_syntax *ret)
{
	*ret = (struct rpc_syntax){ feature_uuid, 1, 0 };
	for (int i = 0; i < 8; i++)
		ret->uuid.Data4[i] = (uint8_t)(flags >> 8 * i);
}

/* ---- bodies: from behind the common header to the sec_trailer; NULL, or what is wrong ---- */

static bool has_list(struct rpc_pdu *pdu, struct rpc_reader *r)
{
	pdu->bind.count = rpc_read_u8(r);
	rpc_read(r, 3);
	if (r->failed)
		return false;
	pdu->bind.list = r->data + r->at;
	pdu->bind.list_length = r->length - r->at;
	return true;
}

static void read_bind_head(struct rpc_pdu *pdu, struct rpc_reader *r)
{
	pdu->bind.max_xmit = rpc_read_u16(r);
	pdu->bind.max_recv = rpc_read_u16(r);
	pdu->bind.group = rpc_read_u32(r);
}

static const char *parse_bind(struct rpc_pdu *pdu, struct rpc_reader *r)
{
	read_bind_head(pdu, r);
	if (!has_list(pdu, r))
		return "a bind without its contexts";
	for (int i = 0; i < pdu->bind.count; i++) {
		rpc_read_u16(r);
		size_t syntaxes = rpc_read_u8(r);
		rpc_read(r, 1 + (1 + syntaxes) * 20);
	}
	return r->failed ? "a presentation context that goes past the end" : NULL;
}

static const char *parse_bind_ack(struct rpc_pdu *pdu, struct rpc_reader *r)
{
	read_bind_head(pdu, r);
	size_t length = rpc_read_u16(r);
	const char *address = (const char *)rpc_read(r, length);
	pdu->bind.address = (struct text){ address, address && length ? length - 1 : 0 };
	rpc_read_align(r, 4);
	if (!has_list(pdu, r))
		return "an answer to a bind without its results";
	rpc_read(r, pdu->bind.count * 24u);
	return r->failed ? "a result that goes past the end" : NULL;
}

static const char *parse_bind_nak(struct rpc_pdu *pdu, struct rpc_reader *r)
{
	pdu->nak.reason = rpc_read_u16(r);
	if (r->failed)
		return "a bind_nak without its reason";
	/* [MS-RPCE] 2.2.2.9: versions may be missing. */
	if (r->at == r->length)
		return NULL;
	pdu->nak.version_count = rpc_read_u8(r);
	pdu->nak.versions = rpc_read(r, pdu->nak.version_count * 2u);
	return r->failed ? "a bind_nak with too few versions" : NULL;
}

static const char *read_stub(struct rpc_pdu *pdu, struct rpc_reader *r)
{
	if (r->failed)
		return "a call without its head";
	size_t left = r->length - r->at;
	if (pdu->auth.pad > left)
		return "more authentication padding than data";
	pdu->call.stub_at = (uint16_t)(RPC_HEADER_SIZE + r->at);
	pdu->call.stub = (struct text){ (const char *)r->data + r->at, left - pdu->auth.pad };
	return NULL;
}

static const char *parse_request(struct rpc_pdu *pdu, struct rpc_reader *r)
{
	pdu->call.alloc_hint = rpc_read_u32(r);
	pdu->call.context_id = rpc_read_u16(r);
	pdu->call.opnum = rpc_read_u16(r);
	if (pdu->flags & RPC_PFC_OBJECT)
		rpc_read_guid(r, &pdu->call.object);
	return read_stub(pdu, r);
}

static const char *parse_response(struct rpc_pdu *pdu, struct rpc_reader *r)
{
	pdu->call.alloc_hint = rpc_read_u32(r);
	pdu->call.context_id = rpc_read_u16(r);
	pdu->call.cancels = rpc_read_u8(r);
	rpc_read_u8(r);
	return read_stub(pdu, r);
}

static const char *parse_fault(struct rpc_pdu *pdu, struct rpc_reader *r)
{
	pdu->call.alloc_hint = rpc_read_u32(r);
	pdu->call.context_id = rpc_read_u16(r);
	pdu->call.cancels = rpc_read_u8(r);
	pdu->call.fault_flags = rpc_read_u8(r);
	pdu->call.status = rpc_read_u32(r);
	rpc_read_u32(r);
	return read_stub(pdu, r);
}

static const char *parse_auth3(struct rpc_pdu *pdu, struct rpc_reader *r)
{
	return pdu->auth.value.length ? NULL : "an auth3 without a token";
}

static const char *parse_nothing(struct rpc_pdu *pdu, struct rpc_reader *r)
{
	return NULL;
}

static const struct {
	const char *name;
	const char *(*parse)(struct rpc_pdu *pdu, struct rpc_reader *r);
} types[] = {
	[RPC_PDU_REQUEST] = { "request", parse_request },
	[RPC_PDU_RESPONSE] = { "response", parse_response },
	[RPC_PDU_FAULT] = { "fault", parse_fault },
	[RPC_PDU_BIND] = { "bind", parse_bind },
	[RPC_PDU_BIND_ACK] = { "bind_ack", parse_bind_ack },
	[RPC_PDU_BIND_NAK] = { "bind_nak", parse_bind_nak },
	[RPC_PDU_ALTER_CONTEXT] = { "alter_context", parse_bind },
	[RPC_PDU_ALTER_CONTEXT_RESP] = { "alter_context_resp", parse_bind_ack },
	[RPC_PDU_AUTH3] = { "auth3", parse_auth3 },
	[RPC_PDU_SHUTDOWN] = { "shutdown", parse_nothing },
	[RPC_PDU_CO_CANCEL] = { "co_cancel", parse_nothing },
	[RPC_PDU_ORPHANED] = { "orphaned", parse_nothing },
};

const char *rpc_pdu_name(unsigned type)
{
	return type < ARRAY_LEN(types) ? types[type].name : NULL;
}

/* ---- the whole ---- */

int rpc_pdu_length(const void *data, size_t length)
{
	const uint8_t *p = data;
	if (length > 0 && p[0] != 5)
		return -EPROTO;
	if (length > 1 && p[1] > 1)
		return -EPROTO;
	if (length < 10)
		return 0;
	unsigned n = p[4] >> 4 == 1 ? p[8] | p[9] << 8u : p[9] | p[8] << 8u;
	return n < RPC_HEADER_SIZE ? -EPROTO : (int)n;
}

static const char *parse_trailer(struct rpc_pdu *pdu, const uint8_t *data, size_t auth_length,
				 size_t *ret_end)
{
	*ret_end = pdu->length;
	if (!auth_length)
		return NULL;
	if (auth_length + RPC_SEC_TRAILER_SIZE > pdu->length - RPC_HEADER_SIZE)
		return "a verifier larger than the fragment";
	size_t at = pdu->length - auth_length - RPC_SEC_TRAILER_SIZE;
	struct rpc_reader r =
		rpc_reader_of(data + at, RPC_SEC_TRAILER_SIZE, rpc_drep_little(pdu->drep));
	pdu->auth.service = rpc_read_u8(&r);
	pdu->auth.level = rpc_read_u8(&r);
	pdu->auth.pad = rpc_read_u8(&r);
	rpc_read_u8(&r);
	pdu->auth.context_id = rpc_read_u32(&r);
	pdu->auth.trailer = (uint16_t)at;
	pdu->auth.value =
		(struct text){ (const char *)data + pdu->length - auth_length, auth_length };
	*ret_end = at;
	return NULL;
}

static const char *parse_body(struct rpc_pdu *pdu, const uint8_t *data, size_t end)
{
	struct rpc_reader r = rpc_reader_of(data + RPC_HEADER_SIZE, end - RPC_HEADER_SIZE,
					    rpc_drep_little(pdu->drep));
	/* cppcheck-suppress returnDanglingLifetime ; what comes back is a constant text */
	return types[pdu->type].parse(pdu, &r);
}

int rpc_pdu_parse(const void *data, size_t length, struct rpc_pdu *ret, const char **ret_why)
{
	const uint8_t *p = data;
	int whole = rpc_pdu_length(data, length);
	struct rpc_pdu pdu = { 0 };
	size_t end = 0;
	const char *why = NULL;
	if (whole <= 0 || (size_t)whole != length) {
		why = "a fragment with a wrong version or length";
	} else if (!rpc_pdu_name(p[2])) {
		why = "a message of an unknown type";
	} else {
		pdu.type = p[2];
		pdu.minor = p[1];
		pdu.flags = p[3];
		pdu.drep = (struct rpc_drep){ p[4], p[5] };
		pdu.length = (uint16_t)length;
		struct rpc_reader r = rpc_reader_of(p + 10, 6, rpc_drep_little(pdu.drep));
		size_t auth_length = rpc_read_u16(&r);
		pdu.call_id = rpc_read_u32(&r);
		why = parse_trailer(&pdu, p, auth_length, &end);
	}
	if (!why)
		why = parse_body(&pdu, p, end);
	if (why) {
		if (ret_why)
			*ret_why = why;
		return -EPROTO;
	}
	*ret = pdu;
	return 0;
}

bool rpc_pdu_next_context(const struct rpc_pdu *pdu, size_t *at, struct rpc_pdu_context *ret)
{
	struct rpc_reader r =
		rpc_reader_of(pdu->bind.list, pdu->bind.list_length, rpc_drep_little(pdu->drep));
	/* Where the walk is, in the low bits; how many it has seen, above. */
	size_t seen = *at >> 16;
	r.at = *at & 0xffff;
	if (seen == pdu->bind.count)
		return false;
	ret->id = rpc_read_u16(&r);
	ret->syntax_count = rpc_read_u8(&r);
	rpc_read_u8(&r);
	rpc_read_syntax(&r, &ret->abstract);
	ret->syntaxes = rpc_read(&r, ret->syntax_count * 20u);
	*at = (seen + 1) << 16 | r.at;
	return !r.failed;
}

bool rpc_pdu_next_result(const struct rpc_pdu *pdu, size_t *at, struct rpc_pdu_result *ret)
{
	struct rpc_reader r =
		rpc_reader_of(pdu->bind.list, pdu->bind.list_length, rpc_drep_little(pdu->drep));
	r.at = *at;
	if (*at == pdu->bind.count * 24u)
		return false;
	ret->result = rpc_read_u16(&r);
	ret->reason = rpc_read_u16(&r);
	rpc_read_syntax(&r, &ret->transfer);
	*at = r.at;
	return !r.failed;
}

void rpc_pdu_syntax(const struct rpc_pdu *pdu, const struct rpc_pdu_context *context, unsigned i,
		    struct rpc_syntax *ret)
{
	struct rpc_reader r =
		rpc_reader_of(context->syntaxes + (size_t)i * 20, 20, rpc_drep_little(pdu->drep));
	rpc_read_syntax(&r, ret);
}
