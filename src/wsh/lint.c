/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `cscript --lint`: scripts, jobs and pages are compiled, never run; what does not compile is told
 * in cscript's error line, what looks like a mistake (script/vbs/lint.h) as a warning in the same
 * form. One file after the other, in cscript's only thread.
 */
#include "wsh/host.h"

#include "asp/page.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/sys.h"
#include "library/scripting/path.h"
#include "script/vbs/lint.h"
#include "wsh/constants.h"
#include "wsh/source.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define NAMES_MAX 256
#define PRINTED_MAX 1000000
#define ASP_INCLUDE_NOT_FOUND 126

static const char *const script_names[] = { "WScript", "WSH" };
static const char *const page_names[] = { "Request",  "Response",        "Server",
					  "Session",  "Application",     "ObjectContext",
					  "ASPError", "ScriptingContext" };

struct names {
	struct text items[NAMES_MAX];
	size_t count;
};

static void add_name(struct names *names, const char *name)
{
	if (names->count < NAMES_MAX)
		names->items[names->count++] = text_of(name);
}

/* What is being read; findings go to standard output. */
struct lint_run {
	const struct wsh *wsh;
	const char *root; /* in front of a page's URL paths; NULL: files are paths */
	struct names names;
	struct map *printed; /* lines: what several pages include is told once */
	bool fragment, failed;
	int error;
};

static void print(struct lint_run *run, const char *file, uint32_t line, uint32_t column,
		  const char *what, const char *text)
{
	struct buf b;

	buf_init(&b, 65536);
	buf_printf(&b, "%s%s(%u, %u) %s: %s", run->root ? run->root : "", file, line, column, what,
		   text);
	if (!buf_failed(&b) && !map_get(run->printed, buf_text(&b))) {
		wsh_write_line(run->wsh, STDOUT_FILENO, "%s", buf_cstr(&b));
		(void)map_put(run->printed, buf_text(&b), run, NULL);
	}
	buf_done(&b);
}

static void print_finding(void *ctx, const struct vbs_finding *f)
{
	print(ctx, f->file, f->line, f->column, "warning", f->text);
}

static void print_error(struct lint_run *run, const struct error *err)
{
	run->failed = true;
	if (err->line)
		wsh_write_line(run->wsh, STDOUT_FILENO, "%s(%d, %d) %s", err->file, err->line,
			       err->column, err->text);
	else
		wsh_write_line(run->wsh, STDERR_FILENO, "%s", err->text);
}

static void find(struct lint_run *run, const struct vbs_source *sources, size_t count)
{
	struct vbs_lint lint = { .sources = sources,
				 .source_count = count,
				 .names = run->names.items,
				 .name_count = run->names.count,
				 .fragment = run->fragment,
				 .report = print_finding,
				 .ctx = run };

	run->error = vbs_lint(&lint);
}

/* ---- scripts and jobs ---- */

static bool compiles(struct lint_run *run, const struct vbs_source *source)
{
	struct vbs_program *program = NULL;
	struct vbs_error error = { 0 };
	HRESULT hr = vbs_compile(source, &program, &error);

	if (FAILED(hr)) {
		run->failed = true;
		print(run, error.file ? error.file : source->files[0], error.line, error.column,
		      error.source ? error.source : "error",
		      error.description ? error.description : "out of memory");
	}
	vbs_error_done(&error);
	vbs_program_unref(program);
	return SUCCEEDED(hr);
}

/* The names of constants are taken from the text that declares them: "Const X = 1". */
static void add_constants(struct lint_run *run, struct wsh_script *s)
{
	struct buf code;

	buf_init(&code, 65536);
	for (size_t i = 0; i < s->reference_count; i++)
		(void)wsh_constants(text_of(s->references[i].name), &code);
	struct text rest = buf_text(&code);

	while (rest.length) {
		struct text line = text_cut(&rest, '\n');

		(void)text_cut(&line, ' ');
		struct text name = text_cut(&line, ' ');
		char *copy = arena_strndup(&s->arena, name.data, name.length);

		if (copy)
			add_name(&run->names, copy);
	}
	buf_done(&code);
}

static void lint_script(struct lint_run *run, const char *file)
{
	struct wsh_options options = run->wsh->options;
	struct wsh_script s;
	struct error err;
	struct vbs_source *sources = NULL;
	size_t good = 0;

	options.script = file;
	if (run->fragment)
		options.engine = "VBScript";
	if (wsh_script_load(&options, &s, &err) < 0) {
		print_error(run, &err);
		wsh_script_done(&s);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(script_names); i++)
		add_name(&run->names, script_names[i]);
	for (size_t i = 0; i < s.object_count; i++)
		add_name(&run->names, s.objects[i].id);
	if (s.resource_count)
		add_name(&run->names, "getResource");
	add_constants(run, &s);
	sources = mem_zalloc(s.part_count, sizeof *sources);
	for (size_t i = 0; sources && i < s.part_count; i++) {
		sources[good] = (struct vbs_source){ s.files, s.file_count, &s.parts[i], 1 };
		good += compiles(run, &sources[good]);
	}
	if (!sources)
		run->error = -ENOMEM;
	else if (good == s.part_count)
		find(run, sources, good);
	mem_free(sources);
	wsh_script_done(&s);
}

/* ---- pages ---- */

static void on_page(void *ctx, const struct vbs_source *source)
{
	find(ctx, source, 1);
}

static bool is_global_asa(const char *path)
{
	return text_equal_nocase(path_name(text_of(path)), TEXT("global.asa"));
}

/* The site of a page: the nearest folder above it that has a global.asa or a web.config, else the
 * current folder when the page is in it, else the page's own. Never ends in '/'. */
static void find_root(const char *path, char root[PATH_SIZE])
{
	static const char *const marks[] = { "global.asa", "web.config" };
	char at[PATH_SIZE], here[PATH_SIZE], probe[PATH_SIZE];

	snprintf(at, sizeof at, "%s", path);
	for (char *slash; (slash = strrchr(at, '/'));) {
		*slash = 0;
		for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
			char file[PATH_SIZE + 16];

			snprintf(file, sizeof file, "%s/%s", at, marks[i]);
			if (!path_resolve(text_of(file), probe) && access(probe, F_OK) == 0) {
				memcpy(root, at, strlen(at) + 1);
				return;
			}
		}
	}
	snprintf(at, sizeof at, "%s", path);
	*strrchr(at, '/') = 0;
	if (!path_absolute(TEXT("."), here) && text_starts_with(text_of(path), text_of(here)) &&
	    path[strlen(here)] == '/')
		memcpy(root, here, strlen(here) + 1);
	else
		memcpy(root, at, strlen(at) + 1);
}

/* Objects that global.asa declares are names in every page. It is compiled for them alone; its own
 * errors are told when it is named itself. */
static struct asp_page *global_objects(struct lint_run *run, const struct asp_page_options *options)
{
	struct asp_page_options quiet = *options;
	struct asp_error error = { 0 };
	struct asp_page *page = NULL;

	quiet.on_source = NULL;
	quiet.global = true;
	(void)asp_page_compile(&quiet, TEXT("/global.asa"), &page, &error);
	asp_error_done(&error);
	for (size_t i = 0; page && i < page->object_count; i++)
		if (run->names.count < NAMES_MAX)
			run->names.items[run->names.count++] = page->objects[i].id;
	return page;
}

static void page_failed(struct lint_run *run, const char *url, int r, const struct asp_error *e)
{
	char what[64];

	run->failed = true;
	if (r != -EINVAL) {
		print(run, url, 1, 1, "error", error_errno_text(r));
		return;
	}
	if (e->asp)
		snprintf(what, sizeof what, "Active Server Pages, ASP %04u error", e->asp);
	else
		snprintf(what, sizeof what, "%s error", e->category ? e->category : "script");
	print(run, e->file ? e->file : url, e->line, e->column, what,
	      e->description ? e->description : "");
}

/* Compiles the page as one of the site `root`; what is found is printed. */
static int try_root(struct lint_run *run, const char *path, const char *root,
		    struct asp_error *error)
{
	struct asp_mapping mapping = { "/", *root ? root : "/" };
	struct asp_settings settings;
	struct asp_page *globals, *page = NULL;

	asp_settings_init(&settings);
	settings.mappings = &mapping;
	settings.mapping_count = 1;
	struct asp_page_options options = { .loader = asp_loader_site(&settings),
					    .language = settings.language,
					    .parent_paths = true,
					    .global = is_global_asa(path),
					    .on_source = on_page,
					    .source_ctx = run };

	run->root = root;
	run->names.count = 0;
	for (size_t i = 0; i < ARRAY_LEN(page_names); i++)
		add_name(&run->names, page_names[i]);
	globals = global_objects(run, &options);
	int r = asp_page_compile(&options, text_of(path + strlen(root)), &page, error);

	asp_page_unref(page);
	asp_page_unref(globals);
	return r;
}

static bool misses_include(int r, const struct asp_error *error)
{
	return r == -EINVAL && error->asp == ASP_INCLUDE_NOT_FOUND;
}

/* An application may lie within a site: when an include is not found, each folder above the page
 * is tried as the site's. */
static void lint_page(struct lint_run *run, const char *path)
{
	char guess[PATH_SIZE], root[PATH_SIZE];
	struct asp_error error = { 0 };

	find_root(path, guess);
	snprintf(root, sizeof root, "%s", path);
	int r = try_root(run, path, guess, &error);
	bool missing = misses_include(r, &error);

	for (char *slash; missing && (slash = strrchr(root, '/'));) {
		struct asp_error other = { 0 };

		*slash = 0;
		int again = try_root(run, path, root, &other);

		missing = misses_include(again, &other);
		if (!missing) {
			asp_error_done(&error);
			error = other;
			r = again;
		} else {
			asp_error_done(&other);
		}
	}
	if (missing)
		run->root = guess;
	if (r < 0)
		page_failed(run, path + strlen(run->root), r, &error);
	asp_error_done(&error);
}

/* ---- files ---- */

static bool has_extension(const char *path, const char *extension)
{
	return text_equal_nocase(path_extension(text_of(path)), text_of(extension));
}

/* Text to be included is a page when it has a page's delimiters; else it is plain script. */
static bool has_page_delimiters(const char *path)
{
	char *data = NULL;
	size_t length = 0;
	bool found = sys_read_file(path, WSH_SOURCE_MAX, &data, &length) == 0 &&
		     (memmem(data, length, "<%", 2) || memmem(data, length, "<script", 7) ||
		      memmem(data, length, "<SCRIPT", 7));

	mem_free(data);
	return found;
}

static void lint_file(struct lint_run *run, const char *file)
{
	char path[PATH_SIZE];
	bool included = has_extension(file, "inc");

	run->fragment = included;
	if (path_resolve(text_of(file), path) == 0 && access(path, F_OK) == 0 &&
	    (has_extension(path, "asp") || has_extension(path, "asa") ||
	     (included && has_page_delimiters(path))))
		lint_page(run, path);
	else
		lint_script(run, file);
}

int wsh_lint(const struct wsh *wsh)
{
	struct map *printed = map_new(PRINTED_MAX, 0);
	bool failed = false;
	int error = printed ? 0 : -ENOMEM;

	for (size_t i = 0; i <= wsh->options.argument_count && !error; i++) {
		struct lint_run run = { .wsh = wsh, .printed = printed };

		lint_file(&run, i ? wsh->options.arguments[i - 1] : wsh->options.script);
		failed |= run.failed;
		error = run.error;
	}
	map_free(printed, NULL);
	if (error)
		wsh_write_line(wsh, STDERR_FILENO, "CScript Error: Out of memory.");
	return failed || error;
}
