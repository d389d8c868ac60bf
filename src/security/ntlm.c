/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NTLM's signing and sealing, [MS-NLMP] 3.4, with extended session security. Each direction has a
 * key to sign with, an RC4 stream that goes on from message to message, and a number that counts
 * them.
 */
#include "security/ntlm.h"

#include <errno.h>
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <string.h>

/* [MS-NLMP] 3.4.5.2 and 3.4.5.3; the NUL at the end belongs to them. */
static const char sign_magic[2][60] = {
	"session key to client-to-server signing key magic constant",
	"session key to server-to-client signing key magic constant",
};
static const char seal_magic[2][60] = {
	"session key to client-to-server sealing key magic constant",
	"session key to server-to-client sealing key magic constant",
};

static void derive(const uint8_t *key, size_t length, const char *magic, uint8_t out[NTLM_KEY_SIZE])
{
	struct md5_ctx md5;
	md5_init(&md5);
	md5_update(&md5, length, key);
	md5_update(&md5, strlen(magic) + 1, (const uint8_t *)magic);
	md5_digest(&md5, NTLM_KEY_SIZE, out);
}

static void direction_init(struct ntlm_direction *d, const uint8_t *session_key, uint32_t flags,
			   bool from_server)
{
	/* [MS-NLMP] 3.4.5.3: how much of the key seals. */
	size_t strength = flags & NTLM_NEGOTIATE_128 ? 16 : flags & NTLM_NEGOTIATE_56 ? 7 : 5;
	uint8_t seal_key[NTLM_KEY_SIZE];
	derive(session_key, NTLM_KEY_SIZE, sign_magic[from_server], d->sign_key);
	derive(session_key, strength, seal_magic[from_server], seal_key);
	arcfour_set_key(&d->seal, sizeof(seal_key), seal_key);
	explicit_bzero(seal_key, sizeof(seal_key));
	d->sequence = 0;
}

int ntlm_keys_init(struct ntlm_keys *keys, const uint8_t session_key[NTLM_KEY_SIZE], uint32_t flags,
		   bool server)
{
	if (!(flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY))
		return -ENOTSUP;
	direction_init(&keys->out, session_key, flags, server);
	direction_init(&keys->in, session_key, flags, !server);
	keys->key_exchange = flags & NTLM_NEGOTIATE_KEY_EXCH;
	return 0;
}

void ntlm_keys_done(struct ntlm_keys *keys)
{
	explicit_bzero(keys, sizeof(*keys));
}

static void put_u32(uint8_t *to, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(v >> 8 * i);
}

/* The checksum of the plain message; not yet encrypted. */
static void checksum(const struct ntlm_direction *d, const struct ntlm_piece *pieces, size_t count,
		     uint8_t out[8])
{
	struct hmac_md5_ctx hmac;
	uint8_t sequence[4];
	put_u32(sequence, d->sequence);
	hmac_md5_set_key(&hmac, sizeof(d->sign_key), d->sign_key);
	hmac_md5_update(&hmac, sizeof(sequence), sequence);
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].sign)
			hmac_md5_update(&hmac, pieces[i].length, pieces[i].data);
	}
	hmac_md5_digest(&hmac, 8, out);
	explicit_bzero(&hmac, sizeof(hmac));
}

static void crypt(struct ntlm_direction *d, const struct ntlm_piece *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].seal)
			arcfour_crypt(&d->seal, pieces[i].length, pieces[i].data, pieces[i].data);
	}
}

/* [MS-NLMP] 3.4.4.2: version, checksum (encrypted after a key exchange), number. */
static void finish(struct ntlm_direction *d, bool key_exchange, uint8_t sum[8],
		   uint8_t signature[NTLM_SIGNATURE_SIZE])
{
	if (key_exchange)
		arcfour_crypt(&d->seal, 8, sum, sum);
	put_u32(signature, 1);
	memcpy(signature + 4, sum, 8);
	put_u32(signature + 12, d->sequence);
	d->sequence++;
}

void ntlm_protect(struct ntlm_direction *out, bool key_exchange, const struct ntlm_piece *pieces,
		  size_t count, uint8_t signature[NTLM_SIGNATURE_SIZE])
{
	uint8_t sum[8];
	checksum(out, pieces, count, sum);
	crypt(out, pieces, count);
	finish(out, key_exchange, sum, signature);
}

int ntlm_unprotect(struct ntlm_direction *in, bool key_exchange, const struct ntlm_piece *pieces,
		   size_t count, const uint8_t signature[NTLM_SIGNATURE_SIZE])
{
	uint8_t sum[8], expected[NTLM_SIGNATURE_SIZE];
	crypt(in, pieces, count);
	checksum(in, pieces, count, sum);
	finish(in, key_exchange, sum, expected);
	return memeql_sec(signature, expected, NTLM_SIGNATURE_SIZE) ? 0 : -EBADMSG;
}

static uint32_t get_u32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t ntlm_signature_sequence(const uint8_t signature[NTLM_SIGNATURE_SIZE])
{
	return get_u32(signature + 12);
}

bool ntlm_message_find(const void *token, size_t length, enum ntlm_message_type type,
		       struct ntlm_message *ret)
{
	const uint8_t head[12] = { 'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, (uint8_t)type, 0, 0, 0 };
	/* [MS-NLMP] 2.2.1.1 to 2.2.1.3: NegotiateFlags, NtChallengeResponseFields.Len */
	size_t flags_at = type == NTLM_NEGOTIATE ? 12 : type == NTLM_CHALLENGE ? 20 : 60;
	const size_t response_at = 20;
	const uint8_t *m = length ? memmem(token, length, head, sizeof(head)) : NULL;
	if (!m || length - (size_t)(m - (const uint8_t *)token) < flags_at + 4)
		return false;
	ret->flags = get_u32(m + flags_at);
	ret->response = type == NTLM_AUTHENTICATE ? m[response_at] | m[response_at + 1] << 8u : 0;
	return true;
}
