/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's side of a channel (dllhost; worker threads; for Low protection worker threads of
 * inetinfo). Owns the mapping and duplicates of the bells. A claimed slot's private state belongs
 * to the worker that claimed it. Workers sleep on two kinds of futex: the doorbell, for a request,
 * and their slot's bell, for body bytes or room.
 *
 * Body bytes are written straight into the ring behind the position that the front knows, and
 * `publish` moves that position: at the end, at a flush, when the ring is full, and every
 * CHANNEL_PUBLISH bytes.
 */
#include "ipc/channel-layout.h"
#include "ipc/ring.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

struct host_slot {
	uint32_t loop;
	uint32_t host_flags;    /* as in the slot */
	uint32_t response_tail; /* written; the front knows up to `published` */
	uint32_t published;
	uint32_t response_head; /* the last one seen */
	uint32_t body_head;
	uint32_t body_tail; /* the last one seen */
	bool head_staged;
	bool bodiless; /* HEAD, 204, 304 */
	bool cut;      /* refused something because the channel was abandoned */
};

#define CLAIM_SPINS 50

struct channel_host {
	struct channel_shared *shared;
	bool mapped; /* the mapping is ours to end */
	int loops;
	int bells[CHANNEL_LOOPS_MAX];
	bool alone;             /* one processor: the front cannot submit while we spin */
	_Atomic bool spinning;  /* a worker does */
	_Atomic bool closing;   /* no new requests after those that are submitted */
	_Atomic bool abandoned; /* nobody looks any more */
	struct host_slot slots[CHANNEL_SLOTS];
};

int channel_host_new_over(struct channel_shared *shared, const int *bells, int loops,
			  struct channel_host **ret)
{
	_cleanup_mem_ struct channel_host *host = mem_new(struct channel_host);
	if (!host)
		return -ENOMEM;
	int r = channel_bells_copy(bells, loops, host->bells);
	if (r < 0)
		return r;
	host->shared = shared;
	host->loops = loops;
	host->alone = sysconf(_SC_NPROCESSORS_ONLN) < 2;
	*ret = TAKE_PTR(host);
	return 0;
}

int channel_host_new(int fd, const int *bells, int loops, struct channel_host **ret)
{
	struct channel_shared *shared;
	int r = channel_map(fd, &shared);
	if (r < 0)
		return r;
	r = channel_host_new_over(shared, bells, loops, ret);
	if (r < 0)
		channel_unmap(shared);
	else
		(*ret)->mapped = true;
	return r;
}

struct channel_host *channel_host_free(struct channel_host *host)
{
	if (!host)
		return NULL;
	for (int i = 0; i < host->loops; i++)
		sys_close(host->bells[i]);
	if (host->mapped)
		channel_unmap(host->shared);
	return mem_free(host);
}

/* ---- claiming ---- */

static void pause_briefly(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb");
#endif
}

/* True when nobody will look at what we do. */
static bool gone(struct channel_host *host)
{
	return atomic_load(&host->abandoned) || atomic_load(&host->shared->closed);
}

/* Takes the oldest submitted slot, or gives -EAGAIN. */
static int try_claim(struct channel_host *host)
{
	struct channel_shared *shared = host->shared;
	uint32_t head = atomic_load(&shared->claim_head);
	for (;;) {
		/* Acquire: the slot as it was submitted. Sequentially consistent for the rule. */
		if (head == atomic_load(&shared->submit_tail))
			return -EAGAIN;
		/* The entry is overwritten only after it was claimed, and then the exchange fails.
		 */
		unsigned slot = atomic_load_explicit(&shared->submitted[head % CHANNEL_SLOTS],
						     memory_order_relaxed);
		if (atomic_compare_exchange_weak(&shared->claim_head, &head, head + 1))
			return (int)(slot % CHANNEL_SLOTS);
	}
}

static void begin(struct channel_host *host, int slot)
{
	struct channel_slot_control *c = &host->shared->slots[slot];
	uint32_t loop = atomic_load_explicit(&c->loop, memory_order_relaxed);
	host->slots[slot] = (struct host_slot){
		.loop = loop % (uint32_t)host->loops,
		.host_flags = CHANNEL_HOST_CLAIMED,
	};
	/* From here on the request cannot be given to another host. */
	atomic_store_explicit(&c->host_flags, CHANNEL_HOST_CLAIMED, memory_order_release);
}

/* One worker looks a little longer (2 us or so) before it sleeps: to be put to sleep and woken
 * costs both sides more than that, and the front is often about to submit the next request
 * (bench/RESULTS.md, the channel). True when there is something. */
static bool claim_spin(struct channel_host *host)
{
	bool found = false;
	if (host->alone || atomic_exchange_explicit(&host->spinning, true, memory_order_relaxed))
		return false;
	for (int i = 0; i < CLAIM_SPINS && !found; i++) {
		pause_briefly();
		found = channel_host_waiting(host) > 0;
	}
	atomic_store_explicit(&host->spinning, false, memory_order_relaxed);
	return found;
}

/* Waits until there may be something to claim. 0, -ETIMEDOUT. */
static int claim_wait(struct channel_host *host, int64_t deadline)
{
	struct channel_shared *shared = host->shared;
	if (claim_spin(host))
		return 0;
	/* Read before we look: a doorbell rung after our look makes the sleep return at once. */
	uint32_t seen = atomic_load(&shared->doorbell);
	atomic_fetch_add(&shared->sleepers, 1);
	int r = 0;
	if (channel_host_waiting(host) == 0 && !gone(host) && !atomic_load(&host->closing))
		r = channel_futex_wait(&shared->doorbell, seen, deadline);
	atomic_fetch_sub(&shared->sleepers, 1);
	return r;
}

int channel_host_claim(struct channel_host *host, int64_t timeout_ns)
{
	int64_t deadline = -1; /* no clock is read for a request that is there already */
	for (int r = 0;;) {
		if (gone(host))
			return -EPIPE;
		int slot = try_claim(host);
		if (slot >= 0) {
			begin(host, slot);
			if (channel_host_connected(host, slot))
				return slot;
			channel_host_finish(host, slot); /* cancelled while it waited */
			continue;
		}
		if (atomic_load(&host->closing))
			return -EPIPE;
		if (r < 0)
			return r;
		if (deadline < 0 && timeout_ns >= 0)
			deadline = clock_now() + timeout_ns;
		r = claim_wait(host, deadline);
	}
}

int channel_host_waiting(struct channel_host *host)
{
	uint32_t head = atomic_load(&host->shared->claim_head);
	uint32_t count = atomic_load(&host->shared->submit_tail) - head;
	return count <= CHANNEL_SLOTS ? (int)count : CHANNEL_SLOTS;
}

static void wake_claimers(struct channel_host *host)
{
	atomic_fetch_add(&host->shared->doorbell, 1);
	channel_futex_wake(&host->shared->doorbell, INT_MAX);
}

void channel_host_close(struct channel_host *host)
{
	atomic_store(&host->closing, true);
	wake_claimers(host);
}

void channel_host_abandon(struct channel_host *host)
{
	atomic_store(&host->abandoned, true);
	wake_claimers(host);
	for (int i = 0; i < CHANNEL_SLOTS; i++) {
		atomic_fetch_add(&host->shared->slots[i].bell, 1);
		channel_futex_wake(&host->shared->slots[i].bell, INT_MAX);
	}
}

/* ---- a claimed slot ---- */

bool channel_host_connected(struct channel_host *host, int slot)
{
	struct channel_slot_control *c = &host->shared->slots[slot];
	return !(atomic_load(&c->front_flags) & CHANNEL_FRONT_CANCELLED) && !gone(host);
}

/* 0, or -EPIPE when nobody wants what the worker has. */
static int check_connected(struct channel_host *host, int slot)
{
	if (channel_host_connected(host, slot))
		return 0;
	if (gone(host))
		host->slots[slot].cut = true;
	return -EPIPE;
}

/* Makes the loop that owns the slot look at it. */
static void notify(struct channel_host *host, int slot, uint32_t loop)
{
	struct channel_loop_control *c = &host->shared->loops[loop];
	uint64_t bit = UINT64_C(1) << slot;
	/* Release: what was published. Then the rule: does the loop sleep? */
	atomic_fetch_or(&c->attention, bit);
	if (atomic_load(&c->sleeping) && atomic_exchange(&c->sleeping, 0))
		channel_bell_ring(host->bells[loop]);
}

/* Shows the front what was written so far, with `flags`. The order of the stores is what slot_look
 * in channel-front.c relies on. Nothing of the slot is touched after FINISHED: it may be in use
 * again at once. */
static void publish(struct channel_host *host, int slot, uint32_t flags)
{
	struct channel_slot_control *c = &host->shared->slots[slot];
	struct host_slot *s = &host->slots[slot];
	uint32_t loop = s->loop;
	if (s->head_staged && !(s->host_flags & CHANNEL_HOST_HEAD)) {
		s->host_flags |= CHANNEL_HOST_HEAD;
		atomic_store_explicit(&c->host_flags, s->host_flags, memory_order_release);
	}
	if (s->published != s->response_tail) {
		s->published = s->response_tail;
		atomic_store_explicit(&c->response_tail, s->published, memory_order_release);
	}
	if (flags) {
		s->host_flags |= flags;
		atomic_store_explicit(&c->host_flags, s->host_flags, memory_order_release);
	}
	notify(host, slot, loop);
}

void channel_host_finish(struct channel_host *host, int slot)
{
	/* A response that was cut short must not look like a whole one to a front end that is still
	 * there: it hears that the host is gone instead. */
	if (!host->slots[slot].cut)
		publish(host, slot, CHANNEL_HOST_FINISHED);
}

int channel_host_flush(struct channel_host *host, int slot)
{
	struct host_slot *s = &host->slots[slot];
	int r = check_connected(host, slot);
	if (r < 0)
		return r;
	if (s->published != s->response_tail ||
	    (s->head_staged && !(s->host_flags & CHANNEL_HOST_HEAD)))
		publish(host, slot, 0);
	return 0;
}

int channel_host_request(struct channel_host *host, int slot, struct channel_request *ret)
{
	const unsigned char *block = host->shared->data[slot].request;
	return channel_request_decode(block, channel_block_size(block), ret);
}

typedef bool (*slot_ready_fn)(struct channel_host *host, int slot);

/* Sleeps until `ready`, or until nobody waits for the response any more: -EPIPE. */
static int slot_wait(struct channel_host *host, int slot, slot_ready_fn ready)
{
	struct channel_slot_control *c = &host->shared->slots[slot];
	int r;
	atomic_store(&c->waiting, 1); /* the rule: say it, then look */
	for (;;) {
		uint32_t seen = atomic_load(&c->bell); /* before we look, as in claim_wait */
		r = check_connected(host, slot);
		if (r < 0 || ready(host, slot))
			break;
		channel_futex_wait(&c->bell, seen, -1);
	}
	atomic_store_explicit(&c->waiting, 0, memory_order_relaxed);
	return r;
}

/* ---- the request body ---- */

static uint32_t body_available(struct channel_host *host, int slot)
{
	struct host_slot *s = &host->slots[slot];
	s->body_tail = atomic_load(&host->shared->slots[slot].body_tail);
	uint32_t available = s->body_tail - s->body_head;
	return available <= CHANNEL_REQUEST_RING ? available : CHANNEL_REQUEST_RING;
}

static bool body_last(struct channel_host *host, int slot)
{
	return atomic_load(&host->shared->slots[slot].front_flags) & CHANNEL_FRONT_LAST;
}

/* LAST is stored after the position of the last byte, so it is asked first. */
static bool body_ready(struct channel_host *host, int slot)
{
	bool last = body_last(host, slot);
	return body_available(host, slot) > 0 || last;
}

ssize_t channel_host_read(struct channel_host *host, int slot, void *data, size_t length)
{
	struct channel_slot_control *c = &host->shared->slots[slot];
	struct host_slot *s = &host->slots[slot];
	if (length == 0)
		return 0;
	int r = check_connected(host, slot);
	if (r < 0)
		return r;
	if (!body_ready(host, slot)) {
		/* Whoever waits for more of the request may be waiting for our answer so far:
		 * a page that asks the client something, and reads on. */
		r = channel_host_flush(host, slot);
		if (r == 0)
			r = slot_wait(host, slot, body_ready);
		if (r < 0)
			return r;
	}
	uint32_t available = body_available(host, slot);
	uint32_t n = length < available ? (uint32_t)length : available;
	ring_get(host->shared->data[slot].body, CHANNEL_REQUEST_RING, s->body_head, data, n);
	s->body_head += n;
	/* Release: we have read the bytes that may be overwritten now. Then the rule. */
	atomic_store(&c->body_head, s->body_head);
	if (atomic_load(&c->wants_space) && atomic_exchange(&c->wants_space, 0))
		notify(host, slot, s->loop);
	return n;
}

/* ---- the response ---- */

/* RFC 9110 6.4.1. */
static bool is_bodiless(struct channel_host *host, int slot, uint32_t status)
{
	const unsigned char *block = host->shared->data[slot].request;
	return status == 204 || status == 304 ||
	       text_equal(channel_request_method(block, channel_block_size(block)), TEXT("HEAD"));
}

int channel_host_head(struct channel_host *host, int slot, const struct channel_response *head)
{
	struct host_slot *s = &host->slots[slot];
	if (s->head_staged)
		return -EALREADY;
	int r = check_connected(host, slot);
	if (r == 0)
		r = channel_response_encode(head, host->shared->data[slot].head);
	if (r < 0)
		return r;
	s->head_staged = true;
	s->bodiless = is_bodiless(host, slot, head->status);
	return 0;
}

static uint32_t response_used(struct channel_host *host, int slot)
{
	struct host_slot *s = &host->slots[slot];
	/* Acquire: the front has read the bytes we overwrite. */
	s->response_head = atomic_load(&host->shared->slots[slot].response_head);
	return s->response_tail - s->response_head;
}

/* The same mark as in channel_front_consume. */
static bool response_half_free(struct channel_host *host, int slot)
{
	return response_used(host, slot) <= CHANNEL_RESPONSE_RING / 2;
}

static int response_room(struct channel_host *host, int slot, uint32_t *ret)
{
	struct host_slot *s = &host->slots[slot];
	uint32_t used = s->response_tail - s->response_head;
	if (used == CHANNEL_RESPONSE_RING)
		used = response_used(host, slot);
	if (used == CHANNEL_RESPONSE_RING) {
		publish(host, slot, 0);
		int r = slot_wait(host, slot, response_half_free);
		if (r < 0)
			return r;
		used = s->response_tail - s->response_head;
	}
	*ret = CHANNEL_RESPONSE_RING - used;
	return 0;
}

int channel_host_write(struct channel_host *host, int slot, const void *data, size_t length)
{
	struct host_slot *s = &host->slots[slot];
	if (!s->head_staged)
		return -EINVAL;
	int r = check_connected(host, slot);
	if (r < 0 || s->bodiless)
		return r;
	for (const char *at = data; length > 0;) {
		uint32_t room;
		r = response_room(host, slot, &room);
		if (r < 0)
			return r;
		/* Never more than a publishing's worth between two publishings. */
		uint32_t n = CHANNEL_PUBLISH - (s->response_tail - s->published);
		n = n < room ? n : room;
		n = length < n ? (uint32_t)length : n;
		ring_put(host->shared->data[slot].response, CHANNEL_RESPONSE_RING, s->response_tail,
			 at, n);
		s->response_tail += n;
		at += n;
		length -= n;
		if (s->response_tail - s->published >= CHANNEL_PUBLISH)
			publish(host, slot, 0);
	}
	return 0;
}
