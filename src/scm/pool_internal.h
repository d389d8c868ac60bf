/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pool_policy.c (the inputs) and pool_rules.c (what time makes happen) share. Nobody else
 * includes it.
 */
#pragma once

#include "base/clock.h"
#include "scm/pool_policy.h"

/* A host that lived this long was a good start: the back-off begins anew. */
#define POOL_GOOD_LIFE (10 * NSEC_PER_SEC)
#define POOL_BACKOFF_FIRST (100 * NSEC_PER_MSEC)
#define POOL_BACKOFF_LAST (30 * NSEC_PER_SEC)
/* After an overlapped recycle failed the old host is kept, and not recycled again for so long. */
#define POOL_RECYCLE_PAUSE (60 * NSEC_PER_SEC)

static inline int64_t time_min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

struct pool_host *pool_host_of(struct pool *pool, uint64_t generation);
void pool_emit(struct pool_actions *out, enum pool_action_type type, const struct pool_host *host,
	       uint64_t value);
/* Parameters up to a NULL. */
void pool_emit_event(struct pool_actions *out, const char *source, uint32_t id, ...)
	__attribute__((sentinel));
void pool_emit_changed(const struct pool *pool, uint32_t status, uint32_t hresult,
		       struct pool_actions *out);
/* WAS events about one host: parameters (pool, pid). */
void pool_emit_host_event(const struct pool *pool, const struct pool_host *host, uint32_t id,
			  struct pool_actions *out);

void pool_host_kill(struct pool_host *host, struct pool_actions *out);
/* No new requests; told to exit once drained, killed when `limit` is over. */
void pool_host_drain(struct pool *pool, struct pool_host *host, int64_t limit,
		     struct pool_moment at, struct pool_actions *out);
/* Replaces one running host, with its event. */
void pool_host_recycle(struct pool *pool, struct pool_host *host, enum config_recycle_event why,
		       struct pool_moment at, struct pool_actions *out);
/* Ends a host in trouble: counted as a failure, killed, replaced when its pool needs one. */
void pool_host_bad(struct pool *pool, struct pool_host *host, struct pool_moment at,
		   struct pool_actions *out);
/* A host did not come up: counted, explained to the requests that wait. */
void pool_start_failed(struct pool *pool, struct pool_host *host, uint32_t hresult,
		       const char *error, const char *why, struct pool_moment at,
		       struct pool_actions *out);
/* Launches what is missing, or notes that it is wanted when the back-off is over. */
void pool_want(struct pool *pool, struct pool_moment at, struct pool_actions *out);
/* The next moment at which pool_tick would do something. */
int64_t pool_due(const struct pool *pool, struct pool_moment at);
