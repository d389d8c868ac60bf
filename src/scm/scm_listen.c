/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listening sockets. They belong to the SCM and are lent to the front end: while a crashed one
 * is started anew connections wait in their queues and none is refused, and one that takes over
 * goes on with those of the one before. SCM loop thread.
 */
#include "scm/scm_internal.h"
#include "base/sys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 4096

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* "*" is every address of both families. -EINVAL when it is no address. */
static int parse_address(const char *text, uint16_t port, union address *out, socklen_t *length)
{
	char bare[64];

	*out = (union address){ 0 };
	snprintf(bare, sizeof(bare), "%s", *text == '[' ? text + 1 : text);
	bare[strcspn(bare, "]")] = '\0';
	if (inet_pton(AF_INET, bare, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons(port);
		*length = sizeof(out->v4);
		return 0;
	}
	if (strcmp(text, "*") != 0 && *text && inet_pton(AF_INET6, bare, &out->v6.sin6_addr) != 1)
		return -EINVAL;
	out->v6.sin6_family = AF_INET6;
	out->v6.sin6_port = htons(port);
	*length = sizeof(out->v6);
	return 0;
}

static int open_socket(const char *address, uint16_t port, bool shared)
{
	_cleanup_fd_ int fd = -1;
	union address a;
	socklen_t length;
	int on = 1, off = 0, r = parse_address(address, port, &a, &length);

	if (r)
		return r;
	fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 && errno == EAFNOSUPPORT && !strcmp(address, "*")) /* no IPv6 here */
		return open_socket("0.0.0.0", port, shared);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a.any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, strcmp(address, "*") ? &on : &off,
			   sizeof(on));
	if (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0)
		return -errno;
	if (bind(fd, &a.any, length) < 0 || listen(fd, BACKLOG) < 0)
		return -errno;
	return TAKE_FD(fd);
}

int scm_listen_tcp(const char *address, uint16_t port)
{
	return open_socket(address, port, false);
}

int scm_listen_local(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_fd_ int fd = -1;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	/* We hold the lock of the state directory, so whoever left this has gone. */
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    chmod(path, 0666) < 0 || listen(fd, BACKLOG) < 0)
		return -errno;
	return TAKE_FD(fd);
}

bool scm_port_free(const char *address, uint16_t port)
{
	_cleanup_fd_ int fd = open_socket(address, port, false);

	return fd >= 0;
}

static void listener_close(struct scm_listener *listener)
{
	for (int i = 0; i < listener->count; i++)
		sys_close(listener->fds[i]);
	listener->count = 0;
}

void scm_listeners_close(struct scm *scm)
{
	for (size_t i = 0; i < scm->listener_count; i++)
		listener_close(&scm->listeners[i]);
	scm->listener_count = 0;
}

static struct scm_listener *listener_find(const struct scm *scm, const char *address, uint16_t port)
{
	for (size_t i = 0; i < scm->listener_count; i++) {
		if (scm->listeners[i].port == port && !strcmp(scm->listeners[i].address, address))
			return (struct scm_listener *)&scm->listeners[i];
	}
	return NULL;
}

/* True when a site that runs says so: the front end may ask for nothing else. */
static bool is_configured(const struct scm *scm, const char *address, uint64_t port)
{
	for (size_t s = 0; s < config_site_count(scm->config); s++) {
		const struct config_site *site = config_site_at(scm->config, s);

		for (size_t b = 0; scm->sites[s].runs && b < site->binding_count; b++) {
			if (site->bindings[b].port == port &&
			    !strcmp(site->bindings[b].protocol, "http") &&
			    !strcmp(site->bindings[b].address, address))
				return true;
		}
	}
	return false;
}

void scm_listeners_trim(struct scm *scm)
{
	size_t kept = 0;

	for (size_t i = 0; i < scm->listener_count; i++) {
		struct scm_listener *listener = &scm->listeners[i];

		if (listener->count && is_configured(scm, listener->address, listener->port))
			scm->listeners[kept++] = *listener;
		else
			listener_close(listener);
	}
	scm->listener_count = kept;
}

size_t scm_site_listens(const struct scm *scm, const struct config_site *site, bool *ret_open)
{
	size_t count = 0;

	for (size_t b = 0; b < site->binding_count; b++) {
		const struct config_binding *binding = &site->bindings[b];
		const struct scm_listener *listener =
			listener_find(scm, binding->address, binding->port);

		if (strcmp(binding->protocol, "http") != 0)
			continue;
		*ret_open = *ret_open || (!listener && scm->listener_count < SCM_LISTENERS_MAX);
		count += listener && listener->count;
	}
	return count;
}

/* Each configured address has its sockets, or an event that says why not. */
bool scm_addresses_settled(struct scm *scm)
{
	bool open = false;

	for (size_t s = 0; s < config_site_count(scm->config); s++) {
		if (scm->sites[s].runs)
			scm_site_listens(scm, config_site_at(scm->config, s), &open);
	}
	return !open;
}

/* Fills up to `wanted` sockets. Another program that listens there is found before the first:
 * SO_REUSEPORT would let us share its port, if it runs as the same user. */
static int listener_open(struct scm_listener *listener, int wanted)
{
	if (!listener->count) {
		int probe = open_socket(listener->address, listener->port, false);

		if (probe < 0)
			return probe;
		sys_close(probe);
	}
	while (listener->count < wanted) {
		int fd = open_socket(listener->address, listener->port, true);

		if (fd < 0)
			return fd;
		listener->fds[listener->count++] = fd;
	}
	/* A socket that nobody accepts from would swallow its share of connections. */
	while (listener->count > wanted)
		sys_close(listener->fds[--listener->count]);
	return 0;
}

static int listener_get(struct scm *scm, const char *address, const struct control_listen *m,
			struct scm_listener **ret)
{
	struct scm_listener *listener;

	if (m->sockets < 1 || m->sockets > SCM_SOCKETS_MAX)
		return -EINVAL;
	if (!is_configured(scm, address, m->port))
		return -EPERM;
	listener = listener_find(scm, address, (uint16_t)m->port);
	if (!listener) {
		if (scm->listener_count == SCM_LISTENERS_MAX)
			return -ENOBUFS;
		listener = &scm->listeners[scm->listener_count++];
		*listener = (struct scm_listener){ .port = (uint16_t)m->port };
		snprintf(listener->address, sizeof(listener->address), "%s", address);
	}
	*ret = listener;
	return listener_open(listener, (int)m->sockets);
}

static void report(struct scm_child *child, const char *address, const char *text)
{
	if (child->scm->ready)
		fprintf(stderr, "surrogate: %s\n", text);
	else
		scm_note(child->scm, "%s", text);
	scm_event(child->scm, "W3SVC", 115, (uint32_t)child->process.pid, address);
}

void scm_listen(struct scm_child *child, const struct control_listen *m)
{
	struct scm *scm = child->scm;
	struct control_listening answer = { .cookie = m->cookie };
	struct scm_listener *listener = NULL;
	char address[64], text[256] = "";
	int r;

	snprintf(address, sizeof(address), TEXT_FMT, TEXT_ARG(m->address));
	r = listener_get(scm, address, m, &listener);
	if (r < 0) {
		snprintf(text, sizeof(text), "cannot listen on %s port %u: %s", address,
			 (unsigned)m->port,
			 r == -EPERM        ? "no site binding names it"
			 : r == -EACCES     ? "the port is for root alone"
			 : r == -EADDRINUSE ? "another program already listens there"
					    : error_errno_text(r));
		answer.error = (uint64_t)-r;
		answer.text = text_of(text);
		/* What it asked for may have been taken out of the configuration meanwhile. */
		if (r != -EPERM || scm->front_version == scm->config_version)
			report(child, address, text);
	}
	scm_child_send(child, CONTROL_LISTENING, &answer, r < 0 ? NULL : listener->fds,
		       r < 0 ? 0 : listener->count);
}
