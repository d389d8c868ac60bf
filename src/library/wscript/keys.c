/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WshShell.RegRead, RegWrite and RegDelete (shell.h), on Surrogate's registry. A name that ends
 * with a backslash is a key, and its value the key's default value; else what is behind the last
 * backslash is a value's name. Runs in the thread of the script; opens the registry for each call.
 */
#include "library/wscript/shell.h"

#include "base/error.h"
#include "base/mem.h"
#include "com/bstr.h"
#include "library/wscript/support.h"
#include "registry/registry.h"

#include <errno.h>

/* The last one is not for RegWrite. */
static const struct {
	const char *name;
	enum registry_type type;
} types[] = {
	{ "REG_SZ", REGISTRY_SZ },
	{ "REG_EXPAND_SZ", REGISTRY_EXPAND_SZ },
	{ "REG_DWORD", REGISTRY_DWORD },
	{ "REG_BINARY", REGISTRY_BINARY },
};

/* A name taken apart: `key` and `value` point into `text`. */
struct place {
	char *text, *full;
	const char *key, *value;
	bool is_key;
};

static void place_done(struct place *p)
{
	mem_free(p->text);
	mem_free(p->full);
}

static bool is_root(const char *key)
{
	static const char *const roots[] = { "HKLM", "HKEY_LOCAL_MACHINE",
					     "HKCR", "HKEY_CLASSES_ROOT",
					     "HKCU", "HKEY_CURRENT_USER",
					     "HKU",  "HKEY_USERS",
					     "HKCC", "HKEY_CURRENT_CONFIG" };
	struct text root = { key, strcspn(key, "\\") };

	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		if (text_equal_nocase(root, text_of(roots[i])))
			return true;
	return false;
}

static HRESULT parse(struct automation_call *call, const char *source, struct place *ret)
{
	struct place p = { 0 };
	HRESULT hr = wscript_arg_name(call, 0, &p.full);

	if (FAILED(hr))
		return hr;
	p.text = mem_strdup(p.full);
	char *last = p.text ? strrchr(p.text, '\\') : NULL;

	if (!p.text) {
		hr = E_OUTOFMEMORY;
	} else if (!last || !is_root(p.text)) {
		hr = automation_raise(call, HRESULT_FROM_WIN32(2), source,
				      "Invalid root in registry key \"%s\".", p.full);
	} else {
		*last = '\0';
		p.key = p.text;
		p.value = last + 1;
		p.is_key = !*p.value;
	}
	if (FAILED(hr))
		place_done(&p);
	else
		*ret = p;
	return hr;
}

static HRESULT open_registry(struct automation_call *call, const char *source, bool writes,
			     struct registry **ret)
{
	const char *state = wscript_state();
	struct error err;

	if (!state)
		return wscript_raise_shared(call, source, "the registry");
	int r = writes ? registry_open(state, ret, &err) : registry_open_reading(state, ret, &err);

	if (r == -ENOENT && !writes) {
		*ret = NULL; /* nothing was ever written */
		return S_OK;
	}
	if (r == -EACCES || r == -EPERM || r == -EROFS)
		return automation_raise(call, MAKE_SCRIPT_HRESULT(70), source,
					"Permission denied: %s", err.text);
	return r < 0 ? automation_raise(call, E_FAIL, source, "%s", err.text) : S_OK;
}

/* ---- RegRead ---- */

/* REG_BINARY is an array of numbers, REG_MULTI_SZ one of texts. */
static HRESULT return_array(struct automation_call *call, enum registry_type type,
			    const uint8_t *data, size_t length)
{
	bool texts = type == REGISTRY_MULTI_SZ;
	size_t count = texts ? 0 : length;

	for (size_t i = 0; texts && i < length; i++)
		count += data[i] == 0;
	SAFEARRAY *array = SafeArrayCreateVector(VT_VARIANT, 0, (ULONG)count);
	const char *at = (const char *)data;
	HRESULT hr = array ? S_OK : E_OUTOFMEMORY;

	for (LONG i = 0; SUCCEEDED(hr) && i < (LONG)count; i++) {
		VARIANT v = { .vt = VT_UI1, .bVal = texts ? 0 : data[i] };

		if (texts) {
			hr = automation_return_text(&v, text_of(at));
			at += strlen(at) + 1;
		}
		if (SUCCEEDED(hr))
			hr = SafeArrayPutElement(array, &i, &v);
		VariantClear(&v);
	}
	if (SUCCEEDED(hr))
		*call->result = (VARIANT){ .vt = VT_ARRAY | VT_VARIANT, .parray = array };
	else if (array)
		SafeArrayDestroy(array);
	return hr;
}

static HRESULT return_text(struct automation_call *call, enum registry_type type, struct text t)
{
	struct buf expanded;

	if (type == REGISTRY_SZ)
		return automation_return_text(call->result, t);
	buf_init(&expanded, REGISTRY_VALUE_MAX);
	/* RegRead replaces variables; nobody but StdRegProv shows them. */
	wscript_expand(t, &expanded);
	HRESULT hr = buf_failed(&expanded)
			     ? E_OUTOFMEMORY
			     : automation_return_text(call->result, buf_text(&expanded));

	buf_done(&expanded);
	return hr;
}

static HRESULT return_value(struct automation_call *call, enum registry_type type,
			    const uint8_t *data, size_t length)
{
	switch (type) {
	case REGISTRY_SZ:
	case REGISTRY_EXPAND_SZ:
		return return_text(call, type, (struct text){ (const char *)data, length });
	case REGISTRY_DWORD:
		if (length != 4)
			break;
		return automation_return_long(
			call->result, (LONG)(data[0] | (uint32_t)data[1] << 8 |
					     (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24));
	case REGISTRY_QWORD:
		if (length != 8)
			break;
		*call->result = (VARIANT){ .vt = VT_I8 };
		memcpy(&call->result->llVal, data, 8);
		return S_OK;
	default:
		break;
	}
	return return_array(call, type, data, length);
}

HRESULT shell_reg_read(struct automation_call *call)
{
	const char *source = "WshShell.RegRead";
	struct registry *registry = NULL;
	enum registry_type type;
	struct place place;
	void *data = NULL;
	size_t length;
	HRESULT hr = parse(call, source, &place);

	if (FAILED(hr))
		return hr;
	hr = open_registry(call, source, false, &registry);
	if (SUCCEEDED(hr)) {
		int r = registry ? registry_get(registry, place.key, place.value, &type, &data,
						&length)
				 : -ENOENT;

		hr = r == 0 ? return_value(call, type, data, length)
		     : r == -ENOENT || r == -EINVAL
			     ? automation_raise(call, HRESULT_FROM_WIN32(2), source,
						"Unable to open registry key \"%s\" for reading.",
						place.full)
			     : wscript_raise_errno(call, r, source, place.full);
	}
	mem_free(data);
	registry_close(registry);
	place_done(&place);
	return hr;
}

/* ---- RegWrite ---- */

static HRESULT write_type(struct automation_call *call, enum registry_type *ret)
{
	_cleanup_mem_ char *name = NULL;
	HRESULT hr = wscript_arg_text(call, 2, &name);

	if (FAILED(hr))
		return hr;
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (text_equal_nocase(text_of(*name ? name : "REG_SZ"), text_of(types[i].name))) {
			*ret = types[i].type;
			return S_OK;
		}
	return automation_raise(call, HRESULT_FROM_WIN32(87), "WshShell.RegWrite",
				"Invalid type \"%s\": it is REG_SZ, REG_EXPAND_SZ, REG_DWORD or "
				"REG_BINARY.",
				name);
}

static HRESULT write_value(struct automation_call *call, struct registry *registry,
			   const struct place *place, enum registry_type type)
{
	_cleanup_mem_ char *text = NULL;
	LONG n = 0;
	int r;
	HRESULT hr = type == REGISTRY_SZ || type == REGISTRY_EXPAND_SZ
			     ? wscript_arg_text(call, 1, &text)
			     : automation_arg_long(call, 1, &n);

	if (FAILED(hr))
		return hr;
	uint8_t data[4] = { (uint8_t)n, (uint8_t)((uint32_t)n >> 8), (uint8_t)((uint32_t)n >> 16),
			    (uint8_t)((uint32_t)n >> 24) };

	r = text ? registry_set(registry, place->key, place->value, type, text, strlen(text))
		 : registry_set(registry, place->key, place->value, type, data, sizeof data);
	if (r == -EINVAL)
		return automation_raise(call, HRESULT_FROM_WIN32(2), "WshShell.RegWrite",
					"Unable to open registry key \"%s\" for writing.",
					place->full);
	return r < 0 ? wscript_raise_errno(call, r, "WshShell.RegWrite", place->full) : S_OK;
}

/* RegWrite(name, value[, type = "REG_SZ"]) */
HRESULT shell_reg_write(struct automation_call *call)
{
	struct registry *registry = NULL;
	enum registry_type type = REGISTRY_SZ;
	struct place place;
	HRESULT hr = parse(call, "WshShell.RegWrite", &place);

	if (FAILED(hr))
		return hr;
	hr = write_type(call, &type);
	if (SUCCEEDED(hr))
		hr = open_registry(call, "WshShell.RegWrite", true, &registry);
	if (SUCCEEDED(hr))
		hr = write_value(call, registry, &place, type);
	registry_close(registry);
	place_done(&place);
	return hr;
}

/* ---- RegDelete ---- */

static int found_one(void *ctx, const char *name)
{
	return 1;
}

/* As on Windows, a key goes only when no other is below it; a root never. */
static int delete_key(struct registry *registry, const char *key)
{
	if (!strchr(key, '\\'))
		return -EINVAL;
	int r = registry_each_key(registry, key, found_one, NULL);

	return r > 0 ? -ENOTEMPTY : r < 0 ? r : registry_delete_key(registry, key);
}

HRESULT shell_reg_delete(struct automation_call *call)
{
	const char *source = "WshShell.RegDelete";
	struct registry *registry = NULL;
	struct place place;
	HRESULT hr = parse(call, source, &place);

	if (FAILED(hr))
		return hr;
	hr = open_registry(call, source, true, &registry);
	if (SUCCEEDED(hr)) {
		int r = place.is_key ? delete_key(registry, place.key)
				     : registry_delete_value(registry, place.key, place.value);

		if (r == -ENOENT || r == -EINVAL)
			hr = automation_raise(call, HRESULT_FROM_WIN32(2), source,
					      "Unable to remove registry key \"%s\".", place.full);
		else if (r == -ENOTEMPTY)
			hr = automation_raise(call, HRESULT_FROM_WIN32(5), source,
					      "Unable to remove registry key \"%s\": it has keys "
					      "below it.",
					      place.full);
		else if (r < 0)
			hr = wscript_raise_errno(call, r, source, place.full);
	}
	registry_close(registry);
	place_done(&place);
	return hr;
}
