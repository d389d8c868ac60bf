/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state directory: its folders and who owns them, the lock that keeps a second server out, and
 * which folders a user can reach. SCM loop thread, before and between children.
 *
 *   run/     the socket of the tools, the lock           everybody may look
 *            rpcss.sock, com/: sockets for objects       everybody may connect
 *   config/  applicationHost.config, machine.key         the SCM alone (they hold passwords)
 *   classes/ the class catalog                           everybody may look
 *   data/    what applications write                     group IIS_IUSRS, all pools
 *   temp/    one folder for each pool                    its identity alone
 *   logs/    W3SVC<n>/                                   NT SERVICE\W3SVC
 */
#include "scm/scm_internal.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define IDENTITIES "HKLM\\SOFTWARE\\Surrogate\\Identities"
#define IDENTITY_NEXT "HKLM\\SOFTWARE\\Surrogate"

static int make_folder(const char *path, mode_t mode, struct error *err)
{
	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return error_set(err, -errno, "cannot create the folder %s: %s", path,
				 error_errno_text(errno));
	return 0;
}

static int join(char out[SCM_PATH_MAX], const char *folder, const char *name, struct error *err)
{
	if (snprintf(out, SCM_PATH_MAX, "%s/%s", folder, name) >= SCM_PATH_MAX)
		return error_set(err, -ENAMETOOLONG, "the name %s/%s is too long", folder, name);
	return 0;
}

static int make_below(const char *state_dir, const char *name, mode_t mode, struct error *err)
{
	char path[SCM_PATH_MAX];
	int r = join(path, state_dir, name, err);

	return r < 0 ? r : make_folder(path, mode, err);
}

int scm_state_prepare(const char *state_dir, struct error *err)
{
	char path[SCM_PATH_MAX];

	if (snprintf(path, sizeof(path), "%s", state_dir) >= PATH_MAX - 64)
		return error_set(err, -ENAMETOOLONG, "the state directory's name is too long");
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST && access(path, F_OK) < 0)
			return make_folder(path, 0755, err);
		*slash = '/';
	}
	if (make_folder(path, 0755, err) < 0)
		return err ? err->code : -EIO;
	return make_below(path, "config", 0750, err);
}

int scm_folder_own(struct scm *scm, const char *path, const struct identity *owner, mode_t mode)
{
	_cleanup_fd_ int fd = -1;
	struct stat st;

	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return -errno;
	/* By descriptor and without following: the folder above may belong to a pool. */
	fd = sys_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (owner && scm->means.users && (st.st_uid != owner->uid || st.st_gid != owner->gid) &&
	    fchown(fd, owner->uid, owner->gid) < 0)
		return -errno;
	if ((st.st_mode & 07777) != mode &&
	    (!owner || scm->means.users || st.st_uid == geteuid()) && fchmod(fd, mode) < 0)
		return -errno;
	return 0;
}

static int own_below(struct scm *scm, const char *name, const struct identity *owner, mode_t mode,
		     struct error *err)
{
	char path[SCM_PATH_MAX];
	int r = join(path, scm->state_dir, name, err);

	if (r < 0)
		return r;
	r = scm_folder_own(scm, path, owner, mode);
	return r < 0 ? error_set(err, r, "cannot prepare %s: %s", path, error_errno_text(r)) : 0;
}

int scm_folders_make(struct scm *scm, struct error *err)
{
	struct identity pools = { .uid = geteuid(), .gid = IDENTITY_UID_FIRST }, front;
	int r = scm_identity_of_service(scm, SERVICE_W3SVC, &front, err);

	front.gid = getegid(); /* hosts have no business in the logs */
	if (!r)
		r = own_below(scm, "data", &pools, 02770, err);
	if (!r)
		r = make_below(scm->state_dir, "temp", 0755, err);
	if (!r)
		r = own_below(scm, "logs", &front, 0750, err);
	return r;
}

int scm_lock(struct scm *scm, struct error *err)
{
	char path[SCM_PATH_MAX], pid[24];
	int r = make_below(scm->state_dir, "run", 0755, err);

	if (!r)
		r = join(path, scm->state_dir, "run/lock", err);
	if (r < 0)
		return r;
	scm->lock_fd = sys_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (scm->lock_fd < 0)
		return error_set(err, scm->lock_fd, "cannot open %s: %s", path,
				 error_errno_text(scm->lock_fd));
	if (flock(scm->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return error_set(err, -EBUSY,
				 "a Surrogate server already runs with the state directory %s; "
				 "stop it with 'surrogate stop --state %s', or choose another one "
				 "with --state",
				 scm->state_dir, scm->state_dir);
	/* For people; the lock itself is what counts, and it ends with the process. */
	snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	r = ftruncate(scm->lock_fd, 0) < 0 ? -errno : sys_write_all(scm->lock_fd, pid, strlen(pid));
	return r < 0 ? error_set(err, r, "cannot write %s: %s", path, error_errno_text(r)) : 0;
}

static bool has_access(const struct stat *st, const struct identity *who, mode_t bits)
{
	mode_t mode = st->st_mode;

	if (who->uid == 0)
		return true;
	if (st->st_uid == who->uid)
		return (mode >> 6 & bits) == bits;
	if (st->st_gid == who->gid)
		return (mode >> 3 & bits) == bits;
	for (size_t i = 0; i < who->group_count; i++) {
		if (st->st_gid == who->groups[i])
			return (mode >> 3 & bits) == bits;
	}
	return (mode & bits) == bits;
}

bool scm_unreachable(const char *path, const struct identity *identity, char *out, size_t size)
{
	_cleanup_mem_ char *real = mem_alloc(PATH_MAX);
	struct stat st;

	/* What does not exist is not a matter of permission. */
	if (!real || !realpath(path, real))
		return false;
	for (char *slash = real; slash; slash = strchr(slash + 1, '/')) {
		char *end = slash == real ? slash + 1 : slash, kept = *end;
		bool blocked;

		*end = '\0';
		blocked = stat(real, &st) == 0 && !has_access(&st, identity, 1);
		if (blocked)
			snprintf(out, size, "%s", real);
		*end = kept;
		if (blocked)
			return true;
	}
	if (stat(real, &st) == 0 && !has_access(&st, identity, S_ISDIR(st.st_mode) ? 5 : 4)) {
		snprintf(out, size, "%s", real);
		return true;
	}
	return false;
}

/* The numbers of virtual identities: kept for ever, so that files keep their owner. */
int scm_identity_number(void *ctx, const char *name, uint32_t *ret)
{
	struct scm *scm = ctx;
	uint32_t number = IDENTITY_UID_FIRST + 1;
	int r = registry_get_dword(scm->registry, IDENTITIES, name, ret);

	if (r != -ENOENT)
		return r;
	r = registry_get_dword(scm->registry, IDENTITY_NEXT, "NextIdentity", &number);
	if (r && r != -ENOENT)
		return r;
	if (number >= IDENTITY_UID_FIRST + IDENTITY_UID_COUNT)
		return -ENOSPC;
	/* The counter first: a crash in between loses a number and never gives it twice. */
	r = registry_set_dword(scm->registry, IDENTITY_NEXT, "NextIdentity", number + 1);
	if (!r)
		r = registry_set_dword(scm->registry, IDENTITIES, name, number);
	if (!r)
		*ret = number;
	return r;
}
