/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The codec of encoded scripts (encoded.h). Called by the page compiler, by cscript and by
 * Scripting.Encoder in their own threads; the bytes may be anything. Owns nothing.
 *
 * A block, as publicly described since 2000: "#@~^"; eight characters of Base64 with the number of
 * encoded characters (32 bits, little endian); the characters; eight characters of Base64 with the
 * sum of the plain ASCII codes; "^#~@". Characters that would hurt in a page are written with an
 * '@'. Every other one from the blank to 0x7F, and the tab, is looked up in one of three alphabets;
 * which one is decided by a table of 64 entries, turned by one for each ASCII character. Other
 * control characters stay as they are.
 */
#include "script/vbs/encoded.h"

#include "base/buf.h"

#include <errno.h>

#define BEGIN TEXT("#@~^")
#define END TEXT("^#~@")
#define MARK TEXT("**Start Encode**")
#define NUMBER_LENGTH 8
#define FIRST 31 /* the tab stands in front of the blank */

/* Codes of the tab and of 32..127. '@' is where a plain character is written as an escape. */
/* clang-format off */
static const char alphabets[3][98] = {
	"dP\"Ja^][B`#e_~ORz!F &c*vG%,)i@'@g@bAZf2sMCq9|SH1rnpI?Kj.\177(5}$-T7{=l4mN+0otkL3V:xWw;"
	"D/YE\\h6Xy\tu8UQ",
	"7~ZE:yY'vcbMQSR &Tq+f*X\177{01lI@x@_@)$/93o!u(BFJ\\H6K}]jPi#\tpet,wD?m|C8^[nWL4r%VshUG2"
	"5.dO;-Aaz\"`kN=g",
	"i,er[fuLEv*C3B cJZ8y2Wl+FRO=p@{@Q@z~;GAwV_&xndtg}h5\"U:`jqoI\\]'Y%|#m(19\1776T4bN0^s\tKa"
	"$MkD!7SXH.P-)?/",
};
/* clang-format on */

static const char turns[65] = "1201202002021020"
			      "1020112002102002"
			      "1102020101120102"
			      "1020112001120102";

/* plain, and what stands behind the '@' */
static const char escapes[][2] = {
	{ '\r', '#' }, { '\n', '&' }, { '<', '!' }, { '>', '*' }, { '@', '$' }
};

static const char *alphabet_at(uint32_t turn)
{
	return alphabets[turns[turn % 64] - '0'];
}

/* ---- Base64 of 32 bits ---- */

static const char digits[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void put_number(struct buf *out, uint32_t n)
{
	char text[NUMBER_LENGTH];
	/* Six digits carry 36 bits, the first byte first. */
	uint64_t bits = (uint64_t)(__builtin_bswap32(n)) << 4;

	for (int i = 0; i < 6; i++)
		text[i] = digits[bits >> (30 - 6 * i) & 63];
	text[6] = text[7] = '=';
	buf_put(out, text, sizeof text);
}

static bool number_at(struct text t, size_t at, uint32_t *ret)
{
	uint64_t bits = 0;

	if (t.length < at || t.length - at < NUMBER_LENGTH || memcmp(t.data + at + 6, "==", 2) != 0)
		return false;
	for (size_t i = 0; i < 6; i++) {
		const char *digit = memchr(digits, t.data[at + i], 64);

		if (!digit)
			return false;
		bits = bits << 6 | (uint64_t)(digit - digits);
	}
	*ret = __builtin_bswap32((uint32_t)(bits >> 4));
	return true;
}

/* ---- finding blocks ---- */

static bool text_at(struct text t, size_t at, struct text what)
{
	return at <= t.length && t.length - at >= what.length &&
	       memcmp(t.data + at, what.data, what.length) == 0;
}

static bool begins_block(struct text t, size_t at, size_t after_block)
{
	if (!text_at(t, at, BEGIN))
		return false;
	while (at > after_block && (t.data[at - 1] == ' ' || t.data[at - 1] == '\t'))
		at--;
	if (at == after_block || t.data[at - 1] == '\n' || t.data[at - 1] == '\r')
		return true;
	return at >= MARK.length && text_at(t, at - MARK.length, MARK);
}

/* The place of the next block at or behind `from`, which is the beginning or the end of another
 * block; t.length when there is none. */
static size_t find_block(struct text t, size_t from)
{
	for (size_t at = from; at < t.length; at++) {
		const char *found = memchr(t.data + at, '#', t.length - at);

		if (!found)
			break;
		at = (size_t)(found - t.data);
		if (begins_block(t, at, from))
			return at;
	}
	return t.length;
}

bool vbs_is_encoded(struct text source)
{
	return find_block(source, text_starts_with(source, TEXT("\xEF\xBB\xBF")) ? 3 : 0) <
	       source.length;
}

/* ---- decoding ---- */

static int damaged(struct text source, size_t at, struct error *err, const char *what)
{
	int line = 1, column = 1;

	for (size_t i = 0; i < at && i < source.length; i++) {
		column = source.data[i] == '\n' ? 1 : column + 1;
		line += source.data[i] == '\n';
	}
	return error_set_at(err, -EBADMSG, "", line, column,
			    "the encoded script is damaged: %s; encode the source again", what);
}

/* The plain character of an ASCII code, -1 for a code that the alphabet does not have. */
static int plain_of(char code, uint32_t turn)
{
	const char *alphabet = alphabet_at(turn);
	const char *found;

	if ((unsigned char)code < ' ' && code != '\t')
		return (unsigned char)code;
	if (code == '@')
		return -1;
	found = memchr(alphabet, code, 97);
	if (!found)
		return -1;
	return found == alphabet ? '\t' : (int)(found - alphabet) + FIRST;
}

static int unescape(char c)
{
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
		if (escapes[i][1] == c)
			return escapes[i][0];
	return -1;
}

struct decoder {
	struct text source;
	size_t at;
	uint32_t left; /* encoded characters to come */
	uint32_t turn, sum;
};

/* Decodes one character; false when it is none. */
static bool decode_one(struct decoder *d, struct buf *out)
{
	size_t start = d->at;
	char c = d->source.data[d->at];
	int plain;

	if ((unsigned char)c >= 0x80) {
		utf8_next(d->source, &d->at);
		buf_put(out, d->source.data + start, d->at - start);
		d->left--;
		return true;
	}
	d->at++;
	d->left--;
	if (c == '@') {
		if (!d->left || d->at == d->source.length)
			return false;
		plain = unescape(d->source.data[d->at++]);
		d->left--;
	} else {
		plain = plain_of(c, d->turn);
	}
	if (plain < 0)
		return false;
	buf_putc(out, (char)plain);
	d->sum += (uint32_t)plain;
	d->turn++;
	return true;
}

static int decode_block(struct text source, size_t *at, struct buf *out, struct error *err)
{
	struct decoder d = { .source = source, .at = *at + BEGIN.length + NUMBER_LENGTH };
	uint32_t sum;

	if (!number_at(source, *at + BEGIN.length, &d.left))
		return damaged(source, *at, err, "it does not say its length");
	while (d.left) {
		if (d.at == source.length)
			return damaged(source, *at, err, "it ends in the middle");
		size_t start = d.at;

		if (!decode_one(&d, out))
			return damaged(source, start, err,
				       "it has a character that no encoder writes");
	}
	if (!number_at(source, d.at, &sum) || !text_at(source, d.at + NUMBER_LENGTH, END))
		return damaged(source, d.at, err, "its end is not where its length says");
	if (sum != d.sum)
		return damaged(source, *at, err, "its sum does not fit its text");
	*at = d.at + NUMBER_LENGTH + END.length;
	/* screnc ends a file with a NUL. */
	if (*at + 1 == source.length && source.data[*at] == '\0')
		*at = source.length;
	return buf_failed(out);
}

int vbs_decode(struct text source, struct buf *out, struct error *err)
{
	size_t from = text_starts_with(source, TEXT("\xEF\xBB\xBF")) ? 3 : 0, copied = 0;

	if (!source.length)
		return buf_failed(out);
	for (;;) {
		size_t at = find_block(source, from);

		buf_put(out, source.data + copied, at - copied);
		if (at == source.length)
			return buf_failed(out);
		int r = decode_block(source, &at, out, err);

		if (r < 0)
			return r;
		from = copied = at;
	}
}

/* ---- encoding ---- */

static uint32_t encode_one(char c, uint32_t turn, struct buf *out)
{
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
		if (escapes[i][0] == c) {
			buf_putc(out, '@');
			buf_putc(out, escapes[i][1]);
			return 2;
		}
	if (c == '\t')
		c = alphabet_at(turn)[0];
	else if ((unsigned char)c >= ' ')
		c = alphabet_at(turn)[c - FIRST];
	buf_putc(out, c);
	return 1;
}

int vbs_encode(struct text plain, struct buf *out)
{
	uint32_t sum = 0, turn = 0;
	uint64_t count = 0;
	size_t start = out->length + BEGIN.length;

	buf_put_text(out, BEGIN);
	put_number(out, 0);
	for (size_t at = 0; at < plain.length;) {
		char c = plain.data[at];

		if ((unsigned char)c >= 0x80) {
			size_t from = at;

			utf8_next(plain, &at);
			buf_put(out, plain.data + from, at - from);
			count++;
			continue;
		}
		count += encode_one(c, turn++, out);
		sum += (unsigned char)c;
		at++;
	}
	put_number(out, sum);
	buf_put_text(out, END);
	if (count > UINT32_MAX)
		return -EFBIG;
	if (buf_failed(out))
		return buf_failed(out);
	/* Now the length is known. */
	size_t end = out->length;

	out->length = start;
	put_number(out, (uint32_t)count);
	out->length = end;
	return 0;
}
