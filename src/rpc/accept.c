/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listening sockets of a server, on the loop's thread: connections are taken, or refused when there
 * are too many.
 */
#include "rpc/server-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_PER_TURN 64

static void keep_alive(int fd)
{
	const int on = 1, idle = 120, interval = 15, count = 4;
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static unsigned limit_of(const struct rpc_server *server, bool local, uint32_t uid)
{
	const struct rpc_server_options *o = &server->options;
	if (!local)
		return o->connections_per_peer;
	/* Who administers the machine, or runs the server, does not need it to starve others. */
	return uid == 0 || uid == server->uid ? o->connections : o->connections_per_user;
}

static bool too_many(const struct rpc_server *server, const char *address, unsigned limit)
{
	const struct rpc_socket *s;
	unsigned same = 0;
	if (server->socket_count >= server->options.connections)
		return true;
	if (limit >= server->options.connections)
		return false;
	LIST_FOREACH(s, &server->sockets, in_server)
	{
		/* cppcheck-suppress uninitvar ; LIST_FOREACH has set it */
		same += strcmp(s->address, address) == 0;
	}
	return same >= limit;
}

uint32_t rpc_socket_user(int fd)
{
	struct ucred cred = { .uid = UINT32_MAX };
	socklen_t length = sizeof(cred);
	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &length);
	return cred.uid;
}

static void accepted(const struct rpc_listener *l, int fd, const struct sockaddr_storage *from)
{
	char address[SYS_ADDRESS_SIZE], note[SYS_ADDRESS_SIZE + 80];
	uint32_t uid = l->local ? rpc_socket_user(fd) : UINT32_MAX;
	if (l->local) {
		snprintf(address, sizeof(address), "local:%u", uid);
	} else {
		sys_address_text(from, address);
		keep_alive(fd);
	}
	bool full = too_many(l->server, address, limit_of(l->server, l->local, uid));
	if (!full && rpc_socket_new(l, fd, address) == 0)
		return;
	snprintf(note, sizeof(note), "%s: a connection is refused: %s", address,
		 full ? "too many" : "out of memory");
	rpc_server_note(l->server, note);
	sys_close(fd);
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
