/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole numbers in decimal, as UTF-16: measured first, then written where they belong, since a copy
 * of what has just been written unit by unit would wait for it. Pure; any thread.
 */
#pragma once

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <uchar.h>

#define VBS_DIGITS_MAX 20 /* units of any int64_t, the sign included */

extern const uint64_t vbs_powers_of_ten[20];
extern const char16_t vbs_digit_pairs[201]; /* 00 to 99 */

static inline uint64_t vbs_digits_magnitude(int64_t n)
{
	return n < 0 ? -(uint64_t)n : (uint64_t)n;
}

/* How many units `n` takes, the sign included. */
static inline unsigned vbs_digits_count(int64_t n)
{
	uint64_t m = vbs_digits_magnitude(n);
	/* 1233 / 4096 is the logarithm of 2: what it says is right or one too few. */
	unsigned log = (64 - (unsigned)__builtin_clzll(m | 1)) * 1233 >> 12;

	return log + ((m | 1) >= vbs_powers_of_ten[log]) + (n < 0);
}

static inline char *vbs_digits_pair(char *end, unsigned pair)
{
	memcpy(end - 4, vbs_digit_pairs + 2 * (size_t)pair, 4);
	return end - 4;
}

/* Writes them to `to`, which need not be aligned; `count` is what vbs_digits_count gives. */
static inline void vbs_digits_write(int64_t n, void *to, unsigned count)
{
	uint64_t m = vbs_digits_magnitude(n);
	char *end = (char *)to + count * sizeof(char16_t);
	uint32_t low;

	for (; m > UINT32_MAX; m /= 100)
		end = vbs_digits_pair(end, (unsigned)(m % 100));
	for (low = (uint32_t)m; low >= 100; low /= 100)
		end = vbs_digits_pair(end, low % 100);
	if (low >= 10)
		vbs_digits_pair(end, low);
	else
		memcpy(end - 2, vbs_digit_pairs + 2 * (size_t)low + 1, 2);
	if (n < 0)
		memcpy(to, u"-", 2);
}
