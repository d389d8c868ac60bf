/* SPDX-License-Identifier: Apache-2.0 */
/* src/asp/codepage.c: bytes to text and back in every code page. */
#include "../unit.h"

#include "asp/codepage.h"
#include "com/bstr.h"

static void decoding(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1000);
	asp_codepage_decode(ASP_WINDOWS_1252, TEXT("a\x80\xE9z"), &b);
	assert_string_equal(buf_cstr(&b), "a\xE2\x82\xAC\xC3\xA9z");
	buf_clear(&b);
	asp_codepage_decode(ASP_LATIN_1, TEXT("\xE9\x80"), &b);
	assert_string_equal(buf_cstr(&b), "\xC3\xA9\xC2\x80");
	buf_done(&b);
}

static void every_byte_comes_back(void **state)
{
	(void)state;
	static const uint32_t pages[] = { ASP_WINDOWS_1252, ASP_LATIN_1 };
	char bytes[256];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	for (size_t i = 0; i < 2; i++) {
		struct buf b;
		buf_init(&b, 1000);
		BSTR s = asp_codepage_bstr(pages[i], (struct text){ bytes, sizeof(bytes) });
		assert_int_equal(SysStringLen(s), 256);
		asp_codepage_encode(pages[i], s, SysStringLen(s), &b);
		assert_int_equal(b.length, 256);
		assert_memory_equal(b.data, bytes, 256);
		SysFreeString(s);
		buf_done(&b);
	}
}

static void what_has_no_byte_becomes_a_question_mark(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1000);
	asp_codepage_encode(ASP_WINDOWS_1252, u"\u20AC\u4E2D\xD83D\xDE00!", 5, &b);
	assert_string_equal(buf_cstr(&b), "\x80?"
					  "?!");
	buf_clear(&b);
	asp_codepage_encode(ASP_UTF8, u"a\u20AC\xD83D\xDE00", 4, &b);
	assert_string_equal(buf_cstr(&b), "a\xE2\x82\xAC\xF0\x9F\x98\x80");
	buf_clear(&b);
	asp_codepage_encode_utf8(ASP_LATIN_1, TEXT("\xC3\xA9\xE2\x82\xAC"), &b);
	assert_string_equal(buf_cstr(&b), "\xE9?");
	buf_done(&b);
}

static void marks_say_what_a_file_is(void **state)
{
	(void)state;
	struct buf b;
	uint32_t page;
	buf_init(&b, 1000);
	assert_int_equal(asp_codepage_load(1252, TEXT("\xEF\xBB\xBF\xC3\xA9"), &b, &page), 0);
	assert_string_equal(buf_cstr(&b), "\xC3\xA9");
	assert_int_equal(page, ASP_UTF8);
	buf_clear(&b);
	assert_int_equal(
		asp_codepage_load(1252, TEXT("\xFF\xFE\xE9\x00\x3D\xD8\x00\xDE"), &b, &page), 0);
	assert_string_equal(buf_cstr(&b), "\xC3\xA9\xF0\x9F\x98\x80");
	buf_clear(&b);
	assert_int_equal(asp_codepage_load(1252, TEXT("\xFE\xFF\x00\xE9"), &b, &page), 0);
	assert_string_equal(buf_cstr(&b), "\xC3\xA9");
	buf_clear(&b);
	assert_int_equal(asp_codepage_load(1252, TEXT("\xE9"), &b, &page), 0);
	assert_string_equal(buf_cstr(&b), "\xC3\xA9");
	assert_int_equal(page, 1252);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decoding),
		cmocka_unit_test(every_byte_comes_back),
		cmocka_unit_test(what_has_no_byte_becomes_a_question_mark),
		cmocka_unit_test(marks_say_what_a_file_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
