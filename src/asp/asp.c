/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests for pages, from exchange to exchange. asp_handle runs on the host's worker threads;
 * the free list of contexts and the table of applications are shared by them.
 */
#include "asp/asp-priv.h"

#include "base/map.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>

void asp_settings_init(struct asp_settings *settings)
{
	/* system.webServer/asp in IIS_schema.xml */
	*settings = (struct asp_settings){
		.buffering = true,
		.session_state = true,
		.session_id_secure = true,
		.errors_logged = true,
		.lines = true,
		.language = "VBScript",
		.error_message = "An error occurred on the server when processing the URL. Please "
				 "contact the system administrator.",
		.buffering_limit = 4194304,
		.max_request_entity = 200000,
		.session_max = UINT32_MAX,
		.script_timeout = 90 * INT64_C(1000000000),
		.session_timeout = 20 * 60 * INT64_C(1000000000),
		.appid = "",
	};
}

/* ---- contexts ---- */

struct asp_context *asp_context_take(struct asp *asp)
{
	pthread_mutex_lock(&asp->lock);
	struct asp_context *ctx = asp->free_contexts;
	if (ctx)
		asp->free_contexts = ctx->next_free;
	pthread_mutex_unlock(&asp->lock);
	if (ctx)
		return ctx;
	ctx = asp_context_new(asp);
	if (!ctx)
		return NULL;
	pthread_mutex_lock(&asp->lock);
	ctx->next = asp->contexts;
	asp->contexts = ctx;
	asp->context_count++;
	pthread_mutex_unlock(&asp->lock);
	return ctx;
}

void asp_context_give(struct asp_context *ctx)
{
	struct asp *asp = ctx->asp;
	bool drop;
	pthread_mutex_lock(&asp->lock);
	/* One at least: a worker that comes back finds it warm. */
	drop = asp->context_count > 1 && asp->context_count > asp->contexts_max;
	if (drop) {
		struct asp_context **at = &asp->contexts;
		while (*at != ctx)
			at = &(*at)->next;
		*at = ctx->next;
		asp->context_count--;
	} else {
		ctx->next_free = asp->free_contexts;
		asp->free_contexts = ctx;
	}
	pthread_mutex_unlock(&asp->lock);
	if (drop)
		asp_context_free(ctx);
}

void asp_limit(struct asp *asp, uint32_t pages, uint32_t engines)
{
	pthread_mutex_lock(&asp->lock);
	asp->contexts_max = engines;
	pthread_mutex_unlock(&asp->lock);
	asp_cache_limit(asp->cache, pages);
}

/* ---- birth and end ---- */

int asp_new(const struct asp_host *host, struct asp **ret)
{
	struct asp *asp = mem_new(struct asp);
	pthread_condattr_t monotonic;
	if (!asp)
		return -ENOMEM;
	asp->host = *host;
	snprintf(asp->user, sizeof(asp->user), "%s", host->user ? host->user : "");
	asp->host.user = asp->user;
	pthread_mutex_init(&asp->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&asp->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	asp->contexts_max = ASP_ENGINES;
	asp->applications = map_new(ASP_APPLICATIONS_MAX, MAP_NOCASE);
	int r = asp->applications ? 0 : -ENOMEM;
	if (r == 0)
		r = asp_cache_new(ASP_CACHE_PAGES_MAX, ASP_CACHE_BYTES, &asp->cache);
	if (r == 0) {
		asp_cache_limit(asp->cache, ASP_CACHE_PAGES);
		r = asp_watch_start(asp);
	}
	if (r != 0) {
		asp_free(asp);
		return r;
	}
	*ret = asp;
	return 0;
}

static void end_application(void *p)
{
	asp_application_unref(p);
}

struct asp *asp_free(struct asp *asp)
{
	if (!asp)
		return NULL;
	asp->applications = map_free(asp->applications, end_application);
	asp_watch_stop(asp);
	while (asp->contexts) {
		struct asp_context *ctx = asp->contexts;
		asp->contexts = ctx->next;
		asp_context_free(ctx);
	}
	asp_cache_free(asp->cache);
	pthread_mutex_destroy(&asp->lock);
	pthread_cond_destroy(&asp->wake);
	return mem_free(asp);
}

void asp_settings_changed(struct asp *asp)
{
	__atomic_add_fetch(&asp->epoch, 1, __ATOMIC_RELEASE);
}

void asp_expire(struct asp *asp, int64_t now)
{
	size_t at = 0;
	for (bool more = true; more;) {
		struct text key;
		void *value = NULL;
		pthread_mutex_lock(&asp->lock);
		/* The table may change between two steps; then one application waits for the
		 * next call. */
		more = map_next(asp->applications, &at, &key, &value);
		struct asp_application *app = value;
		if (more)
			__atomic_fetch_add(&app->refs, 1, __ATOMIC_RELAXED);
		pthread_mutex_unlock(&asp->lock);
		if (!more)
			break;
		pthread_mutex_lock(&app->lock);
		bool started = app->started;
		pthread_mutex_unlock(&app->lock);
		if (started)
			asp_session_expire(app, now);
		asp_application_unref(app);
	}
}

/* ---- requests ---- */

static void apply_settings(struct asp_context *ctx)
{
	const struct asp_settings *s = &ctx->config->settings;
	ctx->response.body.limit = s->buffering_limit;
	ctx->response.buffering = s->buffering;
	ctx->response.codepage = s->code_page ? s->code_page : 65001;
	asp_context_watch(ctx, s->script_timeout > 0 ? s->script_timeout : INT64_MAX);
}

/* The error when there is no text for it yet: memory, files, settings. */
static void explain(struct asp_context *ctx, int r, struct text page)
{
	ctx->failed = true;
	if (ctx->error.description)
		return;
	asp_error_set(&ctx->error, r == -ENOMEM ? 100 : 132, page);
	asp_error_place(&ctx->error, page, 0, 0);
}

static void serve(struct asp_context *ctx)
{
	struct text url = asp_request_text(ctx, CHANNEL_SCRIPT_NAME);
	struct asp_page *page = NULL;
	int r = asp_application_enter(ctx);
	if (r == 0) {
		apply_settings(ctx);
		r = asp_context_page(ctx, url, &page);
	}
	if (r != 0) {
		explain(ctx, r, url);
		if (r == -ENOENT && ctx->config)
			ctx->response.status = 404; /* it went while the request was on its way */
		return;
	}
	ctx->response.codepage = page->codepage;
	ctx->response.lcid = (LONG)page->lcid;
	ctx->session_allowed = ctx->config->settings.session_state && page->session;
	if (ctx->session_allowed && asp_session_enter(ctx) == 0 && !ctx->failed) {
		if (ctx->session && ctx->session->codepage)
			ctx->response.codepage = ctx->session->codepage;
		(void)asp_context_run(ctx, page, url);
	} else if (!ctx->session_allowed) {
		(void)asp_context_run(ctx, page, url);
	}
	asp_page_unref(page);
}

void asp_handle(struct asp *asp, struct exchange *exchange)
{
	struct asp_context *ctx = asp_context_take(asp);
	if (!ctx)
		return; /* the provider answers with 500 */
	asp_context_begin(ctx, exchange);
	serve(ctx);
	if (ctx->failed)
		asp_error_page(ctx);
	asp_response_finish(ctx);
	asp_session_leave(ctx);
	asp_application_leave(ctx);
	asp_context_end(ctx);
	asp_context_give(ctx);
}

static void handle(void *ctx, struct exchange *exchange)
{
	asp_handle(ctx, exchange);
}

struct exchange_handler asp_handler(struct asp *asp)
{
	return (struct exchange_handler){ .handle = handle, .ctx = asp };
}
