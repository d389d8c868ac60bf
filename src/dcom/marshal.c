/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interface pointers as object references, and back ([MS-DCOM] 3.1.1.5.1 to 3.1.1.5.3, 3.2.4.3): an
 * object of this process goes out as its exporter's and comes back as itself; a proxy goes out as
 * what it stands for; all else comes in as a proxy. Any thread.
 */
#include "dcom/dcom-internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>

HRESULT dcom_marshal(struct dcom *dcom, REFIID iid, IUnknown *object, struct buf *out)
{
	struct objref *ref = mem_alloc(sizeof *ref);

	if (!ref)
		return E_OUTOFMEMORY;
	HRESULT hr = remotes_marshal(dcom->remotes, object, iid, ref);

	if (hr == E_NOINTERFACE)
		hr = dcom->exporter
			     ? exporter_marshal(dcom->exporter, object, iid, clock_now(), ref)
			     : RPC_E_REMOTE_DISABLED;
	if (SUCCEEDED(hr))
		objref_put(ref, out);
	mem_free(ref);
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
		/* The class that would understand the bytes comes from whoever sent them: none is
		 * trusted with that. */
		hr = RPC_E_INVALID_OBJREF;
	else if (dcom->exporter && ref->std.oxid == dcom->oxid)
		hr = exporter_unmarshal(dcom->exporter, ref, iid, ret);
	else
		hr = remotes_unmarshal(dcom->remotes, ref, iid, ret);
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

static int objects_marshal(void *context, REFIID iid, IUnknown *object, struct buf *out)
{
	return objects_errno(dcom_marshal(context, iid, object, out));
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
