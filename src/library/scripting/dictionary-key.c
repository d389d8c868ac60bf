/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of a Scripting.Dictionary of every kind (dictionary-key.h).
 */
#include "library/scripting/dictionary-key.h"

#include "base/mem.h"
#include "com/casing.h"

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

bool dictionary_key_same_bytes(const void *a, const void *b, size_t bytes)
{
	if (!bytes)
		return true;
	return bytes < 8
		       ? dictionary_key_word_short(a, bytes) == dictionary_key_word_short(b, bytes)
		       : !memcmp(a, b, bytes);
}

/* Folds piece by piece, so that no memory is needed. */
static uint64_t hash_folded(BSTR s, uint64_t seed)
{
	char16_t piece[64];
	size_t length = SysStringLen(s), n = 0;
	uint64_t h = 0;

	for (size_t i = 0; i < length; i++) {
		piece[n++] = casing_fold(s[i]);
		if (n == ARRAY_LEN(piece) || i + 1 == length) {
			h = h * UINT64_C(0x9E3779B97F4A7C15) +
			    dictionary_key_hash_bytes(piece, n * 2, seed);
			n = 0;
		}
	}
	return h;
}

static uint64_t hash_number(double d, uint64_t seed)
{
	/* One zero, one not-a-number. */
	d = d == 0 ? 0 : isnan(d) ? (double)NAN : d;
	return dictionary_key_hash_bytes(&d, sizeof d, seed);
}

uint64_t dictionary_key_hash(const VARIANT *key, bool fold, uint64_t seed)
{
	switch (kind_of(key)) {
	case KEY_TEXT:
		return fold ? hash_folded(key->bstrVal, seed) : dictionary_key_hash_text(key, seed);
	case KEY_NUMBER:
		return hash_number(number_of(key), seed);
	case KEY_OBJECT:
		return dictionary_key_hash_bytes(&key->punkVal, sizeof key->punkVal, seed);
	default:
		return key->vt;
	}
}

bool dictionary_key_equal(const VARIANT *a, const VARIANT *b, bool fold)
{
	enum key_kind kind = kind_of(a);
	double x, y;

	if (kind != kind_of(b))
		return false;
	switch (kind) {
	case KEY_TEXT:
		if (fold)
			return bstr_compare_nocase(a->bstrVal, b->bstrVal) == 0;
		return dictionary_key_same_text(a->bstrVal, b->bstrVal);
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
