/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking rows of the locale table up (com/locale.h; the rows are in com/locale-table.c). Called
 * by conversions, script engines and ASP. Pure; any thread.
 */
#include "com/locale.h"

#include "com/locale-table.h"

#define LCID_LANGUAGE 0x3FF /* the primary language, without the country */

const struct locale *locale_default(void)
{
	return &locale_rows[0];
}

const struct locale *locale_at(size_t index)
{
	return index < locale_row_count ? &locale_rows[index] : NULL;
}

const struct locale *locale_find(LCID lcid)
{
	switch (lcid) {
	case 0:
	case 0x7F:
	case 0x400:
	case 0x800:
		return locale_default();
	default:
		break;
	}
	/* The bits above 16 choose an order of sorting. */
	if (lcid >> 20)
		return NULL;
	lcid &= 0xFFFF;
	for (size_t i = 0; i < locale_row_count; i++)
		if (lcid == locale_rows[i].lcid)
			return &locale_rows[i];
	if (lcid & ~(LCID)LCID_LANGUAGE)
		return NULL;
	for (size_t i = 0; i < locale_row_count; i++)
		if (lcid == (locale_rows[i].lcid & LCID_LANGUAGE))
			return &locale_rows[i];
	return NULL;
}

const struct locale *locale_find_name(struct text name)
{
	for (size_t i = 0; i < locale_row_count; i++)
		if (text_equal_nocase(name, text_of(locale_rows[i].name)))
			return &locale_rows[i];
	for (size_t i = 0; i < locale_row_count && name.length; i++) {
		struct text row = text_of(locale_rows[i].name);

		if (text_equal_nocase(name, text_cut(&row, '-')))
			return &locale_rows[i];
	}
	return NULL;
}

static struct text item(const char *list, int index)
{
	struct text rest = text_of(list), t = { 0 };

	do
		t = text_cut(&rest, '|');
	while (index-- > 0);
	return t;
}

struct text locale_month(const struct locale *locale, int month, bool abbreviate, bool genitive)
{
	if (month < 1 || month > 12)
		return (struct text){ 0 };
	return item(abbreviate                     ? locale->months_short
		    : genitive && locale->genitive ? locale->genitive
						   : locale->months,
		    month - 1);
}

struct text locale_weekday(const struct locale *locale, int weekday, bool abbreviate)
{
	if (weekday < 1 || weekday > 7)
		return (struct text){ 0 };
	return item(abbreviate ? locale->days_short : locale->days, weekday - 1);
}
