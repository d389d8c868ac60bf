/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Built-in functions: numbers.
 */
#include "script/vbs/builtin-args.h"

#include "script/vbs/date.h"

#include <math.h>

static HRESULT real(double d, struct value *ret)
{
	if (!isfinite(d))
		return VBS_HR(6);
	return return_value(VALUE_R8(d), ret);
}

/* Int, Fix and Abs keep the subtype of their argument. */
static HRESULT keep_kind(struct vbs_engine *e, struct value *args, double (*fn)(double),
			 struct value *ret)
{
	struct value *v = value_deref(&args[0]), plain = VALUE_EMPTY;
	double d;
	HRESULT hr;

	if (v->type == VT_NULL)
		return return_value(VALUE_NULL, ret);
	hr = vbs_to_plain(&e->heap, v, &plain);
	if (SUCCEEDED(hr))
		hr = vbs_to_double(&e->heap, &plain, &d);
	if (SUCCEEDED(hr)) {
		d = fn(d);
		switch (plain.type) {
		case VT_EMPTY:
		case VT_BOOL:
			*ret = VALUE_I2((int64_t)d);
			break;
		case VT_UI1:
		case VT_I8:
			*ret = (struct value){ .type = plain.type, .i = (int64_t)d };
			break;
		case VT_I2:
			*ret = d > INT16_MAX ? VALUE_I4((int64_t)d) : VALUE_I2((int64_t)d);
			break;
		case VT_I4:
			*ret = d > INT32_MAX ? VALUE_R8(d) : VALUE_I4((int64_t)d);
			break;
		case VT_CY:
			*ret = (struct value){ .type = VT_CY, .i = llround(d * 10000) };
			break;
		case VT_R4:
		case VT_DATE:
			*ret = (struct value){ .type = plain.type, .d = d };
			break;
		default:
			*ret = VALUE_R8(d);
		}
	}
	value_clear(&plain);
	return hr;
}

BUILTIN(abs)
{
	(void)argc;
	return keep_kind(e, args, fabs, ret);
}

BUILTIN(int)
{
	(void)argc;
	return keep_kind(e, args, floor, ret);
}

BUILTIN(fix)
{
	(void)argc;
	return keep_kind(e, args, trunc, ret);
}

BUILTIN(round)
{
	struct value *v = value_deref(&args[0]);
	int32_t places;
	double d, scale, scaled, rounded;
	HRESULT hr = arg_long(e, args, argc, 1, 0, &places);

	if (FAILED(hr))
		return hr;
	if (places < 0 || places > 22)
		return VBS_HR(5);
	if (v->type == VT_NULL)
		return return_value(VALUE_NULL, ret);
	if (!places && (v->type == VT_I2 || v->type == VT_I4 || v->type == VT_UI1))
		return return_value(*v, ret);
	hr = vbs_to_double(&e->heap, v, &d);
	if (FAILED(hr))
		return hr;
	scale = pow(10, places);
	scaled = d * scale;
	if (!isfinite(scaled) || fabs(scaled) > 4503599627370496.0)
		rounded = d;
	else
		rounded = vbs_round_even(scaled) / scale;
	if (v->type == VT_CY)
		return return_value((struct value){ .type = VT_CY, .i = llround(rounded * 10000) },
				    ret);
	return real(rounded, ret);
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
