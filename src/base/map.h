/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash map from text to a pointer, in insertion order, with open addressing. Keys are copied.
 * Case-sensitive or not is chosen at birth (ASCII folding), as is the maximum number of entries.
 * Not thread safe.
 */
#pragma once

#include "base/text.h"

enum map_flags { MAP_NOCASE = 1 };

struct map;

struct map *map_new(size_t max_entries, unsigned flags);
/* Calls `free_value` (may be NULL) on every value. Takes NULL, returns NULL. */
struct map *map_free(struct map *map, void (*free_value)(void *value));

size_t map_count(const struct map *map);
/* NULL when the key is not there. */
void *map_get(const struct map *map, struct text key);
/* Inserts or replaces; `*ret_old` (may be NULL) gets the replaced value or NULL. -ENOMEM, or
 * -ENOBUFS at the maximum. */
int map_put(struct map *map, struct text key, void *value, void **ret_old);
/* Removes and returns the value, NULL when the key was not there. */
void *map_remove(struct map *map, struct text key);
/* Walks in insertion order: start with *at = 0; false at the end. The map must not change, but
 * for removing the entry just returned. */
bool map_next(const struct map *map, size_t *at, struct text *ret_key, void **ret_value);
