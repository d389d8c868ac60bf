/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes through the metabase view, as IMSAdminBase has them ([MS-IMSA] 3.1.4); see metabase.h.
 * Each change edits the text and reads it again as a configuration, so the next one, and whoever
 * reads, sees it; what cannot be a configuration is taken back. Tools and servers of the metabase,
 * one thread per session.
 */
#include "config/metabase_internal.h"

#include "base/buf.h"
#include "config/rename.h"

#include <errno.h>
#include <stdio.h>

#define POOLS "system.applicationHost/applicationPools"
#define SITES "system.applicationHost/sites"
#define CUSTOM "system.applicationHost/customMetadata"
#define NAME_MAX_LENGTH 256 /* METADATA_MAX_NAME_LEN */
#define KEYS_MAX 100000

struct metabase {
	struct config *config;
	struct config_commit *commit;
};

/* What a change needs at every step. */
struct change {
	struct metabase *metabase;
	struct config *config;
	struct edit *edit;
	struct metabase_place place;
	struct arena arena;
	struct error *err;
};

/* ---- the session ---- */

int config_metabase_open(const char *file, const char *state_dir, struct metabase **ret,
			 struct error *err)
{
	struct metabase *m = mem_new(struct metabase);
	int r = m ? config_commit_server(file, state_dir, &m->config, &m->commit, err)
		  : error_set(err, -ENOMEM, "out of memory");

	if (r < 0)
		config_metabase_close(m);
	else
		*ret = m;
	return r;
}

int config_metabase_save(struct metabase *m, struct error *err)
{
	return config_commit_write(m->commit, err);
}

struct metabase *config_metabase_close(struct metabase *m)
{
	if (!m)
		return NULL;
	config_commit_free(m->commit);
	config_unref(m->config);
	return mem_free(m);
}

struct config *config_metabase_config(const struct metabase *m)
{
	return m->config;
}

static void change_begin(struct change *c, struct metabase *m, struct error *err)
{
	*c = (struct change){ .metabase = m,
			      .config = m->config,
			      .edit = config_commit_edit(m->commit),
			      .err = err };
	arena_init(&c->arena, VIEW_ARENA_LIMIT);
}

/* Reads the text as it is now. */
static int change_read(struct change *c)
{
	struct config *config = NULL;
	int r = config_commit_preview(c->metabase->commit, &config, c->err);

	if (r == 0) {
		config->running = c->config->running;
		config_unref(c->metabase->config);
		c->metabase->config = c->config = config;
	}
	return r;
}

/* A step of a change: nothing of it is left when it, or the reading of it, fails. */
typedef int (*step_fn)(struct change *c, void *ctx);

static int change_step(struct change *c, step_fn fn, void *ctx)
{
	struct text text = edit_text(c->edit);
	_cleanup_mem_ char *before = mem_dup(text.data, text.length);

	if (!before)
		return error_set(c->err, -ENOMEM, "out of memory");
	text.data = before;
	int r = fn(c, ctx);
	if (r == 0)
		r = change_read(c);
	if (r < 0) {
		edit_replace_all(c->edit, text, NULL);
		/* It is what it was, which could be read. */
		struct error *err = c->err;
		c->err = NULL;
		change_read(c);
		c->err = err;
	}
	return r;
}

/* Several steps that are one change: all of them, or none. */
static int change_all(struct metabase *m, step_fn fn, void *ctx, struct error *err)
{
	struct change c;

	change_begin(&c, m, err);
	struct text text = edit_text(c.edit);
	_cleanup_mem_ char *before = mem_dup(text.data, text.length);
	text.data = before;
	int r = before ? fn(&c, ctx) : error_set(err, -ENOMEM, "out of memory");
	if (r < 0 && before) {
		edit_replace_all(c.edit, text, NULL);
		c.err = NULL;
		change_read(&c);
	}
	arena_done(&c.arena);
	return r;
}

/* ---- making keys ---- */

static int add_entry(struct change *c, const char *section, const char *name,
		     const struct xml_element **ret)
{
	const struct xml_element *e = NULL, *before = NULL;
	int r = edit_section(c->edit, TEXT(""), section, &e, c->err);

	for (const struct xml_element *x = r < 0 ? NULL : e->first; x && !before; x = x->next) {
		if (text_ends_with_nocase(text_of(x->name), TEXT("Defaults")))
			before = x;
	}
	if (r == 0)
		r = edit_add(c->edit, &e, name, before, c->err);
	*ret = e;
	return r;
}

static int add_site(struct change *c, struct text id)
{
	const struct xml_element *e = NULL;
	char number[16], name[32];
	uint64_t n = 0;

	if (!text_to_u64(id, &n) || n < 1 || n > UINT32_MAX)
		return error_set(c->err, -EINVAL,
				 "the key of a site is its number, not '" TEXT_FMT "'",
				 TEXT_ARG(id));
	snprintf(number, sizeof(number), "%u", (uint32_t)n);
	snprintf(name, sizeof(name), "Site %u", (uint32_t)n);
	int r = add_entry(c, SITES, "site", &e);
	if (r == 0)
		r = edit_set(c->edit, &e, "name", name, c->err);
	return r < 0 ? r : edit_set(c->edit, &e, "id", number, c->err);
}

static int add_pool(struct change *c, struct text name)
{
	const struct xml_element *e = NULL;
	const char *copy = arena_strndup(&c->arena, name.data, name.length);

	int r = copy ? add_entry(c, POOLS, "add", &e) : error_set(c->err, -ENOMEM, "out of memory");
	return r < 0 ? r : edit_set(c->edit, &e, "name", copy, c->err);
}

/* One key, those above which are there; its place is resolved. */
static int add_one(struct change *c, void *ctx)
{
	struct text rest = text_of(c->place.key);

	(void)ctx;
	text_cut(&rest, '/'); /* LM */
	if (!text_equal_nocase(text_cut(&rest, '/'), TEXT("W3SVC")) || !rest.length)
		return error_set(c->err, -EINVAL, "there are no metabase keys but LM/W3SVC");
	struct text first = text_cut(&rest, '/');
	if (text_equal_nocase(first, TEXT("AppPools")))
		return add_pool(c, rest);
	if (!rest.data)
		return add_site(c, first);
	if (!text_equal_nocase(text_cut(&rest, '/'), TEXT("ROOT")))
		return error_set(c->err, -EINVAL, "a site has no key but ROOT");
	const struct xml_element *e = NULL;
	if (rest.length)
		return config_metabase_custom_key(c->edit, &c->place, &e, c->err);
	e = edit_at(c->edit, c->place.site->by->start);
	int r = edit_add(c->edit, &e, "application", NULL, c->err);
	return r < 0 ? r : edit_set(c->edit, &e, "path", "/", c->err);
}

static bool valid_name(struct text key)
{
	struct text rest = key;
	while (rest.data) {
		struct text part = text_cut(&rest, '/');
		if (!part.length || part.length > NAME_MAX_LENGTH || text_equal(part, TEXT("..")) ||
		    text_equal(part, TEXT(".")))
			return false;
	}
	return true;
}

static int add_keys(struct change *c, void *ctx)
{
	struct text key = config_metabase_trim(text_of(ctx));
	struct text rest = key;
	bool whole = text_equal_nocase(text_cut(&rest, '/'), TEXT("LM"));
	const char *full =
		arena_printf(&c->arena, "%s" TEXT_FMT, whole ? "" : "LM/", TEXT_ARG(key));
	int r = METABASE_NOT_SET;

	if (!full || !valid_name(text_of(full)))
		return error_set(c->err, -EINVAL, "'%s' is no metabase key", (const char *)ctx);
	for (const char *at = strchr(full, '/'); at; at = strchr(at + 1, '/')) {
		size_t length = (size_t)(at - full) + 1 + strcspn(at + 1, "/");
		const char *part = arena_strndup(&c->arena, full, length);
		r = part ? config_metabase_resolve(c->config, part, &c->arena, &c->place, c->err)
			 : -ENOMEM;
		if (r < 0)
			return r;
		bool made = r == METABASE_NOT_SET;
		if (made)
			r = change_step(c, add_one, NULL);
		if (r < 0)
			return r;
		if (!full[length] && !made)
			return error_set(c->err, -EEXIST, "the metabase key %s is there already",
					 full);
	}
	return 0;
}

int config_metabase_add_key(struct metabase *m, const char *key, struct error *err)
{
	return change_all(m, add_keys, (void *)(uintptr_t)key, err);
}

/* ---- what is at and below a key ---- */

/* Whether `path` is `front` or below it; `*ret` is then the rest. */
static bool at_or_below(struct text path, const char *front, struct text *ret)
{
	size_t length = strlen(front);

	if (!text_starts_with_nocase(path, text_of(front)) ||
	    (path.length > length && path.data[length] != '/'))
		return false;
	*ret = (struct text){ path.data + length, path.length - length };
	return true;
}

/* What an element says where it is in the metabase: an attribute, and the part of it in front of
 * what it has in common with the key. */
struct mention {
	const struct xml_element *element;
	const char *attribute;
	const char *front; /* that `attribute` begins with, in the arena */
	struct text rest;
};

static const struct xml_element *find_id(const struct xml_element *section, const char *id)
{
	const struct xml_element *e = section ? section->first : NULL;
	while (e && !(xml_get(e, "id") && !strcmp(xml_get(e, "id"), id)))
		e = e->next;
	return e;
}

/* An application or virtual directory of the site at or below a path ("/a"). */
static bool find_in_site(struct change *c, const struct xml_element *site, const char *path,
			 struct mention *ret)
{
	struct text rest;

	for (const struct xml_element *app = site->first; app; app = app->next) {
		const char *own = strcmp(app->name, "application") ? NULL : xml_get(app, "path");
		if (!own)
			continue;
		if (at_or_below(text_of(own), path, &rest)) {
			*ret = (struct mention){ app, "path", path, rest };
			return true;
		}
		const char *front = strcmp(own, "/") ? own : "";
		for (const struct xml_element *v = app->first; v; v = v->next) {
			const char *inner = xml_get(v, "path");
			const char *whole =
				inner ? arena_printf(&c->arena, "%s%s", front, inner) : NULL;
			if (strcmp(v->name, "virtualDirectory") != 0 || !whole ||
			    !at_or_below(text_of(whole), path, &rest))
				continue;
			*ret = (struct mention){ v, "path", path + strlen(front), rest };
			return true;
		}
	}
	return false;
}

/* The next element that is about a key or one below it; false: there is none (more). */
static bool find_mention(struct change *c, struct mention *ret)
{
	const struct metabase_place *place = &c->place;
	const struct xml_document *document = edit_document(c->edit);
	const struct xml_element *section = edit_find_section(document, TEXT(""), CUSTOM);
	struct text rest;

	for (const struct xml_element *e = section ? section->first : NULL; e; e = e->next) {
		const char *path = xml_get(e, "path");
		if (path && at_or_below(config_metabase_trim(text_of(path)), place->key, &rest)) {
			*ret = (struct mention){ e, "path", place->key, rest };
			return true;
		}
	}
	const char *file = place->file   ? place->file
			   : place->site ? effective_text(place->site, "name")
					 : NULL;
	for (const struct xml_element *e = file ? document->root->first : NULL; e; e = e->next) {
		if (strcmp(e->name, "location") != 0)
			continue;
		struct text path = section_location(e).path;
		if (path.length && at_or_below(path, file, &rest)) {
			*ret = (struct mention){ e, "path", file, rest };
			return true;
		}
	}
	if (!place->path || !strcmp(place->path, "/"))
		return false;
	const struct xml_element *site = find_id(edit_find_section(document, TEXT(""), SITES),
						 effective_text(place->site, "id"));
	return site && find_in_site(c, site, place->path, ret);
}

/* ---- taking keys away ---- */

static int find_changeable(struct change *c, const char *key)
{
	int r = config_metabase_find(c->config, key, &c->arena, &c->place, c->err);

	if (r == 0 && !c->place.site && !c->place.pool)
		return error_set(c->err, -EINVAL, "the metabase key %s is always there",
				 c->place.key);
	return r;
}

static int remove_element(struct change *c, const struct xml_element *e)
{
	return edit_remove(c->edit, &e, c->err);
}

static int delete_one(struct change *c, void *ctx)
{
	struct mention mention;
	int r = 0;

	(void)ctx;
	/* The element first: its place is that of the text as it was read. */
	bool root = c->place.path && !strcmp(c->place.path, "/");
	if (c->place.pool)
		r = remove_element(c, edit_at(c->edit, c->place.pool->by->start));
	else if (!c->place.path)
		r = remove_element(c, edit_at(c->edit, c->place.site->by->start));
	while (root && r == 0) {
		const struct xml_element *e =
			find_id(edit_find_section(edit_document(c->edit), TEXT(""), SITES),
				effective_text(c->place.site, "id"));
		for (e = e ? e->first : NULL; e && strcmp(e->name, "application") != 0;)
			e = e->next;
		if (!e)
			break;
		r = remove_element(c, e);
	}
	while (r == 0 && find_mention(c, &mention))
		r = remove_element(c, mention.element);
	return r;
}

static int delete_key(struct change *c, void *ctx)
{
	int r = find_changeable(c, ctx);
	return r < 0 ? r : change_step(c, delete_one, NULL);
}

int config_metabase_delete_key(struct metabase *m, const char *key, struct error *err)
{
	return change_all(m, delete_key, (void *)(uintptr_t)key, err);
}

/* ---- other names ---- */

/* Writes `to` where `from` is the value of an attribute, at and below an element. */
static int replace_values(struct change *c, const struct xml_element **element, const char *name,
			  const char *from, const char *to)
{
	size_t start = (*element)->start, n = 0;
	int r = 0;

	const char *value = xml_get(*element, name);
	if (value && text_equal_nocase(text_of(value), text_of(from)))
		r = edit_set(c->edit, element, name, to, c->err);
	for (bool more = true; more && r == 0; n++) {
		const struct xml_element *e = edit_at(c->edit, start)->first;
		for (size_t i = 0; e && i < n; i++)
			e = e->next;
		more = e;
		if (more)
			r = replace_values(c, &e, name, from, to);
	}
	*element = edit_at(c->edit, start);
	return r;
}

struct renaming {
	const char *key, *name;
	const char *to; /* the whole new key */
};

static int rename_pool(struct change *c, const struct renaming *renaming)
{
	const struct xml_element *e = edit_at(c->edit, c->place.pool->by->start);
	int r = edit_set(c->edit, &e, "name", renaming->name, c->err);

	e = edit_find_section(edit_document(c->edit), TEXT(""), SITES);
	return r < 0 || !e ? r
			   : replace_values(c, &e, "applicationPool",
					    effective_text(c->place.pool, "name"), renaming->name);
}

/* What a mention says with another last part of the key. */
static int rename_mention(struct change *c, const struct mention *mention, const char *name)
{
	const char *slash = strrchr(mention->front, '/');
	const struct xml_element *e = mention->element;
	/* Of a key with slashes at its ends they go. */
	const char *value = arena_printf(&c->arena, "%.*s%s" TEXT_FMT,
					 slash ? (int)(slash + 1 - mention->front) : 0,
					 mention->front, name, TEXT_ARG(mention->rest));
	return value ? edit_set(c->edit, &e, mention->attribute, value, c->err)
		     : error_set(c->err, -ENOMEM, "out of memory");
}

static int rename_one(struct change *c, void *ctx)
{
	const struct renaming *renaming = ctx;
	const char *name = renaming->name;
	struct mention mention;
	int r = 0;

	if (c->place.pool)
		return rename_pool(c, renaming);
	if (!c->place.path) {
		/* Of a site the number: locations go by its name, which stays. */
		const struct xml_element *e = edit_at(c->edit, c->place.site->by->start);
		r = edit_set(c->edit, &e, "id", name, c->err);
		c->place.file = NULL;
		c->place.site = NULL;
	}
	while (r == 0 && find_mention(c, &mention))
		r = rename_mention(c, &mention, name);
	return r;
}

static int rename_key(struct change *c, void *ctx)
{
	struct renaming *renaming = ctx;
	struct metabase_place there;

	int r = find_changeable(c, renaming->key);
	if (r < 0)
		return r;
	const char *parent = config_metabase_parent(c->place.key, &c->arena);
	renaming->to = arena_printf(&c->arena, "%s/%s", parent ? parent : "", renaming->name);
	if (!renaming->to || strchr(renaming->name, '/') || !valid_name(text_of(renaming->name)))
		return error_set(c->err, -EINVAL, "'%s' is no name of a metabase key",
				 renaming->name);
	if (c->place.path && !strcmp(c->place.path, "/"))
		return error_set(c->err, -EINVAL, "the metabase key %s has no other name",
				 c->place.key);
	r = config_metabase_resolve(c->config, renaming->to, &c->arena, &there, c->err);
	if (r == 0)
		return error_set(c->err, -EEXIST, "the metabase key %s is there already",
				 renaming->to);
	return r < 0 ? r : change_step(c, rename_one, renaming);
}

int config_metabase_rename_key(struct metabase *m, const char *key, const char *name,
			       struct error *err)
{
	struct renaming renaming = { key, name, NULL };
	return change_all(m, rename_key, &renaming, err);
}

/* ---- data ---- */

struct writing {
	const char *key;
	const struct metabase_data *data;
	uint32_t type;
};

static int write_one(struct change *c, void *ctx)
{
	const struct writing *w = ctx;
	return config_metabase_write(c->config, c->edit, w->key, w->data, c->err);
}

/* An application gets its pool: first it is one. */
static int write_data(struct change *c, void *ctx)
{
	const struct writing *w = ctx;
	struct metabase_data root = { .id = METABASE_APP_ROOT, .type = METABASE_STRING };

	int r = config_metabase_find(c->config, w->key, &c->arena, &c->place, c->err);
	if (r == 0 && w->data->id == METABASE_APP_POOL_ID && c->place.path && !c->place.app) {
		struct writing first = { w->key, &root, 0 };
		r = change_step(c, write_one, &first);
	}
	return r < 0 ? r : change_step(c, write_one, ctx);
}

/* Nothing of the text. */
static int command(const struct metabase *m, const char *key, const struct metabase_data *data,
		   struct error *err)
{
	struct metabase_place place;
	struct arena arena;

	arena_init(&arena, VIEW_ARENA_LIMIT);
	int r = config_metabase_find(m->config, key, &arena, &place, err);
	if (r == 0)
		r = config_metabase_command(m->config, &place, data, err);
	arena_done(&arena);
	return r;
}

int config_metabase_set(struct metabase *m, const char *key, const struct metabase_data *data,
			struct error *err)
{
	struct writing w = { key, data, 0 };
	return config_metabase_state_row(data->id) ? command(m, key, data, err)
						   : change_all(m, write_data, &w, err);
}

static int unset_one(struct change *c, void *ctx)
{
	const struct writing *w = ctx;
	return config_metabase_unset(c->config, c->edit, w->key, w->data->id, c->err);
}

static int delete_data(struct change *c, void *ctx)
{
	const struct writing *w = ctx;
	struct metabase_data data;
	bool any = false;

	if (config_metabase_state_row(w->data->id))
		return error_set(c->err, -EINVAL, "the metabase property %s cannot be taken away",
				 config_metabase_name(w->data->id));
	int r = config_metabase_get(c->config, w->key, w->data->id, 0, &c->arena, &data, c->err);
	if (r == 0 && w->type && w->type != data.type)
		return METABASE_NOT_SET;
	/* What several elements say goes one by one. */
	for (int n = 0; r == 0 && n < 8; n++) {
		r = change_step(c, unset_one, ctx);
		any |= r == 0;
	}
	return r == METABASE_NOT_SET && any ? 0 : r;
}

int config_metabase_delete(struct metabase *m, const char *key, uint32_t id, uint32_t type,
			   struct error *err)
{
	const struct metabase_data data = { .id = id };
	struct writing w = { key, &data, type };
	return change_all(m, delete_data, &w, err);
}

/* ---- copies ---- */

struct copy {
	const char *from, *to;
	bool overwrite, move;
	struct change *change;
	struct config *source; /* as it was */
	const char *below;     /* the key below `from` that is being copied, "" for itself */
	size_t keys;
	int result;
};

/* A datum goes where its key goes; an AppRoot says so itself, and a site keeps its own name. */
static void copy_datum(void *ctx, const struct metabase_data *data)
{
	struct copy *copy = ctx;
	struct change *c = copy->change;
	struct metabase_data own = *data;
	const char *key = arena_printf(&c->arena, "%s%s", copy->to, copy->below);
	struct writing w = { key, &own, 0 };

	if (copy->result < 0 || data->id == METABASE_KEY_TYPE || data->id == 1015 ||
	    config_metabase_state_row(data->id))
		return;
	/* What follows from the AppRoot, and of whose custom value there is a copy of its own. */
	if (data->id == METABASE_APP_PACKAGE_ID || data->id == METABASE_APP_PACKAGE_NAME)
		return;
	if (data->id == METABASE_APP_ROOT && key)
		own.text = text_of(key);
	own.attributes &= ~(uint32_t)METABASE_ISINHERITED;
	copy->result = key ? write_data(c, &w) : -ENOMEM;
}

static void copy_below(void *ctx, const char *name);

static void copy_key(struct copy *copy)
{
	struct change *c = copy->change;
	char *from = arena_printf(&c->arena, "%s%s", copy->from, copy->below);
	char *to = arena_printf(&c->arena, "%s%s", copy->to, copy->below);
	struct metabase_place place;

	if (!from || !to || copy->keys++ > KEYS_MAX) {
		copy->result = error_set(c->err, -ENOMEM, "too many keys to copy");
		return;
	}
	int r = config_metabase_resolve(c->config, to, &c->arena, &place, c->err);
	if (r == METABASE_NOT_SET)
		r = add_keys(c, to);
	copy->result = r < 0 ? r : 0;
	/* The Path comes before the AppRoot that moves it. */
	struct metabase_data data;
	if (copy->result == 0 &&
	    config_metabase_get(copy->source, from, METABASE_PATH, 0, &c->arena, &data, NULL) == 0)
		copy_datum(copy, &data);
	if (copy->result == 0)
		r = config_metabase_each(copy->source, from, &c->arena, copy_datum, copy, c->err);
	if (r == 0 && copy->result == 0)
		r = config_metabase_children(copy->source, from, copy_below, copy, c->err);
	copy->result = r < 0 && copy->result == 0 ? r : copy->result;
}

static void copy_below(void *ctx, const char *name)
{
	struct copy *copy = ctx;
	const char *outer = copy->below;
	struct metabase_place place;

	const char *inner = arena_printf(&copy->change->arena, "%s/%s", outer, name);
	const char *key =
		inner ? arena_printf(&copy->change->arena, "%s%s", copy->from, inner) : NULL;
	if (!key || copy->result < 0)
		return;
	copy->below = inner;
	/* A part of a path may be no key itself. */
	if (config_metabase_find(copy->source, key, &copy->change->arena, &place, NULL) == 0)
		copy_key(copy);
	copy->below = outer;
}

static int copy_keys(struct change *c, void *ctx)
{
	struct copy *copy = ctx;
	struct metabase_place there;
	struct text rest;

	int r = find_changeable(c, copy->from);
	if (r < 0)
		return r;
	copy->from = c->place.key;
	r = config_metabase_resolve(c->config, copy->to, &c->arena, &there, c->err);
	if (r < 0)
		return r;
	copy->to = there.key;
	if (at_or_below(text_of(copy->to), copy->from, &rest))
		return error_set(c->err, -EINVAL,
				 "the metabase key %s cannot be copied into itself", copy->from);
	if (r == 0 && !copy->overwrite)
		return error_set(c->err, -EEXIST, "the metabase key %s is there already", copy->to);
	copy->change = c;
	copy->source = config_ref(c->config);
	copy->below = "";
	copy_key(copy);
	config_unref(copy->source);
	return copy->result < 0 || !copy->move ? copy->result
					       : delete_key(c, (void *)(uintptr_t)copy->from);
}

int config_metabase_copy_key(struct metabase *m, const char *from, const char *to, bool overwrite,
			     bool move, struct error *err)
{
	struct copy copy = { .from = from, .to = to, .overwrite = overwrite, .move = move };
	return change_all(m, copy_keys, &copy, err);
}
