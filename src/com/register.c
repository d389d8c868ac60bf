/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a component's DllRegisterServer calls: SurrogateRegisterClasses. The component says what its
 * classes are called; which file it is, the loader knows; how they are kept, the process that has
 * the registry open has said (class_registrar_set): regsvr. Anywhere else it is refused. One
 * thread.
 */
#include "com/class.h"

#include "base/mem.h"
#include "com/errorinfo.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define SOURCE "COM runtime"
#define REGISTER_MAX 1024 /* classes at once */
#define PROGID_MAX 39     /* the published limit */
#define DESCRIPTION_MAX 255

static const struct class_registrar *registrar;

void class_registrar_set(const struct class_registrar *r)
{
	registrar = r;
}

/* The published grammar: letters, digits and dots, no digit in front. */
static bool progid_valid(const char *progid)
{
	size_t length = strlen(progid);

	if (!length || length > PROGID_MAX || (progid[0] >= '0' && progid[0] <= '9') ||
	    progid[0] == '.')
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = text_lower(progid[i]);

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
		      c == '-'))
			return false;
	}
	return true;
}

static bool threading_valid(const char *model)
{
	static const char *const models[] = { "Apartment", "Free", "Both", "Neutral" };

	for (size_t i = 0; i < ARRAY_LEN(models); i++)
		if (text_equal_nocase(text_of(model), text_of(models[i])))
			return true;
	return false;
}

static bool description_valid(const char *text)
{
	if (strlen(text) > DESCRIPTION_MAX || !utf8_valid(text_of(text)))
		return false;
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7F)
			return false;
	return true;
}

static HRESULT check_class(const SURROGATE_CLASS *class)
{
	const char *wrong = NULL, *text = NULL;
	GUID guid;

	if (!class->clsid || guid_parse(text_of(class->clsid), &guid))
		wrong = "CLSID", text = class->clsid;
	else if (class->progid && !progid_valid(class->progid))
		wrong = "ProgID", text = class->progid;
	else if (class->name && !progid_valid(class->name))
		wrong = "ProgID without version", text = class->name;
	else if (class->threading && !threading_valid(class->threading))
		wrong = "threading model", text = class->threading;
	else if (class->appid && guid_parse(text_of(class->appid), &guid))
		wrong = "AppID", text = class->appid;
	else if (class->description && !description_valid(class->description))
		wrong = "description", text = class->description;
	return wrong ? errorinfo_set(REGDB_E_INVALIDVALUE, SOURCE, "'%s' is no %s",
				     text ? text : "", wrong)
		     : S_OK;
}

/* The file that holds the table of classes. */
static HRESULT module_of(const SURROGATE_CLASS *classes, char out[PATH_MAX])
{
	Dl_info info;

	if (dladdr(classes, &info) && info.dli_fname && realpath(info.dli_fname, out))
		return S_OK;
	return errorinfo_set(REGDB_E_INVALIDVALUE, SOURCE,
			     "the table of classes lies in no component: it must be static");
}

static HRESULT each(const SURROGATE_CLASS *classes, UINT count, bool add)
{
	char module[PATH_MAX];
	HRESULT hr;

	if (!registrar)
		return errorinfo_set(E_ACCESSDENIED, SOURCE,
				     "only regsvr registers components: regsvr FILE.so");
	if (!classes || count > REGISTER_MAX)
		return E_INVALIDARG;
	hr = module_of(classes, module);
	for (UINT i = 0; SUCCEEDED(hr) && i < count; i++)
		hr = check_class(&classes[i]);
	for (UINT i = 0; SUCCEEDED(hr) && i < count; i++) {
		struct error err = { 0 };
		int r = add ? registrar->add(registrar->ctx, module, &classes[i], &err)
			    : registrar->remove(registrar->ctx, module, &classes[i], &err);

		if (r < 0)
			hr = errorinfo_set(r == -ENOMEM ? E_OUTOFMEMORY : REGDB_E_WRITEREGDB,
					   SOURCE, "%s", err.text);
	}
	return hr;
}

HRESULT SurrogateRegisterClasses(const SURROGATE_CLASS *classes, UINT count)
{
	return each(classes, count, true);
}

HRESULT SurrogateUnregisterClasses(const SURROGATE_CLASS *classes, UINT count)
{
	return each(classes, count, false);
}
