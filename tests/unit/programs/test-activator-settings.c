/* SPDX-License-Identifier: Apache-2.0 */
/* What the registry's words mean to rpcss (programs/activator-settings.h). */
#include "../unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "com/class.h"
#include "library/catalog/catalog.h"
#include "programs/activator-settings.h"

#include <errno.h>

#define A "{00000001-0000-0000-0000-000000000000}"
#define B "{00000002-0000-0000-0000-000000000000}"

static struct activator_settings parsed;

static int parse(const char *names, const char *classes, struct error *err)
{
	const struct activator_raw raw = { .authn_level = 5,
					   .ping_seconds = 7,
					   .names = text_of(names),
					   .classes = text_of(classes) };

	return activator_settings_parse(&raw, &parsed, err);
}

static void words_become_settings(void **state)
{
	CLSID a, b;

	guid_parse(TEXT(A), &a);
	guid_parse(TEXT(B), &b);
	assert_int_equal(parse(" one.example ,, 10.0.0.1", A "\t1\n" B "\t0\n" B "\t" A "\n", NULL),
			 0);
	assert_int_equal(parsed.least, 5);
	assert_int_equal(parsed.ping_seconds, 7);
	assert_int_equal(parsed.name_count, 2);
	assert_string_equal(parsed.names[0], "one.example");
	assert_string_equal(parsed.names[1], "10.0.0.1");
	/* The one that is switched off is not among them; the last one gets another class. */
	assert_int_equal(parsed.class_count, 2);
	assert_true(IsEqualGUID(&parsed.classes[0].given, &a));
	assert_true(IsEqualGUID(&parsed.classes[1].asked, &b));
	assert_true(IsEqualGUID(&parsed.classes[1].given, &a));
	assert_int_equal(parse("", "Scripting.Dictionary\t1\n", NULL), 0);
	assert_true(IsEqualGUID(&parsed.classes[0].asked,
				&class_find_progid(TEXT("Scripting.Dictionary"))->clsid));
}

static void what_makes_no_sense_is_named(void **state)
{
	static const struct {
		const char *names, *classes, *said;
	} wrong[] = {
		{ "a,b,c,d,e,f,g,h,i", "", "at most 8 names" },
		{ "", "No.Such\t1\n", "No.Such: a ProgID or a {CLSID} is wanted" },
		{ "", A "\tNo.Such\n", A ": 1, or the ProgID" },
		{ "", A "\n", A ": 1, or the ProgID" },
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct error err = { 0 };

		assert_int_equal(parse(wrong[i].names, wrong[i].classes, &err), -EINVAL);
		assert_non_null(strstr(err.text, wrong[i].said));
	}
}

static void so_many_classes_and_no_more(void **state)
{
	struct error err = { 0 };
	struct buf out;

	buf_init(&out, 1 << 20);
	for (int i = 0; i < ACTIVATOR_CLASSES_MAX; i++)
		buf_printf(&out, "{%08X-0000-0000-0000-000000000000}\t1\n", i);
	assert_int_equal(parse("", buf_cstr(&out), &err), 0);
	assert_int_equal(parsed.class_count, ACTIVATOR_CLASSES_MAX);
	buf_puts(&out, A "\t1\n");
	assert_int_equal(parse("", buf_cstr(&out), &err), -EINVAL);
	assert_non_null(strstr(err.text, "delete some of the values"));
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_become_settings),
		cmocka_unit_test(what_makes_no_sense_is_named),
		cmocka_unit_test(so_many_classes_and_no_more),
	};

	return catalog_register() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
