/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interface pointers as object references, and back ([MS-DCOM] 3.1.1.5.1 to 3.1.1.5.3, 3.2.4.3): an
 * object of this process goes out as its exporter's and comes back as itself; a proxy goes out as
 * what it stands for; an object that marshals itself goes out as it says; all else comes in as a
 * proxy. References with a handler or a context are used as the standard references that they hold,
 * and go on as those (3.2.4.3). Any thread.
 */
#include "dcom/dcom-internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "com/marshal.h"
#include "dcom/context.h"

#include <errno.h>

/* ---- objects that say themselves what travels ---- */

static HRESULT copy_stream(IStream *stream, struct buf *out)
{
	STATSTG stat = { 0 };
	ULONG got = 0;

	stream->lpVtbl->Stat(stream, &stat, STATFLAG_NONAME);
	char *to = stat.cbSize > OBJREF_MAX ? NULL : buf_reserve(out, (size_t)stat.cbSize);

	if (!to)
		return E_OUTOFMEMORY;
	stream->lpVtbl->Seek(stream, 0, STREAM_SEEK_SET, NULL);
	stream->lpVtbl->Read(stream, to, (ULONG)stat.cbSize, &got);
	buf_commit(out, got);
	return S_OK;
}

/* S_FALSE: the object leaves it to the standard marshaller, which need not be asked by name. */
static HRESULT marshal_itself(REFIID iid, IUnknown *object, struct buf *out)
{
	IMarshal *own = NULL;
	CLSID clsid = GUID_NULL;

	if (FAILED(object->lpVtbl->QueryInterface(object, &IID_IMarshal, (void **)&own)))
		return S_FALSE;
	HRESULT hr = own->lpVtbl->GetUnmarshalClass(own, iid, object, MSHCTX_DIFFERENTMACHINE, NULL,
						    MSHLFLAGS_NORMAL, &clsid);

	own->lpVtbl->Release(own);
	if (FAILED(hr) || IsEqualGUID(&clsid, &marshal_class_standard))
		return FAILED(hr) ? hr : S_FALSE;
	IStream *stream = SHCreateMemStream(NULL, 0);

	if (!stream)
		return E_OUTOFMEMORY;
	hr = CoMarshalInterface(stream, iid, object, MSHCTX_DIFFERENTMACHINE, NULL,
				MSHLFLAGS_NORMAL);
	if (SUCCEEDED(hr))
		hr = copy_stream(stream, out);
	stream->lpVtbl->Release(stream);
	return hr;
}

/* The class that would understand the bytes comes from whoever sent them, so it is one of ours that
 * only reads, or none (com/marshal.h). */
static HRESULT unmarshal_custom(const struct objref *ref, REFIID iid, IUnknown **ret)
{
	IMarshal *reader = NULL;
	HRESULT hr = marshal_own_class(&ref->clsid, true, &reader);

	if (FAILED(hr))
		return hr == REGDB_E_CLASSNOTREG ? RPC_E_INVALID_OBJREF : hr;
	IStream *stream = SHCreateMemStream((const BYTE *)ref->data.data, (UINT)ref->data.length);

	hr = stream ? reader->lpVtbl->UnmarshalInterface(reader, stream, iid, (void **)ret)
		    : E_OUTOFMEMORY;
	if (stream)
		stream->lpVtbl->Release(stream);
	reader->lpVtbl->Release(reader);
	return hr;
}

/* ---- references ---- */

HRESULT dcom_marshal_standard(struct dcom *dcom, REFIID iid, IUnknown *object, DWORD flags,
			      struct buf *out)
{
	struct objref *ref = mem_alloc(sizeof *ref);

	if (!ref)
		return E_OUTOFMEMORY;
	HRESULT hr = remotes_marshal(dcom->remotes, object, iid, flags, ref);

	if (hr == E_NOINTERFACE)
		hr = dcom->exporter ? exporter_marshal(dcom->exporter, object, iid, flags,
						       clock_now(), ref)
				    : RPC_E_REMOTE_DISABLED;
	if (SUCCEEDED(hr))
		objref_put(ref, out);
	mem_free(ref);
	return hr;
}

/* Also with the class of a handler, which is not made, or with a context beside it. */
static HRESULT unmarshal_standard(struct dcom *dcom, const struct objref *ref, REFIID iid,
				  IUnknown **ret)
{
	HRESULT hr = ref->kind == OBJREF_EXTENDED ? context_check(ref->data) : S_OK;

	if (FAILED(hr))
		return hr;
	return dcom->exporter && ref->std.oxid == dcom->oxid
		       ? exporter_unmarshal(dcom->exporter, ref, iid, ret)
		       : remotes_unmarshal(dcom->remotes, ref, iid, ret);
}

HRESULT dcom_marshal(struct dcom *dcom, REFIID iid, IUnknown *object, struct buf *out)
{
	HRESULT hr = marshal_itself(iid, object, out);

	if (hr == S_FALSE)
		hr = dcom_marshal_standard(dcom, iid, object, MSHLFLAGS_NORMAL, out);
	return SUCCEEDED(hr) && buf_failed(out) ? E_OUTOFMEMORY : hr;
}

HRESULT dcom_unmarshal(struct dcom *dcom, struct text objref, REFIID iid, IUnknown **ret)
{
	struct objref *ref = mem_alloc(sizeof *ref);
	HRESULT hr;

	if (!ref)
		return E_OUTOFMEMORY;
	*ret = NULL;
	int r = objref_parse(objref, ref);

	if (r < 0)
		hr = r == -ENOMEM ? E_OUTOFMEMORY : RPC_E_INVALID_OBJREF;
	else if (ref->kind == OBJREF_CUSTOM)
		hr = unmarshal_custom(ref, iid, ret);
	else
		hr = unmarshal_standard(dcom, ref, iid, ret);
	mem_free(ref);
	return hr;
}

HRESULT dcom_marshal_text(struct dcom *dcom, REFIID iid, IUnknown *object, struct arena *arena,
			  struct text *ret)
{
	struct buf out;

	buf_init(&out, OBJREF_MAX);
	HRESULT hr = dcom_marshal(dcom, iid, object, &out);

	if (SUCCEEDED(hr)) {
		ret->data = arena_strndup(arena, out.data, out.length);
		ret->length = out.length;
		if (!ret->data)
			hr = E_OUTOFMEMORY;
	}
	buf_done(&out);
	return hr;
}

static int objects_errno(HRESULT hr)
{
	if (SUCCEEDED(hr))
		return 0;
	return hr == E_OUTOFMEMORY ? -ENOMEM : -EBADMSG;
}

static HRESULT objects_marshal(void *context, REFIID iid, IUnknown *object, struct buf *out)
{
	return dcom_marshal(context, iid, object, out);
}

static int objects_unmarshal(void *context, REFIID iid, const void *bytes, size_t length,
			     IUnknown **ret)
{
	return objects_errno(dcom_unmarshal(context, (struct text){ bytes, length }, iid, ret));
}

struct ndr_objects dcom_objects(struct dcom *dcom)
{
	return (struct ndr_objects){ objects_marshal, objects_unmarshal, dcom };
}
