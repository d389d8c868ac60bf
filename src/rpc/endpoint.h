/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The endpoint map (which interface is where), the endpoint mapper's interface over it (C706
 * appendix O, on port 135), and the interface `mgmt` (appendix Q), which every server has.
 */
#pragma once

#include "rpc/binding.h"
#include "rpc/connection.h"

/* ---- the map: thread safe ---- */

struct rpc_map;

#define RPC_MAP_MAX 4096
#define RPC_ANNOTATION_MAX 64 /* C706 appendix O: ept_max_annotation_size, NUL included */

struct rpc_map_entry {
	GUID object;
	struct rpc_syntax interface, transfer;
	struct rpc_binding binding; /* with its endpoint */
	char annotation[RPC_ANNOTATION_MAX];
};

int rpc_map_new(struct rpc_map **ret);
struct rpc_map *rpc_map_free(struct rpc_map *map);
/* Adds it, or replaces the annotation of one that is equal else. -ENOBUFS. */
int rpc_map_insert(struct rpc_map *map, const struct rpc_map_entry *entry);
/* -ENOENT */
int rpc_map_delete(struct rpc_map *map, const struct rpc_map_entry *entry);
/* Entries behind the one numbered `*cursor` (0: the first), which it moves; false at the end.
 * Entries that come and go meanwhile are seen or not, others once. */
bool rpc_map_next(struct rpc_map *map, uint64_t *cursor, struct rpc_map_entry *ret);
/* Puts the interfaces of a server there under one binding: those with an annotation. Interfaces of
 * objects have none; they are found by references. */
int rpc_map_insert_all(struct rpc_map *map, const struct rpc_interfaces *interfaces,
		       const struct rpc_binding *binding);

/* ---- protocol towers (C706 appendices I and L, [MS-RPCE] 2.2.1.1.x) ---- */

#define RPC_TOWER_MAX 2048
/* -EPROTO: malformed; -ENOTSUP: not a tower over TCP or a local socket. */
int rpc_tower_parse(struct text tower, struct rpc_map_entry *ret);
/* `address` is what a host that is no IPv4 address is given as, itself one or "". */
void rpc_tower_put(struct buf *out, const struct rpc_map_entry *entry, const char *address);

/* ---- the interfaces ---- */

/* epmapper 3.0 over `map`; insert and delete only for local callers (ncalrpc). The interface is
 * for rpc_interfaces_add and is freed last. */
int rpc_epmapper_new(struct rpc_map *map, struct rpc_interface **ret);
/* mgmt 1.0: what a server offers and how much it did; stopping it is refused. */
struct rpc_mgmt_options {
	const struct rpc_interfaces *interfaces;
	const struct rpc_statistics *statistics;
	const char *principal; /* for inq_princ_name: "RPCSS/host"; NULL: none */
};
int rpc_mgmt_new(const struct rpc_mgmt_options *options, struct rpc_interface **ret);
struct rpc_interface *rpc_interface_free(struct rpc_interface *interface);
