/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The script's thread as others see it: calls of other threads (events of components) wait here
 * until the script sleeps, as calls into a single-threaded apartment wait for its messages. The
 * script's thread makes the queue and serves it; any thread may call and interrupt.
 */
#pragma once

#include <surrogate/com.h>

struct wsh_queue;

/* Owned by the calling thread; one reference. NULL when out of memory. */
struct wsh_queue *wsh_queue_new(void);
struct wsh_queue *wsh_queue_ref(struct wsh_queue *queue);
/* Takes NULL, returns NULL. */
struct wsh_queue *wsh_queue_unref(struct wsh_queue *queue);

/* Runs `fn` in the queue's thread and returns what it returned: at once when that is the calling
 * thread, else once it sleeps. RPC_E_DISCONNECTED when the queue is closed. */
HRESULT wsh_queue_call(struct wsh_queue *queue, HRESULT (*fn)(void *ctx), void *ctx);
/* The queue's thread: serves calls until `until` (clock_now()), wsh_queue_interrupt, or until
 * `stop` (asked after each call; may be NULL) says so. */
void wsh_queue_sleep(struct wsh_queue *queue, int64_t until, bool (*stop)(void *ctx), void *ctx);
/* Ends a sleep, and each one after it. */
void wsh_queue_interrupt(struct wsh_queue *queue);
/* The queue's thread, at its end: calls that wait, and all later ones, are refused. */
void wsh_queue_close(struct wsh_queue *queue);
