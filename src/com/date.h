/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OLE automation dates ([MS-OAUT] 2.2.25): a double that counts days from 1899-12-30 00:00, local
 * time. The whole part is the day, the absolute value of the fraction is the time of that day, so
 * -1.25 is 1899-12-29 06:00 and both 0.5 and -0.5 are 1899-12-30 12:00. Years 100 to 9999.
 *
 * Used by the conversions (com/variant-convert.c), by the script engines' date functions and by
 * the file system objects. Everything here is pure but for date_parse, date_now and date_from_wall,
 * which look at the machine's clock and time zone. All functions are thread safe.
 */
#pragma once

#include "com/locale.h"

#include <surrogate/com.h>

#define DATE_FIRST (-657434.0) /* 0100-01-01 */
#define DATE_LAST 2958465.0    /* 9999-12-31 */

struct date_civil {
	int year, month, day;     /* 100..9999, 1..12, 1..31 */
	int hour, minute, second; /* 0..23, 0..59, 0..59 */
	int weekday;              /* 1 = Sunday .. 7 = Saturday; not read by date_from_civil */
	int yearday;              /* 1..366; not read by date_from_civil */
};

/* True when `d` is a date at all: finite, from year 100 to the end of year 9999. */
bool date_valid(DATE d);

/* Month, day, hour, minute and second may lie outside their ranges and carry over, as DateSerial
 * and TimeSerial want it (month 13 is January of the next year, day 0 the last of the month
 * before). The year is taken as it is: two-digit years are the caller's business (date_year).
 * False, and `*ret` untouched, when the result is before year 100 or after 9999. */
bool date_from_civil(const struct date_civil *c, DATE *ret);

/* Rounds to the nearest second, as automation does. False when !date_valid(d). */
bool date_to_civil(DATE d, struct date_civil *ret);

/* Two-digit years: 0..29 is 2000..2029, 30..99 is 1930..1999; others as they are. */
int date_year(int year);

/* The number of days of a month (1..12) in the proleptic Gregorian calendar. */
int date_month_days(int year, int month);

/* Reads a date, a time, or both in either order, as VarDateFromStr does: "1/31/2026", "1-31-26",
 * "2026-01-31", "31 Jan 2026", "January 31, 2026", "Sat, Jan 31", "Jan 2026", "1/31"; "14:05",
 * "2:05:09 PM", "2pm", and what date_format writes in that locale. Numbers are tried in the
 * locale's order first, then in the others ("31/1/2026" in en-US). "." is between the parts of a
 * date where the locale writes so, else between those of a time. A missing year is the current
 * one, a missing day the first. False when it is not a date. */
bool date_parse(const OLECHAR *units, size_t length, const struct locale *locale, DATE *ret);

enum date_form {
	DATE_GENERAL, /* "1/31/2026 2:05:09 PM"; without the time at midnight, the date on day 0 */
	DATE_LONG_DATE,  /* "Saturday, January 31, 2026" */
	DATE_SHORT_DATE, /* "1/31/2026" */
	DATE_LONG_TIME,  /* "2:05:09 PM" */
	DATE_SHORT_TIME, /* "14:05" */
};
#define DATE_TEXT_SIZE 160
/* UTF-8, NUL-terminated; returns the length, 0 (and "") when !date_valid(d). The values of `form`
 * are those of FormatDateTime; DATE_SHORT_TIME is "14:05" in every locale, as documented there. */
size_t date_format(DATE d, enum date_form form, const struct locale *locale,
		   char out[DATE_TEXT_SIZE]);

/* Local time of the machine's clock, in whole seconds, and of nanoseconds since 1970 UTC. */
DATE date_now(void);
DATE date_from_wall(int64_t wall);
