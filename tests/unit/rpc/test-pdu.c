/* SPDX-License-Identifier: Apache-2.0 */
/* The messages: each written and parsed again, in both byte orders, cut short and overlong; the
 * verification trailer. */
#include "../unit.h"

#include "base/buf.h"
#include "com/class.h"
#include "rpc/bytes.h"
#include "rpc/pdu.h"

#include <errno.h>

#define WHOLE (RPC_PFC_FIRST | RPC_PFC_LAST)

static const struct rpc_syntax interface = {
	{ 0x12345678, 0x9abc, 0xdef0, { 1, 2, 3, 4, 5, 6, 7, 8 } }, 3, 1
};
static struct buf out;

static int setup(void **state)
{
	buf_init(&out, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	buf_done(&out);
	return 0;
}

static void parsed(struct rpc_pdu *pdu)
{
	const char *why = "";
	assert_int_equal(buf_failed(&out), 0);
	assert_int_equal(rpc_pdu_length(out.data, out.length), out.length);
	if (rpc_pdu_parse(out.data, out.length, pdu, &why) < 0)
		fail_msg("%s", why);
}

/* No shorter piece is a message, nor does any length that it says lead outside. */
static void mutilated(void)
{
	struct rpc_pdu pdu;
	for (size_t n = 0; n < out.length; n++) {
		assert_true(rpc_pdu_parse(out.data, n, &pdu, NULL) < 0);
		char *copy = test_malloc(n ? n : 1);
		memcpy(copy, out.data, n);
		if (n >= RPC_HEADER_SIZE) {
			copy[8] = (char)n;
			copy[9] = (char)(n >> 8);
			rpc_pdu_parse(copy, n, &pdu, NULL);
		}
		test_free(copy);
	}
}

static void put_auth(size_t start)
{
	rpc_pdu_put_trailer(&out, start, 4, AUTHN_WINNT, AUTHN_LEVEL_PKT_INTEGRITY, 77);
	buf_puts(&out, "verifier");
	rpc_pdu_end(&out, start, 8);
}

static void test_bind(void **state)
{
	const struct rpc_syntax both[] = { rpc_ndr64, rpc_ndr20 };
	const struct rpc_bind_context contexts[] = { { 0, interface, both, 2 },
						     { 7, rpc_mgmt, both + 1, 1 } };
	struct rpc_pdu pdu;
	struct rpc_pdu_context c;
	struct rpc_syntax s;
	size_t at = 0;
	size_t start = rpc_pdu_begin(&out, RPC_PDU_BIND, WHOLE | RPC_PFC_CONC_MPX, 5);
	rpc_pdu_put_bind(&out, 4000, 5000, 0x1234, contexts, 2);
	put_auth(start);
	parsed(&pdu);
	assert_int_equal(pdu.type, RPC_PDU_BIND);
	assert_int_equal(pdu.flags, WHOLE | RPC_PFC_CONC_MPX);
	assert_int_equal(pdu.call_id, 5);
	assert_int_equal(pdu.bind.max_xmit, 4000);
	assert_int_equal(pdu.bind.max_recv, 5000);
	assert_int_equal(pdu.bind.group, 0x1234);
	assert_int_equal(pdu.bind.count, 2);
	assert_true(rpc_pdu_next_context(&pdu, &at, &c));
	assert_int_equal(c.syntax_count, 2);
	assert_true(rpc_syntax_equal(&c.abstract, &interface));
	rpc_pdu_syntax(&pdu, &c, 0, &s);
	assert_true(rpc_syntax_equal(&s, &rpc_ndr64));
	assert_true(rpc_pdu_next_context(&pdu, &at, &c));
	assert_int_equal(c.id, 7);
	rpc_pdu_syntax(&pdu, &c, 0, &s);
	assert_true(rpc_syntax_equal(&s, &rpc_ndr20));
	assert_false(rpc_pdu_next_context(&pdu, &at, &c));
	assert_int_equal(pdu.auth.service, AUTHN_WINNT);
	assert_int_equal(pdu.auth.level, AUTHN_LEVEL_PKT_INTEGRITY);
	assert_int_equal(pdu.auth.context_id, 77);
	assert_text(pdu.auth.value, "verifier");
	mutilated();
}

static void test_bind_ack(void **state)
{
	const struct rpc_pdu_result results[] = {
		{ RPC_ACCEPTANCE, 0, rpc_ndr20 },
		{ RPC_PROVIDER_REJECTION, RPC_ABSTRACT_SYNTAX_NOT_SUPPORTED, { { 0 }, 0, 0 } }
	};
	static const char *const addresses[] = { "", "1", "135", "49152" };
	for (size_t i = 0; i < 4; i++) {
		struct rpc_pdu pdu;
		struct rpc_pdu_result r;
		size_t at = 0;
		buf_clear(&out);
		size_t start = rpc_pdu_begin(&out, RPC_PDU_BIND_ACK, WHOLE, 6);
		rpc_pdu_put_bind_ack(&out, start, 5840, 5840, 9, text_of(addresses[i]), results, 2);
		rpc_pdu_end(&out, start, 0);
		parsed(&pdu);
		assert_int_equal(pdu.bind.address.length, strlen(addresses[i]));
		assert_true(rpc_pdu_next_result(&pdu, &at, &r));
		assert_int_equal(r.result, RPC_ACCEPTANCE);
		assert_true(rpc_syntax_equal(&r.transfer, &rpc_ndr20));
		assert_true(rpc_pdu_next_result(&pdu, &at, &r));
		assert_int_equal(r.reason, RPC_ABSTRACT_SYNTAX_NOT_SUPPORTED);
		assert_false(rpc_pdu_next_result(&pdu, &at, &r));
		mutilated();
	}
}

static void test_bind_nak(void **state)
{
	struct rpc_pdu pdu;
	size_t start = rpc_pdu_begin(&out, RPC_PDU_BIND_NAK, WHOLE, 6);
	rpc_pdu_put_bind_nak(&out, RPC_REJECT_AUTH_TYPE);
	rpc_pdu_end(&out, start, 0);
	parsed(&pdu);
	assert_int_equal(pdu.nak.reason, RPC_REJECT_AUTH_TYPE);
	assert_int_equal(pdu.nak.version_count, 1);
	assert_memory_equal(pdu.nak.versions, "\5\0", 2);
	mutilated();
}

static void test_calls(void **state)
{
	struct rpc_pdu pdu;
	size_t start = rpc_pdu_begin(&out, RPC_PDU_REQUEST, WHOLE | RPC_PFC_OBJECT, 8);
	rpc_pdu_put_request(&out, 10, 2, 33, &interface.uuid);
	size_t body = out.length;
	buf_puts(&out, "0123456789");
	rpc_pdu_put_trailer(&out, body, 16, AUTHN_WINNT, 6, 1);
	buf_puts(&out, "signature");
	rpc_pdu_end(&out, start, 9);
	parsed(&pdu);
	assert_int_equal(pdu.call.alloc_hint, 10);
	assert_int_equal(pdu.call.context_id, 2);
	assert_int_equal(pdu.call.opnum, 33);
	assert_true(IsEqualGUID(&pdu.call.object, &interface.uuid));
	assert_text(pdu.call.stub, "0123456789");
	assert_int_equal(pdu.auth.pad, 6);
	mutilated();
	/* More padding than there is. */
	out.data[pdu.auth.trailer + 2] = 17;
	assert_int_equal(rpc_pdu_parse(out.data, out.length, &pdu, NULL), -EPROTO);

	buf_clear(&out);
	start = rpc_pdu_begin(&out, RPC_PDU_RESPONSE, WHOLE, 8);
	rpc_pdu_put_response(&out, 3, 2, 1);
	buf_puts(&out, "abc");
	rpc_pdu_end(&out, start, 0);
	parsed(&pdu);
	assert_int_equal(pdu.call.cancels, 1);
	assert_text(pdu.call.stub, "abc");

	buf_clear(&out);
	start = rpc_pdu_begin(&out, RPC_PDU_FAULT, WHOLE | RPC_PFC_DID_NOT_EXECUTE, 8);
	rpc_pdu_put_fault(&out, 2, 0, (uint32_t)nca_s_op_rng_error);
	rpc_pdu_end(&out, start, 0);
	parsed(&pdu);
	assert_int_equal(pdu.call.status, 0x1c010002);
	assert_int_equal(pdu.length, RPC_FAULT_HEAD);
	mutilated();
}

/* Big-endian: a bind as another machine writes it. */
static void test_big_endian(void **state)
{
	static const uint8_t bind[] = {
		5,    0,    11,   3,    0x00, 0,    0,    0,    0,    72,   0,    0,    0,    0,
		0,    9,                                     /* header */
		0x10, 0,    0x0f, 0xff, 0,    0,    0,    7, /* sizes, group */
		1,    0,    0,    0,    0,    3,    1,    0, /* one context, 3 */
		0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 1,    2,    3,    4,    5,    6,
		7,    8,    0,    1,    0,    3,    0x8a, 0x88, 0x5d, 0x04, 0x1c, 0xeb, 0x11, 0xc9,
		0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 0,    0,    0,    2
	};
	struct rpc_pdu pdu;
	struct rpc_pdu_context c;
	struct rpc_syntax s;
	size_t at = 0;
	buf_put(&out, bind, sizeof(bind));
	parsed(&pdu);
	assert_int_equal(pdu.call_id, 9);
	assert_int_equal(pdu.bind.max_xmit, 4096);
	assert_int_equal(pdu.bind.max_recv, 4095);
	assert_int_equal(pdu.bind.group, 7);
	assert_true(rpc_pdu_next_context(&pdu, &at, &c));
	assert_int_equal(c.id, 3);
	assert_true(rpc_syntax_equal(&c.abstract, &interface));
	rpc_pdu_syntax(&pdu, &c, 0, &s);
	assert_true(rpc_syntax_equal(&s, &rpc_ndr20));
	mutilated();
}

static void test_bad_heads(void **state)
{
	uint8_t head[16] = { 5, 0, 17, 3, 0x10, 0, 0, 0, 16 };
	struct rpc_pdu pdu;
	assert_int_equal(rpc_pdu_parse(head, 16, &pdu, NULL), 0);
	assert_int_equal(pdu.type, RPC_PDU_SHUTDOWN);
	head[0] = 4;
	assert_int_equal(rpc_pdu_length(head, 1), -EPROTO);
	head[0] = 5;
	head[1] = 2;
	assert_int_equal(rpc_pdu_length(head, 2), -EPROTO);
	head[1] = 1;
	assert_int_equal(rpc_pdu_parse(head, 16, &pdu, NULL), 0);
	head[8] = 15;
	assert_int_equal(rpc_pdu_length(head, 16), -EPROTO);
	head[8] = 16;
	assert_int_equal(rpc_pdu_length(head, 9), 0);
	head[2] = 20;
	assert_int_equal(rpc_pdu_parse(head, 16, &pdu, NULL), -EPROTO);
	head[2] = 1; /* ping: of the connectionless protocol */
	assert_int_equal(rpc_pdu_parse(head, 16, &pdu, NULL), -EPROTO);
	head[2] = 16; /* an auth3 with nothing in it */
	assert_int_equal(rpc_pdu_parse(head, 16, &pdu, NULL), -EPROTO);
	head[2] = 17;
	head[10] = 1; /* a verifier that is not there */
	assert_int_equal(rpc_pdu_parse(head, 16, &pdu, NULL), -EPROTO);
}

static void test_features(void **state)
{
	struct rpc_syntax s;
	uint64_t flags = 0;
	char text[GUID_TEXT_SIZE];
	rpc_pdu_feature_syntax(3, &s);
	guid_format(&s.uuid, text);
	assert_non_null(strstr(text, "-9812-4540-0300-000000000000"));
	assert_true(rpc_pdu_features(&s, &flags));
	assert_int_equal(flags, 3);
	s.minor = 1;
	assert_false(rpc_pdu_features(&s, &flags));
	assert_false(rpc_pdu_features(&rpc_ndr20, &flags));
}

static void test_print(void **state)
{
	const struct rpc_bind_context contexts[] = { { 1, rpc_epmapper, &rpc_ndr20, 1 } };
	struct rpc_pdu pdu;
	struct buf text;
	buf_init(&text, 1 << 16);
	size_t start = rpc_pdu_begin(&out, RPC_PDU_BIND, WHOLE, 5);
	rpc_pdu_put_bind(&out, 4000, 5000, 1, contexts, 1);
	put_auth(start);
	parsed(&pdu);
	rpc_pdu_print(&text, &pdu);
	assert_non_null(strstr(buf_cstr(&text), "bind call 5 length"));
	assert_null(strstr(buf_cstr(&text), "verifier\n"));
	assert_non_null(strstr(buf_cstr(&text), "verifier of 8 bytes"));
	buf_clear(&text);
	buf_clear(&out);
	start = rpc_pdu_begin(&out, RPC_PDU_FAULT, WHOLE, 8);
	rpc_pdu_put_fault(&out, 2, 0, (uint32_t)nca_s_op_rng_error);
	rpc_pdu_end(&out, start, 0);
	parsed(&pdu);
	rpc_pdu_print(&text, &pdu);
	assert_non_null(strstr(buf_cstr(&text), "nca_s_op_rng_error"));
	buf_done(&text);
}

/* ---- the verification trailer ---- */

static struct rpc_verification request(void)
{
	return (struct rpc_verification){ .header_sign = true,
					  .interface = interface,
					  .transfer = rpc_ndr20,
					  .drep = RPC_DREP_OURS,
					  .call_id = 5,
					  .context_id = 1,
					  .opnum = 7 };
}

static void test_verification(void **state)
{
	struct rpc_verification r = request();
	for (size_t n = 0; n < 9; n++) {
		buf_clear(&out);
		buf_put(&out, "12345678", n);
		rpc_verification_put(&out, &r);
		size_t length = out.length;
		assert_int_equal(rpc_verification_check((uint8_t *)out.data, &length, &r), 0);
		assert_int_equal(length, (n + 3) & ~(size_t)3);
	}
	size_t length = 9;
	assert_int_equal(rpc_verification_check((const uint8_t *)"no trailer", &length, &r), 0);
	assert_int_equal(length, 9);
}

static void differs(const struct rpc_verification *other)
{
	struct rpc_verification r = request();
	buf_clear(&out);
	rpc_verification_put(&out, &r);
	size_t length = out.length;
	assert_int_equal(rpc_verification_check((uint8_t *)out.data, &length, other), -EACCES);
}

static void test_verification_differs(void **state)
{
	struct rpc_verification r = request();
	r.opnum++;
	differs(&r);
	r = request();
	r.context_id++;
	differs(&r);
	r = request();
	r.call_id++;
	differs(&r);
	r = request();
	r.interface.major++;
	differs(&r);
	r = request();
	r.transfer = rpc_ndr64;
	differs(&r);
	r = request();
	r.drep.integer = 0;
	differs(&r);
}

static void test_verification_malformed(void **state)
{
	struct rpc_verification r = request();
	rpc_verification_put(&out, &r);
	/* Cut short, and with something behind. */
	for (size_t n = 8; n < out.length; n++) {
		size_t length = n;
		assert_int_equal(rpc_verification_check((uint8_t *)out.data, &length, &r), -EPROTO);
	}
	buf_puts(&out, "more");
	size_t length = out.length;
	assert_int_equal(rpc_verification_check((uint8_t *)out.data, &length, &r), -EPROTO);
	/* An unknown command passes, unless it must be understood. */
	static const uint8_t magic[8] = { 0x8a, 0xe3, 0x13, 0x71, 0x02, 0xf4, 0x36, 0x71 };
	for (int must = 0; must < 2; must++) {
		buf_clear(&out);
		buf_put(&out, magic, sizeof(magic));
		rpc_put_u16(&out, (uint16_t)(0x4009 | must << 15));
		rpc_put_u16(&out, 0);
		length = out.length;
		assert_int_equal(rpc_verification_check((uint8_t *)out.data, &length, &r),
				 must ? -EACCES : 0);
	}
}

static void test_status(void **state)
{
	assert_string_equal(rpc_fault_name(0x1c00001a), "nca_s_fault_context_mismatch");
	assert_null(rpc_fault_name(12345));
	assert_int_equal(rpc_fault_status(0x1c010003), RPC_S_UNKNOWN_IF);
	assert_int_equal(rpc_fault_status(0x80010108), 0x80010108);
	assert_int_equal(rpc_fault_status(0), RPC_S_CALL_FAILED);
	assert_string_equal(rpc_status_text(1722), "The RPC server is unavailable.");
	assert_null(rpc_status_text(99999));
	assert_int_equal(rpc_status_hresult(RPC_S_SERVER_UNAVAILABLE), 0x800706ba);
	assert_int_equal(rpc_status_hresult(0x80070005), 0x80070005);
	assert_int_equal(rpc_status_hresult(0), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bind),
		TEST(test_bind_ack),
		TEST(test_bind_nak),
		TEST(test_calls),
		TEST(test_big_endian),
		TEST(test_bad_heads),
		TEST(test_features),
		TEST(test_print),
		TEST(test_verification),
		TEST(test_verification_differs),
		TEST(test_verification_malformed),
		TEST(test_status),
	};
	return cmocka_run_group_tests_name("pdu", tests, NULL, NULL);
}
