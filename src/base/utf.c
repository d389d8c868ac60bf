/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 and UTF-16, total in both directions (the Unicode Standard, 3.9, tables 3-7 and 3-8).
 * Pure functions, called from everywhere.
 */
#include "base/text.h"

#define REPLACEMENT 0xfffd

/* What may follow a lead byte: the number of trailing bytes and the range of the first of them,
 * which excludes overlong forms, surrogates and what lies above U+10FFFF. */
struct lead {
	int trailing; /* 0: never a lead */
	unsigned char low, high;
};

static struct lead lead_of(unsigned char c)
{
	if (c >= 0xc2 && c <= 0xdf)
		return (struct lead){ 1, 0x80, 0xbf };
	if (c >= 0xe0 && c <= 0xef)
		return (struct lead){ 2, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf };
	if (c >= 0xf0 && c <= 0xf4)
		return (struct lead){ 3, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf };
	return (struct lead){ 0, 0, 0 };
}

/* Decodes and advances; false when it met an ill-formed maximal subpart, which was skipped. */
static bool decode(struct text t, size_t *at, char32_t *ret)
{
	unsigned char c = (unsigned char)t.data[*at];
	(*at)++;
	if (c < 0x80) {
		*ret = c;
		return true;
	}
	struct lead lead = lead_of(c);
	if (lead.trailing == 0)
		return false;
	char32_t value = c & (0x3fu >> lead.trailing);
	unsigned char low = lead.low, high = lead.high;
	for (int i = 0; i < lead.trailing; i++) {
		if (*at >= t.length)
			return false;
		c = (unsigned char)t.data[*at];
		if (c < low || c > high)
			return false;
		value = value << 6 | (c & 0x3f);
		(*at)++;
		low = 0x80;
		high = 0xbf;
	}
	*ret = value;
	return true;
}

char32_t utf8_next(struct text t, size_t *at)
{
	char32_t value;
	return decode(t, at, &value) ? value : REPLACEMENT;
}

/* The number of leading ASCII bytes: most text is nothing else. */
static size_t ascii_run(const char *data, size_t length)
{
	size_t at = 0;
	for (; length - at >= 8; at += 8) {
		uint64_t word;
		memcpy(&word, data + at, 8);
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	while (at < length && (unsigned char)data[at] < 0x80)
		at++;
	return at;
}

bool utf8_valid(struct text t)
{
	size_t at = ascii_run(t.data, t.length);
	while (at < t.length) {
		char32_t value;
		if (!decode(t, &at, &value))
			return false;
	}
	return true;
}

size_t utf8_to_utf16_length(struct text t)
{
	size_t at = ascii_run(t.data, t.length);
	size_t units = at;
	while (at < t.length)
		units += utf8_next(t, &at) >= 0x10000 ? 2 : 1;
	return units;
}

size_t utf8_to_utf16(struct text t, char16_t *out, size_t capacity)
{
	size_t ascii = ascii_run(t.data, t.length < capacity ? t.length : capacity);
	for (size_t i = 0; i < ascii; i++)
		out[i] = (char16_t)t.data[i];
	size_t at = ascii, n = ascii;
	while (at < t.length) {
		char32_t c = utf8_next(t, &at);
		size_t need = c >= 0x10000 ? 2 : 1;
		if (capacity - n < need)
			break;
		if (need == 1) {
			out[n++] = (char16_t)c;
		} else {
			out[n++] = (char16_t)(0xd800 + ((c - 0x10000) >> 10));
			out[n++] = (char16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
		}
	}
	return n;
}

static char32_t utf16_next(const char16_t *units, size_t length, size_t *at)
{
	char16_t c = units[(*at)++];
	if (c < 0xd800 || c > 0xdfff)
		return c;
	if (c > 0xdbff || *at >= length || units[*at] < 0xdc00 || units[*at] > 0xdfff)
		return REPLACEMENT;
	return 0x10000 + ((char32_t)(c - 0xd800) << 10) + (char32_t)(units[(*at)++] - 0xdc00);
}

static size_t utf8_size(char32_t c)
{
	return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

static void utf8_put(char32_t c, char *out, size_t size)
{
	static const unsigned char marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	for (size_t i = size - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (char)(marks[size] | c);
}

size_t utf16_to_utf8_length(const char16_t *units, size_t length)
{
	size_t bytes = 0, at = 0;
	while (at < length)
		bytes += utf8_size(utf16_next(units, length, &at));
	return bytes;
}

size_t utf16_to_utf8(const char16_t *units, size_t length, char *out, size_t capacity)
{
	size_t at = 0, n = 0;
	while (at < length) {
		char32_t c = utf16_next(units, length, &at);
		size_t size = utf8_size(c);
		if (capacity - n < size)
			break;
		utf8_put(c, out + n, size);
		n += size;
	}
	return n;
}
