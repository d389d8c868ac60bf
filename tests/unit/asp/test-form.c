/* SPDX-License-Identifier: Apache-2.0 */
/* src/asp/form.c: every edge of query strings, forms and cookies. */
#include "../unit.h"

#include "asp/form.h"

#include <errno.h>

static int collect(void *p, struct text name, struct text value)
{
	struct buf *b = p;
	buf_printf(b, "[" TEXT_FMT "=" TEXT_FMT "]", TEXT_ARG(name), TEXT_ARG(value));
	return 0;
}

static const struct {
	const char *in, *out;
} forms[] = {
	{ "", "" },
	{ "a=1", "[a=1]" },
	{ "a=1&b=2&a=3", "[a=1][b=2][a=3]" },
	{ "a=", "[a=]" },
	{ "=x", "[=x]" },
	{ "word", "[=word]" },
	{ "&&a=1&&", "[a=1]" },
	{ "a=b=c", "[a=b=c]" },
	{ "a=x+y%20z", "[a=x y z]" },
	{ "a%3Db=%26", "[a=b=&]" },
	{ "a=%41%4a%4A", "[a=AJJ]" },
	{ "a=%", "[a=%]" },
	{ "a=%4", "[a=%4]" },
	{ "a=%zz%4g", "[a=%zz%4g]" },
	{ "a=%u20AC%u00e9", "[a=\xE2\x82\xAC\xC3\xA9]" },
	{ "a=%u20A", "[a=%u20A]" },
	{ "a=%C3%A9", "[a=\xC3\xA9]" },
	{ "a+b=c", "[a b=c]" },
};

static void forms_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct buf b;
		buf_init(&b, 1000);
		assert_int_equal(asp_form_parse(text_of(forms[i].in), true, collect, &b), 0);
		assert_string_equal(buf_cstr(&b), forms[i].out);
		buf_done(&b);
	}
}

static const struct {
	const char *in, *out;
} cookies[] = {
	{ "", "" },
	{ "a=1", "[a=1]" },
	{ "a=1; b=2;c=3", "[a=1][b=2][c=3]" },
	{ "a=k1=v1&k2=v2", "[a=k1=v1&k2=v2]" },
	{ " a = 1 ", "[a=1]" },
	{ "a", "[a=]" },
	{ "=1; ;; b=", "[b=]" },
	{ "a%20b=c%20d", "[a b=c%20d]" },
};

static void cookies_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cookies) / sizeof(*cookies); i++) {
		struct buf b;
		buf_init(&b, 1000);
		assert_int_equal(asp_cookies_parse(text_of(cookies[i].in), collect, &b), 0);
		assert_string_equal(buf_cstr(&b), cookies[i].out);
		buf_done(&b);
	}
}

static int count(void *p, struct text name, struct text value)
{
	(void)name;
	(void)value;
	++*(size_t *)p;
	return 0;
}

static void too_many_pairs_are_refused(void **state)
{
	(void)state;
	struct buf b;
	size_t n = 0;
	buf_init(&b, 1 << 20);
	for (size_t i = 0; i <= ASP_PAIRS_MAX; i++)
		buf_puts(&b, "a&");
	assert_int_equal(asp_form_parse(buf_text(&b), true, count, &n), -ENOBUFS);
	assert_int_equal(n, ASP_PAIRS_MAX);
	buf_done(&b);
}

static int stop(void *p, struct text name, struct text value)
{
	(void)p;
	(void)name;
	(void)value;
	return -ENOMEM;
}

static void a_callback_ends_the_parse(void **state)
{
	(void)state;
	assert_int_equal(asp_form_parse(TEXT("a=1"), true, stop, NULL), -ENOMEM);
}

static void urls_are_encoded(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1000);
	asp_url_encode(TEXT("a b/\xC3\xA9\"&~"), "/", true, &b);
	assert_string_equal(buf_cstr(&b), "a+b/%C3%A9%22%26%7E");
	buf_clear(&b);
	asp_url_encode(TEXT("a b"), "", false, &b);
	assert_string_equal(buf_cstr(&b), "a%20b");
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_parse),
		cmocka_unit_test(cookies_parse),
		cmocka_unit_test(too_many_pairs_are_refused),
		cmocka_unit_test(a_callback_ends_the_parse),
		cmocka_unit_test(urls_are_encoded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
