/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The code pages that pages and requests may be in: UTF-8 (65001, the default), Windows Latin 1
 * (1252) and ISO 8859-1 (28591). All conversions are total: what a code page cannot say becomes
 * '?', ill-formed UTF-8 becomes U+FFFD. Pure functions.
 */
#pragma once

#include "base/buf.h"

#include <surrogate/com.h>

enum { ASP_UTF8 = 65001, ASP_WINDOWS_1252 = 1252, ASP_LATIN_1 = 28591 };

bool asp_codepage_known(uint32_t codepage);
/* The IANA name for the charset parameter: "utf-8", "windows-1252", "iso-8859-1". */
const char *asp_codepage_charset(uint32_t codepage);

/* Bytes in `codepage` to UTF-8, appended. */
void asp_codepage_decode(uint32_t codepage, struct text bytes, struct buf *utf8);
/* UTF-16 (UTF-8) to bytes in `codepage`, appended. */
void asp_codepage_encode(uint32_t codepage, const char16_t *units, size_t length, struct buf *out);
void asp_codepage_encode_utf8(uint32_t codepage, struct text utf8, struct buf *out);
/* Bytes in `codepage` to a BSTR; NULL when out of memory. */
BSTR asp_codepage_bstr(uint32_t codepage, struct text bytes);

/* The whole of a page's file as UTF-8: a byte order mark (UTF-8, UTF-16 either way) says what it
 * is, otherwise `codepage` does. `*ret_codepage` is the code page its literal text shall be sent
 * in. -ENOMEM, -ENOBUFS. */
int asp_codepage_load(uint32_t codepage, struct text file, struct buf *utf8,
		      uint32_t *ret_codepage);
