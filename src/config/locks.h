/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locks inside a section: lockAttributes, lockAllAttributesExcept, lockElements,
 * lockAllElementsExcept on any element, lockItem on an entry of a collection. They bind deeper
 * levels only.
 */
#pragma once

#include "config/schema.h"

/* The sections of the levels so far that hold a lock. */
struct lock_list {
	const struct lock_entry *first;
};

/* -EINVAL ("Lock violation", 0x80070021) when `section` writes what an entry of the list locks. */
int locks_check(const struct lock_list *list, const struct xml_element *section, struct error *err);
/* Remembers `section` when it holds a lock. -ENOMEM. */
int locks_add(struct lock_list *list, const struct xml_element *section,
	      struct schema_context *ctx);

/* Is this one of the five attributes? */
bool lock_attribute(const char *name);
/* True for an entry with lockItem="true". */
bool lock_item(const struct xml_element *entry);
int lock_fail(const struct xml_element *element, struct error *err);
