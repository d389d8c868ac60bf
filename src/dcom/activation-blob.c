/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The activation properties blob (activation-internal.h): two counts, then the CustomHeader and
 * the properties, each a type serialization stream of its own ([MS-RPCE] 2.2.6). The header has the
 * class and the size of each property. Any process, any thread.
 */
#include "dcom/activation-internal.h"

#include "rpc/bytes.h"
#include "rpc/rpc.h"

#include <errno.h>

#define BLOB_HEAD 8 /* dwSize, dwReserved */

static HRESULT failure(struct error *err, HRESULT hr, const char *what)
{
	error_set(err, -EBADMSG, "activation properties: %s", what);
	if (err)
		err->hresult = (uint32_t)hr;
	return hr;
}

static HRESULT unpickled(int r, struct error *err, const char *what)
{
	if (r == -ENOMEM)
		return failure(err, E_OUTOFMEMORY, "no memory");
	return r < 0 ? failure(err, HRESULT_FROM_WIN32(RPC_X_BAD_STUB_DATA), what) : S_OK;
}

/* ---- reading ---- */

/* The blob in its object reference, without its two counts. */
static HRESULT open_blob(struct text objref, REFIID iid, REFCLSID clsid, struct arena *arena,
			 struct text *ret, struct error *err)
{
	struct objref *ref = arena_alloc(arena, sizeof *ref);
	int r = ref ? objref_parse(objref, ref) : -ENOMEM;

	if (r == -ENOMEM)
		return failure(err, E_OUTOFMEMORY, "no memory");
	if (r < 0 || ref->kind != OBJREF_CUSTOM || !IsEqualGUID(&ref->iid, iid) ||
	    !IsEqualGUID(&ref->clsid, clsid))
		return failure(err, RPC_E_INVALID_OBJREF, "not the object reference of some");
	struct rpc_reader reader = rpc_reader_of(ref->data.data, ref->data.length, true);
	uint32_t size = rpc_read_u32(&reader);

	rpc_read_u32(&reader);
	const uint8_t *rest = rpc_read(&reader, size);

	if (!rest)
		return failure(err, HRESULT_FROM_WIN32(RPC_X_BAD_STUB_DATA), "cut short");
	*ret = (struct text){ (const char *)rest, size };
	return S_OK;
}

static HRESULT read_property(struct activation_property *p, struct text bytes, struct arena *arena,
			     struct error *err)
{
	int r = ndr_unpickle(p->type, bytes.data, bytes.length, NULL, arena, p->value, NULL, err);

	if (r == -EBADMSG && p->alternate)
		r = ndr_unpickle(p->alternate, bytes.data, bytes.length, NULL, arena, p->value,
				 NULL, err);
	p->found = r == 0;
	return unpickled(r, err, p->type->name);
}

static struct activation_property *find_property(struct activation_property *list, size_t count,
						 const GUID *clsid)
{
	for (size_t i = 0; i < count; i++)
		if (IsEqualGUID(list[i].clsid, clsid))
			return &list[i];
	return NULL;
}

static HRESULT read_properties(struct text blob, const CustomHeader *header,
			       struct activation_property *list, size_t count, struct arena *arena,
			       struct error *err)
{
	size_t at = header->headerSize;

	for (DWORD i = 0; i < header->cIfs; i++) {
		struct activation_property *p = find_property(list, count, &header->pclsid[i]);
		size_t size = header->pSizes[i];

		if (at > blob.length || size > blob.length - at)
			return failure(err, HRESULT_FROM_WIN32(RPC_X_BAD_STUB_DATA),
				       "a size in the header is too large");
		if (p) {
			struct text bytes = { blob.data + at, size };
			HRESULT hr = p->found ? failure(err, E_INVALIDARG, "one stands there twice")
					      : read_property(p, bytes, arena, err);

			if (FAILED(hr))
				return hr;
		}
		at += size;
	}
	return S_OK;
}

HRESULT activation_read_blob(struct text objref, REFIID iid, REFCLSID clsid,
			     struct activation_property *list, size_t count, struct arena *arena,
			     struct error *err)
{
	struct text blob;
	CustomHeader header = { 0 };
	HRESULT hr = open_blob(objref, iid, clsid, arena, &blob, err);

	if (FAILED(hr))
		return hr;
	int r = ndr_unpickle(&ndr_type_CustomHeader, blob.data, blob.length, NULL, arena, &header,
			     NULL, err);

	hr = unpickled(r, err, "their header");
	if (SUCCEEDED(hr) && (!header.pclsid || !header.pSizes))
		hr = failure(err, E_INVALIDARG, "a header without lists");
	if (SUCCEEDED(hr))
		hr = read_properties(blob, &header, list, count, arena, err);
	for (size_t i = 0; SUCCEEDED(hr) && i < count; i++)
		if (list[i].required && !list[i].found)
			hr = failure(err, E_INVALIDARG, list[i].type->name);
	return hr;
}

/* ---- writing ---- */

static int put_header(const struct activation_property *list, size_t count, const DWORD *sizes,
		      size_t header_size, struct buf *out)
{
	CLSID clsids[ACTIVATION_PROPERTIES_MAX];
	CustomHeader header = { .headerSize = (DWORD)header_size,
				.destCtx = 2, /* as Windows says for another machine */
				.cIfs = (DWORD)count,
				.pclsid = clsids,
				.pSizes = (DWORD *)sizes };

	header.totalSize = (DWORD)header_size;
	for (size_t i = 0; i < count; i++) {
		clsids[i] = *list[i].clsid;
		header.totalSize += sizes[i];
	}
	return ndr_pickle(&ndr_type_CustomHeader, &header, NULL, out, NULL);
}

/* All properties into `values`, and their sizes. */
static int put_values(const struct activation_property *list, size_t count, DWORD *sizes,
		      struct buf *values)
{
	for (size_t i = 0; i < count; i++) {
		size_t start = values->length;
		int r = ndr_pickle(list[i].type, list[i].value, NULL, values, NULL);

		if (r < 0)
			return r;
		sizes[i] = (DWORD)(values->length - start);
	}
	return buf_failed(values);
}

int activation_put_blob(REFIID iid, REFCLSID clsid, const struct activation_property *list,
			size_t count, struct buf *out)
{
	DWORD sizes[ACTIVATION_PROPERTIES_MAX] = { 0 };
	struct buf values, header;

	if (count > ACTIVATION_PROPERTIES_MAX)
		return -ENOBUFS;
	buf_init(&values, ACTIVATION_BLOB_MAX);
	buf_init(&header, ACTIVATION_BLOB_MAX);
	int r = put_values(list, count, sizes, &values);

	/* Once for its size, which it says itself. */
	if (r == 0)
		r = put_header(list, count, sizes, 0, &header);
	size_t header_size = header.length;

	buf_clear(&header);
	if (r == 0)
		r = put_header(list, count, sizes, header_size, &header);
	if (r == 0) {
		size_t begun = objref_begin_custom(iid, clsid, out);

		rpc_put_u32(out, (uint32_t)(header_size + values.length));
		rpc_put_u32(out, 0);
		buf_put_text(out, buf_text(&header));
		buf_put_text(out, buf_text(&values));
		objref_end_custom(out, begun);
		r = buf_failed(&header) ? buf_failed(&header) : buf_failed(out);
	}
	buf_done(&header);
	buf_done(&values);
	return r;
}
