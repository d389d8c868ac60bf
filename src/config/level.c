/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One level of inheritance after the other: attributes, where the nearest written value wins, and
 * collections, which are merged; and the locks that decide whether a deeper file may speak of a
 * section at all. Called while a snapshot or a view is built.
 */
#include "config/snapshot.h"

#include <errno.h>
#include <stdlib.h>

struct apply {
	struct web_level *level;
	struct schema_context *ctx;
	bool web_config, root;
	bool server; /* applicationHost.config, over the installed defaults */
};

/* What a section that is not allowed here is told, by IIS's words. */
static int check_locked(const struct apply *apply, size_t id, const struct xml_element *section)
{
	enum section_definition definition = apply->level->rules.definition[id];

	if (!apply->web_config)
		return 0;
	if (apply->level->rules.allow[id] &&
	    (definition == SECTION_EVERYWHERE ||
	     (definition == SECTION_TO_APPLICATION && apply->root)))
		return 0;
	return xml_fail(section, XML_LOCKED, apply->ctx->err,
			"This configuration section cannot be used at this path. This happens when "
			"the section is locked at a parent level. Locking is either by default "
			"(overrideModeDefault=\"Deny\"), or set explicitly by a location tag with "
			"overrideMode=\"Deny\" or the legacy allowOverride=\"false\".");
}

/* True when the first thing said of a collection is an entry: then applicationHost.config lists
 * the whole collection, as the file of an IIS does, and the installed entries do not count. */
static bool begins_anew(const struct xml_element *parent, const struct schema_collection *c)
{
	for (const struct xml_element *e = parent->first; e; e = e->next) {
		if (!strcmp(e->name, c->add))
			return true;
		if ((c->remove && !strcmp(e->name, c->remove)) ||
		    (c->clear && !strcmp(e->name, c->clear)))
			return false;
	}
	return false;
}

static int apply_collections(const struct apply *apply, const char *name,
			     const struct xml_element *section)
{
	int r = 0;
	for (size_t i = 0; i < WEB_COLLECTION_COUNT && r == 0; i++) {
		const struct web_collection_place *place = &schema_web_collections[i];
		struct schema_entries *entries = &apply->level->entries[i];
		if (strcmp(place->section, name) != 0)
			continue;
		const struct xml_element *parent = xml_find(section, place->element);
		if (!parent)
			continue;
		if (apply->server && begins_anew(parent, place->collection))
			*entries = (struct schema_entries){ 0 };
		r = schema_merge(parent, place->collection, entries, apply->ctx);
	}
	return r;
}

static int apply_section(void *ctx, size_t id, const struct xml_element *section)
{
	static const char web[] = "system.webServer/";
	const struct apply *apply = ctx;
	const struct section *known = section_at(id);

	int r = check_locked(apply, id, section);
	if (r == 0 && !known->schema)
		r = config_restrictions_check(known->path, section, apply->ctx->err);
	if (r < 0 || !known->schema || strncmp(known->path, web, sizeof(web) - 1) != 0)
		return r;
	/* applicationHost.config is the administrator's, wherever in it something is written. */
	if (apply->web_config)
		r = locks_check(&apply->level->locks, section, apply->ctx->err);
	if (r == 0)
		r = schema_apply(section, known->schema, &apply->level->values, apply->ctx);
	if (r == 0)
		r = apply_collections(apply, known->path + sizeof(web) - 1, section);
	return r == 0 ? locks_add(&apply->level->locks, section, apply->ctx) : r;
}

int level_apply(struct web_level *level, const struct xml_element *scope, bool web_config,
		bool root, struct schema_context *ctx)
{
	struct apply apply = { level, ctx, web_config, root, false };
	return sections_each(scope, apply_section, &apply);
}

struct lock {
	struct web_level *level;
	bool allow;
};

static int lock_section(void *ctx, size_t id, const struct xml_element *section)
{
	struct lock *lock = ctx;
	lock->level->rules.allow[id] = lock->allow;
	return 0;
}

void level_lock(struct web_level *level, const struct xml_element *element, enum location_mode mode)
{
	struct lock lock = { level, mode == LOCATION_ALLOW };
	if (mode != LOCATION_INHERIT)
		sections_each(element, lock_section, &lock);
}

/* ---- the level of the server ---- */

/* Attributes have their defaults from the schema, not from the installed text. */
static int level_defaults(struct web_level *level, struct schema_context *ctx)
{
	int r = 0;
	for (size_t i = 0; i < section_count() && r == 0; i++) {
		const struct section *s = section_at(i);
		if (s->schema && !strncmp(s->path, "system.webServer/", 17))
			r = schema_defaults(s->schema, &level->values, ctx);
	}
	return r;
}

int level_server(struct config *config, struct error *err)
{
	struct schema_context ctx = { &config->arena, config->state_dir, err };
	struct web_level *level = &config->base;
	const struct xml_element *root = config->document->root;

	int r = level_defaults(level, &ctx);
	if (r == 0)
		r = level_apply(level, config->defaults->root, false, false, &ctx);
	section_rules_init(&level->rules, config->document);
	struct apply apply = { level, &ctx, false, false, true };
	if (r == 0)
		r = sections_each(root, apply_section, &apply);
	for (const struct xml_element *e = root->first; e && r == 0; e = e->next) {
		if (strcmp(e->name, "location") != 0)
			continue;
		struct location location = section_location(e);
		if (location.path.length)
			continue;
		r = sections_each(e, apply_section, &apply);
		level_lock(level, e, location.mode);
	}
	return r < 0 ? r : level_mime(&level->entries[WEB_MIME_MAPS], &config->mime, &ctx);
}

/* ---- the MIME map, for look-up ---- */

static int by_extension(const void *a, const void *b)
{
	return text_compare_nocase(((const struct mime_entry *)a)->extension,
				   ((const struct mime_entry *)b)->extension);
}

int level_mime(const struct schema_entries *entries, struct mime_map *ret,
	       struct schema_context *ctx)
{
	struct mime_entry *list = arena_zalloc(ctx->arena, entries->count + 1, sizeof(*list));
	if (!list)
		return error_set(ctx->err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < entries->count; i++) {
		list[i].extension = text_of(xml_get(entries->items[i], "fileExtension"));
		list[i].type = xml_get(entries->items[i], "mimeType");
	}
	qsort(list, entries->count, sizeof(*list), by_extension);
	*ret = (struct mime_map){ list, entries->count };
	return 0;
}
