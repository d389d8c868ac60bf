/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request's collections: names with one or more values each (IRequestDictionary, IStringList).
 * They are ordinary counted objects with their own copies, so a script may keep one.
 */
#pragma once

#include "com/automation.h"

#define ASP_COLLECTION_MAX 10000

/* An empty collection; what its default member without an argument gives is `raw` (copied), as
 * Request.QueryString is the query string itself. `missing` makes what Item gives for a name that
 * is not there; NULL: an empty value list. NULL when out of memory. */
IDispatch *asp_collection_new(struct text raw, IDispatch *(*missing)(void));
/* Adds a value under `name` (UTF-8). Takes `value`, also on failure. E_OUTOFMEMORY. */
HRESULT asp_collection_add(IDispatch *collection, struct text name, BSTR value);
/* Adds an object under `name` (a cookie with keys): what Item then gives. Takes it. */
HRESULT asp_collection_add_object(IDispatch *collection, struct text name, IDispatch *object);
/* The value list under the name in `index` (or at its number): AddRef'ed; for a name that is not
 * there an empty one, S_FALSE. DISP_E_BADINDEX for a number outside. */
HRESULT asp_collection_item(IDispatch *collection, const VARIANT *index, VARIANT *ret);
/* True when the name is there. */
bool asp_collection_has(IDispatch *collection, struct text name);
