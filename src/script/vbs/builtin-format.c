/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Built-in functions: FormatNumber and its kin, with en-US habits.
 */
#include "script/vbs/builtin-args.h"

#include "script/vbs/date.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct format {
	int32_t digits, leading, parens, group; /* -2: the locale's habit */
};

static HRESULT arg_format(struct vbs_engine *e, struct value *args, unsigned argc, bool parens,
			  struct format *f)
{
	HRESULT hr = arg_long(e, args, argc, 1, -1, &f->digits);

	if (SUCCEEDED(hr))
		hr = arg_long(e, args, argc, 2, -2, &f->leading);
	if (SUCCEEDED(hr))
		hr = arg_long(e, args, argc, 3, -2, &f->parens);
	if (SUCCEEDED(hr))
		hr = arg_long(e, args, argc, 4, -2, &f->group);
	if (FAILED(hr))
		return hr;
	if (f->digits < -1 || f->digits > 100)
		return VBS_HR(5);
	if (f->digits == -1)
		f->digits = 2;
	if (f->parens == -2)
		f->parens = parens;
	return S_OK;
}

/* |d| as text where that takes whole numbers alone: it has at most 15 digits with those behind the
 * point, and is not so near to a half that the 15 digits that are shown decide. */
static bool plain_digits(double d, int digits, char out[32])
{
	static const uint64_t powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };
	char *at = out + 31;
	double scaled, whole;
	uint64_t n;

	if (digits >= (int)ARRAY_LEN(powers))
		return false;
	scaled = d * (double)powers[digits];
	if (!(scaled < 1e14))
		return false;
	whole = floor(scaled);
	if (fabs(scaled - whole - 0.5) <= scaled * 1e-14)
		return false;
	n = (uint64_t)whole + (scaled - whole > 0.5);
	*at = 0;
	for (int i = 0; n || i <= digits; i++, n /= 10) {
		if (i && i == digits)
			*--at = '.';
		*--at = (char)('0' + n % 10);
	}
	memmove(out, at, out + 32 - at);
	return true;
}

static void exact_digits(double d, int digits, char *out, size_t size)
{
	double scale = digits <= 15 ? pow(10, digits) : 0, scaled = d * scale;

	/* 2.345 is stored as 2.34499...: rounding goes by what 15 digits show. */
	if (scale && scaled < 1e15) {
		char shown[64];

		snprintf(shown, sizeof shown, "%.15g", scaled);
		d = floor(strtod(shown, NULL) + 0.5) / scale;
	}
	snprintf(out, size, "%.*f", digits, d);
}

/* The digits of |d|, rounded half away from zero, grouped; without a sign. */
static size_t format_digits(double d, const struct format *f, char *out, size_t size)
{
	char plain[512], *point, *from = plain;
	size_t whole, n = 0;

	if (!plain_digits(d, f->digits, plain))
		exact_digits(d, f->digits, plain, sizeof plain);
	point = strchr(plain, '.');
	whole = point ? (size_t)(point - plain) : strlen(plain);
	if (f->leading == 0 && plain[0] == '0' && point) {
		from++;
		whole--;
	}
	for (size_t i = 0; from[i] && n + 2 < size; i++) {
		if (i && i < whole && (whole - i) % 3 == 0 && f->group)
			out[n++] = ',';
		out[n++] = from[i];
	}
	out[n] = 0;
	return n;
}

static HRESULT format_number(struct vbs_engine *e, struct value *args, unsigned argc,
			     const char *before, const char *after, double scale, bool parens,
			     struct value *ret)
{
	char digits[700], text[720], *end = text;
	struct format f;
	bool negative;
	double d;
	HRESULT hr;

	if (arg_null(args, 0))
		return VBS_HR(94);
	hr = arg_format(e, args, argc, parens, &f);
	if (SUCCEEDED(hr))
		hr = vbs_to_double(&e->heap, &args[0], &d);
	if (FAILED(hr))
		return hr;
	d *= scale;
	if (!isfinite(d))
		return VBS_HR(6);
	format_digits(fabs(d), &f, digits, sizeof digits);
	negative = d < 0 && strpbrk(digits, "123456789");
	if (negative)
		*end++ = f.parens ? '(' : '-';
	end = stpcpy(stpcpy(stpcpy(end, before), digits), after);
	if (negative && f.parens)
		*end++ = ')';
	return return_ascii(e, text, end - text, ret);
}

BUILTIN(formatnumber)
{
	return format_number(e, args, argc, "", "", 1, false, ret);
}

BUILTIN(formatcurrency)
{
	return format_number(e, args, argc, "$", "", 1, true, ret);
}

BUILTIN(formatpercent)
{
	return format_number(e, args, argc, "", "%", 100, false, ret);
}

BUILTIN(formatdatetime)
{
	struct value date = VALUE_EMPTY;
	char text[DATE_TEXT_SIZE];
	int32_t style;
	HRESULT hr = arg_long(e, args, argc, 1, 0, &style);

	if (SUCCEEDED(hr) && (style < 0 || style > 4))
		hr = VBS_HR(5);
	if (SUCCEEDED(hr))
		hr = arg_null(args, 0) ? VBS_HR(94)
				       : vbs_to_type(&e->heap, &args[0], VT_DATE, &date);
	if (FAILED(hr))
		return hr;
	return return_ascii(e, text, date_format(date.d, (enum date_form)style, text), ret);
}
