/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The threads of a server. Each waits at all sockets, reads what came, and runs the call that it
 * read itself, so that a call wakes nobody but the thread that serves it. Of the threads that wait
 * in epoll the kernel wakes the one that came last, so calls that come one after the other stay
 * with one thread.
 *
 * One thread is always at the sockets, reading or waiting: a cancel gets through to whatever is
 * worked on. A thread leaves them for a call only when there is another; the last starts one, and
 * when that may not be, its calls wait in a queue for the first that comes back.
 */
#include "base/mem.h"
#include "rpc/server-internal.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void *worker(void *ctx);

/* With the lock held. */
static int start_one(struct rpc_workers *w)
{
	sigset_t all, before;
	if (w->count > w->limit)
		return -EAGAIN;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int e = pthread_create(&w->threads[w->count], NULL, worker, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	w->count += e == 0;
	w->at_sockets += e == 0;
	return -e;
}

/* Wakes a thread that waits at the sockets. */
static void wake(struct rpc_workers *w)
{
	const uint64_t one = 1;
	/* It can only fail when it has been woken very often already. */
	ssize_t n = write(w->wake, &one, sizeof(one));
	(void)n;
}

/* ---- calls ---- */

bool rpc_workers_add(struct rpc_workers *w, struct rpc_call *call)
{
	pthread_mutex_lock(&w->lock);
	bool ok = w->waiting < w->waiting_limit;
	if (ok) {
		call->link = NULL;
		*w->last = call;
		w->last = &call->link;
		w->waiting++;
	}
	pthread_mutex_unlock(&w->lock);
	return ok;
}

/* Whether a thread may leave the sockets. One that is alone and can start no other must: there is
 * nobody for whom its calls could wait. */
static bool may_leave(struct rpc_workers *w)
{
	return w->at_sockets > 1 || start_one(w) == 0 || w->count == 1;
}

static struct rpc_call *pop(struct rpc_workers *w)
{
	struct rpc_call *call = w->first;
	w->first = call->link;
	if (!w->first)
		w->last = &w->first;
	w->waiting--;
	return call;
}

/* The call that this thread serves next; NULL: it goes to the sockets. `back` from a call. */
static struct rpc_call *next_call(struct rpc_workers *w, bool back)
{
	struct rpc_call *call = NULL;
	pthread_mutex_lock(&w->lock);
	w->at_sockets += back;
	if (w->first && may_leave(w)) {
		call = pop(w);
		w->at_sockets--;
	}
	/* Calls that came together: the next one is another thread's. */
	bool more = call && w->first && (w->at_sockets > 1 || w->count <= w->limit);
	pthread_mutex_unlock(&w->lock);
	if (more)
		wake(w);
	return call;
}

/* ---- threads ---- */

/* Waits for an event and does what is to be done at once. False: the thread ends. */
static bool serve_sockets(struct rpc_workers *w)
{
	struct epoll_event event = { .data.ptr = NULL };
	uint64_t count;
	/* One, for the next may have a call, too. */
	int n = epoll_wait(w->epoll, &event, 1, -1);
	if (n == 1 && event.data.ptr) {
		rpc_socket_event(event.data.ptr, event.events);
	} else if (n == 1) {
		ssize_t ignored = read(w->wake, &count, sizeof(count));
		(void)ignored;
	}
	return !atomic_load(&w->stopping);
}

static void *worker(void *ctx)
{
	struct rpc_workers *w = ctx;
	pthread_setname_np(pthread_self(), "rpc-call");
	while (serve_sockets(w)) {
		struct rpc_call *call = next_call(w, false);
		while (call) {
			rpc_call_run(call);
			rpc_socket_done(call);
			call = next_call(w, true);
		}
	}
	/* Others wait for the same event. */
	wake(w);
	return NULL;
}

/* ---- sockets ---- */

/* Edge triggered: whoever is told reads until nothing is left, or asks again. */
static struct epoll_event event_of(struct rpc_socket *s, bool write)
{
	return (struct epoll_event){
		.events = EPOLLIN | EPOLLRDHUP | EPOLLET | (write ? EPOLLOUT : 0u), .data.ptr = s
	};
}

int rpc_workers_watch(struct rpc_workers *w, struct rpc_socket *s)
{
	struct epoll_event event = event_of(s, false);
	return epoll_ctl(w->epoll, EPOLL_CTL_ADD, s->fd, &event) < 0 ? -errno : 0;
}

void rpc_workers_rewatch(struct rpc_workers *w, struct rpc_socket *s, bool write)
{
	struct epoll_event event = event_of(s, write);
	epoll_ctl(w->epoll, EPOLL_CTL_MOD, s->fd, &event);
}

void rpc_workers_unwatch(struct rpc_workers *w, struct rpc_socket *s)
{
	epoll_ctl(w->epoll, EPOLL_CTL_DEL, s->fd, NULL);
}

/* ---- the whole ---- */

int rpc_workers_init(struct rpc_workers *w, unsigned calls, unsigned waiting)
{
	struct epoll_event woken = { .events = EPOLLIN, .data.ptr = NULL };
	pthread_mutex_init(&w->lock, NULL);
	w->limit = calls;
	w->waiting_limit = waiting;
	w->last = &w->first;
	w->epoll = w->wake = -1;
	w->threads = mem_zalloc((size_t)calls + 1, sizeof(*w->threads));
	if (!w->threads)
		return -ENOMEM;
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll < 0)
		return -errno;
	w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->wake < 0 || epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->wake, &woken) < 0)
		return -errno;
	return 0;
}

int rpc_workers_start(struct rpc_workers *w)
{
	pthread_mutex_lock(&w->lock);
	int r = start_one(w);
	pthread_mutex_unlock(&w->lock);
	return r;
}

void rpc_workers_stop(struct rpc_workers *w)
{
	atomic_store(&w->stopping, true);
	wake(w);
	for (unsigned i = 0; i < w->count; i++)
		pthread_join(w->threads[i], NULL);
	w->count = w->at_sockets = 0;
}

void rpc_workers_done(struct rpc_workers *w)
{
	if (!w->threads)
		return;
	sys_close(w->wake);
	sys_close(w->epoll);
	pthread_mutex_destroy(&w->lock);
	w->threads = mem_free(w->threads);
}
