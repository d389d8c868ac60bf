/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server with its threads and our client, over TCP and a local socket: every level with NTLM and
 * SPNEGO, long calls beside short ones, cancels and time-outs, the endpoint mapper, limits, the
 * stop.
 */
#include "../security/accounts.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "echo.h"
#include "rpc/bytes.h"
#include "rpc/client.h"
#include "rpc/endpoint.h"
#include "rpc/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

static struct security_acceptor *acceptor;
static struct rpc_server *server;
static struct rpc_map *map;
static struct rpc_interface *epmapper, *mgmt;
static uint16_t port;
static char local_path[] = "/tmp/surrogate-rpc-XXXXXX";

static void begin(struct rpc_server_options options)
{
	struct error err = { 0 };
	options.acceptor = acceptor;
	assert_int_equal(rpc_server_new(&options, &server), 0);
	if (rpc_server_listen_tcp(server, "127.0.0.1", 0, &port, &err) < 0 ||
	    rpc_server_listen_local(server, local_path, &err) < 0)
		fail_msg("%s", err.text);
	struct rpc_interfaces *interfaces = rpc_server_interfaces(server);
	struct rpc_mgmt_options m = { interfaces, rpc_server_statistics(server), "RPCSS/here" };
	struct rpc_binding binding = { .protseq = RPC_NCACN_IP_TCP };
	snprintf(binding.endpoint, sizeof(binding.endpoint), "%u", port);
	assert_int_equal(rpc_map_new(&map), 0);
	assert_int_equal(rpc_epmapper_new(map, &epmapper), 0);
	assert_int_equal(rpc_mgmt_new(&m, &mgmt), 0);
	assert_int_equal(rpc_interfaces_add(interfaces, &echo_interface), 0);
	assert_int_equal(rpc_interfaces_add(interfaces, epmapper), 0);
	assert_int_equal(rpc_interfaces_add(interfaces, mgmt), 0);
	assert_int_equal(rpc_map_insert_all(map, interfaces, &binding), 0);
	assert_int_equal(rpc_server_start(server), 0);
}

static void end(void)
{
	server = rpc_server_free(server);
	mgmt = rpc_interface_free(mgmt);
	epmapper = rpc_interface_free(epmapper);
	map = rpc_map_free(map);
	unlink(local_path);
}

static int setup(void **state)
{
	begin((struct rpc_server_options){ .threads = 8 });
	return 0;
}

static int teardown(void **state)
{
	end();
	return 0;
}

static int setup_all(void **state)
{
	int fd = mkstemp(local_path);
	assert_true(fd >= 0);
	close(fd);
	unlink(local_path);
	accounts_make();
	acceptor = accounts_acceptor();
	return 0;
}

static int teardown_all(void **state)
{
	security_acceptor_free(acceptor);
	accounts_remove();
	return 0;
}

static struct rpc_client_options options_for(enum authn_service service, enum authn_level level)
{
	struct rpc_client_options o = { .binding = { .protseq = RPC_NCACN_IP_TCP,
						     .host = "127.0.0.1" },
					.interface = echo_interface.id,
					.level = level,
					.service = service,
					.impersonation = IMP_LEVEL_IMPERSONATE,
					.identity = accounts_alice("Secret1") };
	snprintf(o.binding.endpoint, sizeof(o.binding.endpoint), "%u", port);
	return o;
}

static struct rpc_client *client_of(struct rpc_client_options o)
{
	struct rpc_client *c = NULL;
	assert_int_equal(rpc_client_new(&o, &c, NULL), 0);
	return c;
}

/* A call with one number; the results go into `out`. */
static uint32_t call_number(struct rpc_client *c, uint16_t opnum, uint32_t number, struct buf *out,
			    struct error *err)
{
	uint8_t in[4] = { (uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
			  (uint8_t)(number >> 24) };
	struct rpc_client_call call = { .opnum = opnum, .in = { (char *)in, 4 }, .out = out };
	return rpc_client_call(c, &call, err);
}

static void adds_one(struct rpc_client *c, uint32_t number)
{
	struct buf out;
	struct error err = { 0 };
	buf_init(&out, 1000);
	uint32_t status = call_number(c, ECHO_ADD_ONE, number, &out, &err);
	if (status)
		fail_msg("%u: %s", status, err.text);
	struct rpc_reader r = rpc_reader_of(out.data, out.length, true);
	assert_int_equal(rpc_read_u32(&r), number + 1);
	buf_done(&out);
}

static uint32_t fails(struct rpc_client *c, struct error *err)
{
	struct buf out;
	buf_init(&out, 1000);
	uint32_t status = call_number(c, ECHO_ADD_ONE, 1, &out, err);
	buf_done(&out);
	return status;
}

static void check_who(struct rpc_client *c, const char *expected)
{
	struct buf out;
	buf_init(&out, 1000);
	assert_int_equal(call_number(c, ECHO_WHO, 0, &out, NULL), RPC_S_OK);
	assert_int_equal(out.length, 4 + strlen(expected));
	assert_memory_equal(out.data + 4, expected, strlen(expected));
	buf_done(&out);
}

/* Data of many fragments there and back. */
static void echoes(struct rpc_client *c, uint32_t length)
{
	struct buf in, out;
	struct error err = { 0 };
	buf_init(&in, 1 << 24);
	buf_init(&out, 1 << 24);
	rpc_put_u32(&in, length);
	rpc_put_u32(&in, length);
	for (uint32_t i = 0; i < length; i++)
		rpc_put_u8(&in, (uint8_t)(i * 7));
	struct rpc_client_call call = { .opnum = ECHO_ECHO_DATA, .in = buf_text(&in), .out = &out };
	if (rpc_client_call(c, &call, &err))
		fail_msg("%s", err.text);
	assert_int_equal(out.length, 4 + length);
	assert_memory_equal(out.data + 4, in.data + 8, length);
	buf_done(&in);
	buf_done(&out);
}

static void test_plain(void **state)
{
	struct rpc_client *c = client_of(options_for(AUTHN_NONE, AUTHN_LEVEL_NONE));
	adds_one(c, 41);
	echoes(c, 100000);
	check_who(c, "1 nobody 0");
	rpc_client_free(c);
	struct rpc_client_options o = options_for(AUTHN_NONE, AUTHN_LEVEL_NONE);
	o.binding = (struct rpc_binding){ .protseq = RPC_NCALRPC };
	strcpy(o.binding.endpoint, local_path);
	c = client_of(o);
	adds_one(c, 1);
	rpc_client_free(c);
}

static void test_levels(void **state)
{
	static const enum authn_service services[] = { AUTHN_WINNT, AUTHN_GSS_NEGOTIATE };
	char expected[60];
	for (int i = 0; i < 2; i++) {
		for (int level = AUTHN_LEVEL_CONNECT; level <= AUTHN_LEVEL_PKT_PRIVACY; level++) {
			struct rpc_client_options o = options_for(services[i], level);
			o.verification = i == 0;
			struct rpc_client *c = client_of(o);
			adds_one(c, 1);
			/* Call is packet over a connection. */
			snprintf(expected, sizeof(expected), "%d DOM\\alice 3",
				 level == AUTHN_LEVEL_CALL ? AUTHN_LEVEL_PKT : level);
			check_who(c, expected);
			echoes(c, 30000);
			adds_one(c, 2);
			rpc_client_free(c);
		}
	}
}

static void test_refused(void **state)
{
	struct error err = { 0 };
	struct rpc_client_options o = options_for(AUTHN_WINNT, AUTHN_LEVEL_PKT_INTEGRITY);
	o.identity.password = "Wrong1";
	struct rpc_client *c = client_of(o);
	assert_int_equal(fails(c, &err), RPC_S_ACCESS_DENIED);
	assert_int_equal(err.hresult, 0x80070005);
	rpc_client_free(c);
	o.service = AUTHN_GSS_NEGOTIATE;
	c = client_of(o);
	assert_int_equal(fails(c, &err), RPC_S_ACCESS_DENIED);
	rpc_client_free(c);
	/* An interface nobody offers. */
	o = options_for(AUTHN_NONE, AUTHN_LEVEL_NONE);
	o.interface.uuid.Data1++;
	c = client_of(o);
	assert_int_equal(fails(c, &err), RPC_S_UNKNOWN_IF);
	rpc_client_free(c);
}

static void test_unavailable(void **state)
{
	struct error err = { 0 };
	struct rpc_client_options o = options_for(AUTHN_NONE, AUTHN_LEVEL_NONE);
	end();
	struct rpc_client *c = client_of(o);
	assert_int_equal(fails(c, &err), RPC_S_SERVER_UNAVAILABLE);
	assert_int_equal(err.hresult, 0x800706ba);
	assert_non_null(strstr(err.text, "127.0.0.1["));
	rpc_client_free(c);
	begin((struct rpc_server_options){ 0 });
}

/* A server that takes the connection and then says nothing. */
static void test_silence(void **state)
{
	struct error err = { 0 };
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t length = sizeof(a);
	_cleanup_fd_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &length), 0);
	struct rpc_client_options o = options_for(AUTHN_NONE, AUTHN_LEVEL_NONE);
	snprintf(o.binding.endpoint, sizeof(o.binding.endpoint), "%u", ntohs(a.sin_port));
	o.connect_timeout = 50 * NSEC_PER_MSEC;
	struct rpc_client *c = client_of(o);
	int64_t before = clock_now();
	assert_int_equal(fails(c, &err), RPC_S_SERVER_UNAVAILABLE);
	assert_true(clock_now() - before < 20 * NSEC_PER_SEC);
	rpc_client_free(c);
}

static void test_call_timeout(void **state)
{
	struct error err = { 0 };
	struct rpc_client *c = client_of(options_for(AUTHN_WINNT, AUTHN_LEVEL_PKT_PRIVACY));
	uint8_t seconds[4] = { 100 };
	struct buf out;
	buf_init(&out, 1000);
	struct rpc_client_call call = { .opnum = ECHO_TEST_SLEEP,
					.in = { (char *)seconds, 4 },
					.out = &out,
					.timeout = 100 * NSEC_PER_MSEC };
	assert_int_equal(rpc_client_call(c, &call, &err), RPC_S_CALL_CANCELLED);
	assert_non_null(strstr(err.text, "no answer in time"));
	/* The next call gets a connection of its own; the server is told, so the stop is quick. */
	adds_one(c, 1);
	buf_done(&out);
	rpc_client_free(c);
}

struct sleeper {
	struct rpc_client *client;
	struct rpc_cancel *cancel;
	uint32_t status;
};

static void *sleep_long(void *ctx)
{
	struct sleeper *s = ctx;
	uint8_t seconds[4] = { 100 };
	struct buf out;
	buf_init(&out, 1000);
	struct rpc_client_call call = { .opnum = ECHO_TEST_SLEEP,
					.in = { (char *)seconds, 4 },
					.out = &out,
					.cancel = s->cancel };
	s->status = rpc_client_call(s->client, &call, NULL);
	buf_done(&out);
	return NULL;
}

static void wait_for_calls(uint32_t count)
{
	const struct timespec tick = { 0, 1000000 };
	while (rpc_server_statistics(server)->calls_in < count)
		nanosleep(&tick, NULL);
}

/* Many long calls, one client: short ones get through, each long one ends when it is cancelled. */
static void test_cancel(void **state)
{
	struct sleeper sleepers[5];
	pthread_t threads[5];
	struct rpc_client *c = client_of(options_for(AUTHN_WINNT, AUTHN_LEVEL_PKT_INTEGRITY));
	for (int i = 0; i < 5; i++) {
		sleepers[i] = (struct sleeper){ .client = c };
		assert_int_equal(rpc_cancel_new(&sleepers[i].cancel), 0);
		assert_int_equal(pthread_create(&threads[i], NULL, sleep_long, &sleepers[i]), 0);
	}
	wait_for_calls(5);
	for (uint32_t i = 0; i < 20; i++)
		adds_one(c, i);
	for (int i = 0; i < 5; i++)
		rpc_cancel_now(sleepers[i].cancel);
	for (int i = 0; i < 5; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(sleepers[i].status, RPC_S_CALL_CANCELLED);
		rpc_cancel_free(sleepers[i].cancel);
	}
	rpc_client_free(c);
}

/* All connections in use: a call waits for one, but no longer than it may. */
static void test_connection_limit(void **state)
{
	struct sleeper s = { NULL, NULL, 0 };
	pthread_t thread;
	struct error err = { 0 };
	struct rpc_client_options o = options_for(AUTHN_NONE, AUTHN_LEVEL_NONE);
	o.connections = 1;
	s.client = client_of(o);
	assert_int_equal(rpc_cancel_new(&s.cancel), 0);
	assert_int_equal(pthread_create(&thread, NULL, sleep_long, &s), 0);
	wait_for_calls(1);
	struct buf out;
	buf_init(&out, 1000);
	struct rpc_client_call call = { .opnum = ECHO_ADD_ONE,
					.in = { "\0\0\0\0", 4 },
					.out = &out,
					.timeout = 20 * NSEC_PER_MSEC };
	assert_int_equal(rpc_client_call(s.client, &call, &err), RPC_S_CALL_CANCELLED);
	rpc_cancel_now(s.cancel);
	pthread_join(thread, NULL);
	adds_one(s.client, 1);
	buf_done(&out);
	rpc_cancel_free(s.cancel);
	rpc_client_free(s.client);
}

/* The server goes away and comes back: a client notices before it sends. */
static void test_restart(void **state)
{
	struct rpc_client_options o = options_for(AUTHN_NONE, AUTHN_LEVEL_NONE);
	o.binding = (struct rpc_binding){ .protseq = RPC_NCALRPC };
	strcpy(o.binding.endpoint, local_path);
	struct rpc_client *c = client_of(o);
	adds_one(c, 1);
	end();
	begin((struct rpc_server_options){ 0 });
	adds_one(c, 2);
	rpc_client_free(c);
}

static void test_endpoint_mapper(void **state)
{
	struct error err = { 0 };
	struct rpc_binding b = { .protseq = RPC_NCACN_IP_TCP, .host = "127.0.0.1" };
	char expected[16];
	assert_int_equal(rpc_client_resolve(&b, &echo_interface.id, port, NSEC_PER_SEC, &err),
			 RPC_S_OK);
	snprintf(expected, sizeof(expected), "%u", port);
	assert_string_equal(b.endpoint, expected);
	struct rpc_syntax unknown = echo_interface.id;
	unknown.uuid.Data1++;
	*b.endpoint = '\0';
	assert_int_equal(rpc_client_resolve(&b, &unknown, port, NSEC_PER_SEC, &err),
			 EPT_S_NOT_REGISTERED);
	/* A client without an endpoint asks by itself. */
	struct rpc_client_options o = options_for(AUTHN_WINNT, AUTHN_LEVEL_PKT_PRIVACY);
	*o.binding.endpoint = '\0';
	o.epmapper_port = port;
	struct rpc_client *c = client_of(o);
	adds_one(c, 7);
	rpc_client_free(c);
}

static void test_mgmt(void **state)
{
	struct rpc_client_options o = options_for(AUTHN_NONE, AUTHN_LEVEL_NONE);
	struct buf out;
	buf_init(&out, 1000);
	o.interface = rpc_mgmt;
	struct rpc_client *c = client_of(o);
	/* inq_if_ids: three. */
	assert_int_equal(call_number(c, 0, 0, &out, NULL), RPC_S_OK);
	assert_int_equal(out.data[4], 3);
	/* stop_server_listening is refused. */
	buf_clear(&out);
	assert_int_equal(call_number(c, 3, 0, &out, NULL), RPC_S_OK);
	struct rpc_reader r = rpc_reader_of(out.data, out.length, true);
	assert_int_equal(rpc_read_u32(&r), RPC_S_ACCESS_DENIED);
	/* is_server_listening */
	buf_clear(&out);
	assert_int_equal(call_number(c, 2, 0, &out, NULL), RPC_S_OK);
	assert_memory_equal(out.data, "\0\0\0\0\1\0\0\0", 8);
	/* inq_princ_name, with room and without */
	static const uint8_t ask[2][8] = { { 10, 0, 0, 0, 100 }, { 10, 0, 0, 0, 3 } };
	for (int i = 0; i < 2; i++) {
		buf_clear(&out);
		struct rpc_client_call call = { .opnum = 4,
						.in = { (const char *)ask[i], 8 },
						.out = &out };
		assert_int_equal(rpc_client_call(c, &call, NULL), RPC_S_OK);
		assert_int_equal(memcmp(out.data + 12, "RPCSS/here", 11) == 0, i == 0);
	}
	buf_done(&out);
	rpc_client_free(c);
}

static int refusals;
static enum authn_level refused_level;
static void on_too_low(void *ctx, const struct rpc_interface *interface,
		       const struct rpc_caller *caller)
{
	refusals++;
	refused_level = caller->level;
}

/* Packet integrity for callers that are somebody (KB5004442). */
static void test_least_level(void **state)
{
	static const struct {
		enum authn_level level;
		uint32_t status;
	} rows[] = {
		{ AUTHN_LEVEL_NONE, RPC_S_OK },
		{ AUTHN_LEVEL_CONNECT, RPC_S_ACCESS_DENIED },
		{ AUTHN_LEVEL_PKT, RPC_S_ACCESS_DENIED },
		{ AUTHN_LEVEL_PKT_INTEGRITY, RPC_S_OK },
		{ AUTHN_LEVEL_PKT_PRIVACY, RPC_S_OK },
	};
	struct rpc_interface guarded = echo_interface;
	end();
	begin((struct rpc_server_options){ .too_low = on_too_low });
	guarded.id.uuid.Data1++;
	guarded.least_if_any = AUTHN_LEVEL_PKT_INTEGRITY;
	assert_int_equal(rpc_interfaces_add(rpc_server_interfaces(server), &guarded), 0);
	refusals = 0;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rpc_client_options o = options_for(AUTHN_WINNT, rows[i].level);
		o.interface = guarded.id;
		struct rpc_client *c = client_of(o);
		assert_int_equal(fails(c, NULL), rows[i].status);
		if (rows[i].status)
			assert_int_equal(refused_level, rows[i].level);
		rpc_client_free(c);
	}
	assert_int_equal(refusals, 2);
	end();
	begin((struct rpc_server_options){ 0 });
}

/* ---- limits ---- */

static int connect_raw(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(port),
				 .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

/* Until the server closes; nothing may come before. */
static void expect_closed(int fd)
{
	char c;
	assert_int_equal(recv(fd, &c, 1, 0), 0);
	close(fd);
}

static void test_server_limits(void **state)
{
	end();
	begin((struct rpc_server_options){ .connections_per_peer = 3,
					   .handshake = INT64_C(100000000) });
	int fds[3];
	for (int i = 0; i < 3; i++)
		fds[i] = connect_raw();
	expect_closed(connect_raw());
	/* Those that do not bind are closed, too. */
	for (int i = 0; i < 3; i++)
		expect_closed(fds[i]);
	/* Idle ones. */
	end();
	begin((struct rpc_server_options){ .idle = 50 * NSEC_PER_MSEC });
	struct rpc_client *c = client_of(options_for(AUTHN_NONE, AUTHN_LEVEL_NONE));
	adds_one(c, 1);
	const struct timespec tick = { 0, 1000000 };
	int fd = connect_raw();
	struct buf b;
	const struct rpc_bind_context context = { 0, echo_interface.id, &rpc_ndr20, 1 };
	buf_init(&b, 1000);
	size_t start = rpc_pdu_begin(&b, RPC_PDU_BIND, RPC_PFC_FIRST | RPC_PFC_LAST, 1);
	rpc_pdu_put_bind(&b, 5840, 5840, 0, &context, 1);
	rpc_pdu_end(&b, start, 0);
	assert_int_equal(send(fd, b.data, b.length, 0), b.length);
	char answer[200];
	assert_true(recv(fd, answer, sizeof(answer), 0) > 0);
	expect_closed(fd);
	buf_done(&b);
	nanosleep(&tick, NULL);
	adds_one(c, 2);
	rpc_client_free(c);
}

/* No thread and no place to wait: the server says that it is busy. */
static void test_too_busy(void **state)
{
	struct sleeper s[2] = { { NULL, NULL, 0 }, { NULL, NULL, 0 } };
	pthread_t threads[2];
	struct error err = { 0 };
	end();
	begin((struct rpc_server_options){ .threads = 1, .waiting = 1 });
	struct rpc_client *c = client_of(options_for(AUTHN_NONE, AUTHN_LEVEL_NONE));
	for (int i = 0; i < 2; i++) {
		s[i].client = c;
		assert_int_equal(rpc_cancel_new(&s[i].cancel), 0);
		assert_int_equal(pthread_create(&threads[i], NULL, sleep_long, &s[i]), 0);
		wait_for_calls((uint32_t)i + 1);
	}
	uint32_t status;
	/* The first may not yet have been taken by the thread. */
	do
		status = fails(c, &err);
	while (status != RPC_S_SERVER_TOO_BUSY);
	/* What never waits needs no worker. */
	struct rpc_client_options o = options_for(AUTHN_NONE, AUTHN_LEVEL_NONE);
	struct buf out;
	o.interface = rpc_mgmt;
	buf_init(&out, 4096);
	struct rpc_client *asker = client_of(o);
	struct rpc_client_call is_listening = { .opnum = 2, .in = { "", 0 }, .out = &out };
	assert_int_equal(rpc_client_call(asker, &is_listening, &err), RPC_S_OK);
	rpc_client_free(asker);
	buf_done(&out);
	for (int i = 0; i < 2; i++)
		rpc_cancel_now(s[i].cancel);
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		rpc_cancel_free(s[i].cancel);
	}
	rpc_client_free(c);
}

static void *stop_server(void *ctx)
{
	rpc_server_stop(server, 60 * NSEC_PER_SEC);
	return NULL;
}

/* With grace a call that is worked on gets its answer. */
static void test_stop_with_grace(void **state)
{
	pthread_t thread;
	struct buf out;
	struct rpc_client *c = client_of(options_for(AUTHN_WINNT, AUTHN_LEVEL_PKT_PRIVACY));
	buf_init(&out, 1000);
	assert_int_equal(rpc_client_connect(c, NULL), RPC_S_OK);
	adds_one(c, 1);
	struct sleeper s = { .client = c };
	pthread_t sleeping;
	assert_int_equal(rpc_cancel_new(&s.cancel), 0);
	assert_int_equal(pthread_create(&sleeping, NULL, sleep_long, &s), 0);
	wait_for_calls(2);
	assert_int_equal(pthread_create(&thread, NULL, stop_server, NULL), 0);
	rpc_cancel_now(s.cancel);
	pthread_join(sleeping, NULL);
	pthread_join(thread, NULL);
	assert_int_equal(s.status, RPC_S_CALL_CANCELLED);
	assert_int_equal(fails(c, NULL), RPC_S_SERVER_UNAVAILABLE);
	rpc_cancel_free(s.cancel);
	buf_done(&out);
	rpc_client_free(c);
}

/* ---- no memory, before there are threads ---- */

static int server_without_memory(void)
{
	struct rpc_server_options o = { 0 };
	struct rpc_server *s = NULL;
	int r = rpc_server_new(&o, &s);
	if (r == 0)
		r = rpc_server_listen_tcp(s, "127.0.0.1", 0, NULL, NULL);
	if (r == 0)
		r = rpc_interfaces_add(rpc_server_interfaces(s), &echo_interface);
	rpc_server_free(s);
	return r;
}

static int client_without_memory(void)
{
	struct rpc_client_options o = options_for(AUTHN_WINNT, AUTHN_LEVEL_PKT_PRIVACY);
	struct rpc_client *c = NULL;
	o.target = "RPCSS/localhost";
	int r = rpc_client_new(&o, &c, NULL);
	rpc_client_free(c);
	return r;
}

static void test_faults_of_memory(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, server_without_memory);
	unit_each_fault(FAULT_ALLOC, -ENOMEM, client_without_memory);
}

/* A file that is no socket is somebody's: it stays where it is. */
static void test_a_file_in_the_way(void **state)
{
	char path[] = "/tmp/test-rpc-file-XXXXXX";
	struct rpc_server_options o = { 0 };
	struct rpc_server *s = NULL;
	struct error err = { 0 };
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(rpc_server_new(&o, &s), 0);
	assert_int_equal(rpc_server_listen_local(s, path, &err), -EADDRINUSE);
	assert_int_equal(access(path, F_OK), 0);
	rpc_server_free(s);
	close(fd);
	unlink(path);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_plain),
		TEST(test_levels),
		TEST(test_refused),
		TEST(test_unavailable),
		TEST(test_silence),
		TEST(test_call_timeout),
		TEST(test_cancel),
		TEST(test_connection_limit),
		TEST(test_restart),
		TEST(test_endpoint_mapper),
		TEST(test_mgmt),
		cmocka_unit_test(test_faults_of_memory),
		TEST(test_least_level),
		TEST(test_server_limits),
		TEST(test_too_busy),
		TEST(test_stop_with_grace),
		cmocka_unit_test(test_a_file_in_the_way),
	};
	return cmocka_run_group_tests_name("server", tests, setup_all, teardown_all);
}
