/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values to VARIANTs and back (variant.h): the only file that knows both layouts.
 */
#include "script/vbs/variant.h"

#include "base/mem.h"
#include "script/vbs/errors.h"

#define NESTING_MAX 32 /* arrays in arrays that may cross the edge */

struct decimal_box {
	DECIMAL decimal;
	uint32_t refs;
};

HRESULT vbs_decimal_new(const DECIMAL *from, DECIMAL **ret)
{
	struct decimal_box *box = mem_new(struct decimal_box);

	if (!box)
		return E_OUTOFMEMORY;
	box->decimal = *from;
	box->refs = 1;
	*ret = &box->decimal;
	return S_OK;
}

void vbs_decimal_ref(DECIMAL *decimal)
{
	container_of(decimal, struct decimal_box, decimal)->refs++;
}

void vbs_decimal_unref(DECIMAL *decimal)
{
	struct decimal_box *box = container_of(decimal, struct decimal_box, decimal);

	if (--box->refs == 0)
		mem_free(box);
}

static HRESULT to_variant(struct value *v, VARIANT *ret, unsigned depth);

/* The k-th element in SAFEARRAY order (left-most index fastest) as an index in ours. */
static size_t transpose(const struct vbs_array *a, size_t k)
{
	size_t at = 0, stride = a->count;

	for (unsigned i = 0; i < a->dims; i++) {
		size_t n = a->bounds[i].count;

		stride /= n;
		at += k % n * stride;
		k /= n;
	}
	return at;
}

static HRESULT array_to_variant(struct vbs_array *a, VARIANT *ret, unsigned depth)
{
	SAFEARRAYBOUND bounds[VBS_DIMS_MAX];
	SAFEARRAY *array;
	VARIANT *data;
	HRESULT hr;

	if (depth >= NESTING_MAX)
		return VBS_HR(5);
	if (!a->dims) {
		bounds[0] = (SAFEARRAYBOUND){ 0, 0 };
	}
	for (unsigned i = 0; i < a->dims; i++)
		bounds[i] = (SAFEARRAYBOUND){ a->bounds[i].count, 0 };
	array = SafeArrayCreate(VT_VARIANT, a->dims ? a->dims : 1, bounds);
	if (!array)
		return E_OUTOFMEMORY;
	data = array->pvData;
	for (size_t k = 0; k < a->count; k++) {
		size_t from = a->dims == 1 ? k : transpose(a, k);

		hr = to_variant(&a->items[from], &data[k], depth + 1);
		if (FAILED(hr)) {
			SafeArrayDestroy(array);
			return hr;
		}
	}
	ret->vt = VT_ARRAY | VT_VARIANT;
	ret->parray = array;
	return S_OK;
}

static HRESULT bytes_to_variant(BSTR bytes, VARIANT *ret)
{
	UINT length = SysStringByteLen(bytes);
	SAFEARRAY *array = SafeArrayCreateVector(VT_UI1, 0, length);

	if (!array)
		return E_OUTOFMEMORY;
	if (length)
		memcpy(array->pvData, bytes, length);
	ret->vt = VT_ARRAY | VT_UI1;
	ret->parray = array;
	return S_OK;
}

static HRESULT to_variant(struct value *v, VARIANT *ret, unsigned depth)
{
	VARIANT out = { .vt = VT_EMPTY };

	v = value_deref(v);
	switch (v->type) {
	case VBS_ARRAY:
		return array_to_variant(v->array, ret, depth);
	case VBS_BYTES:
		return bytes_to_variant(v->str, ret);
	case VBS_LOCK:
	case VBS_ITER:
		return VBS_HR(51);
	case VT_DECIMAL:
		out.decVal = *v->decimal;
		out.vt = VT_DECIMAL;
		break;
	case VT_BOOL:
		out.vt = VT_BOOL;
		out.boolVal = v->i ? VARIANT_TRUE : VARIANT_FALSE;
		break;
	case VT_R4:
		out.vt = VT_R4;
		out.fltVal = v->d;
		break;
	case VT_UI1:
		out.vt = VT_UI1;
		out.bVal = v->i;
		break;
	case VT_I2:
		out.vt = VT_I2;
		out.iVal = v->i;
		break;
	case VT_I4:
	case VT_ERROR:
		out.vt = v->type;
		out.lVal = v->i;
		break;
	default: /* eight bytes that mean the same on both sides */
		out.vt = v->type;
		out.llVal = v->i;
		vbs_value_keep(v);
		break;
	}
	*ret = out;
	return S_OK;
}

HRESULT vbs_to_variant(struct value *v, VARIANT *ret)
{
	return to_variant(v, ret, 0);
}

/* ---- from VARIANT ---- */

static HRESULT from_variant(struct vbs_heap *heap, const VARIANT *v, struct value *ret,
			    unsigned depth);

static HRESULT element_from(struct vbs_heap *heap, VARTYPE vt, const char *at, struct value *ret,
			    unsigned depth)
{
	VARIANT item = { .vt = vt | VT_BYREF, .byref = (void *)at };

	if (vt == VT_VARIANT)
		return from_variant(heap, (const VARIANT *)(const void *)at, ret, depth);
	return from_variant(heap, &item, ret, depth);
}

static HRESULT bytes_from_variant(struct vbs_heap *heap, const SAFEARRAY *from, struct value *ret)
{
	BSTR s;
	HRESULT hr = vbs_bytes_new(heap, from->pvData, from->rgsabound[0].cElements, &s);

	if (SUCCEEDED(hr))
		value_set(ret, VALUE_BYTES(s));
	return hr;
}

static HRESULT array_from_variant(struct vbs_heap *heap, SAFEARRAY *from, VARTYPE vt,
				  struct value *ret, unsigned depth)
{
	int32_t counts[VBS_DIMS_MAX];
	struct value out = { .type = VBS_ARRAY };
	HRESULT hr;

	if (depth >= NESTING_MAX)
		return VBS_HR(5);
	if (!from || from->cDims > VBS_DIMS_MAX)
		return VBS_HR(458);
	if (vt == VT_UI1 && from->cDims == 1)
		return bytes_from_variant(heap, from, ret);
	for (unsigned i = 0; i < from->cDims; i++)
		counts[i] = from->rgsabound[from->cDims - 1 - i].cElements;
	hr = vbs_array_new(heap, counts, from->cDims, &out.array);
	if (FAILED(hr))
		return hr;
	for (size_t k = 0; k < out.array->count && SUCCEEDED(hr); k++) {
		size_t to = from->cDims == 1 ? k : transpose(out.array, k);

		hr = element_from(heap, vt, (char *)from->pvData + k * from->cbElements,
				  &out.array->items[to], depth + 1);
	}
	if (SUCCEEDED(hr))
		value_move(ret, &out);
	else
		value_clear(&out);
	return hr;
}

/* Reads what a VT_BYREF points to into a VARIANT that borrows it. */
static void follow(const VARIANT *v, VARIANT *ret)
{
	static const uint8_t sizes[] = {
		[VT_I2] = 2,      [VT_I4] = 4,   [VT_R4] = 4,       [VT_R8] = 8,    [VT_CY] = 8,
		[VT_DATE] = 8,    [VT_BSTR] = 8, [VT_DISPATCH] = 8, [VT_ERROR] = 4, [VT_BOOL] = 2,
		[VT_UNKNOWN] = 8, [VT_I1] = 1,   [VT_UI1] = 1,      [VT_UI2] = 2,   [VT_UI4] = 4,
		[VT_I8] = 8,      [VT_UI8] = 8,  [VT_INT] = 4,      [VT_UINT] = 4,
	};
	VARTYPE vt = v->vt & ~VT_BYREF;

	*ret = (VARIANT){ .vt = VT_EMPTY };
	if (!v->byref)
		return;
	if (vt == VT_VARIANT) {
		*ret = *v->pvarVal;
	} else if (vt == VT_DECIMAL) {
		ret->decVal = *v->pdecVal;
		ret->vt = VT_DECIMAL;
	} else if (vt & VT_ARRAY) {
		ret->vt = vt;
		ret->parray = *v->pparray;
	} else if (vt < sizeof sizes) {
		ret->vt = vt;
		memcpy(&ret->llVal, v->byref, sizes[vt]);
	}
}

/* Integers a script has no subtype for become the narrowest that holds them. */
static struct value from_wide(int64_t n)
{
	if (n >= INT32_MIN && n <= INT32_MAX)
		return VALUE_I4(n);
	return VALUE_R8((double)n);
}

static HRESULT scalar_from(const VARIANT *v, struct value *ret)
{
	switch (v->vt) {
	case VT_EMPTY:
	case VT_NULL:
		*ret = (struct value){ .type = v->vt };
		return S_OK;
	case VT_I2:
		*ret = VALUE_I2(v->iVal);
		return S_OK;
	case VT_I1:
		*ret = VALUE_I2(v->cVal);
		return S_OK;
	case VT_UI1:
		*ret = (struct value){ .type = VT_UI1, .i = v->bVal };
		return S_OK;
	case VT_I4:
	case VT_INT:
	case VT_HRESULT:
		*ret = VALUE_I4(v->lVal);
		return S_OK;
	case VT_ERROR:
		*ret = (struct value){ .type = VT_ERROR, .i = v->scode };
		return S_OK;
	case VT_UI2:
		*ret = VALUE_I4(v->uiVal);
		return S_OK;
	case VT_UI4:
	case VT_UINT:
		*ret = from_wide(v->ulVal);
		return S_OK;
	case VT_UI8:
		*ret = v->ullVal > INT64_MAX ? VALUE_R8((double)v->ullVal) : from_wide(v->llVal);
		return S_OK;
	case VT_I8:
		*ret = (struct value){ .type = VT_I8, .i = v->llVal };
		return S_OK;
	case VT_BOOL:
		*ret = VALUE_BOOL(v->boolVal);
		return S_OK;
	case VT_R4:
		*ret = (struct value){ .type = VT_R4, .d = v->fltVal };
		return S_OK;
	case VT_R8:
	case VT_DATE:
		*ret = (struct value){ .type = v->vt, .d = v->dblVal };
		return S_OK;
	case VT_CY:
		*ret = (struct value){ .type = VT_CY, .i = v->llVal };
		return S_OK;
	default:
		return VBS_HR(458);
	}
}

/* An IUnknown that is an IDispatch is an object; others stay opaque. */
static void unknown_from(IUnknown *unk, struct value *ret)
{
	IDispatch *d = NULL;

	if (!unk) {
		*ret = VALUE_OBJ(NULL);
	} else if (SUCCEEDED(unk->lpVtbl->QueryInterface(unk, &IID_IDispatch, (void **)&d)) && d) {
		*ret = VALUE_OBJ(d);
	} else {
		unk->lpVtbl->AddRef(unk);
		*ret = (struct value){ .type = VT_UNKNOWN, .unk = unk };
	}
}

static HRESULT from_variant(struct vbs_heap *heap, const VARIANT *v, struct value *ret,
			    unsigned depth)
{
	struct value out = VALUE_EMPTY;
	VARIANT target;
	HRESULT hr = S_OK;

	for (int hops = 0; v->vt & VT_BYREF; hops++) {
		if (hops > 4)
			return VBS_HR(458);
		VARIANT here = *v;

		follow(&here, &target);
		v = &target;
	}
	if (v->vt & VT_ARRAY)
		return array_from_variant(heap, v->parray, v->vt & VT_TYPEMASK, ret, depth);
	switch (v->vt) {
	case VT_BSTR:
		out = VALUE_STR(bstr_ref(v->bstrVal));
		break;
	case VT_DISPATCH:
		out = VALUE_OBJ(v->pdispVal);
		vbs_value_keep(&out);
		break;
	case VT_UNKNOWN:
		unknown_from(v->punkVal, &out);
		break;
	case VT_DECIMAL:
		hr = vbs_decimal_new(&v->decVal, &out.decimal);
		if (SUCCEEDED(hr))
			out.type = VT_DECIMAL;
		break;
	default:
		hr = scalar_from(v, &out);
		break;
	}
	if (SUCCEEDED(hr))
		value_set(ret, out);
	return hr;
}

HRESULT vbs_from_variant(struct vbs_heap *heap, const VARIANT *v, struct value *ret)
{
	return from_variant(heap, v, ret, 0);
}

HRESULT vbs_take_variant(struct vbs_heap *heap, VARIANT *v, struct value *ret)
{
	HRESULT hr;

	if (v->vt == VT_BSTR || v->vt == VT_DISPATCH) {
		struct value out = { .type = v->vt, .unk = v->punkVal };

		v->vt = VT_EMPTY;
		value_set(ret, out);
		return S_OK;
	}
	hr = from_variant(heap, v, ret, 0);
	VariantClear(v);
	return hr;
}
