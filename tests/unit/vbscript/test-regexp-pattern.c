/* SPDX-License-Identifier: Apache-2.0 */
/* What PCRE2 is given for patterns of VBScript, and that no text of Perl's gets through. */
#include "../com/helpers.h"

#include "library/vbscript/regexp-case.h"
#include "library/vbscript/regexp-pattern.h"

#include <stdio.h>

static void assert_reads(const char *pattern, unsigned flags, const char *want)
{
	VARIANT v = v_text(pattern);
	struct regexp_pattern p;
	char text[512];

	assert_int_equal(regexp_pattern_translate(v.bstrVal, SysStringLen(v.bstrVal), flags, &p),
			 0);
	size_t units = p.text.length / sizeof(char16_t);
	const char16_t *at = (const void *)p.text.data;

	assert_true(utf16_to_utf8_length(at, units) < sizeof text);
	text[utf16_to_utf8(at, units, text, sizeof text)] = '\0';
	assert_string_equal(text, want);
	buf_done(&p.text);
	VariantClear(&v);
}

static void test_text(void **state)
{
	(void)state;
	assert_reads("a.b", 0, "a.b");
	assert_reads("^a$", 0, "^a\\z");
	assert_reads("^a$", REGEXP_MULTILINE, "(?<![^\\n\\r])a(?![^\\n\\r])");
	assert_reads("a-#~", 0, "a\\-\\#\\~");
	assert_reads("\\Q\\E\\K\\R", 0, "QEKR");
	assert_reads("a{2}b{2,}?c{,2}", 0, "a{2,2}b{2,}?c\\{\\,2\\}");
	assert_reads("(a)(?:b)(?=c)(?!d)", 0, "(a)(?:b)(?=c)(?!d)");
	assert_reads("(a)\\1\\2", 0, "(a)\\g{1}\x02");
	assert_reads("[a-c\\d\\-x]", 0, "[a-c\\d\\-x]");
	assert_reads("[[:alpha:]]", 0, "[\\[\\:alpha\\:]\\]");
	assert_reads("[]", 0, "(?!)");
	assert_reads("[^]", 0, "[\\x{0}-\\x{ffff}]");
	assert_reads("\\w\\b", 0, "\\w\\b");
	/* Only what refers back and ignores case needs Unicode's letters at match time. */
	assert_reads("(\\d)\\1", 0, "(\\d)\\g{1}");
	assert_reads("(\\d)\\1", REGEXP_IGNORE_CASE, "([0-9])\\g{1}");
	assert_reads("é", 0, "é");
	assert_reads("é", REGEXP_IGNORE_CASE, "[Éé]");
	assert_reads("[é]", REGEXP_IGNORE_CASE, "[éÉ]");
}

static void test_forms(void **state)
{
	char16_t forms[REGEXP_FORMS_MAX], c, last = 0;
	size_t at = 0, letters = 0;

	(void)state;
	assert_int_equal(regexp_case_forms(u'1', forms), 1);
	assert_int_equal(regexp_case_forms(u'σ', forms), 3);
	assert_int_equal(forms[0], u'Σ');
	assert_int_equal(forms[1], u'ς');
	assert_int_equal(forms[2], u'σ');
	while ((c = regexp_case_next(&at))) {
		assert_true(c >= 0x80 && c != last);
		assert_in_range(regexp_case_forms(c, forms), 2, REGEXP_FORMS_MAX - 1);
		last = c;
		letters++;
	}
	assert_true(letters > 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
