/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory from the C library, behind one door so that tests can make the n-th allocation fail
 * (base/fault.h). All functions are thread safe. Every size multiplication is checked.
 */
#pragma once

#include <stddef.h>
#include <string.h>

/* Uninitialised memory, or NULL. A size of 0 gives a valid pointer that can be freed. */
void *mem_alloc(size_t size) __attribute__((malloc, warn_unused_result));

/* `count` zeroed objects of `size` bytes, or NULL (also when the product overflows). */
void *mem_zalloc(size_t count, size_t size) __attribute__((malloc, warn_unused_result));

/* Resizes to `count` objects of `size` bytes. NULL on failure, the old block stays valid. */
void *mem_realloc(void *old, size_t count, size_t size) __attribute__((warn_unused_result));

/* A copy of `size` bytes, or of a NUL-terminated text. NULL when out of memory. */
void *mem_dup(const void *data, size_t size) __attribute__((warn_unused_result));
char *mem_strdup(const char *text) __attribute__((warn_unused_result));

/* Takes NULL. Always returns NULL: `p = mem_free(p)`. */
void *mem_free(void *p);

/* memcpy of what is mostly a few bytes, without a call. Some of them are read and written twice. */
static inline void mem_copy(void *restrict to, const void *restrict from, size_t size)
{
	const char *f = from;
	char *t = to;

	if (size > 32) {
		memcpy(t, f, size);
	} else if (size >= 16) {
		memcpy(t, f, 16);
		memcpy(t + size - 16, f + size - 16, 16);
	} else if (size >= 8) {
		memcpy(t, f, 8);
		memcpy(t + size - 8, f + size - 8, 8);
	} else if (size >= 4) {
		memcpy(t, f, 4);
		memcpy(t + size - 4, f + size - 4, 4);
	} else if (size >= 2) {
		memcpy(t, f, 2);
		memcpy(t + size - 2, f + size - 2, 2);
	} else if (size) {
		*t = *f;
	}
}

#define mem_new(type) ((type *)mem_zalloc(1, sizeof(type)))

/* cleanup attribute: `_cleanup_mem_ char *name = NULL;` frees at the end of the scope. */
static inline void mem_free_indirect(void *p)
{
	mem_free(*(void **)p);
}
#define _cleanup_mem_ __attribute__((cleanup(mem_free_indirect)))
#define _cleanup_(f) __attribute__((cleanup(f)))

/* Hands over ownership: the value of `p`, which becomes NULL. */
#define TAKE_PTR(p)                                                                                \
	({                                                                                         \
		__typeof__(p) _t = (p);                                                            \
		(p) = NULL;                                                                        \
		_t;                                                                                \
	})

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
