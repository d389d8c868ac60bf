/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request's road through a pool: queue, slot, request block, body out, head and body back.
 * Everything here runs on the loop thread of the request's connection.
 *
 * The calls of http/ only note what shall happen and queue the connection; sources and sinks are
 * asked, and a request is aborted and ended, from the loop (http/conn.c). But a call that was
 * answered is on its way out: nothing of it is changed behind web_respond_*().
 */
#include "web/pool_internal.h"

#include "base/arena.h"
#include "base/mem.h"

#include <errno.h>

/* ---- the queue of a pool on one loop ---- */

static void call_enqueue(struct web_pool_loop *loop, struct web_pool_call *call, bool front)
{
	struct web_pool_queue *q = &call->pool->queues[loop->index];

	call->queued = true;
	call->next = front ? q->head : NULL;
	if (!q->head)
		q->head = q->tail = call;
	else if (front)
		q->head = call;
	else
		q->tail = q->tail->next = call;
}

static void call_dequeue(struct web_pool_loop *loop, struct web_pool_call *call)
{
	struct web_pool_queue *q = &call->pool->queues[loop->index];
	struct web_pool_call *before = NULL;

	for (struct web_pool_call *at = q->head; at != call; at = at->next)
		before = at;
	if (before)
		before->next = call->next;
	else
		q->head = call->next;
	if (q->tail == call)
		q->tail = before;
	if (!q->head)
		loop_timer_cancel(loop->loop, &q->timer);
	call->queued = false;
	atomic_fetch_sub(&call->pool->queued, 1);
}

/* A host wrote what no host of ours writes. Said once; all loops then find it gone, and deal with
 * their slots in their next pump. */
static void call_distrust(struct web_pool_host *host, const char *reason)
{
	struct web_pools *pools = host->pools;

	if (atomic_load(&host->gone) || atomic_exchange(&host->distrusted, true))
		return;
	pools->options.untrusted(pools->options.ctx, host->pool->name, host->generation, reason);
	web_pool_host_remove(host);
}

/* What a call of channel_front_* gave: a negative result is the host's doing. */
static int call_believe(struct web_pool_host *host, int result)
{
	if (result < 0)
		call_distrust(host, "it wrote ill-formed positions into its channel");
	return result;
}

/* ---- bodies ---- */

static int call_peek(void *ctx, struct iovec iov[2])
{
	struct web_pool_call *call = ctx;
	struct web_pool_host *host = call->host;
	int n, events;

	if (call->broken)
		return -EPIPE;
	n = call_believe(host, channel_front_peek(host->front, call->slot, iov));
	if (n != 0)
		return n;
	events = call_believe(host, channel_front_poll(host->front, call->slot));
	if (events < 0)
		return events;
	if (!(events & CHANNEL_FINISHED))
		return 0;
	/* The last bytes may have come between the two looks. */
	n = call_believe(host, channel_front_peek(host->front, call->slot, iov));
	return n != 0 ? n : -ENODATA;
}

static void call_consume(void *ctx, size_t length)
{
	struct web_pool_call *call = ctx;

	channel_front_consume(call->host->front, call->slot, length);
}

static int call_space(void *ctx, struct iovec iov[2])
{
	struct web_pool_call *call = ctx;

	if (!call->host)
		return 0; /* between two hosts */
	/* Without room the connection waits; the pump answers when the host is not believed. */
	return call_believe(call->host, channel_front_space(call->host->front, call->slot, iov));
}

static void call_commit(void *ctx, size_t length, bool last)
{
	struct web_pool_call *call = ctx;

	call->body_ended |= last;
	channel_front_commit(call->host->front, call->slot, length, last);
}

/* Keeps the body bytes that a host never looked at, for the next one. */
static int call_save_body(struct web_pool_call *call)
{
	struct arena *arena = http_exchange_arena(call->request->x);
	struct iovec iov[2];
	int n = channel_front_unclaimed_body(call->host->front, call->slot, iov);
	size_t length = 0;
	char *saved;

	for (int i = 0; i < n; i++)
		length += iov[i].iov_len;
	saved = n < 0 ? NULL : arena_alloc(arena, length + 1);
	if (!saved)
		return -ENOMEM;
	call->saved_body = (struct text){ saved, length };
	for (int i = 0; i < n; i++) {
		memcpy(saved, iov[i].iov_base, iov[i].iov_len);
		saved += iov[i].iov_len;
	}
	return 0;
}

/* A fresh slot's ring is as large as the one the bytes were saved from: they fit. */
static void call_replay_body(struct web_pool_call *call)
{
	struct text rest = call->saved_body;
	struct iovec iov[2];
	int n = call_believe(call->host, channel_front_space(call->host->front, call->slot, iov));

	if (n < 0)
		return;
	for (int i = 0; i < n && rest.length > 0; i++) {
		size_t part = rest.length < iov[i].iov_len ? rest.length : iov[i].iov_len;

		memcpy(iov[i].iov_base, rest.data, part);
		rest.data += part;
		rest.length -= part;
	}
	channel_front_commit(call->host->front, call->slot, call->saved_body.length,
			     call->body_ended);
}

/* ---- out: the request ---- */

static void call_describe(const struct web_pool_call *call, struct channel_request *out)
{
	const struct web_request *request = call->request;
	const struct http_request *http = http_exchange_request(request->x);
	const struct http_peer *peer = http_exchange_peer(request->x);
	const struct config_application *application = request->application;
	/* cppcheck-suppress ctuuninitvar */
	struct text *t = out->texts;

	t[CHANNEL_METHOD] = http->method_text;
	t[CHANNEL_URL] = http->path;
	t[CHANNEL_PATH] = request->path;
	t[CHANNEL_QUERY] = request->query;
	t[CHANNEL_PROTOCOL] = http->minor ? TEXT("HTTP/1.1") : TEXT("HTTP/1.0");
	t[CHANNEL_SCHEME] = TEXT("http");
	t[CHANNEL_HOST] = http->host;
	t[CHANNEL_REMOTE_ADDRESS] = text_of(peer->remote);
	t[CHANNEL_LOCAL_ADDRESS] = text_of(peer->local);
	t[CHANNEL_USER] = request->user;
	t[CHANNEL_SCRIPT_NAME] = request->script_name;
	t[CHANNEL_PATH_INFO] = request->path_info;
	t[CHANNEL_SCRIPT_FILE] = request->script_file;
	t[CHANNEL_APP_PATH] = text_of(application->path);
	t[CHANNEL_APP_ROOT] = request->app_root;
	t[CHANNEL_METABASE_PATH] = text_of(application->metabase_path);
	t[CHANNEL_POOL] = text_of(call->pool->name);
	t[CHANNEL_PROTECTION] = text_of(config_protection_name(application->pool->protection));
	out->header_count = http->field_count;
	for (size_t i = 0; i < http->field_count; i++)
		out->headers[i] = (struct channel_header_field){ http->fields[i].name,
								 http->fields[i].value };
	out->request_id = 0;
	out->site_id = request->site->id;
	out->content_length = http->content_length;
	out->remote_port = peer->remote_port;
	out->local_port = peer->local_port;
}

static void call_release(struct web_pool_loop *loop, struct web_pool_call *call)
{
	struct web_pool_host *host = call->host;

	call->host = NULL;
	web_pool_loop_give(loop, host, call->slot);
}

/* The host and the slot are the call's from here on. */
static void call_start(struct web_pool_loop *loop, struct web_pool_call *call,
		       struct web_pool_host *host, int slot)
{
	struct web_request *request = call->request;
	const struct http_request *http = http_exchange_request(request->x);
	struct channel_request block; /* several KiB: filled, not cleared */
	int r;

	call->host = host;
	call->slot = slot;
	call->head_sent = call->broken = false;
	web_pool_loop_take(loop, host, slot);
	web_pool_host_unref(host); /* web_pool_loop_take has its own reference */
	host->calls[slot] = call;
	call_describe(call, &block);
	atomic_store_explicit(&host->begun[slot], loop_now(loop->loop), memory_order_relaxed);
	r = channel_front_submit(host->front, slot, &block);
	if (r < 0) {
		call_release(loop, call);
		web_respond_error(request, r == -E2BIG ? 431 : 500, 0, 0,
				  TEXT("The request's headers do not fit into the channel to its "
				       "host. Send fewer or shorter ones."));
		return;
	}
	if (call->body_begun) {
		call_replay_body(call);
		http_resume_receive(request->x);
	} else if (http->content_length != 0) {
		call->body_begun = true;
		http_receive_body(request->x, &call->sink, call);
	}
}

/* TcpLevel: a load balancer that knows no HTTP sees that nobody serves here. */
static bool call_hangs_up(struct web_pool_call *call)
{
	const struct config_pool *settings = call->request->application->pool;

	if (settings->load_balancer != CONFIG_TCP_LEVEL)
		return false;
	http_abort(call->request->x);
	return true;
}

static void call_refuse(struct web_pool_call *call)
{
	struct web_pool *pool = call->pool;
	struct web_request *request = call->request;
	struct web_pool_verdict verdict;
	char *reason;

	if (call_hangs_up(call))
		return;
	pthread_mutex_lock(&pool->lock);
	verdict = pool->verdict;
	reason = arena_strndup(http_exchange_arena(request->x), pool->reason, strlen(pool->reason));
	pthread_mutex_unlock(&pool->lock);
	web_respond_error(request, verdict.status, verdict.sub_status, verdict.hresult,
			  text_of(reason ? reason : ""));
}

/* The queue is full: of the pool (503.2), or longer than ASP lets it become (503.3). */
static void call_turn_away(struct web_pool_loop *loop, struct web_pool_call *call, unsigned sub)
{
	struct web_pool *pool = call->pool;

	if (!pool->queues[loop->index].head)
		web_pool_leave_line(pool, loop->index);
	if (web_respond_fallback(call->request) || call_hangs_up(call))
		return;
	web_respond_error(
		call->request, 503, sub, 0,
		sub == 2 ? TEXT("The queue of the application pool is full. Raise queueLength or "
				"find out why its requests take so long.")
			 : TEXT("As many requests wait as requestQueueMax of "
				"system.webServer/asp allows."));
}

/* asp/limits/queueTimeout: a request that has waited so long is answered as if ASP were too busy.
 * The first in line has waited longest. */
static void call_queue_due(void *ctx)
{
	struct web_pool_queue *q = ctx;
	struct web_pool_loop *loop = q->loop;
	int64_t now = loop_now(loop->loop);

	while (q->head && q->head->due <= now) {
		struct web_pool_call *call = q->head;

		call_dequeue(loop, call);
		web_respond_error(call->request, 500, 13, 0,
				  TEXT("The request waited longer than queueTimeout of "
				       "system.webServer/asp allows."));
	}
	if (!q->head)
		web_pool_leave_line(q->pool, loop->index);
	else if (q->head->due != INT64_MAX)
		loop_timer_set(loop->loop, &q->timer, q->head->due, call_queue_due, q);
}

/* Into the queue, unless it is full. */
static void call_wait(struct web_pool_loop *loop, struct web_pool_call *call)
{
	struct web_pool *pool = call->pool;
	struct web_pool_queue *q = &pool->queues[loop->index];
	const struct config_url *url = call->request->url;
	uint32_t waiting = atomic_fetch_add(&pool->queued, 1);
	unsigned sub = waiting >= atomic_load(&pool->queue_length) ? 2
		       : url && waiting >= url->asp_queue_max      ? 3
								   : 0;

	if (sub) {
		atomic_fetch_sub(&pool->queued, 1);
		call_turn_away(loop, call, sub);
		return;
	}
	call->due = url && url->asp_queue_timeout > 0
			    ? loop_now(loop->loop) + url->asp_queue_timeout
			    : INT64_MAX;
	call_enqueue(loop, call, false);
	q->loop = loop;
	q->pool = pool;
	if (call->due != INT64_MAX && q->head == call)
		loop_timer_set(loop->loop, &q->timer, call->due, call_queue_due, q);
	web_pool_demand(loop->pools, pool);
}

void web_pool_call_dispatch(void *ctx, struct web_request *request)
{
	struct web_pools *pools = ctx;
	struct web_pool_loop *loop = &pools->loops[request->loop];
	struct web_pool *pool = web_pool_find(pools, text_of(request->application->pool->name));
	struct web_pool_call *call =
		arena_new(http_exchange_arena(request->x), struct web_pool_call);
	struct web_pool_host *host;
	int slot = -EAGAIN;

	if (!pool || !call || web_pool_loop_reserve(loop) < 0) {
		request->dispatch = NULL;
		web_respond_error(request, 503, 0, 0,
				  TEXT("Not enough memory to hand the request to its pool."));
		return;
	}
	*call = (struct web_pool_call){ .request = request,
					.pool = pool,
					.due = INT64_MAX,
					.source = { call_peek, call_consume },
					.sink = { call_space, call_commit } };
	request->dispatch = call;
	/* Nobody overtakes those who wait on this loop already. */
	if (!pool->queues[loop->index].head)
		slot = web_pool_take_slot(pool, loop->index, &host);
	if (slot >= 0)
		call_start(loop, call, host, slot);
	else if (slot == -ESHUTDOWN)
		call_refuse(call);
	else
		call_wait(loop, call);
}

/* A verdict answers those who wait now; who comes later asks anew. */
static void call_pump_verdict(struct web_pool_loop *loop, struct web_pool *pool)
{
	struct web_pool_queue *q = &pool->queues[loop->index];
	uint32_t number = atomic_load(&pool->verdict_number);
	bool news = q->seen_verdict != number;

	q->seen_verdict = number;
	if (!q->head || !web_pool_refuses(pool, news))
		return;
	while (q->head) {
		struct web_pool_call *call = q->head;

		call_dequeue(loop, call);
		call_refuse(call);
	}
}

void web_pool_call_pump(struct web_pool_loop *loop, struct web_pool *pool)
{
	struct web_pool_queue *q = &pool->queues[loop->index];
	struct web_pool_host *host;

	call_pump_verdict(loop, pool);
	while (q->head) {
		struct web_pool_call *call = q->head;
		int slot = -ENOMEM;

		if (web_pool_loop_reserve(loop) == 0)
			slot = web_pool_take_slot(pool, loop->index, &host);
		if (slot == -EAGAIN || slot == -ESHUTDOWN)
			break; /* our turn comes; or the pump runs again for the new verdict */
		call_dequeue(loop, call);
		if (slot >= 0)
			call_start(loop, call, host, slot);
		else
			web_respond_error(call->request, 503, 0, 0,
					  TEXT("Not enough memory to hand the request to its "
					       "pool."));
	}
	if (q->head)
		web_pool_demand(loop->pools, pool);
	else
		web_pool_leave_line(pool, loop->index);
}

/* ---- back: the response ---- */

/* The head that the host wrote, in the exchange's arena. 0, -EBADMSG, -ENOMEM. */
static int call_read_head(struct web_pool_call *call, struct channel_response *head,
			  struct http_response *ret)
{
	struct web_pool_host *host = call->host;
	struct arena *arena = http_exchange_arena(call->request->x);
	struct http_field *fields;
	int r = channel_front_head(host->front, call->slot, arena, head);

	if (r == -EBADMSG)
		call_distrust(host, "it wrote an ill-formed response head into its channel");
	if (r < 0)
		return r;
	/* An interim response is not a page's to give: the client would wait for the real one. */
	if (head->status < 200)
		return -EBADMSG;
	fields = arena_alloc(arena, (head->header_count + 1) * sizeof *fields);
	if (!fields)
		return -ENOMEM;
	*ret = (struct http_response){ .status = head->status,
				       .reason = head->reason,
				       .content_length = head->content_length == UINT64_MAX
								 ? HTTP_LENGTH_UNKNOWN
								 : head->content_length,
				       .fields = fields };
	for (size_t i = 0; i < head->header_count; i++)
		if (text_equal_nocase(head->headers[i].name, TEXT(CHANNEL_LOG_FIELD)))
			call->request->log = head->headers[i].value;
		else if (!config_header_reserved(head->headers[i].name))
			fields[ret->field_count++] = (struct http_field){ head->headers[i].name,
									  head->headers[i].value };
	return 0;
}

/* Sends the head that the host wrote, if it can be believed. */
static void call_send_head(struct web_pool_call *call)
{
	struct web_request *request = call->request;
	struct channel_response head;
	struct http_response response;
	int r = call_read_head(call, &head, &response);

	call->head_sent = true;
	if (r == 0 && web_error_replaces(request, &response))
		web_respond_error(request, response.status, head.sub_status, 0,
				  (struct text){ "", 0 });
	else if (r == 0)
		web_respond_source(request, &response, head.sub_status, head.win32_status,
				   &call->source, call);
	else if (r == -ENOMEM)
		web_respond_error(request, 500, 0, 0x8007000E,
				  TEXT("Not enough memory for the head of the host's answer."));
	else
		web_respond_error(request, 502, 3, 0,
				  TEXT("The host's answer had an ill-formed head."));
}

/* The call's share of what happened at its slot. */
static void call_events(struct web_pool_call *call, int events)
{
	struct web_request *request = call->request;

	if (events & CHANNEL_SPACE)
		http_resume_receive(request->x);
	if (call->head_sent) {
		if (events & (CHANNEL_DATA | CHANNEL_FINISHED))
			http_resume_send(request->x);
	} else if (events & CHANNEL_HEAD) {
		call_send_head(call);
	} else if (events & CHANNEL_FINISHED) {
		/* Its worker was told to stop before it could begin. */
		call->head_sent = true;
		web_respond_error(request, 502, 2, 0,
				  TEXT("The host ended this request without an answer."));
	}
}

/* The slot has no call any more, and waits for its host. */
static void slot_left(struct web_pool_loop *loop, struct web_pool_host *host, int slot, int events)
{
	if (events & CHANNEL_FINISHED)
		web_pool_loop_give(loop, host, slot);
	else if (events & CHANNEL_DATA)
		channel_front_cancel(host->front, slot); /* nobody wants it */
}

void web_pool_call_slot(struct web_pool_loop *loop, struct web_pool_host *host, int slot)
{
	struct web_pool_call *call = host->calls[slot];
	int events = call_believe(host, channel_front_poll(host->front, slot));

	if (events < 0)
		return; /* the pump deals with all its slots */
	if (call)
		call_events(call, events);
	else
		slot_left(loop, host, slot, events);
}

void web_pool_call_host_gone(struct web_pool_loop *loop, struct web_pool_host *host, int slot)
{
	struct web_pool_call *call = host->calls[slot];
	struct web_request *request;
	int events;

	if (!call) {
		web_pool_loop_give(loop, host, slot);
		return;
	}
	request = call->request;
	events = channel_front_poll(host->front, slot);
	if (events >= 0 && (events & CHANNEL_FINISHED) &&
	    (call->head_sent || (events & CHANNEL_HEAD))) {
		/* It answered before it died: the bytes are all there. */
		call_events(call, events);
		return;
	}
	if (call->head_sent) {
		if (!call->broken) {
			call->broken = true;
			http_resume_send(request->x);
		}
		return;
	}
	if (!channel_front_claimed(host->front, slot) &&
	    (!call->body_begun || call_save_body(call) == 0)) {
		/* Nobody had begun with it: the next host gets it. */
		call_release(loop, call);
		call->due = INT64_MAX; /* it was begun once: it waits as long as it takes */
		atomic_fetch_add(&call->pool->queued, 1);
		call_enqueue(loop, call, true);
		return;
	}
	call->head_sent = true;
	web_respond_error(request, 502, 2, 0x800706BE,
			  TEXT("The host process ended while it ran this request. The System event "
			       "log says how it ended: wevtutil qe System /f:text /c:5 /rd:true"));
}

/* ---- the end ---- */

/* The slot is not the call's any more: given back, or left to the host until it finished. A host
 * whose client has all it wanted may work on undisturbed, but not wait for a body that ends here,
 * nor for room. */
static void call_leave_slot(struct web_pool_loop *loop, struct web_pool_call *call, bool aborted)
{
	struct web_pool_host *host = call->host;
	bool owed = call->body_begun && !call->body_ended;
	int events = CHANNEL_FINISHED;

	if (!atomic_load(&host->gone))
		events = call_believe(host, channel_front_poll(host->front, call->slot));
	if (events < 0 || (events & CHANNEL_FINISHED)) {
		call_release(loop, call);
		return;
	}
	if (aborted || owed || (events & CHANNEL_DATA))
		channel_front_cancel(host->front, call->slot);
	host->calls[call->slot] = NULL;
	call->host = NULL;
}

static void call_end(struct web_pools *pools, struct web_request *request, bool aborted)
{
	struct web_pool_loop *loop = &pools->loops[request->loop];
	struct web_pool_call *call = request->dispatch;
	struct web_pool *pool;

	if (!call)
		return;
	pool = call->pool;
	request->dispatch = NULL;
	if (call->queued) {
		call_dequeue(loop, call);
		if (!pool->queues[loop->index].head)
			web_pool_leave_line(pool, loop->index);
	}
	if (call->host)
		call_leave_slot(loop, call, aborted);
}

void web_pool_call_aborted(void *ctx, struct web_request *request)
{
	call_end(ctx, request, true);
}

void web_pool_call_done(void *ctx, struct web_request *request)
{
	call_end(ctx, request, false);
}
