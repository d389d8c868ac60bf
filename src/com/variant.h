/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VARIANT inside Surrogate: what the public functions (surrogate/com.h) do, without the copies
 * that foreign owners of a BSTR may rely on. Any thread.
 *
 * VariantCopy gives its caller a string of its own, because a component may write into a BSTR it
 * owns. Code of ours that never writes into a string it did not make exclusive (com/bstr.h) uses
 * variant_share instead: one more reference.
 *
 * Conversions from and to text follow the locale of the LCID (com/locale.h; one that is unknown
 * is en-US); VT_BOOL becomes "True" or "False" only with VARIANT_ALPHABOOL, in English always, and
 * "-1" or "0" without, as on Windows.
 */
#pragma once

#include "com/bstr.h"

#include <surrogate/com.h>

/* As VariantCopy; strings, also those in arrays, are shared. */
HRESULT variant_share(VARIANT *to, const VARIANT *from);
/* As VariantCopyInd; strings are shared. */
HRESULT variant_share_ind(VARIANT *to, const VARIANT *from);
/* A view of `v` without VT_BYREF: `v` itself, the VARIANT it points to, or `*room` filled with
 * what it points to. Nothing is counted or copied: the view lives no longer than `v`, and is never
 * cleared. NULL for a reference that is NULL, to another reference, or of no known type. */
const VARIANT *variant_view(const VARIANT *v, VARIANT *room);
/* Moves: `*to` must hold nothing; `*from` becomes VT_EMPTY. */
static inline void variant_move(VARIANT *to, VARIANT *from)
{
	*to = *from;
	*from = (VARIANT){ 0 };
}
/* Numbers, dates, truths and the like: a copy is a copy of the bytes, and nothing is to clear. */
static inline bool variant_plain(const VARIANT *v)
{
	const uint32_t plain = 1u << VT_EMPTY | 1u << VT_NULL | 1u << VT_I2 | 1u << VT_I4 |
			       1u << VT_R4 | 1u << VT_R8 | 1u << VT_CY | 1u << VT_DATE |
			       1u << VT_ERROR | 1u << VT_BOOL | 1u << VT_I1 | 1u << VT_UI1 |
			       1u << VT_UI2 | 1u << VT_UI4 | 1u << VT_I8 | 1u << VT_UI8 |
			       1u << VT_INT | 1u << VT_UINT;

	return v->vt < 32 && plain >> v->vt & 1;
}
/* What is plain, and text: holding it once more never fails, letting it go runs nothing. */
static inline bool variant_simple(const VARIANT *v)
{
	return v->vt == VT_BSTR || variant_plain(v);
}
/* The bytes of what is simple. One by one: a load of both words at once, as a struct is copied,
 * waits until the stores that wrote them singly are done. In the other two `*to` must hold nothing,
 * and `*v` keeps its bytes. */
static inline void variant_copy_simple(VARIANT *to, const VARIANT *from)
{
	to->vt = from->vt;
	to->llVal = from->llVal;
}
static inline void variant_share_simple(VARIANT *to, const VARIANT *from)
{
	if (from->vt == VT_BSTR)
		bstr_ref(from->bstrVal);
	variant_copy_simple(to, from);
}
static inline void variant_drop_simple(VARIANT *v)
{
	if (v->vt == VT_BSTR)
		SysFreeString(v->bstrVal);
}
/* VariantClear and variant_share, the short way for what is simple. `*to` must hold nothing. */
static inline void variant_drop(VARIANT *v)
{
	if (variant_simple(v))
		variant_drop_simple(v);
	else
		(void)VariantClear(v);
}
static inline HRESULT variant_share_new(VARIANT *to, const VARIANT *from)
{
	if (!variant_simple(from))
		return variant_share(to, from);
	variant_share_simple(to, from);
	return S_OK;
}
/* Stores `*from` (moved) where `to` points, after clearing what was there. */
void variant_replace(VARIANT *to, VARIANT *from);

/* The value in natural text form, as CStr and Response.Write show it: strings as they are,
 * "True"/"False", numbers and dates as the locale `lcid` (0: en-US) writes them. The caller owns
 * `*ret`, which may be the variant's own string with one more reference. */
HRESULT variant_to_bstr(const VARIANT *v, LCID lcid, BSTR *ret);

/* Bytes of an element of type `vt` in memory, 0 when it cannot be in an array. */
size_t variant_element_size(VARTYPE vt);
/* A copy of an array whose strings are shared with it. */
HRESULT safearray_share(SAFEARRAY *array, SAFEARRAY **ret);
