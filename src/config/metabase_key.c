/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of the metabase view: which there are, and what is at one. Called by metabase.c and
 * metabase_set.c. */
#include "config/metabase_internal.h"

#include <errno.h>

/* ---- one key ---- */

struct text config_metabase_trim(struct text t)
{
	while (t.length && (t.data[0] == '/' || t.data[0] == '\\'))
		t = (struct text){ t.data + 1, t.length - 1 };
	while (t.length && t.data[t.length - 1] == '/')
		t.length--;
	return t;
}

static const struct effective_entries *entries_of(const struct config *config, const char *section)
{
	return level_section(&config->base, section)->entries;
}

const struct effective *config_metabase_entry(const struct effective_entries *entries,
					      const char *attribute, struct text value)
{
	for (size_t i = 0; i < entries->count; i++) {
		if (text_equal_nocase(text_of(effective_text(entries->items[i], attribute)), value))
			return entries->items[i];
	}
	return NULL;
}

const struct effective *config_metabase_custom(const struct config *config, const char *key)
{
	const struct effective_entries *keys =
		entries_of(config, "system.applicationHost/customMetadata");
	for (size_t i = 0; i < keys->count; i++) {
		struct text path =
			config_metabase_trim(text_of(effective_text(keys->items[i], "path")));
		if (text_equal_nocase(path, text_of(key)))
			return keys->items[i];
	}
	return NULL;
}

/* What is at "/a/b" of a site: an application, a virtual directory, a location. */
static void find_path(const struct config *config, struct metabase_place *place, const char *path)
{
	for (size_t i = 0; i < place->site->entries->count; i++) {
		const struct effective *app = place->site->entries->items[i];
		struct text at = text_of(effective_text(app, "path"));
		size_t front = at.length == 1 ? 0 : at.length;
		struct text whole = text_of(path);
		if (text_equal_nocase(at, whole))
			place->app = app;
		if (!text_starts_with_nocase(whole, (struct text){ at.data, front }))
			continue;
		const char *rest = path[front] ? path + front : "/";
		const struct effective *vdir =
			config_metabase_entry(app->entries, "path", text_of(rest));
		place->vdir = vdir ? vdir : place->vdir;
	}
	place->kinds |= place->app ? KIND_APP : 0;
	place->kinds |= place->vdir ? KIND_VDIR : 0;
	for (const struct xml_element *e = config->document->root->first; e; e = e->next) {
		if (!strcmp(e->name, "location") &&
		    text_equal_nocase(section_location(e).path, text_of(place->file)))
			place->kinds |= KIND_FILE;
	}
}

static int no_key(const char *key, struct error *err)
{
	return error_set(err, -ENOENT, "there is no metabase key %s", key);
}

static int find_in_site(struct config *config, struct text rest, struct arena *arena,
			struct metabase_place *place, struct error *err)
{
	struct text root = text_cut(&rest, '/');

	if (!text_equal_nocase(root, TEXT("ROOT")))
		return no_key(place->key, err);
	const char *path = arena_printf(arena, "/" TEXT_FMT, TEXT_ARG(rest.data ? rest : TEXT("")));
	place->path = path;
	place->file =
		arena_printf(arena, "%s" TEXT_FMT TEXT_FMT, effective_text(place->site, "name"),
			     TEXT_ARG(rest.data ? TEXT("/") : TEXT("")),
			     TEXT_ARG(rest.data ? rest : TEXT("")));
	if (!path || !place->file)
		return error_set(err, -ENOMEM, "out of memory");
	find_path(config, place, path);
	if (!place->kinds && !config_metabase_custom(config, place->key))
		return no_key(place->key, err);
	place->kinds |= KIND_FILE;
	return 0;
}

int config_metabase_find(struct config *config, const char *key, struct arena *arena,
			 struct metabase_place *ret, struct error *err)
{
	struct text rest = config_metabase_trim(text_of(key));
	struct text first = text_cut(&rest, '/');

	if (!text_equal_nocase(first, TEXT("LM")))
		rest = config_metabase_trim(text_of(key));
	*ret = (struct metabase_place){ 0 };
	ret->key = arena_printf(arena, "LM%s" TEXT_FMT, rest.length ? "/" : "",
				TEXT_ARG(rest.data ? rest : TEXT("")));
	if (!ret->key)
		return error_set(err, -ENOMEM, "out of memory");
	if (!rest.length)
		return 0;
	if (!text_equal_nocase(text_cut(&rest, '/'), TEXT("W3SVC")))
		return no_key(key, err);
	if (!rest.data) {
		ret->file = "";
		ret->kinds = KIND_FILE;
		return 0;
	}
	struct text part = text_cut(&rest, '/');
	if (text_equal_nocase(part, TEXT("AppPools"))) {
		if (!rest.data)
			return 0;
		ret->pool = config_metabase_entry(
			entries_of(config, "system.applicationHost/applicationPools"), "name",
			rest);
		ret->kinds = KIND_POOL;
		return ret->pool ? 0 : no_key(key, err);
	}
	ret->site = config_metabase_entry(entries_of(config, "system.applicationHost/sites"), "id",
					  part);
	if (!ret->site)
		return no_key(key, err);
	if (rest.data)
		return find_in_site(config, rest, arena, ret, err);
	ret->kinds = KIND_SITE;
	return 0;
}

/* ---- children ---- */

struct children {
	struct map *seen;
	void (*fn)(void *ctx, const char *name);
	void *ctx;
	int result;
};

/* The first segment of `path` behind `front`, once. */
static void offer(struct children *c, struct text path, const char *front)
{
	size_t length = strlen(front);
	char name[256];

	if (!text_starts_with_nocase(path, text_of(front)) || path.length <= length ||
	    (length && path.data[length] != '/'))
		return;
	struct text rest =
		config_metabase_trim((struct text){ path.data + length, path.length - length });
	struct text part = text_cut(&rest, '/');
	if (!part.length || part.length >= sizeof(name) || map_get(c->seen, part))
		return;
	memcpy(name, part.data, part.length);
	name[part.length] = '\0';
	if (map_put(c->seen, part, c, NULL) < 0)
		c->result = -ENOMEM;
	else
		c->fn(c->ctx, name);
}

/* Applications, virtual directories, locations and keys of customMetadata below a place. */
static void offer_paths(struct config *config, const struct metabase_place *place,
			struct children *c, struct arena *arena)
{
	const char *site = effective_text(place->site, "name");
	const struct effective_entries *keys =
		entries_of(config, "system.applicationHost/customMetadata");

	for (size_t i = 0; i < place->site->entries->count; i++) {
		const struct effective *app = place->site->entries->items[i];
		const char *path = effective_text(app, "path");
		for (size_t v = 0; v < app->entries->count; v++) {
			char *whole =
				arena_printf(arena, "%s%s%s", site, strcmp(path, "/") ? path : "",
					     effective_text(app->entries->items[v], "path"));
			if (whole)
				offer(c, config_metabase_trim(text_of(whole)), place->file);
		}
	}
	for (const struct xml_element *e = config->document->root->first; e; e = e->next) {
		if (!strcmp(e->name, "location"))
			offer(c, section_location(e).path, place->file);
	}
	for (size_t i = 0; i < keys->count; i++)
		offer(c, config_metabase_trim(text_of(effective_text(keys->items[i], "path"))),
		      place->key);
}

static void ignore_name(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
}

static void offer_entries(const struct effective_entries *entries, const char *attribute,
			  struct children *c)
{
	for (size_t i = 0; i < entries->count; i++)
		c->fn(c->ctx, effective_text(entries->items[i], attribute));
}

const char *config_metabase_parent(const char *key, struct arena *arena)
{
	const char *slash = strrchr(key, '/');
	return slash ? arena_strndup(arena, key, (size_t)(slash - key)) : NULL;
}

int config_metabase_resolve(struct config *config, const char *key, struct arena *arena,
			    struct metabase_place *ret, struct error *err)
{
	int r = config_metabase_find(config, key, arena, ret, err);
	if (r == -ENOENT && err)
		*err = (struct error){ 0 };
	return r == -ENOENT ? METABASE_NOT_SET : r;
}

int config_metabase_tree(struct config *config, struct metabase_place *place,
			 struct config_tree **ret, struct error *err)
{
	*ret = NULL;
	if (!place->file)
		return 0;
	int r = config_tree_server(config, text_of(place->file), ret, err);
	if (r != -ENOENT)
		return r;
	if (err)
		*err = (struct error){ 0 };
	place->kinds &= ~(unsigned)KIND_FILE;
	return 0;
}

int config_metabase_children(struct config *config, const char *key,
			     void (*fn)(void *ctx, const char *name), void *ctx, struct error *err)
{
	struct children c = { map_new(100000, MAP_NOCASE), fn ? fn : ignore_name, ctx, 0 };
	struct metabase_place place = { 0 };
	struct arena arena;

	arena_init(&arena, VIEW_ARENA_LIMIT);
	int r = c.seen ? config_metabase_find(config, key, &arena, &place, err)
		       : error_set(err, -ENOMEM, "out of memory");
	if (r == 0 && place.site && place.file) {
		offer_paths(config, &place, &c, &arena);
	} else if (r == 0 && place.site) {
		c.fn(ctx, "ROOT");
	} else if (r == 0 && place.file) {
		c.fn(ctx, "AppPools");
		offer_entries(entries_of(config, "system.applicationHost/sites"), "id", &c);
	} else if (r == 0 && !place.pool && place.key && !strcmp(place.key, "LM")) {
		c.fn(ctx, "W3SVC");
	} else if (r == 0 && !place.pool) {
		offer_entries(entries_of(config, "system.applicationHost/applicationPools"), "name",
			      &c);
	}
	map_free(c.seen, NULL);
	arena_done(&arena);
	return r < 0 ? r : c.result < 0 ? error_set(err, c.result, "out of memory") : 0;
}
