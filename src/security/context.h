/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A security context: one side of one handshake between two parties, and then the keys both have.
 * NTLM (NTLMv2), Kerberos and SPNEGO over both, as DCE/RPC uses them: in DCE style, three tokens.
 *
 * The handshakes are GSSAPI's (MIT krb5, gss-ntlmssp). Messages are protected in place: each has a
 * part that is encrypted and, around it, parts that are only signed, and the signature stands
 * apart. Kerberos does that by gss_wrap_iov; NTLM by security/ntlm.h, since gss-ntlmssp has no
 * such function.
 *
 * A context belongs to one thread at a time. Contexts of one acceptor may be used by several
 * threads. No secret is ever written into an error text.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* [MS-RPCE] 2.2.1.1.7 (auth_type of a sec_trailer) */
enum authn_service {
	AUTHN_NONE = 0,
	AUTHN_GSS_NEGOTIATE = 9,
	AUTHN_WINNT = 10,
	AUTHN_GSS_KERBEROS = 16,
	/* Ours, on local sockets: a process that has authenticated a caller calls another one of
	 * this machine for him, and shows by a secret that it may say who he is. */
	AUTHN_VOUCHED = 240,
};

/* [MS-RPCE] 2.2.1.1.8 (auth_level of a sec_trailer); each protects what the one before does. */
enum authn_level {
	AUTHN_LEVEL_DEFAULT = 0, /* connect */
	AUTHN_LEVEL_NONE = 1,
	AUTHN_LEVEL_CONNECT = 2,
	AUTHN_LEVEL_CALL = 3, /* over a connection the same as packet */
	AUTHN_LEVEL_PKT = 4,
	AUTHN_LEVEL_PKT_INTEGRITY = 5,
	AUTHN_LEVEL_PKT_PRIVACY = 6,
};

/* [MS-RPCE] 2.2.1.1.9: how far the server may act as the caller. It is not on the wire. */
enum imp_level {
	IMP_LEVEL_DEFAULT = 0, /* impersonate */
	IMP_LEVEL_ANONYMOUS = 1,
	IMP_LEVEL_IDENTIFY = 2,
	IMP_LEVEL_IMPERSONATE = 3,
	IMP_LEVEL_DELEGATE = 4,
};

#define SECURITY_TOKEN_MAX 65000 /* bytes of one handshake token */
#define SECURITY_NAME_MAX 256

/* ---- acceptors: what a server is known by ---- */

struct security_acceptor;

#define SECURITY_SECRET_SIZE 16

struct security_acceptor_options {
	const uint8_t *voucher; /* who has this secret may vouch for callers; NULL: nobody */
	const char *keytab;     /* Kerberos keys, a file name; NULL: no Kerberos */
	const char *ntlm_users; /* NTLM accounts ("DOMAIN:user:password" or smbpasswd lines), a
				   file name; NULL: no NTLM */
};

/* Reads the credentials: -ENOENT when none is given, -EACCES when GSSAPI refuses them. */
int security_acceptor_new(const struct security_acceptor_options *options,
			  struct security_acceptor **ret, struct error *err);
/* Its contexts must be gone. Takes NULL, returns NULL. */
struct security_acceptor *security_acceptor_free(struct security_acceptor *acceptor);
/* True when a context of this kind can be accepted. */
bool security_acceptor_offers(const struct security_acceptor *acceptor, enum authn_service service);

/* ---- contexts ---- */

struct security_context;

/* The server's side. -ENOTSUP when the acceptor does not offer it. */
int security_context_accept(struct security_acceptor *acceptor, enum authn_service service,
			    struct security_context **ret);

struct security_identity {
	const char *user, *domain, *password; /* user NULL: who the process is (Kerberos) */
};

/* Who a caller is. */
struct security_peer {
	char name[SECURITY_NAME_MAX]; /* "DOMAIN\\user" (NTLM) or "user@REALM" (Kerberos) */
	enum authn_service service;   /* what was asked for */
	enum authn_service mechanism; /* what SPNEGO chose, else `service` */
	enum imp_level impersonation; /* what the client allows */
	bool anonymous;
	enum authn_level vouched; /* AUTHN_VOUCHED: the level of the call that is passed on */
};

/* For AUTHN_VOUCHED. */
struct security_vouch {
	uint8_t secret[SECURITY_SECRET_SIZE]; /* the acceptor's */
	struct security_peer peer;
};

struct security_initiate {
	enum authn_service service;
	enum authn_level level;
	enum imp_level impersonation;
	const char *target; /* service principal name, "RPCSS/host"; NTLM does without */
	struct security_identity identity;
	/* Delegate only to services whose ticket has the flag ok-as-delegate. */
	bool delegate_by_policy;
	const struct security_vouch *vouch; /* AUTHN_VOUCHED; copied */
};

/* The client's side. Texts are copied. -EACCES when there are no credentials. */
int security_context_initiate(const struct security_initiate *options,
			      struct security_context **ret, struct error *err);
struct security_context *security_context_free(struct security_context *context);

enum security_condition {
	SECURITY_CONTINUE = 1, /* the peer's next token is needed */
};
/* Takes the peer's token (empty at a client's start) and appends ours to `out`, which may be
 * empty. 0: established. SECURITY_CONTINUE. -EACCES: the peer is not who it says, or the token is
 * malformed; the context is then dead. -ENOMEM. -EINVAL: it was established already. */
int security_context_step(struct security_context *context, struct text token, struct buf *out,
			  struct error *err);

/* Whom an established context talks to; NULL before. */
const struct security_peer *security_context_peer(const struct security_context *context);

/* Writes the ticket that a client forwarded at level delegate into a new cache of credentials
 * ("FILE:/run/x", "MEMORY:x"), with which one acts as the client towards others. Any thread.
 * -ENOENT: it forwarded none; -EACCES: it cannot be read. */
int security_context_delegated(const struct security_context *context, const char *cache,
			       struct error *err);

/* ---- protecting messages ---- */

/* A message in one piece: [0, body) and [body + body_length, length) are signed with `sign_header`,
 * by NTLM always; the body is signed or, at packet privacy, encrypted, too. */
struct security_message {
	uint8_t *data;
	size_t length, body, body_length;
	bool sign_header;
};

/* Bytes of a signature at that level; 0 when the level has none. At most SECURITY_SIGNATURE_MAX. */
#define SECURITY_SIGNATURE_MAX 128
size_t security_context_signature_size(const struct security_context *context,
				       enum authn_level level);
/* Protects the next message that goes out. `size` is what security_context_signature_size said. */
int security_context_protect(struct security_context *context, enum authn_level level,
			     struct security_message *message, uint8_t *signature, size_t size);
/* The next message that came in; its body is decrypted in place. -EBADMSG: the signature is not
 * right. */
int security_context_unprotect(struct security_context *context, enum authn_level level,
			       struct security_message *message, const uint8_t *signature,
			       size_t size);
