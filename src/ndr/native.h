/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of ndr/ share about VARIANTs (native.c). Inside ndr/.
 */
#pragma once

#include <surrogate/com.h>

/* The bytes that a VARIANT by reference of this type points to, with VT_BYREF in it or without; 0:
 * none that can be sent. */
size_t ndr_reference_size(VARTYPE vt);
