/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Script files as text. UTF-8 with or without its mark, UTF-16 of either order with its mark, and
 * Windows-1252 for what is not valid UTF-8. A first line that begins with "#!" is for the kernel
 * and is left out.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#define WSH_SOURCE_MAX ((size_t)16 << 20) /* bytes of one file */

/* The file at `path` as UTF-8 in `arena`, and the 1-based line at which `*ret` begins (2 behind a
 * "#!" line). -ENOENT, -EISDIR, -EFBIG, -ENOMEM ..., with `err`. */
int wsh_source_read(const char *path, struct arena *arena, struct text *ret, uint32_t *ret_line,
		    struct error *err);
/* The same for bytes that were read. -ENOMEM, -EFBIG. */
int wsh_source_decode(struct text bytes, struct arena *arena, struct text *ret, uint32_t *ret_line);
