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

static const struct {
	uint32_t id;
	const char *name;
} customs[] = {
#define X(id, name) { id, name },
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

static const char *custom_name(uint32_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(customs); i++) {
		if (customs[i].id == id)
			return customs[i].name;
	}
	return NULL;
}

const char *config_metabase_name(uint32_t id)
{
	const struct metabase_row *row = row_of(id);
	return row ? row->name : custom_name(id);
}

bool config_metabase_may_be_custom(uint32_t id)
{
	return !row_of(id) || custom_name(id);
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
	return row ? type_of(row) : METABASE_DWORD;
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
		if (!first && *row->join)
			buf_puts(&out, row->join);
		first = false;
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
	if (row->kind == KIND_FILE)
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

/* From customMetadata, of this key alone. */
static int read_custom(struct reading *r, uint32_t id, struct metabase_data *ret)
{
	const struct effective *key = config_metabase_custom(r->config, r->place.key);
	char number[16];
	uint64_t value = 0;
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
	ret->attributes = config_metabase_secret_property(e) ? METABASE_SECURE : 0;
	return 0;
}

static int read_data(struct reading *r, uint32_t id, bool inherited, struct metabase_data *ret)
{
	bool found = false, here = false;

	*ret = (struct metabase_data){ .id = id };
	for (size_t i = 0; i < config_metabase_row_count; i++) {
		if (config_metabase_rows[i].id != id)
			continue;
		int result = read_row(r, &config_metabase_rows[i], ret, &here);
		if (result < 0)
			return result;
		found |= result == 0;
	}
	if (!found)
		return read_custom(r, id, ret);
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
	return result == 0 && r->place.file
		       ? config_tree_server(config, text_of(r->place.file), &r->tree, err)
		       : result;
}

int config_metabase_get(struct config *config, const char *key, uint32_t id, bool inherited,
			struct arena *arena, struct metabase_data *ret, struct error *err)
{
	struct metabase_data data;
	struct reading r;

	int result = begin(&r, config, key, arena, err);
	if (result == 0)
		result = read_data(&r, id, inherited, &data);
	if (result == 0)
		*ret = data;
	config_tree_free(r.tree);
	return result;
}

int config_metabase_each(struct config *config, const char *key, struct arena *arena,
			 void (*fn)(void *ctx, const struct metabase_data *data), void *ctx,
			 struct error *err)
{
	struct metabase_data data;
	struct reading r;
	uint32_t last = 0;

	int result = begin(&r, config, key, arena, err);
	for (size_t i = 0; i < config_metabase_row_count && result >= 0; i++) {
		if (config_metabase_rows[i].id == last)
			continue;
		last = config_metabase_rows[i].id;
		result = read_data(&r, last, false, &data);
		if (result == 0)
			fn(ctx, &data);
	}
	const struct effective *custom =
		result < 0 ? NULL : config_metabase_custom(config, r.place.key);
	for (size_t i = 0; custom && i < custom->entries->count; i++) {
		uint64_t id = 0;
		text_to_u64(text_of(effective_text(custom->entries->items[i], "id")), &id);
		if (read_custom(&r, (uint32_t)id, &data) == 0) {
			data.id = (uint32_t)id;
			fn(ctx, &data);
		}
	}
	config_tree_free(r.tree);
	return result < 0 ? result : 0;
}
