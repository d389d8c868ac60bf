/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The edge: values to VARIANTs and back. Strings cross without a copy, arrays are converted.
 */
#pragma once

#include "script/vbs/value.h"

/* A VARIANT of its own for `v` (references are followed); the caller clears it. */
HRESULT vbs_to_variant(struct value *v, VARIANT *ret);
/* A value for `v`, which stays the caller's; VT_BYREF is followed. `*ret` is replaced. Unsigned
 * and machine integers become what a script can hold. Error 458 for what it cannot. */
HRESULT vbs_from_variant(struct vbs_heap *heap, const VARIANT *v, struct value *ret);
/* As above, but takes what `v` holds and leaves it VT_EMPTY, also on failure. */
HRESULT vbs_take_variant(struct vbs_heap *heap, VARIANT *v, struct value *ret);

/* DECIMALs are boxed; the box is counted and never changes. */
HRESULT vbs_decimal_new(const DECIMAL *from, DECIMAL **ret);
void vbs_decimal_ref(DECIMAL *decimal);
void vbs_decimal_unref(DECIMAL *decimal);
