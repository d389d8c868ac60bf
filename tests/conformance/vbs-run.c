/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vbs-run: runs one VBScript file with a global Echo, for the conformance suite and the
 * benchmarks.
 *
 *     vbs-run [OPTION ...] FILE
 *     vbs-run --tables               everything that coverage is counted of
 *
 *     --compile          compile only
 *     --dump             print the instructions instead of running them
 *     --memory BYTES     limits of the engine
 *     --depth N
 *     --native           all procedures have native code before they run
 *     --never            none has
 *     --turns N          how often limits are looked at, and what is hot gets native code
 *     --desktop          MsgBox is answered
 *     --coverage FILE    write down what was used (script/vbs/coverage.h)
 *     --fault N          the N-th allocation fails
 *     --faults MS        every allocation fails once (vbs-faults.c); 0: however long it takes
 *
 * Echo prints its arguments, joined by a blank. An error is printed as
 * "FILE(LINE, COLUMN) SOURCE: TEXT" with its number, and makes the exit status 1.
 */
#include "vbs-run.h"

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/automation.h"
#include "library/catalog/catalog.h"
#include "script/vbs/coverage.h"

#include <stdlib.h>

#define SOURCE_MAX (16u << 20)
#define TABLE_MAX (1u << 20)

FILE *run_output;

static HRESULT report(struct vbs_error *error, HRESULT hr)
{
	fprintf(run_output, "! %s(%u, %u) %s: %s [%d]\n", error->file ? error->file : "?",
		error->line, error->column, error->source ? error->source : "?",
		error->description ? error->description : "?",
		((uint32_t)error->number & 0xFFFF0000u) == 0x800A0000u ? error->number & 0xFFFF
								       : error->number);
	vbs_error_done(error);
	return hr;
}

static HRESULT run(struct vbs_program *program, const struct run_script *script)
{
	const struct vbs_host host = { .message = script->desktop ? host_message : NULL };
	struct vbs_engine *engine;
	struct vbs_error error = { 0 };
	HRESULT hr = vbs_engine_new(&script->limits, &host, &engine);

	if (FAILED(hr))
		return hr;
	hr = vbs_engine_add_object(engine, TEXT("Host"), automation_dispatch(host_object()),
				   VBS_OBJECT_GLOBAL_MEMBERS);
	if (SUCCEEDED(hr))
		hr = vbs_engine_run(engine, program, &error);
	vbs_engine_free(engine);
	if (FAILED(hr) && hr != VBS_E_END_SCRIPT)
		return report(&error, hr);
	return S_OK;
}

static HRESULT compile(const struct run_script *script, struct vbs_program **ret)
{
	const char *files[] = { script->file };
	struct vbs_segment segment = { script->text, 0, false, 1, 1 };
	struct vbs_source source = { files, 1, &segment, 1 };
	struct vbs_error error = { 0 };
	HRESULT hr = vbs_compile(&source, ret, &error);

	return FAILED(hr) ? report(&error, hr) : hr;
}

HRESULT run_script(const struct run_script *script, bool compile_only)
{
	struct vbs_program *program;
	HRESULT hr = compile(script, &program);

	if (FAILED(hr))
		return hr;
	if (!compile_only)
		hr = run(program, script);
	vbs_program_unref(program);
	return hr;
}

static int print_and_done(struct buf *b, const char *file)
{
	FILE *to = file ? fopen(file, "w") : stdout;

	if (!to) {
		perror(file);
		return 2;
	}
	fwrite(b->data, 1, b->length, to);
	if (file)
		fclose(to);
	buf_done(b);
	return 0;
}

static int dump(const struct run_script *script)
{
	struct vbs_program *program;
	struct buf b;

	if (FAILED(compile(script, &program)))
		return 1;
	buf_init(&b, 64u << 20);
	vbs_program_dump(program, &b);
	vbs_program_unref(program);
	return print_and_done(&b, NULL);
}

struct options {
	const char *coverage;
	unsigned long fault, budget;
	bool faults, dump, compile, tables;
};

static int read_options(int argc, char **argv, struct options *o, struct run_script *script)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(argv[i], "--dump"))
			o->dump = true;
		else if (!strcmp(argv[i], "--compile"))
			o->compile = true;
		else if (!strcmp(argv[i], "--tables"))
			o->tables = true;
		else if (!strcmp(argv[i], "--desktop"))
			script->desktop = true;
		else if (!strcmp(argv[i], "--memory"))
			script->limits.memory = strtoul(value, NULL, 0), i++;
		else if (!strcmp(argv[i], "--depth"))
			script->limits.depth = strtoul(value, NULL, 0), i++;
		else if (!strcmp(argv[i], "--native"))
			script->limits.native = VBS_NATIVE_ALWAYS;
		else if (!strcmp(argv[i], "--turns"))
			script->limits.turns = strtoul(value, NULL, 0), i++;
		else if (!strcmp(argv[i], "--never"))
			script->limits.native = VBS_NATIVE_NEVER;
		else if (!strcmp(argv[i], "--coverage"))
			o->coverage = value, i++;
		else if (!strcmp(argv[i], "--fault"))
			o->fault = strtoul(value, NULL, 0), i++;
		else if (!strcmp(argv[i], "--faults"))
			o->faults = true, o->budget = strtoul(value, NULL, 0), i++;
		else
			return argc;
	}
	return i;
}

#ifdef SURROGATE_FAULTS
static int tables(void)
{
	struct buf b;

	buf_init(&b, TABLE_MAX);
	vbs_coverage_print_all(&b);
	return print_and_done(&b, NULL);
}

static int run_recorded(const struct run_script *script, const struct options *o)
{
	struct buf b;
	HRESULT hr;

	fault_arm(FAULT_ALLOC, o->fault, false);
	hr = run_script(script, o->compile);
	fault_arm(FAULT_ALLOC, 0, false);
	buf_init(&b, TABLE_MAX);
	vbs_coverage_print(&b);
	if (o->coverage && print_and_done(&b, o->coverage))
		return 2;
	buf_done(&b);
	return FAILED(hr);
}
#else
static int no_such_build(void)
{
	fprintf(stderr, "vbs-run: this needs a build with -Dfaults=true\n");
	return 2;
}
#define tables() no_such_build()
#define run_with_faults(script, budget_ms) no_such_build()
#define run_recorded(script, options) no_such_build()
#endif

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct run_script script = { 0 };
	int i = read_options(argc, argv, &o, &script), status;
	char *text;
	size_t length;

	run_output = stdout;
	if (o.tables)
		return tables();
	if (i >= argc || sys_read_file(argv[i], SOURCE_MAX, &text, &length)) {
		fprintf(stderr, "usage: vbs-run [--compile | --dump] [--memory BYTES] [--depth N] "
				"[--coverage FILE] [--fault N] [--faults MS] FILE | --tables\n");
		return 2;
	}
	script.file = argv[i];
	script.text = (struct text){ text, length };
	if (catalog_register())
		return 2;
	if (o.dump)
		status = dump(&script);
	else if (o.faults)
		status = run_with_faults(&script, o.budget);
	else if (o.fault || o.coverage)
		status = run_recorded(&script, &o);
	else
		status = FAILED(run_script(&script, o.compile));
	mem_free(text);
	return status;
}
