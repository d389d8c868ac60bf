/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CopyFile, MoveFile, DeleteFile and their folder forms (file-objects.h), with patterns in the
 * last part of the source. The rules for the target are the documented ones: a pattern, or a
 * separator at its end, makes it a folder that must exist; otherwise it is the new name, and a
 * folder that is there already is no place for a file. Runs in the thread of the script.
 */
#include "library/scripting/file-objects.h"

#include "base/buf.h"
#include "base/mem.h"
#include "library/scripting/file-ops.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>

#define NAMES_MAX (64u << 20) /* bytes of file names that one pattern may select */

struct transfer {
	bool folders, copy, overwrite, force;
	bool remove;        /* delete; `to` is not used */
	char to[PATH_SIZE]; /* resolved target */
	bool into;          /* the target is a folder to put things into */
	char from[PATH_SIZE];
};

static int act(const struct transfer *t, const char *from, const char *to)
{
	if (t->remove)
		return t->folders ? folder_delete(from, t->force) : file_delete(from, t->force);
	if (t->copy)
		return t->folders ? folder_copy(from, to, t->overwrite)
				  : file_copy(from, to, t->overwrite);
	return t->folders ? folder_move(from, to) : file_move(from, to);
}

static int join(const char *folder, struct text name, char out[PATH_SIZE])
{
	int n = snprintf(out, PATH_SIZE, "%s/" TEXT_FMT, strcmp(folder, "/") == 0 ? "" : folder,
			 TEXT_ARG(name));

	return n < 0 || n >= PATH_SIZE ? -ENAMETOOLONG : 0;
}

/* One file or folder, whose resolved path is `from`. */
static int act_one(const struct transfer *t, const char *from)
{
	char inside[PATH_SIZE];
	int r = t->folders ? folder_check(from) : file_check(from);

	/* A link that leads nowhere can still be deleted. */
	if (r < 0 && !(t->remove && r == -ENOENT))
		return r;
	if (t->remove || !t->into)
		return act(t, from, t->to);
	r = join(t->to, path_name(text_of(from)), inside);
	return r < 0 ? r : act(t, from, inside);
}

/* The names in `folder` that fit, of the right kind, each with a NUL behind. They are collected
 * first, since acting changes the folder. */
static int collect(const struct transfer *t, const char *folder, struct text pattern,
		   struct buf *names)
{
	struct dirent *entry;
	char path[PATH_SIZE];
	DIR *d = opendir(folder);

	if (!d)
		return -errno;
	while ((entry = readdir(d))) {
		struct text name = text_of(entry->d_name);

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    !path_matches(name, pattern) || join(folder, name, path) < 0)
			continue;
		if ((t->folders ? folder_check(path) : file_check(path)) == 0)
			buf_put(names, entry->d_name, name.length + 1);
	}
	closedir(d);
	return buf_failed(names);
}

static int act_pattern(const struct transfer *t, struct text source)
{
	char folder[PATH_SIZE], path[PATH_SIZE];
	struct text pattern = path_name(source);
	struct text parent = { source.data, source.length - pattern.length };
	struct buf names;
	int r = path_resolve(parent.length ? parent : TEXT("."), folder);

	if (r < 0)
		return r;
	buf_init(&names, NAMES_MAX);
	r = collect(t, folder, pattern, &names);
	/* That nothing fits is an error, as for a name that is not there. */
	if (!r && !names.length)
		r = -ENOENT;
	for (size_t at = 0; !r && at < names.length;) {
		struct text name = text_of(names.data + at);

		r = join(folder, name, path);
		if (!r)
			r = act_one(t, path);
		at += name.length + 1;
	}
	buf_done(&names);
	return r;
}

static HRESULT run(struct automation_call *call, struct transfer *t, struct text source)
{
	enum scripting_error missing =
		t->folders ? SCRIPTING_PATH_NOT_FOUND : SCRIPTING_FILE_NOT_FOUND;
	int r;

	if (path_has_pattern(source)) {
		r = act_pattern(t, source);
	} else {
		r = path_resolve(source, t->from);
		if (!r)
			r = act_one(t, t->from);
	}
	if (r == -ENXIO)
		r = -ENOTDIR;
	return files_done(call, r, missing);
}

HRESULT files_delete(struct automation_call *call, struct text source, bool folders, bool force)
{
	struct transfer *t = mem_new(struct transfer);

	if (!t)
		return E_OUTOFMEMORY;
	t->folders = folders;
	t->remove = true;
	t->force = force;
	HRESULT hr = run(call, t, source);

	mem_free(t);
	return hr;
}

/* Where things go: into a folder that must be there, or to a new name. */
static int prepare_target(struct transfer *t, struct text source, struct text target)
{
	int r = path_resolve(target, t->to);

	if (r < 0)
		return r == -ENXIO ? -ENOTDIR : r;
	t->into = path_has_pattern(source) || path_is_separator(target.data[target.length - 1]);
	r = folder_check(t->to);
	if (t->into)
		return r < 0 ? -ENOTDIR : 0;
	if (!path_may_be_created(t->to))
		return -EINVAL;
	/* A file cannot take the name of a folder. */
	if (!t->folders && r == 0)
		return -EACCES;
	/* What is missing now would otherwise look like a missing source. */
	char folder[PATH_SIZE];
	struct text parent = path_parent(text_of(t->to));

	snprintf(folder, sizeof folder, TEXT_FMT, TEXT_ARG(parent));
	return folder_check(parent.length ? folder : "/") < 0 ? -ENOTDIR : 0;
}

HRESULT files_transfer(struct automation_call *call, struct text source, struct text target,
		       bool folders, bool copy, bool overwrite)
{
	struct transfer *t = mem_new(struct transfer);

	if (!t)
		return E_OUTOFMEMORY;
	t->folders = folders;
	t->copy = copy;
	t->overwrite = overwrite;
	int r = prepare_target(t, source, target);
	HRESULT hr = r < 0 ? files_done(call, r, SCRIPTING_PATH_NOT_FOUND) : run(call, t, source);

	mem_free(t);
	return hr;
}
