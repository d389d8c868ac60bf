/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's question to the endpoint mapper: where is an interface? On the thread of the call
 * that needs to know.
 */
#include "base/clock.h"
#include "rpc/bytes.h"
#include "rpc/client-internal.h"
#include "rpc/endpoint.h"

#include <stdio.h>

#define EPT_MAP 3
#define TOWERS_MAX 16

/* ept_map (C706 appendix O): no object, a tower to be completed, the null handle. */
static void put_question(struct buf *in, const struct rpc_syntax *interface,
			 enum rpc_protseq protseq)
{
	struct rpc_map_entry wanted = { .interface = *interface,
					.transfer = rpc_ndr20,
					.binding = { .protseq = protseq } };
	struct buf tower;
	buf_init(&tower, RPC_TOWER_MAX);
	rpc_tower_put(&tower, &wanted, "");
	rpc_put_u32(in, 0);
	rpc_put_u32(in, 0x20000);
	rpc_put_u32(in, (uint32_t)tower.length);
	rpc_put_u32(in, (uint32_t)tower.length);
	buf_put_text(in, buf_text(&tower));
	rpc_put_align(in, 0, 4);
	rpc_put_u32(in, 0);
	rpc_put_guid(in, &GUID_NULL);
	rpc_put_u32(in, TOWERS_MAX);
	buf_done(&tower);
}

/* The first endpoint of the right protocol. */
static uint32_t take_endpoint(const struct buf *out, struct rpc_drep drep, struct rpc_binding *b)
{
	struct rpc_reader r = rpc_reader_of(out->data, out->length, rpc_drep_little(drep));
	struct rpc_map_entry entry;
	rpc_read(&r, 20);
	rpc_read_u32(&r);
	rpc_read(&r, 8);
	uint32_t count = rpc_read_u32(&r);
	if (count > TOWERS_MAX)
		return RPC_X_BAD_STUB_DATA;
	rpc_read(&r, (size_t)count * 4);
	for (uint32_t i = 0; i < count && !r.failed; i++) {
		rpc_read_align(&r, 4);
		rpc_read_u32(&r);
		uint32_t length = rpc_read_u32(&r);
		const uint8_t *tower = rpc_read(&r, length);
		if (!tower)
			break;
		struct text t = { (const char *)tower, length };
		if (rpc_tower_parse(t, &entry) == 0 && entry.binding.protseq == b->protseq &&
		    *entry.binding.endpoint) {
			memcpy(b->endpoint, entry.binding.endpoint, sizeof(b->endpoint));
			return RPC_S_OK;
		}
	}
	return r.failed ? RPC_X_BAD_STUB_DATA : EPT_S_NOT_REGISTERED;
}

static uint32_t ask(struct rpc_client *mapper, const struct rpc_syntax *interface, int64_t limit,
		    struct rpc_cancel *cancel, struct rpc_binding *b, struct error *err)
{
	struct buf in, out;
	buf_init(&in, RPC_TOWER_MAX);
	buf_init(&out, RPC_STUB_MAX);
	put_question(&in, interface, b->protseq);
	int64_t left = limit - clock_now();
	struct rpc_client_call call = { .opnum = EPT_MAP,
					.in = buf_text(&in),
					.out = &out,
					.timeout = left > 0 ? left : 1,
					.cancel = cancel };
	uint32_t status = rpc_client_call(mapper, &call, err);
	if (status == RPC_S_OK) {
		status = take_endpoint(&out, call.drep, b);
		if (status)
			rpc_client_failed(err, status, "the endpoint mapper");
	} else if (status == RPC_S_CALL_CANCELLED && !rpc_cancel_used(cancel)) {
		/* It is the question whose time is over, not the call that asks it. */
		status = rpc_client_failed(err, RPC_S_SERVER_UNAVAILABLE,
					   "the endpoint mapper does not answer in time");
	}
	buf_done(&in);
	buf_done(&out);
	return status;
}

uint32_t rpc_mapper_ask(struct rpc_binding *b, const struct rpc_syntax *interface, uint16_t port,
			int64_t limit, struct rpc_cancel *cancel, struct error *err)
{
	struct rpc_client_options o = { .binding = *b,
					.interface = rpc_epmapper,
					.level = AUTHN_LEVEL_NONE };
	struct rpc_client *mapper;
	if (b->protseq != RPC_NCACN_IP_TCP)
		return rpc_client_failed(err, RPC_S_NO_ENDPOINT_FOUND,
					 "a local binding without the path of its socket");
	snprintf(o.binding.endpoint, sizeof(o.binding.endpoint), "%d",
		 port ? port : RPC_EPMAPPER_PORT);
	if (rpc_client_new(&o, &mapper, NULL) < 0)
		return rpc_client_failed(err, RPC_S_OUT_OF_MEMORY, "the endpoint mapper");
	uint32_t status = ask(mapper, interface, limit, cancel, b, err);
	rpc_client_free(mapper);
	return status;
}

uint32_t rpc_client_resolve(struct rpc_binding *b, const struct rpc_syntax *interface,
			    uint16_t port, int64_t timeout, struct error *err)
{
	return rpc_mapper_ask(b, interface, port, clock_now() + timeout, NULL, err);
}
