/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words for a caller (security/vouch.c): any bytes are taken or refused, none without the secret,
 * and who was taken is, written again, taken as the same. The first byte of the input says whether
 * the secret stands in front of the rest.
 */
#include "fuzz.h"

#include "security/context-internal.h"

#include <errno.h>

static const uint8_t secret[SECURITY_SECRET_SIZE] = { 's', 'e', 'c', 'r', 'e', 't' };

static void require_same(const struct security_peer *peer)
{
	struct security_vouch vouch = { .peer = *peer };
	struct security_peer again;
	struct buf out;

	memcpy(vouch.secret, secret, sizeof secret);
	buf_init(&out, 4096);
	FUZZ_REQUIRE(security_vouch_put(&vouch, &out) == 0);
	FUZZ_REQUIRE(security_vouch_take(secret, buf_text(&out), &again, NULL) == 0);
	FUZZ_REQUIRE(strcmp(again.name, peer->name) == 0);
	FUZZ_REQUIRE(again.service == peer->service && again.mechanism == peer->mechanism);
	FUZZ_REQUIRE(again.impersonation == peer->impersonation);
	FUZZ_REQUIRE(again.vouched == peer->vouched && again.anonymous == peer->anonymous);
	buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct security_peer peer = { .name = "nobody" };
	struct error err = { 0 };
	struct buf token;
	bool known = size && data[0] & 1;

	buf_init(&token, size + sizeof secret + 1);
	if (known)
		buf_put(&token, secret, sizeof secret);
	if (size)
		buf_put(&token, data + 1, size - 1);
	int r = security_vouch_take(secret, buf_text(&token), &peer, &err);

	if (r == 0) {
		FUZZ_REQUIRE(memcmp(token.data, secret, sizeof secret) == 0);
		FUZZ_REQUIRE(peer.vouched >= AUTHN_LEVEL_NONE &&
			     peer.vouched <= AUTHN_LEVEL_PKT_PRIVACY);
		require_same(&peer);
	} else {
		FUZZ_REQUIRE(r == -EACCES && err.text[0] && strcmp(peer.name, "nobody") == 0);
	}
	buf_done(&token);
	return 0;
}
