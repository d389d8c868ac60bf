/* SPDX-License-Identifier: Apache-2.0 */
/* The servers on io_uring, as lean as liburing 2.3 lets them be. */
#include "bench.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <liburing.h>

#define BUFFERS 256 /* of the provided ring; a power of two */
#define BUFFER_SIZE 4096
#define BUFFER_GROUP 1

struct connection {
	int fd;
	char in[BUFFER_SIZE];
};

static struct connection connections[CONNECTIONS];
static struct io_uring ring;
static struct io_uring_buf_ring *provided;
static char (*buffers)[BUFFER_SIZE];

/* What a completion is for: the connection's number, and this bit for a send. */
#define SENT 0x1000u

static struct io_uring_sqe *next_sqe(uint64_t what)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
	if (!sqe) {
		io_uring_submit(&ring);
		sqe = io_uring_get_sqe(&ring);
	}
	if (!sqe)
		abort();
	sqe->user_data = what; /* set again after the prep function, which clears it */
	return sqe;
}

static void start_receive(unsigned i, bool multishot)
{
	struct io_uring_sqe *sqe = next_sqe(i);
	if (multishot) {
		io_uring_prep_recv_multishot(sqe, connections[i].fd, NULL, 0, 0);
		sqe->flags |= IOSQE_BUFFER_SELECT;
		sqe->buf_group = BUFFER_GROUP;
	} else {
		io_uring_prep_recv(sqe, connections[i].fd, connections[i].in,
				   sizeof(connections[i].in), 0);
	}
	sqe->user_data = i;
}

static void start_send(unsigned i)
{
	struct io_uring_sqe *sqe = next_sqe(i);
	io_uring_prep_send(sqe, connections[i].fd, bench_response, RESPONSE_SIZE, MSG_NOSIGNAL);
	sqe->user_data = i | SENT;
}

static void give_buffer(unsigned id)
{
	io_uring_buf_ring_add(provided, buffers[id], BUFFER_SIZE, (unsigned short)id,
			      io_uring_buf_ring_mask(BUFFERS), 0);
	io_uring_buf_ring_advance(provided, 1);
}

static int provide_buffers(void)
{
	struct io_uring_buf_reg reg = { .ring_entries = BUFFERS, .bgid = BUFFER_GROUP };
	void *memory;
	if (posix_memalign(&memory, 4096, BUFFERS * sizeof(struct io_uring_buf)) != 0)
		return -ENOMEM;
	buffers = calloc(BUFFERS, BUFFER_SIZE);
	if (!buffers)
		return -ENOMEM;
	provided = memory;
	reg.ring_addr = (uintptr_t)memory;
	int r = io_uring_register_buf_ring(&ring, &reg, 0);
	if (r < 0)
		return r;
	io_uring_buf_ring_init(provided);
	for (unsigned id = 0; id < BUFFERS; id++)
		give_buffer(id);
	return 0;
}

/* Handles a completion; true when it closed a connection. */
static bool complete(const struct io_uring_cqe *cqe, bool multishot, long *responses)
{
	unsigned i = (unsigned)cqe->user_data & (SENT - 1);
	if (cqe->user_data & SENT) {
		*responses += cqe->res == RESPONSE_SIZE;
		if (!multishot)
			start_receive(i, false);
		return false;
	}
	const char *data = connections[i].in;
	unsigned id = cqe->flags >> IORING_CQE_BUFFER_SHIFT;
	if (cqe->flags & IORING_CQE_F_BUFFER)
		data = buffers[id];
	bool whole = cqe->res > 0 && memmem(data, (size_t)cqe->res, "\r\n\r\n", 4);
	if (cqe->flags & IORING_CQE_F_BUFFER)
		give_buffer(id);
	if (cqe->res == 0 || (cqe->res < 0 && cqe->res != -ENOBUFS))
		return true;
	if (whole)
		start_send(i);
	if (multishot && !(cqe->flags & IORING_CQE_F_MORE))
		start_receive(i, true);
	return false;
}

static long serve(int listener, bool multishot)
{
	struct io_uring_params params = { 0 };
	if (multishot)
		params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
	int r = io_uring_queue_init_params(2 * CONNECTIONS, &ring, &params);
	if (r == 0 && multishot)
		r = provide_buffers();
	if (r < 0)
		return r;
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		connections[i].fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (connections[i].fd < 0)
			return -errno;
		start_receive(i, multishot);
	}
	long responses = 0;
	for (int open = CONNECTIONS; open > 0;) {
		struct io_uring_cqe *cqe;
		unsigned head, seen = 0;
		r = io_uring_submit_and_wait(&ring, 1);
		if (r < 0 && r != -EINTR)
			return r;
		io_uring_for_each_cqe(&ring, head, cqe)
		{
			seen++;
			open -= complete(cqe, multishot, &responses);
		}
		io_uring_cq_advance(&ring, seen);
	}
	io_uring_queue_exit(&ring);
	return responses;
}

long serve_uring(int listener)
{
	return serve(listener, false);
}

long serve_uring_multishot(int listener)
{
	return serve(listener, true);
}
