/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpc/: whatever is read from outside without state: messages, towers, verification trailers,
 * string bindings, first tokens of handshakes (security/). What is parsed lies inside of the input,
 * and what is written again means the same.
 */
#include "fuzz.h"

#include "base/mem.h"
#include "rpc/endpoint.h"
#include "rpc/pdu.h"
#include "security/ntlm.h"
#include "security/token.h"

static bool inside(struct text t, const uint8_t *data, size_t size)
{
	const uint8_t *at = (const uint8_t *)t.data;
	return t.length == 0 || (at >= data && at + t.length <= data + size);
}

static void walk(const struct rpc_pdu *pdu)
{
	struct rpc_pdu_context c;
	struct rpc_pdu_result r;
	int count = 0;
	size_t at = 0;
	switch (pdu->type) {
	case RPC_PDU_BIND:
	case RPC_PDU_ALTER_CONTEXT:
		while (rpc_pdu_next_context(pdu, &at, &c)) {
			for (unsigned i = 0; i < c.syntax_count; i++) {
				struct rpc_syntax s;
				rpc_pdu_syntax(pdu, &c, i, &s);
			}
			count++;
		}
		FUZZ_REQUIRE(count == pdu->bind.count);
		break;
	case RPC_PDU_BIND_ACK:
	case RPC_PDU_ALTER_CONTEXT_RESP:
		while (rpc_pdu_next_result(pdu, &at, &r))
			count++;
		FUZZ_REQUIRE(count == pdu->bind.count);
		break;
	default:
		break;
	}
}

static void message(const uint8_t *data, size_t size)
{
	struct rpc_pdu pdu;
	struct buf text;
	const char *why = NULL;
	int length = rpc_pdu_length(data, size);
	if (rpc_pdu_parse(data, size, &pdu, &why) < 0) {
		FUZZ_REQUIRE(why);
		return;
	}
	FUZZ_REQUIRE(length == (int)size && pdu.length == size);
	FUZZ_REQUIRE(inside(pdu.auth.value, data, size));
	if (pdu.type <= RPC_PDU_FAULT)
		FUZZ_REQUIRE(inside(pdu.call.stub, data, size));
	walk(&pdu);
	buf_init(&text, 1 << 20);
	rpc_pdu_print(&text, &pdu);
	FUZZ_REQUIRE(text.length > 0);
	buf_done(&text);
}

static void tower(const uint8_t *data, size_t size)
{
	struct rpc_map_entry entry, again;
	struct buf out;
	if (rpc_tower_parse((struct text){ (const char *)data, size }, &entry) < 0)
		return;
	buf_init(&out, RPC_TOWER_MAX);
	rpc_tower_put(&out, &entry, "");
	FUZZ_REQUIRE(rpc_tower_parse(buf_text(&out), &again) == 0);
	FUZZ_REQUIRE(rpc_syntax_equal(&entry.interface, &again.interface));
	FUZZ_REQUIRE(entry.binding.protseq == again.binding.protseq);
	FUZZ_REQUIRE(strcmp(entry.binding.endpoint, again.binding.endpoint) == 0);
	FUZZ_REQUIRE(strcmp(entry.binding.host, again.binding.host) == 0);
	buf_done(&out);
}

static void trailer(const uint8_t *data, size_t size)
{
	const struct rpc_verification request = { .interface = rpc_epmapper,
						  .transfer = rpc_ndr20,
						  .drep = RPC_DREP_OURS };
	size_t length = size;
	int r = rpc_verification_check(data, &length, &request);
	FUZZ_REQUIRE(length <= size && (r == 0 || length == size));
}

static void binding(const uint8_t *data, size_t size)
{
	struct rpc_binding b, again;
	struct error err;
	struct buf out;
	if (rpc_binding_parse((struct text){ (const char *)data, size }, &b, &err) < 0) {
		FUZZ_REQUIRE(*err.text && err.hresult);
		return;
	}
	buf_init(&out, 1000);
	rpc_binding_format(&b, &out);
	FUZZ_REQUIRE(rpc_binding_parse(buf_text(&out), &again, &err) == 0);
	FUZZ_REQUIRE(strcmp(b.host, again.host) == 0 && strcmp(b.endpoint, again.endpoint) == 0);
	buf_done(&out);
}

static void token(const uint8_t *data, size_t size)
{
	struct text t = { (const char *)data, size };
	struct ntlm_message m;
	struct buf out, again;
	FUZZ_REQUIRE(inside(security_token_request(t), data, size));
	for (int type = NTLM_NEGOTIATE; type <= NTLM_AUTHENTICATE; type++)
		ntlm_message_find(data, size, (enum ntlm_message_type)type, &m);
	buf_init(&out, SECURITY_TOKEN_MAX + 64);
	buf_init(&again, SECURITY_TOKEN_MAX + 64);
	bool changed = security_token_adapt(t, &out);
	FUZZ_REQUIRE(changed || out.length == 0);
	/* It says what it had no more than once, with lengths of at most four bytes each. */
	FUZZ_REQUIRE(out.length <= size + 8 + 6 * 4);
	/* What is in one frame may be framed again; each time there is less of it. */
	if (changed && security_token_adapt(buf_text(&out), &again))
		FUZZ_REQUIRE(again.length < out.length + 8);
	buf_done(&out);
	buf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	/* The first byte chooses, so that an input is of one kind. A copy ends where it ends. */
	static void (*const kinds[])(const uint8_t *data, size_t size) = { message, tower, trailer,
									   binding, token };
	if (size < 1)
		return 0;
	_cleanup_mem_ uint8_t *copy = mem_dup(input + 1, size - 1);
	kinds[input[0] % ARRAY_LEN(kinds)](copy, size - 1);
	return 0;
}
