/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection of a client: bind with its handshake, then one call at a time (C706 12.6,
 * [MS-RPCE] 3.3.2). Every failure ends as a status of RPC_STATUSES with words for a person.
 */
#include "base/mem.h"
#include "base/sys.h"
#include "rpc/bytes.h"
#include "rpc/client-internal.h"

#include <errno.h>
#include <stdio.h>

#define WHOLE (RPC_PFC_FIRST | RPC_PFC_LAST)
/* More rounds than any handshake has. */
#define LEGS_MAX 8

/* ---- what went wrong ---- */

uint32_t rpc_client_failed(struct error *err, uint32_t status, const char *what)
{
	const char *text = rpc_status_text(status);
	error_set(err, -EIO, "%s%s%s", what, text ? ": " : "", text ? text : "");
	if (err)
		err->hresult = rpc_status_hresult(status);
	return status;
}

/* The one table from what the system or we say to what a caller gets. */
static const struct {
	int error;
	uint32_t status;
} errors[] = {
	{ -ECANCELED, RPC_S_CALL_CANCELLED }, { -ENOMEM, RPC_S_OUT_OF_MEMORY },
	{ -EPROTO, RPC_S_PROTOCOL_ERROR },    { -ENOBUFS, RPC_S_PROTOCOL_ERROR },
	{ -EACCES, RPC_S_ACCESS_DENIED },     { -ENOTSUP, RPC_S_UNKNOWN_AUTHN_SERVICE },
	{ -EIO, RPC_S_SEC_PKG_ERROR },
};

/* `otherwise`: for what the network says. */
static uint32_t failed(struct error *err, int e, uint32_t otherwise, const char *what)
{
	char text[300];
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		if (errors[i].error == e)
			return rpc_client_failed(err, errors[i].status, what);
	}
	snprintf(text, sizeof(text), "%s (%s)", what, error_errno_text(e));
	return rpc_client_failed(err, otherwise, text);
}

/* ---- fragments ---- */

/* The next one is parsed into `ret`; it stays in `in` until `drop`. */
static int receive(struct rpc_client_conn *c, struct rpc_pdu *ret)
{
	for (;;) {
		int length = c->in.length ? rpc_pdu_length(c->in.data, c->in.length) : 0;
		if (length < 0)
			return length;
		if (length && (size_t)length <= c->in.length)
			return rpc_pdu_parse(c->in.data, (size_t)length, ret, NULL);
		int r = rpc_net_receive(&c->net, &c->in);
		if (r < 0)
			return r;
	}
}

static void drop(struct rpc_client_conn *c, const struct rpc_pdu *pdu)
{
	buf_consume(&c->in, pdu->length);
}

static int flush(struct rpc_client_conn *c)
{
	int r = buf_failed(&c->out);
	if (r == 0)
		r = rpc_net_send(&c->net, c->out.data, c->out.length);
	buf_clear(&c->out);
	return r;
}

/* ---- bind ---- */

static uint16_t header_sign_flag(const struct rpc_client_conn *c)
{
	return c->authenticated && c->security.level >= AUTHN_LEVEL_PKT_INTEGRITY
		       ? RPC_PFC_HEADER_SIGN
		       : 0;
}

/* A bind, or an alter_context that carries the handshake on. */
static int send_bind(struct rpc_client_conn *c, const struct rpc_syntax *interface,
		     enum rpc_pdu_type type, uint32_t group, const struct buf *token)
{
	struct rpc_syntax features;
	rpc_pdu_feature_syntax(RPC_FEATURE_SECURITY_CONTEXTS | RPC_FEATURE_KEEP_ON_ORPHAN,
			       &features);
	const struct rpc_bind_context contexts[] = {
		{ 0, *interface, &rpc_ndr20, 1 },
		{ 1, *interface, &features, 1 },
	};
	size_t start = rpc_pdu_begin(&c->out, type, WHOLE | header_sign_flag(c), ++c->call_id);
	rpc_pdu_put_bind(&c->out, RPC_FRAGMENT_MAX, RPC_FRAGMENT_MAX, group, contexts,
			 type == RPC_PDU_BIND ? 2 : 1);
	if (token->length)
		rpc_security_end_token(&c->security, &c->out, start, token);
	else
		rpc_pdu_end(&c->out, start, 0);
	return flush(c);
}

static int send_auth3(struct rpc_client_conn *c, const struct buf *token)
{
	size_t start = rpc_pdu_begin(&c->out, RPC_PDU_AUTH3, WHOLE, c->call_id);
	rpc_put_u32(&c->out, 0);
	rpc_security_end_token(&c->security, &c->out, start, token);
	return flush(c);
}

static uint32_t rejected(uint16_t reason, struct error *err)
{
	switch (reason) {
	case RPC_REJECT_AUTH_TYPE:
		return rpc_client_failed(err, RPC_S_UNKNOWN_AUTHN_SERVICE,
					 "the server does not know this authentication service");
	case RPC_REJECT_CHECKSUM:
		return rpc_client_failed(err, RPC_S_ACCESS_DENIED,
					 "the server refused the credentials");
	case RPC_REJECT_TEMPORARY_CONGESTION:
	case RPC_REJECT_LOCAL_LIMIT:
		return rpc_client_failed(err, RPC_S_SERVER_TOO_BUSY, "the server refused to bind");
	default:
		return rpc_client_failed(err, RPC_S_PROTOCOL_ERROR, "the server refused to bind");
	}
}

static uint32_t not_accepted(const struct rpc_pdu_result *result, struct error *err)
{
	switch (result->reason) {
	case RPC_ABSTRACT_SYNTAX_NOT_SUPPORTED:
		return rpc_client_failed(err, RPC_S_UNKNOWN_IF,
					 "the server does not offer the interface");
	case RPC_TRANSFER_SYNTAXES_NOT_SUPPORTED:
		return rpc_client_failed(err, RPC_S_UNSUPPORTED_TRANS_SYN,
					 "the server does not take NDR 2.0");
	default:
		return rpc_client_failed(err, RPC_S_SERVER_TOO_BUSY,
					 "the server refused the interface");
	}
}

/* What a bind or alter_context was answered with; the token goes into `token`. */
static uint32_t receive_ack(struct rpc_client_conn *c, struct buf *token, struct error *err)
{
	struct rpc_pdu pdu;
	struct rpc_pdu_result result;
	size_t at = 0;
	buf_clear(token);
	int r = receive(c, &pdu);
	if (r < 0)
		return failed(err, r, RPC_S_SERVER_UNAVAILABLE, "no answer to a bind");
	uint32_t status = RPC_S_OK;
	if (pdu.type == RPC_PDU_BIND_NAK)
		status = rejected(pdu.nak.reason, err);
	else if (pdu.type == RPC_PDU_FAULT)
		status = rpc_client_failed(err, rpc_fault_status(pdu.call.status),
					   "the server refused the handshake");
	else if (pdu.type != RPC_PDU_BIND_ACK && pdu.type != RPC_PDU_ALTER_CONTEXT_RESP)
		status = failed(err, -EPROTO, 0, "a bind was answered with another message");
	else if (!rpc_pdu_next_result(&pdu, &at, &result))
		status = failed(err, -EPROTO, 0, "a bind was answered without a result");
	else if (result.result != RPC_ACCEPTANCE)
		status = not_accepted(&result, err);
	if (status == RPC_S_OK && pdu.type == RPC_PDU_BIND_ACK) {
		c->group = pdu.bind.group;
		c->max_xmit = pdu.bind.max_recv < RPC_FRAGMENT_MIN   ? RPC_FRAGMENT_MIN
			      : pdu.bind.max_recv > RPC_FRAGMENT_MAX ? RPC_FRAGMENT_MAX
								     : pdu.bind.max_recv;
		c->header_sign = header_sign_flag(c) && pdu.flags & RPC_PFC_HEADER_SIGN;
	}
	if (status == RPC_S_OK)
		buf_put_text(token, pdu.auth.value);
	drop(c, &pdu);
	return status;
}

/* Our next token, from the server's, into `token`. */
static uint32_t step(struct rpc_client_conn *c, struct buf *token, struct error *err)
{
	struct buf in = *token;
	struct error why = { 0 };
	buf_init(token, SECURITY_TOKEN_MAX);
	int r = security_context_step(c->security.context, buf_text(&in), token, &why);
	buf_done(&in);
	c->security.established = r == 0;
	if (r >= 0)
		return RPC_S_OK;
	return r == -ENOMEM ? failed(err, r, 0, "a handshake")
			    : rpc_client_failed(err, RPC_S_SEC_PKG_ERROR, why.text);
}

/* The rounds behind the bind. NTLM's last token needs no answer; the others' go by alter_context
 * ([MS-RPCE] 3.3.1.5.2.1). */
static uint32_t shake_hands(struct rpc_client_conn *c, const struct rpc_syntax *interface,
			    struct buf *token, struct error *err)
{
	for (int leg = 0; leg < LEGS_MAX; leg++) {
		int r;
		uint32_t status = RPC_S_OK;
		if (!c->security.established)
			status = step(c, token, err);
		else
			buf_clear(token);
		if (status || (c->security.established && !token->length))
			return status;
		if (c->security.service == AUTHN_WINNT) {
			r = send_auth3(c, token);
			return r < 0 ? failed(err, r, RPC_S_SERVER_UNAVAILABLE, "a handshake")
				     : RPC_S_OK;
		}
		r = send_bind(c, interface, RPC_PDU_ALTER_CONTEXT, c->group, token);
		if (r < 0)
			return failed(err, r, RPC_S_SERVER_UNAVAILABLE, "a handshake");
		status = receive_ack(c, token, err);
		if (status)
			return status;
	}
	return rpc_client_failed(err, RPC_S_SEC_PKG_ERROR, "a handshake that does not end");
}

static uint32_t begin_security(struct rpc_client_conn *c, const struct rpc_client_options *o,
			       struct buf *token, struct error *err)
{
	struct error why = { 0 };
	char target[RPC_HOST_MAX + 8];
	enum authn_level level = o->level == AUTHN_LEVEL_CALL ? AUTHN_LEVEL_PKT : o->level;
	if (level == AUTHN_LEVEL_DEFAULT)
		level = AUTHN_LEVEL_CONNECT;
	snprintf(target, sizeof(target), "host/%s",
		 *o->binding.host ? o->binding.host : "localhost");
	struct security_initiate initiate = { .service = o->service,
					      .level = level,
					      .impersonation = o->impersonation,
					      .target = o->target ? o->target : target,
					      .identity = o->identity,
					      .delegate_by_policy = o->delegate_by_policy,
					      .vouch = &o->vouch };
	c->security = (struct rpc_security){ .id = 1, .service = o->service, .level = level };
	int r = security_context_initiate(&initiate, &c->security.context, &why);
	if (r < 0)
		return failed(err, r, RPC_S_SEC_PKG_ERROR, why.text);
	c->authenticated = true;
	return step(c, token, err);
}

static uint32_t bind_to(struct rpc_client_conn *c, const struct rpc_client_options *o,
			uint32_t group, struct error *err)
{
	struct buf token;
	uint32_t status = RPC_S_OK;
	buf_init(&token, SECURITY_TOKEN_MAX);
	if (o->level != AUTHN_LEVEL_NONE)
		status = begin_security(c, o, &token, err);
	if (status == RPC_S_OK) {
		int r = send_bind(c, &o->interface, RPC_PDU_BIND, group, &token);
		status = r < 0 ? failed(err, r, RPC_S_SERVER_UNAVAILABLE, "a bind cannot be sent")
			       : receive_ack(c, &token, err);
	}
	if (status == RPC_S_OK && c->authenticated)
		status = shake_hands(c, &o->interface, &token, err);
	buf_done(&token);
	return status;
}

uint32_t rpc_client_conn_new(const struct rpc_client_options *o, uint32_t group, int64_t deadline,
			     struct rpc_cancel *cancel, struct rpc_client_conn **ret,
			     struct error *err)
{
	char what[RPC_HOST_MAX + RPC_ENDPOINT_MAX + 80];
	struct rpc_client_conn *c = mem_new(struct rpc_client_conn);
	if (!c)
		return failed(err, -ENOMEM, 0, "a connection");
	c->net = (struct rpc_net){ .fd = -1, .deadline = deadline, .cancel = cancel };
	buf_init(&c->in, 4u * RPC_FRAGMENT_WIRE_MAX);
	buf_init(&c->out, 2 * RPC_STUB_MAX);
	memcpy(c->endpoint, o->binding.endpoint, sizeof(c->endpoint));
	int r = rpc_net_connect(&c->net, &o->binding, o->call_timeout);
	uint32_t status = RPC_S_OK;
	if (r < 0) {
		snprintf(what, sizeof(what), "cannot connect to %s%s%s%s",
			 *o->binding.host ? o->binding.host : "this machine",
			 *o->binding.endpoint ? "[" : "", o->binding.endpoint,
			 *o->binding.endpoint ? "]" : "");
		status = failed(err, r, RPC_S_SERVER_UNAVAILABLE, what);
	} else {
		status = bind_to(c, o, group, err);
	}
	if (status) {
		rpc_client_conn_free(c);
		return status;
	}
	*ret = c;
	return RPC_S_OK;
}

struct rpc_client_conn *rpc_client_conn_free(struct rpc_client_conn *c)
{
	if (!c)
		return NULL;
	sys_close(c->net.fd);
	rpc_security_done(&c->security);
	buf_done(&c->in);
	buf_done(&c->out);
	return mem_free(c);
}

/* ---- a call ---- */

static struct rpc_security *security_of(struct rpc_client_conn *c)
{
	return c->authenticated ? &c->security : NULL;
}

static int put_request(struct rpc_client_conn *c, const struct rpc_client_call *call,
		       struct text stub)
{
	struct rpc_security *s = security_of(c);
	size_t head = RPC_REQUEST_HEAD + (call->object ? sizeof(GUID) : 0), at = 0;
	size_t room = rpc_security_room(s, c->max_xmit, head);
	int r;
	do {
		size_t n = stub.length - at < room ? stub.length - at : room;
		unsigned flags = (at == 0 ? RPC_PFC_FIRST : 0u) |
				 (at + n == stub.length ? RPC_PFC_LAST : 0u) |
				 (call->object ? RPC_PFC_OBJECT : 0u);
		size_t start = rpc_pdu_begin(&c->out, RPC_PDU_REQUEST, flags, c->call_id);
		rpc_pdu_put_request(&c->out, (uint32_t)(stub.length - at), 0, call->opnum,
				    call->object);
		size_t body = c->out.length;
		buf_put(&c->out, stub.length ? stub.data + at : "", n);
		r = rpc_security_end(s, c->header_sign, &c->out, start, body);
		at += n;
	} while (r == 0 && at < stub.length);
	return r;
}

static int send_request(struct rpc_client_conn *c, const struct rpc_client_options *o,
			const struct rpc_client_call *call)
{
	struct buf stub;
	int r;
	c->call_id++;
	if (!o->verification || !rpc_security_signs(security_of(c))) {
		r = put_request(c, call, call->in);
		return r < 0 ? r : flush(c);
	}
	struct rpc_verification request = { .header_sign = c->header_sign,
					    .interface = o->interface,
					    .transfer = rpc_ndr20,
					    .drep = RPC_DREP_OURS,
					    .call_id = c->call_id,
					    .opnum = call->opnum };
	buf_init(&stub, RPC_STUB_MAX);
	buf_put_text(&stub, call->in);
	rpc_verification_put(&stub, &request);
	r = buf_failed(&stub) ? buf_failed(&stub) : put_request(c, call, buf_text(&stub));
	buf_done(&stub);
	return r < 0 ? r : flush(c);
}

/* One fragment of the answer: RPC_S_OK and `*ret_last`, or a status. */
static uint32_t take_answer(struct rpc_client_conn *c, struct rpc_client_call *call,
			    const struct rpc_pdu *pdu, bool *ret_last, struct error *err)
{
	struct rpc_security *s = security_of(c);
	bool is_signed = pdu->auth.value.length > 0;
	if (pdu->call_id != c->call_id ||
	    (pdu->type != RPC_PDU_RESPONSE && pdu->type != RPC_PDU_FAULT))
		return failed(err, -EPROTO, 0, "an answer to another call");
	/* Faults come without a signature, from most servers. */
	if (rpc_security_signs(s) && (is_signed || pdu->type == RPC_PDU_RESPONSE) &&
	    (!is_signed || pdu->auth.context_id != s->id ||
	     rpc_security_verify(s, c->header_sign, (uint8_t *)c->in.data, pdu) < 0))
		return failed(err, -EACCES, 0, "an answer whose signature is wrong");
	if (pdu->type == RPC_PDU_FAULT) {
		const char *name = rpc_fault_name(pdu->call.status);
		*ret_last = true;
		return rpc_client_failed(err, rpc_fault_status(pdu->call.status),
					 name ? name : "the server answered with a fault");
	}
	buf_put_text(call->out, pdu->call.stub);
	call->drep = pdu->drep;
	*ret_last = pdu->flags & RPC_PFC_LAST;
	return buf_failed(call->out) ? failed(err, buf_failed(call->out), 0, "an answer")
				     : RPC_S_OK;
}

/* The server need not work on: nobody waits for the answer any more. The connection ends. */
static void give_up(struct rpc_client_conn *c)
{
	/* What the socket takes at once. */
	struct rpc_net now = { .fd = c->net.fd, .deadline = 0, .cancel = NULL };
	buf_clear(&c->out);
	size_t start = rpc_pdu_begin(&c->out, RPC_PDU_ORPHANED, WHOLE, c->call_id);
	size_t body = c->out.length;
	if (rpc_security_end(security_of(c), c->header_sign, &c->out, start, body) == 0)
		rpc_net_send(&now, c->out.data, c->out.length);
}

uint32_t rpc_client_conn_call(struct rpc_client_conn *c, const struct rpc_client_options *o,
			      struct rpc_client_call *call, bool *ret_usable, struct error *err)
{
	bool last = false;
	uint32_t status = RPC_S_OK;
	*ret_usable = false;
	int r = send_request(c, o, call);
	while (r == 0 && status == RPC_S_OK && !last) {
		struct rpc_pdu pdu;
		r = receive(c, &pdu);
		if (r < 0)
			break;
		status = take_answer(c, call, &pdu, &last, err);
		drop(c, &pdu);
	}
	if (r == -ECANCELED || r == -ETIMEDOUT) {
		give_up(c);
		return rpc_client_failed(err, RPC_S_CALL_CANCELLED,
					 r == -ETIMEDOUT ? "no answer in time" : "cancelled");
	}
	if (r < 0)
		return failed(err, r, RPC_S_CALL_FAILED, "the connection broke during a call");
	*ret_usable = last;
	return status;
}
