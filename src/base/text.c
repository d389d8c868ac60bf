/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slices of bytes: comparing, trimming, cutting, numbers. Pure functions, called from everywhere.
 */
#include "base/text.h"

char text_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

char text_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

bool text_equal(struct text a, struct text b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static bool bytes_equal_nocase(const char *a, const char *b, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (a[i] != b[i] && text_lower(a[i]) != text_lower(b[i]))
			return false;
	}
	return true;
}

bool text_equal_nocase(struct text a, struct text b)
{
	return a.length == b.length && bytes_equal_nocase(a.data, b.data, a.length);
}

int text_compare_nocase(struct text a, struct text b)
{
	size_t common = a.length < b.length ? a.length : b.length;
	for (size_t i = 0; i < common; i++) {
		unsigned char x = (unsigned char)text_lower(a.data[i]);
		unsigned char y = (unsigned char)text_lower(b.data[i]);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return a.length == b.length ? 0 : a.length < b.length ? -1 : 1;
}

bool text_starts_with(struct text t, struct text prefix)
{
	return t.length >= prefix.length &&
	       text_equal((struct text){ t.data, prefix.length }, prefix);
}

bool text_starts_with_nocase(struct text t, struct text prefix)
{
	return t.length >= prefix.length && bytes_equal_nocase(t.data, prefix.data, prefix.length);
}

bool text_ends_with_nocase(struct text t, struct text suffix)
{
	if (suffix.length == 0)
		return true;
	return t.length >= suffix.length &&
	       bytes_equal_nocase(t.data + (t.length - suffix.length), suffix.data, suffix.length);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct text text_trim(struct text t)
{
	while (t.length > 0 && is_blank(t.data[0])) {
		t.data++;
		t.length--;
	}
	while (t.length > 0 && is_blank(t.data[t.length - 1]))
		t.length--;
	return t;
}

struct text text_cut(struct text *rest, char separator)
{
	struct text whole = *rest;
	const char *at = whole.length ? memchr(whole.data, separator, whole.length) : NULL;
	if (!at) {
		*rest = (struct text){ NULL, 0 };
		return whole;
	}
	size_t before = (size_t)(at - whole.data);
	*rest = (struct text){ at + 1, whole.length - before - 1 };
	return (struct text){ whole.data, before };
}

bool text_to_u64(struct text t, uint64_t *ret)
{
	uint64_t value = 0;
	if (t.length == 0)
		return false;
	for (size_t i = 0; i < t.length; i++) {
		if (t.data[i] < '0' || t.data[i] > '9')
			return false;
		if (__builtin_mul_overflow(value, UINT64_C(10), &value) ||
		    __builtin_add_overflow(value, (uint64_t)(t.data[i] - '0'), &value))
			return false;
	}
	*ret = value;
	return true;
}
