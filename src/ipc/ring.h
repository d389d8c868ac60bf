/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic of a byte ring with one producer and one consumer: positions count bytes for ever
 * (32 bits, overflowing), the size is a power of two. Pure functions; the positions live where
 * the caller keeps them, and publishing them is the caller's business. Internal to src/ipc.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>

/* Takes over a position that the other side claims: it may lie up to `ahead` in front of `*seen`,
 * the last one that was believed, and never behind it. False: it lies. */
static inline bool ring_believe(uint32_t *seen, uint32_t claimed, uint32_t ahead)
{
	if (claimed - *seen > ahead)
		return false;
	*seen = claimed;
	return true;
}

/* The `length` bytes from position `from` on, as 0, 1 or 2 pieces of the ring. */
static inline int ring_pieces(unsigned char *ring, uint32_t size, uint32_t from, uint32_t length,
			      struct iovec iov[2])
{
	uint32_t at = from & (size - 1), first = size - at;
	if (length == 0)
		return 0;
	if (first >= length) {
		iov[0] = (struct iovec){ ring + at, length };
		return 1;
	}
	iov[0] = (struct iovec){ ring + at, first };
	iov[1] = (struct iovec){ ring, length - first };
	return 2;
}

static inline void ring_put(unsigned char *ring, uint32_t size, uint32_t to, const void *data,
			    uint32_t length)
{
	uint32_t at = to & (size - 1), first = size - at < length ? size - at : length;
	memcpy(ring + at, data, first);
	if (length > first)
		memcpy(ring, (const char *)data + first, length - first);
}

static inline void ring_get(const unsigned char *ring, uint32_t size, uint32_t from, void *data,
			    uint32_t length)
{
	uint32_t at = from & (size - 1), first = size - at < length ? size - at : length;
	memcpy(data, ring + at, first);
	if (length > first)
		memcpy((char *)data + first, ring, length - first);
}
