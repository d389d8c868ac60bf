/* SPDX-License-Identifier: Apache-2.0 */
/* Locks inside a section; see locks.h. Called by schema.c, effective.c and collection.c. */
#include "config/engine/locks.h"

#include "base/mem.h"

#include <errno.h>

static const struct {
	const char *name;
	enum {
		ATTRIBUTES,
		ELEMENTS,
		ITEM
	} what; /* of what names it is a list; "true" or "false" */
} lock_attributes[] = {
	{ "lockAttributes", ATTRIBUTES },
	{ "lockAllAttributesExcept", ATTRIBUTES },
	{ "lockElements", ELEMENTS },
	{ "lockAllElementsExcept", ELEMENTS },
	{ "lockItem", ITEM },
};

static size_t find_lock(const char *name)
{
	size_t i = 0;
	while (i < ARRAY_LEN(lock_attributes) && strcmp(lock_attributes[i].name, name) != 0)
		i++;
	return i;
}

bool lock_attribute(const char *name)
{
	return find_lock(name) < ARRAY_LEN(lock_attributes);
}

/* Whether an element of this schema can have what is named. */
static bool is_known(const struct schema_element *schema, bool attributes, const char *name)
{
	if (!strcmp(name, "*"))
		return true;
	if (attributes)
		return schema->any_attribute || schema_attribute_index(schema, name) != SIZE_MAX;
	return schema->any_element || schema_child_index(schema, name) != SIZE_MAX ||
	       schema_directive(schema->collection, name) != DIRECTIVE_NONE;
}

static int check_list(const struct xml_element *element, const struct schema_element *schema,
		      const struct xml_attribute *written, bool attributes, struct error *err)
{
	struct text rest = text_of(written->value);

	while (rest.data) {
		char name[128];
		struct text one = text_trim(text_cut(&rest, ','));
		size_t length = one.length < sizeof(name) ? one.length : sizeof(name) - 1;
		memcpy(name, one.length ? one.data : "", length);
		name[length] = '\0';
		if (length && !is_known(schema, attributes, name))
			return xml_fail(element, XML_BAD_DATA, err, "%s contains unknown %s '%s'",
					written->name, attributes ? "attribute" : "element", name);
	}
	return 0;
}

int locks_check_value(const struct xml_element *element, const struct schema_element *schema,
		      const struct xml_attribute *written, struct error *err)
{
	int what = lock_attributes[find_lock(written->name)].what;

	if (what != ITEM)
		return check_list(element, schema, written, what == ATTRIBUTES, err);
	if (strcmp(written->value, "true") != 0 && strcmp(written->value, "false") != 0)
		return xml_fail(element, XML_BAD_DATA, err,
				"The 'lockItem' attribute is invalid.  Boolean must be one of "
				"true, false");
	return 0;
}

int lock_fail(const struct xml_element *written, const struct xml_element *by, struct error *err)
{
	return xml_fail(written, XML_LOCKED, err,
			"Lock violation.  It is locked in %.200s, line %d", by->document->file,
			by->line);
}

/* Is `name` in the list "a, b" or "*"? */
static bool listed(const char *list, const char *name)
{
	struct text rest = text_of(list);
	while (rest.data) {
		struct text one = text_trim(text_cut(&rest, ','));
		if (text_equal(one, TEXT("*")) || text_equal(one, text_of(name)))
			return true;
	}
	return false;
}

/* By the attribute that lists what is locked, or the one that lists what is not. */
static bool is_locked(const struct xml_element *by, const char *locks, const char *except,
		      const char *name)
{
	const char *list = xml_get(by, locks);
	const char *others = xml_get(by, except);
	return (list && listed(list, name)) || (others && !listed(others, name));
}

static int check(const struct xml_element *by, const struct xml_element *written, struct error *err)
{
	for (size_t i = 0; i < written->attribute_count; i++) {
		const char *name = written->attributes[i].name;
		if (!lock_attribute(name) &&
		    is_locked(by, "lockAttributes", "lockAllAttributesExcept", name))
			return lock_fail(written, by, err);
	}
	for (const struct xml_element *c = written->first; c; c = c->next) {
		if (is_locked(by, "lockElements", "lockAllElementsExcept", c->name))
			return lock_fail(c, by, err);
	}
	return 0;
}

int locks_check(const struct lock *locks, const struct xml_element *written, struct error *err)
{
	int r = 0;
	for (const struct lock *l = locks; l && r == 0; l = l->next) {
		if (l->by->document->owner != written->document->owner)
			r = check(l->by, written, err);
	}
	return r;
}

int locks_add(struct arena *arena, const struct lock **locks, const struct xml_element *written,
	      struct error *err)
{
	size_t i = 0;
	while (i < written->attribute_count && !lock_attribute(written->attributes[i].name))
		i++;
	if (i == written->attribute_count)
		return 0;
	struct lock *lock = arena_new(arena, struct lock);
	if (!lock)
		return error_set(err, -ENOMEM, "out of memory");
	*lock = (struct lock){ *locks, written };
	*locks = lock;
	return 0;
}

const struct xml_element *lock_of_item(const struct lock *locks)
{
	for (const struct lock *l = locks; l; l = l->next) {
		const char *value = xml_get(l->by, "lockItem");
		if (value && !strcmp(value, "true"))
			return l->by;
	}
	return NULL;
}
