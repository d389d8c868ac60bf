/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection's bytes: fragments are cut out of what comes in, and each goes to the function for
 * its type. Whatever a client may not send ends the connection.
 */
#include "base/mem.h"
#include "rpc/internal.h"

#include <errno.h>
#include <stdio.h>

/* What is read at once, and a fragment that was not whole yet. */
#define IN_MAX (4u << 20)
/* Answers that the peer does not take away: from PAUSE on nothing is read. */
#define OUT_PAUSE (1u << 20)

int rpc_conn_new(const struct rpc_conn_options *options, struct rpc_statistics *statistics,
		 struct rpc_conn **ret)
{
	struct rpc_conn *c = mem_new(struct rpc_conn);
	if (!c)
		return -ENOMEM;
	c->options = *options;
	if (!c->options.stub_max)
		c->options.stub_max = RPC_STUB_MAX;
	if (!c->options.calls_max)
		c->options.calls_max = RPC_CALLS_MAX;
	if (!c->options.held_max)
		c->options.held_max = RPC_HELD_MAX;
	c->statistics = statistics;
	c->max_xmit = c->max_recv = RPC_FRAGMENT_MAX;
	TAILQ_INIT(&c->calls);
	buf_init(&c->in, IN_MAX);
	/* Two of the largest answers, with what fragments and signatures add. */
	buf_init(&c->out, OUT_PAUSE + 3 * (size_t)c->options.stub_max);
	*ret = c;
	return 0;
}

static void conn_free(struct rpc_conn *c)
{
	for (unsigned i = 0; i < c->security_count; i++) {
		rpc_security_done(c->security[i]);
		mem_free(c->security[i]);
	}
	mem_free(c->security);
	mem_free(c->contexts);
	rpc_group_leave(c->options.groups, c->group);
	rpc_call_free_spare(c);
	buf_done(&c->in);
	buf_done(&c->out);
	mem_free(c);
}

void rpc_conn_close(struct rpc_conn *c)
{
	struct rpc_call *call, *next;
	c->closed = true;
	for (call = TAILQ_FIRST(&c->calls); call; call = next) {
		next = TAILQ_NEXT(call, in_conn);
		atomic_store(&call->cancelled, true);
		if (call->state == CALL_RECEIVING)
			rpc_call_free(call);
	}
	if (c->running == 0)
		conn_free(c);
}

void rpc_conn_note(struct rpc_conn *c, const char *format, ...)
{
	char text[ERROR_TEXT_MAX];
	va_list args;
	if (!c->options.note)
		return;
	int n = snprintf(text, sizeof(text), "%s %s: ", c->options.origin.transport,
			 c->options.origin.address);
	if (n < 0 || (size_t)n >= sizeof(text))
		n = 0;
	va_start(args, format);
	vsnprintf(text + n, sizeof(text) - (size_t)n, format, args);
	va_end(args);
	c->options.note(c->options.ctx, text);
}

struct rpc_security *rpc_conn_security(struct rpc_conn *c, uint32_t id)
{
	/* The one that came last is the one most used. */
	for (unsigned i = c->security_count; i-- > 0;) {
		if (c->security[i]->id == id)
			return c->security[i];
	}
	return NULL;
}

struct rpc_security *rpc_conn_add_security(struct rpc_conn *c, const struct rpc_security *from)
{
	struct rpc_security **more = mem_realloc(c->security, c->security_count + 1, sizeof(*more));
	if (!more)
		return NULL;
	c->security = more;
	struct rpc_security *s = mem_dup(from, sizeof(*from));
	if (s)
		c->security[c->security_count++] = s;
	return s;
}

int rpc_conn_sent(struct rpc_conn *c)
{
	atomic_fetch_add_explicit(&c->statistics->packets_out, 1, memory_order_relaxed);
	return buf_failed(&c->out);
}

/* ---- in ---- */

static int handle(struct rpc_conn *c, uint8_t *fragment, const struct rpc_pdu *pdu)
{
	if (!c->bound && pdu->type != RPC_PDU_BIND) {
		rpc_conn_note(c, "a %s before a bind", rpc_pdu_name(pdu->type));
		return -EPROTO;
	}
	switch (pdu->type) {
	case RPC_PDU_BIND:
	case RPC_PDU_ALTER_CONTEXT:
		return rpc_conn_bind(c, pdu);
	case RPC_PDU_AUTH3:
		return rpc_conn_auth3(c, pdu);
	case RPC_PDU_REQUEST:
		return rpc_conn_request(c, fragment, pdu);
	case RPC_PDU_CO_CANCEL:
	case RPC_PDU_ORPHANED:
		return rpc_conn_cancel(c, fragment, pdu);
	default:
		rpc_conn_note(c, "a %s, which only servers send", rpc_pdu_name(pdu->type));
		return -EPROTO;
	}
}

/* [MS-RPCE] 3.3.1.5.1: handshakes may need more than the size that was agreed on. */
static bool too_long(const struct rpc_conn *c, const struct rpc_pdu *pdu)
{
	return pdu->length > c->max_recv && pdu->type == RPC_PDU_REQUEST;
}

static int take_fragment(struct rpc_conn *c, uint8_t *fragment, size_t length)
{
	struct rpc_pdu pdu;
	const char *why = NULL;
	int r = rpc_pdu_parse(fragment, length, &pdu, &why);
	if (r == 0 && too_long(c, &pdu)) {
		why = "a fragment longer than agreed";
		r = -EPROTO;
	}
	if (r < 0) {
		rpc_conn_note(c, "%s", why);
		return r;
	}
	atomic_fetch_add_explicit(&c->statistics->packets_in, 1, memory_order_relaxed);
	return handle(c, fragment, &pdu);
}

/* `*at`: how far it came. */
static int process(struct rpc_conn *c, size_t *at)
{
	while (!c->error && *at < c->in.length && !rpc_conn_full(c)) {
		uint8_t *next = (uint8_t *)c->in.data + *at;
		size_t left = c->in.length - *at;
		int length = rpc_pdu_length(next, left);
		if (length < 0) {
			rpc_conn_note(c, "what came is no DCE/RPC version 5");
			/* C706 12.6.3.1: who begins with another version is told ours. */
			if (!c->bound)
				rpc_conn_reject(c, 0, RPC_REJECT_PROTOCOL_VERSION);
			return -EPROTO;
		}
		if (length == 0 || (size_t)length > left)
			return 0;
		int r = take_fragment(c, next, (size_t)length);
		if (r < 0)
			return r;
		*at += (size_t)length;
	}
	return c->error;
}

int rpc_conn_input(struct rpc_conn *c, const void *data, size_t length)
{
	size_t at = 0;
	if (c->error)
		return c->error;
	/* A call that is finished before its hand-over returns comes here once more. */
	if (c->processing)
		return length ? -EINVAL : 0;
	buf_put(&c->in, data, length);
	c->error = buf_failed(&c->in);
	if (c->error)
		return c->error;
	c->processing = true;
	c->error = process(c, &at);
	c->processing = false;
	buf_consume(&c->in, at);
	return c->error;
}

struct buf *rpc_conn_output(struct rpc_conn *c)
{
	return &c->out;
}

unsigned rpc_conn_busy(const struct rpc_conn *c)
{
	return c->running;
}

bool rpc_conn_full(const struct rpc_conn *c)
{
	return c->running >= c->options.calls_max || c->out.length >= OUT_PAUSE;
}
