/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks of a few dozen bytes that come and go all the time, as the texts of scripts do. What a
 * thread lets go it keeps, up to a bound, and takes again without asking the C library; at its end
 * it gives all of it back. Any thread may let go what another took.
 *
 * Builds with faults or AddressSanitizer keep nothing: there each allocation can fail, and a use
 * after the end is seen.
 */
#pragma once

#include "base/mem.h"

#include <stdint.h>

#if defined(SURROGATE_FAULTS) || defined(__SANITIZE_ADDRESS__)
#define MEM_SMALL_KEEPS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEM_SMALL_KEEPS 0
#endif
#endif
#ifndef MEM_SMALL_KEEPS
#define MEM_SMALL_KEEPS 1
#endif

#define MEM_SMALL_MAX 136               /* larger blocks are mem_alloc's */
#define MEM_SMALL_KEPT_MAX (256u << 10) /* bytes that one thread keeps */

/* The sizes are those that the C library has without a rest: 8, 24, 40, ... */
static inline size_t mem_small_class(size_t size)
{
	return (size + 7) / 16;
}
#define MEM_SMALL_CLASSES ((MEM_SMALL_MAX + 7) / 16 + 1)

/* What a block of `size` bytes really has; the same for what it really has. */
static inline size_t mem_small_size(size_t size)
{
	return mem_small_class(size) * 16 + 8;
}

struct mem_small {
	void *first[MEM_SMALL_CLASSES]; /* each block begins with the address of the next */
	size_t room; /* bytes that may still be kept; none before there is something to keep */
};
extern _Thread_local struct mem_small mem_small_of_thread
	__attribute__((tls_model("initial-exec")));

/* Lets go what there is no room for, or the first block of a thread. */
void mem_small_free_slow(void *block, size_t size);

/* Uninitialised memory of mem_small_size(size) bytes, or NULL. */
static inline void *mem_small_alloc(size_t size)
{
	struct mem_small *s = &mem_small_of_thread;
	size_t class = mem_small_class(size);
	void *block = class < MEM_SMALL_CLASSES ? s->first[class] : NULL;

	if (!block)
		return mem_alloc(mem_small_size(size));
	memcpy(&s->first[class], block, sizeof block);
	s->room += mem_small_size(size);
	return block;
}

/* `size` is what the block was asked with, or what it has. Such a block may also be given to
 * mem_realloc and mem_free. */
static inline void mem_small_free(void *block, size_t size)
{
	struct mem_small *s = &mem_small_of_thread;
	size_t class = mem_small_class(size);

	if (class >= MEM_SMALL_CLASSES || s->room < mem_small_size(size)) {
		mem_small_free_slow(block, size);
		return;
	}
	memcpy(block, &s->first[class], sizeof block);
	s->first[class] = block;
	s->room -= mem_small_size(size);
}
