/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's sockets, all on the loop's thread: accepting, reading into the connection's state
 * machine, sending what it has, time limits. A connection that ends in an error still sends what
 * there is to say, and reads until the peer has closed, so that the peer gets to see it.
 */
#include "base/mem.h"
#include "rpc/server-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE 65536
#define ACCEPTS_PER_TURN 64
/* How long a connection that ends waits for the peer to close. */
#define END_TIMEOUT (5 * NSEC_PER_SEC)

/* ---- the end ---- */

static void socket_free(struct rpc_socket *s)
{
	LIST_REMOVE(s, in_server);
	s->server->socket_count--;
	/* The last one of a server that stops ends its loop. */
	if (s->server->stopping && LIST_EMPTY(&s->server->sockets))
		loop_stop(s->server->loop);
	mem_free(s);
}

void rpc_socket_close(struct rpc_socket *s)
{
	if (s->fd < 0)
		return;
	s->watch = loop_unwatch(s->watch);
	loop_timer_cancel(s->server->loop, &s->timer);
	s->fd = sys_close(s->fd);
	rpc_conn_close(s->conn);
	s->conn = NULL;
	if (s->running == 0)
		socket_free(s);
}

static void on_timer(void *ctx);

/* How long it may be idle; for those that may be for ever, when to look again. */
static int64_t idle_period(const struct rpc_socket *s)
{
	int64_t idle = s->server->options.idle;
	return idle < 0 ? INT64_C(3600) * NSEC_PER_SEC : idle;
}

static void arm(struct rpc_socket *s, int64_t due)
{
	/* Without room for a timer the connection lives without limits of time. */
	loop_timer_set(s->server->loop, &s->timer, due, on_timer, s);
}

static void on_timer(void *ctx)
{
	struct rpc_socket *s = ctx;
	int64_t now = loop_now(s->server->loop), due = s->active + idle_period(s);
	bool may_idle = s->running || s->server->options.idle < 0;
	if (s->ending || !s->conn->bound || (now >= due && !may_idle)) {
		if (!s->ending)
			rpc_conn_note(s->conn,
				      s->conn->bound ? "idle for too long" : "no bind in time");
		rpc_socket_close(s);
		return;
	}
	arm(s, due > now ? due : now + idle_period(s));
}

/* ---- sending ---- */

static void update_watch(struct rpc_socket *s)
{
	unsigned events = 0;
	if (s->ending || !rpc_conn_full(s->conn))
		events |= LOOP_READ;
	if (rpc_conn_output(s->conn)->length)
		events |= LOOP_WRITE;
	if (events != s->events && loop_rewatch(s->watch, events) == 0)
		s->events = events;
}

static void begin_end(struct rpc_socket *s)
{
	s->ending = true;
	arm(s, loop_now(s->server->loop) + END_TIMEOUT);
}

/* Sends what the socket takes. False: it is closed. */
static bool flush(struct rpc_socket *s)
{
	struct buf *out = rpc_conn_output(s->conn);
	size_t sent = 0;
	while (sent < out->length) {
		struct iovec piece = { out->data + sent, out->length - sent };
		ssize_t n = sys_sendv(s->fd, &piece, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n == -EAGAIN)
			break;
		if (n < 0) {
			rpc_socket_close(s);
			return false;
		}
		sent += (size_t)n;
		s->active = loop_now(s->server->loop);
	}
	buf_consume(out, sent);
	return true;
}

/* After whatever changed: sends, goes on with requests that waited for room, ends. */
static void settle(struct rpc_socket *s)
{
	do {
		if (!flush(s))
			return;
		/* What is left there waits until the peer takes it. */
		if (s->ending || rpc_conn_output(s->conn)->length)
			break;
		if (rpc_conn_input(s->conn, NULL, 0) < 0)
			begin_end(s);
	} while (rpc_conn_output(s->conn)->length);
	if (s->ending && !s->shut && rpc_conn_output(s->conn)->length == 0) {
		s->shut = true;
		shutdown(s->fd, SHUT_WR);
	}
	update_watch(s);
}

/* ---- receiving ---- */

static void on_read(struct rpc_socket *s)
{
	char data[READ_SIZE];
	ssize_t n = sys_recv(s->fd, data, sizeof(data), MSG_DONTWAIT);
	if (n == -EAGAIN)
		return;
	if (n <= 0) {
		rpc_socket_close(s);
		return;
	}
	if (s->ending)
		return;
	s->active = loop_now(s->server->loop);
	if (rpc_conn_input(s->conn, data, (size_t)n) < 0)
		begin_end(s);
	/* The time for the handshake is over; from now on it must not be idle. */
	if (!s->ending && !s->bound && s->conn->bound) {
		s->bound = true;
		arm(s, s->active + idle_period(s));
	}
	settle(s);
}

static void on_event(void *ctx, int fd, unsigned events)
{
	struct rpc_socket *s = ctx;
	if (events & (LOOP_READ | LOOP_HANGUP))
		on_read(s);
	else
		settle(s);
}

/* ---- calls ---- */

static void on_call(void *ctx, struct rpc_call *call)
{
	struct rpc_socket *s = ctx;
	if (call->interface->quick) {
		rpc_call_run(call);
		rpc_call_finish(call);
		return;
	}
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

void rpc_socket_done(struct rpc_call *call)
{
	struct rpc_socket *s = rpc_call_conn(call)->options.ctx;
	int r = rpc_call_finish(call);
	s->running--;
	if (s->fd < 0) {
		if (s->running == 0)
			socket_free(s);
		return;
	}
	s->active = loop_now(s->server->loop);
	if (r < 0 && !s->ending)
		begin_end(s);
	settle(s);
	/* A server that stops has waited for this answer only. */
	if (s->fd >= 0 && s->server->stopping && s->running == 0 && !s->ending) {
		begin_end(s);
		settle(s);
	}
}

/* ---- accepting ---- */

static void keep_alive(int fd)
{
	const int on = 1, idle = 120, interval = 15, count = 4;
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static bool too_many(const struct rpc_server *server, const char *address, bool local)
{
	const struct rpc_socket *s;
	unsigned same = 0;
	if (server->socket_count >= server->options.connections)
		return true;
	if (local)
		return false;
	LIST_FOREACH(s, &server->sockets, in_server)
	{
		/* cppcheck-suppress uninitvar ; LIST_FOREACH has set it */
		same += strcmp(s->address, address) == 0;
	}
	return same >= server->options.connections_per_peer;
}

static struct rpc_caller origin_of(struct rpc_socket *s, const struct rpc_listener *l)
{
	struct rpc_caller origin = { .level = AUTHN_LEVEL_NONE,
				     .address = s->address,
				     .local = s->local,
				     .transport = l->local ? "ncalrpc" : "ncacn_ip_tcp",
				     .port = l->port,
				     .uid = UINT32_MAX };
	struct ucred cred;
	socklen_t length = sizeof(cred);
	if (l->local && getsockopt(s->fd, SOL_SOCKET, SO_PEERCRED, &cred, &length) == 0)
		origin.uid = cred.uid;
	return origin;
}

static int socket_begin(struct rpc_socket *s, const struct rpc_listener *l)
{
	struct rpc_server *server = s->server;
	snprintf(s->secondary, sizeof(s->secondary), "%s", l->secondary);
	struct rpc_conn_options options = { .interfaces = server->interfaces,
					    .groups = server->groups,
					    .acceptor = server->options.acceptor,
					    .origin = origin_of(s, l),
					    .secondary = s->secondary,
					    .ctx = s,
					    .call = on_call,
					    .too_low = on_too_low,
					    .note = on_note };
	int r = rpc_conn_new(&options, &server->statistics, &s->conn);
	if (r == 0)
		r = loop_watch(server->loop, s->fd, LOOP_READ, on_event, s, &s->watch);
	if (r < 0) {
		if (s->conn)
			rpc_conn_close(s->conn);
		return r;
	}
	s->events = LOOP_READ;
	s->active = loop_now(server->loop);
	LIST_INSERT_HEAD(&server->sockets, s, in_server);
	server->socket_count++;
	arm(s, s->active + server->options.handshake);
	return 0;
}

static void accepted(const struct rpc_listener *l, int fd, const struct sockaddr_storage *from)
{
	struct rpc_server *server = l->server;
	struct sockaddr_storage here = { .ss_family = AF_UNSPEC };
	socklen_t length = sizeof(here);
	struct rpc_socket *s = mem_new(struct rpc_socket);
	char note[2 * SYS_ADDRESS_SIZE + 80];
	if (!s) {
		sys_close(fd);
		return;
	}
	s->server = server;
	s->fd = fd;
	sys_address_text(from, s->address);
	if (l->local)
		strcpy(s->address, "local");
	else if (getsockname(fd, (struct sockaddr *)&here, &length) == 0)
		sys_address_text(&here, s->local);
	if (!l->local)
		keep_alive(fd);
	bool full = too_many(server, s->address, l->local);
	if (!full && socket_begin(s, l) == 0)
		return;
	snprintf(note, sizeof(note), "%s: a connection is refused: %s", s->address,
		 full ? "too many" : "out of memory");
	rpc_server_note(server, note);
	sys_close(fd);
	mem_free(s);
}

/* No descriptors left: with the reserve one connection can be taken and closed, so that the queue
 * moves on, instead of an event that never goes away. */
static bool shed_one(struct rpc_listener *l)
{
	if (l->server->reserve < 0)
		return false;
	l->server->reserve = sys_close(l->server->reserve);
	int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
	bool shed = fd >= 0;
	sys_close(fd);
	l->server->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return shed;
}

void rpc_listener_event(void *ctx, int fd, unsigned events)
{
	struct rpc_listener *l = ctx;
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
		socklen_t length = sizeof(from);
		int got = accept4(l->fd, (struct sockaddr *)&from, &length,
				  SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (got >= 0)
			accepted(l, got, &from);
		else if (errno == EMFILE || errno == ENFILE
				 ? !shed_one(l)
				 : errno != ECONNABORTED && errno != EINTR)
			return;
	}
}
