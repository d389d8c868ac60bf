/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counters that decide which operation fails. Every thread of a test process asks here; nothing
 * of it exists in a build without the option `faults`.
 */
#include "base/fault.h"

#ifdef SURROGATE_FAULTS

#include "base/text.h"

#include <stdatomic.h>
#include <stdlib.h>

static struct {
	_Atomic uint64_t count; /* hits since armed */
	_Atomic uint64_t nth;   /* 0: not armed */
	atomic_bool repeat;
} faults[FAULT_KIND_COUNT];

static const char *const fault_names[FAULT_KIND_COUNT] = {
#define X(name, text) [FAULT_##name] = text,
	FAULT_KINDS(X)
#undef X
};

bool fault_hit(enum fault_kind kind)
{
	uint64_t count = atomic_fetch_add(&faults[kind].count, 1) + 1;
	uint64_t nth = atomic_load(&faults[kind].nth);
	if (nth == 0)
		return false;
	return count == nth || (count > nth && atomic_load(&faults[kind].repeat));
}

void fault_arm(enum fault_kind kind, uint64_t nth, bool repeat)
{
	atomic_store(&faults[kind].nth, 0);
	atomic_store(&faults[kind].count, 0);
	atomic_store(&faults[kind].repeat, repeat);
	atomic_store(&faults[kind].nth, nth);
}

static _Atomic long live;

void fault_live_add(long by)
{
	atomic_fetch_add(&live, by);
}

long fault_live(void)
{
	return atomic_load(&live);
}

uint64_t fault_count(enum fault_kind kind)
{
	return atomic_load(&faults[kind].count);
}

void fault_init_from_environment(void)
{
	struct text rest = text_of(getenv("SURROGATE_FAULT"));
	struct text name = text_cut(&rest, ':');
	struct text nth = text_cut(&rest, ':');
	uint64_t n;
	if (!text_to_u64(nth, &n))
		return;
	for (int kind = 0; kind < FAULT_KIND_COUNT; kind++) {
		if (text_equal(name, text_of(fault_names[kind])))
			fault_arm((enum fault_kind)kind, n, text_equal(rest, TEXT("repeat")));
	}
}

#endif
