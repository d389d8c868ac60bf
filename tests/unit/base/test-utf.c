/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the conversions in base/text.h. */
#include "../unit.h"

#include "base/mem.h"

#define FFFD "\xef\xbf\xbd"

/* UTF-8 in, and what it is after a journey through UTF-16. */
static const struct {
	const char *in;
	size_t length;
	const char *out;
} journeys[] = {
#define J(in, out)                                                                                 \
	{                                                                                          \
		in, sizeof(in) - 1, out                                                            \
	}
	J("", ""),
	J("plain ASCII, longer than one word", "plain ASCII, longer than one word"),
	J("\xc3\xa9", "\xc3\xa9"),
	J("12345678\xe2\x82\xac", "12345678\xe2\x82\xac"),
	J("\xf0\x9f\x98\x80!", "\xf0\x9f\x98\x80!"),
	J("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"), /* U+10FFFF */
	J("\xef\xbf\xbf", "\xef\xbf\xbf"),         /* U+FFFF is well-formed */
	J("\x80", FFFD),
	J("\xbf\xbf", FFFD FFFD),
	J("\xc0\xaf", FFFD FFFD), /* overlong: no lead byte */
	J("\xc1\x81", FFFD FFFD),
	J("\xe0\x80\xaf", FFFD FFFD FFFD), /* overlong: the second byte does not fit */
	J("\xed\xa0\x80", FFFD FFFD FFFD), /* a surrogate */
	J("\xed\x9f\xbf", "\xed\x9f\xbf"),
	J("\xf0\x8f\xbf\xbf", FFFD FFFD FFFD FFFD),
	J("\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD), /* above U+10FFFF */
	J("\xf5\x80", FFFD FFFD),
	J("\xff\xfe", FFFD FFFD),
	J("\xc3", FFFD),     /* cut short */
	J("\xe2\x82", FFFD), /* one maximal subpart */
	J("\xf0\x9f\x98", FFFD),
	J("\xf0\x9f\x98x", FFFD "x"),
	J("\xe2\x28\xa1", FFFD "(" FFFD),
	/* The example of the Unicode standard, table 3-8. */
	J("\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64",
	  "a" FFFD FFFD FFFD "b" FFFD "c" FFFD FFFD "d"),
#undef J
};

static void journeys_end_as_expected(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(journeys); i++) {
		struct text in = { journeys[i].in, journeys[i].length };
		struct text expected = text_of(journeys[i].out);
		char16_t units[64];
		char back[128];
		size_t n = utf8_to_utf16_length(in);
		assert_int_equal(utf8_to_utf16(in, units, ARRAY_LEN(units)), n);
		assert_int_equal(utf16_to_utf8_length(units, n), expected.length);
		assert_int_equal(utf16_to_utf8(units, n, back, sizeof(back)), expected.length);
		assert_memory_equal(back, expected.data, expected.length);
		assert_int_equal(utf8_valid(in), text_equal(in, expected));
	}
}

static void every_code_point_travels(void **state)
{
	for (char32_t c = 0; c <= 0x10ffff; c++) {
		char16_t units[2];
		size_t n = 1;
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		units[0] = (char16_t)c;
		if (c >= 0x10000) {
			units[0] = (char16_t)(0xd800 | (c - 0x10000) >> 10);
			units[1] = (char16_t)(0xdc00 | ((c - 0x10000) & 0x3ff));
			n = 2;
		}
		char bytes[4];
		struct text t = { bytes, utf16_to_utf8(units, n, bytes, 4) };
		size_t at = 0;
		if (utf8_next(t, &at) != c || at != t.length || !utf8_valid(t))
			fail_msg("U+%04X does not travel", (unsigned)c);
	}
}

static void lone_surrogates_are_replaced(void **state)
{
	static const char16_t units[] = {
		0xdc00, 'a', 0xd800, 'b', 0xd800, 0xd83d, 0xde00, 0xdbff
	};
	const char expected[] = FFFD "a" FFFD "b" FFFD "\xf0\x9f\x98\x80" FFFD;
	char out[64];
	size_t n = utf16_to_utf8(units, ARRAY_LEN(units), out, sizeof(out));
	assert_int_equal(n, sizeof(expected) - 1);
	assert_memory_equal(out, expected, n);
	assert_int_equal(utf16_to_utf8_length(units, ARRAY_LEN(units)), n);
	assert_int_equal(utf16_to_utf8_length(NULL, 0), 0);
}

static void little_room_never_splits(void **state)
{
	const struct text in = TEXT("ab\xf0\x9f\x98\x80\xe2\x82\xac");
	static const char16_t whole[] = { 'a', 'b', 0xd83d, 0xde00, 0x20ac };
	static const size_t units_at[] = { 0, 1, 2, 2, 4, 5 };
	static const size_t bytes_at[] = { 0, 1, 2, 2, 2, 2, 6, 6, 6, 9 };
	for (size_t room = 0; room < ARRAY_LEN(units_at); room++) {
		char16_t out[8] = { 0 };
		assert_int_equal(utf8_to_utf16(in, out, room), units_at[room]);
		assert_memory_equal(out, whole, units_at[room] * sizeof(*out));
		assert_int_equal(out[units_at[room]], 0);
	}
	for (size_t room = 0; room < ARRAY_LEN(bytes_at); room++) {
		char out[16] = { 0 };
		assert_int_equal(utf16_to_utf8(whole, 5, out, room), bytes_at[room]);
		assert_memory_equal(out, in.data, bytes_at[room]);
		assert_int_equal(out[bytes_at[room]], 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(journeys_end_as_expected),
		cmocka_unit_test(every_code_point_travels),
		cmocka_unit_test(lone_surrogates_are_replaced),
		cmocka_unit_test(little_room_never_splits),
	};
	return cmocka_run_group_tests_name("base/utf", tests, NULL, NULL);
}
