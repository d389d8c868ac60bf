/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking elements along their schema: checking, storing, merging collections. Knows no section;
 * called by sections.c, pools.c, sites.c and url.c, on any thread.
 */
#include "config/schema.h"

#include "base/mem.h"
#include "config/locks.h"

#include <errno.h>
#include <stdio.h>

static const struct schema_attribute *find_attribute(const struct schema_element *schema,
						     const char *name)
{
	for (size_t i = 0; i < schema->attribute_count; i++) {
		if (!strcmp(schema->attributes[i].name, name))
			return &schema->attributes[i];
	}
	return NULL;
}

static const struct schema_element *find_child(const struct schema_element *schema,
					       const char *name)
{
	for (size_t i = 0; i < schema->child_count; i++) {
		if (!strcmp(schema->children[i].name, name))
			return &schema->children[i];
	}
	return NULL;
}

/* ---- checking ---- */

static int check_value(const struct xml_element *element, const struct schema_attribute *a,
		       const char *value, struct error *err)
{
	char why[ERROR_TEXT_MAX];
	int64_t number;
	const char *wrong = value_check(a, value, &number, why);
	if (!wrong)
		return 0;
	return xml_fail(element, XML_BAD_DATA, err, "The '%s' attribute is invalid.  %s", a->name,
			wrong);
}

/* A lock of an attribute that there is none of is a mistake that would lock nothing. */
static int check_lock_names(const struct xml_element *element, const struct schema_element *schema,
			    const struct xml_attribute *written, struct error *err)
{
	struct text rest = text_of(written->value);

	if (strcmp(written->name, "lockAttributes") != 0)
		return 0;
	while (rest.data) {
		char name[128];
		struct text one = text_trim(text_cut(&rest, ','));
		size_t length = one.length < sizeof(name) ? one.length : sizeof(name) - 1;
		memcpy(name, one.length ? one.data : "", length);
		name[length] = '\0';
		if (length && strcmp(name, "*") != 0 && !find_attribute(schema, name))
			return xml_fail(element, XML_BAD_DATA, err,
					"lockAttributes contains unknown attribute '%s'", name);
	}
	return 0;
}

static int check_attributes(const struct xml_element *element, const struct schema_element *schema,
			    struct error *err)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		const struct xml_attribute *written = &element->attributes[i];
		const struct schema_attribute *a = find_attribute(schema, written->name);
		if (!a && lock_attribute(written->name)) {
			int locks = check_lock_names(element, schema, written, err);
			if (locks < 0)
				return locks;
			continue;
		}
		if (!a)
			return xml_fail(element, XML_BAD_DATA, err, "Unrecognized attribute '%s'",
					written->name);
		int r = check_value(element, a, written->value, err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < schema->attribute_count && !schema->optional; i++) {
		const struct schema_attribute *a = &schema->attributes[i];
		if ((a->flags & SCHEMA_REQUIRED) && !xml_get(element, a->name))
			return xml_fail(element, XML_BAD_DATA, err,
					"Missing required attribute '%s'", a->name);
	}
	return 0;
}

static bool is_key(const struct schema_collection *c, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(c->keys) && c->keys[i]; i++) {
		if (!strcmp(c->keys[i], name))
			return true;
	}
	return false;
}

/* A removal names the key and nothing else; `clear` has no attributes. */
static int check_directive(const struct xml_element *element, const struct schema_collection *c,
			   bool removal, struct error *err)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		const char *name = element->attributes[i].name;
		if (!(removal && is_key(c, name)) && !lock_attribute(name))
			return xml_fail(element, XML_BAD_DATA, err, "Unrecognized attribute '%s'",
					name);
		const struct schema_attribute *a = find_attribute(c->entry, name);
		int r = a ? check_value(element, a, element->attributes[i].value, err) : 0;
		if (r < 0)
			return r;
	}
	for (size_t i = 0; removal && i < ARRAY_LEN(c->keys) && c->keys[i]; i++) {
		const struct schema_attribute *a = find_attribute(c->entry, c->keys[i]);
		if (!xml_get(element, c->keys[i]) && !a->value)
			return xml_fail(element, XML_BAD_DATA, err,
					"Missing required attribute '%s'", c->keys[i]);
	}
	if (element->first)
		return xml_fail(element->first, XML_BAD_DATA, err, "Unrecognized element '%s'",
				element->first->name);
	return 0;
}

enum directive { DIRECTIVE_NONE, DIRECTIVE_ADD, DIRECTIVE_REMOVE, DIRECTIVE_CLEAR };

static enum directive directive_of(const struct schema_collection *c, const char *name)
{
	if (!c)
		return DIRECTIVE_NONE;
	if (!strcmp(name, c->add))
		return DIRECTIVE_ADD;
	if (c->remove && !strcmp(name, c->remove))
		return DIRECTIVE_REMOVE;
	if (c->clear && !strcmp(name, c->clear))
		return DIRECTIVE_CLEAR;
	return DIRECTIVE_NONE;
}

/* Recursion is as deep as the schema, which is less than ten. */
int schema_check(const struct xml_element *element, const struct schema_element *schema,
		 struct error *err)
{
	int r = check_attributes(element, schema, err);

	for (const struct xml_element *c = element->first; c && r == 0; c = c->next) {
		const struct schema_element *child = find_child(schema, c->name);
		enum directive directive = directive_of(schema->collection, c->name);
		if (child)
			r = schema_check(c, child, err);
		else if (directive == DIRECTIVE_ADD)
			r = schema_check(c, schema->collection->entry, err);
		else if (directive != DIRECTIVE_NONE)
			r = check_directive(c, schema->collection, directive == DIRECTIVE_REMOVE,
					    err);
		else
			r = xml_fail(c, XML_BAD_DATA, err, "Unrecognized element '%s'", c->name);
	}
	return r;
}

/* ---- storing ---- */

static int store(const struct schema_attribute *a, const char *value, void *base,
		 struct schema_context *ctx)
{
	char why[ERROR_TEXT_MAX];
	char *place = base;
	int64_t number = 0;

	if (a->offset == SCHEMA_NOWHERE)
		return 0;
	place += a->offset;
	if (a->type == SCHEMA_STRING) {
		const char *text = a->flags & SCHEMA_EXPAND ? value_expand(value, ctx) : value;
		if (!text)
			return error_set(ctx->err, -ENOMEM, "out of memory");
		memcpy(place, &text, sizeof(text));
		return 0;
	}
	if (*value && value_check(a, value, &number, why))
		return error_set(ctx->err, -EINVAL, "The '%s' attribute is invalid.", a->name);
	if (a->size == sizeof(bool)) {
		*(bool *)place = number != 0;
	} else if (a->size == sizeof(uint32_t)) {
		uint32_t narrow = (uint32_t)number;
		memcpy(place, &narrow, sizeof(narrow));
	} else {
		memcpy(place, &number, sizeof(number));
	}
	return 0;
}

int schema_defaults(const struct schema_element *schema, void *base, struct schema_context *ctx)
{
	int r = 0;
	for (size_t i = 0; i < schema->attribute_count && r == 0; i++) {
		const struct schema_attribute *a = &schema->attributes[i];
		r = store(a, a->value ? a->value : "", base, ctx);
	}
	for (size_t i = 0; i < schema->child_count && r == 0; i++)
		r = schema_defaults(&schema->children[i], base, ctx);
	return r;
}

int schema_apply(const struct xml_element *element, const struct schema_element *schema, void *base,
		 struct schema_context *ctx)
{
	int r = 0;
	for (size_t i = 0; i < element->attribute_count && r == 0; i++) {
		const struct schema_attribute *a =
			find_attribute(schema, element->attributes[i].name);
		if (a)
			r = store(a, element->attributes[i].value, base, ctx);
	}
	for (const struct xml_element *c = element->first; c && r == 0; c = c->next) {
		const struct schema_element *child = find_child(schema, c->name);
		if (child)
			r = schema_apply(c, child, base, ctx);
	}
	return r;
}

const char *schema_text(const struct xml_element *element, const struct schema_element *schema,
			const char *name)
{
	const char *written = xml_get(element, name);
	const struct schema_attribute *a = find_attribute(schema, name);
	return written ? written : a && a->value ? a->value : "";
}

/* ---- collections ---- */

static bool same_entry(const struct schema_collection *c, const struct xml_element *a,
		       const struct xml_element *b)
{
	for (size_t i = 0; i < ARRAY_LEN(c->keys) && c->keys[i]; i++) {
		struct text x = text_of(schema_text(a, c->entry, c->keys[i]));
		struct text y = text_of(schema_text(b, c->entry, c->keys[i]));
		if (!(c->case_sensitive ? text_equal(x, y) : text_equal_nocase(x, y)))
			return false;
	}
	return true;
}

/* Keys that are equal have equal hashes; without a key it is 0. */
static uint32_t key_hash(const struct schema_collection *c, const struct xml_element *e)
{
	uint64_t hash = 0;
	for (size_t i = 0; i < ARRAY_LEN(c->keys) && c->keys[i]; i++)
		hash = hash * 31 + text_hash_nocase(text_of(schema_text(e, c->entry, c->keys[i])));
	return (uint32_t)(hash ^ hash >> 32);
}

/* The place of the entry with the key of `like`, or `count`. */
static size_t find_entry(const struct schema_entries *entries, const struct schema_collection *c,
			 const struct xml_element *like, uint32_t hash)
{
	size_t i = 0;
	while (i < entries->count &&
	       !(entries->hashes[i] == hash && same_entry(c, entries->items[i], like)))
		i++;
	return i;
}

static int describe_duplicate(const struct xml_element *e, const struct schema_collection *c,
			      struct error *err)
{
	const char *first = schema_text(e, c->entry, c->keys[0]);
	if (!c->keys[1])
		return xml_fail(
			e, XML_DUPLICATE, err,
			"Cannot add duplicate collection entry of type '%s' with unique key "
			"attribute '%s' set to '%s'",
			c->add, c->keys[0], first);
	return xml_fail(e, XML_DUPLICATE, err,
			"Cannot add duplicate collection entry of type '%s' with combined key "
			"attributes '%s, %s' respectively set to '%s, %s'",
			c->add, c->keys[0], c->keys[1], first,
			schema_text(e, c->entry, c->keys[1]));
}

static int entries_own(struct schema_entries *entries, struct schema_context *ctx)
{
	size_t capacity = entries->capacity;
	if (!entries->shared && entries->count < capacity)
		return 0;
	if (entries->count >= capacity || entries->shared)
		capacity = entries->count * 2 + 8;
	struct schema_entries own = { .count = entries->count, .capacity = capacity };
	own.items = arena_zalloc(ctx->arena, capacity, sizeof(*own.items));
	own.hashes = arena_zalloc(ctx->arena, capacity, sizeof(*own.hashes));
	if (!own.items || !own.hashes)
		return error_set(ctx->err, -ENOMEM, "out of memory");
	if (entries->count) {
		memcpy(own.items, entries->items, entries->count * sizeof(*own.items));
		memcpy(own.hashes, entries->hashes, entries->count * sizeof(*own.hashes));
	}
	*entries = own;
	return 0;
}

static int entries_insert(struct schema_entries *entries, size_t at, const struct xml_element *e,
			  const struct schema_collection *c, struct schema_context *ctx)
{
	uint32_t hash = key_hash(c, e);
	if (c->keys[0] && find_entry(entries, c, e, hash) < entries->count)
		return describe_duplicate(e, c, ctx->err);
	if (entries->count >= SCHEMA_ENTRIES_MAX)
		return xml_fail(e, XML_BAD_DATA, ctx->err,
				"The collection has more than %d entries", SCHEMA_ENTRIES_MAX);
	int r = entries_own(entries, ctx);
	if (r < 0)
		return r;
	memmove(&entries->items[at + 1], &entries->items[at],
		(entries->count - at) * sizeof(*entries->items));
	memmove(&entries->hashes[at + 1], &entries->hashes[at],
		(entries->count - at) * sizeof(*entries->hashes));
	entries->items[at] = e;
	entries->hashes[at] = hash;
	entries->count++;
	return 0;
}

static int entries_remove(struct schema_entries *entries, const struct xml_element *e,
			  const struct schema_collection *c, size_t *at, struct schema_context *ctx)
{
	size_t i = find_entry(entries, c, e, key_hash(c, e));
	/* As IIS has it: a web.config may remove what another server has and this one not
	 * (<remove name="WebDAVModule" />). */
	if (i == entries->count)
		return 0;
	if (lock_item(entries->items[i]) && entries->items[i]->parent != e->parent)
		return lock_fail(e, ctx->err);
	int r = entries_own(entries, ctx);
	if (r < 0)
		return r;
	memmove(&entries->items[i], &entries->items[i + 1],
		(entries->count - i - 1) * sizeof(*entries->items));
	memmove(&entries->hashes[i], &entries->hashes[i + 1],
		(entries->count - i - 1) * sizeof(*entries->hashes));
	entries->count--;
	if (i < *at)
		(*at)--;
	return 0;
}

/* Entries that another level locked keep a collection from being cleared. */
static int entries_clear(struct schema_entries *entries, const struct xml_element *e,
			 struct schema_context *ctx)
{
	for (size_t i = 0; i < entries->count; i++) {
		if (lock_item(entries->items[i]) && entries->items[i]->parent != e->parent)
			return lock_fail(e, ctx->err);
	}
	*entries = (struct schema_entries){ 0 };
	return 0;
}

int schema_merge(const struct xml_element *parent, const struct schema_collection *c,
		 struct schema_entries *entries, struct schema_context *ctx)
{
	size_t at = c->prepend ? 0 : entries->count; /* where the next entry goes */
	int r = 0;

	for (const struct xml_element *e = parent->first; e && r == 0; e = e->next) {
		switch (directive_of(c, e->name)) {
		case DIRECTIVE_NONE:
			break;
		case DIRECTIVE_ADD:
			r = entries_insert(entries, at, e, c, ctx);
			at++;
			break;
		case DIRECTIVE_REMOVE:
			r = entries_remove(entries, e, c, &at, ctx);
			break;
		case DIRECTIVE_CLEAR:
			r = entries_clear(entries, e, ctx);
			at = 0;
			break;
		}
	}
	return r;
}
