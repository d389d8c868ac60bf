/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table behind Scripting.Dictionary, for dictionary.c alone: VARIANT keys and items in the
 * order they were added. Not thread safe; nothing here runs foreign code, so that it can be used
 * under a lock: what leaves the table is moved to the caller, who clears it outside.
 */
#pragma once

#include "library/scripting/dictionary-key.h"

struct dictionary_entry {
	VARIANT key, item;
	uint64_t hash;
};

/* The type of the key of an entry that was removed, which is like no key; the place is used again
 * when the table is rebuilt. */
#define DICTIONARY_DEAD 0xFFFF
static inline bool dictionary_entry_dead(const struct dictionary_entry *entry)
{
	return entry->key.vt == DICTIONARY_DEAD;
}

struct dictionary_table {
	struct dictionary_entry *entries;
	uint32_t used, dead, capacity;
	/* Place in `entries` + 1 in the low 25 bits, 0 = free; above, the top bits of the hash.
	 * Open addressing; small, since each look-up may miss the cache here. */
	uint32_t *slots;
	uint32_t slot_count;
	bool text;     /* CompareMode: keys that are strings differ not by case */
	uint64_t seed; /* of the hash, 0 as long as there are no slots */
	/* The entry found last, which most likely is the next one asked for: scripts say
	 * If d.Exists(k) Then d(k) = d(k) + 1. Dead when it was removed; NULL: none. */
	struct dictionary_entry *last;
	/* That was the one behind the one before, as when keys are asked for in the order in which
	 * they were added: the next is looked at before anything is hashed. */
	bool in_order;
};

#define DICTIONARY_MAX (1u << 24)

/* A zeroed table is empty. Forgets the memory; entries must have been moved out or cleared. */
void dictionary_table_done(struct dictionary_table *table);
static inline uint32_t dictionary_table_count(const struct dictionary_table *table)
{
	return table->used - table->dead;
}
/* NULL when the key is not there. */
struct dictionary_entry *dictionary_table_search(struct dictionary_table *table,
						 const VARIANT *key);
/* The same, with a look at the entry found last. */
static inline __attribute__((always_inline)) struct dictionary_entry *
dictionary_table_find(struct dictionary_table *table, const VARIANT *key)
{
	struct dictionary_entry *e = table->last;

	return e && dictionary_key_same(&e->key, key) ? e : dictionary_table_search(table, key);
}
/* A new entry for a key that is not there, with VT_EMPTY as its item; the key's string is shared.
 * NULL when out of memory or at DICTIONARY_MAX. */
struct dictionary_entry *dictionary_table_add(struct dictionary_table *table, const VARIANT *key);
/* Moves key and item out and removes the entry. */
void dictionary_table_remove(struct dictionary_table *table, struct dictionary_entry *entry,
			     VARIANT *ret_key, VARIANT *ret_item);
/* Gives an entry another key (not in the table), in its place; the old key is moved out.
 * E_OUTOFMEMORY. */
HRESULT dictionary_table_rename(struct dictionary_table *table, struct dictionary_entry *entry,
				const VARIANT *key, VARIANT *ret_old);
/* The first live entry from `*at` on, which moves behind it; NULL at the end. */
struct dictionary_entry *dictionary_table_next(const struct dictionary_table *table, uint32_t *at);
/* The key's hash as a small number, for HashVal. */
LONG dictionary_table_hashval(const struct dictionary_table *table, const VARIANT *key);
