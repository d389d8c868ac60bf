/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An object with ISums (sums.idl), for a test and a benchmark of calls. It has no state and is
 * never freed.
 */
#pragma once

#include "base/mem.h"

#include <sums.h>

static HRESULT sums_query(ISums *This, REFIID riid, void **ret)
{
	bool known = IsEqualGUID(riid, &IID_IUnknown) || IsEqualGUID(riid, &IID_IDispatch) ||
		     IsEqualGUID(riid, &IID_ISums);

	*ret = known ? This : NULL;
	return known ? S_OK : E_NOINTERFACE;
}

static ULONG sums_addref(ISums *This)
{
	return 2;
}

static ULONG sums_release(ISums *This)
{
	return 1;
}

SURROGATE_DISPATCH(sums, ISums)

static HRESULT sums_add(ISums *This, LONG a, LONG b, LONG *sum)
{
	*sum = (LONG)((ULONG)a + (ULONG)b);
	return S_OK;
}

static const ISumsVtbl sums_methods = { sums_query,       sums_addref,
					sums_release,     sums_GetTypeInfoCount,
					sums_GetTypeInfo, sums_GetIDsOfNames,
					sums_Invoke,      sums_add };
static ISums sums = { &sums_methods };

static const CLSID clsid_sums = {
	0x4f0c7b1d, 0x2a6e, 0x4d39, { 0xb1, 0x0e, 0x55, 0x93, 0x6d, 0x28, 0xc7, 0x41 }
};

/* 1 + 2 by Invoke. */
static inline HRESULT sums_add_by_name(IDispatch *d, LONG *sum)
{
	VARIANT arguments[2] = { { .vt = VT_I4, .lVal = 2 }, { .vt = VT_I4, .lVal = 1 } };
	VARIANT result = { 0 };
	DISPPARAMS params = { .rgvarg = arguments, .cArgs = 2 };
	HRESULT hr = d->lpVtbl->Invoke(d, 1, &GUID_NULL, 0x409, DISPATCH_METHOD, &params, &result,
				       NULL, NULL);

	*sum = result.lVal;
	return hr;
}
