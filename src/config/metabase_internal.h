/* SPDX-License-Identifier: Apache-2.0 */
/* What metabase.c and metabase_set.c share. */
#pragma once

#include "config/metabase.h"
#include "config/snapshot.h"

enum metabase_kind { KIND_SITE = 1, KIND_POOL = 2, KIND_APP = 4, KIND_VDIR = 8, KIND_FILE = 16 };
enum metabase_form { FORM_NUMBER, FORM_TEXT, FORM_BITS, FORM_LIST };

struct metabase_row {
	enum metabase_form form;
	uint32_t id;
	const char *name;
	enum metabase_kind kind;
	uint32_t user_type;
	const char *path;
	uint32_t number; /* the unit of a time, the mask of bits, whether a text is secret */
	const char *pattern, *filter, *join; /* of a list */
};
extern const struct metabase_row config_metabase_rows[];
extern const size_t config_metabase_row_count;

/* Where a key is. */
struct metabase_place {
	const char *key;  /* "LM/W3SVC/1/ROOT/a" */
	unsigned kinds;   /* enum metabase_kind: what is there */
	const char *file; /* of KIND_FILE: "" or "Site/a" */
	const struct effective *site, *pool, *app, *vdir;
};
/* -ENOENT when there is no such key. */
int config_metabase_find(struct config *config, const char *key, struct arena *arena,
			 struct metabase_place *ret, struct error *err);
/* The entry with this value of an attribute; NULL: there is none. */
const struct effective *config_metabase_entry(const struct effective_entries *entries,
					      const char *attribute, struct text value);
/* The key of customMetadata; NULL: there is none. */
const struct effective *config_metabase_custom(const struct config *config, const char *key);
/* Whether customMetadata may keep it: what the configuration has a place for belongs there. */
bool config_metabase_may_be_custom(uint32_t id);
/* The element a row is about at a place, and the rest of the row's path; `tree` is that of the
 * place's file. NULL: none. */
const struct effective *config_metabase_element(const struct metabase_row *row,
						const struct metabase_place *place,
						const struct level *level, const char **ret_path);
