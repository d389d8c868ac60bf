/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may have an application of components launched, or its host used. The one place that decides:
 * asked by the SCM for each activation, from its one thread. Pure.
 *
 * Callers on this machine may, as interactive users may by the defaults of Windows; callers on
 * other machines may when rpcss let them through, which asks for classes alone that the registry
 * offers. Where the registry has a permission, of the application or for all, it is a security
 * descriptor that nothing here reads yet: then administrators may and nobody else, since a
 * permission that cannot be understood must not be wider than it was meant.
 */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

#define COM_ACCESS_ANYWHERE UINT64_MAX /* the `uid` of a caller on another machine */
#define COM_ACCESS_E_DENIED 0x80070005u

struct com_access_question {
	const char *appid, *clsid;
	uint64_t uid;       /* of a caller on this machine */
	struct text caller; /* his name, "DOMAIN\\user" or without one; may be empty */
	const char *host;   /* this machine's name */
	uint64_t owner;     /* the SCM's user, an administrator as root is */
	bool runs;          /* the host does already: activation is asked for, not launch */
	/* Which values the registry has: LaunchPermission, AccessPermission, and their defaults. */
	bool app_launch, app_access, default_launch, default_access;
};

/* The event that says that somebody was refused: source DCOM, U+001F between the parameters. */
struct com_access_refusal {
	uint32_t event;
	char parameters[640];
};

/* What it cannot know is as Windows shows it, "Unavailable", and the SID of nobody (S-1-0-0); users
 * of this machine have the SIDs that Samba gives them, S-1-22-1-NUMBER. */
bool com_access_allowed(const struct com_access_question *question, struct com_access_refusal *ret);
