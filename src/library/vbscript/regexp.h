/* SPDX-License-Identifier: Apache-2.0 */
/* What RegExp's files ask of each other; see vbscript.h for the objects. */
#pragma once

#include "com/automation.h"
#include "library/vbscript/regexp-program.h"

/* Raises a VBScript error by its number; returns what the member must return. A negative one is
 * that already. */
HRESULT regexp_raise(struct automation_call *call, int error);

/* ---- regexp-matches.c ---- */

/* What Execute gives. A counted list of offsets that grows until it is handed out. */
struct regexp_matches;

/* Of a text that is shared, with `groups` besides the whole match. NULL: no memory. */
struct regexp_matches *regexp_matches_new(BSTR text, unsigned groups);
/* 0, or error 7: no memory, or REGEXP_MATCHES_MAX bytes. */
#define REGEXP_MATCHES_MAX (256u << 20)
int regexp_matches_add(struct regexp_matches *matches, const size_t *offsets);
/* Its one reference. */
IDispatch *regexp_matches_dispatch(struct regexp_matches *matches);

/* ---- regexp-replace.c ---- */

/* `text` with the first match, or all, replaced by `with`, where $1 to $99, $&, $`, $' and $$ are
 * filled in. The caller owns `*ret`. 0 or a VBScript error. */
int regexp_replace(struct regexp_search *search, bool global, BSTR text, BSTR with, BSTR *ret);
