/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launch description: whatever decodes must encode to the same bytes again, since each value
 * has one form only.
 */
#include "base/buf.h"
#include "scm/launch.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct launch launch;
	struct arena arena;
	struct buf out;

	arena_init(&arena, LAUNCH_MEMORY_MAX);
	buf_init(&out, LAUNCH_BYTES_MAX + 64);
	if (!launch_decode((const char *)data, size, &arena, &launch)) {
		if (launch_encode(&launch, &out) || out.length != size ||
		    memcmp(out.data, data, size))
			abort();
	}
	buf_done(&out);
	arena_done(&arena);
	return 0;
}
