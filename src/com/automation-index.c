/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index of automation classes (com/automation-index.h): one pair of hash tables per class,
 * found by the address of the class in a process-wide table. Threads that meet a new class at the
 * same time each build an index, one is published and the others are freed. Without memory for an
 * index, or with the table full, the rows are searched one by one: a look-up never fails for lack
 * of memory.
 */
#include "com/automation-index.h"

#include "base/mem.h"

#include <stdatomic.h>

#define CLASSES_MAX 1024 /* slots, a power of two; three quarters are used */

struct class_index {
	const struct automation_class *class;
	uint32_t mask;
	uint16_t *names;   /* row + 1 by hash of the name, 0 = free; open addressing */
	uint16_t *dispids; /* row + 1 by hash of the DISPID; every row is in it */
	uint16_t slots[];
};

static _Atomic(struct class_index *) classes[CLASSES_MAX];
static atomic_uint class_count;

static uint32_t fold(OLECHAR c)
{
	return c >= 'A' && c <= 'Z' ? c + 32u : c;
}

static uint32_t hash_step(uint32_t h, OLECHAR c)
{
	return (h ^ fold(c)) * 16777619u;
}

static uint32_t hash_name(const OLECHAR *name, size_t length)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < length; i++)
		h = hash_step(h, name[i]);
	return h ^ h >> 15;
}

static uint32_t hash_ascii(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = hash_step(h, (unsigned char)*name);
	return h ^ h >> 15;
}

static uint32_t hash_dispid(DISPID dispid)
{
	uint32_t h = (uint32_t)dispid * 2654435769u;

	return h ^ h >> 15;
}

static bool same_name(const char *ascii, const OLECHAR *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!ascii[i] || fold((unsigned char)ascii[i]) != fold(name[i]))
			return false;
	return !ascii[length];
}

static void slot_take(uint16_t *slots, uint32_t mask, uint32_t hash, size_t row)
{
	while (slots[hash & mask])
		hash++;
	slots[hash & mask] = (uint16_t)(row + 1);
}

static struct class_index *index_new(const struct automation_class *class)
{
	uint32_t slots = 8;

	if (class->member_count >= UINT16_MAX)
		return NULL;
	while (slots < class->member_count * 2)
		slots *= 2;
	struct class_index *index = mem_zalloc(1, sizeof *index + 2 * slots * sizeof(uint16_t));

	if (!index)
		return NULL;
	index->class = class;
	index->mask = slots - 1;
	index->names = index->slots;
	index->dispids = index->slots + slots;
	for (size_t i = 0; i < class->member_count; i++) {
		const struct automation_member *m = &class->members[i];

		/* In the order of the rows, so that the first of a name is found first. */
		slot_take(index->names, index->mask, hash_ascii(m->name), i);
		slot_take(index->dispids, index->mask, hash_dispid(m->dispid), i);
	}
	return index;
}

static struct class_index *index_of(const struct automation_class *class)
{
	size_t at =
		(size_t)(((uint64_t)(uintptr_t) class >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 32);
	struct class_index *made = NULL, *index;

	for (;; at++) {
		_Atomic(struct class_index *) *slot = &classes[at % CLASSES_MAX];

		index = atomic_load_explicit(slot, memory_order_acquire);
		if (!index) {
			if (atomic_load_explicit(&class_count, memory_order_relaxed) >=
			    CLASSES_MAX / 4 * 3)
				break;
			if (!made)
				made = index_new(class);
			if (!made)
				break;
			if (atomic_compare_exchange_strong(slot, &index, made)) {
				atomic_fetch_add(&class_count, 1);
				return made;
			}
		}
		if (index->class == class)
			break;
	}
	mem_free(made);
	return index;
}

const struct automation_member *automation_index_name(const struct automation_class *class,
						      const OLECHAR *name, size_t length)
{
	struct class_index *index = index_of(class);

	if (!index) {
		for (size_t i = 0; i < class->member_count; i++)
			if (same_name(class->members[i].name, name, length))
				return &class->members[i];
		return NULL;
	}
	for (uint32_t h = hash_name(name, length);; h++) {
		uint16_t row = index->names[h & index->mask];

		if (!row)
			return NULL;
		if (same_name(class->members[row - 1].name, name, length))
			return &class->members[row - 1];
	}
}

static bool row_fits(const struct automation_member *m, DISPID dispid, WORD kinds)
{
	return m->dispid == dispid && (!kinds || (m->kinds & kinds));
}

const struct automation_member *automation_index_dispid(const struct automation_class *class,
							DISPID dispid, WORD kinds)
{
	struct class_index *index = index_of(class);

	if (!index) {
		for (size_t i = 0; i < class->member_count; i++)
			if (row_fits(&class->members[i], dispid, kinds))
				return &class->members[i];
		return NULL;
	}
	for (uint32_t h = hash_dispid(dispid);; h++) {
		uint16_t row = index->dispids[h & index->mask];

		if (!row)
			return NULL;
		if (row_fits(&class->members[row - 1], dispid, kinds))
			return &class->members[row - 1];
	}
}
