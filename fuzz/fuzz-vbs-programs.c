/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes VBScript from the inside: the bytes decide what a program is made of (vbs-grammar.c),
 * and it is compiled and run. Two bytes come first: whether to compare with a fresh engine, or to
 * let an allocation fail, and which one. With FUZZ_SHOW set the programs are printed.
 */
#include "fuzz.h"
#include "vbs-check.h"
#include "vbs-grammar.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const files[] = { "fuzz.vbs" };
	static char program[PROGRAM_MAX];
	struct vbs_segment segment = { .line = 1, .column = 1 };
	struct vbs_source source = { files, 1, &segment, 1 };
	struct vbs_check how = { 0 };

	if (size < 2)
		return 0;
	how.compare = data[0] % 4 == 0;
	how.dump = data[0] % 16 == 1;
	how.longer = data[0] % 32 == 0 || data[0] % 32 == 4;
	/* Compiling takes some hundred allocations. */
	if (data[0] % 8 == 3)
		how.fault = 1 + (data[0] / 8) * 16 + data[1];
	segment.code.data = program;
	segment.code.length = vbs_grammar_program(data + 2, size - 2, program);
	if (getenv("FUZZ_SHOW"))
		fwrite(program, 1, segment.code.length, stderr);
	vbs_check(&source, &how);
	return 0;
}
