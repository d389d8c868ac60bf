/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading from the socket, and the buffers for it. A connection has one only while bytes of a
 * request are there, so a loop with ten thousand idle connections needs a handful, and the one that
 * was used last is warm in the cache. Loop thread only.
 *
 * A short read means that the socket is empty, except behind a hang-up, where no further edge
 * comes and the end must be read.
 */
#include "base/mem.h"
#include "base/sys.h"
#include "http/internal.h"

#include <errno.h>
#include <sys/socket.h>

#define ROOM_FOR_BODY 1024

char *http_buffer_take(struct http_loop *loop)
{
	char *buffer = loop->buffers;
	if (!buffer)
		return mem_alloc(BUFFER_SIZE);
	memcpy(&loop->buffers, buffer, sizeof(loop->buffers));
	loop->buffers_kept--;
	return buffer;
}

void http_buffer_give(struct http_loop *loop, char *buffer, uint32_t capacity)
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

void http_buffers_free(struct http_loop *loop)
{
	while (loop->buffers)
		mem_free(http_buffer_take(loop));
}

/* ---- reading ---- */

static ssize_t read_result(struct conn *conn, ssize_t n, size_t wanted)
{
	if (n == -EAGAIN) {
		conn->can_read = false;
		return 0;
	}
	if (n <= 0) {
		conn->can_read = false;
		if (!conn->hangup)
			conn->hangup_at = loop_now(conn->loop->loop);
		conn->eof = conn->hangup = true;
		conn->broken = conn->broken || n < 0;
		return n;
	}
	if ((size_t)n < wanted && !conn->hangup)
		conn->can_read = false;
	return n;
}

ssize_t http_conn_read(struct conn *conn, void *data, size_t length)
{
	if (!conn->can_read || length == 0)
		return 0;
	return read_result(conn, sys_recv(conn->fd, data, length, MSG_DONTWAIT), length);
}

ssize_t http_conn_readv(struct conn *conn, struct iovec *iov, int count)
{
	size_t wanted = 0;
	for (int i = 0; i < count; i++)
		wanted += iov[i].iov_len;
	if (!conn->can_read || wanted == 0)
		return 0;
	return read_result(conn, sys_readv(conn->fd, iov, count), wanted);
}

/* The head of the exchange fills the buffer: body bytes get one of their own. */
static bool buffer_for_body(struct conn *conn)
{
	char *buffer = http_buffer_take(conn->loop);
	if (!buffer)
		return false;
	uint32_t there = conn->end - conn->start; /* less than ROOM_FOR_BODY */
	memcpy(buffer, conn->buffer + conn->start, there);
	conn->x->head_buffer = conn->buffer;
	conn->x->head_capacity = conn->capacity;
	conn->buffer = buffer;
	conn->capacity = BUFFER_SIZE;
	conn->base = conn->start = 0;
	conn->end = there;
	return true;
}

static bool grow_buffer(struct conn *conn)
{
	uint32_t capacity = conn->capacity * 2;
	char *buffer = mem_alloc(capacity);
	if (!buffer)
		return false;
	memcpy(buffer, conn->buffer, conn->end);
	http_buffer_give(conn->loop, conn->buffer, conn->capacity);
	conn->buffer = buffer;
	conn->capacity = capacity;
	return true;
}

/* Room behind `end`, without moving what the exchange's texts point to. */
static bool make_room(struct conn *conn)
{
	if (!conn->buffer) {
		conn->buffer = http_buffer_take(conn->loop);
		conn->capacity = BUFFER_SIZE;
		conn->base = conn->start = conn->end = 0;
		return conn->buffer;
	}
	if (conn->start > conn->base) {
		memmove(conn->buffer + conn->base, conn->buffer + conn->start,
			conn->end - conn->start);
		conn->end -= conn->start - conn->base;
		conn->start = conn->base;
	}
	if (conn->phase == CONN_REST)
		return conn->end < conn->capacity || grow_buffer(conn);
	if (conn->capacity - conn->base < ROOM_FOR_BODY && !buffer_for_body(conn))
		return false;
	return conn->end < conn->capacity;
}

bool http_conn_fill(struct conn *conn)
{
	if (!conn->can_read)
		return false;
	if (!make_room(conn)) {
		conn->broken = conn->eof = true; /* out of memory: this connection gives way */
		return false;
	}
	ssize_t n = http_conn_read(conn, conn->buffer + conn->end, conn->capacity - conn->end);
	if (n <= 0)
		return false;
	conn->end += (uint32_t)n;
	return true;
}
