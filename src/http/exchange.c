/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exchanges: taken from a pool of the loop for each request, given back with their arena emptied,
 * so that a request allocates nothing; and what handlers may ask of one. conn.c drives them.
 * Loop thread only.
 */
#include "http/internal.h"

#include "base/mem.h"
#include "base/sys.h"

#include <sys/socket.h>

struct http_exchange *http_exchange_take(struct http_loop *loop)
{
	struct http_exchange *x = loop->exchanges;
	if (x) {
		loop->exchanges = x->next;
		loop->exchanges_kept--;
		return x;
	}
	x = mem_alloc(sizeof(*x));
	if (x)
		arena_init(&x->arena, EXCHANGE_ARENA);
	return x;
}

void http_exchange_give(struct http_loop *loop, struct http_exchange *x)
{
	if (loop->exchanges_kept >= EXCHANGES_KEPT) {
		arena_done(&x->arena);
		mem_free(x);
		return;
	}
	arena_reset(&x->arena);
	x->next = loop->exchanges;
	loop->exchanges = x;
	loop->exchanges_kept++;
}

void http_exchanges_free(struct http_loop *loop)
{
	while (loop->exchanges) {
		struct http_exchange *x = http_exchange_take(loop);
		arena_done(&x->arena);
		mem_free(x);
	}
}

void http_exchange_begin(struct conn *conn, struct http_exchange *x)
{
	conn->x = x;
	x->conn = conn;
	x->user = NULL;
	x->finished = false;
	x->head_buffer = NULL;
	memset(&x->out, 0, sizeof(x->out));
	memset(&x->in, 0, sizeof(x->in));
	x->stats = (struct http_exchange_stats){ .started = loop_now(conn->loop->loop) };
}

/* Tells the handler that it is over. */
void http_exchange_finish(struct http_exchange *x)
{
	struct conn *conn = x->conn;
	if (x->finished)
		return;
	x->finished = true;
	const struct http_handler *handler = &conn->loop->server->options.handler;
	if (!x->out.complete) {
		x->stats.aborted = true;
		if (handler->aborted)
			handler->aborted(handler->ctx, x);
	}
	x->stats.ended = loop_now(conn->loop->loop);
	if (handler->done)
		handler->done(handler->ctx, x, &x->stats);
	x->in.sink = NULL;
	http_send_done(x);
}

void http_exchange_release(struct conn *conn)
{
	struct http_exchange *x = conn->x;
	if (!x)
		return;
	http_exchange_finish(x);
	http_buffer_give(conn->loop, x->head_buffer, x->head_capacity);
	http_exchange_give(conn->loop, x);
	conn->x = NULL;
	conn->base = 0;
}

void http_peer_name(const struct sockaddr_storage *from, char text[46], uint16_t *port)
{
	*port = sys_address_text(from, text);
	if (!*text)
		memcpy(text, "127.0.0.1", 10); /* a Unix socket: a local peer */
}

/* ---- what handlers ask of an exchange ---- */

const struct http_request *http_exchange_request(const struct http_exchange *x)
{
	return &x->request;
}

struct arena *http_exchange_arena(struct http_exchange *x)
{
	return &x->arena;
}

int http_exchange_loop(const struct http_exchange *x)
{
	return x->conn->loop->index;
}

void http_exchange_set_user(struct http_exchange *x, void *user)
{
	x->user = user;
}

void *http_exchange_user(const struct http_exchange *x)
{
	return x->user;
}

void http_connection_set_user(struct http_exchange *x, void *user)
{
	x->conn->user = user;
}

void *http_connection_user(const struct http_exchange *x)
{
	return x->conn->user;
}

void http_connection_set_timeout(struct http_exchange *x, int64_t timeout_ns)
{
	x->conn->timeout = timeout_ns;
}

void http_connection_set_rate(struct http_exchange *x, struct http_rate *rate)
{
	x->conn->rate = rate;
}

const struct http_peer *http_exchange_peer(const struct http_exchange *x)
{
	struct conn *conn = x->conn;
	if (!conn->local_known) {
		struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
		socklen_t length = sizeof(address);
		getsockname(conn->fd, (struct sockaddr *)&address, &length);
		http_peer_name(&address, conn->peer.local, &conn->peer.local_port);
		conn->local_known = true;
	}
	return &conn->peer;
}
