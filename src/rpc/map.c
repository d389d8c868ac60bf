/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The endpoint map. Entries have numbers that grow, so that a look-up which comes back later goes
 * on behind where it was, whatever happened meanwhile.
 */
#include "base/mem.h"
#include "rpc/endpoint.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

struct item {
	uint64_t number;
	struct rpc_map_entry entry;
};

struct rpc_map {
	pthread_mutex_t lock;
	struct item *items; /* by number */
	size_t count, capacity;
	uint64_t last;
};

int rpc_map_new(struct rpc_map **ret)
{
	struct rpc_map *m = mem_new(struct rpc_map);
	if (!m)
		return -ENOMEM;
	pthread_mutex_init(&m->lock, NULL);
	*ret = m;
	return 0;
}

struct rpc_map *rpc_map_free(struct rpc_map *m)
{
	if (!m)
		return NULL;
	pthread_mutex_destroy(&m->lock);
	mem_free(m->items);
	return mem_free(m);
}

static bool same(const struct rpc_map_entry *a, const struct rpc_map_entry *b)
{
	return IsEqualGUID(&a->object, &b->object) &&
	       rpc_syntax_equal(&a->interface, &b->interface) &&
	       rpc_syntax_equal(&a->transfer, &b->transfer) &&
	       a->binding.protseq == b->binding.protseq &&
	       strcmp(a->binding.host, b->binding.host) == 0 &&
	       strcmp(a->binding.endpoint, b->binding.endpoint) == 0;
}

static size_t find(const struct rpc_map *m, const struct rpc_map_entry *entry)
{
	size_t i = 0;
	while (i < m->count && !same(&m->items[i].entry, entry))
		i++;
	return i;
}

static int room(struct rpc_map *m)
{
	if (m->count < m->capacity)
		return 0;
	if (m->count == RPC_MAP_MAX)
		return -ENOBUFS;
	size_t capacity = m->capacity ? 2 * m->capacity : 16;
	struct item *items = mem_realloc(m->items, capacity, sizeof(*items));
	if (!items)
		return -ENOMEM;
	m->items = items;
	m->capacity = capacity;
	return 0;
}

int rpc_map_insert(struct rpc_map *m, const struct rpc_map_entry *entry)
{
	int r = 0;
	pthread_mutex_lock(&m->lock);
	size_t i = find(m, entry);
	if (i == m->count) {
		r = room(m);
		if (r == 0)
			m->items[m->count++].number = ++m->last;
	}
	if (r == 0)
		m->items[i].entry = *entry;
	pthread_mutex_unlock(&m->lock);
	return r;
}

int rpc_map_delete(struct rpc_map *m, const struct rpc_map_entry *entry)
{
	pthread_mutex_lock(&m->lock);
	size_t i = find(m, entry);
	bool found = i < m->count;
	if (found) {
		m->count--;
		memmove(m->items + i, m->items + i + 1, (m->count - i) * sizeof(*m->items));
	}
	pthread_mutex_unlock(&m->lock);
	return found ? 0 : -ENOENT;
}

bool rpc_map_next(struct rpc_map *m, uint64_t *cursor, struct rpc_map_entry *ret)
{
	pthread_mutex_lock(&m->lock);
	size_t low = 0, high = m->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (m->items[middle].number <= *cursor)
			low = middle + 1;
		else
			high = middle;
	}
	bool found = low < m->count;
	if (found) {
		*cursor = m->items[low].number;
		*ret = m->items[low].entry;
	}
	pthread_mutex_unlock(&m->lock);
	return found;
}

int rpc_map_insert_all(struct rpc_map *m, const struct rpc_interfaces *interfaces,
		       const struct rpc_binding *binding)
{
	const struct rpc_interface *interface;
	int r = 0;
	for (size_t i = 0; r == 0 && (interface = rpc_interfaces_at(interfaces, i)); i++) {
		if (!interface->annotation)
			continue;
		struct rpc_map_entry entry = { .interface = interface->id,
					       .transfer = rpc_ndr20,
					       .binding = *binding };
		snprintf(entry.annotation, sizeof(entry.annotation), "%s", interface->annotation);
		r = rpc_map_insert(m, &entry);
	}
	return r;
}
