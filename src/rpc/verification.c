/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verification trailer ([MS-RPCE] 2.2.2.13): a client repeats, inside the part that is signed,
 * what the unsigned header says, so that a server notices a header changed on the way. It stands
 * behind the parameters, whose end is not known here, so its signature is looked for from the end;
 * what follows it must be commands to the last byte.
 */
#include "rpc/bytes.h"
#include "rpc/pdu.h"

#include <errno.h>

/* [MS-RPCE] 2.2.2.13.1: all commands of a trailer together are far shorter than this. */
#define SEARCH_MAX 1024

enum {
	COMMAND_BITMASK_1 = 1,
	COMMAND_PCONTEXT = 2,
	COMMAND_HEADER2 = 3,
	COMMAND_MASK = 0x3fff,
	COMMAND_END = 0x4000,
	COMMAND_MUST_PROCESS = 0x8000,
};

static const uint8_t signature[8] = { 0x8a, 0xe3, 0x13, 0x71, 0x02, 0xf4, 0x36, 0x71 };

/* Where the trailer begins, on a multiple of 4; `length` when there is none. */
static size_t find(const uint8_t *stub, size_t length)
{
	size_t first = length > SEARCH_MAX ? length - SEARCH_MAX : 0;
	for (size_t at = length & ~(size_t)3; at >= first + 4;) {
		at -= 4;
		if (length - at >= sizeof(signature) &&
		    memcmp(stub + at, signature, sizeof(signature)) == 0)
			return at;
	}
	return length;
}

static int check_context(struct rpc_reader *r, const struct rpc_verification *request)
{
	struct rpc_syntax interface, transfer;
	rpc_read_syntax(r, &interface);
	rpc_read_syntax(r, &transfer);
	return !r->failed && rpc_syntax_equal(&interface, &request->interface) &&
			       rpc_syntax_equal(&transfer, &request->transfer)
		       ? 0
		       : -EACCES;
}

static int check_header(struct rpc_reader *r, const struct rpc_verification *request)
{
	uint8_t type = rpc_read_u8(r);
	rpc_read(r, 3);
	const uint8_t *drep = rpc_read(r, 4);
	uint32_t call_id = rpc_read_u32(r);
	uint16_t context_id = rpc_read_u16(r);
	uint16_t opnum = rpc_read_u16(r);
	if (r->failed || type != RPC_PDU_REQUEST || drep[0] != request->drep.integer ||
	    drep[1] != request->drep.floating)
		return -EACCES;
	return call_id == request->call_id && context_id == request->context_id &&
			       opnum == request->opnum
		       ? 0
		       : -EACCES;
}

static int check_command(unsigned command, struct rpc_reader *value,
			 const struct rpc_verification *request)
{
	switch (command & COMMAND_MASK) {
	case COMMAND_BITMASK_1:
		return value->length == 4 ? 0 : -EPROTO;
	case COMMAND_PCONTEXT:
		return value->length == 40 ? check_context(value, request) : -EPROTO;
	case COMMAND_HEADER2:
		return value->length == 16 ? check_header(value, request) : -EPROTO;
	default:
		/* What is new and must be understood is refused ([MS-RPCE] 2.2.2.13.1). */
		return command & COMMAND_MUST_PROCESS ? -EACCES : 0;
	}
}

int rpc_verification_check(const uint8_t *stub, size_t *length,
			   const struct rpc_verification *request)
{
	size_t at = find(stub, *length);
	if (at == *length)
		return 0;
	/* Its numbers are always little-endian ([MS-RPCE] 2.2.2.13). */
	struct rpc_reader r = rpc_reader_of(stub + at, *length - at, true);
	rpc_read(&r, sizeof(signature));
	unsigned command;
	do {
		command = rpc_read_u16(&r);
		size_t size = rpc_read_u16(&r);
		const uint8_t *value = rpc_read(&r, size);
		if (!value)
			return -EPROTO;
		struct rpc_reader v = rpc_reader_of(value, size, true);
		int e = check_command(command, &v, request);
		if (e < 0)
			return e;
	} while (!(command & COMMAND_END));
	if (r.at != r.length)
		return -EPROTO;
	*length = at;
	return 0;
}

void rpc_verification_put(struct buf *stub, const struct rpc_verification *request)
{
	const uint8_t head[4] = { RPC_PDU_REQUEST, 0, 0, 0 };
	const uint8_t drep[4] = { request->drep.integer, request->drep.floating, 0, 0 };
	rpc_put_align(stub, 0, 4);
	buf_put(stub, signature, sizeof(signature));
	rpc_put_u16(stub, COMMAND_BITMASK_1);
	rpc_put_u16(stub, 4);
	rpc_put_u32(stub, request->header_sign);
	rpc_put_u16(stub, COMMAND_PCONTEXT);
	rpc_put_u16(stub, 40);
	rpc_put_syntax(stub, &request->interface);
	rpc_put_syntax(stub, &request->transfer);
	rpc_put_u16(stub, COMMAND_HEADER2 | COMMAND_END);
	rpc_put_u16(stub, 16);
	buf_put(stub, head, sizeof(head));
	buf_put(stub, drep, sizeof(drep));
	rpc_put_u32(stub, request->call_id);
	rpc_put_u16(stub, request->context_id);
	rpc_put_u16(stub, request->opnum);
}
