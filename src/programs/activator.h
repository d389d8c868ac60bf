/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rpcss is made of: an RPC server with the endpoint mapper, the object resolver and
 * activation, by what the registry says about DCOM (docs/dcom.md). Objects are made by the
 * processes of their applications. Its threads are the RPC server's and DCOM's.
 */
#pragma once

#include "ipc/child.h"
#include "programs/activator-settings.h"

struct activator;

/* What the service control manager lends and says; `child` and `settings` must outlive it. */
struct activator_options {
	struct child *child;
	const struct activator_settings *settings;
	const char *state_dir;
	/* Listening sockets, of which it takes duplicates. `objects` -1: they are called where one
	 * activates; `activation` -1 too: callers of this machine only. */
	int local, activation, objects;
	const char *users;  /* NTLM accounts, a file name; NULL: no NTLM */
	const char *keytab; /* Kerberos keys, a file name; NULL: no Kerberos */
};

/* The class table must be filled. */
int activator_new(const struct activator_options *options, struct activator **ret,
		  struct error *err);
/* Who waits for a process is refused. Takes NULL, returns NULL. */
struct activator *activator_free(struct activator *activator);
/* What the service control manager says of a process. */
void activator_answer(struct activator *activator, const struct control_com_activated *m);
