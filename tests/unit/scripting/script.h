/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members as scripts use them: a table of VBScript lines, each with what it gives. Included by the
 * tests of component libraries, which register their classes first.
 */
#pragma once

#include "../com/helpers.h"

#include "script/vbs/vbs.h"

#include <stdio.h>

/* Runs `code`, in which the function "R" may be given a value, and returns that value as text:
 * "Error 53: File not found" when the script fails. Valid until the next call. */
static inline const char *script_run(const char *code)
{
	static char text[8192];
	char source[8192];
	struct vbs_error error = { 0 };
	struct vbs_engine *engine = NULL;
	struct vbs_program *program = NULL;
	VARIANT v = { 0 };
	int n = snprintf(source, sizeof source, "Function R()\n%s\nEnd Function\n", code);
	const char *const file = "test.vbs";
	struct vbs_segment segment = { .code = { source, (size_t)n }, .line = 1, .column = 1 };
	struct vbs_source s = {
		.files = &file, .file_count = 1, .segments = &segment, .segment_count = 1
	};

	assert_true(n < (int)sizeof source);
	HRESULT hr = vbs_compile(&s, &program, &error);

	assert_int_equal(vbs_engine_new(NULL, NULL, &engine), S_OK);
	if (SUCCEEDED(hr))
		hr = vbs_engine_run(engine, program, &error);
	if (SUCCEEDED(hr))
		hr = vbs_engine_call(engine, TEXT("R"), NULL, 0, &v, &error);
	if (FAILED(hr)) {
		uint32_t number = (uint32_t)error.number;

		if (number >> 16 == 0x800A)
			snprintf(text, sizeof text, "Error %u: %s", number & 0xFFFF,
				 error.description ? error.description : "");
		else
			snprintf(text, sizeof text, "Error 0x%08X: %s", number,
				 error.description ? error.description : "");
	} else {
		char *shown = v_show(&v);

		snprintf(text, sizeof text, "%s", shown);
		mem_free(shown);
	}
	VariantClear(&v);
	vbs_error_done(&error);
	vbs_engine_free(engine);
	vbs_program_unref(program);
	return text;
}

struct script_row {
	const char *code, *want;
};

static inline void script_check(const struct script_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *got = script_run(rows[i].code);

		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s\n  gave   %s\n  wanted %s", rows[i].code, got, rows[i].want);
	}
}
