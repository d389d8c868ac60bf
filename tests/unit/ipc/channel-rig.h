/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A workload over a channel, for tests and the benchmark: a front loop that sends numbered
 * requests and checks what comes back, and a worker that answers them. Bodies have every kind of
 * size; each byte is a function of the request's number and its position, so that a byte that is
 * lost, doubled or somebody else's shows.
 */
#pragma once

#include "ipc/channel.h"

#include <stdint.h>

#define RIG_LOOPS_MAX 4

struct rig {
	int fd;
	int loops;
	int bells[RIG_LOOPS_MAX];
};

void rig_init(struct rig *rig, int loops);
void rig_done(struct rig *rig);

/* Body sizes of request `number`, in both directions. */
size_t rig_request_size(uint64_t number);
size_t rig_response_size(uint64_t number);
void rig_fill(uint64_t number, size_t at, void *data, size_t length);
bool rig_matches(uint64_t number, size_t at, const void *data, size_t length);
/* What a front submits for request `number`. */
void rig_request(uint64_t number, struct channel_request *ret);

/* Claims and answers until the channel says -EPIPE; returns how many. Aborts on a wrong byte. */
uint64_t rig_serve(struct channel_host *host);
/* rig_serve on `threads` threads in a new process; exits when the channel ends. Its pid. */
int rig_fork_host(const struct rig *rig, int threads);

struct rig_result {
	uint64_t answered;  /* whole and right */
	uint64_t failed;    /* begun by a host that died */
	uint64_t untouched; /* not begun by it */
};

/* Sends requests first .. first+count-1 from loop `loop` with at most `in_flight` at once, and
 * checks each answer; stops early when `host_gone` becomes true (then goes through its slots as
 * an inetinfo does). Aborts on a wrong byte, or when nothing happens for 30 s. */
void rig_drive(struct channel_front *front, const struct rig *rig, int loop, uint64_t first,
	       uint64_t count, int in_flight, const _Atomic int *host_gone,
	       struct rig_result *result);
