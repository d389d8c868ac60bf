/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Monikers as far as GetObject needs them (surrogate/objbase.h): a bind context, and the two ways
 * in which a name becomes an object: "new:CLASS" makes one, and "CLASS:rest" is for the class
 * object of CLASS, which parses its own names (IParseDisplayName), as providers such as IIS: do.
 * Any thread; a bind context is used by one at a time.
 */
#include "base/mem.h"
#include "com/activate.h"
#include "com/unknown.h"

#define PREFIX_UNITS_MAX 64

/* ---- bind context ---- */

struct bound {
	struct bound *next;
	IUnknown *object;
	LPOLESTR key; /* NULL: an object that is only held */
};

struct context {
	IBindCtx face;
	uint32_t refs;
	BIND_OPTS options;
	struct bound *first;
};

COM_OBJECT(context, IBindCtx)

static bool key_equal(const OLECHAR *a, const OLECHAR *b)
{
	if (!a || !b)
		return a == b;
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static struct bound *bound_free(struct bound *b)
{
	b->object->lpVtbl->Release(b->object);
	mem_free(b->key);
	return mem_free(b);
}

/* Out of the list: the entry with that object or, with a key, of that key. */
static struct bound *bound_take(struct context *self, IUnknown *object, const OLECHAR *key)
{
	for (struct bound **at = &self->first; *at; at = &(*at)->next) {
		struct bound *b = *at;

		if (!key_equal(b->key, key) || (object && b->object != object))
			continue;
		*at = b->next;
		return b;
	}
	return NULL;
}

static HRESULT bound_add(struct context *self, IUnknown *object, const OLECHAR *key)
{
	struct bound *b = object ? mem_new(struct bound) : NULL;
	size_t length = 0;

	if (!object)
		return E_INVALIDARG;
	while (key && key[length])
		length++;
	if (b && key)
		b->key = mem_dup(key, (length + 1) * sizeof(*key));
	if (!b || (key && !b->key)) {
		mem_free(b);
		return E_OUTOFMEMORY;
	}
	object->lpVtbl->AddRef(object);
	b->object = object;
	b->next = self->first;
	self->first = b;
	return S_OK;
}

static HRESULT context_release_bound(IBindCtx *This)
{
	struct context *self = context_self(This);
	struct bound *b;

	while ((b = bound_take(self, NULL, NULL)))
		bound_free(b);
	return S_OK;
}

static void context_free(struct context *self)
{
	while (self->first) {
		struct bound *b = self->first;

		self->first = b->next;
		bound_free(b);
	}
	mem_free(self);
}

static HRESULT context_bind(IBindCtx *This, IUnknown *object)
{
	return bound_add(context_self(This), object, NULL);
}

static HRESULT context_unbind(IBindCtx *This, IUnknown *object)
{
	struct bound *b = object ? bound_take(context_self(This), object, NULL) : NULL;

	if (!b)
		return MK_E_UNAVAILABLE;
	bound_free(b);
	return S_OK;
}

static HRESULT context_set_options(IBindCtx *This, BIND_OPTS *options)
{
	if (!options || options->cbStruct < sizeof(BIND_OPTS))
		return E_INVALIDARG;
	context_self(This)->options = *options;
	context_self(This)->options.cbStruct = sizeof(BIND_OPTS);
	return S_OK;
}

static HRESULT context_options(IBindCtx *This, BIND_OPTS *ret)
{
	if (!ret || ret->cbStruct < sizeof(BIND_OPTS))
		return E_INVALIDARG;
	*ret = context_self(This)->options;
	return S_OK;
}

/* Nothing is registered as running, in this process or out of it. */
static HRESULT context_running(IBindCtx *This, IRunningObjectTable **ret)
{
	(void)This;
	if (!ret)
		return E_POINTER;
	*ret = NULL;
	return E_NOTIMPL;
}

static HRESULT context_put(IBindCtx *This, LPOLESTR key, IUnknown *object)
{
	struct bound *old;
	HRESULT hr;

	if (!key || !object)
		return E_INVALIDARG;
	old = bound_take(context_self(This), NULL, key);
	hr = bound_add(context_self(This), object, key);
	if (old)
		bound_free(old);
	return hr;
}

static HRESULT context_get(IBindCtx *This, LPOLESTR key, IUnknown **ret)
{
	if (!key || !ret)
		return E_INVALIDARG;
	*ret = NULL;
	for (struct bound *b = context_self(This)->first; b; b = b->next) {
		if (!b->key || !key_equal(b->key, key))
			continue;
		b->object->lpVtbl->AddRef(b->object);
		*ret = b->object;
		return S_OK;
	}
	return E_FAIL;
}

static HRESULT context_each(IBindCtx *This, IEnumString **ret)
{
	(void)This;
	if (!ret)
		return E_POINTER;
	*ret = NULL;
	return E_NOTIMPL;
}

static HRESULT context_remove(IBindCtx *This, LPOLESTR key)
{
	struct bound *b = key ? bound_take(context_self(This), NULL, key) : NULL;

	if (!b)
		return S_FALSE;
	bound_free(b);
	return S_OK;
}

static const IBindCtxVtbl context_vtbl = {
	context_query,   context_addref,        context_release,     context_bind,
	context_unbind,  context_release_bound, context_set_options, context_options,
	context_running, context_put,           context_get,         context_each,
	context_remove,
};

HRESULT CreateBindCtx(DWORD reserved, IBindCtx **ppbc)
{
	struct context *self = reserved || !ppbc ? NULL : mem_new(struct context);

	if (reserved || !ppbc)
		return E_INVALIDARG;
	*ppbc = self ? &self->face : NULL;
	if (!self)
		return E_OUTOFMEMORY;
	*self = (struct context){
		.face = { &context_vtbl },
		.refs = 1,
		.options = { .cbStruct = sizeof(BIND_OPTS), .grfMode = 2 /* STGM_READWRITE */ },
	};
	return S_OK;
}

/* ---- names ---- */

/* What stands in front of the first colon, as text of its own; false when there is none, or it is
 * no name. A single letter is a drive. */
static bool prefix_of(LPCOLESTR name, OLECHAR out[PREFIX_UNITS_MAX + 1], size_t *ret_length)
{
	size_t n = 0;

	while (name[n] && name[n] != ':' && n < PREFIX_UNITS_MAX) {
		out[n] = name[n];
		n++;
	}
	out[n] = 0;
	*ret_length = n;
	return name[n] == ':' && n > 1;
}

HRESULT MkParseDisplayName(IBindCtx *pbc, LPCOLESTR szUserName, ULONG *pchEaten, IMoniker **ppmk)
{
	OLECHAR prefix[PREFIX_UNITS_MAX + 1];
	IParseDisplayName *parser;
	size_t length;
	CLSID clsid;
	HRESULT hr;

	if (!pbc || !szUserName || !pchEaten || !ppmk)
		return E_INVALIDARG;
	*pchEaten = 0;
	*ppmk = NULL;
	if (!prefix_of(szUserName, prefix, &length) || FAILED(CLSIDFromProgID(prefix, &clsid)))
		return MK_E_SYNTAX;
	hr = CoGetClassObject(&clsid, CLSCTX_ALL, NULL, &IID_IParseDisplayName, (void **)&parser);
	if (FAILED(hr))
		return hr == E_NOINTERFACE ? MK_E_SYNTAX : hr;
	hr = parser->lpVtbl->ParseDisplayName(parser, pbc, (LPOLESTR)(uintptr_t)szUserName,
					      pchEaten, ppmk);
	parser->lpVtbl->Release(parser);
	return SUCCEEDED(hr) && !*ppmk ? CO_E_ERRORINDLL : hr;
}

static HRESULT bind_name(LPCOLESTR name, BIND_OPTS *options, REFIID riid, void **ret)
{
	IMoniker *moniker = NULL;
	IBindCtx *context;
	ULONG eaten;
	HRESULT hr = CreateBindCtx(0, &context);

	if (FAILED(hr))
		return hr;
	if (options)
		hr = context->lpVtbl->SetBindOptions(context, options);
	if (SUCCEEDED(hr))
		hr = MkParseDisplayName(context, name, &eaten, &moniker);
	if (SUCCEEDED(hr))
		hr = moniker->lpVtbl->BindToObject(moniker, context, NULL, riid, ret);
	if (moniker)
		moniker->lpVtbl->Release(moniker);
	context->lpVtbl->Release(context);
	return hr;
}

HRESULT CoGetObject(LPCOLESTR pszName, BIND_OPTS *pBindOptions, REFIID riid, void **ppv)
{
	static const OLECHAR new_prefix[] = u"new";
	OLECHAR prefix[PREFIX_UNITS_MAX + 1];
	size_t length;
	CLSID clsid;
	HRESULT hr;

	if (!pszName || !riid || !ppv)
		return E_INVALIDARG;
	*ppv = NULL;
	if (!prefix_of(pszName, prefix, &length))
		return MK_E_SYNTAX;
	for (size_t i = 0; i <= length; i++)
		if (length != 3 || (prefix[i] | 0x20) != (new_prefix[i] | 0x20))
			return bind_name(pszName, pBindOptions, riid, ppv);
	hr = CLSIDFromProgID(pszName + length + 1, &clsid);
	return FAILED(hr) ? hr : CoCreateInstance(&clsid, NULL, CLSCTX_SERVER, riid, ppv);
}
