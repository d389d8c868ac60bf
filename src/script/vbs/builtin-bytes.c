/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Built-in functions: the bytes of text, which parsers of uploads use. A string is a sequence of
 * bytes here, perhaps an odd number of them; converting a Byte() to a string gives such a one.
 */
#include "script/vbs/builtin-args.h"

static size_t bytes_of(BSTR s)
{
	return s ? SysStringByteLen(s) : 0;
}

static HRESULT return_bytes(struct vbs_engine *e, const char *bytes, size_t length,
			    struct value *ret)
{
	BSTR s;
	HRESULT hr = vbs_bytes_new(&e->heap, bytes, length, &s);

	if (SUCCEEDED(hr))
		*ret = VALUE_STR(s);
	return hr;
}

BUILTIN(lenb)
{
	BSTR s;
	HRESULT hr;

	(void)argc;
	if (arg_null(args, 0))
		return return_value(VALUE_NULL, ret);
	hr = vbs_to_string(&e->heap, &args[0], &s);
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
	hr = vbs_to_string(&e->heap, &args[0], &s);
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
	int32_t start, count = 0;
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
	hr = vbs_to_string(&e->heap, &args[first], &hay);
	if (SUCCEEDED(hr))
		hr = vbs_to_string(&e->heap, &args[first + 1], &needle);
	if (SUCCEEDED(hr)) {
		size_t length = bytes_of(hay), from = start - 1;
		const char *at = NULL;

		if (from < length && bytes_of(needle))
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
	HRESULT hr = vbs_to_string(&e->heap, &args[0], &s);

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
