/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time-outs of connections: a wheel of lists, one slot per tick, turned by one timer of the loop.
 * A deadline that moves away is only written down; when the wheel comes by, the connection is put
 * where it belongs then. So a request on a kept-alive connection costs two stores and no list.
 * Loop thread only; owns the lists, not the connections.
 */
#include "base/clock.h"
#include "http/internal.h"

static void turn_wheel(void *ctx);

static void wheel_arm(struct http_loop *loop)
{
	/* The heap already has room for one timer from the first time on: this cannot fail. */
	(void)loop_timer_set(loop->loop, &loop->timer, (int64_t)(loop->tick + 1) * loop->tick_ns,
			     turn_wheel, loop);
}

void http_deadline_init(struct http_loop *loop)
{
	const struct http_limits *l = &loop->server->options.limits;
	int64_t least = l->header_timeout;
	least = l->body_timeout < least ? l->body_timeout : least;
	least = l->idle_timeout < least ? l->idle_timeout : least;
	least = l->send_timeout < least ? l->send_timeout : least;
	least /= 4;
	loop->tick_ns = least > NSEC_PER_SEC         ? NSEC_PER_SEC
			: least < 10 * NSEC_PER_MSEC ? 10 * NSEC_PER_MSEC
						     : least;
	for (int i = 0; i < WHEEL_SLOTS; i++)
		LIST_INIT(&loop->wheel[i]);
}

static void wheel_put(struct conn *conn)
{
	struct http_loop *loop = conn->loop;
	uint64_t visit = conn->deadline == INT64_MAX
				 ? UINT64_MAX
				 : (uint64_t)(conn->deadline / loop->tick_ns) + 1;
	if (visit <= loop->tick)
		visit = loop->tick + 1;
	if (visit - loop->tick >= WHEEL_SLOTS)
		visit = loop->tick + WHEEL_SLOTS - 1;
	conn->visit = visit;
	LIST_INSERT_HEAD(&loop->wheel[visit % WHEEL_SLOTS], conn, in_wheel);
}

static void wheel_visit(struct http_loop *loop, uint64_t tick, int64_t now)
{
	struct conn_list due = LIST_HEAD_INITIALIZER(due);
	struct conn *conn;
	/* A time-out may remove its own connection, and only that. */
	while ((conn = LIST_FIRST(&loop->wheel[tick % WHEEL_SLOTS]))) {
		LIST_REMOVE(conn, in_wheel);
		LIST_INSERT_HEAD(&due, conn, in_wheel);
	}
	while ((conn = LIST_FIRST(&due))) {
		LIST_REMOVE(conn, in_wheel);
		bool over = conn->deadline <= now;
		wheel_put(conn);
		if (over)
			http_conn_timed_out(conn);
	}
}

static void turn_wheel(void *ctx)
{
	struct http_loop *loop = ctx;
	int64_t now = loop_now(loop->loop);
	uint64_t until = (uint64_t)(now / loop->tick_ns);
	/* After a long sleep once round is enough. */
	if (until > loop->tick + WHEEL_SLOTS)
		loop->tick = until - WHEEL_SLOTS;
	while (loop->tick < until)
		wheel_visit(loop, ++loop->tick, now);
	if (loop->connections)
		wheel_arm(loop);
}

void http_deadline_add(struct conn *conn, int64_t deadline)
{
	struct http_loop *loop = conn->loop;
	if (!loop->timer.pos) {
		loop->tick = (uint64_t)(loop_now(loop->loop) / loop->tick_ns);
		wheel_arm(loop);
	}
	conn->deadline = deadline;
	wheel_put(conn);
}

void http_deadline_remove(struct conn *conn)
{
	LIST_REMOVE(conn, in_wheel);
}

void http_deadline_set(struct conn *conn, int64_t deadline)
{
	conn->deadline = deadline;
	if (deadline < (int64_t)conn->visit * conn->loop->tick_ns - conn->loop->tick_ns) {
		LIST_REMOVE(conn, in_wheel);
		wheel_put(conn);
	}
}
