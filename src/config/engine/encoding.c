/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files in UTF-16, as editors of Windows may leave them; see xml.h. Everything else has UTF-8 to
 * deal with: a file is decoded when it is read and encoded when it is written. Any thread.
 */
#include "config/engine/xml.h"

#include "base/buf.h"

#include <errno.h>

enum xml_encoding xml_encoding(struct text bytes)
{
	if (text_starts_with(bytes, TEXT("\xff\xfe")))
		return XML_UTF16LE;
	return text_starts_with(bytes, TEXT("\xfe\xff")) ? XML_UTF16BE : XML_UTF8;
}

static unsigned unit_at(struct text bytes, enum xml_encoding encoding, size_t at)
{
	unsigned char first = (unsigned char)bytes.data[at],
		      second = (unsigned char)bytes.data[at + 1];
	return encoding == XML_UTF16LE ? second << 8 | first : (unsigned)first << 8 | second;
}

/* Takes one character; 0: there is none, or one that no XML has. */
static unsigned take(struct text bytes, enum xml_encoding encoding, size_t *at)
{
	unsigned unit = bytes.length - *at < 2 ? 0 : unit_at(bytes, encoding, *at);

	*at += 2;
	if (unit < 0xd800 || unit > 0xdfff)
		return unit;
	unsigned low = unit > 0xdbff || *at > bytes.length || bytes.length - *at < 2
			       ? 0
			       : unit_at(bytes, encoding, *at);
	*at += 2;
	return low < 0xdc00 || low > 0xdfff ? 0
					    : 0x10000 + ((unit - 0xd800) << 10 | (low - 0xdc00));
}

static void put(struct buf *out, unsigned c)
{
	char bytes[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		bytes[i] = (char)(0x80 | (c & 0x3f));
	bytes[0] = (char)(lead[n] | c);
	buf_put(out, bytes, n);
}

/* What is decoded must be taken for UTF-8 by everybody who parses it, and is when it says UTF-16 of
 * itself, or nothing. */
static int check_declaration(struct text decoded, const char *file, struct error *err)
{
	struct text declared = xml_declared_encoding(decoded);

	if (!declared.length || text_starts_with_nocase(declared, TEXT("UTF-16")))
		return 0;
	error_set_at(
		err, -EINVAL, file, 1, 0,
		"Configuration file is not well-formed XML (it begins as UTF-16, and says that it "
		"is in '%.*s')",
		(int)(declared.length < 64 ? declared.length : 64), declared.data);
	if (err)
		err->hresult = XML_BAD_DATA;
	return -EINVAL;
}

int xml_decode(struct text bytes, const char *file, struct buf *out, struct error *err)
{
	enum xml_encoding encoding = xml_encoding(bytes);
	size_t start = out->length;
	int line = 1;

	if (encoding == XML_UTF8)
		buf_put_text(out, bytes);
	for (size_t at = 2; encoding != XML_UTF8 && at < bytes.length;) {
		unsigned c = take(bytes, encoding, &at);
		if (!c) {
			error_set_at(err, -EINVAL, file, line, 0,
				     "Configuration file is not well-formed XML (it begins as "
				     "UTF-16, and is none)");
			if (err)
				err->hresult = XML_BAD_DATA;
			return -EINVAL;
		}
		line += c == '\n';
		put(out, c);
	}
	if (buf_failed(out))
		return error_set(err, -ENOMEM, "out of memory");
	if (encoding == XML_UTF8 || out->length == start)
		return 0;
	return check_declaration((struct text){ out->data + start, out->length - start }, file,
				 err);
}

static void put_unit(struct buf *out, enum xml_encoding encoding, unsigned unit)
{
	buf_putc(out, (char)(encoding == XML_UTF16LE ? unit : unit >> 8));
	buf_putc(out, (char)(encoding == XML_UTF16LE ? unit >> 8 : unit));
}

/* The character that begins at `*at` of valid UTF-8. */
static unsigned next(struct text text, size_t *at)
{
	unsigned char lead = (unsigned char)text.data[(*at)++];
	size_t more = lead < 0xc0 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
	unsigned c = more ? lead & (0x3fu >> more) : lead;

	while (more-- > 0 && *at < text.length)
		c = c << 6 | ((unsigned char)text.data[(*at)++] & 0x3f);
	return c;
}

void xml_encode(struct text text, enum xml_encoding encoding, struct buf *out)
{
	if (encoding == XML_UTF8) {
		buf_put_text(out, text);
		return;
	}
	put_unit(out, encoding, 0xfeff);
	for (size_t at = 0; at < text.length;) {
		unsigned c = next(text, &at);
		if (c >= 0x10000) {
			put_unit(out, encoding, 0xd800 | (c - 0x10000) >> 10);
			c = 0xdc00 | ((c - 0x10000) & 0x3ff);
		}
		put_unit(out, encoding, c);
	}
}

struct text xml_declared_encoding(struct text source)
{
	static const char name[] = "encoding";
	struct text rest = source;

	if (text_starts_with(rest, TEXT("\xef\xbb\xbf")))
		rest = (struct text){ rest.data + 3, rest.length - 3 };
	if (!text_starts_with(rest, TEXT("<?xml")))
		return TEXT("");
	rest = text_cut(&rest, '>');
	const char *at = memmem(rest.data, rest.length, name, strlen(name));
	if (!at)
		return TEXT("");
	rest.length -= (size_t)(at - rest.data);
	rest.data = at;
	text_cut(&rest, '=');
	rest = text_trim(rest);
	if (!rest.length || (*rest.data != '"' && *rest.data != '\''))
		return TEXT("");
	char quote = *rest.data;
	rest = (struct text){ rest.data + 1, rest.length - 1 };
	return text_cut(&rest, quote);
}
