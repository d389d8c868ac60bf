/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GUIDs (com/class.h): text form, name-based (RFC 9562 5.5) and random (5.4) ones. Any thread.
 *
 * The name-based form needs SHA-1. It is here, in its FIPS 180-4 form, because linking libcrypto
 * would cost every host a millisecond of start-up for one hash of a few dozen bytes; it must not
 * be used for anything that needs security.
 */
#include "com/class.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

/* ---- SHA-1 ---- */

struct sha1 {
	uint32_t h[5];
	uint8_t block[64];
	uint64_t length;
};

static uint32_t rotate(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static void sha1_block(struct sha1 *s)
{
	static const uint32_t k[4] = { 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6 };
	uint32_t w[80], a = s->h[0], b = s->h[1], c = s->h[2], d = s->h[3], e = s->h[4];

	for (int t = 0; t < 16; t++)
		w[t] = (uint32_t)s->block[t * 4] << 24 | (uint32_t)s->block[t * 4 + 1] << 16 |
		       (uint32_t)s->block[t * 4 + 2] << 8 | s->block[t * 4 + 3];
	for (int t = 16; t < 80; t++)
		w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	for (int t = 0; t < 80; t++) {
		uint32_t f = t < 20   ? (b & c) | (~b & d)
			     : t < 40 ? b ^ c ^ d
			     : t < 60 ? (b & c) | (b & d) | (c & d)
				      : b ^ c ^ d;
		uint32_t next = rotate(a, 5) + f + e + k[t / 20] + w[t];

		e = d;
		d = c;
		c = rotate(b, 30);
		b = a;
		a = next;
	}
	s->h[0] += a;
	s->h[1] += b;
	s->h[2] += c;
	s->h[3] += d;
	s->h[4] += e;
}

static void sha1_put(struct sha1 *s, const void *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		s->block[s->length++ % 64] = ((const uint8_t *)data)[i];
		if (s->length % 64 == 0)
			sha1_block(s);
	}
}

static void sha1_finish(struct sha1 *s, uint8_t out[20])
{
	uint64_t bits = s->length * 8;
	uint8_t size[8];

	sha1_put(s, "\x80", 1);
	while (s->length % 64 != 56)
		sha1_put(s, "", 1);
	for (int i = 0; i < 8; i++)
		size[i] = (uint8_t)(bits >> (56 - i * 8));
	sha1_put(s, size, 8);
	for (int i = 0; i < 20; i++)
		out[i] = (uint8_t)(s->h[i / 4] >> (24 - i % 4 * 8));
}

/* ---- GUIDs ---- */

/* The first three fields are big-endian in RFC 9562 and the machine's in memory. */
static void guid_to_bytes(REFGUID g, uint8_t out[16])
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(g->Data1 >> (24 - i * 8));
	out[4] = (uint8_t)(g->Data2 >> 8);
	out[5] = (uint8_t)g->Data2;
	out[6] = (uint8_t)(g->Data3 >> 8);
	out[7] = (uint8_t)g->Data3;
	memcpy(out + 8, g->Data4, 8);
}

static void guid_from_bytes(const uint8_t *in, unsigned version, GUID *ret)
{
	ret->Data1 = (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
	ret->Data2 = (uint16_t)(in[4] << 8 | in[5]);
	ret->Data3 = (uint16_t)(((in[6] << 8 | in[7]) & 0x0FFF) | (int)(version << 12));
	memcpy(ret->Data4, in + 8, 8);
	ret->Data4[0] = (uint8_t)((in[8] & 0x3F) | 0x80);
}

void guid_from_name(REFGUID space, struct text name, GUID *ret)
{
	struct sha1 s = { .h = { 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0 } };
	uint8_t bytes[20];

	guid_to_bytes(space, bytes);
	sha1_put(&s, bytes, 16);
	sha1_put(&s, name.data, name.length);
	sha1_finish(&s, bytes);
	guid_from_bytes(bytes, 5, ret);
}

void guid_random(GUID *ret)
{
	uint8_t bytes[16];
	size_t got = 0;

	/* Blocks only before the machine has any entropy at all, and then rightly. */
	while (got < sizeof bytes) {
		ssize_t n = getrandom(bytes + got, sizeof bytes - got, 0);

		if (n > 0)
			got += (size_t)n;
	}
	guid_from_bytes(bytes, 4, ret);
}

void guid_format(REFGUID guid, char out[GUID_TEXT_SIZE])
{
	uint8_t b[16];

	guid_to_bytes(guid, b);
	snprintf(out, GUID_TEXT_SIZE,
		 "{%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X}", b[0],
		 b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
		 b[14], b[15]);
}

int guid_parse(struct text t, GUID *ret)
{
	uint8_t b[16] = { 0 };
	int digits = 0;

	if (t.length == 38 && t.data[0] == '{' && t.data[37] == '}')
		t = (struct text){ t.data + 1, 36 };
	if (t.length != 36)
		return -EINVAL;
	for (size_t i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (t.data[i] != '-')
				return -EINVAL;
			continue;
		}
		int value = text_hex(t.data[i]);

		if (value < 0)
			return -EINVAL;
		b[digits / 2] = (uint8_t)(b[digits / 2] << 4 | value);
		digits++;
	}
	*ret = (GUID){ (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3],
		       (uint16_t)(b[4] << 8 | b[5]),
		       (uint16_t)(b[6] << 8 | b[7]),
		       { 0 } };
	memcpy(ret->Data4, b + 8, 8);
	return 0;
}
