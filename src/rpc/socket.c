/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's connections: reading into the state machine of rpc/connection.h, sending what it has,
 * handing calls to the workers, limits of time. A connection that ends in an error still sends what
 * there is to say, and reads until the peer has closed, so that the peer gets to see it.
 *
 * Workers come here for bytes and answers, the loop's thread for the rest; each takes the lock of
 * the connection (server-internal.h).
 */
#include "base/mem.h"
#include "rpc/server-internal.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define READ_SIZE 65536
/* Reads before other connections have their turn. */
#define ROUNDS_MAX 16
/* How long a connection that ends waits for the peer to close. */
#define END_TIMEOUT (5 * NSEC_PER_SEC)
/* How often one that may be idle for ever is looked at. */
#define FOREVER_PERIOD (INT64_C(3600) * NSEC_PER_SEC)

/* ---- the end, and limits of time: decided under the lock, carried out by the loop's thread ----
 */

static void close_socket(struct rpc_socket *s)
{
	rpc_workers_unwatch(&s->server->workers, s);
	s->fd = sys_close(s->fd);
	rpc_conn_close(s->conn);
	s->conn = NULL;
	loop_post(s->server->loop, &s->task);
}

static void begin_end(struct rpc_socket *s)
{
	s->ending = true;
	s->since = clock_now();
	loop_post(s->server->loop, &s->task);
}

/* When it is to be looked at again. */
static int64_t limit_of(const struct rpc_socket *s, int64_t now)
{
	const struct rpc_server_options *o = &s->server->options;
	if (s->ending)
		return s->since + END_TIMEOUT;
	if (!s->bound)
		return s->since + o->handshake;
	if (o->idle < 0)
		return now + FOREVER_PERIOD;
	return (s->running ? now : s->active) + o->idle;
}

static void retire(struct rpc_socket *s)
{
	struct rpc_server *server = s->server;
	loop_timer_cancel(server->loop, &s->timer);
	s->live = false;
	LIST_REMOVE(s, in_server);
	LIST_INSERT_HEAD(&server->spare, s, in_server);
	server->socket_count--;
	/* The last one of a server that stops ends its loop. */
	if (server->stopping && LIST_EMPTY(&server->sockets))
		loop_stop(server->loop);
}

/* On the loop's thread, when its time may be over or it may be gone. */
static void look_after(void *ctx)
{
	struct rpc_socket *s = ctx;
	int64_t now = clock_now();
	if (!s->live)
		return;
	pthread_mutex_lock(&s->lock);
	if (s->fd >= 0 && now >= limit_of(s, now)) {
		if (!s->ending)
			rpc_conn_note(s->conn, s->bound ? "idle for too long" : "no bind in time");
		close_socket(s);
	}
	bool gone = s->fd < 0 && s->running == 0;
	/* Without room for a timer the connection lives without limits of time. */
	if (s->fd >= 0)
		loop_timer_set(s->server->loop, &s->timer, limit_of(s, now), look_after, s);
	pthread_mutex_unlock(&s->lock);
	if (gone)
		retire(s);
}

void rpc_socket_stop(struct rpc_socket *s, bool busy)
{
	pthread_mutex_lock(&s->lock);
	if (s->fd >= 0 && (busy || s->running == 0))
		close_socket(s);
	pthread_mutex_unlock(&s->lock);
}

/* ---- bytes, with the lock held ---- */

/* Sends what the socket takes. */
static void flush(struct rpc_socket *s)
{
	struct buf *out = rpc_conn_output(s->conn);
	size_t sent = 0;
	while (sent < out->length) {
		struct iovec piece = { out->data + sent, out->length - sent };
		ssize_t n = sys_sendv(s->fd, &piece, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n == -EAGAIN)
			break;
		if (n < 0) {
			close_socket(s);
			return;
		}
		sent += (size_t)n;
	}
	buf_consume(out, sent);
}

/* `length` 0: with what it has. */
static void proceed(struct rpc_socket *s, const void *data, size_t length)
{
	if (s->ending)
		return;
	if (rpc_conn_input(s->conn, data, length) < 0)
		begin_end(s);
	if (!s->bound && s->conn->bound) {
		/* The time for the handshake is over; from now on it must not be idle. */
		s->bound = true;
		loop_post(s->server->loop, &s->task);
	}
}

/* Whether something came. */
static bool receive(struct rpc_socket *s)
{
	char data[READ_SIZE];
	if (!s->unread || (!s->ending && rpc_conn_full(s->conn)))
		return false;
	ssize_t n = sys_recv(s->fd, data, sizeof(data), MSG_DONTWAIT);
	if (n == -EAGAIN) {
		s->unread = false;
		return false;
	}
	if (n <= 0) {
		close_socket(s);
		return false;
	}
	/* What comes from now on is told anew; that the peer has closed was told already. */
	s->unread = n == READ_SIZE || s->hangup;
	s->active = clock_now();
	proceed(s, data, (size_t)n);
	return true;
}

/* One round of reading, going on and sending. Whether there may be more to do. */
static bool advance_once(struct rpc_socket *s)
{
	bool came = receive(s);
	if (s->fd < 0)
		return false;
	/* Requests that waited for room. */
	if (!came)
		proceed(s, NULL, 0);
	bool some = rpc_conn_output(s->conn)->length > 0;
	flush(s);
	if (s->fd < 0)
		return false;
	return (came && s->unread) || (some && rpc_conn_output(s->conn)->length == 0);
}

/* Does all there is to do. */
static void advance(struct rpc_socket *s)
{
	bool again = true;
	for (int i = 0; again && i < ROUNDS_MAX; i++)
		again = advance_once(s);
	if (s->fd < 0)
		return;
	bool left = rpc_conn_output(s->conn)->length > 0;
	if (s->ending && !s->shut && !left) {
		s->shut = true;
		shutdown(s->fd, SHUT_WR);
	}
	if (again || left != s->writing)
		rpc_workers_rewatch(&s->server->workers, s, left);
	s->writing = left;
}

/* ---- what workers come for ---- */

void rpc_socket_event(struct rpc_socket *s, uint32_t events)
{
	pthread_mutex_lock(&s->lock);
	if (s->fd >= 0) {
		s->hangup |= (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
		s->unread |= s->hangup || events & EPOLLIN;
		advance(s);
	}
	pthread_mutex_unlock(&s->lock);
}

void rpc_socket_done(struct rpc_call *call)
{
	struct rpc_socket *s = rpc_call_conn(call)->options.ctx;
	pthread_mutex_lock(&s->lock);
	int r = rpc_call_finish(call);
	s->running--;
	if (s->fd >= 0) {
		s->active = clock_now();
		/* A server that stops has waited for this answer only. */
		bool last = atomic_load(&s->server->stopping) && s->running == 0;
		if ((r < 0 || last) && !s->ending)
			begin_end(s);
		advance(s);
	} else if (s->running == 0) {
		loop_post(s->server->loop, &s->task);
	}
	pthread_mutex_unlock(&s->lock);
}

/* ---- what a connection asks of its server, with the lock held ---- */

static void on_call(void *ctx, struct rpc_call *call)
{
	struct rpc_socket *s = ctx;
	s->running++;
	if (rpc_workers_add(&s->server->workers, call))
		return;
	s->running--;
	call->status = (uint32_t)nca_s_server_too_busy;
	rpc_call_finish(call);
}

static void on_too_low(void *ctx, const struct rpc_interface *interface,
		       const struct rpc_caller *caller)
{
	struct rpc_socket *s = ctx;
	const struct rpc_server_options *o = &s->server->options;
	if (o->too_low)
		o->too_low(o->ctx, interface, caller);
}

static void on_note(void *ctx, const char *text)
{
	struct rpc_socket *s = ctx;
	rpc_server_note(s->server, text);
}

/* ---- the beginning ---- */

static struct rpc_caller origin_of(struct rpc_socket *s, const struct rpc_listener *l, int fd)
{
	struct rpc_caller origin = { .level = AUTHN_LEVEL_NONE,
				     .address = s->address,
				     .local = s->local,
				     .transport = l->local ? "ncalrpc" : "ncacn_ip_tcp",
				     .port = l->port,
				     .uid = UINT32_MAX };
	if (l->local)
		origin.uid = rpc_socket_user(fd);
	return origin;
}

static void set_addresses(struct rpc_socket *s, const struct rpc_listener *l, int fd,
			  const char *address)
{
	struct sockaddr_storage here = { .ss_family = AF_UNSPEC };
	socklen_t length = sizeof(here);
	snprintf(s->secondary, sizeof(s->secondary), "%s", l->secondary);
	snprintf(s->address, sizeof(s->address), "%s", address);
	*s->local = '\0';
	if (!l->local && getsockname(fd, (struct sockaddr *)&here, &length) == 0)
		sys_address_text(&here, s->local);
}

/* With the lock held, as a worker may be told of it before this ends. */
static int begin(struct rpc_socket *s, const struct rpc_listener *l, int fd, const char *address)
{
	struct rpc_server *server = s->server;
	set_addresses(s, l, fd, address);
	struct rpc_conn_options options = { .interfaces = server->interfaces,
					    .groups = server->groups,
					    .acceptor = server->options.acceptor,
					    .origin = origin_of(s, l, fd),
					    .secondary = s->secondary,
					    .ctx = s,
					    .call = on_call,
					    .too_low = on_too_low,
					    .note = on_note };
	int r = rpc_conn_new(&options, &server->statistics, &s->conn);
	if (r < 0)
		return r;
	s->fd = fd;
	s->since = s->active = clock_now();
	s->unread = s->hangup = s->writing = s->bound = s->ending = s->shut = false;
	r = rpc_workers_watch(&server->workers, s);
	if (r < 0) {
		s->fd = -1;
		rpc_conn_close(s->conn);
		s->conn = NULL;
	}
	return r;
}

/* From the spare ones, or a new one. */
static struct rpc_socket *take_memory(struct rpc_server *server)
{
	struct rpc_socket *s = LIST_FIRST(&server->spare);
	if (s) {
		LIST_REMOVE(s, in_server);
		return s;
	}
	s = mem_new(struct rpc_socket);
	if (!s)
		return NULL;
	pthread_mutex_init(&s->lock, NULL);
	s->server = server;
	s->fd = -1;
	s->task = (struct loop_task){ .fn = look_after, .ctx = s };
	return s;
}

int rpc_socket_new(const struct rpc_listener *l, int fd, const char *address)
{
	struct rpc_server *server = l->server;
	struct rpc_socket *s = take_memory(server);
	if (!s)
		return -ENOMEM;
	pthread_mutex_lock(&s->lock);
	int r = begin(s, l, fd, address);
	pthread_mutex_unlock(&s->lock);
	if (r < 0) {
		LIST_INSERT_HEAD(&server->spare, s, in_server);
		return r;
	}
	LIST_INSERT_HEAD(&server->sockets, s, in_server);
	server->socket_count++;
	s->live = true;
	look_after(s);
	return 0;
}

void rpc_sockets_free(struct rpc_server *server)
{
	struct rpc_socket *s;
	while ((s = LIST_FIRST(&server->spare))) {
		LIST_REMOVE(s, in_server);
		pthread_mutex_destroy(&s->lock);
		mem_free(s);
	}
}
