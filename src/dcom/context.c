/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contexts as bytes (context.h). Any process, any thread.
 */
#include "dcom/context.h"

#include "base/mem.h"
#include "com/class.h"
#include "dcom/objref.h"
#include "dcom/orpc.h"
#include "rpc/bytes.h"

#define VERSION 0x00010001u /* MajorVersion, MinVersion */
#define BY_VALUE 2
#define PROPERTY_HEAD 40 /* PROPMARSHALHEADER (2.2.20.1) without the property */

void context_put(struct buf *out)
{
	GUID id;

	guid_random(&id);
	rpc_put_u32(out, VERSION);
	rpc_put_guid(out, &id);
	rpc_put_u32(out, BY_VALUE);
	for (int i = 0; i < 5; i++) /* reserved, extents (2), marshal flags, properties */
		rpc_put_u32(out, 0);
	rpc_put_u32(out, 1); /* frozen */
}

HRESULT context_check(struct text bytes)
{
	struct rpc_reader r = rpc_reader_of(bytes.data, bytes.length, true);

	rpc_read(&r, 4 + 16 + 4 + 4); /* version, id, flags, reserved */
	uint32_t extents = rpc_read_u32(&r), extent_size = rpc_read_u32(&r);

	rpc_read_u32(&r); /* marshal flags */
	uint32_t properties = rpc_read_u32(&r);

	rpc_read_u32(&r); /* frozen */
	return r.failed || extents || extent_size || properties > (r.length - r.at) / PROPERTY_HEAD
		       ? RPC_E_INVALID_OBJREF
		       : S_OK;
}

HRESULT context_check_reference(struct text objref)
{
	struct objref *ref = mem_alloc(sizeof *ref);
	HRESULT hr = RPC_E_INVALID_OBJREF;

	if (!ref)
		return E_OUTOFMEMORY;
	if (objref_parse(objref, ref) == 0 && ref->kind == OBJREF_CUSTOM &&
	    IsEqualGUID(&ref->clsid, &CLSID_ContextMarshaler))
		hr = context_check(ref->data);
	mem_free(ref);
	return hr;
}
