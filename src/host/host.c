/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See host.h. One mutex guards the thread count and the list of channels; a request takes it only
 * when a thread must be started. Each worker holds a reference to the channel it waits on, so that
 * one that was given up is freed when its last worker has left it.
 */
#include "host/host.h"
#include "host/serve.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define IDLE_NS (10 * NSEC_PER_SEC)
#define PROBATION_NS (20 * NSEC_PER_MSEC)
#define PROBATION_LOOKS 2
#define STOP_NS (100 * NSEC_PER_MSEC)

/* A channel and those who use it; all but `idle` under the host's lock. */
struct lane {
	struct host *host;
	struct lane *next; /* older ones */
	struct channel_host *channel;
	uint64_t front;
	int refs;
	bool probing;     /* a thread beyond the soft limit looks whether it is needed here */
	_Atomic int idle; /* threads that wait for a request here, or are about to */
};

struct host {
	struct exchange_handler handler;
	int threads_soft, threads_max, processors;
	_Atomic uint64_t requests;
	_Atomic uint32_t active;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	struct lane *lanes; /* the newest first */
	int threads;
	bool stopping;
};

/* ---- channels ---- */

static int lane_new(struct host *host, uint64_t front, int fd, const int *bells, int loops,
		    struct lane **ret)
{
	_cleanup_mem_ struct lane *lane = mem_new(struct lane);
	if (!lane)
		return -ENOMEM;
	int r = channel_host_new(fd, bells, loops, &lane->channel);
	if (r < 0)
		return r;
	lane->host = host;
	lane->front = front;
	lane->refs = 1;
	*ret = TAKE_PTR(lane);
	return 0;
}

/* Under the lock. */
static void lane_unref(struct lane *lane)
{
	if (!lane || --lane->refs > 0)
		return;
	channel_host_free(lane->channel);
	mem_free(lane);
}

/* Under the lock: nobody is at the other end any more. */
static void lanes_give_up(struct host *host, uint64_t front)
{
	struct lane **at = &host->lanes;

	while (*at) {
		struct lane *lane = *at;
		if (lane->front != front) {
			at = &lane->next;
			continue;
		}
		*at = lane->next;
		channel_host_abandon(lane->channel);
		lane_unref(lane);
	}
	pthread_cond_broadcast(&host->changed);
}

/* The channel `lane` is over: the newest other one to wait on. Sleeps while there is none to serve;
 * NULL when the host stops. Hands over the reference; the thread counts as idle there. */
static struct lane *lane_leave(struct host *host, struct lane *lane)
{
	pthread_mutex_lock(&host->lock);
	while ((!host->lanes || host->lanes == lane) && !host->stopping)
		pthread_cond_wait(&host->changed, &host->lock);
	struct lane *next = host->lanes == lane || host->stopping ? NULL : host->lanes;
	atomic_fetch_sub(&lane->idle, 1);
	if (next) {
		next->refs++;
		atomic_fetch_add(&next->idle, 1);
	}
	lane_unref(lane);
	pthread_mutex_unlock(&host->lock);
	return next;
}

/* ---- threads ---- */

static void *worker_main(void *lane);
static void *probation_main(void *lane);

/* Under the lock. The new thread counts as idle from its birth. */
static int thread_start(struct lane *lane, void *(*thread_main)(void *))
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, before;
	/* Signals are the main thread's business. */
	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	/* Before it is there: it may have a request before this thread is back. */
	lane->refs++;
	atomic_fetch_add(&lane->idle, 1);
	int r = pthread_create(&thread, &attr, thread_main, lane);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (r != 0) {
		lane->refs--; /* the caller's own is left */
		atomic_fetch_sub(&lane->idle, 1);
		return -r;
	}
	lane->host->threads++;
	return 0;
}

/* The last idle thread got a request: who takes the next one? A failure is not one: there are
 * threads, and the next request tries again. */
static void thread_spare(struct lane *lane)
{
	struct host *host = lane->host;
	pthread_mutex_lock(&host->lock);
	if (!host->stopping && !lane->probing && host->threads < host->threads_max &&
	    atomic_load(&lane->idle) == 0) {
		bool probing = host->threads >= host->threads_soft;
		if (thread_start(lane, probing ? probation_main : worker_main) == 0)
			lane->probing = probing;
	}
	pthread_mutex_unlock(&host->lock);
}

/* A thread leaves when another one waits; decided by the counter alone, so that of two that leave
 * at once, or one that leaves while the other gets a request, one stays. */
static bool may_leave(struct lane *lane)
{
	if (atomic_fetch_sub(&lane->idle, 1) > 1)
		return true;
	atomic_fetch_add(&lane->idle, 1);
	return false;
}

/* Under the lock: one look every PROBATION_NS. */
static void probation_sleep(struct host *host)
{
	int64_t until = clock_now() + PROBATION_NS;
	struct timespec at = { until / NSEC_PER_SEC, until % NSEC_PER_SEC };
	pthread_cond_clockwait(&host->changed, &host->lock, CLOCK_MONOTONIC, &at);
}

/* The state letter of a thread of this process, as proc(5) has it; 0 when it has just ended. */
static char thread_state(int tasks, const char *id)
{
	char path[32], text[128];
	int fd, n;

	if (snprintf(path, sizeof(path), "%s/stat", id) >= (int)sizeof(path))
		return 0;
	fd = openat(tasks, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : (int)read(fd, text, sizeof(text) - 1);
	sys_close(fd);
	text[n > 0 ? n : 0] = '\0';
	const char *end = strrchr(text, ')'); /* of the name, which may hold anything else */
	return end && end[1] ? end[2] : 0;
}

/* True when the workers wait, for databases or for clients that read slowly: then one more of them
 * helps. While as many as there are processors could run it would only be in their way. */
static bool workers_wait(const struct host *host)
{
	DIR *tasks = opendir("/proc/self/task");
	int runnable = -1; /* not counting the one that looks */

	if (!tasks)
		return true;
	for (struct dirent *entry; (entry = readdir(tasks));)
		runnable += thread_state(dirfd(tasks), entry->d_name) == 'R';
	closedir(tasks);
	return runnable < host->processors;
}

/* Life of a thread beyond the soft limit before it becomes a worker: looks whether requests stay
 * unclaimed. False when it shall leave, because others have been idle for long. */
static bool probation(struct lane *lane)
{
	struct host *host = lane->host;
	int pressed = 0;
	int64_t calm_since = clock_now();
	bool join = true;
	pthread_mutex_lock(&host->lock);
	while (!host->stopping && pressed < PROBATION_LOOKS && join) {
		probation_sleep(host);
		int64_t now = clock_now();
		pressed = channel_host_waiting(lane->channel) > 0 && workers_wait(host)
				  ? pressed + 1
				  : 0;
		if (pressed > 0 || atomic_load(&lane->idle) <= 1)
			calm_since = now;
		else if (now - calm_since >= IDLE_NS)
			join = !may_leave(lane);
	}
	lane->probing = false;
	pthread_mutex_unlock(&host->lock);
	return join;
}

static void serve_one(struct lane *lane, int slot)
{
	struct host *host = lane->host;
	if (atomic_fetch_sub(&lane->idle, 1) == 1)
		thread_spare(lane);
	atomic_fetch_add_explicit(&host->requests, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&host->active, 1, memory_order_relaxed);
	host_serve_slot(&host->handler, lane->channel, slot);
	atomic_fetch_sub_explicit(&host->active, 1, memory_order_relaxed);
	atomic_fetch_add(&lane->idle, 1);
}

/* Serves until there is nothing more to do. Returns the channel it left last, or NULL, with the
 * thread no longer counted as idle. */
static struct lane *worker_serve(struct lane *lane)
{
	while (lane) {
		int slot = channel_host_claim(lane->channel, IDLE_NS);
		if (slot >= 0)
			serve_one(lane, slot);
		else if (slot == -EPIPE)
			lane = lane_leave(lane->host, lane);
		else if (may_leave(lane))
			return lane;
	}
	return NULL;
}

static void thread_leave(struct host *host, struct lane *lane)
{
	pthread_mutex_lock(&host->lock);
	lane_unref(lane);
	host->threads--;
	pthread_cond_broadcast(&host->changed);
	pthread_mutex_unlock(&host->lock);
}

static void *worker_main(void *arg)
{
	struct lane *lane = arg;
	struct host *host = lane->host;
	pthread_setname_np(pthread_self(), "host-worker");
	thread_leave(host, worker_serve(lane));
	return NULL;
}

static void *probation_main(void *arg)
{
	struct lane *lane = arg;
	struct host *host = lane->host;
	pthread_setname_np(pthread_self(), "host-worker");
	thread_leave(host, probation(lane) ? worker_serve(lane) : lane);
	return NULL;
}

/* ---- birth and end ---- */

/* Takes NULL and half-built hosts. No thread may be left. */
static struct host *host_free(struct host *host)
{
	if (!host)
		return NULL;
	while (host->lanes) {
		struct lane *lane = host->lanes;
		host->lanes = lane->next;
		lane_unref(lane);
	}
	pthread_mutex_destroy(&host->lock);
	pthread_cond_destroy(&host->changed);
	return mem_free(host);
}

int host_start(const struct host_options *options, struct host **ret)
{
	struct host *host = mem_new(struct host);
	if (!host)
		return -ENOMEM;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int count = processors < 1 ? 1 : processors > 1024 ? 1024 : (int)processors;
	int soft = count * 2 < 4 ? 4 : count * 2;
	int most = count * HOST_THREADS_PER_PROCESSOR_MAX;
	host->processors = count;
	host->threads_max = options->threads_max < 1      ? soft
			    : options->threads_max > most ? most
							  : options->threads_max;
	host->threads_soft = soft < host->threads_max ? soft : host->threads_max;
	host->handler = options->handler;
	pthread_mutex_init(&host->lock, NULL);
	pthread_cond_init(&host->changed, NULL);
	int r = host_add_channel(host, options->front, options->channel_fd, options->bells,
				 options->loops);
	if (r < 0)
		host_free(host);
	else
		*ret = host;
	return r;
}

int host_add_channel(struct host *host, uint64_t front, int channel_fd, const int *bells, int loops)
{
	struct lane *lane;
	int r = lane_new(host, front, channel_fd, bells, loops, &lane);
	if (r < 0)
		return r;
	pthread_mutex_lock(&host->lock);
	r = thread_start(lane, worker_main);
	/* Those that lose their channel, or have lost it, come here by themselves. */
	if (r < 0 && host->threads > 0 && (!host->lanes || host->lanes->front == front))
		r = 0;
	if (r == 0) {
		lanes_give_up(host, front);
		lane->next = host->lanes;
		host->lanes = lane;
		pthread_cond_broadcast(&host->changed);
	} else {
		lane_unref(lane);
	}
	pthread_mutex_unlock(&host->lock);
	return r;
}

void host_front_gone(struct host *host, uint64_t front)
{
	pthread_mutex_lock(&host->lock);
	lanes_give_up(host, front);
	pthread_mutex_unlock(&host->lock);
}

/* Under the lock. True when the last thread has left in time. */
static bool all_left(struct host *host, int64_t deadline)
{
	struct timespec at = { deadline / NSEC_PER_SEC, deadline % NSEC_PER_SEC };
	while (host->threads > 0) {
		if (pthread_cond_clockwait(&host->changed, &host->lock, CLOCK_MONOTONIC, &at) ==
		    ETIMEDOUT)
			return host->threads == 0;
	}
	return true;
}

struct host *host_stop(struct host *host, int64_t grace_ns)
{
	if (!host)
		return NULL;
	pthread_mutex_lock(&host->lock);
	host->stopping = true;
	for (struct lane *lane = host->lanes; lane; lane = lane->next)
		channel_host_close(lane->channel);
	pthread_cond_broadcast(&host->changed);
	bool left = all_left(host, clock_now() + grace_ns);
	if (!left) {
		/* Whoever is blocked on a slow client ends at once; give them a moment for it. */
		for (struct lane *lane = host->lanes; lane; lane = lane->next)
			channel_host_abandon(lane->channel);
		left = all_left(host, clock_now() + STOP_NS);
	}
	pthread_mutex_unlock(&host->lock);
	return left ? host_free(host) : host;
}

void host_counters(const struct host *host, uint64_t *ret_requests, uint64_t *ret_active)
{
	*ret_requests = atomic_load_explicit(&host->requests, memory_order_relaxed);
	*ret_active = atomic_load_explicit(&host->active, memory_order_relaxed);
}

int host_threads(struct host *host)
{
	pthread_mutex_lock(&host->lock);
	int threads = host->threads;
	pthread_mutex_unlock(&host->lock);
	return threads;
}
