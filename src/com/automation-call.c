/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Around a call (com/automation.h): calling other people's objects, raising an exception, and the
 * helpers with which members read arguments and give results. Any thread.
 */
#include "com/automation.h"

#include "base/buf.h"
#include "base/mem.h"
#include "com/bstr.h"
#include "com/variant.h"

#define TEXT_MAX 65536 /* bytes of an exception's description */

/* ---- long work ---- */

static _Thread_local struct automation_poll current_poll;

struct automation_poll automation_poll_set(struct automation_poll poll)
{
	struct automation_poll before = current_poll;

	current_poll = poll;
	return before;
}

HRESULT automation_poll(void)
{
	return current_poll.fn ? current_poll.fn(current_poll.ctx) : S_OK;
}

/* ---- calling ---- */

HRESULT automation_invoke(IDispatch *object, DISPID dispid, WORD kind, VARIANT *argv, UINT argc,
			  VARIANT *result, EXCEPINFO *exception)
{
	VARIANT few[8], *reversed = few;
	DISPID put = DISPID_PROPERTYPUT;
	DISPPARAMS params = { .cArgs = argc };

	if (!object)
		return E_POINTER;
	if (kind & (DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF)) {
		params.rgdispidNamedArgs = &put;
		params.cNamedArgs = 1;
	}
	if (argc > ARRAY_LEN(few)) {
		reversed = mem_zalloc(argc, sizeof *reversed);
		if (!reversed)
			return E_OUTOFMEMORY;
	}
	/* Views, not copies: an argument stays the caller's for the time of the call. */
	for (UINT i = 0; i < argc; i++)
		reversed[argc - 1 - i] = argv[i];
	params.rgvarg = reversed;
	HRESULT hr = object->lpVtbl->Invoke(object, dispid, &GUID_NULL, 0, kind, &params, result,
					    exception, NULL);

	if (reversed != few)
		mem_free(reversed);
	return hr;
}

void automation_exception_clear(EXCEPINFO *exception)
{
	SysFreeString(exception->bstrSource);
	SysFreeString(exception->bstrDescription);
	SysFreeString(exception->bstrHelpFile);
	*exception = (EXCEPINFO){ 0 };
}

HRESULT automation_raise(struct automation_call *call, HRESULT code, const char *source,
			 const char *format, ...)
{
	struct buf text;
	va_list args;

	buf_init(&text, TEXT_MAX);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	automation_exception_clear(call->exception);
	call->exception->scode = code;
	/* Without memory the number alone must do. */
	if (source)
		call->exception->bstrSource = bstr_from_text(text_of(source));
	if (!buf_failed(&text))
		call->exception->bstrDescription = bstr_from_text(buf_text(&text));
	buf_done(&text);
	return DISP_E_EXCEPTION;
}

/* ---- arguments ---- */

bool automation_has_arg(const struct automation_call *call, UINT i)
{
	const VARIANT *v = i < call->argc ? call->argv[i] : NULL;

	return v && !(v->vt == VT_ERROR && v->scode == DISP_E_PARAMNOTFOUND);
}

HRESULT automation_arg_bstr(const struct automation_call *call, UINT i, BSTR *ret)
{
	if (!automation_has_arg(call, i))
		return DISP_E_PARAMNOTOPTIONAL;
	return variant_to_bstr(call->argv[i], call->lcid, ret);
}

HRESULT automation_arg_long(const struct automation_call *call, UINT i, LONG *ret)
{
	VARIANT v = { 0 };

	if (!automation_has_arg(call, i))
		return DISP_E_PARAMNOTOPTIONAL;
	HRESULT hr = VariantChangeTypeEx(&v, call->argv[i], call->lcid, 0, VT_I4);

	if (SUCCEEDED(hr))
		*ret = v.lVal;
	return hr;
}

HRESULT automation_arg_long_or(const struct automation_call *call, UINT i, LONG fallback, LONG *ret)
{
	if (automation_has_arg(call, i))
		return automation_arg_long(call, i, ret);
	*ret = fallback;
	return S_OK;
}

HRESULT automation_arg_bool_or(const struct automation_call *call, UINT i, bool fallback, bool *ret)
{
	VARIANT v = { 0 };

	if (!automation_has_arg(call, i)) {
		*ret = fallback;
		return S_OK;
	}
	HRESULT hr = VariantChangeTypeEx(&v, call->argv[i], call->lcid, 0, VT_BOOL);

	if (SUCCEEDED(hr))
		*ret = v.boolVal != VARIANT_FALSE;
	return hr;
}

/* ---- results ---- */

HRESULT automation_return_bstr(VARIANT *v, BSTR s)
{
	*v = (VARIANT){ .vt = VT_BSTR, .bstrVal = s };
	return S_OK;
}

HRESULT automation_return_text(VARIANT *v, struct text utf8)
{
	BSTR s = bstr_from_text(utf8);

	return s ? automation_return_bstr(v, s) : E_OUTOFMEMORY;
}

HRESULT automation_return_long(VARIANT *v, LONG n)
{
	*v = (VARIANT){ .vt = VT_I4, .lVal = n };
	return S_OK;
}

HRESULT automation_return_bool(VARIANT *v, bool b)
{
	*v = (VARIANT){ .vt = VT_BOOL, .boolVal = b ? VARIANT_TRUE : VARIANT_FALSE };
	return S_OK;
}

HRESULT automation_return_dispatch(VARIANT *v, IDispatch *d)
{
	*v = (VARIANT){ .vt = VT_DISPATCH, .pdispVal = d };
	return S_OK;
}
