/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IEnumVARIANT over a fixed list ([MS-OAUT] 3.3): what For Each walks. Clones share the list and
 * have a place of their own. Reference counts are atomic; one enumerator is walked by one thread
 * at a time. The object owns its items.
 */
#include "com/automation.h"

#include "base/mem.h"
#include "com/unknown.h"
#include "com/variant.h"

struct items {
	uint32_t refs;
	size_t count;
	IDispatch *owner; /* which makes the items; NULL: they are here */
	automation_make_fn make;
	VARIANT list[];
};

struct enumerator {
	IEnumVARIANT face;
	uint32_t refs;
	size_t at;
	struct items *items;
};

COM_OBJECT(enumerator, IEnumVARIANT)

static struct items *items_unref(struct items *items)
{
	if (items && !com_refs_drop(&items->refs)) {
		for (size_t i = 0; i < items->count && !items->owner; i++)
			(void)VariantClear(&items->list[i]);
		if (items->owner)
			items->owner->lpVtbl->Release(items->owner);
		mem_free(items);
	}
	return NULL;
}

static void enumerator_free(struct enumerator *self)
{
	items_unref(self->items);
	mem_free(self);
}

static HRESULT item_get(const struct items *items, size_t at, VARIANT *ret)
{
	VariantInit(ret);
	return items->owner ? items->make(items->owner, at, ret)
			    : VariantCopy(ret, &items->list[at]);
}

static HRESULT enumerator_next(IEnumVARIANT *This, ULONG count, VARIANT *ret, ULONG *ret_fetched)
{
	struct enumerator *self = enumerator_self(This);
	ULONG n = 0;
	HRESULT hr = S_OK;

	for (; n < count && self->at + n < self->items->count; n++) {
		hr = item_get(self->items, self->at + n, &ret[n]);
		if (FAILED(hr))
			break;
	}
	if (FAILED(hr)) {
		/* All or nothing: the place is unchanged, nothing is handed out. */
		while (n)
			(void)VariantClear(&ret[--n]);
	}
	self->at += n;
	if (ret_fetched)
		*ret_fetched = n;
	return FAILED(hr) ? hr : n == count ? S_OK : S_FALSE;
}

static HRESULT enumerator_skip(IEnumVARIANT *This, ULONG count)
{
	struct enumerator *self = enumerator_self(This);
	size_t left = self->items->count - self->at;

	self->at += count < left ? count : left;
	return count <= left ? S_OK : S_FALSE;
}

static HRESULT enumerator_reset(IEnumVARIANT *This)
{
	enumerator_self(This)->at = 0;
	return S_OK;
}

static HRESULT enumerator_clone(IEnumVARIANT *This, IEnumVARIANT **ret);

static const IEnumVARIANTVtbl enumerator_vtbl = {
	.QueryInterface = enumerator_query,
	.AddRef = enumerator_addref,
	.Release = enumerator_release,
	.Next = enumerator_next,
	.Skip = enumerator_skip,
	.Reset = enumerator_reset,
	.Clone = enumerator_clone,
};

/* Takes over the caller's reference to `items`, also on failure. */
static struct enumerator *enumerator_new(struct items *items, size_t at)
{
	struct enumerator *self = mem_new(struct enumerator);

	if (!self) {
		items_unref(items);
		return NULL;
	}
	*self = (struct enumerator){
		.face = { &enumerator_vtbl }, .refs = 1, .at = at, .items = items
	};
	return self;
}

static HRESULT enumerator_clone(IEnumVARIANT *This, IEnumVARIANT **ret)
{
	struct enumerator *self = enumerator_self(This);

	if (!ret)
		return E_POINTER;
	com_refs_add(&self->items->refs);
	struct enumerator *clone = enumerator_new(self->items, self->at);

	if (!clone)
		return E_OUTOFMEMORY;
	*ret = &clone->face;
	return S_OK;
}

HRESULT automation_enum_new(VARIANT *items, size_t count, IUnknown **ret)
{
	struct items *list = mem_zalloc(1, sizeof *list + count * sizeof(VARIANT));

	if (!list)
		return E_OUTOFMEMORY;
	list->refs = 1;
	struct enumerator *self = enumerator_new(list, 0);

	if (!self)
		return E_OUTOFMEMORY;
	/* Moved last: on failure they are still the caller's. */
	list->count = count;
	for (size_t i = 0; i < count; i++)
		variant_move(&list->list[i], &items[i]);
	*ret = (IUnknown *)(void *)&self->face;
	return S_OK;
}

HRESULT automation_enum_lazy(IDispatch *owner, size_t count, automation_make_fn make,
			     IUnknown **ret)
{
	struct items *list = mem_new(struct items);

	if (!list)
		return E_OUTOFMEMORY;
	*list = (struct items){ .refs = 1, .count = count, .owner = owner, .make = make };
	owner->lpVtbl->AddRef(owner);
	struct enumerator *self = enumerator_new(list, 0);

	if (!self)
		return E_OUTOFMEMORY;
	*ret = (IUnknown *)(void *)&self->face;
	return S_OK;
}
