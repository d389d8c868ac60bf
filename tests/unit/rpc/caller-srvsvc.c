/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server and its shares, [MS-SRVS]; and where its interfaces are, [MS-RPCE] 2.2.1.2.
 */
#include "caller.h"

#include "base/mem.h"
#include "rpc/endpoint.h"

#include <idl/ms-rpce.h>
#include <idl/ms-srvs.h>

#define MOST_ENTRIES 500
#define TOWERS 4

static bool server_info(struct caller *c)
{
	SERVER_INFO info = { NULL };
	struct srvsvc_NetrServerGetInfo f = { .ServerName = caller_wide(c, "\\\\server"),
					      .Level = 101,
					      .InfoStruct = &info };
	return caller_invoke(c, &ndr_interface_srvsvc, "NetrServerGetInfo", &f);
}

static bool shares(struct caller *c)
{
	/* The decoder frees what goes both ways. */
	SHARE_INFO_1_CONTAINER *none = mem_new(SHARE_INFO_1_CONTAINER);
	SHARE_ENUM_STRUCT found = { .Level = 1, .ShareInfo = { .Level1 = none } };
	DWORD total = 0, resume = 0;
	struct srvsvc_NetrShareEnum f = { .ServerName = caller_wide(c, "\\\\server"),
					  .InfoStruct = &found,
					  .PreferedMaximumLength = 0xffffffffu,
					  .TotalEntries = &total,
					  .ResumeHandle = &resume };
	return caller_invoke(c, &ndr_interface_srvsvc, "NetrShareEnum", &f);
}

const struct caller_call caller_srvsvc[] = {
	{ "NetrServerGetInfo", server_info },
	{ "NetrShareEnum", shares },
	{ NULL, NULL },
};

/* All of the map, in one call. */
static bool lookup(struct caller *c)
{
	ept_lookup_handle_t handle = { 0 };
	uint32_t count = 0;
	error_status status = 0;
	struct ept_ept_lookup f = { .vers_option = 1,
				    .entry_handle = &handle,
				    .max_ents = MOST_ENTRIES,
				    .num_ents = &count,
				    .status = &status };
	return caller_invoke(c, &ndr_interface_ept, "ept_lookup", &f) && status == 0;
}

/* Where the mapper itself is. */
static bool map(struct caller *c)
{
	const struct rpc_map_entry wanted = { .interface = rpc_epmapper,
					      .transfer = rpc_ndr20,
					      .binding = { .protseq = RPC_NCACN_IP_TCP } };
	ept_lookup_handle_t handle = { 0 };
	uint32_t count = 0;
	error_status status = 0;
	struct buf tower;
	buf_init(&tower, RPC_TOWER_MAX);
	rpc_tower_put(&tower, &wanted, "");
	twr_p_t t = caller_alloc(c, sizeof(*t) + tower.length);
	t->tower_length = (uint32_t)tower.length;
	memcpy(t->tower_octet_string, tower.data, tower.length);
	buf_done(&tower);
	struct ept_ept_map f = { .map_tower = t,
				 .entry_handle = &handle,
				 .max_towers = TOWERS,
				 .num_towers = &count,
				 .status = &status };
	return caller_invoke(c, &ndr_interface_ept, "ept_map", &f) && status == 0 && count > 0;
}

const struct caller_call caller_ept[] = {
	{ "ept_lookup", lookup },
	{ "ept_map", map },
	{ NULL, NULL },
};
