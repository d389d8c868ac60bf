/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Activation ([MS-DCOM] names): CoCreateInstance and the class objects behind it. A class is looked
 * for in the class table of this process (com/class.h), among the class objects that programs
 * registered, and in the catalog (com/classes.h), which names a component to load, or an
 * application whose process makes the object. Any thread.
 */
#include "com/activate.h"

#include "base/mem.h"
#include "com/class.h"
#include "com/classes.h"
#include "com/component.h"
#include "com/errorinfo.h"
#include "com/unknown.h"

#include <unistd.h>

#define SOURCE "COM runtime"

struct factory {
	IClassFactory face;
	uint32_t refs;
	const struct class_entry *entry;
};

COM_OBJECT(factory, IClassFactory)

static void factory_free(struct factory *self)
{
	mem_free(self);
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
	return entry_create(factory_self(This)->entry, outer, riid, ret);
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

/* ---- where a class is ---- */

static const struct com_remoting *remoting;

void com_remoting_set(const struct com_remoting *r)
{
	remoting = r;
}

const struct com_remoting *com_remoting(void)
{
	return remoting;
}

static HRESULT entry_class_object(const struct class_entry *entry, REFIID riid, void **ret)
{
	struct factory *factory = mem_new(struct factory);

	if (!factory)
		return E_OUTOFMEMORY;
	*factory = (struct factory){ .face = { &factory_vtbl }, .refs = 1, .entry = entry };
	HRESULT hr = factory_query(&factory->face, riid, ret);

	factory_release(&factory->face);
	return hr;
}

/* The catalog as it is now. Without one that can be read no class is registered, and errorinfo says
 * what is wrong with it. */
static struct classes *catalog(void)
{
	struct error err = { 0 };
	struct classes *classes = classes_now(&err);

	if (!classes && err.code)
		errorinfo_set(REGDB_E_READREGDB, SOURCE, "%s", err.text);
	return classes;
}

/* Out of this process: where it is known how. */
static HRESULT activate_elsewhere(const struct com_activation *what, DWORD count, MULTI_QI *results)
{
	if (remoting)
		return remoting->activate(what, count, results);
	if (what->server)
		return errorinfo_set(HRESULT_FROM_WIN32(1722), SOURCE,
				     "this program makes no objects on other computers");
	return errorinfo_set(CO_E_SERVER_EXEC_FAILURE, SOURCE,
			     "the class runs in a process of its own, and this program starts none "
			     "for it");
}

static HRESULT elsewhere_one(const struct com_activation *what, REFIID riid, void **ret)
{
	MULTI_QI result = { .pIID = riid };
	HRESULT hr = activate_elsewhere(what, 1, &result);

	if (SUCCEEDED(hr))
		hr = result.hr;
	if (SUCCEEDED(hr))
		*ret = result.pItf;
	return hr;
}

/* A look-up under way. */
struct search {
	struct com_activation what;
	REFIID object_riid;          /* of the object that is wanted, not of its class object */
	struct component *component; /* entered: it stays while its class object is used */
	bool made;                   /* another process made the object itself */
};

/* By another process, here or on `server`. */
static HRESULT search_elsewhere(struct search *s, const struct classes_class *class,
				const COSERVERINFO *server, REFIID riid, void **ret)
{
	s->what.class = class;
	s->what.server = server;
	s->made = !s->what.class_object;
	HRESULT hr = elsewhere_one(&s->what, s->made ? s->object_riid : riid, ret);

	s->what.class = NULL; /* it goes with the catalog */
	s->what.server = NULL;
	return hr;
}

/* On the machine that its application names: RemoteServerName. */
static HRESULT search_remote(struct search *s, const struct classes_class *class, REFIID riid,
			     void **ret)
{
	struct text name = text_of(class->remote);
	size_t units = utf8_to_utf16_length(name);
	OLECHAR *wide = mem_zalloc(units + 1, sizeof(*wide));
	const COSERVERINFO server = { .pwszName = wide };

	if (!wide)
		return E_OUTOFMEMORY;
	utf8_to_utf16(name, wide, units);
	HRESULT hr = com_server_is_here(wide) ? REGDB_E_CLASSNOTREG
					      : search_elsewhere(s, class, &server, riid, ret);

	mem_free(wide);
	return hr;
}

/* One that is not registered may still be offered by a program that runs. */
static HRESULT search_offered(struct search *s, REFIID riid, void **ret)
{
	if (!remoting || !(s->what.context & CLSCTX_LOCAL_SERVER) ||
	    FAILED(search_elsewhere(s, NULL, NULL, riid, ret))) {
		errorinfo_clear();
		return REGDB_E_CLASSNOTREG;
	}
	return S_OK;
}

/* An application that another machine has is not here, unless the class's file is. */
static bool has_process(const struct classes_class *class)
{
	return class->process && (class->server || !class->remote);
}

/* A class of the catalog, in this process or by another. */
static HRESULT catalog_class_object(struct search *s, REFIID riid, void **ret)
{
	struct classes *classes = catalog();
	const struct classes_class *class = classes ? classes_find(classes, s->what.clsid) : NULL;
	HRESULT hr = REGDB_E_CLASSNOTREG;

	if (class && class->server && (s->what.context & CLSCTX_INPROC_SERVER)) {
		hr = component_enter(class->server, &s->component);
		if (SUCCEEDED(hr))
			hr = component_class_object(s->component, s->what.clsid, riid, ret);
	} else if (class && has_process(class) && (s->what.context & CLSCTX_LOCAL_SERVER)) {
		hr = search_elsewhere(s, class, NULL, riid, ret);
	} else if (class && class->remote && (s->what.context & CLSCTX_REMOTE_SERVER)) {
		hr = search_remote(s, class, riid, ret);
	} else if (classes && !class) {
		hr = search_offered(s, riid, ret);
	}
	classes_unref(classes);
	return hr;
}

/* A class object of this computer, from wherever it comes. */
static HRESULT class_object(struct search *s, REFIID riid, void **ret)
{
	const struct class_entry *entry =
		s->what.context & CLSCTX_INPROC_SERVER ? class_find(s->what.clsid) : NULL;
	HRESULT hr;

	if (entry)
		return entry_class_object(entry, riid, ret);
	hr = com_registered_object(s->what.clsid, s->what.context, riid, ret);
	return hr == REGDB_E_CLASSNOTREG ? catalog_class_object(s, riid, ret) : hr;
}

bool com_server_is_here(const OLECHAR *name)
{
	char utf8[256], own[256];
	size_t length = 0;
	struct text t;

	while (name && name[length])
		if (++length > sizeof(utf8) / 3)
			return false;
	t = (struct text){ utf8, name ? utf16_to_utf8(name, length, utf8, sizeof(utf8)) : 0 };
	if (text_starts_with(t, TEXT("\\\\"))) /* \\server, as tools like to have it */
		t = (struct text){ t.data + 2, t.length - 2 };
	return !t.length || text_equal_nocase(t, TEXT("localhost")) ||
	       text_equal(t, TEXT("127.0.0.1")) || text_equal(t, TEXT("::1")) ||
	       text_equal(t, TEXT(".")) ||
	       (!gethostname(own, sizeof(own)) && text_equal_nocase(t, text_of(own)));
}

/* ---- the functions ---- */

HRESULT CoGetClassObject(REFCLSID rclsid, DWORD dwClsContext, void *pvReserved, REFIID riid,
			 void **ppv)
{
	const COSERVERINFO *server = pvReserved;
	struct search search = {
		.what = { .clsid = rclsid, .context = dwClsContext, .class_object = true }
	};
	HRESULT hr;

	if (!rclsid || !riid || !ppv)
		return E_INVALIDARG;
	*ppv = NULL;
	errorinfo_clear();
	if (server && !com_server_is_here(server->pwszName)) {
		search.what.server = server;
		return elsewhere_one(&search.what, riid, ppv);
	}
	hr = class_object(&search, riid, ppv);
	component_leave(search.component);
	return hr;
}

/* By the class object, unless the class is of another process, which makes the object itself. */
static HRESULT create_here(struct search *search, IUnknown *outer, void **ret)
{
	void *made = NULL;
	HRESULT hr = class_object(search, &IID_IClassFactory, &made);

	if (SUCCEEDED(hr) && search->made) {
		*ret = made;
	} else if (SUCCEEDED(hr)) {
		IClassFactory *f = made;

		hr = f->lpVtbl->CreateInstance(f, outer, search->object_riid, ret);
		f->lpVtbl->Release(f);
		if (SUCCEEDED(hr) && !*ret)
			hr = CO_E_ERRORINDLL;
	}
	component_leave(search->component);
	return hr;
}

HRESULT CoCreateInstance(REFCLSID rclsid, IUnknown *punkOuter, DWORD dwClsContext, REFIID riid,
			 void **ppv)
{
	struct search search = { .what = { .clsid = rclsid, .context = dwClsContext },
				 .object_riid = riid };
	const struct class_entry *entry;

	if (!rclsid || !riid || !ppv)
		return E_POINTER;
	*ppv = NULL;
	errorinfo_clear();
	entry = dwClsContext & CLSCTX_INPROC_SERVER ? class_find(rclsid) : NULL;
	return entry ? entry_create(entry, punkOuter, riid, ppv)
		     : create_here(&search, punkOuter, ppv);
}

/* Every interface of one object: the published result codes. */
static HRESULT query_all(IUnknown *object, DWORD count, MULTI_QI *results)
{
	DWORD good = 0;

	for (DWORD i = 0; i < count; i++) {
		results[i].hr = object->lpVtbl->QueryInterface(object, results[i].pIID,
							       (void **)&results[i].pItf);
		good += SUCCEEDED(results[i].hr);
	}
	return good == count ? S_OK : good ? CO_S_NOTALLINTERFACES : E_NOINTERFACE;
}

HRESULT CoCreateInstanceEx(REFCLSID rclsid, IUnknown *punkOuter, DWORD dwClsContext,
			   COSERVERINFO *pServerInfo, DWORD dwCount, MULTI_QI *pResults)
{
	struct com_activation what = { .clsid = rclsid,
				       .server = pServerInfo,
				       .context = dwClsContext };
	void *object;
	HRESULT hr;

	if (!rclsid || !dwCount || !pResults)
		return E_INVALIDARG;
	for (DWORD i = 0; i < dwCount; i++) {
		if (!pResults[i].pIID || pResults[i].pItf)
			return E_INVALIDARG;
		pResults[i].hr = E_NOINTERFACE;
	}
	if (pServerInfo && !com_server_is_here(pServerInfo->pwszName)) {
		errorinfo_clear();
		if (punkOuter)
			return CLASS_E_NOAGGREGATION;
		if (!(dwClsContext & CLSCTX_REMOTE_SERVER))
			return REGDB_E_CLASSNOTREG;
		return activate_elsewhere(&what, dwCount, pResults);
	}
	hr = CoCreateInstance(rclsid, punkOuter, dwClsContext, &IID_IUnknown, &object);
	if (FAILED(hr)) {
		for (DWORD i = 0; i < dwCount; i++)
			pResults[i].hr = hr;
		return hr;
	}
	hr = query_all(object, dwCount, pResults);
	((IUnknown *)object)->lpVtbl->Release(object);
	return hr;
}

HRESULT com_serve(REFCLSID clsid, bool class_object, IUnknown **ret)
{
	IClassFactory *factory = NULL;

	if (class_object) {
		HRESULT hr = com_registered_object(clsid, CLSCTX_LOCAL_SERVER, &IID_IUnknown,
						   (void **)ret);

		return hr != REGDB_E_CLASSNOTREG
			       ? hr
			       : CoGetClassObject(clsid, CLSCTX_INPROC_SERVER, NULL, &IID_IUnknown,
						  (void **)ret);
	}
	HRESULT hr = com_registered_object(clsid, CLSCTX_LOCAL_SERVER, &IID_IClassFactory,
					   (void **)&factory);

	if (hr == REGDB_E_CLASSNOTREG)
		return CoCreateInstance(clsid, NULL, CLSCTX_INPROC_SERVER, &IID_IUnknown,
					(void **)ret);
	if (FAILED(hr))
		return hr;
	hr = factory->lpVtbl->CreateInstance(factory, NULL, &IID_IUnknown, (void **)ret);
	factory->lpVtbl->Release(factory);
	return hr;
}
