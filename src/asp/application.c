/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of an application: settings, global.asa, variables. Entered by worker threads at the
 * start of every request; owns its sessions and variables.
 */
#include "asp/asp-priv.h"

#include "base/map.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>

#define SETTINGS_MEMORY ((size_t)4 << 20)
#define GLOBAL_INTERVAL INT64_C(1000000000) /* ns between looks at global.asa */

/* ---- settings ---- */

struct asp_config *asp_config_ref(struct asp_config *config)
{
	__atomic_fetch_add(&config->refs, 1, __ATOMIC_RELAXED);
	return config;
}

struct asp_config *asp_config_unref(struct asp_config *config)
{
	if (!config || __atomic_sub_fetch(&config->refs, 1, __ATOMIC_ACQ_REL) != 0)
		return NULL;
	if (config->settings.source && config->asp->host.release)
		config->asp->host.release(config->asp->host.ctx, config->settings.source);
	arena_done(&config->arena);
	return mem_free(config);
}

static int config_new(struct asp_context *ctx, struct asp_config **ret)
{
	struct asp *asp = ctx->asp;
	struct asp_config *config = mem_new(struct asp_config);
	if (!config)
		return -ENOMEM;
	config->asp = asp;
	config->refs = 1;
	config->epoch = __atomic_load_n(&asp->epoch, __ATOMIC_ACQUIRE);
	config->version = __atomic_add_fetch(&asp->versions, 1, __ATOMIC_RELAXED);
	arena_init(&config->arena, SETTINGS_MEMORY);
	asp_settings_init(&config->settings);
	int r = asp->host.settings(asp->host.ctx, ctx->exchange->request, &config->arena,
				   &config->settings);
	if (r != 0) {
		asp_config_unref(config);
		return r;
	}
	*ret = config;
	return 0;
}

struct asp_page_options asp_config_page_options(const struct asp_config *config)
{
	return (struct asp_page_options){
		.loader = asp_loader_site(&config->settings),
		.language = config->settings.language ? config->settings.language : "VBScript",
		.codepage = config->settings.code_page,
		.parent_paths = config->settings.parent_paths,
	};
}

/* ---- birth and end ---- */

/* The same name in every process that serves the application, so that a browser does not gather
 * cookies of processes that are gone. */
static void name_cookie(struct asp_application *app)
{
	uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
	for (size_t i = 0; i < app->metabase_path.length; i++)
		h = (h ^ (unsigned char)text_lower(app->metabase_path.data[i])) *
		    UINT64_C(1099511628211);
	strcpy(app->cookie_name, "ASPSESSIONID");
	for (size_t i = 0; i < 8; i++, h >>= 8)
		app->cookie_name[12 + i] = (char)('A' + (h & 0xFF) % 26);
}

static struct text copy(struct text t)
{
	char *data = mem_alloc(t.length + 1);
	if (!data)
		return (struct text){ 0 };
	if (t.length)
		memcpy(data, t.data, t.length);
	data[t.length] = '\0';
	return (struct text){ data, t.length };
}

static void application_free(struct asp_application *app)
{
	asp_session_table_done(app);
	asp_contents_done(&app->contents);
	asp_contents_done(&app->static_objects);
	asp_page_unref(app->global);
	asp_config_unref(app->config);
	mem_free((char *)(uintptr_t)app->metabase_path.data);
	mem_free((char *)(uintptr_t)app->url.data);
	mem_free((char *)(uintptr_t)app->global_url.data);
	pthread_mutex_destroy(&app->lock);
	pthread_mutex_destroy(&app->contents_lock);
	pthread_mutex_destroy(&app->sessions_lock);
	pthread_cond_destroy(&app->unlocked);
	mem_free(app);
}

static struct asp_application *application_new(struct asp_context *ctx)
{
	struct asp_application *app = mem_new(struct asp_application);
	if (!app)
		return NULL;
	app->refs = 1;
	app->asp = ctx->asp;
	pthread_mutex_init(&app->lock, NULL);
	pthread_mutex_init(&app->contents_lock, NULL);
	pthread_mutex_init(&app->sessions_lock, NULL);
	pthread_cond_init(&app->unlocked, NULL);
	app->metabase_path = copy(asp_request_text(ctx, CHANNEL_METABASE_PATH));
	app->url = copy(asp_request_text(ctx, CHANNEL_APP_PATH));
	app->sessions = map_new(ASP_SESSIONS_MAX, 0);
	if (!app->metabase_path.data || !app->url.data || !app->sessions) {
		application_free(app);
		return NULL;
	}
	name_cookie(app);
	return app;
}

/* The last reference is gone: the end of the application, in a context of its own. */
static void application_end(struct asp_application *app)
{
	if (app->started) {
		asp_session_expire(app, INT64_MAX);
		struct asp_context *ctx = app->global ? asp_context_take(app->asp) : NULL;
		if (ctx) {
			asp_context_begin(ctx, NULL);
			ctx->application = app;
			ctx->config = asp_config_ref(app->config);
			(void)asp_context_event(ctx, app->global, "Application_OnEnd");
			ctx->application = NULL;
			asp_context_end(ctx);
			asp_context_give(ctx);
		}
	}
	application_free(app);
}

struct asp_application *asp_application_unref(struct asp_application *app)
{
	if (app && __atomic_sub_fetch(&app->refs, 1, __ATOMIC_ACQ_REL) == 0)
		application_end(app);
	return NULL;
}

/* ---- global.asa ---- */

static int find_global(struct asp_application *app, const struct asp_settings *settings,
		       struct asp_stamp *ret, bool keep_name)
{
	static const char *const names[] = { "global.asa", "Global.asa", "GLOBAL.ASA" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf url, path;
		buf_init(&url, 8192);
		buf_init(&path, 16384);
		if (app->url.length > 1)
			buf_put_text(&url, app->url);
		buf_putc(&url, '/');
		buf_puts(&url, names[i]);
		int r = buf_failed(&url);
		if (r == 0)
			r = asp_url_physical(settings, buf_text(&url), &path);
		const char *name = buf_cstr(&path);
		if (r == 0)
			r = buf_failed(&path) ? buf_failed(&path) : asp_stamp_read(name, ret);
		if (r == 0 && keep_name) {
			mem_free((char *)(uintptr_t)app->global_url.data);
			app->global_url = copy(buf_text(&url));
			r = app->global_url.data ? 0 : -ENOMEM;
		}
		buf_done(&url);
		buf_done(&path);
		if (r != -ENOENT)
			return r;
	}
	return -ENOENT;
}

/* True when global.asa came, went or changed since it was compiled. */
static bool global_changed(struct asp_application *app)
{
	struct asp_stamp stamp;
	if (app->global)
		return !asp_page_current(app->global);
	return find_global(app, &app->config->settings, &stamp, false) == 0;
}

static int load_global(struct asp_context *ctx, struct asp_application *app)
{
	struct asp_stamp stamp;
	int r = find_global(app, &app->config->settings, &stamp, true);
	if (r == -ENOENT || r == -EACCES || r == -ENOTDIR)
		return 0;
	if (r != 0)
		return r;
	struct asp_page_options options = asp_config_page_options(app->config);
	options.global = true;
	r = asp_page_compile(&options, app->global_url, &app->global, &ctx->error);
	if (r == -EINVAL)
		ctx->failed = true;
	if (r != 0)
		return r;
	const struct vbs_program *program = app->global->program;
	app->on_session_start = vbs_program_has_procedure(program, TEXT("Session_OnStart"));
	app->on_session_end = vbs_program_has_procedure(program, TEXT("Session_OnEnd"));
	for (size_t i = 0; i < app->global->object_count; i++)
		app->session_objects |= app->global->objects[i].scope == ASP_SCOPE_SESSION;
	return 0;
}

static int start(struct asp_context *ctx, struct asp_application *app)
{
	app->global = asp_page_unref(app->global);
	int r = load_global(ctx, app);
	if (r == 0 && app->global) {
		r = asp_objects_create(app->global, ASP_SCOPE_APPLICATION, &app->static_objects);
		if (r == 0)
			(void)asp_context_event(ctx, app->global, "Application_OnStart");
	}
	app->global_checked = ctx->now;
	if (r == 0 && ctx->failed)
		r = -EINVAL;
	app->started = r == 0;
	return r;
}

/* ---- requests ---- */

static int find(struct asp_context *ctx, struct asp_application **ret)
{
	struct asp *asp = ctx->asp;
	struct text key = asp_request_text(ctx, CHANNEL_METABASE_PATH);
	int r = 0;
	pthread_mutex_lock(&asp->lock);
	struct asp_application *app = map_get(asp->applications, key);
	if (!app) {
		app = application_new(ctx);
		r = app ? map_put(asp->applications, key, app, NULL) : -ENOMEM;
		if (r != 0 && app) {
			application_free(app);
			app = NULL;
		}
	}
	if (app)
		__atomic_fetch_add(&app->refs, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&asp->lock);
	*ret = app;
	return r;
}

/* Takes the application out of the table, so that the next request starts a new one. */
static void retire(struct asp *asp, struct asp_application *app)
{
	pthread_mutex_lock(&asp->lock);
	bool there = map_get(asp->applications, app->metabase_path) == app;
	if (there)
		map_remove(asp->applications, app->metabase_path);
	pthread_mutex_unlock(&asp->lock);
	if (there)
		asp_application_unref(app);
}

/* A web.config changed. */
static bool is_stale(const struct asp_config *config)
{
	const struct asp_host *host = &config->asp->host;

	return host->stale && config->settings.source &&
	       host->stale(host->ctx, config->settings.source);
}

/* With app->lock held. -ESTALE: global.asa changed, another application must be made. */
static int prepare(struct asp_context *ctx, struct asp_application *app)
{
	uint64_t epoch = __atomic_load_n(&ctx->asp->epoch, __ATOMIC_ACQUIRE);
	bool look = ctx->now - app->global_checked >= GLOBAL_INTERVAL;
	if (!app->config || app->config->epoch != epoch || (look && is_stale(app->config))) {
		struct asp_config *config;
		int r = config_new(ctx, &config);
		/* The application was removed, or a web.config broken: what was on its way to it
		 * finds it as it was. */
		if (r != 0 && !app->config)
			return r;
		if (r == 0) {
			asp_config_unref(app->config);
			app->config = config;
		}
	}
	ctx->config = asp_config_ref(app->config);
	if (!app->started)
		return start(ctx, app);
	if (!look)
		return 0;
	app->global_checked = ctx->now;
	return global_changed(app) ? -ESTALE : 0;
}

int asp_application_enter(struct asp_context *ctx)
{
	for (int attempt = 0; attempt < 3; attempt++) {
		struct asp_application *app;
		int r = find(ctx, &app);
		if (r != 0)
			return r;
		ctx->application = app;
		pthread_mutex_lock(&app->lock);
		r = prepare(ctx, app);
		pthread_mutex_unlock(&app->lock);
		if (r != -ESTALE || attempt == 2)
			return r == -ESTALE ? 0 : r;
		retire(ctx->asp, app);
		ctx->config = asp_config_unref(ctx->config);
		asp_application_leave(ctx);
	}
	return -EAGAIN;
}

void asp_application_leave(struct asp_context *ctx)
{
	struct asp_application *app = ctx->application;
	if (!app)
		return;
	asp_application_unlock(app, ctx);
	ctx->application = NULL;
	asp_application_unref(app);
}

/* ---- Application.Lock ---- */

void asp_application_access(struct asp_application *app, const struct asp_context *ctx)
{
	pthread_mutex_lock(&app->contents_lock);
	while (app->locked_by && app->locked_by != ctx)
		pthread_cond_wait(&app->unlocked, &app->contents_lock);
}

void asp_application_access_end(struct asp_application *app)
{
	pthread_mutex_unlock(&app->contents_lock);
}

void asp_application_lock(struct asp_application *app, const struct asp_context *ctx)
{
	asp_application_access(app, ctx);
	__atomic_store_n(&app->locked_by, ctx, __ATOMIC_RELAXED);
	asp_application_access_end(app);
}

void asp_application_unlock(struct asp_application *app, const struct asp_context *ctx)
{
	/* Read without the lock: only this thread ever stores its own context there. */
	if (__atomic_load_n(&app->locked_by, __ATOMIC_RELAXED) != ctx)
		return;
	pthread_mutex_lock(&app->contents_lock);
	__atomic_store_n(&app->locked_by, NULL, __ATOMIC_RELAXED);
	pthread_cond_broadcast(&app->unlocked);
	pthread_mutex_unlock(&app->contents_lock);
}
