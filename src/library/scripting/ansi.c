/* SPDX-License-Identifier: Apache-2.0 */
/* The ANSI code page of text files (ansi.h). Used by TextStream in the thread of the script. */
#include "library/scripting/ansi.h"

#include "base/buf.h"
#include "com/codepage.h"

#include <errno.h>
#include <stdlib.h>

#define WINDOWS_1252 1252

bool stream_ansi_is_latin(void)
{
	const char *codepage = getenv("SURROGATE_ANSI_CODEPAGE");

	return codepage && strcmp(codepage, "1252") == 0;
}

static char16_t latin_unit(unsigned char c)
{
	char16_t unit = c;

	if (c >= 0x80 && c < 0xA0)
		codepage_decode(WINDOWS_1252, c, &unit);
	return unit;
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
		uint16_t code = c;

		if (c >= 0x80 && (c < 0xA0 || c > 0xFF)) {
			code = codepage_encode(WINDOWS_1252, c);
			if (code == '?')
				return -EILSEQ;
		}
		buf_putc(out, (char)code);
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
