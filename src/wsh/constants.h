/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The constants of component libraries, for <reference>: what Windows takes from their type
 * libraries. Pure look-up.
 */
#pragma once

#include "base/buf.h"
#include "base/text.h"

/* Appends "Const ForReading = 1" and so on for the library that `name` belongs to: a ProgID of one
 * of its classes, or its GUID. False when no such library is known. */
bool wsh_constants(struct text name, struct buf *out);
