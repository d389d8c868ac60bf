/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A byte buffer that grows up to the maximum it was born with. Reaching the maximum, or running
 * out of memory, is remembered: further writes do nothing, and buf_failed() tells at the end, so
 * that code which builds text needs one check. Not thread safe.
 */
#pragma once

#include "base/text.h"

#include <stdarg.h>

struct buf {
	char *data;
	size_t length, capacity, limit;
	int error; /* 0, -ENOMEM, or -ENOBUFS when the limit was reached */
};

void buf_init(struct buf *b, size_t limit);
void buf_done(struct buf *b);
/* Empties it and forgets an error; keeps the memory. */
void buf_clear(struct buf *b);

void buf_put(struct buf *b, const void *data, size_t length);
void buf_put_text(struct buf *b, struct text t);
void buf_puts(struct buf *b, const char *z);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args);
void buf_put_utf16(struct buf *b, const char16_t *units, size_t length); /* as UTF-8 */
/* With <, >, &, " and ' as entities; with JSON's escapes, without the quotes. */
void buf_put_html(struct buf *b, struct text t);
void buf_put_json(struct buf *b, struct text t);

/* Room for `length` more bytes to be written at the returned place and then claimed by
 * buf_commit; NULL on failure. */
char *buf_reserve(struct buf *b, size_t length);
void buf_commit(struct buf *b, size_t length);
/* Drops `length` bytes from the front. */
void buf_consume(struct buf *b, size_t length);

static inline int buf_failed(const struct buf *b)
{
	return b->error;
}
static inline struct text buf_text(const struct buf *b)
{
	return (struct text){ b->data, b->length };
}
/* NUL-terminated view, valid until the next write; "" when empty or failed. */
const char *buf_cstr(struct buf *b);
/* Hands over the memory (NUL-terminated, mem_free) and leaves the buffer empty; NULL on error. */
char *buf_take(struct buf *b, size_t *ret_length);
