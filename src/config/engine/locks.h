/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locks inside a section: lockAttributes, lockAllAttributesExcept, lockElements,
 * lockAllElementsExcept on any element, lockItem on an entry of a collection. They bind the files
 * below the one they are written in.
 */
#pragma once

#include "config/engine/schema.h"

/* Of one element; the deepest first. */
struct lock {
	const struct lock *next;
	const struct xml_element *by;
};

/* Is this one of the five attributes? */
bool lock_attribute(const char *name);
/* Checks the value of one of them, which is `written`: a name that there is none of is a mistake
 * that would lock nothing. -EINVAL. */
int locks_check_value(const struct xml_element *element, const struct schema_element *schema,
		      const struct xml_attribute *written, struct error *err);

/* -EINVAL ("Lock violation", 0x80070021, with the lock's place) when `written` says what another
 * file locks. */
int locks_check(const struct lock *locks, const struct xml_element *written, struct error *err);
/* Puts `written` in front when it holds a lock. -ENOMEM. */
int locks_add(struct arena *arena, const struct lock **locks, const struct xml_element *written,
	      struct error *err);
/* The element that locks an entry with lockItem="true"; NULL: it is not locked. */
const struct xml_element *lock_of_item(const struct lock *locks);
/* -EINVAL: `written` says what `by` locks. */
int lock_fail(const struct xml_element *written, const struct xml_element *by, struct error *err);
