/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes along with calls of objects (orpc.h). Any process, any thread.
 */
#include "dcom/orpc.h"

#include "dcom/objref.h"
#include "rpc/bytes.h"

#include <errno.h>

#define X(name, first)                                                                             \
	const GUID name = { first, 0x0000, 0x0000, { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 } };
DCOM_IDS(X)
#undef X

static const IID iid_error_info = {
	0x1cf2b120, 0x547d, 0x101b, { 0x8e, 0x65, 0x08, 0x00, 0x2b, 0x2b, 0xd1, 0x19 }
};

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

/* ---- error information ---- */

/* A signature, then an ErrorInfoString (2.2.21.3): three counts and the text with its NUL. */
static void put_string(struct buf *out, const char *text)
{
	struct text t = text_of(text);
	size_t units = text ? utf8_to_utf16_length(t) : 0;

	rpc_put_u32(out, text ? 0xffffffffu : 0);
	if (!text)
		return;
	if (units >= ORPC_ERROR_TEXT_MAX)
		units = ORPC_ERROR_TEXT_MAX - 1;
	size_t head = out->length;

	for (int i = 0; i < 3; i++)
		rpc_put_u32(out, 0);
	char16_t *to = (char16_t *)(void *)buf_reserve(out, (units + 1) * 2);
	uint32_t n = to ? (uint32_t)utf8_to_utf16(t, to, units) : 0;

	if (!to)
		return;
	to[n++] = 0;
	buf_commit(out, n * 2);
	rpc_patch_u16(out, head, (uint16_t)n);
	rpc_patch_u16(out, head + 8, (uint16_t)n);
}

ORPC_EXTENT_ARRAY *orpc_make_error(struct arena *arena, const struct orpc_error *e)
{
	struct buf out;

	buf_init(&out, ORPC_EXTENSION_MAX);
	size_t begun = objref_begin_custom(&iid_error_info, &CLSID_ErrorObject, &out);

	rpc_put_u32(&out, 0);
	rpc_put_u32(&out, e->help_context);
	rpc_put_guid(&out, &e->iid);
	put_string(&out, e->source);
	put_string(&out, e->description);
	put_string(&out, e->help_file);
	objref_end_custom(&out, begun);
	ORPC_EXTENT_ARRAY *array =
		buf_failed(&out)
			? NULL
			: orpc_make_extension(arena, &CLSID_ERROR_EXTENSION, buf_text(&out));

	buf_done(&out);
	return array;
}

static int read_string(struct rpc_reader *r, struct arena *arena, const char **ret)
{
	if (!rpc_read_u32(r)) {
		*ret = NULL;
		return r->failed ? -EBADMSG : 0;
	}
	uint32_t most = rpc_read_u32(r), offset = rpc_read_u32(r), count = rpc_read_u32(r);
	const uint8_t *bytes = count <= r->length ? rpc_read(r, (size_t)count * 2) : NULL;

	if (!bytes || offset || count != most || !count)
		return -EBADMSG;
	/* Copied, for it may stand at an odd address. */
	char16_t *units = arena_alloc(arena, (size_t)count * 2);
	char *text = arena_alloc(arena, (size_t)count * 3 + 1);

	if (!units || !text)
		return -ENOMEM;
	memcpy(units, bytes, (size_t)count * 2);
	text[utf16_to_utf8(units, count - 1, text, (size_t)count * 3)] = '\0';
	*ret = text;
	return 0;
}

int orpc_read_error(const ORPC_EXTENT_ARRAY *array, struct arena *arena, struct orpc_error *ret)
{
	struct text data = orpc_find_extension(array, &CLSID_ERROR_EXTENSION);
	struct objref *ref = data.data ? arena_alloc(arena, sizeof *ref) : NULL;
	struct orpc_error e = { 0 };

	if (!data.data)
		return -ENOENT;
	int status = ref ? objref_parse(data, ref) : -ENOMEM;

	if (status < 0)
		return status;
	if (ref->kind != OBJREF_CUSTOM || !IsEqualGUID(&ref->clsid, &CLSID_ErrorObject))
		return -EBADMSG;
	struct rpc_reader r = rpc_reader_of(ref->data.data, ref->data.length, true);

	rpc_read_u32(&r); /* dwVersion */
	e.help_context = rpc_read_u32(&r);
	rpc_read_guid(&r, &e.iid);
	status = read_string(&r, arena, &e.source);
	if (status == 0)
		status = read_string(&r, arena, &e.description);
	if (status == 0)
		status = read_string(&r, arena, &e.help_file);
	if (status == 0)
		*ret = e;
	return status;
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
