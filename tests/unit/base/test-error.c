/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/error.h. */
#include "../unit.h"

#include "base/error.h"

#include <errno.h>

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
		cmocka_unit_test(long_text_ends_at_a_character),
		cmocka_unit_test(errno_text_takes_either_sign),
	};
	return cmocka_run_group_tests_name("base/error", tests, NULL, NULL);
}
