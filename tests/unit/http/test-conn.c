/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the connection: http/conn.c, body.c, send.c, by way of a socketpair. */
#include "harness.h"

static const struct http_limits normal = HTTP_LIMITS_DEFAULT;

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"

static void hello_is_kept_alive(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	for (int i = 0; i < 3; i++) {
		assert_true(harness_say(&h, GET("/hello")));
		assert_int_equal(harness_status(&h), 200);
		assert_true(harness_got(&h, "\r\nContent-Type: text/plain\r\n"));
		assert_true(harness_got(&h, "\r\nServer: Surrogate/0.1\r\n"));
		assert_true(harness_got(&h, "\r\nDate: "));
		assert_true(harness_got(&h, "\r\nContent-Length: 5\r\n"));
		assert_true(harness_got(&h, "\r\n\r\nhello"));
		assert_false(harness_got(&h, "Connection"));
		assert_int_equal(h.stats.bytes_sent, h.received.length);
		assert_int_equal(h.stats.bytes_received, strlen(GET("/hello")));
		assert_int_equal(h.stats.status, 200);
		assert_false(h.stats.aborted);
	}
	harness_done_all(&h);
	assert_int_equal(h.aborted, 0);
}

/* A connection at rest holds no buffer and no exchange, and is small. */
static void rest_is_cheap(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	harness_say(&h, GET("/hello"));
	struct conn *conn = NULL;
	for (int i = 0; i < WHEEL_SLOTS && !conn; i++)
		conn = LIST_FIRST(&h.loop->wheel[i]);
	assert_non_null(conn);
	assert_null(conn->buffer);
	assert_null(conn->x);
	assert_true(sizeof(struct conn) <= 384);
	assert_int_equal(h.loop->buffers_kept, 1);
	assert_int_equal(h.loop->exchanges_kept, 1);
	harness_done_all(&h);
}

static void closing_when_asked(void **state)
{
	static const char *const requests[] = {
		"GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
		"GET /hello HTTP/1.0\r\n\r\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		struct harness h;
		harness_init(&h, &normal);
		harness_connect(&h);
		assert_false(harness_say(&h, requests[i]));
		assert_true(harness_got(&h, "\r\nConnection: close\r\n"));
		assert_true(harness_got(&h, "\r\n\r\nhello"));
		harness_done_all(&h);
	}
}

static void old_clients_may_stay(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	assert_true(harness_say(&h, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
	assert_true(harness_got(&h, "\r\nConnection: keep-alive\r\n"));
	/* but not when only the end of the connection can end the body */
	assert_false(harness_say(&h, "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
	assert_true(harness_got(&h, "\r\nConnection: close\r\n"));
	assert_false(harness_got(&h, "chunked"));
	const char *body = strstr(buf_cstr(&h.received), "\r\n\r\n") + 4;
	assert_int_equal(h.received.data + h.received.length - body, stream_total());
	harness_done_all(&h);
}

static void head_has_no_body(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	assert_true(harness_say(&h, "HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n"));
	assert_true(harness_got(&h, "\r\nContent-Length: 5\r\n"));
	assert_false(harness_got(&h, "hello"));
	assert_true(harness_say(&h, "HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n"));
	assert_int_equal(h.stream_at, 0);
	assert_true(harness_say(&h, "HEAD /file HTTP/1.1\r\nHost: h\r\n\r\n"));
	assert_true(harness_got(&h, "\r\nContent-Length: 299990\r\n"));
	assert_true(harness_say(&h, GET("/hello")));
	assert_int_equal(h.done, 4);
	harness_done_all(&h);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	struct buf many;
	buf_init(&many, 1 << 20);
	for (int i = 0; i < 500; i++)
		buf_puts(&many, i % 2 ? GET("/hello") : GET("/nothing"));
	harness_send(&h, many.data, many.length);
	harness_settle(&h);
	assert_int_equal(h.done, 500);
	const char *at = buf_cstr(&h.received);
	for (int i = 0; i < 500; i++) {
		at = strstr(at, "HTTP/1.1 ");
		assert_non_null(at);
		assert_memory_equal(at + 9, i % 2 ? "200" : "404", 3);
		at += 9;
	}
	buf_done(&many);
	harness_done_all(&h);
}

static void a_file_is_sent_whole(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	assert_true(harness_say(&h, GET("/file")));
	const char *body = strstr(buf_cstr(&h.received), "\r\n\r\n") + 4;
	assert_int_equal(h.received.data + h.received.length - body, FILE_LENGTH - 10);
	for (size_t i = 0; i < FILE_LENGTH - 10; i++)
		assert_int_equal(body[i], 'a' + (i + 10) % 23);
	assert_true(harness_say(&h, GET("/hello")));
	harness_done_all(&h);
}

/* Undoes the chunked coding with the decoder of the request side. */
static size_t unchunk(const char *data, size_t length, char *out)
{
	struct http_chunk chunk = { 0 };
	size_t at = 0, total = 0;
	for (;;) {
		size_t used;
		int r = http_chunk_step(&chunk, data + at, length - at, 1 << 30, &used);
		at += used;
		if (r == HTTP_CHUNK_END) {
			assert_int_equal(at, length);
			return total;
		}
		assert_int_equal(r, HTTP_CHUNK_DATA);
		size_t n = (size_t)chunk.left;
		memcpy(out + total, data + at, n);
		http_chunk_took(&chunk, n);
		total += n;
		at += n;
	}
}

static void check_stream(const char *body, size_t length)
{
	assert_int_equal(length, stream_total());
	for (int i = 0; i < STREAM_PIECES; i++) {
		assert_memory_equal(body, stream_bytes, stream_length(i));
		body += stream_length(i);
	}
}

static void sources_are_chunked_or_not(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	char *out = mem_alloc(stream_total());
	assert_true(harness_say(&h, GET("/stream")));
	assert_true(harness_got(&h, "\r\nTransfer-Encoding: chunked\r\n"));
	assert_false(harness_got(&h, "Content-Length"));
	char *body = strstr(buf_cstr(&h.received), "\r\n\r\n") + 4;
	size_t n = unchunk(body, (size_t)(h.received.data + h.received.length - body), out);
	check_stream(out, n);
	assert_true(harness_say(&h, GET("/known")));
	assert_true(harness_got(&h, "\r\nContent-Length: 211111\r\n"));
	body = strstr(buf_cstr(&h.received), "\r\n\r\n") + 4;
	check_stream(body, (size_t)(h.received.data + h.received.length - body));
	assert_int_equal(h.aborted, 0);
	mem_free(out);
	harness_done_all(&h);
}

/* A slow reader: the stream is cut at every place a socket can cut it. */
static void a_narrow_socket_changes_nothing(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	char *out = mem_alloc(stream_total());
	int small = 1;
	struct conn *conn = NULL;
	for (int i = 0; i < WHEEL_SLOTS && !conn; i++)
		conn = LIST_FIRST(&h.loop->wheel[i]);
	setsockopt(conn->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	static const char request[] = GET("/stream");
	harness_send(&h, request, sizeof(request) - 1);
	unsigned step = 1;
	while (!h.done) {
		http_loop_turn(h.loop, 0);
		char data[4096];
		step = step * 5 % 4099;
		ssize_t got = recv(h.client, data, step % sizeof(data) + 1, MSG_DONTWAIT);
		if (got > 0)
			buf_put(&h.received, data, (size_t)got);
	}
	harness_settle(&h);
	char *body = strstr(buf_cstr(&h.received), "\r\n\r\n") + 4;
	check_stream(out, unchunk(body, (size_t)(h.received.data + h.received.length - body), out));
	mem_free(out);
	harness_done_all(&h);
}

static void a_broken_promise_closes(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	assert_false(harness_say(&h, GET("/short")));
	assert_int_equal(h.aborted, 1);
	assert_true(h.stats.aborted);
	harness_done_all(&h);
}

static void a_source_may_pause(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	h.stream_holds = true;
	assert_true(harness_say(&h, GET("/later")));
	struct http_exchange *x = h.later;
	harness_stream(&h, x, HTTP_LENGTH_UNKNOWN);
	harness_settle(&h);
	assert_int_equal(harness_status(&h), 200);
	assert_int_equal(h.done, 0);
	h.stream_holds = false;
	http_resume_send(x);
	harness_settle(&h);
	assert_int_equal(h.done, 1);
	harness_done_all(&h);
}

static void bodies_are_echoed(void **state)
{
	static const char *const requests[] = {
		"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhello world",
		"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
		"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: v\r\n\r\n",
		"POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 11\r\n"
		"\r\nhello world",
	};
	for (size_t room = 1; room < 20; room += 3) {
		for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
			struct harness h;
			harness_init(&h, &normal);
			harness_connect(&h);
			h.echo_room = room;
			assert_true(harness_say(&h, requests[i]));
			assert_int_equal(harness_status(&h), 200);
			assert_true(harness_got(&h, "\r\n\r\nhello world"));
			assert_int_equal(h.stats.bytes_received, strlen(requests[i]));
			assert_true(harness_say(&h, GET("/hello")));
			harness_done_all(&h);
		}
	}
}

static void empty_bodies_end_at_once(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	assert_true(harness_say(&h, "POST /echo HTTP/1.1\r\nHost: h\r\n\r\n"));
	assert_true(harness_got(&h, "\r\nContent-Length: 0\r\n"));
	assert_true(harness_say(&h, "POST /echo HTTP/1.1\r\nHost: h\r\n"
				    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
	assert_true(harness_got(&h, "\r\nContent-Length: 0\r\n"));
	harness_done_all(&h);
}

static void continue_is_sent_when_the_body_is_wanted(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	assert_true(harness_say(&h, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n"
				    "Expect: 100-continue\r\n\r\n"));
	assert_string_equal(buf_cstr(&h.received), "HTTP/1.1 100 Continue\r\n\r\n");
	assert_true(harness_say(&h, "abcde"));
	assert_int_equal(harness_status(&h), 200);
	assert_true(harness_got(&h, "\r\n\r\nabcde"));
	/* Nobody wants it: the final answer comes, and the connection cannot be kept. */
	assert_false(harness_say(&h, "POST /unread HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n"
				     "Expect: 100-continue\r\n\r\n"));
	assert_int_equal(harness_status(&h), 200);
	assert_true(harness_got(&h, "\r\nConnection: close\r\n"));
	harness_done_all(&h);
}

static void a_sink_may_pause(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	h.echo_room = 0;
	assert_true(harness_say(&h, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n"
				    "abcde"));
	assert_int_equal(h.body.length, 0);
	h.echo_room = 2;
	http_resume_receive(h.later);
	harness_settle(&h);
	assert_true(harness_got(&h, "\r\n\r\nabcde"));
	harness_done_all(&h);
}

static void large_bodies(void **state)
{
	enum { LENGTH = 3000000 };
	char *bytes = mem_alloc(LENGTH);
	for (size_t i = 0; i < LENGTH; i++)
		bytes[i] = (char)(i * 7 % 251);
	struct harness h;
	harness_init(&h, &normal);
	for (int chunked = 0; chunked < 2; chunked++) {
		harness_connect(&h);
		char head[200];
		int n = snprintf(
			head, sizeof(head), "POST /echo HTTP/1.1\r\nHost: h\r\n%s%d\r\n\r\n",
			chunked ? "Transfer-Encoding: chunked\r\nX: " : "Content-Length: ", LENGTH);
		harness_send(&h, head, (size_t)n);
		for (size_t at = 0, piece = 1; at < LENGTH && chunked; at += piece) {
			piece = piece * 3 % 50021 + 1;
			piece = piece < LENGTH - at ? piece : LENGTH - at;
			n = snprintf(head, sizeof(head), "%zx\r\n", piece);
			harness_send(&h, head, (size_t)n);
			harness_send(&h, bytes + at, piece);
			harness_send(&h, "\r\n", 2);
		}
		if (chunked)
			harness_send(&h, "0\r\n\r\n", 5);
		else
			harness_send(&h, bytes, LENGTH);
		harness_settle(&h);
		assert_int_equal(h.body.length, LENGTH);
		assert_memory_equal(h.body.data, bytes, LENGTH);
		h.client = sys_close(h.client);
	}
	mem_free(bytes);
	harness_done_all(&h);
}

static void unread_bodies_are_drained(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	assert_true(harness_say(&h, "POST /unread HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n"
				    "abcde" GET("/hello")));
	assert_int_equal(h.done, 2);
	assert_true(harness_say(&h, "POST /unread HTTP/1.1\r\nHost: h\r\n"
				    "Transfer-Encoding: chunked\r\n\r\n3\r\n"));
	assert_int_equal(h.done, 3);
	assert_true(harness_say(&h, "abc\r\n0\r\n\r\n" GET("/hello")));
	assert_int_equal(h.done, 4);
	/* Too much of it: the answer says that the connection closes. */
	assert_false(harness_say(&h, "POST /unread HTTP/1.1\r\nHost: h\r\n"
				     "Content-Length: 1000000\r\n\r\nabc"));
	assert_true(harness_got(&h, "\r\nConnection: close\r\n"));
	harness_done_all(&h);
}

static void bad_requests_get_a_page(void **state)
{
	static const struct {
		const char *request;
		int status;
		const char *why, *heading;
	} cases[] = {
		{ "GET / HTTP/1.1\r\n\r\n", 400, "Hostname", "<h2>Bad Request - Invalid Hostname" },
		{ "GET / HTTP/1.1\nHost: a\n\n", 400, "Invalid_CR/LF", "Invalid Header" },
		{ "GET / HTTP/3.0\r\n\r\n", 505, "Version_N/S", "HTTP Version Not Supported</h2>" },
		{ "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400,
		  "BadRequest", "Bad Request</h2>" },
		{ "GET /hello HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
		  400, "BadRequest", "Bad Request</h2>" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct harness h;
		harness_init(&h, &normal);
		harness_connect(&h);
		assert_false(harness_say(&h, cases[i].request));
		assert_int_equal(harness_status(&h), cases[i].status);
		assert_true(harness_got(&h, cases[i].heading));
		assert_true(harness_got(&h, "\r\nConnection: close\r\n"));
		assert_int_equal(h.refused, 1);
		assert_int_equal(h.refused_status, cases[i].status);
		assert_string_equal(h.refused_why, cases[i].why);
		assert_int_equal(h.requests, 0);
		harness_done_all(&h);
	}
}

/* The body turns bad after the handler took the request. */
static void a_body_that_breaks_later_is_refused(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	assert_true(harness_say(&h, "POST /echo HTTP/1.1\r\nHost: h\r\n"
				    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"));
	assert_false(harness_say(&h, "zz\r\n"));
	assert_int_equal(harness_status(&h), 400);
	assert_int_equal(h.aborted, 1);
	assert_int_equal(h.done, 1);
	assert_int_equal(h.stats.status, 400);
	harness_done_all(&h);
}

static void too_large_a_body_is_refused(void **state)
{
	struct http_limits small = HTTP_LIMITS_DEFAULT;
	small.body = 10;
	struct harness h;
	harness_init(&h, &small);
	harness_connect(&h);
	assert_false(harness_say(&h, "POST /echo HTTP/1.1\r\nHost: h\r\n"
				     "Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n5\r\n"));
	assert_int_equal(harness_status(&h), 413);
	harness_done_all(&h);
}

static void a_client_that_leaves_aborts(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	assert_true(harness_say(&h, GET("/later")));
	assert_non_null(h.later);
	h.client = sys_close(h.client);
	http_loop_turn(h.loop, 0);
	assert_int_equal(h.aborted, 1);
	assert_int_equal(h.done, 1);
	assert_true(h.stats.aborted);
	/* In the middle of a body. */
	harness_connect(&h);
	harness_say(&h, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
	h.client = sys_close(h.client);
	http_loop_turn(h.loop, 0);
	assert_int_equal(h.aborted, 2);
	/* In the middle of an answer. */
	harness_connect(&h);
	h.stream_holds = true;
	harness_say(&h, GET("/stream"));
	h.client = sys_close(h.client);
	http_loop_turn(h.loop, 0);
	assert_int_equal(h.aborted, 3);
	harness_done_all(&h);
}

/* printf 'GET ...' | nc: answers that need no waiting still come. */
static void half_closing_clients_get_their_answer(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	static const char two[] = GET("/hello") GET("/file");
	harness_send(&h, two, sizeof(two) - 1);
	shutdown(h.client, SHUT_WR);
	assert_false(harness_settle(&h));
	assert_int_equal(h.done, 2);
	assert_int_equal(h.aborted, 0);
	assert_true(h.received.length > FILE_LENGTH - 10);
	harness_done_all(&h);
}

/* The same for an answer that comes later; but who closes long after it asked is gone. */
static void half_closing_is_not_leaving(void **state)
{
	for (int late = 0; late < 2; late++) {
		struct harness h;
		harness_init(&h, &normal);
		harness_connect(&h);
		assert_true(harness_say(&h, GET("/later")));
		if (late) /* time passes for the exchange */
			h.later->stats.started -= NSEC_PER_SEC;
		shutdown(h.client, SHUT_WR);
		harness_settle(&h);
		assert_int_equal(h.aborted, late);
		if (h.later) {
			harness_respond(h.later, 200, 5, "hello");
			assert_false(harness_settle(&h));
			assert_int_equal(harness_status(&h), 200);
		}
		harness_done_all(&h);
	}
}

static void a_head_larger_than_a_buffer(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	struct buf head;
	buf_init(&head, 1 << 20);
	/* Sizes around the pooled buffer: the body must find room behind any head. */
	for (int fill = BUFFER_SIZE - 1300; fill < BUFFER_SIZE + 200; fill += 37) {
		buf_clear(&head);
		buf_printf(&head,
			   "POST /echo HTTP/1.1\r\nHost: h\r\nF: %0*d\r\n"
			   "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
			   fill, 0);
		assert_true(harness_say(&h, buf_cstr(&head)));
		assert_true(harness_say(&h, "3\r\ndef\r\n0\r\n\r\n"));
		assert_true(harness_got(&h, "\r\n\r\nabcdef"));
	}
	buf_done(&head);
	harness_done_all(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello_is_kept_alive),
		cmocka_unit_test(rest_is_cheap),
		cmocka_unit_test(closing_when_asked),
		cmocka_unit_test(old_clients_may_stay),
		cmocka_unit_test(head_has_no_body),
		cmocka_unit_test(pipelined_requests_are_answered_in_order),
		cmocka_unit_test(a_file_is_sent_whole),
		cmocka_unit_test(sources_are_chunked_or_not),
		cmocka_unit_test(a_narrow_socket_changes_nothing),
		cmocka_unit_test(a_broken_promise_closes),
		cmocka_unit_test(a_source_may_pause),
		cmocka_unit_test(bodies_are_echoed),
		cmocka_unit_test(empty_bodies_end_at_once),
		cmocka_unit_test(continue_is_sent_when_the_body_is_wanted),
		cmocka_unit_test(a_sink_may_pause),
		cmocka_unit_test(large_bodies),
		cmocka_unit_test(unread_bodies_are_drained),
		cmocka_unit_test(bad_requests_get_a_page),
		cmocka_unit_test(a_body_that_breaks_later_is_refused),
		cmocka_unit_test(too_large_a_body_is_refused),
		cmocka_unit_test(a_client_that_leaves_aborts),
		cmocka_unit_test(half_closing_clients_get_their_answer),
		cmocka_unit_test(half_closing_is_not_leaving),
		cmocka_unit_test(a_head_larger_than_a_buffer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
