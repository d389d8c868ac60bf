/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind, alter_context and auth3: which interfaces a client may call by which number, and who it
 * is (C706 12.6.4.3, 12.6.4.1, [MS-RPCE] 3.3.1.5.2 to 3.3.1.5.4).
 */
#include "base/mem.h"
#include "rpc/internal.h"

#include <errno.h>

#define FEATURES_OFFERED (RPC_FEATURE_SECURITY_CONTEXTS | RPC_FEATURE_KEEP_ON_ORPHAN)

int rpc_conn_reject(struct rpc_conn *c, uint32_t call_id, uint16_t reason)
{
	size_t start =
		rpc_pdu_begin(&c->out, RPC_PDU_BIND_NAK, RPC_PFC_FIRST | RPC_PFC_LAST, call_id);
	rpc_pdu_put_bind_nak(&c->out, reason);
	rpc_pdu_end(&c->out, start, 0);
	rpc_conn_sent(c);
	return -EPROTO;
}

/* ---- presentation contexts ---- */

static void reject_context(struct rpc_pdu_result *result, uint16_t reason)
{
	*result = (struct rpc_pdu_result){ .result = RPC_PROVIDER_REJECTION, .reason = reason };
}

/* The context that has the number, or a new one; NULL when there is no place left. */
static struct presentation *context_for(struct rpc_conn *c, const struct rpc_pdu_context *wanted)
{
	for (unsigned i = 0; i < c->context_count; i++) {
		if (c->contexts[i].id == wanted->id)
			return &c->contexts[i];
	}
	if (c->context_count == RPC_CONTEXTS_MAX)
		return NULL;
	struct presentation *more = mem_realloc(c->contexts, c->context_count + 1, sizeof(*more));
	if (!more)
		return NULL;
	c->contexts = more;
	struct presentation *p = &c->contexts[c->context_count];
	*p = (struct presentation){ .id = wanted->id, .abstract = wanted->abstract };
	return p;
}

static bool offers_ndr20(const struct rpc_pdu *pdu, const struct rpc_pdu_context *wanted)
{
	for (unsigned i = 0; i < wanted->syntax_count && i < RPC_SYNTAXES_MAX; i++) {
		struct rpc_syntax s;
		rpc_pdu_syntax(pdu, wanted, i, &s);
		if (rpc_syntax_equal(&s, &rpc_ndr20))
			return true;
	}
	return false;
}

/* [MS-RPCE] 3.3.1.5.3: a context that is no context but a question. */
static bool answer_features(struct rpc_conn *c, const struct rpc_pdu *pdu,
			    const struct rpc_pdu_context *wanted, struct rpc_pdu_result *result)
{
	struct rpc_syntax s;
	uint64_t flags;
	if (wanted->syntax_count != 1)
		return false;
	rpc_pdu_syntax(pdu, wanted, 0, &s);
	if (!rpc_pdu_features(&s, &flags))
		return false;
	flags &= FEATURES_OFFERED;
	*result = (struct rpc_pdu_result){ .result = RPC_NEGOTIATE_ACK, .reason = (uint16_t)flags };
	return true;
}

static void settle_context(struct rpc_conn *c, const struct rpc_pdu *pdu,
			   const struct rpc_pdu_context *wanted, struct rpc_pdu_result *result)
{
	if (answer_features(c, pdu, wanted, result))
		return;
	const struct rpc_interface *interface =
		rpc_interfaces_find(c->options.interfaces, &wanted->abstract);
	struct presentation *p = context_for(c, wanted);
	if (!interface) {
		reject_context(result, RPC_ABSTRACT_SYNTAX_NOT_SUPPORTED);
	} else if (!offers_ndr20(pdu, wanted)) {
		reject_context(result, RPC_TRANSFER_SYNTAXES_NOT_SUPPORTED);
	} else if (!p) {
		reject_context(result, RPC_LOCAL_LIMIT_EXCEEDED);
	} else if (!rpc_syntax_equal(&p->abstract, &wanted->abstract)) {
		/* The number is taken by another interface. */
		reject_context(result, RPC_REASON_NOT_SPECIFIED);
	} else {
		if (p == &c->contexts[c->context_count])
			c->context_count++;
		p->interface = interface;
		*result =
			(struct rpc_pdu_result){ .result = RPC_ACCEPTANCE, .transfer = rpc_ndr20 };
	}
}

static void settle_contexts(struct rpc_conn *c, const struct rpc_pdu *pdu,
			    struct rpc_pdu_result *results)
{
	struct rpc_pdu_context wanted;
	size_t at = 0;
	for (int i = 0; rpc_pdu_next_context(pdu, &at, &wanted); i++)
		settle_context(c, pdu, &wanted, &results[i]);
}

/* ---- handshakes ---- */

static bool valid_level(uint8_t level)
{
	return level >= AUTHN_LEVEL_CONNECT && level <= AUTHN_LEVEL_PKT_PRIVACY;
}

/* One process vouches for another to a third of its machine: what comes by the network has no such
 * word, whatever it knows. */
static bool is_offered(const struct rpc_conn *c, enum authn_service service)
{
	return c->options.acceptor &&
	       (service != AUTHN_VOUCHED || strcmp(c->options.origin.transport, "ncalrpc") == 0);
}

/* A place for a new security context. -ENOTSUP: no such service here. */
static int new_security(struct rpc_conn *c, const struct rpc_pdu *pdu, struct rpc_security **ret)
{
	enum authn_service service = (enum authn_service)pdu->auth.service;
	if (!valid_level(pdu->auth.level)) {
		rpc_conn_note(c, "authentication level %u", pdu->auth.level);
		return -EPROTO;
	}
	/* Also without the feature: clients of DCOM open a second one when they go on to another
	 * interface, and some never asked whether they may. */
	if (c->security_count >= RPC_SECURITY_MAX || c->handshakes >= RPC_HANDSHAKES_MAX) {
		rpc_conn_note(c, "more than %u security contexts, or %u handshakes",
			      RPC_SECURITY_MAX, RPC_HANDSHAKES_MAX);
		return -ENOBUFS;
	}
	struct rpc_security s = { .id = pdu->auth.context_id,
				  .service = service,
				  .level = (enum authn_level)pdu->auth.level };
	int r = is_offered(c, service)
			? security_context_accept(c->options.acceptor, service, &s.context)
			: -ENOTSUP;
	if (r < 0) {
		rpc_conn_note(c, "authentication service %u is not offered", pdu->auth.service);
		return r;
	}
	*ret = rpc_conn_add_security(c, &s);
	if (!*ret) {
		rpc_security_done(&s);
		return -ENOMEM;
	}
	c->handshakes++;
	return 0;
}

/* One more token of the client's. */
static int step(struct rpc_conn *c, struct rpc_security *s, const struct rpc_pdu *pdu,
		struct buf *token)
{
	struct error err = { 0 };
	int r = s->established || s->failed || pdu->auth.service != (uint8_t)s->service ||
				pdu->auth.level != (uint8_t)s->level
			? error_set(&err, -EACCES, "a token for a handshake that is over")
			: security_context_step(s->context, pdu->auth.value, token, &err);
	if (r == 0) {
		s->established = true;
		c->handshakes--;
	}
	if (r < 0) {
		s->failed = true;
		rpc_conn_note(c, "%s", err.text);
	}
	return r < 0 ? r : 0;
}

static int handshake(struct rpc_conn *c, const struct rpc_pdu *pdu, struct rpc_security **ret,
		     struct buf *token)
{
	struct rpc_security *s = rpc_conn_security(c, pdu->auth.context_id);
	int r = s ? 0 : new_security(c, pdu, &s);
	if (r == 0)
		r = step(c, s, pdu, token);
	/* [MS-RPCE] 3.3.1.5.2.2: settled by the first handshake at integrity or privacy. */
	if (r == 0 && !c->header_sign_settled && rpc_security_signs(s)) {
		c->header_sign_settled = true;
		c->header_sign = pdu->flags & RPC_PFC_HEADER_SIGN;
	}
	if (r == 0)
		*ret = s;
	return r;
}

int rpc_conn_auth3(struct rpc_conn *c, const struct rpc_pdu *pdu)
{
	/* It has no answer: a handshake that failed shows in the requests that name it. */
	struct rpc_security *s = rpc_conn_security(c, pdu->auth.context_id);
	struct buf token;
	if (!s) {
		rpc_conn_note(c, "an auth3 for a handshake that has not begun");
		return -EPROTO;
	}
	buf_init(&token, SECURITY_TOKEN_MAX);
	int r = step(c, s, pdu, &token);
	buf_done(&token);
	return r == -ENOMEM ? r : 0;
}

/* ---- the answers ---- */

static unsigned answer_flags(const struct rpc_conn *c, const struct rpc_pdu *pdu,
			     const struct rpc_security *s)
{
	unsigned flags = RPC_PFC_FIRST | RPC_PFC_LAST | (pdu->flags & RPC_PFC_CONC_MPX);
	if (s && c->header_sign && pdu->flags & RPC_PFC_HEADER_SIGN)
		flags |= RPC_PFC_HEADER_SIGN;
	return flags;
}

static int put_answer(struct rpc_conn *c, const struct rpc_pdu *pdu,
		      const struct rpc_pdu_result *results, const struct rpc_security *s,
		      const struct buf *token)
{
	bool alter = pdu->type == RPC_PDU_ALTER_CONTEXT;
	struct text address = text_of(alter ? NULL : c->options.secondary);
	size_t start = rpc_pdu_begin(&c->out, alter ? RPC_PDU_ALTER_CONTEXT_RESP : RPC_PDU_BIND_ACK,
				     answer_flags(c, pdu, s), pdu->call_id);
	rpc_pdu_put_bind_ack(&c->out, start, c->max_xmit, c->max_recv, rpc_group_id(c->group),
			     address, results, pdu->bind.count);
	if (s && token->length)
		rpc_security_end_token(s, &c->out, start, token);
	else
		rpc_pdu_end(&c->out, start, 0);
	return rpc_conn_sent(c);
}

/* What a client hears whose handshake went wrong ([MS-RPCE] 2.2.2.5). */
static int refuse(struct rpc_conn *c, const struct rpc_pdu *pdu, int r)
{
	if (pdu->type == RPC_PDU_ALTER_CONTEXT)
		rpc_conn_fault(c, pdu, (uint32_t)nca_s_fault_access_denied);
	else
		rpc_conn_reject(c, pdu->call_id,
				r == -ENOTSUP ? RPC_REJECT_AUTH_TYPE : RPC_REJECT_CHECKSUM);
	return r == -ENOMEM ? r : -EACCES;
}

static uint16_t fragment_size(uint16_t wanted)
{
	return wanted < RPC_FRAGMENT_MIN   ? RPC_FRAGMENT_MIN
	       : wanted > RPC_FRAGMENT_MAX ? RPC_FRAGMENT_MAX
					   : wanted;
}

/* What only a bind settles. */
static int begin(struct rpc_conn *c, const struct rpc_pdu *pdu)
{
	c->max_xmit = fragment_size(pdu->bind.max_recv);
	c->max_recv = fragment_size(pdu->bind.max_xmit);
	int r = rpc_group_join(c->options.groups, pdu->bind.group, &c->group);
	if (r < 0) {
		rpc_conn_note(c, "no association group %#x can be joined", pdu->bind.group);
		rpc_conn_reject(c, pdu->call_id, RPC_REJECT_NOT_SPECIFIED);
	}
	return r;
}

int rpc_conn_bind(struct rpc_conn *c, const struct rpc_pdu *pdu)
{
	bool alter = pdu->type == RPC_PDU_ALTER_CONTEXT;
	const unsigned whole = RPC_PFC_FIRST | RPC_PFC_LAST;
	/* One bind for each connection: more interfaces come by alter_context
	 * ([MS-RPCE] 3.3.1.5.2.1); Samba, whose tests are held against Windows, refuses another in
	 * the same way. */
	if (alter != c->bound || (pdu->flags & whole) != whole || pdu->bind.count == 0) {
		rpc_conn_note(c, "a %s at a wrong moment, in pieces, or for nothing",
			      rpc_pdu_name(pdu->type));
		return rpc_conn_reject(c, pdu->call_id, RPC_REJECT_NOT_SPECIFIED);
	}
	int r = alter ? 0 : begin(c, pdu);
	if (r < 0)
		return r;
	struct rpc_pdu_result results[UINT8_MAX];
	struct rpc_security *s = NULL;
	struct buf token;
	buf_init(&token, SECURITY_TOKEN_MAX);
	settle_contexts(c, pdu, results);
	if (pdu->auth.value.length)
		r = handshake(c, pdu, &s, &token);
	if (r < 0)
		r = refuse(c, pdu, r);
	else
		r = put_answer(c, pdu, results, s, &token);
	c->bound = c->bound || r == 0;
	buf_done(&token);
	return r;
}
