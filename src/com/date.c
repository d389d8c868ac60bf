/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OLE dates and civil time (com/date.h): the arithmetic and the en-US text forms. Reading text is
 * in date-parse.c. Pure but for date_now and date_from_wall; any thread.
 */
#include "com/date.h"

#include "base/clock.h"
#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#define SECONDS_PER_DAY 86400

/* Days from 0000-03-01 (proleptic Gregorian) to 1899-12-30. */
#define EPOCH_FROM_MARCH_0000 693899

static const char *const month_names[12] = {
	"January", "February", "March",     "April",   "May",      "June",
	"July",    "August",   "September", "October", "November", "December",
};
static const char *const month_short[12] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
};
static const char *const weekday_names[7] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
};
static const char *const weekday_short[7] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

const char *date_month_name(int month, bool abbreviate)
{
	if (month < 1 || month > 12)
		return NULL;
	return abbreviate ? month_short[month - 1] : month_names[month - 1];
}

const char *date_weekday_name(int weekday, bool abbreviate)
{
	if (weekday < 1 || weekday > 7)
		return NULL;
	return abbreviate ? weekday_short[weekday - 1] : weekday_names[weekday - 1];
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The day number of a civil date whose month may be any integer. A year that begins in March puts
 * the leap day at its end, so that the months have a regular pattern of 153 days per five. */
static int64_t day_number(int64_t year, int64_t month, int64_t day)
{
	int64_t months = year * 12 + (month - 1) - 2; /* from March of year 0 */
	int64_t y = floor_div(months, 12), m = months - y * 12;

	return y * 365 + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) +
	       (153 * m + 2) / 5 + (day - 1) - EPOCH_FROM_MARCH_0000;
}

static void civil_of_day(int64_t number, struct date_civil *c)
{
	int64_t n = number + EPOCH_FROM_MARCH_0000;
	int64_t era = floor_div(n, 146097), of_era = n - era * 146097; /* 400 years */
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;

	c->day = (int)(of_year - (153 * m + 2) / 5) + 1;
	c->month = (int)(m < 10 ? m + 3 : m - 9);
	c->year = (int)(y + era * 400 + (c->month <= 2));
	/* Day 0, 1899-12-30, was a Saturday. */
	c->weekday = (int)(((number % 7) + 7 + 6) % 7) + 1;
	c->yearday = (int)(number - day_number(c->year, 1, 1)) + 1;
}

/* The negative-day rule: the time always counts away from zero. */
static DATE date_of(int64_t day, int64_t seconds)
{
	double time = (double)seconds / SECONDS_PER_DAY;

	return day >= 0 ? (double)day + time : (double)day - time;
}

bool date_valid(DATE d)
{
	return d > DATE_FIRST - 1.0 && d < DATE_LAST + 1.0;
}

bool date_from_civil(const struct date_civil *c, DATE *ret)
{
	int64_t seconds = (int64_t)c->hour * 3600 + (int64_t)c->minute * 60 + c->second;
	int64_t carry = floor_div(seconds, SECONDS_PER_DAY);
	int64_t day = day_number(c->year, c->month, c->day) + carry;

	if (day < (int64_t)DATE_FIRST || day > (int64_t)DATE_LAST)
		return false;
	*ret = date_of(day, seconds - carry * SECONDS_PER_DAY);
	return true;
}

bool date_to_civil(DATE d, struct date_civil *ret)
{
	if (!date_valid(d))
		return false;
	int64_t day = (int64_t)d;
	int64_t seconds = llround(fabs(d - (double)day) * SECONDS_PER_DAY);

	if (seconds >= SECONDS_PER_DAY) {
		/* Less than half a second before midnight; the last second of time stays. */
		if (day >= (int64_t)DATE_LAST) {
			seconds = SECONDS_PER_DAY - 1;
		} else {
			seconds = 0;
			day++;
		}
	}
	civil_of_day(day, ret);
	ret->hour = (int)(seconds / 3600);
	ret->minute = (int)(seconds / 60 % 60);
	ret->second = (int)(seconds % 60);
	return true;
}

DATE date_day(DATE d)
{
	return trunc(d);
}

DATE date_time(DATE d)
{
	return fabs(d - trunc(d));
}

int date_year(int year)
{
	if (year < 0 || year > 99)
		return year;
	return year < 30 ? 2000 + year : 1900 + year;
}

int date_month_days(int year, int month)
{
	static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static int clock_text(const struct date_civil *c, char *out, size_t size)
{
	return snprintf(out, size, "%d:%02d:%02d %s", c->hour % 12 ? c->hour % 12 : 12, c->minute,
			c->second, c->hour < 12 ? "AM" : "PM");
}

static int general_text(const struct date_civil *c, char *out, size_t size)
{
	bool midnight = !c->hour && !c->minute && !c->second;
	bool day_zero = c->year == 1899 && c->month == 12 && c->day == 30;

	if (day_zero)
		return clock_text(c, out, size);
	int n = snprintf(out, size, "%d/%d/%d", c->month, c->day, c->year);

	if (!midnight) {
		out[n++] = ' ';
		n += clock_text(c, out + n, size - (size_t)n);
	}
	return n;
}

size_t date_format(DATE d, enum date_form form, char out[DATE_TEXT_SIZE])
{
	struct date_civil c;
	int n = 0;

	out[0] = '\0';
	if (!date_to_civil(d, &c))
		return 0;
	switch (form) {
	case DATE_GENERAL:
		n = general_text(&c, out, DATE_TEXT_SIZE);
		break;
	case DATE_LONG_DATE:
		n = snprintf(out, DATE_TEXT_SIZE, "%s, %s %d, %d", weekday_names[c.weekday - 1],
			     month_names[c.month - 1], c.day, c.year);
		break;
	case DATE_SHORT_DATE:
		n = snprintf(out, DATE_TEXT_SIZE, "%d/%d/%d", c.month, c.day, c.year);
		break;
	case DATE_LONG_TIME:
		n = clock_text(&c, out, DATE_TEXT_SIZE);
		break;
	case DATE_SHORT_TIME:
		n = snprintf(out, DATE_TEXT_SIZE, "%02d:%02d", c.hour, c.minute);
		break;
	}
	return (size_t)n;
}

DATE date_from_wall(int64_t wall)
{
	time_t seconds = (time_t)floor_div(wall, NSEC_PER_SEC);
	struct tm tm;
	DATE d = 0;

	if (!localtime_r(&seconds, &tm))
		return 0;
	struct date_civil c = { .year = tm.tm_year + 1900,
				.month = tm.tm_mon + 1,
				.day = tm.tm_mday,
				.hour = tm.tm_hour,
				.minute = tm.tm_min,
				.second = tm.tm_sec < 60 ? tm.tm_sec : 59 };

	/* Outside the years of a DATE there is only day zero to give. */
	(void)date_from_civil(&c, &d);
	return d;
}

DATE date_now(void)
{
	return date_from_wall(clock_wall());
}
