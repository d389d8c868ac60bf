/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See child.h. Used by inetinfo and dllhost on their control thread. Owns the descriptor
 * CONTROL_CHILD_FD and one receive buffer.
 */
#include "ipc/child.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHILD_SEND_PATIENCE_MS 1000

struct child {
	struct loop *loop;
	struct loop_watch *watch;
	struct child_handler handler;
	uint64_t generation;
	int fd;
	bool lost;
	struct control_message message; /* 64 KiB: kept off the stack */
};

static void child_lost(struct child *child)
{
	if (child->lost)
		return;
	child->lost = true;
	child->watch = loop_unwatch(child->watch);
	if (child->handler.lost)
		child->handler.lost(child->handler.ctx);
}

static void child_answer_ping(struct child *child, const struct control_ping *ping)
{
	struct control_pong pong = { .generation = child->generation, .sequence = ping->sequence };

	if (child->handler.counters)
		child->handler.counters(child->handler.ctx, &pong.requests, &pong.active);
	child_send(child, CONTROL_PONG, &pong, NULL, 0);
}

static void child_readable(void *ctx, int fd, unsigned events)
{
	struct child *child = ctx;
	struct control_message *m = &child->message;

	(void)events;
	while (!child->lost) {
		int r = control_receive(fd, CONTROL_FROM_SCM, m);

		if (r == -EAGAIN)
			return;
		if (r < 0) {
			/* The SCM is trusted and speaks our own build's language: an ill-formed
			 * message means the two do not belong together. */
			child_lost(child);
			return;
		}
		if (m->type == CONTROL_PING)
			child_answer_ping(child, &m->ping);
		else
			child->handler.message(child->handler.ctx, m);
		control_message_done(m);
	}
}

static int child_read_generation(uint64_t *ret, struct error *err)
{
	const char *value = getenv("SURROGATE_GENERATION");

	if (!value || !text_to_u64(text_of(value), ret))
		return error_set(err, -EBADF,
				 "this program is started by the service control manager; run "
				 "'surrogate run' or 'surrogate serve PATH' instead");
	return 0;
}

int child_new(struct loop *loop, const struct child_handler *handler, struct child **ret,
	      struct error *err)
{
	struct child *child;
	uint64_t generation;
	int type = 0, r;
	socklen_t length = sizeof type;

	r = child_read_generation(&generation, err);
	if (r < 0)
		return r;
	if (getsockopt(CONTROL_CHILD_FD, SOL_SOCKET, SO_TYPE, &type, &length) < 0 ||
	    type != SOCK_SEQPACKET)
		return error_set(err, -EBADF,
				 "descriptor %d is not a connection to the service control "
				 "manager",
				 CONTROL_CHILD_FD);
	fcntl(CONTROL_CHILD_FD, F_SETFD, FD_CLOEXEC);

	child = mem_new(struct child);
	if (!child)
		return error_set(err, -ENOMEM, "out of memory");
	child->loop = loop;
	child->handler = *handler;
	child->generation = generation;
	child->fd = CONTROL_CHILD_FD;
	r = loop_watch(loop, child->fd, LOOP_READ, child_readable, child, &child->watch);
	if (r < 0) {
		mem_free(child);
		return error_set(err, r, "cannot watch the control connection: %s",
				 error_errno_text(r));
	}
	*ret = child;
	return 0;
}

struct child *child_free(struct child *child)
{
	if (!child)
		return NULL;
	loop_unwatch(child->watch);
	sys_close(child->fd);
	return mem_free(child);
}

uint64_t child_generation(const struct child *child)
{
	return child->generation;
}

int child_send(struct child *child, enum control_type type, const void *message, const int *fds,
	       int fd_count)
{
	for (;;) {
		struct pollfd p = { .fd = child->fd, .events = POLLOUT };
		int r = control_send(child->fd, type, message, fds, fd_count);

		if (r != -EAGAIN)
			return r;
		if (poll(&p, 1, CHILD_SEND_PATIENCE_MS) <= 0)
			return -EAGAIN;
	}
}

int child_register(struct child *child, const char *program, const int *fds, int fd_count)
{
	struct control_registration m = {
		.generation = child->generation,
		.pid = (uint64_t)getpid(),
		.program = text_of(program),
	};

	return child_send(child, CONTROL_REGISTRATION, &m, fds, fd_count);
}

int child_report(struct child *child, const char *source, uint32_t id, ...)
{
	struct control_event m = { .id = id, .source = text_of(source) };
	struct buf parameters;
	const char *p;
	va_list args;
	int r;

	buf_init(&parameters, CONTROL_MESSAGE_MAX / 2);
	va_start(args, id);
	for (int i = 0; (p = va_arg(args, const char *)); i++) {
		if (i > 0)
			buf_putc(&parameters, 0x1F);
		buf_puts(&parameters, p);
	}
	va_end(args);
	r = buf_failed(&parameters);
	if (r == 0) {
		m.parameters = buf_text(&parameters);
		r = child_send(child, CONTROL_EVENT, &m, NULL, 0);
	}
	buf_done(&parameters);
	return r;
}
