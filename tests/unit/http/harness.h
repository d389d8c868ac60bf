/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server with one loop and no thread, and a client at the other end of a socketpair: the test
 * moves time forward one turn at a time. The handler answers by the path:
 *
 *   /hello      five bytes           /echo      the request body, with its length or chunked
 *   /file       part of a file       /stream    from a source, length unknown
 *   /known      a source with length /later     when the test says so
 *   /short      a source that breaks its promise
 *   /unread     at once, without looking at the body
 */
#pragma once

#include "../unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/sys.h"
#include "http/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define FILE_LENGTH 300000
#define STREAM_PIECES 7

struct harness {
	struct http_server *server;
	struct http_loop *loop;
	int client;
	int file;
	/* what the handler saw */
	int requests, aborted, done, refused, refused_status;
	char refused_why[40];
	struct http_exchange_stats stats;
	struct http_exchange *later; /* waits for the test */
	struct buf body;             /* of /echo */
	size_t echo_room;            /* what the sink takes at once */
	char echo_space[65536];
	int stream_at; /* pieces the source gave */
	size_t stream_offset;
	bool stream_holds; /* the source has nothing for now */
	struct buf received;
};

static inline void harness_respond(struct http_exchange *x, uint32_t status, uint64_t length,
				   const void *body)
{
	struct http_field type = { TEXT("Content-Type"), TEXT("text/plain") };
	struct http_response response = {
		.status = status, .content_length = length, .fields = &type, .field_count = 1
	};
	http_respond_memory(x, &response, body, length);
}

static int echo_space(void *ctx, struct iovec iov[2])
{
	struct harness *h = ctx;
	if (!h->echo_room)
		return 0;
	/* Two pieces, as a ring gives them. */
	size_t first = h->echo_room > 1 ? h->echo_room / 2 : 1;
	iov[0] = (struct iovec){ h->echo_space, first };
	iov[1] = (struct iovec){ h->echo_space + first, h->echo_room - first };
	return h->echo_room > 1 ? 2 : 1;
}

static void echo_commit(void *ctx, size_t length, bool last)
{
	struct harness *h = ctx;
	buf_put(&h->body, h->echo_space, length);
	if (last) {
		harness_respond(h->later, 200, h->body.length, h->body.data);
		h->later = NULL;
	}
}

static const struct http_sink echo_sink = { echo_space, echo_commit };

/* The pieces are 1, 10, 100 ... bytes long. */
static size_t stream_length(int piece)
{
	size_t n = 1;
	while (piece-- > 0)
		n *= 10;
	return n < 100000 ? n : 100000;
}

static char stream_bytes[100000];

static int stream_peek(void *ctx, struct iovec iov[2])
{
	struct harness *h = ctx;
	if (h->stream_holds)
		return 0;
	if (h->stream_at == STREAM_PIECES)
		return -ENODATA;
	size_t left = stream_length(h->stream_at) - h->stream_offset;
	iov[0] = (struct iovec){ stream_bytes + h->stream_offset, left - left / 3 };
	iov[1] = (struct iovec){ stream_bytes + h->stream_offset + left - left / 3, left / 3 };
	return 2;
}

static void stream_consume(void *ctx, size_t length)
{
	struct harness *h = ctx;
	h->stream_offset += length;
	assert_true(h->stream_offset <= stream_length(h->stream_at));
	if (h->stream_offset == stream_length(h->stream_at)) {
		h->stream_at++;
		h->stream_offset = 0;
	}
}

static const struct http_source stream_source = { stream_peek, stream_consume };

static inline size_t stream_total(void)
{
	size_t total = 0;
	for (int i = 0; i < STREAM_PIECES; i++)
		total += stream_length(i);
	return total;
}

static inline void harness_stream(struct harness *h, struct http_exchange *x, uint64_t length)
{
	struct http_response response = { .status = 200, .content_length = length };
	h->stream_at = 0;
	h->stream_offset = 0;
	http_respond_source(x, &response, &stream_source, h);
}

static inline void harness_request(void *ctx, struct http_exchange *x)
{
	struct harness *h = ctx;
	struct text path = http_exchange_request(x)->path;
	h->requests++;
	if (text_equal(path, TEXT("/hello")) || text_equal(path, TEXT("/unread"))) {
		harness_respond(x, 200, 5, "hello");
	} else if (text_equal(path, TEXT("/echo"))) {
		buf_clear(&h->body);
		h->later = x;
		http_receive_body(x, &echo_sink, h);
	} else if (text_equal(path, TEXT("/file"))) {
		struct http_response response = { .status = 200,
						  .content_length = FILE_LENGTH - 10 };
		http_respond_file(x, &response, dup(h->file), true, 10, FILE_LENGTH - 10);
	} else if (text_equal(path, TEXT("/stream"))) {
		harness_stream(h, x, HTTP_LENGTH_UNKNOWN);
	} else if (text_equal(path, TEXT("/known"))) {
		harness_stream(h, x, stream_total());
	} else if (text_equal(path, TEXT("/short"))) {
		harness_stream(h, x, stream_total() + 1);
	} else if (text_equal(path, TEXT("/later"))) {
		h->later = x;
	} else {
		harness_respond(x, 404, 2, "no");
	}
}

static inline void harness_aborted(void *ctx, struct http_exchange *x)
{
	struct harness *h = ctx;
	h->aborted++;
	if (h->later == x)
		h->later = NULL;
}

static inline void harness_done(void *ctx, struct http_exchange *x,
				const struct http_exchange_stats *stats)
{
	struct harness *h = ctx;
	h->done++;
	h->stats = *stats;
}

static inline void harness_refused(void *ctx, const char *remote, uint32_t status, const char *why)
{
	struct harness *h = ctx;
	h->refused++;
	h->refused_status = (int)status;
	snprintf(h->refused_why, sizeof(h->refused_why), "%s", why);
}

static inline void harness_connect(struct harness *h)
{
	int pair[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	struct sockaddr_storage from = { .ss_family = AF_UNIX };
	http_conn_accepted(h->loop, pair[0], &from, 80);
	h->client = pair[1];
	buf_clear(&h->received);
}

static inline void harness_init(struct harness *h, const struct http_limits *limits)
{
	memset(h, 0, sizeof(*h));
	struct http_options options = {
		.loops = 1,
		.limits = *limits,
		.handler = { h, harness_request, harness_aborted, harness_done, harness_refused },
		.server_header = "Surrogate/0.1",
	};
	assert_int_equal(http_server_new(&options, &h->server), 0);
	h->loop = &h->server->loops[0];
	h->client = -1;
	h->echo_room = sizeof(h->echo_space);
	buf_init(&h->body, 16 << 20);
	buf_init(&h->received, 16 << 20);
	h->file = sys_memfd("test", FILE_LENGTH);
	assert_true(h->file >= 0);
	char *bytes = mem_alloc(FILE_LENGTH);
	for (size_t i = 0; i < FILE_LENGTH; i++)
		bytes[i] = (char)('a' + i % 23);
	assert_int_equal(sys_write_all(h->file, bytes, FILE_LENGTH), 0);
	mem_free(bytes);
	for (size_t i = 0; i < sizeof(stream_bytes); i++)
		stream_bytes[i] = (char)('A' + i % 19);
}

/* What a loop thread does at its end. */
static inline void harness_done_all(struct harness *h)
{
	h->client = sys_close(h->client);
	for (int i = 0; i < 20 && h->loop->connections; i++)
		http_loop_turn(h->loop, 0);
	assert_int_equal(h->loop->connections, 0);
	assert_int_equal(h->done, h->requests);
	http_server_free(h->server);
	buf_done(&h->body);
	buf_done(&h->received);
	sys_close(h->file);
}

/* Reads what is there; false at the end of the connection. */
static inline bool harness_read(struct harness *h)
{
	for (;;) {
		char data[65536];
		ssize_t n = recv(h->client, data, sizeof(data), MSG_DONTWAIT);
		if (n <= 0)
			return n < 0 && errno == EAGAIN;
		buf_put(&h->received, data, (size_t)n);
	}
}

/* Turns until nothing more comes. Returns false when the server closed its end. */
static inline bool harness_settle(struct harness *h)
{
	bool open = true;
	for (int quiet = 0; quiet < 3;) {
		size_t before = h->received.length;
		assert_int_equal(http_loop_turn(h->loop, 0), 0);
		open = harness_read(h);
		quiet = h->received.length == before ? quiet + 1 : 0;
	}
	return open;
}

static inline void harness_send(struct harness *h, const char *data, size_t length)
{
	while (length) {
		ssize_t n = send(h->client, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EPIPE)
			return; /* the server has closed already: it may */
		if (n < 0) {
			assert_int_equal(errno, EAGAIN);
			harness_settle(h);
			continue;
		}
		data += n;
		length -= (size_t)n;
	}
}

static inline bool harness_say(struct harness *h, const char *text)
{
	buf_clear(&h->received);
	harness_send(h, text, strlen(text));
	return harness_settle(h);
}

static inline bool harness_got(struct harness *h, const char *text)
{
	return strstr(buf_cstr(&h->received), text) != NULL;
}

static inline int harness_status(struct harness *h)
{
	int status = 0;
	if (sscanf(buf_cstr(&h->received), "HTTP/1.1 %d ", &status) != 1)
		return 0;
	return status;
}
