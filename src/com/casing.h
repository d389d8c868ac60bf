/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Case of UTF-16 code units, independent of any locale: the simple Unicode mappings of the basic
 * multilingual plane. Units of surrogate pairs map to themselves. Pure; any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <uchar.h>

char16_t casing_upper(char16_t c);
char16_t casing_lower(char16_t c);
/* One value for all forms of a letter: equal folds mean equal but for case. */
char16_t casing_fold(char16_t c);
/* Case-insensitive order by code unit: -1, 0, 1. */
int casing_compare(const char16_t *a, size_t a_length, const char16_t *b, size_t b_length);
