/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which Unix user a process runs as. A pool with a virtual identity ("IIS APPPOOL\Name") gets a
 * user number of its own from a private range, with no account and so no password to drift; the
 * number is remembered so that files keep their owner. Services have theirs ("NT SERVICE\W3SVC").
 *
 * Without root nothing can be switched: every identity is then the current user, and
 * identity_enforced() says so.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

/* The private range, above what systemd-homed and containers use by default. */
#define IDENTITY_UID_FIRST 1879048192u /* 0x70000000 */
#define IDENTITY_UID_COUNT 65536u

struct identity {
	char name[128]; /* as people know it: "IIS APPPOOL\\DefaultAppPool", "www-data" */
	uid_t uid;
	gid_t gid;
	gid_t groups[32];
	size_t group_count;
};

/* Remembers numbers: gives the one kept for `name`, or keeps a new one. The caller backs it with
 * the registry. 0 or a negative error. */
typedef int (*identity_number_fn)(void *ctx, const char *name, uint32_t *ret);

/* True when this process may switch users (CAP_SETUID and CAP_SETGID). */
bool identity_enforced(void);
/* The current user. */
int identity_current(struct identity *ret, struct error *err);
/* A virtual account; its group is the common group of all pools, IIS_IUSRS (number
 * IDENTITY_UID_FIRST). */
int identity_virtual(const char *name, identity_number_fn number, void *ctx, struct identity *ret,
		     struct error *err);
/* An account of the machine. -ENOENT when there is none. */
int identity_account(const char *user, struct identity *ret, struct error *err);
/* The name to show for a user number of ours or of the machine. */
void identity_describe(uid_t uid, char *out, size_t size);
