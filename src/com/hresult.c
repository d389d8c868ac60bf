/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts of HRESULTs (surrogate/com.h, HRESULT_TABLE) and the identifiers of the interfaces:
 * the constants of the public header. Pure; any thread.
 */
#include "com/class.h"

#include "base/mem.h"

#define X(name, ...) const IID IID_##name = INTERFACE_GUID(__VA_ARGS__);
#define INTERFACE_GUID(d1, d2, d3, ...)                                                            \
	{                                                                                          \
		d1, d2, d3,                                                                        \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}
INTERFACE_IDS(X)
RUNTIME_INTERFACE_IDS(X)
TYPE_INTERFACE_IDS(X)
#undef X
const GUID GUID_NULL = { 0 };

static const struct {
	HRESULT hr;
	const char *text;
} texts[] = {
#define X(name, value, text) { name, text },
	HRESULT_TABLE(X)
#undef X
};

const char *hresult_text(HRESULT hr)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (texts[i].hr == hr)
			return texts[i].text;
	return NULL;
}
