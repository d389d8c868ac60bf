/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VariantChangeType ([MS-OAUT] 2.2.29; the rules are those of the automation library's documented
 * coercions): every scalar type to every other, text as the LCID's locale has it. A source becomes
 * an exact decimal or a real, a target is made from either; so no pair of types has code of its
 * own. Rounding to integers is to even; what does not fit is DISP_E_OVERFLOW. Called by the script
 * engines and by all automation objects; any thread.
 */
#include "com/variant.h"

#include "base/mem.h"
#include "com/bstr.h"
#include "com/casing.h"
#include "com/date.h"
#include "com/number.h"

#include <float.h>
#include <math.h>

/* A scalar source, half way to its target. */
struct operand {
	enum { OPERAND_EXACT, OPERAND_REAL } kind;
	struct number exact;
	double real;
};

static const struct integer_type {
	VARTYPE vt;
	uint8_t bits;
	bool is_signed;
} integer_types[] = {
	{ VT_I1, 8, true },  { VT_UI1, 8, false },  { VT_I2, 16, true },  { VT_UI2, 16, false },
	{ VT_I4, 32, true }, { VT_UI4, 32, false }, { VT_INT, 32, true }, { VT_UINT, 32, false },
	{ VT_I8, 64, true }, { VT_UI8, 64, false },
};

static const struct integer_type *integer_type_of(VARTYPE vt)
{
	for (size_t i = 0; i < ARRAY_LEN(integer_types); i++)
		if (integer_types[i].vt == vt)
			return &integer_types[i];
	return NULL;
}

/* ---- from a source ---- */

static void exact_set(struct operand *o, __int128 value, int exponent)
{
	o->kind = OPERAND_EXACT;
	o->exact = (struct number){ .negative = value < 0,
				    .mantissa = (unsigned __int128)(value < 0 ? -value : value),
				    .exponent = exponent };
}

static void real_set(struct operand *o, double value)
{
	o->kind = OPERAND_REAL;
	o->real = value;
}

static HRESULT load_bstr(BSTR s, const struct locale *locale, VARTYPE target, struct operand *o)
{
	static const struct {
		const char16_t *name;
		uint8_t length;
		int8_t value;
	} truths[] = {
		{ u"True", 4, -1 }, { u"False", 5, 0 }, { u"#TRUE#", 6, -1 }, { u"#FALSE#", 7, 0 }
	};
	UINT length = SysStringLen(s);

	if (target == VT_BOOL) {
		for (size_t i = 0; i < ARRAY_LEN(truths); i++) {
			if (casing_compare(s, length, truths[i].name, truths[i].length) == 0) {
				exact_set(o, truths[i].value, 0);
				return S_OK;
			}
		}
	}
	o->kind = OPERAND_EXACT;
	return number_parse(s, length, locale, &o->exact) ? S_OK : DISP_E_TYPEMISMATCH;
}

/* The scalar in `v` as an operand. */
static HRESULT load(const VARIANT *v, const struct locale *locale, VARTYPE target,
		    struct operand *o)
{
	switch (v->vt) {
	case VT_EMPTY:
		exact_set(o, 0, 0);
		return S_OK;
	case VT_I1:
		exact_set(o, v->cVal, 0);
		return S_OK;
	case VT_UI1:
		exact_set(o, v->bVal, 0);
		return S_OK;
	case VT_I2:
		exact_set(o, v->iVal, 0);
		return S_OK;
	case VT_UI2:
		exact_set(o, v->uiVal, 0);
		return S_OK;
	case VT_I4:
	case VT_INT:
		exact_set(o, v->lVal, 0);
		return S_OK;
	case VT_UI4:
	case VT_UINT:
		exact_set(o, v->ulVal, 0);
		return S_OK;
	case VT_I8:
		exact_set(o, v->llVal, 0);
		return S_OK;
	case VT_UI8:
		exact_set(o, (__int128)v->ullVal, 0);
		return S_OK;
	case VT_BOOL:
		exact_set(o, v->boolVal ? -1 : 0, 0);
		o->exact.bits = true;
		return S_OK;
	case VT_CY:
		exact_set(o, v->cyVal.int64, -4);
		return S_OK;
	case VT_DECIMAL:
		o->kind = OPERAND_EXACT;
		number_from_decimal(&v->decVal, &o->exact);
		return S_OK;
	case VT_R4:
		real_set(o, (double)v->fltVal);
		return S_OK;
	case VT_R8:
	case VT_DATE:
		real_set(o, v->dblVal);
		return S_OK;
	case VT_BSTR:
		return load_bstr(v->bstrVal, locale, target, o);
	default:
		return DISP_E_TYPEMISMATCH;
	}
}

static double operand_double(const struct operand *o)
{
	return o->kind == OPERAND_REAL ? o->real : number_to_double(&o->exact);
}

/* Rounded to an integer after multiplying by ten to `shift` (0 or 4). */
static HRESULT operand_integer(const struct operand *o, int shift, __int128 *ret)
{
	if (o->kind == OPERAND_EXACT)
		return number_round(&o->exact, shift, ret) ? S_OK : DISP_E_OVERFLOW;
	double d = rint(shift ? o->real * 10000.0 : o->real);

	/* The negated form also refuses what is not a number. */
	if (!(fabs(d) < 1e30))
		return DISP_E_OVERFLOW;
	*ret = (__int128)d;
	return S_OK;
}

/* ---- to a target; `*to` holds nothing ---- */

static HRESULT make_integer(const struct integer_type *type, const struct operand *o, VARIANT *to)
{
	__int128 one = 1, value = 0;
	HRESULT hr = operand_integer(o, 0, &value);

	if (FAILED(hr))
		return hr;
	__int128 high = (one << (type->is_signed ? type->bits - 1 : type->bits)) - 1;
	__int128 low = type->is_signed ? -high - 1 : 0;

	/* "&HFFFF" is a pattern of bits: -1 as an I2, 65535 as an I4. So is True: 255 as a byte. */
	if (o->kind == OPERAND_EXACT && o->exact.bits) {
		high = (one << type->bits) - 1;
		low = -high;
	}
	if (value < low || value > high)
		return DISP_E_OVERFLOW;
	*to = (VARIANT){ .vt = type->vt };
	uint64_t pattern = (uint64_t)value;

	memcpy(&to->llVal, &pattern, type->bits / 8);
	return S_OK;
}

static HRESULT make_r4(const struct operand *o, VARIANT *to)
{
	double d = operand_double(o);

	if (isfinite(d) ? fabs(d) > (double)FLT_MAX : o->kind == OPERAND_EXACT)
		return DISP_E_OVERFLOW;
	*to = (VARIANT){ .vt = VT_R4, .fltVal = (float)d };
	return S_OK;
}

static HRESULT make_r8(const struct operand *o, VARIANT *to)
{
	double d = operand_double(o);

	if (!isfinite(d) && o->kind == OPERAND_EXACT)
		return DISP_E_OVERFLOW;
	*to = (VARIANT){ .vt = VT_R8, .dblVal = d };
	return S_OK;
}

static HRESULT make_cy(const struct operand *o, VARIANT *to)
{
	__int128 value = 0;
	HRESULT hr = operand_integer(o, 4, &value);

	if (FAILED(hr))
		return hr;
	if (value < INT64_MIN || value > INT64_MAX)
		return DISP_E_OVERFLOW;
	*to = (VARIANT){ .vt = VT_CY, .cyVal = { (int64_t)value } };
	return S_OK;
}

static HRESULT make_decimal(const struct operand *o, VARTYPE source, VARIANT *to)
{
	struct number n = o->exact;
	VARIANT v = { 0 };

	if (o->kind == OPERAND_REAL && !number_from_double(o->real, source == VT_R4 ? 7 : 15, &n))
		return DISP_E_OVERFLOW;
	if (!number_to_decimal(&n, &v.decVal))
		return DISP_E_OVERFLOW;
	v.vt = VT_DECIMAL;
	*to = v;
	return S_OK;
}

static HRESULT make_bool(const struct operand *o, VARIANT *to)
{
	bool b = o->kind == OPERAND_REAL ? o->real != 0 : o->exact.mantissa != 0;

	*to = (VARIANT){ .vt = VT_BOOL, .boolVal = b ? VARIANT_TRUE : VARIANT_FALSE };
	return S_OK;
}

static HRESULT make_date(const VARIANT *from, const struct locale *locale, VARIANT *to)
{
	struct operand o;
	DATE d;

	if (from->vt != VT_BSTR ||
	    !date_parse(from->bstrVal, SysStringLen(from->bstrVal), locale, &d)) {
		/* Text that is no date may be a number of days; one beyond Double is neither
		 * (MS-VBAL 5.5.1.2.4). */
		HRESULT hr = load(from, locale, VT_DATE, &o);

		if (FAILED(hr))
			return hr;
		d = operand_double(&o);
		if (!date_valid(d))
			return from->vt == VT_BSTR && !isfinite(d) ? DISP_E_TYPEMISMATCH
								   : DISP_E_OVERFLOW;
	}
	*to = (VARIANT){ .vt = VT_DATE, .date = d };
	return S_OK;
}

/* The text of a scalar that is not a string; 0 when it has none. */
static size_t scalar_text(const VARIANT *v, const struct locale *locale, USHORT flags,
			  char out[DATE_TEXT_SIZE])
{
	_Static_assert(NUMBER_TEXT_SIZE <= DATE_TEXT_SIZE, "one buffer for both");
	struct operand o;

	switch (v->vt) {
	case VT_R4:
		return number_format_real((double)v->fltVal, 7, locale->decimal, out);
	case VT_R8:
		return number_format_real(v->dblVal, 15, locale->decimal, out);
	case VT_DATE:
		return date_format(v->date, DATE_GENERAL, locale, out);
	case VT_BOOL:
		if (flags & (VARIANT_ALPHABOOL | VARIANT_LOCALBOOL)) {
			strcpy(out, v->boolVal ? "True" : "False");
			return strlen(out);
		}
		break;
	default:
		break;
	}
	return FAILED(load(v, locale, VT_BSTR, &o)) ? 0
						    : number_format(&o.exact, locale->decimal, out);
}

static HRESULT make_bstr(const VARIANT *from, const struct locale *locale, USHORT flags,
			 VARIANT *to)
{
	char text[DATE_TEXT_SIZE];
	size_t length = 0;

	if (from->vt != VT_EMPTY) {
		length = scalar_text(from, locale, flags, text);
		if (!length)
			return from->vt == VT_DATE ? DISP_E_OVERFLOW : DISP_E_TYPEMISMATCH;
	}
	BSTR s = bstr_from_text((struct text){ text, length });

	if (!s)
		return E_OUTOFMEMORY;
	*to = (VARIANT){ .vt = VT_BSTR, .bstrVal = s };
	return S_OK;
}

static HRESULT make_scalar(const VARIANT *from, LCID lcid, USHORT flags, VARTYPE vt, VARIANT *to)
{
	const struct locale *locale = locale_find(lcid);
	const struct integer_type *type = integer_type_of(vt);
	struct operand o = { 0 };

	if (!locale)
		locale = locale_default();
	if (vt == VT_BSTR)
		return make_bstr(from, locale, flags, to);
	if (vt == VT_DATE)
		return make_date(from, locale, to);
	HRESULT hr = load(from, locale, vt, &o);

	if (FAILED(hr))
		return hr;
	if (type)
		return make_integer(type, &o, to);
	switch (vt) {
	case VT_R4:
		return make_r4(&o, to);
	case VT_R8:
		return make_r8(&o, to);
	case VT_CY:
		return make_cy(&o, to);
	case VT_DECIMAL:
		return make_decimal(&o, from->vt, to);
	case VT_BOOL:
		return make_bool(&o, to);
	default:
		return DISP_E_TYPEMISMATCH;
	}
}

/* ---- objects and arrays ---- */

static HRESULT make_object(IUnknown *object, VARTYPE vt, VARIANT *to)
{
	void *other = NULL;

	if (object) {
		HRESULT hr = object->lpVtbl->QueryInterface(
			object, vt == VT_DISPATCH ? &IID_IDispatch : &IID_IUnknown, &other);

		if (FAILED(hr))
			return hr == E_NOINTERFACE ? DISP_E_TYPEMISMATCH : hr;
	}
	*to = (VARIANT){ .vt = vt, .punkVal = other };
	return S_OK;
}

/* An object stands for the value of its default property. */
static HRESULT make_from_value(IDispatch *object, LCID lcid, USHORT flags, VARTYPE vt, VARIANT *to)
{
	DISPPARAMS none = { 0 };
	VARIANT value = { 0 };

	if (!object)
		return DISP_E_TYPEMISMATCH;
	HRESULT hr = object->lpVtbl->Invoke(object, DISPID_VALUE, &GUID_NULL, lcid,
					    DISPATCH_PROPERTYGET, &none, &value, NULL, NULL);

	if (FAILED(hr))
		return hr == E_OUTOFMEMORY ? hr : DISP_E_TYPEMISMATCH;
	/* Once: a default property that is an object again is no value. */
	hr = VariantChangeTypeEx(to, &value, lcid, flags | VARIANT_NOVALUEPROP, vt);
	VariantClear(&value);
	return hr;
}

/* Bytes travel as a string and back: a BSTR and a vector of VT_UI1 convert into each other. */
static HRESULT make_bytes(const VARIANT *from, VARIANT *to)
{
	UINT length = SysStringByteLen(from->bstrVal);
	SAFEARRAY *array = SafeArrayCreateVector(VT_UI1, 0, length);

	if (!array)
		return E_OUTOFMEMORY;
	if (length)
		memcpy(array->pvData, from->bstrVal, length);
	*to = (VARIANT){ .vt = VT_ARRAY | VT_UI1, .parray = array };
	return S_OK;
}

static HRESULT make_from_bytes(const VARIANT *from, VARIANT *to)
{
	SAFEARRAY *array = from->parray;

	if (!array || array->cDims != 1)
		return DISP_E_TYPEMISMATCH;
	BSTR s = SysAllocStringByteLen(array->pvData, array->rgsabound[0].cElements);

	if (!s)
		return E_OUTOFMEMORY;
	*to = (VARIANT){ .vt = VT_BSTR, .bstrVal = s };
	return S_OK;
}

/* ---- the door ---- */

static bool target_known(VARTYPE vt)
{
	return vt <= VT_DECIMAL ? vt != VT_VARIANT && vt != 15 : vt >= VT_I1 && vt <= VT_UINT;
}

static HRESULT make(const VARIANT *from, LCID lcid, USHORT flags, VARTYPE vt, VARIANT *to)
{
	if (from->vt == vt)
		return VariantCopy(to, from);
	if (vt == (VT_ARRAY | VT_UI1) && from->vt == VT_BSTR)
		return make_bytes(from, to);
	if (vt == VT_BSTR && from->vt == (VT_ARRAY | VT_UI1))
		return make_from_bytes(from, to);
	if ((vt & VT_ARRAY) || (from->vt & VT_ARRAY))
		return DISP_E_TYPEMISMATCH;
	if (!target_known(vt))
		return DISP_E_BADVARTYPE;
	if (from->vt == VT_DISPATCH || from->vt == VT_UNKNOWN) {
		if (vt == VT_UNKNOWN || vt == VT_DISPATCH)
			return make_object(from->punkVal, vt, to);
		if (from->vt == VT_UNKNOWN || (flags & VARIANT_NOVALUEPROP))
			return DISP_E_TYPEMISMATCH;
		return make_from_value(from->pdispVal, lcid, flags, vt, to);
	}
	return make_scalar(from, lcid, flags, vt, to);
}

HRESULT VariantChangeTypeEx(VARIANT *to, const VARIANT *from, LCID lcid, USHORT flags, VARTYPE vt)
{
	VARIANT room, made = { 0 };
	const VARIANT *view = variant_view(from, &room);

	if (!view)
		return E_INVALIDARG;
	if (vt & VT_BYREF)
		return DISP_E_BADVARTYPE;
	HRESULT hr = make(view, lcid, flags, vt, &made);

	if (FAILED(hr))
		return hr;
	variant_replace(to, &made);
	return S_OK;
}

HRESULT VariantChangeType(VARIANT *to, const VARIANT *from, USHORT flags, VARTYPE vt)
{
	return VariantChangeTypeEx(to, from, 0, flags, vt);
}

HRESULT variant_to_bstr(const VARIANT *v, LCID lcid, BSTR *ret)
{
	VARIANT room, text = { 0 };
	const VARIANT *view = variant_view(v, &room);

	if (view && view->vt == VT_BSTR && view->bstrVal) {
		*ret = bstr_ref(view->bstrVal);
		return S_OK;
	}
	HRESULT hr = VariantChangeTypeEx(&text, v, lcid, VARIANT_ALPHABOOL, VT_BSTR);

	if (SUCCEEDED(hr))
		*ret = text.bstrVal;
	return hr;
}
