/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table behind Scripting.Dictionary (dictionary-table.h). Each has a seed for the hash of its
 * keys (base/text.h has a key of the process).
 */
#include "library/scripting/dictionary-table.h"

#include "base/mem.h"
#include "com/variant.h"

void dictionary_table_done(struct dictionary_table *table)
{
	mem_free(table->entries);
	mem_free(table->slots);
	*table = (struct dictionary_table){ .text = table->text };
}

#define SLOT_PLACE 0x1FFFFFFu
_Static_assert(DICTIONARY_MAX <= SLOT_PLACE, "a place fits into its bits");

static inline uint32_t slot_tag(uint64_t hash)
{
	return (uint32_t)(hash >> 32) & ~SLOT_PLACE;
}

/* One look-up for all keys, compiled for the commonest kinds. NULL `same`: any key. */
static inline __attribute__((always_inline)) struct dictionary_entry *
find_hashed(struct dictionary_table *table, const VARIANT *key, uint64_t hash,
	    bool (*same)(const VARIANT *a, const VARIANT *key))
{
	struct dictionary_entry *e;

	for (uint64_t at = hash;; at++) {
		uint32_t slot = table->slots[at & (table->slot_count - 1)];

		if (!slot)
			return NULL;
		if ((slot ^ slot_tag(hash)) & ~SLOT_PLACE)
			continue;
		e = &table->entries[(slot & SLOT_PLACE) - 1];
		/* Of those that are not the key one in 128 comes so far. Its hash is not looked at:
		 * it may be in another line of the cache. */
		if (same ? same(&e->key, key) : dictionary_key_equal(&e->key, key, table->text))
			return e;
	}
}

static uint64_t hash_of(const struct dictionary_table *table, const VARIANT *key)
{
	return dictionary_key_hash(key, table->text, table->seed);
}

static __attribute__((noinline)) struct dictionary_entry *
search_hashed(struct dictionary_table *table, const VARIANT *key)
{
	if (key->vt == VT_BSTR && !table->text)
		return find_hashed(table, key, dictionary_key_hash_text(key, table->seed),
				   dictionary_key_is_text);
	if (dictionary_key_whole(key))
		return find_hashed(table, key, dictionary_key_hash_whole(key, table->seed),
				   dictionary_key_is_whole);
	return find_hashed(table, key, hash_of(table, key), NULL);
}

static inline bool is_next(const struct dictionary_table *table, const VARIANT *key)
{
	const struct dictionary_entry *next = table->last + 1;

	return next < table->entries + table->used && dictionary_key_same(&next->key, key);
}

struct dictionary_entry *dictionary_table_search(struct dictionary_table *table, const VARIANT *key)
{
	if (!table->slot_count)
		return NULL;
	if (table->in_order && is_next(table, key))
		return ++table->last;
	struct dictionary_entry *e = search_hashed(table, key);

	table->in_order = e && table->last && e == table->last + 1;
	if (e)
		table->last = e;
	return e;
}

static void slot_take(uint32_t *slots, uint32_t slot_count, uint64_t hash, uint32_t place)
{
	uint64_t at = hash;

	while (slots[at & (slot_count - 1)])
		at++;
	slots[at & (slot_count - 1)] = slot_tag(hash) | (place + 1);
}

/* Moves the live entries into tables of `capacity`. */
static bool rebuild(struct dictionary_table *table, uint32_t capacity)
{
	struct dictionary_entry *entries = mem_zalloc(capacity, sizeof *entries);
	uint32_t slot_count = capacity * 2, n = 0;
	uint32_t *slots = mem_zalloc(slot_count, sizeof *slots);

	if (!entries || !slots) {
		mem_free(entries);
		mem_free(slots);
		return false;
	}
	for (uint32_t i = 0; i < table->used; i++) {
		if (dictionary_entry_dead(&table->entries[i]))
			continue;
		entries[n] = table->entries[i];
		slot_take(slots, slot_count, entries[n].hash, n);
		n++;
	}
	uint64_t seed = table->seed;
	bool text = table->text;

	dictionary_table_done(table);
	*table = (struct dictionary_table){ .entries = entries,
					    .used = n,
					    .capacity = capacity,
					    .slots = slots,
					    .slot_count = slot_count,
					    .seed = seed,
					    .text = text };
	return true;
}

/* Room for one more entry. */
static bool grow(struct dictionary_table *table)
{
	uint32_t capacity = table->capacity ? table->capacity : 8;

	if (table->used < table->capacity)
		return true;
	if (!table->seed)
		table->seed = text_hash((struct text){ (const char *)&table, sizeof table }) | 1;
	/* Doubled, unless half of it is free again once the dead ones are gone. */
	if (table->capacity && dictionary_table_count(table) > table->capacity / 2)
		capacity *= 2;
	return capacity <= DICTIONARY_MAX && rebuild(table, capacity);
}

struct dictionary_entry *dictionary_table_add(struct dictionary_table *table, const VARIANT *key)
{
	if (!grow(table))
		return NULL;
	struct dictionary_entry *e = &table->entries[table->used];

	*e = (struct dictionary_entry){ .hash = hash_of(table, key) };
	if (FAILED(variant_share(&e->key, key)))
		return NULL;
	slot_take(table->slots, table->slot_count, e->hash, table->used);
	table->used++;
	return table->last = e;
}

void dictionary_table_remove(struct dictionary_table *table, struct dictionary_entry *entry,
			     VARIANT *ret_key, VARIANT *ret_item)
{
	variant_move(ret_key, &entry->key);
	variant_move(ret_item, &entry->item);
	entry->key.vt = DICTIONARY_DEAD;
	table->dead++;
}

HRESULT dictionary_table_rename(struct dictionary_table *table, struct dictionary_entry *entry,
				const VARIANT *key, VARIANT *ret_old)
{
	VARIANT copy = { 0 };
	HRESULT hr = variant_share(&copy, key);

	if (FAILED(hr))
		return hr;
	VARIANT old = entry->key;
	uint64_t old_hash = entry->hash;

	entry->key = copy;
	entry->hash = hash_of(table, key);
	/* All slots are laid out anew: the old one must not lead to the new key. */
	if (!rebuild(table, table->capacity)) {
		entry->key = old;
		entry->hash = old_hash;
		VariantClear(&copy);
		return E_OUTOFMEMORY;
	}
	variant_move(ret_old, &old);
	return S_OK;
}

struct dictionary_entry *dictionary_table_next(const struct dictionary_table *table, uint32_t *at)
{
	while (*at < table->used) {
		struct dictionary_entry *e = &table->entries[(*at)++];

		if (!dictionary_entry_dead(e))
			return e;
	}
	return NULL;
}

LONG dictionary_table_hashval(const struct dictionary_table *table, const VARIANT *key)
{
	return (LONG)(hash_of(table, key) % 1201);
}
