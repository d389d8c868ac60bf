/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls that tests make fail (base/fault.h), restarted on EINTR. Each returns what the
 * call returned, or a negated errno value instead of -1.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

int sys_open(const char *path, int flags, mode_t mode);
int sys_openat(int dir, const char *path, int flags, mode_t mode);
/* Closes unless negative; always returns -1: `fd = sys_close(fd)`. */
int sys_close(int fd);
ssize_t sys_read(int fd, void *data, size_t length);
ssize_t sys_pread(int fd, void *data, size_t length, off_t offset);
ssize_t sys_write(int fd, const void *data, size_t length);
/* Writes all, or fails. */
int sys_write_all(int fd, const void *data, size_t length);
ssize_t sys_recv(int fd, void *data, size_t length, int flags);
ssize_t sys_readv(int fd, const struct iovec *iov, int count);
ssize_t sys_sendv(int fd, const struct iovec *iov, int count, int flags);
/* The address of a peer or of a socket of our own as text, and its port: of IPv4, also as IPv6
 * writes it, and of IPv6. Anything else is "" and 0. */
#define SYS_ADDRESS_SIZE 46 /* INET6_ADDRSTRLEN */
struct sockaddr_storage;
uint16_t sys_address_text(const struct sockaddr_storage *a, char text[SYS_ADDRESS_SIZE]);
int sys_fsync(int fd);
/* Within one folder. */
int sys_renameat(int folder, const char *from, const char *to);
/* A sealed-size anonymous file of `size` bytes. */
int sys_memfd(const char *name, size_t size);
/* The whole of a file, at most `limit` bytes (-EFBIG): memory for mem_free, NUL after the end.
 * A pipe is read as far as it is filled; it is not waited for. */
int sys_read_file(const char *path, size_t limit, char **ret, size_t *ret_length);
/* A regular file is read from its start, whatever its position. */
int sys_read_fd(int fd, size_t limit, char **ret, size_t *ret_length);
/* Replaces `path` so that after a crash either the old or the new content is there: sys_replace_in
 * in its folder. The file becomes the caller's. */
int sys_replace_file(const char *path, const void *data, size_t length, mode_t mode);

/*
 * Files of an open folder. Whoever may write into a folder can put something else in the place of
 * a name between two looks at it, or of the folder itself; a descriptor stays the folder it was.
 */

/* Who a file belongs to, and who may use it. */
struct sys_access {
	mode_t mode;
	uid_t owner;
	gid_t group;
};
/* A file of the caller's. */
#define SYS_ACCESS_OWN(mode)                                                                       \
	{                                                                                          \
		(mode), (uid_t)-1, (gid_t)-1                                                       \
	}

/* Opens the folder that `path` is in; `*ret_name` is the name in it. `flags`: O_NOFOLLOW when the
 * folder may be no symbolic link (-ENOTDIR or -ELOOP). */
int sys_open_folder(const char *path, int flags, const char **ret_name);
/* Opens a folder below an open one, step by step: no part of `path` ("a/b"; "" is the folder
 * itself) may be a symbolic link (-ENOTDIR or -ELOOP) or "..". */
int sys_open_below(int folder, const char *path);
/* Opens what `path` ("a/b"; "" is the folder itself) names beneath a folder: links are followed,
 * but none that leads out, and no "..", which are -EXDEV. A descriptor of a pipe or device is not
 * waited for with O_NONBLOCK. */
int sys_open_beneath(int folder, const char *path, int flags);
/* sys_read_file for a regular file (-ENOTSUP), which is not looked for behind a symbolic link
 * (-ELOOP). */
int sys_read_in(int folder, const char *name, size_t limit, char **ret, size_t *ret_length,
		struct sys_access *ret_access);
/* Replaces a file, or what is in its place: a temporary NAME.new.NUMBER gets owner, mode and
 * content, is synced and takes the name, then the folder is synced. After a crash either the old
 * or the new content is there. `*ret_replaced` is true when only the last step failed. */
int sys_replace_in(int folder, const char *name, const void *data, size_t length,
		   const struct sys_access *access, bool *ret_replaced);
/* Removes the temporaries that killed processes left of this file. */
void sys_sweep_in(int folder, const char *name);

static inline void sys_close_indirect(int *fd)
{
	sys_close(*fd);
}
#define _cleanup_fd_ __attribute__((cleanup(sys_close_indirect)))
#define TAKE_FD(fd)                                                                                \
	({                                                                                         \
		int _t = (fd);                                                                     \
		(fd) = -1;                                                                         \
		_t;                                                                                \
	})
