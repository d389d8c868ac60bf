/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fault injection: any test can run with "the n-th one fails". Compiled out (always 0) unless the
 * build option `faults` is on, which it is in the test builds.
 *
 * A fault point is a kind of operation. fault_arm(FAULT_ALLOC, 7) makes the 7th allocation from
 * now on fail (and, when `repeat`, all that follow). Counting is process wide and thread safe.
 * The environment variable SURROGATE_FAULT="alloc:7" or "write:3:repeat" arms a child process.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* clang-format off */
#define FAULT_KINDS(X) \
	X(ALLOC, "alloc") /* base/mem.h and base/arena.h */ \
	X(OPEN, "open") X(READ, "read") X(WRITE, "write") X(FSYNC, "fsync") X(RENAME, "rename") \
	X(ACCEPT, "accept") X(SEND, "send") X(RECV, "recv") X(MMAP, "mmap") X(SPAWN, "spawn")
/* clang-format on */

enum fault_kind {
#define X(name, text) FAULT_##name,
	FAULT_KINDS(X)
#undef X
		FAULT_KIND_COUNT
};

#ifdef SURROGATE_FAULTS
/* True when this operation is the one that shall fail. */
bool fault_hit(enum fault_kind kind);
/* Arms `kind`: the `nth` (1-based) hit from now fails; 0 disarms. */
void fault_arm(enum fault_kind kind, uint64_t nth, bool repeat);
/* How many times fault_hit was asked for `kind` since it was last armed. */
uint64_t fault_count(enum fault_kind kind);
/* Reads SURROGATE_FAULT; programs call it first thing. */
void fault_init_from_environment(void);
/* Blocks of memory alive, counted where FAULT_ALLOC is asked: tests look for leaks by it. */
void fault_live_add(long by);
long fault_live(void);
#else
static inline bool fault_hit(enum fault_kind kind)
{
	(void)kind;
	return false;
}
static inline void fault_init_from_environment(void)
{
}
static inline void fault_live_add(long by)
{
	(void)by;
}
#endif
