/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other forms of letters beyond ASCII, for patterns that ignore case: two units are the same
 * letter when their upper case is (ECMAScript 3, 15.10.2.8, Canonicalize). Pure; any thread.
 */
#pragma once

#include <stddef.h>
#include <uchar.h>

#define REGEXP_FORMS_MAX 8

/* The units that are the same letter as `c`, itself included; how many are in `ret`. */
size_t regexp_case_forms(char16_t c, char16_t ret[REGEXP_FORMS_MAX]);
/* Walks the letters beyond ASCII that have other forms: the first unit from `*at` on, which moves
 * behind it; 0 at the end. Begin with 0. */
char16_t regexp_case_next(size_t *at);
