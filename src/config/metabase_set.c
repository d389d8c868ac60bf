/* SPDX-License-Identifier: Apache-2.0 */
/* Writing through the metabase view; see metabase.h. */
#include "config/metabase_internal.h"

#include "base/buf.h"
#include "config/engine/value.h"
#include "config/rename.h"

#include <errno.h>
#include <stdio.h>

#define CUSTOM "system.applicationHost/customMetadata"

/* A change of one datum. */
struct writing {
	struct config *config;
	struct edit *edit;
	struct metabase_place place;
	const struct metabase_data *data;
	struct arena arena;
	struct error *err;
};

static int wrong(const struct writing *w, const char *why)
{
	return error_set(w->err, -EINVAL, "metabase property %u: %s", w->data->id, why);
}

/* ---- values as the configuration writes them ---- */

static const char *names_of(const struct schema_attribute *a, uint32_t number, char out[512])
{
	const char *zero = "";
	size_t n = 0;

	out[0] = '\0';
	for (const struct schema_name *name = a->names; name->name; name++) {
		if (name->value == 0)
			zero = name->name;
		bool fits = a->type == SCHEMA_ENUM
				    ? name->value == number
				    : name->value && (name->value & number) == name->value;
		if (!fits || n + strlen(name->name) + 3 > 512)
			continue;
		n += (size_t)snprintf(out + n, 512 - n, "%s%s", n ? ", " : "", name->name);
	}
	return *out ? out : zero;
}

static const char *text_of_number(const struct metabase_row *row, const struct schema_attribute *a,
				  uint32_t number, char out[512])
{
	switch (a->type) {
	case SCHEMA_BOOL:
		return number ? "true" : "false";
	case SCHEMA_ENUM:
	case SCHEMA_FLAGS:
		return names_of(a, number, out);
	case SCHEMA_TIME:
		value_format_time((int64_t)number * (row->number ? row->number : 1), out);
		return out;
	default:
		snprintf(out, 512, "%u", number);
		return out;
	}
}

/* ---- places in the file ---- */

/* The element of a row, and its own path walked down. */
static int open_element(struct writing *w, const struct metabase_row *row,
			const struct effective *e, const char *path, bool last_is_attribute,
			const struct xml_element **ret, const char **ret_last)
{
	const char *colon = strchr(row->path, ':');
	struct text rest = text_of(path);
	int r = 0;

	if (row->kind == KIND_FILE) {
		char section[128];
		snprintf(section, sizeof(section), "%.*s", (int)(colon - row->path), row->path);
		r = edit_section(w->edit, text_of(w->place.file), section, ret, w->err);
	} else {
		*ret = edit_at(w->edit, e->by->start);
	}
	while (r == 0 && rest.length) {
		char name[64];
		struct text part = text_cut(&rest, '/');
		snprintf(name, sizeof(name), TEXT_FMT, TEXT_ARG(part));
		*ret_last = part.data;
		if (rest.data || !last_is_attribute)
			r = edit_child(w->edit, ret, name, w->err);
	}
	return r;
}

static int set_value(struct writing *w, const struct metabase_row *row, const struct effective *e,
		     const char *path)
{
	const struct schema_attribute *a = NULL;
	const struct xml_element *element = NULL;
	const char *last = path, *value;
	char out[512];
	uint32_t number = w->data->number;

	effective_value(e, path, &a);
	if (row->form == FORM_BITS)
		number =
			a->type == SCHEMA_BOOL ? (number & row->number) != 0 : number & row->number;
	if (row->form == FORM_TEXT)
		value = arena_strndup(&w->arena, w->data->text.data, w->data->text.length);
	else
		value = text_of_number(row, a, number, out);
	if (!value)
		return error_set(w->err, -ENOMEM, "out of memory");
	int r = open_element(w, row, e, path, true, &element, &last);
	if (r < 0)
		return r;
	if (row->kind == KIND_SITE && !strcmp(path, "name"))
		return config_rename_site(w->edit, &element, value, w->err);
	return edit_set(w->edit, &element, last, value, w->err);
}

/* ---- lists ---- */

/* Sets the attributes that a string has by the pattern. */
static int set_entry(struct writing *w, const struct metabase_row *row,
		     const struct xml_element *entry, struct text value)
{
	const char *pattern = row->pattern;
	int r = *row->filter ? edit_set(w->edit, &entry, "protocol", row->filter, w->err) : 0;

	while (*pattern && r == 0) {
		const char *end = strchr(pattern + 1, '%');
		char name[64];
		snprintf(name, sizeof(name), "%.*s", (int)(end - pattern - 1), pattern + 1);
		pattern = end + 1;
		/* What stands before the next attribute ends this one. */
		const char *next = strchr(pattern, '%');
		size_t separator = next ? (size_t)(next - pattern) : 0;
		const char *found =
			separator ? memmem(value.data, value.length, pattern, separator) : NULL;
		if (separator && !found)
			return wrong(w, "a string is not of the form it should have");
		struct text part = { value.data,
				     found ? (size_t)(found - value.data) : value.length };
		bool any =
			!strcmp(name, "bindingInformation") && part.length && part.data[0] == ':';
		char *copy = arena_printf(&w->arena, "%s" TEXT_FMT, any ? "*" : "", TEXT_ARG(part));
		r = copy ? edit_set(w->edit, &entry, name, copy, w->err)
			 : error_set(w->err, -ENOMEM, "out of memory");
		if (found)
			value = (struct text){ found + separator,
					       value.length - part.length - separator };
		pattern += separator;
	}
	return r;
}

/* Entries that the list replaces: those of its protocol. */
static int remove_entries(struct writing *w, const struct metabase_row *row,
			  const struct schema_collection *c, const struct xml_element **list)
{
	size_t start = (*list)->start;
	const struct xml_element *e = (*list)->first;

	while (e) {
		const char *protocol = xml_get(e, "protocol");
		bool entry = schema_directive(c, e->name) != DIRECTIVE_NONE;
		if (!entry || (*row->filter && protocol &&
			       !text_equal_nocase(text_of(protocol), text_of(row->filter)))) {
			e = e->next;
			continue;
		}
		int r = edit_remove(w->edit, &e, w->err);
		if (r < 0)
			return r;
		*list = edit_at(w->edit, start);
		e = (*list)->first;
	}
	return 0;
}

static int set_list(struct writing *w, const struct metabase_row *row, const struct effective *e,
		    const char *path)
{
	const struct schema_collection *c = effective_find(e, path)->schema->collection;
	const struct xml_element *list = NULL;
	const struct effective_entries *held = effective_find(e, path)->entries;
	struct text rest = w->data->text;
	bool coded = config_metabase_coded(row);
	size_t number = 0;
	const char *last;

	int r = open_element(w, row, e, path, false, &list, &last);
	if (r == 0)
		r = remove_entries(w, row, c, &list);
	size_t start = list ? list->start : 0;
	/* The list is whole: what is above does not count. */
	if (r == 0 && row->kind == KIND_FILE && c->clear)
		r = edit_add(w->edit, &list, c->clear, NULL, w->err);
	while (r == 0 && rest.length) {
		struct text one = text_trim(text_cut(&rest, *row->join ? *row->join : '\0'));
		if (!one.length)
			continue;
		const struct xml_element *entry = edit_at(w->edit, start);
		r = edit_add(w->edit, &entry, c->adds[0], NULL, w->err);
		if (r == 0)
			r = coded ? config_metabase_list_set(w->edit, entry, row, ++number, one,
							     &w->arena, w->err)
				  : set_entry(w, row, entry, one);
	}
	/* What the metabase has no string for stays. */
	for (size_t i = 0; coded && i < held->count && r == 0; i++) {
		const struct xml_element *entry = edit_at(w->edit, start);
		if (config_metabase_list_has(row, held->items[i]))
			continue;
		r = edit_add(w->edit, &entry, c->adds[0], NULL, w->err);
		if (r == 0)
			r = config_metabase_list_keep(w->edit, entry, held->items[i], w->err);
	}
	return r;
}

/* ---- what has no place ---- */

static const struct xml_element *find_key(const struct writing *w,
					  const struct xml_element *section)
{
	for (const struct xml_element *e = section->first; e; e = e->next) {
		struct text path = config_metabase_trim(text_of(xml_get(e, "path")));
		if (text_equal_nocase(path, text_of(w->place.key)))
			return e;
	}
	return NULL;
}

/* The <key> of the place in customMetadata, made when it is not there. */
int config_metabase_custom_key(struct edit *edit, const struct metabase_place *place,
			       const struct xml_element **ret, struct error *err)
{
	struct writing w = { .place = *place };
	int r = edit_section(edit, TEXT(""), CUSTOM, ret, err);
	const struct xml_element *found = r < 0 ? NULL : find_key(&w, *ret);

	if (r < 0 || found) {
		*ret = found ? found : *ret;
		return r;
	}
	r = edit_add(edit, ret, "key", NULL, err);
	return r < 0 ? r : edit_set(edit, ret, "path", place->key, err);
}

/* A value as customMetadata has it: a list as lines, binary data as hexadecimal digits. NULL: no
 * memory, or a list with a line end in it. */
static const char *encode(struct writing *w, char number[16])
{
	const struct metabase_data *data = w->data;
	struct text text = data->text;
	char *out;

	snprintf(number, 16, "%u", data->number);
	if (data->type == METABASE_DWORD)
		return number;
	if (data->type == METABASE_BINARY) {
		out = arena_zalloc(&w->arena, text.length * 2 + 1, 1);
		for (size_t i = 0; out && i < text.length; i++)
			snprintf(out + 2 * i, 3, "%02x", (unsigned char)text.data[i]);
		return out;
	}
	if (data->type == METABASE_MULTISZ) {
		text.length -= text.length > 0;
		out = memchr(text.data, '\n', text.length)
			      ? NULL
			      : arena_strndup(&w->arena, text.data, text.length);
		for (size_t i = 0; out && i < text.length; i++)
			out[i] = out[i] ? out[i] : '\n';
		return out;
	}
	return arena_strndup(&w->arena, text.data, text.length);
}

/* "Inherit, Secure" */
static const char *attribute_names(uint32_t attributes, char out[64])
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = { { METABASE_INHERIT, "Inherit" },
		      { METABASE_SECURE, "Secure" },
		      { METABASE_INSERT_PATH, "InsertPath" } };
	size_t n = 0;

	snprintf(out, 64, "None");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (attributes & names[i].bit)
			n += (size_t)snprintf(out + n, 64 - n, "%s%s", n ? ", " : "",
					      names[i].name);
	}
	return out;
}

static int set_custom(struct writing *w)
{
	static const char *const types[] = {
		"", "DWord", "String", "Binary", "ExpandSZ", "MultiSZ"
	};
	const struct xml_element *e = NULL, *found;
	const struct metabase_data *data = w->data;
	char id[16], number[16], user_type[16], names[64];

	snprintf(id, sizeof(id), "%u", data->id);
	snprintf(user_type, sizeof(user_type), "%u",
		 data->user_type ? data->user_type : config_metabase_user_type(data->id));
	if (data->type < METABASE_DWORD || data->type > METABASE_MULTISZ)
		return wrong(w, "there is no such type of data");
	const char *value = encode(w, number);
	if (!value)
		return wrong(w, "the value cannot be kept");
	int r = config_metabase_custom_key(w->edit, &w->place, &e, w->err);
	if (r < 0)
		return r;
	found = e->first;
	while (found && !text_equal(text_of(xml_get(found, "id")), text_of(id)))
		found = found->next;
	/* A secret stays one. */
	bool secret = data->attributes & METABASE_SECURE || config_metabase_secret(data->id) ||
		      (found && xml_get(found, "attributes") &&
		       strstr(xml_get(found, "attributes"), "Secure"));
	bool fresh = !found || !xml_get(found, "attributes");
	if (found)
		e = found;
	else
		r = edit_add(w->edit, &e, "property", NULL, w->err);
	if (r == 0)
		r = edit_set(w->edit, &e, "id", id, w->err);
	if (r == 0)
		r = edit_set(w->edit, &e, "dataType", types[data->type], w->err);
	if (r == 0)
		r = edit_set(w->edit, &e, "userType", user_type, w->err);
	uint32_t attributes =
		data->attributes ? data->attributes : config_metabase_attributes(data->id);
	if (r == 0 && (fresh || data->attributes || secret))
		r = edit_set(w->edit, &e, "attributes",
			     attribute_names(attributes | (secret ? METABASE_SECURE : 0), names),
			     w->err);
	return r == 0 ? edit_set(w->edit, &e, "value", value, w->err) : r;
}

/* ---- one datum ---- */

/* METABASE_NOT_SET: it has no place at this key. */
static int set_rows(struct writing *w, const struct level *level)
{
	int result = METABASE_NOT_SET;

	for (size_t i = 0; i < config_metabase_row_count && result >= 0; i++) {
		const struct metabase_row *row = &config_metabase_rows[i];
		const char *path;
		const struct effective *e =
			row->id == w->data->id
				? config_metabase_element(row, &w->place, level, &path)
				: NULL;
		if (!e)
			continue;
		if (w->data->type != config_metabase_type(row->id))
			return wrong(w, "it is of another type");
		result = row->form == FORM_LIST ? set_list(w, row, e, path)
						: set_value(w, row, e, path);
	}
	return result;
}

static int begin(struct writing *w, struct config *config, struct edit *edit, const char *key,
		 struct config_tree **ret_tree, struct error *err)
{
	*w = (struct writing){ .config = config, .edit = edit, .err = err };
	arena_init(&w->arena, VIEW_ARENA_LIMIT);
	int r = config_metabase_find(config, key, &w->arena, &w->place, err);
	return r == 0 ? config_metabase_tree(config, &w->place, ret_tree, err) : r;
}

int config_metabase_write(struct config *config, struct edit *edit, const char *key,
			  const struct metabase_data *data, struct error *err)
{
	struct config_tree *tree = NULL;
	struct writing w;

	int r = begin(&w, config, edit, key, &tree, err);
	w.data = data;
	if (r == 0)
		r = config_metabase_set_structure(config, edit, &w.place, data, err);
	if (r == METABASE_NOT_SET)
		r = set_rows(&w, tree ? config_tree_level(tree) : NULL);
	if (r == METABASE_NOT_SET && !config_metabase_may_be_custom(data->id))
		r = error_set(err, -EINVAL, "the metabase property %s has no place at %s",
			      config_metabase_name(data->id), w.place.key);
	if (r == METABASE_NOT_SET)
		r = set_custom(&w);
	config_tree_free(tree);
	arena_done(&w.arena);
	return r;
}

/* ---- taking away ---- */

static bool in_file(const struct writing *w, const struct xml_element *e)
{
	return e && e->document == w->config->document;
}

/* Whether the file says it at the place itself. */
static bool is_here(const struct writing *w, const struct metabase_row *row,
		    const struct xml_element *by)
{
	const struct xml_element *e = by;

	if (!in_file(w, by) || row->kind != KIND_FILE)
		return in_file(w, by);
	while (e && strcmp(e->name, "location") != 0)
		e = e->parent;
	return text_equal_nocase(e ? section_location(e).path : TEXT(""), text_of(w->place.file));
}

static int unset_row(struct writing *w, const struct metabase_row *row, const struct effective *e,
		     const char *path)
{
	const struct xml_element *element;

	if (row->form == FORM_LIST) {
		e = effective_find(e, path);
		if (!is_here(w, row, e->by))
			return METABASE_NOT_SET;
		element = edit_at(w->edit, e->by->start);
		return remove_entries(w, row, e->schema->collection, &element);
	}
	const struct effective_value *value = effective_value(e, path, NULL);
	const char *slash = strrchr(path, '/');
	if (!is_here(w, row, value->by))
		return METABASE_NOT_SET;
	element = edit_at(w->edit, value->by->start);
	return edit_unset(w->edit, &element, slash ? slash + 1 : path, w->err);
}

/* A number of bits has several rows: all go, the last one in the file first. */
static int unset_rows(struct writing *w, uint32_t id, const struct level *level)
{
	int result = METABASE_NOT_SET;

	for (size_t i = 0; i < config_metabase_row_count; i++) {
		const struct metabase_row *row = &config_metabase_rows[i];
		const char *path;
		const struct effective *e =
			row->id == id ? config_metabase_element(row, &w->place, level, &path)
				      : NULL;
		int r = e ? unset_row(w, row, e, path) : METABASE_NOT_SET;
		if (r <= 0)
			return r; /* places of the others may have moved: the caller asks again */
	}
	return result;
}

static int unset_custom(struct writing *w, uint32_t id)
{
	const struct effective *key = config_metabase_custom(w->config, w->place.key);
	char number[16];

	snprintf(number, sizeof(number), "%u", id);
	const struct effective *e =
		key ? config_metabase_entry(key->entries, "id", text_of(number)) : NULL;
	if (!e || !in_file(w, e->by))
		return METABASE_NOT_SET;
	const struct xml_element *element = edit_at(w->edit, e->by->start);
	return edit_remove(w->edit, &element, w->err);
}

int config_metabase_unset(struct config *config, struct edit *edit, const char *key, uint32_t id,
			  struct error *err)
{
	struct config_tree *tree = NULL;
	struct writing w;

	int r = begin(&w, config, edit, key, &tree, err);
	if (r == 0)
		r = unset_rows(&w, id, tree ? config_tree_level(tree) : NULL);
	if (r == METABASE_NOT_SET)
		r = unset_custom(&w, id);
	if (r == METABASE_NOT_SET)
		r = config_metabase_delete_structure(config, edit, &w.place, id, err);
	config_tree_free(tree);
	arena_done(&w.arena);
	return r;
}
