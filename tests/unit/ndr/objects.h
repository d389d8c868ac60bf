/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects that are nothing but the bytes of their reference: what is decoded encodes to the same
 * bytes again. For tests and fuzzers of ndr/.
 */
#pragma once

#include "base/mem.h"
#include "ndr/ndr.h"

#include <errno.h>

struct byte_object {
	IUnknown unknown;
	ULONG refs;
	size_t size;
	uint8_t bytes[];
};

static long byte_objects_alive;

static HRESULT byte_object_query(IUnknown *This, REFIID riid, void **ret)
{
	*ret = NULL;
	return E_NOINTERFACE;
}

static ULONG byte_object_add(IUnknown *This)
{
	return ++container_of(This, struct byte_object, unknown)->refs;
}

static ULONG byte_object_release(IUnknown *This)
{
	struct byte_object *o = container_of(This, struct byte_object, unknown);
	ULONG refs = --o->refs;

	if (!refs) {
		byte_objects_alive--;
		mem_free(o);
	}
	return refs;
}

static const IUnknownVtbl byte_object_methods = { byte_object_query, byte_object_add,
						  byte_object_release };

static int byte_object_marshal(void *context, REFIID iid, IUnknown *object, struct buf *out)
{
	struct byte_object *o = container_of(object, struct byte_object, unknown);

	buf_put(out, o->bytes, o->size);
	return buf_failed(out);
}

static int byte_object_unmarshal(void *context, REFIID iid, const void *bytes, size_t size,
				 IUnknown **ret)
{
	struct byte_object *o = mem_alloc(sizeof *o + size);

	if (!o)
		return -ENOMEM;
	o->unknown.lpVtbl = &byte_object_methods;
	o->refs = 1;
	o->size = size;
	if (size)
		memcpy(o->bytes, bytes, size);
	byte_objects_alive++;
	*ret = &o->unknown;
	return 0;
}

static const struct ndr_objects byte_objects = { byte_object_marshal, byte_object_unmarshal, NULL };
