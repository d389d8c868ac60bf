/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One character between UTF-16 and an ANSI code page: 1250 to 1254, and 932, 936 and 949 as far as
 * the C library converts them. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uchar.h>

/* The character of `code`; the first of two bytes is the upper one. What means nothing is "?" (a
 * middle dot in Japanese). False when a page of single bytes has no such code. */
bool codepage_decode(unsigned page, uint16_t code, char16_t *ret);
/* The code of a character, '?' when the page has none. */
uint16_t codepage_encode(unsigned page, char16_t unit);
