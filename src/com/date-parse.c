/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a date or a time from text, in the forms en-US Windows takes (com/date.h, date_parse).
 * The text is outside input of any content: it is cut into a bounded list of numbers and words,
 * then the numbers are tried in the orders that Windows tries. Pure but for the current year.
 */
#include "com/date.h"

#include "base/mem.h"

#define TEXT_MAX 128 /* no date is longer */
#define DATE_NUMBERS 3

struct scan {
	struct text t;
	size_t at;
	int numbers[DATE_NUMBERS];      /* the numbers of the date, in order */
	bool long_number[DATE_NUMBERS]; /* three or more digits: can only be a year */
	int number_count;
	int month; /* by name, 0 when there is none */
	bool weekday;
	bool comma; /* between two numbers */
	bool time;
	int hour, minute, second;
	char separator; /* seen since the last part: 0, ' ', '/', '-' or ',' */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	c = text_lower(c);
	return c >= 'a' && c <= 'z';
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char peek(const struct scan *s)
{
	return s->at < s->t.length ? s->t.data[s->at] : '\0';
}

static void skip_blanks(struct scan *s)
{
	while (is_blank(peek(s)))
		s->at++;
}

static bool scan_number(struct scan *s, int *ret, int *ret_digits)
{
	int value = 0, digits = 0;

	for (; is_digit(peek(s)); s->at++, digits++) {
		if (digits == 4)
			return false;
		value = value * 10 + (peek(s) - '0');
	}
	*ret = value;
	*ret_digits = digits;
	return digits > 0;
}

static struct text scan_word(struct scan *s)
{
	size_t start = s->at;

	while (is_letter(peek(s)))
		s->at++;
	return (struct text){ s->t.data + start, s->at - start };
}

/* 'A' or 'P' when AM or PM follows, and moves behind it; 0 otherwise. */
static char scan_half(struct scan *s)
{
	size_t start = s->at;

	skip_blanks(s);
	struct text w = scan_word(s);

	if (text_equal_nocase(w, TEXT("AM")) || text_equal_nocase(w, TEXT("A")))
		return 'A';
	if (text_equal_nocase(w, TEXT("PM")) || text_equal_nocase(w, TEXT("P")))
		return 'P';
	s->at = start;
	return 0;
}

static bool time_finish(struct scan *s, char half)
{
	if (s->time || s->hour > 23 || s->minute > 59 || s->second > 59)
		return false;
	if (half == 'A' && s->hour > 12)
		return false;
	if (half == 'A' && s->hour == 12)
		s->hour = 0;
	else if (half == 'P' && s->hour < 12)
		s->hour += 12;
	s->time = true;
	return true;
}

/* The rest of a time whose hour has been read: ":05", ":05:09", each with AM or PM behind. */
static bool scan_time(struct scan *s, int hour)
{
	int parts[2] = { 0, 0 }, digits;

	for (int i = 0; i < 2; i++) {
		skip_blanks(s);
		if (peek(s) != ':')
			break;
		s->at++;
		skip_blanks(s);
		if (!scan_number(s, &parts[i], &digits) || digits > 2)
			return false;
	}
	if (s->time)
		return false;
	s->hour = hour;
	s->minute = parts[0];
	s->second = parts[1];
	return time_finish(s, scan_half(s));
}

static bool add_number(struct scan *s, int value, int digits)
{
	if (s->number_count == DATE_NUMBERS)
		return false;
	if (s->number_count && !s->month && s->separator == ',')
		s->comma = true;
	s->long_number[s->number_count] = digits > 2;
	s->numbers[s->number_count++] = value;
	return true;
}

static bool scan_number_or_time(struct scan *s)
{
	int value, digits;

	if (!scan_number(s, &value, &digits))
		return false;
	size_t after = s->at;

	skip_blanks(s);
	if (peek(s) == ':')
		return digits <= 2 && scan_time(s, value);
	s->at = after;
	char half = scan_half(s);

	if (!half)
		return add_number(s, value, digits);
	if (s->time || digits > 2)
		return false;
	s->hour = value;
	return time_finish(s, half);
}

static bool is_name(struct text w, const char *full, const char *abbreviation)
{
	return text_equal_nocase(w, text_of(full)) || text_equal_nocase(w, text_of(abbreviation));
}

static bool scan_name(struct scan *s)
{
	struct text w = scan_word(s);

	for (int m = 1; m <= 12; m++) {
		if (!is_name(w, date_month_name(m, false), date_month_name(m, true)))
			continue;
		if (s->month)
			return false;
		s->month = m;
		return true;
	}
	for (int d = 1; d <= 7; d++) {
		if (!is_name(w, date_weekday_name(d, false), date_weekday_name(d, true)))
			continue;
		if (s->weekday)
			return false;
		s->weekday = true;
		return true;
	}
	return false;
}

/* Blanks, and at most one of / - , between two parts. */
static bool scan_separator(struct scan *s)
{
	s->separator = 0;
	for (;; s->at++) {
		char c = peek(s);

		if (is_blank(c)) {
			if (!s->separator)
				s->separator = ' ';
		} else if (c == '/' || c == '-' || c == ',') {
			if (s->separator && s->separator != ' ')
				return false;
			s->separator = c;
		} else {
			return true;
		}
	}
}

static bool scan_parts(struct scan *s)
{
	skip_blanks(s);
	while (s->at < s->t.length) {
		char c = peek(s);

		if (!(is_digit(c) ? scan_number_or_time(s) : is_letter(c) && scan_name(s)))
			return false;
		if (!scan_separator(s))
			return false;
	}
	return !s->separator || s->separator == ' ';
}

/* Takes the three parts when they make a date. */
static bool day_set(struct date_civil *c, int year, int month, int day)
{
	year = date_year(year);
	if (year < 100 || year > 9999 || month < 1 || month > 12 || day < 1 ||
	    day > date_month_days(year, month))
		return false;
	c->year = year;
	c->month = month;
	c->day = day;
	return true;
}

static int current_year(void)
{
	struct date_civil now;

	return date_to_civil(date_now(), &now) ? now.year : 2000;
}

static bool day_with_name(const struct scan *s, struct date_civil *c)
{
	const int *n = s->numbers;

	if (s->number_count == 2) {
		if (!s->long_number[0] && day_set(c, n[1], s->month, n[0]))
			return true;
		return !s->long_number[1] && day_set(c, n[0], s->month, n[1]);
	}
	if (s->number_count != 1)
		return false;
	if (!s->long_number[0] && day_set(c, current_year(), s->month, n[0]))
		return true;
	return day_set(c, n[0], s->month, 1);
}

static bool day_of_three(const struct scan *s, struct date_civil *c)
{
	const int *n = s->numbers;

	if (s->long_number[1])
		return false;
	if (s->long_number[0])
		return !s->long_number[2] &&
		       (day_set(c, n[0], n[1], n[2]) || day_set(c, n[0], n[2], n[1]));
	return day_set(c, n[2], n[0], n[1]) || day_set(c, n[2], n[1], n[0]) ||
	       (!s->long_number[2] && day_set(c, n[0], n[1], n[2]));
}

static bool day_of_two(const struct scan *s, struct date_civil *c)
{
	const int *n = s->numbers;

	if (!s->long_number[0] && !s->long_number[1]) {
		int year = current_year();

		if (day_set(c, year, n[0], n[1]) || day_set(c, year, n[1], n[0]))
			return true;
	}
	return (!s->long_number[0] && day_set(c, n[1], n[0], 1)) ||
	       (!s->long_number[1] && day_set(c, n[0], n[1], 1));
}

static bool day_of(const struct scan *s, struct date_civil *c)
{
	if (s->month)
		return day_with_name(s, c);
	/* "1,234" is a number with a thousands separator, not January 234. */
	if (s->comma)
		return false;
	if (s->number_count == 3)
		return day_of_three(s, c);
	return s->number_count == 2 && day_of_two(s, c);
}

bool date_parse(struct text t, DATE *ret)
{
	struct scan s = { .t = t };
	struct date_civil c = { .year = 1899, .month = 12, .day = 30 };

	if (t.length > TEXT_MAX || !scan_parts(&s))
		return false;
	if (s.number_count || s.month || s.weekday) {
		if (!day_of(&s, &c))
			return false;
	} else if (!s.time) {
		return false;
	}
	c.hour = s.hour;
	c.minute = s.minute;
	c.second = s.second;
	return date_from_civil(&c, ret);
}
