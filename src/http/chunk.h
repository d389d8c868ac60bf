/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chunked coding, decoded step by step over whatever pieces the bytes come in (RFC 9112 7.1).
 * Pure; internal to http/, and used by the tests and the fuzzer.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct http_chunk {
	uint64_t left;     /* data bytes of this chunk that are still to come */
	uint64_t total;    /* data bytes promised so far */
	uint32_t overhead; /* bytes of extensions and trailers so far: they are bounded */
	uint8_t state, digits;
};
#define HTTP_CHUNK_OVERHEAD_MAX 16384

enum http_chunk_result { HTTP_CHUNK_MORE, HTTP_CHUNK_DATA, HTTP_CHUNK_END };

/* Zero-initialise before the first byte. Eats framing bytes (`*ret_used` of them) until data
 * begins (DATA: `left` bytes of it follow; the caller takes them and says http_chunk_took), all
 * is over (END), or more bytes are needed. -400 for ill-formed framing, -413 when the sum of the
 * chunks passes `limit`. */
int http_chunk_step(struct http_chunk *chunk, const char *data, size_t length, uint64_t limit,
		    size_t *ret_used);
void http_chunk_took(struct http_chunk *chunk, uint64_t length);
