/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data of the metabase that is the structure of the configuration: a Path makes a virtual
 * directory, an AppRoot or AppPoolId an application, and without its AppRoot an application is a
 * virtual directory again, as AppCreate2 and AppDelete of IIS have it. KeyType, AppRoot,
 * AppIsolated and the package of an isolated application are told of what is there. Called by
 * metabase.c and metabase_set.c.
 */
#include "config/metabase_internal.h"

#include <errno.h>

/* The path of an application below its site, "" for the root. */
static struct text front_of(const struct effective *app)
{
	struct text path = text_of(effective_text(app, "path"));
	return path.length == 1 ? TEXT("") : path;
}

static bool is_below(struct text path, struct text front)
{
	return text_starts_with_nocase(path, front) &&
	       (path.length == front.length || path.data[front.length] == '/');
}

/* The deepest application that a path is in, and the rest of the path in it ("/" at least). NULL:
 * the site has no root. */
static const struct effective *application_of(const struct metabase_place *place,
					      const char **ret_rest)
{
	const struct effective *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < place->site->entries->count; i++) {
		const struct effective *app = place->site->entries->items[i];
		struct text front = front_of(app);
		if (!is_below(text_of(place->path), front) || (best && front.length < most))
			continue;
		best = app;
		most = front.length;
		*ret_rest = place->path[front.length] ? place->path + front.length : "/";
	}
	return best;
}

/* ---- reading ---- */

static const char *key_type(const struct metabase_place *place)
{
	if (place->pool)
		return "IIsApplicationPool";
	if (!strcmp(place->key, "LM"))
		return NULL;
	if (place->path)
		return place->vdir || place->app ? "IIsWebVirtualDir" : "IIsWebDirectory";
	if (place->site)
		return "IIsWebServer";
	return place->file ? "IIsWebService" : "IIsApplicationPools";
}

static const struct config_application *find_application(const struct config *config,
							 const char *key)
{
	for (size_t i = 0; i < config->site_count; i++) {
		const struct config_site *site = &config->sites[i];
		for (size_t a = 0; a < site->application_count; a++) {
			if (text_equal_nocase(text_of(site->applications[a].metabase_path + 1),
					      text_of(key)))
				return &site->applications[a];
		}
	}
	return NULL;
}

static int put_text(struct metabase_data *ret, uint32_t user_type, const char *text)
{
	ret->type = METABASE_STRING;
	ret->user_type = user_type;
	ret->text = text_of(text);
	return 0;
}

int config_metabase_read_structure(struct config *config, const struct metabase_place *place,
				   uint32_t id, struct arena *arena, struct metabase_data *ret)
{
	const struct config_application *app =
		place->app ? find_application(config, place->key) : NULL;
	bool isolated = app && app->pool->protection == CONFIG_HIGH;
	const char *type = id == METABASE_KEY_TYPE ? key_type(place) : NULL;

	if (type)
		return put_text(ret, 1, type);
	if (id == METABASE_APP_ROOT && place->app) {
		const char *root = arena_printf(arena, "/%s", place->key);
		ret->attributes = METABASE_INHERIT;
		return root ? put_text(ret, 2, root) : -ENOMEM;
	}
	if (id == METABASE_APP_ISOLATED && app) {
		ret->attributes = METABASE_INHERIT;
		ret->type = METABASE_DWORD;
		ret->user_type = 100;
		ret->number = isolated ? 1 : app->pool->protection == CONFIG_LOW ? 0 : 2;
		return 0;
	}
	if ((id == METABASE_APP_PACKAGE_ID || id == METABASE_APP_PACKAGE_NAME) && isolated) {
		ret->attributes = METABASE_INHERIT;
		return put_text(ret, 100,
				id == METABASE_APP_PACKAGE_ID ? app->pool->appid : app->pool->name);
	}
	return METABASE_NOT_SET;
}

/* ---- making ---- */

struct making {
	struct edit *edit;
	const struct metabase_place *place;
	struct arena arena;
	struct error *err;
};

static int no_root(const struct making *m)
{
	return error_set(m->err, -ENOENT, "the site of %s has no root application: make ROOT first",
			 m->place->key);
}

/* <virtualDirectory path="..." physicalPath="..."> in an application. */
static int add_vdir(struct making *m, const struct xml_element **app, const char *path,
		    const char *physical)
{
	int r = edit_add(m->edit, app, "virtualDirectory", NULL, m->err);
	if (r == 0)
		r = edit_set(m->edit, app, "path", path, m->err);
	return r < 0 ? r : edit_set(m->edit, app, "physicalPath", physical, m->err);
}

/* A Path where there is no virtual directory yet. */
static int make_vdir(struct making *m, const char *physical)
{
	const char *rest = "/";
	const struct effective *app = application_of(m->place, &rest);

	if (!app)
		return no_root(m);
	const struct xml_element *e = edit_at(m->edit, app->by->start);
	return add_vdir(m, &e, rest, physical);
}

/* Where the folder of a place without a virtual directory of its own is. NULL: nowhere. */
static const char *physical_path(struct making *m, const struct effective *app, const char *rest)
{
	const struct effective *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < app->entries->count; i++) {
		struct text path = text_of(effective_text(app->entries->items[i], "path"));
		path.length = path.length == 1 ? 0 : path.length;
		if (!is_below(text_of(rest), path) || (best && path.length < most))
			continue;
		best = app->entries->items[i];
		most = path.length;
	}
	return best ? arena_printf(&m->arena, "%s%s", effective_text(best, "physicalPath"),
				   rest + most)
		    : NULL;
}

/* An application at a place: its virtual directory goes into it as its root. */
static int make_application(struct making *m)
{
	const char *rest = "/";
	const struct effective *outer = application_of(m->place, &rest);
	const struct effective *vdir = m->place->vdir;
	const char *physical = NULL, *path = m->place->path;

	if (!outer)
		return no_root(m);
	physical = vdir ? effective_text(vdir, "physicalPath") : physical_path(m, outer, rest);
	physical = physical ? arena_strndup(&m->arena, physical, strlen(physical)) : NULL;
	if (!physical)
		return error_set(m->err, -EINVAL, "%s has no folder; set its Path first",
				 m->place->key);
	const struct xml_element *site = edit_at(m->edit, m->place->site->by->start), *e;
	size_t start = site->start;
	int r = 0;
	if (vdir) {
		e = edit_at(m->edit, vdir->by->start);
		r = edit_remove(m->edit, &e, m->err);
	}
	e = edit_at(m->edit, start);
	if (r == 0)
		r = edit_add(m->edit, &e, "application", NULL, m->err);
	if (r == 0)
		r = edit_set(m->edit, &e, "path", path, m->err);
	return r < 0 ? r : add_vdir(m, &e, "/", physical);
}

int config_metabase_set_structure(struct config *config, struct edit *edit,
				  const struct metabase_place *place,
				  const struct metabase_data *data, struct error *err)
{
	struct making m = { .edit = edit, .place = place, .err = err };
	struct metabase_data held = { 0 };
	int r = METABASE_NOT_SET;

	arena_init(&m.arena, 1 << 20);
	char *text = arena_strndup(&m.arena, data->text.data ? data->text.data : "",
				   data->text.data ? data->text.length : 0);
	if (!text)
		r = error_set(err, -ENOMEM, "out of memory");
	else if (data->id == METABASE_PATH && place->path && !place->vdir)
		r = make_vdir(&m, text);
	else if (data->id == METABASE_APP_ROOT && place->path && !place->app)
		r = make_application(&m);
	else if ((data->id == METABASE_APP_ROOT || data->id == METABASE_KEY_TYPE) &&
		 config_metabase_read_structure(config, place, data->id, &m.arena, &held) == 0 &&
		 text_equal_nocase(config_metabase_trim(held.text),
				   config_metabase_trim(data->text)))
		r = 0; /* it is so already */
	else if (data->id == METABASE_APP_ROOT && place->app)
		r = error_set(err, -EINVAL, "the AppRoot of %s is /%s", place->key, place->key);
	arena_done(&m.arena);
	return r;
}

/* ---- unmaking ---- */

/* Without its AppRoot an application is a virtual directory of the one around it. */
static int unmake_application(struct making *m)
{
	const struct effective *app = m->place->app;
	const struct effective *root = config_metabase_entry(app->entries, "path", TEXT("/"));
	struct metabase_place above = *m->place;
	char *parent = arena_strndup(&m->arena, m->place->path, strlen(m->place->path));
	const char *rest = "/", *physical;

	if (!parent || !root)
		return error_set(m->err, -EINVAL,
				 "the application %s has no root virtual directory", m->place->key);
	if (app->entries->count > 1)
		return error_set(m->err, -EINVAL,
				 "the application %s has virtual directories of its own",
				 m->place->key);
	*strrchr(parent, '/') = '\0';
	above.path = *parent ? parent : "/";
	const struct effective *outer = application_of(&above, &rest);
	physical = effective_text(root, "physicalPath");
	physical = arena_strndup(&m->arena, physical, strlen(physical));
	if (!outer || !physical)
		return outer ? error_set(m->err, -ENOMEM, "out of memory") : no_root(m);
	const char *path = m->place->path + front_of(outer).length;
	/* The later one of the two is changed first. */
	const struct xml_element *e = edit_at(m->edit, app->by->start), *in;
	size_t at = outer->by->start;
	if (at < app->by->start) {
		int r = edit_remove(m->edit, &e, m->err);
		in = edit_at(m->edit, at);
		return r < 0 ? r : add_vdir(m, &in, path, physical);
	}
	in = edit_at(m->edit, at);
	int r = add_vdir(m, &in, path, physical);
	e = edit_at(m->edit, app->by->start);
	return r < 0 ? r : edit_remove(m->edit, &e, m->err);
}

int config_metabase_delete_structure(struct config *config, struct edit *edit,
				     const struct metabase_place *place, uint32_t id,
				     struct error *err)
{
	struct making m = { .edit = edit, .place = place, .err = err };
	int r = METABASE_NOT_SET;

	(void)config;
	arena_init(&m.arena, 1 << 20);
	if (id == METABASE_APP_ROOT && place->app && !strcmp(place->path, "/"))
		r = error_set(err, -EINVAL, "the root of a site is always an application");
	else if (id == METABASE_APP_ROOT && place->app)
		r = unmake_application(&m);
	else if (id == METABASE_KEY_TYPE && key_type(place))
		r = error_set(err, -EINVAL, "%s is what its KeyType says", place->key);
	arena_done(&m.arena);
	return r;
}
