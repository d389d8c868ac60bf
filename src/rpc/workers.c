/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The threads of a server that serve calls. One is started when a call finds none idle, up to the
 * limit; beyond it calls wait in a queue.
 */
#include "base/mem.h"
#include "rpc/server-internal.h"

#include <errno.h>
#include <signal.h>

static struct rpc_call *next_call(struct rpc_workers *w)
{
	pthread_mutex_lock(&w->lock);
	w->idle++;
	while (!w->first && !w->stopping)
		pthread_cond_wait(&w->wake, &w->lock);
	w->idle--;
	struct rpc_call *call = w->first;
	if (call) {
		w->first = call->link;
		if (!w->first)
			w->last = &w->first;
		w->waiting--;
	}
	pthread_mutex_unlock(&w->lock);
	return call;
}

static void *worker(void *ctx)
{
	struct rpc_workers *w = ctx;
	struct rpc_call *call;
	pthread_setname_np(pthread_self(), "rpc-call");
	while ((call = next_call(w))) {
		rpc_call_run(call);
		pthread_mutex_lock(&w->lock);
		call->link = w->done;
		w->done = call;
		pthread_mutex_unlock(&w->lock);
		loop_post(w->loop, &w->task);
	}
	return NULL;
}

/* With the lock held. A thread that cannot be started is no failure while there are others. */
static bool start_one(struct rpc_workers *w)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int e = pthread_create(&w->threads[w->count], NULL, worker, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	w->count += e == 0;
	return w->count > 0;
}

bool rpc_workers_add(struct rpc_workers *w, struct rpc_call *call)
{
	pthread_mutex_lock(&w->lock);
	bool ok = w->waiting < w->waiting_limit;
	if (ok && w->idle <= w->waiting && w->count < w->limit)
		ok = start_one(w);
	if (ok) {
		call->link = NULL;
		*w->last = call;
		w->last = &call->link;
		w->waiting++;
		pthread_cond_signal(&w->wake);
	}
	pthread_mutex_unlock(&w->lock);
	return ok;
}

struct rpc_call *rpc_workers_take(struct rpc_workers *w)
{
	pthread_mutex_lock(&w->lock);
	struct rpc_call *list = w->done;
	w->done = NULL;
	pthread_mutex_unlock(&w->lock);
	return list;
}

int rpc_workers_init(struct rpc_workers *w, unsigned threads, unsigned waiting, struct loop *loop,
		     loop_fn done, void *ctx)
{
	w->threads = mem_zalloc(threads, sizeof(*w->threads));
	if (!w->threads)
		return -ENOMEM;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	w->limit = threads;
	w->waiting_limit = waiting;
	w->last = &w->first;
	w->loop = loop;
	w->task = (struct loop_task){ .fn = done, .ctx = ctx };
	return 0;
}

void rpc_workers_stop(struct rpc_workers *w)
{
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_broadcast(&w->wake);
	unsigned count = w->count;
	pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < count; i++)
		pthread_join(w->threads[i], NULL);
	w->count = 0;
}

void rpc_workers_done(struct rpc_workers *w)
{
	if (!w->threads)
		return;
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
	w->threads = mem_free(w->threads);
}
