/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which requests run at hosts: read from the slots that their loops use, without asking those.
 * Control thread.
 */
#include "web/pool_internal.h"

#include "base/arena.h"

#define GLANCE_MEMORY (2 * CHANNEL_HEAD_MAX)

struct looking {
	struct arena arena;
	void (*fn)(void *ctx, const struct web_running *running);
	void *ctx;
};

static void slot_look(struct looking *look, struct web_pool_host *host, int slot)
{
	struct channel_glance glance; /* large: filled, not cleared */
	struct web_running running;

	arena_reset(&look->arena);
	if (channel_front_glance(host->front, slot, &look->arena, &glance) < 0)
		return;
	running = (struct web_running){
		.pool = host->pool->name,
		/* The host, the slot, the request: unlike that of any other. */
		.id = host->generation << 40 | (uint64_t)slot << 32 | (uint32_t)glance.serial,
		.generation = host->generation,
		.pid = host->pid,
		.site = glance.request.site_id,
		.begun = atomic_load_explicit(&host->begun[slot], memory_order_relaxed),
		.claimed = glance.claimed,
		.verb = glance.request.texts[CHANNEL_METHOD],
		.url = glance.request.texts[CHANNEL_URL],
		.query = glance.request.texts[CHANNEL_QUERY],
		.client = glance.request.texts[CHANNEL_REMOTE_ADDRESS],
	};
	look->fn(look->ctx, &running);
}

static void pool_look(void *ctx, struct web_pool *pool)
{
	struct web_pool_host *host = NULL;

	while ((host = web_pool_host_next(pool, host))) {
		for (int slot = 0; slot < CHANNEL_SLOTS && atomic_load(&host->active); slot++)
			slot_look(ctx, host, slot);
	}
}

void web_pools_each_request(struct web_pools *pools,
			    void (*fn)(void *ctx, const struct web_running *running), void *ctx)
{
	struct looking look = { .fn = fn, .ctx = ctx };

	arena_init(&look.arena, GLANCE_MEMORY);
	web_pool_each(pools, pool_look, &look);
	arena_done(&look.arena);
}
