/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BSTR ([MS-OAUT] 2.2.23): counted UTF-16 with a header in front (com/bstr.h). One allocation per
 * string, 16 bytes of header, so that the text keeps the allocator's alignment. Used by
 * everything that speaks automation, in every process; safe from any thread.
 */
#include "com/bstr.h"

#include "base/mem-small.h"
#include "com/casing.h"

#include <stdatomic.h>
#include <sys/single_threaded.h>

struct bstr_header {
	_Atomic uint32_t refs;
	uint32_t capacity; /* bytes of text that fit, without the terminator */
	uint32_t spare;
	uint32_t bytes; /* where Windows has it: the four bytes in front of the text */
};

_Static_assert(sizeof(struct bstr_header) == 16, "the text must keep the allocator's alignment");

static struct bstr_header *header_of(BSTR s)
{
	return (struct bstr_header *)(void *)((char *)s - sizeof(struct bstr_header));
}

static void set_length(BSTR s, uint32_t bytes)
{
	header_of(s)->bytes = bytes;
	/* Two zero bytes end the text, also when its length is odd. */
	memset((char *)s + bytes, 0, 2);
}

/* Adds to the count and gives what it was. A process of one thread, as cscript mostly is, need not
 * pay for an atomic addition. */
static uint32_t count_add(struct bstr_header *h, uint32_t n)
{
	uint32_t refs;

	if (!__libc_single_threaded)
		return atomic_fetch_add_explicit(&h->refs, n, memory_order_acq_rel);
	refs = atomic_load_explicit(&h->refs, memory_order_relaxed);
	atomic_store_explicit(&h->refs, refs + n, memory_order_relaxed);
	return refs;
}

/* What a block takes beside the text: the terminator is behind it. */
#define EXTRA (sizeof(struct bstr_header) + 2)

/* With what the allocator would leave unused. */
static inline uint32_t capacity_for(size_t bytes)
{
	return (uint32_t)(mem_small_size(EXTRA + bytes) - EXTRA);
}

static inline BSTR make(size_t bytes)
{
	struct bstr_header *h = bytes <= BSTR_MAX_BYTES ? mem_small_alloc(EXTRA + bytes) : NULL;

	if (!h)
		return NULL;
	atomic_init(&h->refs, 1);
	h->capacity = capacity_for(bytes);
	h->spare = 0;
	set_length((BSTR)(void *)(h + 1), (uint32_t)bytes);
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
	struct bstr_header *h = header_of(s);

	/* The only holder need not pay for an atomic subtraction. */
	if (atomic_load_explicit(&h->refs, memory_order_acquire) == 1 || count_add(h, -1u) == 1)
		mem_small_free(h, EXTRA + h->capacity);
}

UINT SysStringByteLen(BSTR s)
{
	return s ? header_of(s)->bytes : 0;
}

UINT SysStringLen(BSTR s)
{
	return SysStringByteLen(s) / (UINT)sizeof(OLECHAR);
}

BSTR bstr_ref(BSTR s)
{
	if (s)
		count_add(header_of(s), 1);
	return s;
}

bool bstr_exclusive(BSTR s)
{
	return s && atomic_load_explicit(&header_of(s)->refs, memory_order_acquire) == 1;
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
	struct bstr_header *h = mem_realloc(header_of(s), 1, EXTRA + capacity);

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
	if (needed > header_of(s)->capacity) {
		s = grow(s, needed);
		if (!s)
			return NULL;
		/* What is appended may be a part of the string itself, which has moved. */
		if (at < old)
			bytes = (const char *)s + at;
	}
	if (bytes)
		memmove((char *)s + old, bytes, length);
	set_length(s, (uint32_t)needed);
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

bool bstr_rewrite(BSTR s, const void *a, size_t a_bytes, const void *b, size_t b_bytes)
{
	size_t needed = a_bytes + b_bytes, room = s ? header_of(s)->capacity : 0;

	if (needed > room || room > 2 * needed + 64 || !bstr_exclusive(s))
		return false;
	memcpy(s, a, a_bytes);
	memcpy((char *)s + a_bytes, b, b_bytes);
	set_length(s, (uint32_t)needed);
	return true;
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
