/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event loop on epoll. Each thread that waits (the SCM, every front-end thread, a host's main
 * thread) has one and calls everything here but loop_post and loop_stop, which any thread may.
 *
 * A turn: wait, call the watches, call the timers that are due, call the posted tasks, free the
 * watches removed on the way. A removed watch stays in memory until the end of the turn, marked
 * dead, because its event may already have been fetched.
 */
#include "base/loop.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define LOOP_BATCH 128
#define LOOP_TIMERS_MAX ((size_t)1 << 24)
#define LOOP_SIGNALS 65

struct loop_watch {
	struct loop *loop;
	struct loop_watch *next, *previous; /* in loop->watches, or `next` in loop->dead */
	loop_io_fn fn;                      /* NULL: removed */
	void *ctx;
	int fd;
};

struct loop_signal {
	void (*fn)(void *ctx, int signo);
	void *ctx;
};

struct loop {
	int epoll, wake, signals; /* descriptors, -1 when not there */
	int64_t now;
	atomic_bool stop;
	struct loop_watch *watches, *dead;
	struct loop_watch *wake_watch, *signal_watch;

	struct loop_timer **heap; /* least `due` first, children of i at 2i+1 and 2i+2 */
	size_t timer_count, timer_capacity;

	pthread_mutex_t lock; /* the posted tasks and their `posted` */
	struct loop_task *first_task, **last_task;

	sigset_t mask;
	struct loop_signal handlers[LOOP_SIGNALS];
};

/* The loop whose turn this thread is in. */
static _Thread_local struct loop *loop_current;

/* Watches */

static uint32_t epoll_bits(unsigned events)
{
	return (events & LOOP_READ ? EPOLLIN | EPOLLRDHUP : 0u) |
	       (events & LOOP_WRITE ? EPOLLOUT : 0u) | (events & LOOP_EDGE ? EPOLLET : 0u);
}

/* What the peer sent before it closed is still to be read, so RDHUP is both. */
static unsigned loop_bits(uint32_t events)
{
	return (events & (EPOLLIN | EPOLLRDHUP | EPOLLPRI) ? LOOP_READ : 0u) |
	       (events & EPOLLOUT ? LOOP_WRITE : 0u) |
	       (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP) ? LOOP_HANGUP : 0u);
}

int loop_watch(struct loop *loop, int fd, unsigned events, loop_io_fn fn, void *ctx,
	       struct loop_watch **ret)
{
	struct loop_watch *watch = mem_new(struct loop_watch);
	if (!watch)
		return -ENOMEM;
	*watch = (struct loop_watch){ .loop = loop, .fn = fn, .ctx = ctx, .fd = fd };
	struct epoll_event event = { .events = epoll_bits(events), .data.ptr = watch };
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		int r = -errno;
		mem_free(watch);
		return r;
	}
	watch->next = loop->watches;
	if (watch->next)
		watch->next->previous = watch;
	loop->watches = watch;
	*ret = watch;
	return 0;
}

int loop_rewatch(struct loop_watch *watch, unsigned events)
{
	struct epoll_event event = { .events = epoll_bits(events), .data.ptr = watch };
	return epoll_ctl(watch->loop->epoll, EPOLL_CTL_MOD, watch->fd, &event) < 0 ? -errno : 0;
}

struct loop_watch *loop_unwatch(struct loop_watch *watch)
{
	if (!watch)
		return NULL;
	struct loop *loop = watch->loop;
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
	if (watch->next)
		watch->next->previous = watch->previous;
	if (watch->previous)
		watch->previous->next = watch->next;
	else
		loop->watches = watch->next;
	watch->fn = NULL;
	watch->next = loop->dead;
	loop->dead = watch;
	return NULL;
}

static struct loop_watch *watches_free(struct loop_watch *watch)
{
	while (watch) {
		struct loop_watch *next = watch->next;
		mem_free(watch);
		watch = next;
	}
	return NULL;
}

/* Timers */

static void heap_place(struct loop *loop, size_t at, struct loop_timer *timer)
{
	loop->heap[at] = timer;
	timer->pos = (uint32_t)at + 1;
}

static void heap_rise(struct loop *loop, size_t at, struct loop_timer *timer)
{
	while (at > 0 && timer->due < loop->heap[(at - 1) / 2]->due) {
		heap_place(loop, at, loop->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	heap_place(loop, at, timer);
}

static void heap_sink(struct loop *loop, size_t at, struct loop_timer *timer)
{
	for (;;) {
		size_t child = 2 * at + 1;
		if (child >= loop->timer_count)
			break;
		if (child + 1 < loop->timer_count &&
		    loop->heap[child + 1]->due < loop->heap[child]->due)
			child++;
		if (timer->due <= loop->heap[child]->due)
			break;
		heap_place(loop, at, loop->heap[child]);
		at = child;
	}
	heap_place(loop, at, timer);
}

/* Puts `timer` where it belongs, beginning at a place that may be too high or too low. */
static void heap_settle(struct loop *loop, size_t at, struct loop_timer *timer)
{
	if (at > 0 && timer->due < loop->heap[(at - 1) / 2]->due)
		heap_rise(loop, at, timer);
	else
		heap_sink(loop, at, timer);
}

int loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t due, loop_fn fn, void *ctx)
{
	if (!timer->pos) {
		if (loop->timer_count == loop->timer_capacity) {
			size_t capacity = loop->timer_capacity ? 2 * loop->timer_capacity : 16;
			struct loop_timer **heap = NULL;
			if (capacity <= LOOP_TIMERS_MAX)
				heap = mem_realloc(loop->heap, capacity, sizeof(*heap));
			if (!heap)
				return -ENOMEM;
			loop->heap = heap;
			loop->timer_capacity = capacity;
		}
		heap_place(loop, loop->timer_count++, timer);
	}
	timer->due = due;
	timer->fn = fn;
	timer->ctx = ctx;
	heap_settle(loop, timer->pos - 1, timer);
	return 0;
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
	if (!timer->pos)
		return;
	size_t at = timer->pos - 1;
	struct loop_timer *last = loop->heap[--loop->timer_count];
	timer->pos = 0;
	if (last != timer)
		heap_settle(loop, at, last);
}

static void loop_fire_timers(struct loop *loop)
{
	/* A timer that re-arms itself for a moment already past must not keep the turn for ever. */
	size_t most = loop->timer_count;
	while (most-- > 0 && loop->timer_count > 0 && loop->heap[0]->due <= loop->now) {
		struct loop_timer *timer = loop->heap[0];
		loop_timer_cancel(loop, timer);
		timer->fn(timer->ctx);
	}
}

/* Tasks */

static void loop_wake(struct loop *loop)
{
	uint64_t one = 1;
	ssize_t r = write(loop->wake, &one, sizeof(one));
	(void)r; /* EAGAIN: the counter is full, so the loop wakes anyway */
}

static void loop_woken(void *ctx, int fd, unsigned events)
{
	uint64_t count;
	ssize_t r = read(fd, &count, sizeof(count));
	(void)r; /* EAGAIN: somebody else's wake was read with the last one */
	(void)ctx;
	(void)events;
}

void loop_post(struct loop *loop, struct loop_task *task)
{
	pthread_mutex_lock(&loop->lock);
	bool first = !loop->first_task;
	bool add = !task->posted;
	if (add) {
		task->posted = true;
		task->next = NULL;
		*loop->last_task = task;
		loop->last_task = &task->next;
	}
	pthread_mutex_unlock(&loop->lock);
	/* The loop's own thread looks at the list before it waits again, and whoever posted the
	 * first task of the list has woken it already. */
	if (add && first && loop_current != loop)
		loop_wake(loop);
}

static bool loop_has_tasks(struct loop *loop)
{
	pthread_mutex_lock(&loop->lock);
	bool some = loop->first_task != NULL;
	pthread_mutex_unlock(&loop->lock);
	return some;
}

/* Runs what is posted now; what these tasks post waits for the next turn. */
static void loop_run_tasks(struct loop *loop)
{
	pthread_mutex_lock(&loop->lock);
	struct loop_task *task = loop->first_task;
	loop->first_task = NULL;
	loop->last_task = &loop->first_task;
	pthread_mutex_unlock(&loop->lock);
	while (task) {
		pthread_mutex_lock(&loop->lock);
		struct loop_task *next = task->next;
		loop_fn fn = task->fn;
		void *ctx = task->ctx;
		task->posted = false; /* from here on it may be posted again, or freed */
		pthread_mutex_unlock(&loop->lock);
		fn(ctx);
		task = next;
	}
}

/* Signals */

static void loop_read_signals(void *ctx, int fd, unsigned events)
{
	struct loop *loop = ctx;
	struct signalfd_siginfo info;
	(void)events;
	while (sys_read(fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo < LOOP_SIGNALS && loop->handlers[info.ssi_signo].fn) {
			struct loop_signal handler = loop->handlers[info.ssi_signo];
			handler.fn(handler.ctx, (int)info.ssi_signo);
		}
	}
}

int loop_signal(struct loop *loop, int signo, void (*fn)(void *ctx, int signo), void *ctx)
{
	if (signo <= 0 || signo >= LOOP_SIGNALS)
		return -EINVAL;
	sigset_t mask = loop->mask;
	sigaddset(&mask, signo);
	int fd = signalfd(loop->signals, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (loop->signals < 0) {
		int r = loop_watch(loop, fd, LOOP_READ, loop_read_signals, loop,
				   &loop->signal_watch);
		if (r < 0) {
			sys_close(fd);
			return r;
		}
		loop->signals = fd;
	}
	loop->mask = mask;
	loop->handlers[signo] = (struct loop_signal){ fn, ctx };
	return 0;
}

/* The loop */

int loop_new(struct loop **ret)
{
	struct loop *loop = mem_new(struct loop);
	if (!loop)
		return -ENOMEM;
	loop->signals = -1;
	loop->last_task = &loop->first_task;
	loop->now = clock_now();
	sigemptyset(&loop->mask);
	pthread_mutex_init(&loop->lock, NULL);
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	int r = loop->epoll < 0 ? -errno : 0;
	loop->wake = r < 0 ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (r == 0 && loop->wake < 0)
		r = -errno;
	if (r == 0)
		r = loop_watch(loop, loop->wake, LOOP_READ, loop_woken, NULL, &loop->wake_watch);
	if (r < 0) {
		loop_free(loop);
		return r;
	}
	*ret = loop;
	return 0;
}

struct loop *loop_free(struct loop *loop)
{
	if (!loop)
		return NULL;
	for (size_t i = 0; i < loop->timer_count; i++)
		loop->heap[i]->pos = 0;
	mem_free(loop->heap);
	watches_free(loop->watches);
	watches_free(loop->dead);
	sys_close(loop->signals);
	sys_close(loop->wake);
	sys_close(loop->epoll);
	pthread_mutex_destroy(&loop->lock);
	return mem_free(loop);
}

/* How long epoll may wait, in its milliseconds: rounded up, so that a timer is due on waking. */
static int loop_wait_time(struct loop *loop, int64_t timeout_ns)
{
	if (loop_has_tasks(loop) || atomic_load(&loop->stop))
		return 0;
	if (loop->timer_count > 0) {
		int64_t left = loop->heap[0]->due - clock_now();
		if (left < 0)
			left = 0;
		if (timeout_ns < 0 || left < timeout_ns)
			timeout_ns = left;
	}
	if (timeout_ns < 0)
		return -1;
	int64_t msec = timeout_ns / NSEC_PER_MSEC + (timeout_ns % NSEC_PER_MSEC != 0);
	return msec > INT_MAX ? INT_MAX : (int)msec;
}

int loop_run_once(struct loop *loop, int64_t timeout_ns)
{
	struct epoll_event events[LOOP_BATCH];
	int n = epoll_wait(loop->epoll, events, LOOP_BATCH, loop_wait_time(loop, timeout_ns));
	if (n < 0 && errno != EINTR)
		return -errno;
	struct loop *outer = loop_current;
	loop_current = loop;
	loop->now = clock_now();
	for (int i = 0; i < n; i++) {
		struct loop_watch *watch = events[i].data.ptr;
		if (watch->fn)
			watch->fn(watch->ctx, watch->fd, loop_bits(events[i].events));
	}
	loop_fire_timers(loop);
	loop_run_tasks(loop);
	loop_current = outer;
	/* A turn inside a callback leaves the dead to the outer turn, which may hold their events.
	 */
	if (outer != loop)
		loop->dead = watches_free(loop->dead);
	return 0;
}

int loop_run(struct loop *loop)
{
	int r = 0;
	while (r == 0 && !atomic_load(&loop->stop))
		r = loop_run_once(loop, -1);
	atomic_store(&loop->stop, false);
	return r;
}

void loop_stop(struct loop *loop)
{
	atomic_store(&loop->stop, true);
	if (loop_current != loop)
		loop_wake(loop);
}

int64_t loop_now(const struct loop *loop)
{
	return loop->now;
}
