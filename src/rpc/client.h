/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client: an interface of a server, found by a binding, and calls to it. Calls wait on the
 * thread that makes them, never longer than their time-out.
 *
 * A client keeps its connections: a call takes one that is free, or opens another of the same
 * association group. Any number of threads may call at once.
 */
#pragma once

#include "rpc/binding.h"

struct rpc_client;

struct rpc_client_options {
	struct rpc_binding binding;
	struct rpc_syntax interface;
	enum authn_level level; /* AUTHN_LEVEL_NONE: no authentication, the rest is not looked at */
	enum authn_service service;
	enum imp_level impersonation;
	const char *target; /* service principal name; NULL: "host/" + host */
	struct security_identity identity;
	struct security_vouch vouch; /* AUTHN_VOUCHED: for whom it calls */
	bool delegate_by_policy; /* at level delegate: only to services that the KDC trusts so far
				  */
	int64_t connect_timeout, call_timeout; /* ns; 0: 10 s, 60 s */
	uint16_t epmapper_port;                /* 0: 135 */
	unsigned connections;                  /* 0: 16 */
	/* Adds a verification trailer to calls at packet level or integrity. */
	bool verification;
};

/* Copies the options; connects when the first call is made. Without an endpoint in the binding the
 * endpoint mapper is asked, within the time of that call, and again when the server is no longer
 * where it said. */
int rpc_client_new(const struct rpc_client_options *options, struct rpc_client **ret,
		   struct error *err);
/* No call may be under way. Takes NULL, returns NULL. */
struct rpc_client *rpc_client_free(struct rpc_client *client);

/* Connects and binds now, if no connection is free. As rpc_client_call. */
uint32_t rpc_client_connect(struct rpc_client *client, struct error *err);

struct rpc_cancel; /* lets another thread end a call */
int rpc_cancel_new(struct rpc_cancel **ret);
struct rpc_cancel *rpc_cancel_free(struct rpc_cancel *cancel);
/* The call ends at once with RPC_S_CALL_CANCELLED, whatever it waits for; the server is told.
 * Thread safe. */
void rpc_cancel_now(struct rpc_cancel *cancel);

struct rpc_client_call {
	uint16_t opnum;
	const GUID *object;        /* may be NULL */
	struct text in;            /* marshalled, little-endian */
	struct buf *out;           /* gets the results */
	struct rpc_drep drep;      /* is set to how the results are written */
	int64_t timeout;           /* ns; 0: the client's */
	struct rpc_cancel *cancel; /* may be NULL */
};
/* Makes a call. A call whose time is over is cancelled: RPC_S_CALL_CANCELLED, as on Windows; names
 * of hosts and tickets of Kerberos are asked for within time-outs of their own libraries. RPC_S_OK,
 * or a status: one of enum rpc_status for what happens here or on the way,
 * what rpc_fault_status makes of a fault else. `err` (may be NULL) says it in words. */
uint32_t rpc_client_call(struct rpc_client *client, struct rpc_client_call *call,
			 struct error *err);

/* Asks the endpoint mapper of `host` where an interface is; the endpoint goes into `binding`. A
 * status as above; EPT_S_NOT_REGISTERED when it is nowhere. */
uint32_t rpc_client_resolve(struct rpc_binding *binding, const struct rpc_syntax *interface,
			    uint16_t port, int64_t timeout, struct error *err);
