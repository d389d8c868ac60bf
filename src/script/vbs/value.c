/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lifetime of values: counts, strings charged to the engine, the boxes behind a value. Called by
 * everything in this folder, on the thread that runs the engine.
 */
#include "script/vbs/value.h"

#include "base/mem.h"
#include "script/vbs/iter.h"
#include "script/vbs/variant.h"

void vbs_value_keep(const struct value *v)
{
	switch (v->type) {
	case VT_BSTR:
	case VBS_BYTES:
		bstr_ref(v->str);
		break;
	case VT_DISPATCH:
	case VT_UNKNOWN:
		if (v->unk)
			v->unk->lpVtbl->AddRef(v->unk);
		break;
	case VT_DECIMAL:
		vbs_decimal_ref(v->decimal);
		break;
	case VBS_ARRAY:
		v->array->refs++;
		break;
	default: /* locks and iterators are never copied */
		break;
	}
}

void vbs_value_drop(const struct value *v)
{
	switch (v->type) {
	case VT_BSTR:
	case VBS_BYTES:
		bstr_free(v->str);
		break;
	case VT_DISPATCH:
	case VT_UNKNOWN:
		if (v->unk)
			v->unk->lpVtbl->Release(v->unk);
		break;
	case VT_DECIMAL:
		vbs_decimal_unref(v->decimal);
		break;
	case VBS_LOCK:
		v->array->locks--;
		vbs_array_drop(v->array);
		break;
	case VBS_ARRAY:
		vbs_array_drop(v->array);
		break;
	case VBS_ITER:
		vbs_iter_free(v->iter);
		break;
	default:
		break;
	}
}

void vbs_value_drop_old(uint64_t head, int64_t payload)
{
	struct value old = { .head = head, .i = payload };

	if (old.type == VT_BSTR)
		bstr_free(old.str);
	else
		vbs_value_drop(&old);
}

static __attribute__((noinline)) void release_other(struct value *v)
{
	struct value old = *v;

	v->head = VT_EMPTY;
	vbs_value_drop(&old);
}

/* Texts by halves, as they are written: a load of both at once would wait for the stores. */
void vbs_value_release(struct value *v)
{
	if (v->type == VT_BSTR) {
		BSTR s = v->str;

		v->head = VT_EMPTY;
		bstr_free(s);
	} else {
		release_other(v);
	}
}

HRESULT vbs_bytes_new(struct vbs_heap *heap, const void *bytes, size_t length, BSTR *ret)
{
	HRESULT hr;
	BSTR s;

	if (length > BSTR_MAX_BYTES)
		return E_OUTOFMEMORY;
	if (!length) {
		*ret = NULL;
		return S_OK;
	}
	hr = vbs_heap_charge(heap, length + 24);
	if (FAILED(hr))
		return hr;
	s = SysAllocStringByteLen(bytes, length);
	if (!s)
		return E_OUTOFMEMORY;
	*ret = s;
	return S_OK;
}

HRESULT vbs_string_from_utf8(struct vbs_heap *heap, const char *data, size_t length, BSTR *ret)
{
	struct text t = { data, length };
	size_t units = utf8_to_utf16_length(t);
	HRESULT hr;
	BSTR s;

	hr = vbs_string_new(heap, NULL, units, &s);
	if (FAILED(hr))
		return hr;
	if (s)
		utf8_to_utf16(t, s, units);
	*ret = s;
	return S_OK;
}
