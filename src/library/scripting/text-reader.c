/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding text piece by piece (text-reader.h). Used by TextStream in the thread of the script;
 * the bytes may be anything.
 */
#include "library/scripting/text-reader.h"

#include "base/mem.h"
#include "base/sys.h"
#include "com/bstr.h"
#include "library/scripting/ansi.h"

#include <errno.h>

void stream_reader_init(struct stream_reader *reader, int fd, bool utf16)
{
	reader->fd = fd;
	reader->utf16 = utf16;
	reader->latin = false;
	reader->begun = reader->ended = false;
	reader->raw_count = reader->at = reader->count = 0;
	reader->line = reader->column = 1;
}

/* How many of the bytes make whole characters: a sequence that is cut off by the end of the piece
 * waits for the next one. */
static size_t whole_bytes(const struct stream_reader *r)
{
	size_t n = r->raw_count, back = 0;

	if (r->ended || r->latin)
		return n;
	if (r->utf16)
		return n & ~(size_t)1;
	while (back < 3 && back < n) {
		unsigned char c = (unsigned char)r->raw[n - 1 - back++];

		if (c < 0x80)
			return n;
		if (c >= 0xC0) {
			size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;

			return length > back ? n - back : n;
		}
	}
	return n;
}

static void raw_drop(struct stream_reader *r, size_t n)
{
	memmove(r->raw, r->raw + n, r->raw_count - n);
	r->raw_count -= n;
}

/* Drops the mark at the beginning. Waits for more bytes only while they may still become one: what
 * somebody types is there after the first key. */
static void skip_mark(struct stream_reader *r)
{
	struct text mark = r->utf16 ? TEXT("\xFF\xFE") : TEXT("\xEF\xBB\xBF");
	size_t n = r->raw_count < mark.length ? r->raw_count : mark.length;
	bool same = memcmp(r->raw, mark.data, n) == 0;

	r->begun = !same || n == mark.length || r->ended;
	if (same && n == mark.length)
		raw_drop(r, n);
}

static void decode(struct stream_reader *r)
{
	if (!r->begun && r->latin)
		r->begun = true; /* its mark would be three characters */
	if (!r->begun)
		skip_mark(r);
	if (!r->begun)
		return;
	size_t n = whole_bytes(r);

	if (r->utf16) {
		r->count = n / 2;
		memcpy(r->units, r->raw, r->count * 2);
	} else {
		/* Never more units than bytes. */
		r->count = stream_ansi_decode((struct text){ r->raw, n }, r->latin, r->units);
	}
	r->at = 0;
	raw_drop(r, n);
}

static int fill(struct stream_reader *r)
{
	while (r->at == r->count) {
		if (r->ended)
			return 0;
		ssize_t n = sys_read(r->fd, r->raw + r->raw_count, sizeof r->raw - r->raw_count);

		if (n < 0)
			return (int)n;
		r->ended = n == 0;
		r->raw_count += (size_t)n;
		r->at = r->count = 0;
		decode(r);
	}
	return 1;
}

int stream_reader_peek(struct stream_reader *reader, char16_t *ret)
{
	int r = reader->at < reader->count ? 1 : fill(reader);

	if (r > 0)
		*ret = reader->units[reader->at];
	return r;
}

void stream_reader_take(struct stream_reader *reader)
{
	char16_t c = reader->units[reader->at++];

	if (c == '\n') {
		reader->line++;
		reader->column = 1;
	} else {
		reader->column++;
	}
}

static int append(BSTR *s, const char16_t *units, size_t n)
{
	BSTR t = bstr_append(*s, units, n);

	if (!t)
		return -ENOMEM;
	*s = t;
	return 0;
}

int stream_reader_units(struct stream_reader *reader, size_t limit, BSTR *s)
{
	char16_t c;

	while (limit) {
		int r = stream_reader_peek(reader, &c);

		if (r <= 0)
			return r;
		size_t n = reader->count - reader->at, from = reader->at;

		n = n < limit ? n : limit;
		r = append(s, reader->units + from, n);
		if (r < 0)
			return r;
		limit -= n;
		while (n--)
			stream_reader_take(reader);
	}
	return 0;
}

int stream_reader_line(struct stream_reader *reader, BSTR *s)
{
	char16_t c = 0;

	for (;;) {
		int r = stream_reader_peek(reader, &c);

		if (r < 0)
			return r;
		if (r == 0)
			break;
		size_t from = reader->at;

		while (reader->at < reader->count && reader->units[reader->at] != '\n')
			stream_reader_take(reader);
		r = append(s, reader->units + from, reader->at - from);
		if (r < 0)
			return r;
		if (reader->at < reader->count)
			break;
	}
	if (reader->at == reader->count)
		return 0;
	stream_reader_take(reader);
	/* CR LF ends a line as LF does. */
	UINT length = SysStringLen(*s);

	if (length && (*s)[length - 1] == '\r') {
		BSTR t = SysAllocStringLen(*s, length - 1);

		if (!t)
			return -ENOMEM;
		SysFreeString(*s);
		*s = t;
	}
	return 0;
}
