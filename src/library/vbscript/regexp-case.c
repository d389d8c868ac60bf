/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See regexp-case.h. The table is made once, at the first pattern that needs it, by whichever
 * thread that is: every unit beyond ASCII that shares its upper case with another, sorted by it.
 */
#include "library/vbscript/regexp-case.h"

#include "base/mem.h"
#include "com/casing.h"

#include <pthread.h>
#include <stdlib.h>

struct form {
	char16_t upper, unit;
};

#define FORMS_MAX 4096 /* Unicode 14 has 2300 of them */

static struct form forms[FORMS_MAX];
static size_t form_count;
static pthread_once_t forms_once = PTHREAD_ONCE_INIT;

static int compare_forms(const void *a, const void *b)
{
	const struct form *x = a, *y = b;

	return x->upper != y->upper ? (x->upper < y->upper ? -1 : 1) : x->unit - y->unit;
}

static void add_form(char16_t upper, char16_t unit)
{
	if (form_count < FORMS_MAX)
		forms[form_count++] = (struct form){ upper, unit };
}

/* Letters that are their own upper case come in when one of the others leads to them. */
static void make_forms(void)
{
	size_t kept = 0;

	for (uint32_t c = 0x80; c <= 0xFFFF; c++) {
		char16_t upper = casing_upper((char16_t)c);

		if (upper == c)
			continue;
		add_form(upper, (char16_t)c);
		add_form(upper, upper);
	}
	qsort(forms, form_count, sizeof *forms, compare_forms);
	for (size_t i = 0; i < form_count; i++)
		if (!kept || compare_forms(&forms[kept - 1], &forms[i]))
			forms[kept++] = forms[i];
	form_count = kept;
}

size_t regexp_case_forms(char16_t c, char16_t ret[REGEXP_FORMS_MAX])
{
	char16_t upper = casing_upper(c);
	size_t low = 0, high, n = 0;

	pthread_once(&forms_once, make_forms);
	high = form_count;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (forms[middle].upper < upper)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < form_count && forms[low].upper == upper && n < REGEXP_FORMS_MAX; low++)
		ret[n++] = forms[low].unit;
	if (!n)
		ret[n++] = c;
	return n;
}

char16_t regexp_case_next(size_t *at)
{
	pthread_once(&forms_once, make_forms);
	return *at < form_count ? forms[(*at)++].unit : 0;
}
