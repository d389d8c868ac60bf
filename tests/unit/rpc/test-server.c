/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server with its threads and our client: every level with NTLM and SPNEGO, mgmt, limits, the
 * stop.
 */
#include "served.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

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

/* As a user of this machine. */
static int connect_as(uid_t uid)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	strcpy(a.sun_path, local_path);
	assert_int_equal(seteuid(uid), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(seteuid(0), 0);
	return fd;
}

/* One user leaves connections for the others. */
static void test_users_limit(void **state)
{
	int fds[4];
	if (geteuid())
		skip(); /* it takes two users */
	end();
	begin((struct rpc_server_options){ .connections = 12 });
	assert_int_equal(chmod(local_path, 0666), 0);
	for (int i = 0; i < 3; i++)
		fds[i] = connect_as(65534);
	expect_closed(connect_as(65534));
	fds[3] = connect_as(65533);
	struct rpc_client_options o = options_for(AUTHN_NONE, AUTHN_LEVEL_NONE);
	o.binding = (struct rpc_binding){ .protseq = RPC_NCALRPC };
	strcpy(o.binding.endpoint, local_path);
	struct rpc_client *c = client_of(o);
	adds_one(c, 1);
	rpc_client_free(c);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
}

/* Whoever knows the secret is believed on this machine, and not by the network. */
static void test_vouched(void **state)
{
	const uint8_t secret[SECURITY_SECRET_SIZE] = { 7 };
	struct security_acceptor_options accept = { .voucher = secret };
	struct security_acceptor *before = acceptor;
	end();
	assert_int_equal(security_acceptor_new(&accept, &acceptor, NULL), 0);
	begin((struct rpc_server_options){ 0 });
	struct rpc_client_options o = options_for(AUTHN_VOUCHED, AUTHN_LEVEL_CONNECT);
	memcpy(o.vouch.secret, secret, sizeof(secret));
	o.vouch.peer.vouched = AUTHN_LEVEL_PKT_PRIVACY;
	strcpy(o.vouch.peer.name, "DOM\\root");
	struct rpc_client *c = client_of(o);
	assert_int_equal(fails(c, NULL), RPC_S_UNKNOWN_AUTHN_SERVICE);
	rpc_client_free(c);
	o.binding = (struct rpc_binding){ .protseq = RPC_NCALRPC };
	strcpy(o.binding.endpoint, local_path);
	c = client_of(o);
	adds_one(c, 1);
	rpc_client_free(c);
	end();
	security_acceptor_free(acceptor);
	acceptor = before;
	begin((struct rpc_server_options){ 0 });
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
		/* The first has the thread before the second takes the place to wait. */
		if (i == 0)
			wait_for_sleepers(1);
		else
			wait_for_calls(2);
	}
	assert_int_equal(fails(c, &err), RPC_S_SERVER_TOO_BUSY);
	/* Somebody still reads: both hear that they are cancelled. */
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

/* ---- many at once ---- */

#define CALLERS 6
#define ROUNDS 60

static struct rpc_client_options options_of_caller(int number)
{
	struct rpc_client_options o =
		options_for(number % 3 == 1 ? AUTHN_WINNT : AUTHN_NONE,
			    number % 3 == 1 ? AUTHN_LEVEL_PKT_INTEGRITY : AUTHN_LEVEL_NONE);
	if (number % 3 == 2) {
		o.binding = (struct rpc_binding){ .protseq = RPC_NCALRPC };
		strcpy(o.binding.endpoint, local_path);
	}
	return o;
}

/* Calls that are served, calls that nobody waits for any more, clients that come and go. */
static void *call_much(void *ctx)
{
	int number = *(int *)ctx;
	uint8_t seconds[4] = { 100 };
	struct buf out;
	buf_init(&out, 1000);
	struct rpc_client *c = client_of(options_of_caller(number));
	for (uint32_t i = 0; i < ROUNDS; i++) {
		struct rpc_client_call sleep = { .opnum = ECHO_TEST_SLEEP,
						 .in = { (char *)seconds, 4 },
						 .out = &out,
						 .timeout = 2 * NSEC_PER_MSEC };
		if (i % 12 == 11)
			assert_int_equal(rpc_client_call(c, &sleep, NULL), RPC_S_CALL_CANCELLED);
		else
			adds_one(c, i);
		if (i % 20 == 19) {
			rpc_client_free(c);
			c = client_of(options_of_caller(number));
		}
	}
	rpc_client_free(c);
	buf_done(&out);
	return NULL;
}

static void test_many_at_once(void **state)
{
	pthread_t threads[CALLERS];
	int numbers[CALLERS];
	end();
	begin((struct rpc_server_options){ .threads = 3 });
	for (int i = 0; i < CALLERS; i++) {
		numbers[i] = i;
		assert_int_equal(pthread_create(&threads[i], NULL, call_much, &numbers[i]), 0);
	}
	for (int i = 0; i < CALLERS; i++)
		pthread_join(threads[i], NULL);
}

static void put_sleeps_and_sums(struct buf *b)
{
	const struct rpc_bind_context context = { 0, echo_interface.id, &rpc_ndr20, 1 };
	size_t start = rpc_pdu_begin(b, RPC_PDU_BIND, RPC_PFC_FIRST | RPC_PFC_LAST, 1);
	rpc_pdu_put_bind(b, RPC_FRAGMENT_MAX, RPC_FRAGMENT_MAX, 0, &context, 1);
	rpc_pdu_end(b, start, 0);
	for (uint32_t i = 0; i < 10; i++) {
		start = rpc_pdu_begin(b, RPC_PDU_REQUEST, RPC_PFC_FIRST | RPC_PFC_LAST, 10 + i);
		rpc_pdu_put_request(b, 4, 0, i < 2 ? ECHO_TEST_SLEEP : ECHO_ADD_ONE, NULL);
		rpc_put_u32(b, i < 2 ? 100 : i);
		rpc_pdu_end(b, start, 0);
	}
	/* The second of those that sleep is to end, the first one not. */
	start = rpc_pdu_begin(b, RPC_PDU_CO_CANCEL, RPC_PFC_FIRST | RPC_PFC_LAST, 11);
	rpc_pdu_end(b, start, 0);
}

/* Calls of one connection that come in one piece, two of which take long: the others are served by
 * threads that are left. */
static void test_calls_in_one_piece(void **state)
{
	struct buf b, in;
	struct rpc_pdu pdu;
	unsigned answers = 0, faults = 0;
	buf_init(&b, 1 << 16);
	buf_init(&in, 1 << 16);
	put_sleeps_and_sums(&b);
	int fd = connect_raw();
	assert_int_equal(send(fd, b.data, b.length, 0), b.length);
	while (answers < 8 || faults < 1) {
		int length = in.length ? rpc_pdu_length(in.data, in.length) : 0;
		if (length == 0 || (size_t)length > in.length) {
			char *to = buf_reserve(&in, 4096);
			ssize_t n = recv(fd, to, 4096, 0);
			assert_true(n > 0);
			buf_commit(&in, (size_t)n);
			continue;
		}
		assert_int_equal(rpc_pdu_parse(in.data, (size_t)length, &pdu, NULL), 0);
		answers += pdu.type == RPC_PDU_RESPONSE;
		faults += pdu.type == RPC_PDU_FAULT && pdu.call_id == 11;
		buf_consume(&in, (size_t)length);
	}
	close(fd);
	buf_done(&b);
	buf_done(&in);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_plain),
		TEST(test_levels),
		TEST(test_refused),
		TEST(test_mgmt),
		cmocka_unit_test(test_faults_of_memory),
		TEST(test_least_level),
		TEST(test_users_limit),
		TEST(test_vouched),
		TEST(test_server_limits),
		TEST(test_too_busy),
		TEST(test_stop_with_grace),
		TEST(test_many_at_once),
		TEST(test_calls_in_one_piece),
		cmocka_unit_test(test_a_file_in_the_way),
	};
	return cmocka_run_group_tests_name("server", tests, setup_all, teardown_all);
}
