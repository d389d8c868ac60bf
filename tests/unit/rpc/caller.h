/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls to servers of others through the compiled tables, by name: what the files of `rpc-caller`
 * share. A call may use what those before it got (handles, the domain).
 */
#pragma once

#include "base/arena.h"
#include "ndr/ndr.h"
#include "rpc/client.h"

#define CALLER_CLIENTS_MAX 4

struct caller {
	struct rpc_client_options options; /* the interface is set for each client */
	const char *account;               /* for LsarLookupNames */
	struct arena arena;                /* frames, and what they point to */
	struct {
		const struct ndr_interface *interface;
		struct rpc_client *client;
	} clients[CALLER_CLIENTS_MAX];
	struct ndr_context server, domain, policy;
	const char16_t *domain_name;
	const void *domain_sid, *account_sid; /* RPC_SID */
};

/* A NULL at the end of each list. `run` is false when the call failed, which it has said. */
struct caller_call {
	const char *name;
	bool (*run)(struct caller *caller);
};
extern const struct caller_call caller_ept[], caller_samr[], caller_lsad[], caller_lsat[],
	caller_srvsvc[];

/* Encodes the parameters in `frame`, calls, decodes and prints the results. False: it failed, or
 * the method says so by its result (any but 0 and STATUS_MORE_ENTRIES). */
bool caller_invoke(struct caller *caller, const struct ndr_interface *interface, const char *name,
		   void *frame);
/* From the arena, which does not fail here. */
void *caller_alloc(struct caller *caller, size_t size);
char16_t *caller_wide(struct caller *caller, const char *text);
