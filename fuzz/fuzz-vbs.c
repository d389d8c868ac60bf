/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes VBScript from the outside: any bytes as a source, through lexer, parser, compiler,
 * verifier and machine. fuzz-vbs-programs.c makes programs that get further.
 */
#include "fuzz.h"
#include "vbs-check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const files[] = { "fuzz.vbs" };
	struct vbs_segment segments[2] = {
		{ .code = { (const char *)data, size / 2 }, .line = 1 },
		{ .code = { (const char *)data + size / 2, size - size / 2 }, .continues = true }
	};
	struct vbs_source source = { files, 1, segments, 2 };
	struct vbs_check how = { .dump = size % 4 == 1,
				 .longer = size % 16 == 2,
				 .compare = size % 8 == 2 };

	/* Few inputs are cut in two. */
	if (!size || data[0] % 8) {
		segments[0].code.length = size;
		source.segment_count = 1;
	}
	vbs_check(&source, &how);
	return 0;
}
