/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Built-in functions: FormatNumber and its kin, in the engine's locale.
 */
#include "script/vbs/builtin-args.h"

#include "com/number.h"
#include "script/vbs/date.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct format {
	int32_t digits;                 /* -1: the locale's habit */
	int32_t leading, parens, group; /* -1 yes, 0 no, -2: the locale's habit */
};

enum kind { NUMBER, MONEY, PERCENT };

/* vbTrue, vbFalse or vbUseDefault. */
static HRESULT arg_choice(struct vbs_engine *e, struct value *args, unsigned argc, unsigned i,
			  int32_t *ret)
{
	HRESULT hr = arg_long(e, args, argc, i, -2, ret);

	return SUCCEEDED(hr) && (*ret < -2 || *ret > 0) ? VBS_HR(5) : hr;
}

static HRESULT arg_format(struct vbs_engine *e, struct value *args, unsigned argc, enum kind kind,
			  struct format *f)
{
	HRESULT hr = arg_long(e, args, argc, 1, -1, &f->digits);

	if (SUCCEEDED(hr))
		hr = arg_choice(e, args, argc, 2, &f->leading);
	if (SUCCEEDED(hr))
		hr = arg_choice(e, args, argc, 3, &f->parens);
	if (SUCCEEDED(hr))
		hr = arg_choice(e, args, argc, 4, &f->group);
	if (FAILED(hr))
		return hr;
	if (f->digits < -1 || f->digits > 100)
		return VBS_HR(5);
	if (f->digits == -1)
		f->digits = kind == MONEY ? e->locale->money_digits : 2;
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

/* The number in `v`: whole with all its digits, or what 15 digits show of a real. */
static HRESULT exact(struct vbs_engine *e, struct value *v, double d, struct number *ret)
{
	struct value plain = VALUE_EMPTY;
	HRESULT hr = vbs_to_plain(&e->heap, v, &plain);

	if (FAILED(hr))
		return hr;
	switch (plain.type) {
	case VT_CY:
	case VT_I8:
		*ret = (struct number){ .mantissa = plain.i < 0 ? -(uint64_t)plain.i
								: (uint64_t)plain.i,
					.negative = plain.i < 0,
					.exponent = plain.type == VT_CY ? -4 : 0 };
		break;
	case VT_DECIMAL:
		number_from_decimal(plain.decimal, ret);
		break;
	default:
		if (!number_from_double(d, plain.type == VT_R4 ? 7 : 15, ret))
			hr = VBS_HR(6);
	}
	value_clear(&plain);
	return hr;
}

#define PLAIN_SIZE 512

/* The digits of |v| times 100 to `percent`, rounded half away from zero, with a point. */
static HRESULT plain_text(struct vbs_engine *e, struct value *v, const struct format *f,
			  bool percent, bool *ret_negative, char out[PLAIN_SIZE])
{
	struct number n;
	double d;
	HRESULT hr = vbs_to_double(&e->heap, v, &d);

	if (FAILED(hr))
		return hr;
	*ret_negative = d < 0;
	v = value_deref(v);
	if ((v->type == VT_R8 || v->type == VT_I2 || v->type == VT_I4) &&
	    plain_digits(fabs(percent ? d * 100 : d), f->digits, out))
		return S_OK;
	hr = exact(e, v, d, &n);
	if (FAILED(hr))
		return hr;
	n.exponent += percent && n.mantissa ? 2 : 0;
	number_format_fixed(&n, f->digits, out, PLAIN_SIZE);
	return S_OK;
}

struct format_text {
	char *at;
	const struct vbs_engine *engine;
};

static void put_unit(struct format_text *t, char16_t c)
{
	t->at += utf16_to_utf8(&c, 1, t->at, 4);
}

/* The plain digits with the locale's marks, and without a leading zero where none is wanted. */
static void put_digits(struct format_text *t, const char *plain, const struct format *f,
		       enum kind kind)
{
	const struct locale *l = t->engine->locale;
	size_t whole = strcspn(plain, ".");

	if (f->leading == 0 && plain[0] == '0' && plain[1] == '.') {
		plain++;
		whole--;
	}
	for (size_t i = 0; plain[i]; i++) {
		if (i && i < whole && (whole - i) % 3 == 0 && f->group)
			put_unit(t, kind == MONEY ? l->money_thousands : l->thousands);
		*t->at++ = plain[i] == '.' ? l->decimal : plain[i];
	}
}

/* "($n)": "$" stands for the symbol and "n" for the digits. */
static const char *pattern_of(const struct locale *l, enum kind kind, bool negative, int32_t parens,
			      char room[16])
{
	const char *positive = kind == MONEY ? l->money_positive : kind == PERCENT ? "n%" : "n";

	if (!negative)
		return positive;
	if (kind == MONEY && (parens == -2 || (parens == -1) == (l->money_negative[0] == '(')))
		return l->money_negative;
	snprintf(room, 16, parens == -1 ? "(%s)" : "-%s", positive);
	return room;
}

static HRESULT format_number(struct vbs_engine *e, struct value *args, unsigned argc,
			     enum kind kind, struct value *ret)
{
	char plain[PLAIN_SIZE], room[16], text[PLAIN_SIZE * 2];
	struct format_text t = { .at = text, .engine = e };
	struct format f;
	bool negative;
	HRESULT hr;

	hr = arg_format(e, args, argc, kind, &f);
	if (SUCCEEDED(hr) && arg_null(args, 0))
		hr = VBS_HR(13); /* as the automation library says, not 94 */
	if (SUCCEEDED(hr))
		hr = plain_text(e, &args[0], &f, kind == PERCENT, &negative, plain);
	if (FAILED(hr))
		return hr;
	negative = negative && strpbrk(plain, "123456789");
	for (const char *p = pattern_of(e->locale, kind, negative, f.parens, room); *p; p++) {
		if (*p == 'n')
			put_digits(&t, plain, &f, kind);
		else if (*p == '$')
			t.at = stpcpy(t.at, e->locale->currency);
		else
			*t.at++ = *p;
	}
	return return_ascii(e, text, (size_t)(t.at - text), ret);
}

BUILTIN(formatnumber)
{
	return format_number(e, args, argc, NUMBER, ret);
}

BUILTIN(formatcurrency)
{
	return format_number(e, args, argc, MONEY, ret);
}

BUILTIN(formatpercent)
{
	return format_number(e, args, argc, PERCENT, ret);
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
		hr = arg_null(args, 0) ? VBS_HR(13)
				       : vbs_to_type(&e->heap, &args[0], VT_DATE, &date);
	if (FAILED(hr))
		return hr;
	return return_ascii(e, text, date_format(date.d, (enum date_form)style, e->locale, text),
			    ret);
}
