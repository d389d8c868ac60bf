/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and SIDs, [MS-LSAT].
 */
#include "caller.h"

#include "base/mem.h"

#include <idl/ms-lsat.h>

#define MAXIMUM_ALLOWED 0x02000000u

static bool open_policy(struct caller *c)
{
	LSAPR_OBJECT_ATTRIBUTES attributes = { .Length = 24 };
	struct lsarpc_LsarOpenPolicy2 f = { .SystemName = caller_wide(c, "\\\\server"),
					    .ObjectAttributes = &attributes,
					    .DesiredAccess = MAXIMUM_ALLOWED,
					    .PolicyHandle = &c->policy };
	return caller_invoke(c, &ndr_interface_lsarpc, "LsarOpenPolicy2", &f);
}

/* The domain's SID with one part more. */
static const RPC_SID *account_of(struct caller *c, const RPC_SID *domain, uint32_t rid)
{
	size_t parts = domain->SubAuthorityCount;
	RPC_SID *sid = caller_alloc(c, sizeof(*sid) + (parts + 1) * sizeof(rid));
	memcpy(sid, domain, sizeof(*sid) + parts * sizeof(rid));
	sid->SubAuthority[sid->SubAuthorityCount++] = rid;
	return sid;
}

static bool lookup_names(struct caller *c)
{
	char16_t *name = caller_wide(c, c->account);
	uint16_t bytes = (uint16_t)(utf8_to_utf16_length(text_of(c->account)) * sizeof(*name));
	RPC_UNICODE_STRING names[] = { { bytes, bytes, (WCHAR *)name } };
	PLSAPR_REFERENCED_DOMAIN_LIST domains = NULL;
	LSAPR_TRANSLATED_SIDS sids = { 0 };
	uint32_t count = 0;
	struct lsarpc_LsarLookupNames f = { .PolicyHandle = c->policy,
					    .Count = ARRAY_LEN(names),
					    .Names = names,
					    .ReferencedDomains = &domains,
					    .TranslatedSids = &sids,
					    .LookupLevel = LsapLookupWksta,
					    .MappedCount = &count };
	if (!caller_invoke(c, &ndr_interface_lsarpc, "LsarLookupNames", &f) || sids.Entries != 1)
		return false;
	uint32_t domain = (uint32_t)sids.Sids[0].DomainIndex;
	if (!domains || domain >= domains->Entries || !domains->Domains[domain].Sid)
		return false;
	c->account_sid = account_of(c, domains->Domains[domain].Sid, sids.Sids[0].RelativeId);
	return true;
}

static bool lookup_sids(struct caller *c)
{
	LSAPR_SID_INFORMATION wanted[] = { { (PRPC_SID)(uintptr_t)c->account_sid },
					   { (PRPC_SID)(uintptr_t)c->domain_sid } };
	LSAPR_SID_ENUM_BUFFER sids = { ARRAY_LEN(wanted), wanted };
	PLSAPR_REFERENCED_DOMAIN_LIST domains = NULL;
	LSAPR_TRANSLATED_NAMES names = { 0 };
	uint32_t count = 0;
	struct lsarpc_LsarLookupSids f = { .PolicyHandle = c->policy,
					   .SidEnumBuffer = &sids,
					   .ReferencedDomains = &domains,
					   .TranslatedNames = &names,
					   .LookupLevel = LsapLookupWksta,
					   .MappedCount = &count };
	return caller_invoke(c, &ndr_interface_lsarpc, "LsarLookupSids", &f);
}

static bool close_policy(struct caller *c)
{
	struct lsarpc_LsarClose f = { .ObjectHandle = &c->policy };
	return caller_invoke(c, &ndr_interface_lsarpc, "LsarClose", &f);
}

const struct caller_call caller_lsat[] = {
	{ "LsarOpenPolicy2", open_policy },
	{ "LsarLookupNames", lookup_names },
	{ "LsarLookupSids", lookup_sids },
	{ "LsarClose", close_policy },
	{ NULL, NULL },
};
