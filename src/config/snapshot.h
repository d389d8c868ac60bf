/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of a snapshot and of a view: what the files of config/ share. Nobody else includes it.
 */
#pragma once

#include "config/bind.h"
#include "config/engine/level.h"

#include "base/map.h"
#include "base/mem.h"

#include <limits.h>
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

struct pool_list {
	struct config_pool **items;
	size_t count, capacity;
	struct map *by_name;
};

struct config_ignored {
	const struct xml_element *by;
	const char *text;
	struct config_ignored *next;
};

struct config {
	int references; /* atomic */
	struct arena arena;
	const struct schema *schema;
	struct xml_document *document;
	const char *state_dir;
	struct level base;      /* the installed defaults and applicationHost.config */
	struct pool_list pools; /* Low and Medium first */
	struct config_site *sites;
	size_t site_count;
	struct config_ignored *ignored;
	struct mime_map mime; /* of `base` */
	struct config_server server;
	const struct metabase_running *running; /* of the metabase view; NULL: nobody is asked */
};

/* ---- bundle.c ---- */

/* config_read for a file that would have this text. */
int config_bundle(const char *path, struct text text, char **ret, size_t *ret_length,
		  struct error *err);
/* The schema for a text of config_read, which is cut to that of applicationHost.config. */
int config_bundle_schema(struct text *bundle, const struct schema **ret, struct error *err);

/* ---- pools.c ---- */

/* Reads the pools: the built-in ones and those with a name. */
int config_pools_read(struct config *config, struct error *err);
/* The pool of a High application, made when it is not there yet. NULL: no memory. */
struct config_pool *config_pools_isolated(struct config *config, const char *site, const char *path,
					  struct error *err);
struct config_pool *config_pools_find(const struct config *config, struct text name);

/* ---- sites.c ---- */

int config_sites_read(struct config *config, struct error *err);

/* ---- server.c ---- */

int config_server_read(struct config *config, struct error *err);

/* ---- down.c: the way down to one folder ---- */

#define DOWN_DEPTH_MAX 128  /* segments of a path */
#define DOWN_SOURCES_MAX 64 /* files that configSource names, on one way down */

/* One file that was read, or was not there, and how to see that this changed. */
struct stamp {
	const char *folder, *file; /* file: NULL when there was none */
	struct timespec modified, changed;
	off_t size;
	ino_t inode;
};

/* The files that were read on the way. */
struct down_files {
	struct stamp *stamps;
	size_t stamp_count;
	struct xml_document **documents;
	size_t document_count;
};

/* A file on the way, and where it was. */
struct down_origin {
	const struct xml_document *document;
	size_t depth;            /* segments before its folder */
	const char *application; /* the path of the application it is in */
};

struct down_name {
	struct down_name *next;
	struct text name;
};

struct down {
	struct config *config;
	const struct config_site *site;
	struct arena *arena; /* lives as long as what is made of this */
	struct error *err;
	/* The site's name, then the path's; one more for what lies in the target. */
	struct text segments[DOWN_DEPTH_MAX + 1];
	size_t depth;            /* of the target */
	const char *application; /* the target's; NULL: config_down_go finds it */
	struct level level;
	const char *folder; /* of the target, on the disk; NULL: that of the server */
	size_t folder_root; /* how much of it is the virtual directory's physicalPath */
	bool server_only;   /* web.config files are not read */
	/* A folder whose web.config is taken to have another text, before that is written. */
	const char *instead_folder;
	struct text instead;
	struct down_files files;
	struct down_origin origins[DOWN_DEPTH_MAX];
	size_t origin_count;
	struct down_name *names; /* what locations below the target are about */
};

/* Adds "/a/b" to the segments. -EINVAL. */
int config_down_add(struct down *d, struct text path);
/* Applies level after level; `d->level` is then what holds at the target. */
int config_down_go(struct down *d);

/* ---- files.c: web.config ---- */

/* Reads the web.config of a folder and remembers its stamp; *ret is NULL when there is none.
 * `path` is the folder's place in the hierarchy. */
int config_files_read(struct down *d, const char *folder, const char *path,
		      struct xml_document **ret);
bool config_files_stale(const struct down_files *files);
void config_files_done(struct down_files *files);

/* ---- tree.c ---- */

struct config_tree;
/* config_tree_new where the web.config of `folder` (may be NULL) is taken to have this text. */
int config_tree_instead(struct config *config, struct text path, const char *folder,
			struct text text, struct config_tree **ret, struct error *err);

/* ---- url.c, url_make.c, url_check.c and lookup.c ---- */

struct handler {
	struct config_handler is;
	const char *condition;
};

struct filter_list { /* of requestFiltering */
	const struct filter_entry {
		const char *name;
		size_t length;
		bool allowed;
	} * entries;
	size_t count;
};

struct scheme { /* of httpCompression */
	const char *name;
	bool static_on, dynamic_on;
	uint32_t static_level, dynamic_level;
};

struct view {
	struct config_url url; /* what users see: first */
	int references;        /* atomic */
	struct arena arena;
	struct mime_map mime;
	struct filter_list extensions, segments, verbs;
	bool extensions_allow_unlisted, verbs_allow_unlisted;
	const struct handler *handlers;
	size_t handler_count;
	const struct scheme *schemes;
	size_t scheme_count;
	const struct down_name *names;
	struct down_files files;
};

static inline const struct view *view_of(const struct config_url *url)
{
	return (const struct view *)url;
}

/* url_check.c: refuses what the schema allows and a view may not say, leaves out headers that are
 * the server's. -EINVAL. */
int config_view_check(struct view *view, const struct down *down);
/* url_make.c: fills the view with what holds at the target. -EINVAL, -ENOMEM. */
int config_view_make(struct view *view, struct down *down);

/* mime.c: a MIME map for look-up. -ENOMEM. */
int config_mime_map(const struct effective *static_content, struct arena *arena,
		    struct mime_map *ret);
