/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server with its threads for the tests of a folder, over TCP and a local socket, with an
 * endpoint mapper, mgmt and echo, and clients of it.
 */
#pragma once

#include "../security/accounts.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "echo.h"
#include "rpc/bytes.h"
#include "rpc/client.h"
#include "rpc/endpoint.h"
#include "rpc/server.h"

#include <errno.h>
#include <pthread.h>

static struct security_acceptor *acceptor;
static struct rpc_server *server;
static struct rpc_map *map;
static struct rpc_interface *epmapper, *mgmt;
static uint16_t port;
static char local_path[] = "/tmp/surrogate-rpc-XXXXXX";

static inline void begin(struct rpc_server_options options)
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

static inline void end(void)
{
	server = rpc_server_free(server);
	mgmt = rpc_interface_free(mgmt);
	epmapper = rpc_interface_free(epmapper);
	map = rpc_map_free(map);
	unlink(local_path);
}

static inline int setup(void **state)
{
	begin((struct rpc_server_options){ .threads = 8 });
	return 0;
}

static inline int teardown(void **state)
{
	end();
	return 0;
}

static inline int setup_all(void **state)
{
	int fd = mkstemp(local_path);
	assert_true(fd >= 0);
	close(fd);
	unlink(local_path);
	accounts_make();
	acceptor = accounts_acceptor();
	return 0;
}

static inline int teardown_all(void **state)
{
	security_acceptor_free(acceptor);
	accounts_remove();
	return 0;
}

static inline struct rpc_client_options options_for(enum authn_service service,
						    enum authn_level level)
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

static inline struct rpc_client *client_of(struct rpc_client_options o)
{
	struct rpc_client *c = NULL;
	assert_int_equal(rpc_client_new(&o, &c, NULL), 0);
	return c;
}

/* A call with one number; the results go into `out`. */
static inline uint32_t call_number(struct rpc_client *c, uint16_t opnum, uint32_t number,
				   struct buf *out, struct error *err)
{
	uint8_t in[4] = { (uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
			  (uint8_t)(number >> 24) };
	struct rpc_client_call call = { .opnum = opnum, .in = { (char *)in, 4 }, .out = out };
	return rpc_client_call(c, &call, err);
}

static inline void adds_one(struct rpc_client *c, uint32_t number)
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

static inline uint32_t fails(struct rpc_client *c, struct error *err)
{
	struct buf out;
	buf_init(&out, 1000);
	uint32_t status = call_number(c, ECHO_ADD_ONE, 1, &out, err);
	buf_done(&out);
	return status;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* ---- calls that last ---- */

struct sleeper {
	struct rpc_client *client;
	struct rpc_cancel *cancel;
	uint32_t status;
};

static inline void *sleep_long(void *ctx)
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

static inline void wait_for_sleepers(int count)
{
	const struct timespec tick = { 0, 1000000 };
	while (echo_sleeping < count)
		nanosleep(&tick, NULL);
}

static inline void wait_for_calls(uint32_t count)
{
	const struct timespec tick = { 0, 1000000 };
	while (rpc_server_statistics(server)->calls_in < count)
		nanosleep(&tick, NULL);
}
