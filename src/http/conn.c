/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection as a state machine. http_conn_run takes every step that is possible now; it is
 * called for socket events, and at the end of a turn for connections that http_conn_wake queued.
 * Handlers are called only from http_conn_run, so a handler never finds its exchange gone under its
 * feet.
 *
 * The socket is edge triggered for both directions from birth to death: a request costs one
 * epoll_wait, one recv and one send, and never an epoll_ctl. The price is the bookkeeping of
 * can_read and can_write. A short read means that the socket is empty, except behind a hang-up,
 * where no further edge comes and the end must be read.
 *
 * Loop thread only. Owns the socket, the read buffer and the exchange under way.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "http/internal.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define STEPS_PER_TURN 24
#define LINGER_TIME (5 * NSEC_PER_SEC)
#define LEAVE_IDLE NSEC_PER_SEC /* so old is a connection that a server closes when it leaves */
#define HALF_CLOSE_TIME (200 * NSEC_PER_MSEC)
#define HALF_CLOSE_PATIENCE (2 * NSEC_PER_SEC)

static const struct http_handler *handler_of(const struct conn *conn)
{
	return &conn->loop->server->options.handler;
}

static const struct http_limits *limits_of(const struct conn *conn)
{
	return &conn->loop->server->options.limits;
}

static int64_t now_of(const struct conn *conn)
{
	return loop_now(conn->loop->loop);
}

static void conn_close(struct conn *conn)
{
	http_exchange_release(conn);
	conn->phase = CONN_CLOSED;
}

/* Our last byte is out. What the client still sends is read away for a moment: closing a socket
 * with unread bytes would reset the connection and take the answer with it. */
static void conn_linger(struct conn *conn)
{
	bool all_read = conn->x->in.done && conn->start == conn->end && !conn->can_read;
	http_exchange_release(conn);
	http_buffer_give(conn->loop, conn->buffer, conn->capacity);
	conn->buffer = NULL;
	conn->start = conn->end = 0;
	if (all_read || conn->eof || shutdown(conn->fd, SHUT_WR) < 0) {
		conn->phase = CONN_CLOSED;
		return;
	}
	conn->phase = CONN_LINGER;
	conn->drained = 0;
	conn->since = now_of(conn);
}

void http_conn_refuse(struct conn *conn, int status, const char *why)
{
	const struct http_handler *handler = handler_of(conn);
	if (handler->refused)
		handler->refused(handler->ctx, conn->peer.remote, (uint32_t)status, why);
	struct http_exchange *x = conn->x;
	if (x && (x->out.begun || x->out.complete)) {
		conn_close(conn);
		return;
	}
	if (x) {
		x->stats.status = (uint32_t)status;
		http_exchange_finish(x);
		memset(&x->out, 0, sizeof(x->out));
	} else {
		x = http_exchange_take(conn->loop);
		if (!x) {
			conn_close(conn);
			return;
		}
		http_exchange_begin(conn, x);
		x->finished = true;
		memset(&x->request, 0, offsetof(struct http_request, fields));
	}
	conn->phase = CONN_REFUSING;
	struct text page = http_refusal_page((uint32_t)status, why, &x->arena);
	struct http_field type = { TEXT("Content-Type"), TEXT("text/html; charset=us-ascii") };
	struct http_response response = { .status = (uint32_t)status,
					  .content_length = page.length,
					  .fields = &type,
					  .field_count = 1,
					  .close = true };
	http_respond_memory(x, &response, page.data, page.length);
}

/* ---- steps: 1 when something was done, 0 when there is nothing to do now ---- */

/* A whole head, or an error, becomes an exchange. 0: more bytes are needed. */
static int begin_request(struct conn *conn)
{
	struct http_exchange *x = http_exchange_take(conn->loop);
	if (!x) {
		conn_close(conn);
		return 1;
	}
	const char *why = "BadRequest";
	int r = http_parse_head(conn->buffer + conn->start, conn->end - conn->start,
				limits_of(conn), &x->request, &why);
	if (r == 0) {
		http_exchange_give(conn->loop, x);
		if (conn->looked == 0)
			conn->since = now_of(conn);
		conn->looked = conn->end - conn->start;
		return 0;
	}
	conn->looked = 0;
	if (r < 0) {
		http_exchange_give(conn->loop, x);
		http_conn_refuse(conn, -r, why);
		return 1;
	}
	http_exchange_begin(conn, x);
	x->stats.bytes_received = (uint64_t)r;
	conn->start += (uint32_t)r;
	conn->base = conn->start;
	conn->phase = CONN_EXCHANGE;
	http_body_begin(x);
	r = http_body_precheck(x);
	if (r < 0) {
		x->finished = true; /* the handler never saw it */
		http_conn_refuse(conn, -r, "BadRequest");
		return 1;
	}
	const struct http_handler *handler = handler_of(conn);
	handler->request(handler->ctx, x);
	return 1;
}

/* A head that comes byte by byte is parsed anew only when a line is complete, or too long. */
static bool worth_parsing(const struct conn *conn)
{
	uint32_t there = conn->end - conn->start;
	if (there <= conn->looked)
		return false;
	return conn->looked == 0 || there > limits_of(conn)->request_line ||
	       memchr(conn->buffer + conn->start + conn->looked, '\n', there - conn->looked);
}

/* A server that leaves closes what is idle. A client that had an answer just now may be asking
 * again already, and could not know whether it may say that twice: it gets another one, the last.
 */
static bool is_left(const struct conn *conn)
{
	return conn->loop->stopping && now_of(conn) >= conn->since + LEAVE_IDLE;
}

static int step_rest(struct conn *conn)
{
	if (conn->start < conn->end) {
		if (worth_parsing(conn) && begin_request(conn))
			return 1;
	} else if (conn->broken) {
		conn_close(conn);
		return 1;
	}
	if (http_conn_fill(conn))
		return 1;
	if (conn->eof || conn->broken || is_left(conn)) {
		conn_close(conn);
		return 1;
	}
	if (conn->start == conn->end && conn->buffer) {
		http_buffer_give(conn->loop, conn->buffer, conn->capacity);
		conn->buffer = NULL;
		conn->start = conn->end = 0;
	}
	return 0;
}

/* The answer is out. Whether the connection ends with it, its head has said: a server that began to
 * leave behind that head answers once more (is_left). */
static int end_exchange(struct conn *conn)
{
	struct http_exchange *x = conn->x;
	http_exchange_finish(x);
	if (x->out.close) {
		conn_linger(conn);
	} else if (!x->in.done) {
		conn->phase = CONN_DRAIN;
		conn->drained = 0;
		conn->since = now_of(conn);
	} else {
		http_exchange_release(conn);
		conn->phase = CONN_REST;
		conn->looked = 0;
		conn->since = now_of(conn);
	}
	return 1;
}

static int step_body(struct conn *conn)
{
	int r = http_body_run(conn->x);
	if (r == -EPIPE)
		conn_close(conn);
	else if (r < 0)
		http_conn_refuse(conn, -r, r == -413 ? "EntityTooLarge" : "BadRequest");
	return r;
}

static int step_send(struct conn *conn)
{
	struct http_exchange *x = conn->x;
	if (!x->out.responded && !x->out.interim_left)
		return 0;
	int r = http_send_run(x);
	if (r < 0) {
		conn_close(conn);
		return 1;
	}
	return x->out.complete ? end_exchange(conn) : r;
}

/* A client that closes its end while it waits for an answer: it left, or it only half-closed, and
 * nobody can tell which before something is sent to it. Those that half-close do it right behind
 * their last request, and get a moment for their answer; who closes later is taken for gone, so
 * that its page can learn of it. */
static bool has_left(const struct conn *conn)
{
	return conn->hangup && conn->hangup_at - conn->x->stats.started > HALF_CLOSE_TIME;
}

static int step_exchange(struct conn *conn)
{
	struct http_exchange *x = conn->x;
	if (conn->broken || (!x->out.responded && conn->phase == CONN_EXCHANGE && has_left(conn))) {
		conn_close(conn);
		return 1;
	}
	int r = conn->phase == CONN_EXCHANGE ? step_body(conn) : 0;
	if (r < 0)
		return 1;
	return step_send(conn) | r;
}

static int step_drain(struct conn *conn)
{
	int r = http_body_drain(conn->x);
	if (r < 0) {
		conn_linger(conn);
	} else if (conn->x->in.done) {
		http_exchange_release(conn);
		conn->phase = CONN_REST;
		conn->looked = 0;
		conn->since = now_of(conn);
		r = 1;
	}
	return r != 0;
}

static int step_linger(struct conn *conn)
{
	char scratch[16384];
	ssize_t n = http_conn_read(conn, scratch, sizeof(scratch));
	if (n > 0)
		conn->drained += (uint32_t)n;
	if (conn->eof || conn->drained > LINGER_MAX)
		conn->phase = CONN_CLOSED;
	return n > 0;
}

static int conn_step(struct conn *conn)
{
	if (conn->forced)
		conn_close(conn);
	if (!conn->x && (conn->phase == CONN_EXCHANGE || conn->phase == CONN_REFUSING ||
			 conn->phase == CONN_DRAIN))
		conn->phase = CONN_CLOSED; /* does not happen, but would be no harm */
	switch ((enum conn_phase)conn->phase) {
	case CONN_REST:
		return step_rest(conn);
	case CONN_EXCHANGE:
	case CONN_REFUSING:
		return step_exchange(conn);
	case CONN_DRAIN:
		return step_drain(conn);
	case CONN_LINGER:
		return step_linger(conn);
	case CONN_CLOSED:
		break;
	}
	return 0;
}

/* ---- deadlines ---- */

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* No progress for `timeout`, or a rate below the minimum since the other side began to owe. */
static int64_t rate_deadline(const struct conn *conn, int64_t since, uint64_t bytes,
			     int64_t timeout)
{
	uint32_t rate = limits_of(conn)->min_bytes_per_second;
	int64_t deadline = now_of(conn) + timeout;
	if (!rate)
		return deadline;
	uint64_t seconds = bytes / rate;
	return least(deadline,
		     since + timeout + (int64_t)least((int64_t)seconds, 1 << 30) * NSEC_PER_SEC);
}

static bool is_half_closed(const struct conn *conn)
{
	return conn->hangup && conn->phase == CONN_EXCHANGE && !conn->x->out.responded;
}

static int64_t exchange_deadline(struct conn *conn)
{
	struct sending *out = &conn->x->out;
	const struct receiving *in = &conn->x->in;
	if (!conn->can_write) {
		if (!out->blocked_since) {
			out->blocked_since = now_of(conn);
			out->sent_since = 0;
		}
		return rate_deadline(conn, out->blocked_since, out->sent_since,
				     limits_of(conn)->send_timeout);
	}
	out->blocked_since = 0;
	if (is_half_closed(conn)) {
		int64_t from = conn->hangup_at > conn->x->stats.started ? conn->hangup_at
									: conn->x->stats.started;
		return from + HALF_CLOSE_PATIENCE;
	}
	if (in->sink && in->since && !in->done)
		return rate_deadline(conn, in->since, in->received_since,
				     conn->timeout ? conn->timeout : limits_of(conn)->body_timeout);
	return INT64_MAX;
}

static int64_t conn_deadline(struct conn *conn)
{
	switch ((enum conn_phase)conn->phase) {
	case CONN_REST:
		if (conn->start < conn->end)
			return conn->since + limits_of(conn)->header_timeout;
		if (conn->loop->stopping)
			return conn->since + LEAVE_IDLE;
		return now_of(conn) +
		       (conn->timeout ? conn->timeout : limits_of(conn)->idle_timeout);
	case CONN_EXCHANGE:
	case CONN_REFUSING:
		return exchange_deadline(conn);
	case CONN_DRAIN:
		return conn->since + limits_of(conn)->body_timeout;
	default:
		return conn->since + LINGER_TIME;
	}
}

void http_conn_timed_out(struct conn *conn)
{
	const struct http_handler *handler = handler_of(conn);
	const char *why = NULL;
	switch ((enum conn_phase)conn->phase) {
	case CONN_REST:
		if (conn->start < conn->end)
			http_conn_refuse(conn, 408, "Timer_HeaderWait");
		else if (conn->loop->stopping)
			conn_close(conn);
		else
			why = "Timer_ConnectionIdle";
		break;
	case CONN_EXCHANGE:
		if (is_half_closed(conn))
			conn_close(conn);
		else if (conn->can_write)
			http_conn_refuse(conn, 408, "Timer_EntityBody");
		else
			why = "Timer_MinBytesPerSecond";
		break;
	default:
		conn_close(conn);
	}
	if (why) {
		if (handler->refused)
			handler->refused(handler->ctx, conn->peer.remote, 0, why);
		conn_close(conn);
	}
	http_conn_run(conn);
}

/* ---- running ---- */

static void conn_free(struct conn *conn)
{
	struct http_loop *loop = conn->loop;
	const struct http_handler *handler = handler_of(conn);
	if (conn->user && handler->disconnected)
		handler->disconnected(handler->ctx, conn->user);
	http_deadline_remove(conn);
	loop_timer_cancel(loop->loop, &conn->throttle);
	if (conn->ready)
		TAILQ_REMOVE(&loop->ready, conn, in_ready);
	loop_unwatch(conn->watch);
	http_buffer_give(loop, conn->buffer, conn->capacity);
	sys_close(conn->fd);
	loop->connections--;
	atomic_fetch_sub_explicit(&loop->server->connections, 1, memory_order_relaxed);
	mem_free(conn);
}

void http_conn_run(struct conn *conn)
{
	int steps = 0;
	conn->running = true;
	for (;;) {
		conn->again = false;
		int r = conn_step(conn);
		if (conn->phase == CONN_CLOSED) {
			conn_free(conn);
			return;
		}
		if (!r && !conn->again)
			break;
		if (++steps == STEPS_PER_TURN) {
			conn->running = false;
			http_conn_wake(conn);
			break;
		}
	}
	conn->running = false;
	http_deadline_set(conn, conn_deadline(conn));
}

void http_conn_wake(struct conn *conn)
{
	conn->again = true;
	if (conn->running || conn->ready)
		return;
	conn->ready = true;
	TAILQ_INSERT_TAIL(&conn->loop->ready, conn, in_ready);
}

/* RDHUP is half a close; HUP and ERR are the end. The loop reports all three as one. */
static bool is_broken(int fd)
{
	struct pollfd p = { .fd = fd };
	return poll(&p, 1, 0) == 1 && p.revents & (POLLHUP | POLLERR | POLLNVAL);
}

static void conn_event(void *ctx, int fd, unsigned events)
{
	struct conn *conn = ctx;
	if (events & LOOP_HANGUP) {
		if (!conn->hangup)
			conn->hangup_at = now_of(conn);
		conn->hangup = true;
		conn->broken = conn->broken || (conn->x && is_broken(fd));
	}
	conn->can_read = conn->can_read || events & (LOOP_READ | LOOP_HANGUP);
	conn->can_write = conn->can_write || events & LOOP_WRITE;
	http_conn_run(conn);
}

void http_conn_accepted(struct http_loop *loop, int fd, const struct sockaddr_storage *from,
			uint32_t tag)
{
	struct conn *conn = mem_new(struct conn);
	if (!conn) {
		sys_close(fd);
		return;
	}
	conn->loop = loop;
	conn->fd = fd;
	conn->can_write = true;
	conn->since = loop_now(loop->loop);
	conn->peer.tag = tag;
	http_peer_name(from, conn->peer.remote, &conn->peer.remote_port);
	if (loop_watch(loop->loop, fd, LOOP_READ | LOOP_WRITE | LOOP_EDGE, conn_event, conn,
		       &conn->watch) < 0) {
		sys_close(fd);
		mem_free(conn);
		return;
	}
	loop->connections++;
	atomic_fetch_add_explicit(&loop->server->connections, 1, memory_order_relaxed);
	http_deadline_add(conn, loop_now(loop->loop) + loop->server->options.limits.idle_timeout);
}
