/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For Each (iter.h).
 */
#include "script/vbs/iter.h"

#include "base/mem.h"
#include "script/vbs/engine.h"
#include "script/vbs/variant.h"

struct vbs_iter {
	struct vbs_heap *heap;
	struct value
		array; /* a counted share, or the lock of a variable's array; Empty for objects */
	size_t at;
	IEnumVARIANT *items;
};

static HRESULT start_object(struct vbs_iter *iter, IDispatch *object)
{
	struct vbs_engine *e = iter->heap->engine;
	struct value result = VALUE_EMPTY;
	HRESULT hr;

	if (!object)
		return VBS_HR(91);
	hr = vbs_invoke(e, object, DISPID_NEWENUM, TEXT(""), DISPATCH_METHOD | DISPATCH_PROPERTYGET,
			NULL, 0, false, &result);
	if (SUCCEEDED(hr) && (result.type == VT_UNKNOWN || result.type == VT_DISPATCH) &&
	    result.unk)
		hr = result.unk->lpVtbl->QueryInterface(result.unk, &IID_IEnumVARIANT,
							(void **)&iter->items);
	else if (SUCCEEDED(hr))
		hr = VBS_HR(451);
	value_clear(&result);
	if (FAILED(hr) && hr != E_OUTOFMEMORY) {
		vbs_raised_clear(&e->raised);
		hr = VBS_HR(451);
	}
	return hr;
}

/* The array that a variable holds keeps its size while the loop runs: ReDim is error 10. */
static HRESULT lock_array(struct vbs_iter *iter, struct value *over)
{
	HRESULT hr = vbs_array_own(over);

	if (FAILED(hr))
		return hr;
	over->array->refs++;
	over->array->locks++;
	iter->array = (struct value){ .type = VBS_LOCK, .array = over->array };
	return S_OK;
}

HRESULT vbs_iter_new(struct vbs_heap *heap, struct value *over, bool lock, struct vbs_iter **ret)
{
	struct vbs_iter *iter;
	HRESULT hr = S_OK;

	if (over->type != VBS_ARRAY && over->type != VBS_BYTES && over->type != VT_DISPATCH)
		return VBS_HR(451);
	iter = mem_new(struct vbs_iter);
	if (!iter)
		return E_OUTOFMEMORY;
	iter->heap = heap;
	if (over->type == VT_DISPATCH)
		hr = start_object(iter, over->obj);
	else if (lock && over->type == VBS_ARRAY)
		hr = lock_array(iter, over);
	else
		value_copy(&iter->array, over);
	if (FAILED(hr)) {
		vbs_iter_free(iter);
		return hr;
	}
	*ret = iter;
	return S_OK;
}

struct vbs_iter *vbs_iter_free(struct vbs_iter *iter)
{
	if (!iter)
		return NULL;
	value_clear(&iter->array);
	if (iter->items)
		iter->items->lpVtbl->Release(iter->items);
	mem_free(iter);
	return NULL;
}

/* The n-th element as VBScript goes through an array: the left-most index runs fastest, while in
 * store it runs slowest. */
static struct value *nth_element(const struct vbs_array *a, size_t n)
{
	size_t at = 0, stride = a->count;

	for (unsigned i = 0; i < a->dims; i++) {
		size_t count = (size_t)a->bounds[i].count;

		stride /= count;
		at += n % count * stride;
		n /= count;
	}
	return &a->items[at];
}

HRESULT vbs_iter_next(struct vbs_iter *iter, struct value *ret)
{
	VARIANT v = { .vt = VT_EMPTY };
	ULONG got = 0;
	HRESULT hr;

	if (iter->array.type == VBS_BYTES) {
		const unsigned char *bytes = (const unsigned char *)iter->array.str;

		if (iter->at >= SysStringByteLen(iter->array.str))
			return S_FALSE;
		value_set(ret, (struct value){ .type = VT_UI1, .i = bytes[iter->at++] });
		return S_OK;
	}
	if (!iter->items) {
		const struct vbs_array *a = iter->array.array;

		if (iter->at >= a->count)
			return S_FALSE;
		value_copy(ret, a->dims > 1 ? nth_element(a, iter->at) : &a->items[iter->at]);
		iter->at++;
		return S_OK;
	}
	hr = iter->items->lpVtbl->Next(iter->items, 1, &v, &got);
	if (FAILED(hr))
		return hr;
	if (!got)
		return S_FALSE;
	return vbs_take_variant(iter->heap, &v, ret);
}
