/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpc/: a server's connection against sequences of messages. The input is a list of steps: a
 * message of some kind with fields from the input, bytes as they are, a call that is finished, an
 * established security context whose requests are then signed as they should be, or nearly.
 *
 * What comes out is always whole messages; no call is answered twice; at the end nothing is left.
 */
#include "fuzz.h"

#include "base/mem.h"
#include "rpc/bytes.h"
#include "rpc/endpoint.h"
#include "rpc/internal.h"
#include "security/context-internal.h"

/* MIT krb5 loses a name when it looks for what SPNEGO can offer, and gss-ntlmssp what it loads. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:krb5_build_principal_alloc_va\nleak:CRYPTO_zalloc\nleak:CRYPTO_strdup\n";
}

#define KEPT_MAX 32
#define STUB_MAX 20000

struct play {
	const uint8_t *at, *end; /* of the input */
	struct rpc_conn *conn;
	struct rpc_call *kept[KEPT_MAX];
	unsigned kept_count;
	unsigned requests, answers;
	struct rpc_security signer; /* the client's side; no context: not signed in */
	struct buf message;
	bool keep;
};

static struct security_acceptor *acceptor;
static struct rpc_interfaces *interfaces;
static struct rpc_groups *groups;
static struct rpc_map *map;

static unsigned byte(struct play *p)
{
	return p->at < p->end ? *p->at++ : 0;
}

static uint32_t number(struct play *p)
{
	uint32_t n = byte(p);
	return n < 250 ? n : n << 24 | byte(p) << 16 | byte(p) << 8 | byte(p);
}

static struct text rest(struct play *p, size_t max)
{
	size_t n = (size_t)(p->end - p->at) < max ? (size_t)(p->end - p->at) : max;
	struct text t = { (const char *)p->at, n };
	p->at += n;
	return t;
}

/* ---- what the server does ---- */

static void on_call(void *ctx, struct rpc_call *call)
{
	struct play *p = ctx;
	if (p->keep && p->kept_count < KEPT_MAX) {
		p->kept[p->kept_count++] = call;
		return;
	}
	rpc_call_run(call);
	rpc_call_finish(call);
}

static void on_note(void *ctx, const char *text)
{
	FUZZ_REQUIRE(*text && strlen(text) < ERROR_TEXT_MAX);
}

/* Takes the output away: whole messages, of kinds that a server sends. */
static void drain(struct play *p)
{
	struct buf *out = rpc_conn_output(p->conn);
	size_t at = 0;
	while (at < out->length) {
		struct rpc_pdu pdu;
		int length = rpc_pdu_length(out->data + at, out->length - at);
		FUZZ_REQUIRE(length > 0 && (size_t)length <= out->length - at);
		FUZZ_REQUIRE(rpc_pdu_parse(out->data + at, (size_t)length, &pdu, NULL) == 0);
		FUZZ_REQUIRE(pdu.type != RPC_PDU_REQUEST && pdu.type != RPC_PDU_BIND &&
			     pdu.type != RPC_PDU_ALTER_CONTEXT);
		FUZZ_REQUIRE(pdu.type > RPC_PDU_FAULT || length <= RPC_FRAGMENT_MAX);
		p->answers += pdu.type == RPC_PDU_FAULT ||
			      (pdu.type == RPC_PDU_RESPONSE && pdu.flags & RPC_PFC_LAST);
		at += (size_t)length;
	}
	buf_consume(out, at);
	FUZZ_REQUIRE(p->answers <= p->requests);
}

/* ---- what the client does ---- */

static void send(struct play *p)
{
	rpc_conn_input(p->conn, p->message.data, p->message.length);
	buf_clear(&p->message);
}

static const struct rpc_syntax *syntax(unsigned n)
{
	static struct rpc_syntax features;
	static const struct rpc_syntax *const all[] = { &rpc_ndr20, &rpc_ndr64, &rpc_epmapper,
							&rpc_mgmt, &features };
	rpc_pdu_feature_syntax(n, &features);
	return all[n % 5];
}

static void put_token(struct play *p, size_t start)
{
	unsigned service = byte(p), level = byte(p), id = byte(p);
	struct text token = rest(p, byte(p));
	if (!token.length)
		return;
	rpc_pdu_put_trailer(&p->message, start, 4, (uint8_t)service, (uint8_t)level, id);
	buf_put_text(&p->message, token);
	rpc_pdu_end(&p->message, start, token.length);
}

static void bind(struct play *p, enum rpc_pdu_type type)
{
	unsigned flags = byte(p), count = byte(p) % 4;
	struct rpc_bind_context contexts[4];
	for (unsigned i = 0; i < count; i++)
		contexts[i] = (struct rpc_bind_context){ (uint16_t)byte(p), *syntax(byte(p)),
							 syntax(byte(p)), 1 };
	size_t start = rpc_pdu_begin(&p->message, type, flags, number(p));
	uint16_t max_xmit = (uint16_t)(byte(p) * 50), max_recv = (uint16_t)(byte(p) * 50);
	rpc_pdu_put_bind(&p->message, max_xmit, max_recv, number(p), contexts, (uint8_t)count);
	rpc_pdu_end(&p->message, start, 0);
	put_token(p, start);
	/* A handshake that fails may be answered with a fault. */
	p->requests++;
	send(p);
}

static void request(struct play *p)
{
	unsigned flags = byte(p), opnum = byte(p), damage = byte(p);
	uint16_t context_id = (uint16_t)byte(p);
	static const GUID object = { 1, 2, 3, { 4 } };
	size_t start = rpc_pdu_begin(&p->message, RPC_PDU_REQUEST, flags, number(p));
	rpc_pdu_put_request(&p->message, 0, context_id, (uint16_t)opnum,
			    flags & RPC_PFC_OBJECT ? &object : NULL);
	size_t body = p->message.length;
	buf_put_text(&p->message, rest(p, number(p) % STUB_MAX));
	struct rpc_security *s = p->signer.context ? &p->signer : NULL;
	rpc_security_end(s, p->conn->header_sign, &p->message, start, body);
	if (damage > 200 && !buf_failed(&p->message))
		p->message.data[start + (damage * 7) % (p->message.length - start)] ^= 1;
	p->requests++;
	send(p);
}

static void auth3(struct play *p)
{
	size_t start = rpc_pdu_begin(&p->message, RPC_PDU_AUTH3, byte(p), number(p));
	rpc_put_u32(&p->message, 0);
	rpc_pdu_end(&p->message, start, 0);
	put_token(p, start);
	send(p);
}

static void bare(struct play *p, enum rpc_pdu_type type)
{
	size_t start = rpc_pdu_begin(&p->message, type, byte(p), number(p));
	size_t body = p->message.length;
	bool is_signed = byte(p) & 1 && p->signer.context;
	rpc_security_end(is_signed ? &p->signer : NULL, p->conn->header_sign, &p->message, start,
			 body);
	send(p);
}

/* In the place of a handshake: both sides get the same keys. */
static struct security_context *established(bool server)
{
	static const uint8_t key[NTLM_KEY_SIZE] = { 1, 2, 3 };
	struct security_context *c = mem_new(struct security_context);
	FUZZ_REQUIRE(c);
	c->initiator = !server;
	c->established = c->is_ntlm = true;
	c->service = AUTHN_WINNT;
	strcpy(c->peer.name, "DOM\\fuzz");
	FUZZ_REQUIRE(ntlm_keys_init(&c->ntlm, key,
				    NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY | NTLM_NEGOTIATE_128 |
					    NTLM_NEGOTIATE_KEY_EXCH,
				    server) == 0);
	return c;
}

static void sign_in(struct play *p)
{
	struct rpc_conn *c = p->conn;
	enum authn_level level = AUTHN_LEVEL_CONNECT + byte(p) % 5;
	if (!c->bound || c->security_count == RPC_SECURITY_MAX || p->signer.context)
		return;
	p->signer = (struct rpc_security){ .id = 1000,
					   .service = AUTHN_WINNT,
					   .level = level,
					   .context = established(false),
					   .established = true };
	struct rpc_security server = p->signer;
	server.context = established(true);
	FUZZ_REQUIRE(rpc_conn_add_security(c, &server));
	c->header_sign = byte(p) & 1;
}

static void finish(struct play *p)
{
	if (!p->kept_count)
		return;
	unsigned i = byte(p) % p->kept_count;
	struct rpc_call *call = p->kept[i];
	p->kept[i] = p->kept[--p->kept_count];
	rpc_call_run(call);
	rpc_call_finish(call);
}

static void step(struct play *p)
{
	switch (byte(p) % 11) {
	case 0:
		bind(p, RPC_PDU_BIND);
		break;
	case 1:
		bind(p, RPC_PDU_ALTER_CONTEXT);
		break;
	case 2:
	case 3:
		request(p);
		break;
	case 4:
		auth3(p);
		break;
	case 5:
		bare(p, RPC_PDU_CO_CANCEL);
		break;
	case 6:
		bare(p, RPC_PDU_ORPHANED);
		break;
	case 7:
		finish(p);
		break;
	case 8:
		sign_in(p);
		break;
	case 9:
		p->keep = !p->keep;
		break;
	default: {
		/* Bytes as they are may be many requests. */
		struct text t = rest(p, byte(p));
		p->requests += (unsigned)t.length;
		rpc_conn_input(p->conn, t.data, t.length);
	}
	}
	drain(p);
	rpc_conn_input(p->conn, NULL, 0);
	drain(p);
}

/* ---- the stage ---- */

static void prepare(void)
{
	static struct rpc_statistics statistics;
	struct rpc_interface *epmapper, *mgmt;
	struct error err;
	/* Nobody has an account, but handshakes begin. */
	struct security_acceptor_options options = { .ntlm_users = "/dev/null" };
	FUZZ_REQUIRE(security_acceptor_new(&options, &acceptor, &err) == 0);
	FUZZ_REQUIRE(rpc_interfaces_new(&interfaces) == 0 && rpc_groups_new(&groups) == 0);
	FUZZ_REQUIRE(rpc_map_new(&map) == 0 && rpc_epmapper_new(map, &epmapper) == 0);
	struct rpc_mgmt_options m = { interfaces, &statistics, "RPCSS/fuzz" };
	FUZZ_REQUIRE(rpc_mgmt_new(&m, &mgmt) == 0);
	FUZZ_REQUIRE(rpc_interfaces_add(interfaces, epmapper) == 0);
	FUZZ_REQUIRE(rpc_interfaces_add(interfaces, mgmt) == 0);
	struct rpc_binding b = { .protseq = RPC_NCACN_IP_TCP, .endpoint = "135" };
	FUZZ_REQUIRE(rpc_map_insert_all(map, interfaces, &b) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static struct rpc_statistics statistics;
	struct play p = { .at = input, .end = input + size };
	if (!acceptor)
		prepare();
	struct rpc_conn_options options = { .interfaces = interfaces,
					    .groups = groups,
					    .acceptor = acceptor,
					    /* Inserting is for local callers, and would last. */
					    .origin = { .address = "192.0.2.1",
							.local = "192.0.2.2",
							.transport = "ncacn_ip_tcp" },
					    .secondary = "135",
					    .stub_max = 3 * STUB_MAX,
					    .calls_max = 8,
					    .ctx = &p,
					    .call = on_call,
					    .note = on_note };
	buf_init(&p.message, 1 << 20);
	FUZZ_REQUIRE(rpc_conn_new(&options, &statistics, &p.conn) == 0);
	while (p.at < p.end)
		step(&p);
	while (p.kept_count > 1)
		finish(&p);
	drain(&p);
	/* One is finished after the peer has gone. */
	rpc_conn_close(p.conn);
	finish(&p);
	FUZZ_REQUIRE(statistics.held == 0);
	rpc_security_done(&p.signer);
	buf_done(&p.message);
	return 0;
}
