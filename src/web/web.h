/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sites: what answers the requests that http/ parsed. A request is matched with a site, routed to
 * an application and a file, filtered, and given to a handler: static files, default documents
 * and folder listings are answered here; a page is given to the dispatcher (web/pool.h).
 *
 * Everything runs on the loop thread of the request's connection; each loop has its own caches and
 * log buffers, so nothing here takes a lock for a request. web_new, web_set_config and web_free
 * belong to the program's control thread.
 */
#pragma once

#include "config/config.h"
#include "http/http.h"

struct web;

/* One request on its way, from routing until `done`. It lives in the exchange's arena; all texts
 * live as long as it does. */
struct web_request {
	struct http_exchange *x;
	struct web *web;
	int loop; /* index of its loop */
	const struct config_site *site;
	const struct config_application *application;
	const struct config_vdir *vdir;
	struct config_url *url;   /* effective configuration; keeps the snapshot alive */
	struct text path;         /* decoded, normalised, UTF-8: script_name + path_info */
	struct text script_name;  /* "/shop/cart.asp" */
	struct text query;        /* without '?'; of an error page: "404;http://host:80/asked" */
	struct text path_info;    /* behind it: "/7", mostly "" */
	struct text script_file;  /* absolute path in the file system, NUL-terminated */
	struct text app_root;     /* folder of the application, without a slash at the end */
	struct text user;         /* authenticated user, "" for anonymous */
	const char *module;       /* "IsapiModule", "StaticFileModule"; NULL before it is chosen */
	const char *handler;      /* "ASPClassic", "StaticFile" */
	const char *notification; /* "ExecuteRequestHandler": for error pages */
	uint32_t sub_status, win32_status; /* for the log; set by the answering functions */
	struct text log;                   /* behind the query in the log; a page's own words */
	void *dispatch;                    /* the dispatcher's own */
};

/* Who runs pages. `dispatch` answers with exactly one web_respond*(), now or later, on the same
 * thread; `aborted` says that the client is gone first (no answer may follow); `done` comes last
 * for every request that was dispatched. */
typedef void (*web_dispatch_fn)(void *ctx, struct web_request *request);
struct web_dispatcher {
	void *ctx;
	web_dispatch_fn dispatch;
	web_dispatch_fn aborted;
	web_dispatch_fn done;
};

struct web_options {
	const char *state_dir; /* copied; logs are written to STATE/logs */
	int loops;
	struct web_dispatcher dispatcher;
};

/* Takes a reference to `config`. -ENOMEM. */
int web_new(const struct web_options *options, struct config *config, struct web **ret);
/* After the server was stopped. Writes what the logs still hold. */
struct web *web_free(struct web *web);
/* What to give to http_server_new as its handler. */
struct http_handler web_handler(struct web *web);
/* Tells it the server's loops, between http_server_new and http_server_start. */
void web_attach(struct web *web, struct http_server *server);
/* A new snapshot: requests that arrive from now on use it, those under way keep theirs. May be
 * called from any thread; takes a reference. -ENOMEM, then the old one stays. */
int web_set_config(struct web *web, struct config *config);

/* Answers with IIS's error page for status.sub: the custom page of httpErrors, a detailed one for
 * a local client, a short one otherwise. `hresult` is shown (0: the one usual for the status);
 * `detail` is one more sentence for the detailed page, may be empty. */
void web_respond_error(struct web_request *request, unsigned status, unsigned sub, uint32_t hresult,
		       struct text detail);
/* Answers with the file NAME_asp.htm beside the page NAME.asp, if it is there: for a page that
 * cannot be run because too many wait (asp/enableAspHtmlFallback). False: nothing was answered. */
bool web_respond_fallback(struct web_request *request);
/* True when httpErrors puts a page of its own in the place of this answer of a handler
 * (existingResponse): answer with web_respond_error then. */
bool web_error_replaces(const struct web_request *request, const struct http_response *response);
/* Answers with a head and a body from `source` (NULL: no body), adding the custom headers of the
 * configuration; `sub` and `win32` go to the log. Header texts are copied. */
void web_respond_source(struct web_request *request, const struct http_response *response,
			unsigned sub, uint32_t win32, const struct http_source *source, void *ctx);
/* The same with bytes that stay valid until `done`. */
void web_respond_memory(struct web_request *request, const struct http_response *response,
			unsigned sub, const void *body, size_t length);
