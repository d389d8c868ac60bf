/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A dense array of entries in insertion order, and an index of positions into it with linear
 * probing. Removing leaves a hole in the array (so that a walk stays valid) and closes the gap in
 * the index (so that it needs no tombstones). Holes are squeezed out when the array is full.
 * Owned by one thread.
 */
#include "base/map.h"

#include "base/mem.h"

#include <errno.h>

#define MAP_FIRST 8
#define MAP_MOST ((size_t)1 << 30)

struct entry {
	char *key; /* NULL: a hole */
	size_t length;
	uint64_t hash;
	void *value;
};

struct map {
	struct entry *entries;
	uint32_t *index; /* position + 1, 0: free; 2 * capacity slots, a power of two */
	size_t count;    /* entries that live */
	size_t end;      /* entries and holes */
	size_t capacity; /* of `entries` */
	size_t limit;
	unsigned flags;
};

struct map *map_new(size_t max_entries, unsigned flags)
{
	struct map *map = mem_new(struct map);
	if (!map)
		return NULL;
	map->limit = max_entries < MAP_MOST ? max_entries : MAP_MOST;
	map->flags = flags;
	return map;
}

struct map *map_free(struct map *map, void (*free_value)(void *value))
{
	if (!map)
		return NULL;
	for (size_t i = 0; i < map->end; i++) {
		if (!map->entries[i].key)
			continue;
		mem_free(map->entries[i].key);
		if (free_value)
			free_value(map->entries[i].value);
	}
	mem_free(map->entries);
	mem_free(map->index);
	return mem_free(map);
}

size_t map_count(const struct map *map)
{
	return map->count;
}

static uint64_t map_hash(const struct map *map, struct text key)
{
	return map->flags & MAP_NOCASE ? text_hash_nocase(key) : text_hash(key);
}

static bool entry_is(const struct map *map, const struct entry *e, struct text key, uint64_t hash)
{
	struct text mine = { e->key, e->length };
	return e->hash == hash &&
	       (map->flags & MAP_NOCASE ? text_equal_nocase(mine, key) : text_equal(mine, key));
}

static size_t map_mask(const struct map *map)
{
	return 2 * map->capacity - 1;
}

/* The slot in the index that holds `key`, or the free one where it would go. */
static size_t map_slot(const struct map *map, struct text key, uint64_t hash)
{
	size_t slot = hash & map_mask(map);
	while (map->index[slot] && !entry_is(map, &map->entries[map->index[slot] - 1], key, hash))
		slot = (slot + 1) & map_mask(map);
	return slot;
}

void *map_get(const struct map *map, struct text key)
{
	if (map->count == 0)
		return NULL;
	size_t slot = map_slot(map, key, map_hash(map, key));
	return map->index[slot] ? map->entries[map->index[slot] - 1].value : NULL;
}

/* Moves the living entries to `entries` (which may be the present array) and indexes them. */
static void map_fill(struct map *map, struct entry *entries, uint32_t *index, size_t capacity)
{
	size_t mask = 2 * capacity - 1, n = 0;
	memset(index, 0, 2 * capacity * sizeof(*index));
	for (size_t i = 0; i < map->end; i++) {
		if (!map->entries[i].key)
			continue;
		entries[n] = map->entries[i];
		size_t slot = entries[n].hash & mask;
		while (index[slot])
			slot = (slot + 1) & mask;
		index[slot] = (uint32_t)++n;
	}
	map->end = n;
}

/* Makes room for one more entry at the end. */
static int map_make_room(struct map *map)
{
	if (map->end < map->capacity)
		return 0;
	if (map->count < map->end - map->end / 4) {
		map_fill(map, map->entries, map->index, map->capacity);
		return 0;
	}
	size_t capacity = map->capacity ? 2 * map->capacity : MAP_FIRST;
	struct entry *entries = mem_zalloc(capacity, sizeof(*entries));
	uint32_t *index = mem_zalloc(2 * capacity, sizeof(*index));
	if (!entries || !index) {
		mem_free(entries);
		mem_free(index);
		return -ENOMEM;
	}
	map_fill(map, entries, index, capacity);
	mem_free(map->entries);
	mem_free(map->index);
	map->entries = entries;
	map->index = index;
	map->capacity = capacity;
	return 0;
}

int map_put(struct map *map, struct text key, void *value, void **ret_old)
{
	uint64_t hash = map_hash(map, key);
	if (map->count > 0) {
		size_t found = map_slot(map, key, hash);
		if (map->index[found]) {
			struct entry *e = &map->entries[map->index[found] - 1];
			if (ret_old)
				*ret_old = e->value;
			e->value = value;
			return 0;
		}
	}
	if (map->count >= map->limit)
		return -ENOBUFS;
	char *copy = mem_dup(key.data, key.length);
	if (!copy)
		return -ENOMEM;
	int r = map_make_room(map);
	if (r < 0) {
		mem_free(copy);
		return r;
	}
	size_t slot = map_slot(map, key, hash);
	map->entries[map->end] = (struct entry){ copy, key.length, hash, value };
	map->index[slot] = (uint32_t)++map->end;
	map->count++;
	if (ret_old)
		*ret_old = NULL;
	return 0;
}

/* Frees `slot` and moves back what had probed past it (Knuth 6.4, algorithm R). */
static void map_close_gap(struct map *map, size_t slot)
{
	size_t mask = map_mask(map);
	size_t gap = slot;
	for (size_t at = (slot + 1) & mask; map->index[at]; at = (at + 1) & mask) {
		size_t home = map->entries[map->index[at] - 1].hash & mask;
		if (((at - home) & mask) >= ((at - gap) & mask)) {
			map->index[gap] = map->index[at];
			gap = at;
		}
	}
	map->index[gap] = 0;
}

void *map_remove(struct map *map, struct text key)
{
	if (map->count == 0)
		return NULL;
	size_t slot = map_slot(map, key, map_hash(map, key));
	if (!map->index[slot])
		return NULL;
	struct entry *e = &map->entries[map->index[slot] - 1];
	void *value = e->value;
	map_close_gap(map, slot);
	/* `key` may be the entry's own key, from map_next: nothing reads it from here on. */
	mem_free(e->key);
	*e = (struct entry){ .key = NULL };
	map->count--;
	return value;
}

bool map_next(const struct map *map, size_t *at, struct text *ret_key, void **ret_value)
{
	while (*at < map->end) {
		const struct entry *e = &map->entries[(*at)++];
		if (!e->key)
			continue;
		if (ret_key)
			*ret_key = (struct text){ e->key, e->length };
		if (ret_value)
			*ret_value = e->value;
		return true;
	}
	return false;
}
