/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Searching text and changing its case, unit by unit of UTF-16 but eight at a time where nothing
 * is to be seen: the loops under InStr, Replace, Split, UCase and LCase. Pure; any thread.
 */
#include "script/vbs/builtin-args.h"

#include "com/casing.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define LANES 8
#define BLOCK 16 /* units that are compared at once, a bit for each in the answer */
typedef uint16_t lanes __attribute__((vector_size(LANES * 2)));

static inline lanes load(const OLECHAR *at)
{
	lanes v;

	memcpy(&v, at, sizeof v);
	return v;
}

/* Whether no bit is set. */
static inline bool is_none(lanes v)
{
	uint64_t half[2];

	memcpy(half, &v, sizeof half);
	return !(half[0] | half[1]);
}

static inline lanes splat(OLECHAR c)
{
	return (lanes){ c, c, c, c, c, c, c, c };
}

/* Without a call for what most text is made of. */
static inline OLECHAR fold(OLECHAR c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	return casing_lower(c);
}

OLECHAR vbs_fold(OLECHAR c)
{
	return fold(c);
}

/* Which of the units of the block at `at` are `c`. */
static inline unsigned block_equal(const OLECHAR *at, OLECHAR c)
{
#if defined(__SSE2__)
	const __m128i wanted = _mm_set1_epi16((short)c);
	__m128i low = _mm_loadu_si128((const __m128i *)(const void *)at);
	__m128i high = _mm_loadu_si128((const __m128i *)(const void *)(at + LANES));

	return (unsigned)_mm_movemask_epi8(
		_mm_packs_epi16(_mm_cmpeq_epi16(low, wanted), _mm_cmpeq_epi16(high, wanted)));
#else
	const lanes wanted = splat(c);
	unsigned bits = 0;

	if (is_none((lanes)(load(at) == wanted) | (lanes)(load(at + LANES) == wanted)))
		return 0;
	for (unsigned i = 0; i < BLOCK; i++)
		bits |= (unsigned)(at[i] == c) << i;
	return bits;
#endif
}

/* Where in the block at `at` a text of `length` units may begin: by its first two. All of it would
 * end within the text that is searched. */
static inline unsigned block_starts(const OLECHAR *at, const OLECHAR *needle, size_t length)
{
	unsigned bits = block_equal(at, needle[0]);

	return bits && length > 1 ? bits & block_equal(at + 1, needle[1]) : bits;
}

static inline bool is_at(const OLECHAR *at, const OLECHAR *needle, size_t length)
{
	return at[0] == needle[0] &&
	       (length == 1 || !memcmp(at + 1, needle + 1, (length - 1) * sizeof *needle));
}

static __attribute__((noinline)) ptrdiff_t
find_binary(const OLECHAR *hay, size_t last, const OLECHAR *needle, size_t length, size_t from)
{
	size_t i = from;

	for (; i <= last && last - i >= BLOCK - 1; i += BLOCK) {
		unsigned bits = block_starts(hay + i, needle, length);

		for (; bits; bits &= bits - 1) {
			size_t at = i + (size_t)__builtin_ctz(bits);

			if (length <= 2 || is_at(hay + at, needle, length))
				return (ptrdiff_t)at;
		}
	}
	for (; i <= last; i++)
		if (is_at(hay + i, needle, length))
			return (ptrdiff_t)i;
	return -1;
}

static ptrdiff_t find_unit(const OLECHAR *hay, size_t length, OLECHAR c, size_t from)
{
	size_t i = from;

	for (; length - i >= BLOCK; i += BLOCK) {
		unsigned bits = block_equal(hay + i, c);

		if (bits)
			return (ptrdiff_t)(i + (size_t)__builtin_ctz(bits));
	}
	for (; i < length; i++)
		if (hay[i] == c)
			return (ptrdiff_t)i;
	return -1;
}

static __attribute__((noinline)) ptrdiff_t
find_nocase(const OLECHAR *hay, size_t last, const OLECHAR *needle, size_t length, size_t from)
{
	OLECHAR first = fold(needle[0]);

	for (size_t i = from; i <= last; i++) {
		size_t k = 1;

		if (fold(hay[i]) != first)
			continue;
		while (k < length && fold(hay[i + k]) == fold(needle[k]))
			k++;
		if (k == length)
			return (ptrdiff_t)i;
	}
	return -1;
}

ptrdiff_t vbs_find(const OLECHAR *hay, size_t hay_length, const OLECHAR *needle,
		   size_t needle_length, size_t from, bool nocase)
{
	if (needle_length > hay_length)
		return -1;
	if (!needle_length)
		return from <= hay_length ? (ptrdiff_t)from : -1;
	size_t last = hay_length - needle_length;

	if (from > last)
		return -1;
	if (nocase)
		return find_nocase(hay, last, needle, needle_length, from);
	return needle_length == 1 ? find_unit(hay, hay_length, *needle, from)
				  : find_binary(hay, last, needle, needle_length, from);
}

/* ---- all places ---- */

void vbs_places_done(struct vbs_places *places)
{
	if (places->at != places->few)
		mem_free(places->at);
}

static bool places_grow(struct vbs_places *places)
{
	size_t capacity = places->capacity * 4;
	bool first = places->at == places->few;
	uint32_t *grown = mem_realloc(first ? NULL : places->at, capacity, sizeof *grown);

	if (!grown)
		return false;
	if (first)
		memcpy(grown, places->few, sizeof places->few);
	places->at = grown;
	places->capacity = capacity;
	return true;
}

static inline bool places_add(struct vbs_places *places, size_t at)
{
	if (places->count == places->capacity && !places_grow(places))
		return false;
	places->at[places->count++] = (uint32_t)at;
	return true;
}

/* As find_binary, block by block for as long as there are whole ones; moves `*from` behind what
 * was searched or found. */
static bool places_in_blocks(struct vbs_places *places, const OLECHAR *hay, size_t last,
			     const OLECHAR *needle, size_t length, size_t most, size_t *from)
{
	size_t clear = *from; /* what is in front of it is part of a place that was found */

	for (size_t i = clear; i <= last && last - i >= BLOCK - 1; i += BLOCK) {
		unsigned bits = block_starts(hay + i, needle, length);

		for (; bits && places->count < most; bits &= bits - 1) {
			size_t at = i + (size_t)__builtin_ctz(bits);

			if (at < clear || (length > 2 && !is_at(hay + at, needle, length)))
				continue;
			if (!places_add(places, at))
				return false;
			clear = at + length;
		}
		if (places->count == most)
			break;
		*from = clear > i + BLOCK ? clear : i + BLOCK;
	}
	return true;
}

bool vbs_find_all(const OLECHAR *hay, size_t hay_length, const OLECHAR *needle,
		  size_t needle_length, size_t from, size_t most, bool nocase,
		  struct vbs_places *ret)
{
	ptrdiff_t at;

	ret->at = ret->few;
	ret->capacity = ARRAY_LEN(ret->few);
	ret->count = 0;
	if (!needle_length || needle_length > hay_length)
		return true;
	if (!nocase && !places_in_blocks(ret, hay, hay_length - needle_length, needle,
					 needle_length, most, &from))
		return false;
	while (ret->count < most) {
		at = vbs_find(hay, hay_length, needle, needle_length, from, nocase);
		if (at < 0)
			break;
		if (!places_add(ret, (size_t)at))
			return false;
		from = (size_t)at + needle_length;
	}
	return true;
}

/* ---- case ---- */

/* `v` with the ASCII letters [first, first + 25] changed by the case bit. */
static inline lanes change_lanes(lanes v, OLECHAR first)
{
	lanes letters = (lanes)((v - splat(first)) < splat(26));

	return v ^ (letters & splat(0x20));
}

/* Changes a block; false, and nothing written, when there are others than ASCII units. */
static inline bool change_block(const OLECHAR *from, OLECHAR first, OLECHAR *to)
{
	lanes low = load(from), high = load(from + LANES);

	if (!is_none((low | high) & splat(0xFF80)))
		return false;
	low = change_lanes(low, first);
	high = change_lanes(high, first);
	memcpy(to, &low, sizeof low);
	memcpy(to + LANES, &high, sizeof high);
	return true;
}

void vbs_change_case(const OLECHAR *from, size_t length, bool upper, OLECHAR *to)
{
	OLECHAR first = upper ? 'a' : 'A';
	size_t i = 0;

	while (i < length) {
		if (length - i >= BLOCK && change_block(from + i, first, to + i)) {
			i += BLOCK;
			continue;
		}
		/* These, or what is left. */
		for (size_t end = length - i > BLOCK ? i + BLOCK : length; i < end; i++)
			to[i] = upper ? casing_upper(from[i]) : fold(from[i]);
	}
}
