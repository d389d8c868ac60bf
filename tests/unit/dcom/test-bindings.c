/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of dcom/bindings.h. */
#include "../unit.h"

#include "base/mem.h"
#include "dcom/bindings.h"

#include <errno.h>

/* "10.0.0.1[5000]" over TCP; NTLM without a name, Kerberos with "RPCSS/h". */
static const uint16_t sample[] = { 7,   '1', '0', '.', '0', '.', '0', '.',    '1', '[', '5',
				   '0', '0', '0', ']', 0,   0,   10,  0xffff, 0,   16,  0xffff,
				   'R', 'P', 'C', 'S', 'S', '/', 'h', 0,      0 };

static void both_lists_are_read(void **state)
{
	struct bindings b;

	assert_int_equal(bindings_parse(sample, 31, 17, &b), 0);
	assert_int_equal(b.string_count, 1);
	assert_int_equal(b.strings[0].tower, BINDINGS_TOWER_TCP);
	assert_string_equal(b.strings[0].address, "10.0.0.1[5000]");
	assert_int_equal(b.security_count, 2);
	assert_int_equal(b.security[0].service, AUTHN_WINNT);
	assert_string_equal(b.security[0].principal, "");
	assert_int_equal(b.security[1].service, AUTHN_GSS_KERBEROS);
	assert_string_equal(b.security[1].principal, "RPCSS/h");
}

static void what_is_written_is_read_again(void **state)
{
	struct bindings b, c;
	struct buf out;
	size_t used;

	assert_int_equal(bindings_parse(sample, 31, 17, &b), 0);
	buf_init(&out, 4096);
	assert_int_equal(bindings_put_units(&b, &out), 17);
	assert_int_equal(out.length, sizeof sample);
	assert_memory_equal(out.data, sample, sizeof sample);
	buf_clear(&out);
	bindings_put(&b, &out);
	assert_int_equal(out.length, sizeof sample + 4);
	buf_putc(&out, 'x');
	assert_int_equal(bindings_parse_packet(buf_text(&out), &c, &used), 0);
	assert_int_equal(used, sizeof sample + 4);
	assert_string_equal(c.strings[0].address, "10.0.0.1[5000]");
	assert_string_equal(c.security[1].principal, "RPCSS/h");
	buf_done(&out);
}

static void the_smallest_array_is_four_zeros(void **state)
{
	struct bindings b = { 0 }, c;
	struct buf out;
	size_t used;

	buf_init(&out, 64);
	bindings_put(&b, &out);
	assert_int_equal(out.length, 12);
	assert_memory_equal(out.data, "\4\0\2\0\0\0\0\0\0\0\0\0", 12);
	assert_int_equal(bindings_parse_packet(buf_text(&out), &c, &used), 0);
	assert_int_equal(c.string_count + c.security_count, 0);
	/* Some send an array of nothing. */
	assert_int_equal(bindings_parse_packet((struct text){ "\0\0\0\0", 4 }, &c, &used), 0);
	buf_done(&out);
}

static void cut_arrays_are_refused(void **state)
{
	struct bindings b;
	size_t used;

	for (size_t count = 1; count < 31; count++)
		assert_int_equal(bindings_parse(sample, count, 17, &b), -EBADMSG);
	for (size_t security = 1; security < 17; security++) /* the first list has no end */
		assert_int_equal(bindings_parse(sample, 31, security, &b), -EBADMSG);
	assert_int_equal(bindings_parse(sample, 31, 32, &b), -EBADMSG);
	assert_int_equal(bindings_parse_packet((struct text){ "\4\0\2", 3 }, &b, &used), -EBADMSG);
	assert_int_equal(bindings_parse_packet((struct text){ "\4\0\2\0\0\0\0\0\0\0\0", 11 }, &b,
					       &used),
			 -EBADMSG);
}

static void long_and_many_bindings_are_left_out(void **state)
{
	uint16_t units[40 * 3 + 300];
	size_t n = 0;
	struct bindings b;

	units[n++] = 7;
	for (int i = 0; i < BINDINGS_TEXT_MAX; i++)
		units[n++] = 'a';
	units[n++] = 0;
	for (int i = 0; i < BINDINGS_MAX + 4; i++) {
		units[n++] = 7;
		units[n++] = (uint16_t)('a' + i);
		units[n++] = 0;
	}
	units[n++] = 0;
	units[n++] = 0;
	assert_int_equal(bindings_parse(units, n, n - 1, &b), 0);
	assert_int_equal(b.string_count, BINDINGS_MAX);
	assert_string_equal(b.strings[0].address, "a");
	assert_string_equal(b.strings[BINDINGS_MAX - 1].address, "p");
	assert_int_equal(bindings_add_string(&b, "more", 1), -ENOBUFS);
}

static void addresses_come_apart(void **state)
{
	char host[BINDINGS_TEXT_MAX];
	uint16_t port;
	struct bindings b = { 0 }, with = { 0 };

	assert_true(bindings_split("server.test[65535]", host, &port));
	assert_string_equal(host, "server.test");
	assert_int_equal(port, 65535);
	assert_true(bindings_split("fe80::1[135]", host, &port));
	assert_string_equal(host, "fe80::1");
	assert_true(bindings_split("server", host, &port));
	assert_int_equal(port, 0);
	static const char *const wrong[] = { "",      "[1]",   "h[]",      "h[0]", "h[1",
					     "h[1]x", "h[-1]", "h[65536]", "h[1x]" };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_false(bindings_split(wrong[i], host, &port));
	assert_int_equal(bindings_add_string(&b, "a", 0), 0);
	assert_int_equal(bindings_add_string(&b, "b", 7), 0);
	assert_int_equal(bindings_add_string(&b, "", 0), -EINVAL);
	bindings_with_port(&b, 1024, &with);
	assert_int_equal(with.string_count, 2);
	assert_string_equal(with.strings[0].address, "a[1024]");
	assert_string_equal(with.strings[1].address, "b[7]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_lists_are_read),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(the_smallest_array_is_four_zeros),
		cmocka_unit_test(cut_arrays_are_refused),
		cmocka_unit_test(long_and_many_bindings_are_left_out),
		cmocka_unit_test(addresses_come_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
