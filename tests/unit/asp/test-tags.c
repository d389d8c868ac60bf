/* SPDX-License-Identifier: Apache-2.0 */
/* src/asp/tags.c: attributes as people write them. */
#include "../unit.h"

#include "asp/tags.h"
#include "base/buf.h"

static const struct {
	const char *in;
	bool tag;
	int result;
	const char *out;
} rows[] = {
	{ " runat=server>", true, 0, "[runat=server]" },
	{ " RUNAT = \"Server\" id='a b' checked >x", true, 0, "[RUNAT=Server][id=a b][checked=]" },
	{ ">", true, 0, "" },
	{ " a=1", true, ASP_TAG_UNCLOSED, "[a=1]" },
	{ " a=\"1>", true, ASP_TAG_QUOTE, "[a=1>]" },
	{ "Language=VBScript CODEPAGE=\"65001\"", false, 0, "[Language=VBScript][CODEPAGE=65001]" },
	{ " ", false, 0, "" },
	{ "a = b", false, 0, "[a=b]" },
	{ "a=", false, 0, "[a=]" },
	{ "=x a", false, 0, "[x=][a=]" },
	{ "a=b/>", true, 0, "[a=b/]" },
};

static void attributes_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct asp_attribute a[ASP_ATTRIBUTES_MAX];
		size_t at = 0, count;
		struct buf b;
		buf_init(&b, 1000);
		assert_int_equal(asp_attributes_parse(text_of(rows[i].in), &at, rows[i].tag, a,
						      &count),
				 rows[i].result);
		for (size_t k = 0; k < count; k++)
			buf_printf(&b, "[" TEXT_FMT "=" TEXT_FMT "]", TEXT_ARG(a[k].name),
				   TEXT_ARG(a[k].value));
		assert_string_equal(buf_cstr(&b), rows[i].out);
		buf_done(&b);
	}
}

static void too_many_are_refused(void **state)
{
	(void)state;
	char in[3 * (ASP_ATTRIBUTES_MAX + 1) + 1] = "";
	struct asp_attribute a[ASP_ATTRIBUTES_MAX];
	size_t at = 0, count;
	for (int i = 0; i <= ASP_ATTRIBUTES_MAX; i++)
		strcat(in, " ab");
	assert_int_equal(asp_attributes_parse(text_of(in), &at, false, a, &count), ASP_TAG_MANY);
	assert_int_equal(count, ASP_ATTRIBUTES_MAX);
}

static void words_end(void **state)
{
	(void)state;
	assert_true(asp_word_at(TEXT("<Script>"), 1, TEXT("script")));
	assert_true(asp_word_at(TEXT("script"), 0, TEXT("script")));
	assert_false(asp_word_at(TEXT("scripts"), 0, TEXT("script")));
	assert_false(asp_word_at(TEXT("scrip"), 0, TEXT("script")));
	assert_int_equal(asp_find(TEXT("aX%>b"), 0, TEXT("%>")), 2);
	assert_int_equal(asp_find(TEXT("ab"), 0, TEXT("%>")), 2);
	assert_int_equal(asp_find(TEXT("</SCRIPT>"), 0, TEXT("</script")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_are_read),
		cmocka_unit_test(too_many_are_refused),
		cmocka_unit_test(words_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
