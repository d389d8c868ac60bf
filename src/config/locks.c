/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locks inside a section; see locks.h. A locked section and one that is applied after it are
 * walked side by side, so that a lock needs no path of its own. Called by level.c.
 */
#include "config/locks.h"

#include "base/mem.h"

#include <errno.h>

struct lock_entry {
	const struct lock_entry *next;
	const struct xml_element *section;
};

bool lock_attribute(const char *name)
{
	static const char *const names[] = { "lockAttributes", "lockAllAttributesExcept",
					     "lockElements", "lockAllElementsExcept", "lockItem" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	return false;
}

bool lock_item(const struct xml_element *entry)
{
	const char *value = xml_get(entry, "lockItem");
	bool locked = false;
	return value && value_bool(text_of(value), &locked) && locked;
}

int lock_fail(const struct xml_element *element, struct error *err)
{
	return xml_fail(element, XML_LOCKED, err, "Lock violation");
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

/* Recursion is as deep as the schema of what was checked. */
static int check(const struct xml_element *by, const struct xml_element *element, struct error *err)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		const char *name = element->attributes[i].name;
		if (!lock_attribute(name) &&
		    is_locked(by, "lockAttributes", "lockAllAttributesExcept", name))
			return lock_fail(element, err);
	}
	for (const struct xml_element *c = element->first; c; c = c->next) {
		if (is_locked(by, "lockElements", "lockAllElementsExcept", c->name))
			return lock_fail(c, err);
		/* Entries of a collection are many of one name; lockItem is for those. */
		const struct xml_element *same = xml_child(by, c->name);
		bool entry = strcmp(c->name, "add") == 0 ||
			     (same && same->next && !strcmp(same->next->name, c->name));
		int r = same && !entry ? check(same, c, err) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

int locks_check(const struct lock_list *list, const struct xml_element *section, struct error *err)
{
	int r = 0;
	for (const struct lock_entry *e = list->first; e && r == 0; e = e->next) {
		if (!strcmp(e->section->name, section->name))
			r = check(e->section, section, err);
	}
	return r;
}

static bool has_lock(const struct xml_element *element)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		if (lock_attribute(element->attributes[i].name))
			return true;
	}
	for (const struct xml_element *c = element->first; c; c = c->next) {
		if (has_lock(c))
			return true;
	}
	return false;
}

int locks_add(struct lock_list *list, const struct xml_element *section, struct schema_context *ctx)
{
	if (!has_lock(section))
		return 0;
	struct lock_entry *entry = arena_new(ctx->arena, struct lock_entry);
	if (!entry)
		return error_set(ctx->err, -ENOMEM, "out of memory");
	*entry = (struct lock_entry){ list->first, section };
	list->first = entry;
	return 0;
}
