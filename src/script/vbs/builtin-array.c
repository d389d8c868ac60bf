/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Built-in functions: arrays, and lists in text.
 */
#include "script/vbs/builtin-args.h"

#include "script/vbs/digits.h"

static HRESULT vector(struct vbs_engine *e, size_t count, struct value *ret)
{
	struct vbs_array *a;
	HRESULT hr = vbs_array_vector(&e->heap, count, &a);

	if (SUCCEEDED(hr))
		*ret = (struct value){ .type = VBS_ARRAY, .array = a };
	return hr;
}

BUILTIN(arraymore)
{
	struct vbs_array *a = args[0].type == VBS_ARRAY ? args[0].array : NULL;
	int32_t count = a ? (int32_t)a->count + (int32_t)argc - 1 : 0;
	HRESULT hr;

	if (!a || a->dims != 1)
		return VBS_HR(13);
	value_move(ret, &args[0]);
	hr = vbs_array_redim(&e->heap, ret, &count, 1, true);
	for (unsigned i = 1; i < argc && SUCCEEDED(hr); i++)
		value_copy(&ret->array->items[count - argc + i], value_deref(&args[i]));
	return hr;
}

BUILTIN(array)
{
	HRESULT hr = vector(e, argc, ret);

	for (unsigned i = 0; i < argc && SUCCEEDED(hr); i++)
		value_copy(&ret->array->items[i], value_deref(&args[i]));
	return hr;
}

static HRESULT bound(struct vbs_engine *e, struct value *args, unsigned argc, bool upper,
		     struct value *ret)
{
	struct value *v = value_deref(&args[0]);
	int32_t dim;
	HRESULT hr = arg_long(e, args, argc, 1, 1, &dim);

	if (FAILED(hr))
		return hr;
	if (v->type == VBS_BYTES)
		return dim == 1
			       ? return_value(VALUE_I4(upper ? (int64_t)SysStringByteLen(v->str) - 1
							     : 0),
					      ret)
			       : VBS_HR(9);
	if (v->type != VBS_ARRAY)
		return VBS_HR(13);
	if (dim < 1 || dim > v->array->dims)
		return VBS_HR(9);
	return return_value(VALUE_I4(upper ? v->array->bounds[dim - 1].count - 1 : 0), ret);
}

BUILTIN(lbound)
{
	return bound(e, args, argc, false, ret);
}

BUILTIN(ubound)
{
	return bound(e, args, argc, true, ret);
}

/* The pieces of `s` between the places where `wanted` units are left out. */
static HRESULT split_at(struct vbs_engine *e, BSTR s, size_t wanted,
			const struct vbs_places *places, struct value *ret)
{
	HRESULT hr = vector(e, places->count + 1, ret);
	size_t from = 0;

	for (size_t i = 0; i <= places->count && SUCCEEDED(hr); i++) {
		size_t end = i < places->count ? places->at[i] : units_of(s);

		hr = return_string(e, s + from, end - from, &ret->array->items[i]);
		from = end + wanted;
	}
	return hr;
}

static HRESULT split(struct vbs_engine *e, BSTR s, BSTR by, int32_t limit, bool nocase,
		     struct value *ret)
{
	struct vbs_places places;
	bool found = vbs_find_all(s, units_of(s), by, units_of(by), 0,
				  limit < 0 ? SIZE_MAX : (size_t)limit - 1, nocase, &places);
	HRESULT hr = found ? split_at(e, s, units_of(by), &places, ret) : E_OUTOFMEMORY;

	vbs_places_done(&places);
	return hr;
}

/* Split(text[, delimiter[, count[, compare]]]) */
BUILTIN(split)
{
	BSTR s = NULL, by = NULL;
	int32_t limit, mode;
	HRESULT hr;

	if (arg_null(args, 0))
		return VBS_HR(94);
	hr = arg_long(e, args, argc, 2, -1, &limit);
	if (SUCCEEDED(hr))
		hr = arg_long(e, args, argc, 3, 0, &mode);
	if (SUCCEEDED(hr) && (limit < -1 || mode < 0 || mode > 1))
		hr = VBS_HR(5);
	if (SUCCEEDED(hr))
		hr = vbs_to_string(&e->heap, &args[0], &s);
	if (SUCCEEDED(hr))
		hr = arg_given(args, argc, 1) ? vbs_to_string(&e->heap, &args[1], &by)
					      : vbs_string_new(&e->heap, u" ", 1, &by);
	if (SUCCEEDED(hr))
		hr = units_of(s) && limit ? split(e, s, by, limit, mode == 1, ret)
					  : vector(e, 0, ret);
	SysFreeString(s);
	SysFreeString(by);
	return hr;
}

/* How many units an element is as text when that needs no conversion that may run code. */
static inline bool join_measure(const struct value *v, size_t *ret)
{
	switch (v->type) {
	case VT_EMPTY:
		*ret = 0;
		return true;
	case VT_BSTR:
		*ret = units_of(v->str);
		return true;
	case VT_UI1:
	case VT_I2:
	case VT_I4:
		*ret = vbs_digits_count(v->i);
		return true;
	default:
		return false;
	}
}

static inline OLECHAR *put_units(OLECHAR *to, BSTR from)
{
	size_t length = units_of(from);

	if (length)
		mem_copy(to, from, length * sizeof *to);
	return to + length;
}

static inline OLECHAR *put_digits(OLECHAR *to, int64_t n)
{
	unsigned count = vbs_digits_count(n);

	vbs_digits_write(n, to, count);
	return to + count;
}

/* Arrays of texts and whole numbers: measured, then written. False: there are other elements. */
static bool join_plain(struct vbs_engine *e, const struct vbs_array *a, BSTR by, BSTR *ret,
		       HRESULT *ret_hr)
{
	size_t total = a->count ? (a->count - 1) * units_of(by) : 0, length;
	OLECHAR *to;

	for (size_t i = 0; i < a->count; i++) {
		if (!join_measure(&a->items[i], &length))
			return false;
		total += length;
	}
	*ret_hr = vbs_string_new(&e->heap, NULL, total, ret);
	if (FAILED(*ret_hr) || !*ret)
		return true;
	to = *ret;
	for (size_t i = 0; i < a->count; i++) {
		const struct value *v = &a->items[i];

		if (i)
			to = put_units(to, by);
		if (v->type == VT_BSTR)
			to = put_units(to, v->str);
		else if (v->type != VT_EMPTY)
			to = put_digits(to, v->i);
	}
	return true;
}

static HRESULT join_items(struct vbs_engine *e, const struct vbs_array *a, BSTR by, BSTR *ret)
{
	BSTR out = NULL, grown;
	HRESULT hr = S_OK;

	for (size_t i = 0; i < a->count && SUCCEEDED(hr); i++) {
		BSTR s = NULL;

		if ((a->items[i].type & VT_ARRAY) || a->items[i].type == VT_ERROR ||
		    a->items[i].type == VT_NULL)
			hr = VBS_HR(13);
		else
			hr = vbs_to_string(&e->heap, &a->items[i], &s);
		if (SUCCEEDED(hr))
			hr = vbs_heap_charge(&e->heap, 2 * (units_of(s) + units_of(by)));
		if (SUCCEEDED(hr) && !out) {
			/* A string of its own, to grow in place. */
			out = SysAllocStringLen(s, units_of(s));
			hr = out ? S_OK : E_OUTOFMEMORY;
		} else if (SUCCEEDED(hr)) {
			grown = bstr_append(out, by, units_of(by));
			if (grown) {
				out = grown;
				grown = bstr_append(out, s, units_of(s));
			}
			if (grown)
				out = grown;
			else
				hr = E_OUTOFMEMORY;
		}
		SysFreeString(s);
	}
	if (FAILED(hr))
		SysFreeString(out);
	else
		*ret = out;
	return hr;
}

BUILTIN(join)
{
	struct value *v = value_deref(&args[0]);
	struct value share = VALUE_EMPTY;
	BSTR by = NULL, out = NULL;
	HRESULT hr;

	if (v->type == VT_NULL)
		return VBS_HR(94);
	if (v->type == VT_DISPATCH)
		return VBS_HR(v->obj ? 438 : 91);
	if (v->type != VBS_ARRAY || v->array->dims > 1)
		return VBS_HR(13);
	/* Arguments and elements may be objects whose default property changes the array. */
	value_copy(&share, v);
	hr = arg_given(args, argc, 1) ? vbs_to_string(&e->heap, &args[1], &by)
				      : vbs_string_new(&e->heap, u" ", 1, &by);
	if (SUCCEEDED(hr))
		if (!join_plain(e, share.array, by, &out, &hr))
			hr = join_items(e, share.array, by, &out);
	if (SUCCEEDED(hr))
		*ret = VALUE_STR(out);
	value_clear(&share);
	SysFreeString(by);
	return hr;
}

static HRESULT filter_items(struct vbs_engine *e, const struct vbs_array *a, BSTR sought,
			    bool include, bool nocase, struct vbs_array *out, size_t *ret_count)
{
	HRESULT hr = S_OK;
	size_t n = 0;

	for (size_t i = 0; i < a->count && SUCCEEDED(hr); i++) {
		BSTR s;

		hr = vbs_to_string(&e->heap, &a->items[i], &s);
		if (FAILED(hr))
			break;
		if ((vbs_find(s, units_of(s), sought, units_of(sought), 0, nocase) >= 0) == include)
			value_set(&out->items[n++], VALUE_STR(s));
		else
			SysFreeString(s);
	}
	*ret_count = n;
	return hr;
}

/* Filter(array, sought[, include[, compare]]) */
BUILTIN(filter)
{
	struct value *v = value_deref(&args[0]), share = VALUE_EMPTY;
	bool include = true;
	int32_t mode, counts[1];
	BSTR sought = NULL;
	size_t n;
	HRESULT hr;

	if (v->type != VBS_ARRAY || v->array->dims != 1)
		return VBS_HR(13);
	/* Arguments and elements may be objects whose default property changes the array. */
	value_copy(&share, v);
	hr = arg_long(e, args, argc, 3, 0, &mode);
	if (SUCCEEDED(hr) && arg_given(args, argc, 2))
		hr = vbs_to_bool(&e->heap, &args[2], &include);
	if (SUCCEEDED(hr))
		hr = vbs_to_string(&e->heap, &args[1], &sought);
	if (SUCCEEDED(hr))
		hr = vector(e, share.array->count, ret);
	if (SUCCEEDED(hr))
		hr = filter_items(e, share.array, sought, include, mode == 1, ret->array, &n);
	if (SUCCEEDED(hr)) {
		counts[0] = n;
		hr = vbs_array_redim(&e->heap, ret, counts, 1, true);
	}
	value_clear(&share);
	SysFreeString(sought);
	return hr;
}
