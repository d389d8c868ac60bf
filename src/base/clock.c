/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clocks and the two ways this server writes a moment. Any thread; owns nothing. The calendar is
 * computed here: gmtime() and strftime() would bring locale and locks into every response.
 */
#include "base/clock.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

static int64_t clock_read(clockid_t id)
{
	struct timespec ts;
	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

int64_t clock_now(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

int64_t clock_wall(void)
{
	return clock_read(CLOCK_REALTIME);
}

static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char *const day_names[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
					 "Thursday", "Friday", "Saturday" };

struct moment {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second, msec, weekday;
};

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar. The year is taken to begin
 * in March, so that the leap day is its last. */
static int64_t days_from_date(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

static struct moment moment_from_wall(int64_t wall)
{
	int64_t seconds = floor_div(wall, NSEC_PER_SEC);
	int64_t days = floor_div(seconds, 86400);
	int rest = (int)(seconds - days * 86400);
	int64_t z = days + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (int)((5 * doy + 2) / 153);
	struct moment m = {
		.month = mp < 10 ? mp + 3 : mp - 9,
		.day = (int)(doy - (153 * mp + 2) / 5 + 1),
		.hour = rest / 3600,
		.minute = rest / 60 % 60,
		.second = rest % 60,
		.msec = (int)((wall % NSEC_PER_SEC + NSEC_PER_SEC) % NSEC_PER_SEC / NSEC_PER_MSEC),
		.weekday = (int)(((days + 4) % 7 + 7) % 7), /* 1970-01-01 was a Thursday */
	};
	m.year = (int)(yoe + era * 400) + (m.month <= 2 ? 1 : 0);
	return m;
}

void clock_format_iso(int64_t wall, char out[CLOCK_ISO_SIZE])
{
	struct moment m = moment_from_wall(wall);
	snprintf(out, CLOCK_ISO_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
		 (unsigned)m.year % 10000, (unsigned)m.month % 100, (unsigned)m.day % 100,
		 (unsigned)m.hour % 100, (unsigned)m.minute % 100, (unsigned)m.second % 100,
		 (unsigned)m.msec % 1000);
}

void clock_format_http(int64_t wall, char out[CLOCK_HTTP_SIZE])
{
	struct moment m = moment_from_wall(wall);
	snprintf(out, CLOCK_HTTP_SIZE, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
		 day_names[m.weekday], (unsigned)m.day % 100, month_names + 3 * (m.month - 1),
		 (unsigned)m.year % 10000, (unsigned)m.hour % 100, (unsigned)m.minute % 100,
		 (unsigned)m.second % 100);
}

/* A reader over the text that remembers that something was wrong. */
struct reader {
	struct text t;
	bool bad;
};

static void read_literal(struct reader *r, const char *literal)
{
	struct text want = text_of(literal);
	if (r->bad || !text_starts_with(r->t, want)) {
		r->bad = true;
		return;
	}
	r->t.data += want.length;
	r->t.length -= want.length;
}

static int read_digits(struct reader *r, size_t count)
{
	uint64_t value = 0;
	if (r->bad || r->t.length < count ||
	    !text_to_u64((struct text){ r->t.data, count }, &value)) {
		r->bad = true;
		return 0;
	}
	r->t.data += count;
	r->t.length -= count;
	return (int)value;
}

static int read_month(struct reader *r)
{
	for (int i = 0; i < 12 && !r->bad; i++) {
		struct text name = { month_names + 3 * i, 3 };
		if (text_starts_with(r->t, name)) {
			r->t.data += 3;
			r->t.length -= 3;
			return i + 1;
		}
	}
	r->bad = true;
	return 1;
}

static void read_time(struct reader *r, struct moment *m)
{
	m->hour = read_digits(r, 2);
	read_literal(r, ":");
	m->minute = read_digits(r, 2);
	read_literal(r, ":");
	m->second = read_digits(r, 2);
}

/* RFC 9110 5.6.7: a two-digit year more than 50 years ahead means the past century. */
static int year_of_two_digits(int yy)
{
	int now = moment_from_wall(clock_wall()).year;
	int year = now - now % 100 + yy;
	return year > now + 50 ? year - 100 : year;
}

static bool moment_valid(const struct moment *m)
{
	static const char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (m->year % 4 == 0 && m->year % 100 != 0) || m->year % 400 == 0;
	int last = days[m->month - 1] + (m->month == 2 && leap ? 1 : 0);
	return m->day >= 1 && m->day <= last && m->hour <= 23 && m->minute <= 59 && m->second <= 60;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", after the comma. */
static void read_fixdate(struct reader *r, struct moment *m)
{
	read_literal(r, ", ");
	m->day = read_digits(r, 2);
	read_literal(r, " ");
	m->month = read_month(r);
	read_literal(r, " ");
	m->year = read_digits(r, 4);
	read_literal(r, " ");
	read_time(r, m);
	read_literal(r, " GMT");
}

/* "Sunday, 06-Nov-94 08:49:37 GMT", after the name of the day. */
static void read_rfc850(struct reader *r, struct moment *m)
{
	read_literal(r, ", ");
	m->day = read_digits(r, 2);
	read_literal(r, "-");
	m->month = read_month(r);
	read_literal(r, "-");
	m->year = year_of_two_digits(read_digits(r, 2));
	read_literal(r, " ");
	read_time(r, m);
	read_literal(r, " GMT");
}

/* "Sun Nov  6 08:49:37 1994", after the name of the day. */
static void read_asctime(struct reader *r, struct moment *m)
{
	read_literal(r, " ");
	m->month = read_month(r);
	read_literal(r, " ");
	if (r->t.length > 0 && r->t.data[0] == ' ') {
		read_literal(r, " ");
		m->day = read_digits(r, 1);
	} else {
		m->day = read_digits(r, 2);
	}
	read_literal(r, " ");
	read_time(r, m);
	read_literal(r, " ");
	m->year = read_digits(r, 4);
}

int clock_parse_http(const char *data, size_t length, int64_t *ret_seconds)
{
	struct reader r = { .t = { data, length } };
	struct moment m = { .month = 1 };
	size_t name = 0;
	while (name < length && data[name] != ',' && data[name] != ' ')
		name++;
	size_t day = 0;
	while (day < 7 && (name < 3 || memcmp(day_names[day], data, 3) != 0))
		day++;
	if (day == 7)
		return -EINVAL;
	bool full = text_equal((struct text){ data, name }, text_of(day_names[day]));
	if (!full && name != 3)
		return -EINVAL;
	r.t.data += name;
	r.t.length -= name;
	if (full)
		read_rfc850(&r, &m);
	else if (text_starts_with(r.t, TEXT(",")))
		read_fixdate(&r, &m);
	else
		read_asctime(&r, &m);
	if (r.bad || r.t.length > 0 || !moment_valid(&m))
		return -EINVAL;
	*ret_seconds = days_from_date(m.year, m.month, m.day) * 86400 + m.hour * 3600 +
		       m.minute * 60 + m.second;
	return 0;
}
