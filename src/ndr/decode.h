/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What decode-call.c needs of decode.c. Inside ndr/.
 */
#pragma once

#include "ndr/walk.h"

/* Forgets what an earlier decoding left in the lists; refuses senders whose reals we do not know.
 */
int ndr_decode_begin(struct ndr_decoder *d);
/* -EBADMSG with words. */
int ndr_refuse(struct ndr_decoder *d, enum ndr_status status, const struct ndr_type *type,
	       const char *why);
/* Zeroed memory for a pointee; NULL with *ret set. */
void *ndr_take(struct ndr_decoder *d, size_t size, int *ret);
int ndr_get_u32(struct ndr_decoder *d, uint32_t *ret);
/* The size of the array at the end of `type`, into d->conformance. */
int ndr_get_conformance(struct ndr_decoder *d, const struct ndr_type *type);
/* What comes behind the size: the value itself, what it points to, and that it is consistent. */
int ndr_fill(struct ndr_decoder *d, const struct ndr_type *type, void *value, const void *scope);
/* A pointee with its size, in memory of its own. */
int ndr_get_target(struct ndr_decoder *d, const struct ndr_type *type, void *slot,
		   const void *scope, uint32_t referent);
/* Holds expressions against values, from `mark` on; those of `frame` wait, unless it is NULL. */
int ndr_keep_promises(struct ndr_decoder *d, uint32_t mark, const void *frame);
/* Frees what was made since `mark`. */
void ndr_undo_from(struct ndr_decoder *d, uint32_t mark);
