/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event loop: readiness of descriptors, timers, work posted from other threads.
 *
 * One loop belongs to one thread; only loop_post and loop_stop may be called from others. It is
 * epoll, level or edge triggered per watch; the measurement against io_uring that decided this
 * is in bench/RESULTS.md. Callbacks may add and remove any watch or timer, their own included;
 * a removed watch is never called again, even when its event was already fetched.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_watch; /* one descriptor */

enum loop_events {
	LOOP_READ = 1,
	LOOP_WRITE = 2,
	LOOP_EDGE = 4,   /* edge triggered */
	LOOP_HANGUP = 8, /* reported only: the peer closed or the descriptor failed */
};

typedef void (*loop_io_fn)(void *ctx, int fd, unsigned events);
typedef void (*loop_fn)(void *ctx);

/* Embedded by its owner; zero-initialise before first use. */
struct loop_timer {
	int64_t due;  /* clock_now() scale */
	uint32_t pos; /* place in the heap + 1, 0 when not armed */
	loop_fn fn;
	void *ctx;
};

/* -ENOMEM, or what epoll_create1/eventfd gave. */
int loop_new(struct loop **ret);
/* Watches and timers that remain are forgotten, descriptors are not closed. Takes NULL. */
struct loop *loop_free(struct loop *loop);

/* Runs until loop_stop. Returns 0, or the negative errno of epoll_wait. */
int loop_run(struct loop *loop);
/* One turn: waits at most `timeout_ns` (negative: for ever) for the first event. */
int loop_run_once(struct loop *loop, int64_t timeout_ns);
void loop_stop(struct loop *loop);
/* The time at the start of this turn, on the clock_now() scale. */
int64_t loop_now(const struct loop *loop);

/* Watches `fd`, which stays the caller's. `*ret` is freed by loop_unwatch. */
int loop_watch(struct loop *loop, int fd, unsigned events, loop_io_fn fn, void *ctx,
	       struct loop_watch **ret);
/* Changes the events waited for. */
int loop_rewatch(struct loop_watch *watch, unsigned events);
/* Takes NULL, returns NULL. Call it before closing the descriptor. */
struct loop_watch *loop_unwatch(struct loop_watch *watch);

/* Arms (or re-arms) a timer; cannot fail once the heap had room for all timers: -ENOMEM. */
int loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t due, loop_fn fn, void *ctx);
void loop_timer_cancel(struct loop *loop, struct loop_timer *timer);

/* Calls `fn` at the end of this turn (from the loop's thread) or in the next one, and wakes the
 * loop (from any other thread). At most once per task until it has run: a task that is already
 * posted stays posted once. The task is embedded by its owner and must outlive its run. */
struct loop_task {
	struct loop_task *next;
	bool posted;
	loop_fn fn;
	void *ctx;
};
void loop_post(struct loop *loop, struct loop_task *task);

/* Signals delivered as loop events (signalfd); they must be blocked in every thread. */
int loop_signal(struct loop *loop, int signo, void (*fn)(void *ctx, int signo), void *ctx);
