/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request bodies: from what came with the head and from the socket into the handler's sink, with
 * a length or chunked; or thrown away. Called by conn.c on the loop's thread; never blocks.
 *
 * Bytes behind the head wait in the connection's buffer (`start` to `end`); once they are used up
 * a body with a length, or a large chunk, is read from the socket right into the sink.
 */
#include "http/internal.h"

#include <errno.h>

#define DIRECT_MIN 4096 /* a chunk this large is worth its own read */

void http_body_begin(struct http_exchange *x)
{
	struct receiving *in = &x->in;
	bool chunked = x->request.content_length == HTTP_LENGTH_UNKNOWN;
	in->left = chunked ? 0 : x->request.content_length;
	in->most = x->conn->loop->server->options.limits.body;
	in->done = !chunked && in->left == 0;
}

static bool is_chunked(const struct http_exchange *x)
{
	return x->request.content_length == HTTP_LENGTH_UNKNOWN;
}

int http_body_precheck(const struct http_exchange *x)
{
	const struct conn *conn = x->conn;
	if (!is_chunked(x))
		return 0;
	struct http_chunk chunk = x->in.chunk;
	const char *at = conn->buffer + conn->start, *end = conn->buffer + conn->end;
	for (;;) {
		size_t used;
		int r = http_chunk_step(&chunk, at, (size_t)(end - at),
					conn->loop->server->options.limits.body, &used);
		at += used;
		if (r != HTTP_CHUNK_DATA)
			return r < 0 ? r : 0;
		uint64_t there = (uint64_t)(end - at);
		if (there == 0)
			return 0;
		there = there < chunk.left ? there : chunk.left;
		http_chunk_took(&chunk, there);
		at += there;
	}
}

/* Data bytes that come next without framing; 0 with `done` at the end, 0 without: need more
 * bytes in the buffer. Negative: -status. */
static int next_run(struct http_exchange *x, uint64_t *ret)
{
	struct receiving *in = &x->in;
	struct conn *conn = x->conn;
	if (!is_chunked(x)) {
		*ret = in->left;
		return 0;
	}
	size_t used;
	int r = http_chunk_step(&in->chunk, conn->buffer + conn->start, conn->end - conn->start,
				in->most, &used);
	conn->start += (uint32_t)used;
	x->stats.bytes_received += used;
	in->received_since += used;
	*ret = r == HTTP_CHUNK_DATA ? in->chunk.left : 0;
	in->done = r == HTTP_CHUNK_END;
	return r < 0 ? r : 0;
}

static void took_data(struct http_exchange *x, uint64_t length)
{
	x->stats.bytes_received += length;
	x->in.received_since += length;
	if (is_chunked(x)) {
		http_chunk_took(&x->in.chunk, length);
	} else {
		x->in.left -= length;
		x->in.done = x->in.left == 0;
	}
}

/* More bytes into the buffer. 1, 0 (waits), -EPIPE. */
static int refill(struct http_exchange *x)
{
	struct conn *conn = x->conn;
	if (http_conn_fill(conn))
		return 1;
	return conn->eof ? -EPIPE : 0;
}

static size_t copy_out(struct conn *conn, const struct iovec *iov, int count, uint64_t most)
{
	size_t total = 0;
	for (int i = 0; i < count && total < most; i++) {
		size_t n = conn->end - conn->start;
		n = iov[i].iov_len < n ? iov[i].iov_len : n;
		n = most - total < n ? (size_t)(most - total) : n;
		memcpy(iov[i].iov_base, conn->buffer + conn->start, n);
		conn->start += (uint32_t)n;
		total += n;
	}
	return total;
}

static ssize_t read_direct(struct conn *conn, struct iovec *iov, int count, uint64_t most)
{
	for (int i = 0; i < count; i++) {
		if (iov[i].iov_len > most)
			iov[i].iov_len = (size_t)most;
		most -= iov[i].iov_len;
	}
	return http_conn_readv(conn, iov, count);
}

/* One step towards the sink. */
int http_body_run(struct http_exchange *x)
{
	struct receiving *in = &x->in;
	struct conn *conn = x->conn;
	if (in->done || !in->sink)
		return 0;
	uint64_t run;
	int r = next_run(x, &run);
	if (r < 0)
		return r;
	if (in->done) {
		in->sink->commit(in->sink_ctx, 0, true);
		return 1;
	}
	if (run == 0)
		return refill(x);
	struct iovec iov[2];
	int count = in->sink->space(in->sink_ctx, iov);
	if (count <= 0) {
		in->since = 0; /* it is the handler's turn, not the client's */
		return 0;
	}
	size_t n;
	if (conn->start < conn->end) {
		n = copy_out(conn, iov, count, run);
	} else if (is_chunked(x) && run < DIRECT_MIN) {
		return refill(x);
	} else {
		ssize_t got = read_direct(conn, iov, count, run);
		if (got <= 0)
			return got < 0 || conn->eof ? -EPIPE : 0;
		n = (size_t)got;
	}
	took_data(x, n);
	in->sink->commit(in->sink_ctx, n, in->done);
	return 1;
}

int http_body_drain(struct http_exchange *x)
{
	struct receiving *in = &x->in;
	struct conn *conn = x->conn;
	if (in->done)
		return 0;
	uint64_t run;
	int r = next_run(x, &run);
	if (r < 0 || in->done)
		return r < 0 ? r : 1;
	uint64_t there = conn->end - conn->start;
	if (run == 0 || there == 0)
		return refill(x);
	there = there < run ? there : run;
	conn->drained += (uint32_t)there;
	if (conn->drained > DRAIN_MAX)
		return -EPIPE;
	conn->start += (uint32_t)there;
	took_data(x, there);
	return 1;
}

void http_limit_body(struct http_exchange *x, uint64_t most)
{
	if (most < x->in.most)
		x->in.most = most;
}

void http_receive_body(struct http_exchange *x, const struct http_sink *sink, void *ctx)
{
	struct receiving *in = &x->in;
	in->sink = sink;
	in->sink_ctx = ctx;
	in->wanted = true;
	in->since = loop_now(x->conn->loop->loop);
	if (in->done) {
		sink->commit(ctx, 0, true);
		return;
	}
	/* RFC 9110 10.1.1: not when the body is on its way already. */
	if (x->request.expect_continue && x->conn->start == x->conn->end && !x->out.responded)
		x->out.interim_left = sizeof("HTTP/1.1 100 Continue\r\n\r\n") - 1;
	http_conn_wake(x->conn);
}

void http_resume_receive(struct http_exchange *x)
{
	if (!x->in.since) {
		x->in.since = loop_now(x->conn->loop->loop);
		x->in.received_since = 0;
	}
	http_conn_wake(x->conn);
}
