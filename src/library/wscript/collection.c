/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WshCollection (support.h): texts that were found once, by number. Runs in the thread of the
 * script; owns copies of the texts.
 */
#include "library/wscript/support.h"

#include "base/mem.h"
#include "com/bstr.h"

struct collection {
	struct automation_object object;
	size_t count;
	BSTR items[];
};

static struct collection *collection_of(struct automation_object *object)
{
	return container_of(object, struct collection, object);
}

static HRESULT collection_item(struct automation_call *call)
{
	struct collection *self = collection_of(call->self);
	LONG i;
	HRESULT hr = automation_arg_long(call, 0, &i);

	if (FAILED(hr))
		return hr;
	if (i < 0 || (size_t)i >= self->count)
		return automation_raise(call, MAKE_SCRIPT_HRESULT(9), "WshCollection.Item",
					"Subscript out of range");
	return automation_return_bstr(call->result, bstr_ref(self->items[i]));
}

static HRESULT collection_count(struct automation_call *call)
{
	return automation_return_long(call->result, (LONG)collection_of(call->self)->count);
}

static HRESULT collection_enum(struct automation_call *call)
{
	struct collection *self = collection_of(call->self);
	_cleanup_mem_ VARIANT *items = mem_zalloc(self->count, sizeof *items);
	IUnknown *list = NULL;

	if (!items)
		return E_OUTOFMEMORY;
	for (size_t i = 0; i < self->count; i++)
		items[i] = (VARIANT){ .vt = VT_BSTR, .bstrVal = bstr_ref(self->items[i]) };
	HRESULT hr = automation_enum_new(items, self->count, &list);

	if (FAILED(hr)) {
		for (size_t i = 0; i < self->count; i++)
			VariantClear(&items[i]);
		return hr;
	}
	*call->result = (VARIANT){ .vt = VT_UNKNOWN, .punkVal = list };
	return S_OK;
}

static const struct automation_member collection_members[] = {
	{ "Item", DISPID_VALUE, AUTOMATION_METHOD | AUTOMATION_GET, 1, 1, collection_item },
	{ "Count", 1, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, collection_count },
	{ "length", 2, AUTOMATION_GET, 0, 0, collection_count },
	{ "_NewEnum", DISPID_NEWENUM, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, collection_enum },
};

static void collection_free(struct automation_object *object)
{
	struct collection *self = collection_of(object);

	for (size_t i = 0; i < self->count; i++)
		SysFreeString(self->items[i]);
	mem_free(self);
}

static const struct automation_class collection_class = {
	.name = "IWshCollection",
	.members = collection_members,
	.member_count = ARRAY_LEN(collection_members),
	.free = collection_free,
};

HRESULT wscript_collection_new(const char *const *items, size_t count, IDispatch **ret)
{
	struct collection *self = mem_zalloc(1, sizeof(struct collection) + count * sizeof(BSTR));

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(&self->object, &collection_class);
	for (; self->count < count; self->count++) {
		self->items[self->count] = bstr_from_text(text_of(items[self->count]));
		if (!self->items[self->count]) {
			collection_free(&self->object);
			return E_OUTOFMEMORY;
		}
	}
	*ret = automation_dispatch(&self->object);
	return S_OK;
}
