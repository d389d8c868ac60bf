/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What context.c (handshakes), protect.c (messages) and acceptor.c (credentials) share.
 */
#pragma once

#include "security/context.h"
#include "security/ntlm.h"

#include <gssapi/gssapi_ext.h>

/* GSS_C_NO_CREDENTIAL: not offered. */
struct security_acceptor_creds {
	gss_cred_id_t plain, negotiate; /* for the mechanism itself, and inside SPNEGO */
};

struct security_acceptor {
	struct security_acceptor_creds kerberos, ntlm;
	char *keytab;
	bool vouched;
	uint8_t voucher[SECURITY_SECRET_SIZE];
};

/* What to accept with a context that begins with `token`. */
gss_cred_id_t security_acceptor_cred(const struct security_acceptor *acceptor,
				     enum authn_service service, struct text token);

struct security_context {
	bool initiator, established, dead;
	enum authn_service service;
	gss_ctx_id_t gss;
	struct security_acceptor *acceptor; /* NULL: a client's */
	gss_OID mechanism;                  /* what is asked for; static */
	gss_cred_id_t cred;                 /* an acceptor's is borrowed */
	gss_name_t target;
	OM_uint32 want;                                         /* flags of gss_init_sec_context */
	struct ntlm_message negotiate, challenge, authenticate; /* as they passed by */
	struct buf request; /* the client's AP-REQ, when it forwards a ticket in it */
	bool is_ntlm;
	struct ntlm_keys ntlm;
	struct security_peer peer;
	struct security_vouch *vouch; /* a client's AUTHN_VOUCHED */
};

/* AUTHN_VOUCHED (vouch.c): the one token there is. */
int security_vouch_put(const struct security_vouch *vouch, struct buf *out);
/* -EACCES: malformed, or not of who has the secret. */
int security_vouch_take(const uint8_t secret[SECURITY_SECRET_SIZE], struct text token,
			struct security_peer *ret, struct error *err);

extern gss_OID_desc security_oid_kerberos, security_oid_ntlm, security_oid_negotiate;
/* The mechanism of a service; NULL for a service there is none for. */
gss_OID security_mechanism(enum authn_service service);
/* Fills `err` with what GSSAPI says. */
int security_gss_error(struct error *err, int code, const char *what, OM_uint32 major,
		       OM_uint32 minor, gss_OID mechanism);
