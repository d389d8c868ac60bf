/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of a server share: server.c (its life), socket.c (its sockets, on the loop's
 * thread), workers.c (the threads that serve calls).
 */
#pragma once

#include "base/clock.h"
#include "base/loop.h"
#include "base/sys.h"
#include "rpc/internal.h"
#include "rpc/server.h"

#include <pthread.h>

struct rpc_listener {
	LIST_ENTRY(rpc_listener) in_server;
	struct rpc_server *server;
	int fd;
	bool local; /* a Unix socket */
	uint16_t port;
	char secondary[RPC_ENDPOINT_MAX]; /* what bind_ack says */
	struct loop_watch *watch;
};

struct rpc_socket {
	LIST_ENTRY(rpc_socket) in_server;
	struct rpc_server *server;
	int fd; /* -1: closed, but calls are still worked on */
	struct loop_watch *watch;
	unsigned events;
	struct loop_timer timer;
	int64_t active;   /* when something last happened */
	unsigned running; /* calls handed out */
	bool bound;
	bool ending; /* sends what is left, reads until the peer has closed */
	bool shut;
	struct rpc_conn *conn;
	char address[SYS_ADDRESS_SIZE], local[SYS_ADDRESS_SIZE];
	char secondary[RPC_ENDPOINT_MAX];
};

struct rpc_workers {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t *threads;
	unsigned count, idle, limit;
	struct rpc_call *first, **last; /* calls that wait */
	unsigned waiting, waiting_limit;
	struct rpc_call *done; /* served, newest first */
	bool stopping;
	struct loop *loop;
	struct loop_task task; /* takes `done` to the loop's thread */
};

struct rpc_server {
	struct rpc_server_options options;
	struct rpc_interfaces *interfaces;
	struct rpc_groups *groups;
	struct rpc_statistics statistics;
	struct loop *loop;
	pthread_t thread;
	bool started, stopping;
	int reserve; /* a descriptor for when there are none */
	LIST_HEAD(rpc_listener_list, rpc_listener) listeners;
	LIST_HEAD(rpc_socket_list, rpc_socket) sockets;
	unsigned socket_count;
	struct rpc_workers workers;
	struct loop_task stop_task;
	struct loop_timer stop_timer;
	int64_t grace;
};

void rpc_server_note(struct rpc_server *server, const char *text);

/* socket.c */
void rpc_listener_event(void *ctx, int fd, unsigned events);
void rpc_socket_close(struct rpc_socket *s);
/* A call of its connection was served: its answer is sent. */
void rpc_socket_done(struct rpc_call *call);

/* workers.c */
int rpc_workers_init(struct rpc_workers *w, unsigned threads, unsigned waiting, struct loop *loop,
		     loop_fn done, void *ctx);
void rpc_workers_done(struct rpc_workers *w);
/* False: too many wait already. */
bool rpc_workers_add(struct rpc_workers *w, struct rpc_call *call);
/* The calls that were served since; each has the next in its link. */
struct rpc_call *rpc_workers_take(struct rpc_workers *w);
/* Lets all calls that wait be served, and ends the threads. */
void rpc_workers_stop(struct rpc_workers *w);
