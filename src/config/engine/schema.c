/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking things up in a schema, and checking what is written against it. Reading the files is
 * schema_load.c. Any process, any thread.
 */
#include "config/engine/schema.h"

#include "base/mem.h"
#include "config/engine/locks.h"
#include "config/engine/value.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- look-up ---- */

static int by_path(const void *key, const void *section)
{
	return strcmp(key, ((const struct schema_section *)section)->path);
}

size_t schema_find(const struct schema *schema, const char *path)
{
	const struct schema_section *found =
		bsearch(path, schema->sections, schema->count, sizeof(*schema->sections), by_path);
	return found ? (size_t)(found - schema->sections) : SIZE_MAX;
}

/* How far behind others of its short name a section stands. */
static int rank_of(const char *path)
{
	struct text t = text_of(path);
	int rank = 2;

	if (text_starts_with(t, TEXT("system.webServer/security/")))
		rank = 0;
	else if (text_starts_with(t, TEXT("system.webServer/")) &&
		 !text_starts_with(t, TEXT("system.webServer/management/")))
		rank = 1;
	return schema_find(&schema_builtin, path) == SIZE_MAX ? rank + 3 : rank;
}

static bool has_short_name(const char *path, struct text name)
{
	const char *slash = strrchr(path, '/');
	return path[0] != '.' && slash && text_equal_nocase(text_of(slash + 1), name);
}

/* The best section of a short name; the best ones, when there are several, are listed in `list`. */
static size_t find_best(const struct schema *schema, struct text name, size_t *ret_count,
			char list[ERROR_TEXT_MAX])
{
	size_t found = SIZE_MAX, length = 0;
	int best = INT_MAX;

	for (size_t i = 0; i < schema->count; i++) {
		const char *path = schema->sections[i].path;
		int rank = has_short_name(path, name) ? rank_of(path) : INT_MAX;
		if (rank == INT_MAX || rank > best)
			continue;
		if (rank < best) {
			best = rank;
			found = i;
			*ret_count = length = 0;
		}
		++*ret_count;
		if (length < ERROR_TEXT_MAX)
			length += (size_t)snprintf(list + length, ERROR_TEXT_MAX - length, "%s%s",
						   length ? ", " : "", path);
	}
	return found;
}

int schema_find_short(const struct schema *schema, const char *name, size_t *ret, struct error *err)
{
	char list[ERROR_TEXT_MAX] = "";
	size_t count = 0;

	for (size_t i = 0; i < schema->count; i++) {
		const char *path = schema->sections[i].path;
		if (path[0] == '.' || !text_equal_nocase(text_of(path), text_of(name)))
			continue;
		*ret = i;
		return 0;
	}
	*ret = find_best(schema, text_of(name), &count, list);
	if (!count)
		return error_set(err, -ENOENT, "there is no section '%s'", name);
	if (count > 1)
		return error_set(err, -EINVAL, "the section name '%s' may be any of: %s", name,
				 list);
	return 0;
}

bool schema_is_group(const struct schema *schema, const char *path)
{
	size_t length = strlen(path), low = 0, high = schema->count;

	/* The first section that is not before "path/". */
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strncmp(schema->sections[middle].path, path, length);
		if (order == 0)
			order = (unsigned char)schema->sections[middle].path[length] < '/' ? -1 : 1;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < schema->count && !strncmp(schema->sections[low].path, path, length) &&
	       schema->sections[low].path[length] == '/';
}

size_t schema_attribute_index(const struct schema_element *element, const char *name)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		if (!strcmp(element->attributes[i].name, name))
			return i;
	}
	return SIZE_MAX;
}

size_t schema_child_index(const struct schema_element *element, const char *name)
{
	for (size_t i = 0; i < element->child_count; i++) {
		if (!strcmp(element->children[i]->name, name))
			return i;
	}
	return SIZE_MAX;
}

enum schema_directive schema_directive(const struct schema_collection *c, const char *name)
{
	if (!c)
		return DIRECTIVE_NONE;
	for (size_t i = 0; c->adds[i]; i++) {
		if (!strcmp(name, c->adds[i]))
			return DIRECTIVE_ADD;
	}
	if (c->remove && !strcmp(name, c->remove))
		return DIRECTIVE_REMOVE;
	if (c->clear && !strcmp(name, c->clear))
		return DIRECTIVE_CLEAR;
	return DIRECTIVE_NONE;
}

/* ---- checking ---- */

static int unrecognized(const struct xml_element *element, const char *what, const char *name,
			struct error *err)
{
	return xml_fail(element, XML_BAD_DATA, err, "Unrecognized %s '%s'", what, name);
}

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

static int missing(const struct xml_element *element, const char *name, struct error *err)
{
	return xml_fail(element, XML_BAD_DATA, err, "Missing required attribute '%s'", name);
}

static int check_attributes(const struct xml_element *element, const struct schema_element *schema,
			    struct error *err)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		const struct xml_attribute *written = &element->attributes[i];
		size_t at = schema_attribute_index(schema, written->name);
		int r = 0;
		if (at != SIZE_MAX)
			r = check_value(element, &schema->attributes[at], written->value, err);
		else if (lock_attribute(written->name))
			r = locks_check_value(element, schema, written, err);
		else if (!schema->any_attribute)
			r = unrecognized(element, "attribute", written->name, err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < schema->attribute_count && !schema->optional; i++) {
		const struct schema_attribute *a = &schema->attributes[i];
		if ((a->flags & SCHEMA_REQUIRED) && !xml_get(element, a->name))
			return missing(element, a->name, err);
	}
	return 0;
}

/* A removal names the key and nothing else; `clear` has no attributes. */
static int check_directive(const struct xml_element *element, const struct schema_collection *c,
			   bool removal, struct error *err)
{
	const unsigned key = SCHEMA_UNIQUE | SCHEMA_COMBINED;
	bool named = false, wanted = false;

	for (size_t i = 0; i < element->attribute_count; i++) {
		const char *name = element->attributes[i].name;
		size_t at = schema_attribute_index(c->entry, name);
		unsigned flags = at == SIZE_MAX ? 0 : c->entry->attributes[at].flags;
		if (!(removal && (flags & key)) && !lock_attribute(name))
			return unrecognized(element, "attribute", name, err);
		int r = at == SIZE_MAX
				? locks_check_value(element, c->entry, &element->attributes[i], err)
				: check_value(element, &c->entry->attributes[at],
					      element->attributes[i].value, err);
		if (r < 0)
			return r;
		named |= (flags & SCHEMA_UNIQUE) != 0;
	}
	/* One unique key is enough; of a combined one all that have no default are needed. */
	for (size_t i = 0; removal && !named && i < c->entry->attribute_count; i++) {
		const struct schema_attribute *a = &c->entry->attributes[i];
		wanted = (a->flags & SCHEMA_UNIQUE) ||
			 ((a->flags & SCHEMA_COMBINED) && (a->flags & SCHEMA_REQUIRED));
		if (wanted && !xml_get(element, a->name))
			return missing(element, a->name, err);
	}
	return element->first ? unrecognized(element->first, "element", element->first->name, err)
			      : 0;
}

/* Recursion is as deep as the schema, which is less than ten. */
int schema_check(const struct xml_element *element, const struct schema_element *schema,
		 struct error *err)
{
	const struct schema_collection *collection = schema->collection;
	int r = check_attributes(element, schema, err);

	for (const struct xml_element *c = element->first; c && r == 0; c = c->next) {
		size_t child = schema_child_index(schema, c->name);
		enum schema_directive directive = schema_directive(collection, c->name);
		if (child != SIZE_MAX)
			r = schema_check(c, schema->children[child], err);
		else if (directive == DIRECTIVE_ADD)
			r = schema_check(c, collection->entry, err);
		else if (directive != DIRECTIVE_NONE)
			r = check_directive(c, collection, directive == DIRECTIVE_REMOVE, err);
		else if (!schema->any_element)
			r = unrecognized(c, "element", c->name, err);
	}
	return r;
}
