/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A section as it holds at a place: for every attribute its value and what wrote it, for every
 * collection its entries in their order. Constant once made; what one level leaves alone is shared
 * with the level above, so that a level costs what it changes.
 *
 * Memory is the arena's of the one who merges, and the documents'.
 */
#pragma once

#include "config/engine/schema.h"

struct effective_value {
	const char *text; /* as written, or the schema's default; NULL: neither */
	const struct xml_element
		*by; /* what wrote it, so file, line and location; NULL: the schema */
};

/* Of the keys of an entry, so that looking for a duplicate is quick: `first` of the first unique
 * key, or of the combined one; `second` of the second unique key, as sites have. */
struct effective_hash {
	uint32_t first, second;
};

struct effective_entries {
	const struct effective **items;
	struct effective_hash *hashes; /* NULL: not known yet, in constant data */
	size_t count, capacity;
};

struct effective {
	const struct schema_element *schema;
	const struct xml_element
		*by; /* the deepest element that says something of it; NULL: none */
	const struct effective_value *values;    /* one for each attribute of the schema */
	const struct effective *const *children; /* one for each child of the schema */
	const struct effective_entries *entries; /* of its collection; none: count is 0 */
	const struct lock *locks;                /* the deepest first */
};

#define EFFECTIVE_ENTRIES_MAX 8192

struct effective_context {
	struct arena *arena;
	struct error *err;
	/* A collection whose entries are from this file is replaced, not amended, when what is
	 * merged begins with an entry: applicationHost.config lists whole collections, as the file
	 * of an IIS does, and the installed entries then do not count. NULL: never. */
	const struct xml_document *replaced;
	/* Inside a new entry: what it says of a collection stands instead of what its defaults
	 * element says of it. Set by collection.c. */
	bool fresh;
	/* Whether the locks of other files hold. applicationHost.config is the administrator's,
	 * wherever in it something is written. */
	bool locks;
};

/* What `written`, which was checked, makes of `base`. -EINVAL: duplicates, locks; -ENOMEM. */
int effective_merge(const struct effective_context *ctx, const struct effective *base,
		    const struct xml_element *written, const struct effective **ret);

/* An attribute's value by path: "enabled", "session/timeout". The path must be in the schema: else
 * NULL. */
const struct effective_value *effective_value(const struct effective *e, const char *path,
					      const struct schema_attribute **ret);
/* The text of one, "" when there is none. */
const char *effective_text(const struct effective *e, const char *path);
/* The element at "a/b" below, `e` itself for "". NULL when the schema has none. */
const struct effective *effective_find(const struct effective *e, const char *path);

/* How an element is listed: `open`, then the same for its children in the order of the schema and
 * for the entries of its collection, one deeper, then `close` (may be NULL). */
struct effective_lister {
	void (*open)(void *ctx, const struct effective *e, const char *name, int depth);
	void (*close)(void *ctx, const struct effective *e, const char *name, int depth);
	void *ctx;
};
void effective_list(const struct effective_lister *lister, const struct effective *e,
		    const char *name, int depth);

/* ---- collection.c ---- */

/* What surrounds the element being merged: where its entries' defaults elements are. */
struct effective_outer {
	const struct effective *element;
	const struct effective_outer *outer;
};
/* effective_merge for an element inside another one. */
int effective_merge_inside(const struct effective_context *ctx, const struct effective *base,
			   const struct xml_element *written, const struct effective_outer *outer,
			   const struct effective **ret);
/* Merges what `written` says of the collection of `element` into its entries. */
int effective_merge_entries(const struct effective_context *ctx, struct effective *element,
			    const struct xml_element *written, const struct effective_outer *outer);
