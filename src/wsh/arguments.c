/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WScript.Arguments with Named and Unnamed. One class for the three views of the command line;
 * texts are those of argv, which live as long as the process. Runs in the script's thread.
 *
 * An argument is a named one when it is "/name", "/name:value", "/name+" or "/name-" and the name
 * holds no second slash: "/srv/www" is a path, as everywhere in the tools of this project.
 */
#include "wsh/host.h"

#include "base/mem.h"
#include "com/bstr.h"
#include "wsh/usage.h"

#include <errno.h>

struct argument {
	struct text text; /* the whole of an unnamed one; the name of a named one */
	VARIANT value;    /* of a named one: VT_EMPTY, VT_BOOL, or VT_BSTR */
};

struct arguments {
	struct automation_object object;
	bool by_name;
	size_t count;
	struct argument *items;
	IDispatch *named, *unnamed; /* of WScript.Arguments itself */
	const struct wsh *wsh;
};

static struct arguments *arguments_of(struct automation_call *call)
{
	return container_of(call->self, struct arguments, object);
}

/* ---- the collections ---- */

static HRESULT out_of_range(struct automation_call *call)
{
	return automation_raise(call, MAKE_SCRIPT_HRESULT(9), "Microsoft VBScript runtime error",
				"%s", vbs_error_text(9));
}

static struct argument *find(struct arguments *self, struct text name)
{
	for (size_t i = 0; i < self->count; i++)
		if (text_equal_nocase(self->items[i].text, name))
			return &self->items[i];
	return NULL;
}

/* The argument that call->argv[0] names, NULL when there is none. */
static HRESULT find_named(struct automation_call *call, struct argument **ret)
{
	struct arguments *self = arguments_of(call);
	size_t length;
	BSTR name;
	HRESULT hr = automation_arg_bstr(call, 0, &name);

	if (FAILED(hr))
		return hr;
	_cleanup_mem_ char *utf8 = bstr_to_utf8(name, &length);

	SysFreeString(name);
	if (!utf8)
		return E_OUTOFMEMORY;
	*ret = find(self, (struct text){ utf8, length });
	return S_OK;
}

static HRESULT arguments_item(struct automation_call *call)
{
	struct arguments *self = arguments_of(call);
	struct argument *item = NULL;
	LONG i;
	HRESULT hr;

	if (self->by_name) {
		hr = find_named(call, &item);
		return FAILED(hr) || !item ? hr : VariantCopy(call->result, &item->value);
	}
	hr = automation_arg_long(call, 0, &i);
	if (FAILED(hr))
		return hr;
	if (i < 0 || (size_t)i >= self->count)
		return out_of_range(call);
	return automation_return_text(call->result, self->items[i].text);
}

static HRESULT arguments_exists(struct automation_call *call)
{
	struct argument *item;
	HRESULT hr;

	if (!arguments_of(call)->by_name)
		return DISP_E_MEMBERNOTFOUND;
	hr = find_named(call, &item);
	return FAILED(hr) ? hr : automation_return_bool(call->result, item != NULL);
}

static HRESULT arguments_count(struct automation_call *call)
{
	return automation_return_long(call->result, (LONG)arguments_of(call)->count);
}

/* The texts, or the names. */
static HRESULT arguments_enum(struct automation_call *call)
{
	struct arguments *self = arguments_of(call);
	VARIANT *items = mem_zalloc(self->count, sizeof *items);
	IUnknown *list = NULL;
	HRESULT hr = items ? S_OK : E_OUTOFMEMORY;

	for (size_t i = 0; i < self->count && SUCCEEDED(hr); i++)
		hr = automation_return_text(&items[i], self->items[i].text);
	if (SUCCEEDED(hr))
		hr = automation_enum_new(items, self->count, &list);
	if (SUCCEEDED(hr))
		*call->result = (VARIANT){ .vt = VT_UNKNOWN, .punkVal = list };
	for (size_t i = 0; items && i < self->count; i++)
		VariantClear(&items[i]);
	mem_free(items);
	return hr;
}

/* ---- WScript.Arguments ---- */

static HRESULT return_view(struct automation_call *call, IDispatch *view)
{
	if (!view)
		return DISP_E_MEMBERNOTFOUND;
	view->lpVtbl->AddRef(view);
	return automation_return_dispatch(call->result, view);
}

static HRESULT arguments_named(struct automation_call *call)
{
	return return_view(call, arguments_of(call)->named);
}

static HRESULT arguments_unnamed(struct automation_call *call)
{
	return return_view(call, arguments_of(call)->unnamed);
}

static HRESULT arguments_show_usage(struct automation_call *call)
{
	struct arguments *self = arguments_of(call);
	int r;

	if (!self->named)
		return DISP_E_MEMBERNOTFOUND;
	r = wsh_show_usage(self->wsh);
	return r == -ENOMEM ? E_OUTOFMEMORY : r < 0 ? E_FAIL : S_OK;
}

static void arguments_free(struct automation_object *object)
{
	struct arguments *self = container_of(object, struct arguments, object);

	for (size_t i = 0; i < self->count; i++)
		VariantClear(&self->items[i].value);
	if (self->named)
		self->named->lpVtbl->Release(self->named);
	if (self->unnamed)
		self->unnamed->lpVtbl->Release(self->unnamed);
	mem_free(self->items);
	mem_free(self);
}

static const struct automation_member arguments_members[] = {
	{ "Item", DISPID_VALUE, AUTOMATION_METHOD | AUTOMATION_GET, 1, 1, arguments_item },
	{ "Count", 1, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, arguments_count },
	{ "Length", 2, AUTOMATION_GET, 0, 0, arguments_count },
	{ "Exists", 3, AUTOMATION_METHOD, 1, 1, arguments_exists },
	{ "Named", 4, AUTOMATION_GET, 0, 0, arguments_named },
	{ "Unnamed", 5, AUTOMATION_GET, 0, 0, arguments_unnamed },
	{ "ShowUsage", 6, AUTOMATION_METHOD, 0, 0, arguments_show_usage },
	{ "_NewEnum", DISPID_NEWENUM, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, arguments_enum },
};

#define ARGUMENTS_CLASS(type_name)                                                                 \
	{                                                                                          \
		.name = type_name, .members = arguments_members,                                   \
		.member_count = ARRAY_LEN(arguments_members), .free = arguments_free               \
	}
static const struct automation_class arguments_class = ARGUMENTS_CLASS("IArguments2");
static const struct automation_class named_class = ARGUMENTS_CLASS("IWSHNamedArguments");
static const struct automation_class unnamed_class = ARGUMENTS_CLASS("IWSHUnnamedArguments");

/* ---- making them ---- */

/* Takes "/name:value" apart; false for what is no named argument. */
static bool split(const char *arg, struct text *name, struct text *value)
{
	if (arg[0] != '/')
		return false;
	size_t length = strcspn(arg + 1, ":");

	if (!length || memchr(arg + 1, '/', length))
		return false;
	*name = (struct text){ arg + 1, length };
	*value = arg[1 + length] ? text_of(arg + 2 + length) : (struct text){ 0 };
	return true;
}

static HRESULT add_named(struct arguments *self, struct text name, struct text value)
{
	char sign = name.data[name.length - 1];
	bool is_switch = !value.data && name.length > 1 && (sign == '+' || sign == '-');
	struct argument *item = &self->items[self->count];

	if (is_switch)
		name.length--;
	if (find(self, name))
		return S_OK; /* the first one counts */
	item->text = name;
	self->count++;
	if (is_switch)
		return automation_return_bool(&item->value, sign == '+');
	return value.data ? automation_return_text(&item->value, value) : S_OK;
}

/* One view: the arguments that `filter` chooses. */
enum filter { ALL, NAMED, UNNAMED };

static HRESULT view_new(const struct wsh *wsh, enum filter filter, struct arguments **ret)
{
	static const struct automation_class *const classes[] = { &arguments_class, &named_class,
								  &unnamed_class };
	struct arguments *self = mem_new(struct arguments);
	HRESULT hr = S_OK;

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(&self->object, classes[filter]);
	self->by_name = filter == NAMED;
	self->wsh = wsh;
	self->items = mem_zalloc(wsh->options.argument_count, sizeof *self->items);
	if (!self->items)
		hr = E_OUTOFMEMORY;
	for (size_t i = 0; i < wsh->options.argument_count && SUCCEEDED(hr); i++) {
		const char *arg = wsh->options.arguments[i];
		struct text name, value;
		bool named = filter != ALL && split(arg, &name, &value);

		if (named && filter == NAMED)
			hr = add_named(self, name, value);
		else if (!named && filter != NAMED)
			self->items[self->count++].text = text_of(arg);
	}
	if (FAILED(hr)) {
		arguments_free(&self->object);
		return hr;
	}
	*ret = self;
	return S_OK;
}

HRESULT wsh_arguments_new(struct wsh *wsh, IDispatch **ret)
{
	struct arguments *all = NULL, *named = NULL, *unnamed = NULL;
	HRESULT hr = view_new(wsh, ALL, &all);

	if (SUCCEEDED(hr))
		hr = view_new(wsh, NAMED, &named);
	if (SUCCEEDED(hr))
		hr = view_new(wsh, UNNAMED, &unnamed);
	if (FAILED(hr)) {
		if (named)
			arguments_free(&named->object);
		if (all)
			arguments_free(&all->object);
		return hr;
	}
	all->named = automation_dispatch(&named->object);
	all->unnamed = automation_dispatch(&unnamed->object);
	*ret = automation_dispatch(&all->object);
	return S_OK;
}
