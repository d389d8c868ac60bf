/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The class table (com/class.h): an append-only array. Registration takes a lock; look-up takes
 * none, since an entry is complete before the count that covers it is published.
 */
#include "com/class.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

static const struct class_entry *table[CLASS_MAX];
static atomic_size_t table_count;
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;

int class_register(const struct class_entry *entries, size_t count)
{
	int r = 0;

	pthread_mutex_lock(&table_lock);
	size_t n = atomic_load_explicit(&table_count, memory_order_relaxed);

	if (count > CLASS_MAX - n) {
		r = -ENOBUFS;
	} else {
		for (size_t i = 0; i < count; i++)
			table[n + i] = &entries[i];
		atomic_store_explicit(&table_count, n + count, memory_order_release);
	}
	pthread_mutex_unlock(&table_lock);
	return r;
}

const struct class_entry *class_find(REFCLSID clsid)
{
	size_t count = atomic_load_explicit(&table_count, memory_order_acquire);

	for (size_t i = 0; i < count; i++)
		if (IsEqualGUID(&table[i]->clsid, clsid))
			return table[i];
	return NULL;
}

const struct class_entry *class_find_progid(struct text progid)
{
	size_t count = atomic_load_explicit(&table_count, memory_order_acquire);
	struct text plain = progid;

	if (text_ends_with_nocase(progid, TEXT(".1")))
		plain.length -= 2;
	for (size_t i = 0; i < count; i++) {
		struct text name = text_of(table[i]->progid);

		if (text_equal_nocase(name, progid) || text_equal_nocase(name, plain))
			return table[i];
	}
	return NULL;
}
