/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WshShell.Environment (shell.h): the variables of the process, or those that the registry keeps
 * for the system, the user and a session. Reading a variable of the system that the registry does
 * not have gives the process's own. Runs in the thread of the script; holds nothing but its kind.
 */
#include "library/wscript/shell.h"

#include "base/mem.h"
#include "com/bstr.h"
#include "library/wscript/support.h"
#include "registry/registry.h"

#include <errno.h>
#include <stdlib.h>

#define VARIABLES_MAX 4096
#define VALUE_MAX (1u << 20)

/* name, key in the registry (NULL: the process), whether what Windows always has is in it */
static const struct environment_kind {
	const char *name, *key;
	bool defaults;
} kinds[] = {
	{ "PROCESS", NULL, true },
	{ "SYSTEM", "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment",
	  true },
	{ "USER", "HKCU\\Environment", false },
	{ "VOLATILE", "HKCU\\Volatile Environment", true },
};

struct environment {
	struct automation_object object;
	const struct environment_kind *kind;
};

static const struct environment_kind *kind_of(struct automation_call *call)
{
	return container_of(call->self, struct environment, object)->kind;
}

/* ---- reading ---- */

/* Appends the registry's value; false when there is none, or no registry. */
static bool stored(const struct environment_kind *kind, const char *name, struct buf *out)
{
	struct registry *registry = NULL;
	enum registry_type type;
	void *data = NULL;
	size_t length = 0;

	if (!kind->key || !wscript_state() ||
	    registry_open_reading(wscript_state(), &registry, NULL) < 0)
		return false;
	int r = registry_get(registry, kind->key, name, &type, &data, &length);

	registry_close(registry);
	if (r < 0)
		return false;
	if (type == REGISTRY_SZ || type == REGISTRY_EXPAND_SZ)
		buf_put(out, data, length);
	mem_free(data);
	return true;
}

static HRESULT environment_item(struct automation_call *call)
{
	const struct environment_kind *kind = kind_of(call);
	_cleanup_mem_ char *name = NULL;
	struct buf value;
	HRESULT hr = wscript_arg_name(call, 0, &name);

	if (FAILED(hr))
		return hr;
	buf_init(&value, VALUE_MAX);
	if (!stored(kind, name, &value) && kind->defaults)
		wscript_variable(text_of(name), &value);
	/* What is not there is an empty text, never an error. */
	hr = buf_failed(&value) ? E_OUTOFMEMORY
				: automation_return_text(call->result, buf_text(&value));
	buf_done(&value);
	return hr;
}

/* ---- lists ---- */

struct list {
	struct arena arena;
	const char *items[VARIABLES_MAX];
	size_t count;
	bool failed;
};

static void list_add(void *ctx, struct text name, struct text value)
{
	struct list *list = ctx;

	if (list->count == VARIABLES_MAX)
		return;
	char *item =
		arena_printf(&list->arena, TEXT_FMT "=" TEXT_FMT, TEXT_ARG(name), TEXT_ARG(value));

	list->failed = list->failed || !item;
	if (item)
		list->items[list->count++] = item;
}

static int list_stored(void *ctx, const char *name, enum registry_type type, const void *data,
		       size_t length)
{
	if (type == REGISTRY_SZ || type == REGISTRY_EXPAND_SZ)
		list_add(ctx, text_of(name), (struct text){ data, length });
	return 0;
}

static struct list *list_new(const struct environment_kind *kind)
{
	struct list *list = mem_new(struct list);
	struct registry *registry = NULL;

	if (!list)
		return NULL;
	arena_init(&list->arena, 64u << 20);
	if (kind->key && wscript_state() &&
	    registry_open_reading(wscript_state(), &registry, NULL) == 0) {
		registry_each_value(registry, kind->key, list_stored, list);
		registry_close(registry);
	}
	if (kind->defaults)
		wscript_variables(!kind->key, list_add, list);
	return list;
}

static void list_free(struct list *list)
{
	arena_done(&list->arena);
	mem_free(list);
}

static HRESULT environment_count(struct automation_call *call)
{
	struct list *list = list_new(kind_of(call));

	if (!list)
		return E_OUTOFMEMORY;
	HRESULT hr = automation_return_long(call->result, (LONG)list->count);

	list_free(list);
	return hr;
}

static HRESULT environment_enum(struct automation_call *call)
{
	struct list *list = list_new(kind_of(call));
	VARIANT *items = list && !list->failed ? mem_zalloc(list->count, sizeof *items) : NULL;
	IUnknown *e = NULL;
	size_t count = 0;
	HRESULT hr = items ? S_OK : E_OUTOFMEMORY;

	while (SUCCEEDED(hr) && count < list->count) {
		hr = automation_return_text(&items[count], text_of(list->items[count]));
		count += SUCCEEDED(hr);
	}
	if (SUCCEEDED(hr))
		hr = automation_enum_new(items, count, &e);
	if (SUCCEEDED(hr))
		*call->result = (VARIANT){ .vt = VT_UNKNOWN, .punkVal = e };
	else
		while (count)
			VariantClear(&items[--count]);
	mem_free(items);
	if (list)
		list_free(list);
	return hr;
}

/* ---- changing ---- */

/* A NULL value removes. */
static int change_stored(const struct environment_kind *kind, const char *name, const char *value)
{
	struct registry *registry = NULL;
	int r = registry_open(wscript_state(), &registry, NULL);

	if (r < 0)
		return r;
	r = value ? registry_set_string(registry, kind->key, name, value)
		  : registry_delete_value(registry, kind->key, name);
	registry_close(registry);
	return r;
}

static int change_own(const char *name, const char *value)
{
	if (!*name || strchr(name, '='))
		return -EINVAL;
	if ((value ? setenv(name, value, 1) : unsetenv(name)) < 0)
		return -errno;
	return 0;
}

static HRESULT change(struct automation_call *call, const char *name, const char *value)
{
	const struct environment_kind *kind = kind_of(call);

	if (!wscript_state())
		return wscript_raise_shared(call, "WshEnvironment", "the environment");
	int r = kind->key ? change_stored(kind, name, value) : change_own(name, value);

	if (r == -ENOENT && !value)
		return automation_raise(call, HRESULT_FROM_WIN32(2), "WshEnvironment.Remove",
					"Unable to remove environment variable \"%s\".", name);
	return r < 0 ? wscript_raise_errno(call, r, "WshEnvironment", name) : S_OK;
}

static HRESULT environment_put(struct automation_call *call)
{
	_cleanup_mem_ char *name = NULL, *value = NULL;
	HRESULT hr = wscript_arg_name(call, 0, &name);

	if (FAILED(hr))
		return hr;
	call->argv[0] = call->value;
	hr = wscript_arg_text(call, 0, &value);
	return FAILED(hr) ? hr : change(call, name, value);
}

static HRESULT environment_remove(struct automation_call *call)
{
	_cleanup_mem_ char *name = NULL;
	HRESULT hr = wscript_arg_name(call, 0, &name);

	return FAILED(hr) ? hr : change(call, name, NULL);
}

static const struct automation_member environment_members[] = {
	{ "Item", DISPID_VALUE, AUTOMATION_METHOD | AUTOMATION_GET, 1, 1, environment_item },
	{ "Item", DISPID_VALUE, AUTOMATION_PUT, 1, 1, environment_put },
	{ "Count", 1, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, environment_count },
	{ "length", 2, AUTOMATION_GET, 0, 0, environment_count },
	{ "_NewEnum", DISPID_NEWENUM, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, environment_enum },
	{ "Remove", 1001, AUTOMATION_METHOD, 1, 1, environment_remove },
};

static void environment_free(struct automation_object *object)
{
	mem_free(container_of(object, struct environment, object));
}

static const struct automation_class environment_class = {
	.name = "IWshEnvironment",
	.members = environment_members,
	.member_count = ARRAY_LEN(environment_members),
	.free = environment_free,
};

/* Environment[(kind = "SYSTEM")] */
HRESULT shell_environment(struct automation_call *call)
{
	_cleanup_mem_ char *name = NULL;
	const struct environment_kind *kind = NULL;
	HRESULT hr = wscript_arg_name(call, 0, &name);

	if (FAILED(hr))
		return hr;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (text_equal_nocase(text_of(*name ? name : "SYSTEM"), text_of(kinds[i].name)))
			kind = &kinds[i];
	if (!kind)
		return automation_raise(call, MAKE_SCRIPT_HRESULT(5), "WshShell.Environment",
					"Invalid procedure call or argument: an environment is "
					"PROCESS, SYSTEM, USER or VOLATILE");
	struct environment *self = mem_new(struct environment);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(&self->object, &environment_class);
	self->kind = kind;
	return automation_return_dispatch(call->result, automation_dispatch(&self->object));
}
