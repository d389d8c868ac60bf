/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layouts of the public header, checked where they are compiled, as C and as C++: the sizes and
 * offsets of 64-bit Windows ([MS-OAUT] 2.2, and the published definitions for what stays in
 * memory).
 */
#pragma once

#include <surrogate/com.h>

#ifdef __cplusplus
#define CHECK static_assert
#else
#define CHECK _Static_assert
#endif
#define CHECK_AT(type, member, at) CHECK(offsetof(type, member) == (at), #type "." #member)
#define CHECK_SIZE(type, size) CHECK(sizeof(type) == (size), #type)

CHECK_SIZE(HRESULT, 4);
CHECK_SIZE(LONG, 4);
CHECK_SIZE(ULONG, 4);
CHECK_SIZE(OLECHAR, 2);
CHECK_SIZE(VARIANT_BOOL, 2);
CHECK_SIZE(BOOL, 4);
CHECK_SIZE(GUID, 16);
CHECK_AT(GUID, Data4, 8);

CHECK_SIZE(DECIMAL, 16);
CHECK_AT(DECIMAL, scale, 2);
CHECK_AT(DECIMAL, sign, 3);
CHECK_AT(DECIMAL, Hi32, 4);
CHECK_AT(DECIMAL, Lo64, 8);
CHECK_SIZE(CY, 8);

CHECK_SIZE(VARIANT, 24);
CHECK_AT(VARIANT, vt, 0);
CHECK_AT(VARIANT, wReserved1, 2);
CHECK_AT(VARIANT, llVal, 8);
CHECK_AT(VARIANT, bstrVal, 8);
CHECK_AT(VARIANT, boolVal, 8);
CHECK_AT(VARIANT, parray, 8);
CHECK_AT(VARIANT, decVal, 0);

CHECK_SIZE(SAFEARRAYBOUND, 8);
CHECK_AT(SAFEARRAYBOUND, lLbound, 4);
CHECK_AT(SAFEARRAY, fFeatures, 2);
CHECK_AT(SAFEARRAY, cbElements, 4);
CHECK_AT(SAFEARRAY, cLocks, 8);
CHECK_AT(SAFEARRAY, pvData, 16);
CHECK_AT(SAFEARRAY, rgsabound, 24);

CHECK_SIZE(DISPPARAMS, 24);
CHECK_AT(DISPPARAMS, cArgs, 16);
CHECK_AT(DISPPARAMS, cNamedArgs, 20);
CHECK_SIZE(EXCEPINFO, 64);
CHECK_AT(EXCEPINFO, bstrSource, 8);
CHECK_AT(EXCEPINFO, dwHelpContext, 32);
CHECK_AT(EXCEPINFO, pfnDeferredFillIn, 48);
CHECK_AT(EXCEPINFO, scode, 56);

/* Places in the tables of functions, which are the binary interface. */
#define SLOT(n) ((n) * sizeof(void *))
CHECK_AT(IUnknownVtbl, QueryInterface, SLOT(0));
CHECK_AT(IUnknownVtbl, Release, SLOT(2));
CHECK_AT(IDispatchVtbl, GetTypeInfoCount, SLOT(3));
CHECK_AT(IDispatchVtbl, GetIDsOfNames, SLOT(5));
CHECK_AT(IDispatchVtbl, Invoke, SLOT(6));
CHECK_AT(IEnumVARIANTVtbl, Next, SLOT(3));
CHECK_AT(IEnumVARIANTVtbl, Clone, SLOT(6));
CHECK_AT(IClassFactoryVtbl, CreateInstance, SLOT(3));
CHECK_AT(IClassFactoryVtbl, LockServer, SLOT(4));

CHECK(FAILED(E_FAIL) && SUCCEEDED(S_FALSE), "signs");
CHECK(VARIANT_TRUE == -1, "truth");
CHECK((VT_BYREF | VT_ARRAY | VT_VARIANT) == 0x600C, "VARTYPE");
