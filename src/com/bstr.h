/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Surrogate's own code may know about a BSTR: it is counted. Memory in front of the text
 * is struct bstr_header.
 *
 * A holder of a reference may read; it may write or grow only while bstr_exclusive() is true.
 * SysFreeString drops a reference. The count is atomic, since objects cross threads.
 */
#pragma once

#include "base/mem-small.h"
#include "base/text.h"

#include <surrogate/com.h>

struct bstr_header {
	uint32_t refs;     /* atomic */
	uint32_t capacity; /* bytes of text that fit, without the terminator */
	uint32_t spare;
	uint32_t bytes; /* where Windows has it: the four bytes in front of the text */
};
_Static_assert(sizeof(struct bstr_header) == 16, "the text must keep the allocator's alignment");
/* What a block takes beside the text: the terminator is behind it. */
#define BSTR_EXTRA (sizeof(struct bstr_header) + 2)

static inline struct bstr_header *bstr_header_of(BSTR s)
{
	return (struct bstr_header *)(void *)((char *)s - sizeof(struct bstr_header));
}

/* SysStringByteLen without a call: the length is where Windows has it. */
static inline uint32_t bstr_bytes(BSTR s)
{
	uint32_t bytes = 0;

	if (s)
		memcpy(&bytes, (const char *)s - sizeof bytes, sizeof bytes);
	return bytes;
}
/* A string of `bytes` for the caller to write, all of them; NULL: no memory, or too long. */
BSTR bstr_new(size_t bytes);
/* The same with a copy of `length` bytes. */
BSTR bstr_from_bytes(const void *bytes, size_t length);
/* One more reference to the same text; NULL gives NULL. Never fails. */
BSTR bstr_ref(BSTR s);
static inline bool bstr_exclusive(BSTR s)
{
	return s && __atomic_load_n(&bstr_header_of(s)->refs, __ATOMIC_ACQUIRE) == 1;
}
/* SysFreeString, without a call for a text that nobody else holds. */
static inline void bstr_free(BSTR s)
{
	if (bstr_exclusive(s))
		mem_small_free(bstr_header_of(s), BSTR_EXTRA + bstr_header_of(s)->capacity);
	else
		SysFreeString(s);
}
static inline void bstr_set_length(BSTR s, uint32_t bytes)
{
	bstr_header_of(s)->bytes = bytes;
	/* Two zero bytes end the text, also when its length is odd. */
	memset((char *)s + bytes, 0, 2);
}
/* Appends in place when exclusive and there is room, else into a new string with room to grow
 * (doubling): appending n times costs O(n) in all. Takes the caller's reference to `s` and returns
 * the result, or NULL when out of memory or above BSTR_MAX_BYTES (then `s` is still the caller's).
 */
#define BSTR_MAX_BYTES 0x3FFFFFF0u
BSTR bstr_append(BSTR s, const OLECHAR *units, size_t length);
/* The same by bytes, for strings that hold any bytes, even an odd number of them. NULL bytes: the
 * caller writes what is new. */
BSTR bstr_append_bytes(BSTR s, const void *bytes, size_t length);
/* A new string of two pieces. NULL: no memory, or too long. */
BSTR bstr_join(const void *a, size_t a_bytes, const void *b, size_t b_bytes);
/* Makes what `s` is `bytes` long, for the caller to write all of it. False, and nothing happened:
 * it is NULL, somebody else holds it too, or its room is not about that. */
static inline bool bstr_reuse(BSTR s, size_t bytes)
{
	size_t room = s ? bstr_header_of(s)->capacity : 0;

	if (bytes > room || room > 2 * bytes + 64 || !bstr_exclusive(s))
		return false;
	bstr_set_length(s, (uint32_t)bytes);
	return true;
}
BSTR bstr_from_text(struct text utf8);
/* UTF-8, mem_free; NULL when out of memory. `ret_length` may be NULL. */
char *bstr_to_utf8(BSTR s, size_t *ret_length);
/* The same bytes, an odd number of them or not. Mostly the first unit tells. */
static inline bool bstr_equal(BSTR a, BSTR b)
{
	uint32_t bytes = bstr_bytes(a);

	if (bytes != bstr_bytes(b))
		return false;
	return a == b || !a || !b || (a[0] == b[0] && !memcmp(a, b, bytes));
}
/* Binary order (a last odd byte counts as a unit), and case-insensitive order (simple Unicode
 * folding): <0, 0, >0. */
int bstr_compare(BSTR a, BSTR b);
int bstr_compare_nocase(BSTR a, BSTR b);
