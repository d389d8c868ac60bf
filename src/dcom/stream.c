/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The standard marshaller ([MS-DCOM] 2.2.18.4 for what it writes): object references in streams,
 * for CoMarshalInterface and its family (com/activate.h). What is read comes from anybody. Any
 * thread.
 */
#include "dcom/dcom-internal.h"

#include "base/mem.h"
#include "com/marshal.h"
#include "com/unknown.h"
#include "rpc/bytes.h"

#include <errno.h>

/* What a standard reference takes at most: texts have as many units as UTF-8 has bytes, or fewer.
 */
#define STANDARD_MAX (68 + 2 * (2 * BINDINGS_MAX * (BINDINGS_TEXT_MAX + 2) + 2))

struct standard {
	IMarshal face;
	uint32_t refs;
	struct dcom *dcom;
	IUnknown *object; /* NULL: made to read */
};

COM_OBJECT(standard, IMarshal)

static void standard_free(struct standard *self)
{
	if (self->object)
		self->object->lpVtbl->Release(self->object);
	mem_free(self);
}

/* ---- reading ---- */

/* The rest of the reference that `bytes` begins with. By pieces: memory is taken for bytes that
 * came, not for those that were promised. */
static HRESULT read_rest(IStream *stream, struct buf *bytes)
{
	HRESULT hr = S_OK;
	size_t missing;

	while (SUCCEEDED(hr) && (missing = objref_missing(buf_text(bytes)))) {
		size_t n = missing < 4096 ? missing : 4096;
		char *to = bytes->length + missing > OBJREF_MAX ? NULL : buf_reserve(bytes, n);

		if (!to)
			return buf_failed(bytes) ? E_OUTOFMEMORY : RPC_E_INVALID_OBJREF;
		hr = marshal_read(stream, to, (ULONG)n);
		if (SUCCEEDED(hr))
			buf_commit(bytes, n);
	}
	return hr;
}

static HRESULT unmarshal(struct dcom *dcom, IStream *stream, struct buf *begun, REFIID riid,
			 void **ret)
{
	HRESULT hr = read_rest(stream, begun);

	return FAILED(hr) ? hr : dcom_unmarshal(dcom, buf_text(begun), riid, (IUnknown **)ret);
}

static HRESULT forget_ref(struct dcom *dcom, const struct objref *ref)
{
	if (ref->kind == OBJREF_CUSTOM)
		return S_OK; /* bytes of classes that only read hold nothing */
	return dcom->exporter && ref->std.oxid == dcom->oxid
		       ? exporter_forget(dcom->exporter, &ref->std)
		       : remotes_forget(dcom->remotes, ref);
}

static HRESULT forget(struct dcom *dcom, IStream *stream, struct buf *begun)
{
	struct objref *ref = mem_alloc(sizeof *ref);
	HRESULT hr = ref ? read_rest(stream, begun) : E_OUTOFMEMORY;

	if (SUCCEEDED(hr)) {
		int r = objref_parse(buf_text(begun), ref);

		hr = r == 0         ? forget_ref(dcom, ref)
		     : r == -ENOMEM ? E_OUTOFMEMORY
				    : RPC_E_INVALID_OBJREF;
	}
	mem_free(ref);
	return hr;
}

/* ---- the seam: somebody has read the head ---- */

static void begin(struct buf *begun, DWORD kind, REFIID iid)
{
	buf_init(begun, OBJREF_MAX);
	objref_put_head((enum objref_kind)kind, iid, begun);
}

HRESULT dcom_stream_unmarshal(struct dcom *dcom, IStream *stream, DWORD kind, REFIID iid,
			      REFIID riid, void **ret)
{
	struct buf begun;

	begin(&begun, kind, iid);
	HRESULT hr = unmarshal(dcom, stream, &begun, riid, ret);

	buf_done(&begun);
	return hr;
}

HRESULT dcom_stream_forget(struct dcom *dcom, IStream *stream, DWORD kind, REFIID iid)
{
	struct buf begun;

	begin(&begun, kind, iid);
	HRESULT hr = forget(dcom, stream, &begun);

	buf_done(&begun);
	return hr;
}

void dcom_disconnect(struct dcom *dcom, IUnknown *object)
{
	if (dcom->exporter)
		exporter_disconnect(dcom->exporter, object);
}

/* ---- IMarshal ---- */

static HRESULT standard_class(IMarshal *This, REFIID riid, void *object, DWORD context,
			      void *context_data, DWORD flags, CLSID *ret)
{
	if (!ret)
		return E_POINTER;
	*ret = marshal_class_standard;
	return S_OK;
}

static HRESULT standard_size(IMarshal *This, REFIID riid, void *object, DWORD context,
			     void *context_data, DWORD flags, DWORD *ret)
{
	if (!ret)
		return E_POINTER;
	*ret = STANDARD_MAX;
	return S_OK;
}

static HRESULT standard_marshal(IMarshal *This, IStream *stream, REFIID riid, void *object,
				DWORD context, void *context_data, DWORD flags)
{
	struct dcom *dcom = standard_self(This)->dcom;
	struct buf out;

	if (!stream || !riid || !object)
		return E_INVALIDARG;
	buf_init(&out, OBJREF_MAX);
	HRESULT hr = dcom_marshal_standard(dcom, riid, object, flags, &out);

	if (SUCCEEDED(hr) && buf_failed(&out))
		hr = E_OUTOFMEMORY;
	if (SUCCEEDED(hr)) {
		hr = marshal_write(stream, out.data, (ULONG)out.length);
		if (FAILED(hr)) { /* nobody will read it */
			struct objref *ref = mem_alloc(sizeof *ref);

			if (ref && objref_parse(buf_text(&out), ref) == 0)
				(void)forget_ref(dcom, ref);
			mem_free(ref);
		}
	}
	buf_done(&out);
	return hr;
}

static HRESULT standard_unmarshal(IMarshal *This, IStream *stream, REFIID riid, void **ret)
{
	struct buf bytes;

	if (!stream || !riid || !ret)
		return E_INVALIDARG;
	*ret = NULL;
	buf_init(&bytes, OBJREF_MAX);
	HRESULT hr = unmarshal(standard_self(This)->dcom, stream, &bytes, riid, ret);

	buf_done(&bytes);
	return hr;
}

static HRESULT standard_forget(IMarshal *This, IStream *stream)
{
	struct buf bytes;

	if (!stream)
		return E_INVALIDARG;
	buf_init(&bytes, OBJREF_MAX);
	HRESULT hr = forget(standard_self(This)->dcom, stream, &bytes);

	buf_done(&bytes);
	return hr;
}

static HRESULT standard_disconnect(IMarshal *This, DWORD reserved)
{
	struct standard *self = standard_self(This);

	if (reserved || !self->object)
		return E_INVALIDARG;
	dcom_disconnect(self->dcom, self->object);
	return S_OK;
}

static const IMarshalVtbl standard_vtbl = {
	standard_query,   standard_addref,    standard_release, standard_class,      standard_size,
	standard_marshal, standard_unmarshal, standard_forget,  standard_disconnect,
};

HRESULT dcom_standard_marshaler(struct dcom *dcom, IUnknown *object, IMarshal **ret)
{
	struct standard *self = mem_new(struct standard);

	if (!self)
		return E_OUTOFMEMORY;
	*self = (struct standard){
		.face = { &standard_vtbl }, .refs = 1, .dcom = dcom, .object = object
	};
	if (object)
		object->lpVtbl->AddRef(object);
	*ret = &self->face;
	return S_OK;
}
