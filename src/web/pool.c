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
	mem_free(pool->seen_verdict);
	mem_free(pool->name);
	return mem_free(pool);
}

static struct web_pool *web_pool_new(const char *name, int loops)
{
	struct web_pool *pool = mem_new(struct web_pool);

	if (!pool)
		return NULL;
	pthread_mutex_init(&pool->lock, NULL);
	pool->name = mem_strdup(name);
	pool->queues = mem_zalloc((size_t)loops, sizeof *pool->queues);
	pool->seen_verdict = mem_zalloc((size_t)loops, sizeof *pool->seen_verdict);
	if (!pool->name || !pool->queues || !pool->seen_verdict)
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
			pool = web_pool_new(wanted->name, pools->options.loops);
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

void web_pools_host_drain(struct web_pools *pools, struct text name, uint64_t generation)
{
	struct web_pool *pool = web_pool_find(pools, name);
	struct web_pool_host *host = NULL;

	if (!pool)
		return;
	/* Slots are taken under the same lock, so none is taken behind our back. */
	pthread_mutex_lock(&pool->lock);
	host = web_pool_host_find(pool, generation);
	if (host) {
		atomic_store(&host->draining, true);
		atomic_fetch_add(&host->refs, 1);
	}
	pthread_mutex_unlock(&pool->lock);
	if (host) {
		web_pool_host_say_drained(host);
		web_pool_host_unref(host);
	}
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
		pool->verdict_number++;
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

int web_pool_take_slot(struct web_pool *pool, int loop, struct web_pool_host **ret)
{
	struct web_pool_host *best = NULL;
	int slot = -EAGAIN;

	pthread_mutex_lock(&pool->lock);
	for (struct web_pool_host *host = pool->hosts; host; host = host->next) {
		if (atomic_load(&host->draining) || atomic_load(&host->gone))
			continue;
		if (!best || atomic_load(&host->active) < atomic_load(&best->active))
			best = host;
	}
	if (best)
		slot = channel_front_take(best->front, loop);
	if (slot >= 0) {
		atomic_fetch_add(&best->refs, 1);
		atomic_fetch_add(&best->active, 1);
		atomic_fetch_add(&best->requests, 1);
		*ret = best;
	}
	pthread_mutex_unlock(&pool->lock);
	return slot;
}

void web_pool_give_slot(struct web_pool_host *host, int slot)
{
	channel_front_release(host->front, slot);
	atomic_fetch_sub(&host->active, 1);
	if (atomic_load(&host->draining) && !atomic_load(&host->gone))
		web_pool_host_say_drained(host);
}

/* ---- activity ---- */

struct web_pool_activity {
	void (*fn)(void *ctx, const char *pool, uint64_t generation, uint64_t requests,
		   uint64_t active);
	void *ctx;
};

static void web_pool_activity(void *ctx, struct web_pool *pool)
{
	struct web_pool_activity *a = ctx;

	pthread_mutex_lock(&pool->lock);
	for (struct web_pool_host *host = pool->hosts; host; host = host->next)
		a->fn(a->ctx, pool->name, host->generation, atomic_load(&host->requests),
		      atomic_load(&host->active));
	pthread_mutex_unlock(&pool->lock);
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
