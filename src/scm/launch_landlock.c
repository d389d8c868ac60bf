/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Landlock: which files a host can see and change, whoever it runs as. Runs in surrogate-launch,
 * while it can still open every path it makes a rule of. The rules are as strict as the running
 * kernel allows; the numbers newer than Debian 12's header are named here.
 */
#include "scm/launch.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#define ACCESS_TRUNCATE (1ULL << 14)           /* version 3 */
#define ACCESS_IOCTL_DEV (1ULL << 15)          /* version 5 */
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0) /* version 6 */
#define SCOPE_SIGNAL (1ULL << 1)

#define ACCESS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define ACCESS_EXECUTE (ACCESS_READ | LANDLOCK_ACCESS_FS_EXECUTE)
/* What makes sense for a file; the rest is for folders. */
#define ACCESS_FILE                                                                                \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |                            \
	 LANDLOCK_ACCESS_FS_EXECUTE | ACCESS_TRUNCATE | ACCESS_IOCTL_DEV)
#define ACCESS_ALL_1 ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

/* The struct as of version 6; the kernel is told how much of it we mean. */
struct ruleset_attributes {
	uint64_t fs, net, scoped;
};

int launch_landlock_abi(void)
{
	long version =
		syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return version > 0 ? (int)version : 0;
}

static uint64_t access_handled(int abi)
{
	uint64_t access = ACCESS_ALL_1;

	if (abi >= 2)
		access |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		access |= ACCESS_TRUNCATE;
	if (abi >= 5)
		access |= ACCESS_IOCTL_DEV;
	return access;
}

static int add_fd(int ruleset, int fd, uint64_t access, const char *path, struct error *err)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access, .parent_fd = fd };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_set(err, -errno, "cannot look at %s: %s", path,
				 error_errno_text(errno));
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= ACCESS_FILE;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		return error_set(err, -errno, "Landlock refuses a rule for %s: %s", path,
				 error_errno_text(errno));
	return 0;
}

/* With the capability to read everything a link counts only when its maker could not lead us
 * astray; a folder in its place is whose it was. */
static int open_named(const struct launch *launch, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
				.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
	long fd;

	if (!(launch->flags & LAUNCH_READ_SEARCH))
		return sys_open(path, O_PATH, 0);
	fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	if (fd < 0 && errno == ELOOP)
		return launch_open_trusted(path);
	return fd < 0 ? -errno : (int)fd;
}

static int add_path(int ruleset, const struct launch *launch, struct text path, uint64_t access,
		    struct error *err)
{
	_cleanup_fd_ int fd = open_named(launch, path.data);

	/* What is not there needs no rule; what the description names may be absent (lib64). One
	 * that cannot be trusted is closed, and others are served. */
	if (fd == -ENOENT || fd == -ENOTDIR || fd == -EPERM)
		return 0;
	if (fd < 0)
		return error_set(err, fd, "cannot open %s for Landlock: %s", path.data,
				 error_errno_text(fd));
	return add_fd(ruleset, fd, access, path.data, err);
}

static int add_paths(int ruleset, const struct launch *launch, struct launch_list paths,
		     uint64_t access, struct error *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < paths.count; i++)
		r = add_path(ruleset, launch, paths.items[i], access, err);
	return r;
}

int launch_landlock(const struct launch *launch, struct error *err)
{
	int abi = launch_landlock_abi(), r;
	uint64_t all = access_handled(abi);
	struct ruleset_attributes attributes = { .fs = all };
	_cleanup_fd_ int ruleset = -1;

	if (!abi)
		return error_set(err, -EOPNOTSUPP, "this kernel has no Landlock");
	if (abi >= 6 && (launch->flags & LAUNCH_SCOPED))
		attributes.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
	ruleset = syscall(SYS_landlock_create_ruleset, &attributes,
			  abi >= 6 ? sizeof(attributes) : sizeof(attributes.fs), 0);
	if (ruleset < 0)
		return error_set(err, -errno, "cannot make Landlock rules: %s",
				 error_errno_text(errno));
	r = add_paths(ruleset, launch, launch->read_paths, ACCESS_READ & all, err);
	if (!r)
		r = add_paths(ruleset, launch, launch->execute_paths, ACCESS_EXECUTE & all, err);
	if (!r) /* nothing that can be written may be executed */
		r = add_paths(ruleset, launch, launch->write_paths,
			      all & ~LANDLOCK_ACCESS_FS_EXECUTE, err);
	if (!r)
		r = add_fd(ruleset, LAUNCH_PROGRAM_FD,
			   LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE,
			   launch->program.data, err);
	if (!r && syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		r = error_set(err, -errno, "cannot put Landlock in force: %s",
			      error_errno_text(errno));
	return r;
}
