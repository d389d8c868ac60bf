/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shorthand for the rows of schema tables, the tables themselves, and the structs they fill.
 * Included by the files of config/ only.
 */
#pragma once

#include "config/config.h"
#include "config/schema.h"

#include "base/mem.h"

/* The last macro argument of a row: where the value goes. */
#define AT(type, field) offsetof(type, field), sizeof(((type *)NULL)->field)
#define NOWHERE SCHEMA_NOWHERE, 0

#define ROW_BOOL(n, def, ...)                                                                      \
	{                                                                                          \
		n, SCHEMA_BOOL, def, 0, 0, 0, 0, 0, NULL, __VA_ARGS__                              \
	}
#define ROW_UINT(n, def, low, high, ...)                                                           \
	{                                                                                          \
		n, SCHEMA_UINT, def, 0, 0, low, high, 0, NULL, __VA_ARGS__                         \
	}
#define ROW_INT(n, def, low, high, ...)                                                            \
	{                                                                                          \
		n, SCHEMA_INT, def, 0, 0, low, high, 0, NULL, __VA_ARGS__                          \
	}
#define ROW_TIME(n, def, low, high, step, ...)                                                     \
	{                                                                                          \
		n, SCHEMA_TIME, def, 0, 0, low, high, step, NULL, __VA_ARGS__                      \
	}
#define ROW_ENUM(n, def, names, ...)                                                               \
	{                                                                                          \
		n, SCHEMA_ENUM, def, 0, 0, 0, 0, 0, names, __VA_ARGS__                             \
	}
#define ROW_FLAGS(n, def, names, ...)                                                              \
	{                                                                                          \
		n, SCHEMA_FLAGS, def, 0, 0, 0, 0, 0, names, __VA_ARGS__                            \
	}
#define ROW_STRING(n, def, ...)                                                                    \
	{                                                                                          \
		n, SCHEMA_STRING, def, 0, SCHEMA_ANY, 0, 0, 0, NULL, __VA_ARGS__                   \
	}
/* The general row: type, default, flags, rule. */
#define ROW(n, type, def, flags, rule, ...)                                                        \
	{                                                                                          \
		n, SCHEMA_##type, def, flags, SCHEMA_##rule, 0, 0, 0, NULL, __VA_ARGS__            \
	}

#define ATTRIBUTES(table) .attributes = table, .attribute_count = ARRAY_LEN(table)
#define CHILDREN(table) .children = table, .child_count = ARRAY_LEN(table)

/* ---- schema_host.c: system.applicationHost ---- */

extern const struct schema_element schema_application_pools;
extern const struct schema_element schema_pool; /* one `add`; into struct config_pool */
extern const struct schema_collection schema_pools, schema_schedule, schema_environment;
extern const struct schema_element schema_schedule_entry, schema_environment_entry;
extern const struct schema_element schema_custom_metadata;
extern const struct schema_element schema_metadata_property;
extern const struct schema_collection schema_keys, schema_properties;

extern const struct schema_element schema_sites;
extern const struct schema_element schema_site; /* into struct config_site */
extern const struct schema_element schema_binding;
extern const struct schema_collection schema_site_list, schema_bindings, schema_applications,
	schema_vdirs;
/* Into these, since the snapshot's structs hold what is made of them. */
struct application_row {
	const char *path, *pool;
	bool preload;
};
struct vdir_row {
	const char *path, *physical_path;
	bool allow_sub_dir_config;
};
extern const struct schema_element schema_application, schema_vdir;

/* ---- schema_web.c: system.webServer ---- */

struct filter_row { /* what is not in struct config_url */
	bool extensions_allow_unlisted, verbs_allow_unlisted;
	bool absolute_error_paths; /* httpErrors: allowAbsolutePathsWhenDelegated */
};
/* Everything attributes of system.webServer sections set. */
struct web_values {
	struct config_url url;
	struct filter_row filter;
};

/* The collections of system.webServer that are merged level by level. */
enum web_collection {
	WEB_DEFAULT_DOCUMENTS,
	WEB_MIME_MAPS,
	WEB_ERRORS,
	WEB_HEADERS,
	WEB_EXTENSIONS,
	WEB_SEGMENTS,
	WEB_VERBS,
	WEB_HANDLERS,
	WEB_COLLECTION_COUNT,
};
struct web_collection_place {
	const char *section; /* "defaultDocument" below system.webServer */
	const char *element; /* the element in it that holds the entries; "": the section itself */
	const struct schema_collection *collection;
};
extern const struct web_collection_place schema_web_collections[WEB_COLLECTION_COUNT];
extern const struct schema_element schema_error_page, schema_handler;

extern const struct schema_element schema_asp, schema_default_document, schema_directory_browse,
	schema_static_content, schema_http_errors, schema_http_protocol, schema_request_filtering,
	schema_handlers;
