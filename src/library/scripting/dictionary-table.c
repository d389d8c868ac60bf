/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table behind Scripting.Dictionary (dictionary-table.h). Keys are equal as VBScript's are:
 * strings with strings (binary, or but for case), numbers, dates and truths by value, objects by
 * identity, Empty and Null with themselves; "1" is not 1. Keys come from requests, so the hash is
 * keyed: each table has a seed that nobody outside can know (base/text.h has a key of the process).
 *
 * Scripts ask for a key again and again (If d.Exists(k) Then d(k) = d(k) + 1), so the entry found
 * last is looked at before anything is hashed.
 */
#include "library/scripting/dictionary-table.h"

#include "base/mem.h"
#include "com/bstr.h"
#include "com/casing.h"
#include "com/variant.h"

#include <math.h>

enum key_kind { KEY_NONE, KEY_EMPTY, KEY_NULL, KEY_TEXT, KEY_NUMBER, KEY_OBJECT };

static enum key_kind kind_of(const VARIANT *key)
{
	switch (key->vt) {
	case VT_EMPTY:
		return KEY_EMPTY;
	case VT_NULL:
		return KEY_NULL;
	case VT_BSTR:
		return KEY_TEXT;
	case VT_DISPATCH:
	case VT_UNKNOWN:
		return KEY_OBJECT;
	case VT_ERROR:
		return KEY_NONE;
	default:
		return key->vt <= VT_UINT ? KEY_NUMBER : KEY_NONE;
	}
}

static double number_of(const VARIANT *key)
{
	VARIANT v = { 0 };

	if (key->vt == VT_I4)
		return key->lVal;
	if (key->vt == VT_I2)
		return key->iVal;
	if (key->vt == VT_R8 || key->vt == VT_DATE)
		return key->dblVal;
	/* Scalars only: cannot fail, allocate, or run foreign code. */
	return SUCCEEDED(VariantChangeType(&v, key, 0, VT_R8)) ? v.dblVal : 0;
}

bool dictionary_key_valid_any(const VARIANT *key)
{
	VARIANT v = { 0 };

	if (kind_of(key) == KEY_NUMBER)
		return SUCCEEDED(VariantChangeType(&v, key, 0, VT_R8));
	return kind_of(key) != KEY_NONE;
}

/* Two words become one: the halves of their product, each of which depends on every bit. */
static inline uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t word_at(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof word);
	return word;
}

/* Fewer than 8 bytes, and at least one, as one word that is different for different bytes. */
static inline uint64_t word_short(const char *at, size_t length)
{
	const unsigned char *u = (const unsigned char *)at;
	uint32_t first, last;

	if (length < 4)
		return (uint64_t)u[0] << 16 | (uint64_t)u[length / 2] << 8 | u[length - 1];
	memcpy(&first, at, sizeof first);
	memcpy(&last, at + length - sizeof last, sizeof last);
	return (uint64_t)first << 32 | last;
}

/* Multiply and fold, 16 bytes at a time (the way of wyhash), under the table's seed. */
static inline uint64_t hash_bytes(const struct dictionary_table *table, const void *data,
				  size_t length)
{
	const uint64_t odd = UINT64_C(0xa0761d6478bd642f);
	const char *at = length ? data : "", *end = at + length; /* no text may be NULL */
	uint64_t h = table->seed ^ odd, a = 0, b = 0;

	for (; end - at > 16; at += 16)
		h = mix(word_at(at) ^ odd, word_at(at + 8) ^ h);
	if (end - at >= 8) {
		a = word_at(at);
		b = word_at(end - 8);
	} else if (end > at) {
		a = word_short(at, (size_t)(end - at));
	}
	return mix(odd ^ length, mix(a ^ UINT64_C(0xe7037ed1a0b428db), b ^ h));
}

/* Folds piece by piece, so that no memory is needed. */
static uint64_t hash_folded(const struct dictionary_table *table, BSTR s)
{
	char16_t piece[64];
	size_t length = SysStringLen(s), n = 0;
	uint64_t h = 0;

	for (size_t i = 0; i < length; i++) {
		piece[n++] = casing_fold(s[i]);
		if (n == ARRAY_LEN(piece) || i + 1 == length) {
			h = h * UINT64_C(0x9E3779B97F4A7C15) + hash_bytes(table, piece, n * 2);
			n = 0;
		}
	}
	return h;
}

static inline uint64_t hash_number(const struct dictionary_table *table, double d)
{
	/* One zero, one not-a-number. */
	d = d == 0 ? 0 : isnan(d) ? (double)NAN : d;
	return hash_bytes(table, &d, sizeof d);
}

static uint64_t hash_any(const struct dictionary_table *table, const VARIANT *key)
{
	switch (kind_of(key)) {
	case KEY_TEXT:
		return table->text
			       ? hash_folded(table, key->bstrVal)
			       : hash_bytes(table, key->bstrVal, SysStringByteLen(key->bstrVal));
	case KEY_NUMBER:
		return hash_number(table, number_of(key));
	case KEY_OBJECT:
		return hash_bytes(table, &key->punkVal, sizeof key->punkVal);
	default:
		return key->vt;
	}
}

/* Short texts are compared here: a call would cost more. */
static inline bool same_text(BSTR a, BSTR b)
{
	size_t bytes = bstr_bytes(a);
	const char *x = (const char *)a, *y = (const char *)b;

	if (bytes != bstr_bytes(b))
		return false;
	if (bytes - 8 <= 8)
		return !((word_at(x) ^ word_at(y)) |
			 (word_at(x + bytes - 8) ^ word_at(y + bytes - 8)));
	if (bytes > 16)
		return a == b || !memcmp(a, b, bytes);
	return !bytes || word_short(x, bytes) == word_short(y, bytes);
}

static bool keys_equal(const struct dictionary_table *table, const VARIANT *a, const VARIANT *b)
{
	enum key_kind kind = kind_of(a);
	double x, y;

	if (kind != kind_of(b))
		return false;
	switch (kind) {
	case KEY_TEXT:
		if (table->text)
			return bstr_compare_nocase(a->bstrVal, b->bstrVal) == 0;
		return same_text(a->bstrVal, b->bstrVal);
	case KEY_NUMBER:
		x = number_of(a);
		y = number_of(b);
		return x == y || (isnan(x) && isnan(y));
	case KEY_OBJECT:
		return a->punkVal == b->punkVal;
	default:
		return true;
	}
}

/* ---- what most scripts use as keys: texts that differ by case, and whole numbers ---- */

static inline bool is_whole(const VARIANT *key)
{
	return (key->vt ^ VT_I2) <= 1;
}
_Static_assert(VT_I2 == 2 && VT_I4 == 3, "the two differ in the last bit");

static inline LONG whole_of(const VARIANT *key)
{
	return key->vt == VT_I2 ? key->iVal : key->lVal;
}

static inline uint64_t hash_text(const struct dictionary_table *table, const VARIANT *key)
{
	return hash_bytes(table, key->bstrVal, bstr_bytes(key->bstrVal));
}

/* Not zero with a sign, and a number: as hash_number has it. */
static inline uint64_t hash_whole(const struct dictionary_table *table, const VARIANT *key)
{
	double d = whole_of(key);

	return hash_bytes(table, &d, sizeof d);
}

static inline bool has_text(const struct dictionary_table *table, const VARIANT *a,
			    const VARIANT *text)
{
	return a->vt == VT_BSTR && same_text(a->bstrVal, text->bstrVal);
}

static inline bool has_whole(const struct dictionary_table *table, const VARIANT *a,
			     const VARIANT *whole)
{
	return is_whole(a) ? whole_of(a) == whole_of(whole) : keys_equal(table, a, whole);
}

static uint64_t hash_of(const struct dictionary_table *table, const VARIANT *key)
{
	if (key->vt == VT_BSTR && !table->text)
		return hash_text(table, key);
	return is_whole(key) ? hash_whole(table, key) : hash_any(table, key);
}

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

typedef uint64_t (*hash_fn)(const struct dictionary_table *table, const VARIANT *key);
typedef bool (*same_fn)(const struct dictionary_table *table, const VARIANT *a, const VARIANT *key);

/* One look-up for all keys, compiled for each kind of key. */
static inline __attribute__((always_inline)) struct dictionary_entry *
find_by(struct dictionary_table *table, const VARIANT *key, hash_fn hash_key, same_fn same)
{
	struct dictionary_entry *e = &table->entries[table->last];

	if (table->last < table->used && same(table, &e->key, key))
		return e;
	uint64_t hash = hash_key(table, key);

	for (uint64_t at = hash;; at++) {
		uint32_t slot = table->slots[at & (table->slot_count - 1)];

		if (!slot)
			return NULL;
		if ((slot ^ slot_tag(hash)) & ~SLOT_PLACE)
			continue;
		e = &table->entries[(slot & SLOT_PLACE) - 1];
		if (e->hash == hash && same(table, &e->key, key)) {
			table->last = (slot & SLOT_PLACE) - 1;
			return e;
		}
	}
}

struct dictionary_entry *dictionary_table_find(struct dictionary_table *table, const VARIANT *key)
{
	if (!table->slot_count)
		return NULL;
	if (key->vt == VT_BSTR && !table->text)
		return find_by(table, key, hash_text, has_text);
	if (is_whole(key))
		return find_by(table, key, hash_whole, has_whole);
	return find_by(table, key, hash_any, keys_equal);
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
	table->last = table->used++;
	return e;
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
