/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interface `mgmt`, which every server has (C706 appendix Q, [MS-RPCE] 2.2.1.3): what it
 * offers, how much it did, as whom it is known. Stopping it by this way is refused.
 */
#include "base/mem.h"
#include "rpc/bytes.h"
#include "rpc/endpoint.h"

#include <errno.h>
#include <stdatomic.h>

struct mgmt {
	struct rpc_interface interface; /* first: rpc_interface_free */
	struct rpc_mgmt_options options;
};

#define ERROR_INSUFFICIENT_BUFFER 122
#define STATISTICS 4 /* C706 appendix Q: rpc_c_stats_array_max_size */

static uint32_t inq_if_ids(const struct mgmt *m, struct rpc_reader *r, struct buf *out)
{
	const struct rpc_interface *i;
	uint32_t count = 0;
	while (rpc_interfaces_at(m->options.interfaces, count))
		count++;
	rpc_put_u32(out, 0x20000);
	rpc_put_u32(out, count);
	rpc_put_u32(out, count);
	for (uint32_t n = 0; n < count; n++)
		rpc_put_u32(out, 0x20004 + 4 * n);
	for (uint32_t n = 0; n < count; n++) {
		/* One that has gone meanwhile shows as the last one there is. */
		i = rpc_interfaces_at(m->options.interfaces, n);
		rpc_put_syntax(out, i ? &i->id : &rpc_mgmt);
	}
	rpc_put_u32(out, 0);
	return 0;
}

static uint32_t inq_stats(const struct mgmt *m, struct rpc_reader *r, struct buf *out)
{
	const struct rpc_statistics *s = m->options.statistics;
	const uint32_t values[STATISTICS] = { atomic_load(&s->calls_in), atomic_load(&s->calls_out),
					      atomic_load(&s->packets_in),
					      atomic_load(&s->packets_out) };
	uint32_t count = rpc_read_u32(r);
	if (r->failed)
		return (uint32_t)nca_s_fault_ndr;
	if (count > STATISTICS)
		count = STATISTICS;
	rpc_put_u32(out, count);
	rpc_put_u32(out, count);
	for (uint32_t i = 0; i < count; i++)
		rpc_put_u32(out, values[i]);
	rpc_put_u32(out, 0);
	return 0;
}

static uint32_t is_server_listening(const struct mgmt *m, struct rpc_reader *r, struct buf *out)
{
	rpc_put_u32(out, 0);
	rpc_put_u32(out, 1);
	return 0;
}

static uint32_t stop_server_listening(const struct mgmt *m, struct rpc_reader *r, struct buf *out)
{
	rpc_put_u32(out, RPC_S_ACCESS_DENIED);
	return 0;
}

static uint32_t inq_princ_name(const struct mgmt *m, struct rpc_reader *r, struct buf *out)
{
	uint32_t service = rpc_read_u32(r), size = rpc_read_u32(r), status = 0;
	const char *name = m->options.principal;
	if (r->failed)
		return (uint32_t)nca_s_fault_ndr;
	bool known = service == AUTHN_GSS_NEGOTIATE || service == AUTHN_WINNT ||
		     service == AUTHN_GSS_KERBEROS;
	if (!name || !known)
		status = RPC_S_UNKNOWN_AUTHN_SERVICE;
	else if (strlen(name) >= size)
		status = ERROR_INSUFFICIENT_BUFFER;
	/* A string with its NUL, if there is room for one. */
	uint32_t length = status ? size > 0 : (uint32_t)strlen(name) + 1;
	rpc_put_u32(out, size);
	rpc_put_u32(out, 0);
	rpc_put_u32(out, length);
	buf_put(out, status ? "" : name, length);
	rpc_put_align(out, 0, 4);
	rpc_put_u32(out, status);
	return 0;
}

static uint32_t (*const operations[])(const struct mgmt *m, struct rpc_reader *r,
				      struct buf *out) = {
	inq_if_ids, inq_stats, is_server_listening, stop_server_listening, inq_princ_name,
};

static uint32_t dispatch(void *ctx, struct rpc_call *call, uint16_t opnum,
			 const struct rpc_stub *in, struct buf *out)
{
	struct rpc_reader r = rpc_reader_of(in->data, in->length, rpc_drep_little(in->drep));
	return operations[opnum](ctx, &r, out);
}

int rpc_mgmt_new(const struct rpc_mgmt_options *options, struct rpc_interface **ret)
{
	struct mgmt *m = mem_new(struct mgmt);
	if (!m)
		return -ENOMEM;
	m->options = *options;
	m->interface = (struct rpc_interface){ .id = rpc_mgmt,
					       .annotation = "Management",
					       .operations = ARRAY_LEN(operations),
					       .dispatch = dispatch,
					       .ctx = m };
	*ret = &m->interface;
	return 0;
}

struct rpc_interface *rpc_interface_free(struct rpc_interface *interface)
{
	return mem_free(interface);
}
