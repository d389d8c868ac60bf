/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which attributes act: those that a table of config/ binds. Walks the schema and the tables side
 * by side. Called by the test that keeps the manual's table, on one thread.
 */
#include "config/bind.h"

#include "base/map.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>

#define ATTRIBUTES_MAX 8192
#define PATH_SIZE 512

/* Sections that code reads and no table binds: commits, and the metabase's own property. */
static const struct bind_row history_rows[] = {
	BIND_READ("enabled"),
	BIND_READ("path"),
	BIND_READ("maxHistories"),
};
static const struct bind_row key_rows[] = { BIND_READ("path") };
static const struct bind_row property_rows[] = {
	BIND_READ("id"),
	BIND_READ("dataType"),
	BIND_READ("value"),
};
static const struct bind_list property_list[] = { BIND_READ_LIST("", property_rows) };
static const struct bind_list key_list[] = {
	{ "", 0, 0, 0, BIND_ROWS(key_rows), property_list, ARRAY_LEN(property_list) },
};
static const struct bind_table other_tables[] = {
	{ "system.applicationHost/configHistory", BIND_ROWS(history_rows) },
	{ "system.applicationHost/customMetadata", { NULL, 0 }, key_list, ARRAY_LEN(key_list) },
};

/* ---- what is bound ---- */

/* An attribute is known by its place in memory: schemas share nothing. */
static struct text key_of(const struct schema_attribute *const *attribute)
{
	return (struct text){ (const char *)attribute, sizeof(*attribute) };
}

static const struct schema_element *find_element(const struct schema_element *e, struct text *path)
{
	while (memchr(path->data, '/', path->length)) {
		char name[PATH_SIZE];
		struct text part = text_cut(path, '/');
		snprintf(name, sizeof(name), TEXT_FMT, TEXT_ARG(part));
		size_t child = schema_child_index(e, name);
		ASSERT(child != SIZE_MAX);
		e = e->children[child];
	}
	return e;
}

static int mark_rows(struct map *bound, const struct schema_element *e,
		     const struct bind_rows *rows)
{
	int r = 0;
	for (size_t i = 0; i < rows->count && r == 0; i++) {
		struct text path = text_of(rows->items[i].path);
		const struct schema_element *at = find_element(e, &path);
		size_t index = schema_attribute_index(at, path.data);
		ASSERT(index != SIZE_MAX);
		const struct schema_attribute *attribute = &at->attributes[index];
		r = map_put(bound, key_of(&attribute), bound, NULL);
	}
	return r;
}

static int mark_lists(struct map *bound, const struct schema_element *e,
		      const struct bind_list *lists, size_t count)
{
	int r = 0;
	for (size_t i = 0; i < count && r == 0; i++) {
		const struct schema_element *at = e;
		char path[PATH_SIZE];
		snprintf(path, sizeof(path), "%s/", lists[i].path);
		struct text rest = text_of(path);
		if (*lists[i].path)
			at = find_element(e, &rest);
		ASSERT(at->collection);
		r = mark_rows(bound, at->collection->entry, &lists[i].rows);
		if (r == 0)
			r = mark_lists(bound, at->collection->entry, lists[i].lists,
				       lists[i].list_count);
	}
	return r;
}

static int mark_tables(struct map *bound, const struct schema *schema,
		       const struct bind_table *tables, size_t count)
{
	int r = 0;
	for (size_t i = 0; i < count && r == 0; i++) {
		size_t id = schema_find(schema, tables[i].section);
		ASSERT(id != SIZE_MAX);
		const struct schema_element *e = schema->sections[id].element;
		r = mark_rows(bound, e, &tables[i].rows);
		if (r == 0)
			r = mark_lists(bound, e, tables[i].lists, tables[i].list_count);
	}
	return r;
}

/* ---- what there is ---- */

struct walk {
	const struct map *bound;
	int (*fn)(void *ctx, const char *section, const char *path,
		  const struct schema_attribute *attribute, bool acts);
	void *ctx;
	const char *section;
};

static int walk_element(struct walk *w, const struct schema_element *e, const char *path)
{
	char below[PATH_SIZE];
	int r = 0;

	for (size_t i = 0; i < e->attribute_count && r >= 0; i++) {
		const struct schema_attribute *attribute = &e->attributes[i];
		snprintf(below, sizeof(below), "%s%s", path, attribute->name);
		r = w->fn(w->ctx, w->section, below, attribute,
			  map_get(w->bound, key_of(&attribute)) != NULL);
	}
	for (size_t i = 0; i < e->child_count && r >= 0; i++) {
		/* A defaults element is what entries begin with: their attributes are listed. */
		if (e->children[i]->optional)
			continue;
		snprintf(below, sizeof(below), "%s%s/", path, e->children[i]->name);
		r = walk_element(w, e->children[i], below);
	}
	if (e->collection && r >= 0) {
		snprintf(below, sizeof(below), "%s%s/", path, e->collection->adds[0]);
		r = walk_element(w, e->collection->entry, below);
	}
	return r;
}

int config_acts_each(const struct schema *schema,
		     int (*fn)(void *ctx, const char *section, const char *path,
			       const struct schema_attribute *attribute, bool acts),
		     void *ctx)
{
	struct map *bound = map_new(ATTRIBUTES_MAX, 0);
	int r = bound ? 0 : -ENOMEM;

	if (r == 0)
		r = mark_tables(bound, schema, &config_pools_table, 1);
	if (r == 0)
		r = mark_tables(bound, schema, &config_sites_table, 1);
	if (r == 0)
		r = mark_tables(bound, schema, config_server_tables, config_server_table_count);
	if (r == 0)
		r = mark_tables(bound, schema, config_url_tables, config_url_table_count);
	if (r == 0)
		r = mark_tables(bound, schema, other_tables, ARRAY_LEN(other_tables));
	struct walk w = { bound, fn, ctx, NULL };
	for (size_t i = 0; i < schema->count && r >= 0; i++) {
		w.section = schema->sections[i].path;
		r = walk_element(&w, schema->sections[i].element, "");
	}
	map_free(bound, NULL);
	return r < 0 ? r : 0;
}
