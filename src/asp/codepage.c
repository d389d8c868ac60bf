/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversions between code pages, UTF-8 and UTF-16. Called by the page compiler and by the
 * intrinsic objects, on any thread; owns nothing.
 */
#include "asp/codepage.h"

#include <errno.h>

#include "base/mem.h"
#include "com/bstr.h"
#include "com/codepage.h"

bool asp_codepage_known(uint32_t codepage)
{
	return codepage == ASP_UTF8 || codepage == ASP_WINDOWS_1252 || codepage == ASP_LATIN_1;
}

const char *asp_codepage_charset(uint32_t codepage)
{
	return codepage == ASP_WINDOWS_1252 ? "windows-1252"
	       : codepage == ASP_LATIN_1    ? "iso-8859-1"
					    : "utf-8";
}

static char16_t byte_to_unit(uint32_t codepage, unsigned char byte)
{
	char16_t unit = byte;

	if (codepage == ASP_WINDOWS_1252 && byte >= 0x80 && byte < 0xA0)
		codepage_decode(ASP_WINDOWS_1252, byte, &unit);
	return unit;
}

static char unit_to_byte(uint32_t codepage, char16_t unit)
{
	if (unit < 0x80 || (unit >= 0xA0 && unit < 0x100))
		return (char)unit;
	if (codepage == ASP_LATIN_1)
		return unit < 0x100 ? (char)unit : '?';
	return (char)codepage_encode(ASP_WINDOWS_1252, unit);
}

void asp_codepage_decode(uint32_t codepage, struct text bytes, struct buf *utf8)
{
	if (codepage == ASP_UTF8) {
		buf_put_text(utf8, bytes);
		return;
	}
	for (size_t i = 0; i < bytes.length;) {
		size_t plain = i;
		while (plain < bytes.length && (unsigned char)bytes.data[plain] < 0x80)
			plain++;
		buf_put(utf8, bytes.data + i, plain - i);
		i = plain;
		if (i < bytes.length) {
			char16_t unit = byte_to_unit(codepage, (unsigned char)bytes.data[i++]);
			buf_put_utf16(utf8, &unit, 1);
		}
	}
}

void asp_codepage_encode(uint32_t codepage, const char16_t *units, size_t length, struct buf *out)
{
	if (codepage == ASP_UTF8) {
		/* Three bytes a unit is the most; most text is ASCII, one byte each. */
		size_t plain = 0;
		char *to = buf_reserve(out, length);
		if (!to)
			return;
		while (plain < length && units[plain] < 0x80) {
			to[plain] = (char)units[plain];
			plain++;
		}
		buf_commit(out, plain);
		if (plain < length)
			buf_put_utf16(out, units + plain, length - plain);
		return;
	}
	char *to = buf_reserve(out, length);
	if (!to)
		return;
	size_t n = 0;
	for (size_t i = 0; i < length; i++) {
		bool pair = (units[i] & 0xFC00) == 0xD800 && i + 1 < length &&
			    (units[i + 1] & 0xFC00) == 0xDC00;
		to[n++] = pair ? '?' : unit_to_byte(codepage, units[i]);
		i += pair;
	}
	buf_commit(out, n);
}

void asp_codepage_encode_utf8(uint32_t codepage, struct text utf8, struct buf *out)
{
	if (codepage == ASP_UTF8) {
		buf_put_text(out, utf8);
		return;
	}
	for (size_t at = 0; at < utf8.length;) {
		char32_t c = utf8_next(utf8, &at);
		buf_putc(out, c < 0x10000 ? unit_to_byte(codepage, (char16_t)c) : '?');
	}
}

BSTR asp_codepage_bstr(uint32_t codepage, struct text bytes)
{
	if (codepage == ASP_UTF8)
		return bstr_from_text(bytes);
	if (bytes.length > BSTR_MAX_BYTES / sizeof(OLECHAR))
		return NULL;
	BSTR s = SysAllocStringLen(NULL, (UINT)bytes.length);
	if (!s)
		return NULL;
	for (size_t i = 0; i < bytes.length; i++)
		s[i] = byte_to_unit(codepage, (unsigned char)bytes.data[i]);
	return s;
}

static int load_utf16(struct text file, bool big_endian, struct buf *utf8)
{
	/* A pair of surrogates must not be cut, so the whole goes through one conversion. */
	size_t length = (file.length - 2) / 2;
	_cleanup_mem_ char16_t *units = mem_alloc(length * sizeof(*units));
	if (!units)
		return -ENOMEM;
	const unsigned char *from = (const unsigned char *)file.data + 2;
	for (size_t i = 0; i < length; i++, from += 2)
		units[i] = (char16_t)(big_endian ? from[0] << 8 | from[1] : from[1] << 8 | from[0]);
	buf_put_utf16(utf8, units, length);
	return buf_failed(utf8);
}

int asp_codepage_load(uint32_t codepage, struct text file, struct buf *utf8, uint32_t *ret_codepage)
{
	*ret_codepage = ASP_UTF8;
	if (text_starts_with(file, TEXT("\xFF\xFE")))
		return load_utf16(file, false, utf8);
	if (text_starts_with(file, TEXT("\xFE\xFF")))
		return load_utf16(file, true, utf8);
	if (text_starts_with(file, TEXT("\xEF\xBB\xBF"))) {
		file.data += 3;
		file.length -= 3;
		codepage = ASP_UTF8;
	}
	*ret_codepage = codepage;
	asp_codepage_decode(codepage, file, utf8);
	return buf_failed(utf8);
}
