/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read buffers. A connection has one only while bytes of a request are there, so a loop with ten
 * thousand idle connections needs a handful, and the one that was used last is warm in the cache.
 * Loop thread only.
 */
#include "base/mem.h"
#include "http/internal.h"

char *buffer_take(struct http_loop *loop)
{
	char *buffer = loop->buffers;
	if (!buffer)
		return mem_alloc(BUFFER_SIZE);
	memcpy(&loop->buffers, buffer, sizeof(loop->buffers));
	loop->buffers_kept--;
	return buffer;
}

void buffer_give(struct http_loop *loop, char *buffer, uint32_t capacity)
{
	if (!buffer)
		return;
	if (capacity != BUFFER_SIZE || loop->buffers_kept >= BUFFERS_KEPT) {
		mem_free(buffer);
		return;
	}
	memcpy(buffer, &loop->buffers, sizeof(loop->buffers));
	loop->buffers = buffer;
	loop->buffers_kept++;
}

void buffers_free(struct http_loop *loop)
{
	while (loop->buffers)
		mem_free(buffer_take(loop));
}
