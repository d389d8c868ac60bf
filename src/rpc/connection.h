/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's end of a connection: bytes in, calls and bytes out. It knows no sockets, no threads
 * and no clock, so tests and fuzzers drive it as a server does. Malformed traffic ends its own
 * connection only.
 *
 * Threads. A connection is used by one thread at a time: a server has a lock for each. A call that
 * it hands out is worked on without that lock, by the rpc_call_ functions of rpc/rpc.h only, and
 * comes back by rpc_call_finish.
 */
#pragma once

#include "rpc/pdu.h"
#include "rpc/rpc.h"

struct rpc_conn;
struct rpc_groups;
struct rpc_interfaces;

/* ---- the interfaces of a server: thread safe ---- */

#define RPC_INTERFACES_MAX 4096
int rpc_interfaces_new(struct rpc_interfaces **ret);
struct rpc_interfaces *rpc_interfaces_free(struct rpc_interfaces *interfaces);
/* -EEXIST when one with this uuid and major version is there; -ENOBUFS. */
int rpc_interfaces_add(struct rpc_interfaces *interfaces, const struct rpc_interface *interface);
void rpc_interfaces_remove(struct rpc_interfaces *interfaces,
			   const struct rpc_interface *interface);
/* That of the same uuid and major version and at least this minor one (C706 6.2.2); NULL. */
const struct rpc_interface *rpc_interfaces_find(const struct rpc_interfaces *interfaces,
						const struct rpc_syntax *syntax);
/* The i-th; NULL behind the last. */
const struct rpc_interface *rpc_interfaces_at(const struct rpc_interfaces *interfaces, size_t i);

/* ---- association groups: thread safe ---- */

#define RPC_GROUPS_MAX 4096
int rpc_groups_new(struct rpc_groups **ret);
/* All connections must be gone. */
struct rpc_groups *rpc_groups_free(struct rpc_groups *groups);

/* ---- connections ---- */

struct rpc_conn_options {
	struct rpc_interfaces *interfaces;
	struct rpc_groups *groups;
	struct security_acceptor *acceptor; /* NULL: no authentication is offered */
	struct rpc_caller origin;           /* address, transport, port, uid */
	const char *secondary;              /* secondary address of bind_ack: the port, as text */
	uint32_t stub_max, calls_max;       /* 0: RPC_STUB_MAX, RPC_CALLS_MAX */
	uint64_t held_max;                  /* bytes of requests in all connections of a server
					       together; 0: RPC_HELD_MAX */
	void *ctx;
	/* A call is complete and waits to be served; rpc_call_finish ends it. */
	void (*call)(void *ctx, struct rpc_call *call);
	/* A call was refused because its authentication level is too low; may be NULL. */
	void (*too_low)(void *ctx, const struct rpc_interface *interface,
			const struct rpc_caller *caller);
	/* One line about why a connection is closed or a call refused; may be NULL. */
	void (*note)(void *ctx, const char *text);
};

/* What all connections of a server count together: their events, for `mgmt` (C706 appendix Q), and
 * the bytes of requests that are there. */
struct rpc_statistics {
	_Atomic uint32_t calls_in, calls_out, packets_in, packets_out;
	_Atomic uint64_t held;
};

int rpc_conn_new(const struct rpc_conn_options *options, struct rpc_statistics *statistics,
		 struct rpc_conn **ret);
/* The peer is gone: calls that are still worked on are cancelled, and their answers dropped; the
 * memory is freed when the last of them has been finished. */
void rpc_conn_close(struct rpc_conn *conn);

/* Takes what came from the peer; with nothing, goes on with what it has, which whoever took from
 * the output asks for. 0, or the reason for which the connection must be closed after what is in
 * rpc_conn_output has been sent: -EPROTO, -ENOMEM, -EACCES, -ENOBUFS. */
int rpc_conn_input(struct rpc_conn *conn, const void *data, size_t length);
/* What is to be sent; the sender takes from it with buf_consume. */
struct buf *rpc_conn_output(struct rpc_conn *conn);
/* Calls that have been handed out and not finished. */
unsigned rpc_conn_busy(const struct rpc_conn *conn);
/* More calls or output than a connection may have: read nothing until it is less. */
bool rpc_conn_full(const struct rpc_conn *conn);

/* ---- calls ---- */

/* Runs the dispatch function and keeps what it returned. Any thread; may take long. */
void rpc_call_run(struct rpc_call *call);
/* Sends the answer, if anybody still waits for it, and frees the call. 0, or as rpc_conn_input. */
int rpc_call_finish(struct rpc_call *call);
struct rpc_conn *rpc_call_conn(const struct rpc_call *call);
