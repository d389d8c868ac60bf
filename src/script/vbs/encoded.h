/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encoded scripts, as Scripting.Encoder and screnc make them: "#@~^", the length, the text with
 * each character replaced, its sum, "^#~@". The form hides a source from a casual look and is no
 * encryption: the tables are public, and there is no key.
 *
 * Text is UTF-8; characters beyond ASCII stand for themselves and count once. (A file in a single
 * byte code page may come as it is, since bytes that are no UTF-8 count once, too.) Pure
 * functions, for any thread.
 */
#pragma once

#include "base/error.h"
#include "base/text.h"

struct buf;

/* True when `source` holds an encoded block where no script could hold those characters: as the
 * first thing on a line, or right behind the mark "**Start Encode**". */
bool vbs_is_encoded(struct text source);

/* Appends `source` to `out` with every encoded block in it decoded; what stands around blocks is
 * copied. Never appends more than source.length bytes. -EBADMSG for a block that is damaged, with
 * its place in `source` and what is wrong with it; -ENOMEM, -ENOBUFS. */
int vbs_decode(struct text source, struct buf *out, struct error *err);

/* Appends `plain` as one encoded block. At most 2 * plain.length + VBS_ENCODED_FRAME bytes.
 * -EFBIG above 4 GiB of characters, -ENOMEM, -ENOBUFS. */
#define VBS_ENCODED_FRAME 24
int vbs_encode(struct text plain, struct buf *out);
