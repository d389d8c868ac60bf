/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A component that misbehaves on purpose: Test.Odd. Its one member, Crash, ends the process; its
 * other class is promised and not there. Built with ODD_BARE it exports nothing, with ODD_MISSING
 * it needs a function that nobody has.
 */
#include <surrogate/com.h>

#ifdef ODD_MISSING
extern void nobody_has_this(void);
SURROGATE_API void (*const needs)(void) = nobody_has_this;
#endif
#ifdef ODD_BARE
SURROGATE_API int bare;
#else
#include "class-object.h"

static const CLSID odd_clsid = { 0x0DD00DD0, 0, 0, { 1 } },
		   liar_clsid = { 0x0DD00DD0, 0, 0, { 2 } };

static void *volatile nowhere;

static ULONG count(IDispatch *This)
{
	(void)This;
	return 1;
}

static HRESULT query(IDispatch *This, REFIID riid, void **ret)
{
	*ret = IsEqualGUID(riid, &IID_IUnknown) || IsEqualGUID(riid, &IID_IDispatch) ? This : NULL;
	return *ret ? S_OK : E_NOINTERFACE;
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

static HRESULT names(IDispatch *This, REFIID riid, OLECHAR **names, UINT n, LCID lcid, DISPID *ret)
{
	(void)This, (void)riid, (void)names, (void)n, (void)lcid;
	ret[0] = 1;
	return S_OK;
}

static HRESULT invoke(IDispatch *This, DISPID dispid, REFIID riid, LCID lcid, WORD flags,
		      DISPPARAMS *params, VARIANT *result, EXCEPINFO *exception, UINT *wrong)
{
	(void)This, (void)dispid, (void)riid, (void)lcid, (void)flags, (void)params, (void)result,
		(void)exception, (void)wrong;
	*(volatile int *)nowhere = 1;
	return S_OK;
}

static const IDispatchVtbl vtbl = { query, count, count, type_count, type_info, names, invoke };
static IDispatch object = { &vtbl };

static HRESULT factory_create(IClassFactory *This, IUnknown *outer, REFIID riid, void **ret)
{
	(void)This;
	return outer ? CLASS_E_NOAGGREGATION : query(&object, riid, ret);
}

static const IClassFactoryVtbl factory_vtbl = CLASS_OBJECT_METHODS(factory_create);
static IClassFactory factory = { &factory_vtbl };

HRESULT DllGetClassObject(REFCLSID rclsid, REFIID riid, void **ret)
{
	*ret = NULL;
	if (IsEqualGUID(rclsid, &liar_clsid))
		return S_OK; /* and nothing there */
	return IsEqualGUID(rclsid, &odd_clsid) ? class_query(&factory, riid, ret)
					       : CLASS_E_CLASSNOTAVAILABLE;
}

HRESULT DllRegisterServer(void)
{
	static const SURROGATE_CLASS classes[] = {
		{ "{0DD00DD0-0000-0000-0100-000000000000}", "Test.Odd", NULL, "Odd", "Apartment",
		  NULL },
		{ "{0DD00DD0-0000-0000-0200-000000000000}", "Test.Liar", NULL, NULL, NULL, NULL },
		{ "{0DD00DD0-0000-0000-0300-000000000000}", "Test.Absent", NULL, NULL, NULL, NULL },
	};

	return SurrogateRegisterClasses(classes, 3);
}

HRESULT DllUnregisterServer(void)
{
	static const SURROGATE_CLASS wrong = { "no clsid", NULL, NULL, NULL, NULL, NULL };

	return SurrogateUnregisterClasses(&wrong, 1);
}

/* The text of /i: "fail" fails. */
HRESULT DllInstall(BOOL install, LPCOLESTR line)
{
	return install && line[0] == 'f' ? E_ABORT : S_OK;
}
#endif
