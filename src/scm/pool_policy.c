/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inputs of the pool's state machine: what the SCM tells it, and the steps it takes. What
 * time alone makes happen is in pool_rules.c. Called by the SCM's loop thread and by the tests;
 * owns nothing but the struct it is given.
 */
#include "scm/pool_internal.h"

#include <stdarg.h>
#include <stdio.h>

const char *pool_state_name(enum pool_state state)
{
	static const char *const names[] = { "Started", "Stopped", "Failed" };

	return state <= POOL_FAILED ? names[state] : "Unknown";
}

const char *pool_host_state_name(enum pool_host_state state)
{
	static const char *const names[] = { "None",     "Starting", "Running",
					     "Draining", "Stopping", "Stopping" };

	return state <= POOL_HOST_KILLED ? names[state] : "Unknown";
}

/* ---- answers ---- */

/* No input makes more than POOL_ACTIONS_MAX answers: each host takes one step, of at most four
 * answers, and the pool adds a few of its own. */
static struct pool_action *action_add(struct pool_actions *out, enum pool_action_type type)
{
	static struct pool_action overflow;
	struct pool_action *action =
		out->count < POOL_ACTIONS_MAX ? &out->items[out->count++] : &overflow;

	*action = (struct pool_action){ .type = type };
	return action;
}

void pool_emit(struct pool_actions *out, enum pool_action_type type, const struct pool_host *host,
	       uint64_t value)
{
	struct pool_action *action = action_add(out, type);

	action->generation = host->generation;
	action->pid = host->pid;
	action->value = value;
}

void pool_emit_event(struct pool_actions *out, const char *source, uint32_t id, ...)
{
	struct pool_action *action = action_add(out, POOL_EVENT);
	const char *parameter;
	size_t used = 0;
	va_list args;

	action->source = source;
	action->event_id = id;
	va_start(args, id);
	while ((parameter = va_arg(args, const char *))) {
		int n = snprintf(action->text + used, sizeof(action->text) - used, "%s%s",
				 used ? "\x1f" : "", parameter);

		if (n < 0 || (size_t)n >= sizeof(action->text) - used)
			break;
		used += n;
	}
	va_end(args);
}

void pool_emit_host_event(const struct pool *pool, const struct pool_host *host, uint32_t id,
			  struct pool_actions *out)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%u", host->pid);
	pool_emit_event(out, "WAS", id, pool->settings->name, pid, NULL);
}

void pool_emit_changed(const struct pool *pool, uint32_t status, uint32_t hresult,
		       struct pool_actions *out)
{
	struct pool_action *action = action_add(out, POOL_CHANGED);

	action->state = pool->state;
	action->status = status;
	action->hresult = hresult;
	snprintf(action->text, sizeof(action->text), "%s", pool->reason);
}

static void set_reason(struct pool *pool, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void set_reason(struct pool *pool, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vsnprintf(pool->reason, sizeof(pool->reason), format, args) < 0)
		pool->reason[0] = '\0';
	va_end(args);
}

static void actions_begin(struct pool_actions *out)
{
	out->count = 0;
}

static void actions_end(const struct pool *pool, struct pool_moment at, struct pool_actions *out)
{
	out->due = pool_due(pool, at);
}

/* ---- hosts ---- */

struct pool_host *pool_host_of(struct pool *pool, uint64_t generation)
{
	for (size_t i = 0; generation && i < POOL_HOSTS_MAX; i++) {
		if (pool->hosts[i].generation == generation)
			return &pool->hosts[i];
	}
	return NULL;
}

const struct pool_host *pool_find(const struct pool *pool, uint64_t generation)
{
	return pool_host_of((struct pool *)pool, generation);
}

size_t pool_host_count(const struct pool *pool)
{
	size_t count = 0;

	for (size_t i = 0; i < POOL_HOSTS_MAX; i++)
		count += pool->hosts[i].state != POOL_HOST_NONE;
	return count;
}

static size_t garden_size(const struct pool *pool)
{
	/* 0 means one per NUMA node, which here is one. */
	uint32_t wanted = pool->settings->max_processes ? pool->settings->max_processes : 1;

	return wanted < POOL_GARDEN_MAX ? wanted : POOL_GARDEN_MAX;
}

static bool host_launch(struct pool *pool, uint64_t replaces, struct pool_moment at,
			struct pool_actions *out)
{
	for (size_t i = 0; i < POOL_HOSTS_MAX; i++) {
		struct pool_host *host = &pool->hosts[i];

		if (host->state != POOL_HOST_NONE)
			continue;
		*host = (struct pool_host){
			.state = POOL_HOST_STARTING,
			.generation = ++*pool->generations,
			.replaces = replaces,
			.started = at.now,
			.deadline = at.now + pool->settings->startup_time_limit,
		};
		pool_emit(out, POOL_LAUNCH, host, 0);
		return true;
	}
	return false;
}

/* Hosts that serve or will: those that only stand in for another are not counted twice. */
static size_t serving_count(const struct pool *pool)
{
	size_t count = 0;

	for (size_t i = 0; i < POOL_HOSTS_MAX; i++) {
		const struct pool_host *host = &pool->hosts[i];

		count += host->state == POOL_HOST_RUNNING ||
			 (host->state == POOL_HOST_STARTING && !host->replaces);
	}
	return count;
}

static bool has_running(const struct pool *pool)
{
	for (size_t i = 0; i < POOL_HOSTS_MAX; i++) {
		if (pool->hosts[i].state == POOL_HOST_RUNNING)
			return true;
	}
	return false;
}

void pool_want(struct pool *pool, struct pool_moment at, struct pool_actions *out)
{
	pool->wanted = false;
	/* Low applications run inside the front end: there is nothing to launch. */
	if (pool->state != POOL_STARTED || pool->settings->protection == CONFIG_LOW)
		return;
	for (size_t n = serving_count(pool); n < garden_size(pool); n++) {
		if (at.now < pool->not_before) {
			pool->wanted = true;
			return;
		}
		if (!host_launch(pool, 0, at, out))
			return;
	}
}

void pool_host_kill(struct pool_host *host, struct pool_actions *out)
{
	if (host->state != POOL_HOST_KILLED)
		pool_emit(out, POOL_KILL, host, 0);
	host->state = POOL_HOST_KILLED;
}

static void host_stop(struct pool_host *host, struct pool_moment at, struct pool_actions *out)
{
	int64_t grace = host->deadline > at.now ? host->deadline - at.now : 0;

	host->state = POOL_HOST_STOPPING;
	pool_emit(out, POOL_STOP, host, grace);
}

void pool_host_drain(struct pool *pool, struct pool_host *host, int64_t limit,
		     struct pool_moment at, struct pool_actions *out)
{
	host->deadline = at.now + limit;
	if (host->in_front && pool->front) {
		host->state = POOL_HOST_DRAINING;
		pool_emit(out, POOL_HOST_DRAIN, host, 0);
	} else {
		host_stop(host, at, out);
	}
}

/* Puts a host down in whatever state it is, within `limit`. */
static void host_end(struct pool *pool, struct pool_host *host, int64_t limit,
		     struct pool_moment at, struct pool_actions *out)
{
	host->restart = false;
	switch (host->state) {
	case POOL_HOST_STARTING: /* has no request yet, and may not even listen to us */
		pool_host_kill(host, out);
		break;
	case POOL_HOST_RUNNING:
		pool_host_drain(pool, host, limit, at, out);
		break;
	case POOL_HOST_DRAINING:
	case POOL_HOST_STOPPING:
		host->deadline = time_min(host->deadline, at.now + limit);
		break;
	case POOL_HOST_NONE:
	case POOL_HOST_KILLED:
		break;
	}
}

static void hosts_end(struct pool *pool, int64_t limit, struct pool_moment at,
		      struct pool_actions *out)
{
	pool->wanted = false;
	for (size_t i = 0; i < POOL_HOSTS_MAX; i++)
		host_end(pool, &pool->hosts[i], limit, at, out);
}

/* ---- failures ---- */

static void back_off(struct pool *pool, const struct pool_host *host, struct pool_moment at)
{
	int64_t wait = 0;

	if (host->registered && at.now - host->registered >= POOL_GOOD_LIFE)
		pool->start_failures = 0;
	pool->start_failures++;
	if (pool->start_failures >= 2) {
		uint32_t doublings = pool->start_failures - 2;

		wait = doublings < 16 ? POOL_BACKOFF_FIRST << doublings : POOL_BACKOFF_LAST;
		wait = time_min(wait, POOL_BACKOFF_LAST);
	}
	pool->not_before = at.now + wait;
}

/* Rapid-fail protection: failure/rapidFailProtectionMaxCrashes in .Interval. */
static bool count_failure(struct pool *pool, struct pool_moment at, struct pool_actions *out)
{
	const struct config_pool *s = pool->settings;
	uint32_t limit = s->rapid_fail_max_crashes, recent = 0;

	if (limit > POOL_FAILURES_MAX)
		limit = POOL_FAILURES_MAX;
	pool->failures_total++;
	pool->failures[pool->failure_next] = at.now;
	pool->failure_next = (pool->failure_next + 1) % POOL_FAILURES_MAX;
	if (pool->failure_count < POOL_FAILURES_MAX)
		pool->failure_count++;
	if (!s->rapid_fail_protection || pool->state != POOL_STARTED)
		return false;
	for (uint32_t i = 0; i < pool->failure_count; i++)
		recent += at.now - pool->failures[i] < s->rapid_fail_interval;
	if (recent < limit)
		return false;

	pool->state = POOL_FAILED;
	set_reason(pool,
		   "Application pool '%s' is being automatically disabled due to a series of "
		   "failures in the process(es) serving that application pool.",
		   s->name);
	pool_emit_event(out, "WAS", 5002, s->name, NULL);
	pool_emit_changed(pool, 503, 0, out);
	hosts_end(pool, s->shutdown_time_limit, at, out);
	return true;
}

/* The host that shall be replaced keeps serving; the failed overlap is on record. */
static void overlap_failed(struct pool *pool, struct pool_host *host, struct pool_moment at,
			   struct pool_actions *out)
{
	struct pool_host *old = pool_host_of(pool, host->replaces);

	host->replaces = 0;
	if (!old)
		return;
	old->replacing = false;
	old->recycle_not_before = at.now + POOL_RECYCLE_PAUSE;
	pool_emit_host_event(pool, old, 5093, out);
}

void pool_start_failed(struct pool *pool, struct pool_host *host, uint32_t hresult,
		       const char *error, const char *why, struct pool_moment at,
		       struct pool_actions *out)
{
	pool_emit_event(out, "W3SVC", 36, pool->application, error, NULL);
	overlap_failed(pool, host, at, out);
	back_off(pool, host, at);
	if (count_failure(pool, at, out) || pool->state != POOL_STARTED)
		return;
	if (!has_running(pool)) {
		set_reason(pool, "%s", why);
		pool_emit_changed(pool, 500, hresult, out);
	}
	pool->wanted = pool->wanted || pool->settings->always_running;
}

/* Its successor, if one starts already, is then a host like any other. */
static void host_orphan_successor(struct pool *pool, struct pool_host *host)
{
	for (size_t i = 0; i < POOL_HOSTS_MAX; i++) {
		if (pool->hosts[i].replaces == host->generation && host->generation)
			pool->hosts[i].replaces = 0;
	}
	host->replacing = false;
}

void pool_host_bad(struct pool *pool, struct pool_host *host, struct pool_moment at,
		   struct pool_actions *out)
{
	back_off(pool, host, at);
	pool_host_kill(host, out);
	host_orphan_successor(pool, host);
	if (!count_failure(pool, at, out))
		pool_want(pool, at, out);
}

/* ---- recycling ---- */

static void recycle_event(const struct pool *pool, const struct pool_host *host,
			  enum config_recycle_event why, struct pool_actions *out)
{
	static const struct {
		enum config_recycle_event why;
		uint32_t id;
	} events[] = {
		{ CONFIG_RECYCLE_TIME, 5074 },
		{ CONFIG_RECYCLE_REQUESTS, 5075 },
		{ CONFIG_RECYCLE_SCHEDULE, 5076 },
		{ CONFIG_RECYCLE_MEMORY, 5077 },
		{ CONFIG_RECYCLE_ISAPI_UNHEALTHY, 5078 },
		{ CONFIG_RECYCLE_ON_DEMAND, 5079 },
		{ CONFIG_RECYCLE_CONFIG_CHANGE, 5080 },
		{ CONFIG_RECYCLE_PRIVATE_MEMORY, 5117 },
	};
	char pid[16];

	if (!(pool->settings->log_recycle & why))
		return;
	snprintf(pid, sizeof(pid), "%u", host->pid);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (events[i].why != why)
			continue;
		/* 5079 and 5080 speak of the pool, the others of one process. */
		if (why == CONFIG_RECYCLE_ON_DEMAND || why == CONFIG_RECYCLE_CONFIG_CHANGE)
			pool_emit_event(out, "WAS", events[i].id, pool->settings->name, NULL);
		else
			pool_emit_event(out, "WAS", events[i].id, pid, pool->settings->name, NULL);
	}
}

static bool is_about_pool(enum config_recycle_event why)
{
	return why == CONFIG_RECYCLE_ON_DEMAND || why == CONFIG_RECYCLE_CONFIG_CHANGE;
}

/* Overlapped: the successor starts first and takes over when it has registered. Else the old one
 * leaves first. */
static void host_replace(struct pool *pool, struct pool_host *host, struct pool_moment at,
			 struct pool_actions *out)
{
	if (!pool->settings->disallow_overlapping_rotation &&
	    host_launch(pool, host->generation, at, out)) {
		host->replacing = true;
		return;
	}
	pool_host_drain(pool, host, pool->settings->shutdown_time_limit, at, out);
	host->restart = true;
}

void pool_host_recycle(struct pool *pool, struct pool_host *host, enum config_recycle_event why,
		       struct pool_moment at, struct pool_actions *out)
{
	if (host->replacing)
		return;
	recycle_event(pool, host, why, out);
	host_replace(pool, host, at, out);
}

bool pool_recycle(struct pool *pool, enum config_recycle_event why, struct pool_moment at,
		  struct pool_actions *out)
{
	bool told = false;
	size_t left = garden_size(pool); /* of those that are replaced: a garden may have shrunk */

	actions_begin(out);
	/* Those that start with the old settings; not the ones launched below. */
	for (size_t i = 0; why == CONFIG_RECYCLE_CONFIG_CHANGE && i < POOL_HOSTS_MAX; i++) {
		if (pool->hosts[i].state == POOL_HOST_STARTING)
			pool->hosts[i].recycle_when_ready = why;
	}
	for (size_t i = 0; pool->state == POOL_STARTED && i < POOL_HOSTS_MAX; i++) {
		struct pool_host *host = &pool->hosts[i];

		if (host->state != POOL_HOST_RUNNING || host->replacing)
			continue;
		if (!told || !is_about_pool(why))
			recycle_event(pool, host, why, out);
		told = true;
		if (left) {
			left--;
			host_replace(pool, host, at, out);
		} else {
			pool_host_drain(pool, host, pool->settings->shutdown_time_limit, at, out);
		}
	}
	actions_end(pool, at, out);
	return pool->state == POOL_STARTED;
}

/* ---- inputs: the pool ---- */

void pool_init(struct pool *pool, const struct config_pool *settings, const char *application,
	       uint64_t *generations)
{
	*pool = (struct pool){
		.settings = settings,
		.application = application,
		.generations = generations,
		.state = POOL_STOPPED,
	};
	set_reason(pool, "Application pool '%s' has not been started.", settings->name);
}

void pool_start(struct pool *pool, struct pool_moment at, struct pool_actions *out)
{
	actions_begin(out);
	if (pool->state != POOL_STARTED) {
		pool->state = POOL_STARTED;
		pool->failure_count = pool->failure_next = 0;
		pool->start_failures = 0;
		pool->not_before = 0;
		pool->last_local = at.local;
		pool->reason[0] = '\0';
		pool_emit_changed(pool, 0, 0, out);
		if (pool->settings->always_running)
			pool_want(pool, at, out);
	}
	actions_end(pool, at, out);
}

void pool_stop(struct pool *pool, struct pool_moment at, const char *reason, int64_t limit,
	       struct pool_actions *out)
{
	int64_t patience = pool->settings->shutdown_time_limit;

	actions_begin(out);
	if (limit >= 0)
		patience = time_min(patience, limit);
	pool->state = POOL_STOPPED;
	set_reason(pool, "%s", reason);
	pool_emit_changed(pool, 503, 0, out);
	hosts_end(pool, patience, at, out);
	actions_end(pool, at, out);
}

void pool_kill_all(struct pool *pool, struct pool_moment at, const char *reason,
		   struct pool_actions *out)
{
	actions_begin(out);
	pool->wanted = false;
	if (pool->state != POOL_STOPPED) {
		pool->state = POOL_STOPPED;
		set_reason(pool, "%s", reason);
		pool_emit_changed(pool, 503, 0, out);
	}
	for (size_t i = 0; i < POOL_HOSTS_MAX; i++) {
		pool->hosts[i].restart = false;
		if (pool->hosts[i].state != POOL_HOST_NONE)
			pool_host_kill(&pool->hosts[i], out);
	}
	actions_end(pool, at, out);
}

void pool_demand(struct pool *pool, struct pool_moment at, struct pool_actions *out)
{
	actions_begin(out);
	/* The front end asks although it was told: it missed it, or its message crossed ours. */
	if (pool->state != POOL_STARTED)
		pool_emit_changed(pool, 503, 0, out);
	pool_want(pool, at, out);
	actions_end(pool, at, out);
}

void pool_configure(struct pool *pool, const struct config_pool *settings, const char *application,
		    bool changed, struct pool_moment at, struct pool_actions *out)
{
	pool->settings = settings;
	pool->application = application;
	if (changed && !settings->disallow_rotation_on_config_change)
		pool_recycle(pool, CONFIG_RECYCLE_CONFIG_CHANGE, at, out);
	else
		actions_begin(out);
	/* A larger garden, or a pool that shall always run now; not where the old ones leave first.
	 */
	if (has_running(pool) || (settings->always_running && !pool_host_count(pool)))
		pool_want(pool, at, out);
	actions_end(pool, at, out);
}

void pool_front_came(struct pool *pool, struct pool_moment at, struct pool_actions *out)
{
	actions_begin(out);
	pool->front = true;
	pool_emit_changed(pool, pool->state == POOL_STARTED ? 0 : 503, 0, out);
	for (size_t i = 0; i < POOL_HOSTS_MAX; i++) {
		struct pool_host *host = &pool->hosts[i];

		if (host->state != POOL_HOST_RUNNING)
			continue;
		host->in_front = true;
		pool_emit(out, POOL_HOST_READY, host, 0);
	}
	actions_end(pool, at, out);
}

void pool_front_went(struct pool *pool, struct pool_moment at, struct pool_actions *out)
{
	actions_begin(out);
	pool->front = false;
	for (size_t i = 0; i < POOL_HOSTS_MAX; i++) {
		struct pool_host *host = &pool->hosts[i];

		host->in_front = false;
		host->active = 0; /* its requests went with the front end's connections */
		if (host->state == POOL_HOST_DRAINING)
			host_stop(host, at, out);
	}
	actions_end(pool, at, out);
}

/* ---- inputs: one host ---- */

void pool_launched(struct pool *pool, uint64_t generation, uint32_t pid)
{
	struct pool_host *host = pool_host_of(pool, generation);

	if (host)
		host->pid = pid;
}

void pool_launch_failed(struct pool *pool, uint64_t generation, uint32_t hresult, const char *why,
			struct pool_moment at, struct pool_actions *out)
{
	struct pool_host *host = pool_host_of(pool, generation);

	actions_begin(out);
	if (host) {
		struct pool_host gone = *host;

		*host = (struct pool_host){ 0 };
		if (gone.state == POOL_HOST_STARTING)
			pool_start_failed(pool, &gone, hresult, why, why, at, out);
		if (pool->wanted)
			pool_want(pool, at, out);
	}
	actions_end(pool, at, out);
}

void pool_registered(struct pool *pool, uint64_t generation, struct pool_moment at,
		     struct pool_actions *out)
{
	struct pool_host *host = pool_host_of(pool, generation), *old;

	actions_begin(out);
	if (host && host->state == POOL_HOST_STARTING) {
		host->state = POOL_HOST_RUNNING;
		host->registered = host->last_active = at.now;
		host->ping_due = at.now + pool->settings->ping_interval;
		if (pool->front) {
			host->in_front = true;
			pool_emit(out, POOL_HOST_READY, host, 0);
		}
		old = pool_host_of(pool, host->replaces);
		host->replaces = 0;
		if (old && old->state == POOL_HOST_RUNNING)
			pool_host_drain(pool, old, pool->settings->shutdown_time_limit, at, out);
		if (host->recycle_when_ready)
			pool_host_recycle(pool, host, host->recycle_when_ready, at, out);
		if (pool->state == POOL_STARTED)
			pool->reason[0] = '\0';
	}
	actions_end(pool, at, out);
}

void pool_pong(struct pool *pool, uint64_t generation, uint64_t sequence, struct pool_moment at,
	       struct pool_actions *out)
{
	struct pool_host *host = pool_host_of(pool, generation);

	actions_begin(out);
	if (host && host->ping_deadline && host->ping_sequence == sequence) {
		host->ping_deadline = 0;
		host->ping_due = at.now + pool->settings->ping_interval;
	}
	actions_end(pool, at, out);
}

void pool_activity(struct pool *pool, uint64_t generation, uint64_t requests, uint64_t active,
		   struct pool_moment at, struct pool_actions *out)
{
	struct pool_host *host = pool_host_of(pool, generation);
	uint64_t limit = pool->settings->restart_requests;

	actions_begin(out);
	if (host) {
		if (active || host->active || requests != host->requests)
			host->last_active = at.now;
		host->requests = requests;
		host->active = active;
		if (host->state == POOL_HOST_RUNNING && limit && requests >= limit &&
		    at.now >= host->recycle_not_before && pool->state == POOL_STARTED)
			pool_host_recycle(pool, host, CONFIG_RECYCLE_REQUESTS, at, out);
	}
	actions_end(pool, at, out);
}

void pool_memory(struct pool *pool, uint64_t generation, uint64_t virtual_kib, uint64_t private_kib,
		 struct pool_moment at, struct pool_actions *out)
{
	const struct config_pool *s = pool->settings;
	struct pool_host *host = pool_host_of(pool, generation);

	actions_begin(out);
	if (host && host->state == POOL_HOST_RUNNING && pool->state == POOL_STARTED &&
	    at.now >= host->recycle_not_before) {
		if (s->restart_memory_kib && virtual_kib >= s->restart_memory_kib)
			pool_host_recycle(pool, host, CONFIG_RECYCLE_MEMORY, at, out);
		else if (s->restart_private_memory_kib &&
			 private_kib >= s->restart_private_memory_kib)
			pool_host_recycle(pool, host, CONFIG_RECYCLE_PRIVATE_MEMORY, at, out);
	}
	actions_end(pool, at, out);
}

/* More than the limit allows for the whole interval, however much of it is over. */
static bool is_over_limit(const struct config_pool *s, int64_t used, uint32_t processors)
{
	double allowed = (double)s->cpu_interval * processors * s->cpu_limit / 100000;

	return (double)used > allowed;
}

void pool_cpu(struct pool *pool, uint64_t generation, int64_t used, uint32_t processors,
	      struct pool_moment at, struct pool_actions *out)
{
	const struct config_pool *s = pool->settings;
	struct pool_host *host = pool_host_of(pool, generation);

	actions_begin(out);
	if (host && host->state == POOL_HOST_RUNNING && s->cpu_limit && s->cpu_interval > 0) {
		if (!host->cpu_since || at.now - host->cpu_since >= s->cpu_interval) {
			host->cpu_since = at.now;
			host->cpu_before = used;
			host->cpu_told = false;
		}
		if (!host->cpu_told && is_over_limit(s, used - host->cpu_before, processors)) {
			host->cpu_told = true;
			pool_emit_event(out, "WAS", 5025, s->name, NULL);
			if (s->cpu_action == CONFIG_CPU_KILL) {
				pool_host_kill(host, out);
				host_orphan_successor(pool, host);
				pool_want(pool, at, out);
			}
		}
	}
	actions_end(pool, at, out);
}

void pool_drained(struct pool *pool, uint64_t generation, struct pool_moment at,
		  struct pool_actions *out)
{
	struct pool_host *host = pool_host_of(pool, generation);

	actions_begin(out);
	if (host && host->state == POOL_HOST_DRAINING)
		host_stop(host, at, out);
	actions_end(pool, at, out);
}

void pool_untrusted(struct pool *pool, uint64_t generation, struct pool_moment at,
		    struct pool_actions *out)
{
	struct pool_host *host = pool_host_of(pool, generation);

	actions_begin(out);
	if (host && host->state != POOL_HOST_KILLED) {
		pool_emit_host_event(pool, host, 5127, out);
		pool_host_bad(pool, host, at, out);
	}
	actions_end(pool, at, out);
}

/* A process that ended though nobody had asked it to. */
static void host_died(struct pool *pool, struct pool_host *host, unsigned status, const char *words,
		      struct pool_moment at, struct pool_actions *out)
{
	char pid[16], code[16], why[POOL_TEXT_MAX];
	bool classic = pool->settings->protection == CONFIG_HIGH ||
		       pool->settings->protection == CONFIG_MEDIUM;

	snprintf(pid, sizeof(pid), "%u", host->pid);
	snprintf(code, sizeof(code), "%x", status);
	pool_emit_event(out, "WAS", 5009, pool->settings->name, pid, code, NULL);
	if (host->state == POOL_HOST_STARTING) {
		snprintf(why, sizeof(why),
			 "The host process of '%.120s' ended before it was ready (exit code "
			 "0x%s)%s%.160s",
			 pool->settings->name, code, *words ? ": " : ".", words);
		pool_start_failed(pool, host, POOL_E_SERVER_EXEC_FAILURE, "Server execution failed",
				  why, at, out);
		return;
	}
	if (classic)
		pool_emit_event(out, "W3SVC", 37, pool->application, NULL);
	back_off(pool, host, at);
	if (!count_failure(pool, at, out) && pool->settings->always_running)
		pool->wanted = true;
}

void pool_exited(struct pool *pool, uint64_t generation, int code, int signal, const char *words,
		 struct pool_moment at, struct pool_actions *out)
{
	struct pool_host *host = pool_host_of(pool, generation), gone;

	actions_begin(out);
	if (host) {
		gone = *host;
		host_orphan_successor(pool, host);
		*host = (struct pool_host){ 0 };
		if (gone.in_front && pool->front)
			pool_emit(out, POOL_HOST_GONE, &gone, 0);
		/* A signal counts as in the shell: 128 and its number. */
		if (gone.state < POOL_HOST_STOPPING)
			host_died(pool, &gone, signal ? 128u + signal : (unsigned)code, words, at,
				  out);
		if (pool->wanted || gone.restart || pool->settings->always_running)
			pool_want(pool, at, out);
	}
	actions_end(pool, at, out);
}
