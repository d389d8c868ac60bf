/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the metabase view; see metabase.h. Called by tools and by what speaks metabase. */
#include "config/metabase_internal.h"

#include "base/buf.h"
#include "config/engine/value.h"
#include "config/metabase_table.h"

#include <errno.h>
#include <stdio.h>

#define N(id, name, place, user, path, unit)                                                       \
	{ FORM_NUMBER, id, name, KIND_##place, user, path, unit, NULL, NULL, NULL },
#define T(id, name, place, user, path, secret)                                                     \
	{ FORM_TEXT, id, name, KIND_##place, user, path, secret, NULL, NULL, NULL },
#define B(id, name, place, user, path, mask)                                                       \
	{ FORM_BITS, id, name, KIND_##place, user, path, mask, NULL, NULL, NULL },
#define L(id, name, place, user, path, pattern, filter, join)                                      \
	{ FORM_LIST, id, name, KIND_##place, user, path, 0, pattern, filter, join },
const struct metabase_row config_metabase_rows[] = { METABASE_TABLE(N, T, B, L) };
#undef N
#undef T
#undef B
#undef L
const size_t config_metabase_row_count = ARRAY_LEN(config_metabase_rows);

static const struct custom {
	uint32_t id;
	const char *name;
	enum metabase_type type;
	uint32_t user_type, attributes;
} customs[] = {
#define X(id, name, type, user_type, attributes) { id, name, type, user_type, attributes },
	METABASE_CUSTOM_TABLE(X)
#undef X
};

/* ---- names ---- */

uint32_t config_metabase_id(const char *name)
{
	for (size_t i = 0; i < config_metabase_row_count; i++) {
		if (text_equal_nocase(text_of(config_metabase_rows[i].name), text_of(name)))
			return config_metabase_rows[i].id;
	}
	for (size_t i = 0; i < ARRAY_LEN(customs); i++) {
		if (text_equal_nocase(text_of(customs[i].name), text_of(name)))
			return customs[i].id;
	}
	for (size_t i = 0; i < config_metabase_state_count; i++) {
		if (text_equal_nocase(text_of(config_metabase_states[i].name), text_of(name)))
			return config_metabase_states[i].id;
	}
	return 0;
}

static const struct metabase_row *row_of(uint32_t id)
{
	for (size_t i = 0; i < config_metabase_row_count; i++) {
		if (config_metabase_rows[i].id == id)
			return &config_metabase_rows[i];
	}
	return NULL;
}

static const struct custom *custom_of(uint32_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(customs); i++) {
		if (customs[i].id == id)
			return &customs[i];
	}
	return NULL;
}

const char *config_metabase_name(uint32_t id)
{
	const struct metabase_row *row = row_of(id);
	const struct custom *custom = custom_of(id);
	const struct metabase_state_row *state = config_metabase_state_row(id);
	return row ? row->name : custom ? custom->name : state ? state->name : NULL;
}

bool config_metabase_may_be_custom(uint32_t id)
{
	return (!row_of(id) || custom_of(id)) && !config_metabase_state_row(id);
}

bool config_metabase_secret(uint32_t id)
{
	const struct metabase_row *row = row_of(id);
	return row && row->form == FORM_TEXT && row->number;
}

bool config_metabase_secret_property(const struct effective *property)
{
	const struct schema_attribute *a = NULL;
	const struct effective_value *written = effective_value(property, "attributes", &a);
	char why[ERROR_TEXT_MAX];
	int64_t attributes = 0;
	uint64_t id = 0;

	if (written && written->text)
		value_check(a, written->text, &attributes, why);
	text_to_u64(text_of(effective_text(property, "id")), &id);
	return attributes & METABASE_SECURE || config_metabase_secret((uint32_t)id);
}

static enum metabase_type type_of(const struct metabase_row *row)
{
	if (row->form == FORM_TEXT)
		return METABASE_STRING;
	if (row->form == FORM_LIST)
		return *row->join ? METABASE_STRING : METABASE_MULTISZ;
	return METABASE_DWORD;
}

enum metabase_type config_metabase_type(uint32_t id)
{
	const struct metabase_row *row = row_of(id);
	const struct custom *custom = custom_of(id);
	return row ? type_of(row) : custom ? custom->type : METABASE_DWORD;
}

uint32_t config_metabase_user_type(uint32_t id)
{
	const struct metabase_row *row = row_of(id);
	const struct custom *custom = custom_of(id);
	return row ? row->user_type : custom ? custom->user_type : 1;
}

uint32_t config_metabase_attributes(uint32_t id)
{
	const struct custom *custom = custom_of(id);
	uint32_t secure = config_metabase_secret(id) ? METABASE_SECURE : 0;
	return (custom ? custom->attributes : 0) | secure;
}

/* ---- data ---- */

/* What reading needs at every step. */
struct reading {
	struct config *config;
	struct config_tree *tree; /* of the place's file; NULL: it has none */
	struct metabase_place place;
	struct arena *arena;
	struct error *err;
};

const struct effective *config_metabase_element(const struct metabase_row *row,
						const struct metabase_place *place,
						const struct level *level, const char **ret_path)
{
	const char *colon = strchr(row->path, ':');
	char section[128];

	*ret_path = row->path;
	if (!(place->kinds & row->kind))
		return NULL;
	if (row->kind == KIND_SITE)
		return place->site;
	if (row->kind == KIND_POOL)
		return place->pool;
	if (row->kind == KIND_APP)
		return place->app;
	if (row->kind == KIND_VDIR)
		return place->vdir;
	snprintf(section, sizeof(section), "%.*s", (int)(colon - row->path), row->path);
	*ret_path = colon + 1;
	return level_section(level, section);
}

/* Is it written at the place itself? At the level of the server everything is. */
static bool is_here(const struct reading *r, const struct metabase_row *row,
		    const struct xml_element *by)
{
	const struct xml_element *e = by;

	if (row->kind != KIND_FILE || !*r->place.file)
		return true;
	while (e && strcmp(e->name, "location") != 0)
		e = e->parent;
	return e && text_equal_nocase(section_location(e).path, text_of(r->place.file));
}

static void put_entry(struct buf *out, const char *pattern, const struct effective *e)
{
	while (*pattern) {
		const char *end = *pattern == '%' ? strchr(pattern + 1, '%') : NULL;
		char name[64];
		if (!end) {
			buf_putc(out, *pattern++);
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)(end - pattern - 1), pattern + 1);
		const char *value = effective_text(e, name);
		/* A binding to any address has none here. */
		bool any = !strcmp(name, "bindingInformation") && value[0] == '*';
		buf_puts(out, any ? value + 1 : value);
		pattern = end + 1;
	}
}

static int read_list(struct reading *r, const struct metabase_row *row, const struct effective *e,
		     struct metabase_data *ret)
{
	bool first = true;
	struct buf out;

	buf_init(&out, 4 << 20);
	for (size_t i = 0; i < e->entries->count; i++) {
		const struct effective *entry = e->entries->items[i];
		if (*row->filter && !text_equal_nocase(text_of(effective_text(entry, "protocol")),
						       text_of(row->filter)))
			continue;
		if (config_metabase_coded(row) && !config_metabase_list_has(row, entry))
			continue;
		if (!first && *row->join)
			buf_puts(&out, row->join);
		first = false;
		if (config_metabase_coded(row))
			config_metabase_list_put(&out, row, entry);
		else
			put_entry(&out, row->pattern, entry);
		if (!*row->join)
			buf_putc(&out, '\0');
	}
	char *copy = buf_failed(&out)
			     ? NULL
			     : arena_strndup(r->arena, out.data ? out.data : "", out.length);
	ret->text = (struct text){ copy, out.length };
	buf_done(&out);
	return copy ? 0 : error_set(r->err, -ENOMEM, "out of memory");
}

/* The number of a value; of a bool as bits the whole mask. */
static uint32_t read_number(const struct metabase_row *row, const struct schema_attribute *a,
			    const char *text)
{
	char why[ERROR_TEXT_MAX];
	int64_t number = 0;

	if (text)
		value_check(a, text, &number, why);
	if (a->type == SCHEMA_TIME)
		return (uint32_t)(number / 1000000000 / (row->number ? row->number : 1));
	if (row->form == FORM_BITS)
		return a->type == SCHEMA_BOOL ? (number ? row->number : 0)
					      : (uint32_t)number & row->number;
	return (uint32_t)number;
}

/* Adds what a row says to the datum. METABASE_NOT_SET when the row is about something else. */
static int read_row(struct reading *r, const struct metabase_row *row, struct metabase_data *ret,
		    bool *here)
{
	const struct level *level = r->tree ? config_tree_level(r->tree) : NULL;
	const struct schema_attribute *a = NULL;
	const char *path;
	const struct effective *e = config_metabase_element(row, &r->place, level, &path);

	if (!e)
		return METABASE_NOT_SET;
	ret->type = type_of(row);
	ret->user_type = row->user_type;
	if (row->kind == KIND_FILE || row->kind == KIND_APP)
		ret->attributes = METABASE_INHERIT;
	if (row->form == FORM_LIST) {
		e = effective_find(e, path);
		*here |= is_here(r, row, e->by);
		return read_list(r, row, e, ret);
	}
	const struct effective_value *value = effective_value(e, path, &a);
	*here |= is_here(r, row, value->by);
	if (row->form == FORM_TEXT) {
		ret->text = text_of(value->text ? value->text : "");
		ret->attributes |= row->number ? METABASE_SECURE : 0;
	} else {
		ret->number |= read_number(row, a, value->text);
	}
	return 0;
}

/* The number of hexadecimal digits of a text that are some. */
static int digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, text_lower(c)) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* What a value in customMetadata stands for: of a list the lines, of binary data the hexadecimal
 * digits. */
static int decode(struct arena *arena, struct metabase_data *data)
{
	struct text from = data->text;
	bool list = data->type == METABASE_MULTISZ;
	char *to = arena_strndup(arena, from.data ? from.data : "", from.length);
	size_t n = 0;

	if (!to)
		return -ENOMEM;
	for (size_t i = 0; list && i < from.length; i++)
		to[i] = from.data[i] == '\n' ? '\0' : from.data[i];
	n = list ? from.length + (from.length > 0) : 0; /* the last one's zero byte */
	for (size_t i = 0; !list && i + 1 < from.length; i += 2) {
		int high = digit(from.data[i]), low = digit(from.data[i + 1]);
		if (high < 0 || low < 0)
			return -EINVAL;
		to[n++] = (char)(high * 16 + low);
	}
	data->text = (struct text){ to, n };
	return 0;
}

/* From customMetadata, of this key alone. */
static int read_custom(struct reading *r, uint32_t id, struct metabase_data *ret)
{
	const struct effective *key = config_metabase_custom(r->config, r->place.key);
	const struct schema_attribute *a = NULL;
	char number[16], why[ERROR_TEXT_MAX];
	uint64_t value = 0;
	int64_t attributes = 0;
	static const char *const types[] = {
		"", "DWord", "String", "Binary", "ExpandSZ", "MultiSZ"
	};

	snprintf(number, sizeof(number), "%u", id);
	const struct effective *e =
		key ? config_metabase_entry(key->entries, "id", text_of(number)) : NULL;
	if (!e)
		return METABASE_NOT_SET;
	for (size_t i = 1; i < ARRAY_LEN(types); i++) {
		if (text_equal_nocase(text_of(effective_text(e, "dataType")), text_of(types[i])))
			ret->type = (enum metabase_type)i;
	}
	ret->text = text_of(effective_text(e, "value"));
	if (ret->type == METABASE_DWORD && text_to_u64(ret->text, &value))
		ret->number = (uint32_t)value;
	text_to_u64(text_of(effective_text(e, "userType")), &value);
	ret->user_type = (uint32_t)value;
	const struct effective_value *written = effective_value(e, "attributes", &a);
	if (written && written->text)
		value_check(a, written->text, &attributes, why);
	ret->attributes = (uint32_t)attributes & (METABASE_INHERIT | METABASE_INSERT_PATH);
	ret->attributes |= config_metabase_secret_property(e) ? METABASE_SECURE : 0;
	if (ret->type == METABASE_MULTISZ || ret->type == METABASE_BINARY) {
		int result = decode(r->arena, ret);
		if (result < 0)
			return xml_fail(e->by, XML_BAD_DATA, r->err,
					"The value of metabase property %u is not of its type", id);
	}
	return 0;
}

/* ---- one key ---- */

static int read_here(struct reading *r, uint32_t id, bool inherited, struct metabase_data *ret)
{
	const struct metabase_state_row *state = config_metabase_state_row(id);
	bool found = false, here = false;

	*ret = (struct metabase_data){ .id = id };
	if (state)
		return config_metabase_read_state(r->config, &r->place, state, ret, r->err);
	for (size_t i = 0; i < config_metabase_row_count; i++) {
		if (config_metabase_rows[i].id != id)
			continue;
		int result = read_row(r, &config_metabase_rows[i], ret, &here);
		if (result < 0)
			return result;
		found |= result == 0;
	}
	if (!found) {
		int result = read_custom(r, id, ret);
		return result == METABASE_NOT_SET
			       ? config_metabase_read_structure(r->config, &r->place, id, r->arena,
								ret)
			       : result;
	}
	if (!here && !inherited)
		return METABASE_NOT_SET;
	ret->attributes |= here ? 0 : METABASE_ISINHERITED;
	return 0;
}

static int begin(struct reading *r, struct config *config, const char *key, struct arena *arena,
		 struct error *err)
{
	*r = (struct reading){ .config = config, .arena = arena, .err = err };
	int result = config_metabase_find(config, key, arena, &r->place, err);
	return result == 0 ? config_metabase_tree(config, &r->place, &r->tree, err) : result;
}

static int get_here(struct config *config, const char *key, uint32_t id, bool inherited,
		    struct arena *arena, struct metabase_data *ret, struct error *err)
{
	struct metabase_data data;
	struct reading r;

	int result = begin(&r, config, key, arena, err);
	if (result == 0)
		result = read_here(&r, id, inherited, &data);
	if (result == 0)
		*ret = data;
	config_tree_free(r.tree);
	return result;
}

/* "<%INSERT_PATH%>" becomes the key that has the datum. */
static int insert_path(struct arena *arena, const char *key, struct metabase_data *data)
{
	static const char mark[] = "<%INSERT_PATH%>";
	struct text rest = data->text;
	const char *at, *text = "";

	if (data->type != METABASE_STRING && data->type != METABASE_EXPANDSZ)
		return 0;
	while (text && (at = memmem(rest.data, rest.length, mark, strlen(mark)))) {
		size_t n = (size_t)(at - rest.data);
		text = arena_printf(arena, "%s%.*s/%s", text, (int)n, rest.data, key);
		rest = (struct text){ at + strlen(mark), rest.length - n - strlen(mark) };
	}
	text = text ? arena_printf(arena, "%s" TEXT_FMT, text, TEXT_ARG(rest)) : NULL;
	if (!text)
		return -ENOMEM;
	data->text = text_of(text);
	return 0;
}

int config_metabase_get(struct config *config, const char *key, uint32_t id, unsigned attributes,
			struct arena *arena, struct metabase_data *ret, struct error *err)
{
	struct metabase_place place;
	const char *at = NULL;
	struct metabase_data data = { 0 };
	bool first = true, partial = false;

	int r = config_metabase_resolve(config, key, arena, &place, err);
	if (r < 0)
		return r;
	partial = r == METABASE_NOT_SET;
	if (partial && !(attributes & METABASE_PARTIAL_PATH))
		return config_metabase_find(config, key, arena, &place, err);
	for (at = place.key; at; at = config_metabase_parent(at, arena), first = false) {
		r = get_here(config, at, id, attributes & METABASE_INHERIT, arena, &data, err);
		if (r == -ENOENT && partial && err)
			*err = (struct error){ 0 };
		bool inherits = first || data.attributes & METABASE_INHERIT;
		if (r < 0 ? r != -ENOENT || !partial : r == 0 && inherits)
			break;
		r = METABASE_NOT_SET;
		if (!(attributes & METABASE_INHERIT))
			break;
	}
	if (r != 0)
		return r;
	if (attributes & data.attributes & METABASE_INSERT_PATH)
		r = insert_path(arena, at, &data);
	if (r < 0)
		return error_set(err, r, "out of memory");
	data.attributes |= first ? 0 : METABASE_ISINHERITED;
	*ret = data;
	return 0;
}

/* ---- all of a key ---- */

struct all {
	struct config *config;
	const char *key;
	unsigned attributes;
	uint32_t user_type, type;
	struct arena *arena;
	void (*fn)(void *ctx, const struct metabase_data *data);
	void *ctx;
	struct error *err;
	uint32_t *seen; /* ids that were offered */
	size_t count, capacity;
};

static int offer(struct all *all, uint32_t id)
{
	struct metabase_data data;

	for (size_t i = 0; i < all->count; i++) {
		if (all->seen[i] == id)
			return 0;
	}
	if (all->count == all->capacity) {
		size_t capacity = all->capacity * 2 + 256;
		uint32_t *seen = arena_zalloc(all->arena, capacity, sizeof(*seen));
		if (!seen)
			return error_set(all->err, -ENOMEM, "out of memory");
		if (all->count)
			memcpy(seen, all->seen, all->count * sizeof(*seen));
		all->seen = seen;
		all->capacity = capacity;
	}
	all->seen[all->count++] = id;
	int r = config_metabase_get(all->config, all->key, id, all->attributes, all->arena, &data,
				    all->err);
	if (r == 0 && (!all->user_type || all->user_type == data.user_type) &&
	    (!all->type || all->type == data.type))
		all->fn(all->ctx, &data);
	return r < 0 ? r : 0;
}

static int offer_customs(struct all *all, const char *key)
{
	const struct effective *custom = config_metabase_custom(all->config, key);
	int r = 0;

	for (size_t i = 0; custom && i < custom->entries->count && r == 0; i++) {
		uint64_t id = 0;
		text_to_u64(text_of(effective_text(custom->entries->items[i], "id")), &id);
		r = offer(all, (uint32_t)id);
	}
	return r;
}

int config_metabase_all(struct config *config, const char *key, unsigned attributes,
			uint32_t user_type, uint32_t type, struct arena *arena,
			void (*fn)(void *ctx, const struct metabase_data *data), void *ctx,
			struct error *err)
{
	struct all all = {
		config, key, attributes, user_type, type, arena, fn, ctx, err, NULL, 0, 0
	};
	struct metabase_place place;

	int r = config_metabase_find(config, key, arena, &place, err);
	for (size_t i = 0; i < config_metabase_row_count && r == 0; i++)
		r = offer(&all, config_metabase_rows[i].id);
	for (size_t i = 0; i < ARRAY_LEN(customs) && r == 0; i++)
		r = offer(&all, customs[i].id);
	for (size_t i = 0; i < config_metabase_state_count && r == 0; i++)
		r = offer(&all, config_metabase_states[i].id);
	for (const char *at = r < 0 ? NULL : place.key; at && r == 0;
	     at = config_metabase_parent(at, arena)) {
		r = offer_customs(&all, at);
		if (!(attributes & METABASE_INHERIT))
			break;
	}
	return r;
}

int config_metabase_each(struct config *config, const char *key, struct arena *arena,
			 void (*fn)(void *ctx, const struct metabase_data *data), void *ctx,
			 struct error *err)
{
	return config_metabase_all(config, key, 0, 0, 0, arena, fn, ctx, err);
}

/* ---- where a datum is ---- */

struct paths {
	struct config *config;
	uint32_t id, type;
	void (*fn)(void *ctx, const char *key);
	void *ctx;
	struct error *err;
	const char *key;
	struct arena *arena;
	int result;
};

static void look_below(void *ctx, const char *name);

static int look_at(struct paths *p, const char *key)
{
	struct metabase_data data;
	const char *outer = p->key;

	int r = config_metabase_get(p->config, key, p->id, 0, p->arena, &data, p->err);
	if (r == 0 && (!p->type || p->type == data.type))
		p->fn(p->ctx, key);
	p->key = key;
	if (r >= 0)
		r = config_metabase_children(p->config, key, look_below, p, p->err);
	p->key = outer;
	return r;
}

static void look_below(void *ctx, const char *name)
{
	struct paths *p = ctx;
	const char *key = arena_printf(p->arena, "%s/%s", p->key, name);

	/* A part of the path of a location or a virtual directory may be no key itself. */
	int r = key ? look_at(p, key) : -ENOMEM;
	if (r == -ENOENT && p->err)
		*p->err = (struct error){ 0 };
	else if (r < 0 && p->result == 0)
		p->result = r;
}

int config_metabase_paths(struct config *config, const char *key, uint32_t id, uint32_t type,
			  void (*fn)(void *ctx, const char *key), void *ctx, struct error *err)
{
	struct metabase_place place;
	struct arena arena;

	arena_init(&arena, VIEW_ARENA_LIMIT);
	struct paths p = {
		config, id, type, fn, ctx, err, NULL, &arena, 0,
	};
	int r = config_metabase_find(config, key, &arena, &place, err);
	if (r == 0)
		r = look_at(&p, place.key);
	arena_done(&arena);
	return r < 0 ? r : p.result;
}
