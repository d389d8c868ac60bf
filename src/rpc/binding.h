/* SPDX-License-Identifier: Apache-2.0 */
/*
 * String bindings (C706 3.1): `[object@]protseq:host[endpoint]`, as people and programs write them.
 * "ncacn_ip_tcp:server[49152]", "ncacn_ip_tcp:server" (the endpoint mapper is then asked),
 * "ncalrpc:[/run/surrogate/rpc.sock]".
 */
#pragma once

#include "rpc/rpc.h"

enum rpc_protseq {
	RPC_NCACN_IP_TCP = 1,
	RPC_NCALRPC,
};

#define RPC_HOST_MAX 256
#define RPC_ENDPOINT_MAX 108 /* a port, or the path of a Unix socket */

struct rpc_binding {
	enum rpc_protseq protseq;
	GUID object;                     /* GUID_NULL without */
	char host[RPC_HOST_MAX];         /* "" for ncalrpc, or for this machine */
	char endpoint[RPC_ENDPOINT_MAX]; /* "" when it is to be asked for */
};

/* -EINVAL with a text that names the part that is wrong; err->hresult is the code for it. */
int rpc_binding_parse(struct text t, struct rpc_binding *ret, struct error *err);
void rpc_binding_format(const struct rpc_binding *binding, struct buf *out);
