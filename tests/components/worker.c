/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A component with an application of its own, which tells where and for whom it runs: Test.Worker.
 *
 *     Pid, User         of its process
 *     Caller            who calls, as COM knows him
 *     Value             what was put there before
 *     Call(object)      object.Value, from where it runs
 *     Crash             ends the process
 *     Offer             lets others of the machine have more of these as a class of its own
 *     Revoke(cookie)    and not any more
 */
#include "class-object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const CLSID worker_clsid = { 0x0DD00DD0, 0, 0, { 4 } };
static const CLSID offered_clsid = { 0x0DD00DD0, 0, 0, { 6 } };
static IClassFactory factory;

struct worker {
	IDispatch face;
	_Atomic ULONG refs;
	VARIANT value;
};

enum member { VALUE, PID, USER, CALLER, CALL, CRASH, OFFER, REVOKE, MEMBER_COUNT };
static const OLECHAR *const names[MEMBER_COUNT] = { u"value", u"pid",   u"user",  u"caller",
						    u"call",  u"crash", u"offer", u"revoke" };

/* ---- members ---- */

static BSTR bstr_of(const char *text)
{
	OLECHAR wide[256];
	UINT n = 0;

	for (; text[n] && n < 255; n++)
		wide[n] = (unsigned char)text[n];
	return SysAllocStringLen(wide, n);
}

static HRESULT get_caller(VARIANT *ret)
{
	void *name = NULL;
	HRESULT hr = CoQueryClientBlanket(NULL, NULL, NULL, NULL, NULL, &name, NULL);

	ret->vt = VT_BSTR;
	ret->bstrVal = SUCCEEDED(hr) ? SysAllocString(name) : bstr_of("nobody");
	return S_OK;
}

static HRESULT call_object(DISPPARAMS *params, VARIANT *ret)
{
	static const IID none;
	OLECHAR *name = (OLECHAR *)u"value";
	DISPPARAMS nothing = { 0 };
	DISPID dispid;

	if (params->cArgs != 1 || params->rgvarg[0].vt != VT_DISPATCH ||
	    !params->rgvarg[0].pdispVal)
		return DISP_E_TYPEMISMATCH;
	IDispatch *d = params->rgvarg[0].pdispVal;
	HRESULT hr = d->lpVtbl->GetIDsOfNames(d, &none, &name, 1, 0, &dispid);

	return FAILED(hr) ? hr
			  : d->lpVtbl->Invoke(d, dispid, &none, 0, DISPATCH_PROPERTYGET, &nothing,
					      ret, NULL, NULL);
}

static HRESULT get(struct worker *w, DISPID dispid, DISPPARAMS *params, VARIANT *ret)
{
	switch ((enum member)dispid) {
	case VALUE:
		return VariantCopy(ret, &w->value);
	case PID:
		ret->vt = VT_I4;
		ret->lVal = getpid();
		return S_OK;
	case USER:
		ret->vt = VT_BSTR;
		ret->bstrVal = bstr_of(getenv("SURROGATE_USER") ? getenv("SURROGATE_USER") : "");
		return S_OK;
	case CALLER:
		return get_caller(ret);
	case CALL:
		return call_object(params, ret);
	case OFFER:
		ret->vt = VT_I4;
		return CoRegisterClassObject(&offered_clsid, (IUnknown *)(void *)&factory,
					     CLSCTX_LOCAL_SERVER, REGCLS_MULTIPLEUSE,
					     (DWORD *)&ret->lVal);
	case REVOKE:
		return params->cArgs == 1 && params->rgvarg[0].vt == VT_I4
			       ? CoRevokeClassObject((DWORD)params->rgvarg[0].lVal)
			       : DISP_E_TYPEMISMATCH;
	default:
		abort();
	}
}

static struct worker *worker_of(IDispatch *This)
{
	return (struct worker *)(void *)This;
}

static HRESULT invoke(IDispatch *This, DISPID dispid, REFIID riid, LCID lcid, WORD flags,
		      DISPPARAMS *params, VARIANT *result, EXCEPINFO *exception, UINT *wrong)
{
	VARIANT unused = { 0 };

	(void)riid, (void)lcid, (void)exception, (void)wrong;
	if (dispid < 0 || dispid >= MEMBER_COUNT)
		return DISP_E_MEMBERNOTFOUND;
	if (flags & DISPATCH_PROPERTYPUT)
		return VariantCopy(&worker_of(This)->value, &params->rgvarg[0]);
	HRESULT hr = get(worker_of(This), dispid, params, result ? result : &unused);

	VariantClear(&unused);
	return hr;
}

/* ---- the object ---- */

static ULONG add_ref(IDispatch *This)
{
	return ++worker_of(This)->refs;
}

static ULONG release(IDispatch *This)
{
	ULONG left = --worker_of(This)->refs;

	if (!left) {
		VariantClear(&worker_of(This)->value);
		free(This);
	}
	return left;
}

static HRESULT query(IDispatch *This, REFIID riid, void **ret)
{
	*ret = NULL;
	if (!IsEqualGUID(riid, &IID_IUnknown) && !IsEqualGUID(riid, &IID_IDispatch))
		return E_NOINTERFACE;
	add_ref(This);
	*ret = This;
	return S_OK;
}

static HRESULT type_count(IDispatch *This, UINT *ret)
{
	(void)This;
	*ret = 0;
	return S_OK;
}

static HRESULT type_info(IDispatch *This, UINT index, LCID lcid, ITypeInfo **ret)
{
	(void)This, (void)index, (void)lcid;
	*ret = NULL;
	return DISP_E_BADINDEX;
}

static bool equal(const OLECHAR *a, const OLECHAR *b)
{
	for (; *a || *b; a++, b++)
		if ((*a | 0x20) != *b)
			return false;
	return true;
}

static HRESULT find(IDispatch *This, REFIID riid, OLECHAR **wanted, UINT n, LCID lcid, DISPID *ret)
{
	(void)This, (void)riid, (void)lcid;
	for (DISPID i = 0; n == 1 && i < MEMBER_COUNT; i++) {
		ret[0] = i;
		if (equal(wanted[0], names[i]))
			return S_OK;
	}
	return DISP_E_UNKNOWNNAME;
}

static const IDispatchVtbl vtbl = { query, add_ref, release, type_count, type_info, find, invoke };

/* ---- its class ---- */

static HRESULT factory_create(IClassFactory *This, IUnknown *outer, REFIID riid, void **ret)
{
	struct worker *w = calloc(1, sizeof *w);

	(void)This, (void)outer;
	if (!w)
		return E_OUTOFMEMORY;
	w->face.lpVtbl = &vtbl;
	w->refs = 1;
	HRESULT hr = query(&w->face, riid, ret);

	release(&w->face);
	return hr;
}

static const IClassFactoryVtbl factory_vtbl = CLASS_OBJECT_METHODS(factory_create);
static IClassFactory factory = { &factory_vtbl };

HRESULT DllGetClassObject(REFCLSID rclsid, REFIID riid, void **ret)
{
	*ret = NULL;
	return IsEqualGUID(rclsid, &worker_clsid) ? class_query(&factory, riid, ret)
						  : CLASS_E_CLASSNOTAVAILABLE;
}

HRESULT DllRegisterServer(void)
{
	static const SURROGATE_CLASS classes[] = {
		{ "{0DD00DD0-0000-0000-0400-000000000000}", "Test.Worker", NULL, "Worker", "Both",
		  "{0DD00DD0-0000-0000-0500-000000000000}" },
	};

	return SurrogateRegisterClasses(classes, 1);
}
