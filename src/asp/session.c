/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of an application's sessions. A session in the table has one reference from it; its
 * holder and everybody who waits for it have one each. `refs`, `busy`, `ended`, `used` and the
 * table are guarded by the application's sessions_lock, the rest belongs to the holder.
 */
#include "asp/asp-priv.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

#include <errno.h>
#include <sys/random.h>

/* With the lock held. */
static void session_unref(struct asp_session *s)
{
	if (--s->refs != 0)
		return;
	asp_contents_done(&s->contents);
	asp_contents_done(&s->static_objects);
	pthread_cond_destroy(&s->idle);
	mem_free(s);
}

static struct text id_text(const struct asp_session *s)
{
	return (struct text){ s->id, ASP_SESSION_ID_LENGTH };
}

/* ---- the cookie ---- */

/* The value of cookie `name`, as it came; data == NULL when it is not there. */
static struct text cookie_value(const struct asp_context *ctx, struct text name)
{
	const struct channel_request *request = ctx->exchange->request;
	for (size_t i = 0; i < request->header_count; i++) {
		if (!text_equal_nocase(request->headers[i].name, TEXT("Cookie")))
			continue;
		struct text rest = request->headers[i].value;
		while (rest.data) {
			struct text value = text_trim(text_cut(&rest, ';'));
			if (text_equal(text_cut(&value, '='), name) && value.data)
				return value;
		}
	}
	return (struct text){ 0 };
}

/* ---- taking turns ---- */

/* Waits for the session's turn; NULL when it ended meanwhile. With the lock held. */
static struct asp_session *session_hold(struct asp_application *app, struct asp_session *s)
{
	s->refs++;
	while (s->busy && !s->ended)
		pthread_cond_wait(&s->idle, &app->sessions_lock);
	if (s->ended) {
		session_unref(s);
		return NULL;
	}
	s->busy = true;
	return s;
}

static struct asp_session *session_find(struct asp_context *ctx, struct text id)
{
	struct asp_application *app = ctx->application;
	if (id.length != ASP_SESSION_ID_LENGTH)
		return NULL;
	pthread_mutex_lock(&app->sessions_lock);
	struct asp_session *s = map_get(app->sessions, id);
	if (s && !s->busy && ctx->now - s->used >= s->timeout)
		s = NULL; /* its time is over, though nobody has swept it away yet */
	if (s)
		s = session_hold(app, s);
	pthread_mutex_unlock(&app->sessions_lock);
	return s;
}

static int session_new(struct asp_context *ctx, struct asp_session **ret)
{
	struct asp_application *app = ctx->application;
	const struct asp_settings *settings = &ctx->config->settings;
	unsigned char random[16];
	struct asp_session *s = mem_new(struct asp_session);
	if (!s || getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
		mem_free(s);
		return -ENOMEM;
	}
	for (size_t i = 0; i < ASP_SESSION_ID_LENGTH; i++)
		s->id[i] = (char)('A' + (random[i / 2] >> (i % 2 * 4) & 15));
	memcpy(&s->number, random + 12, sizeof(s->number));
	s->number &= INT32_MAX;
	pthread_cond_init(&s->idle, NULL);
	s->refs = 2; /* the table's and the holder's */
	s->busy = s->fresh = true;
	s->used = ctx->now;
	s->timeout = settings->session_timeout;
	s->lcid = (LONG)(settings->lcid ? settings->lcid : 1033);
	pthread_mutex_lock(&app->sessions_lock);
	int r = map_count(app->sessions) < settings->session_max
			? map_put(app->sessions, id_text(s), s, NULL)
			: -ENOBUFS;
	pthread_mutex_unlock(&app->sessions_lock);
	if (r != 0) {
		pthread_cond_destroy(&s->idle);
		mem_free(s);
		return r;
	}
	*ret = s;
	return 0;
}

/* ---- for requests ---- */

int asp_session_need(struct asp_context *ctx)
{
	if (ctx->session)
		return 0;
	if (!ctx->session_allowed || !ctx->exchange || ctx->response.head_sent)
		return -EPERM;
	return session_new(ctx, &ctx->session);
}

static int fail(struct asp_context *ctx, int r)
{
	asp_error_set(&ctx->error, r == -ENOBUFS ? 246 : 100, TEXT(""));
	ctx->failed = true;
	return r;
}

int asp_session_enter(struct asp_context *ctx)
{
	struct asp_application *app = ctx->application;
	struct text id = cookie_value(ctx, text_of(app->cookie_name));
	if (id.data)
		ctx->session = session_find(ctx, id);
	if (ctx->session || !(app->on_session_start || app->session_objects))
		return 0;
	int r = asp_session_need(ctx);
	if (r == 0)
		r = asp_objects_create(app->global, ASP_SCOPE_SESSION,
				       &ctx->session->static_objects);
	if (r != 0)
		return fail(ctx, r);
	return asp_context_event(ctx, app->global, "Session_OnStart");
}

/* Runs Session_OnEnd for a session that is out of the table and held by `ctx`. */
static void run_end(struct asp_context *ctx)
{
	struct asp_application *app = ctx->application;
	if (app->on_session_end)
		(void)asp_context_event(ctx, app->global, "Session_OnEnd");
}

/* With the lock held: out of the table, and nobody gets it any more. */
static void session_remove(struct asp_application *app, struct asp_session *s)
{
	if (s->ended)
		return;
	s->ended = true;
	map_remove(app->sessions, id_text(s));
	session_unref(s);
	pthread_cond_broadcast(&s->idle);
}

void asp_session_leave(struct asp_context *ctx)
{
	struct asp_session *s = ctx->session;
	struct asp_application *app = ctx->application;
	if (!s)
		return;
	if (s->abandoned) {
		/* The OnEnd of an abandoned session has no request any more, and time of its own.
		 */
		struct exchange *exchange = ctx->exchange;
		ctx->exchange = NULL;
		ctx->failed = ctx->timed_out = false;
		ctx->now = clock_now();
		asp_context_watch(ctx, ctx->config->settings.script_timeout);
		run_end(ctx);
		ctx->exchange = exchange;
	}
	ctx->session = NULL;
	pthread_mutex_lock(&app->sessions_lock);
	if (s->abandoned)
		session_remove(app, s);
	s->busy = false;
	s->used = clock_now();
	pthread_cond_signal(&s->idle);
	session_unref(s);
	pthread_mutex_unlock(&app->sessions_lock);
}

/* ---- the end of sessions ---- */

/* One session whose time is over, taken and held; NULL when there is none. `*at` walks the
 * table, in which only the session just returned is removed. */
static struct asp_session *take_idle(struct asp_application *app, int64_t now, size_t *at)
{
	struct text id;
	void *value;
	while (map_next(app->sessions, at, &id, &value)) {
		struct asp_session *s = value;
		if (s->busy || (now != INT64_MAX && now - s->used < s->timeout))
			continue;
		s->refs++;
		s->busy = true;
		session_remove(app, s);
		return s;
	}
	return NULL;
}

/* Ends up to this many sessions per hold of the lock. */
#define SWEEP 64

static bool sweep(struct asp_application *app, struct asp_context *ctx, int64_t now)
{
	struct asp_session *ended[SWEEP];
	size_t count = 0, at = 0;
	pthread_mutex_lock(&app->sessions_lock);
	while (count < SWEEP && (ended[count] = take_idle(app, now, &at)))
		count++;
	pthread_mutex_unlock(&app->sessions_lock);
	for (size_t i = 0; i < count; i++) {
		if (ctx) {
			asp_context_begin(ctx, NULL);
			ctx->application = app;
			ctx->config = asp_config_ref(app->config);
			ctx->session = ended[i];
			run_end(ctx);
			ctx->session = NULL;
			ctx->application = NULL;
			asp_context_end(ctx);
		}
		pthread_mutex_lock(&app->sessions_lock);
		session_unref(ended[i]);
		pthread_mutex_unlock(&app->sessions_lock);
	}
	return count == SWEEP;
}

void asp_session_expire(struct asp_application *app, int64_t now)
{
	struct asp_context *ctx = app->on_session_end ? asp_context_take(app->asp) : NULL;
	while (sweep(app, ctx, now))
		;
	if (ctx)
		asp_context_give(ctx);
}

static void free_session(void *p)
{
	struct asp_session *s = p;
	s->refs = 1;
	session_unref(s);
}

void asp_session_table_done(struct asp_application *app)
{
	app->sessions = map_free(app->sessions, free_session);
}
