/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Built-in functions: text, in UTF-16 units. Positions count from 1.
 */
#include "script/vbs/builtin-args.h"

static HRESULT arg_compare(struct vbs_engine *e, struct value *args, unsigned argc, unsigned i,
			   bool *ret)
{
	int32_t mode;
	HRESULT hr = arg_long(e, args, argc, i, 0, &mode);

	if (FAILED(hr))
		return hr;
	if (mode != 0 && mode != 1)
		return VBS_HR(5);
	*ret = mode == 1;
	return S_OK;
}

BUILTIN(len)
{
	struct value *v = value_deref(&args[0]);
	BSTR s;
	HRESULT hr;

	(void)argc;
	if (v->type == VT_NULL)
		return return_value(VALUE_NULL, ret);
	if (v->type == VT_BSTR)
		return return_value(VALUE_I4(value_str_length(v)), ret);
	hr = vbs_to_string(&e->heap, v, &s);
	if (FAILED(hr))
		return hr;
	*ret = VALUE_I4(units_of(s));
	SysFreeString(s);
	return S_OK;
}

/* units [from, from + count) of the first argument, cut to what there is */
static inline HRESULT part(struct vbs_engine *e, struct text_arg *t, int64_t from, int64_t count,
			   struct value *ret)
{
	int64_t length = units_of(t->s);
	HRESULT hr = S_OK;

	if (from > length)
		from = length;
	if (count > length - from)
		count = length - from;
	if (count == length)
		*ret = VALUE_STR(bstr_ref(t->s));
	else
		hr = return_string(e, t->s + from, count, ret);
	text_arg_done(t);
	return hr;
}

static HRESULT left_right(struct vbs_engine *e, struct value *args, bool right, struct value *ret)
{
	int32_t n;
	struct text_arg t;
	HRESULT hr;

	/* The length is looked at first: Left(Null, -1) is an error. */
	hr = arg_int(e, args, 1, &n);
	if (SUCCEEDED(hr) && n < 0)
		hr = VBS_HR(5);
	if (SUCCEEDED(hr) && arg_null(args, 0))
		return return_value(VALUE_NULL, ret);
	if (SUCCEEDED(hr))
		hr = arg_text_last(e, args, 0, &t);
	if (FAILED(hr))
		return hr;
	return part(e, &t, right && (size_t)n < units_of(t.s) ? (int64_t)units_of(t.s) - n : 0, n,
		    ret);
}

BUILTIN(left)
{
	(void)argc;
	return left_right(e, args, false, ret);
}

BUILTIN(right)
{
	(void)argc;
	return left_right(e, args, true, ret);
}

BUILTIN(mid)
{
	int32_t start, count;
	struct text_arg t;
	HRESULT hr;

	/* The last argument is looked at first, the text last. */
	hr = arg_long(e, args, argc, 2, INT32_MAX, &count);
	if (SUCCEEDED(hr))
		hr = arg_int(e, args, 1, &start);
	if (SUCCEEDED(hr) && (start < 1 || count < 0))
		hr = VBS_HR(5);
	if (SUCCEEDED(hr) && arg_null(args, 0))
		return return_value(VALUE_NULL, ret);
	if (SUCCEEDED(hr))
		hr = arg_text_last(e, args, 0, &t);
	if (FAILED(hr))
		return hr;
	return part(e, &t, start - 1, count, ret);
}

/* From 1 on, 0: nowhere. */
static inline ptrdiff_t place_of(BSTR hay, BSTR needle, int32_t start, bool nocase)
{
	size_t length = units_of(hay);

	return (size_t)start > length
		       ? 0
		       : vbs_find(hay, length, needle, units_of(needle), start - 1, nocase) + 1;
}

/* InStr([start,] text, sought[, compare]) */
BUILTIN(instr)
{
	unsigned first = argc > 2 ? 1 : 0;
	int32_t start = 1;
	bool nocase = false;
	struct text_arg hay = { 0 }, needle = { 0 };
	HRESULT hr = S_OK;

	if (first)
		hr = arg_long(e, args, argc, 0, 1, &start);
	if (SUCCEEDED(hr) && start < 1)
		hr = VBS_HR(5);
	if (SUCCEEDED(hr) && argc > 3)
		hr = arg_compare(e, args, argc, 3, &nocase);
	if (FAILED(hr))
		return hr;
	if (arg_null(args, first) || arg_null(args, first + 1))
		return return_value(VALUE_NULL, ret);
	hr = arg_text(e, args, first + 2, first, &hay);
	if (SUCCEEDED(hr))
		hr = arg_text_last(e, args, first + 1, &needle);
	if (SUCCEEDED(hr))
		*ret = VALUE_I4(place_of(hay.s, needle.s, start, nocase));
	text_arg_done(&hay);
	text_arg_done(&needle);
	return hr;
}

/* InStrRev(text, sought[, start[, compare]]) */
BUILTIN(instrrev)
{
	int32_t start;
	bool nocase = false;
	BSTR hay = NULL, needle = NULL;
	HRESULT hr;

	hr = arg_long(e, args, argc, 2, -1, &start);
	if (SUCCEEDED(hr) && (start == 0 || start < -1))
		hr = VBS_HR(5);
	if (SUCCEEDED(hr))
		hr = arg_compare(e, args, argc, 3, &nocase);
	if (SUCCEEDED(hr))
		hr = vbs_to_string(&e->heap, &args[0], &hay);
	if (SUCCEEDED(hr))
		hr = vbs_to_string(&e->heap, &args[1], &needle);
	if (SUCCEEDED(hr)) {
		int64_t length = units_of(hay), wanted = units_of(needle), at = -1;
		int64_t end = start == -1 ? length : start;

		if (!wanted && length && end <= length)
			at = end - 1; /* nothing is found where the search begins */
		else if (end <= length && length)
			for (at = end - wanted; at >= 0; at--)
				if (vbs_find(hay, at + wanted, needle, wanted, at, nocase) == at)
					break;
		if (at < 0)
			at = -1;
		*ret = VALUE_I4(at + 1);
	}
	SysFreeString(hay);
	SysFreeString(needle);
	return hr;
}

/* Of the text from `start` (0-based) on. */
static HRESULT replace(struct vbs_engine *e, BSTR hay, size_t start, BSTR find, BSTR with,
		       const struct vbs_places *places, struct value *ret)
{
	size_t length = units_of(hay), wanted = units_of(find), fill = units_of(with);
	size_t size = start < length ? length - start : 0;
	OLECHAR *to;
	BSTR out;
	HRESULT hr;

	/* An odd last byte is not of the text. */
	if (!places->count && !start && !(bstr_bytes(hay) & 1))
		return return_value(VALUE_STR(bstr_ref(hay)), ret);
	hr = vbs_string_new(&e->heap, NULL, size - places->count * wanted + places->count * fill,
			    &out);
	if (FAILED(hr) || !out) /* nothing may be left */
		return FAILED(hr) ? hr : return_value(VALUE_STR(NULL), ret);
	to = out;
	for (size_t i = 0; i < places->count; i++) {
		size_t keep = places->at[i] - start;

		mem_copy(to, hay + start, keep * sizeof *to);
		mem_copy(to + keep, with, fill * sizeof *to);
		to += keep + fill;
		start = places->at[i] + wanted;
	}
	if (start < length)
		memcpy(to, hay + start, (length - start) * sizeof *to);
	return return_value(VALUE_STR(out), ret);
}

/* Replace(text, find, with[, start[, count[, compare]]]) */
BUILTIN(replace)
{
	struct text_arg hay = { 0 }, find = { 0 }, with = { 0 };
	struct vbs_places places;
	int32_t start, count;
	bool nocase = false;
	HRESULT hr;

	if (arg_null(args, 0) || arg_null(args, 1) || arg_null(args, 2))
		return VBS_HR(94);
	hr = arg_long(e, args, argc, 3, 1, &start);
	if (SUCCEEDED(hr))
		hr = arg_long(e, args, argc, 4, -1, &count);
	if (SUCCEEDED(hr) && (start < 1 || count < -1))
		hr = VBS_HR(5);
	if (SUCCEEDED(hr))
		hr = arg_compare(e, args, argc, 5, &nocase);
	if (SUCCEEDED(hr))
		hr = arg_text(e, args, 3, 0, &hay);
	if (SUCCEEDED(hr))
		hr = arg_text(e, args, 3, 1, &find);
	if (SUCCEEDED(hr))
		hr = arg_text_last(e, args, 2, &with);
	if (SUCCEEDED(hr)) {
		bool found =
			vbs_find_all(hay.s, units_of(hay.s), find.s, units_of(find.s), start - 1,
				     count < 0 ? SIZE_MAX : (size_t)count, nocase, &places);

		hr = found ? replace(e, hay.s, start - 1, find.s, with.s, &places, ret)
			   : E_OUTOFMEMORY;
		vbs_places_done(&places);
	}
	text_arg_done(&hay);
	text_arg_done(&find);
	text_arg_done(&with);
	return hr;
}

static HRESULT change_case(struct vbs_engine *e, struct value *args, bool upper, struct value *ret)
{
	struct text_arg t;
	BSTR out;
	HRESULT hr;

	if (arg_null(args, 0))
		return return_value(VALUE_NULL, ret);
	hr = arg_text_last(e, args, 0, &t);
	if (FAILED(hr))
		return hr;
	hr = vbs_string_new(&e->heap, NULL, units_of(t.s), &out);
	if (SUCCEEDED(hr)) {
		vbs_change_case(t.s, units_of(t.s), upper, out);
		*ret = VALUE_STR(out);
	}
	text_arg_done(&t);
	return hr;
}

BUILTIN(ucase)
{
	(void)argc;
	return change_case(e, args, true, ret);
}

BUILTIN(lcase)
{
	(void)argc;
	return change_case(e, args, false, ret);
}

static HRESULT trim(struct vbs_engine *e, struct value *args, bool left, bool right,
		    struct value *ret)
{
	size_t from = 0, to;
	struct text_arg t;
	HRESULT hr;

	if (arg_null(args, 0))
		return return_value(VALUE_NULL, ret);
	hr = arg_text_last(e, args, 0, &t);
	if (FAILED(hr))
		return hr;
	to = units_of(t.s);
	while (left && from < to && t.s[from] == ' ')
		from++;
	while (right && to > from && t.s[to - 1] == ' ')
		to--;
	return part(e, &t, from, to - from, ret);
}

BUILTIN(trim)
{
	(void)argc;
	return trim(e, args, true, true, ret);
}

BUILTIN(ltrim)
{
	(void)argc;
	return trim(e, args, true, false, ret);
}

BUILTIN(rtrim)
{
	(void)argc;
	return trim(e, args, false, true, ret);
}

static HRESULT repeat(struct vbs_engine *e, int32_t n, OLECHAR c, struct value *ret)
{
	size_t done = 1, more;
	BSTR s;
	HRESULT hr;

	if (n < 0)
		return VBS_HR(5);
	hr = vbs_string_new(&e->heap, NULL, n, &s);
	if (FAILED(hr))
		return hr;
	if (n)
		s[0] = c;
	for (; done < (size_t)n; done += more) {
		more = done < n - done ? done : n - done;
		memcpy(s + done, s, more * sizeof *s);
	}
	*ret = VALUE_STR(s);
	return S_OK;
}

BUILTIN(space)
{
	int32_t n;
	HRESULT hr = arg_int(e, args, 0, &n);

	(void)argc;
	return FAILED(hr) ? hr : repeat(e, n, ' ', ret);
}

/* String(count, character or its code) */
BUILTIN(string)
{
	struct value *what = value_deref(&args[1]);
	int32_t n, code;
	HRESULT hr;

	(void)argc;
	if (arg_null(args, 0))
		return VBS_HR(94);
	if (what->type == VT_NULL)
		return return_value(VALUE_NULL, ret);
	hr = arg_int(e, args, 0, &n);
	if (FAILED(hr))
		return hr;
	if (what->type == VT_BSTR)
		return value_str_length(what) ? repeat(e, n, what->str[0], ret) : VBS_HR(5);
	hr = vbs_to_int(&e->heap, what, &code);
	return FAILED(hr) ? hr : repeat(e, n, code & 0xFF, ret);
}

BUILTIN(strreverse)
{
	BSTR s, out;
	HRESULT hr;

	(void)argc;
	if (arg_null(args, 0))
		return VBS_HR(94);
	hr = vbs_to_string(&e->heap, &args[0], &s);
	if (FAILED(hr))
		return hr;
	hr = vbs_string_new(&e->heap, NULL, units_of(s), &out);
	if (SUCCEEDED(hr)) {
		for (size_t i = 0, n = units_of(s); i < n; i++)
			out[i] = s[n - 1 - i];
		*ret = VALUE_STR(out);
	}
	SysFreeString(s);
	return hr;
}

BUILTIN(strcomp)
{
	bool nocase;
	BSTR a = NULL, b = NULL;
	int n;
	HRESULT hr;

	if (arg_null(args, 0) || arg_null(args, 1))
		return return_value(VALUE_NULL, ret);
	hr = arg_compare(e, args, argc, 2, &nocase);
	if (SUCCEEDED(hr))
		hr = vbs_to_string(&e->heap, &args[0], &a);
	if (SUCCEEDED(hr))
		hr = vbs_to_string(&e->heap, &args[1], &b);
	if (SUCCEEDED(hr)) {
		n = nocase ? bstr_compare_nocase(a, b) : bstr_compare(a, b);
		*ret = VALUE_I2((n > 0) - (n < 0));
	}
	SysFreeString(a);
	SysFreeString(b);
	return hr;
}

/* Escape leaves these alone; others become %XX or %uXXXX. */
static bool unescaped(OLECHAR c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && c < 0x80 && strchr("*@-_+./", (char)c));
}

BUILTIN(escape)
{
	static const OLECHAR digits[] = u"0123456789ABCDEF";
	size_t n = 0;
	BSTR s, out;
	HRESULT hr;

	(void)argc;
	if (arg_null(args, 0))
		return return_value(VALUE_NULL, ret);
	hr = vbs_to_string(&e->heap, &args[0], &s);
	if (FAILED(hr))
		return hr;
	for (size_t i = 0; i < units_of(s); i++)
		n += unescaped(s[i]) ? 1 : s[i] < 0x100 ? 3 : 6;
	hr = vbs_string_new(&e->heap, NULL, n, &out);
	n = 0;
	for (size_t i = 0; i < units_of(s) && SUCCEEDED(hr); i++) {
		OLECHAR c = s[i];

		if (unescaped(c)) {
			out[n++] = c;
			continue;
		}
		out[n++] = '%';
		if (c >= 0x100) {
			out[n++] = 'u';
			out[n++] = digits[c >> 12];
			out[n++] = digits[c >> 8 & 15];
		}
		out[n++] = digits[c >> 4 & 15];
		out[n++] = digits[c & 15];
	}
	SysFreeString(s);
	if (SUCCEEDED(hr))
		*ret = VALUE_STR(out);
	return hr;
}

static int hex_digit(OLECHAR c)
{
	return c >= '0' && c <= '9'                 ? c - '0'
	       : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
						    : -1;
}

static bool hex_units(const OLECHAR *s, size_t n, OLECHAR *ret)
{
	unsigned value = 0;

	for (size_t i = 0; i < n; i++) {
		if (hex_digit(s[i]) < 0)
			return false;
		value = value * 16 + hex_digit(s[i]);
	}
	*ret = value;
	return true;
}

BUILTIN(unescape)
{
	size_t n = 0, length;
	BSTR s, out;
	HRESULT hr;

	(void)argc;
	if (arg_null(args, 0))
		return return_value(VALUE_NULL, ret);
	hr = vbs_to_string(&e->heap, &args[0], &s);
	if (FAILED(hr))
		return hr;
	length = units_of(s);
	hr = vbs_string_new(&e->heap, NULL, length, &out);
	for (size_t i = 0; i < length && SUCCEEDED(hr);) {
		OLECHAR c = s[i];

		if (c == '%' && i + 6 <= length && s[i + 1] == 'u' && hex_units(s + i + 2, 4, &c))
			i += 6;
		else if (c == '%' && i + 3 <= length && hex_units(s + i + 1, 2, &c))
			i += 3;
		else
			i++;
		out[n++] = c;
	}
	SysFreeString(s);
	if (SUCCEEDED(hr)) {
		hr = return_string(e, out, n, ret);
		SysFreeString(out);
	}
	return hr;
}
