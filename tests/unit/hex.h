/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as specifications print them: "0100 0000 feff". Test programs only. */
#pragma once

#include "unit.h"

#include <stdio.h>

/* How many; `out` has room for as many as there are. */
static inline size_t read_hex(const char *hex, uint8_t *out)
{
	size_t size = 0;

	for (unsigned byte; *hex; hex += 2) {
		while (*hex == ' ')
			hex++;
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		out[size++] = (uint8_t)byte;
	}
	return size;
}
