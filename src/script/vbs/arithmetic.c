/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic over all subtypes (arithmetic.h): what the machine's fast paths leave. A table says
 * for each operator and each pair of subtypes which subtype the result has; it follows the
 * documentation of the operators and of the automation library's Var functions. Integers that
 * overflow their subtype widen, Byte to Integer to Long to Double; Currency and Decimal are exact
 * and overflow with error 6.
 */
#include "script/vbs/arithmetic.h"

#include "base/mem.h"
#include "com/date.h"
#include "com/decimal.h"
#include "com/number.h"
#include "script/vbs/convert.h"
#include "script/vbs/variant.h"

#include <float.h>
#include <math.h>

/* Operands, in the order of the rows and columns of the tables. */
enum subtype {
	OF_EMPTY,
	OF_BYTE,
	OF_BOOLEAN,
	OF_INTEGER,
	OF_LONG,
	OF_LONGLONG,
	OF_SINGLE,
	OF_DOUBLE,
	OF_CURRENCY,
	OF_DECIMAL,
	OF_DATE,
	OF_STRING,
	SUBTYPES
};

/* Results: Byte, Integer, Long, longlong (W), Single, Double, Currency, deciMal, daTe; O: Boolean;
 * X: text, joined. */
/* clang-format off */
static const char add_types[SUBTYPES][SUBTYPES + 1] = {
	/*            EyBILWSDCMTX */
	[OF_EMPTY]    = "IBIILWSDCMTX",
	[OF_BYTE]     = "BBIILWSDCMTD",
	[OF_BOOLEAN]  = "IIIILWSDCMTD",
	[OF_INTEGER]  = "IIIILWSDCMTD",
	[OF_LONG]     = "LLLLLWDDCMTD",
	[OF_LONGLONG] = "WWWWWWDDCMTD",
	[OF_SINGLE]   = "SSSSDDSDCMTD",
	[OF_DOUBLE]   = "DDDDDDDDCMTD",
	[OF_CURRENCY] = "CCCCCCCCCMTC",
	[OF_DECIMAL]  = "MMMMMMMMMMMM",
	[OF_DATE]     = "TTTTTTTTTMTT",
	[OF_STRING]   = "XDDDDDDDCMTX",
};
static const char subtract_types[SUBTYPES][SUBTYPES + 1] = {
	[OF_EMPTY]    = "IBIILWSDCMTD",
	[OF_BYTE]     = "BBIILWSDCMTD",
	[OF_BOOLEAN]  = "IIIILWSDCMTD",
	[OF_INTEGER]  = "IIIILWSDCMTD",
	[OF_LONG]     = "LLLLLWDDCMTD",
	[OF_LONGLONG] = "WWWWWWDDCMTD",
	[OF_SINGLE]   = "SSSSDDSDCMTD",
	[OF_DOUBLE]   = "DDDDDDDDCMTD",
	[OF_CURRENCY] = "CCCCCCCCCMTC",
	[OF_DECIMAL]  = "MMMMMMMMMMMM",
	[OF_DATE]     = "TTTTTTTTTMDT",
	[OF_STRING]   = "DDDDDDDDCMTD",
};
static const char multiply_types[SUBTYPES][SUBTYPES + 1] = {
	[OF_EMPTY]    = "IBIILWSDCMDD",
	[OF_BYTE]     = "BBIILWSDCMDD",
	[OF_BOOLEAN]  = "IIIILWSDCMDD",
	[OF_INTEGER]  = "IIIILWSDCMDD",
	[OF_LONG]     = "LLLLLWDDCMDD",
	[OF_LONGLONG] = "WWWWWWDDCMDD",
	[OF_SINGLE]   = "SSSSDDSDDMDD",
	[OF_DOUBLE]   = "DDDDDDDDDMDD",
	[OF_CURRENCY] = "CCCCCCDDCMDD",
	[OF_DECIMAL]  = "MMMMMMMMMMMM",
	[OF_DATE]     = "DDDDDDDDDMDD",
	[OF_STRING]   = "DDDDDDDDDMDD",
};
static const char divide_types[SUBTYPES][SUBTYPES + 1] = {
	[OF_EMPTY]    = "DDDDDDSDDMDD",
	[OF_BYTE]     = "DDDDDDSDDMDD",
	[OF_BOOLEAN]  = "DDDDDDSDDMDD",
	[OF_INTEGER]  = "DDDDDDSDDMDD",
	[OF_LONG]     = "DDDDDDDDDMDD",
	[OF_LONGLONG] = "DDDDDDDDDMDD",
	[OF_SINGLE]   = "SSSSDDSDDMDD",
	[OF_DOUBLE]   = "DDDDDDDDDMDD",
	[OF_CURRENCY] = "DDDDDDDDDMDD",
	[OF_DECIMAL]  = "MMMMMMMMMMMM",
	[OF_DATE]     = "DDDDDDDDDMDD",
	[OF_STRING]   = "DDDDDDDDDMDD",
};
static const char integer_types[SUBTYPES][SUBTYPES + 1] = { /* \ and Mod */
	[OF_EMPTY]    = "IIIILWLLLLLL",
	[OF_BYTE]     = "IBIILWLLLLLL",
	[OF_BOOLEAN]  = "IIIILWLLLLLL",
	[OF_INTEGER]  = "IIIILWLLLLLL",
	[OF_LONG]     = "LLLLLWLLLLLL",
	[OF_LONGLONG] = "WWWWWWWWWWWW",
	[OF_SINGLE]   = "LLLLLWLLLLLL",
	[OF_DOUBLE]   = "LLLLLWLLLLLL",
	[OF_CURRENCY] = "LLLLLWLLLLLL",
	[OF_DECIMAL]  = "LLLLLWLLLLLL",
	[OF_DATE]     = "LLLLLWLLLLLL",
	[OF_STRING]   = "LLLLLWLLLLLL",
};
static const char logic_types[SUBTYPES][SUBTYPES + 1] = { /* And, Or, Xor, Eqv, Imp */
	[OF_EMPTY]    = "IIIILWLLLLLL",
	[OF_BYTE]     = "IBIILWLLLLLL",
	[OF_BOOLEAN]  = "IIOILWLLLLLL",
	[OF_INTEGER]  = "IIIILWLLLLLL",
	[OF_LONG]     = "LLLLLWLLLLLL",
	[OF_LONGLONG] = "WWWWWWWWWWWW",
	[OF_SINGLE]   = "LLLLLWLLLLLL",
	[OF_DOUBLE]   = "LLLLLWLLLLLL",
	[OF_CURRENCY] = "LLLLLWLLLLLL",
	[OF_DECIMAL]  = "LLLLLWLLLLLL",
	[OF_DATE]     = "LLLLLWLLLLLL",
	[OF_STRING]   = "LLLLLWLLLLLL",
};
/* clang-format on */

/* SUBTYPES for what has no arithmetic. */
static enum subtype subtype_of(const struct value *v)
{
	static const uint8_t types[] = {
		[VT_EMPTY] = OF_EMPTY + 1,     [VT_UI1] = OF_BYTE + 1,  [VT_BOOL] = OF_BOOLEAN + 1,
		[VT_I2] = OF_INTEGER + 1,      [VT_I4] = OF_LONG + 1,   [VT_I8] = OF_LONGLONG + 1,
		[VT_R4] = OF_SINGLE + 1,       [VT_R8] = OF_DOUBLE + 1, [VT_CY] = OF_CURRENCY + 1,
		[VT_DECIMAL] = OF_DECIMAL + 1, [VT_DATE] = OF_DATE + 1, [VT_BSTR] = OF_STRING + 1,
	};

	if (v->type >= ARRAY_LEN(types) || !types[v->type])
		return SUBTYPES;
	return (enum subtype)(types[v->type] - 1);
}

HRESULT vbs_mismatch(struct vbs_engine *e, const struct value *v)
{
	char *text;
	HRESULT hr;

	if (v->type != VT_BSTR)
		return VBS_HR(13);
	text = bstr_to_utf8(v->str, NULL);
	if (!text)
		return E_OUTOFMEMORY;
	hr = vbs_throw(e, 13, "[string: \"%.200s\"]", text);
	mem_free(text);
	return hr;
}

/* ---- operands ---- */

static HRESULT real_of(struct vbs_engine *e, struct value *v, double *ret)
{
	HRESULT hr = vbs_to_double(&e->heap, v, ret);

	return hr == VBS_HR(13) ? vbs_mismatch(e, v) : hr;
}

static HRESULT converted(struct vbs_engine *e, struct value *v, uint16_t type, struct value *ret)
{
	HRESULT hr = vbs_to_type(&e->heap, v, type, ret);

	return hr == VBS_HR(13) ? vbs_mismatch(e, v) : hr;
}

/* Whole, from any subtype, within what `type` (VT_I4, VT_I8) holds. */
static HRESULT whole_of(struct vbs_engine *e, struct value *v, uint16_t type, int64_t *ret)
{
	struct value n = VALUE_EMPTY;
	HRESULT hr;

	if (subtype_of(v) <= OF_LONGLONG && (type == VT_I8 || v->type != VT_I8)) {
		*ret = v->type == VT_EMPTY ? 0 : v->i;
		return S_OK;
	}
	hr = converted(e, v, type, &n);
	*ret = n.i;
	return hr;
}

static HRESULT decimal_of(struct vbs_engine *e, struct value *v, DECIMAL *ret)
{
	HRESULT hr = vbs_to_decimal(e->locale, v, ret);

	return hr == VBS_HR(13) ? vbs_mismatch(e, v) : hr;
}

/* ---- results ---- */

/* In the narrowest subtype from `letter` on that holds it. */
static struct value widen(__int128 n, char letter)
{
	switch (letter) {
	case 'B':
		if (n >= 0 && n <= 255)
			return (struct value){ .type = VT_UI1, .i = (int64_t)n };
		__attribute__((fallthrough));
	case 'I':
		if (n >= INT16_MIN && n <= INT16_MAX)
			return VALUE_I2((int64_t)n);
		__attribute__((fallthrough));
	case 'L':
		if (n >= INT32_MIN && n <= INT32_MAX)
			return VALUE_I4((int64_t)n);
		return VALUE_R8((double)n);
	default:
		if (n >= INT64_MIN && n <= INT64_MAX)
			return (struct value){ .type = VT_I8, .i = (int64_t)n };
		return VALUE_R8((double)n);
	}
}

/* A Single that overflows is a Double, and so is a sum of dates beyond the calendar (MS-VBAL
 * 5.6.9.3.1 to 5.6.9.3.3, for operands declared as Variants). */
static HRESULT real_result(double d, char letter, struct value *ret)
{
	if (!isfinite(d))
		return VBS_HR(6);
	if (letter == 'S' && fabs(d) <= (double)FLT_MAX)
		*ret = (struct value){ .type = VT_R4, .d = (float)d };
	else if (letter == 'T' && date_valid(d))
		*ret = (struct value){ .type = VT_DATE, .d = d };
	else
		*ret = VALUE_R8(d);
	return S_OK;
}

static HRESULT decimal_result(HRESULT hr, const DECIMAL *d, struct value *ret)
{
	DECIMAL *box;

	if (FAILED(hr))
		return VBS_HR(hr == DISP_E_DIVBYZERO ? 11 : 6);
	hr = vbs_decimal_new(d, &box);
	if (SUCCEEDED(hr))
		*ret = (struct value){ .type = VT_DECIMAL, .decimal = box };
	return hr;
}

/* ---- operations ---- */

static HRESULT wholes(struct vbs_engine *e, enum vbs_operator op, char letter, struct value *a,
		      struct value *b, struct value *ret)
{
	int64_t x, y;
	__int128 n;
	HRESULT hr = whole_of(e, a, VT_I8, &x);

	if (SUCCEEDED(hr))
		hr = whole_of(e, b, VT_I8, &y);
	if (FAILED(hr))
		return hr;
	n = op == OP_ADD ? (__int128)x + y : op == OP_SUB ? (__int128)x - y : (__int128)x * y;
	*ret = widen(n, letter);
	return S_OK;
}

/* Nothing by nothing overflows, unless a real, a text or a date is divided by Empty (MS-VBAL
 * 5.6.9.3.5). */
static HRESULT divided_by_zero(double x, const struct value *a, const struct value *b)
{
	enum subtype left = subtype_of(a);

	if (x == 0 && !(subtype_of(b) == OF_EMPTY && (left == OF_SINGLE || left == OF_DOUBLE ||
						      left == OF_STRING || left == OF_DATE)))
		return VBS_HR(6);
	return VBS_HR(11);
}

static HRESULT reals(struct vbs_engine *e, enum vbs_operator op, char letter, struct value *a,
		     struct value *b, struct value *ret)
{
	double x, y;
	HRESULT hr = real_of(e, a, &x);

	if (SUCCEEDED(hr))
		hr = real_of(e, b, &y);
	if (FAILED(hr))
		return hr;
	switch (op) {
	case OP_ADD:
		return real_result(x + y, letter, ret);
	case OP_SUB:
		return real_result(x - y, letter, ret);
	case OP_MUL:
		return real_result(x * y, letter, ret);
	default:
		if (y == 0)
			return divided_by_zero(x, a, b);
		return real_result(x / y, letter, ret);
	}
}

/* n / 10000, half to even. */
static __int128 unscale(__int128 n)
{
	__int128 q = n / 10000, rest = n % 10000;

	if (rest < 0)
		rest = -rest;
	if (rest > 5000 || (rest == 5000 && (q & 1)))
		q += n < 0 ? -1 : 1;
	return q;
}

static HRESULT currencies(struct vbs_engine *e, enum vbs_operator op, struct value *a,
			  struct value *b, struct value *ret)
{
	struct value x = VALUE_EMPTY, y = VALUE_EMPTY;
	__int128 n;
	HRESULT hr = converted(e, a, VT_CY, &x);

	if (SUCCEEDED(hr))
		hr = converted(e, b, VT_CY, &y);
	if (FAILED(hr))
		return hr;
	n = op == OP_ADD   ? (__int128)x.i + y.i
	    : op == OP_SUB ? (__int128)x.i - y.i
			   : unscale((__int128)x.i * y.i);
	if (n < INT64_MIN || n > INT64_MAX)
		return VBS_HR(6);
	*ret = (struct value){ .type = VT_CY, .i = (int64_t)n };
	return S_OK;
}

static HRESULT decimals(struct vbs_engine *e, enum vbs_operator op, struct value *a,
			struct value *b, struct value *ret)
{
	DECIMAL x, y;
	HRESULT hr = decimal_of(e, a, &x);

	if (SUCCEEDED(hr))
		hr = decimal_of(e, b, &y);
	if (FAILED(hr))
		return hr;
	switch (op) {
	case OP_ADD:
		hr = decimal_add(&x, &y, &x);
		break;
	case OP_SUB:
		hr = decimal_subtract(&x, &y, &x);
		break;
	case OP_MUL:
		hr = decimal_multiply(&x, &y, &x);
		break;
	default:
		if (decimal_is_zero(&x) && decimal_is_zero(&y))
			return VBS_HR(6);
		hr = decimal_divide(&x, &y, &x);
	}
	return decimal_result(hr, &x, ret);
}

/* \ and Mod */
static HRESULT quotient(struct vbs_engine *e, enum vbs_operator op, char letter, struct value *a,
			struct value *b, struct value *ret)
{
	uint16_t type = letter == 'W' ? VT_I8 : VT_I4;
	int64_t x, y;
	__int128 n;
	HRESULT hr = whole_of(e, a, type, &x);

	if (SUCCEEDED(hr))
		hr = whole_of(e, b, type, &y);
	if (FAILED(hr))
		return hr;
	if (!y)
		return VBS_HR(11);
	n = op == OP_IDIV ? (__int128)x / y : (__int128)x % y;
	if (n > (type == VT_I8 ? INT64_MAX : INT32_MAX))
		return VBS_HR(6);
	*ret = widen(n, letter);
	return S_OK;
}

static HRESULT power(struct vbs_engine *e, struct value *a, struct value *b, struct value *ret)
{
	double x, y;
	HRESULT hr = real_of(e, a, &x);

	if (SUCCEEDED(hr))
		hr = real_of(e, b, &y);
	if (FAILED(hr))
		return hr;
	if ((x < 0 && y != trunc(y)) || (x == 0 && y < 0))
		return VBS_HR(5);
	return real_result(pow(x, y), 'D', ret);
}

HRESULT vbs_arithmetic(struct vbs_engine *e, enum vbs_operator op, struct value *a, struct value *b,
		       struct value *ret)
{
	enum subtype x = subtype_of(a), y = subtype_of(b);
	char letter;

	if (x == SUBTYPES || y == SUBTYPES)
		return VBS_HR(13);
	switch (op) {
	case OP_POW:
		return power(e, a, b, ret);
	case OP_IDIV:
	case OP_MOD:
		return quotient(e, op, integer_types[x][y], a, b, ret);
	case OP_ADD:
		letter = add_types[x][y];
		break;
	case OP_SUB:
		letter = subtract_types[x][y];
		break;
	case OP_MUL:
		letter = multiply_types[x][y];
		break;
	default:
		letter = divide_types[x][y];
	}
	switch (letter) {
	case 'C':
		return currencies(e, op, a, b, ret);
	case 'M':
		return decimals(e, op, a, b, ret);
	case 'S':
	case 'D':
	case 'T':
		return reals(e, op, letter, a, b, ret);
	case 'X':
		return vbs_concat(e, a, b, ret);
	default:
		return wholes(e, op, letter, a, b, ret);
	}
}

HRESULT vbs_negate(struct vbs_engine *e, struct value *v, struct value *ret)
{
	struct value out = VALUE_EMPTY;
	DECIMAL negative;
	double d;
	HRESULT hr = S_OK;

	switch (v->type) {
	case VT_NULL:
		out = VALUE_NULL;
		break;
	case VT_EMPTY:
	case VT_UI1:
	case VT_BOOL:
	case VT_I2:
	case VT_I4:
	case VT_I8:
		out = widen(v->type == VT_EMPTY ? 0 : -(__int128)v->i, v->type == VT_I8   ? 'W'
								       : v->type == VT_I4 ? 'L'
											  : 'I');
		break;
	case VT_CY:
		if (v->i == INT64_MIN)
			return VBS_HR(6);
		out = (struct value){ .type = VT_CY, .i = -v->i };
		break;
	case VT_DECIMAL:
		negative = decimal_negate(v->decimal);
		hr = decimal_result(S_OK, &negative, &out);
		break;
	default:
		hr = real_of(e, v, &d);
		if (SUCCEEDED(hr))
			hr = real_result(-d,
					 v->type == VT_R4     ? 'S'
					 : v->type == VT_DATE ? 'T'
							      : 'D',
					 &out);
	}
	if (SUCCEEDED(hr))
		value_move(ret, &out);
	return hr;
}

uint16_t vbs_logic_type(const struct value *a, const struct value *b)
{
	enum subtype x = subtype_of(a), y = subtype_of(b);

	switch (x == SUBTYPES || y == SUBTYPES ? 'L' : logic_types[x][y]) {
	case 'B':
		return VT_UI1;
	case 'O':
		return VT_BOOL;
	case 'I':
		return VT_I2;
	case 'W':
		return VT_I8;
	default:
		return VT_I4;
	}
}

HRESULT vbs_order_numbers(struct vbs_engine *e, struct value *a, struct value *b, int *ret)
{
	enum subtype x = subtype_of(a), y = subtype_of(b);
	bool exact = x == OF_CURRENCY || x == OF_DECIMAL || x == OF_LONGLONG || y == OF_CURRENCY ||
		     y == OF_DECIMAL || y == OF_LONGLONG;
	double p, q;
	DECIMAL m, n;
	HRESULT hr;

	if (x <= OF_LONGLONG && y <= OF_LONGLONG) {
		int64_t i = a->type == VT_EMPTY ? 0 : a->i, k = b->type == VT_EMPTY ? 0 : b->i;

		*ret = (i > k) - (i < k);
		return S_OK;
	}
	/* Against Currency a real counts to four places; one beyond its range stays real. */
	if ((x == OF_CURRENCY && (y == OF_SINGLE || y == OF_DOUBLE)) ||
	    (y == OF_CURRENCY && (x == OF_SINGLE || x == OF_DOUBLE))) {
		struct value c = VALUE_EMPTY;
		struct value *real = x == OF_CURRENCY ? b : a;
		int64_t other = x == OF_CURRENCY ? a->i : b->i;

		if (fabs(real->d) < 9e14 && SUCCEEDED(vbs_to_type(&e->heap, real, VT_CY, &c))) {
			*ret = real == b ? (other > c.i) - (other < c.i)
					 : (c.i > other) - (c.i < other);
			return S_OK;
		}
	}
	/* A real beyond a DECIMAL's range is compared as one. */
	if (exact && x < SUBTYPES && y < SUBTYPES && SUCCEEDED(vbs_to_decimal(e->locale, a, &m)) &&
	    SUCCEEDED(vbs_to_decimal(e->locale, b, &n))) {
		*ret = decimal_compare(&m, &n);
		return S_OK;
	}
	hr = vbs_to_double(&e->heap, a, &p);
	if (SUCCEEDED(hr))
		hr = vbs_to_double(&e->heap, b, &q);
	if (SUCCEEDED(hr))
		*ret = (p > q) - (p < q);
	return hr;
}
