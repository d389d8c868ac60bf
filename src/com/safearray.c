/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SAFEARRAY ([MS-OAUT] 2.2.30): arrays that know their bounds. The descriptor has 16 hidden bytes
 * in front, the last four of which hold the element type, as on Windows; elements are a block of
 * their own, zeroed at birth. Called by everything that speaks automation; an array belongs to
 * one thread at a time.
 */
#include "com/variant.h"

#include "base/mem.h"
#include "com/bstr.h"

#define ARRAY_DIMS_MAX 60 /* VBScript's */
#define ARRAY_BYTES_MAX 0x7FFFFFF0u

struct hidden {
	uint32_t spare[3];
	uint32_t vt;
};

_Static_assert(sizeof(struct hidden) == 16, "the descriptor must keep the allocator's alignment");

static struct hidden *hidden_of(const SAFEARRAY *array)
{
	return (struct hidden *)(void *)((char *)(uintptr_t)array - sizeof(struct hidden));
}

/* The number of elements of all dimensions; false when their bytes pass the maximum. */
static bool count_elements(const SAFEARRAYBOUND *bounds, UINT dims, size_t size, size_t *ret)
{
	size_t count = 1;

	for (UINT i = 0; i < dims; i++) {
		/* An index is a LONG, so the upper bound must be one. */
		if ((int64_t)bounds[i].lLbound + bounds[i].cElements > (int64_t)INT32_MAX + 1)
			return false;
		if (__builtin_mul_overflow(count, (size_t)bounds[i].cElements, &count))
			return false;
	}
	if (count > ARRAY_BYTES_MAX / size)
		return false;
	*ret = count;
	return true;
}

static size_t element_count(const SAFEARRAY *array)
{
	size_t count = 1;

	for (UINT i = 0; i < array->cDims; i++)
		count *= array->rgsabound[i].cElements;
	return count;
}

static USHORT features_of(VARTYPE vt)
{
	return FADF_HAVEVARTYPE | (vt == VT_BSTR       ? FADF_BSTR
				   : vt == VT_VARIANT  ? FADF_VARIANT
				   : vt == VT_DISPATCH ? FADF_DISPATCH
				   : vt == VT_UNKNOWN  ? FADF_UNKNOWN
						       : 0);
}

SAFEARRAY *SafeArrayCreate(VARTYPE vt, UINT dims, const SAFEARRAYBOUND *bounds)
{
	size_t size = variant_element_size(vt), count;

	if (!size || !dims || dims > ARRAY_DIMS_MAX || !count_elements(bounds, dims, size, &count))
		return NULL;
	struct hidden *h =
		mem_zalloc(1, sizeof *h + sizeof(SAFEARRAY) + dims * sizeof(SAFEARRAYBOUND));

	if (!h)
		return NULL;
	SAFEARRAY *array = (SAFEARRAY *)(void *)(h + 1);

	h->vt = vt;
	array->cDims = (USHORT)dims;
	array->fFeatures = features_of(vt);
	array->cbElements = (ULONG)size;
	for (UINT i = 0; i < dims; i++)
		array->rgsabound[dims - 1 - i] = bounds[i];
	array->pvData = mem_zalloc(count, size);
	if (!array->pvData) {
		mem_free(h);
		return NULL;
	}
	return array;
}

SAFEARRAY *SafeArrayCreateVector(VARTYPE vt, LONG lower, ULONG count)
{
	SAFEARRAYBOUND bound = { .cElements = count, .lLbound = lower };

	return SafeArrayCreate(vt, 1, &bound);
}

/* Empties the elements from `first` on, each left zero before its old content goes. */
static void elements_clear(SAFEARRAY *array, size_t first, size_t count)
{
	if (array->fFeatures & FADF_VARIANT) {
		VARIANT *items = array->pvData;

		for (size_t i = first; i < count; i++)
			(void)VariantClear(&items[i]);
	} else if (array->fFeatures & FADF_BSTR) {
		BSTR *items = array->pvData;

		for (size_t i = first; i < count; i++) {
			SysFreeString(items[i]);
			items[i] = NULL;
		}
	} else if (array->fFeatures & (FADF_UNKNOWN | FADF_DISPATCH)) {
		IUnknown **items = array->pvData;

		for (size_t i = first; i < count; i++) {
			IUnknown *object = TAKE_PTR(items[i]);

			if (object)
				object->lpVtbl->Release(object);
		}
	}
}

HRESULT SafeArrayDestroy(SAFEARRAY *array)
{
	if (!array)
		return S_OK;
	if (array->cLocks)
		return DISP_E_ARRAYISLOCKED;
	/* Locked for good: what runs when an element goes must not free the array again. */
	array->cLocks = 1;
	elements_clear(array, 0, element_count(array));
	mem_free(array->pvData);
	mem_free(hidden_of(array));
	return S_OK;
}

static HRESULT bstr_duplicate(BSTR s, bool share, BSTR *ret)
{
	*ret = share ? bstr_ref(s)
	       : s   ? SysAllocStringByteLen((const char *)s, SysStringByteLen(s))
		     : NULL;
	return s && !*ret ? E_OUTOFMEMORY : S_OK;
}

/* Copies all elements of `from` to `to`, which has the same shape and zeroed elements. */
static HRESULT elements_copy(SAFEARRAY *to, const SAFEARRAY *from, bool share)
{
	size_t count = element_count(from);
	HRESULT hr = S_OK;

	if (from->fFeatures & FADF_VARIANT) {
		const VARIANT *items = from->pvData;

		for (size_t i = 0; i < count && SUCCEEDED(hr); i++) {
			VARIANT *slot = (VARIANT *)to->pvData + i;

			hr = share ? variant_share(slot, &items[i]) : VariantCopy(slot, &items[i]);
		}
	} else if (from->fFeatures & FADF_BSTR) {
		BSTR *items = from->pvData;

		for (size_t i = 0; i < count && SUCCEEDED(hr); i++)
			hr = bstr_duplicate(items[i], share, (BSTR *)to->pvData + i);
	} else {
		IUnknown **items = from->pvData;

		memcpy(to->pvData, from->pvData, count * from->cbElements);
		if (from->fFeatures & (FADF_UNKNOWN | FADF_DISPATCH))
			for (size_t i = 0; i < count; i++)
				if (items[i])
					items[i]->lpVtbl->AddRef(items[i]);
	}
	return hr;
}

static HRESULT array_copy(SAFEARRAY *array, bool share, SAFEARRAY **ret)
{
	SAFEARRAYBOUND bounds[ARRAY_DIMS_MAX];
	VARTYPE vt;
	HRESULT hr = SafeArrayGetVartype(array, &vt);

	if (FAILED(hr))
		return hr;
	for (UINT i = 0; i < array->cDims; i++)
		bounds[i] = array->rgsabound[array->cDims - 1 - i];
	SAFEARRAY *copy = SafeArrayCreate(vt, array->cDims, bounds);

	if (!copy)
		return E_OUTOFMEMORY;
	hr = elements_copy(copy, array, share);
	if (FAILED(hr)) {
		SafeArrayDestroy(copy);
		return hr;
	}
	*ret = copy;
	return S_OK;
}

HRESULT SafeArrayCopy(SAFEARRAY *array, SAFEARRAY **ret)
{
	return array_copy(array, false, ret);
}

HRESULT safearray_share(SAFEARRAY *array, SAFEARRAY **ret)
{
	return array_copy(array, true, ret);
}

HRESULT SafeArrayRedim(SAFEARRAY *array, const SAFEARRAYBOUND *last)
{
	SAFEARRAYBOUND old = array->rgsabound[0];
	size_t before = element_count(array), after, size = array->cbElements;

	if (array->cLocks || (array->fFeatures & FADF_FIXEDSIZE))
		return DISP_E_ARRAYISLOCKED;
	array->rgsabound[0] = *last;
	if (!count_elements(array->rgsabound, array->cDims, size, &after)) {
		array->rgsabound[0] = old;
		return E_OUTOFMEMORY;
	}
	/* The right-most dimension varies slowest, so that it grows and shrinks at the end. */
	if (after < before) {
		array->cLocks = 1;
		elements_clear(array, after, before);
		array->cLocks = 0;
	}
	void *data = mem_realloc(array->pvData, after, size);

	if (data) {
		array->pvData = data;
		if (after > before)
			memset((char *)data + before * size, 0, (after - before) * size);
	} else if (after > before) {
		array->rgsabound[0] = old;
		return E_OUTOFMEMORY;
	}
	return S_OK;
}

HRESULT SafeArrayGetVartype(SAFEARRAY *array, VARTYPE *ret)
{
	if (!array || !(array->fFeatures & FADF_HAVEVARTYPE))
		return E_INVALIDARG;
	*ret = (VARTYPE)hidden_of(array)->vt;
	return S_OK;
}

UINT SafeArrayGetDim(SAFEARRAY *array)
{
	return array ? array->cDims : 0;
}

HRESULT SafeArrayGetLBound(SAFEARRAY *array, UINT dim, LONG *ret)
{
	if (!array)
		return E_INVALIDARG;
	if (!dim || dim > array->cDims)
		return DISP_E_BADINDEX;
	*ret = array->rgsabound[array->cDims - dim].lLbound;
	return S_OK;
}

HRESULT SafeArrayGetUBound(SAFEARRAY *array, UINT dim, LONG *ret)
{
	if (!array)
		return E_INVALIDARG;
	if (!dim || dim > array->cDims)
		return DISP_E_BADINDEX;
	const SAFEARRAYBOUND *bound = &array->rgsabound[array->cDims - dim];

	*ret = (LONG)(bound->lLbound + (int64_t)bound->cElements - 1);
	return S_OK;
}

HRESULT SafeArrayPtrOfIndex(SAFEARRAY *array, const LONG *indices, void **ret)
{
	size_t at = 0, stride = 1;

	if (!array)
		return E_INVALIDARG;
	for (UINT i = 0; i < array->cDims; i++) {
		const SAFEARRAYBOUND *bound = &array->rgsabound[array->cDims - 1 - i];
		int64_t offset = (int64_t)indices[i] - bound->lLbound;

		if (offset < 0 || offset >= bound->cElements)
			return DISP_E_BADINDEX;
		at += (size_t)offset * stride;
		stride *= bound->cElements;
	}
	*ret = (char *)array->pvData + at * array->cbElements;
	return S_OK;
}

HRESULT SafeArrayGetElement(SAFEARRAY *array, const LONG *indices, void *ret)
{
	void *slot;
	HRESULT hr = SafeArrayPtrOfIndex(array, indices, &slot);

	if (FAILED(hr))
		return hr;
	if (array->fFeatures & FADF_VARIANT) {
		VARIANT copy = { 0 };

		hr = VariantCopy(&copy, slot);
		if (SUCCEEDED(hr))
			*(VARIANT *)ret = copy;
	} else if (array->fFeatures & FADF_BSTR) {
		BSTR copy;

		hr = bstr_duplicate(*(BSTR *)slot, false, &copy);
		if (SUCCEEDED(hr))
			*(BSTR *)ret = copy;
	} else {
		memcpy(ret, slot, array->cbElements);
		IUnknown *object = NULL;

		if (array->fFeatures & (FADF_UNKNOWN | FADF_DISPATCH))
			object = *(IUnknown **)slot;
		if (object)
			object->lpVtbl->AddRef(object);
	}
	return hr;
}

HRESULT SafeArrayPutElement(SAFEARRAY *array, const LONG *indices, void *value)
{
	void *slot;
	HRESULT hr = SafeArrayPtrOfIndex(array, indices, &slot);

	if (FAILED(hr))
		return hr;
	if (array->fFeatures & FADF_VARIANT)
		return VariantCopy(slot, value);
	if (array->fFeatures & FADF_BSTR) {
		BSTR copy;

		hr = bstr_duplicate(value, false, &copy);
		if (SUCCEEDED(hr)) {
			SysFreeString(*(BSTR *)slot);
			*(BSTR *)slot = copy;
		}
	} else if (array->fFeatures & (FADF_UNKNOWN | FADF_DISPATCH)) {
		IUnknown *object = value, *old = *(IUnknown **)slot;

		if (object)
			object->lpVtbl->AddRef(object);
		*(IUnknown **)slot = object;
		if (old)
			old->lpVtbl->Release(old);
	} else {
		memcpy(slot, value, array->cbElements);
	}
	return hr;
}

HRESULT SafeArrayLock(SAFEARRAY *array)
{
	if (!array)
		return E_INVALIDARG;
	if (array->cLocks >= 0xFFFF)
		return E_UNEXPECTED;
	array->cLocks++;
	return S_OK;
}

HRESULT SafeArrayUnlock(SAFEARRAY *array)
{
	if (!array)
		return E_INVALIDARG;
	if (!array->cLocks)
		return E_UNEXPECTED;
	array->cLocks--;
	return S_OK;
}

HRESULT SafeArrayAccessData(SAFEARRAY *array, void **ret)
{
	HRESULT hr = SafeArrayLock(array);

	if (SUCCEEDED(hr))
		*ret = array->pvData;
	return hr;
}

HRESULT SafeArrayUnaccessData(SAFEARRAY *array)
{
	return SafeArrayUnlock(array);
}
