/* SPDX-License-Identifier: Apache-2.0 */
/* The ANSI code page of text files (ansi.h). Used by TextStream in the thread of the script. */
#include "library/scripting/ansi.h"

#include "base/buf.h"

#include <errno.h>
#include <stdlib.h>

/* 0x80 to 0x9F of Windows-1252; the rest of it is Latin 1. */
static const char16_t high[32] = {
	0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
	0x2039, 0x152,  0x8D,   0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
	0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178,
};

bool stream_ansi_is_latin(void)
{
	const char *codepage = getenv("SURROGATE_ANSI_CODEPAGE");

	return codepage && strcmp(codepage, "1252") == 0;
}

static char16_t latin_unit(unsigned char c)
{
	return c >= 0x80 && c < 0xA0 ? high[c - 0x80] : c;
}

static size_t decode_latin(struct text t, char16_t *out)
{
	for (size_t i = 0; i < t.length; i++)
		out[i] = latin_unit((unsigned char)t.data[i]);
	return t.length;
}

size_t stream_ansi_decode(struct text t, bool latin, char16_t *out)
{
	size_t count = 0;

	if (latin)
		return decode_latin(t, out);
	for (size_t at = 0; at < t.length;) {
		size_t from = at;

		if ((unsigned char)t.data[at] < 0x80) {
			out[count++] = (unsigned char)t.data[at++];
			continue;
		}
		char32_t c = utf8_next(t, &at);
		struct text bytes = { t.data + from, at - from };

		if (c == 0xFFFD && !text_equal(bytes, TEXT("\xEF\xBF\xBD")))
			count += decode_latin(bytes, out + count);
		else
			count += utf8_to_utf16(bytes, out + count, 2);
	}
	return count;
}

int stream_ansi_encode(const char16_t *units, size_t length, struct buf *out)
{
	for (size_t i = 0; i < length; i++) {
		char16_t c = units[i];
		size_t place = 0;

		if (c >= 0x80 && (c < 0xA0 || c > 0xFF)) {
			while (place < 32 && high[place] != c)
				place++;
			if (place == 32)
				return -EILSEQ;
			c = (char16_t)(0x80 + place);
		}
		buf_putc(out, (char)c);
	}
	return 0;
}

bool stream_ansi_is_utf8(struct text t, bool more)
{
	if (utf8_valid(t))
		return true;
	for (size_t cut = 1; more && cut <= 3 && cut < t.length; cut++) {
		bool lead = (unsigned char)t.data[t.length - cut] >= 0xC0;

		if (lead)
			return utf8_valid((struct text){ t.data, t.length - cut });
	}
	return false;
}
