/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Activation ([MS-DCOM] names): CoCreateInstance and the class objects behind it, over the class
 * table of this process (com/class.h). A class that is not in the table is not registered; the
 * CLSCTX must allow an object in this process. Any thread.
 */
#include "com/class.h"

#include "base/mem.h"
#include "com/bstr.h"

struct factory {
	IClassFactory face;
	uint32_t refs;
	const struct class_entry *entry;
};

static struct factory *factory_of(IClassFactory *face)
{
	return container_of(face, struct factory, face);
}

static ULONG factory_addref(IClassFactory *This)
{
	return __atomic_add_fetch(&factory_of(This)->refs, 1, __ATOMIC_RELAXED);
}

static ULONG factory_release(IClassFactory *This)
{
	ULONG left = __atomic_sub_fetch(&factory_of(This)->refs, 1, __ATOMIC_ACQ_REL);

	if (!left)
		mem_free(factory_of(This));
	return left;
}

static HRESULT factory_query(IClassFactory *This, REFIID riid, void **ret)
{
	if (!ret)
		return E_POINTER;
	*ret = NULL;
	if (!IsEqualGUID(riid, &IID_IUnknown) && !IsEqualGUID(riid, &IID_IClassFactory))
		return E_NOINTERFACE;
	factory_addref(This);
	*ret = This;
	return S_OK;
}

/* One object of the class, as `riid`. */
static HRESULT entry_create(const struct class_entry *entry, IUnknown *outer, REFIID riid,
			    void **ret)
{
	IUnknown *object = NULL;

	if (outer)
		return CLASS_E_NOAGGREGATION;
	HRESULT hr = entry->create(&object);

	if (FAILED(hr))
		return hr;
	hr = object->lpVtbl->QueryInterface(object, riid, ret);
	object->lpVtbl->Release(object);
	return hr;
}

static HRESULT factory_create(IClassFactory *This, IUnknown *outer, REFIID riid, void **ret)
{
	if (!ret)
		return E_POINTER;
	*ret = NULL;
	return entry_create(factory_of(This)->entry, outer, riid, ret);
}

static HRESULT factory_lock(IClassFactory *This, BOOL lock)
{
	/* Classes of the table are never unloaded. */
	return S_OK;
}

static const IClassFactoryVtbl factory_vtbl = {
	.QueryInterface = factory_query,
	.AddRef = factory_addref,
	.Release = factory_release,
	.CreateInstance = factory_create,
	.LockServer = factory_lock,
};

static const struct class_entry *entry_find(REFCLSID clsid, DWORD context)
{
	return context & CLSCTX_INPROC_SERVER ? class_find(clsid) : NULL;
}

HRESULT CoGetClassObject(REFCLSID rclsid, DWORD dwClsContext, void *pvReserved, REFIID riid,
			 void **ppv)
{
	if (!ppv)
		return E_POINTER;
	*ppv = NULL;
	const struct class_entry *entry = entry_find(rclsid, dwClsContext);

	if (!entry)
		return REGDB_E_CLASSNOTREG;
	struct factory *factory = mem_new(struct factory);

	if (!factory)
		return E_OUTOFMEMORY;
	*factory = (struct factory){ .face = { &factory_vtbl }, .refs = 1, .entry = entry };
	HRESULT hr = factory_query(&factory->face, riid, ppv);

	factory_release(&factory->face);
	return hr;
}

HRESULT CoCreateInstance(REFCLSID rclsid, IUnknown *pUnkOuter, DWORD dwClsContext, REFIID riid,
			 void **ppv)
{
	if (!ppv)
		return E_POINTER;
	*ppv = NULL;
	const struct class_entry *entry = entry_find(rclsid, dwClsContext);

	return entry ? entry_create(entry, pUnkOuter, riid, ppv) : REGDB_E_CLASSNOTREG;
}

HRESULT CLSIDFromProgID(const OLECHAR *progid, CLSID *ret)
{
	char utf8[256];
	size_t length = 0;

	if (!progid || !ret)
		return E_INVALIDARG;
	/* A ProgID has at most 39 characters; more room only for what is not one. */
	while (progid[length])
		if (++length > sizeof utf8 / 3)
			return CO_E_CLASSSTRING;
	struct text name = { utf8, utf16_to_utf8(progid, length, utf8, sizeof utf8) };

	if (length && utf8[0] == '{')
		return guid_parse(name, ret) ? CO_E_CLASSSTRING : S_OK;
	const struct class_entry *entry = class_find_progid(name);

	if (!entry)
		return CO_E_CLASSSTRING;
	*ret = entry->clsid;
	return S_OK;
}

HRESULT ProgIDFromCLSID(REFCLSID clsid, BSTR *ret)
{
	const struct class_entry *entry = class_find(clsid);

	if (!entry || !entry->progid)
		return REGDB_E_CLASSNOTREG;
	BSTR s = bstr_from_text(text_of(entry->progid));

	if (!s)
		return E_OUTOFMEMORY;
	*ret = s;
	return S_OK;
}
