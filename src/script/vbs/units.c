/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Searching text and changing its case, unit by unit of UTF-16 but eight at a time where nothing
 * is to be seen: the loops under InStr, Replace, Split, UCase and LCase. Pure; any thread.
 */
#include "script/vbs/builtin-args.h"

#include "com/casing.h"

#define LANES 8
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

/* The first of `c` in [at, end); `end`: there is none. */
static const OLECHAR *find_unit(const OLECHAR *at, const OLECHAR *end, OLECHAR c)
{
	const lanes wanted = splat(c);

	for (; end - at >= LANES; at += LANES)
		if (!is_none((lanes)(load(at) == wanted)))
			break;
	while (at < end && *at != c)
		at++;
	return at;
}

static ptrdiff_t find_binary(const OLECHAR *hay, size_t last, const OLECHAR *needle, size_t length,
			     size_t from)
{
	const OLECHAR *end = hay + last + 1;

	for (const OLECHAR *at = hay + from; (at = find_unit(at, end, needle[0])) < end; at++)
		if (length == 1 || !memcmp(at + 1, needle + 1, (length - 1) * sizeof *needle))
			return at - hay;
	return -1;
}

static ptrdiff_t find_nocase(const OLECHAR *hay, size_t last, const OLECHAR *needle, size_t length,
			     size_t from)
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
	return nocase ? find_nocase(hay, last, needle, needle_length, from)
		      : find_binary(hay, last, needle, needle_length, from);
}

/* `from` with the ASCII letters [first, first + 25] changed by the case bit; false, and nothing
 * written, when there are others than ASCII units. */
static inline bool change_lanes(const OLECHAR *from, OLECHAR first, OLECHAR *to)
{
	lanes v = load(from), letters;

	if (!is_none(v & splat(0xFF80)))
		return false;
	letters = (lanes)((v - splat(first)) < splat(26));
	v ^= letters & splat(0x20);
	memcpy(to, &v, sizeof v);
	return true;
}

void vbs_change_case(const OLECHAR *from, size_t length, bool upper, OLECHAR *to)
{
	OLECHAR first = upper ? 'a' : 'A';
	size_t i = 0;

	while (i < length) {
		if (length - i >= LANES && change_lanes(from + i, first, to + i)) {
			i += LANES;
			continue;
		}
		/* These eight, or what is left. */
		for (size_t end = length - i > LANES ? i + LANES : length; i < end; i++)
			to[i] = upper ? casing_upper(from[i]) : fold(from[i]);
	}
}
