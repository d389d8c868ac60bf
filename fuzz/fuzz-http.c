/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http/: the head parser, the chunk decoder, and a whole connection that is fed in random pieces.
 * The first byte chooses the pieces; what is answered must not depend on them.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/sys.h"
#include "http/internal.h"

#include <stdlib.h>
#include <sys/socket.h>

static const struct http_limits limits = HTTP_LIMITS_DEFAULT;

static bool inside(struct text t, const char *data, size_t size)
{
	return t.length == 0 || (t.data >= data && t.data + t.length <= data + size);
}

static void parse(const char *data, size_t size)
{
	_cleanup_mem_ char *copy = mem_dup(data, size);
	static struct http_request r;
	const char *why = NULL;
	int n = http_parse_head(copy, size, &limits, &r, &why);
	FUZZ_REQUIRE(n <= (int)size);
	FUZZ_REQUIRE(n >= 0 || (why && n <= -400 && n > -600));
	if (n <= 0)
		return;
	FUZZ_REQUIRE(inside(r.target, copy, size) && inside(r.host, copy, size));
	FUZZ_REQUIRE(r.path.length > 0 && (r.path.data[0] == '/' || r.path.data[0] == '*'));
	FUZZ_REQUIRE(!memchr(r.path.data, '?', r.path.length));
	for (size_t i = 0; i < r.field_count; i++) {
		FUZZ_REQUIRE(inside(r.fields[i].name, copy, size) && r.fields[i].name.length);
		FUZZ_REQUIRE(inside(r.fields[i].value, copy, size));
		FUZZ_REQUIRE(!memchr(r.fields[i].value.data, '\r', r.fields[i].value.length));
	}
	FUZZ_REQUIRE(http_field_find(&r, TEXT("content-length")).data == NULL ||
		     http_field_find(&r, TEXT("transfer-encoding")).data == NULL);
	/* No shorter piece of it is a request, too. */
	mem_free(copy);
	copy = mem_dup(data, (size_t)n - 1);
	FUZZ_REQUIRE(http_parse_head(copy, (size_t)n - 1, &limits, &r, &why) == 0);
}

/* Where the body ends, how much data it has; or the error. */
static int unchunk(const char *data, size_t size, size_t piece, size_t *ret_end, size_t *ret_data)
{
	struct http_chunk chunk = { 0 };
	size_t at = 0, until = 0, total = 0;
	while (until < size) {
		until = until + piece < size ? until + piece : size;
		while (at < until) {
			size_t used;
			int r = http_chunk_step(&chunk, data + at, until - at, 1 << 20, &used);
			FUZZ_REQUIRE(used <= until - at);
			at += used;
			if (r < 0)
				return r;
			if (r == HTTP_CHUNK_END) {
				*ret_end = at;
				*ret_data = total;
				return 1;
			}
			if (r == HTTP_CHUNK_MORE)
				break;
			size_t n = until - at < chunk.left ? until - at : (size_t)chunk.left;
			at += n;
			total += n;
			if (n)
				http_chunk_took(&chunk, n);
		}
	}
	return 0;
}

static void chunks(const char *data, size_t size, size_t piece)
{
	size_t end1 = 0, end2 = 0, data1 = 0, data2 = 0;
	int a = unchunk(data, size, size, &end1, &data1);
	int b = unchunk(data, size, piece, &end2, &data2);
	FUZZ_REQUIRE(a == b && end1 == end2 && data1 == data2);
}

/* ---- a connection ---- */

struct talk {
	struct buf seen; /* what the handler was told */
	struct http_exchange *x;
	char space[512];
	int open;
};

static int space(void *ctx, struct iovec iov[2])
{
	struct talk *t = ctx;
	iov[0] = (struct iovec){ t->space, 7 };
	iov[1] = (struct iovec){ t->space + 7, sizeof(t->space) - 7 };
	return 2;
}

static void answer(struct talk *t)
{
	struct http_response response = { .status = 200, .content_length = 2 };
	http_respond_memory(t->x, &response, "ok", 2);
	t->x = NULL;
}

static void commit(void *ctx, size_t length, bool last)
{
	struct talk *t = ctx;
	FUZZ_REQUIRE(length <= sizeof(t->space));
	if (last)
		answer(t);
}

static const struct http_sink sink = { space, commit };

static void on_request(void *ctx, struct http_exchange *x)
{
	struct talk *t = ctx;
	const struct http_request *r = http_exchange_request(x);
	FUZZ_REQUIRE(!t->x && !t->open);
	t->open++;
	t->x = x;
	buf_put_text(&t->seen, r->method_text);
	buf_putc(&t->seen, ' ');
	buf_put_text(&t->seen, r->target);
	buf_putc(&t->seen, '\n');
	/* Half of the requests do not look at their body. */
	if (r->method == HTTP_POST)
		http_receive_body(x, &sink, t);
	else
		answer(t);
}

static void on_aborted(void *ctx, struct http_exchange *x)
{
	struct talk *t = ctx;
	t->x = NULL;
}

static void on_done(void *ctx, struct http_exchange *x, const struct http_exchange_stats *stats)
{
	struct talk *t = ctx;
	t->open--;
}

static void feed(int fd, struct http_loop *loop, const char *data, size_t size, size_t piece)
{
	char trash[4096];
	for (size_t at = 0; at < size;) {
		size_t n = piece < size - at ? piece : size - at;
		ssize_t sent = send(fd, data + at, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent > 0)
			at += (size_t)sent;
		FUZZ_REQUIRE(http_loop_turn(loop, 0) == 0);
		ssize_t got = recv(fd, trash, sizeof(trash), MSG_DONTWAIT);
		if (got == 0 || (sent < 0 && got < 0))
			break;
	}
}

static void talk(const char *data, size_t size, size_t piece, struct buf *ret)
{
	struct talk t = { .x = NULL };
	buf_init(&t.seen, 1 << 20);
	struct http_options options = { .loops = 1,
					.limits = HTTP_LIMITS_DEFAULT,
					.handler = { &t, on_request, on_aborted, on_done, NULL } };
	struct http_server *server;
	FUZZ_REQUIRE(http_server_new(&options, &server) == 0);
	struct http_loop *loop = &server->loops[0];
	int pair[2];
	FUZZ_REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
	struct sockaddr_storage from = { .ss_family = AF_UNIX };
	http_conn_accepted(loop, pair[0], &from, 0);
	feed(pair[1], loop, data, size, piece);
	shutdown(pair[1], SHUT_WR);
	for (int i = 0; i < 100 && loop->connections; i++)
		feed(pair[1], loop, "", 0, 1), http_loop_turn(loop, 0);
	FUZZ_REQUIRE(loop->connections == 0 && t.open == 0);
	sys_close(pair[1]);
	http_server_free(server);
	*ret = t.seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	if (size < 2)
		return 0;
	const char *data = (const char *)input + 1;
	size--;
	size_t piece = input[0] % 64 + 1u;
	parse(data, size);
	chunks(data, size, piece);
	struct buf whole, pieces;
	talk(data, size, size, &whole);
	talk(data, size, piece, &pieces);
	/* Whole, a body that is bad from the start is seen before the handler is asked: the one
	 * log is then the beginning of the other. */
	size_t least = whole.length < pieces.length ? whole.length : pieces.length;
	FUZZ_REQUIRE(least == 0 || memcmp(whole.data, pieces.data, least) == 0);
	buf_done(&whole);
	buf_done(&pieces);
	return 0;
}
