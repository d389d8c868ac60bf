/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Named values. Belongs to a session or an application; used under its lock.
 */
#include "asp/contents.h"

#include "base/map.h"
#include "base/mem.h"
#include "com/automation.h"
#include "com/bstr.h"
#include "com/variant.h"

static void value_free(void *p)
{
	VariantClear(p);
	mem_free(p);
}

void asp_contents_done(struct asp_contents *contents)
{
	contents->map = map_free(contents->map, value_free);
}

size_t asp_contents_count(const struct asp_contents *contents)
{
	return contents->map ? map_count(contents->map) : 0;
}

HRESULT asp_contents_get(const struct asp_contents *contents, struct text name, VARIANT *ret)
{
	const VARIANT *v = contents->map ? map_get(contents->map, name) : NULL;
	return v ? variant_share(ret, v) : S_OK;
}

HRESULT asp_contents_put(struct asp_contents *contents, struct text name, VARIANT *value)
{
	if (!contents->map)
		contents->map = map_new(ASP_CONTENTS_MAX, MAP_NOCASE);
	if (!contents->map)
		return E_OUTOFMEMORY;
	VARIANT *v = map_get(contents->map, name);
	if (v) {
		variant_replace(v, value);
		return S_OK;
	}
	v = mem_new(VARIANT);
	if (!v || map_put(contents->map, name, v, NULL) != 0) {
		mem_free(v);
		return E_OUTOFMEMORY;
	}
	variant_move(v, value);
	return S_OK;
}

void asp_contents_remove(struct asp_contents *contents, struct text name)
{
	VARIANT *v = contents->map ? map_remove(contents->map, name) : NULL;
	if (v)
		value_free(v);
}

struct text asp_contents_name(const struct asp_contents *contents, LONG index)
{
	size_t at = 0;
	struct text name;
	void *value;
	for (LONG i = 1; contents->map && map_next(contents->map, &at, &name, &value); i++) {
		if (i == index)
			return name;
	}
	return (struct text){ 0 };
}

HRESULT asp_contents_enum(const struct asp_contents *contents, IUnknown **ret)
{
	size_t count = asp_contents_count(contents), n = 0, at = 0;
	_cleanup_mem_ VARIANT *names = mem_zalloc(count + 1, sizeof(*names));
	struct text name;
	void *value;
	if (!names)
		return E_OUTOFMEMORY;
	HRESULT hr = S_OK;
	while (SUCCEEDED(hr) && contents->map && map_next(contents->map, &at, &name, &value))
		hr = automation_return_text(&names[n++], name);
	if (SUCCEEDED(hr))
		hr = automation_enum_new(names, n, ret);
	while (FAILED(hr) && n > 0)
		VariantClear(&names[--n]);
	return hr;
}
