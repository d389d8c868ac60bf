/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protocol towers: an interface and where it is, floor by floor (C706 appendices I and L). Floors
 * are little-endian whatever the message is, but ports and addresses stand in network order.
 */
#include "rpc/bytes.h"
#include "rpc/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* C706 appendix I: protocol identifiers */
enum {
	FLOOR_UUID = 0x0d,
	FLOOR_RPC_CO = 0x0b,
	FLOOR_RPC_LOCAL = 0x0c,
	FLOOR_TCP = 0x07,
	FLOOR_IP = 0x09,
	FLOOR_LOCAL_NAME = 0x10,
};

struct floor {
	struct rpc_reader left, right;
	uint8_t protocol;
};

static bool read_floor(struct rpc_reader *r, struct floor *ret)
{
	size_t n = rpc_read_u16(r);
	const uint8_t *left = rpc_read(r, n);
	size_t m = rpc_read_u16(r);
	const uint8_t *right = rpc_read(r, m);
	if (r->failed || n == 0)
		return false;
	ret->left = rpc_reader_of(left, n, true);
	ret->right = rpc_reader_of(right, m, true);
	ret->protocol = rpc_read_u8(&ret->left);
	return true;
}

static bool read_syntax_floor(struct rpc_reader *r, struct rpc_syntax *ret)
{
	struct floor f;
	if (!read_floor(r, &f) || f.protocol != FLOOR_UUID)
		return false;
	rpc_read_guid(&f.left, &ret->uuid);
	ret->major = rpc_read_u16(&f.left);
	ret->minor = rpc_read_u16(&f.right);
	return !f.left.failed && !f.right.failed;
}

/* Port and address; the address may be missing. */
static int read_tcp(struct rpc_reader *r, struct rpc_binding *b)
{
	struct floor f;
	if (!read_floor(r, &f))
		return -EPROTO;
	if (f.protocol != FLOOR_TCP)
		return -ENOTSUP;
	const uint8_t *port = rpc_read(&f.right, 2);
	if (!port)
		return -EPROTO;
	b->protseq = RPC_NCACN_IP_TCP;
	if (port[0] || port[1])
		snprintf(b->endpoint, sizeof(b->endpoint), "%u", 256u * port[0] + port[1]);
	if (r->at == r->length)
		return 0;
	if (!read_floor(r, &f))
		return -EPROTO;
	const uint8_t *ip = f.protocol == FLOOR_IP ? rpc_read(&f.right, 4) : NULL;
	if (ip && (ip[0] | ip[1] | ip[2] | ip[3]))
		snprintf(b->host, sizeof(b->host), "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
	return 0;
}

static int read_local(struct rpc_reader *r, struct rpc_binding *b)
{
	struct floor f;
	b->protseq = RPC_NCALRPC;
	if (r->at == r->length)
		return 0;
	if (!read_floor(r, &f))
		return -EPROTO;
	if (f.protocol != FLOOR_LOCAL_NAME)
		return -ENOTSUP;
	size_t n = f.right.length;
	if (n >= sizeof(b->endpoint))
		return -EPROTO;
	memcpy(b->endpoint, f.right.data, n);
	b->endpoint[n] = '\0';
	return 0;
}

int rpc_tower_parse(struct text tower, struct rpc_map_entry *ret)
{
	struct rpc_reader r = rpc_reader_of(tower.data, tower.length, true);
	struct rpc_map_entry entry = { 0 };
	struct floor f;
	uint16_t floors = rpc_read_u16(&r);
	if (tower.length > RPC_TOWER_MAX || floors < 3 ||
	    !read_syntax_floor(&r, &entry.interface) || !read_syntax_floor(&r, &entry.transfer) ||
	    !read_floor(&r, &f))
		return -EPROTO;
	int e = f.protocol == FLOOR_RPC_CO      ? read_tcp(&r, &entry.binding)
		: f.protocol == FLOOR_RPC_LOCAL ? read_local(&r, &entry.binding)
						: -ENOTSUP;
	if (e == 0)
		*ret = entry;
	return e;
}

static void put_floor(struct buf *out, uint8_t protocol, const void *right, uint16_t length)
{
	rpc_put_u16(out, 1);
	rpc_put_u8(out, protocol);
	rpc_put_u16(out, length);
	buf_put(out, right, length);
}

static void put_syntax_floor(struct buf *out, const struct rpc_syntax *s)
{
	rpc_put_u16(out, 19);
	rpc_put_u8(out, FLOOR_UUID);
	rpc_put_guid(out, &s->uuid);
	rpc_put_u16(out, s->major);
	rpc_put_u16(out, 2);
	rpc_put_u16(out, s->minor);
}

void rpc_tower_put(struct buf *out, const struct rpc_map_entry *entry, const char *address)
{
	static const uint8_t minor_version[2] = { 0, 0 };
	const struct rpc_binding *b = &entry->binding;
	bool tcp = b->protseq == RPC_NCACN_IP_TCP;
	rpc_put_u16(out, tcp ? 5 : 4);
	put_syntax_floor(out, &entry->interface);
	put_syntax_floor(out, &entry->transfer);
	put_floor(out, tcp ? FLOOR_RPC_CO : FLOOR_RPC_LOCAL, minor_version, 2);
	if (tcp) {
		uint16_t port = htons((uint16_t)atoi(b->endpoint));
		struct in_addr ip = { 0 };
		if (inet_pton(AF_INET, b->host, &ip) != 1)
			inet_pton(AF_INET, address, &ip);
		put_floor(out, FLOOR_TCP, &port, 2);
		put_floor(out, FLOOR_IP, &ip, 4);
	} else {
		put_floor(out, FLOOR_LOCAL_NAME, b->endpoint, (uint16_t)(strlen(b->endpoint) + 1));
	}
}
