/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening files beneath a folder. The kernel guarantees the fence (openat2 with RESOLVE_BENEATH:
 * no "..", no absolute link, no link that leads out), not our reading of the path. Where a name is
 * not found as it is spelled, it is looked for without regard to ASCII case, as sites from Windows
 * expect. Loop threads; owns nothing.
 */
#include "web/internal.h"

#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int web_open_beneath(int root, const char *path, struct web_found *ret)
{
	/* O_NONBLOCK: a FIFO must not hold the loop. */
	int fd = sys_open_beneath(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fd == -EXDEV || fd == -ELOOP || fd == -ENXIO ? -ENOENT : fd;
	if (fstat(fd, &ret->st) < 0 || (!S_ISREG(ret->st.st_mode) && !S_ISDIR(ret->st.st_mode))) {
		sys_close(fd);
		return -ENOENT;
	}
	ret->fd = fd;
	return 0;
}

/* The entry of `folder` that `name` (of `length` bytes) means; it is written over `name`. */
static bool match_entry(int folder, char *name, size_t length)
{
	DIR *dir = fdopendir(folder);
	if (!dir) {
		sys_close(folder);
		return false;
	}
	bool found = false;
	for (struct dirent *e; !found && (e = readdir(dir));) {
		struct text entry = text_of(e->d_name);
		found = text_equal_nocase(entry, (struct text){ name, length });
		if (found)
			memcpy(name, entry.data, length);
	}
	closedir(dir);
	return found;
}

/* What the path up to `end` is: 0 and its mode, or negative. Corrects the last segment. */
static int look_at(int root, char *path, size_t start, size_t end, mode_t *ret)
{
	char after = path[end];
	struct stat st;
	path[end] = '\0';
	_cleanup_fd_ int fd = sys_open_beneath(root, path, O_PATH);
	if (fd == -ENOENT) {
		char slash = path[start];
		path[start] = '\0';
		int folder = sys_open_beneath(root, path, O_RDONLY | O_DIRECTORY);
		path[start] = slash;
		if (folder >= 0 && match_entry(folder, path + start, end - start))
			fd = sys_open_beneath(root, path, O_PATH);
	}
	path[end] = after;
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	*ret = st.st_mode;
	return 0;
}

int web_find_beneath(int root, char *path, struct web_found *ret, size_t *ret_used)
{
	size_t length = strlen(path), end = 0;
	mode_t mode = S_IFDIR;
	while (end < length && S_ISDIR(mode)) {
		size_t start = end ? end + 1 : 0;
		const char *slash = strchr(path + start, '/');
		end = slash ? (size_t)(slash - path) : length;
		if (end == start)
			break; /* the slash at the end */
		int r = look_at(root, path, start, end, &mode);
		if (r < 0)
			return r == -EXDEV || r == -ELOOP || r == -ENOTDIR ? -ENOENT : r;
	}
	char after = path[end];
	path[end] = '\0';
	int r = web_open_beneath(root, path, ret);
	path[end] = after;
	*ret_used = end;
	return r;
}
