/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets of a client. Nothing here waits past its deadline; a cancel ends any wait at once.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "rpc/client-internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define RECEIVE_SIZE 65536

/* ---- cancelling ---- */

struct rpc_cancel {
	int fd; /* readable from rpc_cancel_now on */
	_Atomic bool used;
	pthread_mutex_t lock;         /* of what follows; taken before the one it points to */
	pthread_mutex_t *waiter_lock; /* of a thread that waits for no descriptor, or NULL */
	pthread_cond_t *waiter_wake;
};

int rpc_cancel_new(struct rpc_cancel **ret)
{
	struct rpc_cancel *c = mem_new(struct rpc_cancel);
	if (!c)
		return -ENOMEM;
	c->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c->fd < 0) {
		int r = -errno;
		mem_free(c);
		return r;
	}
	pthread_mutex_init(&c->lock, NULL);
	*ret = c;
	return 0;
}

struct rpc_cancel *rpc_cancel_free(struct rpc_cancel *c)
{
	if (!c)
		return NULL;
	sys_close(c->fd);
	pthread_mutex_destroy(&c->lock);
	return mem_free(c);
}

void rpc_cancel_now(struct rpc_cancel *c)
{
	const uint64_t one = 1;
	atomic_store(&c->used, true);
	/* It can only fail when it has been cancelled very often already. */
	ssize_t n = sys_write(c->fd, &one, sizeof(one));
	(void)n;
	pthread_mutex_lock(&c->lock);
	if (c->waiter_lock) {
		/* With its lock, so that it has looked at `used` after it was set, or waits. */
		pthread_mutex_lock(c->waiter_lock);
		pthread_cond_broadcast(c->waiter_wake);
		pthread_mutex_unlock(c->waiter_lock);
	}
	pthread_mutex_unlock(&c->lock);
}

bool rpc_cancel_used(const struct rpc_cancel *c)
{
	return c && atomic_load(&c->used);
}

void rpc_cancel_watch(struct rpc_cancel *c, pthread_mutex_t *lock, pthread_cond_t *wake)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	c->waiter_lock = lock;
	c->waiter_wake = wake;
	pthread_mutex_unlock(&c->lock);
}

/* ---- waiting ---- */

static int wait_for(const struct rpc_net *net, short events)
{
	struct pollfd fds[2] = { { .fd = net->fd, .events = events },
				 { .fd = net->cancel ? net->cancel->fd : -1, .events = POLLIN } };
	for (;;) {
		int64_t left = net->deadline - clock_now();
		if (left <= 0)
			return -ETIMEDOUT;
		struct timespec timeout = { left / NSEC_PER_SEC, left % NSEC_PER_SEC };
		int n = ppoll(fds, 2, &timeout, NULL);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n <= 0)
			continue;
		if (fds[1].revents)
			return -ECANCELED;
		return 0;
	}
}

/* ---- connecting ---- */

static int connect_to(struct rpc_net *net, const struct sockaddr *a, socklen_t length)
{
	int e = 0;
	const int on = 1;
	socklen_t size = sizeof(e);
	net->fd = socket(a->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (net->fd < 0)
		return -errno;
	int r = connect(net->fd, a, length) < 0 ? -errno : 0;
	if (r == -EINPROGRESS) {
		r = wait_for(net, POLLOUT);
		if (r == 0 && getsockopt(net->fd, SOL_SOCKET, SO_ERROR, &e, &size) == 0)
			r = -e;
	}
	if (r < 0) {
		net->fd = sys_close(net->fd);
		return r;
	}
	if (a->sa_family != AF_UNIX) {
		setsockopt(net->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		setsockopt(net->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	}
	return 0;
}

static int connect_local(struct rpc_net *net, const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(a.sun_path))
		return -ENAMETOOLONG;
	strcpy(a.sun_path, path);
	return connect_to(net, (struct sockaddr *)&a, sizeof(a));
}

/* All addresses of a name, in the order they are to be tried, share one deadline. */
static int connect_tcp(struct rpc_net *net, const struct rpc_binding *b)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	struct addrinfo *list = NULL, *a;
	const char *host = *b->host ? b->host : "localhost";
	int r = -EHOSTUNREACH;
	if (getaddrinfo(host, b->endpoint, &hints, &list) != 0)
		return r;
	for (a = list; a; a = a->ai_next) {
		r = connect_to(net, a->ai_addr, a->ai_addrlen);
		if (r == 0 || r == -ECANCELED || r == -ETIMEDOUT)
			break;
	}
	freeaddrinfo(list);
	return r;
}

/* Makes a read of the socket wait on its own, for half of the time that calls usually have: such a
 * read is never too long for a call whose time has only begun, and needs no poll before it. */
static void be_patient(struct rpc_net *net, int64_t call_timeout)
{
	int64_t patience = call_timeout / 2;
	struct timeval time = { patience / NSEC_PER_SEC, patience % NSEC_PER_SEC / 1000 };
	int flags = fcntl(net->fd, F_GETFL);
	if ((time.tv_sec || time.tv_usec) && flags >= 0 &&
	    setsockopt(net->fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time)) == 0 &&
	    fcntl(net->fd, F_SETFL, flags & ~O_NONBLOCK) == 0)
		net->patience = patience;
}

int rpc_net_connect(struct rpc_net *net, const struct rpc_binding *b, int64_t call_timeout)
{
	net->patience = INT64_MAX;
	int r = b->protseq == RPC_NCALRPC ? connect_local(net, b->endpoint) : connect_tcp(net, b);
	if (r == 0)
		be_patient(net, call_timeout);
	return r;
}

/* ---- bytes ---- */

int rpc_net_send(struct rpc_net *net, const void *data, size_t length)
{
	const char *at = data;
	while (length) {
		struct iovec piece = { (void *)(uintptr_t)at, length };
		ssize_t n = sys_sendv(net->fd, &piece, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n == -EAGAIN) {
			int r = wait_for(net, POLLOUT);
			if (r < 0)
				return r;
			continue;
		}
		if (n < 0)
			return (int)n;
		at += n;
		length -= (size_t)n;
	}
	return 0;
}

int rpc_net_receive(struct rpc_net *net, struct buf *in)
{
	char data[RECEIVE_SIZE];
	ssize_t n;
	do {
		bool patient = !net->cancel && net->deadline - clock_now() >= net->patience;
		int r = patient ? 0 : wait_for(net, POLLIN);
		if (r < 0)
			return r;
		n = sys_recv(net->fd, data, sizeof(data), patient ? 0 : MSG_DONTWAIT);
	} while (n == -EAGAIN);
	if (n <= 0)
		return n < 0 ? (int)n : -ECONNRESET;
	buf_put(in, data, (size_t)n);
	return buf_failed(in);
}

bool rpc_net_quiet(int fd)
{
	char one;
	return sys_recv(fd, &one, 1, MSG_PEEK | MSG_DONTWAIT) == -EAGAIN;
}
