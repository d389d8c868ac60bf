/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chunked decoder: one state per place in the grammar of RFC 9112 7.1, one byte at a time
 * through the framing; data is never touched. Strict: CRLF only, no blank around the size, sizes
 * that fit 63 bits. Extensions and trailers are skipped, but only so many of them.
 * Called by body.c on a loop thread.
 */
#include "http/chunk.h"

#include "base/text.h"

#include <stdbool.h>

enum {
	SIZE,
	EXTENSION,
	SIZE_LF,
	DATA,
	DATA_CR,
	DATA_LF,
	TRAILER_START, /* at the first byte of a trailer line */
	TRAILER_NAME,
	TRAILER_VALUE,
	TRAILER_LF,
	END_LF,
	END,
};

static bool is_text(unsigned char c)
{
	return c == '\t' || (c >= ' ' && c != 0x7f);
}

static int step_size(struct http_chunk *chunk, unsigned char c)
{
	int digit = text_hex((char)c);
	if (digit >= 0) {
		if (chunk->digits++ >= 16 || chunk->left >> 59)
			return -400;
		chunk->left = chunk->left << 4 | (unsigned)digit;
		return 0;
	}
	if (chunk->digits == 0 || (c != ';' && c != '\r'))
		return -400;
	chunk->state = c == ';' ? EXTENSION : SIZE_LF;
	return 0;
}

/* A byte that is skipped: an extension's or a trailer's. */
static int skip(struct http_chunk *chunk, unsigned char c, uint8_t behind_cr)
{
	if (c == '\r')
		chunk->state = behind_cr;
	else if (!is_text(c) || ++chunk->overhead > HTTP_CHUNK_OVERHEAD_MAX)
		return -400;
	return 0;
}

static int step_trailer_start(struct http_chunk *chunk, unsigned char c)
{
	if (c == '\r') {
		chunk->state = END_LF;
		return 0;
	}
	/* No obs-fold, no empty name. */
	if (c == ' ' || c == '\t' || c == ':')
		return -400;
	chunk->state = TRAILER_NAME;
	return skip(chunk, c, 0);
}

static int step_trailer_name(struct http_chunk *chunk, unsigned char c)
{
	if (c == '\r' || c == ' ' || c == '\t')
		return -400;
	if (c == ':')
		chunk->state = TRAILER_VALUE;
	return skip(chunk, c, 0);
}

static int expect(struct http_chunk *chunk, unsigned char c, unsigned char wanted, uint8_t next)
{
	if (c != wanted)
		return -400;
	chunk->state = next;
	return 0;
}

static int step_size_lf(struct http_chunk *chunk, unsigned char c, uint64_t limit)
{
	if (c != '\n')
		return -400;
	chunk->state = chunk->left ? DATA : TRAILER_START;
	if (chunk->left > limit || chunk->total > limit - chunk->left)
		return -413;
	chunk->total += chunk->left;
	return 0;
}

static int step(struct http_chunk *chunk, unsigned char c, uint64_t limit)
{
	switch (chunk->state) {
	case SIZE:
		return step_size(chunk, c);
	case EXTENSION:
		return skip(chunk, c, SIZE_LF);
	case SIZE_LF:
		return step_size_lf(chunk, c, limit);
	case DATA_CR:
		return expect(chunk, c, '\r', DATA_LF);
	case DATA_LF:
		chunk->digits = 0;
		return expect(chunk, c, '\n', SIZE);
	case TRAILER_START:
		return step_trailer_start(chunk, c);
	case TRAILER_NAME:
		return step_trailer_name(chunk, c);
	case TRAILER_VALUE:
		return skip(chunk, c, TRAILER_LF);
	case TRAILER_LF:
		return expect(chunk, c, '\n', TRAILER_START);
	default:
		return expect(chunk, c, '\n', END);
	}
}

int http_chunk_step(struct http_chunk *chunk, const char *data, size_t length, uint64_t limit,
		    size_t *ret_used)
{
	size_t at = 0;
	int e = 0;
	while (e == 0 && at < length && chunk->state != DATA && chunk->state != END)
		e = step(chunk, (unsigned char)data[at++], limit);
	*ret_used = at;
	if (e < 0)
		return e;
	return chunk->state == END    ? HTTP_CHUNK_END
	       : chunk->state == DATA ? HTTP_CHUNK_DATA
				      : HTTP_CHUNK_MORE;
}

void http_chunk_took(struct http_chunk *chunk, uint64_t length)
{
	chunk->left -= length;
	if (chunk->left == 0)
		chunk->state = DATA_CR;
}
