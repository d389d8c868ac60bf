/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an object can learn of the call that it serves: who calls, how well protected, how far the
 * server may go (IServerSecurity, by CoGetCallContext and CoQueryClientBlanket; [MS-DCOM] 3.1.1.4).
 * The object with the answers is made when somebody asks. On the thread of the call.
 */
#include "dcom/dcom-internal.h"

#include "com/activate.h"
#include "com/errorinfo.h"
#include "com/unknown.h"

/* Whoever keeps it hears that the call is over. */
struct security {
	IServerSecurity face;
	uint32_t refs;
	bool over; /* atomic */
	DWORD service, level, impersonation;
	OLECHAR *name; /* NULL: nobody has proved who he is */
};

COM_OBJECT(security, IServerSecurity)

static void security_free(struct security *self)
{
	mem_free(self->name);
	mem_free(self);
}

static bool is_over(struct security *self)
{
	return __atomic_load_n(&self->over, __ATOMIC_ACQUIRE);
}

/* The name is the call's, and valid as long. */
static HRESULT security_blanket(IServerSecurity *This, DWORD *ret_service, DWORD *ret_authorization,
				OLECHAR **ret_principal, DWORD *ret_level, DWORD *ret_impersonation,
				void **ret_name, DWORD *ret_capabilities)
{
	struct security *self = security_self(This);

	if (is_over(self))
		return RPC_E_CALL_COMPLETE;
	if (ret_service)
		*ret_service = self->service;
	if (ret_authorization)
		*ret_authorization = RPC_C_AUTHZ_NONE;
	if (ret_principal)
		*ret_principal = NULL;
	if (ret_level)
		*ret_level = self->level;
	if (ret_impersonation)
		*ret_impersonation = self->impersonation;
	if (ret_name)
		*ret_name = self->name;
	if (ret_capabilities)
		*ret_capabilities = 0;
	return S_OK;
}

static HRESULT security_impersonate(IServerSecurity *This)
{
	return is_over(security_self(This))
		       ? RPC_E_CALL_COMPLETE
		       : errorinfo_set(CO_E_FAILEDTOIMPERSONATE, "DCOM",
				       "callers are no users of this machine, as which a thread "
				       "could run");
}

static HRESULT security_revert(IServerSecurity *This)
{
	return S_OK;
}

static BOOL security_is_impersonating(IServerSecurity *This)
{
	return false;
}

static const IServerSecurityVtbl security_vtbl = {
	security_query,       security_addref, security_release,          security_blanket,
	security_impersonate, security_revert, security_is_impersonating,
};

static struct security *security_new(const struct rpc_caller *caller)
{
	struct security *self = mem_new(struct security);
	const struct security_peer *peer = caller->peer;
	enum authn_level level = caller->level;
	struct security_peer local;

	if (!self)
		return NULL;
	if (dcom_is_local(caller)) {
		dcom_local_peer(caller, &local);
		peer = &local;
		level = AUTHN_LEVEL_PKT_PRIVACY;
	}
	*self = (struct security){ .face = { &security_vtbl },
				   .refs = 1,
				   .service = RPC_C_AUTHN_NONE,
				   .level = RPC_C_AUTHN_LEVEL_NONE,
				   .impersonation = RPC_C_IMP_LEVEL_ANONYMOUS };
	if (!peer)
		return self;
	self->service = peer->service;
	self->level = level;
	if (peer->anonymous)
		return self;
	self->impersonation = peer->impersonation ? peer->impersonation : IMP_LEVEL_IMPERSONATE;
	self->name = dcom_utf16(peer->name);
	if (!self->name) {
		security_free(self);
		return NULL;
	}
	return self;
}

/* ---- the call's place for it: on the stack, and never given away ---- */

static HRESULT served_query(IUnknown *This, REFIID riid, void **ret)
{
	struct served *served = container_of(This, struct served, face);

	if (!served->made)
		served->made = security_new(served->caller);
	if (!served->made) {
		*ret = NULL;
		return E_OUTOFMEMORY;
	}
	return security_query(&served->made->face, riid, ret);
}

static ULONG served_count(IUnknown *This)
{
	return 1;
}

static const IUnknownVtbl served_vtbl = { served_query, served_count, served_count };

void dcom_serve_begin(struct served *served, const struct rpc_caller *caller)
{
	*served = (struct served){ .face = { &served_vtbl }, .caller = caller };
	served->outer = com_call_set(&served->face);
}

void dcom_serve_end(struct served *served)
{
	com_call_set(served->outer);
	if (!served->made)
		return;
	__atomic_store_n(&served->made->over, true, __ATOMIC_RELEASE);
	security_release(&served->made->face);
}
