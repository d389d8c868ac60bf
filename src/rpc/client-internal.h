/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of a client share: client.c (connections that are kept, calls), client-conn.c
 * (one connection: bind, a call), client-net.c (sockets with deadlines), client-mapper.c (the
 * question to an endpoint mapper).
 */
#pragma once

#include "rpc/auth.h"
#include "rpc/client.h"

#include <pthread.h>

#define RPC_EPMAPPER_PORT 135

/* ---- client-net.c: each gives up at `deadline` (clock_now), or when `cancel` was used ---- */

struct rpc_net {
	int fd;
	int64_t deadline;
	int64_t patience;          /* ns that a read of the socket waits by itself */
	struct rpc_cancel *cancel; /* may be NULL */
};

/* -ETIMEDOUT, -ECANCELED, -EHOSTUNREACH for a name nobody knows, or what connect said. Calls over
 * it will usually have `call_timeout` ns. */
int rpc_net_connect(struct rpc_net *net, const struct rpc_binding *binding, int64_t call_timeout);
int rpc_net_send(struct rpc_net *net, const void *data, size_t length);
/* Appends what comes, at least one byte. -ECONNRESET: the peer has closed. */
int rpc_net_receive(struct rpc_net *net, struct buf *in);
/* Nothing came and the peer has not closed. */
bool rpc_net_quiet(int fd);

/* Takes NULL: false. */
bool rpc_cancel_used(const struct rpc_cancel *cancel);
/* From now on rpc_cancel_now also wakes who waits for `wake` with `lock` held; NULL: no longer. The
 * caller does not hold the lock here. `cancel` may be NULL. */
void rpc_cancel_watch(struct rpc_cancel *cancel, pthread_mutex_t *lock, pthread_cond_t *wake);

/* ---- client-mapper.c ---- */

/* rpc_client_resolve, until `limit` (clock_now) or a cancel. */
uint32_t rpc_mapper_ask(struct rpc_binding *binding, const struct rpc_syntax *interface,
			uint16_t port, int64_t limit, struct rpc_cancel *cancel, struct error *err);

/* ---- client-conn.c ---- */

struct rpc_client_conn {
	struct rpc_client_conn *next; /* of those that are free */
	struct rpc_net net;
	struct buf in, out;
	uint32_t call_id, group;
	uint16_t max_xmit;
	bool header_sign, authenticated;
	struct rpc_security security;
	char endpoint[RPC_ENDPOINT_MAX];
};

/* Connects and binds, into association group `group` (0: a new one). A status. */
uint32_t rpc_client_conn_new(const struct rpc_client_options *options, uint32_t group,
			     int64_t deadline, struct rpc_cancel *cancel,
			     struct rpc_client_conn **ret, struct error *err);
struct rpc_client_conn *rpc_client_conn_free(struct rpc_client_conn *conn);
/* `*ret_usable` is false when the connection must be closed afterwards. */
uint32_t rpc_client_conn_call(struct rpc_client_conn *conn,
			      const struct rpc_client_options *options,
			      struct rpc_client_call *call, bool *ret_usable, struct error *err);

/* Says what happened, and returns `status`. */
uint32_t rpc_client_failed(struct error *err, uint32_t status, const char *what);
