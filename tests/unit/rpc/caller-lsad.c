/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy of a server, [MS-LSAD]. Its interface is the same as that of [MS-LSAT], whose IDL has
 * other names for the same things; so this is a file of its own.
 */
#include "caller.h"

#include <idl/ms-lsad.h>

/* Remembers the domain of accounts. */
static bool query_policy(struct caller *c)
{
	PLSAPR_POLICY_INFORMATION found = NULL;
	struct lsarpc_LsarQueryInformationPolicy f = { .PolicyHandle = c->policy,
						       .InformationClass =
							       PolicyAccountDomainInformation,
						       .PolicyInformation = &found };
	if (!caller_invoke(c, &ndr_interface_lsarpc, "LsarQueryInformationPolicy", &f))
		return false;
	c->domain_sid = found->PolicyAccountDomainInfo.DomainSid;
	return true;
}

const struct caller_call caller_lsad[] = {
	{ "LsarQueryInformationPolicy", query_policy },
	{ NULL, NULL },
};
