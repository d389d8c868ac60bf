/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls behind fault points, restarted on EINTR, with negated errno values; and the two
 * things everybody does with files: read one whole, replace one safely. Any process and thread.
 */
#include "base/sys.h"

#include "base/fault.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* The value of `call`, repeated while a signal interrupts it; -errno instead of -1. */
#define RESTART(call)                                                                              \
	({                                                                                         \
		ssize_t _r;                                                                        \
		do                                                                                 \
			_r = (call);                                                               \
		while (_r < 0 && errno == EINTR);                                                  \
		_r < 0 ? -(ssize_t)errno : _r;                                                     \
	})

int sys_open(const char *path, int flags, mode_t mode)
{
	return sys_openat(AT_FDCWD, path, flags, mode);
}

int sys_openat(int dir, const char *path, int flags, mode_t mode)
{
	if (fault_hit(FAULT_OPEN))
		return -EMFILE;
	return (int)RESTART(openat(dir, path, flags | O_CLOEXEC, mode));
}

int sys_close(int fd)
{
	/* Linux frees the descriptor even when close() reports EINTR: never repeat it. */
	if (fd >= 0) {
		int saved = errno;
		close(fd);
		errno = saved;
	}
	return -1;
}

ssize_t sys_read(int fd, void *data, size_t length)
{
	if (fault_hit(FAULT_READ))
		return -EIO;
	return RESTART(read(fd, data, length));
}

ssize_t sys_pread(int fd, void *data, size_t length, off_t offset)
{
	if (fault_hit(FAULT_READ))
		return -EIO;
	return RESTART(pread(fd, data, length, offset));
}

ssize_t sys_write(int fd, const void *data, size_t length)
{
	if (fault_hit(FAULT_WRITE))
		return -ENOSPC;
	return RESTART(write(fd, data, length));
}

int sys_write_all(int fd, const void *data, size_t length)
{
	const char *at = data;
	while (length > 0) {
		ssize_t n = sys_write(fd, at, length);
		if (n < 0)
			return (int)n;
		at += n;
		length -= (size_t)n;
	}
	return 0;
}

ssize_t sys_recv(int fd, void *data, size_t length, int flags)
{
	if (fault_hit(FAULT_RECV))
		return -ECONNRESET;
	return RESTART(recv(fd, data, length, flags));
}

ssize_t sys_readv(int fd, const struct iovec *iov, int count)
{
	if (fault_hit(FAULT_READ))
		return -EIO;
	return RESTART(readv(fd, iov, count));
}

ssize_t sys_sendv(int fd, const struct iovec *iov, int count, int flags)
{
	if (fault_hit(FAULT_SEND))
		return -ECONNRESET;
	if (count == 1) /* spares the kernel the copying of two structures */
		return RESTART(send(fd, iov->iov_base, iov->iov_len, flags | MSG_NOSIGNAL));
	struct msghdr msg = { .msg_iov = (struct iovec *)iov, .msg_iovlen = (size_t)count };
	return RESTART(sendmsg(fd, &msg, flags | MSG_NOSIGNAL));
}

int sys_fsync(int fd)
{
	if (fault_hit(FAULT_FSYNC))
		return -EIO;
	return (int)RESTART(fsync(fd));
}

int sys_rename(const char *from, const char *to)
{
	if (fault_hit(FAULT_RENAME))
		return -EIO;
	return (int)RESTART(rename(from, to));
}

int sys_memfd(const char *name, size_t size)
{
	if (fault_hit(FAULT_OPEN))
		return -EMFILE;
	if (size > INT64_MAX)
		return -EFBIG;
	_cleanup_fd_ int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	int r = (int)RESTART(ftruncate(fd, (off_t)size));
	if (r < 0)
		return r;
	/* A peer that shrank the file would make our mapping fault. */
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		return -errno;
	return TAKE_FD(fd);
}

int sys_read_fd(int fd, size_t limit, char **ret, size_t *ret_length)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISREG(st.st_mode) && st.st_size > 0 && (uint64_t)st.st_size > limit)
		return -EFBIG;
	/* One byte more than expected shows the end in the same read, one for the NUL. */
	size_t capacity = S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size : 4096;
	size_t length = 0;
	_cleanup_mem_ char *data = mem_alloc(capacity + 2);
	if (!data)
		return -ENOMEM;
	for (;;) {
		/* A file that many processes were handed shares its position with all of them. */
		ssize_t n =
			S_ISREG(st.st_mode)
				? sys_pread(fd, data + length, capacity + 1 - length, (off_t)length)
				: sys_read(fd, data + length, capacity + 1 - length);
		if (n < 0)
			return (int)n;
		length += (size_t)n;
		if (length > limit)
			return -EFBIG;
		if (n == 0)
			break;
		if (length <= capacity)
			continue;
		if (capacity > SIZE_MAX / 4)
			return -EFBIG;
		char *bigger = mem_realloc(data, 2 * capacity + 2, 1);
		if (!bigger)
			return -ENOMEM;
		data = bigger;
		capacity *= 2;
	}
	data[length] = '\0';
	*ret = TAKE_PTR(data);
	if (ret_length)
		*ret_length = length;
	return 0;
}

int sys_read_file(const char *path, size_t limit, char **ret, size_t *ret_length)
{
	/* Never waits for who may write into a pipe that lies there instead of a file. */
	_cleanup_fd_ int fd = sys_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	if (fd < 0)
		return fd;
	return sys_read_fd(fd, limit, ret, ret_length);
}

static int sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_mem_ char *folder =
		slash ? mem_dup(path, (size_t)(slash - path) + 2) : mem_strdup(".");
	if (!folder)
		return -ENOMEM;
	if (slash)
		folder[slash - path + 1] = '\0';
	_cleanup_fd_ int fd = sys_open(folder, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return fd;
	return sys_fsync(fd);
}

static int write_and_sync(const char *path, const void *data, size_t length, mode_t mode)
{
	_cleanup_fd_ int fd = sys_open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
	if (fd < 0)
		return fd;
	int r = sys_write_all(fd, data, length);
	if (r == 0 && fchmod(fd, mode) < 0) /* whatever the umask says */
		r = -errno;
	return r < 0 ? r : sys_fsync(fd);
}

int sys_replace_file(const char *path, const void *data, size_t length, mode_t mode)
{
	char temporary[PATH_MAX];
	int n = snprintf(temporary, sizeof(temporary), "%s.new.%d", path, (int)gettid());
	if (n < 0 || (size_t)n >= sizeof(temporary))
		return -ENAMETOOLONG;
	unlink(temporary); /* left by a crashed process that had our number */
	int r = write_and_sync(temporary, data, length, mode);
	if (r == 0)
		r = sys_rename(temporary, path);
	if (r < 0) {
		unlink(temporary);
		return r;
	}
	return sync_folder_of(path);
}
