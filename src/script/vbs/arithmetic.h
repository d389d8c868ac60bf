/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic over all subtypes, for operators.c: which subtype a result has is a table.
 */
#pragma once

#include "script/vbs/engine.h"

/* + - * / \ Mod ^ of plain values (no references, no objects), neither of which is Null. `*ret` is
 * Empty. Errors 6, 11, 13; 5 for a power that is no number. */
HRESULT vbs_arithmetic(struct vbs_engine *e, enum vbs_operator op, struct value *a, struct value *b,
		       struct value *ret);
/* -v; `*ret` may be `v`. */
HRESULT vbs_negate(struct vbs_engine *e, struct value *v, struct value *ret);
/* Error 13, saying about which text as VBScript does. */
HRESULT vbs_mismatch(struct vbs_engine *e, const struct value *v);

/* The subtype that two operands have in common for logic: VT_UI1, VT_BOOL, VT_I2, VT_I4, VT_I8. */
uint16_t vbs_logic_type(const struct value *a, const struct value *b);
/* -1, 0, 1 for two numbers, exactly where both are exact. */
HRESULT vbs_order_numbers(struct vbs_engine *e, struct value *a, struct value *b, int *ret);
