/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes RegExp: one byte of flags, a pattern, NUL, a text. Each pattern is refused with one of
 * VBScript's errors or understood by PCRE2, each search ends, matches lie in order inside the
 * text, and machine code finds what the interpreter finds.
 */
#include "fuzz.h"

#include "base/mem.h"
#include "library/vbscript/regexp-program.h"

#define STEPS 20000

/* Searches for all matches; a hash of their places, or the error in `*ret_error`. */
static uint64_t search(struct regexp_program *program, const char16_t *text, size_t length,
		       int *ret_error)
{
	struct regexp_matcher matcher = { .steps = STEPS };
	struct regexp_search s;
	uint64_t hash = 0;
	size_t end = 0;
	bool found = false;

	*ret_error = regexp_search_begin(&s, program, &matcher, text, length);
	while (!*ret_error && !(*ret_error = regexp_search_next(&s, &found)) && found) {
		FUZZ_REQUIRE(s.offsets[0] >= end && s.offsets[0] <= s.offsets[1]);
		FUZZ_REQUIRE(s.offsets[1] <= length);
		end = s.offsets[1];
		for (size_t i = 0; i < 2 * (size_t)regexp_program_groups(program) + 2; i++) {
			FUZZ_REQUIRE(s.offsets[i] <= length || s.offsets[i] == REGEXP_UNSET);
			hash = hash * 31 + s.offsets[i];
		}
	}
	regexp_matcher_done(&matcher);
	return hash;
}

static void run(BSTR pattern, unsigned flags, const char16_t *text, size_t length)
{
	struct regexp_program *program;
	int error = regexp_program_get(pattern, flags, &program), slow, fast;

	if (error) {
		FUZZ_REQUIRE(error == 7 || (error >= 5017 && error <= 5021));
		return;
	}
	regexp_program_use_jit(false);
	uint64_t want = search(program, text, length, &slow);

	regexp_program_use_jit(true);
	/* Often enough for machine code to be made. */
	for (int i = 0; i < 8; i++)
		search(program, text, length, &fast);
	uint64_t got = search(program, text, length, &fast);

	FUZZ_REQUIRE(slow == 0 || slow == 17 || slow == 28);
	FUZZ_REQUIRE(fast == 0 || fast == 17 || fast == 28);
	FUZZ_REQUIRE(slow || fast || want == got);
	regexp_program_unref(program);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data + 1, 0, size - 1) : NULL;
	struct text pattern, text = { 0 };

	if (!size)
		return 0;
	pattern =
		(struct text){ (const char *)data + 1, nul ? (size_t)(nul - data) - 1 : size - 1 };
	if (nul)
		text = (struct text){ (const char *)nul + 1, size - (size_t)(nul - data) - 1 };
	BSTR p = SysAllocStringLen(NULL, (UINT)utf8_to_utf16_length(pattern));
	BSTR t = SysAllocStringLen(NULL, (UINT)utf8_to_utf16_length(text));

	FUZZ_REQUIRE(p && t);
	utf8_to_utf16(pattern, p, SysStringLen(p));
	utf8_to_utf16(text, t, SysStringLen(t));
	run(p, data[0] & 3, t, SysStringLen(t));
	SysFreeString(p);
	SysFreeString(t);
	return 0;
}
