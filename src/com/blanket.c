/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Security of calls ([MS-DCOM] 3.2.4.1, surrogate/objbase.h): what this process wants by default,
 * and the helpers that ask a proxy (IClientSecurity) or the call that is served (IServerSecurity).
 * Proxies and calls are of src/dcom; an object of this process has neither. Any thread.
 */
#include "com/activate.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct com_security security = {
	.authn_level = RPC_C_AUTHN_LEVEL_CONNECT,
	.imp_level = RPC_C_IMP_LEVEL_IDENTIFY,
};

HRESULT CoInitializeSecurity(void *pSecDesc, LONG cAuthSvc, SOLE_AUTHENTICATION_SERVICE *asAuthSvc,
			     void *pReserved1, DWORD dwAuthnLevel, DWORD dwImpLevel,
			     void *pAuthList, DWORD dwCapabilities, void *pReserved3)
{
	HRESULT hr = S_OK;

	if (pSecDesc || pReserved1 || pReserved3 || pAuthList || cAuthSvc < -1 ||
	    (cAuthSvc > 0 && !asAuthSvc) || dwAuthnLevel > RPC_C_AUTHN_LEVEL_PKT_PRIVACY ||
	    dwImpLevel > RPC_C_IMP_LEVEL_DELEGATE)
		return E_INVALIDARG;
	pthread_mutex_lock(&lock);
	if (security.initialized) {
		hr = RPC_E_TOO_LATE;
	} else {
		security.initialized = true;
		security.capabilities = dwCapabilities;
		if (dwAuthnLevel != RPC_C_AUTHN_LEVEL_DEFAULT)
			security.authn_level = dwAuthnLevel;
		if (dwImpLevel != RPC_C_IMP_LEVEL_DEFAULT)
			security.imp_level = dwImpLevel;
	}
	pthread_mutex_unlock(&lock);
	return hr;
}

struct com_security com_security(void)
{
	struct com_security copy;

	pthread_mutex_lock(&lock);
	copy = security;
	pthread_mutex_unlock(&lock);
	return copy;
}

/* ---- a proxy's ---- */

static HRESULT client_security(IUnknown *proxy, IClientSecurity **ret)
{
	if (!proxy)
		return E_INVALIDARG;
	return proxy->lpVtbl->QueryInterface(proxy, &IID_IClientSecurity, (void **)ret);
}

HRESULT CoQueryProxyBlanket(IUnknown *pProxy, DWORD *pwAuthnSvc, DWORD *pAuthzSvc,
			    OLECHAR **pServerPrincName, DWORD *pAuthnLevel, DWORD *pImpLevel,
			    void **pAuthInfo, DWORD *pCapabilites)
{
	IClientSecurity *s;
	HRESULT hr = client_security(pProxy, &s);

	if (FAILED(hr))
		return hr;
	hr = s->lpVtbl->QueryBlanket(s, pProxy, pwAuthnSvc, pAuthzSvc, pServerPrincName,
				     pAuthnLevel, pImpLevel, pAuthInfo, pCapabilites);
	s->lpVtbl->Release(s);
	return hr;
}

HRESULT CoSetProxyBlanket(IUnknown *pProxy, DWORD dwAuthnSvc, DWORD dwAuthzSvc,
			  OLECHAR *pServerPrincName, DWORD dwAuthnLevel, DWORD dwImpLevel,
			  void *pAuthInfo, DWORD dwCapabilities)
{
	IClientSecurity *s;
	HRESULT hr = client_security(pProxy, &s);

	if (FAILED(hr))
		return hr;
	hr = s->lpVtbl->SetBlanket(s, pProxy, dwAuthnSvc, dwAuthzSvc, pServerPrincName,
				   dwAuthnLevel, dwImpLevel, pAuthInfo, dwCapabilities);
	s->lpVtbl->Release(s);
	return hr;
}

HRESULT CoCopyProxy(IUnknown *pProxy, IUnknown **ppCopy)
{
	IClientSecurity *s;
	HRESULT hr = ppCopy ? client_security(pProxy, &s) : E_INVALIDARG;

	if (FAILED(hr))
		return hr;
	hr = s->lpVtbl->CopyProxy(s, pProxy, ppCopy);
	s->lpVtbl->Release(s);
	return hr;
}

/* ---- of the call that is served ---- */

static _Thread_local IUnknown *current_call;

IUnknown *com_call_set(IUnknown *context)
{
	IUnknown *before = current_call;

	current_call = context;
	return before;
}

HRESULT CoGetCallContext(REFIID riid, void **ppInterface)
{
	if (!riid || !ppInterface)
		return E_INVALIDARG;
	*ppInterface = NULL;
	if (!current_call)
		return RPC_E_CALL_COMPLETE;
	return current_call->lpVtbl->QueryInterface(current_call, riid, ppInterface);
}

HRESULT CoQueryClientBlanket(DWORD *pAuthnSvc, DWORD *pAuthzSvc, OLECHAR **pServerPrincName,
			     DWORD *pAuthnLevel, DWORD *pImpLevel, void **pPrivs,
			     DWORD *pCapabilities)
{
	IServerSecurity *s;
	HRESULT hr = CoGetCallContext(&IID_IServerSecurity, (void **)&s);

	if (FAILED(hr))
		return hr;
	hr = s->lpVtbl->QueryBlanket(s, pAuthnSvc, pAuthzSvc, pServerPrincName, pAuthnLevel,
				     pImpLevel, pPrivs, pCapabilities);
	s->lpVtbl->Release(s);
	return hr;
}

HRESULT CoImpersonateClient(void)
{
	IServerSecurity *s;
	HRESULT hr = CoGetCallContext(&IID_IServerSecurity, (void **)&s);

	if (FAILED(hr))
		return hr;
	hr = s->lpVtbl->ImpersonateClient(s);
	s->lpVtbl->Release(s);
	return hr;
}

HRESULT CoRevertToSelf(void)
{
	IServerSecurity *s;
	HRESULT hr = CoGetCallContext(&IID_IServerSecurity, (void **)&s);

	if (FAILED(hr))
		return hr;
	hr = s->lpVtbl->RevertToSelf(s);
	s->lpVtbl->Release(s);
	return hr;
}
