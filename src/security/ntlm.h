/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing and sealing with the session key of an NTLM handshake ([MS-NLMP] 3.4): extended session
 * security only, which is what NTLMv2 gives. Pure computation over nettle's RC4, MD5 and HMAC-MD5.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nettle/arcfour.h>

#define NTLM_KEY_SIZE 16
#define NTLM_SIGNATURE_SIZE 16

/* NegotiateFlags ([MS-NLMP] 2.2.2.5) that matter here. */
enum ntlm_flags {
	NTLM_NEGOTIATE_SIGN = 0x00000010,
	NTLM_NEGOTIATE_SEAL = 0x00000020,
	NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY = 0x00080000,
	NTLM_NEGOTIATE_IDENTIFY = 0x00100000,
	NTLM_NEGOTIATE_128 = 0x20000000,
	NTLM_NEGOTIATE_KEY_EXCH = 0x40000000,
	NTLM_NEGOTIATE_56 = 0x80000000,
};

/* The keys of one direction. */
struct ntlm_direction {
	uint8_t sign_key[NTLM_KEY_SIZE];
	struct arcfour_ctx seal;
	uint32_t sequence;
};

struct ntlm_keys {
	struct ntlm_direction out, in;
	bool key_exchange;
};

/* From the exported session key and the flags both agreed on (those of the AUTHENTICATE message).
 * -ENOTSUP without extended session security. */
int ntlm_keys_init(struct ntlm_keys *keys, const uint8_t session_key[NTLM_KEY_SIZE], uint32_t flags,
		   bool server);
/* Forgets the keys. */
void ntlm_keys_done(struct ntlm_keys *keys);

/* A piece of a message. All pieces with `sign` are signed in their order, before they are
 * encrypted; those with `seal` are encrypted in place. */
struct ntlm_piece {
	uint8_t *data;
	size_t length;
	bool sign, seal;
};

/* The next message out. */
void ntlm_protect(struct ntlm_direction *out, bool key_exchange, const struct ntlm_piece *pieces,
		  size_t count, uint8_t signature[NTLM_SIGNATURE_SIZE]);
/* The next message in: decrypts, then compares in constant time. -EBADMSG. */
int ntlm_unprotect(struct ntlm_direction *in, bool key_exchange, const struct ntlm_piece *pieces,
		   size_t count, const uint8_t signature[NTLM_SIGNATURE_SIZE]);

/* The number of the message a signature is of. */
uint32_t ntlm_signature_sequence(const uint8_t signature[NTLM_SIGNATURE_SIZE]);

/* What an NTLM message says that its sender's keys depend on. */
struct ntlm_message {
	uint32_t flags;  /* NegotiateFlags */
	size_t response; /* AUTHENTICATE: bytes of the NT response; NTLMv1 has NTLM_V1_RESPONSE */
};
#define NTLM_V1_RESPONSE 24

enum ntlm_message_type {
	NTLM_NEGOTIATE = 1,
	NTLM_CHALLENGE = 2,
	NTLM_AUTHENTICATE = 3,
};
/* Looks for a message of that type in a token, be it alone or inside SPNEGO's; false when there is
 * none. */
bool ntlm_message_find(const void *token, size_t length, enum ntlm_message_type type,
		       struct ntlm_message *ret);
