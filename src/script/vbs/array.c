/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arrays of the machine: any rank, lower bound 0, shared until written. Elements are stored with
 * the right-most index running fastest, so that ReDim Preserve of the last dimension of a vector
 * grows in place. Tearing down nested arrays uses a list, never recursion.
 */
#include "script/vbs/value.h"

#include "base/mem.h"
#include "script/vbs/convert.h"
#include "script/vbs/errors.h"

#include <stdint.h>

static HRESULT array_size(const int32_t *counts, unsigned dims, size_t *ret)
{
	size_t n = 1;

	for (unsigned i = 0; i < dims; i++) {
		if (counts[i] < 0)
			return VBS_HR(9);
		if (__builtin_mul_overflow(n, (size_t)counts[i], &n) ||
		    n > SIZE_MAX / 4 / sizeof(struct value))
			return E_OUTOFMEMORY;
	}
	*ret = n;
	return S_OK;
}

HRESULT vbs_array_new(struct vbs_heap *heap, const int32_t *counts, unsigned dims,
		      struct vbs_array **ret)
{
	struct vbs_array *a;
	size_t n = 0;
	HRESULT hr;

	if (dims) {
		hr = array_size(counts, dims, &n);
		if (FAILED(hr))
			return hr;
	}
	hr = vbs_heap_charge(heap, sizeof *a + dims * sizeof *a->bounds + n * sizeof *a->items);
	if (FAILED(hr))
		return hr;
	a = mem_zalloc(1, sizeof *a + dims * sizeof *a->bounds);
	if (!a)
		return E_OUTOFMEMORY;
	a->refs = 1;
	a->heap = heap;
	a->dims = dims;
	a->count = n;
	a->length = dims == 1 ? n : 0;
	a->bounds = (struct vbs_bound *)(a + 1);
	for (unsigned i = 0; i < dims; i++)
		a->bounds[i].count = counts[i];
	a->items = mem_zalloc(n, sizeof *a->items);
	if (!a->items) {
		mem_free(a);
		return E_OUTOFMEMORY;
	}
	*ret = a;
	return S_OK;
}

HRESULT vbs_array_vector(struct vbs_heap *heap, size_t count, struct vbs_array **ret)
{
	int32_t n = count;

	if (count > INT32_MAX)
		return E_OUTOFMEMORY;
	return vbs_array_new(heap, &n, 1, ret);
}

/* Frees what is on the list; elements that die meanwhile only join it. */
static void heap_bury(struct vbs_heap *heap)
{
	struct vbs_array *a;

	if (heap->burying)
		return;
	heap->burying = true;
	while ((a = heap->dead)) {
		heap->dead = a->next_dead;
		for (size_t i = 0; i < a->count; i++)
			value_clear(&a->items[i]);
		mem_free(a->items);
		mem_free(a);
	}
	heap->burying = false;
}

void vbs_array_drop(struct vbs_array *a)
{
	if (--a->refs)
		return;
	a->next_dead = a->heap->dead;
	a->heap->dead = a;
	heap_bury(a->heap);
}

/* `lent`: elements that are arrays on the way to what is lent are copied too. */
static HRESULT array_copy(const struct vbs_array *old, bool lent, struct vbs_array **ret)
{
	struct vbs_array *a;
	int32_t counts[VBS_DIMS_MAX];
	HRESULT hr;

	for (unsigned i = 0; i < old->dims; i++)
		counts[i] = old->bounds[i].count;
	hr = vbs_array_new(old->heap, counts, old->dims, &a);
	if (FAILED(hr))
		return hr;
	a->fixed = old->fixed;
	for (size_t i = 0; i < old->count && SUCCEEDED(hr); i++) {
		if (lent)
			hr = vbs_array_put(&a->items[i], &old->items[i]);
		else
			value_copy(&a->items[i], &old->items[i]);
	}
	if (SUCCEEDED(hr))
		*ret = a;
	else
		vbs_array_drop(a);
	return hr;
}

HRESULT vbs_array_own(struct value *slot)
{
	struct vbs_array *old = slot->array;
	HRESULT hr;

	/* A lock holds a count of its own and lends an element of this very holder. */
	if (old->refs - old->locks <= 1)
		return S_OK;
	hr = array_copy(old, false, &slot->array);
	if (SUCCEEDED(hr))
		vbs_array_drop(old);
	return hr;
}

HRESULT vbs_array_put(struct value *slot, const struct value *v)
{
	struct value copy = { .type = VBS_ARRAY };
	HRESULT hr;

	if (v->type != VBS_ARRAY || !v->array->locks) {
		value_copy(slot, v);
		return S_OK;
	}
	hr = array_copy(v->array, true, &copy.array);
	if (SUCCEEDED(hr))
		value_set(slot, copy);
	return hr;
}

/* Elements that go may be objects whose Class_Terminate does anything to the variable: meanwhile
 * the array stays alive, and is of fixed size. */
static struct value array_hold(struct vbs_array *a)
{
	a->refs++;
	a->locks++;
	return (struct value){ .type = VBS_LOCK, .array = a };
}

static HRESULT resize_vector(struct vbs_array *a, size_t n)
{
	size_t before = a->count;
	struct value *items;
	HRESULT hr;

	/* The charge is for the growth alone: ReDim Preserve in a loop is a habit. */
	hr = n > before ? vbs_heap_charge(a->heap, (n - before) * sizeof *items) : S_OK;
	if (FAILED(hr))
		return hr;
	if (n < before) {
		a->count = a->length = n;
		a->bounds[0].count = (int32_t)n;
	}
	for (size_t i = n; i < before; i++)
		value_clear(&a->items[i]);
	items = mem_realloc(a->items, n ? n : 1, sizeof *items);
	if (!items)
		return E_OUTOFMEMORY;
	if (n > before)
		memset(items + before, 0, (n - before) * sizeof *items);
	a->items = items;
	a->count = a->length = n;
	a->bounds[0].count = (int32_t)n;
	return S_OK;
}

/* More than one dimension: the rows become `last` long. What falls off is released once the array
 * is whole again. */
static HRESULT resize_rows(struct vbs_array *a, size_t rows, int32_t last)
{
	struct value *old = a->items, *items;
	int32_t before = a->bounds[a->dims - 1].count;
	size_t old_count = a->count, n = rows * (size_t)last;
	HRESULT hr = vbs_heap_charge(a->heap, n * sizeof *items);

	if (FAILED(hr))
		return hr;
	items = mem_zalloc(n, sizeof *items);
	if (!items)
		return E_OUTOFMEMORY;
	for (size_t r = 0; r < rows; r++)
		for (int32_t c = 0; c < before && c < last; c++)
			value_move(&items[r * last + c], &old[r * before + c]);
	a->items = items;
	a->count = n;
	a->bounds[a->dims - 1].count = last;
	for (size_t i = 0; i < old_count; i++)
		value_clear(&old[i]);
	mem_free(old);
	return S_OK;
}

/* The last dimension of an array that only one variable holds gets `last` elements. */
static HRESULT array_resize_last(struct vbs_array *a, int32_t last)
{
	struct value held;
	size_t rows = 1, n;
	HRESULT hr;

	for (unsigned i = 0; i + 1 < a->dims; i++)
		rows *= a->bounds[i].count;
	if (last < 0)
		return VBS_HR(9);
	if (__builtin_mul_overflow(rows, (size_t)last, &n) ||
	    n > SIZE_MAX / 4 / sizeof(struct value))
		return E_OUTOFMEMORY;
	held = array_hold(a);
	hr = a->dims == 1 ? resize_vector(a, n) : resize_rows(a, rows, last);
	value_clear(&held);
	return hr;
}

static HRESULT array_preserve(struct value *slot, const int32_t *counts, unsigned dims)
{
	struct vbs_array *a = slot->array;
	HRESULT hr;

	if (a->dims != dims)
		return VBS_HR(9);
	for (unsigned i = 0; i + 1 < dims; i++)
		if (a->bounds[i].count != counts[i])
			return VBS_HR(9);
	hr = vbs_array_own(slot);
	if (FAILED(hr))
		return hr;
	return array_resize_last(slot->array, counts[dims - 1]);
}

HRESULT vbs_array_redim(struct vbs_heap *heap, struct value *slot, const int32_t *counts,
			unsigned dims, bool preserve)
{
	struct vbs_array *a;
	HRESULT hr;

	if (slot->type == VBS_ARRAY && (slot->array->fixed || slot->array->locks))
		return VBS_HR(10);
	if (slot->type == VBS_BYTES && preserve)
		return VBS_HR(13);
	if (slot->type == VBS_ARRAY && slot->array->dims && preserve)
		return array_preserve(slot, counts, dims);
	hr = vbs_array_new(heap, counts, dims, &a);
	if (FAILED(hr))
		return hr;
	value_set(slot, (struct value){ .type = VBS_ARRAY, .array = a });
	return S_OK;
}

HRESULT vbs_array_erase(struct value *slot)
{
	struct vbs_array *a;
	struct value held;
	HRESULT hr;

	if (slot->type != VBS_ARRAY)
		return VBS_HR(13);
	if (slot->array->locks)
		return VBS_HR(10);
	if (slot->array->fixed) {
		hr = vbs_array_own(slot);
		if (FAILED(hr))
			return hr;
		a = slot->array;
		held = array_hold(a);
		for (size_t i = 0; i < a->count; i++)
			value_clear(&a->items[i]);
		value_clear(&held);
		return S_OK;
	}
	hr = vbs_array_new(slot->array->heap, NULL, 0, &a);
	if (FAILED(hr))
		return hr;
	value_set(slot, (struct value){ .type = VBS_ARRAY, .array = a });
	return S_OK;
}

HRESULT vbs_array_at(const struct vbs_array *a, struct value *const *indices, unsigned count,
		     struct value **ret)
{
	size_t at = 0;

	if (count != a->dims || !count)
		return VBS_HR(9);
	for (unsigned i = 0; i < count; i++) {
		int32_t n;
		HRESULT hr = vbs_to_long(a->heap, indices[i], &n);

		if (FAILED(hr))
			return hr;
		if (n < 0 || n >= a->bounds[i].count)
			return VBS_HR(9);
		at = at * a->bounds[i].count + n;
	}
	*ret = &a->items[at];
	return S_OK;
}
