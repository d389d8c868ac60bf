/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blankets: security of the calls of one proxy, in the words of IClientSecurity and in ours
 * ([MS-DCOM] 3.2.4.2 says what holds without one). Any thread.
 */
#include "dcom/remote-internal.h"

#include "base/mem.h"

#define CAPABILITIES                                                                               \
	((DWORD)(EOAC_MUTUAL_AUTH | EOAC_STATIC_CLOAKING | EOAC_DYNAMIC_CLOAKING | EOAC_DEFAULT))
#define CLOAKING ((DWORD)(EOAC_STATIC_CLOAKING | EOAC_DYNAMIC_CLOAKING))

struct remote_blanket *remote_blanket_ref(struct remote_blanket *blanket)
{
	if (blanket)
		__atomic_add_fetch(&blanket->refs, 1, __ATOMIC_RELAXED);
	return blanket;
}

static void free_client(void *client)
{
	rpc_client_free(client);
}

/* Whoever calls has a reference, so no call is under way. */
struct remote_blanket *remote_blanket_unref(struct remote_blanket *blanket)
{
	if (!blanket || __atomic_sub_fetch(&blanket->refs, 1, __ATOMIC_ACQ_REL))
		return NULL;
	map_free(blanket->clients, free_client);
	remote_security_unref(blanket->security);
	return mem_free(blanket);
}

/* ---- what SetBlanket says ---- */

static bool known_service(DWORD service)
{
	return service == RPC_C_AUTHN_DEFAULT || service == AUTHN_NONE || service == AUTHN_WINNT ||
	       service == AUTHN_GSS_NEGOTIATE || service == AUTHN_GSS_KERBEROS;
}

/* Threads here run as nobody but the process, so either cloaking sees the same identity. */
static bool is_valid(const struct remote_blanket_words *w)
{
	return known_service(w->service) &&
	       (w->authorization == RPC_C_AUTHZ_NONE || w->authorization == RPC_C_AUTHZ_DEFAULT) &&
	       w->level <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY &&
	       (w->service != AUTHN_NONE || w->level <= RPC_C_AUTHN_LEVEL_NONE) &&
	       w->impersonation <= RPC_C_IMP_LEVEL_DELEGATE && !(w->capabilities & ~CAPABILITIES) &&
	       (w->capabilities & CLOAKING) != CLOAKING;
}

/* The words as a server's; texts go to `texts` and `principal`. */
static bool take_words(const struct remote_security *usual, const struct remote_blanket_words *w,
		       struct dcom_identity_texts *texts, char principal[BINDINGS_TEXT_MAX],
		       struct dcom_server *ret)
{
	*ret = (struct dcom_server){ .impersonation = w->impersonation
							      ? (enum imp_level)w->impersonation
							      : usual->impersonation,
				     .principal = usual->principal };
	if (w->service != RPC_C_AUTHN_DEFAULT)
		ret->service = (enum authn_service)w->service;
	if (w->principal && w->principal != COLE_DEFAULT_PRINCIPAL) {
		if (!dcom_utf8(w->principal, principal))
			return false;
		ret->principal = principal;
	}
	if (w->auth_info == COLE_DEFAULT_AUTHINFO)
		ret->identity =
			(struct security_identity){ usual->user, usual->domain, usual->password };
	return !w->auth_info || w->auth_info == COLE_DEFAULT_AUTHINFO ||
	       dcom_identity(w->auth_info, texts, &ret->identity);
}

HRESULT remote_blanket_new(struct remote *remote, const struct remote_blanket_words *w,
			   struct remote_blanket **ret)
{
	char principal[BINDINGS_TEXT_MAX];
	struct dcom_identity_texts texts;
	struct dcom_server server;

	if (!is_valid(w) || !take_words(remote->security, w, &texts, principal, &server))
		return E_INVALIDARG;
	struct remote_blanket *blanket = mem_new(struct remote_blanket);

	if (blanket) {
		*blanket = (struct remote_blanket){ .refs = 1,
						    .security = remote_security_new(&server),
						    .capabilities = w->capabilities,
						    .auth_info = w->auth_info,
						    .clients = map_new(REMOTE_CLIENTS_MAX, 0) };
		if (!blanket->security || !blanket->clients)
			blanket = remote_blanket_unref(blanket);
	}
	explicit_bzero(&texts, sizeof texts);
	if (!blanket)
		return E_OUTOFMEMORY;
	/* Who says a level means it; the least that we use unasked is for the others. */
	blanket->security->level =
		w->service == AUTHN_NONE ? AUTHN_LEVEL_NONE : (enum authn_level)w->level;
	*ret = blanket;
	return S_OK;
}

/* ---- what QueryBlanket says ---- */

HRESULT remote_blanket_query(struct remote *remote, const struct remote_blanket *blanket,
			     struct remote_blanket_words *ret)
{
	struct remote_manner m;
	HRESULT hr = remote_manner(remote, blanket, &m);

	if (FAILED(hr))
		return hr;
	*ret = (struct remote_blanket_words){
		.service = m.level > AUTHN_LEVEL_NONE ? (DWORD)m.service : RPC_C_AUTHN_NONE,
		.authorization = RPC_C_AUTHZ_NONE,
		.level = (DWORD)m.level,
		.impersonation = (DWORD)m.security->impersonation,
		.auth_info = blanket ? blanket->auth_info : NULL,
		.capabilities = blanket ? blanket->capabilities : EOAC_NONE,
	};
	if (ret->auth_info == COLE_DEFAULT_AUTHINFO)
		ret->auth_info = NULL;
	if (m.principal && !(ret->principal = dcom_utf16(m.principal)))
		return E_OUTOFMEMORY;
	return S_OK;
}
