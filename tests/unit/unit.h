/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every unit test program includes: cmocka with the headers it wants before it, and the
 * loop "let the n-th allocation fail, for every n". Test programs only.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fault.h"
#include "base/text.h"

#define assert_text(actual, literal)                                                               \
	do {                                                                                       \
		struct text _t = (actual);                                                         \
		assert_int_equal(_t.length, sizeof(literal) - 1);                                  \
		if (_t.length)                                                                     \
			assert_memory_equal(_t.data, literal, _t.length);                          \
	} while (0)

/* Runs `body` with the first, second, ... operation of `kind` failing, until a run meets no
 * failure any more. `body` returns 0 or the negative errno, which must be `expected` when it is
 * not 0. A build without faults runs it once. */
static inline void unit_each_fault(enum fault_kind kind, int expected, int (*body)(void))
{
#ifdef SURROGATE_FAULTS
	for (uint64_t nth = 1; nth < 10000; nth++) {
		fault_arm(kind, nth, false);
		int r = body();
		uint64_t count = fault_count(kind);
		fault_arm(kind, 0, false);
		if (count < nth) {
			assert_int_equal(r, 0);
			return;
		}
		assert_int_equal(r, expected);
	}
	fail_msg("%s", "the body never ran out of operations to fail");
#else
	(void)kind;
	(void)expected;
	assert_int_equal(body(), 0);
#endif
}
