/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OLE dates and civil time (com/date.h): the arithmetic and the text forms. Reading text is
 * in date-parse.c. Pure but for date_now and date_from_wall; any thread.
 */
#include "com/date.h"

#include "base/clock.h"
#include "base/mem.h"

#include <math.h>
#include <time.h>

#define SECONDS_PER_DAY 86400

/* Days from 0000-03-01 (proleptic Gregorian) to 1899-12-30. */
#define EPOCH_FROM_MARCH_0000 693899

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

/* ---- text ---- */

struct writer {
	const struct locale *locale;
	const struct date_civil *c;
	char *at, *end; /* the end leaves room for the NUL */
	bool day;       /* a day's number was written: names of months in the genitive */
};

static void put(struct writer *w, struct text t)
{
	size_t room = (size_t)(w->end - w->at);

	/* Rows of the table fit: this only keeps a wrong row from doing harm. */
	if (t.length > room)
		t.length = room;
	memcpy(w->at, t.data, t.length);
	w->at += t.length;
}

/* At least `least` digits; n is never negative. */
static void put_number(struct writer *w, int n, int least)
{
	char digits[16], *end = digits + sizeof digits, *at = end;

	for (; n || least > 0; n /= 10, least--)
		*--at = (char)('0' + n % 10);
	put(w, (struct text){ at, (size_t)(end - at) });
}

/* One field of a pattern: `count` times the letter `kind`. */
static void put_field(struct writer *w, char kind, int count)
{
	const struct date_civil *c = w->c;
	int least = count > 1 ? 2 : 1;

	switch (kind) {
	case 'd':
		if (count > 2)
			put(w, locale_weekday(w->locale, c->weekday, count == 3));
		else
			put_number(w, c->day, least);
		break;
	case 'M':
		if (count > 2)
			put(w, locale_month(w->locale, c->month, count == 3, w->day));
		else
			put_number(w, c->month, least);
		break;
	case 'y':
		put_number(w, count > 2 ? c->year : c->year % 100, count > 2 ? 1 : 2);
		break;
	case 'h':
		put_number(w, c->hour % 12 ? c->hour % 12 : 12, least);
		break;
	case 'H':
		put_number(w, c->hour, least);
		break;
	case 'm':
		put_number(w, c->minute, least);
		break;
	case 's':
		put_number(w, c->second, least);
		break;
	case 't':
		put(w, text_of(c->hour < 12 ? w->locale->am : w->locale->pm));
		break;
	default:
		break;
	}
}

static bool has_day_number(const char *pattern)
{
	for (const char *p = pattern; (p = strchr(p, 'd')); p += strspn(p, "d"))
		if (strspn(p, "d") <= 2)
			return true;
	return false;
}

static void put_pattern(struct writer *w, const char *pattern)
{
	w->day = has_day_number(pattern);
	for (const char *p = pattern; *p;) {
		size_t n = 1;

		if (*p == '\'') {
			n = strcspn(p + 1, "'");
			put(w, (struct text){ p + 1, n });
			n += p[n + 1] ? 2 : 1;
		} else if (strchr("dMyhHmst", *p)) {
			n = strspn(p, (const char[]){ *p, 0 });
			put_field(w, *p, (int)n);
		} else {
			put(w, (struct text){ p, 1 });
		}
		p += n;
	}
}

static void put_general(struct writer *w)
{
	const struct date_civil *c = w->c;
	bool midnight = !c->hour && !c->minute && !c->second;
	bool day_zero = c->year == 1899 && c->month == 12 && c->day == 30;

	if (!day_zero)
		put_pattern(w, w->locale->short_date);
	if (!day_zero && !midnight)
		put(w, TEXT(" "));
	if (day_zero || !midnight)
		put_pattern(w, w->locale->long_time);
}

size_t date_format(DATE d, enum date_form form, const struct locale *locale,
		   char out[DATE_TEXT_SIZE])
{
	struct date_civil c;
	struct writer w = { .locale = locale, .c = &c, .at = out, .end = out + DATE_TEXT_SIZE - 1 };

	out[0] = '\0';
	if (!date_to_civil(d, &c))
		return 0;
	switch (form) {
	case DATE_GENERAL:
		put_general(&w);
		break;
	case DATE_LONG_DATE:
		put_pattern(&w, locale->long_date);
		break;
	case DATE_SHORT_DATE:
		put_pattern(&w, locale->short_date);
		break;
	case DATE_LONG_TIME:
		put_pattern(&w, locale->long_time);
		break;
	case DATE_SHORT_TIME:
		put_pattern(&w, "HH:mm");
		break;
	}
	*w.at = '\0';
	return (size_t)(w.at - out);
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
