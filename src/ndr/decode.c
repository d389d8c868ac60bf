/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NDR to values. The bytes are an enemy's: nothing is taken from the heap for a size that the bytes
 * left could not fill, all that is taken counts against a limit, and whatever was made before a
 * failure is in the list of what to undo. What an expression promises (size_is, length_is,
 * switch_is) is put into a list too, and held against the value once that is complete.
 */
#include "ndr/decode.h"

#include "base/mem.h"

#include <errno.h>

#define SCRATCH_MAX ((size_t)64 << 20)
#define LIST_MAX 0x100000u /* pointers, promises of one message */

/* Something that follows later: what an embedded pointer points to, and the steps around a user
 * type, whose wire form is decoded into the scratch arena first. */
enum pending_kind { PENDING_TARGET, PENDING_ALIAS, PENDING_OBJECT, PENDING_BEGIN, PENDING_END };

struct ndr_pending {
	const struct ndr_type *type;
	void *slot; /* of the pointer; of PENDING_BEGIN and PENDING_END the struct user */
	const void *scope;
	uint32_t referent;
	uint8_t kind;
	bool scratch;
};

struct user {
	const struct ndr_type *type;
	void *native;
	uint32_t mark; /* what is to undo from here on belongs to the wire form */
	_Alignas(16) char wire[];
};

/* expr in scope must be `value` when the scope is complete. */
struct ndr_check {
	const struct ndr_type *type;
	const struct ndr_op *expr;
	const void *scope;
	int64_t value;
	/* An object reference whose IID is only known then. */
	void *slot;
	size_t at, size;
};

enum undo_kind { UNDO_FREE, UNDO_RELEASE, UNDO_CLEAR };

struct ndr_undo {
	void *what;
	const struct ndr_native *native;
	uint8_t kind;
};

struct ndr_alias {
	const struct ndr_type *type;
	void *value; /* NULL: not there yet */
	uint32_t referent;
};
#define ALIASES_MAX 4096u

void ndr_decoder_init(struct ndr_decoder *d, const void *data, size_t size, uint32_t drep,
		      struct arena *arena, size_t memory, const struct ndr_objects *objects,
		      struct error *err)
{
	*d = (struct ndr_decoder){ 0 };
	arena_init(&d->scratch, SCRATCH_MAX);
	ndr_decoder_restart(d, data, size, drep, arena, memory, objects, err);
}

void ndr_decoder_restart(struct ndr_decoder *d, const void *data, size_t size, uint32_t drep,
			 struct arena *arena, size_t memory, const struct ndr_objects *objects,
			 struct error *err)
{
	arena_reset(&d->scratch);
	d->data = data;
	d->size = size;
	d->at = 0;
	d->arena = arena;
	d->objects = objects;
	d->err = err;
	d->swap = (drep & 0xF0) == 0;
	d->foreign = drep & 0xFF0F; /* EBCDIC, or reals that are not IEEE's */
	d->memory_left = memory;
	d->depth = 0;
	d->scratch_now = d->inout_on_heap = false;
	d->pending.count = d->checks.count = d->undo.count = d->aliases.count = 0;
}

void ndr_decoder_done(struct ndr_decoder *d)
{
	struct ndr_list *lists[] = { &d->pending, &d->checks, &d->undo, &d->aliases };

	arena_done(&d->scratch);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		mem_free(lists[i]->items);
	*d = (struct ndr_decoder){ 0 };
}

bool ndr_decoder_at_end(const struct ndr_decoder *d)
{
	return d->size - d->at < 8;
}

/* ---- errors, memory, undoing ---- */

int ndr_refuse(struct ndr_decoder *d, enum ndr_status status, const struct ndr_type *type,
	       const char *why)
{
	return ndr_fail(d->err, -EBADMSG, status, type, why);
}

static int no_memory(struct ndr_decoder *d)
{
	return ndr_fail(d->err, -ENOMEM, 0, NULL, "");
}

static struct ndr_undo *undo_add(struct ndr_decoder *d, enum undo_kind kind, void *what)
{
	struct ndr_undo *u = ndr_list_add(&d->undo, sizeof *u, LIST_MAX);

	if (u) {
		u->kind = (uint8_t)kind;
		u->what = what;
	}
	return u;
}

void ndr_undo_from(struct ndr_decoder *d, uint32_t mark)
{
	struct ndr_undo *list = d->undo.items;

	while (d->undo.count > mark) {
		struct ndr_undo *u = &list[--d->undo.count];

		if (u->kind == UNDO_FREE) {
			mem_free(u->what);
		} else if (u->kind == UNDO_CLEAR) {
			u->native->clear(u->what, true);
		} else {
			IUnknown *object = u->what;

			object->lpVtbl->Release(object);
		}
	}
}

/* Zeroed memory for a pointee; NULL with *ret set. */
void *ndr_take(struct ndr_decoder *d, size_t size, int *ret)
{
	void *p;

	if (size > d->memory_left) {
		*ret = ndr_fail(d->err, -ENOBUFS, NDR_BAD_STUB_DATA, NULL,
				"the value is larger than is allowed");
		return NULL;
	}
	d->memory_left -= size;
	if (d->scratch_now)
		p = arena_zalloc(&d->scratch, 1, size);
	else if (d->arena)
		p = arena_zalloc(d->arena, 1, size);
	else
		p = mem_zalloc(1, size);
	if (p && !d->scratch_now && !d->arena && !undo_add(d, UNDO_FREE, p))
		p = mem_free(p);
	if (!p)
		*ret = no_memory(d);
	return p;
}

/* ---- bytes ---- */

static int align(struct ndr_decoder *d, size_t to)
{
	size_t at = (d->at + to - 1) & ~(to - 1);

	if (at > d->size)
		return ndr_refuse(d, NDR_BAD_STUB_DATA, NULL, "the data ends too early");
	d->at = at;
	return 0;
}

/* `size` bytes at an aligned place; NULL: there are not as many. */
static const uint8_t *get_bytes(struct ndr_decoder *d, size_t size, size_t to)
{
	if (align(d, to))
		return NULL;
	if (size > d->size - d->at) {
		ndr_refuse(d, NDR_BAD_STUB_DATA, NULL, "the data ends too early");
		return NULL;
	}
	d->at += size;
	return d->data + d->at - size;
}

/* A number of 1, 2, 4 or 8 bytes. The machine is little-endian, as ndr_scalar_store knows. */
static uint64_t number_at(const uint8_t *at, size_t size, bool swap)
{
	uint16_t two;
	uint32_t four;
	uint64_t eight;

	switch (size) {
	case 1:
		return *at;
	case 2:
		memcpy(&two, at, sizeof two);
		return swap ? __builtin_bswap16(two) : two;
	case 4:
		memcpy(&four, at, sizeof four);
		return swap ? __builtin_bswap32(four) : four;
	default:
		memcpy(&eight, at, sizeof eight);
		return swap ? __builtin_bswap64(eight) : eight;
	}
}

static int get_number(struct ndr_decoder *d, enum ndr_kind kind, int64_t *ret)
{
	size_t size = ndr_wire_size[kind];
	const uint8_t *at = get_bytes(d, size, size);

	if (!at)
		return -EBADMSG;
	uint64_t number = number_at(at, size, d->swap);

	if (kind == NDR_INT8 || kind == NDR_INT16 || kind == NDR_INT32 || kind == NDR_INT3264 ||
	    kind == NDR_ENUM32) {
		unsigned shift = (unsigned)(64 - 8 * size);

		*ret = (int64_t)(number << shift) >> shift;
	} else {
		*ret = (int64_t)number;
	}
	return 0;
}

int ndr_get_u32(struct ndr_decoder *d, uint32_t *ret)
{
	int64_t number;
	int r = get_number(d, NDR_UINT32, &number);

	if (!r)
		*ret = (uint32_t)number;
	return r;
}

static int get_scalar(struct ndr_decoder *d, const struct ndr_type *type, void *value)
{
	int64_t number;
	int r = get_number(d, type->kind, &number);

	if (r)
		return r;
	if (type->flags & NDR_RANGE && (number < type->low || number > type->high))
		return ndr_refuse(d, NDR_INVALID_BOUND, type, "a number is out of its range");
	if (type->kind == NDR_ENUM16 && number > 0x7FFF)
		return ndr_refuse(d, NDR_ENUM_OUT_OF_RANGE, type,
				  "an enumerator needs more than 15 bits");
	ndr_scalar_store(type->kind, value, number);
	return 0;
}

/* ---- promises ---- */

static int promise(struct ndr_decoder *d, const struct ndr_type *type, const struct ndr_op *expr,
		   const void *scope, int64_t value)
{
	struct ndr_check *c = expr ? ndr_list_add(&d->checks, sizeof *c, LIST_MAX) : NULL;

	if (expr && !c)
		return no_memory(d);
	if (c)
		*c = (struct ndr_check){
			.type = type, .expr = expr, .scope = scope, .value = value
		};
	return 0;
}

static int get_object(struct ndr_decoder *d, const struct ndr_type *type, void *slot,
		      const void *scope, size_t at, size_t size)
{
	const IID *iid = ndr_iid(type, scope);
	IUnknown *object = NULL;

	if (!iid || !d->objects)
		return ndr_refuse(d, NDR_BAD_STUB_DATA, type, "no object is expected here");
	int r = d->objects->unmarshal(d->objects->context, iid, d->data + at, size, &object);
	if (r)
		return ndr_fail(d->err, r, NDR_BAD_STUB_DATA, type,
				"an object reference is of no use");
	if (object && !undo_add(d, UNDO_RELEASE, object)) {
		object->lpVtbl->Release(object);
		return no_memory(d);
	}
	ndr_pointer_set(slot, object);
	return 0;
}

/* Those of `frame` wait until all parameters are there, unless it is NULL. */
int ndr_keep_promises(struct ndr_decoder *d, uint32_t mark, const void *frame)
{
	struct ndr_check *list = d->checks.items;
	uint32_t kept = mark;

	for (uint32_t i = mark; i < d->checks.count; i++) {
		struct ndr_check *c = &list[i];
		int64_t value;
		int r;

		if (frame && c->scope == frame) {
			list[kept++] = *c;
		} else if (c->slot) {
			if ((r = get_object(d, c->type, c->slot, c->scope, c->at, c->size)))
				return r;
		} else if (!ndr_eval(c->expr, c->scope, &value) || value != c->value) {
			return ndr_refuse(d, NDR_BAD_STUB_DATA, c->type,
					  "a size or discriminant contradicts its field");
		}
	}
	d->checks.count = kept;
	return 0;
}

/* ---- pointers ---- */

static struct ndr_pending *defer(struct ndr_decoder *d, enum pending_kind kind,
				 const struct ndr_type *type, void *slot, const void *scope)
{
	struct ndr_pending *p = ndr_list_add(&d->pending, sizeof *p, LIST_MAX);

	if (!p) {
		no_memory(d);
		return NULL;
	}
	*p = (struct ndr_pending){ .type = type,
				   .slot = slot,
				   .scope = scope,
				   .kind = (uint8_t)kind,
				   .scratch = d->scratch_now };
	return p;
}

static struct ndr_alias *alias_find(struct ndr_decoder *d, uint32_t referent)
{
	struct ndr_alias *list = d->aliases.items;

	for (uint32_t i = 0; i < d->aliases.count; i++) {
		if (list[i].referent == referent)
			return &list[i];
	}
	return NULL;
}

/* Two full pointers to one thing share it in the arena; on the heap nobody could free it. */
static int get_full(struct ndr_decoder *d, const struct ndr_type *type, uint32_t referent,
		    bool *ret_known)
{
	struct ndr_alias *a = alias_find(d, referent);

	*ret_known = a != NULL;
	if (a && (a->type != type->of || !d->arena))
		return ndr_refuse(d, NDR_BAD_STUB_DATA, type, "an alias of another thing");
	if (!a) {
		a = ndr_list_add(&d->aliases, sizeof *a, ALIASES_MAX);
		if (!a)
			return no_memory(d);
		*a = (struct ndr_alias){ .type = type->of, .referent = referent };
	}
	return 0;
}

static int get_pointer(struct ndr_decoder *d, const struct ndr_type *type, void *slot,
		       const void *scope)
{
	enum pending_kind kind = type->kind == NDR_INTERFACE ? PENDING_OBJECT : PENDING_TARGET;
	uint32_t referent;
	bool known = false;
	int r = ndr_get_u32(d, &referent);

	if (r)
		return r;
	if (!referent)
		return type->flags & NDR_REF ? ndr_refuse(d, NDR_NULL_REF_POINTER, type->of,
							  "a ref pointer is NULL")
					     : 0;
	if (type->flags & NDR_FULL && (r = get_full(d, type, referent, &known)))
		return r;
	if (known)
		kind = PENDING_ALIAS;
	struct ndr_pending *p =
		defer(d, kind, kind == PENDING_OBJECT ? type : type->of, slot, scope);
	if (!p)
		return -ENOMEM;
	p->referent = type->flags & NDR_FULL ? referent : 0;
	return 0;
}

/* ---- constructed types ---- */

static int get(struct ndr_decoder *d, const struct ndr_type *type, void *value, const void *scope);

static int get_struct(struct ndr_decoder *d, const struct ndr_type *type, void *value)
{
	int r = align(d, type->align);

	for (uint32_t i = 0; i < type->count && !r; i++)
		r = get(d, type->fields[i].type, (char *)value + type->fields[i].offset, value);
	return r;
}

static int get_union(struct ndr_decoder *d, const struct ndr_type *type, void *value,
		     const void *scope)
{
	int64_t number;
	int r = get_number(d, type->of->kind, &number);

	if (r)
		return r;
	const struct ndr_arm *arm = ndr_arm(type, number);
	if (!arm)
		return ndr_refuse(d, NDR_INVALID_TAG, type,
				  "a union has no arm for its discriminant");
	if (type->flags & NDR_ENCAPSULATED)
		ndr_scalar_store(type->of->kind, value, number);
	else if ((r = promise(d, type, type->expr, scope, number)))
		return r;
	if (!arm->type)
		return 0;
	if (type->flags & NDR_MS_UNION && (r = align(d, type->align)))
		return r;
	return get(d, arm->type,
		   (char *)value + (type->flags & NDR_ENCAPSULATED ? type->offset : 0), scope);
}

static bool is_terminated(const struct ndr_type *element, const char *value, uint32_t length)
{
	const char *last = value + (size_t)(length - 1) * element->size;

	return !last[0] && (element->size < 2 || !last[1]);
}

/* Offset and number of the elements that follow, of `x->size` in all. */
static int get_variance(struct ndr_decoder *d, const struct ndr_type *type, const void *scope,
			struct ndr_extent *x)
{
	int r;

	if (!(type->flags & NDR_VARYING)) {
		x->length = x->size;
		return 0;
	}
	if ((r = ndr_get_u32(d, &x->first)) || (r = ndr_get_u32(d, &x->length)))
		return r;
	if (x->first > x->size || x->length > x->size - x->first ||
	    (type->flags & NDR_STRING && (x->first || !x->length)))
		return ndr_refuse(d, NDR_INVALID_BOUND, type, "a part of an array is not in it");
	if ((r = promise(d, type, type->first, scope, x->first)))
		return r;
	return promise(d, type, type->length, scope, x->length);
}

static int get_elements(struct ndr_decoder *d, const struct ndr_type *type, char *at,
			const void *scope, uint32_t count)
{
	const struct ndr_type *element = type->of;
	size_t least = element->least ? element->least : 1;
	int r = 0;

	if (count > (d->size - d->at) / least)
		return ndr_refuse(d, NDR_BAD_STUB_DATA, type, "an array is longer than the data");
	if (element->flags & NDR_VERBATIM && (!d->swap || element->size == 1)) {
		const uint8_t *from = get_bytes(d, (size_t)count * element->size, element->align);

		if (from)
			memcpy(at, from, (size_t)count * element->size);
		return from ? 0 : -EBADMSG;
	}
	for (uint32_t i = 0; i < count && !r; i++, at += element->size)
		r = get(d, element, at, scope);
	return r;
}

static int get_array(struct ndr_decoder *d, const struct ndr_type *type, void *value,
		     const void *scope)
{
	struct ndr_extent x = { .size = type->flags & NDR_CONFORMANT ? d->conformance
								     : type->count };
	int r;

	if (type->flags & NDR_CONFORMANT && (r = promise(d, type, type->expr, scope, x.size)))
		return r;
	if ((r = get_variance(d, type, scope, &x)) || !x.length)
		return r;
	char *at = (char *)value + (size_t)x.first * type->of->size;
	r = get_elements(d, type, at, scope, x.length);
	if (!r && type->flags & NDR_STRING && !is_terminated(type->of, at, x.length))
		return ndr_refuse(d, NDR_BAD_STUB_DATA, type, "a string has no end");
	return r;
}

static int get_user(struct ndr_decoder *d, const struct ndr_type *type, void *value,
		    const void *scope)
{
	struct user *user = arena_zalloc(&d->scratch, 1, sizeof *user + type->of->size);
	bool before = d->scratch_now;

	if (!user)
		return no_memory(d);
	user->type = type;
	user->native = value;
	if (!defer(d, PENDING_BEGIN, type, user, scope))
		return -ENOMEM;
	d->scratch_now = true;
	int r = get(d, type->of, user->wire, scope);
	d->scratch_now = before;
	if (!r && !defer(d, PENDING_END, type, user, scope))
		r = -ENOMEM;
	return r;
}

static int get_context(struct ndr_decoder *d, struct ndr_context *value)
{
	int64_t n[3];
	int r = ndr_get_u32(d, &value->attributes);

	if (!r)
		r = ndr_get_u32(d, &value->uuid.Data1);
	for (int i = 0; i < 2 && !r; i++)
		r = get_number(d, NDR_UINT16, &n[i]);
	const uint8_t *rest = r ? NULL : get_bytes(d, 8, 1);
	if (!rest)
		return -EBADMSG;
	value->uuid.Data2 = (uint16_t)n[0];
	value->uuid.Data3 = (uint16_t)n[1];
	memcpy(value->uuid.Data4, rest, 8);
	return 0;
}

static int get(struct ndr_decoder *d, const struct ndr_type *type, void *value, const void *scope)
{
	int r;

	if (ndr_is_scalar(type->kind))
		return get_scalar(d, type, value);
	if (type->flags & NDR_VERBATIM && !d->swap) {
		const uint8_t *at = get_bytes(d, type->size, type->align);

		if (at)
			memcpy(value, at, type->size);
		return at ? 0 : -EBADMSG;
	}
	if (++d->depth > NDR_DEPTH_MAX)
		return ndr_fail(d->err, -ENOBUFS, NDR_BAD_STUB_DATA, type, "nested too deep");
	switch (type->kind) {
	case NDR_POINTER:
	case NDR_INTERFACE:
		r = get_pointer(d, type, value, scope);
		break;
	case NDR_STRUCT:
		r = get_struct(d, type, value);
		break;
	case NDR_UNION:
		r = get_union(d, type, value, scope);
		break;
	case NDR_ARRAY:
		r = get_array(d, type, value, scope);
		break;
	case NDR_USER:
		r = get_user(d, type, value, scope);
		break;
	case NDR_CONTEXT:
		r = align(d, 4);
		r = r ? r : get_context(d, value);
		break;
	default:
		r = 0;
	}
	d->depth--;
	return r;
}

/* ---- whole constructs ---- */

int ndr_get_conformance(struct ndr_decoder *d, const struct ndr_type *type)
{
	const struct ndr_type *array = type;
	int r = ndr_get_u32(d, &d->conformance);

	if (r)
		return r;
	while (array->kind == NDR_STRUCT)
		array = array->fields[array->count - 1].type;
	size_t least = array->of->least ? array->of->least : 1;
	/* A varying array may have room for more than is sent; that is left to the memory limit. */
	if (d->conformance > NDR_COUNT_MAX ||
	    (!(array->flags & NDR_VARYING) && d->conformance > (d->size - d->at) / least))
		return ndr_refuse(d, NDR_INVALID_BOUND, type, "an array is longer than the data");
	return 0;
}

static int drain(struct ndr_decoder *d, uint32_t mark);

/* What comes after the size: the value itself, what it points to, and that it is consistent. */
int ndr_fill(struct ndr_decoder *d, const struct ndr_type *type, void *value, const void *scope)
{
	uint32_t pending = d->pending.count, checks = d->checks.count;
	int r;

	if (++d->depth > NDR_DEPTH_MAX)
		return ndr_fail(d->err, -ENOBUFS, NDR_BAD_STUB_DATA, type, "nested too deep");
	r = get(d, type, value, scope);
	if (!r)
		r = drain(d, pending);
	if (!r)
		r = ndr_keep_promises(d, checks, d->frame);
	d->depth--;
	return r;
}

/* A pointee in memory of its own. */
int ndr_get_target(struct ndr_decoder *d, const struct ndr_type *type, void *slot,
		   const void *scope, uint32_t referent)
{
	size_t size = type->size;
	int r = 0;

	if (type->flags & NDR_CONFORMANT && (r = ndr_get_conformance(d, type)))
		return r;
	if (type->flags & NDR_CONFORMANT && !ndr_size_with(type, d->conformance, &size))
		return ndr_refuse(d, NDR_INVALID_BOUND, type, "an array is too long");
	void *value = ndr_take(d, size, &r);
	if (!value)
		return r;
	ndr_pointer_set(slot, value);
	struct ndr_alias *a = referent ? alias_find(d, referent) : NULL;
	if (a)
		a->value = value;
	return ndr_fill(d, type, value, scope);
}

static int get_reference(struct ndr_decoder *d, const struct ndr_pending *p)
{
	uint32_t size, again;
	int r;

	if ((r = ndr_get_u32(d, &size)) || (r = ndr_get_u32(d, &again)))
		return r;
	const uint8_t *bytes = size == again ? get_bytes(d, size, 1) : NULL;
	if (!bytes)
		return ndr_refuse(d, NDR_BAD_STUB_DATA, p->type,
				  "an object reference has no sensible size");
	size_t at = (size_t)(bytes - d->data);
	if (!p->type->expr)
		return get_object(d, p->type, p->slot, p->scope, at, size);
	struct ndr_check *c = ndr_list_add(&d->checks, sizeof *c, LIST_MAX);
	if (!c)
		return no_memory(d);
	*c = (struct ndr_check){
		.type = p->type, .scope = p->scope, .slot = p->slot, .at = at, .size = size
	};
	return 0;
}

/* The wire form is complete: makes the native value of it. */
static int end_user(struct ndr_decoder *d, struct user *user)
{
	const struct ndr_native *native = user->type->native;
	struct ndr_undo *u;
	int r = native->from_wire(user->wire, user->native);

	if (r)
		return ndr_fail(d->err, r, NDR_BAD_STUB_DATA, user->type,
				"this is no value of the type");
	/* What was inside belongs to the native value now. */
	d->undo.count = user->mark;
	u = undo_add(d, UNDO_CLEAR, user->native);
	if (!u) {
		native->clear(user->native, true);
		return no_memory(d);
	}
	u->native = native;
	return 0;
}

static int step(struct ndr_decoder *d, const struct ndr_pending *p)
{
	struct ndr_alias *a;

	switch ((enum pending_kind)p->kind) {
	case PENDING_TARGET:
		return ndr_get_target(d, p->type, p->slot, p->scope, p->referent);
	case PENDING_OBJECT:
		return get_reference(d, p);
	case PENDING_ALIAS:
		a = alias_find(d, p->referent);
		if (!a || !a->value)
			return ndr_refuse(d, NDR_BAD_STUB_DATA, p->type,
					  "an alias of what is not there");
		ndr_pointer_set(p->slot, a->value);
		return 0;
	case PENDING_BEGIN:
		((struct user *)p->slot)->mark = d->undo.count;
		return 0;
	default:
		return end_user(d, p->slot);
	}
}

static int drain(struct ndr_decoder *d, uint32_t mark)
{
	uint32_t end = d->pending.count;
	bool before = d->scratch_now;
	int r = 0;

	for (uint32_t i = mark; i < end && !r; i++) {
		struct ndr_pending p = ((struct ndr_pending *)d->pending.items)[i];

		d->scratch_now = p.scratch;
		r = step(d, &p);
	}
	d->scratch_now = before;
	d->pending.count = mark;
	return r;
}

int ndr_decode_begin(struct ndr_decoder *d)
{
	d->undo.count = d->checks.count = d->pending.count = 0;
	d->depth = 0;
	return d->foreign ? ndr_refuse(d, NDR_BAD_STUB_DATA, NULL,
				       "the sender's characters or reals are strange")
			  : 0;
}

int ndr_decode(struct ndr_decoder *d, const struct ndr_type *type, void *value)
{
	int r = ndr_decode_begin(d);

	d->frame = NULL;
	memset(value, 0, type->size);
	if (!r && type->flags & (NDR_CONFORMANT | NDR_OPEN))
		r = ndr_refuse(d, NDR_BAD_STUB_DATA, type,
			       "such a type is decoded behind a pointer");
	if (!r)
		r = ndr_fill(d, type, value, NULL);
	if (r) {
		ndr_undo_from(d, 0);
		memset(value, 0, type->size);
	}
	return r;
}
