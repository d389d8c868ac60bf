/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of http/server.c and deadline.c: time-outs, limits, no descriptors left, threads, stop. */
#include "harness.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static const struct http_limits normal = HTTP_LIMITS_DEFAULT;

/* Turns until the server closes its end; the wheel's timer is the event that is waited for. */
static void wait_for_close(struct harness *h)
{
	while (harness_read(h))
		http_loop_turn(h->loop, -1);
}

static struct http_limits impatient(void)
{
	struct http_limits limits = HTTP_LIMITS_DEFAULT;
	limits.header_timeout = limits.body_timeout = limits.idle_timeout = limits.send_timeout =
		40 * NSEC_PER_MSEC;
	return limits;
}

static void idle_connections_close(void **state)
{
	struct http_limits limits = impatient();
	struct harness h;
	harness_init(&h, &limits);
	harness_connect(&h);
	harness_say(&h, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
	wait_for_close(&h);
	assert_string_equal(h.refused_why, "Timer_ConnectionIdle");
	assert_int_equal(harness_status(&h), 200);
	harness_done_all(&h);
}

static void slow_heads_are_refused(void **state)
{
	struct http_limits limits = impatient();
	limits.idle_timeout = 100 * NSEC_PER_SEC;
	struct harness h;
	harness_init(&h, &limits);
	harness_connect(&h);
	harness_say(&h, "GET /hello HTTP/1.1\r\nHost: h\r\n");
	wait_for_close(&h);
	assert_string_equal(h.refused_why, "Timer_HeaderWait");
	assert_int_equal(harness_status(&h), 408);
	harness_done_all(&h);
}

static void slow_bodies_are_refused(void **state)
{
	struct http_limits limits = impatient();
	struct harness h;
	harness_init(&h, &limits);
	harness_connect(&h);
	harness_say(&h, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
	wait_for_close(&h);
	assert_string_equal(h.refused_why, "Timer_EntityBody");
	assert_int_equal(harness_status(&h), 408);
	assert_int_equal(h.aborted, 1);
	harness_done_all(&h);
}

static void slow_readers_are_cut_off(void **state)
{
	struct http_limits limits = impatient();
	struct harness h;
	harness_init(&h, &limits);
	harness_connect(&h);
	static const char request[] = "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n";
	harness_send(&h, request, sizeof(request) - 1);
	/* The test reads nothing: the stream is larger than a socket holds. */
	while (h.loop->connections)
		http_loop_turn(h.loop, -1);
	assert_string_equal(h.refused_why, "Timer_MinBytesPerSecond");
	assert_int_equal(h.aborted, 1);
	assert_true(h.stats.aborted);
	harness_done_all(&h);
}

/* A page that takes its time is nobody's fault: no deadline while the handler works. */
static void handlers_have_no_deadline(void **state)
{
	struct http_limits limits = impatient();
	struct harness h;
	harness_init(&h, &limits);
	harness_connect(&h);
	harness_say(&h, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
	int64_t until = clock_now() + 200 * NSEC_PER_MSEC;
	while (clock_now() < until)
		http_loop_turn(h.loop, 10 * NSEC_PER_MSEC);
	assert_int_equal(h.refused, 0);
	harness_respond(h.later, 200, 5, "hello");
	harness_settle(&h);
	assert_int_equal(harness_status(&h), 200);
	harness_done_all(&h);
}

/* Half a close does not keep a page running for nobody. */
static void half_closed_clients_wait_a_moment(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	harness_say(&h, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
	shutdown(h.client, SHUT_WR);
	harness_settle(&h);
	assert_int_equal(h.aborted, 0);
	while (!h.aborted)
		http_loop_turn(h.loop, -1);
	harness_done_all(&h);
}

/* ---- over TCP ---- */

static int listening(uint16_t *ret_port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(fd, 128), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

static int dial(uint16_t port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void connections_are_limited(void **state)
{
	struct http_limits limits = HTTP_LIMITS_DEFAULT;
	limits.connections = 2;
	struct harness h;
	harness_init(&h, &limits);
	uint16_t port;
	assert_int_equal(http_server_listen(h.server, 0, listening(&port), 1), 0);
	int a = dial(port), b = dial(port);
	h.client = dial(port);
	fcntl(h.client, F_SETFL, O_NONBLOCK);
	wait_for_close(&h);
	assert_string_equal(h.refused_why, "ConnLimit");
	assert_int_equal(http_server_connections(h.server), 2);
	sys_close(a);
	sys_close(b);
	harness_done_all(&h);
}

static void without_descriptors_one_is_shed(void **state)
{
#ifdef SURROGATE_FAULTS
	struct harness h;
	harness_init(&h, &normal);
	uint16_t port;
	assert_int_equal(http_server_listen(h.server, 0, listening(&port), 1), 0);
	h.client = dial(port);
	fcntl(h.client, F_SETFL, O_NONBLOCK);
	fault_arm(FAULT_ACCEPT, 1, false);
	wait_for_close(&h);
	fault_arm(FAULT_ACCEPT, 0, false);
	assert_string_equal(h.refused_why, "Connections_Refused");
	sys_close(h.client);
	h.client = dial(port);
	fcntl(h.client, F_SETFL, O_NONBLOCK);
	static const char request[] = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
	harness_send(&h, request, sizeof(request) - 1);
	while (!h.done)
		http_loop_turn(h.loop, -1);
	harness_settle(&h);
	assert_int_equal(harness_status(&h), 200);
	harness_done_all(&h);
#endif
}

static atomic_int turns;

static void count_turn(void *ctx, int loop)
{
	turns++;
}

/* Answers with what the server knows of the peer. */
static void answer_peer(void *ctx, struct http_exchange *x)
{
	const struct http_peer *peer = http_exchange_peer(x);
	char *text = arena_printf(http_exchange_arena(x), "%s %s %u", peer->remote, peer->local,
				  peer->tag);
	harness_respond(x, 200, strlen(text), text);
}

static void threads_serve_and_stop(void **state)
{
	struct http_options options = { .loops = 2,
					.limits = HTTP_LIMITS_DEFAULT,
					.handler = { .request = answer_peer },
					.server_header = "S",
					.turn = count_turn };
	struct http_server *server;
	assert_int_equal(http_server_new(&options, &server), 0);
	assert_int_equal(http_server_start(server), 0);
	for (int i = 0; i < 2; i++) {
		uint16_t port;
		assert_int_equal(http_server_listen(server, i, listening(&port), 40 + i), 0);
		int fd = dial(port);
		static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
		assert_int_equal(send(fd, request, sizeof(request) - 1, 0), sizeof(request) - 1);
		char data[4096];
		ssize_t n = recv(fd, data, sizeof(data) - 1, 0);
		assert_true(n > 0);
		data[n] = '\0';
		assert_non_null(
			strstr(data, i ? "127.0.0.1 127.0.0.1 41" : "127.0.0.1 127.0.0.1 40"));
		/* Kept alive; the stop below ends it. */
	}
	assert_int_equal(http_server_connections(server), 2);
	http_server_stop(server, 10 * NSEC_PER_SEC);
	assert_int_equal(http_server_connections(server), 0);
	assert_true(turns >= 4);
	http_server_free(server);
}

static bool refused(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool no = connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0;
	close(fd);
	return no;
}

static void some_sockets_are_closed_and_others_not(void **state)
{
	struct http_options options = { .loops = 2,
					.limits = HTTP_LIMITS_DEFAULT,
					.handler = { .request = answer_peer } };
	struct http_server *server;
	uint16_t gone[2], kept;
	assert_int_equal(http_server_new(&options, &server), 0);
	/* Before there are threads, and with them. */
	assert_int_equal(http_server_listen(server, 0, listening(&gone[0]), 7), 0);
	assert_int_equal(http_server_listen(server, 1, listening(&kept), 8), 0);
	http_server_unlisten(server, 7);
	assert_true(refused(gone[0]));
	assert_int_equal(http_server_start(server), 0);
	assert_int_equal(http_server_listen(server, 0, listening(&gone[0]), 7), 0);
	assert_int_equal(http_server_listen(server, 1, listening(&gone[1]), 7), 0);
	http_server_unlisten(server, 7);
	assert_true(refused(gone[0]) && refused(gone[1]));
	assert_false(refused(kept));
	http_server_free(server);
}

static struct http_exchange *_Atomic hanging;
static atomic_int aborts;

static void hang(void *ctx, struct http_exchange *x)
{
	hanging = x;
}

static void note_abort(void *ctx, struct http_exchange *x)
{
	aborts++;
}

/* An answer that never comes: the stop waits its grace, then the handler hears of the end. */
static void a_stop_does_not_wait_for_ever(void **state)
{
	struct http_options options = { .loops = 1,
					.limits = HTTP_LIMITS_DEFAULT,
					.handler = { .request = hang, .aborted = note_abort } };
	struct http_server *server;
	uint16_t port;
	assert_int_equal(http_server_new(&options, &server), 0);
	assert_int_equal(http_server_listen(server, 0, listening(&port), 0), 0);
	assert_int_equal(http_server_start(server), 0);
	int fd = dial(port);
	static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
	assert_int_equal(send(fd, request, sizeof(request) - 1, 0), sizeof(request) - 1);
	while (!hanging)
		sched_yield();
	http_server_stop(server, 20 * NSEC_PER_MSEC);
	assert_int_equal(aborts, 1);
	char c;
	assert_true(recv(fd, &c, 1, 0) <= 0);
	sys_close(fd);
	http_server_free(server);
}

static int make_server(void)
{
	struct http_options options = { .loops = 3, .limits = HTTP_LIMITS_DEFAULT };
	struct http_server *server = NULL;
	int r = http_server_new(&options, &server);
	http_server_free(server);
	return r;
}

static void no_memory_no_server(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, make_server);
}

/* Whatever allocation fails while a request is served, the connection ends and nothing leaks. */
static void no_memory_no_answer(void **state)
{
#ifdef SURROGATE_FAULTS
	for (int nth = 1; nth < 12; nth++) {
		struct harness h;
		harness_init(&h, &normal);
		harness_connect(&h);
		static const char request[] =
			"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab";
		harness_send(&h, request, sizeof(request) - 1);
		fault_arm(FAULT_ALLOC, (uint64_t)nth, false);
		for (int i = 0; i < 5; i++)
			http_loop_turn(h.loop, 0);
		fault_arm(FAULT_ALLOC, 0, false);
		harness_settle(&h);
		if (h.received.length && harness_status(&h) != 200)
			fail_msg("allocation %d: %s", nth, buf_cstr(&h.received));
		harness_done_all(&h);
	}
#endif
}

static void note_left(void *ctx)
{
	loop_stop(ctx);
}

/* The same without blocking, and with less patience when it is told again. */
static void a_server_leaves_and_says_when_it_has(void **state)
{
	struct http_options options = { .loops = 2,
					.limits = HTTP_LIMITS_DEFAULT,
					.handler = { .request = hang, .aborted = note_abort } };
	struct loop_task left = { .fn = note_left };
	struct http_server *server;
	struct loop *loop;
	uint16_t port;
	hanging = NULL;
	aborts = 0;
	assert_int_equal(loop_new(&loop), 0);
	left.ctx = loop;
	assert_int_equal(http_server_new(&options, &server), 0);
	assert_int_equal(http_server_listen(server, 0, listening(&port), 0), 0);
	assert_int_equal(http_server_start(server), 0);
	int fd = dial(port);
	static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
	assert_int_equal(send(fd, request, sizeof(request) - 1, 0), sizeof(request) - 1);
	while (!hanging)
		sched_yield();
	http_server_leave(server, 3600 * NSEC_PER_SEC, loop, &left);
	assert_int_equal(aborts, 0);
	http_server_leave(server, 0, loop, &left);
	assert_int_equal(loop_run(loop), 0);
	assert_int_equal(aborts, 1);
	assert_true(refused(port));
	http_server_free(server);
	loop_free(loop);
	close(fd);
}

/* A client that asks on while the server leaves gets an answer, and hears that it is the last. */
static void who_asked_just_now_may_ask_once_more(void **state)
{
	static const char request[] = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	assert_true(harness_say(&h, request));
	assert_int_equal(harness_status(&h), 200);
	assert_false(harness_got(&h, "Connection: close"));
	/* On its way, but not read. */
	buf_clear(&h.received);
	harness_send(&h, request, sizeof(request) - 1);
	h.loop->server->grace = NSEC_PER_SEC;
	h.loop->stop_task.fn(h.loop->stop_task.ctx);
	harness_settle(&h);
	assert_int_equal(harness_status(&h), 200);
	assert_true(harness_got(&h, "Connection: close"));
	harness_done_all(&h);
}

/* An answer whose head has gone out without it does not end the connection. */
static void who_was_told_that_it_stays_open_may_ask(void **state)
{
	struct harness h;
	harness_init(&h, &normal);
	harness_connect(&h);
	h.stream_holds = true;
	assert_true(harness_say(&h, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n"));
	harness_stream(&h, h.later, HTTP_LENGTH_UNKNOWN);
	harness_settle(&h);
	assert_int_equal(harness_status(&h), 200);
	assert_false(harness_got(&h, "Connection: close"));
	h.loop->server->grace = NSEC_PER_SEC;
	h.loop->stop_task.fn(h.loop->stop_task.ctx);
	h.stream_holds = false;
	http_resume_send(h.later);
	assert_true(harness_settle(&h));
	assert_int_equal(h.done, 1);
	harness_say(&h, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_int_equal(harness_status(&h), 200);
	assert_true(harness_got(&h, "Connection: close"));
	harness_done_all(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idle_connections_close),
		cmocka_unit_test(slow_heads_are_refused),
		cmocka_unit_test(slow_bodies_are_refused),
		cmocka_unit_test(slow_readers_are_cut_off),
		cmocka_unit_test(handlers_have_no_deadline),
		cmocka_unit_test(half_closed_clients_wait_a_moment),
		cmocka_unit_test(connections_are_limited),
		cmocka_unit_test(without_descriptors_one_is_shed),
		cmocka_unit_test(threads_serve_and_stop),
		cmocka_unit_test(a_stop_does_not_wait_for_ever),
		cmocka_unit_test(some_sockets_are_closed_and_others_not),
		cmocka_unit_test(a_server_leaves_and_says_when_it_has),
		cmocka_unit_test(who_asked_just_now_may_ask_once_more),
		cmocka_unit_test(who_was_told_that_it_stays_open_may_ask),
		cmocka_unit_test(no_memory_no_server),
		cmocka_unit_test(no_memory_no_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
