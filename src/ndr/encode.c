/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values to NDR ([C706] 14.2 and 14.3). A value is written in one walk: what an embedded pointer
 * points to is put into a list, and follows when the construct around the pointer is done, each
 * with what it points to in turn (14.3.12.3). The list, the buffer and the scratch arena keep
 * their memory, so that nothing is allocated once they have grown to what a program sends.
 */
#include "ndr/walk.h"

#include "base/mem.h"

#include <errno.h>

#define REFERENT_FIRST 0x00020000u /* as Windows counts them */
#define SCRATCH_MAX ((size_t)64 << 20)
#define PENDING_MAX 0x100000u

struct ndr_pending {
	const struct ndr_type *type;
	const void *value, *scope;
	uint32_t measure;
	bool object; /* an interface pointer's referent */
};

struct ndr_alias {
	const void *value;
	uint32_t referent;
};
#define ALIASES_MAX 4096u

void ndr_encoder_init(struct ndr_encoder *e, struct buf *out, const struct ndr_objects *objects,
		      struct error *err)
{
	*e = (struct ndr_encoder){ 0 };
	arena_init(&e->scratch, SCRATCH_MAX);
	ndr_encoder_restart(e, out, objects, err);
}

void ndr_encoder_restart(struct ndr_encoder *e, struct buf *out, const struct ndr_objects *objects,
			 struct error *err)
{
	arena_reset(&e->scratch);
	e->out = out;
	e->objects = objects;
	e->err = err;
	e->base = out ? out->length : 0;
	e->next_referent = REFERENT_FIRST;
	e->depth = 0;
	e->pending.count = e->aliases.count = 0;
}

void ndr_encoder_done(struct ndr_encoder *e)
{
	arena_done(&e->scratch);
	mem_free(e->pending.items);
	mem_free(e->aliases.items);
	*e = (struct ndr_encoder){ 0 };
}

/* ---- bytes ---- */

static int fail(struct ndr_encoder *e, enum ndr_status status, const struct ndr_type *type,
		const char *why)
{
	return ndr_fail(e->err, -EINVAL, status, type, why);
}

static int align(struct ndr_encoder *e, size_t to)
{
	size_t gap = (0 - (e->out->length - e->base)) & (to - 1);
	char *at = gap ? buf_reserve(e->out, gap) : NULL;

	if (at) {
		memset(at, 0, gap);
		buf_commit(e->out, gap);
	}
	return buf_failed(e->out);
}

static int put_bytes(struct ndr_encoder *e, const void *data, size_t size, size_t to)
{
	(void)align(e, to);
	buf_put(e->out, data, size);
	return buf_failed(e->out);
}

static int put_u32(struct ndr_encoder *e, uint32_t value)
{
	return put_bytes(e, &value, sizeof value, sizeof value);
}

/* The low bytes are the number: the machine is little-endian, as ndr_scalar_store knows. */
static int put_scalar(struct ndr_encoder *e, const struct ndr_type *type, const void *value)
{
	int64_t number = ndr_scalar_load(type->kind, value);
	size_t size = ndr_wire_size[type->kind];

	if (type->flags & NDR_RANGE && (number < type->low || number > type->high))
		return fail(e, NDR_INVALID_BOUND, type, "a number is out of its range");
	if (type->kind == NDR_ENUM16 && (number < 0 || number > 0x7FFF))
		return fail(e, NDR_ENUM_OUT_OF_RANGE, type,
			    "an enumerator needs more than 15 bits");
	return put_bytes(e, &number, size, size);
}

/* ---- pointers ---- */

static int defer(struct ndr_encoder *e, const struct ndr_type *type, const void *value,
		 const void *scope, bool object)
{
	struct ndr_pending *p = ndr_list_add(&e->pending, sizeof *p, PENDING_MAX);

	if (!p)
		return ndr_fail(e->err, -ENOMEM, 0, NULL, "");
	*p = (struct ndr_pending){ .type = type,
				   .value = value,
				   .scope = scope,

				   .object = object };
	return 0;
}

static int put_referent(struct ndr_encoder *e)
{
	uint32_t referent = e->next_referent;

	e->next_referent += 4;
	return put_u32(e, referent);
}

/* A full pointer that was met before has the same referent again, and nothing follows. */
static int put_full(struct ndr_encoder *e, const void *target, bool *ret_known)
{
	struct ndr_alias *list = e->aliases.items;

	for (uint32_t i = 0; i < e->aliases.count; i++) {
		if (list[i].value == target) {
			*ret_known = true;
			return put_u32(e, list[i].referent);
		}
	}
	struct ndr_alias *a = ndr_list_add(&e->aliases, sizeof *a, ALIASES_MAX);
	if (!a)
		return ndr_fail(e->err, -ENOMEM, 0, NULL, "");
	*a = (struct ndr_alias){ target, e->next_referent };
	*ret_known = false;
	return put_referent(e);
}

static int put_pointer(struct ndr_encoder *e, const struct ndr_type *type, const void *value,
		       const void *scope)
{
	const void *target = ndr_pointer_at(value);
	bool known = false;

	if (!target && type->flags & NDR_REF)
		return fail(e, NDR_NULL_REF_POINTER, type->of, "a ref pointer is NULL");
	if (!target)
		return put_u32(e, 0);
	int r = type->flags & NDR_FULL ? put_full(e, target, &known) : put_referent(e);
	if (r || known)
		return r;
	bool object = type->kind == NDR_INTERFACE;
	return defer(e, object ? type : type->of, target, scope, object);
}

/* The caller hears why. */
static int no_reference(struct ndr_encoder *e, const struct ndr_type *type, HRESULT hr)
{
	int r = fail(e, NDR_BAD_STUB_DATA, type, "an object cannot be referred to");

	if (e->err)
		e->err->hresult = (uint32_t)hr;
	return hr == E_OUTOFMEMORY ? -ENOMEM : r;
}

/* MInterfacePointer: its size twice, then the object reference ([MS-DCOM] 2.2.14). */
static int put_object(struct ndr_encoder *e, const struct ndr_type *type, const void *object,
		      const void *scope)
{
	const IID *iid = ndr_iid(type, scope);
	int r;

	if (!iid || !e->objects)
		return fail(e, NDR_BAD_STUB_DATA, type, "objects cannot be sent here");
	if ((r = put_u32(e, 0)) || (r = put_u32(e, 0)))
		return r;
	size_t start = e->out->length;
	HRESULT hr = e->objects->marshal(e->objects->context, iid, (IUnknown *)(uintptr_t)object,
					 e->out);
	if (FAILED(hr))
		return no_reference(e, type, hr);
	if ((r = buf_failed(e->out)))
		return r;
	uint32_t size = (uint32_t)(e->out->length - start);
	memcpy(e->out->data + start - 8, &size, sizeof size);
	memcpy(e->out->data + start - 4, &size, sizeof size);
	return 0;
}

/* ---- constructed types ---- */

static int put(struct ndr_encoder *e, const struct ndr_type *type, const void *value,
	       const void *scope);

static int put_struct(struct ndr_encoder *e, const struct ndr_type *type, const void *value)
{
	int r = align(e, type->align);

	for (uint32_t i = 0; i < type->count && !r; i++)
		r = put(e, type->fields[i].type, (const char *)value + type->fields[i].offset,
			value);
	return r;
}

static int put_union(struct ndr_encoder *e, const struct ndr_type *type, const void *value,
		     const void *scope)
{
	size_t size = ndr_wire_size[type->of->kind];
	int64_t number;

	if (!ndr_discriminant(type, value, scope, &number))
		return fail(e, NDR_INVALID_TAG, type, "a union needs its switch_is");
	const struct ndr_arm *arm = ndr_arm(type, number);
	if (!arm)
		return fail(e, NDR_INVALID_TAG, type, "a union has no arm for its discriminant");
	int r = put_bytes(e, &number, size, size);
	if (r || !arm->type)
		return r;
	if (type->flags & NDR_MS_UNION && (r = align(e, type->align)))
		return r;
	return put(e, arm->type, ndr_arm_value(type, value), scope);
}

static int put_array(struct ndr_encoder *e, const struct ndr_type *type, const void *value,
		     const void *scope)
{
	const struct ndr_type *element = type->of;
	struct ndr_extent x;
	int r = 0;

	if (!ndr_extent(type, value, scope, &x))
		return fail(e, NDR_INVALID_BOUND, type, "an array's size makes no sense");
	if (type->flags & NDR_VARYING && ((r = put_u32(e, x.first)) || (r = put_u32(e, x.length))))
		return r;
	const char *at = (const char *)value + (size_t)x.first * element->size;
	if (!x.length)
		return 0;
	if (element->flags & NDR_VERBATIM)
		return put_bytes(e, at, (size_t)x.length * element->size, element->align);
	for (uint32_t i = 0; i < x.length && !r; i++, at += element->size)
		r = put(e, element, at, scope);
	return r;
}

/* What `native` is on the wire is made in the scratch arena and written in its place. */
static int put_user(struct ndr_encoder *e, const struct ndr_type *type, const void *value,
		    const void *scope)
{
	void *wire = arena_zalloc(&e->scratch, 1, type->of->size);
	uint32_t before = e->pending.count;
	int r = wire ? type->native->to_wire(value, wire, &e->scratch) : -ENOMEM;

	if (r)
		return ndr_fail(e->err, r, NDR_BAD_STUB_DATA, type, "this value cannot be sent");
	r = put(e, type->of, wire, scope);
	if (!r && type->native->measure && e->pending.count > before)
		((struct ndr_pending *)e->pending.items)[before].measure = type->native->measure;
	return r;
}

static int put(struct ndr_encoder *e, const struct ndr_type *type, const void *value,
	       const void *scope)
{
	int r;

	if (ndr_is_scalar(type->kind))
		return put_scalar(e, type, value);
	if (type->flags & NDR_VERBATIM)
		return put_bytes(e, value, type->size, type->align);
	if (++e->depth > NDR_DEPTH_MAX)
		return ndr_fail(e->err, -ENOBUFS, NDR_BAD_STUB_DATA, type, "nested too deep");
	switch (type->kind) {
	case NDR_POINTER:
	case NDR_INTERFACE:
		r = put_pointer(e, type, value, scope);
		break;
	case NDR_STRUCT:
		r = put_struct(e, type, value);
		break;
	case NDR_UNION:
		r = put_union(e, type, value, scope);
		break;
	case NDR_ARRAY:
		r = put_array(e, type, value, scope);
		break;
	case NDR_USER:
		r = put_user(e, type, value, scope);
		break;
	default:
		r = 0;
	}
	e->depth--;
	return r;
}

/* ---- whole constructs ---- */

static int construct(struct ndr_encoder *e, const struct ndr_type *type, const void *value,
		     const void *scope, uint32_t measure);

/* Gives what was put off since `mark`, in order, each with its own. */
static int drain(struct ndr_encoder *e, uint32_t mark)
{
	uint32_t end = e->pending.count;
	int r = 0;

	for (uint32_t i = mark; i < end && !r; i++) {
		/* A copy: the list may move. */
		struct ndr_pending p = ((struct ndr_pending *)e->pending.items)[i];

		r = p.object ? put_object(e, p.type, p.value, p.scope)
			     : construct(e, p.type, p.value, p.scope, p.measure);
	}
	e->pending.count = mark;
	return r;
}

/* The size of the array at its end goes in front of a struct (14.3.7.1). */
static int put_conformance(struct ndr_encoder *e, const struct ndr_type *type, const void *value,
			   const void *scope)
{
	const struct ndr_type *array = ndr_tail(type, &value, &scope);
	struct ndr_extent x;

	if (!ndr_extent(array, value, scope, &x))
		return fail(e, NDR_INVALID_BOUND, type, "an array's size makes no sense");
	return put_u32(e, x.size);
}

static int construct(struct ndr_encoder *e, const struct ndr_type *type, const void *value,
		     const void *scope, uint32_t measure)
{
	uint32_t mark = e->pending.count;
	int r = 0;

	if (++e->depth > NDR_DEPTH_MAX)
		return ndr_fail(e->err, -ENOBUFS, NDR_BAD_STUB_DATA, type, "nested too deep");
	if (type->flags & NDR_CONFORMANT)
		r = put_conformance(e, type, value, scope);
	if (!r && measure)
		r = align(e, type->align);
	size_t start = e->out->length;
	if (!r)
		r = put(e, type, value, scope);
	if (!r)
		r = drain(e, mark);
	if (!r && measure) {
		uint32_t size = (uint32_t)((e->out->length - start + measure - 1) / measure);

		memcpy(e->out->data + start, &size, sizeof size);
	}
	e->depth--;
	return r;
}

int ndr_encode(struct ndr_encoder *e, const struct ndr_type *type, const void *value)
{
	return construct(e, type, value, NULL, 0);
}

int ndr_encode_call(struct ndr_encoder *e, const struct ndr_method *method, unsigned direction,
		    const void *frame)
{
	int r = 0;

	for (uint32_t i = 0; i < method->count && !r; i++) {
		const struct ndr_field *p = &method->params[i];
		const struct ndr_type *type = p->type;
		const void *value = (const char *)frame + p->offset;
		unsigned goes = p->flags & NDR_RESULT ? NDR_OUT : p->flags;

		if (!(goes & direction))
			continue;
		if (type->kind == NDR_POINTER && type->flags & NDR_REF) {
			value = ndr_pointer_at(value);
			type = type->of;
			if (!value) {
				return fail(e, NDR_NULL_REF_POINTER, type, "a ref pointer is NULL");
			}
		}
		r = construct(e, type, value, frame, 0);
	}
	return r;
}
