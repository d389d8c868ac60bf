/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What benchmark programs of calls have in common: one call after the other until the time is over,
 * and a line with the number of calls, their nanoseconds, and the nanoseconds of processor time of
 * this process, for bench/rpc.py.
 */
#pragma once

#include "base/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>

#define TIMING_WARM_UP 200 /* calls that do not count */

struct timing {
	double seconds;
	int between; /* calls between looks at the clock */
	int64_t calls, time, spent;
};

/* RUSAGE_SELF or RUSAGE_CHILDREN. */
static inline int64_t timing_spent(int who)
{
	struct rusage u;
	getrusage(who, &u);
	return ((int64_t)u.ru_utime.tv_sec + u.ru_stime.tv_sec) * NSEC_PER_SEC +
	       ((int64_t)u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000;
}

/* False when a call failed. */
static inline bool timing_run(struct timing *t, bool (*one)(void *ctx), void *ctx)
{
	for (int i = 0; i < TIMING_WARM_UP; i++) {
		if (!one(ctx))
			return false;
	}
	int64_t before = timing_spent(RUSAGE_SELF), begin = clock_now();
	int64_t end = begin + (int64_t)(t->seconds * (double)NSEC_PER_SEC);
	while (clock_now() < end) {
		for (int i = 0; i < t->between; i++, t->calls++) {
			if (!one(ctx))
				return false;
		}
	}
	t->time = clock_now() - begin;
	t->spent = timing_spent(RUSAGE_SELF) - before;
	return true;
}

static inline void timing_print(const struct timing *t)
{
	printf("%lld %lld %lld\n", (long long)t->calls, (long long)t->time, (long long)t->spent);
}
