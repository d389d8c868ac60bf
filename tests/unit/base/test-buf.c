/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/buf.h. */
#include "../unit.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>

static void writes_collect(void **state)
{
	struct buf b;
	buf_init(&b, 1 << 20);
	assert_string_equal(buf_cstr(&b), "");
	buf_puts(&b, "one ");
	buf_put(&b, "two ", 4);
	buf_put_text(&b, TEXT("three "));
	buf_put_text(&b, (struct text){ NULL, 0 });
	buf_putc(&b, '4');
	buf_printf(&b, " %d", 5);
	static const char16_t units[] = { ' ', 0x20ac, 0xd800 };
	buf_put_utf16(&b, units, 3);
	buf_put_utf16(&b, NULL, 0);
	assert_string_equal(buf_cstr(&b), "one two three 4 5 \xe2\x82\xac\xef\xbf\xbd");
	buf_consume(&b, 0);
	buf_consume(&b, 4);
	assert_text(buf_text(&b), "two three 4 5 \xe2\x82\xac\xef\xbf\xbd");
	buf_consume(&b, 1000);
	assert_int_equal(b.length, 0);
	assert_int_equal(buf_failed(&b), 0);
	buf_done(&b);
}

static void printf_of_every_length(void **state)
{
	struct buf b;
	buf_init(&b, 4096);
	for (int width = 1; width < 600; width++) {
		buf_clear(&b);
		buf_done(&b);
		buf_puts(&b, "ab");
		buf_printf(&b, "%0*d", width, 7);
		assert_int_equal(b.length, width + 2);
		assert_int_equal(b.data[b.length - 1], '7');
		assert_int_equal(strlen(buf_cstr(&b)), b.length);
	}
	buf_done(&b);
}

static void the_limit_is_exact_and_sticks(void **state)
{
	struct buf b;
	buf_init(&b, 5);
	buf_puts(&b, "12345");
	assert_int_equal(buf_failed(&b), 0);
	assert_string_equal(buf_cstr(&b), "12345");
	buf_putc(&b, '6');
	assert_int_equal(buf_failed(&b), -ENOBUFS);
	assert_string_equal(buf_cstr(&b), "");
	assert_null(buf_take(&b, NULL));
	assert_null(buf_reserve(&b, 0));
	buf_clear(&b);
	buf_printf(&b, "%s", "123456");
	assert_int_equal(buf_failed(&b), -ENOBUFS);
	buf_clear(&b);
	buf_printf(&b, "%s", "abcde");
	assert_string_equal(buf_cstr(&b), "abcde");
	buf_done(&b);

	buf_init(&b, 0);
	buf_puts(&b, "");
	assert_int_equal(buf_failed(&b), 0);
	buf_putc(&b, 'x');
	assert_int_equal(buf_failed(&b), -ENOBUFS);
	buf_done(&b);

	buf_init(&b, SIZE_MAX);
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_int_equal(buf_failed(&b), -ENOMEM);
	buf_done(&b);
}

static void reserve_and_commit(void **state)
{
	struct buf b;
	buf_init(&b, 100000);
	buf_puts(&b, "x");
	char *p = buf_reserve(&b, 5000);
	assert_non_null(p);
	memset(p, 'y', 5000);
	buf_commit(&b, 3);
	assert_string_equal(buf_cstr(&b), "xyyy");
	buf_commit(&b, SIZE_MAX); /* more than was reserved is refused */
	assert_int_equal(b.length, 4);
	buf_done(&b);
}

static void escapes(void **state)
{
	struct buf b;
	buf_init(&b, 1000);
	buf_put_html(&b, TEXT("<a href=\"x\">T&'s</a>"));
	assert_string_equal(buf_cstr(&b), "&lt;a href=&quot;x&quot;&gt;T&amp;&#39;s&lt;/a&gt;");
	buf_clear(&b);
	buf_put_html(&b, (struct text){ NULL, 0 });
	assert_string_equal(buf_cstr(&b), "");
	buf_put_json(&b, TEXT("\"\\/\b\f\n\r\t\v\x01\x7f\0\xc3\xa9\xff\xf0\x9f\x98\x80"));
	assert_string_equal(buf_cstr(&b), "\\\"\\\\/\\b\\f\\n\\r\\t\\u000b\\u0001\\u007f\\u0000"
					  "\xc3\xa9\xef\xbf\xbd\xf0\x9f\x98\x80");
	buf_done(&b);
}

static void take_hands_over(void **state)
{
	struct buf b;
	size_t length = 9;
	buf_init(&b, 100);
	_cleanup_mem_ char *empty = buf_take(&b, &length);
	assert_string_equal(empty, "");
	assert_int_equal(length, 0);
	buf_puts(&b, "text");
	_cleanup_mem_ char *p = buf_take(&b, &length);
	assert_string_equal(p, "text");
	assert_int_equal(length, 4);
	assert_int_equal(b.length, 0);
	assert_int_equal(b.limit, 100);
	assert_null(b.data);
}

static int body(void)
{
	struct buf b;
	buf_init(&b, 1 << 20);
	for (int i = 0; i < 300; i++)
		buf_printf(&b, "%d,", i);
	buf_put_json(&b, TEXT("\n"));
	size_t length;
	char *p = buf_take(&b, &length);
	int r = p ? 0 : buf_failed(&b);
	mem_free(p);
	buf_done(&b);
	return r;
}

static void every_allocation_can_fail(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_collect),
		cmocka_unit_test(printf_of_every_length),
		cmocka_unit_test(the_limit_is_exact_and_sticks),
		cmocka_unit_test(reserve_and_commit),
		cmocka_unit_test(escapes),
		cmocka_unit_test(take_hands_over),
		cmocka_unit_test(every_allocation_can_fail),
	};
	return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
