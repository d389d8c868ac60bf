/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BSTR ([MS-OAUT] 2.2.23): counted UTF-16 with a header in front (com/bstr.h). One allocation per
 * string, 16 bytes of header, so that the text keeps the allocator's alignment. Used by
 * everything that speaks automation, in every process; safe from any thread.
 */
#include "com/bstr.h"

#include "com/casing.h"

#include <sys/single_threaded.h>

/* Adds to the count and gives what it was. A process of one thread, as cscript mostly is, need not
 * pay for an atomic addition. */
static uint32_t count_add(struct bstr_header *h, uint32_t n)
{
	uint32_t refs;

	if (!__libc_single_threaded)
		return __atomic_fetch_add(&h->refs, n, __ATOMIC_ACQ_REL);
	refs = __atomic_load_n(&h->refs, __ATOMIC_RELAXED);
	__atomic_store_n(&h->refs, refs + n, __ATOMIC_RELAXED);
	return refs;
}

/* With what the allocator would leave unused. */
static inline uint32_t capacity_for(size_t bytes)
{
	return (uint32_t)(mem_small_size(BSTR_EXTRA + bytes) - BSTR_EXTRA);
}

static inline BSTR make(size_t bytes)
{
	struct bstr_header *h =
		bytes <= BSTR_MAX_BYTES ? mem_small_alloc(BSTR_EXTRA + bytes) : NULL;

	if (!h)
		return NULL;
	h->refs = 1;
	h->capacity = capacity_for(bytes);
	h->spare = 0;
	bstr_set_length((BSTR)(void *)(h + 1), (uint32_t)bytes);
	return (BSTR)(void *)(h + 1);
}

BSTR bstr_new(size_t bytes)
{
	return make(bytes);
}

BSTR bstr_from_bytes(const void *bytes, size_t length)
{
	BSTR s = make(length);

	if (s)
		mem_copy(s, bytes, length);
	return s;
}

BSTR SysAllocStringByteLen(const char *bytes, UINT length)
{
	BSTR s = bytes ? bstr_from_bytes(bytes, length) : bstr_new(length);

	if (s && !bytes)
		memset(s, 0, length);
	return s;
}

BSTR SysAllocStringLen(const OLECHAR *text, UINT length)
{
	if (length > BSTR_MAX_BYTES / sizeof(OLECHAR))
		return NULL;
	return SysAllocStringByteLen((const char *)text, length * (UINT)sizeof(OLECHAR));
}

BSTR SysAllocString(const OLECHAR *text)
{
	size_t length = 0;

	if (!text)
		return NULL;
	while (text[length])
		length++;
	return length > UINT32_MAX ? NULL : SysAllocStringLen(text, (UINT)length);
}

void SysFreeString(BSTR s)
{
	if (!s)
		return;
	struct bstr_header *h = bstr_header_of(s);

	/* The only holder need not pay for an atomic subtraction. */
	if (bstr_exclusive(s) || count_add(h, -1u) == 1)
		mem_small_free(h, BSTR_EXTRA + h->capacity);
}

UINT SysStringByteLen(BSTR s)
{
	return s ? bstr_header_of(s)->bytes : 0;
}

UINT SysStringLen(BSTR s)
{
	return SysStringByteLen(s) / (UINT)sizeof(OLECHAR);
}

BSTR bstr_ref(BSTR s)
{
	if (s)
		count_add(bstr_header_of(s), 1);
	return s;
}

/* `s`, which somebody else holds too, and `bytes` as a new string. A first copy is only a little
 * larger than what is in it. */
static BSTR append_copy(BSTR s, const void *bytes, size_t length)
{
	BSTR t = bstr_join(s, SysStringByteLen(s), bytes, length);

	if (t)
		SysFreeString(s);
	return t;
}

/* Makes `s`, which has one holder, twice as large as needed: n appends cost O(n). A large block
 * grows by moving pages, not bytes. */
static BSTR grow(BSTR s, size_t needed)
{
	uint32_t capacity = capacity_for(needed > BSTR_MAX_BYTES / 2 ? BSTR_MAX_BYTES : needed * 2);
	struct bstr_header *h = mem_realloc(bstr_header_of(s), 1, BSTR_EXTRA + capacity);

	if (!h)
		return NULL;
	h->capacity = capacity;
	return (BSTR)(void *)(h + 1);
}

BSTR bstr_append_bytes(BSTR s, const void *bytes, size_t length)
{
	size_t old = SysStringByteLen(s), needed = old + length;
	uintptr_t at = (uintptr_t)bytes - (uintptr_t)s;

	if (length > BSTR_MAX_BYTES - old)
		return NULL;
	if (!bstr_exclusive(s))
		return append_copy(s, bytes, length);
	if (needed > bstr_header_of(s)->capacity) {
		s = grow(s, needed);
		if (!s)
			return NULL;
		/* What is appended may be a part of the string itself, which has moved. */
		if (at < old)
			bytes = (const char *)s + at;
	}
	if (bytes)
		memmove((char *)s + old, bytes, length);
	bstr_set_length(s, (uint32_t)needed);
	return s;
}

BSTR bstr_append(BSTR s, const OLECHAR *units, size_t length)
{
	if (length > BSTR_MAX_BYTES / sizeof(OLECHAR))
		return NULL;
	return bstr_append_bytes(s, units, length * sizeof(OLECHAR));
}

BSTR bstr_join(const void *a, size_t a_bytes, const void *b, size_t b_bytes)
{
	if (a_bytes > BSTR_MAX_BYTES || b_bytes > BSTR_MAX_BYTES - a_bytes)
		return NULL;
	size_t needed = a_bytes + b_bytes;
	BSTR s = bstr_new(needed);

	if (!s)
		return NULL;
	if (a_bytes)
		memcpy(s, a, a_bytes);
	if (b)
		memcpy((char *)s + a_bytes, b, b_bytes);
	return s;
}

BSTR bstr_from_text(struct text utf8)
{
	size_t units = utf8_to_utf16_length(utf8);

	if (units > BSTR_MAX_BYTES / sizeof(OLECHAR))
		return NULL;
	BSTR s = bstr_new(units * sizeof(OLECHAR));

	if (!s)
		return NULL;
	utf8_to_utf16(utf8, s, units);
	return s;
}

char *bstr_to_utf8(BSTR s, size_t *ret_length)
{
	UINT units = SysStringLen(s);
	size_t length = utf16_to_utf8_length(s, units);
	char *z = mem_alloc(length + 1);

	if (!z)
		return NULL;
	utf16_to_utf8(s, units, z, length);
	z[length] = '\0';
	if (ret_length)
		*ret_length = length;
	return z;
}

int bstr_compare(BSTR a, BSTR b)
{
	size_t a_bytes = SysStringByteLen(a), b_bytes = SysStringByteLen(b);
	/* A last odd byte is compared as a unit: zeros follow it (set_length). */
	size_t common = ((a_bytes < b_bytes ? a_bytes : b_bytes) + 1) / 2;

	for (size_t i = 0; i < common; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return a_bytes == b_bytes ? 0 : a_bytes < b_bytes ? -1 : 1;
}

int bstr_compare_nocase(BSTR a, BSTR b)
{
	return casing_compare(a, SysStringLen(a), b, SysStringLen(b));
}
