/* SPDX-License-Identifier: Apache-2.0 */
/* The servers on base/loop.h: the code that every front-end thread runs, with nothing on top. */
#include "bench.h"

#include "base/loop.h"
#include "base/sys.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

struct server {
	struct loop *loop;
	long responses;
	int open;
};

struct connection {
	struct server *server;
	struct loop_watch *watch;
	size_t have;
	char in[4096];
};

static struct server server;
static struct connection connections[CONNECTIONS];

static void readable(void *ctx, int fd, unsigned events)
{
	struct connection *c = ctx;
	ssize_t n = sys_recv(fd, c->in + c->have, sizeof(c->in) - c->have, MSG_DONTWAIT);
	(void)events;
	if (n == -EAGAIN)
		return;
	if (n <= 0) {
		c->watch = loop_unwatch(c->watch);
		sys_close(fd);
		if (--c->server->open == 0)
			loop_stop(c->server->loop);
		return;
	}
	c->have += (size_t)n;
	if (!memmem(c->in, c->have, "\r\n\r\n", 4))
		return;
	c->have = 0;
	struct iovec iov = { bench_response, RESPONSE_SIZE };
	if (sys_sendv(fd, &iov, 1, MSG_DONTWAIT) == RESPONSE_SIZE)
		c->server->responses++;
}

static long serve(int listener, unsigned events)
{
	int r = loop_new(&server.loop);
	if (r < 0)
		return r;
	for (int i = 0; i < CONNECTIONS; i++) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			return -errno;
		connections[i].server = &server;
		r = loop_watch(server.loop, fd, events, readable, &connections[i],
			       &connections[i].watch);
		if (r < 0)
			return r;
		server.open++;
	}
	r = loop_run(server.loop);
	loop_free(server.loop);
	return r < 0 ? r : server.responses;
}

long serve_epoll(int listener)
{
	return serve(listener, LOOP_READ);
}

long serve_epoll_edge(int listener)
{
	return serve(listener, LOOP_READ | LOOP_EDGE);
}
