/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Valid values by chance, for tests and fuzzers of everything the tables describe. Numbers come
 * first, then what is counted by them: where an expression gives a size that is too large (or a
 * discriminant without an arm), the first number it reads is made small (or a case).
 */
#include "ndr/walk.h"

#include "base/mem.h"

#include <errno.h>

#define ELEMENTS 6 /* arrays stay below */
#define GENERATE_DEPTH 24

struct maker {
	struct ndr_random *random;
	struct arena *arena;
	unsigned depth;
	const struct ndr_type *scope; /* the struct or frame being made */
};

static uint64_t chance(struct maker *m, uint64_t below)
{
	uint64_t *s = &m->random->state;

	*s ^= *s >> 12;
	*s ^= *s << 25;
	*s ^= *s >> 27;
	uint64_t bits = *s * UINT64_C(0x2545f4914f6cdd1d);
	return below ? (bits >> 11) % below : bits;
}

static int make(struct maker *m, const struct ndr_type *type, void *value, const void *scope);

static void make_scalar(struct maker *m, const struct ndr_type *type, void *value)
{
	static const int64_t edges[] = {
		0, 1, 2, 3, -1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, INT32_MAX
	};
	int64_t number = chance(m, 3) ? edges[chance(m, ARRAY_LEN(edges))] : (int64_t)chance(m, 0);

	if (type->flags & NDR_RANGE) {
		uint64_t width = (uint64_t)type->high - (uint64_t)type->low;

		number = type->low + (int64_t)chance(m, width < UINT64_MAX ? width + 1 : 0);
	} else if (type->kind == NDR_ENUM16 || type->kind == NDR_ENUM32) {
		number = type->count ? type->constants[chance(m, type->count)].value : 0;
		number = type->kind == NDR_ENUM16 ? number & 0x7FFF : number;
	} else if (type->kind == NDR_FLOAT) {
		float f = (float)(int32_t)number / 8;

		memcpy(value, &f, sizeof f);
		return;
	} else if (type->kind == NDR_DOUBLE) {
		double d = (double)(int32_t)number / 8;

		memcpy(value, &d, sizeof d);
		return;
	} else if (type->kind == NDR_INT3264) {
		number = (int32_t)number;
	} else if (type->kind == NDR_UINT3264) {
		number = (uint32_t)number;
	}
	ndr_scalar_store(type->kind, value, number);
}

/* The first number that an expression reads, for writing; NULL: it reads none. */
static void *source(const struct ndr_op *expr, void *scope, enum ndr_kind *ret_kind)
{
	if (expr->op != NDR_OP_LOAD)
		return NULL;
	char *at = (char *)scope + expr->value;
	while (expr->kind == NDR_POINTER && expr[1].op == NDR_OP_FOLLOW) {
		at = ndr_pointer_at(at);
		if (!at)
			return NULL;
		expr++;
		at += expr->value;
	}
	*ret_kind = expr->kind;
	return at;
}

/* The least value that the number at the beginning of an expression may have. */
static int64_t lowest(const struct maker *m, const struct ndr_op *expr)
{
	for (uint32_t i = 0; m->scope && i < m->scope->count; i++) {
		const struct ndr_field *f = &m->scope->fields[i];

		if (f->offset == expr->value && f->type->flags & NDR_RANGE)
			return f->type->low;
	}
	return 0;
}

/* A size of at most ELEMENTS, or what the expression cannot but say. */
static bool settle_count(struct maker *m, const struct ndr_op *expr, const void *scope,
			 uint32_t least, uint32_t most, uint32_t *ret)
{
	enum ndr_kind kind;
	void *at = source(expr, (void *)(uintptr_t)scope, &kind);
	uint32_t begin = (uint32_t)chance(m, ELEMENTS);

	if (ndr_eval_count(expr, scope, most < 4096 ? most : 4096, ret) && *ret >= least)
		return true;
	for (uint32_t i = 0; at && i < 64; i++) {
		ndr_scalar_store(kind, at, lowest(m, expr) + (begin + i) % 64);
		if (ndr_eval_count(expr, scope, most < 64 ? most : 64, ret) && *ret >= least)
			return true;
	}
	return false;
}

static int make_text(struct maker *m, const struct ndr_type *type, void *value, uint32_t room)
{
	uint32_t length = room ? (uint32_t)chance(m, room < 12 ? room : 12) : 0;

	if (!room)
		return -ERANGE;
	for (uint32_t i = 0; i < length; i++)
		ndr_scalar_store(type->of->kind, (char *)value + (size_t)i * type->of->size,
				 'a' + (int64_t)chance(m, 26));
	return 0;
}

static int make_elements(struct maker *m, const struct ndr_type *type, void *value,
			 const void *scope, uint32_t size)
{
	uint32_t first = 0, length = size;
	char *at = value;
	int r = 0;

	if (type->flags & NDR_STRING)
		return make_text(m, type, value, size);
	if (type->first && !settle_count(m, type->first, scope, 0, size, &first))
		return -ERANGE;
	if (type->length && !settle_count(m, type->length, scope, 0, size - first, &length))
		return -ERANGE;
	for (uint32_t i = 0; i < size && !r; i++, at += type->of->size)
		r = make(m, type->of, at, scope);
	return r;
}

/* Memory for a target, with the array at its end. */
static int make_target(struct maker *m, const struct ndr_type *type, void *slot, const void *scope)
{
	const struct ndr_type *array = type;
	uint32_t count = 0;
	size_t size;

	if (type->kind == NDR_ARRAY && type->flags & NDR_CONFORMANT) {
		if (!type->expr)
			count = 1 + (uint32_t)chance(m, ELEMENTS);
		else if (!settle_count(m, type->expr, scope, type->flags & NDR_STRING ? 1 : 0,
				       UINT32_MAX, &count))
			return -ERANGE;
	} else if (type->flags & NDR_CONFORMANT) {
		count = 64; /* the struct's own numbers decide how many are used */
	}
	if (!ndr_size_with(type, count, &size))
		return -ERANGE;
	void *target = arena_zalloc(m->arena, 1, size);
	if (!target)
		return -ENOMEM;
	ndr_pointer_set(slot, target);
	if (array->kind == NDR_ARRAY && array->flags & NDR_CONFORMANT)
		return make_elements(m, array, target, scope, count);
	return make(m, type, target, scope);
}

static int make_struct(struct maker *m, const struct ndr_type *type, void *value)
{
	const struct ndr_type *outer = m->scope;
	int r = 0;

	m->scope = type;
	/* Numbers, pointers to numbers, the rest. */
	for (int pass = 0; pass < 3 && !r; pass++) {
		for (uint32_t i = 0; i < type->count && !r; i++) {
			const struct ndr_field *f = &type->fields[i];
			bool number = ndr_is_scalar(f->type->kind);
			bool pointer =
				f->type->kind == NDR_POINTER && ndr_is_scalar(f->type->of->kind);

			if ((number ? 0 : pointer ? 1 : 2) == pass)
				r = make(m, f->type, (char *)value + f->offset, value);
		}
	}
	m->scope = outer;
	return r;
}

static int make_union(struct maker *m, const struct ndr_type *type, void *value, const void *scope)
{
	const struct ndr_arm *arm = &type->arms[chance(m, type->count)];
	int64_t number = arm->value;
	enum ndr_kind kind;

	if (type->flags & NDR_ENCAPSULATED) {
		ndr_scalar_store(type->of->kind, value, number);
	} else {
		int64_t now = 0;
		void *at = source(type->expr, (void *)(uintptr_t)scope, &kind);

		/* Another union may hang on the same number already. */
		if (!ndr_eval(type->expr, scope, &now) || !ndr_arm(type, now) || chance(m, 2)) {
			if (at)
				ndr_scalar_store(kind, at, number);
			if (!ndr_eval(type->expr, scope, &now))
				return -ERANGE;
		}
		number = now;
	}
	arm = ndr_arm(type, number);
	if (!arm)
		return -ERANGE;
	return arm->type ? make(m, arm->type, (void *)(uintptr_t)ndr_arm_value(type, value), scope)
			 : 0;
}

static int make_array(struct maker *m, const struct ndr_type *type, void *value, const void *scope)
{
	uint32_t count = type->count;

	if (type->flags & NDR_CONFORMANT &&
	    (!type->expr || !settle_count(m, type->expr, scope, 0, 64, &count)))
		return -ERANGE;
	return make_elements(m, type, value, scope, count);
}

static int make_user(struct maker *m, const struct ndr_type *type, void *value)
{
	void *wire = arena_zalloc(m->arena, 1, type->of->size);
	int r = wire ? make(m, type->of, wire, NULL) : -ENOMEM;

	if (!r)
		r = type->native->from_wire(wire, value);
	/* Not every wire form is a value; none of them is the empty one. */
	if (r && wire) {
		ndr_clear_in(type->of, wire, NULL, NDR_CLEAR_MADE);
		memset(value, 0, type->size);
	}
	return r == -EBADMSG || r == -ERANGE ? 0 : r;
}

static int make(struct maker *m, const struct ndr_type *type, void *value, const void *scope)
{
	int r = 0;

	if (ndr_is_scalar(type->kind)) {
		make_scalar(m, type, value);
		return 0;
	}
	bool poor = m->depth > GENERATE_DEPTH / 2 || !m->random->budget;
	if (m->random->budget)
		m->random->budget--;
	if (++m->depth > GENERATE_DEPTH)
		return -ERANGE;
	switch (type->kind) {
	case NDR_POINTER:
		if (!(type->flags & NDR_REF) && (poor || !chance(m, 4)) &&
		    !ndr_is_scalar(type->of->kind))
			ndr_pointer_set(value, NULL);
		else
			r = make_target(m, type->of, value, scope);
		break;
	case NDR_STRUCT:
		r = make_struct(m, type, value);
		break;
	case NDR_UNION:
		r = make_union(m, type, value, scope);
		break;
	case NDR_ARRAY:
		r = make_array(m, type, value, scope);
		break;
	case NDR_CONTEXT:
		for (size_t i = 0; i < sizeof(struct ndr_context); i++)
			((uint8_t *)value)[i] = (uint8_t)chance(m, 256);
		break;
	case NDR_USER:
		r = make_user(m, type, value);
		break;
	default:
		memset(value, 0, type->size);
	}
	m->depth--;
	return r;
}

int ndr_generate(const struct ndr_type *type, void *value, struct ndr_random *random,
		 struct arena *arena)
{
	struct maker m = { .random = random, .arena = arena };

	memset(value, 0, type->size);
	int r = make(&m, type, value, NULL);
	if (r)
		ndr_clear(type, value, false);
	return r;
}

int ndr_generate_call(const struct ndr_method *method, void *frame, struct ndr_random *random,
		      struct arena *arena)
{
	struct maker m = { .random = random, .arena = arena };
	/* A frame is a struct of parameters. */
	const struct ndr_type type = { .name = "",
				       .kind = NDR_STRUCT,
				       .align = 8,
				       .size = method->frame_size,
				       .count = method->count,
				       .fields = method->params };

	memset(frame, 0, method->frame_size);
	int r = make_struct(&m, &type, frame);
	if (r)
		ndr_clear(&type, frame, false);
	return r;
}
