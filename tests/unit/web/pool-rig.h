/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole road of a page for one test: a web server on loopback with a thread per loop and a
 * listener for each loop, the real pools, hosts as threads or as a process that can be killed, and
 * clients that block. The test's own thread is the control thread and most of the clients.
 *
 * What a page does is its query:
 *   hello       "hello", with its length
 *   size=N      N bytes of the pattern, length unknown
 *   echo        the body, while it is read
 *   late        a head that is flushed, the whole body read, then its length in decimal
 *   later       the same, but waits at the gate before it reads
 *   wait        waits at the gate before its head
 *   headwait    head and ten bytes, flushed, then waits at the gate
 *   after       "hello" flushed, waits at the gate, then notes whether its client is still there
 *   stream      writes until its client has gone, and notes it
 *   interim     status 100
 */
#pragma once

#include "../unit.h"

#include "../state.h"

#include "base/buf.h"
#include "base/sys.h"
#include "host/host.h"
#include "web/pool_internal.h"

#define RIG_LOOPS                                                                                  \
	3            /* connections go to the first two; the third is the test's to take slots for \
		      */
#define RIG_HOSTS 64 /* callbacks that are noted */
#define RIG_QUEUE 150 /* queueLength of both pools */

/* Shared with host processes. */
struct rig_stage {
	_Atomic uint32_t inside;   /* pages that have come to the gate */
	_Atomic uint32_t opened;   /* the gate */
	_Atomic uint32_t begun;    /* pages */
	_Atomic uint32_t gone;     /* pages that saw their client gone */
	_Atomic uint32_t stayed;   /* pages of `after` whose client was still there */
	_Atomic uint32_t finished; /* pages */
};

struct rig {
	char *folder;
	uint16_t ports[2]; /* of loop 0 and loop 1 */
	struct config *config;
	struct web *web;
	struct http_server *server;
	struct web_pools *pools;
	struct rig_stage *stage;
	uint64_t generation; /* the last one used */

	/* What the pools asked for and said; `changes` counts all of it. */
	_Atomic uint32_t changes, demands, drained, untrusted;
	_Atomic uint64_t last_drained;
};

struct rig_host {
	struct rig *rig;
	const char *pool;
	uint64_t generation;
	int fd;            /* its channel */
	struct host *host; /* its threads, or NULL */
	int workers[8];    /* pids: processes that serve one request at a time */
	int worker_count;
};

void rig_init(struct rig *rig, void **state);
/* The same; `web_server` is what the configuration's system.webServer says. */
void rig_init_with(struct rig *rig, void **state, const char *web_server);
/* Opens the gate, stops everything, and checks that no request and no slot was left behind. */
void rig_done(struct rig *rig);

/* Waits for `*word` to become at least `value`; fails after a minute. */
void rig_await(const _Atomic uint32_t *word, uint32_t value);
/* Until that many requests of the pool wait in queues. */
void rig_await_queued(struct rig *rig, const char *pool, uint32_t count);
/* Until no slot of the host is taken. */
void rig_await_idle(struct rig_host *h);
void rig_open_gate(struct rig *rig);

/* Hosts: with threads, or with processes; ready at once. */
void rig_host_start(struct rig *rig, struct rig_host *h, const char *pool);
void rig_host_fork(struct rig *rig, struct rig_host *h, const char *pool, int workers);
/* The same without anybody who serves: the test is the host. */
void rig_host_bare(struct rig *rig, struct rig_host *h, const char *pool);
/* The pools' own idea of it; NULL when it is out of its pool. */
struct web_pool_host *rig_host_find(struct rig_host *h);
/* HOST_GONE, after its processes were killed or its threads stopped. */
void rig_host_gone(struct rig_host *h);

/* Clients. A connection to loop `loop`; with a request on it. */
int rig_dial(struct rig *rig, int loop);
int rig_send(struct rig *rig, int loop, const char *method, const char *target);
/* GET, for "/page.asp?query". */
int rig_get(struct rig *rig, int loop, const char *query);

struct rig_answer {
	int status;      /* 0: none came */
	bool whole;      /* it ended as its head had said */
	struct buf body; /* without its framing */
};
/* Reads the rest of the answer and closes `fd`. */
void rig_read(int fd, struct rig_answer *ret);
/* The status of the answer; fails unless it is whole. */
int rig_status(int fd);
/* Sends a body of `length` bytes of the pattern and reads at the same time. */
void rig_post(struct rig *rig, int loop, const char *target, size_t length, bool chunked,
	      struct rig_answer *ret);
bool rig_is_pattern(const char *data, size_t length);
