/* SPDX-License-Identifier: Apache-2.0 */
#include "lsarpc.h"

#include "base/mem.h"

#include <idl/ms-lsad.h>

/* [MS-LSAD] 2.2.1.1.2, [MS-DTYP] 2.4.3, [MS-ERREF] 2.3.1 */
#define POLICY_VIEW_LOCAL_INFORMATION 0x00000001u
#define POLICY_ALL 0x000f0fffu
#define MAXIMUM_ALLOWED 0x02000000u
#define STATUS_INVALID_PARAMETER ((NTSTATUS)0xC000000D)
#define STATUS_ACCESS_DENIED ((NTSTATUS)0xC0000022)

#define OPERATIONS 142

/* What a handle stands for. */
struct policy {
	uint32_t access;
};
static const char policy_type[] = "policy";

static const char16_t domain_name[] = u"DOM";
static const uint32_t domain_parts[] = { 21, 1, 2, 3 };

static void policy_free(void *data)
{
	mem_free(data);
}

static uint32_t open_policy(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct lsarpc_LsarOpenPolicy2 *f = frame;
	struct policy *p = mem_new(struct policy);
	if (!p)
		return (uint32_t)nca_s_fault_remote_no_memory;
	p->access = f->DesiredAccess & MAXIMUM_ALLOWED ? POLICY_ALL : f->DesiredAccess;
	if (rpc_handle_new(call, policy_type, p, policy_free, &f->PolicyHandle->uuid) < 0) {
		mem_free(p);
		return (uint32_t)nca_s_fault_remote_no_memory;
	}
	return 0;
}

static uint32_t close_policy(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct lsarpc_LsarClose *f = frame;
	if (!rpc_handle_find(call, policy_type, &f->ObjectHandle->uuid))
		return (uint32_t)nca_s_fault_context_mismatch;
	rpc_handle_close(call, policy_type, &f->ObjectHandle->uuid);
	*f->ObjectHandle = (struct ndr_context){ 0 };
	return 0;
}

static PRPC_SID make_sid(struct arena *arena)
{
	PRPC_SID sid = arena_zalloc(arena, 1, sizeof(*sid) + sizeof(domain_parts));
	if (!sid)
		return NULL;
	sid->Revision = 1;
	sid->SubAuthorityCount = ARRAY_LEN(domain_parts);
	sid->IdentifierAuthority.Value[5] = 5;
	memcpy(sid->SubAuthority, domain_parts, sizeof(domain_parts));
	return sid;
}

/* Both methods of it have the same parameters. */
static uint32_t query(struct rpc_call *call, const struct ndr_context *handle,
		      POLICY_INFORMATION_CLASS class, struct arena *arena,
		      PLSAPR_POLICY_INFORMATION *ret, NTSTATUS *ret_status)
{
	const struct policy *p = rpc_handle_find(call, policy_type, &handle->uuid);
	if (!p)
		return (uint32_t)nca_s_fault_context_mismatch;
	if (!(p->access & POLICY_VIEW_LOCAL_INFORMATION)) {
		*ret_status = STATUS_ACCESS_DENIED;
		return 0;
	}
	if (class != PolicyPrimaryDomainInformation && class != PolicyAccountDomainInformation) {
		*ret_status = STATUS_INVALID_PARAMETER;
		return 0;
	}
	LSAPR_POLICY_INFORMATION *found = arena_zalloc(arena, 1, sizeof(*found));
	LSAPR_POLICY_ACCOUNT_DOM_INFO domain = { { sizeof(domain_name) - 2, sizeof(domain_name),
						   (WCHAR *)(uintptr_t)domain_name },
						 make_sid(arena) };
	if (!found || !domain.DomainSid)
		return (uint32_t)nca_s_fault_remote_no_memory;
	if (class == PolicyAccountDomainInformation)
		found->PolicyAccountDomainInfo = domain;
	else
		found->PolicyPrimaryDomainInfo =
			(LSAPR_POLICY_PRIMARY_DOM_INFO){ domain.DomainName, domain.DomainSid };
	*ret = found;
	return 0;
}

static uint32_t query_policy(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct lsarpc_LsarQueryInformationPolicy *f = frame;
	return query(call, &f->PolicyHandle, f->InformationClass, arena, f->PolicyInformation,
		     &f->ReturnValue);
}

static uint32_t query_policy2(void *ctx, struct rpc_call *call, void *frame, struct arena *arena)
{
	struct lsarpc_LsarQueryInformationPolicy2 *f = frame;
	return query(call, &f->PolicyHandle, f->InformationClass, arena, f->PolicyInformation,
		     &f->ReturnValue);
}

static const native_fn methods[OPERATIONS] = {
	[0] = close_policy,
	[7] = query_policy,
	[44] = open_policy,
	[46] = query_policy2,
};

void lsarpc_init(struct native *service)
{
	ASSERT(ndr_method_count(&ndr_interface_lsarpc) == OPERATIONS);
	native_init(service, &ndr_interface_lsarpc, methods, NULL, "Local security authority");
}
