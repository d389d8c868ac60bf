/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of web/path.c. */
#include "../unit.h"

#include "base/mem.h"
#include "web/path.h"

static int decode(const char *raw, char *out, struct web_path *ret)
{
	return web_path_decode(text_of(raw), out, ret);
}

static void what_becomes_of_paths(void **state)
{
	static const struct {
		const char *raw, *path;
		unsigned segments;
	} cases[] = {
		{ "/", "/", 0 },
		{ "/a", "/a", 1 },
		{ "/a/", "/a/", 1 },
		{ "//a///b", "/a/b", 2 },
		{ "/./a/./b/.", "/a/b/", 2 },
		{ "/a/../b", "/b", 1 },
		{ "/a/b/..", "/a/", 1 },
		{ "/a/b/../", "/a/", 1 },
		{ "/a/..", "/", 0 },
		{ "/a%2fb%5Cc\\d", "/a/b/c/d", 4 },
		{ "/%61%2e%2e/b", NULL, 404 },
		{ "/a/%2e%2e/b", "/b", 1 },
		{ "/a/.%2E/b", "/b", 1 },
		{ "/a%20b", "/a b", 1 },
		{ "/%e4%bd%a0", "/\xe4\xbd\xa0", 1 },
		{ "/.hidden", "/.hidden", 1 },
		{ "/a~b", "/a~b", 1 },
		{ "/longername~1", "/longername~1", 1 },
		{ "/a%25b", "/a%b", 1 },
		/* above the root */
		{ "/..", NULL, 400 },
		{ "/../etc/passwd", NULL, 400 },
		{ "/a/../../etc/passwd", NULL, 400 },
		{ "/%2e%2e/etc", NULL, 400 },
		{ "/%2e%2e%2fetc", NULL, 400 },
		{ "/..\\etc", NULL, 400 },
		{ "/..%5cetc", NULL, 400 },
		/* not a path */
		{ "a", NULL, 400 },
		{ "", NULL, 400 },
		{ "/%", NULL, 400 },
		{ "/%4", NULL, 400 },
		{ "/%zz", NULL, 400 },
		{ "/%00", NULL, 400 },
		{ "/a%00.html", NULL, 400 },
		{ "/%0d%0a", NULL, 400 },
		{ "/%7f", NULL, 400 },
		{ "/%u002e%u002e/", NULL, 400 },
		{ "/%c0%ae%c0%ae/", NULL, 400 }, /* overlong dots */
		{ "/%c0%af", NULL, 400 },        /* overlong slash */
		{ "/%e0%80%ae", NULL, 400 },
		{ "/%ff", NULL, 400 },
		{ "/%ed%a0%80", NULL, 400 }, /* a surrogate */
		/* aliases of Windows */
		{ "/a.", NULL, 404 },
		{ "/a%20", NULL, 404 },
		{ "/a./b", NULL, 404 },
		{ "/...", NULL, 404 },
		{ "/a.asp::$DATA", NULL, 404 },
		{ "/a.asp:x", NULL, 404 },
		{ "/c:/x", NULL, 404 },
		{ "/PROGRA~1/a", NULL, 404 },
		{ "/shop~12.asp", NULL, 404 },
		{ "/~1", NULL, 404 },
		{ "/a*b", NULL, 404 },
		{ "/a%3fb", NULL, 404 },
		{ "/a%22b", NULL, 404 },
		{ "/a|b", NULL, 404 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *out = mem_alloc(strlen(cases[i].raw) + 1);
		struct web_path p;
		int e = decode(cases[i].raw, out, &p);
		if (!cases[i].path) {
			if (e != (int)cases[i].segments)
				fail_msg("%s: %d", cases[i].raw, e);
		} else {
			if (e || !text_equal(p.path, text_of(cases[i].path)))
				fail_msg("%s: %d " TEXT_FMT, cases[i].raw, e, TEXT_ARG(p.path));
			assert_int_equal(p.segments, cases[i].segments);
			assert_int_equal(p.path.data[p.path.length], '\0');
		}
		mem_free(out);
	}
}

static void what_filters_want_to_know(void **state)
{
	static const struct {
		const char *raw;
		bool twice, high;
	} cases[] = {
		{ "/a%20b", false, false },     { "/a+b", true, false },
		{ "/a%2bb", true, false },      { "/%252e%252e/", true, false },
		{ "/%25%32%65", true, false },  { "/a%25", false, false },
		{ "/100%25zz", false, false },  { "/%c3%a4", false, true },
		{ "/%2525%c3%a4", true, true },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char out[64];
		struct web_path p;
		assert_int_equal(decode(cases[i].raw, out, &p), 0);
		assert_int_equal(p.double_escaped, cases[i].twice);
		assert_int_equal(p.high_bit, cases[i].high);
	}
}

static void parts(void **state)
{
	assert_text(web_path_extension(TEXT("/a.b/c.d.asp")), ".asp");
	assert_text(web_path_extension(TEXT("/a.b/c")), ".");
	assert_text(web_path_extension(TEXT("/a.b/")), ".");
	assert_text(web_path_folder(TEXT("/a.b/c")), "/a.b/");
	assert_text(web_path_folder(TEXT("/c")), "/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_becomes_of_paths),
		cmocka_unit_test(what_filters_want_to_know),
		cmocka_unit_test(parts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
