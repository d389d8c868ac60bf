/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls behind fault points, restarted on EINTR, with negated errno values; and the two
 * things everybody does with files: read one whole, replace one safely. Any process and thread.
 */
#include "base/sys.h"

#include "base/fault.h"
#include "base/mem.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

uint16_t sys_address_text(const struct sockaddr_storage *a, char text[SYS_ADDRESS_SIZE])
{
	const struct sockaddr_in *in = (const void *)a;
	const struct sockaddr_in6 *in6 = (const void *)a;
	*text = '\0';
	if (a->ss_family == AF_INET) {
		inet_ntop(AF_INET, &in->sin_addr, text, SYS_ADDRESS_SIZE);
		return ntohs(in->sin_port);
	}
	if (a->ss_family != AF_INET6)
		return 0;
	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], text, SYS_ADDRESS_SIZE);
	else
		inet_ntop(AF_INET6, &in6->sin6_addr, text, SYS_ADDRESS_SIZE);
	return ntohs(in6->sin6_port);
}

int sys_fsync(int fd)
{
	if (fault_hit(FAULT_FSYNC))
		return -EIO;
	return (int)RESTART(fsync(fd));
}

int sys_renameat(int folder, const char *from, const char *to)
{
	if (fault_hit(FAULT_RENAME))
		return -EIO;
	return (int)RESTART(renameat(folder, from, folder, to));
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

/* ---- files of an open folder ---- */

int sys_open_folder(const char *path, int flags, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 1;
	char folder[PATH_MAX];

	/* "link/" would be followed where "link" is not. */
	while (slash && length > 0 && path[length - 1] == '/')
		length--;
	if (length >= sizeof(folder))
		return -ENAMETOOLONG;
	snprintf(folder, sizeof(folder), "%.*s", (int)length, slash ? path : ".");
	*ret_name = slash ? slash + 1 : path;
	return sys_open(*folder ? folder : "/", flags | O_RDONLY | O_DIRECTORY, 0);
}

int sys_open_below(int folder, const char *path)
{
	int at = sys_openat(folder, ".", O_RDONLY | O_DIRECTORY, 0);

	while (at >= 0 && *path) {
		char name[NAME_MAX + 1];
		size_t length = strcspn(path, "/");
		int next = length > NAME_MAX ? -ENAMETOOLONG : at;
		if (length && length <= NAME_MAX) {
			snprintf(name, sizeof(name), "%.*s", (int)length, path);
			next = strcmp(name, "..") == 0
				       ? -ELOOP
				       : sys_openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
						    0);
		}
		if (next != at)
			sys_close(at);
		at = next;
		path += length + (path[length] == '/');
	}
	return at;
}

/* The fence is the kernel's, not our reading of the path. */
int sys_open_beneath(int folder, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)(unsigned)flags | O_CLOEXEC,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	long fd;

	if (fault_hit(FAULT_OPEN))
		return -EMFILE;
	do /* EAGAIN: a rename raced with the resolution */
		fd = syscall(SYS_openat2, folder, path[0] ? path : ".", &how, sizeof(how));
	while (fd < 0 && (errno == EAGAIN || errno == EINTR));
	return fd < 0 ? -errno : (int)fd;
}

int sys_read_in(int folder, const char *name, size_t limit, char **ret, size_t *ret_length,
		struct sys_access *ret_access)
{
	struct stat st;
	_cleanup_fd_ int fd =
		sys_openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOTSUP;
	int r = sys_read_fd(fd, limit, ret, ret_length);
	if (r == 0)
		*ret_access = (struct sys_access){ st.st_mode & 0777, st.st_uid, st.st_gid };
	return r;
}

/* Everything that can be refused is asked for before anybody can see the file. */
static int write_and_sync(int folder, const char *name, const void *data, size_t length,
			  const struct sys_access *access)
{
	_cleanup_fd_ int fd =
		sys_openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fd;
	/* The owner first: chown takes bits of the mode away. */
	if (fchown(fd, access->owner, access->group) < 0 || fchmod(fd, access->mode) < 0)
		return -errno;
	int r = sys_write_all(fd, data, length);
	return r < 0 ? r : sys_fsync(fd);
}

#define TEMPORARY ".new." /* then the number of the thread that writes */

int sys_replace_in(int folder, const char *name, const void *data, size_t length,
		   const struct sys_access *access, bool *ret_replaced)
{
	char temporary[NAME_MAX + 1];
	int n = snprintf(temporary, sizeof(temporary), "%s" TEMPORARY "%d", name, (int)gettid());

	*ret_replaced = false;
	if (n < 0 || (size_t)n >= sizeof(temporary))
		return -ENAMETOOLONG;
	unlinkat(folder, temporary, 0); /* left by a crashed process that had our number */
	int r = write_and_sync(folder, temporary, data, length, access);
	if (r == 0)
		r = sys_renameat(folder, temporary, name);
	if (r < 0) {
		unlinkat(folder, temporary, 0);
		return r;
	}
	*ret_replaced = true;
	return sys_fsync(folder);
}

/* Whether `entry` is a temporary of `name` whose writer is gone. */
static bool is_left_over(const char *entry, const char *name)
{
	size_t length = strlen(name);
	uint64_t writer;

	if (strncmp(entry, name, length) != 0 ||
	    strncmp(entry + length, TEMPORARY, strlen(TEMPORARY)) != 0)
		return false;
	return text_to_u64(text_of(entry + length + strlen(TEMPORARY)), &writer) && writer > 0 &&
	       writer <= INT_MAX && kill((pid_t)writer, 0) < 0 && errno == ESRCH;
}

void sys_sweep_in(int folder, const char *name)
{
	/* A descriptor of its own: reading a folder moves the position of whoever shares it. */
	int fd = sys_openat(folder, ".", O_RDONLY | O_DIRECTORY, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		sys_close(fd);
		return;
	}
	for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		if (is_left_over(entry->d_name, name))
			unlinkat(folder, entry->d_name, 0);
	}
	closedir(dir);
}

int sys_replace_file(const char *path, const void *data, size_t length, mode_t mode)
{
	const struct sys_access access = SYS_ACCESS_OWN(mode);
	const char *name;
	bool replaced;
	_cleanup_fd_ int folder = sys_open_folder(path, 0, &name);

	return folder < 0 ? folder : sys_replace_in(folder, name, data, length, &access, &replaced);
}
