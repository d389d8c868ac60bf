/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watchdog: one thread per process that looks twice a second whether a script has run for too
 * long. It sleeps while nothing runs. Requests pay two uncontended locks and no system call.
 */
#include "asp/asp-priv.h"

#include "base/clock.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#define INTERVAL (NSEC_PER_SEC / 2)

/* With the lock held. */
static bool check_all(struct asp *asp)
{
	bool running = false;
	int64_t now = clock_now();
	for (struct asp_context *ctx = asp->contexts; ctx; ctx = ctx->next)
		running |= asp_context_check(ctx, now);
	return running;
}

static void doze(struct asp *asp)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += INTERVAL;
	until.tv_sec += until.tv_nsec / NSEC_PER_SEC;
	until.tv_nsec %= NSEC_PER_SEC;
	pthread_cond_timedwait(&asp->wake, &asp->lock, &until);
}

static void *watch(void *p)
{
	struct asp *asp = p;
	pthread_mutex_lock(&asp->lock);
	while (!asp->ending) {
		if (check_all(asp)) {
			doze(asp);
			continue;
		}
		/* Say that we sleep, then look once more: a request says that it runs first and
		 * looks whether we sleep second, so one of the two sees the other. */
		__atomic_store_n(&asp->asleep, true, __ATOMIC_SEQ_CST);
		if (!check_all(asp) && !asp->ending)
			pthread_cond_wait(&asp->wake, &asp->lock);
		__atomic_store_n(&asp->asleep, false, __ATOMIC_SEQ_CST);
	}
	pthread_mutex_unlock(&asp->lock);
	return NULL;
}

void asp_watch_wake(struct asp *asp)
{
	if (!__atomic_load_n(&asp->asleep, __ATOMIC_SEQ_CST))
		return;
	pthread_mutex_lock(&asp->lock);
	pthread_cond_signal(&asp->wake);
	pthread_mutex_unlock(&asp->lock);
}

int asp_watch_start(struct asp *asp)
{
	sigset_t all, old;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int r = pthread_create(&asp->watchdog, NULL, watch, asp);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	asp->watching = r == 0;
	return -r;
}

void asp_watch_stop(struct asp *asp)
{
	if (!asp->watching)
		return;
	pthread_mutex_lock(&asp->lock);
	asp->ending = true;
	pthread_cond_signal(&asp->wake);
	pthread_mutex_unlock(&asp->lock);
	pthread_join(asp->watchdog, NULL);
	asp->watching = false;
}
