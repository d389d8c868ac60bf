/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of script/vbs/digits.h: every length, at both ends of it, against the C library. */
#include "../unit.h"

#include "script/vbs/digits.h"

#include <inttypes.h>
#include <stdio.h>

/* At an odd address: behind text of an odd number of bytes. */
static void expect(int64_t n)
{
	char text[VBS_DIGITS_MAX + 2], room[2 * VBS_DIGITS_MAX + 4];
	int length = snprintf(text, sizeof text, "%" PRId64, n);

	assert_int_equal(vbs_digits_count(n), length);
	assert_in_range(length, 1, VBS_DIGITS_MAX);
	memset(room, '?', sizeof room);
	vbs_digits_write(n, room + 1, (unsigned)length);
	assert_int_equal(room[0], '?');
	assert_int_equal(room[2 * length + 1], '?');
	for (int i = 0; i < length; i++) {
		char16_t unit;

		memcpy(&unit, room + 1 + (size_t)2 * i, sizeof unit);
		assert_int_equal(unit, text[i]);
	}
}

static void test_every_length(void **state)
{
	uint64_t power = 1;

	(void)state;
	expect(0);
	for (int i = 0; i < 19; i++, power *= 10)
		for (int64_t by = -1; by <= 1; by++) {
			expect((int64_t)power + by);
			expect(-(int64_t)power - by);
		}
	expect(INT64_MAX);
	expect(INT64_MIN);
	expect(INT64_MIN + 1);
}

static void test_powers_of_two(void **state)
{
	(void)state;
	for (int i = 0; i < 63; i++) {
		expect((int64_t)(1ull << i));
		expect(-(int64_t)(1ull << i));
		expect((int64_t)(1ull << i) - 1);
	}
}

static void test_all_of_few_digits(void **state)
{
	(void)state;
	for (int64_t n = -11000; n <= 11000; n++)
		expect(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_powers_of_two),
		cmocka_unit_test(test_all_of_few_digits),
	};

	return cmocka_run_group_tests_name("digits", tests, NULL, NULL);
}
