/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Apartments, reduced to what is true here: every object is called in its caller's thread, so there
 * is one multithreaded apartment in each process, always. CoInitializeEx keeps the published count
 * and refuses what Windows refuses, so that programs written for it find their mistakes here, too.
 * And the memory of COM's calls. Any thread.
 */
#include <surrogate/com.h>

#include "base/mem.h"

static _Thread_local struct {
	unsigned count;
	bool single; /* COINIT_APARTMENTTHREADED */
} apartment;

HRESULT CoInitializeEx(void *pvReserved, DWORD dwCoInit)
{
	bool single = dwCoInit & COINIT_APARTMENTTHREADED;

	if (pvReserved || dwCoInit & ~(DWORD)(COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE |
					      COINIT_SPEED_OVER_MEMORY))
		return E_INVALIDARG;
	if (apartment.count && apartment.single != single)
		return RPC_E_CHANGED_MODE;
	apartment.single = single;
	return apartment.count++ ? S_FALSE : S_OK;
}

HRESULT CoInitialize(void *pvReserved)
{
	return CoInitializeEx(pvReserved, COINIT_APARTMENTTHREADED);
}

void CoUninitialize(void)
{
	if (apartment.count && --apartment.count == 0)
		SetErrorInfo(0, NULL);
}

void *CoTaskMemAlloc(size_t cb)
{
	return mem_alloc(cb);
}

/* As published: NULL allocates, a size of 0 frees. */
void *CoTaskMemRealloc(void *pv, size_t cb)
{
	if (!cb)
		return mem_free(pv);
	return pv ? mem_realloc(pv, cb, 1) : mem_alloc(cb);
}

void CoTaskMemFree(void *pv)
{
	mem_free(pv);
}
