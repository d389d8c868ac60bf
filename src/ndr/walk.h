/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the walkers of ndr/ have in common: where arrays are and how long, which arm a union has,
 * lists, errors. Inside ndr/.
 */
#pragma once

#include "ndr/expr.h"
#include "ndr/ndr.h"

#define NDR_COUNT_MAX 0x7FFFFFFFu /* elements of an array, [MS-RPCE] 2.2.5.3.2.1 */

static inline void *ndr_pointer_at(const void *slot)
{
	void *p;

	__builtin_memcpy(&p, slot, sizeof p);
	return p;
}
static inline void ndr_pointer_set(void *slot, void *p)
{
	__builtin_memcpy(slot, &p, sizeof p);
}

/* The array at the end of a conformant struct, or the conformant array that `type` is itself.
 * `*value` and `*scope` become its own. */
const struct ndr_type *ndr_tail(const struct ndr_type *type, const void **value,
				const void **scope);
/* Bytes in memory of a value with `count` elements at its end; false when that is too many. */
bool ndr_size_with(const struct ndr_type *type, uint32_t count, size_t *ret);

/* Number of elements of an array that is in memory, and which part of it counts. A string's is up
 * to its NUL. False: an expression has no sensible value. */
struct ndr_extent {
	uint32_t size, first, length;
};
bool ndr_extent(const struct ndr_type *array, const void *value, const void *scope,
		struct ndr_extent *ret);

/* The arm for a discriminant; NULL: there is none. */
const struct ndr_arm *ndr_arm(const struct ndr_type *type, int64_t discriminant);
/* The discriminant of a union in memory. */
bool ndr_discriminant(const struct ndr_type *type, const void *value, const void *scope,
		      int64_t *ret);
/* Where the arms are. */
static inline const void *ndr_arm_value(const struct ndr_type *type, const void *value)
{
	return (const char *)value + (type->flags & NDR_ENCAPSULATED ? type->offset : 0);
}
/* The IID of an interface pointer; NULL: iid_is points nowhere. */
const IID *ndr_iid(const struct ndr_type *type, const void *scope);

/* Room for one more item of `size` bytes, zeroed; NULL: no memory, or above `most`. */
void *ndr_list_add(struct ndr_list *list, size_t size, uint32_t most);

/* Fills `err` and returns `code`. `type` may be NULL. */
int ndr_fail(struct error *err, int code, enum ndr_status status, const struct ndr_type *type,
	     const char *why);

/* ndr_clear of a value in a scope. HEAP: pointees are freed; MADE: a decoder made it, and not a
 * method or a caller. */
enum ndr_clear_flags { NDR_CLEAR_HEAP = 1, NDR_CLEAR_MADE = 2 };
void ndr_clear_in(const struct ndr_type *type, void *value, const void *scope, unsigned flags);
