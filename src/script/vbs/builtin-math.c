/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Built-in functions: numbers.
 */
#include "script/vbs/builtin-args.h"

#include "com/decimal.h"
#include "script/vbs/date.h"
#include "script/vbs/variant.h"

#include <math.h>

static HRESULT real(double d, struct value *ret)
{
	if (!isfinite(d))
		return VBS_HR(6);
	return return_value(VALUE_R8(d), ret);
}

enum keeping { ABS, INT, FIX };

static double keep_real(double d, enum keeping what)
{
	return what == ABS ? fabs(d) : what == INT ? floor(d) : trunc(d);
}

static HRESULT keep_whole(const struct value *v, enum keeping what, struct value *ret)
{
	static const int64_t least[] = {
		[VT_I2] = INT16_MIN, [VT_I4] = INT32_MIN, [VT_I8] = INT64_MIN
	};

	*ret = *v;
	ret->flags = 0;
	if (what != ABS || v->i >= 0)
		return S_OK;
	if (v->i == least[v->type])
		return VBS_HR(6);
	ret->i = -v->i;
	return S_OK;
}

static HRESULT keep_currency(int64_t n, enum keeping what, struct value *ret)
{
	__int128 wide = n;

	if (what == ABS)
		wide = wide < 0 ? -wide : wide;
	else
		wide -= what == INT && n % 10000 < 0 ? n % 10000 + 10000 : n % 10000;
	if (wide < INT64_MIN || wide > INT64_MAX)
		return VBS_HR(6);
	*ret = (struct value){ .type = VT_CY, .i = (int64_t)wide };
	return S_OK;
}

static HRESULT return_decimal(const DECIMAL *d, struct value *ret)
{
	DECIMAL *box;
	HRESULT hr = vbs_decimal_new(d, &box);

	if (SUCCEEDED(hr))
		*ret = (struct value){ .type = VT_DECIMAL, .decimal = box };
	return hr;
}

static HRESULT keep_decimal(const DECIMAL *from, enum keeping what, struct value *ret)
{
	DECIMAL d = *from;

	if (what == ABS)
		d.sign = 0;
	else if (FAILED(decimal_round(from, 0, what == INT ? DECIMAL_FLOOR : DECIMAL_DOWN, &d)))
		return VBS_HR(6);
	return return_decimal(&d, ret);
}

static HRESULT keep_plain(struct vbs_engine *e, struct value *v, enum keeping what,
			  struct value *ret)
{
	double d;
	HRESULT hr;

	switch (v->type) {
	case VT_EMPTY:
		return return_value(VALUE_I2(0), ret);
	case VT_BOOL:
		return keep_whole(&VALUE_I2(v->i), what, ret);
	case VT_UI1:
	case VT_I2:
	case VT_I4:
	case VT_I8:
		return keep_whole(v, what, ret);
	case VT_CY:
		return keep_currency(v->i, what, ret);
	case VT_DECIMAL:
		return keep_decimal(v->decimal, what, ret);
	default:
		hr = vbs_to_double(&e->heap, v, &d);
		if (FAILED(hr))
			return hr;
		return return_value((struct value){ .type = v->type == VT_BSTR ? VT_R8 : v->type,
						    .d = keep_real(d, what) },
				    ret);
	}
}

/* Int, Fix and Abs keep the subtype of their argument; text is a Double, True an Integer. */
static HRESULT keep_kind(struct vbs_engine *e, struct value *args, enum keeping what,
			 struct value *ret)
{
	struct value plain = VALUE_EMPTY;
	HRESULT hr;

	if (arg_null(args, 0))
		return return_value(VALUE_NULL, ret);
	hr = vbs_to_plain(&e->heap, &args[0], &plain);
	if (SUCCEEDED(hr))
		hr = keep_plain(e, &plain, what, ret);
	value_clear(&plain);
	return hr;
}

BUILTIN(abs)
{
	(void)argc;
	return keep_kind(e, args, ABS, ret);
}

BUILTIN(int)
{
	(void)argc;
	return keep_kind(e, args, INT, ret);
}

BUILTIN(fix)
{
	(void)argc;
	return keep_kind(e, args, FIX, ret);
}

static double round_real(double d, int places)
{
	double scale = pow(10, places), scaled = d * scale;

	/* With more digits than a Double has there is nothing to round. */
	if (!isfinite(scaled) || fabs(scaled) > 4503599627370496.0)
		return d;
	return vbs_round_even(scaled) / scale;
}

static HRESULT round_plain(struct vbs_engine *e, struct value *v, int places, struct value *ret)
{
	DECIMAL m;
	double d;
	HRESULT hr;

	switch (v->type) {
	case VT_EMPTY:
		return return_value(VALUE_I2(0), ret);
	case VT_BOOL:
	case VT_UI1:
	case VT_I2:
	case VT_I4:
	case VT_I8:
		return keep_whole(v, INT, ret);
	case VT_CY:
	case VT_DECIMAL:
		hr = vbs_to_decimal(e->locale, v, &m);
		if (SUCCEEDED(hr) && FAILED(decimal_round(&m, places, DECIMAL_EVEN, &m)))
			hr = VBS_HR(6);
		if (SUCCEEDED(hr))
			hr = return_decimal(&m, ret);
		if (SUCCEEDED(hr) && v->type == VT_CY) {
			struct value box = *ret;

			*ret = VALUE_EMPTY;
			hr = vbs_to_type(&e->heap, &box, VT_CY, ret);
			value_clear(&box);
		}
		return hr;
	default:
		hr = vbs_to_double(&e->heap, v, &d);
		if (FAILED(hr))
			return hr;
		return return_value((struct value){ .type = v->type == VT_BSTR ? VT_R8 : v->type,
						    .d = round_real(d, places) },
				    ret);
	}
}

/* Round(number[, places]): half to even, in the subtype of the number. */
BUILTIN(round)
{
	struct value plain = VALUE_EMPTY;
	int32_t places;
	HRESULT hr = arg_long(e, args, argc, 1, 0, &places);

	if (FAILED(hr))
		return hr;
	if (places < 0 || places > 22)
		return VBS_HR(5);
	if (arg_null(args, 0))
		return return_value(VALUE_NULL, ret);
	hr = vbs_to_plain(&e->heap, &args[0], &plain);
	if (SUCCEEDED(hr))
		hr = round_plain(e, &plain, places, ret);
	value_clear(&plain);
	return hr;
}

BUILTIN(sgn)
{
	double d;
	HRESULT hr;

	(void)argc;
	hr = vbs_to_double(&e->heap, &args[0], &d);
	return FAILED(hr) ? hr : return_value(VALUE_I2((d > 0) - (d < 0)), ret);
}

#define REAL_FUNCTION(name, condition, expression)                                                 \
	BUILTIN(name)                                                                              \
	{                                                                                          \
		double d;                                                                          \
		HRESULT hr = vbs_to_double(&e->heap, &args[0], &d);                                \
		(void)argc;                                                                        \
		if (FAILED(hr))                                                                    \
			return hr;                                                                 \
		return condition ? real(expression, ret) : VBS_HR(5);                              \
	}
REAL_FUNCTION(sqr, d >= 0, sqrt(d))
REAL_FUNCTION(exp, true, exp(d))
REAL_FUNCTION(log, d > 0, log(d))
REAL_FUNCTION(sin, true, sin(d))
REAL_FUNCTION(cos, true, cos(d))
REAL_FUNCTION(tan, true, tan(d))
REAL_FUNCTION(atn, true, atan(d))

/* Microsoft's published generator (KB 231847): 24 bits, x * 16598013 + 12820163. */
static float rnd_next(struct vbs_engine *e)
{
	e->rnd = (e->rnd * 16598013u + 12820163u) & 0xFFFFFF;
	return e->rnd / 16777216.0f;
}

static uint32_t float_bits(float f)
{
	uint32_t bits;

	memcpy(&bits, &f, sizeof bits);
	return bits;
}

/* Rnd(n): n < 0 seeds with n, 0 repeats the last number, else the next one. */
BUILTIN(rnd)
{
	double d = 1;
	HRESULT hr;

	if (arg_given(args, argc, 0)) {
		hr = vbs_to_double(&e->heap, &args[0], &d);
		if (FAILED(hr))
			return hr;
	}
	if (d < 0) {
		uint32_t bits = float_bits((float)d);

		e->rnd = (bits + (bits >> 24)) & 0xFFFFFF;
	}
	return return_value((struct value){ .type = VT_R4,
					    .d = d == 0 ? e->rnd / 16777216.0f : rnd_next(e) },
			    ret);
}

BUILTIN(randomize)
{
	uint32_t high;
	uint64_t bits;
	double d;
	HRESULT hr;

	if (arg_given(args, argc, 0)) {
		hr = vbs_to_double(&e->heap, &args[0], &d);
		if (FAILED(hr))
			return hr;
	} else {
		d = fmod(date_now(), 1) * 86400;
	}
	/* The middle 16 bits of the state come from the upper half of the number. */
	memcpy(&bits, &d, sizeof bits);
	high = bits >> 32;
	high = (high & 0xFFFF) ^ (high >> 16);
	e->rnd = (e->rnd & 0xFF0000FF) | (high << 8 & 0x00FFFF00);
	return return_value(VALUE_EMPTY, ret);
}

BUILTIN(rgb)
{
	int32_t part[3];

	(void)argc;
	for (int i = 0; i < 3; i++) {
		HRESULT hr = vbs_to_int(&e->heap, &args[i], &part[i]);

		if (FAILED(hr))
			return hr;
		if (part[i] < 0)
			return VBS_HR(5);
		if (part[i] > 255)
			part[i] = 255;
	}
	return return_value(VALUE_I4(part[0] | part[1] << 8 | part[2] << 16), ret);
}
