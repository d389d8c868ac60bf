/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one door to the C library's allocator. Called from every process and thread; owns nothing.
 */
#include "base/mem.h"

#include "base/fault.h"

#include <stdlib.h>

/* A block that came (or NULL), counted in test builds. */
static void *born(void *block)
{
	if (block)
		fault_live_add(1);
	return block;
}

void *mem_alloc(size_t size)
{
	if (fault_hit(FAULT_ALLOC))
		return NULL;
	return born(malloc(size ? size : 1));
}

void *mem_zalloc(size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total) || fault_hit(FAULT_ALLOC))
		return NULL;
	return born(calloc(total ? total : 1, 1));
}

void *mem_realloc(void *old, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total) || fault_hit(FAULT_ALLOC))
		return NULL;
	void *block = realloc(old, total ? total : 1);
	return old ? block : born(block);
}

void *mem_dup(const void *data, size_t size)
{
	void *copy = mem_alloc(size);
	if (copy && size)
		memcpy(copy, data, size);
	return copy;
}

char *mem_strdup(const char *text)
{
	return mem_dup(text, strlen(text) + 1);
}

void *mem_free(void *p)
{
	if (p)
		fault_live_add(-1);
	free(p);
	return NULL;
}
