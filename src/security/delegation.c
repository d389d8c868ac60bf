/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ticket that a client forwards at level delegate. MIT's acceptor drops it in DCE style, so it
 * is read here once more, by libkrb5, from the client's first token: the AP-REQ's authenticator
 * has it in its checksum (RFC 4121 4.1.1), as a KRB-CRED.
 */
#include "security/context-internal.h"
#include "security/token.h"

#include <errno.h>
#include <krb5.h>

/* RFC 4121 4.1.1: length and bytes of the bindings' hash, flags, DlgOpt, Dlgth; little-endian. */
enum {
	CHECKSUM_TYPE = 0x8003,
	FLAGS_AT = 20,
	OPTION_AT = 24,
	LENGTH_AT = 26,
	TICKET_AT = 28,
	FLAG_DELEGATE = 1,
};

struct reading {
	krb5_context krb5;
	krb5_auth_context auth;
	krb5_keytab keytab;
	krb5_ticket *ticket;
	krb5_authenticator *authenticator;
	krb5_creds **creds;
};

static void reading_done(struct reading *r)
{
	if (r->creds)
		krb5_free_tgt_creds(r->krb5, r->creds);
	if (r->authenticator)
		krb5_free_authenticator(r->krb5, r->authenticator);
	if (r->ticket)
		krb5_free_ticket(r->krb5, r->ticket);
	if (r->auth)
		krb5_auth_con_free(r->krb5, r->auth);
	if (r->keytab)
		krb5_kt_close(r->krb5, r->keytab);
	krb5_free_context(r->krb5);
}

/* Decrypts the AP-REQ. It was accepted already, so nobody asks for replays again. */
static krb5_error_code read_request(struct reading *r, const char *keytab, struct text request)
{
	krb5_data in = { .length = (unsigned)request.length,
			 .data = (char *)(uintptr_t)request.data };
	krb5_error_code e = krb5_kt_resolve(r->krb5, keytab, &r->keytab);
	if (e == 0)
		e = krb5_auth_con_init(r->krb5, &r->auth);
	if (e == 0)
		e = krb5_auth_con_setflags(r->krb5, r->auth, 0);
	if (e == 0)
		e = krb5_rd_req(r->krb5, &r->auth, &in, NULL, r->keytab, NULL, &r->ticket);
	if (e == 0)
		e = krb5_auth_con_getauthenticator(r->krb5, r->auth, &r->authenticator);
	return e;
}

static unsigned u16_at(const krb5_checksum *c, size_t at)
{
	return c->contents[at] | (unsigned)c->contents[at + 1] << 8;
}

/* The KRB-CRED, or nothing. */
static krb5_data find_ticket(const krb5_authenticator *a)
{
	const krb5_checksum *c = a->checksum;
	krb5_data none = { .length = 0 };
	if (!c || c->checksum_type != CHECKSUM_TYPE || c->length < TICKET_AT ||
	    !(c->contents[FLAGS_AT] & FLAG_DELEGATE) || u16_at(c, OPTION_AT) != 1 ||
	    u16_at(c, LENGTH_AT) > c->length - TICKET_AT)
		return none;
	return (krb5_data){ .length = u16_at(c, LENGTH_AT),
			    .data = (char *)c->contents + TICKET_AT };
}

static krb5_error_code store(struct reading *r, const char *name)
{
	krb5_ccache cache = NULL;
	krb5_error_code e = krb5_cc_resolve(r->krb5, name, &cache);
	if (e == 0)
		e = krb5_cc_initialize(r->krb5, cache, r->authenticator->client);
	for (krb5_creds **c = r->creds; e == 0 && *c; c++)
		e = krb5_cc_store_cred(r->krb5, cache, *c);
	if (cache)
		krb5_cc_close(r->krb5, cache);
	return e;
}

static int failed(struct reading *r, krb5_error_code e, struct error *err)
{
	const char *why = krb5_get_error_message(r->krb5, e);
	error_set(err, -EACCES, "the ticket that the client forwarded cannot be used: %s", why);
	krb5_free_error_message(r->krb5, why);
	return -EACCES;
}

int security_context_delegated(const struct security_context *c, const char *cache,
			       struct error *err)
{
	struct reading r = { NULL };
	if (!c->established || c->peer.impersonation != IMP_LEVEL_DELEGATE || !c->request.length)
		return error_set(err, -ENOENT, "the client has forwarded no ticket");
	if (krb5_init_context(&r.krb5) != 0)
		return error_set(err, -ENOMEM, "out of memory");
	krb5_error_code e = read_request(&r, c->acceptor->keytab, buf_text(&c->request));
	krb5_data ticket = { .length = 0 };
	if (e == 0)
		ticket = find_ticket(r.authenticator);
	if (e == 0 && ticket.length)
		e = krb5_rd_cred(r.krb5, r.auth, &ticket, &r.creds, NULL);
	if (e == 0 && ticket.length)
		e = store(&r, cache);
	int ret = e ? failed(&r, e, err) : 0;
	if (e == 0 && !ticket.length)
		ret = error_set(err, -ENOENT, "the client has forwarded no ticket");
	reading_done(&r);
	return ret;
}
