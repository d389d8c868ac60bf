/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interfaces of plain RPC served by their tables: a call's stub becomes the frame of its method, a
 * C function works on that, and the frame becomes the answer. For the interfaces of the protocol
 * itself, which are not those of objects. Inside dcom/.
 */
#pragma once

#include "base/arena.h"
#include "ndr/ndr.h"
#include "rpc/rpc.h"

#define NATIVE_ARENA_MAX ((size_t)8 << 20) /* of one call, results included */

/* `frame` is the method's, with [out] parameters zeroed and in place; what else goes out is made in
 * the arena. Returns 0, or a fault (enum rpc_fault). */
typedef uint32_t (*native_fn)(void *ctx, struct rpc_call *call, void *frame, struct arena *arena);

struct native {
	struct rpc_interface face; /* for rpc_interfaces_add */
	const struct ndr_interface *table;
	const native_fn *methods; /* by opnum; NULL: nca_s_op_rng_error */
	void *ctx;
};

void native_init(struct native *native, const struct ndr_interface *table, const native_fn *methods,
		 void *ctx, const char *annotation);

/* The label of a stub's numbers, as ndr/ wants it. */
static inline uint32_t native_drep(struct rpc_drep drep)
{
	return (uint32_t)drep.integer | (uint32_t)drep.floating << 8;
}
/* What a fault says for a failed coding. */
uint32_t native_fault(int r, const struct error *err);
