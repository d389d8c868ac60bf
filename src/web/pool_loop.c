/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a loop thread of the front end looks after: the slots it has in hosts, and the calls that
 * wait. web_pools_turn() runs at the end of every turn of the loop; under load it finds finished
 * responses without any system call, and only a loop that is about to sleep asks to be woken.
 */
#include "web/pool_internal.h"

#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>

/* ---- which hosts this loop has slots of ---- */

static struct web_pool_use *web_pool_loop_use(struct web_pool_loop *loop,
					      const struct web_pool_host *host)
{
	for (size_t i = 0; i < loop->use_count; i++)
		if (loop->uses[i].host == host)
			return &loop->uses[i];
	return NULL;
}

int web_pool_loop_reserve(struct web_pool_loop *loop)
{
	size_t capacity = loop->use_capacity ? loop->use_capacity * 2 : 8;
	struct web_pool_use *uses;

	if (loop->use_count < loop->use_capacity)
		return 0;
	uses = mem_realloc(loop->uses, capacity, sizeof *uses);
	if (!uses)
		return -ENOMEM;
	loop->uses = uses;
	loop->use_capacity = capacity;
	return 0;
}

void web_pool_loop_take(struct web_pool_loop *loop, struct web_pool_host *host, int slot)
{
	struct web_pool_use *use = web_pool_loop_use(loop, host);

	if (!use) {
		use = &loop->uses[loop->use_count++];
		*use = (struct web_pool_use){ .host = host };
		atomic_fetch_add(&host->refs, 1);
	}
	use->slots |= UINT64_C(1) << slot;
}

void web_pool_loop_give(struct web_pool_loop *loop, struct web_pool_host *host, int slot)
{
	struct web_pool_use *use = web_pool_loop_use(loop, host);

	host->calls[slot] = NULL;
	web_pool_give_slot(host, slot);
	use->slots &= ~(UINT64_C(1) << slot);
	if (use->slots == 0) {
		*use = loop->uses[--loop->use_count];
		web_pool_host_unref(host);
	}
}

/* ---- a turn ---- */

static bool web_pool_loop_look(struct web_pool_loop *loop, bool sleeping)
{
	bool found = false;

	/* Looking at a slot may drop its host from the list, or add one: hence the counting down,
	 * which then sees some host twice or later, never wrongly. */
	for (size_t i = loop->use_count; i-- > 0;) {
		struct web_pool_host *host;
		uint64_t bits, mine;

		if (i >= loop->use_count)
			continue;
		host = loop->uses[i].host;
		mine = loop->uses[i].slots;
		bits = channel_front_attention(host->front, loop->index, sleeping) & mine;
		if (bits == 0)
			continue;
		found = true;
		atomic_fetch_add(&host->refs, 1);
		while (bits) {
			int slot = __builtin_ctzll(bits);

			bits &= bits - 1;
			web_pool_call_slot(loop, host, slot);
		}
		web_pool_host_unref(host);
	}
	return found;
}

void web_pools_turn(struct web_pools *pools, int index)
{
	struct web_pool_loop *loop = &pools->loops[index];

	/* Bounded: a host that keeps finding work must not keep the loop from its sockets. Only a
	 * look that found nothing after announcing sleep may be followed by sleep. */
	for (int round = 0; round < 4; round++)
		if (!web_pool_loop_look(loop, false) && !web_pool_loop_look(loop, true))
			return;
	loop_post(loop->loop, &loop->pump);
}

static void web_pool_loop_reap(struct web_pool_loop *loop)
{
	for (size_t i = loop->use_count; i-- > 0;) {
		struct web_pool_host *host;
		uint64_t slots;

		if (i >= loop->use_count)
			continue;
		host = loop->uses[i].host;
		slots = loop->uses[i].slots;
		if (!atomic_load(&host->gone))
			continue;
		atomic_fetch_add(&host->refs, 1);
		for (; slots; slots &= slots - 1)
			web_pool_call_host_gone(loop, host, __builtin_ctzll(slots));
		web_pool_host_unref(host);
	}
}

static void web_pool_loop_pump_pool(void *ctx, struct web_pool *pool)
{
	web_pool_call_pump(ctx, pool);
}

static void web_pool_loop_pump(void *ctx)
{
	struct web_pool_loop *loop = ctx;

	web_pool_loop_reap(loop);
	web_pool_each(loop->pools, web_pool_loop_pump_pool, loop);
}

static void web_pool_loop_rung(void *ctx, int fd, unsigned events)
{
	(void)ctx;
	(void)events;
	/* It has ended the sleep; the end of this turn looks at the slots. */
	channel_bell_drain(fd);
}

void web_pool_wake_loops(struct web_pools *pools)
{
	for (int i = 0; i < pools->options.loops; i++)
		if (pools->loops[i].loop)
			loop_post(pools->loops[i].loop, &pools->loops[i].pump);
}

/* ---- birth and end ---- */

int web_pool_loops_new(struct web_pools *pools)
{
	size_t count = (size_t)pools->options.loops;

	pools->loops = mem_zalloc(count, sizeof *pools->loops);
	for (size_t i = 0; pools->loops && i < count; i++)
		pools->loops[i].bell = -1; /* none: web_pool_loops_free must not close 0 */
	pools->bells = mem_zalloc(count, sizeof *pools->bells);
	if (!pools->loops || !pools->bells)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct web_pool_loop *loop = &pools->loops[i];

		loop->pools = pools;
		loop->index = (int)i;
		loop->pump = (struct loop_task){ .fn = web_pool_loop_pump, .ctx = loop };
		loop->bell = channel_bell_new();
		pools->bells[i] = loop->bell;
		if (loop->bell < 0)
			return loop->bell;
	}
	return 0;
}

void web_pool_loops_free(struct web_pools *pools)
{
	for (int i = 0; pools->loops && i < pools->options.loops; i++) {
		struct web_pool_loop *loop = &pools->loops[i];

		for (size_t k = 0; k < loop->use_count; k++)
			web_pool_host_unref(loop->uses[k].host);
		mem_free(loop->uses);
		loop_unwatch(loop->watch);
		sys_close(loop->bell);
	}
	mem_free(pools->loops);
	mem_free(pools->bells);
}

const int *web_pools_bells(const struct web_pools *pools)
{
	return pools->bells;
}

int web_pools_attach(struct web_pools *pools, struct http_server *server)
{
	for (int i = 0; i < pools->options.loops; i++) {
		struct web_pool_loop *loop = &pools->loops[i];
		int r;

		loop->loop = http_server_loop(server, i);
		r = loop_watch(loop->loop, loop->bell, LOOP_READ | LOOP_EDGE, web_pool_loop_rung,
			       loop, &loop->watch);
		if (r < 0)
			return r;
	}
	return 0;
}
