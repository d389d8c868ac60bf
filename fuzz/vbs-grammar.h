/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes VBScript programs out of bytes: every byte is a decision. The programs are syntactically
 * valid and mostly run; what they do is odd on purpose.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define PROGRAM_MAX 32768

/* Writes a program to `out` (PROGRAM_MAX bytes); its length. The same bytes, the same program. */
size_t vbs_grammar_program(const uint8_t *data, size_t size, char *out);
