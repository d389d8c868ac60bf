/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of a server's connection share: connection.c (bytes in and out),
 * connection-bind.c (contexts and handshakes), call.c (requests and answers), group.c.
 */
#pragma once

#include "rpc/auth.h"
#include "rpc/connection.h"

#include <stdatomic.h>
#include <sys/queue.h>

#define RPC_HANDLES_HELD 8 /* context handles that one call uses */

struct rpc_group;
struct rpc_handle;

enum call_state {
	CALL_RECEIVING, /* fragments are missing */
	CALL_RUNNING,   /* handed out */
};

struct rpc_call {
	TAILQ_ENTRY(rpc_call) in_conn;
	struct rpc_conn *conn;
	enum call_state state;
	uint32_t call_id;
	uint16_t context_id, opnum;
	uint8_t flags; /* of the first fragment */
	uint8_t cancels;
	struct rpc_drep drep;
	GUID object;
	const struct rpc_interface *interface;
	struct rpc_security *security; /* NULL: not authenticated */
	struct rpc_caller caller;
	struct buf in, out;
	size_t taken;    /* bytes that came, the verification trailer's included */
	uint32_t status; /* what the dispatch function returned */
	bool orphaned;   /* nobody waits for the answer */
	_Atomic bool cancelled;
	struct rpc_handle *held[RPC_HANDLES_HELD];
	struct rpc_call *link; /* the next one that waits for a thread */
};
TAILQ_HEAD(call_list, rpc_call);

struct presentation {
	uint16_t id;
	const struct rpc_interface *interface;
	struct rpc_syntax abstract;
};

struct rpc_conn {
	struct rpc_conn_options options;
	struct rpc_statistics *statistics;
	struct buf in, out;
	int error;       /* why it ends; 0 while it lives */
	bool processing; /* rpc_conn_input is on the stack */
	bool closed;     /* the peer is gone */
	bool bound, header_sign, header_sign_settled;
	uint16_t max_xmit, max_recv;
	struct rpc_group *group;
	struct presentation *contexts;
	unsigned context_count;
	struct rpc_security **security; /* each stays where it is: calls know it */
	unsigned security_count, handshakes;
	struct call_list calls;
	struct rpc_call *spare; /* memory for the next one, or NULL */
	unsigned receiving, running;
	size_t held; /* bytes of requests that calls hold */
};

/* connection.c */
void rpc_conn_note(struct rpc_conn *conn, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
struct rpc_security *rpc_conn_security(struct rpc_conn *conn, uint32_t id);
/* A copy of what `from` says, with its context from now on; NULL: no memory. */
struct rpc_security *rpc_conn_add_security(struct rpc_conn *conn, const struct rpc_security *from);
/* Ends what was begun at `start` without a signature, and counts it. */
int rpc_conn_sent(struct rpc_conn *conn);

/* connection-bind.c; each: 0, or why the connection ends */
int rpc_conn_bind(struct rpc_conn *conn, const struct rpc_pdu *pdu);
int rpc_conn_auth3(struct rpc_conn *conn, const struct rpc_pdu *pdu);
int rpc_conn_reject(struct rpc_conn *conn, uint32_t call_id, uint16_t reason);

/* call.c */
int rpc_conn_request(struct rpc_conn *conn, uint8_t *fragment, const struct rpc_pdu *pdu);
int rpc_conn_cancel(struct rpc_conn *conn, uint8_t *fragment, const struct rpc_pdu *pdu);
int rpc_conn_fault(struct rpc_conn *conn, const struct rpc_pdu *pdu, uint32_t status);
struct rpc_call *rpc_call_free(struct rpc_call *call);
void rpc_call_free_spare(struct rpc_conn *conn);

/* group.c */
/* 0: a new one. -ENOENT: no such group. -ENOBUFS, -ENOMEM. */
int rpc_group_join(struct rpc_groups *groups, uint32_t id, struct rpc_group **ret);
void rpc_group_leave(struct rpc_groups *groups, struct rpc_group *group);
uint32_t rpc_group_id(const struct rpc_group *group);
void rpc_call_drop_handles(struct rpc_call *call);
