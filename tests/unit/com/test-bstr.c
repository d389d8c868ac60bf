/* SPDX-License-Identifier: Apache-2.0 */
/* BSTRs: counting, sharing, appending, comparison, and what happens without memory. */
#include "helpers.h"

#include "com/casing.h"

static void test_classic(void **state)
{
	BSTR s = SysAllocString(u"abc");

	assert_int_equal(SysStringLen(s), 3);
	assert_int_equal(SysStringByteLen(s), 6);
	assert_int_equal(((uint32_t *)(void *)s)[-1], 6);
	assert_int_equal((uintptr_t)s % 16, 0);
	assert_int_equal(s[3], 0);
	SysFreeString(s);
	assert_null(SysAllocString(NULL));
	assert_int_equal(SysStringLen(NULL), 0);
	SysFreeString(NULL);
}

static void test_any_bytes(void **state)
{
	BSTR odd = SysAllocStringByteLen("a\0b", 3), zeroed = SysAllocStringLen(NULL, 4);
	BSTR nul = SysAllocStringLen(u"a\0b", 3);

	assert_int_equal(SysStringByteLen(odd), 3);
	assert_int_equal(SysStringLen(odd), 1);
	assert_memory_equal(odd, "a\0b\0\0", 5);
	assert_memory_equal(zeroed, "\0\0\0\0\0\0\0\0\0\0", 10);
	assert_int_equal(SysStringLen(nul), 3);
	assert_int_equal(nul[2], 'b');
	SysFreeString(odd);
	SysFreeString(zeroed);
	SysFreeString(nul);
	assert_null(SysAllocStringLen(NULL, UINT32_MAX));
	assert_null(SysAllocStringByteLen(NULL, UINT32_MAX));
}

static void test_sharing(void **state)
{
	BSTR s = SysAllocString(u"shared");

	assert_true(bstr_exclusive(s));
	BSTR t = bstr_ref(s);

	assert_ptr_equal(s, t);
	assert_false(bstr_exclusive(s));
	SysFreeString(t);
	assert_true(bstr_exclusive(s));
	SysFreeString(s);
	assert_null(bstr_ref(NULL));
	assert_false(bstr_exclusive(NULL));
}

static void test_append(void **state)
{
	BSTR s = NULL, other;

	s = bstr_append(s, u"ab", 2);
	other = bstr_ref(s);
	/* Shared: the other holder must not see the change. */
	s = bstr_append(s, u"cd", 2);
	assert_int_equal(SysStringLen(other), 2);
	assert_int_equal(SysStringLen(s), 4);
	assert_true(bstr_exclusive(other));
	SysFreeString(other);
	/* A string appended to itself, in place and moving. */
	for (int i = 0; i < 10; i++)
		s = bstr_append(s, s, SysStringLen(s));
	assert_int_equal(SysStringLen(s), 4096);
	for (UINT i = 0; i < 4096; i++)
		assert_int_equal(s[i], u"abcd"[i % 4]);
	assert_int_equal(s[4096], 0);
	assert_null(bstr_append(s, s, BSTR_MAX_BYTES));
	SysFreeString(s);
}

static void test_reuse(void **state)
{
	BSTR s = bstr_join(u"key", 6, u"10000", 10), other;

	assert_false(bstr_reuse(NULL, 4));
	assert_true(bstr_reuse(s, 4));
	assert_int_equal(SysStringLen(s), 2);
	memcpy(s, u"k7", 4);
	assert_memory_equal(s, u"k7", 6);
	/* Somebody else reads it. */
	other = bstr_ref(s);
	assert_false(bstr_reuse(s, 2));
	bstr_free(other);
	assert_true(bstr_reuse(s, 2));
	assert_memory_equal(s, u"k", 4);
	bstr_free(s);
	/* What does not fit, and what would keep far too much. */
	static const OLECHAR long_text[500];

	s = SysAllocString(u"k");
	assert_false(bstr_reuse(s, sizeof long_text));
	assert_memory_equal(s, u"k", 4);
	bstr_free(s);
	s = SysAllocStringLen(long_text, 500);
	assert_false(bstr_reuse(s, 4));
	assert_int_equal(SysStringLen(s), 500);
	bstr_free(s);
	bstr_free(NULL);
}

/* Text made of bytes keeps an odd last one, appended and compared. */
static void test_odd_bytes(void **state)
{
	(void)state;
	BSTR a = SysAllocStringByteLen("A", 1), b = SysAllocStringByteLen("B", 1), empty = NULL;

	assert_true(bstr_compare(a, b) < 0);
	assert_true(bstr_compare(b, a) > 0);
	assert_true(bstr_compare(a, empty) > 0);
	a = bstr_append_bytes(a, b, 1);
	assert_int_equal(SysStringByteLen(a), 2);
	a = bstr_append_bytes(a, "\0", 1);
	assert_int_equal(SysStringByteLen(a), 3);
	assert_memory_equal(a, "AB\0\0\0", 5);
	SysFreeString(b);
	b = SysAllocStringByteLen("AB", 2);
	assert_true(bstr_compare(a, b) > 0);
	b = bstr_append_bytes(b, "\0\0", 2);
	assert_true(bstr_compare(a, b) < 0);
	assert_null(bstr_append_bytes(b, b, BSTR_MAX_BYTES));
	SysFreeString(a);
	SysFreeString(b);
}

/* Appending n times moves the text O(log n) times, not n times. */
static void test_append_is_linear(void **state)
{
	BSTR s = NULL, last = NULL;
	int moves = 0;

	for (int i = 0; i < 100000; i++) {
		s = bstr_append(s, u"x", 1);
		assert_non_null(s);
		moves += s != last;
		last = s;
	}
	assert_int_equal(SysStringLen(s), 100000);
	assert_in_range(moves, 1, 40);
	SysFreeString(s);
}

static void test_utf8(void **state)
{
	BSTR s = bstr_from_text(TEXT("h\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xFF"));
	size_t length;

	assert_int_equal(SysStringLen(s), 6);
	assert_memory_equal(s, u"h\u00e9\u20ac\U0001F600\uFFFD", 12);
	char *z = bstr_to_utf8(s, &length);

	assert_string_equal(z, "h\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xEF\xBF\xBD");
	assert_int_equal(length, strlen(z));
	mem_free(z);
	SysFreeString(s);
	z = bstr_to_utf8(NULL, NULL);
	assert_string_equal(z, "");
	mem_free(z);
}

static void test_compare(void **state)
{
	BSTR a = SysAllocString(u"Stra\u00dfe"), b = SysAllocString(u"sTRA\u00dfE");
	BSTR c = SysAllocString(u"Stra\u00dfen"), empty = SysAllocString(u"");

	assert_true(bstr_compare(a, b) < 0);
	assert_int_equal(bstr_compare_nocase(a, b), 0);
	assert_true(bstr_compare(a, c) < 0);
	assert_true(bstr_compare_nocase(c, b) > 0);
	assert_int_equal(bstr_compare(NULL, empty), 0);
	assert_int_equal(bstr_compare_nocase(empty, NULL), 0);
	assert_true(bstr_compare(NULL, a) < 0);
	SysFreeString(a);
	SysFreeString(b);
	SysFreeString(c);
	SysFreeString(empty);
}

/* Equal are the same bytes: a zero unit or an odd byte at the end makes a difference. */
static void test_equal(void **state)
{
	BSTR a = bstr_from_bytes(u"abc", 6), same = bstr_from_bytes(u"abc", 6);
	BSTR longer = bstr_from_bytes(u"abc\0", 8), other = bstr_from_bytes(u"abd", 6);
	BSTR odd = bstr_from_bytes("a\0b", 3), even = bstr_from_bytes("a\0b\0", 4);
	BSTR one = bstr_from_bytes("a", 1), empty = bstr_new(0);

	(void)state;
	assert_true(bstr_equal(a, a) && bstr_equal(a, same));
	assert_false(bstr_equal(a, longer) || bstr_equal(longer, a) || bstr_equal(a, other));
	assert_false(bstr_equal(odd, even) || bstr_equal(even, odd) || bstr_equal(one, odd));
	assert_true(bstr_equal(empty, NULL) && bstr_equal(NULL, empty) && bstr_equal(NULL, NULL));
	assert_false(bstr_equal(a, NULL) || bstr_equal(NULL, a) || bstr_equal(empty, one));
	assert_int_equal(a[3], 0);
	assert_null(bstr_new(BSTR_MAX_BYTES + 1));
	SysFreeString(a);
	SysFreeString(same);
	SysFreeString(longer);
	SysFreeString(other);
	SysFreeString(odd);
	SysFreeString(even);
	SysFreeString(one);
	SysFreeString(empty);
}

static void test_casing(void **state)
{
	assert_int_equal(casing_upper(u'\u00e9'), u'\u00c9');
	assert_int_equal(casing_lower(u'\u0416'), u'\u0436');
	assert_int_equal(casing_fold(u'\u03c2'), casing_fold(u'\u03a3'));
	assert_int_equal(casing_upper(u'\u00ff'), u'\u0178');
	/* No other letter may be confused with an ASCII one. */
	for (unsigned c = 0x80; c < 0x10000; c++) {
		assert_true(casing_fold((char16_t)c) >= 0x80);
		assert_true(casing_upper((char16_t)c) >= 0x80);
	}
	/* Folding is idempotent, and both cases fold alike. */
	for (unsigned c = 0; c < 0x10000; c++) {
		char16_t f = casing_fold((char16_t)c);

		assert_int_equal(casing_fold(f), f);
		assert_int_equal(casing_fold(casing_upper((char16_t)c)), f);
	}
}

static bool all_of_it(void *ctx)
{
	BSTR a = SysAllocString(u"a"), b = bstr_from_text(TEXT("b")), shared = bstr_ref(a);
	char *z = bstr_to_utf8(b, NULL);
	bool ok = a && b && z;

	if (a) {
		BSTR t = bstr_append(a, u"0123456789", 10);

		/* On failure the string is still ours, unchanged. */
		assert_int_equal(SysStringLen(t ? t : a), t ? 11 : 1);
		ok = ok && t;
		SysFreeString(t ? t : a);
	}
	SysFreeString(shared);
	SysFreeString(b);
	mem_free(z);
	return ok;
}

static void test_no_memory(void **state)
{
	with_every_allocation_failing(all_of_it, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classic),          cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_sharing),          cmocka_unit_test(test_append),
		cmocka_unit_test(test_append_is_linear), cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_odd_bytes),        cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_compare),          cmocka_unit_test(test_equal),
		cmocka_unit_test(test_casing),           cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
