/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client: its options, the connections it keeps, calls over one of them, and the question to
 * the endpoint mapper.
 */
#include "rpc/client.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "rpc/bytes.h"
#include "rpc/client-internal.h"
#include "rpc/endpoint.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#define EPMAPPER_PORT 135
#define TOWERS_MAX 16

struct rpc_client {
	struct rpc_client_options options;
	struct arena texts; /* of the options */
	pthread_mutex_t lock;
	pthread_cond_t wake; /* a connection was given back */
	struct rpc_client_conn *free;
	unsigned count; /* connections, in use or not */
	uint32_t group;
};

static bool keep(struct arena *a, const char *text, const char **ret)
{
	*ret = text ? arena_strndup(a, text, strlen(text)) : NULL;
	return *ret || !text;
}

/* The texts become ours; those that were not copied are nobody's. */
static bool keep_all(struct arena *a, struct rpc_client_options *o)
{
	const struct rpc_client_options given = *o;
	o->identity = (struct security_identity){ NULL, NULL, NULL };
	return keep(a, given.target, &o->target) &&
	       keep(a, given.identity.user, &o->identity.user) &&
	       keep(a, given.identity.domain, &o->identity.domain) &&
	       keep(a, given.identity.password, &o->identity.password);
}

int rpc_client_new(const struct rpc_client_options *options, struct rpc_client **ret,
		   struct error *err)
{
	struct rpc_client *c = mem_new(struct rpc_client);
	pthread_condattr_t attr;
	if (!c)
		return error_set(err, -ENOMEM, "out of memory");
	c->options = *options;
	struct rpc_client_options *o = &c->options;
	arena_init(&c->texts, 64 << 10);
	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (!o->connect_timeout)
		o->connect_timeout = 10 * NSEC_PER_SEC;
	if (!o->call_timeout)
		o->call_timeout = 60 * NSEC_PER_SEC;
	if (!o->epmapper_port)
		o->epmapper_port = EPMAPPER_PORT;
	if (!o->connections)
		o->connections = 16;
	if (!keep_all(&c->texts, o)) {
		rpc_client_free(c);
		return error_set(err, -ENOMEM, "out of memory");
	}
	*ret = c;
	return 0;
}

struct rpc_client *rpc_client_free(struct rpc_client *c)
{
	if (!c)
		return NULL;
	while (c->free) {
		struct rpc_client_conn *next = c->free->next;
		rpc_client_conn_free(c->free);
		c->free = next;
	}
	if (c->options.identity.password) {
		char *secret = (char *)(uintptr_t)c->options.identity.password;
		explicit_bzero(secret, strlen(secret));
	}
	arena_done(&c->texts);
	pthread_cond_destroy(&c->wake);
	pthread_mutex_destroy(&c->lock);
	return mem_free(c);
}

/* ---- connections ---- */

/* One that is free and that the server has not closed meanwhile, or NULL. With the lock held. */
static struct rpc_client_conn *take_free(struct rpc_client *c)
{
	struct rpc_client_conn *conn;
	while ((conn = c->free)) {
		c->free = conn->next;
		if (rpc_net_quiet(conn->net.fd))
			return conn;
		rpc_client_conn_free(conn);
		c->count--;
	}
	return NULL;
}

static struct timespec moment(int64_t at)
{
	return (struct timespec){ at / NSEC_PER_SEC, at % NSEC_PER_SEC };
}

/* A free connection, or leave to open one (NULL), or RPC_S_CALL_CANCELLED when none comes free. */
static uint32_t reserve(struct rpc_client *c, int64_t deadline, struct rpc_client_conn **ret,
			struct error *err)
{
	uint32_t status = RPC_S_OK;
	struct timespec until = moment(deadline);
	pthread_mutex_lock(&c->lock);
	*ret = take_free(c);
	while (!*ret && status == RPC_S_OK && c->count >= c->options.connections) {
		if (pthread_cond_timedwait(&c->wake, &c->lock, &until) == ETIMEDOUT)
			status = RPC_S_CALL_CANCELLED;
		*ret = take_free(c);
	}
	if (*ret)
		status = RPC_S_OK;
	else if (status == RPC_S_OK)
		c->count++;
	pthread_mutex_unlock(&c->lock);
	return status ? rpc_client_failed(err, status, "all connections are in use") : status;
}

/* `conn` NULL: what was reserved did not come about. */
static void give_back(struct rpc_client *c, struct rpc_client_conn *conn, bool usable)
{
	pthread_mutex_lock(&c->lock);
	if (conn && usable) {
		conn->next = c->free;
		c->free = conn;
		c->group = conn->group;
		conn = NULL;
	} else {
		c->count--;
	}
	/* Without a connection the server has forgotten the group, too. */
	if (c->count == 0)
		c->group = 0;
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->lock);
	rpc_client_conn_free(conn);
}

/* The options with an endpoint: asked for once. */
static uint32_t complete(struct rpc_client *c, struct rpc_client_options *ret, struct error *err)
{
	pthread_mutex_lock(&c->lock);
	*ret = c->options;
	pthread_mutex_unlock(&c->lock);
	if (*ret->binding.endpoint)
		return RPC_S_OK;
	uint32_t status = rpc_client_resolve(&ret->binding, &ret->interface, ret->epmapper_port,
					     ret->connect_timeout, err);
	if (status == RPC_S_OK) {
		pthread_mutex_lock(&c->lock);
		c->options.binding = ret->binding;
		pthread_mutex_unlock(&c->lock);
	}
	return status;
}

static uint32_t open_one(struct rpc_client *c, int64_t deadline, struct rpc_cancel *cancel,
			 struct rpc_client_conn **ret, struct error *err)
{
	struct rpc_client_options o;
	uint32_t status = complete(c, &o, err);
	if (status)
		return status;
	int64_t limit = clock_now() + o.connect_timeout;
	if (limit > deadline)
		limit = deadline;
	pthread_mutex_lock(&c->lock);
	uint32_t group = c->group;
	pthread_mutex_unlock(&c->lock);
	status = rpc_client_conn_new(&o, group, limit, cancel, ret, err);
	/* The server may have forgotten the group between two connections. */
	if (status == RPC_S_PROTOCOL_ERROR && group)
		status = rpc_client_conn_new(&o, 0, limit, cancel, ret, err);
	return status;
}

static uint32_t take(struct rpc_client *c, int64_t deadline, struct rpc_cancel *cancel,
		     struct rpc_client_conn **ret, struct error *err)
{
	uint32_t status = reserve(c, deadline, ret, err);
	if (status || *ret)
		return status;
	status = open_one(c, deadline, cancel, ret, err);
	if (status)
		give_back(c, NULL, false);
	return status;
}

uint32_t rpc_client_connect(struct rpc_client *c, struct error *err)
{
	struct rpc_client_conn *conn;
	uint32_t status = take(c, clock_now() + c->options.connect_timeout, NULL, &conn, err);
	if (status == RPC_S_OK)
		give_back(c, conn, true);
	return status;
}

uint32_t rpc_client_call(struct rpc_client *c, struct rpc_client_call *call, struct error *err)
{
	struct rpc_client_conn *conn;
	bool usable;
	int64_t timeout = call->timeout ? call->timeout : c->options.call_timeout;
	int64_t deadline = clock_now() + timeout;
	if (call->in.length > RPC_STUB_MAX)
		return rpc_client_failed(err, RPC_S_INVALID_ARG, "a call with too many bytes");
	uint32_t status = take(c, deadline, call->cancel, &conn, err);
	if (status)
		return status;
	conn->net.deadline = deadline;
	conn->net.cancel = call->cancel;
	status = rpc_client_conn_call(conn, &c->options, call, &usable, err);
	conn->net.cancel = NULL;
	give_back(c, conn, usable);
	return status;
}

/* ---- the endpoint mapper ---- */

/* ept_map (C706 appendix O): no object, a tower to be completed, the null handle. */
static void put_question(struct buf *in, const struct rpc_syntax *interface,
			 enum rpc_protseq protseq)
{
	struct rpc_map_entry wanted = { .interface = *interface,
					.transfer = rpc_ndr20,
					.binding = { .protseq = protseq } };
	struct buf tower;
	buf_init(&tower, RPC_TOWER_MAX);
	rpc_tower_put(&tower, &wanted, "");
	rpc_put_u32(in, 0);
	rpc_put_u32(in, 0x20000);
	rpc_put_u32(in, (uint32_t)tower.length);
	rpc_put_u32(in, (uint32_t)tower.length);
	buf_put_text(in, buf_text(&tower));
	rpc_put_align(in, 0, 4);
	rpc_put_u32(in, 0);
	rpc_put_guid(in, &GUID_NULL);
	rpc_put_u32(in, TOWERS_MAX);
	buf_done(&tower);
}

/* The first endpoint of the right protocol. */
static uint32_t take_endpoint(const struct buf *out, struct rpc_drep drep, struct rpc_binding *b)
{
	struct rpc_reader r = rpc_reader_of(out->data, out->length, rpc_drep_little(drep));
	struct rpc_map_entry entry;
	rpc_read(&r, 20);
	rpc_read_u32(&r);
	rpc_read(&r, 8);
	uint32_t count = rpc_read_u32(&r);
	if (count > TOWERS_MAX)
		return RPC_X_BAD_STUB_DATA;
	rpc_read(&r, (size_t)count * 4);
	for (uint32_t i = 0; i < count && !r.failed; i++) {
		rpc_read_align(&r, 4);
		rpc_read_u32(&r);
		uint32_t length = rpc_read_u32(&r);
		const uint8_t *tower = rpc_read(&r, length);
		if (!tower)
			break;
		struct text t = { (const char *)tower, length };
		if (rpc_tower_parse(t, &entry) == 0 && entry.binding.protseq == b->protseq &&
		    *entry.binding.endpoint) {
			memcpy(b->endpoint, entry.binding.endpoint, sizeof(b->endpoint));
			return RPC_S_OK;
		}
	}
	return r.failed ? RPC_X_BAD_STUB_DATA : EPT_S_NOT_REGISTERED;
}

uint32_t rpc_client_resolve(struct rpc_binding *b, const struct rpc_syntax *interface,
			    uint16_t port, int64_t timeout, struct error *err)
{
	struct rpc_client_options o = { .binding = *b,
					.interface = rpc_epmapper,
					.level = AUTHN_LEVEL_NONE,
					.connect_timeout = timeout,
					.call_timeout = timeout };
	struct rpc_client *c;
	struct buf in, out;
	if (b->protseq != RPC_NCACN_IP_TCP)
		return rpc_client_failed(err, RPC_S_NO_ENDPOINT_FOUND,
					 "a local binding without the path of its socket");
	snprintf(o.binding.endpoint, sizeof(o.binding.endpoint), "%d", port ? port : EPMAPPER_PORT);
	if (rpc_client_new(&o, &c, NULL) < 0)
		return rpc_client_failed(err, RPC_S_OUT_OF_MEMORY, "the endpoint mapper");
	buf_init(&in, RPC_TOWER_MAX);
	buf_init(&out, RPC_STUB_MAX);
	put_question(&in, interface, b->protseq);
	struct rpc_client_call call = { .opnum = 3, .in = buf_text(&in), .out = &out };
	uint32_t status = rpc_client_call(c, &call, err);
	if (status == RPC_S_OK) {
		status = take_endpoint(&out, call.drep, b);
		if (status)
			rpc_client_failed(err, status, "the endpoint mapper");
	}
	buf_done(&in);
	buf_done(&out);
	rpc_client_free(c);
	return status;
}
