/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locales: how a country writes numbers, money, dates and times, as rows of a table. What
 * VariantChangeTypeEx, the script engines and ASP's LCID follow. The values are those of Windows
 * Server 2003 to 2008 R2, the systems whose sites run here; they are constants, no setting of the
 * machine changes them. All text is UTF-8. Pure; any thread.
 */
#pragma once

#include "base/text.h"

#include <surrogate/com.h>

enum locale_order { LOCALE_MDY, LOCALE_DMY, LOCALE_YMD };
enum locale_week { LOCALE_WEEK_JANUARY_1, LOCALE_WEEK_FULL, LOCALE_WEEK_FOUR_DAYS };

struct locale {
	LCID lcid;
	const char *name;   /* "de-DE" */
	uint16_t code_page; /* of ANSI text: what Asc and Chr mean */
	char decimal;       /* the point in numbers and in money */
	char16_t thousands, money_thousands;
	char list;
	/* Money: the symbol; "$" (symbol) and "n" (number) in place; digits behind the point. */
	const char *currency, *money_positive, *money_negative;
	uint8_t money_digits;
	enum locale_order order; /* of numbers in a date */
	char date_separator;
	/* Patterns: d dd ddd dddd, M MM MMM MMMM, yy yyyy, h hh H HH, m mm, s ss, tt, 'text'. */
	const char *short_date, *long_date, *long_time;
	const char *am, *pm;
	uint8_t first_day; /* of the week, 1: Sunday */
	enum locale_week first_week;
	/* Twelve or seven names between bars; `genitive` may be NULL: as `months`. */
	const char *months, *months_short, *genitive;
	const char *days, *days_short;
};

/* en-US: what 0 means, and the language of source text. */
const struct locale *locale_default(void);
/* The row of an LCID; 0 and the LCIDs of the user's, the system's and the invariant locale are
 * the default; a language alone (7) is its first country. NULL when there is none. */
const struct locale *locale_find(LCID lcid);
/* By name, "de-DE" or "de", whatever the case. NULL when there is none. */
const struct locale *locale_find_name(struct text name);
/* For tests: the rows, by index; NULL behind the last. */
const struct locale *locale_at(size_t index);

/* Month 1..12; `genitive` is the form behind a day's number. Weekday 1 (Sunday)..7. Empty when it
 * is out of range. */
struct text locale_month(const struct locale *locale, int month, bool abbreviate, bool genitive);
struct text locale_weekday(const struct locale *locale, int weekday, bool abbreviate);
