/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arena: memory for one unit of work (a request, a compile, a message), freed all at once.
 * Not thread safe; one owner. Has a limit from birth: an allocation that would pass it gives NULL,
 * exactly as if the machine were out of memory.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

struct arena {
	struct arena_block *blocks; /* newest first */
	char *next, *end;           /* free space in the newest block */
	size_t used, limit;         /* bytes taken from the system, and their maximum */
};

/* `limit` in bytes. Takes nothing from the system until the first allocation. */
void arena_init(struct arena *arena, size_t limit);
/* Frees everything; the arena can be used again at once. */
void arena_done(struct arena *arena);
/* As arena_done, but keeps one block for the next unit of work: no system call in a steady state.
 */
void arena_reset(struct arena *arena);

/* Aligned for any object, not zeroed. NULL when the limit or the memory is at its end. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((warn_unused_result));
void *arena_zalloc(struct arena *arena, size_t count, size_t size)
	__attribute__((warn_unused_result));
/* Copies; the text copy is NUL-terminated. */
void *arena_dup(struct arena *arena, const void *data, size_t size)
	__attribute__((warn_unused_result));
char *arena_strndup(struct arena *arena, const char *text, size_t length)
	__attribute__((warn_unused_result));
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3), warn_unused_result));

#define arena_new(arena, type) ((type *)arena_zalloc((arena), 1, sizeof(type)))
