/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic on DECIMAL ([MS-OAUT] 2.2.26): a sign, 96 bits and a scale of 0..28. Results are
 * exact where they fit; else they lose digits behind the point, rounded half to even, and
 * DISP_E_OVERFLOW says that even the whole part does not fit. Used by the script engines'
 * operators. Text and other types: com/number.h. Pure; any thread.
 *
 * `*ret` may be an operand, and is untouched on failure. A scale above 28 counts as 28.
 */
#pragma once

#include <stdbool.h>

#include <surrogate/com.h>

HRESULT decimal_add(const DECIMAL *a, const DECIMAL *b, DECIMAL *ret);
HRESULT decimal_subtract(const DECIMAL *a, const DECIMAL *b, DECIMAL *ret);
HRESULT decimal_multiply(const DECIMAL *a, const DECIMAL *b, DECIMAL *ret);
/* To 28 places at most. DISP_E_DIVBYZERO. */
HRESULT decimal_divide(const DECIMAL *a, const DECIMAL *b, DECIMAL *ret);
/* -1, 0, 1; 1.0 equals 1.00, and 0 equals -0. */
int decimal_compare(const DECIMAL *a, const DECIMAL *b);
DECIMAL decimal_negate(const DECIMAL *d);
bool decimal_is_zero(const DECIMAL *d);

enum decimal_rounding { DECIMAL_EVEN, DECIMAL_DOWN, DECIMAL_FLOOR };
/* To `places` (0..28) behind the point; fewer stay as they are. DISP_E_OVERFLOW cannot be but for
 * FLOOR and EVEN at the very end of the range. */
HRESULT decimal_round(const DECIMAL *d, int places, enum decimal_rounding rounding, DECIMAL *ret);
