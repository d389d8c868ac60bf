/* SPDX-License-Identifier: Apache-2.0 */
/* The key of this machine; see secret.h. Called by tools, as whoever may read it. */
#include "config/secret.h"

#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_MODE 0600

static int cannot(const char *what, const char *path, int code, struct error *err)
{
	return error_set_at(err, code, path, 0, 0,
			    "Cannot %s the key that encrypts configuration: %s", what,
			    error_errno_text(code));
}

static int read_key(int folder, const char *name, const char *path,
		    unsigned char ret[CONFIG_KEY_SIZE], struct error *err)
{
	struct sys_access access;
	char *data = NULL;
	size_t length = 0;
	int r = sys_read_in(folder, name, CONFIG_KEY_SIZE + 1, &data, &length, &access);

	if (r == -ENOENT)
		return r;
	if (r < 0)
		return cannot("read", path, r, err);
	if (access.mode & 077)
		r = error_set_at(err, -EACCES, path, 0, 0,
				 "The key that encrypts configuration is not used, because others "
				 "than its owner may read it: chmod 600 it, and set the passwords "
				 "again if somebody may have");
	else if (length != CONFIG_KEY_SIZE)
		r = error_set_at(err, -EINVAL, path, 0, 0,
				 "The key that encrypts configuration has not %d bytes; delete it "
				 "to have a new one, and set all passwords again",
				 CONFIG_KEY_SIZE);
	else
		memcpy(ret, data, CONFIG_KEY_SIZE);
	OPENSSL_cleanse(data, length);
	mem_free(data);
	return r;
}

/* A file with a new key, under a name of its own. */
static int write_key(int folder, const char *name)
{
	unsigned char key[CONFIG_KEY_SIZE];
	struct stat st;

	_cleanup_fd_ int fd =
		sys_openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, KEY_MODE);
	if (fd < 0)
		return fd;
	int r = RAND_bytes(key, sizeof(key)) == 1 ? 0 : -EIO;
	/* Whoever the folder belongs to runs the server. */
	if (r == 0 && fstat(folder, &st) == 0 && geteuid() == 0 &&
	    fchown(fd, st.st_uid, st.st_gid) < 0)
		r = -errno;
	if (r == 0 && fchmod(fd, KEY_MODE) < 0)
		r = -errno;
	if (r == 0)
		r = sys_write_all(fd, key, sizeof(key));
	if (r == 0)
		r = sys_fsync(fd);
	OPENSSL_cleanse(key, sizeof(key));
	return r;
}

/* The first of several that make one at once wins: a name is given by link(), which replaces none.
 */
static int make_key(int folder, const char *name, const char *path, struct error *err)
{
	char temporary[64];

	snprintf(temporary, sizeof(temporary), "%s.new.%d", name, (int)getpid());
	unlinkat(folder, temporary, 0); /* of a process that was killed */
	int r = write_key(folder, temporary);
	if (r == 0 && linkat(folder, temporary, folder, name, 0) < 0 && errno != EEXIST)
		r = -errno;
	unlinkat(folder, temporary, 0);
	if (r == 0)
		r = sys_fsync(folder);
	return r < 0 ? cannot("make", path, r, err) : 0;
}

int config_secret_key(const char *state_dir, bool make, unsigned char ret[CONFIG_KEY_SIZE],
		      struct error *err)
{
	char path[PATH_MAX];
	const char *name;
	int n = snprintf(path, sizeof(path), "%s/config/machine.key", state_dir ? state_dir : "");

	if (!state_dir || n < 0 || n >= PATH_MAX)
		return cannot("read", "machine.key", -ENAMETOOLONG, err);
	_cleanup_fd_ int folder = sys_open_folder(path, 0, &name);
	if (folder < 0)
		return folder == -ENOENT && !make ? folder : cannot("read", path, folder, err);
	int r = read_key(folder, name, path, ret, err);
	if (r == -ENOENT && make) {
		r = make_key(folder, name, path, err);
		if (r == 0)
			r = read_key(folder, name, path, ret, err);
	}
	return r;
}
