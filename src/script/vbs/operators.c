/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operators over all subtypes: the general case behind the machine's fast paths. Result types
 * follow VBScript: integers widen (Byte, Integer, Long, Double) instead of overflowing, Null
 * spreads, Currency and Date keep their kind.
 */
#include "script/vbs/engine.h"

#include "base/mem.h"
#include "script/vbs/convert.h"
#include "script/vbs/object.h"
#include "script/vbs/variant.h"

#include <math.h>

/* An operand made plain: references followed, objects asked for their default. `hold` keeps the
 * answer alive. */
static HRESULT operand(struct vbs_engine *e, struct value **v, struct value *hold)
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

/* Type mismatch, saying about which value as VBScript does. */
static HRESULT mismatch(struct vbs_engine *e, const struct value *v)
{
	char *text;
	HRESULT hr;

	if (v->type != VT_BSTR)
		return VBS_HR(13);
	text = bstr_to_utf8(v->str, NULL);
	hr = text ? vbs_throw(e, 13, "[string: \"%.200s\"]", text) : E_OUTOFMEMORY;
	mem_free(text);
	return hr;
}

static bool is_integer(const struct value *v)
{
	return v->type == VT_I2 || v->type == VT_I4 || v->type == VT_UI1 || v->type == VT_BOOL ||
	       v->type == VT_EMPTY;
}

static int64_t integer_of(const struct value *v)
{
	return v->type == VT_EMPTY ? 0 : v->i;
}

/* The rank of an integer subtype; Boolean and Empty count as Integer. */
static unsigned rank(const struct value *v)
{
	return v->type == VT_UI1 ? 0 : v->type == VT_I4 ? 2 : 1;
}

static struct value widen(int64_t n, unsigned least)
{
	if (least == 0 && n >= 0 && n <= 255)
		return (struct value){ .type = VT_UI1, .i = n };
	if (least <= 1 && n >= INT16_MIN && n <= INT16_MAX)
		return VALUE_I2(n);
	if (n >= INT32_MIN && n <= INT32_MAX)
		return VALUE_I4(n);
	return VALUE_R8((double)n);
}

static HRESULT integer_arithmetic(enum vbs_operator op, const struct value *a,
				  const struct value *b, struct value *ret)
{
	int64_t x = integer_of(a), y = integer_of(b);
	unsigned least = rank(a) > rank(b) ? rank(a) : rank(b);

	value_set(ret, widen(op == OP_ADD ? x + y : op == OP_SUB ? x - y : x * y, least));
	return S_OK;
}

static HRESULT set_real(double d, uint16_t type, struct value *ret)
{
	if (!isfinite(d))
		return VBS_HR(6);
	if (type == VT_R4) {
		if (fabs(d) > 3.402823466385288598e38)
			type = VT_R8;
		else
			d = (float)d;
	}
	value_set(ret, (struct value){ .type = type, .d = d });
	return S_OK;
}

static HRESULT currency_arithmetic(enum vbs_operator op, double x, double y, struct value *ret)
{
	double d = op == OP_ADD ? x + y : op == OP_SUB ? x - y : x * y;

	if (fabs(d) > 922337203685477.0)
		return set_real(d, VT_R8, ret);
	value_set(ret, (struct value){ .type = VT_CY, .i = llround(d * 10000) });
	return S_OK;
}

/* The type of a sum, difference or product of numbers that are not both integers. */
static uint16_t real_type(enum vbs_operator op, const struct value *a, const struct value *b)
{
	bool date = a->type == VT_DATE || b->type == VT_DATE;

	if (date && op != OP_MUL)
		return a->type == VT_DATE && b->type == VT_DATE && op == OP_SUB ? VT_R8 : VT_DATE;
	if (a->type == VT_CY || b->type == VT_CY) {
		const struct value *other = a->type == VT_CY ? b : a;

		return other->type == VT_R4 || other->type == VT_R8 || date ? VT_R8 : VT_CY;
	}
	if ((a->type == VT_R4 || b->type == VT_R4) && a->type != VT_R8 && b->type != VT_R8 &&
	    a->type != VT_I4 && b->type != VT_I4 && !date)
		return VT_R4;
	return VT_R8;
}

static HRESULT arithmetic(struct vbs_engine *e, enum vbs_operator op, struct value *a,
			  struct value *b, struct value *ret)
{
	struct value na, nb;
	uint16_t type;
	double x, y;

	if (is_integer(a) && is_integer(b))
		return integer_arithmetic(op, a, b, ret);
	if (FAILED(vbs_to_double(&e->heap, a, &x)))
		return mismatch(e, a);
	if (FAILED(vbs_to_double(&e->heap, b, &y)))
		return mismatch(e, b);
	na = a->type == VT_BSTR ? VALUE_R8(x) : *a;
	nb = b->type == VT_BSTR ? VALUE_R8(y) : *b;
	type = real_type(op, &na, &nb);
	if (type == VT_CY)
		return currency_arithmetic(op, x, y, ret);
	x = op == OP_ADD ? x + y : op == OP_SUB ? x - y : x * y;
	if (type == VT_DATE && !(x > -657435 && x < 2958466))
		return VBS_HR(6);
	return set_real(x, type, ret);
}

static HRESULT divide(struct vbs_engine *e, struct value *a, struct value *b, struct value *ret)
{
	double x, y;

	if (FAILED(vbs_to_double(&e->heap, a, &x)))
		return mismatch(e, a);
	if (FAILED(vbs_to_double(&e->heap, b, &y)))
		return mismatch(e, b);
	if (y == 0)
		return VBS_HR(x == 0 ? 6 : 11);
	return set_real(x / y, a->type == VT_R4 && b->type == VT_R4 ? VT_R4 : VT_R8, ret);
}

static HRESULT power(struct vbs_engine *e, struct value *a, struct value *b, struct value *ret)
{
	double x, y, d;

	if (FAILED(vbs_to_double(&e->heap, a, &x)))
		return mismatch(e, a);
	if (FAILED(vbs_to_double(&e->heap, b, &y)))
		return mismatch(e, b);
	if ((x < 0 && y != trunc(y)) || (x == 0 && y < 0))
		return VBS_HR(5);
	d = pow(x, y);
	return set_real(d, VT_R8, ret);
}

static HRESULT to_integer(struct vbs_engine *e, struct value *v, int32_t *ret)
{
	HRESULT hr = vbs_to_int(&e->heap, v, ret);

	return hr == VBS_HR(13) ? mismatch(e, v) : hr;
}

/* The subtype of an integer result: the wider of the two, Long for reals and text. */
static unsigned integer_rank(const struct value *a, const struct value *b)
{
	unsigned ra = is_integer(a) ? rank(a) : 2, rb = is_integer(b) ? rank(b) : 2;

	return ra > rb ? ra : rb;
}

static HRESULT integer_division(struct vbs_engine *e, enum vbs_operator op, struct value *a,
				struct value *b, struct value *ret)
{
	int32_t x, y;
	int64_t n;
	HRESULT hr = to_integer(e, a, &x);

	if (SUCCEEDED(hr))
		hr = to_integer(e, b, &y);
	if (FAILED(hr))
		return hr;
	if (!y)
		return VBS_HR(11);
	n = op == OP_IDIV ? (int64_t)x / y : (int64_t)x % y;
	if (n > INT32_MAX)
		return VBS_HR(6);
	value_set(ret, widen(n, integer_rank(a, b)));
	return S_OK;
}

/* ---- logic ---- */

/* With one operand Null the result is Null unless the other decides alone. */
static HRESULT logic_null(struct vbs_engine *e, enum vbs_operator op, struct value *a,
			  struct value *b, struct value *ret)
{
	struct value *known = a->type == VT_NULL ? b : a;
	bool left_null = a->type == VT_NULL;
	int32_t n = 0;
	HRESULT hr;

	value_clear(ret);
	*ret = VALUE_NULL;
	if (known->type == VT_NULL)
		return S_OK;
	hr = to_integer(e, known, &n);
	if (FAILED(hr))
		return hr;
	if ((op == OP_AND && n == 0) || (op == OP_OR && n != 0) ||
	    (op == OP_IMP && (left_null ? n != 0 : n == 0))) {
		if (op == OP_IMP && !left_null)
			n = -1;
		*ret = known->type == VT_BOOL ? VALUE_BOOL(n != 0)
					      : widen(n, integer_rank(known, known));
	}
	return S_OK;
}

static HRESULT logic_operand(struct vbs_engine *e, struct value *v, int32_t *ret)
{
	bool b;

	if (v->type == VT_BSTR &&
	    !vbs_number_parse(v->str, value_str_length(v), e->locale, &(double){ 0 })) {
		if (FAILED(vbs_to_bool(&e->heap, v, &b)))
			return mismatch(e, v);
		*ret = -b;
		return S_OK;
	}
	return to_integer(e, v, ret);
}

static HRESULT logic(struct vbs_engine *e, enum vbs_operator op, struct value *a, struct value *b,
		     struct value *ret)
{
	int32_t x, y, n;
	HRESULT hr;

	if (a->type == VT_NULL || b->type == VT_NULL)
		return logic_null(e, op, a, b, ret);
	hr = logic_operand(e, a, &x);
	if (SUCCEEDED(hr))
		hr = logic_operand(e, b, &y);
	if (FAILED(hr))
		return hr;
	n = op == OP_AND   ? x & y
	    : op == OP_OR  ? x | y
	    : op == OP_XOR ? x ^ y
	    : op == OP_EQV ? ~(x ^ y)
			   : ~x | y;
	if (a->type == VT_BOOL && b->type == VT_BOOL)
		value_set(ret, VALUE_BOOL(n));
	else if (a->type == VT_UI1 && b->type == VT_UI1)
		value_set(ret, widen(n & 0xFF, 0));
	else
		value_set(ret, integer_rank(a, b) == 2 ? VALUE_I4(n) : VALUE_I2(n));
	return S_OK;
}

/* ---- text ---- */

static HRESULT concat_operand(struct vbs_engine *e, struct value *v, BSTR *ret)
{
	HRESULT hr;

	if (v->type == VT_NULL) {
		*ret = NULL;
		return S_OK;
	}
	hr = vbs_to_string(&e->heap, v, ret);
	return hr == VBS_HR(13) ? mismatch(e, v) : hr;
}

/* a & b, where `s` is a reference to a's text that is ours: appended in place when it is the
 * last. Counts bytes: text made by ChrB may have an odd number of them. */
static HRESULT append_text(struct vbs_engine *e, BSTR *s, BSTR tail)
{
	size_t n = SysStringByteLen(tail);
	BSTR grown;
	HRESULT hr;

	if (!n)
		return S_OK;
	if (!*s) {
		*s = bstr_ref(tail);
		return S_OK;
	}
	hr = vbs_heap_charge(&e->heap, n);
	if (FAILED(hr))
		return hr;
	if (!bstr_exclusive(*s)) {
		hr = vbs_heap_charge(&e->heap, SysStringByteLen(*s) + 24);
		if (FAILED(hr))
			return hr;
	}
	grown = bstr_append_bytes(*s, tail, n);
	if (!grown)
		return E_OUTOFMEMORY;
	*s = grown;
	return S_OK;
}

HRESULT vbs_concat(struct vbs_engine *e, struct value *a, struct value *b, struct value *ret)
{
	struct value hold_a, hold_b;
	BSTR left = NULL, right = NULL;
	HRESULT hr;

	hr = operand(e, &a, &hold_a);
	if (FAILED(hr))
		return hr;
	hr = operand(e, &b, &hold_b);
	if (SUCCEEDED(hr) && a->type == VT_NULL && b->type == VT_NULL) {
		value_set(ret, VALUE_NULL);
	} else if (SUCCEEDED(hr)) {
		hr = concat_operand(e, b, &right);
		if (SUCCEEDED(hr) && a == ret && a->type == VT_BSTR) {
			/* The target is the left operand: its own reference is the one to grow. */
			hr = append_text(e, &ret->str, right);
		} else if (SUCCEEDED(hr)) {
			hr = concat_operand(e, a, &left);
			if (SUCCEEDED(hr))
				hr = append_text(e, &left, right);
			if (SUCCEEDED(hr))
				value_set(ret, VALUE_STR(left));
			else
				SysFreeString(left);
		}
		SysFreeString(right);
	}
	value_clear(&hold_a);
	value_clear(&hold_b);
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

static int order_real(double x, double y)
{
	return (x > y) - (x < y);
}

/* A number against text: the literal's type wins; without literals a number is less than any
 * text. */
static HRESULT order_mixed(struct vbs_engine *e, struct value *number, struct value *text, int *ret)
{
	double x, y;
	BSTR s;
	HRESULT hr;

	if (number->type & VT_ARRAY)
		return VBS_HR(13);
	if (number->flags & VBS_HARD && !(text->flags & VBS_HARD)) {
		if (FAILED(vbs_to_double(&e->heap, text, &y)))
			return mismatch(e, text);
		hr = vbs_to_double(&e->heap, number, &x);
		if (SUCCEEDED(hr))
			*ret = order_real(x, y);
		return hr;
	}
	if (text->flags & VBS_HARD && !(number->flags & VBS_HARD)) {
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
	double x, y;
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
	if (is_integer(a) && is_integer(b)) {
		int64_t i = integer_of(a), k = integer_of(b);

		*ret = (i > k) - (i < k);
		return S_OK;
	}
	if (a->type == VT_CY && b->type == VT_CY) {
		*ret = (a->i > b->i) - (a->i < b->i);
		return S_OK;
	}
	hr = vbs_to_double(&e->heap, a, &x);
	if (SUCCEEDED(hr))
		hr = vbs_to_double(&e->heap, b, &y);
	if (SUCCEEDED(hr))
		*ret = order_real(x, y);
	return hr;
}

HRESULT vbs_compare(struct vbs_engine *e, enum vbs_operator op, struct value *a, struct value *b,
		    int *ret)
{
	struct value hold_a, hold_b;
	int n = 0;
	HRESULT hr;

	hr = operand(e, &a, &hold_a);
	if (FAILED(hr))
		return hr;
	hr = operand(e, &b, &hold_b);
	if (SUCCEEDED(hr) && (a->type == VT_NULL || b->type == VT_NULL)) {
		*ret = -1;
	} else if (SUCCEEDED(hr)) {
		hr = order(e, a, b, &n);
		*ret = op == OP_EQ   ? n == 0
		       : op == OP_NE ? n != 0
		       : op == OP_LT ? n < 0
		       : op == OP_GT ? n > 0
		       : op == OP_LE ? n <= 0
				     : n >= 0;
	}
	value_clear(&hold_a);
	value_clear(&hold_b);
	return hr;
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
	if (op == OP_ADD && a->type == VT_BSTR && b->type == VT_BSTR)
		return vbs_concat(e, a, b, ret);
	if (a->type == VT_NULL || b->type == VT_NULL) {
		value_set(ret, VALUE_NULL);
		return S_OK;
	}
	/* Empty + text is the text. */
	if (op == OP_ADD && ((a->type == VT_BSTR && b->type == VT_EMPTY) ||
			     (a->type == VT_EMPTY && b->type == VT_BSTR)))
		return vbs_concat(e, a, b, ret);
	switch (op) {
	case OP_DIV:
		return divide(e, a, b, ret);
	case OP_IDIV:
	case OP_MOD:
		return integer_division(e, op, a, b, ret);
	case OP_POW:
		return power(e, a, b, ret);
	default:
		return arithmetic(e, op, a, b, ret);
	}
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
	hr = operand(e, &a, &hold_a);
	if (FAILED(hr))
		return hr;
	hr = operand(e, &b, &hold_b);
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

static HRESULT negate(struct vbs_engine *e, struct value *v, struct value *ret)
{
	double d;

	if (v->type == VT_NULL) {
		value_set(ret, VALUE_NULL);
		return S_OK;
	}
	if (is_integer(v)) {
		value_set(ret, widen(-integer_of(v), rank(v) ? rank(v) : 1));
		return S_OK;
	}
	if (v->type == VT_CY) {
		value_set(ret, (struct value){ .type = VT_CY,
					       .i = v->i == INT64_MIN ? INT64_MAX : -v->i });
		return S_OK;
	}
	if (FAILED(vbs_to_double(&e->heap, v, &d)))
		return mismatch(e, v);
	return set_real(-d, v->type == VT_R4 || v->type == VT_DATE ? v->type : VT_R8, ret);
}

static HRESULT invert(struct vbs_engine *e, struct value *v, struct value *ret)
{
	int32_t n;
	HRESULT hr;

	if (v->type == VT_NULL) {
		value_set(ret, VALUE_NULL);
		return S_OK;
	}
	hr = logic_operand(e, v, &n);
	if (FAILED(hr))
		return hr;
	if (v->type == VT_BOOL)
		value_set(ret, VALUE_BOOL(!n));
	else
		value_set(ret, v->type == VT_UI1         ? widen(~n & 0xFF, 0)
			       : integer_rank(v, v) == 2 ? VALUE_I4(~n)
							 : VALUE_I2(~n));
	return S_OK;
}

HRESULT vbs_operate_unary(struct vbs_engine *e, enum vbs_operator op, struct value *a,
			  struct value *ret)
{
	struct value hold;
	HRESULT hr = operand(e, &a, &hold);

	if (FAILED(hr))
		return hr;
	if (op == OP_NEG)
		hr = negate(e, a, ret);
	else if (op == OP_NOT)
		hr = invert(e, a, ret);
	else
		value_copy(ret, a);
	value_clear(&hold);
	return hr;
}
