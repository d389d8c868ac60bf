/* SPDX-License-Identifier: Apache-2.0 */
/* src/com/locale.c, and what follows it: numbers and dates as text in every locale. */
#include "helpers.h"

#include "com/date.h"
#include "com/locale.h"
#include "com/number.h"

#include <math.h>

static void test_find(void **state)
{
	assert_int_equal(locale_default()->lcid, 1033);
	assert_ptr_equal(locale_find(0), locale_default());
	assert_ptr_equal(locale_find(0x7F), locale_default());
	assert_ptr_equal(locale_find(0x400), locale_default());
	assert_ptr_equal(locale_find(0x800), locale_default());
	assert_string_equal(locale_find(1031)->name, "de-DE");
	assert_string_equal(locale_find(0x10407)->name, "de-DE"); /* telephone book order */
	assert_string_equal(locale_find(7)->name, "de-DE");
	assert_string_equal(locale_find(9)->name, "en-US");
	assert_string_equal(locale_find(0x16)->name, "pt-BR");
	assert_null(locale_find(1));
	assert_null(locale_find(99999));
	assert_null(locale_find(0x80000407));
	assert_int_equal(locale_find_name(TEXT("DE-de"))->lcid, 1031);
	assert_int_equal(locale_find_name(TEXT("fr"))->lcid, 1036);
	assert_int_equal(locale_find_name(TEXT("es"))->lcid, 3082);
	assert_null(locale_find_name(TEXT("")));
	assert_null(locale_find_name(TEXT("xx-XX")));
	assert_null(locale_find_name(TEXT("de-")));
}

static int count_items(const char *list)
{
	int n = 1;

	for (; *list; list++)
		n += *list == '|';
	return n;
}

static void test_rows(void **state)
{
	for (size_t i = 0; locale_at(i); i++) {
		const struct locale *l = locale_at(i);

		assert_ptr_equal(locale_find(l->lcid), l);
		assert_ptr_equal(locale_find_name(text_of(l->name)), l);
		assert_int_equal(count_items(l->months), 12);
		assert_int_equal(count_items(l->months_short), 12);
		assert_int_equal(l->genitive ? count_items(l->genitive) : 12, 12);
		assert_int_equal(count_items(l->days), 7);
		assert_int_equal(count_items(l->days_short), 7);
		assert_int_not_equal(l->decimal, l->thousands);
		assert_non_null(strchr(l->money_positive, '$'));
		assert_non_null(strchr(l->money_positive, 'n'));
		assert_non_null(strchr(l->money_negative, '$'));
		assert_in_range(l->first_day, 1, 7);
	}
	assert_null(locale_at(1000));
	assert_int_equal(locale_month(locale_default(), 13, false, false).length, 0);
	assert_int_equal(locale_month(locale_default(), 0, true, false).length, 0);
	assert_int_equal(locale_weekday(locale_default(), 8, false).length, 0);
}

/* Thursday 2026-03-05 14:07:09 */
static const struct {
	LCID lcid;
	const char *general, *long_date;
} dates[] = {
	{ 1033, "3/5/2026 2:07:09 PM", "Thursday, March 5, 2026" },
	{ 2057, "05/03/2026 14:07:09", "05 March 2026" },
	{ 1031, "05.03.2026 14:07:09", "Donnerstag, 5. März 2026" },
	{ 1036, "05/03/2026 14:07:09", "jeudi 5 mars 2026" },
	{ 1046, "05/03/2026 14:07:09", "quinta-feira, 5 de março de 2026" },
	{ 1041, "2026/03/05 14:07:09", "2026年3月5日" },
	{ 3081, "5/03/2026 2:07:09 PM", "Thursday, 5 March 2026" },
	{ 1043, "5-3-2026 14:07:09", "donderdag 5 maart 2026" },
	{ 1053, "2026-03-05 14:07:09", "den 5 mars 2026" },
	{ 1035, "5.3.2026 14:07:09", "5. maaliskuuta 2026" },
	{ 1045, "2026-03-05 14:07:09", "5 marca 2026" },
	{ 1049, "05.03.2026 14:07:09", "5 марта 2026 г." },
	{ 1032, "5/3/2026 2:07:09 μμ", "Πέμπτη, 5 Μαρτίου 2026" },
	{ 1042, "2026-03-05 오후 2:07:09", "2026년 3월 5일 목요일" },
	{ 2058, "05/03/2026 02:07:09 p.m.", "jueves, 5 de marzo de 2026" },
};

static void test_dates(void **state)
{
	char out[DATE_TEXT_SIZE];
	DATE d = 46086 + (14 * 3600 + 7 * 60 + 9) / 86400.0;

	for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
		const struct locale *l = locale_find(dates[i].lcid);

		date_format(d, DATE_GENERAL, l, out);
		assert_string_equal(out, dates[i].general);
		date_format(d, DATE_LONG_DATE, l, out);
		assert_string_equal(out, dates[i].long_date);
		date_format(d, DATE_SHORT_TIME, l, out);
		assert_string_equal(out, "14:07");
	}
}

static bool parse(const char *text, const struct locale *l, DATE *ret)
{
	OLECHAR units[DATE_TEXT_SIZE];

	return date_parse(units, utf8_to_utf16(text_of(text), units, DATE_TEXT_SIZE), l, ret);
}

/* What a locale writes it also reads, in all its forms, on every day of two years. */
static void test_dates_back(void **state)
{
	for (size_t i = 0; locale_at(i); i++) {
		const struct locale *l = locale_at(i);

		for (int day = 46000; day < 46730; day++) {
			DATE d = day + (day % 24 * 3600 + 5 * 60 + 9) / 86400.0, back = 0;
			char out[DATE_TEXT_SIZE];

			date_format(d, DATE_GENERAL, l, out);
			if (!parse(out, l, &back) || fabs(back - d) > 1e-6)
				fail_msg("%s: \"%s\" is read as %f", l->name, out, back);
			date_format(d, DATE_LONG_DATE, l, out);
			if (!parse(out, l, &back) || back != day)
				fail_msg("%s: \"%s\" is read as %f", l->name, out, back);
			date_format(d, DATE_LONG_TIME, l, out);
			if (!parse(out, l, &back) || fabs(back - (d - day)) > 1e-6)
				fail_msg("%s: \"%s\" is read as %f", l->name, out, back);
		}
	}
}

static const struct {
	LCID lcid;
	const char *text, *want; /* as the default locale writes it, NULL: not a date */
} texts[] = {
	{ 1031, "1.2.2026", "2/1/2026" },
	{ 1031, "1/2/2026", "2/1/2026" },
	{ 1031, "12/31/2026", "12/31/2026" },
	{ 1031, "2026-02-01", "2/1/2026" },
	{ 1031, "1. Februar 2026 8:30", "2/1/2026 8:30:00 AM" },
	{ 1031, "1. Mrz 26", "3/1/2026" },
	{ 1031, "MÄRZ 2026", "3/1/2026" },
	{ 1031, "1. May 2026", NULL },
	{ 1036, "1 févr. 2026", "2/1/2026" },
	{ 1036, "1 févr 2026", "2/1/2026" },
	{ 1046, "1 de fevereiro de 2026", "2/1/2026" },
	{ 1041, "2026年2月1日", "2/1/2026" },
	{ 1041, "2026年2月1日 午後3:00", "2/1/2026 3:00:00 PM" },
	{ 1041, "26/2/1", "2/1/2026" },
	{ 1053, "2026-02-01", "2/1/2026" },
	{ 1053, "1/2/2026", "1/2/2026" },
	{ 2057, "1/2/2026", "2/1/2026" },
	{ 2057, "1/13/2026", "1/13/2026" },
	{ 1042, "오전", NULL },
	{ 1031, "de", NULL },
};

static void test_texts(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		char out[DATE_TEXT_SIZE] = "refused";
		DATE d;

		if (parse(texts[i].text, locale_find(texts[i].lcid), &d))
			date_format(d, DATE_GENERAL, locale_default(), out);
		if (strcmp(out, texts[i].want ? texts[i].want : "refused") != 0)
			fail_msg("\"%s\": %s", texts[i].text, out);
	}
}

static const struct {
	LCID lcid;
	const char *text;
	double want; /* NAN: not a number */
} numbers[] = {
	{ 1033, "1,234.5", 1234.5 },
	{ 1033, "$1,234.5-", -1234.5 },
	{ 1033, "($5)", -5 },
	{ 1033, "1d3", 1000 },
	{ 1033, "1 234", NAN },
	{ 1033, "€5", NAN },
	{ 1031, "1.234,5", 1234.5 },
	{ 1031, "1,5", 1.5 },
	{ 1031, "1,5 €", 1.5 },
	{ 1031, "-€1,5", -1.5 },
	{ 1031, "1,5.0", NAN },
	{ 1031, "$5", NAN },
	{ 1036, "1\u00A0234,5", 1234.5 },
	{ 1036, "1 234,5 €", 1234.5 },
	{ 1036, "1234,5 ", 1234.5 },
	{ 1041, "¥1,234", 1234 },
	{ 1041, "￥1,234", 1234 },
	{ 1030, "kr. 1.234,5", 1234.5 },
	{ 1030, "1,5 kr.", 1.5 },
	{ 1046, "R$ 1.234,50", 1234.5 },
	{ 2055, "Fr. 1'234.50", 1234.5 },
	{ 1053, "1.234,5 kr", 1234.5 },
	{ 1049, "12,5р.", 12.5 },
	{ 1049, "р.", NAN },
};

static void test_numbers(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		OLECHAR units[64];
		size_t n = utf8_to_utf16(text_of(numbers[i].text), units, 64);
		struct number number;
		bool ok = number_parse(units, n, locale_find(numbers[i].lcid), &number);

		if (ok == isnan(numbers[i].want) ||
		    (ok && number_to_double(&number) != numbers[i].want))
			fail_msg("\"%s\" in %u: %s", numbers[i].text, numbers[i].lcid,
				 ok ? "taken" : "refused");
	}
}

/* The LCID of a conversion counts; one that is unknown is en-US. */
static void test_variant(void **state)
{
	VARIANT v = { .vt = VT_R8, .dblVal = -1.5 }, out = { 0 };

	assert_int_equal(VariantChangeTypeEx(&out, &v, 1031, 0, VT_BSTR), S_OK);
	assert_int_equal(out.bstrVal[2], ',');
	assert_int_equal(VariantChangeTypeEx(&v, &out, 1031, 0, VT_CY), S_OK);
	assert_int_equal(v.cyVal.int64, -15000);
	assert_int_equal(VariantChangeTypeEx(&v, &out, 1033, 0, VT_R8), S_OK);
	assert_true(v.dblVal == -15); /* a comma is a separator of thousands there */
	assert_int_equal(VariantChangeTypeEx(&out, &out, 99999, 0, VT_R8), S_OK);
	assert_true(out.dblVal == -15);
}

static void test_fixed(void **state)
{
	static const struct {
		uint64_t mantissa;
		int exponent, places;
		const char *want;
	} rows[] = {
		{ 12345, -2, 1, "123.5" }, { 995, -2, 1, "10.0" },     { 5, -1, 0, "1" },
		{ 49, -2, 0, "0" },        { 0, 0, 2, "0.00" },        { 1, 3, 0, "1000" },
		{ 1, -10, 3, "0.000" },    { 5, -3, 2, "0.01" },       { 4, -3, 2, "0.00" },
		{ 7, 0, 3, "7.000" },      { 99999, -5, 4, "1.0000" }, { 1, -3, 3, "0.001" },
		{ 6, -1, 0, "1" },         { 10, -1, 0, "1" },
	};
	char out[64];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct number n = { .mantissa = rows[i].mantissa, .exponent = rows[i].exponent };

		number_format_fixed(&n, rows[i].places, out, sizeof out);
		assert_string_equal(out, rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),    cmocka_unit_test(test_rows),
		cmocka_unit_test(test_dates),   cmocka_unit_test(test_dates_back),
		cmocka_unit_test(test_texts),   cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_variant), cmocka_unit_test(test_fixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
