/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as text, by the rules of OLE automation in any locale: what VariantChangeType, CStr and
 * the script engines' number functions share. Pure; any thread.
 */
#pragma once

#include "com/locale.h"

#include <surrogate/com.h>

/* A decimal number without rounding: mantissa times ten to the exponent. Text with more digits
 * than fit keeps a mark in its last digit, so that halves still round the right way. */
struct number {
	unsigned __int128 mantissa;
	int exponent;
	bool negative;
	bool bits; /* it was &H or &O: the mantissa is a bit pattern */
};

/* Blanks around; a sign, the currency symbol and parentheses (negative) in front or behind;
 * thousands separators anywhere before the point; a point; an exponent (with E or D); "&H" and
 * "&O". False when `units` is not a number. */
bool number_parse(const OLECHAR *units, size_t length, const struct locale *locale,
		  struct number *ret);

/* The nearest double; HUGE_VAL when there is none. */
double number_to_double(const struct number *n);
/* Times ten to `shift`, rounded to an integer, halves to even. False above 2^126. */
bool number_round(const struct number *n, int shift, __int128 *ret);
/* 96 bits and a scale of 0..28, rounded to even; false when it is too large. */
bool number_to_decimal(const struct number *n, DECIMAL *ret);
void number_from_decimal(const DECIMAL *d, struct number *ret);
/* The decimal that `digits` significant digits of `d` say (15 for a double, 7 for a float); false
 * when `d` is not finite. */
bool number_from_double(double d, int digits, struct number *ret);

#define NUMBER_TEXT_SIZE 64
/* As automation prints reals: `digits` significant digits (15 for a double, 7 for a float) without
 * trailing zeros, plain while no more than `digits` digits are needed on either side of the point,
 * else with an exponent of at least two digits: "0.1", "100000000000000", "1E+15",
 * "3.33333333333333E-02" with `point` "." NUL-terminated; returns the length. */
size_t number_format_real(double d, int digits, char point, char out[NUMBER_TEXT_SIZE]);
/* Plain digits without trailing zeros behind the point. `n` must have come from an integer, a
 * currency or a DECIMAL (exponent -28..0). */
size_t number_format(const struct number *n, char point, char out[NUMBER_TEXT_SIZE]);
/* |n| with exactly `places` digits behind a point, rounded half away from zero; NUL-terminated and
 * cut to `size`. */
void number_format_fixed(const struct number *n, int places, char *out, size_t size);
