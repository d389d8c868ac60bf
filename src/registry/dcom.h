/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the registry says about DCOM, as it stands there (docs/dcom.md has the table). Read by the
 * service control manager, which opens the sockets and gives rpcss what rpcss may know of it. What
 * names of classes mean is programs/activator-settings.h's to say.
 */
#pragma once

#include "registry/registry.h"

#include <stdbool.h>
#include <stdint.h>

#define REGISTRY_DCOM_CLASSES_MAX 256
#define REGISTRY_DCOM_TEXT_MAX 16384 /* of all classes, and of all names: both fit one message */

/* The AppID of classes that other machines may create and that have no application of their own:
 * it has a process without being registered, and what is registered for it counts. */
#define REGISTRY_DCOM_APP "{B4624C96-3A8D-43C7-87A6-69F732F6F938}"

/* Texts are NULL where there are none. */
struct registry_dcom {
	bool enabled;                   /* this machine speaks DCOM over the network */
	uint16_t port;                  /* of activation */
	uint16_t first_port, last_port; /* for objects; 0: the port of activation */
	uint32_t authn_level;           /* the least of calls of objects, [MS-RPCE] 2.2.1.1.8 */
	uint32_t ping_seconds;
	uint32_t launch_seconds; /* until a host of components must be ready */
	uint32_t idle_seconds;   /* it ends after so long without an object */
	char *address;           /* to listen on; NULL: all */
	char *names;             /* how others reach this machine, with commas between */
	char *classes;           /* a line for each that others may create: name, tab, value */
	char *users, *keytab;    /* files: NTLM accounts, Kerberos keys */
};

/* Without a registry, and for what it does not say. */
void registry_dcom_init(struct registry_dcom *dcom);
/* -EINVAL: a value makes no sense, and the text names it; `*ret` is as after registry_dcom_init. */
int registry_dcom_read(struct registry *r, struct registry_dcom *ret, struct error *err);
void registry_dcom_done(struct registry_dcom *dcom);

/* Whether DefaultLaunchPermission and DefaultAccessPermission are there, whatever they say. They
 * count from the next activation on, and so are not among the settings. */
int registry_dcom_defaults(struct registry *r, bool *ret_launch, bool *ret_access);
