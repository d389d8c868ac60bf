/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes VBScript: any bytes as a source. What compiles must verify, and must run within small
 * limits to an end, error or not.
 */
#include "fuzz.h"

#include "script/vbs/program.h"
#include "script/vbs/vbs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const files[] = { "fuzz.vbs" };
	struct vbs_limits limits = { .time_ns = 20000000, .memory = 1 << 20, .depth = 50 };
	struct vbs_segment segments[2] = {
		{ .code = { (const char *)data, size / 2 }, .line = 1 },
		{ .code = { (const char *)data + size / 2, size - size / 2 }, .continues = true }
	};
	struct vbs_source source = { files, 1, segments, 2 };
	struct vbs_program *program;
	struct vbs_engine *engine;
	struct vbs_error error = { 0 };
	HRESULT hr;

	/* Half of the inputs are one segment, half are cut in two. */
	if (!size || data[0] % 2) {
		segments[0].code.length = size;
		source.segment_count = 1;
	}
	hr = vbs_compile(&source, &program, &error);
	if (FAILED(hr)) {
		FUZZ_REQUIRE(error.line > 0 && error.description);
		vbs_error_done(&error);
		return 0;
	}
	FUZZ_REQUIRE(!vbs_verify(program, NULL, NULL));
	if (SUCCEEDED(vbs_engine_new(&limits, NULL, &engine))) {
		vbs_engine_run(engine, program, &error);
		vbs_error_done(&error);
		vbs_engine_free(engine);
	}
	vbs_program_unref(program);
	return 0;
}
