/* SPDX-License-Identifier: Apache-2.0 */
/* Explaining and testing configuration; see explain.h. */
#include "tools/explain.h"

#include "base/buf.h"
#include "base/mem.h"
#include "config/metabase.h"
#include "tools/state.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define DEPTH_MAX 32

int explain_load(const char *state_dir, struct config **ret, struct error *err)
{
	char path[PATH_MAX];
	int r = state_config_file(state_dir, path, err);
	return r < 0 ? r : config_load(path, state_dir, ret, err);
}

/* ---- explain ---- */

/* "file:line", and the location that holds it. */
static void put_origin(struct buf *out, const struct xml_element *by)
{
	const struct xml_element *e = by;

	if (!by) {
		buf_puts(out, "schema\n");
		return;
	}
	while (e && strcmp(e->name, "location") != 0)
		e = e->parent;
	buf_printf(out, "%s:%d", by->document->file, by->line);
	if (e)
		buf_printf(out, " (location path=\"%s\")",
			   xml_get(e, "path") ? xml_get(e, "path") : "");
	buf_putc(out, '\n');
}

static bool is_secret(const struct effective *e, const struct schema_attribute *a, bool metabase)
{
	return a->flags & SCHEMA_ENCRYPTED ||
	       (metabase && !strcmp(a->name, "value") && config_metabase_secret_property(e));
}

struct listing {
	struct buf *out;
	bool metabase; /* inside customMetadata */
};

static void open_element(void *ctx, const struct effective *e, const char *name, int depth)
{
	const struct listing *listing = ctx;

	buf_printf(listing->out, "%*s%s\n", depth * 2, "", name);
	for (size_t i = 0; i < e->schema->attribute_count; i++) {
		const struct schema_attribute *a = &e->schema->attributes[i];
		bool secret = is_secret(e, a, listing->metabase);
		const char *text = e->values[i].text ? e->values[i].text : "";
		buf_printf(listing->out, "%*s%s=\"%s\"  ", depth * 2 + 2, "", a->name,
			   secret && *text ? "***" : text);
		put_origin(listing->out, e->values[i].by);
	}
}

static void put_rule(struct buf *out, const struct section_rule *rule)
{
	buf_printf(out, "  (files below %s write it: ", rule->allow ? "may" : "may not");
	if (rule->by)
		buf_printf(out, "%s:%d)\n", rule->by->document->file, rule->by->line);
	else
		buf_puts(out, "not declared)\n");
}

int explain_section(const char *state_dir, const char *section, const char *path, struct buf *out,
		    struct error *err)
{
	struct config *config = NULL;
	struct config_tree *tree = NULL;
	int r = explain_load(state_dir, &config, err);

	if (r < 0)
		return r;
	size_t id;
	r = schema_find_short(config_schema(config), section, &id, err);
	if (r == 0)
		r = config_tree_new(config, text_of(path), &tree, err);
	if (r == 0) {
		const struct level *level = config_tree_level(tree);
		buf_printf(out, "%s at %s\n", level->schema->sections[id].path,
			   config_tree_path(tree));
		put_rule(out, &level->rules[id]);
		const struct schema_section *s = &level->schema->sections[id];
		struct listing listing = { out, !strcmp(s->path,
							"system.applicationHost/customMetadata") };
		const struct effective_lister lister = { open_element, NULL, &listing };
		effective_list(&lister, level->sections[id], s->element->name, 0);
	}
	config_tree_free(tree);
	config_unref(config);
	return r;
}

/* ---- configtest ---- */

struct test {
	struct config *config;
	void (*broken)(const struct error *err);
	int result;
};

/* A broken file is told once: what is below it is not looked at. */
static void test_place(struct test *test, const char *place, const char *folder, int depth)
{
	struct config_tree *tree = NULL;
	struct error err = { 0 };
	struct dirent **entries = NULL;

	if (config_tree_new(test->config, text_of(place), &tree, &err) < 0) {
		test->broken(&err);
		test->result = -EINVAL;
		return;
	}
	config_tree_free(tree);
	int count = depth < DEPTH_MAX ? scandir(folder, &entries, NULL, alphasort) : 0;
	for (int i = 0; i < count; i++) {
		char inner[PATH_MAX], inner_place[PATH_MAX];
		const struct dirent *d = entries[i];
		bool fits = snprintf(inner, PATH_MAX, "%s/%s", folder, d->d_name) < PATH_MAX &&
			    snprintf(inner_place, PATH_MAX, "%s/%s", place, d->d_name) < PATH_MAX;
		if (d->d_type == DT_DIR && d->d_name[0] != '.' && fits)
			test_place(test, inner_place, inner, depth + 1);
		free(entries[i]);
	}
	free(entries);
}

static void test_site(struct test *test, const struct config_site *site)
{
	for (size_t a = 0; a < site->application_count; a++) {
		const struct config_application *application = &site->applications[a];
		const char *path = strcmp(application->path, "/") ? application->path : "";
		for (size_t v = 0; v < application->vdir_count; v++) {
			const struct config_vdir *vdir = &application->vdirs[v];
			char place[PATH_MAX];
			if (snprintf(place, sizeof(place), "%s%s%s", site->name, path,
				     strcmp(vdir->path, "/") ? vdir->path : "") < PATH_MAX)
				test_place(test, place, vdir->physical_path, 0);
		}
	}
}

/* A path that begins with a misspelt name restricts, locks and allows nothing. */
static void test_locations(const struct config *config, void (*doubtful)(const struct error *err))
{
	for (const struct xml_element *e = config_document(config)->root->first; e; e = e->next) {
		struct error err = { 0 };
		struct text rest = TEXT("");
		bool found = false;

		if (!strcmp(e->name, "location"))
			rest = section_location(e).path;
		struct text name = text_cut(&rest, '/');
		for (size_t i = 0; i < config_site_count(config) && !found; i++)
			found = text_equal_nocase(text_of(config_site_at(config, i)->name), name);
		if (found || !name.length)
			continue;
		error_set_at(&err, -ENOENT, e->document->file, e->line, 0,
			     "There is no site '" TEXT_FMT "', so this <location> says nothing",
			     TEXT_ARG(name));
		doubtful(&err);
	}
}

int explain_test(const char *state_dir, void (*broken)(const struct error *err),
		 void (*doubtful)(const struct error *err), struct error *err)
{
	struct test test = { .broken = broken };
	int r = explain_load(state_dir, &test.config, err);

	if (r < 0) {
		broken(err);
		return r;
	}
	struct error ignored = { 0 };
	for (size_t n = 0; config_ignored(test.config, n, &ignored); n++) {
		broken(&ignored);
		test.result = -EINVAL;
	}
	test_locations(test.config, doubtful);
	for (size_t i = 0; i < config_site_count(test.config); i++)
		test_site(&test, config_site_at(test.config, i));
	config_unref(test.config);
	return test.result;
}
