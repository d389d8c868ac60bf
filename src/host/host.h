/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker threads that serve a channel: dllhost runs them for its pool, inetinfo for
 * applications at Low protection. What they do with a request is an exchange_handler's business.
 *
 * How many. One thread waits for requests from the start. Whenever the last waiting one gets a
 * request another is started, so that one slow page never blocks the next: at once up to two per
 * processor (at least four), and beyond that up to `threads_max` only while requests stay unclaimed
 * (each for two looks, 20 ms apart) and fewer workers than processors could run: pages
 * that compute gain nothing from more threads, pages that wait for databases or for slow clients
 * do. A thread that had nothing to do for ten seconds leaves, all but one.
 *
 * More than one front end. While a front end takes the place of another both have requests here,
 * each on a channel of its own: threads that wait are counted for each channel, and one whose front
 * end is gone gives its threads to the newest.
 *
 * Threads. host_start, host_add_channel, host_front_gone and host_stop belong to one thread of the
 * caller; host_counters may be called from any. The handler is called on many threads at once.
 */
#pragma once

#include "ipc/exchange.h"

struct host;

/* AspProcessorThreadMax: the most that a configuration may ask for, per processor. */
#define HOST_THREADS_PER_PROCESSOR_MAX 25

struct host_options {
	uint64_t front;   /* a number for whose channel this is */
	int channel_fd;   /* all descriptors stay the caller's */
	const int *bells; /* one per loop of the front end */
	int loops;
	int threads_max;                 /* 0: two per processor, at least four */
	struct exchange_handler handler; /* must outlive the host */
};

/* Attaches to the channel and starts the first worker. -EINVAL when the descriptor is no channel,
 * -EAGAIN when no thread can be started, -ENOMEM, -EMFILE. */
int host_start(const struct host_options *options, struct host **ret);
/* A front end came: serves its channel from now on, beside those of others. One of the same number
 * before is given up as with host_front_gone. -EINVAL, -ENOMEM, -EMFILE, -EAGAIN as host_start. */
int host_add_channel(struct host *host, uint64_t front, int channel_fd, const int *bells,
		     int loops);
/* That front end is gone. What runs for it sees its clients gone and ends; what it had not begun is
 * lost with it. */
void host_front_gone(struct host *host, uint64_t front);
/* Takes what is submitted still, nothing after it, and waits until all workers have left, at most
 * `grace_ns`; then clients are declared gone, so that pages that write or look end soon. Returns
 * NULL when all have left and everything is freed; else the host, with pages still running: then
 * nothing they use may be freed, and the process should exit (or call this again). Takes NULL. */
struct host *host_stop(struct host *host, int64_t grace_ns);
/* Requests begun so far, and those running now. */
void host_counters(const struct host *host, uint64_t *ret_requests, uint64_t *ret_active);
/* Worker threads at present. */
int host_threads(struct host *host);
