/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a date or a time from text, in the forms Windows takes (com/date.h, date_parse). The
 * text is outside input of any content: it is cut into a bounded list of numbers and names, then
 * the numbers are tried in the orders that Windows tries. Pure but for the current year.
 */
#include "com/date.h"

#include "base/mem.h"
#include "com/casing.h"

#define TEXT_MAX 128 /* no date is longer */
#define NAME_MAX_UNITS 32
#define DATE_NUMBERS 3

struct scan {
	const OLECHAR *units;
	size_t length, at;
	const struct locale *locale;
	int numbers[DATE_NUMBERS];      /* the numbers of the date, in order */
	bool long_number[DATE_NUMBERS]; /* three or more digits: can only be a year */
	int number_count;
	int month; /* by name, 0 when there is none */
	bool weekday;
	bool comma; /* between two numbers */
	bool time;
	int hour, minute, second;
	char half;         /* 'A' or 'P' that stands before its time, as in Korean */
	OLECHAR separator; /* seen since the last part: 0, ' ', '/', '-', '.' or ',' */
};

static OLECHAR peek_at(const struct scan *s, size_t at)
{
	return at < s->length ? s->units[at] : 0;
}

static OLECHAR peek(const struct scan *s)
{
	return peek_at(s, s->at);
}

static bool is_digit(OLECHAR c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(OLECHAR c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x3000;
}

static bool is_letter(OLECHAR c)
{
	return ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= 0xC0 && !is_blank(c));
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

/* ---- names ---- */

/* How many units at `at` are `name`, 0 when they are not. A full stop at its end may be missing. */
static size_t match(const struct scan *s, size_t at, struct text name)
{
	OLECHAR units[NAME_MAX_UNITS];
	size_t n = utf8_to_utf16(name, units, ARRAY_LEN(units));

	for (size_t i = 0; i < n; i++) {
		if (at + i < s->length && casing_fold(s->units[at + i]) == casing_fold(units[i]))
			continue;
		return i + 1 == n && i && units[i] == '.' ? i : 0;
	}
	return n;
}

/* The units of a word that the locale's long date has as it is ("de", "den"), with which names
 * may also end ("tammikuuta"); 0 for none. */
static size_t match_literal(const struct scan *s, size_t at)
{
	for (const char *p = s->locale->long_date; (p = strchr(p, '\''));) {
		size_t length = strcspn(p + 1, "'");
		struct text word = text_trim((struct text){ p + 1, length });
		size_t n = word.length ? match(s, at, word) : 0;

		if (n && !is_letter(peek_at(s, at + n)))
			return n;
		p += length + 2;
	}
	return 0;
}

/* `name` as a whole word at the scan's place. */
static size_t match_name(const struct scan *s, struct text name)
{
	size_t n = match(s, s->at, name);

	if (!n || !is_letter(peek_at(s, s->at + n)))
		return n;
	size_t ending = match_literal(s, s->at + n);

	return ending ? n + ending : 0;
}

static size_t match_month(const struct scan *s, int *ret)
{
	size_t best = 0;

	for (int m = 1; m <= 12; m++) {
		struct text names[] = { locale_month(s->locale, m, false, false),
					locale_month(s->locale, m, false, true),
					locale_month(s->locale, m, true, false) };

		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			/* "1" is a number wherever names are made of digits. */
			size_t n = is_digit((unsigned char)names[i].data[0])
					   ? 0
					   : match_name(s, names[i]);

			if (n > best) {
				best = n;
				*ret = m;
			}
		}
	}
	return best;
}

static size_t match_weekday(const struct scan *s)
{
	size_t best = 0;

	for (int d = 1; d <= 7; d++) {
		for (int brief = 0; brief < 2; brief++) {
			size_t n = match_name(s, locale_weekday(s->locale, d, brief));

			best = n > best ? n : best;
		}
	}
	return best;
}

static bool scan_name(struct scan *s)
{
	int month = 0;
	size_t of_month = match_month(s, &month), of_day = match_weekday(s), literal;

	if (of_month && of_month >= of_day) {
		if (s->month)
			return false;
		s->month = month;
		s->at += of_month;
		return true;
	}
	if (of_day) {
		if (s->weekday)
			return false;
		s->weekday = true;
		s->at += of_day;
		return true;
	}
	literal = match_literal(s, s->at);
	s->at += literal;
	return literal != 0;
}

/* ---- times ---- */

static bool take_half(struct scan *s, const char *word)
{
	size_t n = *word ? match(s, s->at, text_of(word)) : 0;

	if (!n || (is_letter(s->units[s->at + n - 1]) && is_letter(peek_at(s, s->at + n)) &&
		   s->units[s->at] < 0x3000))
		return false;
	s->at += n;
	return true;
}

/* 'A' or 'P' when AM or PM follows, and moves behind it; 0 otherwise. */
static char scan_half(struct scan *s)
{
	size_t start = s->at;

	skip_blanks(s);
	if (take_half(s, s->locale->am) || take_half(s, "AM") || take_half(s, "A"))
		return 'A';
	if (take_half(s, s->locale->pm) || take_half(s, "PM") || take_half(s, "P"))
		return 'P';
	s->at = start;
	return 0;
}

static bool time_finish(struct scan *s, char half)
{
	if (s->half) {
		if (half)
			return false;
		half = s->half;
		s->half = 0;
	}
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

/* A full stop before a digit is one where the locale has no other use for it. */
static bool at_time_separator(const struct scan *s)
{
	OLECHAR c = peek(s);

	return c == ':' ||
	       (c == '.' && s->locale->date_separator != '.' && is_digit(peek_at(s, s->at + 1)));
}

/* The rest of a time whose hour has been read: ":05", ":05:09", each with AM or PM behind. */
static bool scan_time(struct scan *s, int hour)
{
	int parts[2] = { 0, 0 }, digits;

	for (int i = 0; i < 2; i++) {
		skip_blanks(s);
		if (!at_time_separator(s))
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

/* ---- numbers and what is between ---- */

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

static bool digit_follows(const struct scan *s)
{
	size_t at = s->at;

	while (is_blank(peek_at(s, at)))
		at++;
	return is_digit(peek_at(s, at));
}

static bool scan_number_or_time(struct scan *s)
{
	int value, digits;

	if (!scan_number(s, &value, &digits))
		return false;
	size_t after = s->at;

	skip_blanks(s);
	if (at_time_separator(s))
		return digits <= 2 && scan_time(s, value);
	s->at = after;
	char half = s->half ? 0 : scan_half(s);

	/* "2026-03-05 오후 2:07": it belongs to the time that follows. */
	if (half && s->locale->long_time[0] == 't' && digit_follows(s)) {
		s->at = after;
		half = 0;
	}
	if (!half && !s->half)
		return add_number(s, value, digits);
	if (s->time || digits > 2)
		return false;
	s->hour = value;
	s->minute = s->second = 0;
	return time_finish(s, half);
}

/* The marks of East Asian dates behind year, month and day; 0 for anything else. */
static OLECHAR mark_of(OLECHAR c)
{
	switch (c) {
	case u'年':
	case u'년':
	case u'月':
	case u'월':
		return '/';
	case u'日':
	case u'일':
		return ' ';
	default:
		return 0;
	}
}

/* Blanks, and at most one of / - . , between two parts. */
static bool scan_separator(struct scan *s)
{
	s->separator = 0;
	for (;; s->at++) {
		OLECHAR c = peek(s);

		if (s->separator == 0 && mark_of(c) && is_digit(s->units[s->at - 1]))
			c = mark_of(c);
		if (is_blank(c)) {
			if (!s->separator)
				s->separator = ' ';
		} else if (c == '/' || c == '-' || c == ',' ||
			   (c == '.' && !at_time_separator(s))) {
			if (s->separator && s->separator != ' ')
				return false;
			s->separator = c;
		} else {
			return true;
		}
	}
}

static bool scan_part(struct scan *s)
{
	OLECHAR c = peek(s);

	if (is_digit(c))
		return scan_number_or_time(s);
	if (!is_letter(c))
		return false;
	if (scan_name(s))
		return true;
	/* "오전 10:00:00" */
	if (s->time || s->half)
		return false;
	s->half = scan_half(s);
	return s->half && is_letter(c) && c >= 0xC0;
}

static bool scan_parts(struct scan *s)
{
	skip_blanks(s);
	while (s->at < s->length) {
		if (!scan_part(s))
			return false;
		if (!scan_separator(s))
			return false;
	}
	return !s->half &&
	       (!s->separator || s->separator == ' ' ||
		s->separator == (OLECHAR)s->locale->date_separator) &&
	       s->separator != '/' && s->separator != '-';
}

/* ---- the date the numbers mean ---- */

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

/* The three numbers in the order `order`. */
static bool day_in_order(const struct scan *s, enum locale_order order, struct date_civil *c)
{
	const int *n = s->numbers;

	switch (order) {
	case LOCALE_MDY:
		return !s->long_number[0] && day_set(c, n[2], n[0], n[1]);
	case LOCALE_DMY:
		return !s->long_number[0] && day_set(c, n[2], n[1], n[0]);
	case LOCALE_YMD:
		return !s->long_number[2] && day_set(c, n[0], n[1], n[2]);
	}
	return false;
}

static bool day_of_three(const struct scan *s, struct date_civil *c)
{
	static const enum locale_order tries[][3] = {
		[LOCALE_MDY] = { LOCALE_MDY, LOCALE_DMY, LOCALE_YMD },
		[LOCALE_DMY] = { LOCALE_DMY, LOCALE_MDY, LOCALE_YMD },
		[LOCALE_YMD] = { LOCALE_YMD, LOCALE_MDY, LOCALE_DMY },
	};
	const int *n = s->numbers;

	if (s->long_number[1])
		return false;
	if (s->long_number[0])
		return !s->long_number[2] &&
		       (day_set(c, n[0], n[1], n[2]) || day_set(c, n[0], n[2], n[1]));
	for (int i = 0; i < 3; i++)
		if (day_in_order(s, tries[s->locale->order][i], c))
			return true;
	return false;
}

static bool day_of_two(const struct scan *s, struct date_civil *c)
{
	const int *n = s->numbers;
	int first = s->locale->order == LOCALE_DMY; /* which of them is the month */

	if (!s->long_number[0] && !s->long_number[1]) {
		int year = current_year();

		if (day_set(c, year, n[first], n[!first]) || day_set(c, year, n[!first], n[first]))
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

bool date_parse(const OLECHAR *units, size_t length, const struct locale *locale, DATE *ret)
{
	struct scan s = { .units = units, .length = length, .locale = locale };
	struct date_civil c = { .year = 1899, .month = 12, .day = 30 };

	if (length > TEXT_MAX || !scan_parts(&s))
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
