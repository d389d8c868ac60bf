/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control messages over SOCK_SEQPACKET sockets: one packet a message, descriptors attached. Any
 * process, any thread; nothing is kept between calls. Whether a call waits is the socket's own
 * setting (O_NONBLOCK or a time-out). Who the peer is was decided when the connection was
 * accepted (SO_PEERCRED, or because the SCM made the socket pair); here it is a parameter.
 */
#include "ipc/control-table.h"

#include "base/fault.h"
#include "base/sys.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Room for the descriptors of a message; the union aligns it for struct cmsghdr. */
union control_ancillary {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int) * CONTROL_FDS_MAX)];
};

int control_send(int fd, enum control_type type, const void *message, const int *fds, int fd_count)
{
	const struct control_format *format = control_format_of((unsigned)type);
	if (!format || fd_count < format->min_fds || fd_count > format->max_fds)
		return -EINVAL;
	struct control_pieces pieces;
	int r = control_gather(type, message, &pieces);
	if (r < 0)
		return r;

	struct msghdr msg = { .msg_iov = pieces.iov, .msg_iovlen = (size_t)pieces.count };
	union control_ancillary ancillary;
	if (fd_count > 0) {
		size_t size = sizeof(int) * (size_t)fd_count;
		memset(&ancillary, 0, CMSG_SPACE(size));
		msg.msg_control = &ancillary;
		msg.msg_controllen = CMSG_SPACE(size);
		ancillary.header.cmsg_level = SOL_SOCKET;
		ancillary.header.cmsg_type = SCM_RIGHTS;
		ancillary.header.cmsg_len = CMSG_LEN(size);
		memcpy(CMSG_DATA(&ancillary.header), fds, size);
	}
	if (fault_hit(FAULT_SEND))
		return -ECONNRESET;
	ssize_t n;
	do
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* Moves the descriptors that came with `msg` into the message. The kernel has installed them in
 * our table already, so each is either kept here or closed. */
static bool take_descriptors(struct msghdr *msg, struct control_message *ret)
{
	bool fits = true;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue; /* credentials, on a socket that asks for them */
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (ret->fd_count < CONTROL_FDS_MAX) {
				ret->fds[ret->fd_count++] = fd;
			} else {
				sys_close(fd);
				fits = false;
			}
		}
	}
	return fits;
}

int control_receive(int fd, unsigned senders, struct control_message *ret)
{
	union control_ancillary ancillary;
	struct iovec iov = { ret->buffer, sizeof(ret->buffer) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &ancillary,
		.msg_controllen = sizeof(ancillary),
	};
	ret->type = CONTROL_NONE;
	ret->fd_count = 0;
	if (fault_hit(FAULT_RECV))
		return -ECONNRESET;
	ssize_t n;
	do
		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	bool whole = take_descriptors(&msg, ret) && !(msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC));
	int r;
	if (n == 0) /* no message of ours is empty: the end, or a peer that pretends it */
		r = -ECONNRESET;
	else
		r = whole ? control_decode(ret, (size_t)n, ret->fd_count, senders) : -EBADMSG;
	if (r < 0)
		control_message_done(ret);
	return r;
}

void control_message_done(struct control_message *message)
{
	if (!message)
		return;
	for (int i = 0; i < message->fd_count; i++)
		sys_close(message->fds[i]);
	message->fd_count = 0;
	message->type = CONTROL_NONE;
}

static int connect_error(const char *state_dir, int code, struct error *err)
{
	switch (code) {
	case ENOENT:
	case ECONNREFUSED:
		return error_set(
			err, -code,
			"no Surrogate server runs with the state folder %s; start one with "
			"'surrogate run --state %s', or name its folder with --state",
			state_dir, state_dir);
	case EACCES:
	case EPERM:
		return error_set(
			err, -code,
			"you may not speak to the Surrogate server of %s; use an account that "
			"may enter this folder, such as root",
			state_dir);
	case ENAMETOOLONG:
		return error_set(
			err, -code,
			"the state folder %s is too long a path for a socket; use one of at "
			"most 90 characters",
			state_dir);
	default:
		return error_set(err, -code, "cannot connect to the Surrogate server of %s: %s",
				 state_dir, error_errno_text(code));
	}
}

int control_connect(const char *state_dir, int *ret_fd, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int n = snprintf(address.sun_path, sizeof(address.sun_path), "%s/run/scm.sock", state_dir);
	if (n < 0 || (size_t)n >= sizeof(address.sun_path))
		return connect_error(state_dir, ENAMETOOLONG, err);
	_cleanup_fd_ int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return connect_error(state_dir, errno, err);
	int r;
	do
		r = connect(fd, (struct sockaddr *)&address, sizeof(address));
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return connect_error(state_dir, errno, err);
	*ret_fd = TAKE_FD(fd);
	return 0;
}
