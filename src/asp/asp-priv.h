/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process's ASP: applications, cache, free contexts, the watchdog. Included by the files of
 * this folder only.
 */
#pragma once

#include "asp/asp.h"
#include "asp/context.h"
#include "base/map.h"
#include "base/mem.h"

#define ASP_CACHE_PAGES 500      /* scriptFileCacheSize, until asp_limit says otherwise */
#define ASP_CACHE_PAGES_MAX 8192 /* more are cut to this */
#define ASP_ENGINES 250          /* scriptEngineCacheMax */
#define ASP_CACHE_BYTES ((size_t)64 << 20)
#define ASP_APPLICATIONS_MAX 4096

struct asp {
	struct asp_host host;
	char user[128];
	struct asp_cache *cache;
	uint64_t epoch;    /* asp_settings_changed; atomic */
	uint64_t versions; /* the last version given to a struct asp_config; atomic */

	pthread_mutex_t lock;     /* guards the applications and the contexts */
	struct map *applications; /* metabase path to struct asp_application */
	struct asp_context *contexts, *free_contexts;
	size_t context_count, contexts_max;

	pthread_t watchdog;
	pthread_cond_t wake;
	bool watching, asleep, ending; /* under lock */
};

/* A context for this thread, NULL when out of memory; and back. */
struct asp_context *asp_context_take(struct asp *asp);
void asp_context_give(struct asp_context *ctx);
/* Starts the thread that interrupts scripts whose time is over; -EAGAIN ... */
int asp_watch_start(struct asp *asp);
void asp_watch_stop(struct asp *asp);
/* Something runs: the watchdog must not sleep. */
void asp_watch_wake(struct asp *asp);

/* Makes the objects of `scope` that the page declares. 0, or negative: a class would not. */
int asp_objects_create(const struct asp_page *page, enum asp_scope scope, struct asp_contents *to);

/* Writes the error page (or the end of a page that is already on its way) for ctx->error. */
void asp_error_page(struct asp_context *ctx);
/* Tells the process around us of ctx->error. */
void asp_error_report(struct asp_context *ctx);
