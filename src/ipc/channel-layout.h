/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies in a channel's memory, word for word, and who writes which. Internal to src/ipc and its
 * tests.
 *
 * Every word that one process writes while the other reads it is atomic, and has a cache line that
 * only its writer dirties. Byte positions in rings run freely over 32 bits; a ring's size is a
 * power of two, so differences and places in the ring survive the overflow.
 *
 * The rule for wake-ups, four times in this folder: the sleeper says that it will sleep, then
 * looks whether there is something; the waker puts something there, then looks whether
 * somebody sleeps. All four accesses are sequentially consistent, so at least one of the two sees
 * the other. (No fences: ThreadSanitizer does not know them.)
 */
#pragma once

#include "ipc/channel.h"

#include <stdalign.h>
#include <stdatomic.h>

#define CHANNEL_MAGIC 0x4c4e4843u /* "CHNL" */
#define CHANNEL_VERSION 1u
#define CHANNEL_LINE 64
/* The host publishes a body in pieces of this size, so that the front sends while it writes. */
#define CHANNEL_PUBLISH 32768u

/* Written by the host's worker, in the order of the bits; never taken back within a request. */
enum channel_host_flags {
	CHANNEL_HOST_CLAIMED = 1,
	CHANNEL_HOST_HEAD = 2,
	CHANNEL_HOST_FINISHED = 4,
	CHANNEL_HOST_FLAGS_ALL = 7,
};

/* Written by the front. */
enum channel_front_flags {
	CHANNEL_FRONT_LAST = 1,      /* no request body after body_tail */
	CHANNEL_FRONT_CANCELLED = 2, /* the client is gone */
};

struct channel_slot_control {
	/* The front's line. */
	alignas(CHANNEL_LINE) _Atomic uint32_t front_flags;
	_Atomic uint32_t loop;          /* whose attention the host asks for */
	_Atomic uint32_t body_tail;     /* request body bytes put into the ring */
	_Atomic uint32_t response_head; /* response bytes taken out of the ring */
	_Atomic uint32_t bell;          /* futex: counts whatever a waiting worker may wait for */
	_Atomic uint32_t
		wants_space; /* the front found the request ring full; the host clears it */
	/* The host's line. */
	alignas(CHANNEL_LINE) _Atomic uint32_t host_flags;
	_Atomic uint32_t body_head;     /* request body bytes taken out */
	_Atomic uint32_t response_tail; /* response bytes put in */
	_Atomic uint32_t waiting;       /* the worker sleeps on `bell`, or is about to */
};

struct channel_slot_data {
	alignas(4096) unsigned char request[CHANNEL_HEAD_MAX];
	unsigned char body[CHANNEL_REQUEST_RING];
	unsigned char head[CHANNEL_HEAD_MAX];
	unsigned char response[CHANNEL_RESPONSE_RING];
};

struct channel_loop_control {
	alignas(CHANNEL_LINE) _Atomic uint64_t
		attention;         /* one bit a slot: host sets, front takes */
	_Atomic uint32_t sleeping; /* front sets; who clears it rings */
};

struct channel_shared {
	/* Constants. */
	uint32_t magic, version;
	uint64_t size;
	_Atomic uint32_t closed; /* but this one: the front will look no more */
	/* The submit ring: at most every slot once, so it is never full. */
	alignas(CHANNEL_LINE) _Atomic uint32_t submit_tail; /* front, under its lock */
	_Atomic uint32_t doorbell; /* futex: counts submissions and closings */
	alignas(CHANNEL_LINE) _Atomic unsigned char submitted[CHANNEL_SLOTS];
	alignas(CHANNEL_LINE) _Atomic uint32_t claim_head; /* workers, by compare and exchange */
	alignas(CHANNEL_LINE) _Atomic uint32_t sleepers;   /* workers that sleep on `doorbell` */
	struct channel_loop_control loops[CHANNEL_LOOPS_MAX];
	struct channel_slot_control slots[CHANNEL_SLOTS];
	struct channel_slot_data data[CHANNEL_SLOTS];
};

_Static_assert(CHANNEL_SLOTS == 64, "a slot is a bit of a 64-bit word and an index of a byte ring");
_Static_assert((CHANNEL_REQUEST_RING & (CHANNEL_REQUEST_RING - 1)) == 0, "a power of two");
_Static_assert((CHANNEL_RESPONSE_RING & (CHANNEL_RESPONSE_RING - 1)) == 0, "a power of two");
_Static_assert(sizeof(struct channel_slot_control) == 2 * CHANNEL_LINE, "two lines");
_Static_assert(offsetof(struct channel_shared, data) % 4096 == 0, "slots start on pages");
_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_LLONG_LOCK_FREE == 2, "shared by processes");

/* Maps a channel's file, after a look at its size, seals and version. */
int channel_map(int fd, struct channel_shared **ret);
void channel_unmap(struct channel_shared *shared);
/* Close-on-exec duplicates. On failure none is left open. */
int channel_bells_copy(const int *bells, int count, int *ret);
void channel_bell_ring(int bell);

/* Sleeps while `*word` is `seen`, at most until `deadline` on the clock_now() scale (negative:
 * for ever). 0 when there may be news (or none: look again), -ETIMEDOUT. */
int channel_futex_wait(_Atomic uint32_t *word, uint32_t seen, int64_t deadline);
void channel_futex_wake(_Atomic uint32_t *word, int count);

/* The two sides over memory that is mapped already and stays the caller's. */
int channel_front_new_over(struct channel_shared *shared, const int *bells, int loops,
			   struct channel_front **ret);
int channel_host_new_over(struct channel_shared *shared, const int *bells, int loops,
			  struct channel_host **ret);

/* ---- the blocks (channel-block.c) ---- */

/* Both write at most CHANNEL_HEAD_MAX bytes at `block` (8-aligned): 0, -E2BIG, -EINVAL. */
int channel_request_encode(const struct channel_request *request, unsigned char *block);
int channel_response_encode(const struct channel_response *response, unsigned char *block);
/* Both read `size` bytes at `block` (8-aligned) and give slices of it: 0 or -EBADMSG. */
int channel_request_decode(const unsigned char *block, size_t size, struct channel_request *ret);
int channel_response_decode(const unsigned char *block, size_t size, struct channel_response *ret);
/* The method of a request block alone; "" when it is ill-formed. */
struct text channel_request_method(const unsigned char *block, size_t size);
/* The size that a block at `block` claims, loaded once: at most CHANNEL_HEAD_MAX, else 0. */
size_t channel_block_size(const unsigned char *block);
