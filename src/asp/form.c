/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsers of query strings, forms and cookies. Called by Request on the first use of a collection,
 * on the page's thread; own nothing.
 */
#include "asp/form.h"

#include <errno.h>

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = text_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value of `digits` hexadecimal digits at `at`, or -1. */
static int hex_number(struct text t, size_t at, size_t digits)
{
	int value = 0;
	if (t.length - at < digits)
		return -1;
	for (size_t i = 0; i < digits; i++) {
		int digit = hex(t.data[at + i]);
		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

void asp_url_decode(struct text t, bool utf8, struct buf *out)
{
	for (size_t i = 0; i < t.length;) {
		size_t plain = i;
		while (plain < t.length && t.data[plain] != '%' && t.data[plain] != '+')
			plain++;
		buf_put(out, t.data + i, plain - i);
		i = plain;
		if (i == t.length)
			break;
		int byte = t.data[i] == '%' ? hex_number(t, i + 1, 2) : ' ';
		if (byte >= 0) {
			buf_putc(out, (char)byte);
			i += t.data[i] == '%' ? 3 : 1;
			continue;
		}
		bool wide = i + 1 < t.length && text_lower(t.data[i + 1]) == 'u';
		int unit = wide ? hex_number(t, i + 2, 4) : -1;
		if (unit < 0) {
			buf_putc(out, t.data[i++]);
			continue;
		}
		char16_t c = (char16_t)unit;
		if (utf8)
			buf_put_utf16(out, &c, 1);
		else
			buf_putc(out, unit < 0x80 ? (char)unit : '?');
		i += 6;
	}
}

/* Decodes both and gives them to `fn`. `room` is used again for every pair. */
static int give(struct text name, struct text value, bool utf8, struct buf *room, asp_pair_fn fn,
		void *ctx)
{
	buf_clear(room);
	asp_url_decode(name, utf8, room);
	size_t length = room->length;
	asp_url_decode(value, utf8, room);
	if (buf_failed(room))
		return buf_failed(room);
	struct text both = room->length ? buf_text(room) : TEXT("");
	return fn(ctx, (struct text){ both.data, length },
		  (struct text){ both.data + length, both.length - length });
}

int asp_form_parse(struct text t, bool utf8, asp_pair_fn fn, void *ctx)
{
	struct buf room;
	int r = 0;
	/* "%uXXXX" is six bytes and becomes at most three. */
	buf_init(&room, t.length + 64);
	for (size_t pairs = 0; t.data && t.length && r == 0; pairs++) {
		struct text value = text_cut(&t, '&');
		if (value.length == 0)
			continue;
		if (pairs == ASP_PAIRS_MAX) {
			r = -ENOBUFS;
			break;
		}
		struct text name = text_cut(&value, '=');
		if (!value.data) { /* no '=': a value that has no name */
			value = name;
			name.length = 0;
		}
		r = give(name, value, utf8, &room, fn, ctx);
	}
	buf_done(&room);
	return r;
}

int asp_cookies_parse(struct text t, asp_pair_fn fn, void *ctx)
{
	struct buf room;
	int r = 0;
	buf_init(&room, t.length + 64);
	for (size_t pairs = 0; t.data && t.length && r == 0; pairs++) {
		struct text value = text_trim(text_cut(&t, ';'));
		struct text name = text_trim(text_cut(&value, '='));
		if (name.length == 0)
			continue;
		if (pairs == ASP_PAIRS_MAX) {
			r = -ENOBUFS;
			break;
		}
		value = value.data ? text_trim(value) : (struct text){ "", 0 };
		buf_clear(&room);
		asp_url_decode(name, true, &room);
		r = buf_failed(&room) ? buf_failed(&room) : fn(ctx, buf_text(&room), value);
	}
	buf_done(&room);
	return r;
}

void asp_url_encode(struct text t, const char *keep, bool plus, struct buf *out)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < t.length; i++) {
		unsigned char c = (unsigned char)t.data[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			     (c >= 'A' && c <= 'Z') || (c && strchr(keep, c));
		if (plain) {
			buf_putc(out, (char)c);
		} else if (c == ' ' && plus) {
			buf_putc(out, '+');
		} else {
			char escape[3] = { '%', digits[c >> 4], digits[c & 15] };
			buf_put(out, escape, sizeof(escape));
		}
	}
}
