/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client: its options, the connections it keeps, and calls over one of them.
 */
#include "rpc/client.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "rpc/client-internal.h"

#include <errno.h>
#include <pthread.h>

struct rpc_client {
	struct rpc_client_options options;
	struct arena texts; /* of the options */
	pthread_mutex_t lock;
	pthread_cond_t wake; /* a connection was given back */
	struct rpc_client_conn *free;
	unsigned count; /* connections, in use or not */
	uint32_t group;
	bool resolved; /* the endpoint in the options is what the endpoint mapper said */
};

/* A call while it looks for a connection. */
struct attempt {
	int64_t deadline;
	struct rpc_cancel *cancel; /* may be NULL */
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
		o->epmapper_port = RPC_EPMAPPER_PORT;
	if (!o->connections)
		o->connections = 16;
	if (!keep_all(&c->texts, o)) {
		rpc_client_free(c);
		return error_set(err, -ENOMEM, "out of memory");
	}
	*ret = c;
	return 0;
}

static unsigned conns_count(const struct rpc_client_conn *list)
{
	unsigned count = 0;
	for (; list; list = list->next)
		count++;
	return count;
}

static void conns_free(struct rpc_client_conn *list)
{
	while (list) {
		struct rpc_client_conn *next = list->next;
		rpc_client_conn_free(list);
		list = next;
	}
}

struct rpc_client *rpc_client_free(struct rpc_client *c)
{
	if (!c)
		return NULL;
	conns_free(c->free);
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

/* Waits with the lock held until a connection may be free. */
static uint32_t await_free(struct rpc_client *c, const struct attempt *a, struct error *err)
{
	struct timespec until = moment(a->deadline);
	if (rpc_cancel_used(a->cancel))
		return rpc_client_failed(err, RPC_S_CALL_CANCELLED, "cancelled");
	if (pthread_cond_timedwait(&c->wake, &c->lock, &until) == ETIMEDOUT &&
	    clock_now() >= a->deadline)
		return rpc_client_failed(err, RPC_S_CALL_CANCELLED, "all connections are in use");
	return RPC_S_OK;
}

/* A free connection, or leave to open one (NULL), or RPC_S_CALL_CANCELLED when none comes free. */
static uint32_t reserve(struct rpc_client *c, const struct attempt *a, struct rpc_client_conn **ret,
			struct error *err)
{
	uint32_t status = RPC_S_OK;
	rpc_cancel_watch(a->cancel, &c->lock, &c->wake);
	pthread_mutex_lock(&c->lock);
	while (!(*ret = take_free(c)) && c->count >= c->options.connections && status == RPC_S_OK)
		status = await_free(c, a, err);
	if (*ret)
		status = RPC_S_OK;
	else if (status == RPC_S_OK)
		c->count++;
	pthread_mutex_unlock(&c->lock);
	rpc_cancel_watch(a->cancel, NULL, NULL);
	return status;
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

/* ---- where the server is ---- */

/* The options with an endpoint: the mapper is asked when there is none, and the next ones need not
 * ask. `*ret_known`: somebody asked before. */
static uint32_t complete(struct rpc_client *c, int64_t limit, struct rpc_cancel *cancel,
			 struct rpc_client_options *ret, bool *ret_known, struct error *err)
{
	pthread_mutex_lock(&c->lock);
	*ret = c->options;
	*ret_known = c->resolved;
	pthread_mutex_unlock(&c->lock);
	if (*ret->binding.endpoint)
		return RPC_S_OK;
	uint32_t status = rpc_mapper_ask(&ret->binding, &ret->interface, ret->epmapper_port, limit,
					 cancel, err);
	if (status == RPC_S_OK) {
		pthread_mutex_lock(&c->lock);
		c->options.binding = ret->binding;
		c->resolved = true;
		pthread_mutex_unlock(&c->lock);
	}
	return status;
}

/* The mapper's answer is no longer used when the server is not, or no longer, there, nor are the
 * connections to it. An answer that another thread got meanwhile stays. */
static bool forget_endpoint(struct rpc_client *c, uint32_t status, const char *endpoint)
{
	struct rpc_client_conn *useless = NULL;
	if (status != RPC_S_SERVER_UNAVAILABLE && status != RPC_S_UNKNOWN_IF)
		return false;
	pthread_mutex_lock(&c->lock);
	bool resolved = c->resolved;
	if (resolved && strcmp(c->options.binding.endpoint, endpoint) == 0) {
		*c->options.binding.endpoint = '\0';
		c->resolved = false;
		useless = TAKE_PTR(c->free);
		c->count -= conns_count(useless);
	}
	pthread_mutex_unlock(&c->lock);
	conns_free(useless);
	return resolved;
}

static uint32_t open_at(struct rpc_client *c, const struct rpc_client_options *o, int64_t limit,
			struct rpc_cancel *cancel, struct rpc_client_conn **ret, struct error *err)
{
	pthread_mutex_lock(&c->lock);
	uint32_t group = c->group;
	pthread_mutex_unlock(&c->lock);
	uint32_t status = rpc_client_conn_new(o, group, limit, cancel, ret, err);
	/* The server may have forgotten the group between two connections. */
	if (status == RPC_S_PROTOCOL_ERROR && group)
		status = rpc_client_conn_new(o, 0, limit, cancel, ret, err);
	return status;
}

/* Nothing was sent yet, so a server that is not where it was is looked for once more. */
static uint32_t open_one(struct rpc_client *c, const struct attempt *a,
			 struct rpc_client_conn **ret, struct error *err)
{
	struct rpc_client_options o;
	uint32_t status;
	bool known, again;
	int64_t limit = clock_now() + c->options.connect_timeout;
	if (limit > a->deadline)
		limit = a->deadline;
	do {
		status = complete(c, limit, a->cancel, &o, &known, err);
		if (status)
			return status;
		status = open_at(c, &o, limit, a->cancel, ret, err);
		again = forget_endpoint(c, status, o.binding.endpoint) && known;
	} while (again && clock_now() < limit);
	return status;
}

static uint32_t take(struct rpc_client *c, const struct attempt *a, struct rpc_client_conn **ret,
		     struct error *err)
{
	uint32_t status = reserve(c, a, ret, err);
	if (status || *ret)
		return status;
	status = open_one(c, a, ret, err);
	if (status)
		give_back(c, NULL, false);
	return status;
}

uint32_t rpc_client_connect(struct rpc_client *c, struct error *err)
{
	struct rpc_client_conn *conn;
	struct attempt a = { clock_now() + c->options.connect_timeout, NULL };
	uint32_t status = take(c, &a, &conn, err);
	if (status == RPC_S_OK)
		give_back(c, conn, true);
	return status;
}

uint32_t rpc_client_call(struct rpc_client *c, struct rpc_client_call *call, struct error *err)
{
	struct rpc_client_conn *conn;
	bool usable;
	int64_t timeout = call->timeout ? call->timeout : c->options.call_timeout;
	struct attempt a = { clock_now() + timeout, call->cancel };
	if (call->in.length > RPC_STUB_MAX)
		return rpc_client_failed(err, RPC_S_INVALID_ARG, "a call with too many bytes");
	uint32_t status = take(c, &a, &conn, err);
	if (status == RPC_S_SERVER_UNAVAILABLE && clock_now() >= a.deadline)
		return rpc_client_failed(err, RPC_S_CALL_CANCELLED, "no connection in time");
	if (status)
		return status;
	conn->net.deadline = a.deadline;
	conn->net.cancel = a.cancel;
	status = rpc_client_conn_call(conn, &c->options, call, &usable, err);
	conn->net.cancel = NULL;
	if (forget_endpoint(c, status, conn->endpoint))
		usable = false;
	give_back(c, conn, usable);
	return status;
}
