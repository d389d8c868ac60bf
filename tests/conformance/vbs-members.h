/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the global names of vbs-run and of the fuzzers have in common: members that do what pages'
 * components do with references, procedures and bytes. Each uses its argument as a row of an
 * automation table gives it to them.
 */
#pragma once

#include "com/automation.h"
#include "com/bstr.h"
#include "script/vbs/vbs.h"

static inline HRESULT member_quit(struct automation_call *call)
{
	(void)call;
	return VBS_E_END_SCRIPT;
}

/* Sets what its argument refers to, as components with [out] parameters do. */
static inline HRESULT member_set_to(struct automation_call *call)
{
	VARIANT *to = call->argv[0];

	if (to->vt != (VT_BYREF | VT_VARIANT))
		return DISP_E_TYPEMISMATCH;
	VariantClear(to->pvarVal);
	return VariantCopyInd(to->pvarVal, call->argv[1]);
}

/* Calls the function it is given with one argument: how components call scripts back. */
static inline HRESULT member_call_back(struct automation_call *call)
{
	if (call->argv[0]->vt != VT_DISPATCH || !call->argv[0]->pdispVal)
		return DISP_E_TYPEMISMATCH;
	return automation_invoke(call->argv[0]->pdispVal, DISPID_VALUE,
				 DISPATCH_METHOD | DISPATCH_PROPERTYGET, call->argv[1], 1,
				 call->result, call->exception);
}

/* Bytes(text): a Byte() of the text's bytes, as Request.BinaryRead gives. */
static inline HRESULT member_bytes(struct automation_call *call)
{
	BSTR s;
	HRESULT hr = automation_arg_bstr(call, 0, &s);
	SAFEARRAY *array;

	if (FAILED(hr))
		return hr;
	array = SafeArrayCreateVector(VT_UI1, 0, SysStringByteLen(s));
	if (array && s)
		memcpy(array->pvData, s, SysStringByteLen(s));
	SysFreeString(s);
	if (!array)
		return E_OUTOFMEMORY;
	*call->result = (VARIANT){ .vt = VT_ARRAY | VT_UI1, .parray = array };
	return S_OK;
}
