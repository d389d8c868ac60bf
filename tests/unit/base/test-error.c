/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/error.h. */
#include "../unit.h"

#include "base/error.h"

#include <errno.h>
#include <stdio.h>

static void set_clears_position(void **state)
{
	struct error err = { .line = 7, .column = 9, .hresult = 5, .file = "old.asp" };
	assert_int_equal(error_set(&err, -ENOENT, "no %s here", "page"), -ENOENT);
	assert_int_equal(err.code, -ENOENT);
	assert_string_equal(err.text, "no page here");
	assert_string_equal(err.file, "");
	assert_int_equal(err.line, 0);
	assert_int_equal(err.column, 0);
	assert_int_equal(err.hresult, 0);
}

static void null_is_allowed(void **state)
{
	assert_int_equal(error_set(NULL, 3, "x"), 3);
	assert_int_equal(error_set_at(NULL, -EIO, "f", 1, 2, "x"), -EIO);
	error_prefix(NULL, "x");
}

static void set_at_keeps_position(void **state)
{
	struct error err;
	assert_int_equal(error_set_at(&err, 2, "a/b.asp", 12, 3, "odd"), 2);
	assert_string_equal(err.file, "a/b.asp");
	assert_int_equal(err.line, 12);
	assert_int_equal(err.column, 3);
}

static void own_text_can_be_an_argument(void **state)
{
	struct error err;
	error_set(&err, -EIO, "disk");
	error_set(&err, -EIO, "the %s is broken\n", err.text);
	assert_string_equal(err.text, "the disk is broken");
	error_prefix(&err, "cannot start: ");
	assert_string_equal(err.text, "cannot start: the disk is broken");
	assert_int_equal(err.code, -EIO);
}

static void source_is(const char *text, int line, int first, const char *expected)
{
	struct error err;
	error_set_at(&err, -EINVAL, "f", line, 0, "wrong");
	error_add_source(&err, text, strlen(text));
	assert_string_equal(err.source, expected);
	if (*expected)
		assert_int_equal(err.source_line, first);
}

static void the_source_is_the_line_and_its_neighbours(void **state)
{
	char wide[1024], cut[ERROR_SOURCE_MAX];

	source_is("a\nb\r\nc\nd\n", 2, 1, "a\nb\nc\n");
	source_is("a\nb\nc", 1, 1, "a\nb\n");
	source_is("a\nb\nc", 3, 2, "b\nc\n");
	source_is("a\n\n\n", 2, 1, "a\n\n\n");
	source_is("a", 1, 1, "a\n");
	source_is("a", 0, 0, ""); /* about no line */
	source_is("a", 7, 0, ""); /* of another text */
	error_add_source(NULL, "a", 1);
	/* Three long lines fit, cut at characters: the euro sign has three bytes. */
	for (size_t i = 0; i < 340; i++)
		memcpy(wide + 3 * i, "\xe2\x82\xac", 3);
	wide[339] = wide[679] = '\n';
	wide[1020] = '\0';
	struct error err;
	error_set_at(&err, -EINVAL, "f", 2, 0, "wrong");
	error_add_source(&err, wide, 340);
	size_t one = strlen(err.source);
	assert_in_range(one, 160, ERROR_SOURCE_MAX / 3);
	snprintf(cut, sizeof(cut), "%s", err.source);
	assert_int_equal(cut[one - 1], '\n');
	assert_int_equal((one - 2) % 3, 0); /* and the empty line behind it */
	error_add_source(&err, wide, strlen(wide));
	assert_in_range(strlen(err.source), 3 * 160, ERROR_SOURCE_MAX - 1);
	/* Another error has none. */
	error_set(&err, -EIO, "x");
	assert_string_equal(err.source, "");
}

static void long_text_ends_at_a_character(void **state)
{
	struct error err;
	char text[2 * ERROR_TEXT_MAX];
	for (size_t shift = 0; shift < 4; shift++) {
		/* U+20AC, three bytes each, begun at every offset modulo 3 */
		size_t n = 0;
		while (n < shift)
			text[n++] = 'x';
		while (n + 3 < sizeof(text)) {
			memcpy(text + n, "\xe2\x82\xac", 3);
			n += 3;
		}
		text[n] = '\0';
		error_set(&err, -EIO, "%s", text);
		size_t length = strlen(err.text);
		assert_in_range(length, ERROR_TEXT_MAX - 3, ERROR_TEXT_MAX - 1);
		assert_true(utf8_valid(text_of(err.text)));
		error_set(&err, -EIO, "short");
		error_prefix(&err, "%s", text);
		assert_true(utf8_valid(text_of(err.text)));
		error_set_at(&err, -EIO, text, 1, 1, "short");
		assert_true(utf8_valid(text_of(err.file)));
		assert_in_range(strlen(err.file), sizeof(err.file) - 3, sizeof(err.file) - 1);
	}
}

static void errno_text_takes_either_sign(void **state)
{
	assert_string_equal(error_errno_text(-ENOENT), error_errno_text(ENOENT));
	assert_string_equal(error_errno_text(ENOENT), "No such file or directory");
	assert_non_null(error_errno_text(99999));
	assert_non_null(error_errno_text(INT32_MIN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_clears_position),
		cmocka_unit_test(null_is_allowed),
		cmocka_unit_test(set_at_keeps_position),
		cmocka_unit_test(own_text_can_be_an_argument),
		cmocka_unit_test(the_source_is_the_line_and_its_neighbours),
		cmocka_unit_test(long_text_ends_at_a_character),
		cmocka_unit_test(errno_text_takes_either_sign),
	};
	return cmocka_run_group_tests_name("base/error", tests, NULL, NULL);
}
