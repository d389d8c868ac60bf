/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operators over all subtypes: the general case behind the machine's fast paths. Logic, text and
 * comparison are here, arithmetic is in arithmetic.c. Null spreads.
 */
#include "script/vbs/engine.h"

#include "script/vbs/arithmetic.h"
#include "script/vbs/convert.h"
#include "script/vbs/object.h"

HRESULT vbs_operand(struct vbs_engine *e, struct value **v, struct value *hold)
{
	HRESULT hr;

	*v = value_deref(*v);
	*hold = VALUE_EMPTY;
	if ((*v)->type != VT_DISPATCH)
		return S_OK;
	hr = vbs_object_default(&e->heap, (*v)->obj, hold);
	if (FAILED(hr))
		return e->raised.hr ? e->raised.hr : hr;
	*v = hold;
	return S_OK;
}

/* ---- logic ---- */

/* Text as the number or the truth it says, others as they are. */
static HRESULT logic_operand(struct vbs_engine *e, struct value *v, struct value *ret)
{
	bool b;
	int32_t n;
	HRESULT hr;

	if (v->type != VT_BSTR) {
		value_copy(ret, v);
		return S_OK;
	}
	if (vbs_number_parse(v->str, value_str_length(v), e->locale, &(double){ 0 })) {
		hr = vbs_to_int(&e->heap, v, &n);
		*ret = VALUE_I4(n);
	} else {
		hr = vbs_to_bool(&e->heap, v, &b);
		*ret = VALUE_BOOL(b);
	}
	return hr == VBS_HR(13) ? vbs_mismatch(e, v) : hr;
}

static HRESULT bits_of(struct vbs_engine *e, struct value *v, uint16_t type, int64_t *ret)
{
	struct value whole = VALUE_EMPTY;
	HRESULT hr;

	/* The whole subtypes as they are: a Byte is never negative, a Boolean is -1 or 0. */
	if (v->type == VT_EMPTY || v->type == VT_UI1 || v->type == VT_BOOL || v->type == VT_I2 ||
	    v->type == VT_I4 || v->type == VT_I8) {
		*ret = v->type == VT_EMPTY ? 0 : v->i;
		return S_OK;
	}
	hr = vbs_to_type(&e->heap, v, type == VT_I8 ? VT_I8 : VT_I4, &whole);
	*ret = whole.i;
	return hr;
}

static struct value bits_value(int64_t n, uint16_t type)
{
	switch (type) {
	case VT_BOOL:
		return VALUE_BOOL(n);
	case VT_UI1:
		return (struct value){ .type = VT_UI1, .i = n & 0xFF };
	default:
		return (struct value){ .type = type, .i = n };
	}
}

/* With one operand Null the result is Null unless the other decides alone. */
static HRESULT logic_null(struct vbs_engine *e, enum vbs_operator op, struct value *a,
			  struct value *b, struct value *ret)
{
	bool left_null = a->type == VT_NULL;
	struct value *known = left_null ? b : a;
	uint16_t type = vbs_logic_type(known, known);
	int64_t n;
	HRESULT hr;

	*ret = VALUE_NULL;
	if (known->type == VT_NULL)
		return S_OK;
	hr = bits_of(e, known, type, &n);
	if (FAILED(hr))
		return hr;
	if (op == OP_IMP && !left_null) {
		/* Each bit that is not set says yes; with all of them set it is for Null to say. */
		if (n != (type == VT_UI1 ? 255 : -1))
			*ret = bits_value(~n, type);
	} else if ((op == OP_AND && n == 0) || ((op == OP_OR || op == OP_IMP) && n != 0)) {
		*ret = bits_value(n, type);
	}
	return S_OK;
}

static HRESULT logic_plain(struct vbs_engine *e, enum vbs_operator op, struct value *a,
			   struct value *b, struct value *ret)
{
	uint16_t type = vbs_logic_type(a, b);
	int64_t x, y, n;
	HRESULT hr;

	if (a->type == VT_NULL || b->type == VT_NULL)
		return logic_null(e, op, a, b, ret);
	hr = bits_of(e, a, type, &x);
	if (SUCCEEDED(hr))
		hr = bits_of(e, b, type, &y);
	if (FAILED(hr))
		return hr;
	n = op == OP_AND   ? x & y
	    : op == OP_OR  ? x | y
	    : op == OP_XOR ? x ^ y
	    : op == OP_EQV ? ~(x ^ y)
			   : ~x | y;
	*ret = bits_value(n, type);
	return S_OK;
}

static HRESULT logic(struct vbs_engine *e, enum vbs_operator op, struct value *a, struct value *b,
		     struct value *ret)
{
	struct value x = VALUE_EMPTY, y = VALUE_EMPTY;
	HRESULT hr = logic_operand(e, a, &x);

	if (SUCCEEDED(hr))
		hr = logic_operand(e, b, &y);
	if (SUCCEEDED(hr))
		hr = logic_plain(e, op, &x, &y, ret);
	value_clear(&x);
	value_clear(&y);
	return hr;
}

/* ---- comparison ---- */

static bool is_number(const struct value *v)
{
	return v->type != VT_BSTR && v->type != VT_EMPTY && v->type != VT_NULL;
}

static int order_text(BSTR a, BSTR b)
{
	int n;

	if (a == b)
		return 0;
	n = bstr_compare(a, b);
	return (n > 0) - (n < 0);
}

/* A number against text: the literal's type wins, the number's when both are; without literals a
 * number is less than any text. */
static HRESULT order_mixed(struct vbs_engine *e, struct value *number, struct value *text, int *ret)
{
	double y;
	BSTR s;
	HRESULT hr;

	if (number->type & VT_ARRAY)
		return VBS_HR(13);
	if (number->flags & VBS_HARD) {
		if (FAILED(vbs_to_double(&e->heap, text, &y)))
			return vbs_mismatch(e, text);
		return vbs_order_numbers(e, number, text, ret);
	}
	if (text->flags & VBS_HARD) {
		hr = vbs_to_string(&e->heap, number, &s);
		if (FAILED(hr))
			return hr;
		*ret = order_text(s, text->str);
		SysFreeString(s);
		return S_OK;
	}
	*ret = -1;
	return S_OK;
}

static HRESULT order(struct vbs_engine *e, struct value *a, struct value *b, int *ret)
{
	HRESULT hr;

	if (a->type == VT_BSTR && b->type == VT_BSTR) {
		*ret = order_text(a->str, b->str);
		return S_OK;
	}
	if ((a->type == VT_EMPTY || a->type == VT_BSTR) &&
	    (b->type == VT_EMPTY || b->type == VT_BSTR)) {
		*ret = order_text(a->type == VT_BSTR ? a->str : NULL,
				  b->type == VT_BSTR ? b->str : NULL);
		return S_OK;
	}
	if (is_number(a) && b->type == VT_BSTR)
		return order_mixed(e, a, b, ret);
	if (a->type == VT_BSTR && is_number(b)) {
		hr = order_mixed(e, b, a, ret);
		*ret = -*ret;
		return hr;
	}
	return vbs_order_numbers(e, a, b, ret);
}

static bool holds(enum vbs_operator op, int n)
{
	switch (op) {
	case OP_EQ:
		return n == 0;
	case OP_NE:
		return n != 0;
	case OP_LT:
		return n < 0;
	case OP_GT:
		return n > 0;
	case OP_LE:
		return n <= 0;
	default:
		return n >= 0;
	}
}

/* Most texts that are compared are of different lengths. */
static bool texts_hold(enum vbs_operator op, BSTR a, BSTR b)
{
	if (op == OP_EQ || op == OP_NE)
		return bstr_equal(a, b) == (op == OP_EQ);
	return holds(op, order_text(a, b));
}

static __attribute__((noinline)) HRESULT compare(struct vbs_engine *e, enum vbs_operator op,
						 struct value *a, struct value *b, int *ret)
{
	struct value hold_a, hold_b;
	int n = 0;
	HRESULT hr;

	hr = vbs_operand(e, &a, &hold_a);
	if (FAILED(hr))
		return hr;
	hr = vbs_operand(e, &b, &hold_b);
	if (SUCCEEDED(hr) && (a->type == VT_NULL || b->type == VT_NULL)) {
		*ret = -1;
	} else if (SUCCEEDED(hr)) {
		hr = order(e, a, b, &n);
		*ret = holds(op, n);
	}
	value_clear(&hold_a);
	value_clear(&hold_b);
	return hr;
}

HRESULT vbs_compare(struct vbs_engine *e, enum vbs_operator op, struct value *a, struct value *b,
		    int *ret)
{
	a = value_deref(a);
	b = value_deref(b);
	if (a->type != VT_BSTR || b->type != VT_BSTR)
		return compare(e, op, a, b, ret);
	*ret = texts_hold(op, a->str, b->str);
	return S_OK;
}

static HRESULT is_same(struct vbs_engine *e, struct value *a, struct value *b, struct value *ret)
{
	a = value_deref(a);
	b = value_deref(b);
	if ((a->type != VT_DISPATCH && a->type != VT_UNKNOWN) ||
	    (b->type != VT_DISPATCH && b->type != VT_UNKNOWN))
		return VBS_HR(424);
	value_set(ret, VALUE_BOOL(a->unk == b->unk));
	(void)e;
	return S_OK;
}

/* ---- the doors ---- */

static HRESULT operate_plain(struct vbs_engine *e, enum vbs_operator op, struct value *a,
			     struct value *b, struct value *ret)
{
	if (op >= OP_AND)
		return logic(e, op, a, b, ret);
	if (a->type == VT_NULL || b->type == VT_NULL) {
		*ret = VALUE_NULL;
		return S_OK;
	}
	return vbs_arithmetic(e, op, a, b, ret);
}

HRESULT vbs_operate(struct vbs_engine *e, enum vbs_operator op, struct value *a, struct value *b,
		    struct value *ret)
{
	struct value hold_a, hold_b, out = VALUE_EMPTY;
	HRESULT hr;
	int n;

	if (op == OP_CAT)
		return vbs_concat(e, a, b, ret);
	if (op == OP_IS)
		return is_same(e, a, b, ret);
	if (op >= OP_EQ) {
		hr = vbs_compare(e, op, a, b, &n);
		if (SUCCEEDED(hr))
			value_set(ret, n < 0 ? VALUE_NULL : VALUE_BOOL(n));
		return hr;
	}
	hr = vbs_operand(e, &a, &hold_a);
	if (FAILED(hr))
		return hr;
	hr = vbs_operand(e, &b, &hold_b);
	if (SUCCEEDED(hr))
		hr = operate_plain(e, op, a, b, &out);
	if (SUCCEEDED(hr))
		value_move(ret, &out);
	else
		value_clear(&out);
	value_clear(&hold_a);
	value_clear(&hold_b);
	return hr;
}

static HRESULT invert(struct vbs_engine *e, struct value *v, struct value *ret)
{
	struct value x = VALUE_EMPTY, out = VALUE_NULL;
	int64_t n;
	HRESULT hr = logic_operand(e, v, &x);

	if (SUCCEEDED(hr) && x.type != VT_NULL) {
		uint16_t type = vbs_logic_type(&x, &x);

		hr = bits_of(e, &x, type, &n);
		if (SUCCEEDED(hr))
			out = bits_value(~n, type);
	}
	value_clear(&x);
	if (SUCCEEDED(hr))
		value_move(ret, &out);
	return hr;
}

HRESULT vbs_operate_unary(struct vbs_engine *e, enum vbs_operator op, struct value *a,
			  struct value *ret)
{
	struct value hold;
	HRESULT hr = vbs_operand(e, &a, &hold);

	if (FAILED(hr))
		return hr;
	if (op == OP_NEG)
		hr = vbs_negate(e, a, ret);
	else if (op == OP_NOT)
		hr = invert(e, a, ret);
	else
		value_copy(ret, a);
	value_clear(&hold);
	return hr;
}
