/* SPDX-License-Identifier: Apache-2.0 */
/* See script.h: from a file name to pieces of VBScript. Called by wsh_main. */
#include "wsh/script.h"

#include "base/mem.h"
#include "base/buf.h"
#include "library/scripting/path.h"
#include "script/vbs/encoded.h"
#include "wsh/job.h"
#include "wsh/source.h"

#include <errno.h>

#define SCRIPT_MEMORY ((size_t)256 << 20)

bool wsh_language_known(struct text language)
{
	static const char *const names[] = { "vbscript", "vbs", "vbscript.encode" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (text_equal_nocase(language, text_of(names[i])))
			return true;
	return false;
}

enum file_type { FILE_VBS, FILE_WSF };

static int no_engine(const char *engine, const char *path, struct error *err)
{
	return error_set(err, -EINVAL,
			 "CScript Error: Can't find script engine \"%s\" for script \"%s\".",
			 engine, path);
}

/* What the file is, by its extension or by //E. A file with a "#!" line needs neither. */
static int type_of(const struct wsh_options *options, const char *path, bool interpreter,
		   enum file_type *ret, struct error *err)
{
	struct text extension = path_extension(text_of(path));

	*ret = FILE_VBS;
	if (text_equal_nocase(extension, TEXT("wsf"))) {
		*ret = FILE_WSF;
		return 0;
	}
	if (options->engine)
		return wsh_language_known(text_of(options->engine))
			       ? 0
			       : no_engine(options->engine, path, err);
	if (text_equal_nocase(extension, TEXT("vbs")) ||
	    text_equal_nocase(extension, TEXT("vbe")) || interpreter)
		return 0;
	if (text_equal_nocase(extension, TEXT("js")) || text_equal_nocase(extension, TEXT("jse")))
		return no_engine("JScript", path, err);
	if (!extension.length)
		return error_set(err, -EINVAL, "Input Error: There is no file extension in \"%s\".",
				 path);
	return error_set(err, -EINVAL,
			 "Input Error: There is no script engine for file extension "
			 "\"." TEXT_FMT "\".",
			 TEXT_ARG(extension));
}

/* An encoded script as it was before; places are then those of the plain text. */
static int decode(const char *path, struct arena *arena, struct text *code, struct error *err)
{
	struct buf plain;
	struct error why;
	char *copy = NULL;
	int r;

	if (!vbs_is_encoded(*code))
		return 0;
	buf_init(&plain, code->length);
	r = vbs_decode(*code, &plain, &why);
	if (!r)
		copy = arena_strndup(arena, plain.data ? plain.data : "", plain.length);
	if (copy)
		*code = (struct text){ copy, plain.length };
	buf_done(&plain);
	if (r == -EBADMSG)
		return error_set_at(err, -EINVAL, path, why.line, why.column, "CScript Error: %s",
				    why.text);
	return r ? r : copy ? 0 : -ENOMEM;
}

static int load_vbs(struct wsh_script *s, struct text code, uint32_t line, struct error *err)
{
	struct vbs_segment *part = arena_new(&s->arena, struct vbs_segment);
	int r = decode(s->path, &s->arena, &code, err);

	s->files = arena_dup(&s->arena, &s->path, sizeof s->path);
	if (r)
		return r;
	if (!part || !s->files)
		return -ENOMEM;
	s->file_count = 1;
	*part = (struct vbs_segment){ .code = code, .line = line, .column = 1 };
	s->parts = part;
	s->part_count = 1;
	return 0;
}

/* ---- .wsf ---- */

static bool is_absolute(const char *name)
{
	return path_is_separator(name[0]) || (name[0] && name[1] == ':');
}

/* <script src="...">: relative to the folder of the .wsf file (ctx is its script). */
static int load_src(void *ctx, const char *src, struct arena *arena, struct text *ret,
		    const char **ret_name, uint32_t *ret_line, struct error *err)
{
	const struct wsh_script *s = ctx;
	struct text folder = path_parent(text_of(s->path));
	char path[PATH_SIZE];
	char *name = is_absolute(src) ? arena_strndup(arena, src, strlen(src))
				      : arena_printf(arena, TEXT_FMT "/%s", TEXT_ARG(folder), src);
	int r = name ? path_resolve(text_of(name), path) : -ENOMEM;

	if (r && r != -ENOMEM)
		return error_set(err, -ENOENT, "Input Error: Can not find script file \"%s\".",
				 name);
	if (!r)
		r = (name = arena_strndup(arena, path, strlen(path))) ? 0 : -ENOMEM;
	if (!r)
		r = wsh_source_read(name, arena, ret, ret_line, err);
	if (!r)
		r = decode(name, arena, ret, err);
	if (!r)
		*ret_name = name;
	return r;
}

static int load_wsf(struct wsh_script *s, struct text code, uint32_t line, const char *job,
		    struct error *err)
{
	struct wsh_loader loader = { s, load_src };

	return wsh_job_parse(code, line, job, &loader, s, err);
}

static int resolve(struct wsh_script *s, const char *name, struct error *err)
{
	char path[PATH_SIZE];
	int r = path_resolve(text_of(name), path);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return error_set(err, -ENOENT, "Input Error: Can not find script file \"%s\".",
				 name);
	s->path = arena_strndup(&s->arena, path, strlen(path));
	return s->path ? 0 : -ENOMEM;
}

int wsh_script_load(const struct wsh_options *options, struct wsh_script *s, struct error *err)
{
	enum file_type type;
	struct text code;
	uint32_t line;
	int r;

	*s = (struct wsh_script){ 0 };
	arena_init(&s->arena, SCRIPT_MEMORY);
	r = resolve(s, options->script, err);
	if (!r)
		r = wsh_source_read(s->path, &s->arena, &code, &line, err);
	if (!r)
		r = type_of(options, s->path, line > 1, &type, err);
	if (!r)
		r = type == FILE_WSF ? load_wsf(s, code, line, options->job, err)
				     : load_vbs(s, code, line, err);
	return r == -ENOMEM ? error_set(err, r, "CScript Error: Out of memory.") : r;
}

void wsh_script_done(struct wsh_script *s)
{
	arena_done(&s->arena);
}
