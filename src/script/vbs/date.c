/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calendar (date.h): splitting, joining, formatting and reading dates. Pure functions, but
 * for vbs_date_now, which reads the clock and the machine's time zone.
 */
#include "script/vbs/date.h"

#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const char *const vbs_month_names[12] = { "January",   "February", "March",    "April",
					  "May",       "June",     "July",     "August",
					  "September", "October",  "November", "December" };
const char *const vbs_weekday_names[7] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
					   "Thursday", "Friday", "Saturday" };

#define DATE_MIN (-657434.0)
#define DATE_MAX 2958466.0
#define DAYS_TO_1970 25569

bool vbs_date_valid(double date)
{
	return date > DATE_MIN - 1 && date < DATE_MAX;
}

/* Day number (1970-01-01 = 0) of a civil date; the month is in range. */
static int64_t civil_to_days(int64_t y, int m, int64_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void civil_from_days(int64_t z, struct vbs_date *ret)
{
	int64_t era, doe, yoe, doy, mp;

	z += 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	ret->day = doy - (153 * mp + 2) / 5 + 1;
	ret->month = mp + (mp < 10 ? 3 : -9);
	ret->year = yoe + era * 400 + (ret->month <= 2);
}

int vbs_date_month_days(int year, int month)
{
	return month == 12 ? 31 : civil_to_days(year, month + 1, 1) - civil_to_days(year, month, 1);
}

void vbs_date_to_seconds(double date, int64_t *ret_days, int *ret_seconds)
{
	double whole = trunc(date);
	int seconds = (int)floor(fabs(date - whole) * 86400 + 0.5);

	*ret_days = (int64_t)whole;
	if (seconds >= 86400) {
		seconds -= 86400;
		*ret_days += 1;
	}
	*ret_seconds = seconds;
}

double vbs_date_from_seconds(int64_t days, int64_t seconds)
{
	days += seconds / 86400;
	seconds %= 86400;
	if (seconds < 0) {
		seconds += 86400;
		days--;
	}
	return days >= 0 ? days + seconds / 86400.0 : days - seconds / 86400.0;
}

void vbs_date_split(double date, struct vbs_date *ret)
{
	int64_t days;
	int seconds;

	vbs_date_to_seconds(date, &days, &seconds);
	civil_from_days(days - DAYS_TO_1970, ret);
	ret->hour = seconds / 3600;
	ret->minute = seconds / 60 % 60;
	ret->second = seconds % 60;
	ret->weekday = (int)(((days + 6) % 7 + 7) % 7) + 1; /* day 0 was a Saturday */
	ret->yearday = days - DAYS_TO_1970 - civil_to_days(ret->year, 1, 1) + 1;
}

bool vbs_date_join(long year, long month, long day, double *ret)
{
	long carry = (month - 1) / 12;
	double date;

	month = (month - 1) % 12;
	if (month < 0) {
		month += 12;
		carry--;
	}
	year += carry;
	if (year < -20000 || year > 20000 || day < -4000000 || day > 4000000)
		return false;
	date = civil_to_days(year, month + 1, day) + DAYS_TO_1970;
	if (!vbs_date_valid(date))
		return false;
	*ret = date;
	return true;
}

double vbs_date_now(void)
{
	int64_t wall = clock_wall();
	time_t t = wall / NSEC_PER_SEC;
	struct tm tm;

	localtime_r(&t, &tm);
	return vbs_date_from_seconds(civil_to_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) +
					     DAYS_TO_1970,
				     tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
}

/* ---- texts ---- */

static int format_time(const struct vbs_date *d, char *out)
{
	return snprintf(out, 24, "%d:%02d:%02d %s", d->hour % 12 ? d->hour % 12 : 12, d->minute,
			d->second, d->hour < 12 ? "AM" : "PM");
}

size_t vbs_date_format(double date, enum vbs_date_style style, char out[VBS_DATE_SIZE])
{
	struct vbs_date d;
	int64_t days;
	int seconds, n = 0;

	vbs_date_to_seconds(date, &days, &seconds);
	vbs_date_split(date, &d);
	switch (style) {
	case VBS_DATE_GENERAL:
		if (days)
			n = snprintf(out, VBS_DATE_SIZE, "%d/%d/%d", d.month, d.day, d.year);
		if (days && seconds)
			out[n++] = ' ';
		if (seconds || !days)
			n += format_time(&d, out + n);
		break;
	case VBS_DATE_LONG:
		n = snprintf(out, VBS_DATE_SIZE, "%s, %s %d, %d", vbs_weekday_names[d.weekday - 1],
			     vbs_month_names[d.month - 1], d.day, d.year);
		break;
	case VBS_DATE_SHORT:
		n = snprintf(out, VBS_DATE_SIZE, "%d/%d/%d", d.month, d.day, d.year);
		break;
	case VBS_DATE_LONGTIME:
		n = format_time(&d, out);
		break;
	case VBS_DATE_SHORTTIME:
		n = snprintf(out, VBS_DATE_SIZE, "%02d:%02d", d.hour, d.minute);
		break;
	}
	return n;
}

/* ---- reading ---- */

struct date_reader {
	char text[64];
	const char *at;
	long numbers[3]; /* in the order of the text */
	int digits[3], count;
	int month;    /* by name, 0 when none */
	int month_at; /* how many numbers stood before it */
	int hour, minute, second;
	bool has_time, dash;
};

static long read_number(struct date_reader *r, int *ret_digits)
{
	long n = 0;

	*ret_digits = 0;
	while (*r->at >= '0' && *r->at <= '9' && *ret_digits < 9) {
		n = n * 10 + (*r->at++ - '0');
		(*ret_digits)++;
	}
	return n;
}

static bool skip_word(struct date_reader *r, const char *word, size_t least)
{
	size_t n = 0;

	while (word[n] && (r->at[n] | 32) == (word[n] | 32))
		n++;
	if (n < least || (word[n] && n != 3 && n != least))
		return false;
	if ((r->at[n] | 32) >= 'a' && (r->at[n] | 32) <= 'z')
		return false;
	r->at += n;
	if (*r->at == '.')
		r->at++;
	return true;
}

static bool read_half_of_day(struct date_reader *r)
{
	bool pm;

	if (skip_word(r, "am", 2) || skip_word(r, "a", 1))
		pm = false;
	else if (skip_word(r, "pm", 2) || skip_word(r, "p", 1))
		pm = true;
	else
		return true;
	if (r->hour > 12)
		return true; /* "13:00 PM" is read as 13:00 */
	r->hour = r->hour % 12 + (pm ? 12 : 0);
	return true;
}

static bool read_time(struct date_reader *r, long hour)
{
	int digits;

	if (r->has_time)
		return false;
	r->has_time = true;
	r->hour = hour;
	while (*r->at == ' ')
		r->at++;
	if (*r->at == ':') {
		r->at++;
		r->minute = read_number(r, &digits);
		if (!digits)
			return false;
		if (*r->at == ':') {
			r->at++;
			r->second = read_number(r, &digits);
			if (!digits)
				return false;
		}
	}
	while (*r->at == ' ')
		r->at++;
	read_half_of_day(r);
	return r->hour < 24 && r->minute < 60 && r->second < 60;
}

static bool read_month_name(struct date_reader *r)
{
	for (int i = 0; i < 12; i++)
		if (skip_word(r, vbs_month_names[i], 3)) {
			if (r->month)
				return false;
			r->month = i + 1;
			r->month_at = r->count;
			return true;
		}
	for (int i = 0; i < 7; i++)
		if (skip_word(r, vbs_weekday_names[i], 3))
			return true;
	return false;
}

static bool is_time_next(const char *at)
{
	while (*at == ' ')
		at++;
	return *at == ':' || ((*at | 32) == 'a' && (at[1] | 32) == 'm') ||
	       ((*at | 32) == 'p' && (at[1] | 32) == 'm');
}

static bool read_parts(struct date_reader *r)
{
	while (*r->at) {
		int digits;
		long n;

		if (strchr(" /,-.", *r->at)) {
			r->at++;
		} else if (*r->at >= '0' && *r->at <= '9') {
			n = read_number(r, &digits);
			if (is_time_next(r->at)) {
				if (!read_time(r, n))
					return false;
			} else if (r->count == 3) {
				return false;
			} else {
				r->digits[r->count] = digits;
				r->numbers[r->count++] = n;
			}
		} else if (!read_month_name(r)) {
			return false;
		}
	}
	return true;
}

static long full_year(long year, int digits)
{
	if (digits > 2 || year > 99)
		return year;
	return year < 30 ? 2000 + year : 1900 + year;
}

static long this_year(void)
{
	struct vbs_date now;

	vbs_date_split(vbs_date_now(), &now);
	return now.year;
}

/* Decides which number is what; month/day/year is the habit of en-US, swapped when it cannot be. */
static bool arrange(struct date_reader *r, long *year, long *month, long *day)
{
	long *n = r->numbers;

	if (r->month) {
		*month = r->month;
		if (r->count == 2 && (r->digits[0] > 2 || n[0] > 31)) {
			*year = full_year(n[0], r->digits[0]);
			*day = n[1];
		} else if (r->count == 2) {
			*day = n[0];
			*year = full_year(n[1], r->digits[1]);
		} else if (r->count == 1 && (r->digits[0] > 2 || n[0] > 31)) {
			*day = 1;
			*year = full_year(n[0], r->digits[0]);
		} else if (r->count == 1) {
			*day = n[0];
			*year = this_year();
		} else {
			return false;
		}
		return true;
	}
	if (r->count == 2) {
		*month = n[0];
		*day = n[1];
		*year = this_year();
		if (r->digits[1] == 4) { /* 3/2026 */
			*day = 1;
			*year = n[1];
		}
	} else if (r->count == 3 && r->digits[0] > 2) {
		*year = n[0];
		*month = n[1];
		*day = n[2];
	} else if (r->count == 3) {
		*month = n[0];
		*day = n[1];
		*year = full_year(n[2], r->digits[2]);
	} else {
		return false;
	}
	if (*month > 12 && *day <= 12) {
		long swap = *month;

		*month = *day;
		*day = swap;
	}
	return true;
}

bool vbs_date_parse(const OLECHAR *s, size_t length, double *ret)
{
	struct date_reader r = { .at = r.text };
	long year = 0, month = 0, day = 0;
	double date = 0;

	if (length >= sizeof r.text)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (s[i] >= 0x80 || !s[i])
			return false;
		r.text[i] = s[i] == '\t' ? ' ' : (char)s[i];
	}
	if (!read_parts(&r) || (!r.count && !r.month && !r.has_time))
		return false;
	if (r.count || r.month) {
		if (!arrange(&r, &year, &month, &day))
			return false;
		if (year < 100 || year > 9999 || month < 1 || month > 12 || day < 1 ||
		    day > vbs_date_month_days(year, month))
			return false;
		if (!vbs_date_join(year, month, day, &date))
			return false;
	}
	*ret = vbs_date_from_seconds((int64_t)date, r.hour * 3600 + r.minute * 60 + r.second);
	return true;
}
