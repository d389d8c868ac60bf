/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameters and results out of NDR: which of a frame's fields are there, what goes into memory
 * that the caller gave, and what was promised among parameters.
 */
#include "ndr/decode.h"

#include "base/mem.h"

#include <errno.h>

/* How many elements fit where the caller wants them. */
static int check_room(struct ndr_decoder *d, const struct ndr_type *type, const void *value,
		      const void *frame)
{
	const void *scope = frame;
	const struct ndr_type *array = ndr_tail(type, &value, &scope);
	struct ndr_extent x;

	if (array->expr ? !ndr_eval_count(array->expr, scope, NDR_COUNT_MAX, &x.size)
			: !ndr_extent(array, value, scope, &x))
		return ndr_refuse(d, NDR_INVALID_BOUND, type, "there is no room for an array");
	if (d->conformance > x.size)
		return ndr_refuse(d, NDR_INVALID_BOUND, type, "an array is longer than its room");
	return 0;
}

/* A parameter that is a ref pointer has no representation: its target follows at once, into what
 * the caller gave for it or into new memory. */
static int get_ref_param(struct ndr_decoder *d, const struct ndr_type *type, void *slot,
			 void *frame, bool inout)
{
	void *value = ndr_pointer_at(slot);
	size_t size = type->size;
	struct arena *arena = d->arena;
	int r = 0;

	if (!value && inout && d->inout_on_heap) {
		/* The target stays ours, what it holds the method may free and replace. */
		if (type->flags & NDR_CONFORMANT && (r = ndr_get_conformance(d, type)))
			return r;
		if (!ndr_size_with(type, d->conformance, &size))
			return ndr_refuse(d, NDR_INVALID_BOUND, type, "an array is too long");
		value = ndr_take(d, size, &r);
		if (!value)
			return r;
		ndr_pointer_set(slot, value);
		d->arena = NULL;
		r = ndr_fill(d, type, value, frame);
		d->arena = arena;
		return r;
	}
	if (!value)
		return ndr_get_target(d, type, slot, frame, 0);
	if (type->flags & NDR_CONFORMANT) {
		if ((r = ndr_get_conformance(d, type)) || (r = check_room(d, type, value, frame)))
			return r;
		if (!ndr_size_with(type, d->conformance, &size))
			return ndr_refuse(d, NDR_INVALID_BOUND, type, "an array is too long");
		/* A struct's own fields say how large it is: they stay until they are read. */
		if (type->kind == NDR_ARRAY)
			memset(value, 0, size);
	} else {
		memset(value, 0, size);
	}
	return ndr_fill(d, type, value, frame);
}

static bool in_place(const struct ndr_field *p, const void *frame)
{
	return p->flags & NDR_OUT && p->type->kind == NDR_POINTER &&
	       ndr_pointer_at((const char *)frame + p->offset);
}

/* A unique pointer that goes both ways: the pointer itself is the caller's and never changes, only
 * what it points to does. */
static int get_unique_inout(struct ndr_decoder *d, const struct ndr_type *type, void *slot,
			    void *frame, unsigned direction)
{
	uint32_t referent;
	int r = ndr_get_u32(d, &referent);

	if (r || !referent)
		return r;
	if (direction & NDR_OUT && !ndr_pointer_at(slot) && !d->arena)
		return ndr_refuse(d, NDR_BAD_STUB_DATA, type,
				  "an answer for a pointer that was NULL");
	return get_ref_param(d, type->of, slot, frame, true);
}

/* What an [out] parameter holds is gone before the answer is read. */
static void clear_out(const struct ndr_method *method, void *frame)
{
	for (uint32_t i = 0; i < method->count; i++) {
		const struct ndr_field *p = &method->params[i];
		void *slot = (char *)frame + p->offset;

		if (p->flags & NDR_RESULT) {
			memset(slot, 0, p->type->size);
		} else if (in_place(p, frame)) {
			if (p->flags & NDR_IN)
				ndr_clear_in(p->type->of, ndr_pointer_at(slot), frame,
					     NDR_CLEAR_HEAP);
			else if (!(p->type->of->flags & NDR_CONFORMANT))
				memset(ndr_pointer_at(slot), 0, p->type->of->size);
		}
	}
}

/* `given` has a bit for each parameter whose target is the caller's. */
static void zero_out(const struct ndr_method *method, void *frame, unsigned direction,
		     uint64_t given)
{
	for (uint32_t i = 0; i < method->count; i++) {
		const struct ndr_field *p = &method->params[i];
		void *slot = (char *)frame + p->offset;

		if (given >> i & 1) {
			if (!(p->type->of->flags & NDR_CONFORMANT))
				memset(ndr_pointer_at(slot), 0, p->type->of->size);
		} else if (p->flags & direction || (direction & NDR_OUT && p->flags & NDR_RESULT)) {
			memset(slot, 0, p->type->size);
		}
	}
}

int ndr_decode_call(struct ndr_decoder *d, const struct ndr_method *method, unsigned direction,
		    void *frame)
{
	int r = ndr_decode_begin(d);

	uint64_t given = 0;

	_Static_assert(NDR_PARAMS_MAX <= 64, "a bit for each");
	for (uint32_t i = 0; direction & NDR_OUT && i < method->count; i++)
		given |= (uint64_t)in_place(&method->params[i], frame) << i;
	d->frame = frame;
	if (direction & NDR_OUT)
		clear_out(method, frame);
	for (uint32_t i = 0; i < method->count && !r; i++) {
		const struct ndr_field *p = &method->params[i];
		void *slot = (char *)frame + p->offset;
		unsigned goes = p->flags & NDR_RESULT ? NDR_OUT : p->flags;

		if (!(goes & direction))
			continue;
		bool inout = (p->flags & (NDR_IN | NDR_OUT)) == (NDR_IN | NDR_OUT);
		if (p->type->kind == NDR_POINTER && p->type->flags & NDR_REF)
			r = get_ref_param(d, p->type->of, slot, frame, inout);
		else if (p->type->kind == NDR_POINTER && p->type->flags & NDR_UNIQUE && inout)
			r = get_unique_inout(d, p->type, slot, frame, direction);
		else
			r = ndr_fill(d, p->type, slot, frame);
	}
	if (!r)
		r = ndr_keep_promises(d, 0, NULL);
	d->frame = NULL;
	if (r) {
		ndr_undo_from(d, 0);
		zero_out(method, frame, direction, given);
	}
	return r;
}
