/* SPDX-License-Identifier: Apache-2.0 */
/* String bindings, towers, and the endpoint map. */
#include "../unit.h"

#include "base/mem.h"
#include "com/class.h"
#include "rpc/endpoint.h"

#include <errno.h>
#include <stdio.h>

static void test_bindings(void **state)
{
	static const struct {
		const char *text, *host, *endpoint;
		enum rpc_protseq protseq;
	} rows[] = {
		{ "ncacn_ip_tcp:server[135]", "server", "135", RPC_NCACN_IP_TCP },
		{ "ncacn_ip_tcp:server", "server", "", RPC_NCACN_IP_TCP },
		{ "ncacn_ip_tcp:192.0.2.1[65535]", "192.0.2.1", "65535", RPC_NCACN_IP_TCP },
		{ "ncacn_ip_tcp:", "", "", RPC_NCACN_IP_TCP },
		{ "ncalrpc:[/run/x.sock]", "", "/run/x.sock", RPC_NCALRPC },
		{ "ncacn_ip_tcp:fe80::1[135]", "fe80::1", "135", RPC_NCACN_IP_TCP },
	};
	struct error err;
	struct buf text;
	buf_init(&text, 1000);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rpc_binding b;
		assert_int_equal(rpc_binding_parse(text_of(rows[i].text), &b, &err), 0);
		assert_int_equal(b.protseq, rows[i].protseq);
		assert_string_equal(b.host, rows[i].host);
		assert_string_equal(b.endpoint, rows[i].endpoint);
		buf_clear(&text);
		rpc_binding_format(&b, &text);
		assert_string_equal(buf_cstr(&text), rows[i].text);
	}
	static const char with_object[] =
		"{01020304-0506-0708-090A-0B0C0D0E0F10}@ncacn_ip_tcp:h[1]";
	struct rpc_binding b;
	assert_int_equal(rpc_binding_parse(text_of(with_object), &b, &err), 0);
	assert_int_equal(b.object.Data1, 0x01020304);
	buf_clear(&text);
	rpc_binding_format(&b, &text);
	struct rpc_binding again;
	assert_int_equal(rpc_binding_parse(buf_text(&text), &again, &err), 0);
	assert_memory_equal(&again.object, &b.object, sizeof(GUID));
	buf_done(&text);
}

static void test_bad_bindings(void **state)
{
	static const struct {
		const char *text;
		uint32_t status;
	} rows[] = {
		{ "", RPC_S_INVALID_STRING_BINDING },
		{ "server[135]", RPC_S_INVALID_STRING_BINDING },
		{ "ncacn_np:server[\\pipe\\x]", RPC_S_PROTSEQ_NOT_SUPPORTED },
		{ "ncacn_ip_tcp:server[0]", RPC_S_INVALID_ENDPOINT_FORMAT },
		{ "ncacn_ip_tcp:server[65536]", RPC_S_INVALID_ENDPOINT_FORMAT },
		{ "ncacn_ip_tcp:server[x]", RPC_S_INVALID_ENDPOINT_FORMAT },
		{ "ncacn_ip_tcp:server[135", RPC_S_INVALID_STRING_BINDING },
		{ "ncacn_ip_tcp:a b[1]", RPC_S_INVALID_NET_ADDR },
		{ "ncacn_ip_tcp:a[1][2]", RPC_S_INVALID_NET_ADDR },
		{ "ncalrpc:[relative]", RPC_S_INVALID_ENDPOINT_FORMAT },
		{ "no-uuid@ncacn_ip_tcp:h", RPC_S_INVALID_STRING_BINDING },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rpc_binding b;
		struct error err;
		if (rpc_binding_parse(text_of(rows[i].text), &b, &err) != -EINVAL)
			fail_msg("'%s' passes", rows[i].text);
		assert_int_equal(err.hresult, rpc_status_hresult(rows[i].status));
	}
	char long_host[400];
	struct rpc_binding b;
	memset(long_host, 'h', sizeof(long_host));
	memcpy(long_host, "ncacn_ip_tcp:", 13);
	assert_int_equal(rpc_binding_parse((struct text){ long_host, sizeof(long_host) }, &b, NULL),
			 -EINVAL);
}

static struct rpc_map_entry entry_of(const char *host, const char *endpoint)
{
	struct rpc_map_entry e = { .interface = rpc_mgmt,
				   .transfer = rpc_ndr20,
				   .binding = { .protseq = RPC_NCACN_IP_TCP } };
	strcpy(e.binding.host, host);
	strcpy(e.binding.endpoint, endpoint);
	return e;
}

static void test_towers(void **state)
{
	/* C706 appendix I, as tshark and Windows write it. */
	static const uint8_t expected[] = {
		5,    0, /* floors */
		19,   0,    0x0d, 0x80, 0xbd, 0xa8, 0xaf, 0x8a, 0x7d, 0xc9, 0x11, 0xbe, 0xf4,
		0x08, 0x00, 0x2b, 0x10, 0x29, 0x89, 1,    0,    2,    0,    0,    0, /* mgmt 1.0 */
		19,   0,    0x0d, 0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8,
		0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2,    0,    2,    0,    0,    0, /* NDR 2.0 */
		1,    0,    0x0b, 2,    0,    0,    0,             /* RPC, connections */
		1,    0,    0x07, 2,    0,    0xc0, 0x00,          /* port 49152 */
		1,    0,    0x09, 4,    0,    192,  0,    2,    7, /* address */
	};
	struct rpc_map_entry e = entry_of("192.0.2.7", "49152"), back;
	struct buf out;
	buf_init(&out, RPC_TOWER_MAX);
	rpc_tower_put(&out, &e, "");
	assert_int_equal(out.length, sizeof(expected));
	assert_memory_equal(out.data, expected, sizeof(expected));
	assert_int_equal(rpc_tower_parse(buf_text(&out), &back), 0);
	assert_true(rpc_syntax_equal(&back.interface, &rpc_mgmt));
	assert_true(rpc_syntax_equal(&back.transfer, &rpc_ndr20));
	assert_string_equal(back.binding.host, "192.0.2.7");
	assert_string_equal(back.binding.endpoint, "49152");
	/* No shorter piece is a tower that says more than it has. */
	for (size_t n = 0; n < out.length; n++) {
		int r = rpc_tower_parse((struct text){ out.data, n }, &back);
		assert_true(r == -EPROTO || (r == 0 && !*back.binding.host));
	}
	/* A host that is a name gets the address that is given. */
	buf_clear(&out);
	e = entry_of("server.example", "1");
	rpc_tower_put(&out, &e, "198.51.100.9");
	assert_int_equal(rpc_tower_parse(buf_text(&out), &back), 0);
	assert_string_equal(back.binding.host, "198.51.100.9");
	/* Local sockets. */
	buf_clear(&out);
	e.binding = (struct rpc_binding){ .protseq = RPC_NCALRPC, .endpoint = "/run/x" };
	rpc_tower_put(&out, &e, "");
	assert_int_equal(rpc_tower_parse(buf_text(&out), &back), 0);
	assert_int_equal(back.binding.protseq, RPC_NCALRPC);
	assert_string_equal(back.binding.endpoint, "/run/x");
	/* Another protocol. */
	out.data[2 + 25 + 25 + 2] = 0x08;
	assert_int_equal(rpc_tower_parse(buf_text(&out), &back), -ENOTSUP);
	buf_done(&out);
}

static void test_map(void **state)
{
	struct rpc_map *map;
	struct rpc_map_entry e = entry_of("", "1"), found;
	uint64_t cursor = 0;
	assert_int_equal(rpc_map_new(&map), 0);
	assert_false(rpc_map_next(map, &cursor, &found));
	for (int i = 1; i <= 5; i++) {
		snprintf(e.binding.endpoint, sizeof(e.binding.endpoint), "%d", i);
		assert_int_equal(rpc_map_insert(map, &e), 0);
	}
	/* The same again: its annotation is replaced. */
	strcpy(e.annotation, "five");
	assert_int_equal(rpc_map_insert(map, &e), 0);
	/* Entries come and go while they are walked over. */
	assert_true(rpc_map_next(map, &cursor, &found));
	assert_true(rpc_map_next(map, &cursor, &found));
	assert_string_equal(found.binding.endpoint, "2");
	assert_int_equal(rpc_map_delete(map, &found), 0);
	assert_int_equal(rpc_map_delete(map, &found), -ENOENT);
	e = entry_of("", "3");
	assert_int_equal(rpc_map_delete(map, &e), 0);
	e = entry_of("", "6");
	assert_int_equal(rpc_map_insert(map, &e), 0);
	assert_true(rpc_map_next(map, &cursor, &found));
	assert_string_equal(found.binding.endpoint, "4");
	assert_true(rpc_map_next(map, &cursor, &found));
	assert_string_equal(found.annotation, "five");
	assert_true(rpc_map_next(map, &cursor, &found));
	assert_string_equal(found.binding.endpoint, "6");
	assert_false(rpc_map_next(map, &cursor, &found));
	/* Four are there. */
	for (uint32_t i = 4; i <= RPC_MAP_MAX; i++) {
		e.object.Data1 = i;
		assert_int_equal(rpc_map_insert(map, &e), i < RPC_MAP_MAX ? 0 : -ENOBUFS);
	}
	rpc_map_free(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bindings),
		cmocka_unit_test(test_bad_bindings),
		cmocka_unit_test(test_towers),
		cmocka_unit_test(test_map),
	};
	return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
