/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run used of the language: built-ins called and how they failed, constants, words and
 * operators compiled, errors raised. The conformance suite's table of coverage is made from it
 * (tests/conformance/coverage.py). Only in builds with the option `faults`; any thread may
 * record, one at rest prints.
 */
#pragma once

#include <surrogate/com.h>

struct buf;
struct vbs_tree;

#ifdef SURROGATE_FAULTS
/* Built-in function or constant `index` was used; `hr` is what a function returned. */
void vbs_cover_builtin(unsigned index, HRESULT hr);
/* The tokens of a tree that was compiled. */
void vbs_cover_tokens(const struct vbs_tree *tree);
/* Error `number` was raised (by 1); Err.Raise takes back (by -1) what it will seem to raise. */
void vbs_cover_error(int number, int by);

/* One fact on each line: "function Mid", "failure Mid 5", "constant vbCr", "word Select",
 * "operator Mod", "error 13". */
void vbs_coverage_print(struct buf *out);
/* Everything there is to cover, in the same form ("failure" lines left out). */
void vbs_coverage_print_all(struct buf *out);
/* How often the error was raised since the last reset. */
int vbs_coverage_errors(int number);
void vbs_coverage_reset(void);
#else
#define vbs_cover_builtin(index, hr) ((void)0)
#define vbs_cover_tokens(tree) ((void)0)
#define vbs_cover_error(number, by) ((void)0)
#endif
