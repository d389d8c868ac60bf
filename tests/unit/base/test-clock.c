/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/clock.h. */
#include "../unit.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

static void formats(void **state)
{
	static const struct {
		int64_t wall;
		const char *iso, *http;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT" },
		{ 784111777 * NSEC_PER_SEC + 123999999, "1994-11-06T08:49:37.123Z",
		  "Sun, 06 Nov 1994 08:49:37 GMT" },
		{ 951782400 * NSEC_PER_SEC, "2000-02-29T00:00:00.000Z",
		  "Tue, 29 Feb 2000 00:00:00 GMT" },
		{ 4107542400 * NSEC_PER_SEC, "2100-03-01T00:00:00.000Z",
		  "Mon, 01 Mar 2100 00:00:00 GMT" },
		{ -1, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char out[CLOCK_ISO_SIZE];
		clock_format_iso(cases[i].wall, out);
		assert_string_equal(out, cases[i].iso);
		clock_format_http(cases[i].wall, out);
		assert_string_equal(out, cases[i].http);
	}
	char out[CLOCK_ISO_SIZE];
	clock_format_iso(INT64_MIN, out);
	assert_int_equal(strlen(out), 24);
	clock_format_http(INT64_MAX, out);
	assert_int_equal(strlen(out), 29);
}

static void the_calendar_agrees_with_the_c_library(void **state)
{
	/* 1 AD 1700 to 2250, in steps that meet every day of the year and hour of the day. */
	for (int64_t s = -INT64_C(8520336000); s < INT64_C(8835984000); s += 86400 * 3 + 3701) {
		time_t t = (time_t)s;
		struct tm tm;
		gmtime_r(&t, &tm);
		char expected[64], out[CLOCK_HTTP_SIZE];
		strftime(expected, sizeof(expected), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		clock_format_http(s * NSEC_PER_SEC, out);
		int64_t back = 0;
		if (strcmp(expected, out) != 0 || clock_parse_http(out, strlen(out), &back) != 0 ||
		    back != s)
			fail_msg("%s, not %s (%lld)", out, expected, (long long)back);
	}
}

static void the_three_forms_parse(void **state)
{
	static const char *const forms[] = { "Sun, 06 Nov 1994 08:49:37 GMT",
					     "Sunday, 06-Nov-94 08:49:37 GMT",
					     "Sun Nov  6 08:49:37 1994" };
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		int64_t s = 0;
		assert_int_equal(clock_parse_http(forms[i], strlen(forms[i]), &s), 0);
		assert_int_equal(s, 784111777);
		/* Every shortened form is refused, and reads nothing behind its end. */
		for (size_t n = 0; n < strlen(forms[i]); n++) {
			char *copy = mem_dup(forms[i], n);
			s = 5;
			assert_int_equal(clock_parse_http(copy, n, &s), -EINVAL);
			assert_int_equal(s, 5);
			mem_free(copy);
		}
	}
	int64_t s;
	assert_int_equal(clock_parse_http("Sun Nov 06 08:49:37 1994", 24, &s), 0);
	assert_int_equal(s, 784111777);
}

static void two_digit_years_are_near(void **state)
{
	time_t now = time(NULL);
	struct tm tm;
	gmtime_r(&now, &tm);
	for (int ahead = -49; ahead <= 50; ahead++) {
		int year = tm.tm_year + 1900 + ahead;
		char date[64], out[CLOCK_ISO_SIZE], expected[16];
		int n = snprintf(date, sizeof(date), "Monday, 01-Jul-%02d 00:00:00 GMT",
				 year % 100);
		int64_t s;
		assert_int_equal(clock_parse_http(date, (size_t)n, &s), 0);
		clock_format_iso(s * NSEC_PER_SEC, out);
		snprintf(expected, sizeof(expected), "%d", year);
		assert_memory_equal(out, expected, 4);
	}
}

static void nonsense_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"yesterday",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun,06 Nov 1994 08:49:37 GMT",
		"sun, 06 Nov 1994 08:49:37 GMT",
		"Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 31 Nov 1994 08:49:37 GMT",
		"Wed, 29 Feb 1900 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:00:00 GMT",
		"Sun, 06 Nov 1994 08:60:00 GMT",
		"Sun, 06 Nov 1994 08:49:61 GMT",
		"Sun, 06 Nox 1994 08:49:37 GMT",
		"Sun, +6 Nov 1994 08:49:37 GMT",
		"Sunny, 06-Nov-94 08:49:37 GMT",
		"Su, 06 Nov 1994 08:49:37 GMT",
		"Sunday, 06 Nov 1994 08:49:37 GMT",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t s;
		if (clock_parse_http(bad[i], strlen(bad[i]), &s) != -EINVAL)
			fail_msg("accepted: %s", bad[i]);
	}
	int64_t s;
	assert_int_equal(clock_parse_http(NULL, 0, &s), -EINVAL);
	assert_int_equal(clock_parse_http("Tue, 29 Feb 2000 23:59:60 GMT", 29, &s), 0);
}

static void clocks_tell_time(void **state)
{
	int64_t a = clock_now(), b = clock_now();
	assert_true(b >= a);
	assert_true(clock_wall() > 1700000000 * NSEC_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(the_calendar_agrees_with_the_c_library),
		cmocka_unit_test(the_three_forms_parse),
		cmocka_unit_test(two_digit_years_are_near),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(clocks_tell_time),
	};
	return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
