/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every fuzz target includes. FUZZ_REQUIRE holds a property of the code under test; unlike
 * assert() it is there in every build.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_REQUIRE(cond)                                                                         \
	do {                                                                                       \
		if (!(cond))                                                                       \
			abort();                                                                   \
	} while (0)
