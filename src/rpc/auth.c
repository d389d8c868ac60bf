/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of fragments ([MS-RPCE] 2.2.2.11, 3.3.1.5.2.2). The sec_trailer's length fields are
 * signed, so they are filled in before the signature is made.
 */
#include "rpc/auth.h"

#include "rpc/bytes.h"

#include <errno.h>

#define STUB_ALIGN 16

void rpc_security_done(struct rpc_security *s)
{
	s->context = security_context_free(s->context);
}

bool rpc_security_signs(const struct rpc_security *s)
{
	return s && s->level >= AUTHN_LEVEL_CALL;
}

size_t rpc_security_room(const struct rpc_security *s, size_t max, size_t head)
{
	size_t room = max - head;
	if (!rpc_security_signs(s))
		return room;
	size_t size = security_context_signature_size(s->context, s->level);
	return (room - RPC_SEC_TRAILER_SIZE - size) & ~(size_t)(STUB_ALIGN - 1);
}

int rpc_security_end(struct rpc_security *s, bool header_sign, struct buf *out, size_t start,
		     size_t body)
{
	size_t size =
		rpc_security_signs(s) ? security_context_signature_size(s->context, s->level) : 0;
	if (rpc_security_signs(s) && !size)
		return -EIO;
	if (size)
		rpc_pdu_put_trailer(out, body, STUB_ALIGN, (uint8_t)s->service, (uint8_t)s->level,
				    s->id);
	size_t signature = out->length;
	if (size && buf_reserve(out, size))
		buf_commit(out, size);
	rpc_pdu_end(out, start, size);
	if (buf_failed(out))
		return -ENOMEM;
	if (!size)
		return 0;
	uint8_t *fragment = (uint8_t *)out->data + start;
	struct security_message message = {
		.data = fragment,
		.length = signature - start,
		.body = body - start,
		.body_length = signature - body - RPC_SEC_TRAILER_SIZE,
		.sign_header = header_sign,
	};
	return security_context_protect(s->context, s->level, &message, fragment + message.length,
					size);
}

int rpc_security_verify(struct rpc_security *s, bool header_sign, uint8_t *fragment,
			const struct rpc_pdu *pdu)
{
	bool has_stub = pdu->type == RPC_PDU_REQUEST || pdu->type == RPC_PDU_RESPONSE ||
			pdu->type == RPC_PDU_FAULT;
	size_t body = has_stub ? pdu->call.stub_at : pdu->auth.trailer;
	struct security_message message = {
		.data = fragment,
		.length = pdu->auth.trailer + RPC_SEC_TRAILER_SIZE,
		.body = body,
		.body_length = pdu->auth.trailer - body,
		.sign_header = header_sign,
	};
	if (!s->established || s->failed || pdu->auth.level != (uint8_t)s->level ||
	    pdu->auth.service != (uint8_t)s->service)
		return -EACCES;
	/* [MS-RPCE] 3.3.1.5.2.2: at connect level whatever stands there means nothing. */
	if (!rpc_security_signs(s))
		return 0;
	int r = security_context_unprotect(s->context, s->level, &message,
					   (const uint8_t *)pdu->auth.value.data,
					   pdu->auth.value.length);
	s->failed = r < 0;
	return r < 0 ? -EACCES : 0;
}

void rpc_security_end_token(const struct rpc_security *s, struct buf *out, size_t start,
			    const struct buf *token)
{
	rpc_pdu_put_trailer(out, start, 4, (uint8_t)s->service, (uint8_t)s->level, s->id);
	buf_put(out, token->data, token->length);
	rpc_pdu_end(out, start, token->length);
}
