/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classes of Test.Worker's application that cannot be made: Test.Sleeper, whose constructor does
 * not return, and Test.Caller, whose constructor fails as one does that calls a machine which does
 * not answer.
 */
#include "class-object.h"

#include <unistd.h>

#define APP "{0DD00DD0-0000-0000-0500-000000000000}"
#define E_SERVER_UNAVAILABLE ((HRESULT)0x800706BA) /* RPC_S_SERVER_UNAVAILABLE */

static const CLSID sleeper_clsid = { 0x0DD00DD0, 0, 0, { 7 } };
static const CLSID caller_clsid = { 0x0DD00DD0, 0, 0, { 8 } };

static HRESULT sleep_for_ever(IClassFactory *This, IUnknown *outer, REFIID riid, void **ret)
{
	(void)This, (void)outer, (void)riid, (void)ret;
	for (;;)
		pause();
	return E_FAIL;
}

static HRESULT find_nobody(IClassFactory *This, IUnknown *outer, REFIID riid, void **ret)
{
	(void)This, (void)outer, (void)riid;
	*ret = NULL;
	return E_SERVER_UNAVAILABLE;
}

static const IClassFactoryVtbl sleeper_vtbl = CLASS_OBJECT_METHODS(sleep_for_ever);
static const IClassFactoryVtbl caller_vtbl = CLASS_OBJECT_METHODS(find_nobody);
static IClassFactory sleeper = { &sleeper_vtbl }, caller = { &caller_vtbl };

HRESULT DllGetClassObject(REFCLSID rclsid, REFIID riid, void **ret)
{
	*ret = NULL;
	if (IsEqualGUID(rclsid, &sleeper_clsid))
		return class_query(&sleeper, riid, ret);
	return IsEqualGUID(rclsid, &caller_clsid) ? class_query(&caller, riid, ret)
						  : CLASS_E_CLASSNOTAVAILABLE;
}

HRESULT DllRegisterServer(void)
{
	static const SURROGATE_CLASS classes[] = {
		{ "{0DD00DD0-0000-0000-0700-000000000000}", "Test.Sleeper", NULL, "Sleeper", "Both",
		  APP },
		{ "{0DD00DD0-0000-0000-0800-000000000000}", "Test.Caller", NULL, "Caller", "Both",
		  APP },
	};

	return SurrogateRegisterClasses(classes, 2);
}
