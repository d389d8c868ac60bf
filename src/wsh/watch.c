/* SPDX-License-Identifier: Apache-2.0 */
/* See watch.h. */
#include "wsh/watch.h"

#include "base/clock.h"
#include "base/mem.h"
#include "wsh/host.h"
#include "wsh/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define GRACE (1 * NSEC_PER_SEC)

struct wsh_watch {
	struct wsh *wsh;
	int64_t start;
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	int64_t due; /* 0: no limit */
	bool ending, expired;
};

void wsh_watch_report(const struct wsh *wsh)
{
	if (wsh->interactive)
		wsh_write_line(wsh, STDERR_FILENO,
			       "Script execution time was exceeded on script \"%s\".\n"
			       "Script execution was terminated.",
			       wsh->script.path);
}

/* Locked. Waits until `due` (0: for ever), or until something changes. */
static void wait_until(struct wsh_watch *w, int64_t due)
{
	struct timespec t = { due / NSEC_PER_SEC, due % NSEC_PER_SEC };

	if (due)
		pthread_cond_timedwait(&w->changed, &w->lock, &t);
	else
		pthread_cond_wait(&w->changed, &w->lock);
}

static void *watch(void *ctx)
{
	struct wsh_watch *w = ctx;
	int64_t end;

	pthread_mutex_lock(&w->lock);
	while (!w->ending && !(w->due && clock_now() >= w->due))
		wait_until(w, w->due);
	if (!w->ending) {
		w->expired = true;
		vbs_engine_interrupt(w->wsh->engine, E_ABORT);
		wsh_queue_interrupt(w->wsh->queue);
	}
	end = clock_now() + GRACE;
	while (!w->ending && clock_now() < end)
		wait_until(w, end);
	if (!w->ending) {
		wsh_watch_report(w->wsh);
		_exit(1);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static int start(struct wsh *wsh)
{
	struct wsh_watch *w = mem_new(struct wsh_watch);
	pthread_condattr_t monotonic;
	int r;

	if (!w)
		return -ENOMEM;
	w->wsh = wsh;
	w->start = clock_now();
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&w->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	r = pthread_create(&w->thread, NULL, watch, w);
	if (r) {
		pthread_cond_destroy(&w->changed);
		pthread_mutex_destroy(&w->lock);
		mem_free(w);
		return -r;
	}
	wsh->watch = w;
	return 0;
}

int wsh_watch_set(struct wsh *wsh, int seconds)
{
	int r = wsh->watch || !seconds ? 0 : start(wsh);

	if (r || !wsh->watch)
		return r;
	pthread_mutex_lock(&wsh->watch->lock);
	wsh->watch->due = seconds ? wsh->watch->start + seconds * NSEC_PER_SEC : 0;
	pthread_cond_broadcast(&wsh->watch->changed);
	pthread_mutex_unlock(&wsh->watch->lock);
	return 0;
}

bool wsh_watch_expired(const struct wsh *wsh)
{
	struct wsh_watch *w = wsh->watch;
	bool expired;

	if (!w)
		return false;
	pthread_mutex_lock(&w->lock);
	expired = w->expired;
	pthread_mutex_unlock(&w->lock);
	return expired;
}

void wsh_watch_end(struct wsh *wsh)
{
	struct wsh_watch *w = wsh->watch;

	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	wsh->watch = mem_free(w);
}
