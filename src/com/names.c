/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of classes: GUIDs as UTF-16 text, and ProgIDs, which the class table and the catalog know
 * (surrogate/objbase.h). Any thread.
 */
#include "base/mem.h"
#include "com/activate.h"
#include "com/class.h"
#include "com/classes.h"

#define NAME_UNITS_MAX 85 /* a ProgID has at most 39 characters; more only for what is none */

static LPOLESTR task_text(struct text utf8)
{
	size_t units = utf8_to_utf16_length(utf8);
	LPOLESTR out = CoTaskMemAlloc((units + 1) * sizeof(OLECHAR));

	if (out)
		out[utf8_to_utf16(utf8, out, units)] = 0;
	return out;
}

HRESULT CoCreateGuid(GUID *pguid)
{
	if (!pguid)
		return E_INVALIDARG;
	guid_random(pguid);
	return S_OK;
}

int StringFromGUID2(REFGUID rguid, OLECHAR *lpsz, int cchMax)
{
	char text[GUID_TEXT_SIZE];

	if (!lpsz || cchMax < GUID_TEXT_SIZE)
		return 0;
	guid_format(rguid, text);
	for (int i = 0; i < GUID_TEXT_SIZE; i++)
		lpsz[i] = (OLECHAR)text[i];
	return GUID_TEXT_SIZE;
}

HRESULT StringFromCLSID(REFCLSID rclsid, LPOLESTR *lplpsz)
{
	char text[GUID_TEXT_SIZE];

	if (!rclsid || !lplpsz)
		return E_INVALIDARG;
	guid_format(rclsid, text);
	*lplpsz = task_text(text_of(text));
	return *lplpsz ? S_OK : E_OUTOFMEMORY;
}

HRESULT StringFromIID(REFIID rclsid, LPOLESTR *lplpsz)
{
	return StringFromCLSID(rclsid, lplpsz);
}

/* UTF-16 to UTF-8 for what is looked up; false when it is too long to be a name. */
static bool name_of(LPCOLESTR units, char out[3 * NAME_UNITS_MAX + 1], struct text *ret)
{
	size_t length = 0;

	while (units[length])
		if (++length > NAME_UNITS_MAX)
			return false;
	*ret = (struct text){ out, utf16_to_utf8(units, length, out, 3 * NAME_UNITS_MAX) };
	return true;
}

/* "{...}" only: guid_parse takes it without braces, too. */
static bool braced_guid(struct text name, GUID *ret)
{
	return name.length && name.data[0] == '{' && guid_parse(name, ret) == 0;
}

HRESULT IIDFromString(LPCOLESTR lpsz, IID *lpiid)
{
	char utf8[3 * NAME_UNITS_MAX + 1];
	struct text name;

	if (!lpiid)
		return E_INVALIDARG;
	if (!lpsz) {
		*lpiid = GUID_NULL;
		return S_OK;
	}
	return name_of(lpsz, utf8, &name) && braced_guid(name, lpiid) ? S_OK : CO_E_IIDSTRING;
}

static HRESULT find_progid(struct text name, CLSID *ret)
{
	const struct class_entry *entry = class_find_progid(name);
	const struct classes_class *class = NULL;
	struct classes *classes;

	if (entry) {
		*ret = entry->clsid;
		return S_OK;
	}
	classes = classes_now(NULL);
	if (classes)
		class = classes_find_name(classes, name);
	if (class)
		*ret = class->clsid;
	classes_unref(classes);
	return class ? S_OK : CO_E_CLASSSTRING;
}

HRESULT CLSIDFromProgID(LPCOLESTR lpszProgID, CLSID *lpclsid)
{
	char utf8[3 * NAME_UNITS_MAX + 1];
	struct text name;

	if (!lpszProgID || !lpclsid)
		return E_INVALIDARG;
	if (!name_of(lpszProgID, utf8, &name) || !name.length)
		return CO_E_CLASSSTRING;
	if (name.data[0] == '{')
		return braced_guid(name, lpclsid) ? S_OK : CO_E_CLASSSTRING;
	return find_progid(name, lpclsid);
}

HRESULT CLSIDFromString(LPCOLESTR lpsz, CLSID *pclsid)
{
	if (!pclsid)
		return E_INVALIDARG;
	if (!lpsz) {
		*pclsid = GUID_NULL;
		return S_OK;
	}
	return CLSIDFromProgID(lpsz, pclsid);
}

HRESULT ProgIDFromCLSID(REFCLSID clsid, LPOLESTR *lplpszProgID)
{
	const struct class_entry *entry;
	const struct classes_class *class = NULL;
	struct classes *classes = NULL;
	const char *progid;
	HRESULT hr = S_OK;

	if (!clsid || !lplpszProgID)
		return E_INVALIDARG;
	*lplpszProgID = NULL;
	entry = class_find(clsid);
	if (!entry && (classes = classes_now(NULL)))
		class = classes_find(classes, clsid);
	progid = entry ? entry->progid : class ? class->progid : NULL;
	if (!progid)
		hr = REGDB_E_CLASSNOTREG;
	else if (!(*lplpszProgID = task_text(text_of(progid))))
		hr = E_OUTOFMEMORY;
	classes_unref(classes);
	return hr;
}
