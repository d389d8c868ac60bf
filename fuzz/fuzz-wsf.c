/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wsh/ and script/vbs/lint: an input is a .wsf file in any encoding. Its first job is read, the
 * text of its usage made, and what looks like a mistake in its scripts looked for. Every place that
 * is told lies within the file.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "script/vbs/lint.h"
#include "wsh/job.h"
#include "wsh/source.h"
#include "wsh/usage.h"

#include <errno.h>

static int load(void *ctx, const char *src, struct arena *arena, struct text *ret,
		const char **ret_name, uint32_t *ret_line, struct error *err)
{
	if (strchr(src, '?'))
		return error_set(err, -ENOENT, "no such file");
	*ret = TEXT("Function Lib(x): Lib = x: End Function");
	*ret_name = "lib.vbs";
	*ret_line = 1;
	return 0;
}

static void on_finding(void *ctx, const struct vbs_finding *finding)
{
	FUZZ_REQUIRE(finding->text && finding->text[0] && finding->file);
	FUZZ_REQUIRE(finding->kind <= VBS_FINDING_UNKNOWN);
	++*(size_t *)ctx;
}

static void look_at(const struct wsh_script *s, uint32_t lines)
{
	struct vbs_source sources[16];
	size_t count = 0, findings = 0;
	struct vbs_lint lint = { .sources = sources, .report = on_finding, .ctx = &findings };

	for (size_t i = 0; i < s->part_count && count < 16; i++) {
		FUZZ_REQUIRE(s->parts[i].file < s->file_count);
		FUZZ_REQUIRE(s->parts[i].line <= lines);
		sources[count++] = (struct vbs_source){ s->files, s->file_count, &s->parts[i], 1 };
	}
	lint.source_count = count;
	FUZZ_REQUIRE(vbs_lint(&lint) == 0);
	FUZZ_REQUIRE(findings <= VBS_LINT_FINDINGS_MAX);
}

static void show_usage(const struct wsh_script *s)
{
	struct buf out;

	buf_init(&out, 64u << 20);
	wsh_format_usage(&s->runtime, TEXT("x.wsf"), &out);
	FUZZ_REQUIRE(!buf_failed(&out));
	buf_done(&out);
}

static uint32_t count_lines(struct text t)
{
	uint32_t n = 2; /* a line for the kernel may have been left out */

	for (size_t i = 0; i < t.length; i++)
		n += t.data[i] == '\n';
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[] = "x.wsf";
	struct wsh_loader loader = { NULL, load };
	struct wsh_script s = { .path = path };
	struct error err = { 0 };
	struct text text;
	uint32_t line;

	arena_init(&s.arena, 256u << 20);
	FUZZ_REQUIRE(wsh_source_decode((struct text){ (const char *)data, size }, &s.arena, &text,
				       &line) == 0);
	int r = wsh_job_parse(text, line, NULL, &loader, &s, &err);
	uint32_t lines = count_lines(text);

	if (r == 0) {
		look_at(&s, lines);
		show_usage(&s);
	} else {
		FUZZ_REQUIRE(r == -EINVAL || r == -ENOENT);
		FUZZ_REQUIRE(err.text[0] && err.line >= 0 && (uint32_t)err.line <= lines);
	}
	wsh_script_done(&s);
	return 0;
}
