/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments and errors of this folder (support.h). Runs in the thread of the script. */
#include "library/wscript/support.h"

#include "base/error.h"
#include "base/mem.h"
#include "com/bstr.h"

#include <errno.h>

HRESULT wscript_arg_text(struct automation_call *call, UINT i, char **ret)
{
	BSTR s = NULL;
	HRESULT hr = automation_has_arg(call, i) ? automation_arg_bstr(call, i, &s) : S_OK;

	if (FAILED(hr))
		return hr;
	*ret = bstr_to_utf8(s, NULL);
	SysFreeString(s);
	return *ret ? S_OK : E_OUTOFMEMORY;
}

HRESULT wscript_arg_name(struct automation_call *call, UINT i, char **ret)
{
	BSTR s = NULL;
	HRESULT hr = automation_has_arg(call, i) ? automation_arg_bstr(call, i, &s) : S_OK;

	if (FAILED(hr))
		return hr;
	for (UINT k = 0; !hr && k < SysStringLen(s); k++)
		if (!s[k])
			hr = MAKE_SCRIPT_HRESULT(5);
	SysFreeString(s);
	return FAILED(hr) ? hr : wscript_arg_text(call, i, ret);
}

HRESULT wscript_raise_errno(struct automation_call *call, int code, const char *source,
			    const char *what)
{
	switch (-code) {
	case ENOMEM:
	case ENOBUFS:
		return E_OUTOFMEMORY;
	case ENOENT:
	case ENXIO:
	case ENOTDIR:
		return automation_raise(call, HRESULT_FROM_WIN32(2), source,
					"The system cannot find the file specified: %s", what);
	case EACCES:
	case EPERM:
		return automation_raise(call, MAKE_SCRIPT_HRESULT(70), source,
					"Permission denied: %s", what);
	default:
		return automation_raise(call, E_FAIL, source, "%s: %s", what,
					error_errno_text(code));
	}
}

HRESULT wscript_raise_shared(struct automation_call *call, const char *source, const char *what)
{
	return automation_raise(call, MAKE_SCRIPT_HRESULT(70), source,
				"Permission denied: %s of this process, which runs the pages of "
				"many, cannot be used from a page; a script run by cscript can",
				what);
}
