/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text: a borrowed slice of UTF-8 (or of raw bytes), and the conversions between UTF-8 and UTF-16.
 *
 * Inside Surrogate text is UTF-8; UTF-16 appears where COM and VBScript want it. Conversions are
 * total: an ill-formed UTF-8 sequence becomes U+FFFD by the "maximal subpart" rule of the Unicode
 * standard (ch. 3.9), an unpaired surrogate becomes U+FFFD on the way to UTF-8. They never fail
 * on content, only on space.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <uchar.h>

/* Borrowed bytes, not NUL-terminated. The empty text may have data == NULL. */
struct text {
	const char *data;
	size_t length;
};

#define TEXT(literal) ((struct text){ (literal), sizeof(literal) - 1 })
#define TEXT_FMT "%.*s"
#define TEXT_ARG(t) (int)(t).length, (t).data

static inline struct text text_of(const char *z)
{
	return (struct text){ z, z ? strlen(z) : 0 };
}

bool text_equal(struct text a, struct text b);
/* ASCII case folding only: what HTTP, Windows names of ours and VBScript identifiers need. */
bool text_equal_nocase(struct text a, struct text b);
int text_compare_nocase(struct text a, struct text b);
bool text_starts_with(struct text t, struct text prefix);
bool text_starts_with_nocase(struct text t, struct text prefix);
bool text_ends_with_nocase(struct text t, struct text suffix);
/* Without blanks and tabs at both ends. */
struct text text_trim(struct text t);
/* Cuts `*rest` at the first `separator`: the part before it is returned, `*rest` keeps what
 * follows. Without a separator all is returned and `*rest` becomes empty with data == NULL. */
struct text text_cut(struct text *rest, char separator);
/* Decimal, the whole of `t`, no sign, no blanks; false on overflow or anything else. */
bool text_to_u64(struct text t, uint64_t *ret);
char text_lower(char c); /* ASCII */
char text_upper(char c);
/* The value of a hexadecimal digit, -1 for anything else. */
static inline int text_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A 64-bit hash for tables, keyed once per process against flooding. */
uint64_t text_hash(struct text t);
uint64_t text_hash_nocase(struct text t);

/* Number of UTF-16 code units that `t` needs. */
size_t utf8_to_utf16_length(struct text t);
/* Writes at most `capacity` units and no terminator; returns the number written. Gives a whole
 * conversion when capacity >= utf8_to_utf16_length(t); never writes half a surrogate pair. */
size_t utf8_to_utf16(struct text t, char16_t *out, size_t capacity);
/* Number of bytes that `length` units need in UTF-8. */
size_t utf16_to_utf8_length(const char16_t *units, size_t length);
size_t utf16_to_utf8(const char16_t *units, size_t length, char *out, size_t capacity);
/* True when all bytes form well-formed UTF-8. */
bool utf8_valid(struct text t);
/* Decodes one code point at `*at` (< t.length) and advances; U+FFFD for an ill-formed subpart. */
char32_t utf8_next(struct text t, size_t *at);
