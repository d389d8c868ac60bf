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
	const char *path; /* below ROOT of a site: "/" or "/a"; else NULL */
	const struct effective *site, *pool, *app, *vdir;
};
/* -ENOENT when there is no such key. */
int config_metabase_find(struct config *config, const char *key, struct arena *arena,
			 struct metabase_place *ret, struct error *err);
/* The same for a key that need not be there: `ret->key`, and what is on the way to it. */
int config_metabase_resolve(struct config *config, const char *key, struct arena *arena,
			    struct metabase_place *ret, struct error *err);
/* The key above, in `arena`; NULL: there is none, or no memory. */
const char *config_metabase_parent(const char *key, struct arena *arena);
/* What the file says at a place, without the web.config files; NULL with 0 when the site has no
 * root: then there is nothing of KIND_FILE. */
int config_metabase_tree(struct config *config, struct metabase_place *place,
			 struct config_tree **ret, struct error *err);
/* A key or path without the slashes at its ends. */
struct text config_metabase_trim(struct text t);
/* The entry with this value of an attribute; NULL: there is none. */
const struct effective *config_metabase_entry(const struct effective_entries *entries,
					      const char *attribute, struct text value);
/* The key of customMetadata; NULL: there is none. */
const struct effective *config_metabase_custom(const struct config *config, const char *key);
/* Whether customMetadata may keep it: what the configuration has a place for belongs there. */
bool config_metabase_may_be_custom(uint32_t id);
/* ---- metabase_lists.c ---- */

/* Whether the strings of a list have a code of their own. Of those: whether an entry is one of
 * them; the string of one; an entry with the attributes of a string (-EINVAL); and one that is as
 * it was. */
struct buf;
bool config_metabase_coded(const struct metabase_row *row);
bool config_metabase_list_has(const struct metabase_row *row, const struct effective *e);
void config_metabase_list_put(struct buf *out, const struct metabase_row *row,
			      const struct effective *e);
int config_metabase_list_set(struct edit *edit, const struct xml_element *entry,
			     const struct metabase_row *row, size_t number, struct text value,
			     struct arena *arena, struct error *err);
int config_metabase_list_keep(struct edit *edit, const struct xml_element *entry,
			      const struct effective *e, struct error *err);

/* ---- metabase_state.c: what only a server that runs knows ---- */

enum metabase_state_part { STATE_COMMAND, STATE_STATE, STATE_ERROR };
struct metabase_state_row {
	uint32_t id;
	const char *name;
	enum metabase_kind kind;
	enum metabase_state_part part;
};
extern const struct metabase_state_row config_metabase_states[];
extern const size_t config_metabase_state_count;
/* NULL: it is none of them. */
const struct metabase_state_row *config_metabase_state_row(uint32_t id);
/* METABASE_NOT_SET: not here, or nobody can be asked. */
int config_metabase_read_state(const struct config *config, const struct metabase_place *place,
			       const struct metabase_state_row *row, struct metabase_data *ret,
			       struct error *err);
/* Does what a command says. -EINVAL: it is no command, or not of this place. */
int config_metabase_command(const struct config *config, const struct metabase_place *place,
			    const struct metabase_data *data, struct error *err);

/* One change of the text of `config`, which is what the edit has. In metabase_set.c. */
int config_metabase_write(struct config *config, struct edit *edit, const char *key,
			  const struct metabase_data *data, struct error *err);
/* METABASE_NOT_SET: nothing is set there. Something that several elements say is taken away by as
 * many calls. */
int config_metabase_unset(struct config *config, struct edit *edit, const char *key, uint32_t id,
			  struct error *err);
/* The <key> of a place in customMetadata, made when it is not there. */
int config_metabase_custom_key(struct edit *edit, const struct metabase_place *place,
			       const struct xml_element **ret, struct error *err);
/* Data of the metabase that the configuration says in another way: setting one makes the element
 * it is about. METABASE_NOT_SET: it is none of these. In metabase_place.c. */
int config_metabase_set_structure(struct config *config, struct edit *edit,
				  const struct metabase_place *place,
				  const struct metabase_data *data, struct error *err);
/* The same for taking it away. */
int config_metabase_delete_structure(struct config *config, struct edit *edit,
				     const struct metabase_place *place, uint32_t id,
				     struct error *err);
/* Reading it. METABASE_NOT_SET: it is none of these, or not here. */
int config_metabase_read_structure(struct config *config, const struct metabase_place *place,
				   uint32_t id, struct arena *arena, struct metabase_data *ret);
#define METABASE_KEY_TYPE 1002
#define METABASE_APP_ROOT 2103
#define METABASE_APP_ISOLATED 2104
#define METABASE_APP_PACKAGE_ID 2106
#define METABASE_APP_PACKAGE_NAME 2107
#define METABASE_PATH 3001
#define METABASE_APP_POOL_ID 9101

/* The element a row is about at a place, and the rest of the row's path; `tree` is that of the
 * place's file. NULL: none. */
const struct effective *config_metabase_element(const struct metabase_row *row,
						const struct metabase_place *place,
						const struct level *level, const char **ret_path);
