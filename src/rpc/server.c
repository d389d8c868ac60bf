/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a server: tables, listening sockets, the loop's thread, the stop. rpc_server_
 * functions are called by the thread that made it.
 */
#include "base/mem.h"
#include "rpc/server-internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 128

void rpc_server_note(struct rpc_server *server, const char *text)
{
	if (server->options.note)
		server->options.note(server->options.ctx, text);
}

static void set_defaults(struct rpc_server_options *o)
{
	if (!o->connections)
		o->connections = 1024;
	if (!o->connections_per_peer)
		o->connections_per_peer = 128;
	if (!o->connections_per_user)
		o->connections_per_user = (o->connections + 3) / 4;
	if (!o->threads)
		o->threads = 64;
	if (!o->waiting)
		o->waiting = 1024;
	if (!o->idle)
		o->idle = 15 * 60 * NSEC_PER_SEC;
	if (!o->handshake)
		o->handshake = 30 * NSEC_PER_SEC;
}

int rpc_server_new(const struct rpc_server_options *options, struct rpc_server **ret)
{
	struct rpc_server *server = mem_new(struct rpc_server);
	if (!server)
		return -ENOMEM;
	server->options = *options;
	server->uid = geteuid();
	set_defaults(&server->options);
	LIST_INIT(&server->listeners);
	LIST_INIT(&server->sockets);
	LIST_INIT(&server->spare);
	server->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int r = loop_new(&server->loop);
	if (r == 0)
		r = rpc_interfaces_new(&server->interfaces);
	if (r == 0)
		r = rpc_groups_new(&server->groups);
	if (r == 0)
		r = rpc_workers_init(&server->workers, server->options.threads,
				     server->options.waiting);
	if (r < 0) {
		rpc_server_free(server);
		return r;
	}
	*ret = server;
	return 0;
}

static void listeners_free(struct rpc_server *server)
{
	struct rpc_listener *l;
	while ((l = LIST_FIRST(&server->listeners))) {
		LIST_REMOVE(l, in_server);
		loop_unwatch(l->watch);
		sys_close(l->fd);
		mem_free(l);
	}
}

struct rpc_server *rpc_server_free(struct rpc_server *server)
{
	if (!server)
		return NULL;
	rpc_server_stop(server, 0);
	listeners_free(server);
	rpc_sockets_free(server);
	rpc_workers_done(&server->workers);
	rpc_interfaces_free(server->interfaces);
	rpc_groups_free(server->groups);
	loop_free(server->loop);
	sys_close(server->reserve);
	return mem_free(server);
}

struct rpc_interfaces *rpc_server_interfaces(struct rpc_server *server)
{
	return server->interfaces;
}

const struct rpc_statistics *rpc_server_statistics(const struct rpc_server *server)
{
	return &server->statistics;
}

/* ---- listening ---- */

int rpc_server_listen(struct rpc_server *server, int fd)
{
	struct sockaddr_storage a = { 0 };
	socklen_t length = sizeof(a);
	char address[SYS_ADDRESS_SIZE];
	int flags = fcntl(fd, F_GETFL);
	if (getsockname(fd, (struct sockaddr *)&a, &length) < 0 || flags < 0 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	struct rpc_listener *l = mem_new(struct rpc_listener);
	if (!l)
		return -ENOMEM;
	l->server = server;
	l->fd = fd;
	l->local = a.ss_family == AF_UNIX;
	l->port = sys_address_text(&a, address);
	if (l->local)
		memcpy(l->secondary, ((const struct sockaddr_un *)(const void *)&a)->sun_path,
		       sizeof(l->secondary) - 1);
	else
		snprintf(l->secondary, sizeof(l->secondary), "%u", l->port);
	int r = loop_watch(server->loop, fd, LOOP_READ, rpc_listener_event, l, &l->watch);
	if (r < 0) {
		mem_free(l);
		return r;
	}
	LIST_INSERT_HEAD(&server->listeners, l, in_server);
	return 0;
}

/* `what` is for the error. Owns nothing on failure. */
static int open_socket(struct rpc_server *server, const struct sockaddr *a, socklen_t length,
		       const char *what, int *ret, struct error *err)
{
	const int on = 1, off = 0;
	_cleanup_fd_ int fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = fd < 0 ? -errno : 0;
	if (r == 0 && a->sa_family != AF_UNIX)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (r == 0 && a->sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (r == 0 && (bind(fd, a, length) < 0 || listen(fd, BACKLOG) < 0))
		r = -errno;
	if (r == 0)
		r = rpc_server_listen(server, fd);
	if (r < 0)
		return error_set(err, r, "cannot listen on %s: %s", what, error_errno_text(r));
	*ret = TAKE_FD(fd);
	return 0;
}

int rpc_server_listen_tcp(struct rpc_server *server, const char *address, uint16_t port,
			  uint16_t *ret_port, struct error *err)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	char what[SYS_ADDRESS_SIZE + 16];
	snprintf(what, sizeof(what), "%s port %u", address ? address : "all addresses", port);
	int fd, r;
	if (address && inet_pton(AF_INET, address, &in.sin_addr) == 1)
		r = open_socket(server, (struct sockaddr *)&in, sizeof(in), what, &fd, err);
	else if (!address || inet_pton(AF_INET6, address, &in6.sin6_addr) == 1)
		r = open_socket(server, (struct sockaddr *)&in6, sizeof(in6), what, &fd, err);
	else
		return error_set(err, -EINVAL, "'%s' is no IP address to listen on", address);
	/* A machine without IPv6. */
	if (r < 0 && !address)
		r = open_socket(server, (struct sockaddr *)&in, sizeof(in), what, &fd, err);
	if (r == 0 && ret_port)
		*ret_port = LIST_FIRST(&server->listeners)->port;
	return r;
}

/* A socket that nobody listens on any more is in the way. */
static void remove_stale(const struct sockaddr_un *a)
{
	struct stat st;
	/* A file that is none refuses, too, and is somebody's. */
	if (lstat(a->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return;
	/* One that listens and is busy keeps nobody waiting here. */
	_cleanup_fd_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)a, sizeof(*a)) < 0 &&
	    errno == ECONNREFUSED)
		unlink(a->sun_path);
}

int rpc_server_listen_local(struct rpc_server *server, const char *path, struct error *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd;
	if (strlen(path) >= sizeof(a.sun_path))
		return error_set(err, -ENAMETOOLONG, "the path of the local socket is too long: %s",
				 path);
	strcpy(a.sun_path, path);
	remove_stale(&a);
	return open_socket(server, (struct sockaddr *)&a, sizeof(a), path, &fd, err);
}

/* ---- start and stop ---- */

static void *loop_main(void *ctx)
{
	struct rpc_server *server = ctx;
	pthread_setname_np(pthread_self(), "rpc-loop");
	loop_run(server->loop);
	return NULL;
}

int rpc_server_start(struct rpc_server *server)
{
	sigset_t all, before;
	int r = rpc_workers_start(&server->workers);
	if (r < 0)
		return r;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int e = pthread_create(&server->thread, NULL, loop_main, server);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	server->started = e == 0;
	if (e)
		rpc_workers_stop(&server->workers);
	return -e;
}

/* They leave the list later, by the loop's tasks. */
static void stop_sockets(struct rpc_server *server, bool busy)
{
	struct rpc_socket *s;
	LIST_FOREACH(s, &server->sockets, in_server)
	{
		rpc_socket_stop(s, busy);
	}
}

static void grace_over(void *ctx)
{
	stop_sockets(ctx, true);
}

static void stop_begin(void *ctx)
{
	struct rpc_server *server = ctx;
	server->stopping = true;
	listeners_free(server);
	stop_sockets(server, server->grace <= 0);
	if (LIST_EMPTY(&server->sockets)) {
		loop_stop(server->loop);
		return;
	}
	int64_t due = loop_now(server->loop) + server->grace;
	if (server->grace > 0 &&
	    loop_timer_set(server->loop, &server->stop_timer, due, grace_over, server) < 0)
		stop_sockets(server, true);
}

void rpc_server_stop(struct rpc_server *server, int64_t grace)
{
	if (!server->started)
		return;
	server->grace = grace;
	server->stop_task = (struct loop_task){ .fn = stop_begin, .ctx = server };
	loop_post(server->loop, &server->stop_task);
	pthread_join(server->thread, NULL);
	server->started = false;
	rpc_workers_stop(&server->workers);
}
