/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Application pools as the front end sees them: who serves a pool right now, who waits, and the
 * road of one request through a host's channel and back.
 *
 * The service control manager decides which hosts run; this file's users tell it that a request
 * waits (demand) and are told what happened (host_ready, host_drain, host_gone, changed). A request
 * whose host dies before a worker began with it goes to the next host; one that was running is
 * answered 502, or cut when its head was already sent.
 *
 * Threads. web_pools_dispatcher() and web_pools_turn() belong to the loop threads; everything
 * else to the control thread. A pool's lock is held for a few instructions per request.
 */
#pragma once

#include "web/web.h"

struct web_pools;

struct web_pools_options {
	int loops;
	void *ctx;
	/* A request waits and nobody serves the pool; said once until the pool's state changes.
	 * From any thread. */
	void (*demand)(void *ctx, const char *pool);
	/* A draining host ended its last request. From any thread. */
	void (*drained)(void *ctx, const char *pool, uint64_t generation);
	/* A host wrote what it must not; it gets nothing any more. From any thread. */
	void (*untrusted)(void *ctx, const char *pool, uint64_t generation, const char *reason);
};

/* -EINVAL: more loops than a channel knows (CHANNEL_LOOPS_MAX), or none; -ENOMEM, -EMFILE. */
int web_pools_new(const struct web_pools_options *options, struct web_pools **ret);
/* After the server was stopped and before it is freed: the loops still know the bells. */
struct web_pools *web_pools_free(struct web_pools *pools);
/* One bell per loop (ipc/channel.h), which hosts ring: for the SCM. Valid until web_pools_free. */
const int *web_pools_bells(const struct web_pools *pools);
/* Connects to the loops, between http_server_new and http_server_start. */
int web_pools_attach(struct web_pools *pools, struct http_server *server);
/* Takes the names and queue lengths of the pools. Pools that are gone keep what they have begun. */
int web_pools_set_config(struct web_pools *pools, const struct config *config);

struct web_dispatcher web_pools_dispatcher(struct web_pools *pools);
/* Looks after the slots of a loop: call it at the end of each turn of the loop. */
void web_pools_turn(struct web_pools *pools, int loop);

/* ---- what the control thread is told ---- */

/* `channel_fd` stays the caller's. -ENOENT: there is no such pool (yet); -EINVAL: no channel. */
int web_pools_host_ready(struct web_pools *pools, struct text pool, uint64_t generation,
			 uint64_t pid, int channel_fd);
/* -ENOENT: it is not known here, so nothing is left to drain. */
int web_pools_host_drain(struct web_pools *pools, struct text pool, uint64_t generation);
void web_pools_host_gone(struct web_pools *pools, struct text pool, uint64_t generation);

struct web_pool_verdict {
	bool stopped; /* until further notice; false: this activation failed, the next may not */
	unsigned status, sub_status;
	uint32_t hresult;
	struct text reason;
};
/* The pool does not serve: everything that waits is answered so, and while `stopped` whatever
 * comes. NULL: it may serve again. */
void web_pools_changed(struct web_pools *pools, struct text pool,
		       const struct web_pool_verdict *verdict);

/* Requests given to each host so far, and those under way: for HOST_ACTIVITY. */
void web_pools_each_host(struct web_pools *pools,
			 void (*fn)(void *ctx, const char *pool, uint64_t generation,
				    uint64_t requests, uint64_t active),
			 void *ctx);

/* A request that a host has. Texts live during the call; they may be what the host made of them. */
struct web_running {
	const char *pool;
	uint64_t id, generation, pid, site;
	int64_t begun; /* clock_now(): given to the host */
	bool claimed;  /* a worker has begun with it */
	struct text verb, url, query, client;
};
/* Looks at all hosts' slots, without a lock that a request takes: requests that come or go
 * meanwhile may be missing. */
void web_pools_each_request(struct web_pools *pools,
			    void (*fn)(void *ctx, const struct web_running *running), void *ctx);
