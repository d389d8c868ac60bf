/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Built-in functions: conversions and questions about values.
 */
#include "script/vbs/builtin-args.h"

#include "com/codepage.h"
#include "script/vbs/date.h"
#include "script/vbs/object.h"

#include <stdio.h>

static HRESULT convert(struct vbs_engine *e, struct value *args, uint16_t type, struct value *ret)
{
	if (arg_null(args, 0))
		return VBS_HR(94);
	if (value_deref(&args[0])->type == VT_ERROR)
		return VBS_HR(13);
	return vbs_to_type(&e->heap, &args[0], type, ret);
}

#define CONVERT(name, type)                                                                        \
	BUILTIN(name)                                                                              \
	{                                                                                          \
		(void)argc;                                                                        \
		return convert(e, args, type, ret);                                                \
	}
CONVERT(cbool, VT_BOOL)
CONVERT(cbyte, VT_UI1)
CONVERT(ccur, VT_CY)
CONVERT(cdate, VT_DATE)
CONVERT(cdbl, VT_R8)
CONVERT(cint, VT_I2)
CONVERT(clng, VT_I4)
CONVERT(csng, VT_R4)
CONVERT(cstr, VT_BSTR)

static HRESULT radix(struct vbs_engine *e, struct value *args, const char *format,
		     struct value *ret)
{
	struct value *v = value_deref(&args[0]);
	char text[32];
	int32_t n;
	HRESULT hr;

	if (v->type == VT_NULL)
		return return_value(VALUE_NULL, ret);
	hr = vbs_to_int(&e->heap, v, &n);
	if (FAILED(hr))
		return hr;
	/* Integers of 16 bits show 16 bits. */
	snprintf(text, sizeof text, format,
		 v->type == VT_I2 || v->type == VT_BOOL ? (uint32_t)(uint16_t)n : (uint32_t)n);
	return return_ascii(e, text, strlen(text), ret);
}

BUILTIN(hex)
{
	(void)argc;
	return radix(e, args, "%X", ret);
}

BUILTIN(oct)
{
	(void)argc;
	return radix(e, args, "%o", ret);
}

static HRESULT first_unit(struct vbs_engine *e, struct value *args, OLECHAR *ret)
{
	BSTR s;
	HRESULT hr = vbs_to_string(&e->heap, &args[0], &s);

	if (FAILED(hr))
		return hr;
	if (!units_of(s)) {
		SysFreeString(s);
		return VBS_HR(5);
	}
	*ret = s[0];
	SysFreeString(s);
	return S_OK;
}

BUILTIN(asc)
{
	OLECHAR c;
	HRESULT hr = first_unit(e, args, &c);

	(void)argc;
	if (FAILED(hr))
		return hr;
	/* A code of two bytes is a negative Integer. */
	return return_value(VALUE_I2((int16_t)codepage_encode(e->locale->code_page, c)), ret);
}

BUILTIN(ascw)
{
	OLECHAR c;
	HRESULT hr = first_unit(e, args, &c);

	(void)argc;
	return FAILED(hr) ? hr : return_value(VALUE_I2((int16_t)c), ret);
}

BUILTIN(chr)
{
	int32_t n;
	OLECHAR c;
	HRESULT hr = vbs_to_int(&e->heap, &args[0], &n);

	(void)argc;
	if (FAILED(hr))
		return hr;
	if (n < -32768 || n > 65535 || !codepage_decode(e->locale->code_page, (uint16_t)n, &c))
		return VBS_HR(5);
	return return_string(e, &c, 1, ret);
}

BUILTIN(chrw)
{
	int32_t n;
	OLECHAR c;
	HRESULT hr = vbs_to_int(&e->heap, &args[0], &n);

	(void)argc;
	if (FAILED(hr))
		return hr;
	if (n < -32768 || n > 65535)
		return VBS_HR(5);
	c = n;
	return return_string(e, &c, 1, ret);
}

struct text vbs_type_name(const struct value *v)
{
	static const char *const names[] = {
		[VT_EMPTY] = "Empty",     [VT_NULL] = "Null",       [VT_I2] = "Integer",
		[VT_I4] = "Long",         [VT_R4] = "Single",       [VT_R8] = "Double",
		[VT_CY] = "Currency",     [VT_DATE] = "Date",       [VT_BSTR] = "String",
		[VT_DISPATCH] = "Object", [VT_ERROR] = "Error",     [VT_BOOL] = "Boolean",
		[VT_UNKNOWN] = "Unknown", [VT_DECIMAL] = "Decimal", [VT_UI1] = "Byte",
		[VT_I8] = "LongLong",
	};

	if (v->type == VBS_ARRAY)
		return TEXT("Variant()");
	if (v->type == VBS_BYTES)
		return TEXT("Byte()");
	if (v->type < ARRAY_LEN(names) && names[v->type])
		return text_of(names[v->type]);
	return TEXT("Unknown");
}

BUILTIN(typename)
{
	struct value *v = value_deref(&args[0]);
	const struct automation_class *class;
	struct text name = vbs_type_name(v);
	char buffer[512];

	(void)argc;
	if (v->type == VT_DISPATCH && !v->obj) {
		name = TEXT("Nothing");
	} else if (v->type == VT_DISPATCH) {
		const char *own = vbs_instance_type_name(v->obj, buffer, sizeof buffer);

		class = own ? NULL : automation_class_of(v->obj);
		if (own)
			name = text_of(own);
		else if (class)
			name = text_of(class->name);
	}
	return return_ascii(e, name.data, name.length, ret);
}

/* VarType of an object is that of its default property, when it has one. */
BUILTIN(vartype)
{
	struct value *v = value_deref(&args[0]);
	struct value plain = VALUE_EMPTY;
	int type = v->type == VBS_BYTES ? VT_ARRAY | VT_UI1 : v->type;

	(void)argc;
	if (v->type == VT_DISPATCH && v->obj) {
		if (SUCCEEDED(vbs_object_default(&e->heap, v->obj, &plain)))
			type = plain.type;
		else
			vbs_raised_clear(&e->raised);
		value_clear(&plain);
	}
	return return_value(VALUE_I2(type), ret);
}

#define QUESTION(name, condition)                                                                  \
	BUILTIN(name)                                                                              \
	{                                                                                          \
		struct value *v = value_deref(&args[0]);                                           \
		(void)e, (void)argc;                                                               \
		return return_value(VALUE_BOOL(condition), ret);                                   \
	}
QUESTION(isarray, v->type == VBS_ARRAY || v->type == VBS_BYTES)
QUESTION(isempty, v->type == VT_EMPTY)
QUESTION(isnull, v->type == VT_NULL)
QUESTION(isobject, v->type == VT_DISPATCH || v->type == VT_UNKNOWN)

BUILTIN(isdate)
{
	struct value *v = value_deref(&args[0]);
	double d;

	(void)e, (void)argc;
	return return_value(VALUE_BOOL(v->type == VT_DATE ||
				       (v->type == VT_BSTR && v->str &&
					date_parse(v->str, value_str_length(v), e->locale, &d))),
			    ret);
}

BUILTIN(isnumeric)
{
	struct value *v = value_deref(&args[0]), plain = VALUE_EMPTY;
	bool is;
	double d;

	(void)argc;
	if (v->type == VT_DISPATCH && v->obj) {
		if (FAILED(vbs_object_default(&e->heap, v->obj, &plain)))
			vbs_raised_clear(&e->raised);
		v = &plain;
		is = plain.type != VT_EMPTY;
	} else {
		is = true;
	}
	switch (v->type) {
	case VT_BSTR:
		is = v->str && vbs_number_parse(v->str, value_str_length(v), e->locale, &d);
		break;
	case VT_NULL:
	case VT_DATE:
	case VT_DISPATCH:
	case VT_UNKNOWN:
	case VT_ERROR:
	case VBS_ARRAY:
	case VBS_BYTES:
		is = false;
		break;
	default:
		break;
	}
	value_clear(&plain);
	return return_value(VALUE_BOOL(is), ret);
}
