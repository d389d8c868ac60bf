/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The credentials a server accepts with: one for each service it offers, read once and used by all
 * its contexts. The one place that says where accounts of NTLM come from.
 */
#include "base/mem.h"
#include "security/context-internal.h"

#include <errno.h>
#include <gssapi/gssapi_ntlmssp.h>
#include <unistd.h>

/* 1.2.840.113554.1.2.2, [MS-NLMP] 1.9: 1.3.6.1.4.1.311.2.2.10, RFC 4178: 1.3.6.1.5.5.2 */
static char kerberos_bytes[] = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";
/* 1.2.840.48018.1.2.2, what Windows calls it first ([MS-SPNG] 3.1.5.2) */
static const char kerberos_windows[] = "\x2a\x86\x48\x82\xf7\x12\x01\x02\x02";
static char ntlm_bytes[] = GSS_NTLMSSP_OID_STRING;
static char negotiate_bytes[] = "\x2b\x06\x01\x05\x05\x02";
gss_OID_desc security_oid_kerberos = { sizeof(kerberos_bytes) - 1, kerberos_bytes };
gss_OID_desc security_oid_ntlm = { sizeof(ntlm_bytes) - 1, ntlm_bytes };
gss_OID_desc security_oid_negotiate = { sizeof(negotiate_bytes) - 1, negotiate_bytes };

gss_OID security_mechanism(enum authn_service service)
{
	switch (service) {
	case AUTHN_GSS_NEGOTIATE:
		return &security_oid_negotiate;
	case AUTHN_WINNT:
		return &security_oid_ntlm;
	case AUTHN_GSS_KERBEROS:
		return &security_oid_kerberos;
	default:
		return NULL;
	}
}

static void append_status(struct buf *text, OM_uint32 status, int kind, gss_OID mechanism)
{
	OM_uint32 minor, more = 0;
	gss_buffer_desc part = GSS_C_EMPTY_BUFFER;
	if (GSS_ERROR(gss_display_status(&minor, status, kind, mechanism, &more, &part)))
		return;
	buf_printf(text, "; %.*s", (int)part.length, (const char *)part.value);
	gss_release_buffer(&minor, &part);
}

int security_gss_error(struct error *err, int code, const char *what, OM_uint32 major,
		       OM_uint32 minor, gss_OID mechanism)
{
	struct buf text;
	if (!err)
		return code;
	buf_init(&text, ERROR_TEXT_MAX);
	append_status(&text, major, GSS_C_GSS_CODE, GSS_C_NO_OID);
	if (minor)
		append_status(&text, minor, GSS_C_MECH_CODE, mechanism);
	error_set(err, code, "%s%s", what, buf_cstr(&text));
	buf_done(&text);
	return code;
}

/* ---- reading them ---- */

/* gss-ntlmssp keeps a file of accounts only with the name of a server, any name; Kerberos then
 * accepts for that name alone. So Kerberos gets none, and SPNEGO has credentials for each. */
static int server_name(enum authn_service mechanism, gss_name_t *ret, struct error *err)
{
	OM_uint32 minor;
	char any[] = "@"; /* this machine, whatever the client calls it */
	gss_buffer_desc text = { sizeof(any) - 1, any };
	*ret = GSS_C_NO_NAME;
	if (mechanism != AUTHN_WINNT)
		return 0;
	OM_uint32 major = gss_import_name(&minor, &text, GSS_C_NT_HOSTBASED_SERVICE, ret);
	return GSS_ERROR(major) ? security_gss_error(err, -EACCES, "the server cannot be named",
						     major, minor, &security_oid_ntlm)
				: 0;
}

static int acquire(enum authn_service service, enum authn_service mechanism,
		   gss_key_value_set_desc *store, gss_cred_id_t *ret, struct error *err)
{
	OM_uint32 minor, ignored;
	gss_OID oid = security_mechanism(service);
	gss_OID_set_desc only = { 1, oid }, inner = { 1, security_mechanism(mechanism) };
	gss_name_t name;
	int r = server_name(mechanism, &name, err);
	if (r < 0)
		return r;
	OM_uint32 major = gss_acquire_cred_from(&minor, name, GSS_C_INDEFINITE, &only, GSS_C_ACCEPT,
						store, ret, NULL, NULL);
	if (!GSS_ERROR(major) && service == AUTHN_GSS_NEGOTIATE)
		major = gss_set_neg_mechs(&minor, *ret, &inner);
	if (GSS_ERROR(major))
		r = security_gss_error(err, -EACCES, "the server's own credentials cannot be used",
				       major, minor, oid);
	gss_release_name(&ignored, &name);
	return r;
}

static int readable(const char *path, const char *what, struct error *err)
{
	if (access(path, R_OK) == 0)
		return 0;
	int e = -errno;
	return error_set(err, e, "cannot read the %s %s: %s", what, path, error_errno_text(e));
}

static int acquire_both(struct security_acceptor_creds *creds, enum authn_service mechanism,
			const char *path, const char *what, gss_key_value_set_desc *store,
			struct error *err)
{
	if (!path)
		return 0;
	int r = readable(path, what, err);
	if (r == 0)
		r = acquire(mechanism, mechanism, store, &creds->plain, err);
	if (r == 0)
		r = acquire(AUTHN_GSS_NEGOTIATE, mechanism, store, &creds->negotiate, err);
	return r;
}

static int acquire_all(struct security_acceptor *a, const struct security_acceptor_options *o,
		       struct error *err)
{
	/* The three tokens of DCE style make a replay useless, so no cache of them is kept. */
	gss_key_value_element_desc elements[] = {
		{ "rcache", "none:" },
		{ "keytab", o->keytab },
		{ GSS_NTLMSSP_CS_KEYFILE, o->ntlm_users },
	};
	gss_key_value_set_desc kerberos = { 2, elements }, ntlm = { 1, elements + 2 };
	int r = acquire_both(&a->kerberos, AUTHN_GSS_KERBEROS, o->keytab, "keytab", &kerberos, err);
	if (r == 0)
		r = acquire_both(&a->ntlm, AUTHN_WINNT, o->ntlm_users, "NTLM accounts", &ntlm, err);
	return r;
}

int security_acceptor_new(const struct security_acceptor_options *options,
			  struct security_acceptor **ret, struct error *err)
{
	if (!options->keytab && !options->ntlm_users && !options->voucher)
		return error_set(
			err, -ENOENT,
			"neither a keytab nor NTLM accounts are given to accept callers with");
	struct security_acceptor *a = mem_new(struct security_acceptor);
	if (!a)
		return error_set(err, -ENOMEM, "out of memory");
	a->vouched = options->voucher != NULL;
	if (a->vouched)
		memcpy(a->voucher, options->voucher, sizeof(a->voucher));
	a->keytab = options->keytab ? mem_strdup(options->keytab) : NULL;
	int r = options->keytab && !a->keytab ? error_set(err, -ENOMEM, "out of memory")
					      : acquire_all(a, options, err);
	if (r < 0) {
		security_acceptor_free(a);
		return r;
	}
	*ret = a;
	return 0;
}

static void release(struct security_acceptor_creds *creds)
{
	OM_uint32 minor;
	gss_release_cred(&minor, &creds->plain);
	gss_release_cred(&minor, &creds->negotiate);
}

struct security_acceptor *security_acceptor_free(struct security_acceptor *a)
{
	if (!a)
		return NULL;
	release(&a->kerberos);
	release(&a->ntlm);
	mem_free(a->keytab);
	return mem_free(a);
}

bool security_acceptor_offers(const struct security_acceptor *a, enum authn_service service)
{
	if (!a)
		return false;
	switch (service) {
	case AUTHN_GSS_NEGOTIATE:
		return a->kerberos.negotiate || a->ntlm.negotiate;
	case AUTHN_WINNT:
		return a->ntlm.plain;
	case AUTHN_GSS_KERBEROS:
		return a->kerberos.plain;
	case AUTHN_VOUCHED:
		return a->vouched;
	default:
		return false;
	}
}

gss_cred_id_t security_acceptor_cred(const struct security_acceptor *a, enum authn_service service,
				     struct text token)
{
	if (service == AUTHN_WINNT)
		return a->ntlm.plain;
	if (service == AUTHN_GSS_KERBEROS)
		return a->kerberos.plain;
	/* Kerberos, if the client's first token (RFC 4178 4.2.1) has it in its list. */
	bool listed =
		token.length &&
		(memmem(token.data, token.length, kerberos_bytes, sizeof(kerberos_bytes) - 1) ||
		 memmem(token.data, token.length, kerberos_windows, sizeof(kerberos_windows) - 1));
	if (!a->ntlm.negotiate || (a->kerberos.negotiate && listed))
		return a->kerberos.negotiate;
	return a->ntlm.negotiate;
}

int security_context_accept(struct security_acceptor *acceptor, enum authn_service service,
			    struct security_context **ret)
{
	if (!security_acceptor_offers(acceptor, service))
		return -ENOTSUP;
	struct security_context *c = mem_new(struct security_context);
	if (!c)
		return -ENOMEM;
	c->service = service;
	c->mechanism = security_mechanism(service);
	c->acceptor = acceptor;
	buf_init(&c->request, SECURITY_TOKEN_MAX);
	*ret = c;
	return 0;
}
