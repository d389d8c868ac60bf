/* SPDX-License-Identifier: Apache-2.0 */
/* OLE dates: the negative-day rule, rounding, the calendar's whole range, and text both ways. */
#include "helpers.h"

#include "com/date.h"

static void assert_civil(DATE d, int year, int month, int day, int hour, int minute, int second)
{
	struct date_civil c;

	assert_true(date_to_civil(d, &c));
	assert_int_equal(c.year, year);
	assert_int_equal(c.month, month);
	assert_int_equal(c.day, day);
	assert_int_equal(c.hour, hour);
	assert_int_equal(c.minute, minute);
	assert_int_equal(c.second, second);
}

static void test_to_civil(void **state)
{
	assert_civil(0, 1899, 12, 30, 0, 0, 0);
	assert_civil(0.25, 1899, 12, 30, 6, 0, 0);
	assert_civil(-0.25, 1899, 12, 30, 6, 0, 0);
	assert_civil(-1.25, 1899, 12, 29, 6, 0, 0);
	assert_civil(-1.0, 1899, 12, 29, 0, 0, 0);
	assert_civil(1, 1899, 12, 31, 0, 0, 0);
	assert_civil(36526, 2000, 1, 1, 0, 0, 0);
	assert_civil(46053.75, 2026, 1, 31, 18, 0, 0);
	assert_civil(DATE_FIRST, 100, 1, 1, 0, 0, 0);
	assert_civil(DATE_LAST + 0.5, 9999, 12, 31, 12, 0, 0);
}

static void test_rounding(void **state)
{
	double second = 1.0 / 86400;

	assert_civil(10 + 0.4 * second, 1900, 1, 9, 0, 0, 0);
	assert_civil(10 + 0.6 * second, 1900, 1, 9, 0, 0, 1);
	/* Up to midnight is the next day, also before day zero. */
	assert_civil(10 - 0.4 * second, 1900, 1, 9, 0, 0, 0);
	assert_civil(-1 - (1 - 0.4 * second), 1899, 12, 30, 0, 0, 0);
	assert_civil(DATE_LAST + 1 - 0.4 * second, 9999, 12, 31, 23, 59, 59);
}

static void test_range(void **state)
{
	struct date_civil c;

	assert_false(date_valid(DATE_FIRST - 1));
	assert_true(date_valid(DATE_FIRST - 0.5)); /* day first, half a day after midnight */
	assert_false(date_valid(DATE_LAST + 1));
	assert_false(date_valid(__builtin_nan("")));
	assert_false(date_valid(__builtin_inf()));
	assert_false(date_to_civil(1e300, &c));
}

/* Every day there is: there and back, the weekdays in a row, the day of the year. */
static void test_every_day(void **state)
{
	struct date_civil c, before = { .weekday = 5 /* 0099-12-31 was a Thursday */ };

	for (double d = DATE_FIRST; d <= DATE_LAST; d++) {
		DATE back;

		if (!date_to_civil(d, &c) || !date_from_civil(&c, &back) || back != d)
			fail_msg("day %f", d);
		if (c.weekday != before.weekday % 7 + 1)
			fail_msg("weekday of day %f", d);
		if (c.yearday != (c.month == 1 && c.day == 1 ? 1 : before.yearday + 1))
			fail_msg("day of the year of %f", d);
		if (c.day > date_month_days(c.year, c.month))
			fail_msg("month of %f", d);
		before = c;
	}
	assert_int_equal(c.weekday, 6); /* 9999-12-31 is a Friday */
}

static void test_carry(void **state)
{
	struct date_civil c = { .year = 2026, .month = 13, .day = 0, .hour = 25, .second = -1 };
	DATE d;

	assert_true(date_from_civil(&c, &d));
	assert_civil(d, 2027, 1, 1, 0, 59, 59);
	c = (struct date_civil){ .year = 2024, .month = 3, .day = 0 };
	assert_true(date_from_civil(&c, &d));
	assert_civil(d, 2024, 2, 29, 0, 0, 0);
	c = (struct date_civil){ .year = 2026, .month = -11, .day = 31 };
	assert_true(date_from_civil(&c, &d));
	assert_civil(d, 2025, 1, 31, 0, 0, 0);
	c = (struct date_civil){ .year = 9999, .month = 12, .day = 32 };
	assert_false(date_from_civil(&c, &d));
	c = (struct date_civil){ .year = 99, .month = 12, .day = 31 };
	assert_false(date_from_civil(&c, &d));
	c = (struct date_civil){ .year = 2026, .month = INT32_MAX, .day = 1 };
	assert_false(date_from_civil(&c, &d));
	c = (struct date_civil){
		.year = INT32_MIN, .month = INT32_MIN, .day = INT32_MIN, .hour = INT32_MIN
	};
	assert_false(date_from_civil(&c, &d));
	/* Before day zero the time counts away from it. */
	c = (struct date_civil){ .year = 1899, .month = 12, .day = 29, .hour = 6 };
	assert_true(date_from_civil(&c, &d));
	assert_true(d == -1.25);
}

static const struct {
	const char *text;
	const char *want; /* as DATE_GENERAL, NULL: not a date */
} texts[] = {
	{ "1/31/2026", "1/31/2026" },
	{ " 01-31-26 ", "1/31/2026" },
	{ "31/1/2026", "1/31/2026" },
	{ "2026-01-31", "1/31/2026" },
	{ "2026/1/31", "1/31/2026" },
	{ "2026-31-1", "1/31/2026" },
	{ "31 Jan 2026", "1/31/2026" },
	{ "31-jan-26", "1/31/2026" },
	{ "Jan 31, 2026", "1/31/2026" },
	{ "JANUARY 31 2026", "1/31/2026" },
	{ "2026 January 31", "1/31/2026" },
	{ "Saturday, January 31, 2026", "1/31/2026" },
	{ "Jan 2026", "1/1/2026" },
	{ "1/2026", "1/1/2026" },
	{ "1/1/29", "1/1/2029" },
	{ "1/1/30", "1/1/1930" },
	{ "1/1/100", "1/1/100" },
	{ "2/29/2024", "2/29/2024" },
	{ "2/29/2025", NULL },
	{ "13/13/2026", NULL },
	{ "1/31/2026 2:05:09 PM", "1/31/2026 2:05:09 PM" },
	{ "1/31/2026 14:05", "1/31/2026 2:05:00 PM" },
	{ "2:05 PM 1/31/2026", "1/31/2026 2:05:00 PM" },
	{ "14:05:09", "2:05:09 PM" },
	{ "2pm", "2:00:00 PM" },
	{ "2 pm", "2:00:00 PM" },
	{ "12am", "12:00:00 AM" },
	{ "12:30 am", "12:30:00 AM" },
	{ "12:30 pm", "12:30:00 PM" },
	{ "0:0", "12:00:00 AM" },
	{ "23:59:59", "11:59:59 PM" },
	{ "24:00", NULL },
	{ "13:00 am", NULL },
	{ "12:60", NULL },
	{ "12:30:60", NULL },
	{ "12:", NULL },
	{ ":30", NULL },
	{ "1:2:3:4", NULL },
	{ "1:00 2:00", NULL },
	{ "", NULL },
	{ " ", NULL },
	{ "5", NULL },
	{ "1.5", "1:05:00 AM" }, /* a point parts times where it does not part dates */
	{ "13.30.05", "1:30:05 PM" },
	{ "31.1.2026", NULL },
	{ "1,234", NULL },
	{ "1,2,2026", NULL },
	{ "1//2/2026", NULL },
	{ "/1/2/2026", NULL },
	{ "1/2/2026/", NULL },
	{ "1/2/2026-", NULL },
	{ "1/2/3/4", NULL },
	{ "1/31/20260", NULL },
	{ "Jan", NULL },
	{ "Monday", NULL },
	{ "Jan Feb 2026", NULL },
	{ "Janu 1 2026", NULL },
	{ "PM", NULL },
	{ "2026-01-31T12:00:00", NULL },
	{ "1/1/0099", "1/1/1999" },
	{ "12/31/9999 23:59:59", "12/31/9999 11:59:59 PM" },
};

static bool parse(const char *text, DATE *ret)
{
	OLECHAR units[256];
	size_t n = utf8_to_utf16(text_of(text), units, 256);

	return date_parse(units, n, locale_default(), ret);
}

static void test_parse(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		char out[DATE_TEXT_SIZE];
		DATE d;
		bool ok = parse(texts[i].text, &d);

		if (ok != (texts[i].want != NULL))
			fail_msg("\"%s\": %s", texts[i].text, ok ? "taken" : "refused");
		if (!ok)
			continue;
		date_format(d, DATE_GENERAL, locale_default(), out);
		if (strcmp(out, texts[i].want) != 0)
			fail_msg("\"%s\": %s", texts[i].text, out);
	}
}

static void test_parse_this_year(void **state)
{
	struct date_civil now, c;
	DATE d;

	assert_true(date_to_civil(date_now(), &now));
	assert_true(parse("3/5", &d));
	assert_true(date_to_civil(d, &c));
	/* The year may turn while this runs. */
	assert_in_range(c.year, now.year, now.year + 1);
	assert_int_equal(c.month, 3);
	assert_int_equal(c.day, 5);
	assert_true(parse("5 march", &d));
	assert_true(date_to_civil(d, &c));
	assert_int_equal(c.month, 3);
}

static void test_format(void **state)
{
	char out[DATE_TEXT_SIZE];

	date_format(46053 + (14 * 3600 + 5 * 60 + 9) / 86400.0, DATE_GENERAL, locale_default(),
		    out);
	assert_string_equal(out, "1/31/2026 2:05:09 PM");
	date_format(46053.5, DATE_LONG_DATE, locale_default(), out);
	assert_string_equal(out, "Saturday, January 31, 2026");
	date_format(46053.5, DATE_SHORT_DATE, locale_default(), out);
	assert_string_equal(out, "1/31/2026");
	date_format(46053.5, DATE_LONG_TIME, locale_default(), out);
	assert_string_equal(out, "12:00:00 PM");
	date_format(46053.25, DATE_SHORT_TIME, locale_default(), out);
	assert_string_equal(out, "06:00");
	date_format(0, DATE_GENERAL, locale_default(), out);
	assert_string_equal(out, "12:00:00 AM");
	assert_int_equal(date_format(1e10, DATE_GENERAL, locale_default(), out), 0);
	assert_string_equal(out, "");
}

static void test_years(void **state)
{
	assert_int_equal(date_year(29), 2029);
	assert_int_equal(date_year(30), 1930);
	assert_int_equal(date_year(100), 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_to_civil),        cmocka_unit_test(test_rounding),
		cmocka_unit_test(test_range),           cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_carry),           cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_this_year), cmocka_unit_test(test_format),
		cmocka_unit_test(test_years),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
