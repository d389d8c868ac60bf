/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See front.h. Everything here runs on the control thread, but for the callbacks of the pools,
 * which any loop thread may make and which only send a message or post a task.
 *
 * The order of a start: bells exist, registration (with the bells), CONFIG, the server, LISTEN for
 * each binding, LISTENING with sockets. A later CONFIG is a new snapshot: requests under way keep
 * the old one, addresses that no site has any more are closed before new ones are asked for.
 */
#include "programs/front.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "ipc/channel.h"
#include "ipc/child.h"
#include "programs/pages.h"
#include "web/pool.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#define FRONT_LISTENERS_MAX 4096
#define FRONT_LOOPS_MAX 32
#define FRONT_LIST_MAX 4096 /* requests that are told of at once */
#define FRONT_URL_MAX 1024

struct front_listener {
	char address[64];
	uint16_t port;
	uint64_t cookie; /* also the tag of its sockets */
};

struct front {
	struct loop *loop;
	struct child *child;
	struct web_pools *pools;
	struct web *web;
	struct http_server *server;
	struct config *config; /* loop threads take a reference under `config_lock` */
	pthread_mutex_t config_lock;
	struct pages *low; /* runs the pages of Low applications, in this process */
	struct loop_task low_task;
	struct loop_timer activity;
	uint64_t last_requests;
	struct front_listener *listeners;
	size_t listener_count;
	uint64_t cookie;            /* the last one given */
	struct loop_task left_task; /* all answers are given */
	bool leaving;
	int loops, status;
};

/* ---- listening ---- */

static bool front_is_at(const struct front_listener *listener, const struct config_binding *binding)
{
	return listener->port == binding->port && strcmp(listener->address, binding->address) == 0;
}

static bool front_listens(const struct front *front, const struct config_binding *binding)
{
	for (size_t i = 0; i < front->listener_count; i++)
		if (front_is_at(&front->listeners[i], binding))
			return true;
	return false;
}

static void front_listen(struct front *front, const struct config_binding *binding)
{
	struct front_listener *listeners, *one;
	struct control_listen listen = { .cookie = front->cookie + 1,
					 .port = binding->port,
					 .sockets = (uint64_t)front->loops,
					 .address = text_of(binding->address) };

	if (strcmp(binding->protocol, "http") != 0 || front_listens(front, binding) ||
	    front->listener_count == FRONT_LISTENERS_MAX)
		return;
	listeners = mem_realloc(front->listeners, front->listener_count + 1, sizeof *listeners);
	if (!listeners)
		return;
	front->listeners = listeners;
	one = &listeners[front->listener_count++];
	snprintf(one->address, sizeof one->address, "%s", binding->address);
	one->port = binding->port;
	one->cookie = ++front->cookie;
	child_send(front->child, CONTROL_LISTEN, &listen, NULL, 0);
}

static void front_listen_all(struct front *front)
{
	for (size_t s = 0; s < config_site_count(front->config); s++) {
		const struct config_site *site = config_site_at(front->config, s);

		for (size_t b = 0; site->runs && b < site->binding_count; b++)
			front_listen(front, &site->bindings[b]);
	}
}

static bool front_wants(const struct config *config, const struct front_listener *listener)
{
	for (size_t s = 0; s < config_site_count(config); s++) {
		const struct config_site *site = config_site_at(config, s);

		for (size_t b = 0; site->runs && b < site->binding_count; b++)
			if (front_is_at(listener, &site->bindings[b]))
				return true;
	}
	return false;
}

/* Closes what no site has any more. An answer that is still to come finds nobody. */
static void front_unlisten(struct front *front)
{
	size_t kept = 0;

	for (size_t i = 0; i < front->listener_count; i++) {
		struct front_listener *listener = &front->listeners[i];

		if (front_wants(front->config, listener))
			front->listeners[kept++] = *listener;
		else
			http_server_unlisten(front->server, (uint32_t)listener->cookie);
	}
	front->listener_count = kept;
}

static void front_forget_listener(struct front *front, size_t at)
{
	front->listeners[at] = front->listeners[--front->listener_count];
}

static void front_listening(struct front *front, struct control_message *m)
{
	size_t at = 0;

	while (at < front->listener_count && front->listeners[at].cookie != m->listening.cookie)
		at++;
	if (at == front->listener_count)
		return;
	if (m->listening.error != 0 || !front->server) {
		fprintf(stderr, "inetinfo: cannot listen: " TEXT_FMT "\n",
			TEXT_ARG(m->listening.text));
		/* The next configuration asks again. */
		front_forget_listener(front, at);
		return;
	}
	for (int i = 0; i < m->fd_count; i++)
		http_server_listen(front->server, i % front->loops, TAKE_FD(m->fds[i]),
				   (uint32_t)m->listening.cookie);
}

/* ---- what the pools ask for ---- */

static const struct config_pool *front_low_pool(const struct config *config)
{
	for (size_t i = 0; i < config_pool_count(config); i++)
		if (config_pool_at(config, i)->protection == CONFIG_LOW)
			return config_pool_at(config, i);
	return NULL;
}

/* Low protection: the workers are threads of this process, on a channel like any other. */
static void front_low_task(void *ctx)
{
	struct front *front = ctx;
	const struct config_pool *pool = front_low_pool(front->config);
	const int *bells = web_pools_bells(front->pools);
	struct error err = { 0 };
	int fd, r;

	if (!pool)
		return;
	fd = channel_create();
	r = fd < 0 ? fd : pages_serve(front->low, 0, fd, bells, front->loops, &err);
	if (r == 0)
		r = web_pools_host_ready(front->pools, text_of(pool->name), 0, 0, fd);
	sys_close(fd);
	if (r < 0) {
		struct web_pool_verdict verdict = { .status = 500, .reason = text_of(err.text) };

		web_pools_changed(front->pools, text_of(pool->name), &verdict);
	}
}

static void front_demand(void *ctx, const char *name)
{
	struct front *front = ctx;
	struct control_pool_demand demand = { .pool = text_of(name) };
	const struct config_pool *pool;
	struct config *config;

	pthread_mutex_lock(&front->config_lock);
	config = config_ref(front->config);
	pthread_mutex_unlock(&front->config_lock);
	pool = config_pool_find(config, demand.pool);
	if (pool && pool->protection == CONFIG_LOW)
		loop_post(front->loop, &front->low_task);
	else
		child_send(front->child, CONTROL_POOL_DEMAND, &demand, NULL, 0);
	config_unref(config);
}

static void front_drained(void *ctx, const char *pool, uint64_t generation)
{
	struct front *front = ctx;
	struct control_host_drained m = { .generation = generation, .pool = text_of(pool) };

	child_send(front->child, CONTROL_HOST_DRAINED, &m, NULL, 0);
}

static void front_untrusted(void *ctx, const char *pool, uint64_t generation, const char *reason)
{
	struct front *front = ctx;
	struct control_host_untrusted m = { .generation = generation,
					    .pool = text_of(pool),
					    .reason = text_of(reason) };

	child_send(front->child, CONTROL_HOST_UNTRUSTED, &m, NULL, 0);
}

/* ---- activity ---- */

struct front_activity {
	struct front *front;
	uint64_t requests, active;
};

static void front_sum_activity(void *ctx, const char *pool, uint64_t generation, uint64_t requests,
			       uint64_t active)
{
	struct front_activity *sum = ctx;

	(void)pool;
	(void)generation;
	sum->requests += requests;
	sum->active += active;
}

static void front_send_activity(void *ctx, const char *pool, uint64_t generation, uint64_t requests,
				uint64_t active)
{
	struct front_activity *sum = ctx;
	struct control_host_activity m = { .generation = generation,
					   .requests = requests,
					   .active = active,
					   .pool = text_of(pool) };

	if (generation != 0)
		child_send(sum->front->child, CONTROL_HOST_ACTIVITY, &m, NULL, 0);
}

static void front_activity_due(void *ctx)
{
	struct front *front = ctx;
	struct front_activity sum = { .front = front };

	web_pools_each_host(front->pools, front_sum_activity, &sum);
	if (sum.requests != front->last_requests || sum.active > 0)
		web_pools_each_host(front->pools, front_send_activity, &sum);
	front->last_requests = sum.requests;
	loop_timer_set(front->loop, &front->activity, loop_now(front->loop) + NSEC_PER_SEC,
		       front_activity_due, front);
}

static void front_counters(void *ctx, uint64_t *ret_requests, uint64_t *ret_active)
{
	struct front *front = ctx;
	struct front_activity sum = { .front = front };

	web_pools_each_host(front->pools, front_sum_activity, &sum);
	*ret_requests = sum.requests;
	*ret_active = sum.active;
}

/* ---- which requests run ---- */

struct front_list {
	struct front *front;
	uint64_t cookie;
	size_t count;
};

static struct text front_cut(struct text text, size_t length)
{
	return (struct text){ text.data, text.length < length ? text.length : length };
}

static void front_list_one(void *ctx, const struct web_running *running)
{
	struct front_list *list = ctx;
	char url[FRONT_URL_MAX];
	int n = snprintf(url, sizeof url, TEXT_FMT "%s" TEXT_FMT, TEXT_ARG(running->url),
			 running->query.length ? "?" : "", TEXT_ARG(running->query));
	int64_t age = loop_now(list->front->loop) - running->begun;
	struct control_request_info m = {
		.cookie = list->cookie,
		.id = running->id,
		.generation = running->generation,
		.site = running->site,
		.time_ms = age > 0 ? (uint64_t)(age / NSEC_PER_MSEC) : 0,
		.pool = text_of(running->pool),
		.verb = front_cut(running->verb, 64),
		.url = text_of(n < 0 ? "" : url),
		.client = front_cut(running->client, 64),
		.stage = text_of(running->claimed ? "ExecuteRequestHandler" : "BeginRequest"),
		.module = TEXT("IsapiModule"),
	};

	if (list->count++ < FRONT_LIST_MAX)
		child_send(list->front->child, CONTROL_REQUEST_INFO, &m, NULL, 0);
}

static void front_list(struct front *front, uint64_t cookie)
{
	struct front_list list = { .front = front, .cookie = cookie };
	struct control_request_end end = { .cookie = cookie };

	web_pools_each_request(front->pools, front_list_one, &list);
	child_send(front->child, CONTROL_REQUEST_END, &end, NULL, 0);
}

/* ---- configuration ---- */

static void front_turn(void *ctx, int loop)
{
	struct front *front = ctx;

	web_pools_turn(front->pools, loop);
}

/* webLimits: as long as this process runs. */
static void front_limit(struct http_options *http, const struct config_server *server)
{
	struct http_limits *limits = &http->limits;

	if (server->connection_timeout > 0)
		limits->idle_timeout = server->connection_timeout;
	/* 0: as long as the server thinks right. */
	if (server->header_wait_timeout > 0)
		limits->header_timeout = server->header_wait_timeout;
	limits->min_bytes_per_second = server->min_bytes_per_second;
	if (server->max_global_bandwidth < UINT32_MAX)
		http->bytes_per_second = server->max_global_bandwidth;
}

static int front_start_server(struct front *front, const char *state_dir)
{
	struct web_options web = { .state_dir = state_dir,
				   .loops = front->loops,
				   .dispatcher = web_pools_dispatcher(front->pools) };
	struct http_options http = { .loops = front->loops,
				     .limits = HTTP_LIMITS_DEFAULT,
				     .server_header = "Surrogate/" SURROGATE_VERSION,
				     .turn = front_turn,
				     .turn_ctx = front };
	int r = web_new(&web, front->config, &front->web);

	if (r < 0)
		return r;
	front_limit(&http, config_server(front->config));
	http.handler = web_handler(front->web);
	r = http_server_new(&http, &front->server);
	if (r < 0)
		return r;
	web_attach(front->web, front->server);
	r = web_pools_attach(front->pools, front->server);
	return r < 0 ? r : http_server_start(front->server);
}

static int front_configure(struct front *front, const struct control_message *m, struct error *err)
{
	_cleanup_mem_ char *state_dir = NULL;
	struct config *config = NULL, *before;
	int r = pages_read_config(m, &config, &state_dir, err);

	if (r < 0)
		return r;
	config_sites_toggle(config, m->config.sites);
	r = web_pools_set_config(front->pools, config);
	if (r == 0)
		r = pages_set_config(front->low, config, err);
	if (r == 0 && front->web)
		r = web_set_config(front->web, config);
	if (r < 0) {
		config_unref(config);
		return r;
	}
	pthread_mutex_lock(&front->config_lock);
	before = front->config;
	front->config = config;
	pthread_mutex_unlock(&front->config_lock);
	config_unref(before);
	if (!front->web)
		r = front_start_server(front, state_dir);
	if (r < 0)
		return error_set(err, r, "cannot start serving: %s", error_errno_text(r));
	front_unlisten(front);
	front_listen_all(front);
	return 0;
}

static void front_lost(void *ctx)
{
	struct front *front = ctx;

	front->status = 1;
	if (front->server)
		http_server_stop(front->server, 0);
	loop_stop(front->loop);
}

static void front_config_message(struct front *front, const struct control_message *m)
{
	struct control_configured done = { .version = m->config.version };
	struct error err = { 0 };

	if (front_configure(front, m, &err) == 0) {
		child_send(front->child, CONTROL_CONFIGURED, &done, NULL, 0);
		return;
	}
	fprintf(stderr, "inetinfo: %s\n", err.text);
	/* The SCM has validated it: what fails here fails for want of memory, and the SCM starts a
	 * front end that has what all others have. */
	front_lost(front);
}

/* ---- messages ---- */

static void front_host_ready(struct front *front, const struct control_message *m)
{
	int r = web_pools_host_ready(front->pools, m->host_ready.pool, m->host_ready.generation,
				     m->host_ready.pid, m->fds[0]);
	/* -ENOENT: of a pool that the next front end will know, which takes over from this one. */
	struct control_host_untrusted refuse = { .generation = m->host_ready.generation,
						 .pool = m->host_ready.pool,
						 .reason = text_of(error_errno_text(r)) };

	if (r < 0 && r != -ENOENT)
		child_send(front->child, CONTROL_HOST_UNTRUSTED, &refuse, NULL, 0);
}

static void front_host_drain(struct front *front, const struct control_message *m)
{
	struct control_host_drained done = { .generation = m->host_drain.generation,
					     .pool = m->host_drain.pool };

	if (web_pools_host_drain(front->pools, m->host_drain.pool, m->host_drain.generation) < 0)
		child_send(front->child, CONTROL_HOST_DRAINED, &done, NULL, 0);
}

static void front_pool_changed(struct front *front, const struct control_pool_changed *m)
{
	/* Started with a status: an activation failed, the next may not (scm/pool_policy.h). */
	struct web_pool_verdict verdict = { .stopped = m->state != CONTROL_POOL_STARTED,
					    .status = m->status ? (unsigned)m->status : 503,
					    .sub_status = (unsigned)m->sub_status,
					    .hresult = (uint32_t)m->hresult,
					    .reason = m->reason };

	web_pools_changed(front->pools, m->pool, verdict.stopped || m->status ? &verdict : NULL);
}

static void front_left(void *ctx)
{
	struct front *front = ctx;

	http_server_stop(front->server, 0);
	loop_stop(front->loop);
}

/* What runs goes on, with all that the SCM says of hosts; told again, with less patience perhaps.
 */
static void front_leave(struct front *front, int64_t grace_ns)
{
	struct control_unlistened done = { .generation = child_generation(front->child) };

	if (!front->server) {
		loop_stop(front->loop);
		return;
	}
	for (size_t i = 0; !front->leaving && i < front->listener_count; i++)
		http_server_unlisten(front->server, (uint32_t)front->listeners[i].cookie);
	if (!front->leaving)
		child_send(front->child, CONTROL_UNLISTENED, &done, NULL, 0);
	front->leaving = true;
	http_server_leave(front->server, grace_ns, front->loop, &front->left_task);
}

static void front_message(void *ctx, struct control_message *m)
{
	struct front *front = ctx;

	switch (m->type) {
	case CONTROL_CONFIG:
		if (!front->leaving)
			front_config_message(front, m);
		break;
	case CONTROL_LISTENING:
		if (!front->leaving)
			front_listening(front, m);
		break;
	case CONTROL_HOST_READY:
		front_host_ready(front, m);
		break;
	case CONTROL_HOST_DRAIN:
		front_host_drain(front, m);
		break;
	case CONTROL_HOST_GONE:
		web_pools_host_gone(front->pools, m->host_gone.pool, m->host_gone.generation);
		break;
	case CONTROL_REQUEST_LIST:
		front_list(front, m->request_list.cookie);
		break;
	case CONTROL_POOL_CHANGED:
		front_pool_changed(front, &m->pool_changed);
		break;
	case CONTROL_STOP:
		front_leave(front, (int64_t)m->stop.grace_ms * NSEC_PER_MSEC);
		break;
	default:
		break;
	}
}

static void front_report(void *ctx, const char *source, uint32_t id, const char *p1, const char *p2)
{
	struct front *front = ctx;

	child_report(front->child, source, id, p1, p2, NULL);
}

/* ---- the process ---- */

static int front_loop_count(void)
{
	cpu_set_t set;
	int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;

	return count > FRONT_LOOPS_MAX ? FRONT_LOOPS_MAX : count;
}

static int front_init(struct front *front, struct error *err)
{
	struct child_handler handler = { front, front_message, front_counters, front_lost };
	struct web_pools_options pools = { .loops = front->loops,
					   .ctx = front,
					   .demand = front_demand,
					   .drained = front_drained,
					   .untrusted = front_untrusted };
	int r = loop_new(&front->loop);

	if (r == 0)
		r = child_new(front->loop, &handler, &front->child, err);
	if (r == 0)
		r = web_pools_new(&pools, &front->pools);
	if (r == 0)
		r = pages_new(front_report, front, &front->low);
	if (r == 0)
		r = child_register(front->child, "inetinfo", web_pools_bells(front->pools),
				   front->loops);
	if (r == 0)
		r = loop_timer_set(front->loop, &front->activity, clock_now() + NSEC_PER_SEC,
				   front_activity_due, front);
	if (r < 0 && !err->text[0])
		error_set(err, r, "cannot start the front end: %s", error_errno_text(r));
	return r;
}

static void front_done(struct front *front)
{
	pages_free(front->low);
	web_pools_free(front->pools);
	http_server_free(front->server);
	web_free(front->web);
	child_free(front->child);
	config_unref(front->config);
	mem_free(front->listeners);
	loop_free(front->loop);
}

int front_run(void)
{
	struct front front = { .loops = front_loop_count(),
			       .config_lock = PTHREAD_MUTEX_INITIALIZER };
	struct error err = { 0 };

	front.low_task = (struct loop_task){ .fn = front_low_task, .ctx = &front };
	front.left_task = (struct loop_task){ .fn = front_left, .ctx = &front };
	if (front_init(&front, &err) < 0) {
		fprintf(stderr, "inetinfo: %s\n", err.text);
		front.status = 1;
	} else if (loop_run(front.loop) < 0) {
		front.status = 1;
	}
	front_done(&front);
	return front.status;
}
