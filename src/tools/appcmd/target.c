/* SPDX-License-Identifier: Apache-2.0 */
/* A section at a place of the hierarchy, and the file it is changed in; see appcmd.h. Called by
 * everything about config, and by modules. */
#include "tools/appcmd/appcmd.h"

#include <errno.h>

void appcmd_target_done(struct appcmd_target *t)
{
	config_commit_free(t->commit);
	config_tree_free(t->tree);
	t->commit = NULL;
	t->tree = NULL;
}

static int find_section(struct appcmd_target *t)
{
	struct appcmd *a = t->a;
	const struct schema *schema = config_schema(a->server);

	int r = schema_find_short(schema, t->name, &t->id, &a->err);
	if (r == -ENOENT)
		return appcmd_error(APPCMD_BAD_ARGUMENT,
				    "Unknown config section \"%s\".  Replace with ? for help.",
				    t->name);
	if (r < 0)
		return appcmd_error(APPCMD_BAD_ARGUMENT, "%s", a->err.text);
	t->section = schema->sections[t->id].path;
	return 0;
}

int appcmd_target_open(struct appcmd_target *t)
{
	struct appcmd *a = t->a;
	int status = appcmd_load(a);

	if (status == 0 && t->name)
		status = find_section(t);
	if (status)
		return status;
	const char *place = t->place ? appcmd_from_url(a, t->place) : "";
	if (!place)
		return appcmd_error(APPCMD_FAILED, "out of memory");
	int r = t->server_only ? config_tree_server(a->server, text_of(place), &t->tree, &a->err)
			       : config_tree_new(a->server, text_of(place), &t->tree, &a->err);
	if (r < 0)
		return appcmd_failure(a);
	t->held = t->section ? level_section(config_tree_level(t->tree), t->section) : NULL;
	return 0;
}

/* ---- the file ---- */

/* The application that "/a/b" of a site is in: how much of the path is its own. */
static size_t application_length(const struct config_site *site, struct text path)
{
	/* Longest paths first. */
	for (size_t i = 0; i < site->application_count; i++) {
		struct text own = text_of(site->applications[i].path);
		if (own.length > 1 && text_starts_with_nocase(path, own) &&
		    (path.length == own.length || path.data[own.length] == '/'))
			return own.length;
	}
	return 0;
}

const char *appcmd_application_of(struct appcmd *a, const char *place)
{
	struct text site = text_of(place), rest = site;

	site = text_cut(&rest, '/');
	struct text path = { place + site.length, strlen(place) - site.length };
	for (size_t i = 0; i < config_site_count(a->server); i++) {
		const struct config_site *s = config_site_at(a->server, i);
		if (text_equal_nocase(text_of(s->name), site))
			return arena_strndup(&a->arena, place,
					     site.length + application_length(s, path));
	}
	return arena_strndup(&a->arena, place, strlen(place));
}

/* What a word after /commit means at a place. NULL: no memory. */
static const char *commit_place(struct appcmd_target *t)
{
	struct appcmd *a = t->a;
	const char *commit = a->commit;
	const char *place = config_tree_path(t->tree) + strlen(CONFIG_PATH_APPHOST);

	if (!text_starts_with(text_of(config_tree_path(t->tree)), TEXT(CONFIG_PATH_APPHOST)))
		return "";
	place += *place == '/';
	if (!commit || appcmd_word(commit, "url"))
		return place;
	if (appcmd_word(commit, "app"))
		return appcmd_application_of(a, place);
	if (appcmd_word(commit, "site"))
		return arena_strndup(&a->arena, place, strcspn(place, "/"));
	if (appcmd_word(commit, "parent")) {
		const char *slash = strrchr(place, '/');
		return slash ? arena_strndup(&a->arena, place, (size_t)(slash - place)) : "";
	}
	if (appcmd_word(commit, "apphost") || appcmd_word(commit, "webroot") ||
	    appcmd_word(commit, "machine"))
		return "";
	while (*commit == '/')
		commit++;
	return commit;
}

int appcmd_target_open_file(struct appcmd_target *t)
{
	struct appcmd *a = t->a;
	const char *place = config_tree_path(t->tree), *commit = commit_place(t);
	struct config_tree *tree = NULL;
	int r;

	if (!commit)
		return appcmd_error(APPCMD_FAILED, "out of memory");
	if (config_tree_server(a->server, text_of(commit), &tree, &a->err) < 0)
		return appcmd_failure(a);
	t->commit_path = arena_printf(&a->arena, "%s", config_tree_path(tree));
	config_tree_free(tree);
	size_t length = t->commit_path ? strlen(t->commit_path) : 0;
	if (!t->commit_path || strncmp(place, t->commit_path, length) != 0 ||
	    (place[length] && place[length] != '/'))
		return appcmd_error(APPCMD_BAD_ARGUMENT,
				    "The configuration cannot be committed at path \"%s\"; it is "
				    "not a parent of \"%s\".",
				    commit, place);
	t->location = text_of(place + length + (place[length] == '/'));
	if (!strcmp(t->commit_path, CONFIG_PATH_APPHOST)) {
		r = config_commit_server(a->file, a->state, &a->server, &t->commit, &a->err);
		return r < 0 ? appcmd_failure(a) : 0;
	}
	/* What is wrong with a file does not keep it from being mended. */
	r = t->server_only ? config_tree_server(a->server, text_of(commit), &tree, &a->err)
			   : config_tree_new(a->server, text_of(commit), &tree, &a->err);
	if (r == 0)
		r = config_commit_folder(a->server, tree, &t->commit, &a->err);
	config_tree_free(tree);
	return r < 0 ? appcmd_failure(a) : 0;
}

int appcmd_target_write(struct appcmd_target *t)
{
	return appcmd_write_file(t->a, t->commit);
}
