/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from a descriptor as UTF-16 units, decoded piece by piece from UTF-16LE or from
 * ANSI (library/scripting/ansi.h): the reading half of TextStream. One thread at a time; does not
 * own the descriptor.
 */
#pragma once

#include "base/text.h"

#include <surrogate/com.h>

#define TEXT_READER_PIECE 4096

struct stream_reader {
	int fd;
	bool utf16;
	bool latin; /* each byte is a character (library/scripting/ansi.h); may be set after init */
	bool begun, ended; /* the mark was looked for; the last byte was read */
	size_t raw_count;  /* bytes in `raw`, not decoded yet */
	char raw[TEXT_READER_PIECE];
	size_t at, count; /* decoded units, next and number */
	char16_t units[TEXT_READER_PIECE];
	LONG line, column; /* 1-based place of the next unit */
};

void stream_reader_init(struct stream_reader *reader, int fd, bool utf16);
/* 1 when a unit is there (`*ret` gets it, it is not taken), 0 at the end, or a negated errno. */
int stream_reader_peek(struct stream_reader *reader, char16_t *ret);
/* Takes the unit that stream_reader_peek saw. */
void stream_reader_take(struct stream_reader *reader);
/* Appends to `*s` (owned by the caller, may be NULL): up to `limit` units, or a line without its
 * end, which is taken. At the end it appends nothing. -ENOMEM, or what reading gave. */
int stream_reader_units(struct stream_reader *reader, size_t limit, BSTR *s);
int stream_reader_line(struct stream_reader *reader, BSTR *s);
