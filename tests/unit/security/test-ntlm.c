/* SPDX-License-Identifier: Apache-2.0 */
/* NTLM's signing and sealing against the examples of [MS-NLMP] 4.2.4.4, and what it refuses. */
#include "../unit.h"

#include "security/ntlm.h"

#include <errno.h>
#include <string.h>

#define FLAGS                                                                                      \
	(NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL | NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY |     \
	 NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_56 | NTLM_NEGOTIATE_KEY_EXCH)

static const uint8_t session_key[16] = { 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
					 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55 };

static void test_example(void **state)
{
	static const uint8_t sign_key[16] = { 0x47, 0x88, 0xdc, 0x86, 0x1b, 0x47, 0x82, 0xf3,
					      0x5d, 0x43, 0xfd, 0x98, 0xfe, 0x1a, 0x2d, 0x39 };
	static const uint8_t sealed[18] = { 0x54, 0xe5, 0x01, 0x65, 0xbf, 0x19, 0x36, 0xdc, 0x99,
					    0x60, 0x20, 0xc1, 0x81, 0x1b, 0x0f, 0x06, 0xfb, 0x5f };
	static const uint8_t expected[16] = { 0x01, 0x00, 0x00, 0x00, 0x7f, 0xb3, 0x8e, 0xc5,
					      0xc5, 0x5d, 0x49, 0x76, 0x00, 0x00, 0x00, 0x00 };
	uint8_t text[18] = "P\0l\0a\0i\0n\0t\0e\0x\0t", signature[16];
	struct ntlm_keys keys;
	struct ntlm_piece piece = { text, sizeof(text), true, true };
	assert_int_equal(ntlm_keys_init(&keys, session_key, FLAGS, false), 0);
	assert_memory_equal(keys.out.sign_key, sign_key, 16);
	ntlm_protect(&keys.out, keys.key_exchange, &piece, 1, signature);
	assert_memory_equal(text, sealed, sizeof(sealed));
	assert_memory_equal(signature, expected, sizeof(expected));
	assert_int_equal(keys.out.sequence, 1);
	ntlm_keys_done(&keys);
	assert_int_equal(keys.out.sequence, 0);
}

/* Three pieces, the middle one encrypted, as a fragment has; each way, several times. */
static void talk(uint32_t flags, bool seal)
{
	struct ntlm_keys client, server;
	assert_int_equal(ntlm_keys_init(&client, session_key, flags, false), 0);
	assert_int_equal(ntlm_keys_init(&server, session_key, flags, true), 0);
	for (int i = 0; i < 6; i++) {
		struct ntlm_keys *from = i % 2 ? &server : &client, *to = i % 2 ? &client : &server;
		uint8_t data[40], signature[16];
		struct ntlm_piece pieces[3] = { { data, 8, true, false },
						{ data + 8, 24, true, seal },
						{ data + 32, 8, true, false } };
		memset(data, 'a' + i, sizeof(data));
		ntlm_protect(&from->out, from->key_exchange, pieces, 3, signature);
		assert_int_equal(data[0], 'a' + i);
		assert_int_equal(memcmp(data + 8, data, 8) != 0, seal);
		assert_int_equal(ntlm_signature_sequence(signature), i / 2);
		assert_int_equal(ntlm_unprotect(&to->in, to->key_exchange, pieces, 3, signature),
				 0);
		for (size_t k = 0; k < sizeof(data); k++)
			assert_int_equal(data[k], 'a' + i);
	}
}

static void test_both_ways(void **state)
{
	talk(FLAGS, true);
	talk(FLAGS, false);
	talk(FLAGS & ~(uint32_t)NTLM_NEGOTIATE_128, true);
	talk(FLAGS & ~(uint32_t)(NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_56), true);
	talk(FLAGS & ~(uint32_t)NTLM_NEGOTIATE_KEY_EXCH, true);
}

static void test_changed(void **state)
{
	for (size_t at = 0; at < 32 + 16; at++) {
		struct ntlm_keys client, server;
		uint8_t data[32 + 16] = { 0 };
		struct ntlm_piece pieces[2] = { { data, 8, true, false },
						{ data + 8, 24, true, true } };
		assert_int_equal(ntlm_keys_init(&client, session_key, FLAGS, false), 0);
		assert_int_equal(ntlm_keys_init(&server, session_key, FLAGS, true), 0);
		ntlm_protect(&client.out, true, pieces, 2, data + 32);
		data[at] ^= 1;
		assert_int_equal(ntlm_unprotect(&server.in, true, pieces, 2, data + 32), -EBADMSG);
	}
}

static void test_refused(void **state)
{
	struct ntlm_keys keys;
	assert_int_equal(ntlm_keys_init(&keys, session_key,
					FLAGS & ~(uint32_t)NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY,
					false),
			 -ENOTSUP);
}

static void test_messages(void **state)
{
	uint8_t token[100] = { 0x60, 0x62, 0x06 };
	struct ntlm_message m = { 0 };
	memcpy(token + 10, "NTLMSSP\0\3\0\0\0", 12);
	token[10 + 20] = 24;
	token[10 + 60] = 0x35;
	token[10 + 63] = 0xe2;
	assert_true(ntlm_message_find(token, sizeof(token), NTLM_AUTHENTICATE, &m));
	assert_int_equal(m.flags, 0xe2000035);
	assert_int_equal(m.response, NTLM_V1_RESPONSE);
	assert_false(ntlm_message_find(token, sizeof(token), NTLM_CHALLENGE, &m));
	assert_true(ntlm_message_find(token, 10 + 64, NTLM_AUTHENTICATE, &m));
	for (size_t n = 0; n < 10 + 64; n++)
		assert_false(ntlm_message_find(token, n, NTLM_AUTHENTICATE, &m));
	assert_false(ntlm_message_find(NULL, 0, NTLM_AUTHENTICATE, &m));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),  cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_changed),  cmocka_unit_test(test_refused),
		cmocka_unit_test(test_messages),
	};
	return cmocka_run_group_tests_name("ntlm", tests, NULL, NULL);
}
