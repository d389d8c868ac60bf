/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What conversions need of objects.
 */
#pragma once

#include "script/vbs/value.h"

/* The default property of `object`, asked again while the answer is an object itself. Error 91
 * for Nothing, 438 when there is none. `*ret` must be Empty. */
HRESULT vbs_object_default(struct vbs_heap *heap, IDispatch *object, struct value *ret);
