/* SPDX-License-Identifier: Apache-2.0 */
/* See queue.h. */
#include "wsh/queue.h"

#include "base/clock.h"
#include "base/mem.h"

#include <pthread.h>
#include <time.h>

struct call {
	HRESULT (*fn)(void *ctx);
	void *ctx;
	HRESULT result;
	bool done;
	struct call *next;
};

struct wsh_queue {
	uint32_t refs;
	pthread_t owner;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	bool closed, interrupted;
	struct call *first, **last;
};

struct wsh_queue *wsh_queue_new(void)
{
	struct wsh_queue *q = mem_new(struct wsh_queue);
	pthread_condattr_t monotonic;

	if (!q)
		return NULL;
	q->refs = 1;
	q->owner = pthread_self();
	q->last = &q->first;
	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&q->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return q;
}

struct wsh_queue *wsh_queue_ref(struct wsh_queue *q)
{
	__atomic_add_fetch(&q->refs, 1, __ATOMIC_RELAXED);
	return q;
}

struct wsh_queue *wsh_queue_unref(struct wsh_queue *q)
{
	if (!q || __atomic_sub_fetch(&q->refs, 1, __ATOMIC_ACQ_REL))
		return NULL;
	pthread_cond_destroy(&q->changed);
	pthread_mutex_destroy(&q->lock);
	mem_free(q);
	return NULL;
}

HRESULT wsh_queue_call(struct wsh_queue *q, HRESULT (*fn)(void *ctx), void *ctx)
{
	struct call call = { .fn = fn, .ctx = ctx, .result = RPC_E_DISCONNECTED };
	bool mine = pthread_equal(q->owner, pthread_self());

	pthread_mutex_lock(&q->lock);
	if (q->closed || mine) {
		bool closed = q->closed;

		pthread_mutex_unlock(&q->lock);
		return closed ? RPC_E_DISCONNECTED : fn(ctx);
	}
	*q->last = &call;
	q->last = &call.next;
	pthread_cond_broadcast(&q->changed);
	while (!call.done)
		pthread_cond_wait(&q->changed, &q->lock);
	pthread_mutex_unlock(&q->lock);
	return call.result;
}

/* Locked. The call is its caller's: nothing of it is touched once it is done. */
static void serve(struct wsh_queue *q, bool refuse)
{
	struct call *call = q->first;
	HRESULT hr = RPC_E_DISCONNECTED;

	q->first = call->next;
	if (!q->first)
		q->last = &q->first;
	if (!refuse) {
		pthread_mutex_unlock(&q->lock);
		hr = call->fn(call->ctx);
		pthread_mutex_lock(&q->lock);
	}
	call->result = hr;
	call->done = true;
	pthread_cond_broadcast(&q->changed);
}

void wsh_queue_sleep(struct wsh_queue *q, int64_t until, bool (*stop)(void *ctx), void *ctx)
{
	struct timespec due = { until / NSEC_PER_SEC, until % NSEC_PER_SEC };

	pthread_mutex_lock(&q->lock);
	while (!q->interrupted && !(stop && stop(ctx))) {
		if (q->first)
			serve(q, false);
		else if (clock_now() >= until)
			break;
		else
			pthread_cond_timedwait(&q->changed, &q->lock, &due);
	}
	pthread_mutex_unlock(&q->lock);
}

void wsh_queue_interrupt(struct wsh_queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->interrupted = true;
	pthread_cond_broadcast(&q->changed);
	pthread_mutex_unlock(&q->lock);
}

void wsh_queue_close(struct wsh_queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	while (q->first)
		serve(q, true);
	pthread_mutex_unlock(&q->lock);
}
