/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pools and hosts: see pool.h. The control thread adds and removes hosts here; the loops take and
 * give slots. What happens to one request is in pool_call.c, what a loop looks after in
 * pool_loop.c.
 */
#include "web/pool_internal.h"

#include "base/map.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>

#define POOLS_MAX 8192

static void *web_pool_free(struct web_pool *pool)
{
	while (pool->hosts) {
		struct web_pool_host *host = pool->hosts;

		pool->hosts = host->next;
		web_pool_host_unref(host);
	}
	pthread_mutex_destroy(&pool->lock);
	mem_free(pool->queues);
	mem_free(pool->name);
	return mem_free(pool);
}

static struct web_pool *web_pool_new(struct web_pools *pools, const char *name)
{
	struct web_pool *pool = mem_new(struct web_pool);

	if (!pool)
		return NULL;
	pthread_mutex_init(&pool->lock, NULL);
	pool->pools = pools;
	pool->name = mem_strdup(name);
	pool->queues = mem_zalloc((size_t)pools->options.loops, sizeof *pool->queues);
	if (!pool->name || !pool->queues)
		return web_pool_free(pool);
	return pool;
}

struct web_pool *web_pool_find(struct web_pools *pools, struct text name)
{
	struct web_pool *pool;

	pthread_rwlock_rdlock(&pools->lock);
	pool = map_get(pools->by_name, name);
	pthread_rwlock_unlock(&pools->lock);
	return pool;
}

void web_pool_each(struct web_pools *pools, void (*fn)(void *ctx, struct web_pool *pool), void *ctx)
{
	struct text name;
	void *pool;
	size_t at = 0;

	pthread_rwlock_rdlock(&pools->lock);
	while (map_next(pools->by_name, &at, &name, &pool))
		fn(ctx, pool);
	pthread_rwlock_unlock(&pools->lock);
}

int web_pools_set_config(struct web_pools *pools, const struct config *config)
{
	int r = 0;

	pthread_rwlock_wrlock(&pools->lock);
	for (size_t i = 0; i < config_pool_count(config) && r == 0; i++) {
		const struct config_pool *wanted = config_pool_at(config, i);
		struct text name = text_of(wanted->name);
		struct web_pool *pool = map_get(pools->by_name, name);

		if (!pool) {
			pool = web_pool_new(pools, wanted->name);
			r = pool ? map_put(pools->by_name, name, pool, NULL) : -ENOMEM;
			if (r < 0 && pool)
				pool = web_pool_free(pool);
		}
		if (pool)
			atomic_store(&pool->queue_length, wanted->queue_length);
	}
	pthread_rwlock_unlock(&pools->lock);
	return r;
}

/* ---- hosts ---- */

struct web_pool_host *web_pool_host_unref(struct web_pool_host *host)
{
	if (host && atomic_fetch_sub(&host->refs, 1) == 1) {
		channel_front_free(host->front);
		mem_free(host);
	}
	return NULL;
}

static struct web_pool_host *web_pool_host_find(struct web_pool *pool, uint64_t generation)
{
	for (struct web_pool_host *host = pool->hosts; host; host = host->next)
		if (host->generation == generation)
			return host;
	return NULL;
}

int web_pools_host_ready(struct web_pools *pools, struct text name, uint64_t generation,
			 uint64_t pid, int channel_fd)
{
	struct web_pool *pool = web_pool_find(pools, name);
	struct web_pool_host *host;
	int r;

	if (!pool)
		return -ENOENT;
	host = mem_new(struct web_pool_host);
	if (!host)
		return -ENOMEM;
	r = channel_front_new(channel_fd, pools->bells, pools->options.loops, &host->front);
	if (r < 0) {
		mem_free(host);
		return r;
	}
	host->pools = pools;
	host->pool = pool;
	host->generation = generation;
	host->pid = pid;
	atomic_store(&host->refs, 1);
	pthread_mutex_lock(&pool->lock);
	host->next = pool->hosts;
	pool->hosts = host;
	pool->demanded = false;
	pool->stopped = false;
	pthread_mutex_unlock(&pool->lock);
	web_pool_wake_loops(pools);
	return 0;
}

static void web_pool_host_say_drained(struct web_pool_host *host)
{
	struct web_pools *pools = host->pools;

	if (atomic_load(&host->active) == 0 && !atomic_exchange(&host->drained_said, true))
		pools->options.drained(pools->options.ctx, host->pool->name, host->generation);
}

int web_pools_host_drain(struct web_pools *pools, struct text name, uint64_t generation)
{
	struct web_pool *pool = web_pool_find(pools, name);
	struct web_pool_host *host = NULL;

	if (!pool)
		return -ENOENT;
	/* Slots are taken under the same lock, so none is taken behind our back. */
	pthread_mutex_lock(&pool->lock);
	host = web_pool_host_find(pool, generation);
	if (host) {
		atomic_store(&host->draining, true);
		atomic_fetch_add(&host->refs, 1);
	}
	pthread_mutex_unlock(&pool->lock);
	if (!host)
		return -ENOENT;
	web_pool_host_say_drained(host);
	web_pool_host_unref(host);
	return 0;
}

/* Unlinks under the lock; true when it was there, and its list reference is now the caller's. */
static bool web_pool_host_unlink(struct web_pool *pool, struct web_pool_host *host)
{
	for (struct web_pool_host **at = &pool->hosts; *at; at = &(*at)->next) {
		if (*at == host) {
			*at = host->next;
			return true;
		}
	}
	return false;
}

void web_pool_host_remove(struct web_pool_host *host)
{
	struct web_pools *pools = host->pools;
	bool linked;

	pthread_mutex_lock(&host->pool->lock);
	atomic_store(&host->gone, true);
	linked = web_pool_host_unlink(host->pool, host);
	pthread_mutex_unlock(&host->pool->lock);
	if (linked)
		web_pool_host_unref(host);
	web_pool_wake_loops(pools);
}

void web_pools_host_gone(struct web_pools *pools, struct text name, uint64_t generation)
{
	struct web_pool *pool = web_pool_find(pools, name);
	struct web_pool_host *host;

	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	host = web_pool_host_find(pool, generation);
	if (host)
		atomic_fetch_add(&host->refs, 1);
	pthread_mutex_unlock(&pool->lock);
	if (!host)
		return;
	web_pool_host_remove(host);
	web_pool_host_unref(host);
}

void web_pools_changed(struct web_pools *pools, struct text name,
		       const struct web_pool_verdict *verdict)
{
	struct web_pool *pool = web_pool_find(pools, name);

	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->demanded = false;
	pool->stopped = verdict && verdict->stopped;
	if (verdict) {
		pool->verdict = *verdict;
		snprintf(pool->reason, sizeof pool->reason, TEXT_FMT, TEXT_ARG(verdict->reason));
		pool->verdict.reason = text_of(pool->reason);
		atomic_fetch_add(&pool->verdict_number, 1);
	}
	pthread_mutex_unlock(&pool->lock);
	web_pool_wake_loops(pools);
}

void web_pool_demand(struct web_pools *pools, struct web_pool *pool)
{
	bool ask = false;

	pthread_mutex_lock(&pool->lock);
	if (!pool->hosts && !pool->demanded && !pool->stopped)
		ask = pool->demanded = true;
	pthread_mutex_unlock(&pool->lock);
	if (ask)
		pools->options.demand(pools->options.ctx, pool->name);
}

/* ---- slots ---- */

static bool web_pool_host_serves(struct web_pool_host *host)
{
	return !atomic_load(&host->draining) && !atomic_load(&host->gone);
}

/* Under the lock: how many slots are free in hosts that serve, and the host that has the most. */
static uint32_t web_pool_free_slots(struct web_pool *pool, struct web_pool_host **ret_best)
{
	struct web_pool_host *best = NULL;
	uint32_t most = 0, total = 0;

	for (struct web_pool_host *host = pool->hosts; host; host = host->next) {
		uint32_t free_here = CHANNEL_SLOTS - atomic_load(&host->active);

		if (!web_pool_host_serves(host))
			continue;
		total += free_here;
		if (free_here > most) {
			most = free_here;
			best = host;
		}
	}
	*ret_best = best;
	return total;
}

/* Under the lock. Those who may take a slot now are told, each time that changes. */
static void web_pool_call_line(struct web_pool *pool)
{
	struct web_pool_host *best;
	uint32_t count = pool->line_count > 0 ? web_pool_free_slots(pool, &best) : 0;

	for (uint32_t i = 0; i < count && i < pool->line_count; i++) {
		struct web_pool_loop *loop = &pool->pools->loops[pool->line[i]];

		loop_post(loop->loop, &loop->pump);
	}
}

/* Under the lock: how many are before `loop`. */
static uint32_t web_pool_line_place(const struct web_pool *pool, int loop)
{
	uint32_t place = 0;

	while (place < pool->line_count && pool->line[place] != loop)
		place++;
	return place;
}

/* Under the lock. */
static void web_pool_line_remove(struct web_pool *pool, int loop)
{
	uint32_t place = web_pool_line_place(pool, loop);

	if (place == pool->line_count)
		return;
	pool->queues[loop].in_line = false;
	pool->line_count--;
	memmove(pool->line + place, pool->line + place + 1, pool->line_count - place);
}

/* Under the lock: the slot, or -EAGAIN. */
static int web_pool_take_turn(struct web_pool *pool, int loop, struct web_pool_host **ret)
{
	uint32_t place = web_pool_line_place(pool, loop);
	struct web_pool_host *best;
	int slot = -EAGAIN;

	if (web_pool_free_slots(pool, &best) > place)
		slot = channel_front_take(best->front, loop);
	if (slot >= 0) {
		web_pool_line_remove(pool, loop);
		atomic_fetch_add(&best->refs, 1);
		atomic_fetch_add(&best->active, 1);
		atomic_fetch_add(&best->requests, 1);
		*ret = best;
	} else if (place == pool->line_count) {
		pool->line[pool->line_count++] = (unsigned char)loop;
		pool->queues[loop].in_line = true;
	}
	return slot;
}

int web_pool_take_slot(struct web_pool *pool, int loop, struct web_pool_host **ret)
{
	int slot = -ESHUTDOWN;

	pthread_mutex_lock(&pool->lock);
	if (!pool->stopped)
		slot = web_pool_take_turn(pool, loop, ret);
	pthread_mutex_unlock(&pool->lock);
	return slot;
}

void web_pool_leave_line(struct web_pool *pool, int loop)
{
	if (!pool->queues[loop].in_line)
		return;
	pthread_mutex_lock(&pool->lock);
	web_pool_line_remove(pool, loop);
	web_pool_call_line(pool);
	pthread_mutex_unlock(&pool->lock);
}

bool web_pool_refuses(struct web_pool *pool, bool news)
{
	bool refuses;

	pthread_mutex_lock(&pool->lock);
	refuses = pool->stopped;
	if (news && !refuses) {
		refuses = true;
		for (struct web_pool_host *host = pool->hosts; host; host = host->next)
			refuses = refuses && !web_pool_host_serves(host);
	}
	pthread_mutex_unlock(&pool->lock);
	return refuses;
}

void web_pool_give_slot(struct web_pool_host *host, int slot)
{
	struct web_pool *pool = host->pool;

	pthread_mutex_lock(&pool->lock);
	channel_front_release(host->front, slot);
	atomic_fetch_sub(&host->active, 1);
	web_pool_call_line(pool);
	pthread_mutex_unlock(&pool->lock);
	if (atomic_load(&host->draining) && !atomic_load(&host->gone))
		web_pool_host_say_drained(host);
}

/* ---- activity ---- */

struct web_pool_activity {
	void (*fn)(void *ctx, const char *pool, uint64_t generation, uint64_t requests,
		   uint64_t active);
	void *ctx;
};

struct web_pool_host *web_pool_host_next(struct web_pool *pool, struct web_pool_host *host)
{
	struct web_pool_host *next = NULL;

	pthread_mutex_lock(&pool->lock);
	if (!host)
		next = pool->hosts;
	else if (!atomic_load(&host->gone))
		next = host->next;
	if (next)
		atomic_fetch_add(&next->refs, 1);
	pthread_mutex_unlock(&pool->lock);
	web_pool_host_unref(host);
	return next;
}

/* `fn` sends messages: not under the lock that requests take. */
static void web_pool_activity(void *ctx, struct web_pool *pool)
{
	struct web_pool_activity *a = ctx;
	struct web_pool_host *host = NULL;

	while ((host = web_pool_host_next(pool, host)))
		a->fn(a->ctx, pool->name, host->generation, atomic_load(&host->requests),
		      atomic_load(&host->active));
}

void web_pools_each_host(struct web_pools *pools,
			 void (*fn)(void *ctx, const char *pool, uint64_t generation,
				    uint64_t requests, uint64_t active),
			 void *ctx)
{
	struct web_pool_activity a = { fn, ctx };

	web_pool_each(pools, web_pool_activity, &a);
}

/* ---- birth and end ---- */

int web_pools_new(const struct web_pools_options *options, struct web_pools **ret)
{
	struct web_pools *pools;
	int r;

	if (options->loops < 1 || options->loops > CHANNEL_LOOPS_MAX)
		return -EINVAL;
	pools = mem_new(struct web_pools);
	if (!pools)
		return -ENOMEM;
	pools->options = *options;
	pthread_rwlock_init(&pools->lock, NULL);
	pools->by_name = map_new(POOLS_MAX, MAP_NOCASE);
	r = pools->by_name ? web_pool_loops_new(pools) : -ENOMEM;
	if (r < 0) {
		web_pools_free(pools);
		return r;
	}
	*ret = pools;
	return 0;
}

static void web_pool_free_value(void *value)
{
	web_pool_free(value);
}

struct web_pools *web_pools_free(struct web_pools *pools)
{
	if (!pools)
		return NULL;
	web_pool_loops_free(pools);
	map_free(pools->by_name, web_pool_free_value);
	pthread_rwlock_destroy(&pools->lock);
	return mem_free(pools);
}

struct web_dispatcher web_pools_dispatcher(struct web_pools *pools)
{
	return (struct web_dispatcher){ pools, web_pool_call_dispatch, web_pool_call_aborted,
					web_pool_call_done };
}
