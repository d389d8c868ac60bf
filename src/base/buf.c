/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The growing byte buffer. Its block always has room for one byte more than `capacity`, so that a
 * terminator can be set at any time without growing. Owned by one thread.
 */
#include "base/buf.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>

#define BUF_FIRST 256

void buf_init(struct buf *b, size_t limit)
{
	*b = (struct buf){ .limit = limit };
}

void buf_done(struct buf *b)
{
	mem_free(b->data);
	buf_init(b, b->limit);
}

void buf_clear(struct buf *b)
{
	b->length = 0;
	b->error = 0;
}

char *buf_reserve(struct buf *b, size_t length)
{
	if (b->error)
		return NULL;
	if (b->data && length <= b->capacity - b->length)
		return b->data + b->length;
	if (length > b->limit - b->length) {
		b->error = -ENOBUFS;
		return NULL;
	}
	size_t need = b->length + length;
	size_t capacity = b->capacity ? b->capacity : BUF_FIRST;
	while (capacity < need && capacity <= SIZE_MAX / 2)
		capacity *= 2;
	if (capacity < need || capacity > b->limit)
		capacity = b->limit;
	/* A limit of SIZE_MAX leaves no room for the terminator; such a size fails anyway. */
	char *data = capacity < SIZE_MAX ? mem_realloc(b->data, capacity + 1, 1) : NULL;
	if (!data) {
		b->error = -ENOMEM;
		return NULL;
	}
	b->data = data;
	b->capacity = capacity;
	return data + b->length;
}

void buf_commit(struct buf *b, size_t length)
{
	if (!b->error && length <= b->capacity - b->length)
		b->length += length;
}

void buf_put(struct buf *b, const void *data, size_t length)
{
	if (length == 0)
		return;
	char *to = buf_reserve(b, length);
	if (!to)
		return;
	memcpy(to, data, length);
	b->length += length;
}

void buf_put_text(struct buf *b, struct text t)
{
	buf_put(b, t.data, t.length);
}

void buf_puts(struct buf *b, const char *z)
{
	buf_put(b, z, strlen(z));
}

void buf_putc(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
	if (b->error)
		return;
	va_list again;
	va_copy(again, args);
	size_t room = b->data ? b->capacity - b->length + 1 : 0;
	int length = vsnprintf(room ? b->data + b->length : NULL, room, format, args);
	if (length < 0) {
		b->error = -ENOMEM; /* the C library could not convert an argument */
	} else if ((size_t)length < room) {
		b->length += (size_t)length;
	} else {
		char *to = buf_reserve(b, (size_t)length);
		if (to) {
			vsnprintf(to, (size_t)length + 1, format, again);
			b->length += (size_t)length;
		}
	}
	va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

void buf_put_utf16(struct buf *b, const char16_t *units, size_t length)
{
	size_t bytes = utf16_to_utf8_length(units, length);
	char *to = bytes ? buf_reserve(b, bytes) : NULL;
	if (to)
		b->length += utf16_to_utf8(units, length, to, bytes);
}

static const char *html_entity(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void buf_put_html(struct buf *b, struct text t)
{
	size_t plain = 0; /* where the run that needs no entity began */
	for (size_t i = 0; i < t.length; i++) {
		const char *entity = html_entity(t.data[i]);
		if (!entity)
			continue;
		buf_put(b, t.data + plain, i - plain);
		buf_puts(b, entity);
		plain = i + 1;
	}
	if (plain < t.length)
		buf_put(b, t.data + plain, t.length - plain);
}

static void put_json_control(struct buf *b, unsigned c)
{
	static const char names[] = "btn\0fr"; /* \b \t \n (no \v) \f \r: U+0008 to U+000D */
	if (c >= '\b' && c <= '\r' && names[c - '\b'])
		buf_printf(b, "\\%c", names[c - '\b']);
	else
		buf_printf(b, "\\u%04x", c);
}

/* RFC 8259 7 and 8.1: JSON is UTF-8, so what is ill-formed becomes U+FFFD. */
void buf_put_json(struct buf *b, struct text t)
{
	for (size_t at = 0; at < t.length;) {
		size_t from = at;
		char32_t c = utf8_next(t, &at);
		if (c == '"' || c == '\\') {
			buf_putc(b, '\\');
			buf_putc(b, (char)c);
		} else if (c < 0x20 || c == 0x7f) {
			put_json_control(b, c);
		} else if (c == 0xfffd) {
			buf_puts(b, "\xef\xbf\xbd");
		} else {
			buf_put(b, t.data + from, at - from);
		}
	}
}

void buf_consume(struct buf *b, size_t length)
{
	if (length >= b->length) {
		b->length = 0;
		return;
	}
	if (length == 0)
		return;
	memmove(b->data, b->data + length, b->length - length);
	b->length -= length;
}

const char *buf_cstr(struct buf *b)
{
	if (b->error || b->length == 0)
		return "";
	b->data[b->length] = '\0';
	return b->data;
}

char *buf_take(struct buf *b, size_t *ret_length)
{
	/* An empty buffer may own no block yet; the caller still gets one to free. */
	if (b->error || (!b->data && !buf_reserve(b, 0)))
		return NULL;
	char *data = b->data;
	data[b->length] = '\0';
	if (ret_length)
		*ret_length = b->length;
	buf_init(b, b->limit);
	return data;
}
