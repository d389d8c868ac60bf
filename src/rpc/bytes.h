/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers in bytes, for the files of src/rpc: a reader that remembers that it failed and returns
 * zeros from then on, and writers into a buffer, little-endian. Alignment counts from the first
 * byte of what is read, or from `start` of what is written.
 */
#pragma once

#include "rpc/rpc.h"

#include <string.h>

struct rpc_reader {
	const uint8_t *data;
	size_t length, at;
	bool little, failed;
};

static inline struct rpc_reader rpc_reader_of(const void *data, size_t length, bool little)
{
	return (struct rpc_reader){ data, length, 0, little, false };
}

/* `n` bytes, or NULL when there are not as many. */
static inline const uint8_t *rpc_read(struct rpc_reader *r, size_t n)
{
	if (r->failed || n > r->length - r->at) {
		r->failed = true;
		return NULL;
	}
	r->at += n;
	return r->data + r->at - n;
}

static inline void rpc_read_align(struct rpc_reader *r, size_t align)
{
	size_t over = r->at % align;
	if (over)
		rpc_read(r, align - over);
}

static inline uint8_t rpc_read_u8(struct rpc_reader *r)
{
	const uint8_t *p = rpc_read(r, 1);
	return p ? *p : 0;
}

static inline uint16_t rpc_read_u16(struct rpc_reader *r)
{
	const uint8_t *p = rpc_read(r, 2);
	if (!p)
		return 0;
	return (uint16_t)(r->little ? p[0] | p[1] << 8 : p[1] | p[0] << 8);
}

static inline uint32_t rpc_read_u32(struct rpc_reader *r)
{
	uint32_t a = rpc_read_u16(r), b = rpc_read_u16(r);
	return r->little ? a | b << 16 : b | a << 16;
}

static inline void rpc_read_guid(struct rpc_reader *r, GUID *ret)
{
	ret->Data1 = rpc_read_u32(r);
	ret->Data2 = rpc_read_u16(r);
	ret->Data3 = rpc_read_u16(r);
	const uint8_t *p = rpc_read(r, 8);
	if (p)
		memcpy(ret->Data4, p, 8);
	else
		memset(ret->Data4, 0, 8);
}

static inline void rpc_read_syntax(struct rpc_reader *r, struct rpc_syntax *ret)
{
	rpc_read_guid(r, &ret->uuid);
	uint32_t version = rpc_read_u32(r);
	ret->major = (uint16_t)version;
	ret->minor = (uint16_t)(version >> 16);
}

static inline void rpc_put_u8(struct buf *b, uint8_t v)
{
	buf_putc(b, (char)v);
}

static inline void rpc_put_u16(struct buf *b, uint16_t v)
{
	uint8_t bytes[2] = { (uint8_t)v, (uint8_t)(v >> 8) };
	buf_put(b, bytes, sizeof(bytes));
}

static inline void rpc_put_u32(struct buf *b, uint32_t v)
{
	rpc_put_u16(b, (uint16_t)v);
	rpc_put_u16(b, (uint16_t)(v >> 16));
}

static inline void rpc_put_guid(struct buf *b, const GUID *g)
{
	rpc_put_u32(b, g->Data1);
	rpc_put_u16(b, g->Data2);
	rpc_put_u16(b, g->Data3);
	buf_put(b, g->Data4, 8);
}

static inline void rpc_put_syntax(struct buf *b, const struct rpc_syntax *s)
{
	rpc_put_guid(b, &s->uuid);
	rpc_put_u32(b, (uint32_t)s->minor << 16 | s->major);
}

/* Zeros up to a multiple of `align` from `start`; their number. */
static inline size_t rpc_put_align(struct buf *b, size_t start, size_t align)
{
	static const char zeros[16];
	size_t over = (b->length - start) % align;
	size_t pad = over ? align - over : 0;
	buf_put(b, zeros, pad);
	return pad;
}

/* Overwrites what was written at `at`; does nothing in a buffer that failed. */
static inline void rpc_patch_u16(struct buf *b, size_t at, uint16_t v)
{
	if (buf_failed(b) || at + 2 > b->length)
		return;
	b->data[at] = (char)(v & 0xff);
	b->data[at + 1] = (char)(v >> 8);
}
