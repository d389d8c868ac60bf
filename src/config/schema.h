/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a section may hold, as tables: elements, attributes with type, default and range, and
 * collections with their keys. One walk over such a table checks a file, another puts values where
 * the table says (offsets into the reader's struct). The tables are in schema_host.c and
 * schema_web.c; names, types, defaults and ranges are those of the IIS schema.
 */
#pragma once

#include "config/xml.h"

enum schema_type {
	SCHEMA_BOOL,
	SCHEMA_UINT, /* 32 bits unless `high` says more */
	SCHEMA_INT,
	SCHEMA_ENUM,
	SCHEMA_FLAGS,
	SCHEMA_TIME, /* timeSpan: [d.]hh:mm:ss; range in seconds, stored in nanoseconds */
	SCHEMA_STRING,
};

enum schema_flags {
	SCHEMA_REQUIRED = 1,
	SCHEMA_EXPAND = 2,  /* %NAME% is replaced */
	SCHEMA_EXCLUDE = 4, /* the range is what is not allowed */
};

/* Which strings are allowed. */
enum schema_rule {
	SCHEMA_ANY,
	SCHEMA_NON_EMPTY,
	SCHEMA_POOL_NAME,
	SCHEMA_SITE_NAME,
	SCHEMA_APPLICATION_PATH,
	SCHEMA_VDIR_PATH,
};

struct schema_name { /* of an enum or of flags; a list ends with a NULL name */
	const char *name;
	uint32_t value;
};

#define SCHEMA_NOWHERE SIZE_MAX

struct schema_attribute {
	const char *name;
	enum schema_type type;
	const char *value; /* the default, as text; NULL: "", 0, false */
	unsigned flags;
	enum schema_rule rule;
	int64_t low, high, step; /* range; high 0: that of the type */
	const struct schema_name *names;
	size_t offset, size; /* where a reader wants it; SCHEMA_NOWHERE: known but not used */
};

struct schema_collection {
	const char *add;            /* "add", "mimeMap", "site" */
	const char *remove, *clear; /* "remove", "clear"; NULL when not allowed */
	const struct schema_element *entry;
	const char *keys[3]; /* attributes that identify an entry; none: duplicates are allowed */
	bool case_sensitive, prepend; /* prepend: mergeAppend="false" */
};

struct schema_element {
	const char *name;
	const struct schema_attribute *attributes;
	size_t attribute_count;
	const struct schema_element *children;
	size_t child_count;
	const struct schema_collection *collection;
	bool optional; /* defaults elements: required attributes may be missing */
};

/* What the walks need besides the table. */
struct schema_context {
	struct arena *arena;   /* for strings that had to be made */
	const char *state_dir; /* %SURROGATE_STATE%; NULL: from the environment */
	struct error *err;
};

/* Checks an element and all below: -EINVAL with the texts IIS has for it. */
int schema_check(const struct xml_element *element, const struct schema_element *schema,
		 struct error *err);
/* Stores the defaults of an element and of its children (not of collections). -ENOMEM. */
int schema_defaults(const struct schema_element *schema, void *base, struct schema_context *ctx);
/* Stores the attributes that are written. The element was checked. -ENOMEM. */
int schema_apply(const struct xml_element *element, const struct schema_element *schema, void *base,
		 struct schema_context *ctx);
/* One attribute's value as text: what is written, or the default, or "". */
const char *schema_text(const struct xml_element *element, const struct schema_element *schema,
			const char *name);

/* An effective collection: the entries of all levels, merged, as elements of their documents. */
#define SCHEMA_ENTRIES_MAX 8192
struct schema_entries {
	const struct xml_element **items;
	uint32_t *hashes; /* of their keys, so that looking for a duplicate is quick */
	size_t count, capacity;
	bool shared; /* `items` is somebody else's: copied before the first change */
};
/* Merges what `parent` says of the collection into `entries` (memory of ctx->arena). Entries of
 * other levels are told from those of this element by their document and place. -EINVAL:
 * duplicates and removals of what is not there; -ENOMEM. */
int schema_merge(const struct xml_element *parent, const struct schema_collection *collection,
		 struct schema_entries *entries, struct schema_context *ctx);

/* ---- values ---- */

/* `value` replaced by what %NAME% says; names without a value stay as they are. NULL: memory. */
const char *value_expand(const char *value, struct schema_context *ctx);
/* Nanoseconds; false when it is none. */
bool value_time(struct text t, int64_t *ret);
bool value_bool(struct text t, bool *ret);
bool value_names(struct text t, const struct schema_name *names, bool several, uint32_t *ret);
/* Checks `value` and gives the number to store (0 for strings). NULL, or a text that says what is
 * wrong, in `why`. */
const char *value_check(const struct schema_attribute *attribute, const char *value, int64_t *ret,
			char why[ERROR_TEXT_MAX]);
