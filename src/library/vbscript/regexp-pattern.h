/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass that reads a pattern as VBScript's engine does (ECMAScript 3 and the documented octal
 * escapes) and writes it down for PCRE2. What only Perl knows never reaches PCRE2: it is either
 * refused here or literal text, as it was there. Pure; any thread.
 */
#pragma once

#include "base/buf.h"

#include <uchar.h>

#define REGEXP_PATTERN_MAX 65536 /* units of a pattern */

enum regexp_flags {
	REGEXP_IGNORE_CASE = 1,
	REGEXP_MULTILINE = 2,
};

struct regexp_pattern {
	struct buf
		text; /* UTF-16 units for PCRE2, no flags of which change but `caseless`, `ucp` */
	unsigned groups; /* capturing ones */
	bool ucp;        /* the text is written for PCRE2_UCP, which it needs */
};

/* 0, or the VBScript error: 5017..5021, 7 when there is no memory or the pattern is too long. On
 * success the caller ends `ret->text` with buf_done. */
int regexp_pattern_translate(const char16_t *pattern, size_t length, unsigned flags,
			     struct regexp_pattern *ret);
