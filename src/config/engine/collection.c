/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merging collections: <clear/>, <remove> and entries in their order, keys, and the defaults that
 * entries start from ([MC-IISA] 3.1.1.3.6). Called by effective.c.
 */
#include "config/engine/effective.h"

#include "base/mem.h"
#include "config/engine/locks.h"

#include <errno.h>
#include <stdio.h>

static int no_memory(const struct effective_context *ctx)
{
	return error_set(ctx->err, -ENOMEM, "out of memory");
}

/* ---- keys ---- */

#define KEY (SCHEMA_UNIQUE | SCHEMA_COMBINED)

static bool same_value(const struct schema_attribute *a, const char *x, const char *y)
{
	struct text left = text_of(x ? x : ""), right = text_of(y ? y : "");
	return (a->flags & SCHEMA_CASE) ? text_equal(left, right) : text_equal_nocase(left, right);
}

/* Never 0, which stands for no key. */
static uint32_t fold(uint64_t hash)
{
	return (uint32_t)(hash ^ hash >> 32) | 1;
}

/* Equal keys have equal hashes. */
static struct effective_hash key_hash(const struct effective *e)
{
	struct effective_hash ret = { 0 };
	uint64_t combined = 0;
	unsigned unique = 0;

	for (size_t i = 0; i < e->schema->attribute_count; i++) {
		const struct schema_attribute *a = &e->schema->attributes[i];
		if (!(a->flags & KEY))
			continue;
		uint64_t hash =
			text_hash_nocase(text_of(e->values[i].text ? e->values[i].text : ""));
		if (a->flags & SCHEMA_COMBINED)
			combined = combined * 31 + hash;
		else if (unique++ == 0)
			ret.first = fold(hash);
		else
			ret.second = fold(hash);
	}
	if (!unique)
		ret.first = fold(combined);
	return ret;
}

/* The first attribute of a unique key that two entries share, or of the combined key when they
 * share all of it; SIZE_MAX: none. */
static size_t shared_key(const struct effective *x, const struct effective *y)
{
	size_t combined = SIZE_MAX;
	bool same = true;

	for (size_t i = 0; i < x->schema->attribute_count; i++) {
		const struct schema_attribute *a = &x->schema->attributes[i];
		if (!(a->flags & KEY))
			continue;
		bool equal = same_value(a, x->values[i].text, y->values[i].text);
		if ((a->flags & SCHEMA_UNIQUE) && equal)
			return i;
		if (a->flags & SCHEMA_COMBINED) {
			combined = combined == SIZE_MAX ? i : combined;
			same = same && equal;
		}
	}
	return same ? combined : SIZE_MAX;
}

/* Whether the hashes say nothing of some key: a third one, or a combined one beside a unique one.
 */
static bool has_more_keys(const struct schema_element *entry)
{
	unsigned unique = 0, combined = 0;
	for (size_t i = 0; i < entry->attribute_count; i++) {
		unique += (entry->attributes[i].flags & SCHEMA_UNIQUE) != 0;
		combined += (entry->attributes[i].flags & SCHEMA_COMBINED) != 0;
	}
	return unique > 2 || (unique && combined);
}

static int duplicate(const struct effective *e, size_t key, struct error *err)
{
	char names[160] = "", values[240] = "";
	const struct schema_element *schema = e->schema;
	int n = 0, v = 0;

	if (schema->attributes[key].flags & SCHEMA_UNIQUE)
		return xml_fail(
			e->by, XML_DUPLICATE, err,
			"Cannot add duplicate collection entry of type '%s' with unique key "
			"attribute '%s' set to '%s'",
			e->by->name, schema->attributes[key].name,
			e->values[key].text ? e->values[key].text : "");
	for (size_t i = 0; i < schema->attribute_count; i++) {
		if (!(schema->attributes[i].flags & SCHEMA_COMBINED))
			continue;
		if (n >= 0 && (size_t)n < sizeof(names))
			n += snprintf(names + n, sizeof(names) - (size_t)n, "%s%s", n ? ", " : "",
				      schema->attributes[i].name);
		if (v >= 0 && (size_t)v < sizeof(values))
			v += snprintf(values + v, sizeof(values) - (size_t)v, "%s%s", v ? ", " : "",
				      e->values[i].text ? e->values[i].text : "");
	}
	return xml_fail(e->by, XML_DUPLICATE, err,
			"Cannot add duplicate collection entry of type '%s' with combined key "
			"attributes '%s' respectively set to '%s'",
			e->by->name, names, values);
}

/* ---- the defaults entries start from ---- */

/* `e` with what `over`, of the same attributes and children, has written. NULL: no memory. */
static const struct effective *overlay(struct arena *arena, const struct effective *e,
				       const struct effective *over)
{
	struct effective *sum;
	size_t attributes = e->schema->attribute_count, children = e->schema->child_count;

	if (!over->by)
		return e;
	sum = arena_dup(arena, e, sizeof(*sum));
	struct effective_value *values = arena_dup(arena, e->values, attributes * sizeof(*values));
	const struct effective **list =
		arena_dup(arena, e->children, children * sizeof(struct effective *));
	if (!sum || !values || !list)
		return NULL;
	for (size_t i = 0; i < attributes; i++) {
		if (over->values[i].by)
			values[i] = over->values[i];
	}
	for (size_t i = 0; i < children; i++) {
		list[i] = overlay(arena, list[i], over->children[i]);
		if (!list[i])
			return NULL;
	}
	sum->values = values;
	sum->children = list;
	if (over->entries->count)
		sum->entries = over->entries;
	return sum;
}

/* The outermost defaults element first: the nearer one wins. Recursion is as deep as the schema. */
static const struct effective *apply_defaults(struct arena *arena, const char *name,
					      const struct effective *e,
					      const struct effective_outer *outer)
{
	if (!outer)
		return e;
	e = apply_defaults(arena, name, e, outer->outer);
	size_t at = schema_child_index(outer->element->schema, name);
	return e && at != SIZE_MAX ? overlay(arena, e, outer->element->children[at]) : e;
}

/* ---- entries ---- */

struct merge {
	const struct effective_context *ctx;
	const struct schema_collection *collection;
	const struct effective_outer *outer;
	const struct effective *start; /* what an entry is before anything is written of it */
	struct effective_entries entries;
	bool owned; /* the arrays are ours to change */
	size_t at;  /* where the next entry goes */
};

static int make_room(struct merge *m)
{
	struct effective_entries *entries = &m->entries, own = *entries;

	if (m->owned && entries->count < entries->capacity)
		return 0;
	own.capacity = entries->count + entries->count / 2 + 8;
	own.items = arena_zalloc(m->ctx->arena, own.capacity, sizeof(*own.items));
	own.hashes = arena_zalloc(m->ctx->arena, own.capacity, sizeof(*own.hashes));
	if (!own.items || !own.hashes)
		return no_memory(m->ctx);
	for (size_t i = 0; i < entries->count; i++) {
		own.items[i] = entries->items[i];
		own.hashes[i] = entries->hashes ? entries->hashes[i] : key_hash(own.items[i]);
	}
	*entries = own;
	m->owned = true;
	return 0;
}

static void shift(struct effective_entries *entries, size_t to, size_t from)
{
	memmove(&entries->items[to], &entries->items[from],
		(entries->count - from) * sizeof(*entries->items));
	memmove(&entries->hashes[to], &entries->hashes[from],
		(entries->count - from) * sizeof(*entries->hashes));
}

static int check_duplicate(const struct merge *m, const struct effective *e,
			   struct effective_hash hash)
{
	bool all = has_more_keys(e->schema);
	for (size_t i = 0; i < m->entries.count; i++) {
		const struct effective_hash *have = &m->entries.hashes[i];
		if (!all && have->first != hash.first &&
		    (!hash.second || have->second != hash.second))
			continue;
		size_t key = shared_key(m->entries.items[i], e);
		if (key != SIZE_MAX)
			return duplicate(e, key, m->ctx->err);
	}
	return 0;
}

static int insert(struct merge *m, const struct xml_element *written)
{
	struct effective_entries *entries = &m->entries;
	const struct effective *e = NULL;

	if (!m->start)
		m->start = m->collection->defaults
				   ? apply_defaults(m->ctx->arena, m->collection->defaults,
						    m->collection->entry->blank, m->outer)
				   : m->collection->entry->blank;
	if (!m->start)
		return no_memory(m->ctx);
	struct effective_context inside = *m->ctx;
	inside.fresh = true;
	int r = effective_merge_inside(&inside, m->start, written, m->outer, &e);
	if (r < 0)
		return r;
	struct effective_hash hash = key_hash(e);
	r = make_room(m);
	if (r == 0 && !m->collection->duplicates)
		r = check_duplicate(m, e, hash);
	if (r == 0 && entries->count >= EFFECTIVE_ENTRIES_MAX)
		r = xml_fail(written, XML_BAD_DATA, m->ctx->err,
			     "The collection has more than %d entries", EFFECTIVE_ENTRIES_MAX);
	if (r < 0)
		return r;
	shift(entries, m->at + 1, m->at);
	entries->items[m->at] = e;
	entries->hashes[m->at] = hash;
	entries->count++;
	m->at++;
	return 0;
}

/* By what a removal says of the keys; what it does not say is the default of the schema. */
static bool is_meant(const struct effective *e, const struct xml_element *removal)
{
	bool named = false;
	for (size_t i = 0; i < e->schema->attribute_count; i++) {
		const struct schema_attribute *a = &e->schema->attributes[i];
		const char *written = xml_get(removal, a->name);
		if (!(a->flags & KEY) || ((a->flags & SCHEMA_UNIQUE) && !written))
			continue;
		if (!same_value(a, e->values[i].text, written ? written : a->value))
			return false;
		named = true;
	}
	return named;
}

static bool is_elsewhere(const struct xml_element *by, const struct xml_element *e)
{
	return by && by->document->owner != e->document->owner;
}

static int remove_entry(struct merge *m, const struct xml_element *written)
{
	struct effective_entries *entries = &m->entries;
	size_t i = 0;

	while (i < entries->count && !is_meant(entries->items[i], written))
		i++;
	/* As IIS has it: a web.config may remove what another server has and this one not
	 * (<remove name="WebDAVModule" />). */
	if (i == entries->count)
		return 0;
	const struct xml_element *lock = lock_of_item(entries->items[i]->locks);
	if (m->ctx->locks && is_elsewhere(lock, written))
		return lock_fail(written, lock, m->ctx->err);
	int r = make_room(m);
	if (r < 0)
		return r;
	shift(entries, i, i + 1);
	entries->count--;
	if (i < m->at)
		m->at--;
	return 0;
}

/* Entries that another file locked keep a collection from being cleared. */
static int clear(struct merge *m, const struct xml_element *written)
{
	for (size_t i = 0; i < m->entries.count && m->ctx->locks; i++) {
		const struct xml_element *lock = lock_of_item(m->entries.items[i]->locks);
		if (is_elsewhere(lock, written))
			return lock_fail(written, lock, m->ctx->err);
	}
	m->entries = (struct effective_entries){ 0 };
	m->at = 0;
	return 0;
}

/* See `replaced` of struct effective_context. */
static bool begins_anew(const struct merge *m, const struct xml_element *written)
{
	if (!m->ctx->replaced || !m->entries.count ||
	    m->entries.items[0]->by->document != m->ctx->replaced)
		return false;
	for (const struct xml_element *c = written->first; c; c = c->next) {
		enum schema_directive directive = schema_directive(m->collection, c->name);
		if (directive != DIRECTIVE_NONE)
			return directive == DIRECTIVE_ADD;
	}
	return false;
}

int effective_merge_entries(const struct effective_context *ctx, struct effective *element,
			    const struct xml_element *written, const struct effective_outer *outer)
{
	struct merge m = { .ctx = ctx,
			   .collection = element->schema->collection,
			   .outer = outer,
			   .entries = *element->entries };
	bool changed = false;
	int r = 0;

	if (ctx->fresh || begins_anew(&m, written))
		m.entries = (struct effective_entries){ 0 };
	m.at = m.collection->prepend ? 0 : m.entries.count;
	for (const struct xml_element *c = written->first; c && r == 0; c = c->next) {
		enum schema_directive directive = schema_directive(m.collection, c->name);
		changed |= directive != DIRECTIVE_NONE;
		if (directive == DIRECTIVE_ADD)
			r = insert(&m, c);
		else if (directive == DIRECTIVE_REMOVE)
			r = remove_entry(&m, c);
		else if (directive == DIRECTIVE_CLEAR)
			r = clear(&m, c);
	}
	if (r < 0 || !changed)
		return r;
	struct effective_entries *copy = arena_dup(ctx->arena, &m.entries, sizeof(m.entries));
	if (!copy)
		return no_memory(ctx);
	element->entries = copy;
	return 0;
}
