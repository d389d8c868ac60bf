/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contexts as bytes ([MS-DCOM] 2.2.20): what a client says of itself when it activates, and what a
 * server puts beside an extended reference. No property of theirs means anything here, so they are
 * checked and not kept. Pure functions over bytes that nobody vouches for.
 */
#pragma once

#include "base/buf.h"
#include "surrogate/com.h"

/* A context without a property. */
void context_put(struct buf *out);
/* S_OK; RPC_E_INVALID_OBJREF: it is none, or has extents (3.2.4.1.2). */
HRESULT context_check(struct text bytes);
/* The same for one in an OBJREF_CUSTOM; E_OUTOFMEMORY. */
HRESULT context_check_reference(struct text objref);
