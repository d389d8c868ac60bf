/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handshakes: a client's credentials, the tokens to and fro, and what is known of the peer at the
 * end. NTLM's messages are looked at as they pass, since GSSAPI does not tell the flags its keys
 * depend on.
 */
#include "base/mem.h"
#include "security/context-internal.h"
#include "security/token.h"

#include <errno.h>
#include <gssapi/gssapi_krb5.h>
#include <gssapi/gssapi_ntlmssp.h>
#include <stdio.h>

/* ---- the client's side ---- */

static gss_buffer_desc buffer_of(const char *z)
{
	return (gss_buffer_desc){ strlen(z), (void *)(uintptr_t)z };
}

static int import_name(struct security_context *c, const char *text, gss_OID kind, gss_name_t *ret,
		       struct error *err)
{
	OM_uint32 minor;
	gss_buffer_desc name = buffer_of(text);
	OM_uint32 major = gss_import_name(&minor, &name, kind, ret);
	if (!GSS_ERROR(major))
		return 0;
	return security_gss_error(err, -EINVAL, "a name cannot be used", major, minor,
				  c->mechanism);
}

/* "user@REALM" for Kerberos, "DOMAIN\user" for NTLM; both understand their own. */
static int acquire_user(struct security_context *c, const struct security_identity *who,
			struct error *err)
{
	char text[2 * SECURITY_NAME_MAX];
	const char *domain = who->domain ? who->domain : "";
	bool ntlm = c->service == AUTHN_WINNT;
	int n = ntlm ? snprintf(text, sizeof(text), "%s\\%s", domain, who->user)
		     : snprintf(text, sizeof(text), "%s%s%s", who->user, *domain ? "@" : "",
				domain);
	if (n < 0 || (size_t)n >= sizeof(text))
		return error_set(err, -EINVAL, "the user's name is too long");
	OM_uint32 minor;
	gss_name_t name = GSS_C_NO_NAME;
	gss_OID_set_desc only = { 1, c->mechanism };
	gss_buffer_desc password = buffer_of(who->password ? who->password : "");
	int r = import_name(c, text, GSS_C_NT_USER_NAME, &name, err);
	if (r < 0)
		return r;
	OM_uint32 major =
		gss_acquire_cred_with_password(&minor, name, &password, GSS_C_INDEFINITE, &only,
					       GSS_C_INITIATE, &c->cred, NULL, NULL);
	if (GSS_ERROR(major))
		r = security_gss_error(err, -EACCES, "the user's credentials cannot be used", major,
				       minor, c->mechanism);
	gss_release_name(&minor, &name);
	return r;
}

/* Who the process is. Without credentials the first step says so. */
static void acquire_process(struct security_context *c)
{
	OM_uint32 minor;
	gss_OID_set_desc only = { 1, c->mechanism };
	if (GSS_ERROR(gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &only,
				       GSS_C_INITIATE, &c->cred, NULL, NULL)))
		c->cred = GSS_C_NO_CREDENTIAL;
}

/* Kerberos offers signatures and encryption even when nobody asks for them, unless it is told not
 * to. Samba's server believes it, reckons with the wrong size of a signature, and fails the call.
 */
static void offer_only_what_is_wanted(struct security_context *c)
{
	OM_uint32 minor;
	gss_buffer_desc none = GSS_C_EMPTY_BUFFER;
	if (c->cred)
		gss_set_cred_option(&minor, &c->cred, GSS_KRB5_CRED_NO_CI_FLAGS_X, &none);
}

static int acquire(struct security_context *c, const struct security_identity *who,
		   struct error *err)
{
	int r = 0;
	if (who->user)
		r = acquire_user(c, who, err);
	else if (c->service != AUTHN_WINNT)
		acquire_process(c);
	if (r == 0 && c->service != AUTHN_WINNT)
		offer_only_what_is_wanted(c);
	return r;
}

/* "service/host" is a name of Kerberos as it is; where NTLM may be chosen, it must be one that NTLM
 * knows, too: "service@host". */
static int import_target(struct security_context *c, const char *target, struct error *err)
{
	char text[SECURITY_NAME_MAX];
	int n = snprintf(text, sizeof(text), "%s", target ? target : "host/localhost");
	if (n < 0 || (size_t)n >= sizeof(text))
		return error_set(err, -EINVAL, "the name of the service is too long");
	if (c->service == AUTHN_GSS_KERBEROS)
		return import_name(c, text, GSS_C_NT_USER_NAME, &c->target, err);
	char *slash = strchr(text, '/');
	if (slash)
		*slash = '@';
	return import_name(c, text, GSS_C_NT_HOSTBASED_SERVICE, &c->target, err);
}

/* At connect level no signature is asked for, which replay and sequence detection imply: Samba's
 * server fails calls when it was agreed on and nothing is signed. */
static OM_uint32 wanted_flags(const struct security_initiate *o)
{
	OM_uint32 flags = GSS_C_DCE_STYLE | GSS_C_MUTUAL_FLAG;
	if (o->level >= AUTHN_LEVEL_CALL)
		flags |= GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG;
	if (o->level >= AUTHN_LEVEL_PKT_PRIVACY)
		flags |= GSS_C_CONF_FLAG;
	if (o->impersonation == IMP_LEVEL_IDENTIFY || o->impersonation == IMP_LEVEL_ANONYMOUS)
		flags |= GSS_C_IDENTIFY_FLAG;
	if (o->impersonation == IMP_LEVEL_DELEGATE)
		flags |= o->delegate_by_policy ? GSS_C_DELEG_POLICY_FLAG : GSS_C_DELEG_FLAG;
	return flags;
}

static int initiate_vouched(const struct security_vouch *vouch, struct security_context **ret,
			    struct error *err)
{
	struct security_context *c = mem_new(struct security_context);
	struct security_vouch *copy = mem_new(struct security_vouch);
	if (!c || !copy) {
		mem_free(c);
		mem_free(copy);
		return error_set(err, -ENOMEM, "out of memory");
	}
	*copy = *vouch;
	c->initiator = true;
	c->service = AUTHN_VOUCHED;
	c->vouch = copy;
	*ret = c;
	return 0;
}

int security_context_initiate(const struct security_initiate *options,
			      struct security_context **ret, struct error *err)
{
	if (options->service == AUTHN_VOUCHED && options->vouch)
		return initiate_vouched(options->vouch, ret, err);
	gss_OID mechanism = security_mechanism(options->service);
	if (!mechanism)
		return error_set(err, -ENOTSUP, "there is no authentication service %d",
				 (int)options->service);
	struct security_context *c = mem_new(struct security_context);
	if (!c)
		return error_set(err, -ENOMEM, "out of memory");
	c->initiator = true;
	c->service = options->service;
	c->mechanism = mechanism;
	c->want = wanted_flags(options);
	int r = acquire(c, &options->identity, err);
	if (r == 0)
		r = import_target(c, options->target, err);
	if (r < 0) {
		security_context_free(c);
		return r;
	}
	*ret = c;
	return 0;
}

struct security_context *security_context_free(struct security_context *c)
{
	OM_uint32 minor;
	if (!c)
		return NULL;
	gss_delete_sec_context(&minor, &c->gss, GSS_C_NO_BUFFER);
	gss_release_name(&minor, &c->target);
	if (c->initiator)
		gss_release_cred(&minor, &c->cred);
	ntlm_keys_done(&c->ntlm);
	buf_done(&c->request);
	if (c->vouch)
		explicit_bzero(c->vouch, sizeof(*c->vouch));
	mem_free(c->vouch);
	return mem_free(c);
}

/* ---- what is known at the end ---- */

static bool same_oid(gss_OID a, gss_OID b)
{
	return a && a->length == b->length && memcmp(a->elements, b->elements, a->length) == 0;
}

/* How many messages were signed before the first of ours. SPNEGO signs one each way at its end
 * (mechListMIC), after which the RC4 streams begin anew but not the numbers ([MS-SPNG] 3.3.5.1);
 * GSSAPI's own next signature tells the number, and nobody needs it any more. */
static uint32_t first_sequence(struct security_context *c)
{
	OM_uint32 minor;
	uint8_t any[1] = { 0 };
	uint32_t number = 0;
	gss_buffer_desc data = { sizeof(any), any }, mic = GSS_C_EMPTY_BUFFER;
	if (c->service != AUTHN_GSS_NEGOTIATE)
		return 0;
	if (!GSS_ERROR(gss_get_mic(&minor, c->gss, GSS_C_QOP_DEFAULT, &data, &mic)) &&
	    mic.length == NTLM_SIGNATURE_SIZE)
		number = ntlm_signature_sequence(mic.value);
	gss_release_buffer(&minor, &mic);
	return number;
}

static int take_session_key(struct security_context *c, struct error *err)
{
	OM_uint32 minor, major;
	gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
	major = gss_inquire_sec_context_by_oid(&minor, c->gss, GSS_C_INQ_SSPI_SESSION_KEY, &set);
	int r = -EACCES;
	if (GSS_ERROR(major))
		security_gss_error(err, r, "NTLM gives no session key", major, minor,
				   &security_oid_ntlm);
	else if (set->count < 1 || set->elements[0].length != NTLM_KEY_SIZE)
		error_set(err, r, "NTLM's session key has a wrong length");
	else if (!(c->challenge.flags & c->authenticate.flags & NTLM_NEGOTIATE_128))
		/* What Windows asks for since Server 2008 R2 (NtlmMinServerSec). */
		error_set(err, r, "the peer's NTLM has no keys of 128 bits");
	else if (!c->initiator && c->authenticate.response <= NTLM_V1_RESPONSE)
		error_set(err, r, "the client answered with NTLM version 1; it must use NTLMv2");
	else
		r = ntlm_keys_init(&c->ntlm, set->elements[0].value,
				   c->challenge.flags & c->authenticate.flags, !c->initiator);
	if (r == 0)
		c->ntlm.out.sequence = c->ntlm.in.sequence = first_sequence(c);
	if (r == -ENOTSUP)
		r = error_set(err, -EACCES, "the peer's NTLM has no extended session security");
	if (set && set->count)
		explicit_bzero(set->elements[0].value, set->elements[0].length);
	gss_release_buffer_set(&minor, &set);
	return r;
}

static void describe_peer(struct security_context *c, gss_name_t name, OM_uint32 flags)
{
	OM_uint32 minor;
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
	struct security_peer *p = &c->peer;
	if (name && !GSS_ERROR(gss_display_name(&minor, name, &text, NULL)))
		snprintf(p->name, sizeof(p->name), "%.*s", (int)text.length,
			 (const char *)text.value);
	gss_release_buffer(&minor, &text);
	p->anonymous = flags & GSS_C_ANON_FLAG;
	if (p->anonymous)
		p->impersonation = IMP_LEVEL_ANONYMOUS;
	else if (flags & GSS_C_IDENTIFY_FLAG ||
		 (c->is_ntlm &&
		  (c->negotiate.flags | c->authenticate.flags) & NTLM_NEGOTIATE_IDENTIFY))
		p->impersonation = IMP_LEVEL_IDENTIFY;
	else
		p->impersonation =
			flags & GSS_C_DELEG_FLAG ? IMP_LEVEL_DELEGATE : IMP_LEVEL_IMPERSONATE;
}

static int establish(struct security_context *c, struct error *err)
{
	OM_uint32 minor, flags = 0;
	gss_OID mechanism = GSS_C_NO_OID;
	gss_name_t name = GSS_C_NO_NAME;
	/* Only the peer's: gss-ntlmssp dies of an acceptor's own name that has no service. */
	OM_uint32 major = gss_inquire_context(&minor, c->gss, c->initiator ? NULL : &name,
					      c->initiator ? &name : NULL, NULL, &mechanism, &flags,
					      NULL, NULL);
	if (GSS_ERROR(major))
		return security_gss_error(err, -EACCES, "the handshake's result is not known",
					  major, minor, c->mechanism);
	c->is_ntlm = same_oid(mechanism, &security_oid_ntlm);
	c->peer.service = c->service;
	c->peer.mechanism = c->is_ntlm ? AUTHN_WINNT : AUTHN_GSS_KERBEROS;
	describe_peer(c, name, flags);
	gss_release_name(&minor, &name);
	int r = c->is_ntlm ? take_session_key(c, err) : 0;
	/* Large, and of use only with a ticket in it. */
	if (c->peer.impersonation != IMP_LEVEL_DELEGATE)
		buf_done(&c->request);
	c->established = r == 0;
	return r;
}

const struct security_peer *security_context_peer(const struct security_context *c)
{
	return c->established ? &c->peer : NULL;
}

/* ---- tokens ---- */

static void watch_ntlm(struct security_context *c, const void *token, size_t length)
{
	if (c->service == AUTHN_GSS_KERBEROS)
		return;
	ntlm_message_find(token, length, NTLM_NEGOTIATE, &c->negotiate);
	ntlm_message_find(token, length, NTLM_CHALLENGE, &c->challenge);
	ntlm_message_find(token, length, NTLM_AUTHENTICATE, &c->authenticate);
}

static OM_uint32 step(struct security_context *c, gss_buffer_t in, gss_buffer_t out,
		      OM_uint32 *minor)
{
	if (c->initiator)
		return gss_init_sec_context(minor, c->cred, &c->gss, c->target, c->mechanism,
					    c->want, 0, GSS_C_NO_CHANNEL_BINDINGS, in, NULL, out,
					    NULL, NULL);
	return gss_accept_sec_context(minor, &c->gss, c->cred, in, GSS_C_NO_CHANNEL_BINDINGS, NULL,
				      NULL, out, NULL, NULL, NULL);
}

/* The next token in, and ours out; 0, SECURITY_CONTINUE or an error. */
static int exchange(struct security_context *c, struct text token, struct buf *out,
		    struct error *err)
{
	OM_uint32 major, minor = 0, ignored;
	gss_buffer_desc in = { token.length, (void *)(uintptr_t)token.data };
	gss_buffer_desc answer = GSS_C_EMPTY_BUFFER;
	int r;
	watch_ntlm(c, token.data, token.length);
	major = step(c, &in, &answer, &minor);
	watch_ntlm(c, answer.value, answer.length);
	if (GSS_ERROR(major))
		r = security_gss_error(err, -EACCES, "the handshake failed", major, minor,
				       c->mechanism);
	else if (major & GSS_S_CONTINUE_NEEDED)
		r = SECURITY_CONTINUE;
	else
		r = establish(c, err);
	if (r >= 0) {
		buf_put(out, answer.value, answer.length);
		r = buf_failed(out) ? error_set(err, -ENOMEM, "out of memory") : r;
	}
	gss_release_buffer(&ignored, &answer);
	return r;
}

/* A client's first token may need another form. */
static int first_exchange(struct security_context *c, struct text token, struct buf *out,
			  struct error *err)
{
	struct buf adapted;
	buf_init(&adapted, SECURITY_TOKEN_MAX + 64);
	if (security_token_adapt(token, &adapted))
		token = buf_text(&adapted);
	c->cred = security_acceptor_cred(c->acceptor, c->service, token);
	buf_put_text(&c->request, security_token_request(token));
	int r = buf_failed(&adapted) || buf_failed(&c->request)
			? error_set(err, -ENOMEM, "out of memory")
			: exchange(c, token, out, err);
	buf_done(&adapted);
	return r;
}

static int vouch(struct security_context *c, struct text token, struct buf *out, struct error *err)
{
	int r = c->initiator ? security_vouch_put(c->vouch, out)
			     : security_vouch_take(c->acceptor->voucher, token, &c->peer, err);
	c->established = r == 0;
	return r;
}

int security_context_step(struct security_context *c, struct text token, struct buf *out,
			  struct error *err)
{
	if (c->established || c->dead)
		return error_set(err, -EINVAL, "a token that no handshake waits for");
	int r;
	if (token.length > SECURITY_TOKEN_MAX)
		r = error_set(err, -EACCES, "a handshake token of %zu bytes", token.length);
	else if (c->service == AUTHN_VOUCHED)
		r = vouch(c, token, out, err);
	else if (c->initiator || c->gss)
		r = exchange(c, token, out, err);
	else
		r = first_exchange(c, token, out, err);
	c->dead = r < 0;
	return r;
}
