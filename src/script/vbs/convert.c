/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversions between the subtypes (convert.h). Called by operators, built-in functions and the
 * machine, on the engine's thread.
 */
#include "script/vbs/convert.h"

#include "com/number.h"
#include "script/vbs/date.h"
#include "script/vbs/digits.h"
#include "script/vbs/engine.h"
#include "script/vbs/object.h"
#include "script/vbs/variant.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double vbs_round_even(double d)
{
	return nearbyint(d); /* the default rounding mode is to even */
}

/* ---- numbers in text ---- */

bool vbs_number_parse(const OLECHAR *s, size_t length, const struct locale *locale, double *ret)
{
	struct number n;
	double d;

	if (!number_parse(s, length, locale, &n))
		return false;
	d = number_to_double(&n);
	if (isinf(d))
		return false;
	*ret = d;
	return true;
}

size_t vbs_number_format(double d, int precision, char out[VBS_NUMBER_SIZE])
{
	return number_format_real(d, precision, locale_default()->decimal, out);
}

/* ---- to numbers ---- */

static HRESULT string_to_double(const struct value *v, const struct locale *locale, double *ret)
{
	struct number n;
	double d;

	if (!number_parse(v->str, value_str_length(v), locale, &n))
		return VBS_HR(13);
	d = number_to_double(&n);
	if (isinf(d))
		return VBS_HR(6);
	*ret = d;
	return S_OK;
}

static HRESULT scalar_to_double(const struct value *v, const struct locale *locale, double *ret)
{
	switch (v->type) {
	case VT_EMPTY:
		*ret = 0;
		return S_OK;
	case VT_NULL:
		return VBS_HR(94);
	case VT_UI1:
	case VT_I2:
	case VT_I4:
	case VT_I8:
	case VT_BOOL:
		*ret = v->i;
		return S_OK;
	case VT_R4:
	case VT_R8:
	case VT_DATE:
		*ret = v->d;
		return S_OK;
	case VT_CY:
		*ret = v->i / 10000.0;
		return S_OK;
	case VT_DECIMAL: {
		struct number n;

		number_from_decimal(v->decimal, &n);
		*ret = number_to_double(&n);
		return S_OK;
	}
	case VT_BSTR:
		return string_to_double(v, locale, ret);
	default:
		return VBS_HR(13);
	}
}

HRESULT vbs_to_double(struct vbs_heap *heap, struct value *v, double *ret)
{
	v = value_deref(v);
	if (v->type == VT_DISPATCH) {
		struct value plain = VALUE_EMPTY;
		HRESULT hr = vbs_object_default(heap, v->obj, &plain);

		if (SUCCEEDED(hr))
			hr = scalar_to_double(&plain, vbs_heap_locale(heap), ret);
		value_clear(&plain);
		return hr;
	}
	return scalar_to_double(v, vbs_heap_locale(heap), ret);
}

static HRESULT double_to_long(double d, int32_t *ret)
{
	d = vbs_round_even(d);
	if (!(d >= INT32_MIN && d <= INT32_MAX))
		return VBS_HR(6);
	*ret = (int32_t)d;
	return S_OK;
}

HRESULT vbs_to_long(const struct vbs_heap *heap, struct value *v, int32_t *ret)
{
	double d;
	HRESULT hr;

	v = value_deref(v);
	if (v->type == VT_I2 || v->type == VT_I4) {
		*ret = (int32_t)v->i;
		return S_OK;
	}
	hr = scalar_to_double(v, vbs_heap_locale(heap), &d);
	return FAILED(hr) ? hr : double_to_long(d, ret);
}

HRESULT vbs_to_int(struct vbs_heap *heap, struct value *v, int32_t *ret)
{
	double d;
	HRESULT hr;

	v = value_deref(v);
	if (v->type == VT_I2 || v->type == VT_I4) {
		*ret = (int32_t)v->i;
		return S_OK;
	}
	hr = vbs_to_double(heap, v, &d);
	return FAILED(hr) ? hr : double_to_long(d, ret);
}

static bool string_is(const struct value *v, const char *word)
{
	size_t n = value_str_length(v);

	if (n != strlen(word))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((v->str[i] | (word[i] == '#' ? 0 : 32)) != word[i])
			return false;
	return true;
}

HRESULT vbs_to_bool(struct vbs_heap *heap, struct value *v, bool *ret)
{
	double d;
	HRESULT hr;

	v = value_deref(v);
	if (v->type == VT_BOOL) {
		*ret = v->i != 0;
		return S_OK;
	}
	if (v->type == VT_BSTR) {
		*ret = string_is(v, "true") || string_is(v, "#true#");
		if (*ret || string_is(v, "false") || string_is(v, "#false#"))
			return S_OK;
	}
	if (v->type == VT_DISPATCH) {
		struct value plain = VALUE_EMPTY;

		hr = vbs_object_default(heap, v->obj, &plain);
		if (SUCCEEDED(hr))
			hr = vbs_to_bool(heap, &plain, ret);
		value_clear(&plain);
		return hr;
	}
	hr = scalar_to_double(v, vbs_heap_locale(heap), &d);
	if (SUCCEEDED(hr))
		*ret = d != 0;
	return hr;
}

/* ---- to text ---- */

static HRESULT scalar_to_text(const struct value *v, const struct locale *locale, char *out,
			      size_t *ret)
{
	struct number n;

	switch (v->type) {
	case VT_UI1:
	case VT_I2:
	case VT_I4:
	case VT_I8:
		*ret = sprintf(out, "%lld", (long long)v->i);
		return S_OK;
	case VT_BOOL:
		*ret = sprintf(out, "%s", v->i ? "True" : "False");
		return S_OK;
	case VT_R4:
		*ret = number_format_real(v->d, 7, locale->decimal, out);
		return S_OK;
	case VT_R8:
		*ret = number_format_real(v->d, 15, locale->decimal, out);
		return S_OK;
	case VT_DATE:
		*ret = date_format(v->d, DATE_GENERAL, locale, out);
		return S_OK;
	case VT_CY:
		n = (struct number){ .mantissa = v->i < 0 ? -(uint64_t)v->i : (uint64_t)v->i,
				     .negative = v->i < 0,
				     .exponent = -4 };
		*ret = number_format(&n, locale->decimal, out);
		return S_OK;
	case VT_DECIMAL:
		number_from_decimal(v->decimal, &n);
		*ret = number_format(&n, locale->decimal, out);
		return S_OK;
	case VT_NULL:
		return VBS_HR(94);
	default:
		return VBS_HR(13);
	}
}

/* A whole number as text. */
static HRESULT digits_to_string(struct vbs_heap *heap, int64_t n, BSTR *ret)
{
	unsigned count = vbs_digits_count(n);
	HRESULT hr = vbs_string_new(heap, NULL, count, ret);

	if (SUCCEEDED(hr))
		vbs_digits_write(n, *ret, count);
	return hr;
}

HRESULT vbs_to_string(struct vbs_heap *heap, struct value *v, BSTR *ret)
{
	char text[DATE_TEXT_SIZE];
	size_t n;
	HRESULT hr;

	v = value_deref(v);
	if (v->type == VT_BSTR || v->type == VBS_BYTES) {
		*ret = bstr_ref(v->str);
		return S_OK;
	}
	if (v->type == VT_EMPTY) {
		*ret = NULL;
		return S_OK;
	}
	if (v->type == VT_DISPATCH) {
		struct value plain = VALUE_EMPTY;

		hr = vbs_object_default(heap, v->obj, &plain);
		if (SUCCEEDED(hr))
			hr = vbs_to_string(heap, &plain, ret);
		value_clear(&plain);
		return hr;
	}
	if (v->type == VT_I2 || v->type == VT_I4 || v->type == VT_UI1 || v->type == VT_I8)
		return digits_to_string(heap, v->i, ret);
	hr = scalar_to_text(v, vbs_heap_locale(heap), text, &n);
	if (FAILED(hr))
		return hr;
	return vbs_string_from_utf8(heap, text, n, ret);
}

/* ---- to a named subtype ---- */

static HRESULT double_to_integer(double d, double low, double high, uint16_t type,
				 struct value *ret)
{
	d = vbs_round_even(d);
	if (!(d >= low && d <= high))
		return VBS_HR(6);
	*ret = (struct value){ .type = type, .i = (int64_t)d };
	return S_OK;
}

static HRESULT hresult_of_automation(HRESULT hr)
{
	switch (hr) {
	case DISP_E_OVERFLOW:
		return VBS_HR(6);
	case DISP_E_TYPEMISMATCH:
	case DISP_E_BADVARTYPE:
		return VBS_HR(13);
	default:
		return hr;
	}
}

/* Text and the exact types as automation converts them: every digit counts. */
static HRESULT by_automation(struct vbs_heap *heap, struct value *v, uint16_t type,
			     struct value *ret)
{
	VARIANT from = { 0 }, to = { 0 };
	HRESULT hr = vbs_to_variant(v, &from);

	if (SUCCEEDED(hr)) {
		hr = hresult_of_automation(VariantChangeTypeEx(
			&to, &from, vbs_heap_locale(heap)->lcid, VARIANT_ALPHABOOL, type));
		VariantClear(&from);
	}
	return FAILED(hr) ? hr : vbs_take_variant(heap, &to, ret);
}

static bool is_exact(uint16_t type)
{
	return type == VT_BSTR || type == VT_CY || type == VT_DECIMAL || type == VT_I8;
}

static HRESULT to_date(struct vbs_heap *heap, struct value *v, struct value *ret)
{
	double d;
	HRESULT hr;

	if (v->type == VT_BSTR)
		return by_automation(heap, v, VT_DATE, ret);
	hr = vbs_to_double(heap, v, &d);
	if (FAILED(hr))
		return hr;
	if (!date_valid(d))
		return VBS_HR(6);
	*ret = VALUE_DATE(d);
	return S_OK;
}

/* Text to a whole subtype: what CLng and CInt are mostly called for. */
static HRESULT text_to_whole(struct vbs_heap *heap, struct value *v, uint16_t type,
			     struct value *ret)
{
	static const int64_t low[] = { [VT_I2] = INT16_MIN, [VT_I4] = INT32_MIN, [VT_UI1] = 0 };
	static const int64_t high[] = { [VT_I2] = INT16_MAX, [VT_I4] = INT32_MAX, [VT_UI1] = 255 };
	struct number n;
	__int128 whole;

	if (!number_parse(v->str, value_str_length(v), vbs_heap_locale(heap), &n))
		return VBS_HR(13);
	if (n.bits) /* a pattern, not a number */
		return by_automation(heap, v, type, ret);
	if (!number_round(&n, 0, &whole) || whole < low[type] || whole > high[type])
		return VBS_HR(6);
	*ret = (struct value){ .type = type, .i = (int64_t)whole };
	return S_OK;
}

static HRESULT to_number(struct vbs_heap *heap, struct value *v, uint16_t type, struct value *ret)
{
	double d;
	HRESULT hr;

	if (v->type == VT_BOOL && type == VT_UI1) {
		*ret = (struct value){ .type = VT_UI1, .i = v->i & 255 };
		return S_OK;
	}
	if (v->type == VT_BSTR && (type == VT_I4 || type == VT_I2 || type == VT_UI1))
		return text_to_whole(heap, v, type, ret);
	if (is_exact(v->type) && type != VT_R8)
		return by_automation(heap, v, type, ret);
	hr = vbs_to_double(heap, v, &d); /* also says what is no number at all */
	if (FAILED(hr))
		return hr;
	if (is_exact(type))
		return by_automation(heap, v, type, ret);
	switch (type) {
	case VT_UI1:
		return double_to_integer(d, 0, 255, type, ret);
	case VT_I2:
		return double_to_integer(d, INT16_MIN, INT16_MAX, type, ret);
	case VT_I4:
		return double_to_integer(d, INT32_MIN, INT32_MAX, type, ret);
	case VT_R4:
		if (fabs(d) > 3.402823466385288598e38)
			return VBS_HR(6);
		*ret = (struct value){ .type = type, .d = (float)d };
		return S_OK;
	default:
		*ret = VALUE_R8(d);
		return S_OK;
	}
}

HRESULT vbs_to_decimal(const struct locale *locale, const struct value *v, DECIMAL *ret)
{
	struct number n = { 0 };
	bool is = true;

	switch (v->type) {
	case VT_EMPTY:
		break;
	case VT_BSTR:
		is = number_parse(v->str, value_str_length(v), locale, &n);
		break;
	case VT_DECIMAL:
		number_from_decimal(v->decimal, &n);
		break;
	case VT_R4:
	case VT_R8:
	case VT_DATE:
		if (!number_from_double(v->d, v->type == VT_R4 ? 7 : 15, &n))
			return VBS_HR(6);
		break;
	case VT_UI1:
	case VT_BOOL:
	case VT_I2:
	case VT_I4:
	case VT_I8:
	case VT_CY:
		n.mantissa = v->i < 0 ? -(uint64_t)v->i : (uint64_t)v->i;
		n.negative = v->i < 0;
		n.exponent = v->type == VT_CY ? -4 : 0;
		break;
	default:
		is = false;
	}
	if (!is)
		return VBS_HR(13);
	return number_to_decimal(&n, ret) ? S_OK : VBS_HR(6);
}

HRESULT vbs_to_type(struct vbs_heap *heap, struct value *v, uint16_t type, struct value *ret)
{
	struct value plain = VALUE_EMPTY, out = VALUE_EMPTY;
	HRESULT hr;
	bool b;

	v = value_deref(v);
	if (v->type == VT_DISPATCH) {
		hr = vbs_object_default(heap, v->obj, &plain);
		if (FAILED(hr))
			return hr;
		v = &plain;
	}
	if (v->type == type) {
		hr = S_OK;
		value_copy(&out, v);
	} else if (type == VT_BSTR) {
		out.type = VT_BSTR;
		out.str = NULL;
		hr = vbs_to_string(heap, v, &out.str);
	} else if (type == VT_BOOL) {
		hr = vbs_to_bool(heap, v, &b);
		if (SUCCEEDED(hr))
			out = VALUE_BOOL(b);
	} else if (type == VT_DATE) {
		hr = to_date(heap, v, &out);
	} else {
		hr = to_number(heap, v, type, &out);
	}
	if (SUCCEEDED(hr))
		*ret = out;
	value_clear(&plain);
	return hr;
}

HRESULT vbs_to_plain(struct vbs_heap *heap, struct value *v, struct value *ret)
{
	struct value plain = VALUE_EMPTY;

	v = value_deref(v);
	if (v->type == VT_DISPATCH) {
		HRESULT hr = vbs_object_default(heap, v->obj, &plain);

		if (FAILED(hr))
			return hr;
		value_move(ret, &plain);
	} else {
		value_copy(ret, v);
	}
	return S_OK;
}
