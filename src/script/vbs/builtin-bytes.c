/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Built-in functions: the bytes of text, which parsers of uploads use. A string is a sequence of
 * bytes here, perhaps an odd number of them; arrays of Byte count as such a string.
 */
#include "script/vbs/builtin-args.h"

static size_t bytes_of(BSTR s)
{
	return s ? SysStringByteLen(s) : 0;
}

/* The bytes of an argument: text as it is in memory, an array's elements, else its text. */
static HRESULT arg_bytes(struct vbs_engine *e, struct value *args, unsigned i, BSTR *ret)
{
	struct value *v = value_deref(&args[i]);
	const struct vbs_array *a;
	HRESULT hr;
	BSTR s;

	if (v->type != VBS_ARRAY)
		return vbs_to_string(&e->heap, v, ret);
	a = v->array;
	hr = vbs_heap_charge(&e->heap, a->count + 24);
	if (FAILED(hr))
		return hr;
	if (a->dims != 1 || a->count > BSTR_MAX_BYTES)
		return VBS_HR(13);
	s = SysAllocStringByteLen(NULL, a->count);
	if (!s)
		return E_OUTOFMEMORY;
	for (size_t k = 0; k < a->count; k++) {
		int32_t n;

		hr = vbs_to_long(&a->items[k], &n);
		if (FAILED(hr)) {
			SysFreeString(s);
			return hr;
		}
		((char *)s)[k] = (char)n;
	}
	*ret = s;
	return S_OK;
}

static HRESULT return_bytes(struct vbs_engine *e, const char *bytes, size_t length,
			    struct value *ret)
{
	HRESULT hr = vbs_heap_charge(&e->heap, length + 24);
	BSTR s;

	if (FAILED(hr))
		return hr;
	s = SysAllocStringByteLen(bytes, length);
	if (!s)
		return E_OUTOFMEMORY;
	*ret = VALUE_STR(s);
	return S_OK;
}

BUILTIN(lenb)
{
	BSTR s;
	HRESULT hr;

	(void)argc;
	if (arg_null(args, 0))
		return return_value(VALUE_NULL, ret);
	hr = arg_bytes(e, args, 0, &s);
	if (FAILED(hr))
		return hr;
	*ret = VALUE_I4(bytes_of(s));
	SysFreeString(s);
	return S_OK;
}

static HRESULT part(struct vbs_engine *e, struct value *args, int64_t from, int64_t count,
		    bool from_end, struct value *ret)
{
	int64_t length;
	BSTR s;
	HRESULT hr;

	if (arg_null(args, 0))
		return return_value(VALUE_NULL, ret);
	if (from < 0 || count < 0)
		return VBS_HR(5);
	hr = arg_bytes(e, args, 0, &s);
	if (FAILED(hr))
		return hr;
	length = bytes_of(s);
	if (from_end)
		from = count < length ? length - count : 0;
	if (from > length)
		from = length;
	if (count > length - from)
		count = length - from;
	hr = return_bytes(e, s ? (const char *)s + from : "", count, ret);
	SysFreeString(s);
	return hr;
}

BUILTIN(leftb)
{
	int32_t n;
	HRESULT hr = vbs_to_int(&e->heap, &args[1], &n);

	(void)argc;
	return FAILED(hr) ? hr : part(e, args, 0, n, false, ret);
}

BUILTIN(rightb)
{
	int32_t n;
	HRESULT hr = vbs_to_int(&e->heap, &args[1], &n);

	(void)argc;
	return FAILED(hr) ? hr : part(e, args, 0, n, true, ret);
}

BUILTIN(midb)
{
	int32_t start, count;
	HRESULT hr = vbs_to_int(&e->heap, &args[1], &start);

	if (SUCCEEDED(hr))
		hr = arg_long(e, args, argc, 2, INT32_MAX, &count);
	return FAILED(hr) ? hr : part(e, args, (int64_t)start - 1, count, false, ret);
}

/* InStrB([start,] bytes, sought[, compare]) */
BUILTIN(instrb)
{
	unsigned first = argc > 2 ? 1 : 0;
	int32_t start = 1;
	BSTR hay = NULL, needle = NULL;
	HRESULT hr = S_OK;

	if (first)
		hr = arg_long(e, args, argc, 0, 1, &start);
	if (SUCCEEDED(hr) && start < 1)
		hr = VBS_HR(5);
	if (FAILED(hr))
		return hr;
	if (arg_null(args, first) || arg_null(args, first + 1))
		return return_value(VALUE_NULL, ret);
	hr = arg_bytes(e, args, first, &hay);
	if (SUCCEEDED(hr))
		hr = arg_bytes(e, args, first + 1, &needle);
	if (SUCCEEDED(hr)) {
		size_t length = bytes_of(hay), from = start - 1;
		const char *at = NULL;

		if (from <= length && bytes_of(needle))
			at = memmem((char *)hay + from, length - from, needle, bytes_of(needle));
		else if (from < length)
			at = (char *)hay + from;
		*ret = VALUE_I4(at ? at - (char *)hay + 1 : 0);
	}
	SysFreeString(hay);
	SysFreeString(needle);
	return hr;
}

BUILTIN(ascb)
{
	BSTR s;
	HRESULT hr = arg_bytes(e, args, 0, &s);

	(void)argc;
	if (FAILED(hr))
		return hr;
	hr = bytes_of(s)
		     ? return_value((struct value){ .type = VT_UI1, .i = *(unsigned char *)s }, ret)
		     : VBS_HR(5);
	SysFreeString(s);
	return hr;
}

BUILTIN(chrb)
{
	int32_t n;
	char c;
	HRESULT hr = vbs_to_int(&e->heap, &args[0], &n);

	(void)argc;
	if (FAILED(hr))
		return hr;
	if (n < 0 || n > 255)
		return VBS_HR(5);
	c = (char)n;
	return return_bytes(e, &c, 1, ret);
}
