/* SPDX-License-Identifier: Apache-2.0 */
/*
 * appcmd search config: the places at and below one whose files write something, or a section, or
 * an attribute of it. applicationHost.config, its <location> elements, and the web.config files of
 * all folders of all sites are looked at, as they are written: a file that violates a lock is found
 * like any other.
 */
#include "tools/appcmd/appcmd.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DEPTH_MAX 32    /* folders below a virtual directory */
#define FOUND_MAX 65536 /* places */

struct search {
	struct appcmd *a;
	const char *section; /* NULL: any */
	struct text below;   /* "Site/folder"; "" is the server */
	struct map *found;   /* places that were printed */
	struct map *roots;   /* places of virtual directories, which are gone into as such */
	int status;          /* of the first file that could not be read */
};

/* "limits.requestQueueMax" in the element of a section; NULL: it is not written. */
static const char *written(const struct xml_element *e, const char *name)
{
	struct text rest = text_of(name);

	while (e && rest.data) {
		struct text part = text_cut(&rest, '.');
		if (!rest.data) {
			for (size_t i = 0; i < e->attribute_count; i++) {
				if (text_equal_nocase(text_of(e->attributes[i].name), part))
					return e->attributes[i].value;
			}
			return NULL;
		}
		e = e->first;
		while (e && !text_equal_nocase(text_of(e->name), part))
			e = e->next;
	}
	return NULL;
}

/* Whether a scope (<configuration> or <location>) writes what is looked for. */
static bool writes(const struct search *s, const struct xml_element *scope)
{
	const struct appcmd *a = s->a;

	if (!s->section) {
		for (const struct xml_element *e = scope->first; e; e = e->next) {
			if (strcmp(e->name, "location") != 0 &&
			    strcmp(e->name, "configSections") != 0)
				return true;
		}
		return false;
	}
	const struct xml_element *e = xml_find(scope, s->section);
	for (size_t i = 0; e && i < a->count; i++) {
		const struct appcmd_parameter *p = &a->parameters[i];
		const char *value = written(e, p->name);
		if (!value || (p->value && !text_equal_nocase(text_of(value), text_of(p->value))))
			return false;
	}
	return e != NULL;
}

static void found(struct search *s, struct text place)
{
	struct appcmd *a = s->a;
	bool inside = text_starts_with_nocase(place, s->below) &&
		      (place.length == s->below.length || !s->below.length ||
		       place.data[s->below.length] == '/');

	if (!inside || map_get(s->found, place))
		return;
	if (map_put(s->found, place, s, NULL) < 0) {
		s->status =
			appcmd_error(APPCMD_FAILED, "more than %d places were found", FOUND_MAX);
		return;
	}
	buf_puts(&a->out, a->xml ? "    <CONFIGSEARCH CONFIGSEARCH.NAME=\"" : "CONFIGSEARCH \"");
	char *path = arena_printf(&a->arena, CONFIG_PATH_APPHOST "%s" TEXT_FMT,
				  place.length ? "/" : "", TEXT_ARG(place));
	if (a->xml)
		buf_put_html(&a->out, text_of(path ? path : ""));
	else
		buf_puts(&a->out, path ? path : "");
	buf_puts(&a->out, a->xml ? "\" />\n" : "\"\n");
}

/* A file of the place `place`: what it says of the place itself, and of those below it. */
static void look_at(struct search *s, const struct xml_document *document, const char *place)
{
	if (writes(s, document->root))
		found(s, text_of(place));
	for (const struct xml_element *e = document->root->first; e; e = e->next) {
		if (strcmp(e->name, "location") != 0 || !writes(s, e))
			continue;
		struct text path = section_location(e).path;
		const char *whole = arena_printf(&s->a->arena, "%s%s" TEXT_FMT, place,
						 *place && path.length ? "/" : "", TEXT_ARG(path));
		if (whole)
			found(s, text_of(whole));
	}
}

/* The web.config of a folder; none is nothing. */
static void look_in_folder(struct search *s, const char *folder, const char *place)
{
	struct xml_document *document = NULL;
	_cleanup_mem_ char *data = NULL;
	struct error err = { 0 };
	char file[PATH_MAX];
	size_t length;

	if (config_files_name(folder, file) < 0)
		return;
	int r = sys_read_file(file, XML_SIZE_MAX, &data, &length);
	if (r == -ENOENT || r == -ENOTDIR)
		return;
	if (r < 0)
		error_set_at(&err, r, file, 0, 0, "Cannot read configuration file: %s",
			     error_errno_text(r));
	else
		r = xml_parse((struct text){ data, length }, file, &document, &err);
	if (r == 0)
		look_at(s, document, place);
	else if (s->status == 0)
		s->a->err = err;
	if (r < 0)
		s->status = APPCMD_FAILED;
	xml_free(document);
}

static void search_folder(struct search *s, const char *folder, const char *place, bool deeper,
			  int depth)
{
	struct dirent **entries = NULL;

	look_in_folder(s, folder, place);
	int count = deeper && depth < DEPTH_MAX ? scandir(folder, &entries, NULL, alphasort) : 0;
	for (int i = 0; i < count; i++) {
		char inner[PATH_MAX], inner_place[PATH_MAX];
		const char *name = entries[i]->d_name;
		struct stat st;
		bool fits = snprintf(inner, PATH_MAX, "%s/%s", folder, name) < PATH_MAX &&
			    snprintf(inner_place, PATH_MAX, "%s/%s", place, name) < PATH_MAX;
		if (fits && name[0] != '.' && lstat(inner, &st) == 0 && S_ISDIR(st.st_mode) &&
		    !map_get(s->roots, text_of(inner_place)))
			search_folder(s, inner, inner_place, true, depth + 1);
		free(entries[i]);
	}
	free(entries);
}

/* "Site/app/vdir" */
static const char *vdir_place(struct appcmd *a, const struct config_site *site,
			      const struct config_application *application,
			      const struct config_vdir *vdir)
{
	return arena_printf(&a->arena, "%s%s%s", site->name,
			    strcmp(application->path, "/") ? application->path : "",
			    strcmp(vdir->path, "/") ? vdir->path : "");
}

/* Calls `fn` for each virtual directory of all sites. */
static void each_vdir(struct search *s,
		      void (*fn)(struct search *s, const char *place, const struct config_vdir *v))
{
	for (size_t i = 0; i < config_site_count(s->a->server); i++) {
		const struct config_site *site = config_site_at(s->a->server, i);
		for (size_t n = 0; n < site->application_count; n++) {
			const struct config_application *app = &site->applications[n];
			for (size_t v = app->vdir_count; v-- > 0;) {
				const char *place = vdir_place(s->a, site, app, &app->vdirs[v]);
				if (place)
					fn(s, place, &app->vdirs[v]);
			}
		}
	}
}

static void add_root(struct search *s, const char *place, const struct config_vdir *vdir)
{
	(void)vdir;
	if (map_put(s->roots, text_of(place), s, NULL) < 0)
		s->status = APPCMD_FAILED;
}

static void search_root(struct search *s, const char *place, const struct config_vdir *vdir)
{
	struct text site = text_of(place), below = s->below;

	site = text_cut(&site, '/');
	if (!below.length || text_equal_nocase(text_cut(&below, '/'), site))
		search_folder(s, vdir->physical_path, place, vdir->allow_sub_dir_config, 0);
}

int appcmd_search(struct appcmd *a)
{
	struct appcmd_target t = {
		.a = a, .place = a->identifier, .name = a->section, .server_only = true
	};
	struct search s = { .a = a,
			    .found = map_new(FOUND_MAX, MAP_NOCASE),
			    .roots = map_new(FOUND_MAX, MAP_NOCASE) };
	int status = s.found && s.roots ? appcmd_target_open(&t)
					: appcmd_error(APPCMD_FAILED, "out of memory");

	if (status == 0 && a->count && !t.section)
		status = appcmd_error(APPCMD_BAD_ARGUMENT,
				      "Must specify the CONFIG object with section parameter.");
	if (status == 0) {
		const char *path = config_tree_path(t.tree);
		size_t front = strlen(CONFIG_PATH_APPHOST);
		s.below = text_of(strlen(path) > front ? path + front + 1 : "");
		s.section = t.section;
		if (a->xml)
			buf_puts(&a->out, APPCMD_XML_BEGIN);
		look_at(&s, config_document(a->server), "");
		each_vdir(&s, add_root);
		each_vdir(&s, search_root);
		if (a->xml)
			buf_puts(&a->out, APPCMD_XML_END);
		if (s.status && a->err.text[0])
			appcmd_failure(a);
		status = s.status;
	}
	map_free(s.found, NULL);
	map_free(s.roots, NULL);
	appcmd_target_done(&t);
	return status;
}
