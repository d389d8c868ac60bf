/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bump allocation in blocks that double up to 64 KiB; a large object gets a block of its own, so
 * that it does not waste the rest of the current one. The thread that owns the unit of work calls
 * it. Under AddressSanitizer the free space is poisoned and objects are set apart, so that an
 * overrun inside an arena is found like one on the heap.
 */
#include "base/arena.h"

#include "base/fault.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(ARENA_ASAN)
#include <sanitizer/asan_interface.h>
#define ARENA_REDZONE 16
#define arena_hide(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define arena_show(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define ARENA_REDZONE 0
#define arena_hide(p, n) ((void)(p), (void)(n))
#define arena_show(p, n) ((void)(p), (void)(n))
#endif

#define ARENA_ALIGN alignof(max_align_t)
#define ARENA_BLOCK_MIN ((size_t)2048)
#define ARENA_BLOCK_MAX ((size_t)65536)

struct arena_block {
	struct arena_block *next;
	size_t size; /* with this header */
	alignas(max_align_t) char data[];
};

void arena_init(struct arena *arena, size_t limit)
{
	*arena = (struct arena){ .limit = limit };
}

static void block_free(struct arena_block *block)
{
	arena_show(block, block->size);
	fault_live_add(-1);
	free(block);
}

void arena_done(struct arena *arena)
{
	struct arena_block *block = arena->blocks;
	while (block) {
		struct arena_block *next = block->next;
		block_free(block);
		block = next;
	}
	arena_init(arena, arena->limit);
}

static void arena_use(struct arena *arena, struct arena_block *block)
{
	arena->next = block->data;
	arena->end = (char *)block + block->size;
}

void arena_reset(struct arena *arena)
{
	struct arena_block *keep = NULL;
	struct arena_block *block = arena->blocks;
	while (block) {
		struct arena_block *next = block->next;
		/* The largest ordinary block; one made for a single large object goes back. */
		if (block->size <= ARENA_BLOCK_MAX && (!keep || block->size > keep->size)) {
			if (keep)
				block_free(keep);
			keep = block;
		} else {
			block_free(block);
		}
		block = next;
	}
	arena_init(arena, arena->limit);
	if (!keep)
		return;
	keep->next = NULL;
	arena->blocks = keep;
	arena->used = keep->size;
	arena_use(arena, keep);
	arena_hide(keep->data, keep->size - sizeof(*keep));
}

static struct arena_block *block_new(struct arena *arena, size_t size)
{
	if (size > arena->limit - arena->used)
		return NULL;
	struct arena_block *block = malloc(size);
	if (!block)
		return NULL;
	fault_live_add(1);
	block->size = size;
	arena->used += size;
	arena_hide(block->data, size - sizeof(*block));
	return block;
}

/* `size` is rounded. The block's data, of which the caller takes the first `size` bytes. */
static char *arena_grow(struct arena *arena, size_t size)
{
	size_t least = size + sizeof(struct arena_block);
	size_t usual = arena->used < ARENA_BLOCK_MIN ? ARENA_BLOCK_MIN : arena->used;
	if (usual > ARENA_BLOCK_MAX)
		usual = ARENA_BLOCK_MAX;
	if (usual > arena->limit - arena->used)
		usual = arena->limit - arena->used;
	bool alone = arena->blocks && size > usual / 4;
	struct arena_block *block = block_new(arena, alone || least > usual ? least : usual);
	if (!block)
		return NULL;
	if (alone) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
		return block->data;
	}
	block->next = arena->blocks;
	arena->blocks = block;
	arena_use(arena, block);
	arena->next += size;
	return block->data;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	if (fault_hit(FAULT_ALLOC) || size > PTRDIFF_MAX / 2)
		return NULL;
	size_t rounded = (size + ARENA_REDZONE + ARENA_ALIGN - 1) & ~(ARENA_ALIGN - 1);
	if (rounded == 0)
		rounded = ARENA_ALIGN; /* distinct objects have distinct addresses */
	char *p;
	if (rounded <= (size_t)(arena->end - arena->next)) {
		p = arena->next;
		arena->next += rounded;
	} else {
		p = arena_grow(arena, rounded);
		if (!p)
			return NULL;
	}
	arena_show(p, size);
	return p;
}

void *arena_zalloc(struct arena *arena, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	void *p = arena_alloc(arena, total);
	if (p)
		memset(p, 0, total);
	return p;
}

void *arena_dup(struct arena *arena, const void *data, size_t size)
{
	void *p = arena_alloc(arena, size);
	if (p && size)
		memcpy(p, data, size);
	return p;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	if (length == SIZE_MAX)
		return NULL;
	char *p = arena_alloc(arena, length + 1);
	if (!p)
		return NULL;
	if (length)
		memcpy(p, text, length);
	p[length] = '\0';
	return p;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	char small[256];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	if (length < 0)
		return NULL;
	if ((size_t)length < sizeof(small))
		return arena_strndup(arena, small, (size_t)length);
	char *p = arena_alloc(arena, (size_t)length + 1);
	if (!p)
		return NULL;
	va_start(args, format);
	vsnprintf(p, (size_t)length + 1, format, args);
	va_end(args);
	return p;
}
