/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes VBScript from the outside: any bytes as a source, through lexer, parser, compiler,
 * verifier and machine. fuzz-vbs-programs.c makes programs that get further.
 */
#include "fuzz.h"
#include "vbs-check.h"

#include "base/mem.h"
#include "base/text.h"

/* The same source prints something else when it is run again. */
static bool asks_the_clock(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
		"now", "date", "time", "randomize", "execute", "eval"
	};
	struct text source = { (const char *)data, size };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (struct text at = source; at.length >= strlen(names[i]); at.data++, at.length--)
			if (text_starts_with_nocase(at, text_of(names[i])))
				return true;
	return false;
}

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
				 .compare = size % 8 == 2 && !asks_the_clock(data, size) };

	/* Few inputs are cut in two. */
	if (!size || data[0] % 8) {
		segments[0].code.length = size;
		source.segment_count = 1;
	}
	vbs_check(&source, &how);
	return 0;
}
