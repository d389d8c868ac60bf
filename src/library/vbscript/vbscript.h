/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What VBScript brings along as a component: VBScript.RegExp, with MatchCollection, Match and
 * SubMatches. `New RegExp` and CreateObject("VBScript.RegExp") make the same object.
 *
 * Objects are made by CoCreateInstance once vbscript_register() has run. A RegExp locks itself,
 * so it may be kept in Application; what Execute gives never changes and needs no lock.
 */
#pragma once

#include <surrogate/com.h>

/* Puts the class into the class table; called once at start-up. -ENOBUFS when it is full. */
int vbscript_register(void);

/* One RegExp with one reference. E_OUTOFMEMORY. */
HRESULT regexp_new(IUnknown **ret);
