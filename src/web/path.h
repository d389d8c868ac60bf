/* SPDX-License-Identifier: Apache-2.0 */
/*
 * URL paths: from what the client sent to the one spelling that routing, filtering and handlers
 * see. A pure function, so that it can be fuzzed. Internal to web/.
 */
#pragma once

#include "base/text.h"

/* What web_path_decode found. `path` begins with a slash, has no empty, "." or ".." segment, no
 * backslash, no control character, and is well-formed UTF-8. It ends with a slash when the client
 * named a folder. */
struct web_path {
	struct text path;
	bool double_escaped; /* decoding once more would change it, or it has '+': 404.11 */
	bool high_bit;       /* has characters outside ASCII: 404.12 where they are not allowed */
	unsigned segments;
};

/* Decodes `raw` (a path without query, beginning with '/') into `out`, which has room for
 * raw.length + 1 bytes; a NUL is put behind. 0, or the status that refuses it: 400 for what
 * cannot be a path (bad escapes, NUL, control characters, ill-formed UTF-8, above the root), 404
 * for names that would alias a file on Windows (trailing dots and blanks, streams, 8.3 names). */
int web_path_decode(struct text raw, char *out, struct web_path *ret);

/* ".asp" of "/a/b.asp", "." without one: as MIME maps and filters want it. */
struct text web_path_extension(struct text path);
/* The part up to and with the last slash. */
struct text web_path_folder(struct text path);
