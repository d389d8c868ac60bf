/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Built-in functions: dates and times.
 */
#include "script/vbs/builtin-args.h"

#include "base/clock.h"
#include "script/vbs/date.h"

#include <math.h>
#include <time.h>

static void split(double d, struct date_civil *ret)
{
	/* Arguments are valid dates: arg_date saw to it. */
	*ret = (struct date_civil){ .year = 1899, .month = 12, .day = 30, .weekday = 7 };
	date_to_civil(d, ret);
}

static HRESULT arg_date(struct vbs_engine *e, struct value *v, double *ret)
{
	struct value out = VALUE_EMPTY;
	HRESULT hr = vbs_to_type(&e->heap, v, VT_DATE, &out);

	if (SUCCEEDED(hr))
		*ret = out.d;
	return hr;
}

static HRESULT return_date(double d, struct value *ret)
{
	if (!date_valid(d))
		return VBS_HR(5);
	return return_value(VALUE_DATE(d), ret);
}

BUILTIN(now)
{
	(void)e, (void)args, (void)argc;
	return return_date(date_now(), ret);
}

BUILTIN(date)
{
	(void)e, (void)args, (void)argc;
	return return_date(trunc(date_now()), ret);
}

BUILTIN(time)
{
	double now = date_now();

	(void)e, (void)args, (void)argc;
	return return_date(now - trunc(now), ret);
}

BUILTIN(timer)
{
	double seconds = fmod(date_now(), 1) * 86400;
	int64_t hundredths = clock_wall() % NSEC_PER_SEC / 10000000;
	double part = (double)hundredths / 100;

	(void)e, (void)args, (void)argc;
	return return_value((struct value){ .type = VT_R4, .d = (float)(round(seconds) + part) },
			    ret);
}

/* The parts of dates and times are Integers: error 6 outside. */
static HRESULT arg_part(struct vbs_engine *e, struct value *arg, int32_t *ret)
{
	HRESULT hr = vbs_to_int(&e->heap, arg, ret);

	return SUCCEEDED(hr) && *ret != (int16_t)*ret ? VBS_HR(6) : hr;
}

BUILTIN(dateserial)
{
	int32_t part[3];
	double d;

	(void)argc;
	for (int i = 0; i < 3; i++) {
		HRESULT hr = arg_part(e, &args[i], &part[i]);

		if (FAILED(hr))
			return hr;
	}
	if (part[0] >= 0 && part[0] < 100)
		part[0] += part[0] < 30 ? 2000 : 1900;
	else if (part[0] < 0)
		part[0] += 2000; /* -1 is 1999, as the automation library has it */
	if (!vbs_date_join(part[0], part[1], part[2], &d))
		return VBS_HR(5);
	return return_date(d, ret);
}

BUILTIN(timeserial)
{
	int32_t part[3];
	int64_t seconds;

	(void)argc;
	for (int i = 0; i < 3; i++) {
		HRESULT hr = arg_part(e, &args[i], &part[i]);

		if (FAILED(hr))
			return hr;
	}
	seconds = part[0] * INT64_C(3600) + part[1] * INT64_C(60) + part[2];
	return return_date(vbs_date_from_seconds(0, seconds), ret);
}

BUILTIN(datevalue)
{
	double d;
	HRESULT hr;

	(void)argc;
	if (arg_null(args, 0))
		return VBS_HR(94);
	hr = arg_date(e, &args[0], &d);
	return FAILED(hr) ? hr : return_date(trunc(d), ret);
}

BUILTIN(timevalue)
{
	double d;
	HRESULT hr;

	(void)argc;
	if (arg_null(args, 0))
		return VBS_HR(94);
	hr = arg_date(e, &args[0], &d);
	return FAILED(hr) ? hr : return_date(fabs(d - trunc(d)), ret);
}

/* One number of a date; Null for Null. */
#define DATE_PART(name, field)                                                                     \
	BUILTIN(name)                                                                              \
	{                                                                                          \
		struct date_civil parts;                                                           \
		double d;                                                                          \
		HRESULT hr;                                                                        \
		(void)argc;                                                                        \
		if (arg_null(args, 0))                                                             \
			return return_value(VALUE_NULL, ret);                                      \
		hr = arg_date(e, &args[0], &d);                                                    \
		if (FAILED(hr))                                                                    \
			return hr;                                                                 \
		split(d, &parts);                                                                  \
		return return_value(VALUE_I2(parts.field), ret);                                   \
	}
DATE_PART(year, year)
DATE_PART(month, month)
DATE_PART(day, day)
DATE_PART(hour, hour)
DATE_PART(minute, minute)
DATE_PART(second, second)

/* 1..7 counted from `first` (1: Sunday). */
static int weekday_from(int weekday, int first)
{
	return (weekday - first + 7) % 7 + 1;
}

/* The first day of the week, 1..7; an argument of 0 (vbUseSystem) is the locale's. */
static HRESULT arg_first_day(struct vbs_engine *e, struct value *args, unsigned argc, unsigned i,
			     int32_t fallback, int32_t *ret)
{
	HRESULT hr = arg_long(e, args, argc, i, fallback, ret);

	if (FAILED(hr))
		return hr;
	if (*ret < 0 || *ret > 7)
		return VBS_HR(5);
	if (!*ret)
		*ret = e->locale->first_day;
	return S_OK;
}

BUILTIN(weekday)
{
	struct date_civil parts;
	int32_t first;
	double d;
	HRESULT hr;

	hr = arg_first_day(e, args, argc, 1, 1, &first);
	if (SUCCEEDED(hr) && arg_null(args, 0))
		return return_value(VALUE_NULL, ret);
	if (SUCCEEDED(hr))
		hr = arg_date(e, &args[0], &d);
	if (FAILED(hr))
		return hr;
	split(d, &parts);
	return return_value(VALUE_I2(weekday_from(parts.weekday, first)), ret);
}

BUILTIN(weekdayname)
{
	int32_t day, first;
	struct text name;
	bool brief = false;
	HRESULT hr = vbs_to_int(&e->heap, &args[0], &day);

	if (SUCCEEDED(hr) && arg_given(args, argc, 1))
		hr = vbs_to_bool(&e->heap, &args[1], &brief);
	if (SUCCEEDED(hr))
		hr = arg_first_day(e, args, argc, 2, 0, &first);
	if (FAILED(hr))
		return hr;
	if (day < 1 || day > 7)
		return VBS_HR(5);
	name = locale_weekday(e->locale, (day - 1 + first - 1) % 7 + 1, brief);
	return return_ascii(e, name.data, name.length, ret);
}

BUILTIN(monthname)
{
	int32_t month;
	struct text name;
	bool brief = false;
	HRESULT hr = S_OK;

	/* The last argument is looked at first. */
	if (arg_given(args, argc, 1))
		hr = vbs_to_bool(&e->heap, &args[1], &brief);
	if (SUCCEEDED(hr))
		hr = vbs_to_int(&e->heap, &args[0], &month);
	if (FAILED(hr))
		return hr;
	if (month < 1 || month > 12)
		return VBS_HR(5);
	name = locale_month(e->locale, month, brief, false);
	return return_ascii(e, name.data, name.length, ret);
}

/* ---- intervals ---- */

enum interval { YEARS, QUARTERS, MONTHS, YEARDAYS, DAYS, WEEKDAYS, WEEKS, HOURS, MINUTES, SECONDS };

static HRESULT arg_interval(struct vbs_engine *e, struct value *v, enum interval *ret)
{
	static const char *const names[] = { "yyyy", "q", "m", "y", "d", "w", "ww", "h", "n", "s" };
	BSTR s;
	HRESULT hr = vbs_to_string(&e->heap, v, &s);

	if (FAILED(hr))
		return hr;
	hr = VBS_HR(5);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t n = strlen(names[i]), k = 0;

		while (k < n && k < units_of(s) && vbs_fold(s[k]) == (OLECHAR)names[i][k])
			k++;
		if (k == n && n == units_of(s)) {
			*ret = i;
			hr = S_OK;
		}
	}
	SysFreeString(s);
	return hr;
}

/* The day is cut to what the month has: January 31 plus a month is February's last. */
static bool add_months(double date, double months, double *ret)
{
	struct date_civil p;
	double day, time = fabs(date - trunc(date));
	long total;

	if (fabs(months) > 200000)
		return false;
	split(date, &p);
	total = p.year * 12L + p.month - 1 + (long)months;
	if (total < 1200 || total / 12 > 9999)
		return false;
	if (p.day > date_month_days(total / 12, total % 12 + 1))
		p.day = date_month_days(total / 12, total % 12 + 1);
	if (!vbs_date_join(total / 12, total % 12 + 1, p.day, &day))
		return false;
	*ret = day >= 0 ? day + time : day - time;
	return true;
}

static bool add_seconds(double date, double seconds, double *ret)
{
	int64_t days;
	int of_day;

	if (fabs(seconds) > 3e11)
		return false;
	vbs_date_to_seconds(date, &days, &of_day);
	*ret = vbs_date_from_seconds(days, of_day + (int64_t)seconds);
	return true;
}

BUILTIN(dateadd)
{
	enum interval interval;
	double n, date, out;
	bool ok;
	HRESULT hr;

	(void)argc;
	if (arg_null(args, 1))
		return VBS_HR(94);
	if (arg_null(args, 2))
		return return_value(VALUE_NULL, ret);
	hr = arg_interval(e, &args[0], &interval);
	if (SUCCEEDED(hr))
		hr = vbs_to_double(&e->heap, &args[1], &n);
	if (SUCCEEDED(hr))
		hr = arg_date(e, &args[2], &date);
	if (FAILED(hr))
		return hr;
	n = vbs_round_even(n);
	switch (interval) {
	case YEARS:
		ok = add_months(date, n * 12, &out);
		break;
	case QUARTERS:
		ok = add_months(date, n * 3, &out);
		break;
	case MONTHS:
		ok = add_months(date, n, &out);
		break;
	case HOURS:
		ok = add_seconds(date, n * 3600, &out);
		break;
	case MINUTES:
		ok = add_seconds(date, n * 60, &out);
		break;
	case SECONDS:
		ok = add_seconds(date, n, &out);
		break;
	default:
		ok = add_seconds(date, n * (interval == WEEKS ? 7 : 1) * 86400, &out);
	}
	return ok ? return_date(out, ret) : VBS_HR(5);
}

/* Whole weeks of the calendar, which begin on `first`, since day 0. */
static int64_t week_number(int64_t days, int first)
{
	int64_t shifted = days + 6 - (first - 1);

	return shifted >= 0 ? shifted / 7 : -((6 - shifted) / 7);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* DateDiff(interval, from, to[, first day of the week[, first week of the year]]) */
BUILTIN(datediff)
{
	enum interval interval;
	struct date_civil p, q;
	int64_t days[2], n, span;
	int seconds[2];
	double from, to;
	int32_t first;
	HRESULT hr;

	if (arg_null(args, 1) || arg_null(args, 2))
		return return_value(VALUE_NULL, ret);
	hr = arg_interval(e, &args[0], &interval);
	if (SUCCEEDED(hr))
		hr = arg_date(e, &args[1], &from);
	if (SUCCEEDED(hr))
		hr = arg_date(e, &args[2], &to);
	if (SUCCEEDED(hr))
		hr = arg_first_day(e, args, argc, 3, 1, &first);
	if (FAILED(hr))
		return hr;
	split(from, &p);
	split(to, &q);
	vbs_date_to_seconds(from, &days[0], &seconds[0]);
	vbs_date_to_seconds(to, &days[1], &seconds[1]);
	span = days[1] - days[0];
	switch (interval) {
	case YEARS:
		n = q.year - p.year;
		break;
	case QUARTERS:
		n = (q.year * 4 + (q.month - 1) / 3) - (p.year * 4 + (p.month - 1) / 3);
		break;
	case MONTHS:
		n = (q.year * 12 + q.month) - (p.year * 12 + p.month);
		break;
	case WEEKDAYS:
		n = span / 7;
		break;
	case WEEKS:
		n = week_number(days[1], first) - week_number(days[0], first);
		break;
	case HOURS:
		n = span * 24 + seconds[1] / 3600 - seconds[0] / 3600;
		break;
	case MINUTES:
		n = span * 1440 + seconds[1] / 60 - seconds[0] / 60;
		break;
	case SECONDS:
		n = span * 86400 + seconds[1] - seconds[0];
		break;
	default:
		n = span;
	}
	if (n > INT32_MAX || n < INT32_MIN)
		return VBS_HR(6);
	return return_value(VALUE_I4(n), ret);
}

/* The week of the year: week 1 holds January 1 (1), four days of it (2), or is full (3). */
static int week_of_year(const struct date_civil *p, int64_t day, int first, int rule)
{
	int64_t new_year = day - (p->yearday - 1), start;
	int lead;

	/* Days of the first week that lie in the old year. */
	lead = (int)(((new_year + 6 - (first - 1)) % 7 + 7) % 7);
	start = new_year - lead;
	if ((rule == 2 && lead > 3) || (rule == 3 && lead > 0))
		start += 7;
	if (day < start) {
		/* The last week of the year before. */
		struct date_civil q;

		split((double)(new_year - 1), &q);
		return week_of_year(&q, new_year - 1, first, rule);
	}
	if (rule == 2 || rule == 3) {
		int64_t next = new_year + (date_month_days(p->year, 2) == 29 ? 366 : 365);
		int next_lead = (int)(((next + 6 - (first - 1)) % 7 + 7) % 7);
		int64_t next_start =
			next - next_lead + ((rule == 2 ? next_lead > 3 : next_lead > 0) ? 7 : 0);

		if (day >= next_start)
			return 1;
	}
	return (int)floor_div(day - start, 7) + 1;
}

/* FirstWeekOfYear's values for what the locale does. */
static int week_rule(const struct locale *locale)
{
	return locale->first_week == LOCALE_WEEK_FULL        ? 3
	       : locale->first_week == LOCALE_WEEK_FOUR_DAYS ? 2
							     : 1;
}

/* DatePart(interval, date[, first day of the week[, first week of the year]]) */
BUILTIN(datepart)
{
	enum interval interval;
	struct date_civil p;
	int32_t first, rule;
	int64_t day;
	int seconds, n;
	double d;
	HRESULT hr;

	if (arg_null(args, 1))
		return return_value(VALUE_NULL, ret);
	hr = arg_interval(e, &args[0], &interval);
	if (SUCCEEDED(hr))
		hr = arg_date(e, &args[1], &d);
	if (SUCCEEDED(hr))
		hr = arg_first_day(e, args, argc, 2, 1, &first);
	if (SUCCEEDED(hr))
		hr = arg_long(e, args, argc, 3, 1, &rule);
	if (SUCCEEDED(hr) && (rule < 0 || rule > 3))
		hr = VBS_HR(5);
	if (FAILED(hr))
		return hr;
	split(d, &p);
	vbs_date_to_seconds(d, &day, &seconds);
	switch (interval) {
	case YEARS:
		n = p.year;
		break;
	case QUARTERS:
		n = (p.month - 1) / 3 + 1;
		break;
	case MONTHS:
		n = p.month;
		break;
	case YEARDAYS:
		n = p.yearday;
		break;
	case DAYS:
		n = p.day;
		break;
	case WEEKDAYS:
		n = weekday_from(p.weekday, first);
		break;
	case WEEKS:
		n = week_of_year(&p, day, first, rule ? rule : week_rule(e->locale));
		break;
	case HOURS:
		n = p.hour;
		break;
	case MINUTES:
		n = p.minute;
		break;
	default:
		n = p.second;
	}
	return return_value(VALUE_I2(n), ret);
}
