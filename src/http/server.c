/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server: loop threads, listening sockets, accepting with an eye on descriptors, and the
 * graceful stop. http_server_* functions are called by the program's control thread; everything
 * static below runs on a loop's thread. Owns the loops and the listening sockets.
 */
#include "base/clock.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/sys.h"
#include "http/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_PER_TURN 64

/* ---- accepting ---- */

static int accept_one(struct listener *l, struct sockaddr_storage *from)
{
	if (fault_hit(FAULT_ACCEPT))
		return -EMFILE;
	socklen_t length = sizeof(*from);
	from->ss_family = AF_UNSPEC;
	int fd = accept4(l->fd, (struct sockaddr *)from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static void report_refused(struct http_loop *loop, const char *why)
{
	const struct http_handler *handler = &loop->server->options.handler;
	if (handler->refused)
		handler->refused(handler->ctx, "", 0, why);
}

/* No descriptors left: with the reserve one connection can be taken and closed, so that the
 * queue moves on and the client hears at once, instead of an event that never goes away. */
static bool shed_one(struct listener *l)
{
	struct http_loop *loop = l->loop;
	if (loop->reserve < 0)
		return false;
	loop->reserve = sys_close(loop->reserve);
	int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
	bool shed = fd >= 0;
	sys_close(fd);
	loop->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (shed)
		report_refused(loop, "Connections_Refused");
	return shed;
}

static void accept_event(void *ctx, int listening, unsigned events)
{
	struct listener *l = ctx;
	struct http_loop *loop = l->loop;
	struct http_server *server = loop->server;
	(void)listening;
	(void)events;
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		struct sockaddr_storage from;
		int fd = accept_one(l, &from);
		if (fd == -EMFILE || fd == -ENFILE) {
			if (!shed_one(l))
				return;
			continue;
		}
		if (fd == -ECONNABORTED || fd == -EINTR || fd == -EPROTO)
			continue;
		if (fd < 0)
			return;
		if (server->connections >= server->options.limits.connections) {
			sys_close(fd);
			report_refused(loop, "ConnLimit");
			continue;
		}
		http_conn_accepted(loop, fd, &from, l->tag);
	}
}

static void listener_begin(void *ctx)
{
	struct listener *l = ctx;
	struct http_loop *loop = l->loop;
	if (loop->stopping ||
	    loop_watch(loop->loop, l->fd, LOOP_READ, accept_event, l, &l->watch) < 0) {
		sys_close(l->fd);
		mem_free(l);
		return;
	}
	l->next = loop->listeners;
	loop->listeners = l;
}

static void listener_free(struct listener *l)
{
	loop_unwatch(l->watch);
	sys_close(l->fd);
	mem_free(l);
}

static void listeners_free(struct http_loop *loop)
{
	while (loop->listeners) {
		struct listener *l = loop->listeners;
		loop->listeners = l->next;
		listener_free(l);
	}
}

/* The farewell of one loop to a tag; lives on the control thread's stack. */
struct unlisten {
	struct http_loop *loop;
	struct loop_task task;
	uint32_t tag;
	sem_t *closed;
};

static void listeners_close(struct http_loop *loop, uint32_t tag)
{
	struct listener **at = &loop->listeners;

	while (*at) {
		struct listener *l = *at;
		if (l->tag != tag) {
			at = &l->next;
			continue;
		}
		*at = l->next;
		listener_free(l);
	}
}

static void unlisten_task(void *ctx)
{
	struct unlisten *u = ctx;

	listeners_close(u->loop, u->tag);
	sem_post(u->closed);
}

void http_server_unlisten(struct http_server *server, uint32_t tag)
{
	for (int i = 0; i < server->options.loops; i++) {
		struct http_loop *loop = &server->loops[i];
		struct unlisten u = { .loop = loop, .tag = tag };
		sem_t closed;

		if (!loop->started) {
			listeners_close(loop, tag);
			continue;
		}
		sem_init(&closed, 0, 0);
		u.closed = &closed;
		u.task = (struct loop_task){ .fn = unlisten_task, .ctx = &u };
		loop_post(loop->loop, &u.task);
		while (sem_wait(&closed) < 0) /* EINTR */
			;
		sem_destroy(&closed);
	}
}

int http_server_listen(struct http_server *server, int loop, int fd, uint32_t tag)
{
	struct listener *l = mem_new(struct listener);
	if (!l)
		return -ENOMEM;
	/* Accepted sockets inherit it: no system call per connection. Not TCP: does not matter. */
	int one = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
		mem_free(l);
		return -errno;
	}
	l->loop = &server->loops[loop];
	l->fd = fd;
	l->tag = tag;
	if (!l->loop->started) {
		listener_begin(l);
		return 0;
	}
	l->task.fn = listener_begin;
	l->task.ctx = l;
	loop_post(l->loop->loop, &l->task);
	return 0;
}

/* ---- the life of a loop ---- */

static void run_ready(struct http_loop *loop)
{
	/* Those that come meanwhile wait for the next round: sockets have their turn too. */
	struct conn *last = TAILQ_LAST(&loop->ready, conn_queue), *conn;
	bool more = last;
	while (more && (conn = TAILQ_FIRST(&loop->ready))) {
		more = conn != last;
		TAILQ_REMOVE(&loop->ready, conn, in_ready);
		conn->ready = false;
		http_conn_run(conn);
	}
}

static void turn(struct http_loop *loop)
{
	const struct http_options *options = &loop->server->options;
	if (options->turn)
		options->turn(options->turn_ctx, loop->index);
}

int http_loop_turn(struct http_loop *loop, int64_t timeout)
{
	int r = loop_run_once(loop->loop, TAILQ_EMPTY(&loop->ready) ? timeout : 0);
	/* The turn may make connections ready (answers of hosts); `turn` is the last thing before
	 * the wait unless there is more to do than two rounds. */
	for (int round = 0; r >= 0 && round < 2; round++) {
		run_ready(loop);
		turn(loop);
		if (TAILQ_EMPTY(&loop->ready))
			break;
	}
	return r;
}

static void *loop_main(void *ctx)
{
	struct http_loop *loop = ctx;
	char name[16];
	snprintf(name, sizeof(name), "http-%d", loop->index);
	pthread_setname_np(pthread_self(), name);
	turn(loop);
	while (!(loop->leave && loop->connections == 0)) {
		if (http_loop_turn(loop, -1) < 0)
			break;
	}
	struct http_server *server = loop->server;
	if (atomic_fetch_sub(&server->threads, 1) == 1 && server->left)
		loop_post(server->left_loop, server->left);
	return NULL;
}

static void wake_all(struct http_loop *loop, bool force)
{
	struct conn *conn;
	for (int i = 0; i < WHEEL_SLOTS; i++) {
		LIST_FOREACH(conn, &loop->wheel[i], in_wheel)
		{
			/* cppcheck-suppress uninitvar ; LIST_FOREACH has set it */
			conn->forced = conn->forced || force;
			http_conn_wake(conn);
		}
	}
}

static void stop_forced(void *ctx)
{
	wake_all(ctx, true);
}

static void stop_begin(void *ctx)
{
	struct http_loop *loop = ctx;
	loop->stopping = loop->leave = true;
	listeners_free(loop);
	int64_t due = loop_now(loop->loop) + loop->server->grace;
	bool force = loop_timer_set(loop->loop, &loop->stop_timer, due, stop_forced, loop) < 0;
	wake_all(loop, force || loop->server->grace <= 0);
}

static void stop_all(struct http_server *server, int64_t grace_ns)
{
	server->grace = grace_ns;
	for (int i = 0; i < server->options.loops; i++) {
		struct http_loop *loop = &server->loops[i];
		if (loop->started)
			loop_post(loop->loop, &loop->stop_task);
	}
}

void http_server_leave(struct http_server *server, int64_t grace_ns, struct loop *loop,
		       struct loop_task *left)
{
	server->left_loop = loop;
	server->left = left;
	stop_all(server, grace_ns);
}

void http_server_stop(struct http_server *server, int64_t grace_ns)
{
	stop_all(server, grace_ns);
	for (int i = 0; i < server->options.loops; i++) {
		struct http_loop *loop = &server->loops[i];
		if (loop->started)
			pthread_join(loop->thread, NULL);
		loop->started = false;
	}
}

int http_server_start(struct http_server *server)
{
	/* Signals belong to the control thread; SIGPIPE of sendfile to nobody. */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int e = 0;
	for (int i = 0; i < server->options.loops && e == 0; i++) {
		struct http_loop *loop = &server->loops[i];
		atomic_fetch_add(&server->threads, 1);
		e = pthread_create(&loop->thread, NULL, loop_main, loop);
		loop->started = e == 0;
		if (e)
			atomic_fetch_sub(&server->threads, 1);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (e)
		http_server_stop(server, 0);
	return -e;
}

static int loop_begin(struct http_server *server, int i)
{
	struct http_loop *loop = &server->loops[i];
	loop->server = server;
	loop->index = i;
	loop->reserve = -1;
	loop->stop_task = (struct loop_task){ .fn = stop_begin, .ctx = loop };
	TAILQ_INIT(&loop->ready);
	http_deadline_init(loop);
	int r = loop_new(&loop->loop);
	if (r < 0)
		return r;
	loop->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return loop->reserve < 0 ? -errno : 0;
}

int http_server_new(const struct http_options *options, struct http_server **ret)
{
	struct http_server *server = mem_new(struct http_server);
	if (!server)
		return -ENOMEM;
	server->options = *options;
	server->options.loops = 0; /* those that need an end */
	server->rate.bytes_per_second = options->bytes_per_second;
	int n = options->server_header
			? snprintf(server->server_header, sizeof(server->server_header),
				   "\r\nServer: %s", options->server_header)
			: 0;
	int r = n < 0 || (size_t)n >= sizeof(server->server_header) || options->loops < 1 ? -EINVAL
											  : 0;
	server->server_header_length = r < 0 ? 0 : (size_t)n;
	server->loops = mem_zalloc((size_t)(options->loops < 1 ? 1 : options->loops),
				   sizeof(*server->loops));
	if (!server->loops) {
		mem_free(server);
		return -ENOMEM;
	}
	for (int i = 0; i < options->loops && r == 0; i++) {
		r = loop_begin(server, i);
		server->options.loops++;
	}
	if (r < 0) {
		http_server_free(server);
		return r;
	}
	*ret = server;
	return 0;
}

struct http_server *http_server_free(struct http_server *server)
{
	if (!server)
		return NULL;
	http_server_stop(server, 0);
	for (int i = 0; i < server->options.loops; i++) {
		struct http_loop *loop = &server->loops[i];
		listeners_free(loop);
		http_exchanges_free(loop);
		http_buffers_free(loop);
		loop_free(loop->loop);
		sys_close(loop->reserve);
	}
	mem_free(server->loops);
	return mem_free(server);
}

struct loop *http_server_loop(struct http_server *server, int i)
{
	return server->loops[i].loop;
}

uint32_t http_server_connections(const struct http_server *server)
{
	return atomic_load_explicit(&server->connections, memory_order_relaxed);
}
