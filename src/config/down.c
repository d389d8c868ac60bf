/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way down to one folder: from the level of the server down the path, at each depth the
 * <location> elements of applicationHost.config for it, those of the web.config files above, then
 * the web.config of the folder itself. Called by url.c and tree.c, on any thread.
 */
#include "config/snapshot.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

/* ---- the path ---- */

int config_down_add(struct down *d, struct text path)
{
	struct text rest = path;
	while (rest.data) {
		struct text part = text_cut(&rest, '/');
		if (part.length == 0)
			continue;
		if (text_equal(part, TEXT("..")) || text_equal(part, TEXT(".")) ||
		    memchr(part.data, '\0', part.length))
			return error_set(d->err, -EINVAL, "a path with a segment that is no name");
		if (d->depth == DOWN_DEPTH_MAX)
			return error_set(d->err, -EINVAL, "the path has more than %d segments",
					 DOWN_DEPTH_MAX);
		d->segments[d->depth++] = part;
	}
	return 0;
}

/* True when `path` is the segments from..to, in any case. */
static bool path_is(const struct down *d, struct text path, size_t from, size_t to)
{
	struct text rest = path;
	for (size_t i = from; i < to; i++) {
		if (!rest.data || !text_equal_nocase(text_cut(&rest, '/'), d->segments[i]))
			return false;
	}
	return !rest.data;
}

/* How many of the segments from..to the path "/a/b" takes from the front; SIZE_MAX: it is no
 * prefix of them. */
static size_t path_prefix(const struct down *d, const char *path, size_t from, size_t to)
{
	struct text rest = text_of(path + 1);
	size_t at = from;
	if (!rest.length)
		return 0;
	while (rest.data) {
		struct text part = text_cut(&rest, '/');
		if (at == to || !text_equal_nocase(part, d->segments[at]))
			return SIZE_MAX;
		at++;
	}
	return at - from;
}

/* Where the folder at `depth` is on the disk. */
struct place {
	const struct config_application *application;
	const struct config_vdir *vdir;
	size_t application_depth, rest; /* `rest`: the first segment below the virtual directory */
};

static struct place find_place(const struct down *d, size_t depth)
{
	struct place place = { .application = d->site->applications };
	/* Longest paths first, the last one is "/": both loops find one. */
	for (size_t i = 0; i < d->site->application_count; i++) {
		place.application = &d->site->applications[i];
		size_t taken = path_prefix(d, place.application->path, 1, depth);
		if (taken != SIZE_MAX) {
			place.application_depth = 1 + taken;
			break;
		}
	}
	place.vdir = place.application->vdirs;
	for (size_t i = 0; i < place.application->vdir_count; i++) {
		place.vdir = &place.application->vdirs[i];
		size_t taken = path_prefix(d, place.vdir->path, place.application_depth, depth);
		if (taken != SIZE_MAX) {
			place.rest = place.application_depth + taken;
			break;
		}
	}
	return place;
}

/* ---- levels ---- */

/* Applies the <location> elements of a file whose path is the segments from..to. */
static int apply_locations(struct down *d, const struct xml_document *document, size_t from,
			   size_t to, const char *application, const struct level_source *source)
{
	for (const struct xml_element *e = document->root->first; e; e = e->next) {
		if (strcmp(e->name, "location") != 0)
			continue;
		struct location location = section_location(e);
		if (from == to ? location.path.length != 0 : !path_is(d, location.path, from, to))
			continue;
		if (!location.children && strcmp(application, d->application) != 0)
			continue;
		int r = level_apply(&d->level, e, source);
		if (r == 0)
			r = level_lock(&d->level, e, location.mode, d->err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* "Site/a/b", the place of the folder at `depth`. NULL: no memory. */
static const char *place_path(const struct down *d, size_t depth)
{
	const char *path = "";
	for (size_t i = 0; i < depth && path; i++)
		path = arena_printf(d->arena, "%s%s" TEXT_FMT, path, i ? "/" : "",
				    TEXT_ARG(d->segments[i]));
	return path;
}

/* Where the folder at `depth` is on the disk. -ENAMETOOLONG. */
static int folder_path(const struct down *d, size_t depth, const struct place *place,
		       char folder[PATH_MAX])
{
	int n = snprintf(folder, PATH_MAX, "%s", place->vdir->physical_path);

	for (size_t i = place->rest; i < depth && n > 0 && n < PATH_MAX; i++)
		n += snprintf(folder + n, PATH_MAX - (size_t)n, "/" TEXT_FMT,
			      TEXT_ARG(d->segments[i]));
	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int set_folder(struct down *d, size_t depth, const struct place *place)
{
	char folder[PATH_MAX];

	if (folder_path(d, depth, place, folder) < 0)
		return error_set(d->err, -EINVAL, "the path is longer than a path can be");
	d->folder = arena_strndup(d->arena, folder, strlen(folder));
	d->folder_root = strlen(place->vdir->physical_path);
	return d->folder ? 0 : error_set(d->err, -ENOMEM, "out of memory");
}

static int apply_folder(struct down *d, size_t depth, const struct place *place,
			const struct level_source *source)
{
	struct xml_document *document;
	const char *path = place_path(d, depth);

	if (!path)
		return error_set(d->err, -ENOMEM, "out of memory");
	int r = config_files_read(d, d->folder, path, &document);
	if (r < 0 || !document)
		return r;
	r = section_rules_add(d->level.schema, document, d->level.rules, d->err);
	if (r == 0)
		r = level_apply(&d->level, document->root, source);
	if (r == 0)
		r = apply_locations(d, document, depth, depth, place->application->path, source);
	d->origins[d->origin_count++] =
		(struct down_origin){ document, depth, place->application->path };
	return r;
}

static int apply_depth(struct down *d, size_t depth)
{
	struct place place = find_place(d, depth);
	struct level_source server = { .merge = { .arena = d->arena, .err = d->err } };
	struct level_source web = server;
	web.merge.locks = web.web_config = true;
	web.root = place.application_depth == depth;

	int r = apply_locations(d, d->config->document, 0, depth, place.application->path, &server);
	for (size_t i = 0; i < d->origin_count && r == 0; i++)
		r = apply_locations(d, d->origins[i].document, d->origins[i].depth, depth,
				    d->origins[i].application, &web);
	d->folder = NULL;
	if (r < 0 || (place.rest < depth && !place.vdir->allow_sub_dir_config))
		return r;
	r = set_folder(d, depth, &place);
	return r < 0 || d->server_only ? r : apply_folder(d, depth, &place, &web);
}

/* ---- what is below ---- */

/* The first segment of `path` below the target, when it begins with those from `from` on. */
static bool path_below(const struct down *d, struct text path, size_t from, struct text *ret)
{
	struct text rest = path;
	for (size_t i = from; i < d->depth; i++) {
		if (!rest.length || !text_equal_nocase(text_cut(&rest, '/'), d->segments[i]))
			return false;
	}
	*ret = text_cut(&rest, '/');
	return ret->length > 0;
}

/* Notes which names in the target the locations of a file are about: a file that has one of them
 * is a place of its own. */
static int note_names(struct down *d, const struct xml_document *document, size_t from,
		      const char *application)
{
	for (const struct xml_element *e = document->root->first; e; e = e->next) {
		struct text name;
		if (strcmp(e->name, "location") != 0)
			continue;
		struct location location = section_location(e);
		if (!path_below(d, location.path, from, &name) ||
		    (!location.children && strcmp(application, d->application) != 0))
			continue;
		struct down_name *n = arena_new(d->arena, struct down_name);
		if (!n)
			return error_set(d->err, -ENOMEM, "out of memory");
		*n = (struct down_name){ d->names, name };
		d->names = n;
	}
	return 0;
}

static int note_all_names(struct down *d)
{
	int r = 0;

	if (d->depth == 0 || d->server_only)
		return 0;
	r = note_names(d, d->config->document, 0, find_place(d, d->depth).application->path);
	for (size_t i = 0; i < d->origin_count && r == 0; i++)
		r = note_names(d, d->origins[i].document, d->origins[i].depth,
			       d->origins[i].application);
	return r;
}

int config_down_go(struct down *d)
{
	struct down_files *files = &d->files;

	size_t most = d->depth + 1 + DOWN_SOURCES_MAX;

	files->stamps = arena_zalloc(d->arena, most, sizeof(*files->stamps));
	files->documents = arena_zalloc(d->arena, most, sizeof(struct xml_document *));
	if (!files->stamps || !files->documents ||
	    level_copy(&d->config->base, d->arena, &d->level) < 0)
		return error_set(d->err, -ENOMEM, "out of memory");
	if (!d->application && d->depth)
		d->application = find_place(d, d->depth).application->path;
	int r = 0;
	for (size_t depth = 1; depth <= d->depth && r == 0; depth++)
		r = apply_depth(d, depth);
	return r < 0 ? r : note_all_names(d);
}
