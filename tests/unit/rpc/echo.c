/* SPDX-License-Identifier: Apache-2.0 */
#include "echo.h"

#include "base/clock.h"
#include "rpc/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint32_t add_one(struct rpc_call *call, struct rpc_reader *r, struct buf *out)
{
	uint32_t v = rpc_read_u32(r);
	rpc_put_u32(out, v + 1);
	return 0;
}

static uint32_t echo_data(struct rpc_call *call, struct rpc_reader *r, struct buf *out)
{
	uint32_t length = rpc_read_u32(r), size = rpc_read_u32(r);
	const uint8_t *data = rpc_read(r, size);
	if (length != size)
		return (uint32_t)nca_s_fault_invalid_bound;
	if (!data)
		return (uint32_t)nca_s_fault_ndr;
	rpc_put_u32(out, size);
	buf_put(out, data, size);
	return 0;
}

static uint32_t sink_data(struct rpc_call *call, struct rpc_reader *r, struct buf *out)
{
	uint32_t length = rpc_read_u32(r), size = rpc_read_u32(r);
	rpc_read(r, size);
	return length == size ? 0 : (uint32_t)nca_s_fault_invalid_bound;
}

static uint32_t source_data(struct rpc_call *call, struct rpc_reader *r, struct buf *out)
{
	uint32_t length = rpc_read_u32(r);
	if (length > 10000000)
		return (uint32_t)nca_s_fault_invalid_bound;
	rpc_put_u32(out, length);
	for (uint32_t i = 0; i < length; i++)
		rpc_put_u8(out, (uint8_t)i);
	return 0;
}

atomic_int echo_sleeping;

static uint32_t test_sleep(struct rpc_call *call, struct rpc_reader *r, struct buf *out)
{
	uint32_t seconds = rpc_read_u32(r);
	const struct timespec tick = { 0, 5000000 };
	int64_t until = clock_now() + seconds * NSEC_PER_SEC;
	bool cancelled;
	echo_sleeping++;
	while (!(cancelled = rpc_call_cancelled(call)) && clock_now() < until)
		nanosleep(&tick, NULL);
	echo_sleeping--;
	if (cancelled)
		return (uint32_t)nca_s_fault_cancel;
	rpc_put_u32(out, seconds);
	return 0;
}

static uint32_t who(struct rpc_call *call, struct rpc_reader *r, struct buf *out)
{
	const struct rpc_caller *c = rpc_call_caller(call);
	const char *cache = getenv("RPC_ECHO_CACHE");
	char text[SECURITY_NAME_MAX + 40];
	/* A forwarded ticket is kept where the story says. */
	if (cache)
		rpc_call_delegated(call, cache, NULL);
	int n = snprintf(text, sizeof(text), "%d %s %d", (int)c->level,
			 c->peer ? c->peer->name : "nobody",
			 c->peer ? (int)c->peer->impersonation : 0);
	rpc_put_u32(out, (uint32_t)n);
	buf_put(out, text, (size_t)n);
	return 0;
}

static uint32_t dispatch(void *ctx, struct rpc_call *call, uint16_t opnum,
			 const struct rpc_stub *in, struct buf *out)
{
	struct rpc_reader r = rpc_reader_of(in->data, in->length, rpc_drep_little(in->drep));
	uint32_t fault;
	switch (opnum) {
	case ECHO_ADD_ONE:
		fault = add_one(call, &r, out);
		break;
	case ECHO_ECHO_DATA:
		fault = echo_data(call, &r, out);
		break;
	case ECHO_SINK_DATA:
		fault = sink_data(call, &r, out);
		break;
	case ECHO_SOURCE_DATA:
		fault = source_data(call, &r, out);
		break;
	case ECHO_TEST_SLEEP:
		fault = test_sleep(call, &r, out);
		break;
	case ECHO_WHO:
		fault = who(call, &r, out);
		break;
	default:
		fault = (uint32_t)nca_s_op_rng_error;
	}
	return fault ? fault : r.failed ? (uint32_t)nca_s_fault_ndr : 0;
}

const struct rpc_interface echo_interface = {
	.id = { { 0x60a15ec5, 0x4de8, 0x11d7, { 0xa6, 0x37, 0x00, 0x50, 0x56, 0xa2, 0x01, 0x82 } },
		1,
		0 },
	.annotation = "Echo",
	.operations = ECHO_OPERATIONS,
	.dispatch = dispatch,
};
