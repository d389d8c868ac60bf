/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unix users for pools and services; see identity.h. Called by the SCM before it starts a process,
 * and by whoever shows a user; owns nothing.
 */
#include "security/identity.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COMMON_GROUP IDENTITY_UID_FIRST /* IIS_IUSRS */
#define LOOKUP_SIZE 16384               /* what getpwuid_r may need; NSS rarely needs 1 KiB */

bool identity_enforced(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	const uint32_t wanted = 1u << CAP_SETUID | 1u << CAP_SETGID;

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	return (data[0].effective & wanted) == wanted;
}

static void set_name(struct identity *identity, const char *name)
{
	snprintf(identity->name, sizeof(identity->name), "%s", name);
}

int identity_current(struct identity *ret, struct error *err)
{
	struct identity identity = { .uid = geteuid(), .gid = getegid() };
	int n = getgroups((int)ARRAY_LEN(identity.groups), identity.groups);
	if (n < 0)
		return error_set(err, -errno, "cannot read the groups of this process: %s",
				 error_errno_text(errno));
	identity.group_count = (size_t)n;
	identity_describe(identity.uid, identity.name, sizeof(identity.name));
	*ret = identity;
	return 0;
}

int identity_virtual(const char *name, identity_number_fn number, void *ctx, struct identity *ret,
		     struct error *err)
{
	struct identity identity = { .gid = COMMON_GROUP,
				     .groups = { COMMON_GROUP },
				     .group_count = 1 };
	uint32_t n;

	if (strlen(name) >= sizeof(identity.name))
		return error_set(err, -ENAMETOOLONG, "the identity's name is too long: %s", name);
	if (!identity_enforced()) {
		int r = identity_current(&identity, err);
		if (r == 0)
			*ret = identity;
		return r;
	}
	int r = number(ctx, name, &n);
	if (r < 0)
		return error_set(err, r, "cannot keep a user number for %s: %s", name,
				 error_errno_text(r));
	/* The first number is the common group's; one that an edited registry put elsewhere (0, a
	 * real user) must never be switched to. */
	if (n <= IDENTITY_UID_FIRST || n >= IDENTITY_UID_FIRST + IDENTITY_UID_COUNT)
		return error_set(err, -ERANGE,
				 "the user number %u kept for %s is outside of the range %u to %u; "
				 "delete it from the registry",
				 n, name, IDENTITY_UID_FIRST + 1,
				 IDENTITY_UID_FIRST + IDENTITY_UID_COUNT - 1);
	identity.uid = n;
	set_name(&identity, name);
	*ret = identity;
	return 0;
}

int identity_account(const char *user, struct identity *ret, struct error *err)
{
	struct identity identity = { 0 };
	struct passwd entry, *found = NULL;
	int count = (int)ARRAY_LEN(identity.groups);

	_cleanup_mem_ char *buffer = mem_alloc(LOOKUP_SIZE);
	if (!buffer)
		return error_set(err, -ENOMEM, "out of memory");
	int e = getpwnam_r(user, &entry, buffer, LOOKUP_SIZE, &found);
	if (!found)
		return error_set(err, e && e != ENOENT ? -e : -ENOENT,
				 "there is no user %s on this machine", user);
	if (!identity_enforced() && entry.pw_uid != geteuid())
		return identity_current(ret, err);
	identity.uid = entry.pw_uid;
	identity.gid = entry.pw_gid;
	if (getgrouplist(user, entry.pw_gid, identity.groups, &count) < 0)
		return error_set(err, -E2BIG, "user %s is in more than %zu groups", user,
				 ARRAY_LEN(identity.groups));
	identity.group_count = (size_t)count;
	set_name(&identity, entry.pw_name);
	*ret = identity;
	return 0;
}

void identity_describe(uid_t uid, char *out, size_t size)
{
	struct passwd entry, *found = NULL;
	char buffer[4096];

	if (uid > IDENTITY_UID_FIRST && uid < IDENTITY_UID_FIRST + IDENTITY_UID_COUNT)
		snprintf(out, size, "IIS APPPOOL\\#%u", uid - IDENTITY_UID_FIRST);
	else if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 && found)
		snprintf(out, size, "%s", found->pw_name);
	else
		snprintf(out, size, "#%u", (unsigned)uid);
}
