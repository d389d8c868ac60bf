/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Freeing what values hold, and making room for what a method will return. Fields that others are
 * counted by are only read, so the counts are there as long as they are needed; pointers to such
 * counts go last.
 */
#include "ndr/walk.h"

#include "base/mem.h"

#include <errno.h>

#define OUT_ELEMENTS_MAX 0x1000000u /* of one array that a caller wants filled */

static bool is_count(const struct ndr_type *type)
{
	return type->kind == NDR_POINTER && type->of->flags & NDR_SIMPLE;
}

static void clear_pointer(const struct ndr_type *type, void *slot, const void *scope,
			  unsigned flags)
{
	void *target = ndr_pointer_at(slot);

	/* First, so that a ring of full pointers ends. */
	ndr_pointer_set(slot, NULL);
	if (!target)
		return;
	ndr_clear_in(type->of, target, scope, flags);
	if (flags & NDR_CLEAR_HEAP)
		mem_free(target);
}

static void clear_struct(const struct ndr_type *type, void *value, unsigned flags)
{
	for (int last = 0; last < 2; last++) {
		for (uint32_t i = 0; i < type->count; i++) {
			const struct ndr_field *f = &type->fields[i];

			if (is_count(f->type) == last)
				ndr_clear_in(f->type, (char *)value + f->offset, value, flags);
		}
	}
}

static void clear_array(const struct ndr_type *type, void *value, const void *scope, unsigned flags)
{
	uint32_t count = type->count;
	char *at = value;

	if (type->expr && !ndr_eval_count(type->expr, scope, NDR_COUNT_MAX, &count))
		return;
	for (uint32_t i = 0; i < count; i++, at += type->of->size)
		ndr_clear_in(type->of, at, scope, flags);
}

void ndr_clear_in(const struct ndr_type *type, void *value, const void *scope, unsigned flags)
{
	const struct ndr_arm *arm;
	IUnknown *object;
	int64_t number;

	if (type->flags & NDR_SIMPLE)
		return;
	switch (type->kind) {
	case NDR_POINTER:
		clear_pointer(type, value, scope, flags);
		break;
	case NDR_STRUCT:
		clear_struct(type, value, flags);
		break;
	case NDR_UNION:
		arm = ndr_discriminant(type, value, scope, &number) ? ndr_arm(type, number) : NULL;
		if (arm && arm->type)
			ndr_clear_in(arm->type, (void *)(uintptr_t)ndr_arm_value(type, value),
				     scope, flags);
		break;
	case NDR_ARRAY:
		clear_array(type, value, scope, flags);
		break;
	case NDR_INTERFACE:
		object = ndr_pointer_at(value);
		ndr_pointer_set(value, NULL);
		if (object)
			object->lpVtbl->Release(object);
		break;
	case NDR_USER:
		type->native->clear(value, flags & NDR_CLEAR_MADE);
		break;
	default:
		break;
	}
}

void ndr_clear(const struct ndr_type *type, void *value, bool heap)
{
	ndr_clear_in(type, value, NULL, NDR_CLEAR_MADE | (heap ? NDR_CLEAR_HEAP : 0));
	memset(value, 0, type->size);
}

void ndr_clear_call(const struct ndr_method *method, void *frame, bool heap)
{
	for (uint32_t i = 0; i < method->count; i++) {
		const struct ndr_field *p = &method->params[i];
		void *slot = (char *)frame + p->offset;
		unsigned owned = heap && p->flags & (NDR_OUT | NDR_RESULT) ? NDR_CLEAR_HEAP : 0;

		owned |= p->flags & NDR_IN || !heap ? NDR_CLEAR_MADE : 0;
		if (p->type->kind != NDR_POINTER)
			ndr_clear_in(p->type, slot, frame, owned);
		else if (ndr_pointer_at(slot))
			ndr_clear_in(p->type->of, ndr_pointer_at(slot), frame, owned);
	}
}

int ndr_prepare_out(const struct ndr_method *method, void *frame, struct arena *arena)
{
	for (uint32_t i = 0; i < method->count; i++) {
		const struct ndr_field *p = &method->params[i];
		void *slot = (char *)frame + p->offset;
		uint32_t count = 0;
		size_t size;

		if ((p->flags & (NDR_IN | NDR_OUT)) != NDR_OUT || p->type->kind != NDR_POINTER ||
		    !(p->type->flags & NDR_REF))
			continue;
		const struct ndr_type *target = p->type->of;
		/* A struct that ends with an array has nobody yet who knows how long that is. */
		if (target->flags & NDR_CONFORMANT &&
		    (target->kind != NDR_ARRAY || !target->expr ||
		     !ndr_eval_count(target->expr, frame, OUT_ELEMENTS_MAX, &count)))
			return -EINVAL;
		if (!ndr_size_with(target, count, &size))
			return -EINVAL;
		void *room = arena_zalloc(arena, 1, size);
		if (!room)
			return -ENOMEM;
		ndr_pointer_set(slot, room);
	}
	return 0;
}
