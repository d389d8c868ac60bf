/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/text.h but for the conversions, which are in test-utf.c. */
#include "../unit.h"

#include "base/mem.h"

static const struct text nothing = { NULL, 0 };

static void comparing(void **state)
{
	assert_true(text_equal(TEXT("abc"), TEXT("abc")));
	assert_false(text_equal(TEXT("abc"), TEXT("abC")));
	assert_false(text_equal(TEXT("abc"), TEXT("ab")));
	assert_true(text_equal(nothing, TEXT("")));
	assert_true(text_equal_nocase(TEXT("aBc[@z"), TEXT("AbC[@Z")));
	/* '@' and '`', '[' and '{' differ by the case bit and are no letters; nor is Ä. */
	assert_false(text_equal_nocase(TEXT("@["), TEXT("`{")));
	assert_false(text_equal_nocase(TEXT("\xc3\x84"), TEXT("\xc3\xa4")));
	assert_true(text_equal_nocase(nothing, TEXT("")));
	assert_int_equal(text_compare_nocase(TEXT("Apple"), TEXT("apple")), 0);
	assert_true(text_compare_nocase(TEXT("apple"), TEXT("Banana")) < 0);
	assert_true(text_compare_nocase(TEXT("b"), TEXT("Apple")) > 0);
	assert_true(text_compare_nocase(TEXT("ab"), TEXT("ABC")) < 0);
	assert_true(text_compare_nocase(TEXT("\xff"), TEXT("z")) > 0); /* bytes are unsigned */
	assert_int_equal(text_compare_nocase(nothing, nothing), 0);
}

static void beginnings_and_ends(void **state)
{
	assert_true(text_starts_with(TEXT("abc"), TEXT("ab")));
	assert_false(text_starts_with(TEXT("a"), TEXT("ab")));
	assert_false(text_starts_with(TEXT("ABc"), TEXT("ab")));
	assert_true(text_starts_with(nothing, nothing));
	assert_true(text_starts_with_nocase(TEXT("ABc"), TEXT("ab")));
	assert_false(text_starts_with_nocase(TEXT("a"), TEXT("ab")));
	assert_true(text_ends_with_nocase(TEXT("x.ASP"), TEXT(".asp")));
	assert_false(text_ends_with_nocase(TEXT("asp"), TEXT(".asp")));
	assert_true(text_ends_with_nocase(nothing, TEXT("")));
}

static void trimming_and_cutting(void **state)
{
	assert_text(text_trim(TEXT(" \t a b\t ")), "a b");
	assert_text(text_trim(TEXT(" \t ")), "");
	assert_text(text_trim(nothing), "");
	assert_text(text_trim(TEXT("\r\na ")), "\r\na"); /* blanks and tabs only */

	struct text rest = TEXT("a,,b");
	assert_text(text_cut(&rest, ','), "a");
	assert_text(text_cut(&rest, ','), "");
	assert_text(rest, "b");
	assert_text(text_cut(&rest, ','), "b");
	assert_null(rest.data);
	assert_int_equal(rest.length, 0);
	assert_text(text_cut(&rest, ','), "");
	rest = TEXT("a,");
	assert_text(text_cut(&rest, ','), "a");
	assert_non_null(rest.data); /* an empty last field is told from no further field */
	assert_int_equal(rest.length, 0);
}

static void numbers(void **state)
{
	uint64_t n = 5;
	assert_true(text_to_u64(TEXT("0"), &n));
	assert_int_equal(n, 0);
	assert_true(text_to_u64(TEXT("18446744073709551615"), &n));
	assert_true(n == UINT64_MAX);
	assert_true(text_to_u64(TEXT("00000000000000000000000012"), &n));
	assert_int_equal(n, 12);
	static const char *const bad[] = { "",
					   "18446744073709551616",
					   "99999999999999999999",
					   "+1",
					   "-1",
					   " 1",
					   "1 ",
					   "0x1",
					   "1a",
					   "/",
					   ":" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		n = 77;
		assert_false(text_to_u64(text_of(bad[i]), &n));
		assert_int_equal(n, 77);
	}
	assert_false(text_to_u64(nothing, &n));
}

static void hashing(void **state)
{
	/* Every length around the word size, every position of a letter. */
	char a[40], b[40];
	for (size_t length = 0; length < sizeof(a); length++) {
		memset(a, 'q', sizeof(a));
		memcpy(b, a, sizeof(a));
		struct text ta = { a, length }, tb = { b, length };
		assert_true(text_hash(ta) == text_hash(tb));
		for (size_t at = 0; at < length; at++) {
			b[at] = 'Q';
			assert_true(text_hash(ta) != text_hash(tb));
			assert_true(text_hash_nocase(ta) == text_hash_nocase(tb));
			b[at] = 'q';
		}
		assert_true(text_hash(ta) != text_hash((struct text){ a, length + 1 }));
	}
	assert_true(text_hash(nothing) == text_hash(TEXT("")));
	/* The case hash agrees with text_equal_nocase for every pair of bytes, in every place. */
	for (int x = 0; x < 256; x++) {
		char one[9] = "12345678", two[9] = "12345678";
		one[x % 8] = (char)x;
		two[x % 8] = text_lower((char)x);
		struct text t1 = { one, 8 }, t2 = { two, 8 };
		assert_true(text_hash_nocase(t1) == text_hash_nocase(t2));
		two[x % 8] = (char)(x ^ 0x20);
		assert_int_equal(text_hash_nocase(t1) == text_hash_nocase(t2),
				 text_equal_nocase(t1, t2));
	}
	assert_true(text_hash(TEXT("a\0")) != text_hash(TEXT("a")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparing),
		cmocka_unit_test(beginnings_and_ends),
		cmocka_unit_test(trimming_and_cutting),
		cmocka_unit_test(numbers),
		cmocka_unit_test(hashing),
	};
	return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
