/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collections of names and lists of values. Made on the page's thread; immutable once filled.
 */
#include "asp/collection.h"

#include "base/map.h"
#include "base/mem.h"
#include "com/bstr.h"
#include "com/variant.h"

#define INDEX_ERROR MAKE_SCRIPT_HRESULT(9)

struct list {
	struct automation_object object;
	BSTR *values;
	size_t count, capacity;
};

struct collection {
	struct automation_object object;
	BSTR raw;
	struct map *items; /* to IDispatch */
	IDispatch *(*missing)(void);
};

/* ---- a list of values ---- */

static void list_free(struct automation_object *object)
{
	struct list *list = (struct list *)object;
	for (size_t i = 0; i < list->count; i++)
		SysFreeString(list->values[i]);
	mem_free(list->values);
	mem_free(list);
}

/* All values, with ", " between them; nothing for an empty list. */
static HRESULT list_join(const struct list *list, VARIANT *ret)
{
	if (list->count == 0)
		return S_OK;
	BSTR all = bstr_ref(list->values[0]);
	for (size_t i = 1; i < list->count; i++) {
		BSTR more = bstr_append(all, u", ", 2);
		if (more) {
			all = more;
			more = bstr_append(all, list->values[i], SysStringLen(list->values[i]));
		}
		if (!more) {
			SysFreeString(all);
			return E_OUTOFMEMORY;
		}
		all = more;
	}
	return automation_return_bstr(ret, all);
}

static HRESULT list_item(struct automation_call *call)
{
	const struct list *list = (const struct list *)call->self;
	LONG i;
	if (!automation_has_arg(call, 0))
		return list_join(list, call->result);
	HRESULT hr = automation_arg_long(call, 0, &i);
	if (FAILED(hr))
		return hr;
	if (i < 1 || (size_t)i > list->count)
		return automation_raise(call, INDEX_ERROR, "Request object",
					"An array index is out of range.");
	return automation_return_bstr(call->result, bstr_ref(list->values[i - 1]));
}

static HRESULT list_count(struct automation_call *call)
{
	return automation_return_long(call->result, (LONG)((struct list *)call->self)->count);
}

static HRESULT list_enum(struct automation_call *call)
{
	const struct list *list = (const struct list *)call->self;
	_cleanup_mem_ VARIANT *items = mem_zalloc(list->count + 1, sizeof(*items));
	if (!items)
		return E_OUTOFMEMORY;
	for (size_t i = 0; i < list->count; i++)
		automation_return_bstr(&items[i], bstr_ref(list->values[i]));
	IUnknown *e;
	HRESULT hr = automation_enum_new(items, list->count, &e);
	if (FAILED(hr)) {
		for (size_t i = 0; i < list->count; i++)
			VariantClear(&items[i]);
		return hr;
	}
	*call->result = (VARIANT){ .vt = VT_UNKNOWN, .punkVal = e };
	return S_OK;
}

static const struct automation_member list_members[] = {
	{ "Item", DISPID_VALUE, AUTOMATION_METHOD | AUTOMATION_GET, 0, 1, list_item },
	{ "Count", 1, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, list_count },
	{ "_NewEnum", DISPID_NEWENUM, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, list_enum },
};

static const struct automation_class list_class = {
	.name = "IStringList",
	.members = list_members,
	.member_count = ARRAY_LEN(list_members),
	.free = list_free,
};

static struct list *list_new(void)
{
	struct list *list = mem_new(struct list);
	if (list)
		automation_init(&list->object, &list_class);
	return list;
}

static HRESULT list_add(struct list *list, BSTR value)
{
	if (list->count == list->capacity) {
		size_t wanted = list->capacity ? list->capacity * 2 : 1;
		BSTR *grown = mem_realloc(list->values, wanted, sizeof(*grown));
		if (!grown)
			return E_OUTOFMEMORY;
		list->values = grown;
		list->capacity = wanted;
	}
	list->values[list->count++] = value;
	return S_OK;
}

/* ---- the collection ---- */

static void release(void *p)
{
	IDispatch *d = p;
	d->lpVtbl->Release(d);
}

static void collection_free(struct automation_object *object)
{
	struct collection *c = (struct collection *)object;
	map_free(c->items, release);
	SysFreeString(c->raw);
	mem_free(c);
}

static HRESULT collection_item(struct automation_call *call)
{
	struct collection *c = (struct collection *)call->self;
	if (!automation_has_arg(call, 0))
		return automation_return_bstr(call->result, bstr_ref(c->raw));
	HRESULT hr =
		asp_collection_item(automation_dispatch(call->self), call->argv[0], call->result);
	if (hr == DISP_E_BADINDEX)
		return automation_raise(call, INDEX_ERROR, "Request object",
					"An array index is out of range.");
	return FAILED(hr) ? hr : S_OK;
}

static HRESULT collection_count(struct automation_call *call)
{
	struct collection *c = (struct collection *)call->self;
	return automation_return_long(call->result, (LONG)map_count(c->items));
}

/* The entry at a 1-based position. */
static bool entry_at(const struct collection *c, LONG i, struct text *ret_name, void **ret_value)
{
	size_t at = 0;
	for (LONG n = 1; n <= i && map_next(c->items, &at, ret_name, ret_value); n++) {
		if (n == i)
			return true;
	}
	return false;
}

static HRESULT collection_key(struct automation_call *call)
{
	struct collection *c = (struct collection *)call->self;
	struct text name;
	void *value;
	LONG i;
	HRESULT hr = automation_arg_long(call, 0, &i);
	if (FAILED(hr))
		return hr;
	if (!entry_at(c, i, &name, &value))
		return automation_raise(call, INDEX_ERROR, "Request object",
					"An array index is out of range.");
	return automation_return_text(call->result, name);
}

static HRESULT collection_enum(struct automation_call *call)
{
	struct collection *c = (struct collection *)call->self;
	size_t count = map_count(c->items), n = 0, at = 0;
	_cleanup_mem_ VARIANT *items = mem_zalloc(count + 1, sizeof(*items));
	struct text name;
	void *value;
	IUnknown *e = NULL;
	HRESULT hr = items ? S_OK : E_OUTOFMEMORY;
	while (SUCCEEDED(hr) && map_next(c->items, &at, &name, &value))
		hr = automation_return_text(&items[n++], name);
	if (SUCCEEDED(hr))
		hr = automation_enum_new(items, n, &e);
	if (FAILED(hr)) {
		while (n > 0)
			VariantClear(&items[--n]);
		return hr;
	}
	*call->result = (VARIANT){ .vt = VT_UNKNOWN, .punkVal = e };
	return S_OK;
}

static const struct automation_member collection_members[] = {
	{ "Item", DISPID_VALUE, AUTOMATION_METHOD | AUTOMATION_GET, 0, 1, collection_item },
	{ "Count", 1, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, collection_count },
	{ "Key", 2, AUTOMATION_METHOD | AUTOMATION_GET, 1, 1, collection_key },
	{ "_NewEnum", DISPID_NEWENUM, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, collection_enum },
};

static const struct automation_class collection_class = {
	.name = "IRequestDictionary",
	.members = collection_members,
	.member_count = ARRAY_LEN(collection_members),
	.free = collection_free,
};

static IDispatch *empty_list(void)
{
	struct list *list = list_new();
	return list ? automation_dispatch(&list->object) : NULL;
}

IDispatch *asp_collection_new(struct text raw, IDispatch *(*missing)(void))
{
	struct collection *c = mem_new(struct collection);
	if (!c)
		return NULL;
	automation_init(&c->object, &collection_class);
	c->items = map_new(ASP_COLLECTION_MAX, MAP_NOCASE);
	c->missing = missing ? missing : empty_list;
	c->raw = raw.length ? bstr_from_text(raw) : NULL;
	if (c->items && (c->raw || raw.length == 0))
		return automation_dispatch(&c->object);
	collection_free(&c->object);
	return NULL;
}

static struct collection *cast(IDispatch *d)
{
	return (struct collection *)automation_cast(d, &collection_class);
}

HRESULT asp_collection_add_object(IDispatch *collection, struct text name, IDispatch *object)
{
	void *old = NULL;
	if (map_put(cast(collection)->items, name, object, &old) != 0) {
		release(object);
		return E_OUTOFMEMORY;
	}
	if (old)
		release(old);
	return S_OK;
}

HRESULT asp_collection_add(IDispatch *collection, struct text name, BSTR value)
{
	struct collection *c = cast(collection);
	IDispatch *there = map_get(c->items, name);
	struct list *list = there ? (struct list *)automation_cast(there, &list_class) : NULL;
	HRESULT hr = S_OK;
	if (!list) {
		list = list_new();
		hr = list ? asp_collection_add_object(collection, name,
						      automation_dispatch(&list->object))
			  : E_OUTOFMEMORY;
	}
	if (SUCCEEDED(hr))
		hr = list_add(list, value);
	if (FAILED(hr))
		SysFreeString(value);
	return hr;
}

bool asp_collection_has(IDispatch *collection, struct text name)
{
	return map_get(cast(collection)->items, name) != NULL;
}

static bool is_number(VARTYPE vt)
{
	return vt == VT_I2 || vt == VT_I4 || vt == VT_R8 || vt == VT_UI1;
}

static HRESULT find(const struct collection *c, const VARIANT *index, IDispatch **ret)
{
	struct text name;
	void *value;
	VARIANT n = { 0 };
	*ret = NULL;
	if (is_number(index->vt)) {
		HRESULT hr = VariantChangeType(&n, index, 0, VT_I4);
		if (FAILED(hr))
			return hr;
		if (!entry_at(c, n.lVal, &name, &value))
			return DISP_E_BADINDEX;
		*ret = value;
		return S_OK;
	}
	char room[256];
	BSTR s;
	HRESULT hr = variant_to_bstr(index, 0, &s);
	if (FAILED(hr))
		return hr;
	size_t length = utf16_to_utf8_length(s, SysStringLen(s));
	char *utf8 = length <= sizeof(room) ? room : mem_alloc(length);
	if (utf8) {
		utf16_to_utf8(s, SysStringLen(s), utf8, length);
		*ret = map_get(c->items, (struct text){ utf8, length });
	}
	if (utf8 != room)
		mem_free(utf8);
	SysFreeString(s);
	return utf8 ? S_OK : E_OUTOFMEMORY;
}

HRESULT asp_collection_item(IDispatch *collection, const VARIANT *index, VARIANT *ret)
{
	IDispatch *found;
	HRESULT hr = find(cast(collection), index, &found);
	if (FAILED(hr))
		return hr;
	if (found) {
		found->lpVtbl->AddRef(found);
		return automation_return_dispatch(ret, found);
	}
	IDispatch *empty = cast(collection)->missing();
	if (!empty)
		return E_OUTOFMEMORY;
	automation_return_dispatch(ret, empty);
	return S_FALSE;
}
