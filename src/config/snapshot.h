/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of a snapshot and of a view: what the files of config/ share. Nobody else includes it.
 */
#pragma once

#include "config/locks.h"
#include "config/sections.h"
#include "config/tables.h"

#include <sys/stat.h>

/* More than any real configuration: 16 MiB of XML cannot make more of it. */
#define SNAPSHOT_ARENA_LIMIT ((size_t)512 << 20)
#define VIEW_ARENA_LIMIT ((size_t)128 << 20)

struct mime_entry {
	struct text extension;
	const char *type;
};
struct mime_map { /* sorted by extension, ASCII case folded */
	const struct mime_entry *entries;
	size_t count;
};

/* What system.webServer comes to at one place, before it is made into a view. */
struct web_level {
	struct web_values values;
	struct schema_entries entries[WEB_COLLECTION_COUNT];
	struct section_rules rules;
	struct lock_list locks;
};

struct pool_list {
	struct config_pool **items;
	size_t count, capacity;
};

struct config {
	int references; /* atomic */
	struct arena arena;
	struct xml_document *document, *defaults;
	const char *state_dir;
	struct pool_list pools; /* Low and Medium first */
	struct config_site *sites;
	size_t site_count;
	struct web_level base; /* at the level of the server */
	struct mime_map mime;  /* of `base` */
};

/* ---- pools.c ---- */

/* Reads the pools: the built-in ones and those with a name. */
int config_pools_read(struct config *config, struct error *err);
/* The pool of a High application, made when it is not there yet. NULL: no memory. */
struct config_pool *config_pools_isolated(struct config *config, const char *site, const char *path,
					  struct error *err);
struct config_pool *config_pools_find(const struct config *config, struct text name);

/* ---- sites.c ---- */

int config_sites_read(struct config *config, struct error *err);

/* ---- level.c ---- */

/* The level of the server: the installed defaults and applicationHost.config. */
int level_server(struct config *config, struct error *err);
/* Applies <configuration> or <location> of a file. `web_config`: locks hold, and `root` tells
 * whether it is the file of an application's root. */
int level_apply(struct web_level *level, const struct xml_element *scope, bool web_config,
		bool root, struct schema_context *ctx);
/* Locks or unlocks the sections in a <location> for what is deeper. */
void level_lock(struct web_level *level, const struct xml_element *element,
		enum location_mode mode);
/* The installed MIME map for look-up. */
int level_mime(const struct schema_entries *entries, struct mime_map *ret,
	       struct schema_context *ctx);

/* ---- restrictions.c ---- */

/* -EINVAL when a section of this path asks for access control that nothing enforces. */
int config_restrictions_check(const char *path, const struct xml_element *section,
			      struct error *err);

/* ---- url.c and lookup.c ---- */

struct handler {
	const char *name, *path, *verbs, *module;
};

struct filter_list { /* of requestFiltering */
	const struct filter_entry {
		struct text name;
		bool allowed;
	} * entries;
	size_t count;
};

/* One file that was read, or was not there, and how to see that this changed. */
struct stamp {
	const char *folder, *file; /* file: NULL when there was none */
	struct timespec modified, changed;
	off_t size;
	ino_t inode;
};

struct view {
	struct web_values values; /* values.url is what users see: first */
	int references;           /* atomic */
	struct arena arena;
	struct mime_map mime;
	struct filter_list extensions, segments, verbs;
	const struct handler *handlers;
	size_t handler_count;
	struct stamp *stamps;
	size_t stamp_count;
	struct xml_document **documents;
	size_t document_count;
};

static inline const struct view *view_of(const struct config_url *url)
{
	return (const struct view *)url;
}
