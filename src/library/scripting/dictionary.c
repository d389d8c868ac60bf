/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripting.Dictionary, by its documented behaviour: reading an item that is not there adds it,
 * errors are 457 and 32811, For Each walks the keys as they were when it began. Runs in the
 * thread of the calling script; a mutex guards the table, since pages keep dictionaries in
 * Application and Session. Values are released outside the lock: releasing may run script code.
 */
#include "library/scripting/scripting.h"

#include "base/mem.h"
#include "base/mutex.h"
#include "com/automation.h"
#include "com/variant.h"
#include "library/scripting/dictionary-table.h"
#include "library/scripting/errors.h"

struct dictionary {
	struct automation_object object;
	pthread_mutex_t lock;
	struct dictionary_table table;
	LONG compare; /* CompareMode as it was set */
};

static struct dictionary *dictionary_of(struct automation_object *object)
{
	return container_of(object, struct dictionary, object);
}

static bool lock(struct dictionary *self)
{
	return mutex_enter(&self->lock);
}

static void unlock(struct dictionary *self, bool taken)
{
	mutex_leave(&self->lock, taken);
}

/* Empties the table into `*ret`, for release outside the lock. */
static void table_take(struct dictionary *self, struct dictionary_table *ret)
{
	*ret = self->table;
	self->table = (struct dictionary_table){ .text = ret->text };
}

static void table_release(struct dictionary_table *table)
{
	struct dictionary_entry *e;
	uint32_t at = 0;

	while ((e = dictionary_table_next(table, &at))) {
		variant_drop(&e->key);
		variant_drop(&e->item);
	}
	dictionary_table_done(table);
}

static void dictionary_free(struct automation_object *object)
{
	struct dictionary *self = dictionary_of(object);

	table_release(&self->table);
	pthread_mutex_destroy(&self->lock);
	mem_free(self);
}

/* ---- members ---- */

static HRESULT dictionary_add(struct automation_call *call)
{
	struct dictionary *self = dictionary_of(call->self);
	VARIANT item = { 0 };
	HRESULT hr = S_OK;

	if (!dictionary_key_valid(call->argv[0]))
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	hr = variant_share_new(&item, call->argv[1]);
	if (FAILED(hr))
		return hr;
	bool taken = lock(self);

	bool there = dictionary_table_find(&self->table, call->argv[0]);
	struct dictionary_entry *e =
		there ? NULL : dictionary_table_add(&self->table, call->argv[0]);

	if (e)
		variant_move(&e->item, &item);
	unlock(self, taken);
	variant_drop(&item);
	if (there)
		return scripting_raise(call, SCRIPTING_KEY_EXISTS);
	return e ? S_OK : E_OUTOFMEMORY;
}

static HRESULT dictionary_item_get(struct automation_call *call)
{
	struct dictionary *self = dictionary_of(call->self);
	HRESULT hr = S_OK;

	if (!dictionary_key_valid(call->argv[0]))
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	bool taken = lock(self);

	struct dictionary_entry *e = dictionary_table_find(&self->table, call->argv[0]);

	if (!e)
		e = dictionary_table_add(&self->table, call->argv[0]);
	hr = e ? variant_share_new(call->result, &e->item) : E_OUTOFMEMORY;
	unlock(self, taken);
	return hr;
}

static HRESULT dictionary_item_put(struct automation_call *call)
{
	struct dictionary *self = dictionary_of(call->self);
	VARIANT item = { 0 }, old = { 0 };

	if (!dictionary_key_valid(call->argv[0]))
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	HRESULT hr = variant_share_new(&item, call->value);

	if (FAILED(hr))
		return hr;
	bool taken = lock(self);

	struct dictionary_entry *e = dictionary_table_find(&self->table, call->argv[0]);

	if (!e)
		e = dictionary_table_add(&self->table, call->argv[0]);
	if (e) {
		variant_move(&old, &e->item);
		variant_move(&e->item, &item);
	}
	unlock(self, taken);
	variant_drop(&old);
	variant_drop(&item);
	return e ? S_OK : E_OUTOFMEMORY;
}

static HRESULT dictionary_key_put(struct automation_call *call)
{
	struct dictionary *self = dictionary_of(call->self);
	VARIANT old = { 0 };
	HRESULT hr = S_OK;
	enum scripting_error error = 0;

	if (!dictionary_key_valid(call->argv[0]) || !dictionary_key_valid(call->value))
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	bool taken = lock(self);

	struct dictionary_entry *e = dictionary_table_find(&self->table, call->argv[0]);

	if (!e)
		error = SCRIPTING_NO_ELEMENT;
	else if (dictionary_table_find(&self->table, call->value))
		error = SCRIPTING_KEY_EXISTS;
	else
		hr = dictionary_table_rename(&self->table, e, call->value, &old);
	unlock(self, taken);
	variant_drop(&old);
	return error ? scripting_raise(call, error) : hr;
}

static HRESULT dictionary_exists(struct automation_call *call)
{
	struct dictionary *self = dictionary_of(call->self);
	bool there = false;

	if (!dictionary_key_valid(call->argv[0]))
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	bool taken = lock(self);

	there = dictionary_table_find(&self->table, call->argv[0]);
	unlock(self, taken);
	return automation_return_bool(call->result, there);
}

static HRESULT dictionary_remove(struct automation_call *call)
{
	struct dictionary *self = dictionary_of(call->self);
	VARIANT key = { 0 }, item = { 0 };

	if (!dictionary_key_valid(call->argv[0]))
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	bool taken = lock(self);

	struct dictionary_entry *e = dictionary_table_find(&self->table, call->argv[0]);

	if (e)
		dictionary_table_remove(&self->table, e, &key, &item);
	unlock(self, taken);
	variant_drop(&key);
	variant_drop(&item);
	return e ? S_OK : scripting_raise(call, SCRIPTING_NO_ELEMENT);
}

static HRESULT dictionary_remove_all(struct automation_call *call)
{
	struct dictionary *self = dictionary_of(call->self);
	struct dictionary_table old;

	bool taken = lock(self);

	table_take(self, &old);
	unlock(self, taken);
	table_release(&old);
	return S_OK;
}

static HRESULT dictionary_count(struct automation_call *call)
{
	struct dictionary *self = dictionary_of(call->self);

	bool taken = lock(self);

	LONG count = (LONG)dictionary_table_count(&self->table);

	unlock(self, taken);
	return automation_return_long(call->result, count);
}

/* The keys or the items as an array of VARIANTs. */
static HRESULT snapshot(struct dictionary *self, bool keys, SAFEARRAY **ret)
{
	HRESULT hr = S_OK;
	uint32_t at = 0;
	struct dictionary_entry *e;

	bool taken = lock(self);

	SAFEARRAY *array =
		SafeArrayCreateVector(VT_VARIANT, 0, dictionary_table_count(&self->table));
	VARIANT *to = array ? array->pvData : NULL;

	if (!array)
		hr = E_OUTOFMEMORY;
	while (SUCCEEDED(hr) && (e = dictionary_table_next(&self->table, &at)))
		hr = variant_share_new(to++, keys ? &e->key : &e->item);
	unlock(self, taken);
	if (FAILED(hr)) {
		SafeArrayDestroy(array);
		return hr;
	}
	*ret = array;
	return S_OK;
}

static HRESULT return_snapshot(struct automation_call *call, bool keys)
{
	SAFEARRAY *array;
	HRESULT hr = snapshot(dictionary_of(call->self), keys, &array);

	if (SUCCEEDED(hr))
		*call->result = (VARIANT){ .vt = VT_ARRAY | VT_VARIANT, .parray = array };
	return hr;
}

static HRESULT dictionary_keys(struct automation_call *call)
{
	return return_snapshot(call, true);
}

static HRESULT dictionary_items(struct automation_call *call)
{
	return return_snapshot(call, false);
}

static HRESULT dictionary_enum(struct automation_call *call)
{
	SAFEARRAY *array;
	IUnknown *list;
	HRESULT hr = snapshot(dictionary_of(call->self), true, &array);

	if (FAILED(hr))
		return hr;
	hr = automation_enum_new(array->pvData, array->rgsabound[0].cElements, &list);
	SafeArrayDestroy(array);
	if (SUCCEEDED(hr))
		*call->result = (VARIANT){ .vt = VT_UNKNOWN, .punkVal = list };
	return hr;
}

static HRESULT dictionary_compare_get(struct automation_call *call)
{
	return automation_return_long(call->result, dictionary_of(call->self)->compare);
}

static HRESULT dictionary_compare_put(struct automation_call *call)
{
	struct dictionary *self = dictionary_of(call->self);
	VARIANT mode = { 0 };
	HRESULT hr = VariantChangeType(&mode, call->value, 0, VT_I4);

	if (FAILED(hr))
		return hr;
	bool taken = lock(self);

	/* 0 is binary, 1 text; others are locales, all of which compare as text here. */
	bool allowed = mode.lVal >= 0 && dictionary_table_count(&self->table) == 0;

	if (allowed) {
		self->compare = mode.lVal;
		/* Nothing is in it, so nothing needs to be released. */
		dictionary_table_done(&self->table);
		self->table.text = mode.lVal != 0;
	}
	unlock(self, taken);
	return allowed ? S_OK : scripting_raise(call, SCRIPTING_INVALID_CALL);
}

static HRESULT dictionary_hashval(struct automation_call *call)
{
	struct dictionary *self = dictionary_of(call->self);

	if (!dictionary_key_valid(call->argv[0]))
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	return automation_return_long(call->result,
				      dictionary_table_hashval(&self->table, call->argv[0]));
}

/* ---- the quick way (com/automation.h): entries that are there and cheap to hold ---- */

static bool add_quick(struct automation_object *object, const VARIANT *argv, VARIANT *result)
{
	struct dictionary *self = dictionary_of(object);
	struct dictionary_entry *e = NULL;

	if (!dictionary_key_valid(&argv[0]) || !variant_simple(&argv[1]))
		return false;
	bool taken = lock(self);

	if (!dictionary_table_find(&self->table, &argv[0]))
		e = dictionary_table_add(&self->table, &argv[0]);
	if (e)
		variant_share_simple(&e->item, &argv[1]);
	unlock(self, taken);
	return e;
}

static bool item_get_quick(struct automation_object *object, const VARIANT *argv, VARIANT *result)
{
	struct dictionary *self = dictionary_of(object);

	if (!dictionary_key_valid(argv))
		return false;
	bool taken = lock(self);
	struct dictionary_entry *e = dictionary_table_find(&self->table, argv);
	bool cheap = e && (variant_simple(&e->item) || e->item.vt == VT_DISPATCH);

	if (cheap)
		(void)variant_share_new(result, &e->item);
	unlock(self, taken);
	return cheap;
}

static bool item_put_quick(struct automation_object *object, const VARIANT *argv, VARIANT *result)
{
	struct dictionary *self = dictionary_of(object);
	VARIANT old;

	if (!dictionary_key_valid(&argv[0]) || !variant_simple(&argv[1]))
		return false;
	bool taken = lock(self);
	struct dictionary_entry *e = dictionary_table_find(&self->table, &argv[0]);
	bool simple = e && variant_simple(&e->item);

	if (simple) {
		variant_copy_simple(&old, &e->item);
		variant_share_simple(&e->item, &argv[1]);
	}
	unlock(self, taken);
	if (simple)
		variant_drop_simple(&old);
	return simple;
}

static bool exists_quick(struct automation_object *object, const VARIANT *argv, VARIANT *result)
{
	struct dictionary *self = dictionary_of(object);

	if (!dictionary_key_valid(argv))
		return false;
	bool taken = lock(self);
	bool there = dictionary_table_find(&self->table, argv);

	unlock(self, taken);
	result->vt = VT_BOOL;
	result->boolVal = there ? VARIANT_TRUE : VARIANT_FALSE;
	return true;
}

/* ---- the class ---- */

#define PUT_ANY (AUTOMATION_PUT | AUTOMATION_PUTREF | AUTOMATION_LEAF)
#define METHOD (AUTOMATION_METHOD | AUTOMATION_LEAF)
#define GET (AUTOMATION_GET | AUTOMATION_LEAF)
#define METHOD_GET (METHOD | GET)

/* DISPIDs are those of the type library on Windows. */
static const struct automation_member dictionary_members[] = {
	{ "Item", DISPID_VALUE, METHOD_GET, 1, 1, dictionary_item_get, item_get_quick },
	{ "Item", DISPID_VALUE, PUT_ANY, 1, 1, dictionary_item_put, item_put_quick },
	{ "Add", 1, METHOD, 2, 2, dictionary_add, add_quick },
	{ "Count", 2, GET, 0, 0, dictionary_count },
	{ "Exists", 3, METHOD, 1, 1, dictionary_exists, exists_quick },
	{ "Items", 4, METHOD_GET, 0, 0, dictionary_items },
	{ "Key", 5, PUT_ANY, 1, 1, dictionary_key_put },
	{ "Keys", 6, METHOD_GET, 0, 0, dictionary_keys },
	{ "Remove", 7, METHOD, 1, 1, dictionary_remove },
	{ "RemoveAll", 8, METHOD, 0, 0, dictionary_remove_all },
	{ "CompareMode", 9, GET, 0, 0, dictionary_compare_get },
	{ "CompareMode", 9, AUTOMATION_PUT, 0, 0, dictionary_compare_put },
	{ "HashVal", 10, METHOD_GET, 1, 1, dictionary_hashval },
	{ "_NewEnum", DISPID_NEWENUM, METHOD_GET, 0, 0, dictionary_enum },
};

static const struct automation_class dictionary_class = {
	.name = "Dictionary",
	.members = dictionary_members,
	.member_count = ARRAY_LEN(dictionary_members),
	.free = dictionary_free,
};

HRESULT dictionary_new(IUnknown **ret)
{
	struct dictionary *self = mem_new(struct dictionary);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(&self->object, &dictionary_class);
	pthread_mutex_init(&self->lock, NULL);
	*ret = (IUnknown *)(void *)automation_dispatch(&self->object);
	return S_OK;
}
