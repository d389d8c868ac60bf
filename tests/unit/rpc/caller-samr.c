/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accounts of a server, [MS-SAMR].
 */
#include "caller.h"

#include <idl/ms-samr.h>

#define MAXIMUM_ALLOWED 0x02000000u
#define EVERYTHING 0xffffffffu

static PRPC_UNICODE_STRING unicode(struct caller *c, const char16_t *text)
{
	PRPC_UNICODE_STRING s = caller_alloc(c, sizeof(*s));
	size_t n = 0;
	while (text[n])
		n++;
	s->Length = s->MaximumLength = (uint16_t)(n * sizeof(*text));
	s->Buffer = (WCHAR *)(uintptr_t)text;
	return s;
}

static bool connect5(struct caller *c)
{
	SAMPR_REVISION_INFO in = { .V1 = { .Revision = 3 } }, out;
	uint32_t version;
	struct samr_SamrConnect5 f = { .ServerName = caller_wide(c, "\\\\server"),
				       .DesiredAccess = MAXIMUM_ALLOWED,
				       .InVersion = 1,
				       .InRevisionInfo = &in,
				       .OutVersion = &version,
				       .OutRevisionInfo = &out,
				       .ServerHandle = &c->server };
	return caller_invoke(c, &ndr_interface_samr, "SamrConnect5", &f);
}

/* Remembers the first domain, that of the accounts; the other is "Builtin". */
static bool enumerate_domains(struct caller *c)
{
	uint32_t context = 0, count;
	PSAMPR_ENUMERATION_BUFFER found = NULL;
	struct samr_SamrEnumerateDomainsInSamServer f = { .ServerHandle = c->server,
							  .EnumerationContext = &context,
							  .Buffer = &found,
							  .PreferedMaximumLength = EVERYTHING,
							  .CountReturned = &count };
	if (!caller_invoke(c, &ndr_interface_samr, "SamrEnumerateDomainsInSamServer", &f) || !found)
		return false;
	if (found->EntriesRead) {
		const RPC_UNICODE_STRING *name = &found->Buffer[0].Name;
		char16_t *copy = caller_alloc(c, name->Length + sizeof(*copy));
		memcpy(copy, name->Buffer, name->Length);
		c->domain_name = copy;
	}
	return c->domain_name;
}

static bool lookup_domain(struct caller *c)
{
	PRPC_SID sid = NULL;
	struct samr_SamrLookupDomainInSamServer f = { .ServerHandle = c->server,
						      .Name = unicode(c, c->domain_name),
						      .DomainId = &sid };
	bool good = caller_invoke(c, &ndr_interface_samr, "SamrLookupDomainInSamServer", &f);
	c->domain_sid = sid;
	return good;
}

static bool open_domain(struct caller *c)
{
	struct samr_SamrOpenDomain f = { .ServerHandle = c->server,
					 .DesiredAccess = MAXIMUM_ALLOWED,
					 .DomainId = (PRPC_SID)(uintptr_t)c->domain_sid,
					 .DomainHandle = &c->domain };
	return caller_invoke(c, &ndr_interface_samr, "SamrOpenDomain", &f);
}

static bool enumerate_users(struct caller *c)
{
	uint32_t context = 0, count;
	PSAMPR_ENUMERATION_BUFFER found = NULL;
	struct samr_SamrEnumerateUsersInDomain f = { .DomainHandle = c->domain,
						     .EnumerationContext = &context,
						     .Buffer = &found,
						     .PreferedMaximumLength = EVERYTHING,
						     .CountReturned = &count };
	return caller_invoke(c, &ndr_interface_samr, "SamrEnumerateUsersInDomain", &f);
}

static bool close_one(struct caller *c, struct ndr_context *handle)
{
	struct samr_SamrCloseHandle f = { .SamHandle = handle };
	return caller_invoke(c, &ndr_interface_samr, "SamrCloseHandle", &f);
}

static bool close_both(struct caller *c)
{
	return close_one(c, &c->domain) && close_one(c, &c->server);
}

const struct caller_call caller_samr[] = {
	{ "SamrConnect5", connect5 },
	{ "SamrEnumerateDomainsInSamServer", enumerate_domains },
	{ "SamrLookupDomainInSamServer", lookup_domain },
	{ "SamrOpenDomain", open_domain },
	{ "SamrEnumerateUsersInDomain", enumerate_users },
	{ "SamrCloseHandle", close_both },
	{ NULL, NULL },
};
