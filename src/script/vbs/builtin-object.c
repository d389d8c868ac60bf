/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Built-in functions: objects, and what the engine says of itself.
 */
#include "script/vbs/builtin-args.h"

BUILTIN(createobject)
{
	BSTR progid = NULL, server = NULL;
	HRESULT hr = vbs_to_string(&e->heap, &args[0], &progid);

	if (SUCCEEDED(hr))
		hr = arg_string(e, args, argc, 1, &server);
	if (SUCCEEDED(hr))
		hr = vbs_engine_create_object(e, progid, server, ret);
	if (FAILED(hr) && hr != E_OUTOFMEMORY && hr != VBS_HR(13) && hr != VBS_HR(94) &&
	    vbs_error_of_hresult(hr) == 429 && !e->raised.description) {
		char *name = bstr_to_utf8(progid, NULL);

		hr = name ? vbs_throw(e, 429, "%s", name) : E_OUTOFMEMORY;
		mem_free(name);
	}
	SysFreeString(progid);
	SysFreeString(server);
	return hr;
}

BUILTIN(getobject)
{
	BSTR path = NULL, class_name = NULL;
	HRESULT hr = arg_string(e, args, argc, 0, &path);

	if (SUCCEEDED(hr))
		hr = arg_string(e, args, argc, 1, &class_name);
	if (SUCCEEDED(hr))
		hr = vbs_engine_get_object(e, path, class_name, ret);
	SysFreeString(path);
	SysFreeString(class_name);
	return hr;
}

BUILTIN(getref)
{
	struct vbs_global *g = NULL;
	IDispatch *object;
	size_t length;
	char *name;
	BSTR s;
	HRESULT hr = vbs_to_string(&e->heap, &args[0], &s);

	(void)argc;
	if (FAILED(hr))
		return hr;
	name = bstr_to_utf8(s, &length);
	SysFreeString(s);
	if (!name)
		return E_OUTOFMEMORY;
	g = map_get(e->globals, (struct text){ name, length });
	mem_free(name);
	if (!g || g->kind != GLOBAL_PROC)
		return VBS_HR(5);
	hr = vbs_function_new(e, g->binding, g->proc, &object);
	if (SUCCEEDED(hr))
		*ret = VALUE_OBJ(object);
	return hr;
}

BUILTIN(err)
{
	(void)args, (void)argc;
	*ret = VALUE_OBJ(e->err_object);
	vbs_value_keep(ret);
	return S_OK;
}

/* MsgBox(text[, buttons[, title]]) */
BUILTIN(msgbox)
{
	BSTR text = NULL, title = NULL;
	int32_t flags;
	LONG answer = 1;
	HRESULT hr;

	if (!e->host.message)
		return VBS_HR(70);
	hr = vbs_to_string(&e->heap, &args[0], &text);
	if (SUCCEEDED(hr))
		hr = arg_long(e, args, argc, 1, 0, &flags);
	if (SUCCEEDED(hr))
		hr = arg_string(e, args, argc, 2, &title);
	if (SUCCEEDED(hr))
		hr = e->host.message(e->host.ctx, text, flags, title, &answer);
	if (SUCCEEDED(hr))
		*ret = VALUE_I2(answer);
	SysFreeString(text);
	SysFreeString(title);
	return hr;
}

/* There is no desktop to ask at. */
BUILTIN(inputbox)
{
	(void)e, (void)args, (void)argc, (void)ret;
	return VBS_HR(70);
}

BUILTIN(scriptengine)
{
	(void)args, (void)argc;
	return return_ascii(e, "VBScript", 8, ret);
}

BUILTIN(scriptmajor)
{
	(void)e, (void)args, (void)argc;
	return return_value(VALUE_I4(5), ret);
}

BUILTIN(scriptminor)
{
	(void)e, (void)args, (void)argc;
	return return_value(VALUE_I4(8), ret);
}

BUILTIN(scriptbuild)
{
	(void)e, (void)args, (void)argc;
	return return_value(VALUE_I4(18702), ret);
}

BUILTIN(getlocale)
{
	(void)args, (void)argc;
	return return_value(VALUE_I4(e->locale->lcid), ret);
}

/* "de-DE", "de", or the number as text. */
static const struct locale *locale_of_text(const struct value *v)
{
	char text[64];
	uint64_t lcid;
	size_t n = value_str_length(v);

	if (n > sizeof text / 3)
		return NULL;
	struct text name = { text, utf16_to_utf8(v->str, n, text, sizeof text) };

	if (!name.length)
		return locale_default();
	if (text_to_u64(name, &lcid))
		return lcid <= UINT32_MAX ? locale_find((LCID)lcid) : NULL;
	return locale_find_name(name);
}

/* SetLocale([lcid or name]): 0, "" and nothing are the system's. Gives the locale before. */
BUILTIN(setlocale)
{
	LCID before = e->locale->lcid;
	const struct locale *locale;
	int32_t lcid;

	if (arg_given(args, argc, 0) && value_deref(&args[0])->type == VT_BSTR) {
		locale = locale_of_text(value_deref(&args[0]));
	} else {
		HRESULT hr = arg_long(e, args, argc, 0, 0, &lcid);

		if (FAILED(hr))
			return hr;
		locale = locale_find((LCID)lcid);
	}
	if (!locale)
		return VBS_HR(447);
	e->locale = locale;
	return return_value(VALUE_I4(before), ret);
}
