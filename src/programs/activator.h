/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rpcss is made of: an RPC server with the endpoint mapper, the object resolver, activation
 * and the objects it makes, by what the registry says about DCOM (docs/dcom.md). Runs as an
 * ordinary user; its threads are the RPC server's and DCOM's.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct activator;

struct activator_options {
	const char *state_dir; /* of the registry and the event log; must outlive it */
	const char *address;   /* to listen on; NULL: all */
	uint16_t port;         /* 0: any */
	const char *users;     /* NTLM accounts, a file name; NULL: no NTLM */
	const char *keytab;    /* Kerberos keys, a file name; NULL: no Kerberos */
	bool verbose;          /* lines on standard error about refused calls, lost clients */
};

/* -EPERM: DCOM is switched off in the registry. */
int activator_new(const struct activator_options *options, struct activator **ret,
		  struct error *err);
struct activator *activator_free(struct activator *activator);
/* Where it listens. */
uint16_t activator_port(const struct activator *activator);
