/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AUTHN_VOUCHED: one token says who calls, by the word of a process that has the acceptor's secret.
 * It protects nothing by itself and is for local sockets, which nobody listens to.
 *
 * The token: the secret; one byte each for service, mechanism, impersonation, level and anonymous;
 * the name, without an end.
 */
#include "security/context-internal.h"

#include <errno.h>
#include <string.h>

#define HEAD (SECURITY_SECRET_SIZE + 5)

int security_vouch_put(const struct security_vouch *v, struct buf *out)
{
	const struct security_peer *p = &v->peer;
	const uint8_t head[] = { (uint8_t)p->service, (uint8_t)p->mechanism,
				 (uint8_t)p->impersonation, (uint8_t)p->vouched, p->anonymous };

	buf_put(out, v->secret, sizeof v->secret);
	buf_put(out, head, sizeof head);
	buf_puts(out, p->name);
	return buf_failed(out) ? -ENOMEM : 0;
}

/* Takes the same time wherever they differ. */
static bool same_secret(const uint8_t *a, const char *b)
{
	uint8_t differ = 0;

	for (size_t i = 0; i < SECURITY_SECRET_SIZE; i++)
		differ |= (uint8_t)(a[i] ^ (uint8_t)b[i]);
	return !differ;
}

int security_vouch_take(const uint8_t secret[SECURITY_SECRET_SIZE], struct text token,
			struct security_peer *ret, struct error *err)
{
	struct security_peer p = { .service = AUTHN_NONE };

	if (token.length < HEAD || token.length - HEAD >= sizeof p.name ||
	    memchr(token.data + HEAD, 0, token.length - HEAD))
		return error_set(err, -EACCES, "a malformed word for a caller");
	if (!same_secret(secret, token.data))
		return error_set(err, -EACCES, "a word for a caller from who may give none");
	const uint8_t *head = (const uint8_t *)token.data + SECURITY_SECRET_SIZE;

	/* Without a level he would pass for a process of this machine. */
	if (head[3] < AUTHN_LEVEL_NONE || head[3] > AUTHN_LEVEL_PKT_PRIVACY)
		return error_set(err, -EACCES, "a word for a caller at level %u", head[3]);

	p.service = (enum authn_service)head[0];
	p.mechanism = (enum authn_service)head[1];
	p.impersonation = (enum imp_level)head[2];
	p.vouched = (enum authn_level)head[3];
	p.anonymous = head[4];
	memcpy(p.name, token.data + HEAD, token.length - HEAD);
	*ret = p;
	return 0;
}
