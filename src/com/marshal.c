/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CoMarshalInterface and its family ([MS-DCOM] 2.2.18 for what they write). An object that has an
 * IMarshal says itself what travels: its bytes go into an OBJREF_CUSTOM. For the others the
 * standard marshaller does it, which is of src/dcom (com/activate.h) and writes its OBJREF whole;
 * inside of one process, where every object may be called by any thread, the marshaller of
 * marshal-inproc.c.
 *
 * What is read comes from anybody, and whoever wrote an OBJREF_CUSTOM names the class that reads
 * it. So one that is for this process has a token in it that only this process knows; all others
 * are read by classes of this program that do no more than read. Any thread.
 */
#include "com/marshal.h"

#include "base/mem.h"
#include "com/activate.h"
#include "com/class.h"
#include "com/errorinfo.h"

#include <pthread.h>

#define SIGNATURE 0x574F454Du /* "MEOW" */
#define FLAG_CUSTOM 4u
#define FLAGS_KNOWN (1u | 2u | 4u | 8u)
#define CUSTOM_MAX (64u << 20)

HRESULT marshal_write(IStream *stream, const void *data, ULONG count)
{
	ULONG written = 0;
	HRESULT hr = stream->lpVtbl->Write(stream, data, count, &written);

	return SUCCEEDED(hr) && written != count ? STG_E_MEDIUMFULL : hr;
}

HRESULT marshal_read(IStream *stream, void *data, ULONG count)
{
	ULONG got = 0;
	HRESULT hr = stream->lpVtbl->Read(stream, data, count, &got);

	return SUCCEEDED(hr) && got != count ? RPC_E_INVALID_OBJREF : hr;
}

/* ---- who marshals ---- */

/* The unmarshalers of this program. REMOTE: they only read what they are given, and so may be made
 * for bytes of anybody. */
static const struct own_class {
	const CLSID *clsid;
	bool remote;
	HRESULT (*make)(IMarshal **ret);
} own_classes[] = {
	{ &marshal_class_inproc, false, marshal_inproc },
	{ &marshal_class_error, true, errorinfo_marshaler },
};

HRESULT marshal_own_class(REFCLSID clsid, bool remote, IMarshal **ret)
{
	for (size_t i = 0; i < ARRAY_LEN(own_classes); i++)
		if (IsEqualGUID(own_classes[i].clsid, clsid) && (own_classes[i].remote || !remote))
			return own_classes[i].make(ret);
	return REGDB_E_CLASSNOTREG;
}

HRESULT CoGetStandardMarshal(REFIID riid, IUnknown *pUnk, DWORD dwDestContext, void *pvDestContext,
			     DWORD mshlflags, IMarshal **ppMarshal)
{
	const struct com_remoting *remoting = com_remoting();

	if (!riid || !ppMarshal)
		return E_INVALIDARG;
	*ppMarshal = NULL;
	if (dwDestContext == MSHCTX_INPROC)
		return marshal_inproc(ppMarshal);
	if (!remoting)
		return errorinfo_set(E_NOINTERFACE, "COM runtime",
				     "this program sends no objects to other processes");
	return remoting->marshaler(riid, pUnk, dwDestContext, pvDestContext, mshlflags, ppMarshal);
}

static HRESULT marshaler_of(REFIID riid, IUnknown *object, DWORD context, void *context_data,
			    DWORD flags, IMarshal **ret)
{
	if (!riid || !object || context > MSHCTX_INPROC ||
	    (flags & ~(DWORD)MSHLFLAGS_NOPING) > MSHLFLAGS_TABLEWEAK)
		return E_INVALIDARG;
	if (SUCCEEDED(object->lpVtbl->QueryInterface(object, &IID_IMarshal, (void **)ret)))
		return S_OK;
	return CoGetStandardMarshal(riid, object, context, context_data, flags, ret);
}

/* ---- OBJREF_CUSTOM (2.2.18.6) ---- */

#define CUSTOM_HEAD 48 /* signature, flags, iid, clsid, cbExtension, ObjectReferenceSize */
#define TOKEN sizeof(GUID)
#define CUSTOM_MOST (CUSTOM_HEAD + TOKEN)

static GUID token; /* the extension of what is written for this process */

static void make_token(void)
{
	guid_random(&token);
}

static const GUID *own_token(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, make_token);
	return &token;
}

/* Returns how much of it there is. */
static ULONG put_head(BYTE head[CUSTOM_MOST], REFIID iid, REFCLSID clsid, bool here, ULONG size)
{
	marshal_put_u32(head, SIGNATURE);
	marshal_put_u32(head + 4, FLAG_CUSTOM);
	marshal_put_guid(head + 8, iid);
	marshal_put_guid(head + 24, clsid);
	marshal_put_u32(head + 40, here ? TOKEN : 0);
	marshal_put_u32(head + 44, size);
	if (here)
		memcpy(head + CUSTOM_HEAD, own_token(), TOKEN);
	return here ? CUSTOM_MOST : CUSTOM_HEAD;
}

/* Into a stream of its own first: its length stands in front of it. */
static HRESULT write_custom(IMarshal *marshal, IStream *stream, REFIID riid, REFCLSID clsid,
			    IUnknown *object, DWORD context, void *context_data, DWORD flags)
{
	BYTE head[CUSTOM_MOST];
	IStream *data = SHCreateMemStream(NULL, 0);
	STATSTG stat = { 0 };
	HRESULT hr = data ? marshal->lpVtbl->MarshalInterface(marshal, data, riid, object, context,
							      context_data, flags)
			  : E_OUTOFMEMORY;

	if (FAILED(hr))
		goto out;
	data->lpVtbl->Stat(data, &stat, STATFLAG_NONAME);
	hr = stat.cbSize > CUSTOM_MAX
		     ? STG_E_MEDIUMFULL
		     : marshal_write(stream, head,
				     put_head(head, riid, clsid, context == MSHCTX_INPROC,
					      (ULONG)stat.cbSize));
	data->lpVtbl->Seek(data, 0, STREAM_SEEK_SET, NULL);
	if (SUCCEEDED(hr))
		hr = data->lpVtbl->CopyTo(data, stream, stat.cbSize, NULL, NULL);
	if (FAILED(hr)) { /* nobody will read what it promised */
		data->lpVtbl->Seek(data, 0, STREAM_SEEK_SET, NULL);
		marshal->lpVtbl->ReleaseMarshalData(marshal, data);
	}
out:
	if (data)
		data->lpVtbl->Release(data);
	return hr;
}

HRESULT CoMarshalInterface(IStream *pStm, REFIID riid, IUnknown *pUnk, DWORD dwDestContext,
			   void *pvDestContext, DWORD mshlflags)
{
	IMarshal *marshal = NULL;
	CLSID clsid;
	HRESULT hr =
		pStm ? marshaler_of(riid, pUnk, dwDestContext, pvDestContext, mshlflags, &marshal)
		     : E_INVALIDARG;

	if (FAILED(hr))
		return hr;
	hr = marshal->lpVtbl->GetUnmarshalClass(marshal, riid, pUnk, dwDestContext, pvDestContext,
						mshlflags, &clsid);
	if (SUCCEEDED(hr) && IsEqualGUID(&clsid, &marshal_class_standard))
		hr = marshal->lpVtbl->MarshalInterface(marshal, pStm, riid, pUnk, dwDestContext,
						       pvDestContext, mshlflags);
	else if (SUCCEEDED(hr))
		hr = write_custom(marshal, pStm, riid, &clsid, pUnk, dwDestContext, pvDestContext,
				  mshlflags);
	marshal->lpVtbl->Release(marshal);
	return hr;
}

HRESULT CoGetMarshalSizeMax(ULONG *pulSize, REFIID riid, IUnknown *pUnk, DWORD dwDestContext,
			    void *pvDestContext, DWORD mshlflags)
{
	IMarshal *marshal = NULL;
	DWORD size = 0;
	HRESULT hr = pulSize ? marshaler_of(riid, pUnk, dwDestContext, pvDestContext, mshlflags,
					    &marshal)
			     : E_INVALIDARG;

	if (FAILED(hr))
		return hr;
	hr = marshal->lpVtbl->GetMarshalSizeMax(marshal, riid, pUnk, dwDestContext, pvDestContext,
						mshlflags, &size);
	marshal->lpVtbl->Release(marshal);
	if (SUCCEEDED(hr))
		*pulSize = size + CUSTOM_MOST;
	return hr;
}

/* ---- back ---- */

static HRESULT read_head(IStream *stream, ULONG *ret_flags, IID *ret_iid)
{
	BYTE head[24];
	HRESULT hr = stream ? marshal_read(stream, head, sizeof(head)) : E_INVALIDARG;

	if (FAILED(hr))
		return hr;
	*ret_flags = marshal_get_u32(head + 4);
	marshal_get_guid(head + 8, ret_iid);
	/* One kind, and one that there is. */
	return marshal_get_u32(head) == SIGNATURE && (*ret_flags & ~FLAGS_KNOWN) == 0 &&
			       __builtin_popcount(*ret_flags) == 1
		       ? S_OK
		       : RPC_E_INVALID_OBJREF;
}

/* What an OBJREF_CUSTOM has behind its IID. */
struct custom {
	CLSID clsid;
	bool here; /* this process wrote it */
	ULONG size;
};

static HRESULT read_custom_head(IStream *stream, struct custom *ret)
{
	BYTE head[CUSTOM_HEAD - 24];
	GUID extension;
	HRESULT hr = marshal_read(stream, head, sizeof(head));

	if (FAILED(hr))
		return hr;
	ULONG extended = marshal_get_u32(head + 16);

	marshal_get_guid(head, &ret->clsid);
	ret->size = marshal_get_u32(head + 20);
	ret->here = false;
	if ((extended && extended != TOKEN) || ret->size > CUSTOM_MAX)
		return RPC_E_INVALID_OBJREF;
	if (extended) {
		hr = marshal_read(stream, &extension, sizeof(extension));
		ret->here = SUCCEEDED(hr) && IsEqualGUID(&extension, own_token());
		if (SUCCEEDED(hr) && !ret->here)
			hr = RPC_E_INVALID_OBJREF;
	}
	return hr;
}

/* By pieces: memory is taken for bytes that came, not for those that were promised. */
static HRESULT read_data(IStream *stream, ULONG size, IStream *to)
{
	HRESULT hr = S_OK;

	for (ULONG left = size; SUCCEEDED(hr) && left;) {
		BYTE piece[4096];
		ULONG n = left < sizeof(piece) ? left : (ULONG)sizeof(piece);

		hr = marshal_read(stream, piece, n);
		if (SUCCEEDED(hr))
			hr = marshal_write(to, piece, n);
		left -= n;
	}
	to->lpVtbl->Seek(to, 0, STREAM_SEEK_SET, NULL);
	return hr;
}

/* Who understands the bytes. The catalog is asked only for what this process wrote itself. */
static HRESULT make_reader(const struct custom *custom, IMarshal **ret)
{
	HRESULT hr = marshal_own_class(&custom->clsid, !custom->here, ret);

	if (hr != REGDB_E_CLASSNOTREG)
		return hr;
	if (custom->here)
		return CoCreateInstance(&custom->clsid, NULL, CLSCTX_INPROC_SERVER, &IID_IMarshal,
					(void **)ret);
	return errorinfo_set(E_ACCESSDENIED, "COM runtime",
			     "the sender of the reference names a class that would read it, which "
			     "is none of those that may read what others wrote");
}

/* The rest of an OBJREF_CUSTOM: its bytes as a stream, and who reads them. */
static HRESULT read_custom(IStream *stream, IMarshal **ret, IStream **ret_data)
{
	struct custom custom;
	HRESULT hr = read_custom_head(stream, &custom);

	if (FAILED(hr))
		return hr;
	IStream *data = SHCreateMemStream(NULL, 0);

	if (!data)
		return E_OUTOFMEMORY;
	hr = read_data(stream, custom.size, data);
	if (SUCCEEDED(hr))
		hr = make_reader(&custom, ret);
	if (SUCCEEDED(hr))
		*ret_data = data;
	else
		data->lpVtbl->Release(data);
	return hr;
}

static HRESULT unmarshal_custom(IStream *stream, REFIID riid, void **ret)
{
	IMarshal *marshal;
	IStream *data;
	HRESULT hr = read_custom(stream, &marshal, &data);

	if (FAILED(hr))
		return hr;
	hr = marshal->lpVtbl->UnmarshalInterface(marshal, data, riid, ret);
	marshal->lpVtbl->Release(marshal);
	data->lpVtbl->Release(data);
	return hr;
}

HRESULT CoUnmarshalInterface(IStream *pStm, REFIID riid, void **ppv)
{
	const struct com_remoting *remoting = com_remoting();
	IUnknown *object = NULL;
	ULONG flags;
	IID iid;
	HRESULT hr;

	if (!riid || !ppv)
		return E_INVALIDARG;
	*ppv = NULL;
	hr = read_head(pStm, &flags, &iid);
	if (FAILED(hr))
		return hr;
	/* GUID_NULL asks for what was marshalled, as published. */
	if (IsEqualGUID(riid, &GUID_NULL))
		riid = &iid;
	if (flags == FLAG_CUSTOM)
		hr = unmarshal_custom(pStm, &iid, (void **)&object);
	else if (remoting)
		hr = remoting->unmarshal(pStm, flags, &iid, &iid, (void **)&object);
	else
		hr = errorinfo_set(E_NOINTERFACE, "COM runtime",
				   "this program calls no objects of other processes");
	if (FAILED(hr))
		return hr;
	hr = object->lpVtbl->QueryInterface(object, riid, ppv);
	object->lpVtbl->Release(object);
	return hr;
}

HRESULT CoReleaseMarshalData(IStream *pStm)
{
	const struct com_remoting *remoting = com_remoting();
	IMarshal *marshal;
	IStream *data;
	ULONG flags;
	IID iid;
	HRESULT hr = read_head(pStm, &flags, &iid);

	if (FAILED(hr))
		return hr;
	if (flags != FLAG_CUSTOM)
		return remoting ? remoting->release(pStm, flags, &iid) : E_NOINTERFACE;
	hr = read_custom(pStm, &marshal, &data);
	if (FAILED(hr))
		return hr;
	hr = marshal->lpVtbl->ReleaseMarshalData(marshal, data);
	marshal->lpVtbl->Release(marshal);
	data->lpVtbl->Release(data);
	return hr;
}

HRESULT marshal_disconnect(IUnknown *object)
{
	const struct com_remoting *remoting = com_remoting();

	marshal_inproc_disconnect(object);
	return remoting ? remoting->disconnect(object) : S_OK;
}

HRESULT CoDisconnectObject(IUnknown *pUnk, DWORD dwReserved)
{
	IMarshal *marshal;
	HRESULT hr;

	if (!pUnk || dwReserved)
		return E_INVALIDARG;
	if (FAILED(pUnk->lpVtbl->QueryInterface(pUnk, &IID_IMarshal, (void **)&marshal)))
		return marshal_disconnect(pUnk);
	hr = marshal->lpVtbl->DisconnectObject(marshal, dwReserved);
	marshal->lpVtbl->Release(marshal);
	return hr;
}

/* ---- between threads ---- */

HRESULT CoMarshalInterThreadInterfaceInStream(REFIID riid, IUnknown *pUnk, IStream **ppStm)
{
	IStream *stream = ppStm ? SHCreateMemStream(NULL, 0) : NULL;
	HRESULT hr = !ppStm    ? E_INVALIDARG
		     : !stream ? E_OUTOFMEMORY
			       : CoMarshalInterface(stream, riid, pUnk, MSHCTX_INPROC, NULL,
						    MSHLFLAGS_NORMAL);

	if (SUCCEEDED(hr))
		hr = stream->lpVtbl->Seek(stream, 0, STREAM_SEEK_SET, NULL);
	if (SUCCEEDED(hr))
		*ppStm = stream;
	else if (stream)
		stream->lpVtbl->Release(stream);
	return hr;
}

HRESULT CoGetInterfaceAndReleaseStream(IStream *pStm, REFIID iid, void **ppv)
{
	HRESULT hr = pStm ? CoUnmarshalInterface(pStm, iid, ppv) : E_INVALIDARG;

	if (pStm)
		pStm->lpVtbl->Release(pStm);
	return hr;
}
