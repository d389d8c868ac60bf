/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of a client on a command line, for the programs that stories run.
 */
#pragma once

#include "rpc/client.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define CLIENT_ARGS                                                                                \
	{ "service", 1, NULL, 's' }, { "level", 1, NULL, 'l' }, { "impersonation", 1, NULL, 'i' }, \
		{ "target", 1, NULL, 't' }, { "user", 1, NULL, 'u' },                              \
		{ "password", 1, NULL, 'p' }, { "epmapper", 1, NULL, 'e' },                        \
	{                                                                                          \
		"by-policy", 0, NULL, 'P'                                                          \
	}

static inline enum authn_service client_arg_service(const char *name)
{
	if (strcmp(name, "ntlm") == 0)
		return AUTHN_WINNT;
	return strcmp(name, "kerberos") == 0 ? AUTHN_GSS_KERBEROS : AUTHN_GSS_NEGOTIATE;
}

/* DOMAIN\USER, which is cut in two. */
static inline void client_arg_user(struct security_identity *who, char *text)
{
	char *slash = strchr(text, '\\');
	who->user = slash ? slash + 1 : text;
	if (slash) {
		*slash = '\0';
		who->domain = text;
	}
}

/* False when `option` is none of CLIENT_ARGS. */
static inline bool client_arg(struct rpc_client_options *o, int option, char *value)
{
	switch (option) {
	case 's':
		o->service = client_arg_service(value);
		return true;
	case 'l':
		o->level = (enum authn_level)atoi(value);
		return true;
	case 'i':
		o->impersonation = (enum imp_level)atoi(value);
		return true;
	case 't':
		o->target = value;
		return true;
	case 'u':
		client_arg_user(&o->identity, value);
		return true;
	case 'p':
		o->identity.password = value;
		return true;
	case 'e':
		o->epmapper_port = (uint16_t)atoi(value);
		return true;
	case 'P':
		o->delegate_by_policy = true;
		return true;
	default:
		return false;
	}
}
