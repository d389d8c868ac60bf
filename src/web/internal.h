/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of web/ share, but for the pools.
 *
 *   web.c        the front door: snapshots, the http_handler, answering
 *   path.c       one spelling for paths (path.h)
 *   site.c       which site a host name and a port mean
 *   files.c      opening what lies beneath a folder, and nothing else
 *   folders.c    effective configuration per folder, looked after once a second
 *   filter.c     request filtering
 *   access.c     addresses, TLS, authorization
 *   redirect.c   httpRedirect
 *   route.c      path to application, folder, file and handler
 *   routes.c     the cache of routes
 *   static.c     files; conditional.c validators; range.c ranges
 *   dirlist.c    folders
 *   compress.c   gzip
 *   errors.c     error pages; error_page.c how they look
 *   log.c        what is logged, log_file.c where to; httperr.c what no site answered
 *
 * A struct web_loop and all it holds belongs to one loop thread.
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"
#include "web/path.h"
#include "web/web.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/queue.h>
#include <sys/stat.h>

#define ROUTES_MAX 2048               /* cached per loop */
#define ROUTE_BUCKETS 4096            /* a power of two */
#define ROUTE_FDS_MAX 256             /* open files kept by cached routes of a loop */
#define ROUTE_CONTENT_MAX (32u << 20) /* bytes of small files kept by a loop */
#define CONTENT_FILE_MAX 65536        /* a file up to this size is kept in memory */
#define FOLDERS_MAX 1024
#define FRESH_TIME NSEC_PER_SEC /* how long nothing is looked at again */

/* ---- sites ---- */

struct web_binding {
	const struct config_site *site;
	struct text host;    /* "" for any */
	struct text address; /* "" for any */
	uint16_t port;
};

struct web_snapshot {
	atomic_uint refs;
	struct config *config;
	struct web_binding *bindings; /* the most specific first */
	size_t binding_count;
	bool by_address; /* some binding names an address */
	/* Requests for pages under way, by application: those of a site begin at its first. */
	atomic_uint *running;
	size_t *first_running;
};
/* site.c */
int web_snapshot_new(struct config *config, struct web_snapshot **ret);
struct web_snapshot *web_snapshot_ref(struct web_snapshot *snapshot);
struct web_snapshot *web_snapshot_unref(struct web_snapshot *snapshot);
/* site.c: counts the connection of `x` for its site. False: it has as many as it may. */
bool web_connection_enter(struct web *web, const struct config_site *site, struct http_exchange *x);
void web_connections_done(struct web *web);
/* NULL: no site has that binding (HTTP.sys: 400, Invalid Hostname). */
/* The counter of an application. */
atomic_uint *web_snapshot_running(const struct web_snapshot *snapshot,
				  const struct config_site *site,
				  const struct config_application *application);
const struct config_site *web_snapshot_site(const struct web_snapshot *snapshot,
					    struct text address, uint16_t port, struct text host);

/* ---- files ---- */

struct web_found {
	int fd; /* -1: not opened, only looked at */
	struct stat st;
};
/* files.c: opens `path` (relative, "" for the folder itself) beneath the folder `root`. Links
 * that lead out are not followed. 0, or -ENOENT, -EACCES ... */
int web_open_beneath(int root, const char *path, struct web_found *ret);
/* As above for a path that was not found as it is spelled: looks for each segment without regard
 * to case, and stops at a file. `path` is corrected in place; `*ret_used` says how much of it
 * names the file, the rest is path info. */
int web_find_beneath(int root, char *path, struct web_found *ret, size_t *ret_used);

/* ---- effective configuration ---- */

struct web_folder {
	unsigned refs;
	struct config_url *url; /* NULL: in error */
	struct error error;
	int64_t checked;
};
struct web_loop;
/* folders.c: a reference to the configuration of a folder; NULL without memory. */
struct web_folder *web_folder_get(struct web_loop *loop, const struct config_site *site,
				  const struct config_application *application,
				  const struct config_vdir *vdir, struct text folder);
struct web_folder *web_folder_unref(struct web_folder *folder);
/* False when a web.config changed; asks the file system once in FRESH_TIME at most. */
bool web_folder_fresh(struct web_folder *folder, int64_t now);

/* ---- routes ---- */

enum web_outcome {
	WEB_ERROR,    /* status.sub */
	WEB_STATIC,   /* `file` */
	WEB_DISPATCH, /* a page */
	WEB_REDIRECT, /* to the same with a slash */
	WEB_LISTING,
	WEB_OPTIONS,
};

#define FILE_FIELDS_MAX 64
struct web_packed { /* a file, compressed */
	char *content;
	size_t length;
	char etag[44];
	struct http_field fields[FILE_FIELDS_MAX + 4];
	size_t field_count;
};

struct web_file {
	int fd;        /* -1 when `content` holds it */
	char *content; /* NULL: not in memory; mem_free */
	struct stat st;
	uint64_t size; /* of what is shown: with the footer */
	bool prepared; /* the texts below are made */
	bool weak;
	char etag[40], last_modified[CLOCK_HTTP_SIZE];
	struct text mime;
	struct http_field fields[FILE_FIELDS_MAX]; /* of a 200: Content-Type is the first */
	size_t field_count;
	bool packable;             /* may be compressed, once it is asked for often */
	struct web_packed *packed; /* NULL: not yet */
	uint32_t hits;             /* of clients that would take it compressed */
	int64_t hits_since;
};

struct web_route {
	unsigned refs;
	bool cached;
	bool filtered; /* request filtering refused it, or there is no configuration */
	TAILQ_ENTRY(web_route) in_use;
	struct web_route *next; /* in its bucket */
	uint64_t hash;
	const struct config_site *site;
	enum http_method method;
	struct text raw;
	int64_t checked, touched;
	struct web_loop *loop;
	struct web_snapshot *snapshot;
	struct arena arena;

	const struct config_application *application;
	const struct config_vdir *vdir;
	struct web_folder *folder;
	struct text path, script_name, path_info, script_file, app_root;
	const char *module, *handler, *notification;
	atomic_uint *running; /* of its application; lives as long as the snapshot */
	unsigned local_only;  /* sub-status of the 403 for clients from elsewhere, 0: none */
	enum web_outcome outcome;
	unsigned status, sub;
	uint32_t hresult;
	struct web_file file;
};
TAILQ_HEAD(web_route_list, web_route);

/* route.c: finds out everything; a route of its own (one reference), NULL without memory. */
struct web_route *web_route_new(struct web_loop *loop, const struct config_site *site,
				const struct http_request *request);
struct web_route *web_route_ref(struct web_route *route);
struct web_route *web_route_unref(struct web_route *route);
void web_route_fail(struct web_route *route, unsigned status, unsigned sub, uint32_t hresult,
		    const char *module, const char *notification);
/* routes.c: the same, from the cache where it can be. */
struct web_route *web_routes_get(struct web_loop *loop, const struct config_site *site,
				 const struct http_request *request);
void web_routes_clear(struct web_loop *loop);
/* The file of a cached route came into memory, or its descriptor went: bounds are kept. */
void web_routes_account(struct web_loop *loop, int64_t bytes, int fds);

/* filter.c: what request filtering says of a route's path; false after web_route_fail. */
bool web_filter_route(struct web_route *route, const struct web_path *path,
		      const struct http_request *request);

/* ---- a request ---- */

struct web_log_file;
struct web_log;
struct web_call {
	struct web_request request;
	struct web_loop *loop;
	struct web_route *route;
	struct web_route *asked; /* before an error page took over; NULL mostly */
	bool dispatched;
	atomic_uint *counted;      /* among the requests of its application */
	struct web_packer *packer; /* compresses the answer; NULL mostly */
	const struct text
		*logged; /* of the answer's head, one for each of the site's customFields */
};
static inline struct web_call *web_call_of(struct web_request *request)
{
	return (struct web_call *)request;
}

/* filter.c: what it says of the rest of the request; false when it was answered. */
bool web_filter_request(struct web_call *call);
/* access.c: false when the client may not, and was told so. */
bool web_access_check(struct web_call *call);
/* redirect.c: false when the redirect is not about this path. */
bool web_redirect_serve(struct web_call *call);
void web_redirect_slash(struct web_call *call);

/* static.c */
void web_static_serve(struct web_call *call);
/* Reads the file of a route for the first time: 0 or negative. */
void web_file_done(struct web_loop *loop, struct web_route *route);

/* compress.c */
bool web_file_packable(const struct web_route *route);
/* The file as this client may have it compressed, NULL: plain. Compresses it when it is time. */
const struct web_packed *web_file_packed(struct web_call *call);
void web_file_unpack(struct web_loop *loop, struct web_file *file);
/* Puts a compressing source in the place of the one of a page's answer, and its fields, when
 * configuration and client agree; the call owns it. */
void web_pack(struct web_call *call, struct http_response *response,
	      const struct http_source **source, void **ctx);
struct web_packer;
struct web_packer *web_packer_free(struct web_packer *packer);

/* conditional.c */
struct web_conditions { /* data is NULL where the request has no such field */
	struct text match, none_match, modified_since, unmodified_since, range, if_range;
	bool any;
};
void web_conditions_find(const struct http_request *request, struct web_conditions *ret);
/* RFC 9110 13.2.2. 0: go on; 304 or 412. */
unsigned web_conditions_check(const struct web_conditions *c, const struct web_file *file);
/* False when If-Range says that the range does not apply. */
bool web_conditions_range(const struct web_conditions *c, const struct web_file *file);

/* range.c */
#define RANGES_MAX 16
struct web_range {
	uint64_t first, length;
};
/* The ranges of `value` that a representation of `size` bytes can satisfy: their number; 0: none
 * can be (416); -1: not a byte range, or too many: the field is ignored. */
int web_ranges_parse(struct text value, uint64_t size, struct web_range out[RANGES_MAX]);

/* dirlist.c */
void web_dirlist_serve(struct web_call *call);

/* errors.c */
void web_error_serve(struct web_call *call, unsigned status, unsigned sub, uint32_t hresult,
		     struct text detail, const struct error *config_error);
struct web_error_info {
	unsigned status;
	int sub; /* -1: any */
	uint32_t hresult, win32;
	const char *title, *summary, *causes;
};
const struct web_error_info *web_error_find(unsigned status, unsigned sub);

/* error_page.c */
struct web_error_view {
	const struct web_error_info *info;
	unsigned status, sub;
	uint32_t hresult;
	const struct web_request *request;
	struct text url, detail;
	const struct error *config_error;
};
void web_error_page_detailed(struct buf *out, const struct web_error_view *view);
void web_error_page_short(struct buf *out, const struct web_error_view *view);
/* The shared style: everything before and behind the content. */
void web_page_begin(struct buf *out, const char *title);
void web_page_end(struct buf *out);

/* web.c */
/* Lets the page at `path` of the same site answer in the place of an error (ExecuteURL of
 * httpErrors), which it learns of by its query. False when it cannot. */
bool web_execute(struct web_call *call, struct text path, struct text query);
bool web_is_local(const struct http_peer *peer);
/* Answers with the custom headers of the configuration added. */
void web_answer_memory(struct web_call *call, unsigned status, const struct http_field *fields,
		       size_t count, const void *body, size_t length);

/* ---- logs ---- */

/* log.c and log_file.c */
/* Keeps what the site's customFields want of an answer's head. */
void web_log_response(struct web_call *call, const struct http_response *response);
void web_log_write(struct web_call *call, const struct http_exchange_stats *stats);
void web_log_flush(struct web_loop *loop);
/* Flushes and forgets: the snapshot its sites belong to goes. */
void web_log_forget(struct web_loop *loop);
/* httperr.c: any loop thread. */
struct web_httperr;
struct web_httperr *web_httperr_new(const char *state_dir);
struct web_httperr *web_httperr_free(struct web_httperr *log);
void web_httperr_write(struct web_httperr *log, const char *remote, uint32_t status,
		       const char *why);

struct map;
struct web_loop {
	struct web *web;
	int index;
	struct loop *loop;
	struct web_snapshot *snapshot;
	uint64_t generation;

	struct web_route **buckets;
	struct web_route_list routes; /* the most recently used first */
	size_t route_count, content_bytes, open_fds;
	struct map *folders;

	struct web_log *logs;
	struct loop_timer flush_timer;
	bool flush_armed;
	int64_t log_second_until;
	int64_t log_seconds; /* wall clock */
	char log_time[24];   /* "2026-01-31 12:00:00" */
};

/* Connections of a site that limits them, or what they send; kept until the end, so that a
 * connection can outlive the configuration it began with. */
struct web_connections {
	struct web_connections *next;
	uint32_t site;
	_Atomic uint64_t count;
	struct http_rate rate;
};

struct web {
	struct web_connections *connections; /* under `lock` */
	struct web_dispatcher dispatcher;
	char *state_dir;
	char computer[64];
	int loop_count;
	struct web_loop *loops;
	struct http_server *server;
	pthread_mutex_t lock; /* `current` */
	struct web_snapshot *current;
	_Atomic uint64_t generation;
	pthread_mutex_t log_lock; /* log_files */
	struct web_log_file *log_files;
	struct web_httperr *httperr;
};
