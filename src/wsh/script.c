/* SPDX-License-Identifier: Apache-2.0 */
/* See script.h: from a file name to pieces of VBScript. Called by wsh_main. */
#include "wsh/script.h"

#include "base/mem.h"
#include "library/scripting/path.h"
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
	if (text_equal_nocase(extension, TEXT("vbs")) || interpreter)
		return 0;
	if (text_equal_nocase(extension, TEXT("js")))
		return no_engine("JScript", path, err);
	if (!extension.length)
		return error_set(err, -EINVAL, "Input Error: There is no file extension in \"%s\".",
				 path);
	return error_set(err, -EINVAL,
			 "Input Error: There is no script engine for file extension "
			 "\"." TEXT_FMT "\".",
			 TEXT_ARG(extension));
}

static int load_vbs(struct wsh_script *s, struct text code, uint32_t line)
{
	struct vbs_segment *part = arena_new(&s->arena, struct vbs_segment);

	s->files = arena_dup(&s->arena, &s->path, sizeof s->path);
	if (!part || !s->files)
		return -ENOMEM;
	s->file_count = 1;
	*part = (struct vbs_segment){ .code = code, .line = line, .column = 1 };
	s->parts = part;
	s->part_count = 1;
	return 0;
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
		r = load_vbs(s, code, line);
	return r == -ENOMEM ? error_set(err, r, "CScript Error: Out of memory.") : r;
}

void wsh_script_done(struct wsh_script *s)
{
	arena_done(&s->arena);
}
