/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CreateObject and GetObject: the one way in which scripts get objects, whatever hosts them
 * (com/activate.h). Any thread.
 */
#include "com/activate.h"

#include "com/bstr.h"
#include "com/errorinfo.h"

/* Whoever names this machine wants what other machines would get: the process of the class. One
 * that has none is made here. */
static HRESULT create_on_this_machine(REFCLSID clsid, IDispatch **ret)
{
	HRESULT hr =
		CoCreateInstance(clsid, NULL, CLSCTX_LOCAL_SERVER, &IID_IDispatch, (void **)ret);

	if (hr != REGDB_E_CLASSNOTREG)
		return hr;
	return CoCreateInstance(clsid, NULL, CLSCTX_INPROC_SERVER, &IID_IDispatch, (void **)ret);
}

HRESULT com_create_object(BSTR progid, BSTR server, IDispatch **ret)
{
	COSERVERINFO info = { .pwszName = server };
	MULTI_QI result = { .pIID = &IID_IDispatch };
	CLSID clsid;
	HRESULT hr = progid ? CLSIDFromProgID(progid, &clsid) : CO_E_CLASSSTRING;

	errorinfo_clear();
	if (FAILED(hr))
		return hr;
	if (!SysStringLen(server))
		return CoCreateInstance(&clsid, NULL, CLSCTX_SERVER, &IID_IDispatch, (void **)ret);
	if (com_server_is_here(server))
		return create_on_this_machine(&clsid, ret);
	hr = CoCreateInstanceEx(&clsid, NULL, CLSCTX_REMOTE_SERVER, &info, 1, &result);
	if (SUCCEEDED(hr))
		hr = result.hr;
	if (SUCCEEDED(hr))
		*ret = (IDispatch *)(void *)result.pItf;
	return hr;
}

HRESULT com_get_object(BSTR path, BSTR class_name, IDispatch **ret)
{
	errorinfo_clear();
	if (!path && !class_name)
		return MK_E_SYNTAX;
	/* Without a name: the object that runs already, and there is no table of those. */
	if (!path)
		return MK_E_UNAVAILABLE;
	if (!SysStringLen(path))
		return com_create_object(class_name, NULL, ret);
	if (SysStringLen(class_name))
		return errorinfo_set(MK_E_SYNTAX, "COM runtime",
				     "files cannot be opened by GetObject");
	return CoGetObject(path, NULL, &IID_IDispatch, (void **)ret);
}
