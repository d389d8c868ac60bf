/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classic ASP: answers requests for pages. One `struct asp` per process holds the applications,
 * the compiled pages and the script engines; programs/dllhost.c gives it exchanges on its worker
 * threads. What depends on configuration comes from the caller through `struct asp_host`, so that
 * nothing here knows how configuration is stored.
 *
 * The behaviour follows the product documentation of Active Server Pages 3.0 (Built-in Objects
 * Reference, Script directives, Global.asa); docs/asp.md lists what is there and what differs.
 */
#pragma once

#include "ipc/exchange.h"

struct arena;
struct asp;

/* A virtual directory as the URL space of the whole site: "/shop" -> "/srv/www/shop". */
struct asp_mapping {
	const char *url;    /* without a slash at the end; "/" for the site itself */
	const char *folder; /* absolute, without a slash at the end */
};

/* What configuration says of one application: system.webServer/asp. asp_settings_init fills in
 * the schema's defaults; the mappings are the caller's to add. */
struct asp_settings {
	bool buffering, parent_paths, session_state, error_sent_to_browser, session_id_secure;
	bool errors_reported; /* errorsToNTLog; a script that took too long is always reported */
	bool errors_logged;   /* logErrorRequests: behind the query in the web server's log */
	bool lines;           /* calcLineNumber: errors say where */
	uint32_t code_page;   /* 0: UTF-8 */
	uint32_t lcid;        /* 0: 1033 */
	const char *language; /* default script language */
	const char *error_message; /* the whole of an error page when errors are not sent */
	uint32_t buffering_limit, max_request_entity; /* bytes */
	uint32_t session_max;
	int64_t script_timeout, session_timeout; /* nanoseconds */
	const struct asp_mapping *mappings;      /* longest url first; the last one is "/" */
	size_t mapping_count;
	const char *appid; /* "{3D14228D-...}" of the COM+ application, may be "" */
	void *source;      /* what they were made from, for asp_host; may be NULL */
};
void asp_settings_init(struct asp_settings *settings);

/* A script error, for the event log ("Active Server Pages", 5). Valid during the call only. */
struct asp_report {
	const char *file; /* "/shop/cart.asp" */
	uint32_t line;
	uint32_t number;         /* 0x800A000D, or an ASP number such as 113 in `asp_code` */
	const char *asp_code;    /* "ASP 0113", "" for the script engine's errors */
	const char *category;    /* "Microsoft VBScript runtime" */
	const char *description; /* "Type mismatch: 'x'" */
	const char *stack;       /* "Basket.Total (/shop.asp, line 12)\n(global) (...)", or "" */
};

/* What asp asks of the process around it. The functions are called on any thread. */
struct asp_host {
	void *ctx;
	/* The settings of the application that `request` belongs to (its metabase path names it).
	 * Texts and mappings must live in `arena` or for ever. Called when an application starts,
	 * not per request. 0, or a negative error: the request is answered with 500. */
	int (*settings)(void *ctx, const struct channel_request *request, struct arena *arena,
			struct asp_settings *ret);
	/* Whether `source` of settings has changed since: asked once a second at most, of an
	 * application that is in use. Both may be NULL. */
	bool (*stale)(void *ctx, void *source);
	void (*release)(void *ctx, void *source);
	/* May be NULL. */
	void (*report)(void *ctx, const struct asp_report *report);
	const char *user; /* the account of this process, for SURROGATE_USER; copied */
};

/* -ENOMEM. `host` is copied; its ctx must outlive the result. */
int asp_new(const struct asp_host *host, struct asp **ret);
/* Ends all sessions and applications (Session_OnEnd, Application_OnEnd run), then frees. No
 * request may be running. Takes NULL, returns NULL. */
struct asp *asp_free(struct asp *asp);

/* The most compiled pages and script engines that are kept (cache/scriptFileCacheSize and
 * scriptEngineCacheMax). Any thread. */
void asp_limit(struct asp *asp, uint32_t pages, uint32_t engines);

/* Answers one request; returns when the response is complete. Any worker thread, many at once. */
void asp_handle(struct asp *asp, struct exchange *exchange);
/* asp_handle as an exchange handler: ctx is the struct asp. */
struct exchange_handler asp_handler(struct asp *asp);

/* Configuration has changed: applications ask for their settings anew, at their next request.
 * Sessions and application variables stay. Any thread. */
void asp_settings_changed(struct asp *asp);

/* Ends sessions that have been idle too long at `now` (clock_now()). A thread of its own calls it
 * every few seconds; tests call it to make time pass. */
void asp_expire(struct asp *asp, int64_t now);
