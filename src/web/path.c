/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Path decoding in two passes over one buffer: percent escapes to bytes, then segments. Escapes
 * are decoded exactly once, and every decision is made on what comes out, so it does not matter
 * how a dot, a slash or a NUL was spelled. Pure; loop threads.
 *
 * %uNNNN, which HTTP.sys can take, is refused: no client in use sends it, and filters in front of
 * us would read it differently.
 */
#include "web/path.h"

/* Bytes out of escapes. The length, or -1. */
static ptrdiff_t unescape(struct text raw, char *out)
{
	size_t n = 0;
	for (size_t i = 0; i < raw.length; i++) {
		char c = raw.data[i];
		if (c == '%') {
			if (raw.length - i < 3)
				return -1;
			int high = text_hex(raw.data[i + 1]), low = text_hex(raw.data[i + 2]);
			if (high < 0 || low < 0)
				return -1;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if ((unsigned char)c < ' ' || c == 0x7f)
			return -1;
		out[n++] = c == '\\' ? '/' : c;
	}
	return (ptrdiff_t)n;
}

static void classify(struct text t, struct web_path *ret)
{
	for (size_t i = 0; i < t.length; i++) {
		if ((unsigned char)t.data[i] >= 0x80)
			ret->high_bit = true;
		else if (t.data[i] == '+')
			ret->double_escaped = true;
		else if (t.data[i] == '%' && t.length - i >= 3 && text_hex(t.data[i + 1]) >= 0 &&
			 text_hex(t.data[i + 2]) >= 0)
			ret->double_escaped = true;
	}
}

/* "PROGRA~1", "SHOP~1.ASP": a short name Windows would make for another file. */
static bool is_short_name(struct text s)
{
	const char *tilde = memchr(s.data, '~', s.length);
	if (!tilde || tilde - s.data > 6)
		return false;
	size_t at = (size_t)(tilde - s.data) + 1, first = at;
	while (at < s.length && s.data[at] >= '0' && s.data[at] <= '9')
		at++;
	return at > first && (at == s.length || s.data[at] == '.');
}

/* Names that Windows reads as another file, or cannot have; IIS finds nothing under them. */
static bool is_alias(struct text s)
{
	char last = s.data[s.length - 1];
	if (last == '.' || last == ' ' || is_short_name(s))
		return true;
	for (size_t i = 0; i < s.length; i++) {
		if (strchr(":*?\"<>|", s.data[i]))
			return true;
	}
	return false;
}

/* Takes "..", puts anything else. `out` is behind a slash. 0, 400 or 404. */
static int put_segment(char *root, char **out, struct text s, unsigned *segments)
{
	if (text_equal(s, TEXT("."))) {
		return 0;
	} else if (text_equal(s, TEXT(".."))) {
		if (*out == root + 1)
			return 400;
		do
			--*out;
		while ((*out)[-1] != '/');
		--*segments;
		return 0;
	} else if (is_alias(s)) {
		return 404;
	}
	memmove(*out, s.data, s.length);
	*out += s.length;
	++*segments;
	return 0;
}

int web_path_decode(struct text raw, char *out, struct web_path *ret)
{
	*ret = (struct web_path){ .segments = 0 };
	ptrdiff_t length = unescape(raw, out);
	if (length < 1 || out[0] != '/' || !utf8_valid((struct text){ out, (size_t)length }))
		return 400;
	classify((struct text){ out, (size_t)length }, ret);
	/* The second pass writes over what it has read: it never gets ahead. */
	const char *in = out + 1, *end = out + length;
	char *to = out + 1;
	while (in < end) {
		const char *slash = memchr(in, '/', (size_t)(end - in));
		struct text s = { in, (size_t)((slash ? slash : end) - in) };
		in = slash ? slash + 1 : end;
		if (s.length == 0)
			continue;
		char *before = to;
		int e = put_segment(out, &to, s, &ret->segments);
		if (e)
			return e;
		if (slash && to > before)
			*to++ = '/';
	}
	*to = '\0';
	ret->path = (struct text){ out, (size_t)(to - out) };
	return 0;
}

struct text web_path_extension(struct text path)
{
	for (size_t i = path.length; i-- > 0 && path.data[i] != '/';) {
		if (path.data[i] == '.')
			return (struct text){ path.data + i, path.length - i };
	}
	return TEXT(".");
}

struct text web_path_folder(struct text path)
{
	while (path.length > 0 && path.data[path.length - 1] != '/')
		path.length--;
	return path;
}
