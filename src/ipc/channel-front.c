/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front end's side of a channel (inetinfo; loop threads). Owns the mapping, duplicates of the
 * bells, and the private truth about each slot. Whatever the host can write is loaded once into
 * that private state and believed only as far as it fits (slot_look); a slot whose words do not fit
 * is `bad` and stays so. Nothing here waits.
 */
#include "ipc/channel-layout.h"
#include "ipc/ring.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>

/* The truth about a slot; touched only by the loop that took it. */
struct front_slot {
	bool submitted;
	bool bad;
	bool head_read;
	bool wants_space;
	unsigned char loop;
	uint32_t front_flags;   /* ours, as in the slot */
	uint32_t host_flags;    /* believed */
	uint32_t body_tail;     /* ours */
	uint32_t body_head;     /* believed */
	uint32_t response_tail; /* believed */
	uint32_t response_head; /* ours */
};

struct channel_front {
	struct channel_shared *shared;
	bool mapped; /* the mapping is ours to end */
	int loops;
	int bells[CHANNEL_LOOPS_MAX];
	uint64_t taken[CHANNEL_LOOPS_MAX]; /* bit sets of slots; each touched by its own loop */
	struct front_slot slots[CHANNEL_SLOTS];
	/* Odd while the slot carries a request, whose block then stays as it is: for those who
	 * look. */
	_Atomic uint64_t serials[CHANNEL_SLOTS];

	pthread_mutex_t lock; /* guards what follows */
	uint32_t submit_tail;
	uint32_t starving; /* bit set of loops that asked for a slot in vain */
	int free_count;
	unsigned char free[CHANNEL_SLOTS]; /* the last one is given first: its pages are hot */
};

int channel_front_new_over(struct channel_shared *shared, const int *bells, int loops,
			   struct channel_front **ret)
{
	_cleanup_mem_ struct channel_front *front = mem_new(struct channel_front);
	if (!front)
		return -ENOMEM;
	int r = channel_bells_copy(bells, loops, front->bells);
	if (r < 0)
		return r;
	front->shared = shared;
	front->loops = loops;
	pthread_mutex_init(&front->lock, NULL);
	front->free_count = CHANNEL_SLOTS;
	for (int i = 0; i < CHANNEL_SLOTS; i++)
		front->free[i] = (unsigned char)(CHANNEL_SLOTS - 1 - i);
	*ret = TAKE_PTR(front);
	return 0;
}

int channel_front_new(int fd, const int *bells, int loops, struct channel_front **ret)
{
	struct channel_shared *shared;
	int r = channel_map(fd, &shared);
	if (r < 0)
		return r;
	r = channel_front_new_over(shared, bells, loops, ret);
	if (r < 0)
		channel_unmap(shared);
	else
		(*ret)->mapped = true;
	return r;
}

struct channel_front *channel_front_free(struct channel_front *front)
{
	if (!front)
		return NULL;
	struct channel_shared *shared = front->shared;
	/* Before the bells' counters move, so that a woken worker sees it. */
	atomic_store(&shared->closed, 1);
	atomic_fetch_add(&shared->doorbell, 1);
	channel_futex_wake(&shared->doorbell, INT_MAX);
	for (int i = 0; i < CHANNEL_SLOTS; i++) {
		atomic_fetch_add(&shared->slots[i].bell, 1);
		channel_futex_wake(&shared->slots[i].bell, INT_MAX);
	}
	for (int i = 0; i < front->loops; i++)
		sys_close(front->bells[i]);
	if (front->mapped)
		channel_unmap(shared);
	pthread_mutex_destroy(&front->lock);
	return mem_free(front);
}

/* ---- taking and giving back ---- */

/* No worker looks at a slot that is not submitted, so plain order suffices: submission publishes.
 */
static void slot_reset(struct channel_front *front, int slot, int loop)
{
	struct channel_slot_control *c = &front->shared->slots[slot];
	front->slots[slot] = (struct front_slot){ .loop = (unsigned char)loop };
	atomic_store_explicit(&c->front_flags, 0, memory_order_relaxed);
	atomic_store_explicit(&c->loop, (uint32_t)loop, memory_order_relaxed);
	atomic_store_explicit(&c->body_tail, 0, memory_order_relaxed);
	atomic_store_explicit(&c->response_head, 0, memory_order_relaxed);
	atomic_store_explicit(&c->wants_space, 0, memory_order_relaxed);
	atomic_store_explicit(&c->host_flags, 0, memory_order_relaxed);
	atomic_store_explicit(&c->body_head, 0, memory_order_relaxed);
	atomic_store_explicit(&c->response_tail, 0, memory_order_relaxed);
	atomic_store_explicit(&c->waiting, 0, memory_order_relaxed);
}

int channel_front_take(struct channel_front *front, int loop)
{
	int slot = -EAGAIN;
	pthread_mutex_lock(&front->lock);
	if (front->free_count > 0)
		slot = front->free[--front->free_count];
	else
		front->starving |= 1u << loop;
	pthread_mutex_unlock(&front->lock);
	if (slot >= 0) {
		slot_reset(front, slot, loop);
		front->taken[loop] |= UINT64_C(1) << slot;
	}
	return slot;
}

/* Only the loop that has the slot changes it. Release: the block, written before it says so. That
 * the block is not written again before it says so too is the lock's doing, between two who have
 * it. */
static void serial_step(struct channel_front *front, int slot, bool carries)
{
	uint64_t serial = atomic_load_explicit(&front->serials[slot], memory_order_relaxed);

	if ((serial & 1) != carries)
		atomic_store_explicit(&front->serials[slot], serial + 1, memory_order_release);
}

void channel_front_release(struct channel_front *front, int slot)
{
	serial_step(front, slot, false);
	front->taken[front->slots[slot].loop] &= ~(UINT64_C(1) << slot);
	pthread_mutex_lock(&front->lock);
	front->free[front->free_count++] = (unsigned char)slot;
	uint32_t starving = front->starving;
	int loop = starving ? __builtin_ctz(starving) : -1;
	if (starving)
		front->starving &= starving - 1;
	pthread_mutex_unlock(&front->lock);
	if (loop >= 0)
		channel_bell_ring(front->bells[loop]);
}

int channel_front_active(struct channel_front *front)
{
	pthread_mutex_lock(&front->lock);
	int active = CHANNEL_SLOTS - front->free_count;
	pthread_mutex_unlock(&front->lock);
	return active;
}

uint64_t channel_front_taken(struct channel_front *front, int loop)
{
	return front->taken[loop];
}

/* ---- going out ---- */

static void front_flags_set(struct channel_front *front, int slot, uint32_t flags)
{
	struct front_slot *s = &front->slots[slot];
	s->front_flags |= flags;
	/* Release: the body bytes before LAST. Sequentially consistent for slot_wake. */
	atomic_store(&front->shared->slots[slot].front_flags, s->front_flags);
}

/* After the slot's worker was given something: wakes it if it waits (channel-layout.h, the rule).
 */
static void slot_wake(struct channel_front *front, int slot)
{
	struct channel_slot_control *c = &front->shared->slots[slot];
	if (!atomic_load(&c->waiting))
		return;
	atomic_fetch_add(&c->bell, 1);
	channel_futex_wake(&c->bell, 1);
}

int channel_front_submit(struct channel_front *front, int slot,
			 const struct channel_request *request)
{
	struct channel_shared *shared = front->shared;
	int r = channel_request_encode(request, shared->data[slot].request);
	if (r < 0)
		return r;
	if (request->content_length == 0)
		front_flags_set(front, slot, CHANNEL_FRONT_LAST);
	front->slots[slot].submitted = true;
	serial_step(front, slot, true);

	pthread_mutex_lock(&front->lock);
	atomic_store_explicit(&shared->submitted[front->submit_tail % CHANNEL_SLOTS],
			      (unsigned char)slot, memory_order_relaxed);
	/* Publishes the slot and the ring's entry; then the rule: something is there, who sleeps?
	 */
	atomic_store(&shared->submit_tail, ++front->submit_tail);
	atomic_fetch_add(&shared->doorbell, 1);
	pthread_mutex_unlock(&front->lock);
	if (atomic_load(&shared->sleepers))
		channel_futex_wake(&shared->doorbell, 1);
	return 0;
}

int channel_front_space(struct channel_front *front, int slot, struct iovec iov[2])
{
	struct front_slot *s = &front->slots[slot];
	struct channel_slot_control *c = &front->shared->slots[slot];
	if (s->bad)
		return -EBADMSG;
	if (s->front_flags & CHANNEL_FRONT_LAST)
		return 0;
	for (int attempt = 0; attempt < 2; attempt++) {
		/* Acquire: the worker has read the bytes we are about to overwrite. */
		uint32_t head = atomic_load(&c->body_head);
		if (!ring_believe(&s->body_head, head, s->body_tail - s->body_head)) {
			s->bad = true;
			return -EBADMSG;
		}
		uint32_t room = CHANNEL_REQUEST_RING - (s->body_tail - s->body_head);
		s->wants_space = room == 0;
		if (room > 0)
			return ring_pieces(front->shared->data[slot].body, CHANNEL_REQUEST_RING,
					   s->body_tail, room, iov);
		/* Full. Ask for word, then look again (the rule). */
		atomic_store(&c->wants_space, 1);
	}
	return 0;
}

void channel_front_commit(struct channel_front *front, int slot, size_t length, bool last)
{
	struct front_slot *s = &front->slots[slot];
	ASSERT(length <= CHANNEL_REQUEST_RING - (s->body_tail - s->body_head));
	ASSERT(length == 0 || !(s->front_flags & CHANNEL_FRONT_LAST));
	s->body_tail += (uint32_t)length;
	/* Release: the bytes before the position that covers them. Then the rule. */
	atomic_store(&front->shared->slots[slot].body_tail, s->body_tail);
	if (last)
		front_flags_set(front, slot, CHANNEL_FRONT_LAST);
	if (s->submitted)
		slot_wake(front, slot);
}

int channel_front_unclaimed_body(struct channel_front *front, int slot, struct iovec iov[2])
{
	/* Nothing was consumed, so all that was committed is still in the ring. */
	struct front_slot *s = &front->slots[slot];
	if (channel_front_claimed(front, slot))
		return 0;
	return ring_pieces(front->shared->data[slot].body, CHANNEL_REQUEST_RING, 0, s->body_tail,
			   iov);
}

void channel_front_cancel(struct channel_front *front, int slot)
{
	front_flags_set(front, slot, CHANNEL_FRONT_CANCELLED);
	if (front->slots[slot].submitted)
		slot_wake(front, slot);
}

/* ---- coming back ---- */

uint64_t channel_front_attention(struct channel_front *front, int loop, bool sleeping)
{
	struct channel_loop_control *c = &front->shared->loops[loop];
	/* A word that is 1 already needs no store: nobody rang since it was announced, and whoever
	 * clears it rings. Sequentially consistent: the rule, with channel_host's notify. */
	if (sleeping && !atomic_load(&c->sleeping))
		atomic_store(&c->sleeping, 1);
	/* An empty word is the usual case and is not worth a locked instruction. */
	uint64_t bits = atomic_load(&c->attention);
	if (bits)
		bits = atomic_exchange(&c->attention, 0) & front->taken[loop];
	/* Awake: hosts may save the bell. A bit set before this store is found by the next call,
	 * which comes before the loop sleeps. */
	if ((!sleeping || bits) && atomic_load_explicit(&c->sleeping, memory_order_relaxed))
		atomic_store_explicit(&c->sleeping, 0, memory_order_relaxed);
	return bits;
}

/* Loads what the host says about a slot, once, and believes what fits. */
static int slot_look(struct channel_front *front, int slot)
{
	struct front_slot *s = &front->slots[slot];
	struct channel_slot_control *c = &front->shared->slots[slot];
	if (s->bad)
		return -EBADMSG;
	if (!s->submitted)
		return 0;
	/* The worker stores HEAD before the first byte's position and FINISHED after the last
	 * one's. So a position read before the flags never has bytes without HEAD, and one read
	 * after FINISHED is final. Acquire each time: the bytes come with the position. */
	uint32_t tail = atomic_load_explicit(&c->response_tail, memory_order_acquire);
	uint32_t flags = atomic_load_explicit(&c->host_flags, memory_order_acquire);
	if (flags & CHANNEL_HOST_FINISHED)
		tail = atomic_load_explicit(&c->response_tail, memory_order_acquire);

	uint32_t room = CHANNEL_RESPONSE_RING - (s->response_tail - s->response_head);
	bool final = s->host_flags & CHANNEL_HOST_FINISHED;
	bool fits = (flags & ~(uint32_t)CHANNEL_HOST_FLAGS_ALL) == 0 &&
		    (s->host_flags & ~flags) == 0 && (!final || flags == s->host_flags) &&
		    (flags == 0 || (flags & CHANNEL_HOST_CLAIMED)) &&
		    (tail == 0 || (flags & CHANNEL_HOST_HEAD)) &&
		    ring_believe(&s->response_tail, tail, final ? 0 : room);
	if (!fits) {
		s->bad = true;
		return -EBADMSG;
	}
	s->host_flags = flags;
	return 0;
}

int channel_front_poll(struct channel_front *front, int slot)
{
	struct front_slot *s = &front->slots[slot];
	int r = slot_look(front, slot);
	if (r < 0)
		return r;
	int events = 0;
	if ((s->host_flags & CHANNEL_HOST_HEAD) && !s->head_read)
		events |= CHANNEL_HEAD;
	if (s->response_tail != s->response_head)
		events |= CHANNEL_DATA;
	if (s->host_flags & CHANNEL_HOST_FINISHED)
		events |= CHANNEL_FINISHED;
	if (s->wants_space) {
		struct iovec iov[2];
		r = channel_front_space(front, slot, iov);
		if (r < 0)
			return r;
		if (r > 0) {
			s->wants_space = true; /* told until the caller asks for the space itself */
			events |= CHANNEL_SPACE;
		}
	}
	return events;
}

int channel_front_head(struct channel_front *front, int slot, struct arena *arena,
		       struct channel_response *ret)
{
	struct front_slot *s = &front->slots[slot];
	int r = slot_look(front, slot);
	if (r < 0)
		return r;
	if (!(s->host_flags & CHANNEL_HOST_HEAD))
		return -EAGAIN;
	/* Its size is loaded once, and all that is checked is the copy. */
	const unsigned char *block = front->shared->data[slot].head;
	size_t size = channel_block_size(block);
	unsigned char *copy = arena_dup(arena, block, size);
	if (!copy)
		return -ENOMEM;
	r = channel_response_decode(copy, size, ret);
	if (r < 0)
		s->bad = true;
	else
		s->head_read = true;
	return r;
}

int channel_front_peek(struct channel_front *front, int slot, struct iovec iov[2])
{
	struct front_slot *s = &front->slots[slot];
	int r = slot_look(front, slot);
	if (r < 0)
		return r;
	return ring_pieces(front->shared->data[slot].response, CHANNEL_RESPONSE_RING,
			   s->response_head, s->response_tail - s->response_head, iov);
}

void channel_front_consume(struct channel_front *front, int slot, size_t length)
{
	struct front_slot *s = &front->slots[slot];
	ASSERT(length <= s->response_tail - s->response_head);
	s->response_head += (uint32_t)length;
	/* Release: we have read the bytes the worker may overwrite now. Then the rule. */
	atomic_store(&front->shared->slots[slot].response_head, s->response_head);
	/* A worker that met a full ring waits for half of it, not for every packet that leaves. */
	if (s->response_tail - s->response_head <= CHANNEL_RESPONSE_RING / 2)
		slot_wake(front, slot);
}

bool channel_front_claimed(struct channel_front *front, int slot)
{
	struct front_slot *s = &front->slots[slot];
	return slot_look(front, slot) < 0 || (s->host_flags & CHANNEL_HOST_CLAIMED);
}

/* ---- looking on ---- */

int channel_front_glance(struct channel_front *front, int slot, struct arena *arena,
			 struct channel_glance *ret)
{
	const unsigned char *block = front->shared->data[slot].request;
	uint64_t serial = atomic_load(&front->serials[slot]);
	if (!(serial & 1))
		return -EAGAIN;
	size_t size = channel_block_size(block);
	unsigned char *copy = arena_dup(arena, block, size);
	if (!copy)
		return -ENOMEM;
	ret->serial = serial / 2;
	ret->claimed = atomic_load(&front->shared->slots[slot].host_flags) & CHANNEL_HOST_CLAIMED;
	/* Another request since then: what was copied may be of both. */
	if (atomic_load(&front->serials[slot]) != serial)
		return -EAGAIN;
	return channel_request_decode(copy, size, &ret->request);
}
