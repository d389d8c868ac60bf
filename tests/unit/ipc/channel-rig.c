/* SPDX-License-Identifier: Apache-2.0 */
/* See channel-rig.h. Everything that goes wrong aborts with its place. */
#include "channel-rig.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define RIG_PATIENCE_MS 30000

void rig_init(struct rig *rig, int loops)
{
	rig->fd = channel_create();
	ASSERT(rig->fd >= 0 && loops <= RIG_LOOPS_MAX);
	rig->loops = loops;
	for (int i = 0; i < loops; i++) {
		rig->bells[i] = channel_bell_new();
		ASSERT(rig->bells[i] >= 0);
	}
}

void rig_done(struct rig *rig)
{
	sys_close(rig->fd);
	for (int i = 0; i < rig->loops; i++)
		sys_close(rig->bells[i]);
}

/* Mostly small, now and then around a ring's size or several times it. */
static size_t pick(uint64_t number, size_t ring)
{
	uint64_t r = number * 0x9e3779b97f4a7c15u;
	r ^= r >> 29;
	if (number % 211 == 7)
		return ring * 3 + r % 1000;
	if (number % 97 == 3)
		return ring - 2 + r % 5;
	if (number % 7 == 0)
		return 0;
	return r % 1500;
}

size_t rig_request_size(uint64_t number)
{
	return number % 3 ? 0 : pick(number / 3, CHANNEL_REQUEST_RING);
}

size_t rig_response_size(uint64_t number)
{
	return pick(number + 1, CHANNEL_RESPONSE_RING);
}

static unsigned char byte_at(uint64_t number, size_t at)
{
	return (unsigned char)(number * 31 + at * 7 + (at >> 8));
}

void rig_fill(uint64_t number, size_t at, void *data, size_t length)
{
	unsigned char *to = data;
	for (size_t i = 0; i < length; i++)
		to[i] = byte_at(number, at + i);
}

bool rig_matches(uint64_t number, size_t at, const void *data, size_t length)
{
	const unsigned char *from = data;
	for (size_t i = 0; i < length; i++) {
		if (from[i] != byte_at(number, at + i))
			return false;
	}
	return true;
}

void rig_request(uint64_t number, struct channel_request *ret)
{
	*ret = (struct channel_request){ 0 };
	ret->texts[CHANNEL_METHOD] = TEXT("POST");
	ret->texts[CHANNEL_PATH] = TEXT("/rig.asp");
	ret->headers[0] = (struct channel_header_field){ TEXT("Host"), TEXT("rig") };
	ret->header_count = 1;
	ret->request_id = number;
	/* Every other body comes without its length. */
	ret->content_length = number & 1 ? UINT64_MAX : rig_request_size(number);
}

/* ---- host ---- */

static int read_body(struct channel_host *host, int slot, uint64_t number)
{
	char data[10007];
	size_t at = 0;
	for (;;) {
		ssize_t n = channel_host_read(host, slot, data,
					      number % 5 ? sizeof(data) : 1 + at % 700);
		if (n < 0)
			return (int)n;
		if (n == 0)
			break;
		ASSERT(rig_matches(number, at, data, (size_t)n));
		at += (size_t)n;
	}
	ASSERT(at == rig_request_size(number));
	return 0;
}

static int write_body(struct channel_host *host, int slot, uint64_t number)
{
	char data[30011];
	size_t size = rig_response_size(number);
	for (size_t at = 0; at < size;) {
		size_t n = size - at < sizeof(data) ? size - at : sizeof(data);
		rig_fill(number, at, data, n);
		int r = channel_host_write(host, slot, data, n);
		if (r == 0 && number % 11 == 0)
			r = channel_host_flush(host, slot);
		if (r < 0)
			return r;
		at += n;
	}
	return 0;
}

static int answer(struct channel_host *host, int slot)
{
	struct channel_request request;
	ASSERT(channel_host_request(host, slot, &request) == 0);
	uint64_t number = request.request_id;
	ASSERT(text_equal(request.texts[CHANNEL_PATH], TEXT("/rig.asp")));
	int r = read_body(host, slot, number);
	if (r < 0)
		return r;
	char text[32];
	snprintf(text, sizeof(text), "%" PRIu64, number);
	struct channel_response head = { .status = 200, .header_count = 1 };
	head.headers[0] = (struct channel_header_field){ TEXT("X-Number"), text_of(text) };
	head.content_length = rig_response_size(number);
	r = channel_host_head(host, slot, &head);
	return r < 0 ? r : write_body(host, slot, number);
}

uint64_t rig_serve(struct channel_host *host)
{
	uint64_t served = 0;
	for (;; served++) {
		int slot = channel_host_claim(host, -1);
		if (slot == -EPIPE)
			return served;
		ASSERT(slot >= 0);
		int r = answer(host, slot);
		ASSERT(r == 0 || r == -EPIPE);
		channel_host_finish(host, slot);
	}
}

static void *serve_thread(void *host)
{
	rig_serve(host);
	return NULL;
}

int rig_fork_host(const struct rig *rig, int threads)
{
	int pid = fork();
	ASSERT(pid >= 0);
	if (pid > 0)
		return pid;
	struct channel_host *host;
	pthread_t ids[64];
	ASSERT(channel_host_new(rig->fd, rig->bells, rig->loops, &host) == 0);
	for (int i = 0; i < threads; i++)
		ASSERT(pthread_create(&ids[i], NULL, serve_thread, host) == 0);
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	channel_host_free(host);
	_exit(0);
}

/* ---- front ---- */

struct job {
	uint64_t number;
	size_t sent, received;
	bool ended, head;
};

struct driver {
	struct channel_front *front;
	const struct rig *rig;
	int loop, active;
	uint64_t next, end;
	struct job jobs[CHANNEL_SLOTS];
	struct arena arena;
	struct rig_result *result;
};

/* Puts body bytes into the ring as long as there is room. */
static void feed(struct driver *d, int slot)
{
	struct job *job = &d->jobs[slot];
	size_t size = rig_request_size(job->number);
	if (job->ended)
		return;
	for (;;) {
		struct iovec iov[2];
		if (job->sent == size) {
			channel_front_commit(d->front, slot, 0, true);
			job->ended = true;
			return;
		}
		int count = channel_front_space(d->front, slot, iov);
		ASSERT(count >= 0);
		if (count == 0)
			return;
		size_t n = iov[0].iov_len < size - job->sent ? iov[0].iov_len : size - job->sent;
		rig_fill(job->number, job->sent, iov[0].iov_base, n);
		job->sent += n;
		job->ended = job->sent == size && job->number % 2;
		channel_front_commit(d->front, slot, n, job->ended);
		if (job->ended)
			return;
	}
}

static bool start(struct driver *d)
{
	int slot = channel_front_take(d->front, d->loop);
	if (slot == -EAGAIN)
		return false;
	ASSERT(slot >= 0);
	struct channel_request request;
	struct job *job = &d->jobs[slot];
	*job = (struct job){ .number = d->next++ };
	rig_request(job->number, &request);
	job->ended = request.content_length == 0;
	if (job->number % 4 < 2)
		feed(d, slot); /* before and after submitting are both right */
	ASSERT(channel_front_submit(d->front, slot, &request) == 0);
	feed(d, slot);
	d->active++;
	return true;
}

static void take_head(struct driver *d, int slot)
{
	struct job *job = &d->jobs[slot];
	struct channel_response head;
	ASSERT(!job->head && job->received == 0);
	ASSERT(channel_front_head(d->front, slot, &d->arena, &head) == 0);
	uint64_t number = 0;
	ASSERT(head.status == 200 && head.header_count == 1);
	ASSERT(text_equal(head.headers[0].name, TEXT("X-Number")));
	ASSERT(text_to_u64(head.headers[0].value, &number) && number == job->number);
	ASSERT(head.content_length == rig_response_size(number));
	job->head = true;
	arena_reset(&d->arena);
}

static void take_data(struct driver *d, int slot)
{
	struct job *job = &d->jobs[slot];
	struct iovec iov[2];
	int count = channel_front_peek(d->front, slot, iov);
	ASSERT(count >= 0);
	for (int i = 0; i < count; i++) {
		ASSERT(rig_matches(job->number, job->received, iov[i].iov_base, iov[i].iov_len));
		/* Some are taken in two bites, as a socket would. */
		size_t bite = job->number % 3 ? iov[i].iov_len : iov[i].iov_len / 2;
		channel_front_consume(d->front, slot, bite);
		channel_front_consume(d->front, slot, iov[i].iov_len - bite);
		job->received += iov[i].iov_len;
	}
}

static void look(struct driver *d, int slot)
{
	int events = channel_front_poll(d->front, slot);
	ASSERT(events >= 0);
	if (events & CHANNEL_SPACE)
		feed(d, slot);
	if (events & CHANNEL_HEAD)
		take_head(d, slot);
	if (events & CHANNEL_DATA)
		take_data(d, slot);
	if (!(events & CHANNEL_FINISHED))
		return;
	struct job *job = &d->jobs[slot];
	ASSERT(job->head && job->received == rig_response_size(job->number));
	channel_front_release(d->front, slot);
	d->active--;
	d->result->answered++;
}

static bool look_at(struct driver *d, uint64_t bits)
{
	for (uint64_t left = bits; left; left &= left - 1)
		look(d, __builtin_ctzll(left));
	return bits != 0;
}

/* What HOST_GONE means for each slot that is still taken. */
static void bury(struct driver *d)
{
	look_at(d, channel_front_taken(d->front, d->loop)); /* what finished is served */
	for (uint64_t left = channel_front_taken(d->front, d->loop); left; left &= left - 1) {
		int slot = __builtin_ctzll(left);
		struct iovec iov[2];
		if (channel_front_claimed(d->front, slot)) {
			d->result->failed++;
		} else {
			int count = channel_front_unclaimed_body(d->front, slot, iov);
			size_t at = 0;
			for (int i = 0; i < count; at += iov[i++].iov_len)
				ASSERT(rig_matches(d->jobs[slot].number, at, iov[i].iov_base,
						   iov[i].iov_len));
			ASSERT(at == d->jobs[slot].sent);
			d->result->untouched++;
		}
		channel_front_release(d->front, slot);
	}
}

void rig_drive(struct channel_front *front, const struct rig *rig, int loop, uint64_t first,
	       uint64_t count, int in_flight, const _Atomic int *host_gone,
	       struct rig_result *result)
{
	struct driver *d = mem_new(struct driver);
	ASSERT(d);
	*d = (struct driver){ .front = front,
			      .rig = rig,
			      .loop = loop,
			      .next = first,
			      .end = first + count,
			      .result = result };
	arena_init(&d->arena, 1 << 20);
	*result = (struct rig_result){ 0 };
	while (d->next < d->end || d->active > 0) {
		if (host_gone && *host_gone) {
			bury(d);
			break;
		}
		bool busy = false;
		while (d->next < d->end && d->active < in_flight && start(d))
			busy = true;
		busy |= look_at(d, channel_front_attention(front, loop, false));
		if (busy || look_at(d, channel_front_attention(front, loop, true)))
			continue;
		struct pollfd p = { rig->bells[loop], POLLIN, 0 };
		ASSERT(poll(&p, 1, RIG_PATIENCE_MS) == 1);
		channel_bell_drain(rig->bells[loop]);
	}
	arena_done(&d->arena);
	mem_free(d);
}
