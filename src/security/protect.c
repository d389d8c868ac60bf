/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing and sealing messages of an established context: Kerberos by gss_wrap_iov and
 * gss_get_mic ([MS-KILE] 3.4.5.4 to 3.4.5.7 in DCE style), NTLM by keys of our own.
 */
#include "security/context-internal.h"

#include <errno.h>

static bool has_signature(enum authn_level level)
{
	return level >= AUTHN_LEVEL_CALL && level <= AUTHN_LEVEL_PKT_PRIVACY;
}

/* ---- NTLM ---- */

/* With extended session security all of the message is signed, whatever was said of headers: so do
 * Windows, Samba and impacket. */
static void ntlm_pieces(const struct security_message *m, enum authn_level level,
			struct ntlm_piece pieces[3])
{
	size_t end = m->body + m->body_length;
	pieces[0] = (struct ntlm_piece){ m->data, m->body, true, false };
	pieces[1] = (struct ntlm_piece){ m->data + m->body, m->body_length, true,
					 level == AUTHN_LEVEL_PKT_PRIVACY };
	pieces[2] = (struct ntlm_piece){ m->data + end, m->length - end, true, false };
}

/* ---- Kerberos ---- */

/* What a signature alone is over: all of it, or the body. */
static gss_buffer_desc signed_part(const struct security_message *m)
{
	if (m->sign_header)
		return (gss_buffer_desc){ m->length, m->data };
	return (gss_buffer_desc){ m->body_length, m->data + m->body };
}

/* What encryption takes: the signature stands in the header buffer, all of it (DCE style). */
static int wrap_pieces(const struct security_message *m, uint8_t *signature, size_t size,
		       gss_iov_buffer_desc iov[4])
{
	size_t end = m->body + m->body_length;
	int n = 0;
	iov[n++] = (gss_iov_buffer_desc){ GSS_IOV_BUFFER_TYPE_HEADER, { size, signature } };
	if (m->sign_header)
		iov[n++] = (gss_iov_buffer_desc){ GSS_IOV_BUFFER_TYPE_SIGN_ONLY,
						  { m->body, m->data } };
	iov[n++] = (gss_iov_buffer_desc){ GSS_IOV_BUFFER_TYPE_DATA,
					  { m->body_length, m->data + m->body } };
	if (m->sign_header)
		iov[n++] = (gss_iov_buffer_desc){ GSS_IOV_BUFFER_TYPE_SIGN_ONLY,
						  { m->length - end, m->data + end } };
	return n;
}

static size_t kerberos_size(const struct security_context *c, enum authn_level level)
{
	OM_uint32 minor, major;
	uint8_t any[16] = { 0 };
	gss_iov_buffer_desc iov[2] = {
		{ level == AUTHN_LEVEL_PKT_PRIVACY ? GSS_IOV_BUFFER_TYPE_HEADER
						   : GSS_IOV_BUFFER_TYPE_MIC_TOKEN,
		  { 0, NULL } },
		{ GSS_IOV_BUFFER_TYPE_DATA, { sizeof(any), any } },
	};
	if (level == AUTHN_LEVEL_PKT_PRIVACY)
		major = gss_wrap_iov_length(&minor, c->gss, 1, GSS_C_QOP_DEFAULT, NULL, iov, 2);
	else
		major = gss_get_mic_iov_length(&minor, c->gss, GSS_C_QOP_DEFAULT, iov, 2);
	size_t size = GSS_ERROR(major) ? 0 : iov[0].buffer.length;
	return size <= SECURITY_SIGNATURE_MAX ? size : 0;
}

static int kerberos_protect(struct security_context *c, enum authn_level level,
			    struct security_message *m, uint8_t *signature, size_t size)
{
	OM_uint32 minor, major;
	if (level == AUTHN_LEVEL_PKT_PRIVACY) {
		gss_iov_buffer_desc iov[4];
		int n = wrap_pieces(m, signature, size, iov), sealed = 0;
		major = gss_wrap_iov(&minor, c->gss, 1, GSS_C_QOP_DEFAULT, &sealed, iov, n);
		return GSS_ERROR(major) || !sealed || iov[0].buffer.length != size ? -EIO : 0;
	}
	gss_buffer_desc part = signed_part(m), mic = GSS_C_EMPTY_BUFFER;
	major = gss_get_mic(&minor, c->gss, GSS_C_QOP_DEFAULT, &part, &mic);
	bool ok = !GSS_ERROR(major) && mic.length == size;
	if (ok)
		memcpy(signature, mic.value, size);
	gss_release_buffer(&minor, &mic);
	return ok ? 0 : -EIO;
}

static int kerberos_unprotect(struct security_context *c, enum authn_level level,
			      struct security_message *m, const uint8_t *signature, size_t size)
{
	OM_uint32 minor, major;
	/* Decryption needs the signature's bytes where it may change them. */
	uint8_t copy[SECURITY_SIGNATURE_MAX];
	if (size > sizeof(copy))
		return -EBADMSG;
	memcpy(copy, signature, size);
	if (level == AUTHN_LEVEL_PKT_PRIVACY) {
		gss_iov_buffer_desc iov[4];
		int n = wrap_pieces(m, copy, size, iov), sealed = 0;
		major = gss_unwrap_iov(&minor, c->gss, &sealed, NULL, iov, n);
		return major != GSS_S_COMPLETE || !sealed ? -EBADMSG : 0;
	}
	gss_buffer_desc part = signed_part(m), mic = { size, copy };
	major = gss_verify_mic(&minor, c->gss, &part, &mic, NULL);
	return major != GSS_S_COMPLETE ? -EBADMSG : 0;
}

/* ---- both ---- */

size_t security_context_signature_size(const struct security_context *c, enum authn_level level)
{
	if (!c->established || c->service == AUTHN_VOUCHED || !has_signature(level))
		return 0;
	return c->is_ntlm ? NTLM_SIGNATURE_SIZE : kerberos_size(c, level);
}

int security_context_protect(struct security_context *c, enum authn_level level,
			     struct security_message *m, uint8_t *signature, size_t size)
{
	if (!c->established || !size || size != security_context_signature_size(c, level))
		return -EINVAL;
	if (!c->is_ntlm)
		return kerberos_protect(c, level, m, signature, size);
	struct ntlm_piece pieces[3];
	ntlm_pieces(m, level, pieces);
	ntlm_protect(&c->ntlm.out, c->ntlm.key_exchange, pieces, 3, signature);
	return 0;
}

int security_context_unprotect(struct security_context *c, enum authn_level level,
			       struct security_message *m, const uint8_t *signature, size_t size)
{
	if (!c->established || c->service == AUTHN_VOUCHED || !has_signature(level))
		return -EINVAL;
	if (!c->is_ntlm)
		return kerberos_unprotect(c, level, m, signature, size);
	if (size != NTLM_SIGNATURE_SIZE)
		return -EBADMSG;
	struct ntlm_piece pieces[3];
	ntlm_pieces(m, level, pieces);
	return ntlm_unprotect(&c->ntlm.in, c->ntlm.key_exchange, pieces, 3, signature);
}
