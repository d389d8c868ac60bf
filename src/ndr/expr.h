/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions of the tables, evaluated in the scope of a struct or of a frame. Inside ndr/.
 */
#pragma once

#include "ndr/table.h"

/* False: it has no value (a division by zero). A NULL pointer on the way gives 0. */
bool ndr_eval(const struct ndr_op *expr, const void *scope, int64_t *ret);
/* The value as a number of elements: false when it is negative or above `most`. */
bool ndr_eval_count(const struct ndr_op *expr, const void *scope, uint32_t most, uint32_t *ret);

/* A scalar in memory, and back (cut to its size). */
int64_t ndr_scalar_load(enum ndr_kind kind, const void *at);
void ndr_scalar_store(enum ndr_kind kind, void *at, int64_t value);

/* Bytes of a scalar on the wire and in memory, by kind; 0 for what is no scalar. */
extern const uint8_t ndr_wire_size[], ndr_memory_size[];
static inline bool ndr_is_scalar(unsigned kind)
{
	return kind > NDR_NONE && kind < NDR_POINTER;
}
