/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pool.c (pools and hosts) and pool_call.c (one request) share. Nobody else includes it.
 *
 * Who owns what: a pool lives as long as struct web_pools. A host is counted: one reference of its
 * pool's list, one per loop that uses a slot. A call lives in its exchange's arena and is gone
 * after `done`; a slot may outlive its call (the client left, or has all, and the host works on),
 * then host->calls[slot] is NULL and the slot is released when the host finished.
 */
#pragma once

#include "ipc/channel.h"
#include "web/pool.h"

#include <pthread.h>
#include <stdatomic.h>

struct web_pool_call {
	struct web_request *request;
	struct web_pool *pool;
	struct web_pool_host *host; /* NULL while it waits */
	struct web_pool_call *next; /* in the queue of its pool and loop */
	int slot;
	int64_t due; /* while it waits: when its patience ends */
	bool queued, head_sent, broken, body_begun, body_ended;
	struct text saved_body; /* given to a host that never looked at it */
	struct http_source source;
	struct http_sink sink;
};

struct web_pool_host {
	struct web_pools *pools;
	struct web_pool *pool;
	struct web_pool_host *next; /* in pool->hosts, under the pool's lock */
	struct channel_front *front;
	uint64_t generation, pid;
	_Atomic uint32_t refs;
	_Atomic uint64_t requests;
	_Atomic uint32_t active; /* slots taken */
	_Atomic bool draining, gone, drained_said, distrusted;
	_Atomic int64_t begun[CHANNEL_SLOTS]; /* when its request was given to the host */
	struct web_pool_call
		*calls[CHANNEL_SLOTS]; /* each entry belongs to the loop that has the slot */
};

/* Calls of one pool that wait on one loop, first come first served; the loop's own. */
struct web_pool_queue {
	struct web_pool_call *head, *tail;
	struct web_pool_loop *loop;
	struct web_pool *pool;
	struct loop_timer timer; /* for the first in line */
	uint32_t seen_verdict;   /* the number it has dealt with */
	bool in_line;            /* this loop stands in pool->line; only then `head` is set */
};

struct web_pool {
	struct web_pools *pools;
	char *name;
	_Atomic uint32_t queue_length;
	_Atomic uint32_t queued;         /* in all loops */
	_Atomic uint32_t verdict_number; /* grows with each verdict */
	struct web_pool_queue *queues;   /* one per loop */
	pthread_mutex_t lock;            /* guards what follows */
	struct web_pool_host *hosts;
	bool demanded;
	bool stopped;
	struct web_pool_verdict verdict; /* its reason is `reason` */
	char reason[512];
	/* Loops whose calls found no slot, the longest waiting first. As many of them as there are
	 * free slots are on their way to take one, and nobody else takes those. */
	unsigned char line[CHANNEL_LOOPS_MAX];
	uint32_t line_count;
};

/* A host of which this loop has slots. */
struct web_pool_use {
	struct web_pool_host *host;
	uint64_t slots;
};

struct web_pool_loop {
	struct web_pools *pools;
	int index, bell;
	struct loop *loop;
	struct loop_watch *watch;
	struct loop_task pump; /* queues, verdicts and dead hosts need a look */
	struct web_pool_use *uses;
	size_t use_count, use_capacity;
};

struct web_pools {
	struct web_pools_options options;
	struct web_pool_loop *loops;
	int *bells;
	pthread_rwlock_t lock; /* guards the table of pools */
	struct map *by_name;
};

/* pool.c */
struct web_pool *web_pool_find(struct web_pools *pools, struct text name);
struct web_pool_host *web_pool_host_unref(struct web_pool_host *host);
/* A host of the pool with a free slot, which is taken for `loop`: the slot, with a reference to
 * the host. -EAGAIN: none is free, or others have waited longer; the loop now stands in line and
 * its pump will run when it is its turn. -ESHUTDOWN: the pool is stopped. */
int web_pool_take_slot(struct web_pool *pool, int loop, struct web_pool_host **ret);
/* Nothing waits on `loop` any more: others move up. */
void web_pool_leave_line(struct web_pool *pool, int loop);
/* Whether what waits is answered with the verdict, `news` being one that the loop has not dealt
 * with: always while the pool is stopped, else when nobody serves. */
bool web_pool_refuses(struct web_pool *pool, bool news);
/* Gives a slot back, to whoever is first in line, and says drained where it was the last. */
void web_pool_give_slot(struct web_pool_host *host, int slot);
/* Nobody serves: asks for a host unless that was done. */
void web_pool_demand(struct web_pools *pools, struct web_pool *pool);
/* Takes the host out of its pool; its calls are dealt with by each loop's pump. */
void web_pool_host_remove(struct web_pool_host *host);
void web_pool_wake_loops(struct web_pools *pools);
/* The host behind `host` in its pool's list (NULL: the first) with a reference, for which that to
 * `host` is given up; a host that left the list meanwhile ends the walk. */
struct web_pool_host *web_pool_host_next(struct web_pool *pool, struct web_pool_host *host);
/* Calls `fn` for every pool. */
void web_pool_each(struct web_pools *pools, void (*fn)(void *ctx, struct web_pool *pool),
		   void *ctx);

/* pool_loop.c: all but the first two on the loop's thread */
int web_pool_loops_new(struct web_pools *pools);
void web_pool_loops_free(struct web_pools *pools);
/* Room for one more host, so that web_pool_loop_take cannot fail. */
int web_pool_loop_reserve(struct web_pool_loop *loop);
void web_pool_loop_take(struct web_pool_loop *loop, struct web_pool_host *host, int slot);
/* Gives the slot back; the host may be gone afterwards unless the caller has a reference. */
void web_pool_loop_give(struct web_pool_loop *loop, struct web_pool_host *host, int slot);

/* pool_call.c: all on the call's loop thread */
void web_pool_call_dispatch(void *ctx, struct web_request *request);
void web_pool_call_aborted(void *ctx, struct web_request *request);
void web_pool_call_done(void *ctx, struct web_request *request);
/* Something happened at a slot of a host. */
void web_pool_call_slot(struct web_pool_loop *loop, struct web_pool_host *host, int slot);
/* The host is gone: what becomes of the call in that slot. */
void web_pool_call_host_gone(struct web_pool_loop *loop, struct web_pool_host *host, int slot);
/* Starts calls of `pool` that wait on this loop, or answers them with the pool's verdict. */
void web_pool_call_pump(struct web_pool_loop *loop, struct web_pool *pool);
