/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic on DECIMAL (com/decimal.h). Intermediate results are 256-bit integers with a decimal
 * scale; one function brings them back to 96 bits. Called by the script engines' operators. Pure;
 * any thread.
 */
#include "com/decimal.h"

#include <stdint.h>

#define SCALE_MAX 28
#define WORDS 8

typedef unsigned __int128 u128;

/* An integer of 256 bits, lowest word first. */
struct wide {
	uint32_t words[WORDS];
};

static int scale_of(const DECIMAL *d)
{
	return d->scale <= SCALE_MAX ? d->scale : SCALE_MAX;
}

static bool is_negative(const DECIMAL *d)
{
	return d->sign & 0x80;
}

static u128 mantissa_of(const DECIMAL *d)
{
	return (u128)d->Hi32 << 64 | d->Lo64;
}

static DECIMAL decimal_of(u128 mantissa, int scale, bool negative)
{
	return (DECIMAL){ .scale = (BYTE)scale,
			  .sign = negative && mantissa ? 0x80 : 0,
			  .Hi32 = (uint32_t)(mantissa >> 64),
			  .Lo64 = (uint64_t)mantissa };
}

static struct wide wide_of(u128 n)
{
	struct wide w = { { (uint32_t)n, (uint32_t)(n >> 32), (uint32_t)(n >> 64),
			    (uint32_t)(n >> 96) } };

	return w;
}

static void wide_multiply(struct wide *w, uint32_t by)
{
	uint64_t carry = 0;

	for (int i = 0; i < WORDS; i++) {
		carry += (uint64_t)w->words[i] * by;
		w->words[i] = (uint32_t)carry;
		carry >>= 32;
	}
}

/* Returns the remainder. */
static uint32_t wide_divide(struct wide *w, uint32_t by)
{
	uint64_t rest = 0;

	for (int i = WORDS - 1; i >= 0; i--) {
		rest = rest << 32 | w->words[i];
		w->words[i] = (uint32_t)(rest / by);
		rest %= by;
	}
	return (uint32_t)rest;
}

static void wide_add(struct wide *a, const struct wide *b)
{
	uint64_t carry = 0;

	for (int i = 0; i < WORDS; i++) {
		carry += (uint64_t)a->words[i] + b->words[i];
		a->words[i] = (uint32_t)carry;
		carry >>= 32;
	}
}

static void wide_subtract(struct wide *a, const struct wide *b) /* a >= b */
{
	int64_t borrow = 0;

	for (int i = 0; i < WORDS; i++) {
		borrow += (int64_t)a->words[i] - b->words[i];
		a->words[i] = (uint32_t)borrow;
		borrow >>= 32;
	}
}

static int wide_compare(const struct wide *a, const struct wide *b)
{
	for (int i = WORDS - 1; i >= 0; i--)
		if (a->words[i] != b->words[i])
			return a->words[i] < b->words[i] ? -1 : 1;
	return 0;
}

static bool wide_fits(const struct wide *w) /* into 96 bits */
{
	uint32_t high = 0;

	for (int i = 3; i < WORDS; i++)
		high |= w->words[i];
	return !high;
}

static void wide_increment(struct wide *w)
{
	struct wide one = wide_of(1);

	wide_add(w, &one);
}

/* The decimal w / 10^scale, with as few digits lost as must be. */
static HRESULT finish(struct wide w, int scale, bool negative, DECIMAL *ret)
{
	uint32_t lost = 0; /* the digit that went last */
	bool sticky = false;

	while (scale > SCALE_MAX || (scale > 0 && !wide_fits(&w))) {
		sticky |= lost != 0;
		lost = wide_divide(&w, 10);
		scale--;
	}
	if (lost > 5 || (lost == 5 && (sticky || (w.words[0] & 1)))) {
		wide_increment(&w);
		/* 2^96 itself: no multiple of ten, so one digit more goes. */
		if (!wide_fits(&w) && scale > 0) {
			lost = wide_divide(&w, 10);
			scale--;
			if (lost >= 5)
				wide_increment(&w);
		}
	}
	if (!wide_fits(&w))
		return DISP_E_OVERFLOW;
	*ret = decimal_of((u128)w.words[2] << 64 | (u128)w.words[1] << 32 | w.words[0], scale,
			  negative);
	return S_OK;
}

/* Both mantissas at the greater scale, which is returned. */
static int align(const DECIMAL *a, const DECIMAL *b, struct wide *x, struct wide *y)
{
	int sa = scale_of(a), sb = scale_of(b);

	*x = wide_of(mantissa_of(a));
	*y = wide_of(mantissa_of(b));
	for (int i = sa; i < sb; i++)
		wide_multiply(x, 10);
	for (int i = sb; i < sa; i++)
		wide_multiply(y, 10);
	return sa > sb ? sa : sb;
}

static HRESULT sum(const DECIMAL *a, const DECIMAL *b, bool negate_b, DECIMAL *ret)
{
	bool na = is_negative(a), nb = is_negative(b) != negate_b;
	struct wide x, y;
	int scale = align(a, b, &x, &y);

	if (na == nb) {
		wide_add(&x, &y);
		return finish(x, scale, na, ret);
	}
	if (wide_compare(&x, &y) >= 0) {
		wide_subtract(&x, &y);
		return finish(x, scale, na, ret);
	}
	wide_subtract(&y, &x);
	return finish(y, scale, nb, ret);
}

HRESULT decimal_add(const DECIMAL *a, const DECIMAL *b, DECIMAL *ret)
{
	return sum(a, b, false, ret);
}

HRESULT decimal_subtract(const DECIMAL *a, const DECIMAL *b, DECIMAL *ret)
{
	return sum(a, b, true, ret);
}

HRESULT decimal_multiply(const DECIMAL *a, const DECIMAL *b, DECIMAL *ret)
{
	struct wide x = wide_of(mantissa_of(a)), y = wide_of(mantissa_of(b)), product = { { 0 } };

	for (int i = 2; i >= 0; i--) {
		struct wide part = x;

		wide_multiply(&part, y.words[i]);
		for (int k = WORDS - 1; k > 0; k--)
			product.words[k] = product.words[k - 1];
		product.words[0] = 0;
		wide_add(&product, &part);
	}
	return finish(product, scale_of(a) + scale_of(b), is_negative(a) != is_negative(b), ret);
}

HRESULT decimal_divide(const DECIMAL *a, const DECIMAL *b, DECIMAL *ret)
{
	u128 divisor = mantissa_of(b), n = mantissa_of(a);
	int scale = scale_of(a) - scale_of(b);

	if (!divisor)
		return DISP_E_DIVBYZERO;
	u128 q = n / divisor, rest = n % divisor;

	/* Long division: a digit more while there is room for one. */
	while (scale < 0 || (scale < SCALE_MAX && rest)) {
		u128 next = q * 10 + rest * 10 / divisor;

		if (next >> 96) {
			if (scale < 0)
				return DISP_E_OVERFLOW;
			break;
		}
		q = next;
		rest = rest * 10 % divisor;
		scale++;
	}
	struct wide w = wide_of(q);

	if (rest * 2 > divisor || (rest * 2 == divisor && (q & 1)))
		wide_increment(&w);
	return finish(w, scale, is_negative(a) != is_negative(b), ret);
}

bool decimal_is_zero(const DECIMAL *d)
{
	return !mantissa_of(d);
}

int decimal_compare(const DECIMAL *a, const DECIMAL *b)
{
	bool na = is_negative(a) && !decimal_is_zero(a), nb = is_negative(b) && !decimal_is_zero(b);
	struct wide x, y;

	if (na != nb)
		return na ? -1 : 1;
	align(a, b, &x, &y);
	int order = wide_compare(&x, &y);

	return na ? -order : order;
}

DECIMAL decimal_negate(const DECIMAL *d)
{
	return decimal_of(mantissa_of(d), scale_of(d), !is_negative(d));
}

HRESULT decimal_round(const DECIMAL *d, int places, enum decimal_rounding rounding, DECIMAL *ret)
{
	struct wide w = wide_of(mantissa_of(d));
	int scale = scale_of(d);
	uint32_t lost = 0;
	bool sticky = false;

	for (; scale > places; scale--) {
		sticky |= lost != 0;
		lost = wide_divide(&w, 10);
	}
	if (rounding == DECIMAL_EVEN
		    ? lost > 5 || (lost == 5 && (sticky || (w.words[0] & 1)))
		    : rounding == DECIMAL_FLOOR && is_negative(d) && (lost || sticky))
		wide_increment(&w);
	return finish(w, scale, is_negative(d), ret);
}
