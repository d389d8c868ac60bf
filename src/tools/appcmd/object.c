/* SPDX-License-Identifier: Apache-2.0 */
/* What appcmd shows and changes, as objects with properties; see appcmd.h. */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"
#include "ipc/control.h"

#include <errno.h>
#include <stdio.h>

#define PROPERTIES(...)                                                                            \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

static const struct appcmd_kind kinds[] = {
	{ "SITE", "site", "list set add delete start stop",
	  PROPERTIES("SITE.NAME", "SITE.ID", "bindings", "state"),
	  PROPERTIES("", "id", "bindings", "state") },
	{ "APP", "application", "list set add delete",
	  PROPERTIES("APP.NAME", "APPPOOL.NAME", "SITE.NAME", "path"),
	  PROPERTIES("", "applicationPool", "", "") },
	{ "VDIR", "virtualDirectory", "list set add delete",
	  PROPERTIES("VDIR.NAME", "physicalPath", "APP.NAME", "path"),
	  PROPERTIES("", "physicalPath", "", "") },
	{ "APPPOOL", "add", "list set add delete start stop recycle",
	  PROPERTIES("APPPOOL.NAME", "RuntimeVersion", "PipelineMode", "state"),
	  PROPERTIES("", "MgdVersion", "MgdMode", "state") },
	{ "WP", "", "list", PROPERTIES("WP.NAME", "APPPOOL.NAME"),
	  PROPERTIES("", "applicationPool") },
	{ "REQUEST", "", "list",
	  PROPERTIES("REQUEST.NAME", "url", "time", "client", "stage", "module", "SITE.NAME",
		     "APPPOOL.NAME", "WP.NAME"),
	  PROPERTIES("", "url", "time", "client", "stage", "module", "", "", "") },
	{ "MODULE", "add", "list set add delete install uninstall",
	  PROPERTIES("MODULE.NAME", "type", "preCondition"),
	  PROPERTIES("", "type", "preCondition") },
	{ "BACKUP", "", "list add delete restore", PROPERTIES("BACKUP.NAME"), PROPERTIES("") },
	{ "TRACE", "", "list configure inspect", PROPERTIES("TRACE.NAME"), PROPERTIES("") },
	{ "CONFIG", "", "list set search lock unlock clear reset migrate",
	  PROPERTIES("CONFIG.SECTION"), PROPERTIES("") },
};

const struct appcmd_kind *appcmd_kind(const char *word)
{
	struct text t = text_of(word);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct text name = text_of(kinds[i].name);
		bool plural =
			t.length == name.length + 1 && text_lower(t.data[t.length - 1]) == 's';
		if (text_equal_nocase(name, (struct text){ t.data, t.length - plural }))
			return &kinds[i];
	}
	return NULL;
}

int appcmd_load(struct appcmd *a)
{
	if (!a->server && config_load(a->file, a->state, &a->server, &a->err) < 0)
		return appcmd_failure(a);
	return 0;
}

/* ---- collecting ---- */

struct appcmd_object *appcmd_append(struct appcmd *a, struct appcmd_objects *list,
				    const struct appcmd_kind *kind, const struct effective *e)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity * 2 + 16;
		struct appcmd_object *items = arena_zalloc(&a->arena, capacity, sizeof(*items));
		if (!items)
			return NULL;
		if (list->count)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
		list->capacity = capacity;
	}
	struct appcmd_object *object = &list->items[list->count++];
	object->kind = kind;
	object->element = e;
	return object;
}

/* What the SCM says of pools. */
struct running {
	struct appcmd *a;
	struct appcmd_objects *list;
	const struct appcmd_kind *kind;
	bool answered;
};

static void set_pool_state(void *ctx, const struct control_message *m)
{
	struct running *r = ctx;
	r->answered = true;
	for (size_t i = 0; m->type == CONTROL_STATUS_POOL && i < r->list->count; i++) {
		struct appcmd_object *o = &r->list->items[i];
		if (!text_equal_nocase(text_of(o->values[0]), m->status_pool.pool))
			continue;
		/* A pool that failed is one that was stopped. */
		bool stopped = text_equal_nocase(m->status_pool.state, TEXT("stopped")) ||
			       text_equal_nocase(m->status_pool.state, TEXT("failed"));
		o->values[3] = stopped ? "Stopped" : "Started";
	}
}

static const char *bindings_of(struct appcmd *a, const struct effective *site)
{
	const struct effective_entries *entries = effective_find(site, "bindings")->entries;
	const char *text = "";
	for (size_t i = 0; i < entries->count && text; i++)
		text = arena_printf(&a->arena, "%s%s%s/%s", text, i ? "," : "",
				    effective_text(entries->items[i], "protocol"),
				    effective_text(entries->items[i], "bindingInformation"));
	return text ? text : "";
}

static const struct effective_entries *entries_of(const struct level *level, const char *section)
{
	return level_section(level, section)->entries;
}

static bool add_sites(struct appcmd *a, const struct level *level, const struct appcmd_kind *kind,
		      struct appcmd_objects *ret)
{
	const struct effective_entries *sites = entries_of(level, "system.applicationHost/sites");

	for (size_t i = 0; i < sites->count; i++) {
		const struct effective *e = sites->items[i];
		struct appcmd_object *o = appcmd_append(a, ret, kind, e);
		if (!o)
			return false;
		o->values[0] = effective_text(e, "name");
		o->values[1] = effective_text(e, "id");
		o->values[2] = bindings_of(a, e);
	}
	appcmd_site_states(a, ret);
	return true;
}

static bool add_pools(struct appcmd *a, const struct level *level, const struct appcmd_kind *kind,
		      struct appcmd_objects *ret)
{
	const struct effective_entries *pools =
		entries_of(level, "system.applicationHost/applicationPools");
	struct running running = { a, ret, kind, false };

	for (size_t i = 0; i < pools->count; i++) {
		const struct effective *e = pools->items[i];
		struct appcmd_object *o = appcmd_append(a, ret, kind, e);
		if (!o)
			return false;
		o->values[0] = effective_text(e, "name");
		o->values[1] = effective_text(e, "managedRuntimeVersion");
		o->values[2] = effective_text(e, "managedPipelineMode");
		o->values[3] = "Stopped";
	}
	appcmd_status(a, set_pool_state, &running);
	return true;
}

/* Applications (depth 1) or virtual directories (depth 2) of all sites. */
static bool add_paths(struct appcmd *a, const struct level *level, const struct appcmd_kind *kind,
		      bool vdirs, struct appcmd_objects *ret)
{
	const struct effective_entries *sites = entries_of(level, "system.applicationHost/sites");

	for (size_t s = 0; s < sites->count; s++) {
		const char *site = effective_text(sites->items[s], "name");
		for (size_t i = 0; i < sites->items[s]->entries->count; i++) {
			const struct effective *app = sites->items[s]->entries->items[i];
			const char *path = effective_text(app, "path");
			const char *name = arena_printf(&a->arena, "%s%s", site, path);
			const char *front = arena_printf(&a->arena, "%s%s", site,
							 strcmp(path, "/") ? path : "");
			struct appcmd_object *o = vdirs ? NULL : appcmd_append(a, ret, kind, app);
			if (!name || !front || (!vdirs && !o))
				return false;
			if (o) {
				o->values[0] = name;
				o->values[1] = effective_text(app, "applicationPool");
				o->values[2] = site;
				o->values[3] = path;
			}
			for (size_t v = 0; vdirs && v < app->entries->count; v++) {
				const struct effective *vdir = app->entries->items[v];
				if (!(o = appcmd_append(a, ret, kind, vdir)))
					return false;
				o->values[0] = arena_printf(&a->arena, "%s%s", front,
							    effective_text(vdir, "path"));
				o->values[1] = effective_text(vdir, "physicalPath");
				o->values[2] = name;
				o->values[3] = effective_text(vdir, "path");
			}
		}
	}
	return true;
}

int appcmd_objects(struct appcmd *a, const struct appcmd_kind *kind, struct appcmd_objects *ret)
{
	struct config_tree *tree = NULL;
	int status = appcmd_load(a);

	if (status)
		return status;
	/* The level of the server lives with the snapshot. */
	if (config_tree_new(a->server, TEXT(""), &tree, &a->err) < 0)
		return appcmd_failure(a);
	const struct level *level = config_tree_level(tree);
	bool done = true;
	if (!strcmp(kind->name, "SITE"))
		done = add_sites(a, level, kind, ret);
	else if (!strcmp(kind->name, "APPPOOL"))
		done = add_pools(a, level, kind, ret);
	else if (!strcmp(kind->name, "APP") || !strcmp(kind->name, "VDIR"))
		done = add_paths(a, level, kind, !strcmp(kind->name, "VDIR"), ret);
	config_tree_free(tree);
	if (done && !strcmp(kind->name, "WP"))
		return appcmd_processes(a, kind, ret);
	if (done && !strcmp(kind->name, "REQUEST"))
		return appcmd_requests(a, kind, ret);
	return done ? 0 : appcmd_error(APPCMD_FAILED, "out of memory");
}

/* ---- properties ---- */

const struct effective_value *appcmd_written(const struct appcmd_object *o, const char *name,
					     const struct schema_attribute **ret)
{
	const struct effective *e = o->element;
	struct text rest = text_of(name);

	while (e && rest.data) {
		struct text part = text_cut(&rest, '.');
		size_t i = 0;
		if (!rest.data) {
			while (i < e->schema->attribute_count &&
			       !text_equal_nocase(text_of(e->schema->attributes[i].name), part))
				i++;
			if (i == e->schema->attribute_count)
				return NULL;
			*ret = &e->schema->attributes[i];
			return &e->values[i];
		}
		while (i < e->schema->child_count &&
		       !text_equal_nocase(text_of(e->schema->children[i]->name), part))
			i++;
		e = i < e->schema->child_count ? e->children[i] : NULL;
	}
	return NULL;
}

const char *appcmd_value(const struct appcmd_object *o, const char *name)
{
	struct text t = text_of(name);
	for (size_t i = 0; o->kind->properties[i]; i++) {
		if (text_equal_nocase(text_of(o->kind->properties[i]), t))
			return o->values[i];
	}
	const struct schema_attribute *attribute;
	const struct effective_value *written = appcmd_written(o, name, &attribute);
	const char *value = !written ? NULL : written->text ? written->text : "";
	for (size_t i = 0; !value && o->kind->labels[i]; i++) {
		if (text_equal_nocase(text_of(o->kind->labels[i]), t))
			value = o->values[i];
	}
	return value || !text_equal_nocase(t, TEXT("name")) ? value : o->values[0];
}

/* ---- selecting ---- */

const char *appcmd_from_url(struct appcmd *a, const char *identifier)
{
	bool https = text_starts_with_nocase(text_of(identifier), TEXT("https://"));
	if (!https && !text_starts_with_nocase(text_of(identifier), TEXT("http://")))
		return identifier;
	struct text rest = text_of(identifier + (https ? 8 : 7));
	struct text host = text_cut(&rest, '/');
	struct text name = text_cut(&host, ':');
	uint64_t port = https ? 443 : 80;
	if (host.data && !text_to_u64(host, &port))
		return identifier;
	for (size_t i = 0; i < config_site_count(a->server); i++) {
		const struct config_site *site = config_site_at(a->server, i);
		for (size_t b = 0; b < site->binding_count; b++) {
			const struct config_binding *at = &site->bindings[b];
			if (at->port == port &&
			    (!*at->host || text_equal_nocase(text_of(at->host), name)))
				return arena_printf(&a->arena, "%s/" TEXT_FMT, site->name,
						    TEXT_ARG(rest.data ? rest : TEXT("")));
		}
	}
	return identifier;
}

static struct text without_slash(const char *name)
{
	struct text t = text_of(name);
	while (t.length && t.data[t.length - 1] == '/')
		t.length--;
	return t;
}

/* Names of applications and virtual directories may be given with or without the last slash. */
static bool is_named(const struct appcmd_object *o, const char *identifier)
{
	return text_equal_nocase(without_slash(o->values[0]), without_slash(identifier));
}

/* 1: it matches all filters; 0: not; -1: a property is unknown, which was said. */
static int matches(struct appcmd *a, const struct appcmd_object *o)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct appcmd_parameter *p = &a->parameters[i];
		if (p->used)
			continue;
		const char *value = appcmd_value(o, p->name);
		if (!value) {
			appcmd_unknown(p->name, strlen(p->name));
			return -1;
		}
		if (p->value && !text_equal_nocase(without_slash(value), without_slash(p->value)))
			return 0;
	}
	return 1;
}

int appcmd_filter(struct appcmd *a, const struct appcmd_objects *all, bool filtered,
		  struct appcmd_objects *ret)
{
	const char *identifier = a->identifier ? appcmd_from_url(a, a->identifier) : NULL;

	for (size_t i = 0; i < all->count; i++) {
		int fits = !identifier || is_named(&all->items[i], identifier);
		if (fits && filtered)
			fits = matches(a, &all->items[i]);
		if (fits < 0)
			return APPCMD_BAD_ARGUMENT;
		struct appcmd_object *o =
			fits ? appcmd_append(a, ret, all->items[i].kind, NULL) : NULL;
		if (o)
			*o = all->items[i];
	}
	return 0;
}

int appcmd_select(struct appcmd *a, const struct appcmd_kind *kind, bool filtered,
		  struct appcmd_objects *ret)
{
	struct appcmd_objects all = { 0 }, named = { 0 };
	int status = appcmd_objects(a, kind, &all);

	if (status == 0 && a->in) {
		status = appcmd_input_select(a, kind, &all, &named);
		all = named;
	}
	if (status)
		return status;
	return appcmd_filter(a, &all, filtered, ret);
}
