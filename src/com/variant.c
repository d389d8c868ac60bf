/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VARIANT: init, clear, copy ([MS-OAUT] 2.2.29). Conversions are in variant-convert.c. Called by
 * everything that speaks automation, in every process; safe from any thread, as long as one
 * VARIANT belongs to one thread at a time.
 */
#include "com/variant.h"

#include "com/bstr.h"

static bool has_type(VARTYPE vt)
{
	return vt <= VT_DECIMAL ? vt != VT_VARIANT && vt != 15 : vt >= VT_I1 && vt <= VT_UINT;
}

void VariantInit(VARIANT *v)
{
	*v = (VARIANT){ 0 };
}

static HRESULT array_clear(VARIANT *v)
{
	SAFEARRAY *array = v->parray;

	/* Emptied first: destroying an element may run code that looks at this variant. */
	v->parray = NULL;
	HRESULT hr = SafeArrayDestroy(array);

	if (FAILED(hr))
		v->parray = array;
	return hr;
}

HRESULT VariantClear(VARIANT *v)
{
	VARTYPE vt = v->vt;

	if (!(vt & VT_BYREF)) {
		if (vt & VT_ARRAY) {
			HRESULT hr = v->parray ? array_clear(v) : S_OK;

			if (FAILED(hr))
				return hr;
		} else if (vt == VT_BSTR) {
			SysFreeString(v->bstrVal);
		} else if (vt == VT_DISPATCH || vt == VT_UNKNOWN) {
			IUnknown *object = v->punkVal;

			*v = (VARIANT){ 0 };
			if (object)
				object->lpVtbl->Release(object);
			return S_OK;
		} else if (!has_type(vt)) {
			return DISP_E_BADVARTYPE;
		}
	}
	*v = (VARIANT){ 0 };
	return S_OK;
}

void variant_replace(VARIANT *to, VARIANT *from)
{
	VARIANT old = *to;

	/* In this order, since the last Release of `old` may run code that looks at `*to`. */
	*to = *from;
	*from = (VARIANT){ 0 };
	/* A locked array or an unknown type cannot be cleared; losing it is the lesser evil. */
	(void)VariantClear(&old);
}

static HRESULT bstr_copy(BSTR s, bool share, BSTR *ret)
{
	BSTR copy = share ? bstr_ref(s)
		    : s   ? SysAllocStringByteLen((const char *)s, SysStringByteLen(s))
			  : NULL;

	if (s && !copy)
		return E_OUTOFMEMORY;
	*ret = copy;
	return S_OK;
}

/* A copy of `from` in `*to`, which holds nothing. */
static HRESULT duplicate(VARIANT *to, const VARIANT *from, bool share)
{
	VARTYPE vt = from->vt;
	VARIANT copy = *from;
	HRESULT hr = S_OK;

	if (vt & VT_BYREF) {
		/* The pointer is copied, the caller vouches for what it points to. */
	} else if (vt & VT_ARRAY) {
		copy.parray = NULL;
		if (from->parray)
			hr = share ? safearray_share(from->parray, &copy.parray)
				   : SafeArrayCopy(from->parray, &copy.parray);
	} else if (vt == VT_BSTR) {
		hr = bstr_copy(from->bstrVal, share, &copy.bstrVal);
	} else if (vt == VT_DISPATCH || vt == VT_UNKNOWN) {
		if (from->punkVal)
			from->punkVal->lpVtbl->AddRef(from->punkVal);
	} else if (!has_type(vt)) {
		hr = DISP_E_BADVARTYPE;
	}
	if (SUCCEEDED(hr))
		*to = copy;
	return hr;
}

static HRESULT copy_to(VARIANT *to, const VARIANT *from, bool share)
{
	VARIANT copy;
	HRESULT hr;

	if (to == from)
		return S_OK;
	/* An array that is locked cannot go: said before anything is made. */
	if ((to->vt & (VT_ARRAY | VT_BYREF)) == VT_ARRAY && to->parray && to->parray->cLocks)
		return DISP_E_ARRAYISLOCKED;
	hr = duplicate(&copy, from, share);
	if (FAILED(hr))
		return hr;
	variant_replace(to, &copy);
	return S_OK;
}

HRESULT VariantCopy(VARIANT *to, const VARIANT *from)
{
	return copy_to(to, from, false);
}

HRESULT variant_share(VARIANT *to, const VARIANT *from)
{
	return copy_to(to, from, true);
}

static HRESULT copy_indirect(VARIANT *to, const VARIANT *from, bool share)
{
	VARIANT room;
	const VARIANT *view = variant_view(from, &room);

	if (!view)
		return E_INVALIDARG;
	return copy_to(to, view, share);
}

HRESULT VariantCopyInd(VARIANT *to, const VARIANT *from)
{
	return copy_indirect(to, from, false);
}

HRESULT variant_share_ind(VARIANT *to, const VARIANT *from)
{
	return copy_indirect(to, from, true);
}

size_t variant_element_size(VARTYPE vt)
{
	switch (vt) {
	case VT_I1:
	case VT_UI1:
		return 1;
	case VT_I2:
	case VT_UI2:
	case VT_BOOL:
		return 2;
	case VT_I4:
	case VT_UI4:
	case VT_R4:
	case VT_ERROR:
	case VT_INT:
	case VT_UINT:
		return 4;
	case VT_R8:
	case VT_CY:
	case VT_DATE:
	case VT_I8:
	case VT_UI8:
		return 8;
	case VT_BSTR:
	case VT_DISPATCH:
	case VT_UNKNOWN:
		return sizeof(void *);
	case VT_DECIMAL:
		return sizeof(DECIMAL);
	case VT_VARIANT:
		return sizeof(VARIANT);
	default:
		return 0;
	}
}

const VARIANT *variant_view(const VARIANT *v, VARIANT *room)
{
	VARTYPE vt = v->vt & ~VT_BYREF;

	if (!(v->vt & VT_BYREF))
		return v;
	if (!v->byref)
		return NULL;
	if (vt == VT_VARIANT) {
		const VARIANT *to = v->pvarVal;

		/* One more level is what scripts make of a by-reference argument passed on. */
		return (to->vt & VT_BYREF) && to->vt != (VT_BYREF | VT_VARIANT)
			       ? variant_view(to, room)
		       : to->vt & VT_BYREF ? NULL
					   : to;
	}
	*room = (VARIANT){ .vt = vt };
	if (vt & VT_ARRAY) {
		room->parray = *v->pparray;
	} else if (vt == VT_DECIMAL) {
		room->decVal = *v->pdecVal;
		room->vt = VT_DECIMAL;
	} else {
		size_t size = variant_element_size(vt);

		if (!size)
			return NULL;
		memcpy(&room->llVal, v->byref, size);
	}
	return room;
}
