/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What "ANSI" is for the files of scripts: the code page that Windows has as a setting of the
 * machine. Here it is UTF-8, or, where the environment variable SURROGATE_ANSI_CODEPAGE is 1252,
 * Windows-1252: for sites whose data or whose way with bytes needs it (an upload saved by
 * TextStream.Write is one byte for each character then). Pure functions but for that variable.
 */
#pragma once

#include "base/text.h"

struct buf;

/* True when SURROGATE_ANSI_CODEPAGE is 1252. */
bool stream_ansi_is_latin(void);

/* Bytes to UTF-16 units, as many as there are bytes at most; returns the number. With `latin` each
 * byte is a character of Windows-1252; else bytes are UTF-8, and those that are not UTF-8 are of
 * Windows-1252. */
size_t stream_ansi_decode(struct text bytes, bool latin, char16_t *out);
/* Appends units as Windows-1252. -EILSEQ, with what stands in front appended, for a character that
 * it does not have. */
int stream_ansi_encode(const char16_t *units, size_t length, struct buf *out);
/* Whether a file that begins with `bytes` is UTF-8, as far as can be seen; a character that is cut
 * off at the end of `bytes` does not count when there is `more`. */
bool stream_ansi_is_utf8(struct text bytes, bool more);
