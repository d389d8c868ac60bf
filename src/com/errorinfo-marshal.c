/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error information goes elsewhere by value: what [MS-DCOM] 2.2.21.2 has in an OBJREF_CUSTOM of
 * class ErrorObject. These are the methods of the IMarshal that such an object has (errorinfo.c);
 * what they read comes from anybody. Any thread.
 */
#include "com/errorinfo.h"
#include "com/marshal.h"

#include "base/mem.h"

#define HEAD 24             /* dwVersion, dwHelpContext, iid */
#define STRING_HEAD 12      /* dwMax, dwOffSet, dwActual of an ErrorInfoString (2.2.21.3) */
#define PRESENT 0xffffffffu /* the signature in front of a text that is there */
#define UNITS_MAX 8192u     /* of a text with its NUL: a longer one is cut, or refused */

const CLSID marshal_class_error = { 0x31B, 0, 0, { 0xC0, 0, 0, 0, 0, 0, 0, 0x46 } };

/* A text of error information. */
typedef HRESULT (*get_fn)(IErrorInfo *info, BSTR *ret);
typedef HRESULT (*set_fn)(ICreateErrorInfo *info, LPOLESTR text);

/* ---- out ---- */

static HRESULT put_text(IStream *stream, BSTR text)
{
	UINT units = SysStringLen(text);
	BYTE head[4 + STRING_HEAD] = { 0 };
	static const BYTE nul[2];

	if (!text)
		return marshal_write(stream, head, 4);
	if (units >= UNITS_MAX)
		units = UNITS_MAX - 1;
	marshal_put_u32(head, PRESENT);
	marshal_put_u32(head + 4, units + 1);
	marshal_put_u32(head + 12, units + 1);
	HRESULT hr = marshal_write(stream, head, sizeof head);

	if (SUCCEEDED(hr))
		hr = marshal_write(stream, text, units * 2);
	return SUCCEEDED(hr) ? marshal_write(stream, nul, sizeof nul) : hr;
}

static HRESULT put_info(IStream *stream, IErrorInfo *info)
{
	const get_fn texts[] = { info->lpVtbl->GetSource, info->lpVtbl->GetDescription,
				 info->lpVtbl->GetHelpFile };
	BYTE head[HEAD] = { 0 };
	DWORD help_context = 0;
	GUID iid = GUID_NULL;

	info->lpVtbl->GetHelpContext(info, &help_context);
	info->lpVtbl->GetGUID(info, &iid);
	marshal_put_u32(head + 4, help_context);
	marshal_put_guid(head + 8, &iid);
	HRESULT hr = marshal_write(stream, head, sizeof head);

	for (unsigned i = 0; SUCCEEDED(hr) && i < ARRAY_LEN(texts); i++) {
		BSTR text = NULL;

		if (SUCCEEDED(texts[i](info, &text)))
			hr = put_text(stream, text);
		else
			hr = E_OUTOFMEMORY;
		SysFreeString(text);
	}
	return hr;
}

HRESULT errorinfo_marshal(IMarshal *This, IStream *stream, REFIID riid, void *object, DWORD context,
			  void *context_data, DWORD flags)
{
	IErrorInfo *info;
	HRESULT hr = stream ? This->lpVtbl->QueryInterface(This, &IID_IErrorInfo, (void **)&info)
			    : E_INVALIDARG;

	if (FAILED(hr))
		return hr;
	hr = put_info(stream, info);
	info->lpVtbl->Release(info);
	return hr;
}

/* ---- back ---- */

/* `units` with the last one, which ends the text. */
static HRESULT read_units(IStream *stream, ICreateErrorInfo *into, ULONG units, set_fn set)
{
	OLECHAR *text = mem_zalloc(units, sizeof *text);
	HRESULT hr = text ? marshal_read(stream, text, units * 2) : E_OUTOFMEMORY;

	if (SUCCEEDED(hr)) {
		text[units - 1] = 0;
		hr = set(into, text);
	}
	mem_free(text);
	return hr;
}

static HRESULT read_text(IStream *stream, ICreateErrorInfo *into, set_fn set)
{
	BYTE signature[4], head[STRING_HEAD];
	HRESULT hr = marshal_read(stream, signature, sizeof signature);

	if (FAILED(hr) || !marshal_get_u32(signature))
		return hr;
	hr = marshal_read(stream, head, sizeof head);
	if (FAILED(hr))
		return hr;
	uint32_t most = marshal_get_u32(head), count = marshal_get_u32(head + 8);

	if (marshal_get_u32(head + 4) || count != most || !count || count > UNITS_MAX)
		return RPC_E_INVALID_OBJREF;
	return read_units(stream, into, count, set);
}

static HRESULT read_info(IStream *stream, ICreateErrorInfo *into)
{
	const set_fn texts[] = { into->lpVtbl->SetSource, into->lpVtbl->SetDescription,
				 into->lpVtbl->SetHelpFile };
	BYTE head[HEAD];
	GUID iid;
	HRESULT hr = marshal_read(stream, head, sizeof head);

	if (FAILED(hr))
		return hr;
	marshal_get_guid(head + 8, &iid);
	into->lpVtbl->SetGUID(into, &iid);
	into->lpVtbl->SetHelpContext(into, marshal_get_u32(head + 4));
	for (unsigned i = 0; SUCCEEDED(hr) && i < ARRAY_LEN(texts); i++)
		hr = read_text(stream, into, texts[i]);
	return hr;
}

HRESULT errorinfo_unmarshal(IMarshal *This, IStream *stream, REFIID riid, void **ret)
{
	ICreateErrorInfo *into;

	if (!stream || !ret)
		return E_INVALIDARG;
	*ret = NULL;
	HRESULT hr = This->lpVtbl->QueryInterface(This, &IID_ICreateErrorInfo, (void **)&into);

	if (FAILED(hr))
		return hr;
	hr = read_info(stream, into);
	into->lpVtbl->Release(into);
	return SUCCEEDED(hr) ? This->lpVtbl->QueryInterface(This, riid, ret) : hr;
}

/* ---- what else an IMarshal has ---- */

HRESULT errorinfo_class(IMarshal *This, REFIID riid, void *object, DWORD context,
			void *context_data, DWORD flags, CLSID *ret)
{
	if (!ret)
		return E_POINTER;
	*ret = marshal_class_error;
	return S_OK;
}

HRESULT errorinfo_size(IMarshal *This, REFIID riid, void *object, DWORD context, void *context_data,
		       DWORD flags, DWORD *ret)
{
	if (!ret)
		return E_POINTER;
	*ret = HEAD + 3 * (4 + STRING_HEAD + 2 * UNITS_MAX);
	return S_OK;
}

/* A value holds nothing. */
HRESULT errorinfo_forget(IMarshal *This, IStream *stream)
{
	return S_OK;
}

HRESULT errorinfo_disconnect(IMarshal *This, DWORD reserved)
{
	return S_OK;
}

HRESULT errorinfo_marshaler(IMarshal **ret)
{
	ICreateErrorInfo *made;
	HRESULT hr = CreateErrorInfo(&made);

	if (FAILED(hr))
		return hr;
	hr = made->lpVtbl->QueryInterface(made, &IID_IMarshal, (void **)ret);
	made->lpVtbl->Release(made);
	return hr;
}

/* ---- copies ---- */

static void copy_text(IErrorInfo *from, get_fn get, ICreateErrorInfo *into, set_fn set)
{
	BSTR text = NULL;

	if (SUCCEEDED(get(from, &text)) && text)
		set(into, text);
	SysFreeString(text);
}

HRESULT errorinfo_copy(IErrorInfo *from, REFIID failed, IErrorInfo **ret)
{
	ICreateErrorInfo *into;
	DWORD help_context = 0;
	GUID iid = GUID_NULL;
	HRESULT hr = CreateErrorInfo(&into);

	if (FAILED(hr))
		return hr;
	from->lpVtbl->GetGUID(from, &iid);
	from->lpVtbl->GetHelpContext(from, &help_context);
	into->lpVtbl->SetGUID(into, IsEqualGUID(&iid, &GUID_NULL) ? failed : &iid);
	into->lpVtbl->SetHelpContext(into, help_context);
	copy_text(from, from->lpVtbl->GetSource, into, into->lpVtbl->SetSource);
	copy_text(from, from->lpVtbl->GetDescription, into, into->lpVtbl->SetDescription);
	copy_text(from, from->lpVtbl->GetHelpFile, into, into->lpVtbl->SetHelpFile);
	hr = into->lpVtbl->QueryInterface(into, &IID_IErrorInfo, (void **)ret);
	into->lpVtbl->Release(into);
	return hr;
}
