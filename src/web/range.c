/* SPDX-License-Identifier: Apache-2.0 */
/* Byte ranges (RFC 9110 14.1.2). Pure; loop threads. */
#include "web/internal.h"

/* "5-9", "5-", "-5". 1: a range to send; 0: beyond the end; -1: ill-formed. */
static int parse_one(struct text t, uint64_t size, struct web_range *ret)
{
	struct text last = t;
	struct text first = text_cut(&last, '-');
	uint64_t a, b;
	if (!last.data)
		return -1;
	if (first.length == 0) {
		if (!text_to_u64(last, &b))
			return -1;
		b = b < size ? b : size;
		*ret = (struct web_range){ size - b, b };
		return b > 0;
	}
	if (!text_to_u64(first, &a))
		return -1;
	b = UINT64_MAX;
	if (last.length && (!text_to_u64(last, &b) || b < a))
		return -1;
	if (a >= size)
		return 0;
	b = b < size ? b : size - 1;
	*ret = (struct web_range){ a, b - a + 1 };
	return 1;
}

int web_ranges_parse(struct text value, uint64_t size, struct web_range out[RANGES_MAX])
{
	int count = 0, seen = 0;
	uint64_t total = 0;
	if (!text_starts_with_nocase(value, TEXT("bytes=")))
		return -1;
	struct text rest = { value.data + 6, value.length - 6 };
	while (rest.data) {
		struct text one = text_trim(text_cut(&rest, ','));
		if (one.length == 0)
			continue;
		if (++seen > RANGES_MAX)
			return -1;
		int r = parse_one(one, size, &out[count]);
		if (r < 0)
			return -1;
		total += r ? out[count].length : 0;
		count += r;
	}
	/* Many ranges over the same bytes are an attack, not a need (RFC 9110 17.15). */
	if (seen == 0 || (count > 1 && total > size))
		return -1;
	return count;
}
