/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What time alone makes happen to a pool: limits of start and shutdown, pings, idle time-out,
 * periodic recycling, the end of a back-off. Called by the SCM's loop thread and by the tests.
 */
#include "scm/pool_internal.h"

#include <stdio.h>

#define DAY (86400 * NSEC_PER_SEC)
/* The wall clock may be set: the schedule is looked at anew at least this often. */
#define SCHEDULE_LOOK (900 * NSEC_PER_SEC)

/* True when one of the times of day lies after the last look and not after now. */
static bool schedule_hit(struct pool *pool, int64_t local)
{
	int64_t day = local - local % DAY, last = pool->last_local;
	bool hit = false;

	pool->last_local = local;
	if (!last || local < last)
		return false;
	for (size_t i = 0; i < pool->settings->restart_schedule_count; i++) {
		int64_t due = day + pool->settings->restart_schedule[i];

		if (due > local)
			due -= DAY;
		hit = hit || due > last;
	}
	return hit;
}

static void starting_tick(struct pool *pool, struct pool_host *host, struct pool_moment at,
			  struct pool_actions *out)
{
	char why[POOL_TEXT_MAX];

	if (at.now < host->deadline)
		return;
	pool_emit_event(out, "DCOM", 10010, pool->settings->appid, NULL);
	pool_emit_host_event(pool, host, 5012, out);
	snprintf(why, sizeof(why),
		 "The server %s (application pool '%.160s') did not register within the required "
		 "timeout of %lld seconds.",
		 pool->settings->appid, pool->settings->name,
		 (long long)(pool->settings->startup_time_limit / NSEC_PER_SEC));
	pool_host_kill(host, out);
	pool_start_failed(pool, host, POOL_E_SERVER_EXEC_FAILURE, "Server execution failed", why,
			  at, out);
}

/* False when the host did not answer in time and was put down. */
static bool ping_tick(struct pool *pool, struct pool_host *host, struct pool_moment at,
		      struct pool_actions *out)
{
	if (!pool->settings->pinging || pool->settings->ping_interval <= 0)
		return true;
	if (host->ping_deadline) {
		if (at.now < host->ping_deadline)
			return true;
		pool_emit_host_event(pool, host, 5010, out);
		pool_host_bad(pool, host, at, out);
		return false;
	}
	if (at.now >= host->ping_due) {
		host->ping_deadline = at.now + pool->settings->ping_response_time;
		pool_emit(out, POOL_PING, host, ++host->ping_sequence);
	}
	return true;
}

static int64_t idle_due(const struct pool *pool, const struct pool_host *host)
{
	if (pool->settings->idle_timeout <= 0 || pool->settings->always_running || host->active)
		return INT64_MAX;
	return host->last_active + pool->settings->idle_timeout;
}

static int64_t restart_due(const struct pool *pool, const struct pool_host *host)
{
	int64_t due = host->registered + pool->settings->restart_time;

	if (pool->settings->restart_time <= 0 || host->replacing)
		return INT64_MAX;
	return due > host->recycle_not_before ? due : host->recycle_not_before;
}

static void idle_stop(struct pool *pool, struct pool_host *host, struct pool_moment at,
		      struct pool_actions *out)
{
	char pid[16], minutes[24];

	snprintf(pid, sizeof(pid), "%u", host->pid);
	snprintf(minutes, sizeof(minutes), "%lld",
		 (long long)(pool->settings->idle_timeout / (60 * NSEC_PER_SEC)));
	if (pool->settings->log_process_model)
		pool_emit_event(out, "WAS", 5186, pid, pool->settings->name, minutes, NULL);
	pool_host_drain(pool, host, pool->settings->shutdown_time_limit, at, out);
}

static void running_tick(struct pool *pool, struct pool_host *host, bool scheduled,
			 struct pool_moment at, struct pool_actions *out)
{
	if (!ping_tick(pool, host, at, out) || host->state != POOL_HOST_RUNNING)
		return;
	/* A host about to be replaced by one that starts is left to that. */
	if (host->replacing)
		return;
	if (at.now >= idle_due(pool, host))
		idle_stop(pool, host, at, out);
	else if (scheduled)
		pool_host_recycle(pool, host, CONFIG_RECYCLE_SCHEDULE, at, out);
	else if (at.now >= restart_due(pool, host))
		pool_host_recycle(pool, host, CONFIG_RECYCLE_TIME, at, out);
}

static void leaving_tick(struct pool *pool, struct pool_host *host, struct pool_moment at,
			 struct pool_actions *out)
{
	if (at.now < host->deadline)
		return;
	pool_emit_host_event(pool, host, 5013, out);
	pool_host_kill(host, out);
}

void pool_tick(struct pool *pool, struct pool_moment at, struct pool_actions *out)
{
	bool scheduled = schedule_hit(pool, at.local);

	out->count = 0;
	for (size_t i = 0; i < POOL_HOSTS_MAX; i++) {
		struct pool_host *host = &pool->hosts[i];

		/* What is launched in this turn is left alone: its time has only begun. */
		switch (host->state) {
		case POOL_HOST_STARTING:
			starting_tick(pool, host, at, out);
			break;
		case POOL_HOST_RUNNING:
			running_tick(pool, host, scheduled && pool->state == POOL_STARTED, at, out);
			break;
		case POOL_HOST_DRAINING:
		case POOL_HOST_STOPPING:
			leaving_tick(pool, host, at, out);
			break;
		case POOL_HOST_NONE:
		case POOL_HOST_KILLED:
			break;
		}
	}
	if (pool->wanted && at.now >= pool->not_before)
		pool_want(pool, at, out);
	out->due = pool_due(pool, at);
}

static int64_t host_due(const struct pool *pool, const struct pool_host *host)
{
	int64_t due = INT64_MAX;

	switch (host->state) {
	case POOL_HOST_STARTING:
	case POOL_HOST_DRAINING:
	case POOL_HOST_STOPPING:
		return host->deadline;
	case POOL_HOST_RUNNING:
		if (pool->settings->pinging && pool->settings->ping_interval > 0)
			due = host->ping_deadline ? host->ping_deadline : host->ping_due;
		if (!host->replacing)
			due = time_min(due,
				       time_min(idle_due(pool, host), restart_due(pool, host)));
		return due;
	case POOL_HOST_NONE:
	case POOL_HOST_KILLED:
		break;
	}
	return INT64_MAX;
}

int64_t pool_due(const struct pool *pool, struct pool_moment at)
{
	int64_t due = pool->wanted ? pool->not_before : INT64_MAX;
	bool running = false;

	for (size_t i = 0; i < POOL_HOSTS_MAX; i++) {
		due = time_min(due, host_due(pool, &pool->hosts[i]));
		running = running || pool->hosts[i].state == POOL_HOST_RUNNING;
	}
	for (size_t i = 0; running && i < pool->settings->restart_schedule_count; i++) {
		int64_t next = at.local - at.local % DAY + pool->settings->restart_schedule[i];

		if (next <= at.local)
			next += DAY;
		due = time_min(due, at.now + time_min(next - at.local, SCHEDULE_LOOK));
	}
	return due;
}
