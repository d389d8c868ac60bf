/* SPDX-License-Identifier: Apache-2.0 */
/* See com_policy.h. Plain functions; nothing here can fail. */
#include "scm/com_policy.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define GOOD_LIFE (10 * NSEC_PER_SEC) /* a host that lived so long was a good start */
#define PAUSE_FIRST (100 * NSEC_PER_MSEC)
#define PAUSE_LAST (30 * NSEC_PER_SEC)
#define PAUSE_SHORT (2 * NSEC_PER_SEC) /* who asks meanwhile waits for its end */
/* One that says it leaves has no objects left. */
#define PART_PATIENCE (60 * NSEC_PER_SEC)

const char *com_policy_state_name(enum com_policy_state state)
{
	static const char *const names[] = { "Stopped", "Stopped", "Starting", "Starting",
					     "Running" };

	return names[state];
}

/* ---- actions ---- */

static void begin(struct com_policy_actions *out)
{
	out->count = 0;
	out->why[0] = out->parameters[0] = '\0';
	out->source = "";
}

static struct com_policy_action *emit(struct com_policy_actions *out,
				      enum com_policy_action_type type,
				      const struct com_policy_app *app, uint64_t generation)
{
	/* There is room: one answer for each who waits, and for each application an event, and as
	 * many stops as it has hosts. */
	struct com_policy_action *action = &out->items[out->count++];

	*action = (struct com_policy_action){ .type = type, .app = app, .generation = generation };
	return action;
}

/* Parameters up to a NULL. */
__attribute__((sentinel)) static void emit_event(struct com_policy_actions *out,
						 const struct com_policy_app *app,
						 const char *source, uint32_t id, ...)
{
	size_t at = 0;
	va_list args;

	va_start(args, id);
	for (const char *p = va_arg(args, const char *); p; p = va_arg(args, const char *)) {
		int n = snprintf(out->parameters + at, sizeof(out->parameters) - at, "%s%s",
				 at ? "\x1f" : "", p);

		at = n < 0 || (size_t)n >= sizeof(out->parameters) - at
			     ? sizeof(out->parameters) - 1
			     : at + (size_t)n;
	}
	va_end(args);
	out->source = source;
	emit(out, COM_POLICY_EVENT, app, app->generation)->value = id;
}

static void emit_answer(struct com_policy_actions *out, const struct com_policy_app *app,
			uint64_t cookie, uint32_t hresult)
{
	struct com_policy_action *action = emit(out, COM_POLICY_ANSWER, app, app->generation);

	action->cookie = cookie;
	action->hresult = hresult;
}

/* ---- who waits ---- */

static bool is_awaited(const struct com_policy *p, const struct com_policy_app *app)
{
	for (size_t i = 0; i < p->waiting_count; i++) {
		if (p->waiting[i].app == app)
			return true;
	}
	return false;
}

static void answer_all(struct com_policy *p, const struct com_policy_app *app, uint32_t hresult,
		       struct com_policy_actions *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->waiting_count; i++) {
		if (p->waiting[i].app == app)
			emit_answer(out, app, p->waiting[i].cookie, hresult);
		else
			p->waiting[kept++] = p->waiting[i];
	}
	p->waiting_count = kept;
}

/* ---- failure ---- */

static void pause_after(struct com_policy_app *app, int64_t now)
{
	int64_t pause = PAUSE_FIRST;

	app->failures++;
	for (uint32_t i = 1; i < app->failures && pause < PAUSE_LAST; i++)
		pause *= 2;
	app->not_before = now + (pause < PAUSE_LAST ? pause : PAUSE_LAST);
}

/* Its start has failed: all who wait are told. The event is the caller's. */
static void failed(struct com_policy *p, struct com_policy_app *app, uint32_t hresult,
		   const char *why, int64_t now, struct com_policy_actions *out)
{
	app->state = COM_POLICY_NONE;
	app->generation = 0;
	app->hresult = hresult;
	snprintf(app->why, sizeof(app->why), "%s", why);
	snprintf(out->why, sizeof(out->why), "%s", why);
	pause_after(app, now);
	answer_all(p, app, hresult, out);
}

static void start_event(struct com_policy_app *app, const char *error,
			struct com_policy_actions *out)
{
	char command[64];

	snprintf(command, sizeof(command), "dllhost /Processid:%s", app->appid);
	emit_event(out, app, "DCOM", 10000, command, error, app->clsid, NULL);
}

static void describe_end(char *out, size_t size, int code, int signal, const char *words)
{
	snprintf(out, size, "The process terminated unexpectedly (%s %d)%s%.160s",
		 signal ? "signal" : "exit code", signal ? signal : code, *words ? ": " : ".",
		 words);
}

/* ---- hosts that are current no more ---- */

static void forget_old(struct com_policy_app *app, size_t i)
{
	app->old_count--;
	memmove(&app->old[i], &app->old[i + 1], (app->old_count - i) * sizeof(app->old[0]));
}

/* The current host is no longer. Of too many that linger the one that has done so for longest is
 * ended: however often somebody says that he reaches none, there are never more. */
static void part(struct com_policy_app *app, bool expected, struct com_policy_actions *out)
{
	if (app->old_count == COM_POLICY_OLD_MAX) {
		emit(out, COM_POLICY_KILL, app, app->old[0].generation);
		forget_old(app, 0);
	}
	app->old[app->old_count++] = (struct com_policy_old){ app->generation, expected };
	app->generation = 0;
	app->state = COM_POLICY_NONE;
}

static bool is_current(const struct com_policy_app *app, uint64_t generation)
{
	return generation && app->generation == generation;
}

static struct com_policy_app *app_of(struct com_policy *p, uint64_t generation)
{
	for (size_t i = 0; i < p->app_count; i++) {
		struct com_policy_app *app = &p->apps[i];

		if (is_current(app, generation))
			return app;
		for (size_t k = 0; k < app->old_count; k++) {
			if (generation && app->old[k].generation == generation)
				return app;
		}
	}
	return NULL;
}

const struct com_policy_app *com_policy_find(const struct com_policy *policy, uint64_t generation)
{
	return app_of((struct com_policy *)policy, generation);
}

static struct com_policy_app *current_of(struct com_policy *p, uint64_t generation)
{
	struct com_policy_app *app = app_of(p, generation);

	return app && is_current(app, generation) ? app : NULL;
}

/* ---- time ---- */

static int64_t app_due(const struct com_policy_app *app)
{
	switch (app->state) {
	case COM_POLICY_WAITING:
		return app->not_before;
	case COM_POLICY_STARTING:
	case COM_POLICY_STARTED:
		return app->deadline;
	default:
		return INT64_MAX;
	}
}

static struct com_policy_app *next_due(struct com_policy *p)
{
	struct com_policy_app *next = NULL;

	for (size_t i = 0; i < p->app_count; i++) {
		int64_t due = app_due(&p->apps[i]);

		if (due != INT64_MAX && (!next || due < app_due(next)))
			next = &p->apps[i];
	}
	return next;
}

static void end(struct com_policy *p, struct com_policy_actions *out)
{
	const struct com_policy_app *next = next_due(p);

	out->due = next ? app_due(next) : INT64_MAX;
}

/* ---- launching ---- */

static void launch(struct com_policy *p, struct com_policy_app *app, int64_t now,
		   struct com_policy_actions *out)
{
	app->state = COM_POLICY_STARTING;
	app->generation = ++*p->generations;
	app->launched = now;
	app->deadline = now + p->launch_timeout;
	emit(out, COM_POLICY_LAUNCH, app, app->generation);
}

static void want(struct com_policy *p, struct com_policy_app *app, int64_t now,
		 struct com_policy_actions *out)
{
	if (now >= app->not_before)
		launch(p, app, now, out);
	else
		app->state = COM_POLICY_WAITING;
}

/* One that nothing is known of but failures of long ago. */
static struct com_policy_app *free_place(struct com_policy *p, int64_t now)
{
	struct com_policy_app *best = NULL;

	if (p->app_count < COM_POLICY_APPS_MAX)
		return &p->apps[p->app_count++];
	for (size_t i = 0; i < p->app_count; i++) {
		struct com_policy_app *app = &p->apps[i];

		if (app->state == COM_POLICY_NONE && !app->old_count && app->not_before <= now &&
		    (!best || app->not_before < best->not_before))
			best = app;
	}
	return best;
}

static struct com_policy_app *get_app(struct com_policy *p, const char *appid, int64_t now)
{
	struct com_policy_app *app = NULL;

	for (size_t i = 0; i < p->app_count; i++) {
		if (strcmp(p->apps[i].appid, appid) == 0)
			return &p->apps[i];
	}
	app = free_place(p, now);
	if (app) {
		*app = (struct com_policy_app){ .state = COM_POLICY_NONE };
		snprintf(app->appid, sizeof(app->appid), "%s", appid);
	}
	return app;
}

static void refuse(uint64_t cookie, uint32_t hresult, const char *why,
		   struct com_policy_actions *out)
{
	struct com_policy_action *action = emit(out, COM_POLICY_ANSWER, NULL, 0);

	action->cookie = cookie;
	action->hresult = hresult;
	snprintf(out->why, sizeof(out->why), "%s", why);
}

/* ---- inputs ---- */

void com_policy_init(struct com_policy *policy, uint64_t *generations)
{
	policy->generations = generations;
	policy->stopped = true;
	policy->app_count = policy->waiting_count = 0;
}

void com_policy_begin(struct com_policy *policy, int64_t launch_timeout)
{
	policy->launch_timeout = launch_timeout;
	policy->stopped = false;
	for (size_t i = 0; i < policy->app_count; i++) {
		policy->apps[i].failures = 0;
		policy->apps[i].not_before = 0;
	}
}

static void ask(struct com_policy *p, struct com_policy_app *app, const char *clsid,
		uint64_t cookie, int64_t now, struct com_policy_actions *out)
{
	if (app->state == COM_POLICY_READY) {
		emit_answer(out, app, cookie, COM_POLICY_S_OK);
		return;
	}
	if (app->state <= COM_POLICY_WAITING && app->not_before - now > PAUSE_SHORT) {
		refuse(cookie, app->hresult, app->why, out);
		return;
	}
	p->waiting[p->waiting_count++] = (struct com_policy_request){ cookie, app };
	if (app->state == COM_POLICY_NONE) {
		snprintf(app->clsid, sizeof(app->clsid), "%s", clsid);
		want(p, app, now, out);
	}
}

void com_policy_ask(struct com_policy *policy, const char *appid, const char *clsid,
		    uint64_t cookie, uint64_t gone, int64_t now, struct com_policy_actions *out)
{
	struct com_policy_app *app;

	begin(out);
	if (policy->stopped) {
		refuse(cookie, COM_POLICY_E_STOPPING, "The service is being stopped.", out);
	} else if (policy->waiting_count == COM_POLICY_WAITING_MAX) {
		refuse(cookie, COM_POLICY_E_BUSY,
		       "Too many requests wait for hosts of components to start.", out);
	} else if (!(app = get_app(policy, appid, now))) {
		refuse(cookie, COM_POLICY_E_FULL, "Too many applications have hosts.", out);
	} else {
		if (app->state == COM_POLICY_READY && is_current(app, gone))
			part(app, false, out);
		ask(policy, app, clsid, cookie, now, out);
	}
	end(policy, out);
}

void com_policy_launch_failed(struct com_policy *policy, uint64_t generation, uint32_t hresult,
			      const char *why, bool told, int64_t now,
			      struct com_policy_actions *out)
{
	struct com_policy_app *app = current_of(policy, generation);

	begin(out);
	if (app && !told)
		start_event(app, why, out);
	if (app)
		failed(policy, app, hresult, why, now, out);
	end(policy, out);
}

void com_policy_registered(struct com_policy *policy, uint64_t generation, int64_t now,
			   struct com_policy_actions *out)
{
	struct com_policy_app *app = current_of(policy, generation);

	begin(out);
	if (app && app->state == COM_POLICY_STARTING) {
		app->state = COM_POLICY_STARTED;
		emit(out, COM_POLICY_START, app, generation);
	}
	end(policy, out);
}

bool com_policy_ready(struct com_policy *policy, uint64_t generation, const char *activator,
		      int64_t now, struct com_policy_actions *out)
{
	struct com_policy_app *app = app_of(policy, generation);
	bool good = app && (!is_current(app, generation) || app->state == COM_POLICY_STARTED);

	begin(out);
	if (good && is_current(app, generation)) {
		app->state = COM_POLICY_READY;
		snprintf(app->activator, sizeof(app->activator), "%s", activator);
		answer_all(policy, app, COM_POLICY_S_OK, out);
	}
	end(policy, out);
	return good;
}

void com_policy_leaving(struct com_policy *policy, uint64_t generation, int64_t now,
			struct com_policy_actions *out)
{
	struct com_policy_app *app = app_of(policy, generation);

	begin(out);
	if (app && is_current(app, generation) && app->state != COM_POLICY_READY) {
		start_event(app, "It left before it was ready.", out);
		part(app, false, out);
		failed(policy, app, COM_POLICY_E_EXEC_FAILURE, "It left before it was ready.", now,
		       out);
	} else if (app && is_current(app, generation)) {
		part(app, false, out);
	}
	for (size_t i = 0; app && i < app->old_count; i++) {
		struct com_policy_old *old = &app->old[i];

		if (old->generation != generation || old->expected)
			continue;
		old->expected = true;
		emit(out, COM_POLICY_PART, app, generation)->value = PART_PATIENCE;
	}
	end(policy, out);
}

static void crashed(struct com_policy_app *app, int64_t now, struct com_policy_actions *out)
{
	emit_event(out, app, "W3SVC", 37, app->appid, NULL);
	if (now - app->launched >= GOOD_LIFE)
		app->failures = 0;
	pause_after(app, now);
}

static void current_exited(struct com_policy *p, struct com_policy_app *app, int code, int signal,
			   const char *words, int64_t now, struct com_policy_actions *out)
{
	char end_text[COM_POLICY_TEXT_MAX];

	describe_end(end_text, sizeof(end_text), code, signal, words);
	if (app->state != COM_POLICY_READY) {
		start_event(app, end_text, out);
		failed(p, app, COM_POLICY_E_EXEC_FAILURE, end_text, now, out);
		return;
	}
	app->state = COM_POLICY_NONE;
	app->generation = 0;
	if (!code && !signal) {
		app->failures = 0;
		return;
	}
	app->hresult = COM_POLICY_E_EXEC_FAILURE;
	snprintf(app->why, sizeof(app->why), "%s", end_text);
	crashed(app, now, out);
}

static void old_exited(struct com_policy_app *app, uint64_t generation, bool crash, int64_t now,
		       struct com_policy_actions *out)
{
	for (size_t i = 0; i < app->old_count; i++) {
		if (app->old[i].generation != generation)
			continue;
		if (crash && !app->old[i].expected)
			emit_event(out, app, "W3SVC", 37, app->appid, NULL);
		forget_old(app, i);
		return;
	}
}

void com_policy_exited(struct com_policy *policy, uint64_t generation, int code, int signal,
		       const char *words, int64_t now, struct com_policy_actions *out)
{
	struct com_policy_app *app = app_of(policy, generation);

	begin(out);
	if (app && is_current(app, generation))
		current_exited(policy, app, code, signal, words, now, out);
	else if (app)
		old_exited(app, generation, code || signal, now, out);
	end(policy, out);
}

void com_policy_forget(struct com_policy *policy)
{
	policy->waiting_count = 0;
}

void com_policy_stop(struct com_policy *policy, int64_t grace, int64_t now,
		     struct com_policy_actions *out)
{
	begin(out);
	policy->stopped = true;
	snprintf(out->why, sizeof(out->why), "The service is being stopped.");
	for (size_t i = 0; i < policy->app_count; i++) {
		struct com_policy_app *app = &policy->apps[i];

		answer_all(policy, app, COM_POLICY_E_STOPPING, out);
		if (app->generation)
			part(app, true, out);
		app->state = COM_POLICY_NONE;
		for (size_t k = 0; k < app->old_count; k++) {
			app->old[k].expected = true;
			emit(out, COM_POLICY_STOP, app, app->old[k].generation)->value =
				(uint64_t)grace;
		}
	}
	end(policy, out);
}

static void late(struct com_policy *p, struct com_policy_app *app, int64_t now,
		 struct com_policy_actions *out)
{
	uint64_t generation = app->generation;

	emit_event(out, app, "DCOM", 10010, app->clsid, NULL);
	part(app, true, out);
	emit(out, COM_POLICY_KILL, app, generation);
	failed(p, app, COM_POLICY_E_EXEC_FAILURE,
	       "The server did not register with DCOM within the required timeout.", now, out);
}

void com_policy_tick(struct com_policy *policy, int64_t now, struct com_policy_actions *out)
{
	struct com_policy_app *app = next_due(policy);

	begin(out);
	if (app && app_due(app) <= now) {
		if (app->state != COM_POLICY_WAITING)
			late(policy, app, now, out);
		else if (is_awaited(policy, app))
			launch(policy, app, now, out);
		else
			app->state = COM_POLICY_NONE;
	}
	end(policy, out);
}
