/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An RPC server: worker threads read from all connections, and each runs the call that it has read.
 * There is always one that reads, so that a call that takes long holds up nobody. TCP
 * ("ncacn_ip_tcp") and local sockets ("ncalrpc", a Unix socket).
 *
 * Limits: connections in all, of one address and of one user of this machine, time without a call,
 * time for a handshake, threads, calls that wait for one.
 */
#pragma once

#include "rpc/binding.h"
#include "rpc/connection.h"

struct rpc_server;

struct rpc_server_options {
	struct security_acceptor *acceptor; /* must outlive the server; NULL: no authentication */
	unsigned connections, connections_per_peer; /* 0: 1024, 128 */
	/* Over local sockets; root and the server's own user may have all. 0: a quarter of all */
	unsigned connections_per_user;
	unsigned threads;  /* calls at the same time; 0: 64 */
	unsigned waiting;  /* calls without a thread; 0: 1024 */
	int64_t idle;      /* ns without a byte or a call; 0: 15 minutes, negative: for ever */
	int64_t handshake; /* ns from connecting to the first finished bind; 0: 30 s */
	/* A call was refused because its authentication level is too low; may be NULL. Whoever
	 * offers activation writes event 10036 here. Called by any of its threads, as `note` is. */
	void (*too_low)(void *ctx, const struct rpc_interface *interface,
			const struct rpc_caller *caller);
	/* Lines for a log, or NULL. */
	void (*note)(void *ctx, const char *text);
	void *ctx;
};

int rpc_server_new(const struct rpc_server_options *options, struct rpc_server **ret);
/* Stops it if it runs. Waits for calls that are worked on. Takes NULL, returns NULL. */
struct rpc_server *rpc_server_free(struct rpc_server *server);

/* The tables a server works with; add interfaces before or after the start. */
struct rpc_interfaces *rpc_server_interfaces(struct rpc_server *server);
const struct rpc_statistics *rpc_server_statistics(const struct rpc_server *server);

/* Serves a socket that listens already, TCP or Unix, whoever opened it: the service control manager
 * lends its own. It is the server's from now on, unless this fails: -ENOMEM, or what the system
 * said. Before the start. */
int rpc_server_listen(struct rpc_server *server, int fd);
/* Opens one: TCP on `address` ("127.0.0.1", "::", NULL: all) and `port` (0: any; `*ret_port` may be
 * NULL), or a Unix socket at `path`, in place of one that nobody listens on. */
int rpc_server_listen_tcp(struct rpc_server *server, const char *address, uint16_t port,
			  uint16_t *ret_port, struct error *err);
int rpc_server_listen_local(struct rpc_server *server, const char *path, struct error *err);

int rpc_server_start(struct rpc_server *server);
/* No new connection; calls that are worked on get `grace` ns, then connections are closed. */
void rpc_server_stop(struct rpc_server *server, int64_t grace);
