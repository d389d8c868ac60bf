/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of one For Each: over the array of a variable (which it locks), over any other array
 * (which it shares), or over an object's enumerator.
 */
#pragma once

#include "script/vbs/value.h"

struct vbs_iter;

/* Starts walking `over` (an array of either kind, or an object with DISPID_NEWENUM; else error
 * 451). With `lock` it is the variable whose array is walked: it may change elements, which the
 * loop then sees, but neither size nor existence (error 10). */
HRESULT vbs_iter_new(struct vbs_heap *heap, struct value *over, bool lock, struct vbs_iter **ret);
struct vbs_iter *vbs_iter_free(struct vbs_iter *iter);
/* The next element into `*ret` (replaced). S_FALSE at the end. */
HRESULT vbs_iter_next(struct vbs_iter *iter, struct value *ret);
