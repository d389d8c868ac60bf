/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The global names that vbs-run gives to scripts: Echo, and what makes objects behave as
 * components do.
 */
#include "base/mem.h"
#include "com/automation.h"
#include "com/bstr.h"
#include "vbs-members.h"
#include "vbs-run.h"

static HRESULT echo(struct automation_call *call)
{
	for (UINT i = 0; i < call->argc; i++) {
		BSTR s;
		size_t length;
		char *text;
		HRESULT hr = call->argv[i]->vt == VT_NULL ? S_OK : automation_arg_bstr(call, i, &s);

		if (FAILED(hr))
			return hr;
		if (call->argv[i]->vt == VT_NULL)
			s = NULL;
		text = s ? bstr_to_utf8(s, &length) : mem_strdup("");
		if (!s)
			length = 0;
		SysFreeString(s);
		if (!text)
			return E_OUTOFMEMORY;
		fprintf(run_output, "%s%.*s", i ? " " : "", (int)length, text);
		mem_free(text);
	}
	fputc('\n', run_output);
	return S_OK;
}

/* Seen(value): which type an object is given, and for arrays how many elements. */
static HRESULT seen(struct automation_call *call)
{
	const VARIANT *v = call->argv[0];
	char text[64];

	if (v->vt == (VT_BYREF | VT_VARIANT))
		v = v->pvarVal;
	snprintf(text, sizeof text, "%u", v->vt);
	if (v->vt & VT_ARRAY)
		snprintf(text, sizeof text, "%u[%u]", v->vt, v->parray->rgsabound[0].cElements);
	return automation_return_text(call->result, text_of(text));
}

/* Fail(hresult[, source[, description]]): fails as components do, with an exception when there is
 * a text to tell. */
static HRESULT fail(struct automation_call *call)
{
	LONG number;
	HRESULT hr = automation_arg_long(call, 0, &number);
	EXCEPINFO *x = call->exception;

	if (FAILED(hr) || call->argc < 2 || !x)
		return FAILED(hr) ? hr : number;
	*x = (EXCEPINFO){ .scode = number };
	hr = automation_arg_bstr(call, 1, &x->bstrSource);
	if (SUCCEEDED(hr) && call->argc > 2)
		hr = automation_arg_bstr(call, 2, &x->bstrDescription);
	return FAILED(hr) ? hr : DISP_E_EXCEPTION;
}

/* Odd(): a value of a type that scripts cannot hold. */
static HRESULT odd(struct automation_call *call)
{
	*call->result = (VARIANT){ .vt = VT_RECORD };
	return S_OK;
}

/* Typed(vt, value): a value of any VARENUM type, as components return them. */
static HRESULT typed(struct automation_call *call)
{
	LONG vt;
	HRESULT hr = automation_arg_long(call, 0, &vt);

	if (FAILED(hr))
		return hr;
	return VariantChangeTypeEx(call->result, call->argv[1], call->lcid, 0, (VARTYPE)vt);
}

static const struct automation_member members[] = {
	{ "Echo", 1, AUTOMATION_METHOD, 0, 16, echo },
	{ "Quit", 2, AUTOMATION_METHOD, 0, 1, member_quit },
	{ "SetTo", 3, AUTOMATION_METHOD | AUTOMATION_BYREF, 2, 2, member_set_to },
	{ "CallBack", 4, AUTOMATION_METHOD, 2, 2, member_call_back },
	{ "Bytes", 5, AUTOMATION_METHOD, 1, 1, member_bytes },
	{ "Seen", 6, AUTOMATION_METHOD, 1, 1, seen },
	{ "Typed", 60, AUTOMATION_METHOD, 2, 2, typed },
	{ "Fail", 7, AUTOMATION_METHOD, 1, 3, fail },
	{ "Odd", 8, AUTOMATION_METHOD, 0, 0, odd },
};
static void no_free(struct automation_object *self)
{
	(void)self;
}
static const struct automation_class class = {
	.name = "Host", .members = members, .member_count = ARRAY_LEN(members), .free = no_free
};

struct automation_object *host_object(void)
{
	static struct automation_object host;

	automation_init(&host, &class);
	return &host;
}

/* A desktop for MsgBox: tells what it was asked, and presses the button that the title names. */
HRESULT host_message(void *ctx, BSTR text, LONG flags, BSTR title, LONG *ret)
{
	char *shown = bstr_to_utf8(text, NULL), *named = title ? bstr_to_utf8(title, NULL) : NULL;

	(void)ctx;
	if (!shown || (title && !named)) {
		mem_free(shown);
		mem_free(named);
		return E_OUTOFMEMORY;
	}
	fprintf(run_output, "MsgBox [%s] %d [%s]\n", shown, flags, named ? named : "");
	*ret = named && named[0] >= '1' && named[0] <= '7' ? named[0] - '0' : 1;
	mem_free(shown);
	mem_free(named);
	return S_OK;
}
