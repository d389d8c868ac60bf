/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From effective values to the typed structs of config.h: a row says which attribute goes into
 * which field, a list which entries become which array; type, default and range are the schema's.
 *
 * The tables are also the only place that says which attributes act: config_acts_each() reads them
 * (docs/configuration-attributes.md is made of that). An attribute without a row has no effect.
 */
#pragma once

#include "config/config.h"
#include "config/engine/effective.h"

struct bind_row {
	const char *path; /* below the bound element: "enabled", "session/timeout" */
	size_t offset, size;
};
#define BIND(type, field, path)                                                                    \
	{                                                                                          \
		path, offsetof(type, field), sizeof(((type *)NULL)->field)                         \
	}
/* An attribute that code of config/ reads itself. */
#define BIND_READ(path)                                                                            \
	{                                                                                          \
		path, 0, 0                                                                         \
	}

struct bind_rows {
	const struct bind_row *items;
	size_t count;
};
#define BIND_ROWS(array)                                                                           \
	{                                                                                          \
		array, ARRAY_LEN(array)                                                            \
	}

/* The entries of a collection, as an array of structs. */
struct bind_list {
	const char *path;          /* the element that has the collection: "" or "scanHeaders" */
	size_t items, count, size; /* offsets of the array and of its length; bytes of one struct */
	struct bind_rows rows;
	const struct bind_list *lists; /* in each entry */
	size_t list_count;
};
#define BIND_LIST(type, array, length, path, rows)                                                 \
	{                                                                                          \
		path, offsetof(type, array), offsetof(type, length),                               \
			sizeof(*((type *)NULL)->array), BIND_ROWS(rows)                            \
	}
/* Entries that code of config/ reads itself, by these rows. */
#define BIND_READ_LIST(path, rows)                                                                 \
	{                                                                                          \
		path, 0, 0, 0, BIND_ROWS(rows)                                                     \
	}

/* What is bound of one section. */
struct bind_table {
	const char *section; /* "system.webServer/asp" */
	struct bind_rows rows;
	const struct bind_list *lists;
	size_t list_count;
};

struct bind_context {
	struct arena *arena;   /* for strings that had to be made, and lists */
	const char *state_dir; /* %SURROGATE_STATE%; NULL: from the environment */
	struct error *err;
};

/* A path of Windows or Linux as one of this machine: '/' as separator and none at the end; a drive
 * letter is left out, as everywhere. NULL: no memory. */
char *config_local_path(const char *path, struct arena *arena);
/* Fills fields of `base`: bool, 32 and 64 bit numbers (times in nanoseconds), strings (never
 * NULL). -ENOMEM. */
int config_bind(const struct bind_context *ctx, const struct effective *e,
		const struct bind_row *rows, size_t count, void *base);
/* Likewise its lists. -ENOMEM. */
int config_bind_lists(const struct bind_context *ctx, const struct effective *e,
		      const struct bind_list *lists, size_t count, void *base);
/* A whole table, of its section. -ENOMEM. */
int config_bind_table(const struct bind_context *ctx, const struct effective *section,
		      const struct bind_table *table, void *base);

/* ---- acts.c: which attributes act ---- */

/* Calls `fn` for each attribute of each section of the schema: its section, the path in it
 * ("session/timeout", "error/statusCode") and whether it acts. Negative results of `fn` end it. */
int config_acts_each(const struct schema *schema,
		     int (*fn)(void *ctx, const char *section, const char *path,
			       const struct schema_attribute *attribute, bool acts),
		     void *ctx);

/* The tables of pools.c, sites.c, server.c and url_make.c. */
extern const struct bind_table config_pools_table, config_sites_table;
extern const struct bind_table config_server_tables[], config_url_tables[];
extern const size_t config_server_table_count, config_url_table_count;
