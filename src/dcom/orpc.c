/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes along with calls of objects (orpc.h). Any process, any thread.
 */
#include "dcom/orpc.h"

#include "dcom/bindings.h"

#include <errno.h>

#define X(name, first)                                                                             \
	const GUID name = { first, 0x0000, 0x0000, { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 } };
DCOM_IDS(X)
#undef X

/* ---- versions ---- */

HRESULT orpc_accept(const COMVERSION *client)
{
	return client->MajorVersion == ORPC_MAJOR && client->MinorVersion <= ORPC_MINOR
		       ? S_OK
		       : RPC_E_VERSION_MISMATCH;
}

bool orpc_negotiate(const COMVERSION *server, COMVERSION *ret)
{
	if (server->MajorVersion != ORPC_MAJOR || server->MinorVersion < ORPC_MINOR_LEAST)
		return false;
	ret->MajorVersion = ORPC_MAJOR;
	ret->MinorVersion = server->MinorVersion < ORPC_MINOR ? server->MinorVersion : ORPC_MINOR;
	return true;
}

/* ---- extensions ---- */

struct text orpc_find_extension(const ORPC_EXTENT_ARRAY *array, const GUID *id)
{
	/* The array is rounded up to even; what is not used is NULL (2.2.13.2). */
	for (uint32_t i = 0; array && array->extent && i < array->size; i++) {
		const ORPC_EXTENT *e = array->extent[i];

		if (e && IsEqualGUID(&e->id, id))
			return (struct text){ (const char *)e->data, e->size };
	}
	return (struct text){ 0 };
}

ORPC_EXTENT_ARRAY *orpc_make_extension(struct arena *arena, const GUID *id, struct text data)
{
	if (data.length > ORPC_EXTENSION_MAX)
		return NULL;
	size_t rounded = (data.length + 7) & ~(size_t)7;
	ORPC_EXTENT_ARRAY *array = arena_new(arena, ORPC_EXTENT_ARRAY);
	ORPC_EXTENT **list = arena_zalloc(arena, 2, sizeof *list);
	ORPC_EXTENT *extent = arena_zalloc(arena, 1, sizeof *extent + rounded);

	if (!array || !list || !extent)
		return NULL;
	extent->id = *id;
	extent->size = (uint32_t)data.length;
	if (data.length)
		memcpy(extent->data, data.data, data.length);
	list[0] = extent;
	array->size = 1;
	array->extent = list;
	return array;
}

/* ---- parameters ---- */

DUALSTRINGARRAY *orpc_make_bindings(struct arena *arena, const struct bindings *b)
{
	struct buf units;
	DUALSTRINGARRAY *array = NULL;

	buf_init(&units, UINT16_MAX * 2);
	size_t security = bindings_put_units(b, &units);

	if (!buf_failed(&units))
		array = arena_alloc(arena, sizeof *array + units.length);
	if (array) {
		array->wNumEntries = (uint16_t)(units.length / 2);
		array->wSecurityOffset = (uint16_t)security;
		memcpy(array->aStringArray, units.data, units.length);
	}
	buf_done(&units);
	return array;
}

int orpc_read_bindings(const DUALSTRINGARRAY *array, struct bindings *ret)
{
	return array ? bindings_parse(array->aStringArray, array->wNumEntries,
				      array->wSecurityOffset, ret)
		     : -EBADMSG;
}

MInterfacePointer *orpc_make_pointer(struct arena *arena, struct text objref)
{
	MInterfacePointer *p = arena_alloc(arena, sizeof *p + objref.length);

	if (!p || objref.length > UINT32_MAX)
		return NULL;
	p->ulCntData = (uint32_t)objref.length;
	if (objref.length)
		memcpy(p->abData, objref.data, objref.length);
	return p;
}
