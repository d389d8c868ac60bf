/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of a Scripting.Dictionary, for dictionary-table.c: VARIANTs that are equal as VBScript's
 * values are. Strings equal strings (binary, or but for case), numbers, dates and truths each other
 * by value, objects by identity, Empty and Null themselves; "1" is not 1. Keys come from requests,
 * so the hash is keyed by a seed that nobody outside can know. Pure: nothing here allocates, fails,
 * or runs foreign code.
 *
 * What most scripts use as keys, texts that differ by case and whole numbers, is here in the
 * header, to be compiled into the look-up.
 */
#pragma once

#include "com/bstr.h"

#include <surrogate/com.h>

/* False for what cannot be a key: arrays, errors, records. References have been followed. */
bool dictionary_key_valid_any(const VARIANT *key);
static inline bool dictionary_key_valid(const VARIANT *key)
{
	return key->vt == VT_BSTR || key->vt == VT_I4 || key->vt == VT_I2 ||
	       dictionary_key_valid_any(key);
}

/* `fold`: strings are equal but for case. */
bool dictionary_key_equal(const VARIANT *a, const VARIANT *b, bool fold);
uint64_t dictionary_key_hash(const VARIANT *key, bool fold, uint64_t seed);

/* ---- bytes ---- */

static inline uint64_t dictionary_key_word(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof word);
	return word;
}

/* Fewer than 8 bytes, and at least one, as one word that is different for different bytes. */
static inline uint64_t dictionary_key_word_short(const char *at, size_t length)
{
	const unsigned char *u = (const unsigned char *)at;
	uint32_t first, last;

	if (length < 4)
		return (uint64_t)u[0] << 16 | (uint64_t)u[length / 2] << 8 | u[length - 1];
	memcpy(&first, at, sizeof first);
	memcpy(&last, at + length - sizeof last, sizeof last);
	return (uint64_t)first << 32 | last;
}

/* Two words become one: the halves of their product, each of which depends on every bit. */
static inline uint64_t dictionary_key_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Multiply and fold, 16 bytes at a time (the way of wyhash), under the seed. */
static inline uint64_t dictionary_key_hash_bytes(const void *data, size_t length, uint64_t seed)
{
	const uint64_t odd = UINT64_C(0xa0761d6478bd642f);
	const char *at = length ? data : "", *end = at + length; /* no text may be NULL */
	uint64_t h = seed ^ odd, a = 0, b = 0;

	for (; end - at > 16; at += 16)
		h = dictionary_key_mix(dictionary_key_word(at) ^ odd,
				       dictionary_key_word(at + 8) ^ h);
	if (end - at >= 8) {
		a = dictionary_key_word(at);
		b = dictionary_key_word(end - 8);
	} else if (end > at) {
		a = dictionary_key_word_short(at, (size_t)(end - at));
	}
	return dictionary_key_mix(odd ^ length,
				  dictionary_key_mix(a ^ UINT64_C(0xe7037ed1a0b428db), b ^ h));
}

/* ---- texts that differ by case ---- */

/* `bytes` are alike, fewer than 8 or more than 16. */
bool dictionary_key_same_bytes(const void *a, const void *b, size_t bytes);
/* Most are of four to eight characters: a call would cost more than the comparison. */
static inline bool dictionary_key_same_text(BSTR a, BSTR b)
{
	size_t bytes = bstr_bytes(a);
	const char *x = (const char *)a, *y = (const char *)b;

	if (bytes != bstr_bytes(b))
		return false;
	if (bytes - 8 > 8)
		return dictionary_key_same_bytes(a, b, bytes);
	return !((dictionary_key_word(x) ^ dictionary_key_word(y)) |
		 (dictionary_key_word(x + bytes - 8) ^ dictionary_key_word(y + bytes - 8)));
}

static inline bool dictionary_key_is_text(const VARIANT *a, const VARIANT *text)
{
	return a->vt == VT_BSTR && dictionary_key_same_text(a->bstrVal, text->bstrVal);
}

static inline uint64_t dictionary_key_hash_text(const VARIANT *text, uint64_t seed)
{
	return dictionary_key_hash_bytes(text->bstrVal, bstr_bytes(text->bstrVal), seed);
}

/* ---- whole numbers ---- */

static inline bool dictionary_key_whole(const VARIANT *key)
{
	return (key->vt ^ VT_I2) <= 1;
}
_Static_assert(VT_I2 == 2 && VT_I4 == 3, "the two differ in the last bit");

static inline LONG dictionary_key_number(const VARIANT *whole)
{
	return whole->vt == VT_I2 ? whole->iVal : whole->lVal;
}

static inline bool dictionary_key_is_whole(const VARIANT *a, const VARIANT *whole)
{
	if (dictionary_key_whole(a))
		return dictionary_key_number(a) == dictionary_key_number(whole);
	return dictionary_key_equal(a, whole, false);
}

/* As a Double of that value. */
static inline uint64_t dictionary_key_hash_whole(const VARIANT *whole, uint64_t seed)
{
	double d = dictionary_key_number(whole);

	return dictionary_key_hash_bytes(&d, sizeof d, seed);
}

/* False for some that are equal, which only dictionary_key_equal tells. */
static inline bool dictionary_key_same(const VARIANT *a, const VARIANT *b)
{
	if (a->vt == VT_BSTR)
		return b->vt == VT_BSTR && dictionary_key_same_text(a->bstrVal, b->bstrVal);
	return dictionary_key_whole(a) && dictionary_key_whole(b) &&
	       dictionary_key_number(a) == dictionary_key_number(b);
}
