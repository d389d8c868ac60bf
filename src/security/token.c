/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First tokens of a handshake: DER as far as RFC 2743 3.1 and RFC 4178 4.2 need it. Values are
 * slices of the token; a changed one is written anew with all lengths around it.
 */
#include "security/token.h"

#include "security/context.h"

#include <string.h>

enum {
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_SEQUENCE = 0x30,
	TAG_FRAME = 0x60,  /* [APPLICATION 0]: RFC 2743 3.1 */
	TAG_AP_REQ = 0x6e, /* [APPLICATION 14]: RFC 4120 5.5.1 */
	TAG_FIRST = 0xa0,  /* [0]; the others follow */
	TAG_MECH_TOKEN = 0xa2,
};

static const uint8_t spnego_oid[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02 };
static const uint8_t kerberos_oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 };

/* ---- DER ---- */

/* Takes the element at the front of `*t`, if it has that tag. */
static bool take(struct text *t, uint8_t tag, struct text *ret)
{
	const uint8_t *p = (const uint8_t *)t->data;
	size_t head = 2, length;
	if (t->length < 2 || p[0] != tag)
		return false;
	length = p[1];
	if (length & 0x80) {
		size_t bytes = length & 0x7f;
		if (bytes < 1 || bytes > 3 || t->length < 2 + bytes)
			return false;
		length = 0;
		for (size_t i = 0; i < bytes; i++)
			length = length << 8 | p[2 + i];
		head += bytes;
	}
	if (length > t->length - head)
		return false;
	*ret = (struct text){ t->data + head, length };
	t->data += head + length;
	t->length -= head + length;
	return true;
}

static void put(struct buf *out, uint8_t tag, struct text value)
{
	const uint8_t head[5] = { tag, 0x83, (uint8_t)(value.length >> 16),
				  (uint8_t)(value.length >> 8), (uint8_t)value.length };
	if (value.length < 0x80) {
		buf_putc(out, (char)tag);
		buf_putc(out, (char)value.length);
	} else if (value.length < 0x10000) {
		const uint8_t two[4] = { tag, 0x82, head[3], head[4] };
		buf_put(out, two, sizeof(two));
	} else {
		buf_put(out, head, sizeof(head));
	}
	buf_put_text(out, value);
}

/* Puts the element around what `out` has. */
static void wrap(struct buf *out, uint8_t tag)
{
	struct buf inner = *out;
	buf_init(out, inner.limit);
	put(out, tag, buf_text(&inner));
	buf_done(&inner);
}

/* ---- what is changed ---- */

static bool is_oid(struct text t, const uint8_t *oid, size_t length)
{
	return t.length == length && memcmp(t.data, oid, length) == 0;
}

/* 60 LENGTH { 06 09 OID, 01 00, AP-REQ }: RFC 4121 4.1 */
static bool unframe(struct text token, struct buf *out)
{
	struct text frame, oid;
	if (!take(&token, TAG_FRAME, &frame) || !take(&frame, TAG_OID, &oid) ||
	    !is_oid(oid, kerberos_oid, sizeof(kerberos_oid)) || frame.length < 2 ||
	    frame.data[0] != 1 || frame.data[1] != 0)
		return false;
	buf_put(out, frame.data + 2, frame.length - 2);
	return true;
}

static bool lengthen(struct text token, struct buf *out)
{
	static const char head[12] = "NTLMSSP\0\1\0\0\0", version[8];
	if (token.length != 32 || memcmp(token.data, head, sizeof(head)) != 0)
		return false;
	buf_put_text(out, token);
	buf_put(out, version, sizeof(version));
	return true;
}

static bool adapt_inner(struct text token, struct buf *out)
{
	return unframe(token, out) || lengthen(token, out);
}

/* The parts of a NegTokenInit around its mechToken. */
static bool split(struct text token, struct text *before, struct text *mech_token,
		  struct text *after)
{
	struct text frame, oid, choice, fields, element, octets;
	if (!take(&token, TAG_FRAME, &frame) || !take(&frame, TAG_OID, &oid) ||
	    !is_oid(oid, spnego_oid, sizeof(spnego_oid)) || !take(&frame, TAG_FIRST, &choice) ||
	    !take(&choice, TAG_SEQUENCE, &fields))
		return false;
	*before = (struct text){ fields.data, 0 };
	/* [0] mechTypes, [1] reqFlags, if it is there */
	if (!take(&fields, TAG_FIRST, &element))
		return false;
	take(&fields, TAG_FIRST + 1, &element);
	before->length = (size_t)(fields.data - before->data);
	if (!take(&fields, TAG_MECH_TOKEN, &octets) || !take(&octets, TAG_OCTETS, mech_token))
		return false;
	*after = fields;
	return true;
}

static void put_init(struct buf *out, struct text before, struct text after)
{
	struct buf fields;
	/* `out` has the new mechToken. */
	wrap(out, TAG_OCTETS);
	wrap(out, TAG_MECH_TOKEN);
	buf_init(&fields, out->limit);
	buf_put_text(&fields, before);
	buf_put_text(&fields, buf_text(out));
	buf_put_text(&fields, after);
	wrap(&fields, TAG_SEQUENCE);
	wrap(&fields, TAG_FIRST);
	buf_clear(out);
	put(out, TAG_OID, (struct text){ (const char *)spnego_oid, sizeof(spnego_oid) });
	buf_put_text(out, buf_text(&fields));
	wrap(out, TAG_FRAME);
	buf_done(&fields);
}

bool security_token_adapt(struct text token, struct buf *out)
{
	struct text before, mech_token, after;
	if (!split(token, &before, &mech_token, &after))
		return adapt_inner(token, out);
	if (!adapt_inner(mech_token, out))
		return false;
	put_init(out, before, after);
	return true;
}

struct text security_token_request(struct text token)
{
	struct text before, inner, after, all;
	if (!split(token, &before, &inner, &after))
		inner = token;
	struct text rest = inner;
	return take(&rest, TAG_AP_REQ, &all) ? inner : (struct text){ NULL, 0 };
}
