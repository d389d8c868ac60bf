/* SPDX-License-Identifier: Apache-2.0 */
/* A server's connection, message by message: contexts, fragments, faults, cancels, groups, limits.
 */
#include "rig.h"

static struct rig rig;

static int setup(void **state)
{
	return rig_init(&rig, NULL);
}

static int teardown(void **state)
{
	rig_done(&rig);
	return 0;
}

static void bound(void)
{
	assert_int_equal(rig_bind(&rig), 0);
	assert_int_equal(rig_expect_ack(&rig, RPC_PDU_BIND_ACK).result, RPC_ACCEPTANCE);
}

static void expect_number(uint32_t call_id, uint32_t number)
{
	struct rpc_pdu pdu;
	rig_expect(&rig, RPC_PDU_RESPONSE, &pdu);
	assert_int_equal(pdu.call_id, call_id);
	assert_int_equal(pdu.flags & WHOLE, WHOLE);
	struct rpc_reader r = rpc_reader_of(pdu.call.stub.data, pdu.call.stub.length, true);
	assert_int_equal(rpc_read_u32(&r), number);
	rig_drop(&rig, &pdu);
}

static void test_bind_and_call(void **state)
{
	struct rpc_pdu pdu;
	assert_int_equal(rig_bind(&rig), 0);
	rig_expect(&rig, RPC_PDU_BIND_ACK, &pdu);
	assert_text(pdu.bind.address, "135");
	assert_int_equal(pdu.bind.max_xmit, RPC_FRAGMENT_MAX);
	assert_true(pdu.bind.group != 0);
	rig_drop(&rig, &pdu);
	rig_put_request(&rig, 2, WHOLE, ECHO_ADD_ONE, "\x29\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	expect_number(2, 42);
	assert_int_equal(rig.statistics.calls_in, 1);
	assert_int_equal(rig.statistics.calls_out, 1);
	assert_int_equal(rig.statistics.packets_in, 2);
	assert_int_equal(rig.statistics.packets_out, 2);
}

/* However the bytes are cut. */
static void test_pieces(void **state)
{
	rig_put_bind(&rig, RPC_PDU_BIND, 1, 0, 0, &echo_interface.id, &rpc_ndr20);
	rig_put_request(&rig, 2, WHOLE, ECHO_ADD_ONE, "\x29\0\0\0", 4);
	rig_put_request(&rig, 3, WHOLE, ECHO_ADD_ONE, "\x2a\0\0\0", 4);
	for (size_t i = 0; i < rig.message.length; i++)
		assert_int_equal(rpc_conn_input(rig.conn, rig.message.data + i, 1), 0);
	buf_clear(&rig.message);
	rig_expect_ack(&rig, RPC_PDU_BIND_ACK);
	expect_number(2, 42);
	expect_number(3, 43);
}

static void test_big_endian_call(void **state)
{
	struct rpc_pdu pdu;
	bound();
	static const uint8_t request[] = { 5, 0, 0, 3, 0, 0, 0, 0, 0, 28, 0, 0, 0,    0,
					   0, 7, 0, 0, 0, 4, 0, 0, 0, 0,  0, 0, 0x01, 2 };
	assert_int_equal(rpc_conn_input(rig.conn, request, sizeof(request)), 0);
	rig_expect(&rig, RPC_PDU_RESPONSE, &pdu);
	assert_true(rpc_drep_little(pdu.drep));
	expect_number(7, 0x103);
}

static void test_contexts(void **state)
{
	struct rpc_syntax newer = echo_interface.id, other = rpc_mgmt;
	rig_put_bind(&rig, RPC_PDU_BIND, 1, 0, 0, &echo_interface.id, &rpc_ndr64);
	assert_int_equal(rig_send(&rig), 0);
	struct rpc_pdu_result r = rig_expect_ack(&rig, RPC_PDU_BIND_ACK);
	assert_int_equal(r.result, RPC_PROVIDER_REJECTION);
	assert_int_equal(r.reason, RPC_TRANSFER_SYNTAXES_NOT_SUPPORTED);
	/* A rejected context cannot be called. */
	rig_put_request(&rig, 2, WHOLE, ECHO_ADD_ONE, "\0\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect_fault(&rig, 2, (uint32_t)nca_s_unk_if);

	rig_put_bind(&rig, RPC_PDU_ALTER_CONTEXT, 3, 0, 0, &other, &rpc_ndr20);
	assert_int_equal(rig_send(&rig), 0);
	r = rig_expect_ack(&rig, RPC_PDU_ALTER_CONTEXT_RESP);
	assert_int_equal(r.result, RPC_PROVIDER_REJECTION);
	assert_int_equal(r.reason, RPC_ABSTRACT_SYNTAX_NOT_SUPPORTED);
	newer.minor++;
	rig_put_bind(&rig, RPC_PDU_ALTER_CONTEXT, 4, 0, 0, &newer, &rpc_ndr20);
	assert_int_equal(rig_send(&rig), 0);
	r = rig_expect_ack(&rig, RPC_PDU_ALTER_CONTEXT_RESP);
	assert_int_equal(r.reason, RPC_ABSTRACT_SYNTAX_NOT_SUPPORTED);

	rig_put_bind(&rig, RPC_PDU_ALTER_CONTEXT, 5, 0, 0, &echo_interface.id, &rpc_ndr20);
	assert_int_equal(rig_send(&rig), 0);
	assert_int_equal(rig_expect_ack(&rig, RPC_PDU_ALTER_CONTEXT_RESP).result, RPC_ACCEPTANCE);
	rig_put_request(&rig, 6, WHOLE, ECHO_ADD_ONE, "\0\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	expect_number(6, 1);
}

static void test_both_syntaxes_and_features(void **state)
{
	struct rpc_syntax features;
	const struct rpc_syntax both[] = { rpc_ndr64, rpc_ndr20 };
	rpc_pdu_feature_syntax(0xff, &features);
	const struct rpc_bind_context contexts[] = { { 0, echo_interface.id, both, 2 },
						     { 1, echo_interface.id, &features, 1 } };
	struct rpc_pdu pdu;
	struct rpc_pdu_result r;
	size_t at = 0;
	size_t start = rpc_pdu_begin(&rig.message, RPC_PDU_BIND, WHOLE, 1);
	rpc_pdu_put_bind(&rig.message, 1432, 1432, 0, contexts, 2);
	rpc_pdu_end(&rig.message, start, 0);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect(&rig, RPC_PDU_BIND_ACK, &pdu);
	assert_int_equal(pdu.bind.max_xmit, 1432);
	assert_true(rpc_pdu_next_result(&pdu, &at, &r));
	assert_int_equal(r.result, RPC_ACCEPTANCE);
	assert_true(rpc_syntax_equal(&r.transfer, &rpc_ndr20));
	assert_true(rpc_pdu_next_result(&pdu, &at, &r));
	assert_int_equal(r.result, RPC_NEGOTIATE_ACK);
	assert_int_equal(r.reason, RPC_FEATURE_SECURITY_CONTEXTS | RPC_FEATURE_KEEP_ON_ORPHAN);
	assert_true(IsEqualGUID(&r.transfer.uuid, &GUID_NULL));
}

static void test_context_limit(void **state)
{
	bound();
	for (uint16_t i = 1; i <= RPC_CONTEXTS_MAX; i++) {
		rig_put_bind(&rig, RPC_PDU_ALTER_CONTEXT, i, 0, i, &echo_interface.id, &rpc_ndr20);
		assert_int_equal(rig_send(&rig), 0);
		struct rpc_pdu_result r = rig_expect_ack(&rig, RPC_PDU_ALTER_CONTEXT_RESP);
		assert_int_equal(r.result,
				 i < RPC_CONTEXTS_MAX ? RPC_ACCEPTANCE : RPC_PROVIDER_REJECTION);
		assert_int_equal(r.reason, i < RPC_CONTEXTS_MAX ? 0 : RPC_LOCAL_LIMIT_EXCEEDED);
	}
}

static void test_fragments(void **state)
{
	struct rpc_pdu pdu;
	uint8_t stub[8 + 3000];
	struct buf answer;
	bound();
	memset(stub, 0, sizeof(stub));
	stub[0] = stub[4] = 3000 & 0xff;
	stub[1] = stub[5] = 3000 >> 8;
	for (size_t i = 8; i < sizeof(stub); i++)
		stub[i] = (uint8_t)i;
	rig_put_request(&rig, 2, RPC_PFC_FIRST, ECHO_ECHO_DATA, stub, 1000);
	/* Another call in between. */
	rig_put_request(&rig, 3, WHOLE, ECHO_ADD_ONE, "\0\0\0\0", 4);
	rig_put_request(&rig, 2, 0, ECHO_ECHO_DATA, stub + 1000, 1000);
	rig_put_request(&rig, 2, RPC_PFC_LAST, ECHO_ECHO_DATA, stub + 2000, sizeof(stub) - 2000);
	assert_int_equal(rig_send(&rig), 0);
	expect_number(3, 1);
	rig_expect(&rig, RPC_PDU_RESPONSE, &pdu);
	assert_int_equal(pdu.call.stub.length, 4 + 3000);
	assert_memory_equal(pdu.call.stub.data + 4, stub + 8, 3000);
	rig_drop(&rig, &pdu);
	/* An answer of several fragments. */
	rig_put_request(&rig, 4, WHOLE, ECHO_SOURCE_DATA, "\x40\x42\x0f\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	buf_init(&answer, 2 << 20);
	bool last = false;
	for (int i = 0; !last; i++) {
		rig_expect(&rig, RPC_PDU_RESPONSE, &pdu);
		assert_int_equal(!(pdu.flags & RPC_PFC_FIRST), i > 0);
		assert_true(pdu.length <= RPC_FRAGMENT_MAX);
		buf_put_text(&answer, pdu.call.stub);
		last = pdu.flags & RPC_PFC_LAST;
		rig_drop(&rig, &pdu);
	}
	assert_int_equal(answer.length, 4 + 1000000);
	for (size_t i = 0; i < 1000000; i++)
		assert_int_equal((uint8_t)answer.data[4 + i], (uint8_t)i);
	buf_done(&answer);
}

static void test_faults(void **state)
{
	bound();
	rig_put_request(&rig, 2, WHOLE, ECHO_OPERATIONS, NULL, 0);
	rig_put_request(&rig, 3, WHOLE, ECHO_ADD_ONE, "\0\0\0", 3);
	rig_put_request(&rig, 4, WHOLE, ECHO_SOURCE_DATA, "\xff\xff\xff\xff", 4);
	/* More than an answer may have. */
	rig_put_request(&rig, 5, WHOLE, ECHO_SOURCE_DATA, "\0\0\x20\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect_fault(&rig, 2, (uint32_t)nca_s_op_rng_error);
	rig_expect_fault(&rig, 3, (uint32_t)nca_s_fault_ndr);
	rig_expect_fault(&rig, 4, (uint32_t)nca_s_fault_invalid_bound);
	rig_expect_fault(&rig, 5, (uint32_t)nca_s_out_args_too_big);
	/* The connection goes on. */
	rig_put_request(&rig, 6, WHOLE, ECHO_ADD_ONE, "\0\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	expect_number(6, 1);
}

/* Each ends the connection, with what must be said before. */
static void test_protocol_errors(void **state)
{
	struct rpc_pdu pdu;
	static const struct {
		const char *name;
		unsigned first_flags;   /* of a request, call 2; 0: none */
		enum rpc_pdu_type type; /* what follows */
		uint32_t call_id;
		unsigned flags;
		bool fault;
	} rows[] = {
		{ "a fragment of no call", 0, RPC_PDU_REQUEST, 9, RPC_PFC_LAST, true },
		{ "a first fragment twice", RPC_PFC_FIRST, RPC_PDU_REQUEST, 2, RPC_PFC_FIRST,
		  true },
		{ "a second bind", 0, RPC_PDU_BIND, 2, WHOLE, false },
		{ "a response", 0, RPC_PDU_RESPONSE, 2, WHOLE, false },
		{ "a fault", 0, RPC_PDU_FAULT, 2, WHOLE, false },
		{ "a shutdown", 0, RPC_PDU_SHUTDOWN, 2, WHOLE, false },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		rig_done(&rig);
		assert_int_equal(rig_init(&rig, NULL), 0);
		bound();
		if (rows[i].first_flags)
			rig_put_request(&rig, 2, rows[i].first_flags, ECHO_ADD_ONE, "\0\0\0\0", 4);
		size_t start =
			rpc_pdu_begin(&rig.message, rows[i].type, rows[i].flags, rows[i].call_id);
		for (int k = 0; k < 10; k++)
			rpc_put_u32(&rig.message, 0);
		rpc_pdu_end(&rig.message, start, 0);
		if (rig_send(&rig) != -EPROTO)
			fail_msg("%s passes", rows[i].name);
		assert_true(*rig.note);
		if (rows[i].fault)
			rig_expect_fault(&rig, rows[i].call_id, (uint32_t)nca_s_proto_error);
		else if (rows[i].type == RPC_PDU_BIND)
			rig_expect(&rig, RPC_PDU_BIND_NAK, &pdu);
		/* Nothing more is taken. */
		rig_put_bare(&rig, RPC_PDU_CO_CANCEL, 2);
		assert_int_equal(rig_send(&rig), -EPROTO);
	}
}

static void test_before_bind(void **state)
{
	struct rpc_pdu pdu;
	rig_put_request(&rig, 2, WHOLE, ECHO_ADD_ONE, "\0\0\0\0", 4);
	assert_int_equal(rig_send(&rig), -EPROTO);
	rig_expect_nothing(&rig);
	rig_done(&rig);
	assert_int_equal(rig_init(&rig, NULL), 0);
	assert_int_equal(rpc_conn_input(rig.conn, "GET / HTTP/1.1\r\n", 16), -EPROTO);
	rig_expect(&rig, RPC_PDU_BIND_NAK, &pdu);
	assert_int_equal(pdu.nak.reason, RPC_REJECT_PROTOCOL_VERSION);
	rig_done(&rig);
	/* Authentication that nobody offers. */
	assert_int_equal(rig_init(&rig, NULL), 0);
	const struct rpc_bind_context context = { 0, echo_interface.id, &rpc_ndr20, 1 };
	size_t start = rpc_pdu_begin(&rig.message, RPC_PDU_BIND, WHOLE, 1);
	rpc_pdu_put_bind(&rig.message, 5840, 5840, 0, &context, 1);
	rpc_pdu_put_trailer(&rig.message, start, 4, AUTHN_WINNT, AUTHN_LEVEL_PKT_INTEGRITY, 0);
	buf_puts(&rig.message, "token");
	rpc_pdu_end(&rig.message, start, 5);
	assert_int_equal(rig_send(&rig), -EACCES);
	rig_expect(&rig, RPC_PDU_BIND_NAK, &pdu);
	assert_int_equal(pdu.nak.reason, RPC_REJECT_AUTH_TYPE);
}

static void test_too_long(void **state)
{
	static uint8_t stub[RPC_FRAGMENT_MAX];
	bound();
	rig_put_request(&rig, 2, WHOLE, ECHO_SINK_DATA, stub,
			RPC_FRAGMENT_MAX - RPC_REQUEST_HEAD + 1);
	assert_int_equal(rig_send(&rig), -EPROTO);
}

static void test_stub_limit(void **state)
{
	static uint8_t stub[5000];
	int r = 0;
	size_t sent = 0;
	bound();
	for (unsigned flags = RPC_PFC_FIRST; r == 0 && sent < 4u << 20; flags = 0) {
		rig_put_request(&rig, 2, flags, ECHO_SINK_DATA, stub, sizeof(stub));
		sent += sizeof(stub);
		r = rig_send(&rig);
	}
	assert_int_equal(r, -ENOBUFS);
	assert_in_range(sent, 1 << 20, (1 << 20) + 5000);
	rig_expect_fault(&rig, 2, (uint32_t)nca_s_fault_remote_no_memory);
}

/* Two of stub_max for all calls of a connection together. */
static void test_stub_limit_of_all(void **state)
{
	static uint8_t stub[5000];
	int r = 0;
	size_t sent = 0;
	bound();
	for (unsigned i = 0; r == 0 && sent < 4u << 20; i++) {
		rig_put_request(&rig, 2 + i % 4, i < 4 ? RPC_PFC_FIRST : 0, ECHO_SINK_DATA, stub,
				sizeof(stub));
		sent += sizeof(stub);
		r = rig_send(&rig);
	}
	assert_int_equal(r, -ENOBUFS);
	assert_in_range(sent, 2 << 20, (2 << 20) + 5000);
}

/* All connections of a server have one limit; what calls had comes back. */
static void test_stub_limit_of_server(void **state)
{
	static uint8_t stub[5000];
	struct rpc_conn *first = rig.conn, *second;
	rig.options.held_max = 12000;
	assert_int_equal(rpc_conn_new(&rig.options, &rig.statistics, &second), 0);
	bound();
	rig_put_request(&rig, 2, RPC_PFC_FIRST, ECHO_SINK_DATA, stub, sizeof(stub));
	assert_int_equal(rig_send(&rig), 0);
	assert_int_equal(rig.statistics.held, 5000);
	rig.conn = second;
	bound();
	for (int i = 0; i < 2; i++) {
		rig_put_request(&rig, 2, i ? 0 : RPC_PFC_FIRST, ECHO_SINK_DATA, stub, sizeof(stub));
		assert_int_equal(rig_send(&rig), i ? -ENOBUFS : 0);
	}
	rig_expect_fault(&rig, 2, (uint32_t)nca_s_fault_remote_no_memory);
	rpc_conn_close(second);
	assert_int_equal(rig.statistics.held, 5000);
	rig.conn = first;
	rig_put_bare(&rig, RPC_PDU_ORPHANED, 2);
	assert_int_equal(rig_send(&rig), 0);
	assert_int_equal(rig.statistics.held, 0);
}

static void test_cancel_and_orphan(void **state)
{
	rig.keep = true;
	bound();
	rig_put_request(&rig, 2, WHOLE, ECHO_TEST_SLEEP, "\x64\0\0\0", 4);
	rig_put_request(&rig, 3, WHOLE, ECHO_TEST_SLEEP, "\x64\0\0\0", 4);
	rig_put_request(&rig, 4, RPC_PFC_FIRST, ECHO_ECHO_DATA, "\0\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	assert_int_equal(rpc_conn_busy(rig.conn), 2);
	assert_false(rpc_call_cancelled(rig.kept[0]));
	rig_put_bare(&rig, RPC_PDU_CO_CANCEL, 2);
	rig_put_bare(&rig, RPC_PDU_ORPHANED, 3);
	rig_put_bare(&rig, RPC_PDU_ORPHANED, 4);
	rig_put_bare(&rig, RPC_PDU_ORPHANED, 99);
	assert_int_equal(rig_send(&rig), 0);
	for (int i = 0; i < 2; i++) {
		assert_true(rpc_call_cancelled(rig.kept[i]));
		rpc_call_run(rig.kept[i]);
		assert_int_equal(rpc_call_finish(rig.kept[i]), 0);
	}
	rig.kept_count = 0;
	rig_expect_fault(&rig, 2, (uint32_t)nca_s_fault_cancel);
	rig_expect_nothing(&rig);
	/* The number of a call that was given up while it came is free again. */
	rig.keep = false;
	rig_put_request(&rig, 4, WHOLE, ECHO_ADD_ONE, "\0\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	expect_number(4, 1);
}

/* A call has the memory of the one before, and nothing of what that was told. */
static void test_memory_of_the_one_before(void **state)
{
	struct rpc_pdu pdu;
	rig.keep = true;
	bound();
	rig_put_request(&rig, 2, WHOLE | RPC_PFC_MAYBE, ECHO_ECHO_DATA, "\3\0\0\0abc", 7);
	rig_put_bare(&rig, RPC_PDU_CO_CANCEL, 2);
	rig_put_bare(&rig, RPC_PDU_ORPHANED, 2);
	assert_int_equal(rig_send(&rig), 0);
	struct rpc_call *first = rig.kept[0];
	assert_true(rpc_call_cancelled(first));
	rpc_call_run(first);
	assert_int_equal(rpc_call_finish(first), 0);
	rig_put_request(&rig, 3, WHOLE, ECHO_ADD_ONE, "\x29\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	assert_ptr_equal(rig.kept[1], first);
	assert_false(rpc_call_cancelled(first));
	rpc_call_run(first);
	assert_int_equal(rpc_call_finish(first), 0);
	rig.kept_count = 0;
	rig_expect(&rig, RPC_PDU_RESPONSE, &pdu);
	assert_int_equal(pdu.call.cancels, 0);
	expect_number(3, 42);
	rig_expect_nothing(&rig);
}

static void test_maybe(void **state)
{
	bound();
	rig_put_request(&rig, 2, WHOLE | RPC_PFC_MAYBE, ECHO_ADD_ONE, "\0\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect_nothing(&rig);
	assert_int_equal(rig.statistics.calls_in, 1);
}

/* Requests beyond the limit wait where they are. */
static void test_call_limit(void **state)
{
	rig.keep = true;
	bound();
	for (uint32_t i = 0; i < 12; i++)
		rig_put_request(&rig, 10 + i, WHOLE, ECHO_ADD_ONE, "\0\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	assert_int_equal(rig.kept_count, 8);
	assert_true(rpc_conn_full(rig.conn));
	rig.keep = false;
	for (int i = 7; i >= 0; i--) {
		rpc_call_run(rig.kept[i]);
		assert_int_equal(rpc_call_finish(rig.kept[i]), 0);
	}
	rig.kept_count = 0;
	assert_false(rpc_conn_full(rig.conn));
	/* Answered in the order they were finished; those that waited as soon as there was room. */
	expect_number(17, 1);
	for (uint32_t i = 0; i < 11; i++) {
		struct rpc_pdu pdu;
		rig_expect(&rig, RPC_PDU_RESPONSE, &pdu);
		rig_drop(&rig, &pdu);
	}
	rig_expect_nothing(&rig);
}

/* The peer goes away while calls are worked on. */
static void test_closed(void **state)
{
	rig.keep = true;
	bound();
	rig_put_request(&rig, 2, WHOLE, ECHO_TEST_SLEEP, "\x64\0\0\0", 4);
	rig_put_request(&rig, 3, RPC_PFC_FIRST, ECHO_ADD_ONE, "\0\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	rpc_conn_close(rig.conn);
	rig.conn = NULL;
	assert_true(rpc_call_cancelled(rig.kept[0]));
	rpc_call_run(rig.kept[0]);
	assert_int_equal(rpc_call_finish(rig.kept[0]), 0);
	rig.kept_count = 0;
}

static void test_least_level(void **state)
{
	struct rpc_interface strict = echo_interface;
	rpc_interfaces_remove(rig.interfaces, &echo_interface);
	strict.least = AUTHN_LEVEL_PKT_INTEGRITY;
	assert_int_equal(rpc_interfaces_add(rig.interfaces, &strict), 0);
	assert_int_equal(rpc_interfaces_add(rig.interfaces, &strict), -EEXIST);
	bound();
	rig_put_request(&rig, 2, WHOLE, ECHO_ADD_ONE, "\0\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect_fault(&rig, 2, (uint32_t)nca_s_fault_access_denied);
}

/* ---- groups and their handles ---- */

static int freed;
static void on_free(void *data)
{
	freed++;
	(*(int *)data)++;
}

static void test_groups(void **state)
{
	static const char type[] = "a type", other_type[] = "another";
	struct rpc_conn *second, *third;
	struct rpc_pdu pdu;
	GUID handle, again;
	int data = 0;
	freed = 0;
	rig.keep = true;
	assert_int_equal(rig_bind(&rig), 0);
	rig_expect(&rig, RPC_PDU_BIND_ACK, &pdu);
	uint32_t group = pdu.bind.group;
	rig_drop(&rig, &pdu);
	rig_put_request(&rig, 2, WHOLE, ECHO_ADD_ONE, "\0\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	assert_int_equal(rpc_call_group(rig.kept[0]), group);
	assert_int_equal(rpc_handle_new(rig.kept[0], type, &data, on_free, &handle), 0);
	assert_ptr_equal(rpc_handle_find(rig.kept[0], type, &handle), &data);
	assert_null(rpc_handle_find(rig.kept[0], other_type, &handle));
	rpc_call_run(rig.kept[0]);
	rpc_call_finish(rig.kept[0]);
	rig.kept_count = 0;

	/* A second connection of the group finds it; a connection of no such group is refused. */
	struct rpc_conn *first = rig.conn;
	assert_int_equal(rpc_conn_new(&rig.options, &rig.statistics, &second), 0);
	rig.conn = second;
	rig_put_bind(&rig, RPC_PDU_BIND, 1, group, 0, &echo_interface.id, &rpc_ndr20);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect(&rig, RPC_PDU_BIND_ACK, &pdu);
	assert_int_equal(pdu.bind.group, group);
	rig_put_request(&rig, 2, WHOLE, ECHO_ADD_ONE, "\0\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	assert_int_equal(rpc_conn_new(&rig.options, &rig.statistics, &third), 0);
	rig.conn = third;
	rig_put_bind(&rig, RPC_PDU_BIND, 1, group + 1, 0, &echo_interface.id, &rpc_ndr20);
	assert_true(rig_send(&rig) < 0);
	rig_expect(&rig, RPC_PDU_BIND_NAK, &pdu);
	rpc_conn_close(third);
	rpc_conn_close(first);
	rig.conn = second;

	assert_ptr_equal(rpc_handle_find(rig.kept[0], type, &handle), &data);
	rpc_handle_close(rig.kept[0], other_type, &handle);
	assert_ptr_equal(rpc_handle_find(rig.kept[0], type, &handle), &data);
	/* Closed: nobody finds it, but this call may still use it. */
	rpc_handle_close(rig.kept[0], type, &handle);
	assert_null(rpc_handle_find(rig.kept[0], type, &handle));
	assert_int_equal(freed, 0);
	assert_int_equal(rpc_handle_new(rig.kept[0], type, &data, on_free, &again), 0);
	rpc_call_run(rig.kept[0]);
	rpc_call_finish(rig.kept[0]);
	rig.kept_count = 0;
	assert_int_equal(freed, 1);
	/* The other dies with the last connection. */
	rpc_conn_close(second);
	rig.conn = NULL;
	assert_int_equal(freed, 2);
	assert_int_equal(data, 2);
}

static void test_handle_limit(void **state)
{
	static const char type[] = "a type";
	GUID handle;
	static int data; /* the handles go after the test */
	rig.keep = true;
	bound();
	rig_put_request(&rig, 2, WHOLE, ECHO_ADD_ONE, "\0\0\0\0", 4);
	assert_int_equal(rig_send(&rig), 0);
	for (int i = 0; i < RPC_HANDLES_MAX; i++)
		assert_int_equal(rpc_handle_new(rig.kept[0], type, &data, on_free, &handle), 0);
	assert_int_equal(rpc_handle_new(rig.kept[0], type, &data, on_free, &handle), -ENOBUFS);
}

/* ---- no memory ---- */

static int without_memory(void)
{
	struct rig r;
	int e = rig_init(&r, NULL);
	if (e == 0)
		e = rig_bind(&r);
	if (e == 0) {
		rig_put_request(&r, 2, RPC_PFC_FIRST, ECHO_ECHO_DATA, "\1\0\0\0\1\0\0\0x", 9);
		rig_put_request(&r, 2, RPC_PFC_LAST, ECHO_ECHO_DATA, "", 0);
		e = rig_send(&r);
	}
	/* Memory may also be missing for the results: then the answer is a fault. */
	struct rpc_pdu pdu;
	while (e == 0 && rig_answer(&r, &pdu)) {
		if (pdu.type == RPC_PDU_FAULT)
			e = -ENOMEM;
		rig_drop(&r, &pdu);
	}
	rig_done(&r);
	return e;
}

static void test_faults_of_memory(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, without_memory);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bind_and_call),
		TEST(test_pieces),
		TEST(test_big_endian_call),
		TEST(test_contexts),
		TEST(test_both_syntaxes_and_features),
		TEST(test_context_limit),
		TEST(test_fragments),
		TEST(test_faults),
		TEST(test_protocol_errors),
		TEST(test_before_bind),
		TEST(test_too_long),
		TEST(test_stub_limit),
		TEST(test_stub_limit_of_all),
		TEST(test_stub_limit_of_server),
		TEST(test_cancel_and_orphan),
		TEST(test_memory_of_the_one_before),
		TEST(test_maybe),
		TEST(test_call_limit),
		TEST(test_closed),
		TEST(test_least_level),
		TEST(test_groups),
		TEST(test_handle_limit),
		cmocka_unit_test(test_faults_of_memory),
	};
	return cmocka_run_group_tests_name("connection", tests, NULL, NULL);
}
