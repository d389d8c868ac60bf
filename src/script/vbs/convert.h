/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversions between the subtypes, by VBScript's rules in the engine's locale: what CLng, CDbl,
 * CStr, CBool do, implicitly or called by name. Objects give their default property (that is why
 * there is a heap: it leads to the engine). Errors: 13 mismatch, 6 overflow, 94 for Null, 7, or
 * what the default property answered.
 */
#pragma once

#include "com/locale.h"
#include "script/vbs/value.h"

/* `v` may be a reference. */
HRESULT vbs_to_double(struct vbs_heap *heap, struct value *v, double *ret);
HRESULT vbs_to_bool(struct vbs_heap *heap, struct value *v, bool *ret);
/* Rounds half to even. Objects are error 13 here. */
HRESULT vbs_to_long(const struct vbs_heap *heap, struct value *v, int32_t *ret);
HRESULT vbs_to_int(struct vbs_heap *heap, struct value *v, int32_t *ret);
/* A counted string, maybe NULL (""). */
HRESULT vbs_to_string(struct vbs_heap *heap, struct value *v, BSTR *ret);
/* Converts to `type` (a VARENUM value), rounding and checking range. */
HRESULT vbs_to_type(struct vbs_heap *heap, struct value *v, uint16_t type, struct value *ret);
/* What a Let assignment of `v` gives: the default property of an object, else a copy. `ret` is
 * overwritten. */
HRESULT vbs_to_plain(struct vbs_heap *heap, struct value *v, struct value *ret);

/* The exact decimal of a plain scalar, reals by the digits they show. Errors 6 and 13. */
HRESULT vbs_to_decimal(const struct locale *locale, const struct value *v, DECIMAL *ret);

/* "12.5", " -3 ", "1,234.5", "$5", "(5)", "1e3", "&HFF", as the locale writes it; false when it is
 * no number. */
bool vbs_number_parse(const OLECHAR *s, size_t length, const struct locale *locale, double *ret);
/* CStr of a Double (precision 15) or Single (7) in en-US. */
#define VBS_NUMBER_SIZE 64
size_t vbs_number_format(double d, int precision, char out[VBS_NUMBER_SIZE]);

/* Half to even, as CInt, CLng and Round do. */
double vbs_round_even(double d);
