/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small things of the machine's fast paths: what two registers hold, and how a result is put into
 * one, whatever was there. For vm.c alone.
 */
#pragma once

#include "script/vbs/value.h"

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

static inline bool is_int(const struct value *v)
{
	return (v->type ^ VT_I2) <= 1;
}

static inline bool both_int(const struct value *x, const struct value *y)
{
	return ((x->type ^ VT_I2) | (y->type ^ VT_I2)) <= 1;
}
_Static_assert(VT_I2 == 2 && VT_I4 == 3, "integer types differ in the last bit");

static inline bool both_double(const struct value *x, const struct value *y)
{
	return x->type == VT_R8 && y->type == VT_R8;
}

/* Follows what are references; false when none is. */
static inline bool follow(struct value **x, struct value **y)
{
	struct value *a = *x, *b = *y;

	*x = value_deref(a);
	*y = value_deref(b);
	return *x != a || *y != b;
}

static inline void put(struct value *to, struct value v)
{
	if (UNLIKELY(value_counted(to)))
		vbs_value_release(to);
	to->head = v.head;
	to->i = v.i;
}

/* An Integer that does not fit became a Long, a Long a Double. */
static inline void widen(struct value *v, int64_t n)
{
	if (LIKELY(n == (int16_t)n))
		return;
	if (LIKELY(n == (int32_t)n))
		v->head = VT_I4;
	else
		*v = VALUE_R8((double)n);
}

static inline void put_int(struct value *to, unsigned type, int64_t n)
{
	if (UNLIKELY(value_counted(to)))
		vbs_value_release(to);
	to->head = type;
	to->i = n;
	widen(to, n);
}

static inline void put_double(struct value *to, double d)
{
	if (UNLIKELY(value_counted(to)))
		vbs_value_release(to);
	to->head = VT_R8;
	to->d = d;
}

static inline void put_ref(struct value *to, struct value *ref)
{
	if (UNLIKELY(value_counted(to)))
		vbs_value_release(to);
	to->head = VBS_REF;
	to->ref = ref;
}

/* A value that has no count. */
static inline void put_plain(struct value *to, const struct value *v)
{
	if (UNLIKELY(value_counted(to)))
		vbs_value_release(to);
	value_assign(to, v);
}

/* The number in a variable, or a reference to what else it holds. */
static inline void put_operand(struct value *to, struct value *variable)
{
	if (UNLIKELY(value_counted(variable)))
		put_ref(to, variable);
	else
		put_plain(to, variable);
}
