/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rpcss is made of: an RPC server with the endpoint mapper, the object resolver and
 * activation, by what the registry says about DCOM (docs/dcom.md). As a service it has objects made
 * by the processes of their applications; started by hand it makes them itself. Runs as an ordinary
 * user; its threads are the RPC server's and DCOM's.
 */
#pragma once

#include "ipc/child.h"
#include "programs/activator-settings.h"

struct activator;

/* What the service control manager gives to the service. */
struct activator_service {
	struct child *child; /* must outlive the activator */
	const struct activator_settings *settings;
	/* Listening sockets, of which it takes duplicates. `objects` -1: they are called where one
	 * activates; `activation` -1 too: callers of this machine only. */
	int local, activation, objects;
};

struct activator_options {
	const char *state_dir; /* of the registry and the event log; must outlive it */
	const char *address;   /* to listen on; NULL: all */
	uint16_t port;         /* 0: any */
	const char *users;     /* NTLM accounts, a file name; NULL: no NTLM */
	const char *keytab;    /* Kerberos keys, a file name; NULL: no Kerberos */
	bool verbose;          /* lines on standard error about refused calls, lost clients */
	const struct activator_service *service; /* NULL: by hand; else no address and no port */
};

/* The class table must be filled. -EPERM: DCOM is switched off in the registry. */
int activator_new(const struct activator_options *options, struct activator **ret,
		  struct error *err);
struct activator *activator_free(struct activator *activator);
/* Where it listens; 0: for this machine only. */
uint16_t activator_port(const struct activator *activator);
/* What the service control manager says; nobody waits for it any more behind the second. */
void activator_answer(struct activator *activator, const struct control_com_activated *m);
void activator_stop_asking(struct activator *activator);
