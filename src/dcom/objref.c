/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Object references as bytes (objref.h). Any process, any thread.
 */
#include "dcom/objref.h"

#include "com/class.h"
#include "rpc/bytes.h"

#include <errno.h>
#include <inttypes.h>

#define SIGNATURE 0x574f454du         /* "MEOW" */
#define ELEMENT_SIGNATURE 0x4e535956u /* "VYSN" */

static void read_u64(struct rpc_reader *r, uint64_t *ret)
{
	uint64_t low = rpc_read_u32(r);

	*ret = low | (uint64_t)rpc_read_u32(r) << 32;
}

static void put_u64(struct buf *b, uint64_t v)
{
	rpc_put_u32(b, (uint32_t)v);
	rpc_put_u32(b, (uint32_t)(v >> 32));
}

/* ---- reading ---- */

static void read_std(struct rpc_reader *r, struct objref_std *ret)
{
	ret->flags = rpc_read_u32(r);
	ret->public_refs = rpc_read_u32(r);
	read_u64(r, &ret->oxid);
	read_u64(r, &ret->oid);
	rpc_read_guid(r, &ret->ipid);
}

static int read_bindings(struct rpc_reader *r, struct bindings *ret)
{
	size_t used = 0;
	struct text rest = { (const char *)r->data + r->at, r->length - r->at };

	if (r->failed)
		return -EBADMSG;
	int status = bindings_parse_packet(rest, ret, &used);

	if (status == 0)
		r->at += used;
	return status;
}

/* DATAELEMENT (2.2.18.8), of which there is one. */
static int read_element(struct rpc_reader *r, struct objref *ref)
{
	uint32_t count = rpc_read_u32(r), signature = rpc_read_u32(r);

	rpc_read_guid(r, &ref->clsid);
	uint32_t size = rpc_read_u32(r), rounded = rpc_read_u32(r);
	const uint8_t *data = rpc_read(r, rounded);

	if (r->failed || count != 1 || signature != ELEMENT_SIGNATURE || !size || size > rounded ||
	    rounded - size > 7)
		return -EBADMSG;
	ref->data = (struct text){ (const char *)data, size };
	return 0;
}

static int read_body(struct rpc_reader *r, struct objref *ref)
{
	int status;

	if (ref->kind == OBJREF_CUSTOM) {
		rpc_read_guid(r, &ref->clsid);
		rpc_read(r, 8); /* cbExtension, reserved */
		if (r->failed)
			return -EBADMSG;
		ref->data = (struct text){ (const char *)r->data + r->at, r->length - r->at };
		return 0;
	}
	read_std(r, &ref->std);
	if (ref->kind == OBJREF_HANDLER)
		rpc_read_guid(r, &ref->clsid);
	if (ref->kind == OBJREF_EXTENDED && rpc_read_u32(r) != ELEMENT_SIGNATURE)
		return -EBADMSG;
	status = read_bindings(r, &ref->resolver);
	if (status == 0 && ref->kind == OBJREF_EXTENDED)
		status = read_element(r, ref);
	return status;
}

int objref_parse(struct text bytes, struct objref *ret)
{
	struct rpc_reader r = rpc_reader_of(bytes.data, bytes.length, true);
	uint32_t signature = rpc_read_u32(&r), flags = rpc_read_u32(&r);

	memset(ret, 0, offsetof(struct objref, resolver));
	ret->resolver.string_count = ret->resolver.security_count = 0;
	ret->data = (struct text){ 0 };
	rpc_read_guid(&r, &ret->iid);
	if (r.failed || bytes.length > OBJREF_MAX || signature != SIGNATURE ||
	    (flags != OBJREF_STANDARD && flags != OBJREF_HANDLER && flags != OBJREF_CUSTOM &&
	     flags != OBJREF_EXTENDED) ||
	    IsEqualGUID(&ret->iid, &GUID_NULL))
		return -EBADMSG;
	ret->kind = (enum objref_kind)flags;
	return read_body(&r, ret);
}

#define HEAD_SIZE 24    /* signature, flags, IID */
#define STD_SIZE 40     /* STDOBJREF */
#define ELEMENT_SIZE 32 /* count, signature, dataID, sizes */

/* The bytes up to the end of what is known of it so far; `length` of them are there. */
static size_t objref_extent(struct rpc_reader *r)
{
	rpc_read(r, 4);
	uint32_t kind = rpc_read_u32(r);

	rpc_read(r, 16);
	if (r->failed)
		return HEAD_SIZE;
	if (kind == OBJREF_CUSTOM) {
		rpc_read(r, 20); /* class, cbExtension */
		uint32_t size = rpc_read_u32(r);

		return r->failed ? HEAD_SIZE + 24 : r->at + size;
	}
	size_t fixed = STD_SIZE + (kind == OBJREF_HANDLER    ? 16u
				   : kind == OBJREF_EXTENDED ? 4u
							     : 0u);
	rpc_read(r, fixed);
	size_t bindings = 2 * (size_t)rpc_read_u16(r);

	if (r->failed)
		return HEAD_SIZE + fixed + 4;
	rpc_read(r, 2 + bindings);
	if (kind != OBJREF_EXTENDED)
		return HEAD_SIZE + fixed + 4 + bindings;
	rpc_read(r, ELEMENT_SIZE - 4);
	uint32_t rounded = rpc_read_u32(r);

	return HEAD_SIZE + fixed + 4 + bindings + ELEMENT_SIZE + (r->failed ? 0 : rounded);
}

size_t objref_missing(struct text begun)
{
	struct rpc_reader r = rpc_reader_of(begun.data, begun.length, true);
	size_t extent = objref_extent(&r);

	return extent > begun.length ? extent - begun.length : 0;
}

/* ---- writing ---- */

void objref_put_head(enum objref_kind kind, REFIID iid, struct buf *out)
{
	rpc_put_u32(out, SIGNATURE);
	rpc_put_u32(out, (uint32_t)kind);
	rpc_put_guid(out, iid);
}

static void put_std(const struct objref_std *std, struct buf *out)
{
	rpc_put_u32(out, std->flags);
	rpc_put_u32(out, std->public_refs);
	put_u64(out, std->oxid);
	put_u64(out, std->oid);
	rpc_put_guid(out, &std->ipid);
}

static void put_element(const struct objref *ref, struct buf *out)
{
	uint32_t size = (uint32_t)ref->data.length;

	rpc_put_u32(out, 1);
	rpc_put_u32(out, ELEMENT_SIGNATURE);
	rpc_put_guid(out, &ref->clsid);
	rpc_put_u32(out, size);
	rpc_put_u32(out, (size + 7) & ~7u);
	size_t start = out->length;

	buf_put_text(out, ref->data);
	rpc_put_align(out, start, 8);
}

size_t objref_begin_custom(REFIID iid, REFCLSID clsid, struct buf *out)
{
	objref_put_head(OBJREF_CUSTOM, iid, out);
	rpc_put_guid(out, clsid);
	rpc_put_u32(out, 0);
	rpc_put_u32(out, 0);
	return out->length;
}

void objref_end_custom(struct buf *out, size_t begun)
{
	/* The reserved field: Windows writes the size there, and some clients read it. */
	uint32_t size = (uint32_t)(out->length - begun);

	rpc_patch_u16(out, begun - 4, (uint16_t)size);
	rpc_patch_u16(out, begun - 2, (uint16_t)(size >> 16));
}

void objref_put(const struct objref *ref, struct buf *out)
{
	if (ref->kind == OBJREF_CUSTOM) {
		size_t begun = objref_begin_custom(&ref->iid, &ref->clsid, out);

		buf_put_text(out, ref->data);
		objref_end_custom(out, begun);
		return;
	}
	objref_put_head(ref->kind, &ref->iid, out);
	put_std(&ref->std, out);
	if (ref->kind == OBJREF_HANDLER)
		rpc_put_guid(out, &ref->clsid);
	if (ref->kind == OBJREF_EXTENDED)
		rpc_put_u32(out, ELEMENT_SIGNATURE);
	bindings_put(&ref->resolver, out);
	if (ref->kind == OBJREF_EXTENDED)
		put_element(ref, out);
}

/* ---- in words ---- */

static void print_guid(struct buf *out, const char *name, const GUID *guid)
{
	char text[GUID_TEXT_SIZE];

	guid_format(guid, text);
	buf_printf(out, "%s: %s\n", name, text);
}

static const char *kind_name(enum objref_kind kind)
{
	switch (kind) {
	case OBJREF_STANDARD:
		return "standard";
	case OBJREF_HANDLER:
		return "handler";
	case OBJREF_CUSTOM:
		return "custom";
	case OBJREF_EXTENDED:
		return "extended";
	}
	return "?";
}

void objref_print(const struct objref *ref, struct buf *out)
{
	buf_printf(out, "kind: %s\n", kind_name(ref->kind));
	print_guid(out, "iid", &ref->iid);
	if (ref->kind != OBJREF_CUSTOM) {
		buf_printf(out, "flags: 0x%x\nreferences: %u\n", ref->std.flags,
			   ref->std.public_refs);
		buf_printf(out, "oxid: %016" PRIx64 "\noid: %016" PRIx64 "\n", ref->std.oxid,
			   ref->std.oid);
		print_guid(out, "ipid", &ref->std.ipid);
	}
	if (ref->kind != OBJREF_STANDARD)
		print_guid(out, ref->kind == OBJREF_EXTENDED ? "element" : "clsid", &ref->clsid);
	for (unsigned i = 0; i < ref->resolver.string_count; i++)
		buf_printf(out, "string: %u %s\n", ref->resolver.strings[i].tower,
			   ref->resolver.strings[i].address);
	for (unsigned i = 0; i < ref->resolver.security_count; i++)
		buf_printf(out, "security: %u %s\n", ref->resolver.security[i].service,
			   ref->resolver.security[i].principal);
	if (ref->kind == OBJREF_CUSTOM || ref->kind == OBJREF_EXTENDED)
		buf_printf(out, "data: %zu bytes\n", ref->data.length);
}
