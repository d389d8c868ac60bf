/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's waits: servers that are gone, silent, slow or elsewhere; time-outs and cancels of all
 * of them; the endpoint mapper.
 */
#include "served.h"

#include <arpa/inet.h>
#include <sys/socket.h>

/* A listening socket behind which nobody is. */
static int listen_only(uint16_t *ret_port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t length = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &length), 0);
	*ret_port = ntohs(a.sin_port);
	return fd;
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
	uint16_t silent;
	int fd = listen_only(&silent);
	struct rpc_client_options o = options_for(AUTHN_NONE, AUTHN_LEVEL_NONE);
	snprintf(o.binding.endpoint, sizeof(o.binding.endpoint), "%u", silent);
	o.connect_timeout = 50 * NSEC_PER_MSEC;
	struct rpc_client *c = client_of(o);
	int64_t before = clock_now();
	assert_int_equal(fails(c, &err), RPC_S_SERVER_UNAVAILABLE);
	assert_true(clock_now() - before < 20 * NSEC_PER_SEC);
	close(fd);
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

/* ---- who waits for a connection ---- */

static void test_cancel_without_connection(void **state)
{
	struct sleeper s[2];
	pthread_t threads[2];
	struct rpc_client_options o = options_for(AUTHN_NONE, AUTHN_LEVEL_NONE);
	o.connections = 1;
	struct rpc_client *c = client_of(o);
	int64_t before = clock_now();
	for (int i = 0; i < 2; i++) {
		s[i] = (struct sleeper){ .client = c };
		assert_int_equal(rpc_cancel_new(&s[i].cancel), 0);
		assert_int_equal(pthread_create(&threads[i], NULL, sleep_long, &s[i]), 0);
		wait_for_calls(1);
	}
	/* The other one waits, or will in a moment. */
	rpc_cancel_now(s[1].cancel);
	pthread_join(threads[1], NULL);
	assert_int_equal(s[1].status, RPC_S_CALL_CANCELLED);
	assert_true(clock_now() - before < 20 * NSEC_PER_SEC);
	assert_int_equal(rpc_server_statistics(server)->calls_in, 1);
	rpc_cancel_now(s[0].cancel);
	pthread_join(threads[0], NULL);
	for (int i = 0; i < 2; i++)
		rpc_cancel_free(s[i].cancel);
	rpc_client_free(c);
}

/* ---- the endpoint mapper ---- */

static struct rpc_client_options options_by_mapper(uint16_t mapper)
{
	struct rpc_client_options o = options_for(AUTHN_NONE, AUTHN_LEVEL_NONE);
	*o.binding.endpoint = '\0';
	o.epmapper_port = mapper;
	return o;
}

/* The question to a mapper has no more time than the call it is asked for. */
static void test_mapper_without_answer(void **state)
{
	uint16_t silent;
	struct error err = { 0 };
	int fd = listen_only(&silent);
	struct rpc_client *c = client_of(options_by_mapper(silent));
	int64_t before = clock_now();
	struct buf out;
	buf_init(&out, 1000);
	struct rpc_client_call call = { .opnum = ECHO_ADD_ONE,
					.in = { "\0\0\0\0", 4 },
					.out = &out,
					.timeout = 50 * NSEC_PER_MSEC };
	assert_int_equal(rpc_client_call(c, &call, &err), RPC_S_CALL_CANCELLED);
	assert_true(clock_now() - before < 5 * NSEC_PER_SEC);
	/* And a cancel ends it. */
	struct sleeper s = { .client = c };
	pthread_t thread;
	const struct timespec tick = { 0, 5000000 };
	assert_int_equal(rpc_cancel_new(&s.cancel), 0);
	before = clock_now();
	assert_int_equal(pthread_create(&thread, NULL, sleep_long, &s), 0);
	nanosleep(&tick, NULL);
	rpc_cancel_now(s.cancel);
	pthread_join(thread, NULL);
	assert_int_equal(s.status, RPC_S_CALL_CANCELLED);
	assert_true(clock_now() - before < 5 * NSEC_PER_SEC);
	rpc_cancel_free(s.cancel);
	rpc_client_free(c);
	close(fd);
	buf_done(&out);
}

/* Serves until nobody waits any more. */
static uint32_t never(void *ctx, struct rpc_call *call, uint16_t opnum, const struct rpc_stub *in,
		      struct buf *out)
{
	const struct timespec tick = { 0, 1000000 };
	while (!rpc_call_cancelled(call))
		nanosleep(&tick, NULL);
	return (uint32_t)nca_s_fault_cancel;
}

static struct rpc_server *server_at(uint16_t *at, const struct rpc_interface *interface)
{
	struct rpc_server_options o = { 0 };
	struct rpc_server *s = NULL;
	struct error err = { 0 };
	assert_int_equal(rpc_server_new(&o, &s), 0);
	assert_int_equal(rpc_server_listen_tcp(s, "127.0.0.1", *at, at, &err), 0);
	assert_int_equal(rpc_interfaces_add(rpc_server_interfaces(s), interface), 0);
	assert_int_equal(rpc_server_start(s), 0);
	return s;
}

/* A mapper that takes the question, and no more: that is a server that is not found, unless the
 * call itself is over. */
static void test_mapper_that_hangs(void **state)
{
	const struct rpc_interface hanging = { .id = rpc_epmapper,
					       .operations = 8,
					       .dispatch = never };
	uint16_t at = 0;
	struct error err = { 0 };
	struct rpc_server *mapper = server_at(&at, &hanging);
	struct rpc_client_options o = options_by_mapper(at);
	o.connect_timeout = 50 * NSEC_PER_MSEC;
	struct rpc_client *c = client_of(o);
	int64_t before = clock_now();
	assert_int_equal(fails(c, &err), RPC_S_SERVER_UNAVAILABLE);
	assert_non_null(strstr(err.text, "mapper"));
	assert_true(clock_now() - before < 5 * NSEC_PER_SEC);
	rpc_client_free(c);
	rpc_server_free(mapper);
}

static struct rpc_interface moving;

/* 0: nowhere. */
static void map_at(uint16_t from, uint16_t to)
{
	struct rpc_map_entry e = { .interface = moving.id,
				   .transfer = rpc_ndr20,
				   .binding = { .protseq = RPC_NCACN_IP_TCP } };
	snprintf(e.binding.endpoint, sizeof(e.binding.endpoint), "%u", from);
	if (from)
		assert_int_equal(rpc_map_delete(map, &e), 0);
	snprintf(e.binding.endpoint, sizeof(e.binding.endpoint), "%u", to);
	if (to)
		assert_int_equal(rpc_map_insert(map, &e), 0);
}

/* What the mapper said is asked for again when the server went elsewhere, whether nobody is left at
 * the old place or somebody else. */
static void test_server_that_moves(void **state)
{
	moving = echo_interface;
	moving.id.uuid.Data1++;
	for (int other = 0; other < 2; other++) {
		uint16_t old = 0, now = 0;
		struct rpc_server *first = server_at(&old, &moving), *at_old = NULL;
		map_at(0, old);
		struct rpc_client_options o = options_by_mapper(port);
		o.interface = moving.id;
		struct rpc_client *c = client_of(o);
		adds_one(c, 1);
		rpc_server_free(first);
		/* While it is nowhere. */
		if (!other)
			assert_int_equal(fails(c, NULL), RPC_S_SERVER_UNAVAILABLE);
		struct rpc_server *second = server_at(&now, &moving);
		if (other)
			at_old = server_at(&old, &echo_interface);
		map_at(old, now);
		adds_one(c, 2);
		adds_one(c, 3);
		rpc_client_free(c);
		rpc_server_free(second);
		rpc_server_free(at_old);
		map_at(now, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_unavailable),
		TEST(test_silence),
		TEST(test_call_timeout),
		TEST(test_cancel),
		TEST(test_connection_limit),
		TEST(test_cancel_without_connection),
		TEST(test_restart),
		TEST(test_endpoint_mapper),
		TEST(test_mapper_without_answer),
		TEST(test_mapper_that_hangs),
		TEST(test_server_that_moves),
	};
	return cmocka_run_group_tests_name("client", tests, setup_all, teardown_all);
}
