/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copying, moving and deleting files and trees (file-ops.h). Runs in the thread of the script,
 * with the rights of the host's identity. Trees are walked by open folders (openat), so that a
 * part that is replaced by a link meanwhile leads nowhere else.
 */
#include "library/scripting/file-ops.h"

#include "base/mem.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_PIECE 65536

static int result_of(int r)
{
	return r < 0 ? -errno : 0;
}

int file_check(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? -ENOENT : 0;
}

int folder_check(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOENT;
}

/* ---- one file ---- */

bool file_is_read_only(int folder, const char *name)
{
	struct stat st;

	return fstatat(folder, name, &st, 0) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & S_IWUSR);
}

static int copy_content(int from, int to)
{
	_cleanup_mem_ char *piece = mem_alloc(COPY_PIECE);

	if (!piece)
		return -ENOMEM;
	for (;;) {
		ssize_t n = sys_read(from, piece, COPY_PIECE);

		if (n <= 0)
			return (int)n;
		int r = sys_write_all(to, piece, (size_t)n);

		if (r < 0)
			return r;
	}
}

/* Half a file is worse than none. Not what a link leads to, and no device. */
static void remove_half(int file, int folder, const char *name)
{
	struct stat written, st;

	if (fstat(file, &written) == 0 && S_ISREG(written.st_mode) &&
	    fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_dev == written.st_dev &&
	    st.st_ino == written.st_ino)
		unlinkat(folder, name, 0);
}

static int copy_at(int from_folder, const char *from, int to_folder, const char *to, bool overwrite)
{
	struct stat st, there;
	int existing = overwrite ? O_TRUNC : O_EXCL;
	_cleanup_fd_ int in = sys_openat(from_folder, from, O_RDONLY | O_CLOEXEC, 0);

	if (in < 0)
		return in;
	if (fstat(in, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -ENOENT;
	/* A copy onto itself would empty it before it is read. */
	if (fstatat(to_folder, to, &there, 0) == 0 && there.st_dev == st.st_dev &&
	    there.st_ino == st.st_ino)
		return overwrite ? -EACCES : -EEXIST;
	if (overwrite && file_is_read_only(to_folder, to))
		return -EACCES;
	_cleanup_fd_ int out = sys_openat(to_folder, to, O_WRONLY | O_CREAT | O_CLOEXEC | existing,
					  st.st_mode & 0777);

	if (out < 0)
		return out;
	int r = copy_content(in, out);

	if (r < 0)
		remove_half(out, to_folder, to);
	return r;
}

int file_copy(const char *from, const char *to, bool overwrite)
{
	return copy_at(AT_FDCWD, from, AT_FDCWD, to, overwrite);
}

int file_move(const char *from, const char *to)
{
	int r = file_check(from);

	if (r < 0)
		return r;
	/* The kernel refuses to replace: no window between looking and renaming. */
	r = result_of(renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE));
	if (r != -EXDEV && r != -EINVAL)
		return r;
	r = file_copy(from, to, false);
	return r < 0 ? r : result_of(unlink(from));
}

int file_delete(const char *path, bool force)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -ENOENT;
	if (!force && S_ISREG(st.st_mode) && !(st.st_mode & S_IWUSR))
		return -EACCES;
	return result_of(unlink(path));
}

/* ---- trees ---- */

static int open_folder_at(int folder, const char *name)
{
	/* Only the folder that the script named itself may be a link. */
	int follow = folder == AT_FDCWD ? 0 : O_NOFOLLOW;

	return sys_openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | follow, 0);
}

typedef int (*entry_fn)(int folder, const char *name, const struct stat *st, int depth, void *ctx);

/* Calls `fn` for every entry of a folder, which is closed. Stops at the first failure. */
static int folder_each(int folder, int depth, entry_fn fn, void *ctx)
{
	struct dirent *entry;
	struct stat st;
	int r = 0;
	DIR *d = depth > TREE_DEPTH ? NULL : fdopendir(folder);

	if (!d) {
		r = depth > TREE_DEPTH ? -ELOOP : -errno;
		sys_close(folder);
		return r;
	}
	while (!r && (errno = 0, entry = readdir(d))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			r = errno == ENOENT ? 0 : -errno;
		else
			r = fn(dirfd(d), entry->d_name, &st, depth, ctx);
	}
	if (!r && errno && errno != ENOENT)
		r = -errno;
	closedir(d);
	return r;
}

static int delete_entry(int folder, const char *name, const struct stat *st, int depth, void *ctx)
{
	bool force = *(const bool *)ctx;

	if (!S_ISDIR(st->st_mode)) {
		if (!force && S_ISREG(st->st_mode) && !(st->st_mode & S_IWUSR))
			return -EACCES;
		return result_of(unlinkat(folder, name, 0));
	}
	int child = open_folder_at(folder, name);

	if (child < 0)
		return child;
	int r = folder_each(child, depth + 1, delete_entry, ctx);

	return r < 0 ? r : result_of(unlinkat(folder, name, AT_REMOVEDIR));
}

int folder_delete(const char *path, bool force)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return -errno;
	/* The link goes, what it leads to stays. */
	if (S_ISLNK(st.st_mode) && folder_check(path) == 0)
		return result_of(unlink(path));
	if (!S_ISDIR(st.st_mode))
		return -ENOENT;
	return delete_entry(AT_FDCWD, path, &st, 0, &force);
}

struct copy {
	int to; /* the folder that is written to */
	bool overwrite;
	bool whole; /* the source goes afterwards: nothing may stay behind */
	dev_t dev;  /* the folder all of it goes to */
	ino_t ino;
};

static int copy_tree(struct copy *copy, int from, const char *from_name, const char *to_name,
		     int depth);

static int copy_link(int from, const char *name, int to)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(from, name, target, sizeof target - 1);

	if (n < 0)
		return -errno;
	target[n] = '\0';
	return result_of(symlinkat(target, to, name));
}

static int copy_entry(int folder, const char *name, const struct stat *st, int depth, void *ctx)
{
	struct copy *copy = ctx;

	if (S_ISDIR(st->st_mode)) {
		/* Into itself by way of a link: it would never end. */
		if (st->st_dev == copy->dev && st->st_ino == copy->ino)
			return -EACCES;
		return copy_tree(copy, folder, name, name, depth + 1);
	}
	if (S_ISREG(st->st_mode))
		return copy_at(folder, name, copy->to, name, copy->overwrite);
	/* Links, pipes and devices stay behind. */
	if (!copy->whole)
		return 0;
	return S_ISLNK(st->st_mode) ? copy_link(folder, name, copy->to) : -EACCES;
}

static int copy_tree(struct copy *copy, int from, const char *from_name, const char *to_name,
		     int depth)
{
	struct copy inner = *copy;
	struct stat st;
	int r = 0, source = open_folder_at(from, from_name);

	if (source < 0)
		return source;
	if (mkdirat(copy->to, to_name, 0777) < 0 && errno != EEXIST) {
		r = -errno;
		sys_close(source);
		return r;
	}
	inner.to = open_folder_at(copy->to, to_name);
	if (inner.to < 0 || fstat(inner.to, &st) < 0) {
		r = inner.to < 0 ? inner.to : -errno;
		sys_close(source);
		if (inner.to >= 0)
			sys_close(inner.to);
		return r;
	}
	if (!depth) {
		inner.dev = st.st_dev;
		inner.ino = st.st_ino;
	}
	r = folder_each(source, depth, copy_entry, &inner);
	sys_close(inner.to);
	return r;
}

static int tree_copy(const char *from, const char *to, bool overwrite, bool whole)
{
	struct copy copy = { .to = AT_FDCWD, .overwrite = overwrite, .whole = whole };
	size_t n = strlen(from);
	int r = folder_check(from);

	if (r < 0)
		return r;
	/* Into itself it would never end. */
	if (strncmp(from, to, n) == 0 && (to[n] == '/' || to[n] == '\0'))
		return -EACCES;
	return copy_tree(&copy, AT_FDCWD, from, to, 0);
}

int folder_copy(const char *from, const char *to, bool overwrite)
{
	return tree_copy(from, to, overwrite, false);
}

int folder_move(const char *from, const char *to)
{
	int r = folder_check(from);

	if (r < 0)
		return r;
	r = result_of(renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE));
	if (r == -EINVAL)
		return -EACCES; /* into itself */
	if (r != -EXDEV)
		return r;
	r = folder_check(to);
	if (r != -ENOENT)
		return r ? r : -EEXIST;
	r = tree_copy(from, to, false, true);
	return r < 0 ? r : folder_delete(from, true);
}

static int size_entry(int folder, const char *name, const struct stat *st, int depth, void *ctx)
{
	int64_t *sum = ctx;

	if (!S_ISDIR(st->st_mode)) {
		*sum += st->st_size;
		return 0;
	}
	int child = open_folder_at(folder, name);

	return child < 0 ? child : folder_each(child, depth + 1, size_entry, ctx);
}

int folder_size(const char *path, int64_t *ret)
{
	int64_t sum = 0;
	int folder = sys_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

	if (folder < 0)
		return folder;
	int r = folder_each(folder, 0, size_entry, &sum);

	if (!r)
		*ret = sum;
	return r;
}
