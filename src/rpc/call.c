/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls: requests put together from fragments, handed out, and answered (C706 12.6.4.9,
 * 12.6.4.10, 12.6.4.7); cancelled and orphaned ones.
 */
#include "base/mem.h"
#include "rpc/internal.h"

#include <errno.h>

/* ---- what a dispatch function sees ---- */

const struct rpc_caller *rpc_call_caller(const struct rpc_call *call)
{
	return &call->caller;
}

const GUID *rpc_call_object(const struct rpc_call *call)
{
	return &call->object;
}

int rpc_call_delegated(const struct rpc_call *call, const char *cache, struct error *err)
{
	if (!call->security)
		return error_set(err, -ENOENT, "nobody has proved who calls");
	return security_context_delegated(call->security->context, cache, err);
}

bool rpc_call_cancelled(const struct rpc_call *call)
{
	return atomic_load_explicit(&call->cancelled, memory_order_relaxed);
}

uint32_t rpc_call_group(const struct rpc_call *call)
{
	return rpc_group_id(call->conn->group);
}

struct rpc_conn *rpc_call_conn(const struct rpc_call *call)
{
	return call->conn;
}

/* ---- their life ---- */

/* The memory of a call stays with its connection for the next one, when it is not more than that
 * of a fragment or two. */
#define KEPT_MAX 8192

static struct rpc_call *take_memory(struct rpc_conn *c)
{
	struct rpc_call *call = TAKE_PTR(c->spare);
	if (!call) {
		call = mem_new(struct rpc_call);
		if (!call)
			return NULL;
		buf_init(&call->in, c->options.stub_max);
		buf_init(&call->out, c->options.stub_max);
		return call;
	}
	*call = (struct rpc_call){ .in = call->in, .out = call->out };
	return call;
}

static void memory_free(struct rpc_call *call)
{
	buf_done(&call->in);
	buf_done(&call->out);
	mem_free(call);
}

static void give_memory(struct rpc_conn *c, struct rpc_call *call)
{
	if (c->spare || call->in.capacity > KEPT_MAX || call->out.capacity > KEPT_MAX) {
		memory_free(call);
		return;
	}
	buf_clear(&call->in);
	buf_clear(&call->out);
	c->spare = call;
}

void rpc_call_free_spare(struct rpc_conn *c)
{
	if (c->spare)
		memory_free(c->spare);
	c->spare = NULL;
}

static int call_new(struct rpc_conn *c, const struct rpc_pdu *pdu, struct rpc_security *s,
		    struct rpc_call **ret)
{
	struct rpc_call *call = take_memory(c);
	if (!call)
		return -ENOMEM;
	call->conn = c;
	call->call_id = pdu->call_id;
	call->context_id = pdu->call.context_id;
	call->opnum = pdu->call.opnum;
	call->flags = pdu->flags;
	call->drep = pdu->drep;
	call->object = pdu->call.object;
	call->security = s;
	call->caller = c->options.origin;
	call->caller.peer = s ? security_context_peer(s->context) : NULL;
	call->caller.level = s ? s->level : AUTHN_LEVEL_NONE;
	if (call->caller.peer && call->caller.peer->vouched)
		call->caller.level = call->caller.peer->vouched;
	TAILQ_INSERT_TAIL(&c->calls, call, in_conn);
	c->receiving++;
	*ret = call;
	return 0;
}

struct rpc_call *rpc_call_free(struct rpc_call *call)
{
	struct rpc_conn *c = call->conn;
	TAILQ_REMOVE(&c->calls, call, in_conn);
	if (call->state == CALL_RECEIVING)
		c->receiving--;
	else
		c->running--;
	rpc_call_drop_handles(call);
	c->held -= call->taken;
	atomic_fetch_sub(&c->statistics->held, call->taken);
	give_memory(c, call);
	return NULL;
}

static struct rpc_call *find_call(struct rpc_conn *c, uint32_t call_id)
{
	struct rpc_call *call = TAILQ_FIRST(&c->calls);
	while (call && call->call_id != call_id)
		call = TAILQ_NEXT(call, in_conn);
	return call;
}

/* ---- faults ---- */

static int put_fault(struct rpc_conn *c, uint32_t call_id, uint16_t context_id, uint8_t cancels,
		     unsigned flags, uint32_t status)
{
	/* Without a signature, as the answer to a request that had none or a wrong one must be. */
	size_t start = rpc_pdu_begin(&c->out, RPC_PDU_FAULT, RPC_PFC_FIRST | RPC_PFC_LAST | flags,
				     call_id);
	rpc_pdu_put_fault(&c->out, context_id, cancels, status);
	rpc_pdu_end(&c->out, start, 0);
	return rpc_conn_sent(c);
}

int rpc_conn_fault(struct rpc_conn *c, const struct rpc_pdu *pdu, uint32_t status)
{
	bool request = pdu->type == RPC_PDU_REQUEST;
	return put_fault(c, pdu->call_id, request ? pdu->call.context_id : 0, 0,
			 RPC_PFC_DID_NOT_EXECUTE, status);
}

/* ---- authentication of what comes in ---- */

/* [MS-RPCE] 3.3.1.5.4: without a verifier a request belongs to the only security context, if that
 * is at connect level; else it is nobody's, which is for connections without a handshake. */
static int identify_plain(struct rpc_conn *c, struct rpc_security **ret)
{
	struct rpc_security *only = c->security_count == 1 ? c->security[0] : NULL;
	if (c->security_count == 0) {
		*ret = NULL;
		return 0;
	}
	if (!only || !only->established || rpc_security_signs(only))
		return -EACCES;
	*ret = only;
	return 0;
}

static int identify(struct rpc_conn *c, uint8_t *fragment, const struct rpc_pdu *pdu,
		    struct rpc_security **ret)
{
	if (!pdu->auth.value.length)
		return identify_plain(c, ret);
	struct rpc_security *s = rpc_conn_security(c, pdu->auth.context_id);
	int r = s ? rpc_security_verify(s, c->header_sign, fragment, pdu) : -EACCES;
	if (r == 0)
		*ret = s;
	return r;
}

/* ---- requests ---- */

static const struct presentation *find_context(const struct rpc_conn *c, uint16_t id)
{
	for (unsigned i = 0; i < c->context_count; i++) {
		if (c->contexts[i].id == id)
			return &c->contexts[i];
	}
	return NULL;
}

static bool level_too_low(struct rpc_call *call)
{
	struct rpc_conn *c = call->conn;
	const struct rpc_interface *i = call->interface;
	enum authn_level least = i->least;
	if (call->security && i->least_if_any > least)
		least = i->least_if_any;
	if (call->caller.level >= least)
		return false;
	rpc_conn_note(c, "a call at authentication level %d, where %d is the least",
		      (int)call->caller.level, (int)least);
	if (c->options.too_low)
		c->options.too_low(c->options.ctx, i, &call->caller);
	return true;
}

/* What keeps a whole request from being served; 0 when nothing does. */
static uint32_t refusal(struct rpc_call *call)
{
	struct rpc_conn *c = call->conn;
	const struct presentation *p = find_context(c, call->context_id);
	if (!p)
		return (uint32_t)nca_s_unk_if;
	call->interface = p->interface;
	if (rpc_security_signs(call->security)) {
		struct rpc_verification request = { .interface = p->abstract,
						    .transfer = rpc_ndr20,
						    .drep = call->drep,
						    .call_id = call->call_id,
						    .context_id = call->context_id,
						    .opnum = call->opnum };
		if (rpc_verification_check((const uint8_t *)call->in.data, &call->in.length,
					   &request) < 0) {
			rpc_conn_note(c, "a verification trailer that differs from its request");
			return (uint32_t)nca_s_fault_access_denied;
		}
	}
	if (level_too_low(call))
		return (uint32_t)nca_s_fault_access_denied;
	return call->opnum < p->interface->operations ? 0 : (uint32_t)nca_s_op_rng_error;
}

static int hand_out(struct rpc_call *call)
{
	struct rpc_conn *c = call->conn;
	uint32_t status = refusal(call);
	if (status) {
		int r = put_fault(c, call->call_id, call->context_id, 0, RPC_PFC_DID_NOT_EXECUTE,
				  status);
		rpc_call_free(call);
		return r;
	}
	atomic_fetch_add_explicit(&c->statistics->calls_in, 1, memory_order_relaxed);
	call->state = CALL_RUNNING;
	c->receiving--;
	c->running++;
	c->options.call(c->options.ctx, call);
	return 0;
}

/* The call a fragment belongs to: a new one, or one that is being received. */
static int call_for(struct rpc_conn *c, const struct rpc_pdu *pdu, struct rpc_security *s,
		    struct rpc_call **ret)
{
	struct rpc_call *call = find_call(c, pdu->call_id);
	bool first = pdu->flags & RPC_PFC_FIRST;
	if (first != (call == NULL)) {
		rpc_conn_note(c, first ? "a call with the number of another"
				       : "a fragment of no call");
		return -EPROTO;
	}
	if (first)
		return c->receiving >= c->options.calls_max ? -ENOBUFS : call_new(c, pdu, s, ret);
	if (call->state != CALL_RECEIVING || call->context_id != pdu->call.context_id ||
	    call->opnum != pdu->call.opnum || call->security != s) {
		rpc_conn_note(c, "a fragment that differs from the one before");
		return -EPROTO;
	}
	*ret = call;
	return 0;
}

/* One call may have stub_max bytes, all of a connection twice that, all of a server held_max. */
static int take_stub(struct rpc_call *call, struct text stub)
{
	struct rpc_conn *c = call->conn;
	if (stub.length > 2 * (size_t)c->options.stub_max - c->held)
		return -ENOBUFS;
	buf_put_text(&call->in, stub);
	if (buf_failed(&call->in))
		return buf_failed(&call->in);
	call->taken += stub.length;
	c->held += stub.length;
	uint64_t before = atomic_fetch_add(&c->statistics->held, stub.length);
	return before + stub.length > c->options.held_max ? -ENOBUFS : 0;
}

int rpc_conn_request(struct rpc_conn *c, uint8_t *fragment, const struct rpc_pdu *pdu)
{
	struct rpc_security *s = NULL;
	struct rpc_call *call = NULL;
	int r = identify(c, fragment, pdu, &s);
	if (r < 0) {
		rpc_conn_note(c, "a request whose sender is not proved");
		rpc_conn_fault(c, pdu, (uint32_t)nca_s_fault_access_denied);
		return r;
	}
	r = call_for(c, pdu, s, &call);
	if (r < 0) {
		rpc_conn_fault(c, pdu, (uint32_t)nca_s_proto_error);
		return r;
	}
	r = take_stub(call, pdu->call.stub);
	if (r < 0) {
		rpc_conn_note(c, "calls with more bytes than they may have");
		rpc_conn_fault(c, pdu, (uint32_t)nca_s_fault_remote_no_memory);
		return r;
	}
	return pdu->flags & RPC_PFC_LAST ? hand_out(call) : 0;
}

/* C706 12.6.4.4, 12.6.4.8: calls that are over meanwhile are nobody's fault. */
int rpc_conn_cancel(struct rpc_conn *c, uint8_t *fragment, const struct rpc_pdu *pdu)
{
	struct rpc_security *s = NULL;
	struct rpc_call *call = find_call(c, pdu->call_id);
	int r = pdu->auth.value.length ? identify(c, fragment, pdu, &s) : 0;
	if (r < 0)
		rpc_conn_note(c, "a %s whose sender is not proved", rpc_pdu_name(pdu->type));
	if (r < 0 || !call)
		return r;
	atomic_store(&call->cancelled, true);
	if (pdu->type == RPC_PDU_CO_CANCEL) {
		call->cancels += call->cancels < UINT8_MAX;
		return 0;
	}
	call->orphaned = true;
	if (call->state == CALL_RECEIVING)
		rpc_call_free(call);
	return 0;
}

/* ---- answers ---- */

void rpc_call_run(struct rpc_call *call)
{
	struct rpc_stub in = { (const uint8_t *)call->in.data, call->in.length, call->drep };
	const struct rpc_interface *interface = call->interface;
	call->status = interface->dispatch(interface->ctx, call, call->opnum, &in, &call->out);
	if (call->status == 0 && buf_failed(&call->out))
		call->status = (uint32_t)(buf_failed(&call->out) == -ENOBUFS
						  ? nca_s_out_args_too_big
						  : nca_s_fault_remote_no_memory);
}

static int put_fragment(struct rpc_call *call, const char *stub, size_t length, size_t left,
			unsigned flags)
{
	struct rpc_conn *c = call->conn;
	size_t start = rpc_pdu_begin(&c->out, RPC_PDU_RESPONSE, flags, call->call_id);
	rpc_pdu_put_response(&c->out, (uint32_t)left, call->context_id, call->cancels);
	size_t body = c->out.length;
	buf_put(&c->out, stub, length);
	int r = rpc_security_end(call->security, c->header_sign, &c->out, start, body);
	return r < 0 ? r : rpc_conn_sent(c);
}

static int put_response(struct rpc_call *call)
{
	size_t room = rpc_security_room(call->security, call->conn->max_xmit, RPC_REQUEST_HEAD);
	size_t at = 0, length = call->out.length;
	int r;
	do {
		size_t n = length - at < room ? length - at : room;
		unsigned flags =
			(at == 0 ? RPC_PFC_FIRST : 0u) | (at + n == length ? RPC_PFC_LAST : 0u);
		r = put_fragment(call, call->out.data ? call->out.data + at : "", n, length - at,
				 flags);
		at += n;
	} while (r == 0 && at < length);
	return r;
}

static int answer(struct rpc_call *call)
{
	struct rpc_conn *c = call->conn;
	int r;
	if (call->orphaned || call->flags & RPC_PFC_MAYBE)
		return 0;
	if (call->status)
		r = put_fault(c, call->call_id, call->context_id, call->cancels, 0, call->status);
	else
		r = put_response(call);
	atomic_fetch_add_explicit(&c->statistics->calls_out, 1, memory_order_relaxed);
	return r;
}

int rpc_call_finish(struct rpc_call *call)
{
	struct rpc_conn *c = call->conn;
	if (!c->closed && !c->error)
		c->error = answer(call);
	rpc_call_free(call);
	if (c->closed) {
		if (c->running == 0)
			rpc_conn_close(c);
		return 0;
	}
	return rpc_conn_input(c, NULL, 0);
}
