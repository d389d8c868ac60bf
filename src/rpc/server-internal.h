/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of a server share: server.c (its life), accept.c (listening sockets and how
 * connections begin), socket.c (connections), workers.c (the threads that read and serve calls).
 *
 * Threads. The loop's thread accepts, and looks after limits of time; it alone changes the lists of
 * a server. A connection's bytes are the business of whichever worker is told of them, with the
 * connection's lock. That lock is taken before those of the workers and of the loop.
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

/* A connection. Its memory stays with the server when it has ended, for the next: a worker may
 * still have been told of an event, and then finds nothing to do, whoever is there now. */
struct rpc_socket {
	LIST_ENTRY(rpc_socket) in_server; /* in `sockets` or `spare` */
	struct rpc_server *server;
	struct loop_timer timer; /* the loop's */
	struct loop_task task;   /* asks the loop's thread to look after it */
	bool live;               /* in `sockets`; the loop's */
	char address[SYS_ADDRESS_SIZE], local[SYS_ADDRESS_SIZE];
	char secondary[RPC_ENDPOINT_MAX];

	pthread_mutex_t lock; /* of all that follows */
	int fd;               /* -1: closed, but calls may still be worked on */
	bool unread;          /* there may be bytes that no event will tell of */
	bool hangup;          /* the peer has closed its side, behind what it sent */
	bool writing;         /* an event tells when there is room to send */
	unsigned running;     /* calls handed out */
	int64_t since;        /* when it came, or began to end */
	int64_t active;       /* when something last happened */
	bool bound;
	bool ending; /* sends what is left, reads until the peer has closed */
	bool shut;
	struct rpc_conn *conn;
};

struct rpc_workers {
	pthread_mutex_t lock;
	pthread_t *threads;
	unsigned limit;                 /* calls at the same time; there is one thread more */
	unsigned count, at_sockets;     /* threads; those of them without a call */
	struct rpc_call *first, **last; /* calls that wait */
	unsigned waiting, waiting_limit;
	_Atomic bool stopping;
	int epoll, wake;
};

struct rpc_server {
	struct rpc_server_options options;
	uint32_t uid; /* of who runs it */
	struct rpc_interfaces *interfaces;
	struct rpc_groups *groups;
	struct rpc_statistics statistics;
	struct loop *loop;
	pthread_t thread;
	bool started;
	_Atomic bool stopping;
	int reserve; /* a descriptor for when there are none */
	LIST_HEAD(rpc_listener_list, rpc_listener) listeners;
	LIST_HEAD(rpc_socket_list, rpc_socket) sockets, spare;
	unsigned socket_count;
	struct rpc_workers workers;
	struct loop_task stop_task;
	struct loop_timer stop_timer;
	int64_t grace;
};

void rpc_server_note(struct rpc_server *server, const char *text);

/* accept.c: the loop's thread */
void rpc_listener_event(void *ctx, int fd, unsigned events);
/* Whose process is at the other end of a Unix socket; UINT32_MAX: not known. Any thread. */
uint32_t rpc_socket_user(int fd);

/* socket.c */
/* Serves a connection from now on; `fd` becomes its own unless this fails. The loop's thread. */
int rpc_socket_new(const struct rpc_listener *l, int fd, const char *address);
/* The memory, when no thread is left. */
void rpc_sockets_free(struct rpc_server *server);
/* Closes it, unless a call is worked on and may be finished; the loop's thread. */
void rpc_socket_stop(struct rpc_socket *s, bool busy);
/* Something came, or there is room to send (`events` of epoll): does all there is to do. Calls go
 * to the workers. */
void rpc_socket_event(struct rpc_socket *s, uint32_t events);
/* A call of its connection was served: its answer is sent. */
void rpc_socket_done(struct rpc_call *call);

/* workers.c */
/* `calls` at the same time, `waiting` for a thread. */
int rpc_workers_init(struct rpc_workers *w, unsigned calls, unsigned waiting);
void rpc_workers_done(struct rpc_workers *w);
int rpc_workers_start(struct rpc_workers *w);
/* Ends the threads; no call is left. */
void rpc_workers_stop(struct rpc_workers *w);
/* False: too many wait already. On a worker's thread, which then looks for calls to serve. */
bool rpc_workers_add(struct rpc_workers *w, struct rpc_call *call);
/* rpc_socket_event is called from now on, on any worker's thread, until `unwatch`, and perhaps once
 * after that. */
int rpc_workers_watch(struct rpc_workers *w, struct rpc_socket *s);
/* Tells again what is there, and of room to send, if that is asked for. */
void rpc_workers_rewatch(struct rpc_workers *w, struct rpc_socket *s, bool write);
void rpc_workers_unwatch(struct rpc_workers *w, struct rpc_socket *s);
