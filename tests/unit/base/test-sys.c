/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/sys.h. */
#include "../unit.h"

#include "base/mem.h"
#include "base/sys.h"

#include <dirent.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];
static char file[96];

static int make_folder(void **state)
{
	snprintf(folder, sizeof(folder), "/tmp/test-sys-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(file, sizeof(file), "%s/file", folder);
	return 0;
}

static int drop_folder(void **state)
{
	unlink(file);
	return rmdir(folder); /* fails when something was left behind */
}

static void expect_content(const char *expected)
{
	_cleanup_mem_ char *data = NULL;
	size_t length = 0;
	assert_int_equal(sys_read_file(file, 1 << 20, &data, &length), 0);
	assert_int_equal(length, strlen(expected));
	assert_string_equal(data, expected);
}

static void replace_and_read(void **state)
{
	mode_t before = umask(077);
	assert_int_equal(sys_replace_file(file, "old", 3, 0640), 0);
	expect_content("old");
	assert_int_equal(sys_replace_file(file, "newer", 5, 0604), 0);
	expect_content("newer");
	umask(before);
	struct stat st;
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0604);
	assert_int_equal(sys_replace_file(file, NULL, 0, 0600), 0);
	expect_content("");
	assert_int_equal(sys_replace_file("/nowhere/at/all", "", 0, 0600), -ENOENT);

	int here = open(".", O_RDONLY | O_DIRECTORY);
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(sys_replace_file("file", "relative", 8, 0600), 0);
	assert_int_equal(fchdir(here), 0);
	sys_close(here);
	expect_content("relative");
}

static int open_folder(void)
{
	const char *name;
	int fd = sys_open_folder(file, O_NOFOLLOW, &name);
	assert_true(fd >= 0);
	assert_string_equal(name, "file");
	return fd;
}

static int count_names(void)
{
	int names = -2; /* "." and ".." */
	DIR *dir = opendir(folder);
	while (readdir(dir))
		names++;
	closedir(dir);
	return names;
}

static void replacing_gives_owner_and_mode(void **state)
{
	_cleanup_fd_ int fd = open_folder();
	struct sys_access access = SYS_ACCESS_OWN(0604), found;
	_cleanup_mem_ char *data = NULL;
	size_t length;
	bool replaced = false;
	if (geteuid() == 0)
		access.owner = access.group = 65534;
	mode_t before = umask(077);
	assert_int_equal(sys_replace_in(fd, "file", "new", 3, &access, &replaced), 0);
	umask(before);
	assert_true(replaced);
	assert_int_equal(sys_read_in(fd, "file", 3, &data, &length, &found), 0);
	assert_string_equal(data, "new");
	assert_int_equal(found.mode, 0604);
	if (geteuid() == 0) {
		assert_int_equal(found.owner, 65534);
		assert_int_equal(found.group, 65534);
	}
	/* An owner that cannot be given leaves the file as it was. */
	if (geteuid() == 0) {
		assert_int_equal(chmod(folder, 0777), 0);
		assert_int_equal(seteuid(65534), 0);
		access.owner = 0;
		int r = sys_replace_in(fd, "file", "no", 2, &access, &replaced);
		assert_int_equal(seteuid(0), 0);
		assert_int_equal(r, -EPERM);
		assert_false(replaced);
		expect_content("new");
		assert_int_equal(count_names(), 1);
	}
}

static void links_are_not_followed(void **state)
{
	char link[96], target[96];
	const struct sys_access access = SYS_ACCESS_OWN(0644);
	struct sys_access found;
	char *data = NULL;
	size_t length;
	const char *name;
	bool replaced;
	snprintf(target, sizeof(target), "%s/target", folder);
	assert_int_equal(sys_replace_file(target, "target", 6, 0600), 0);
	assert_int_equal(symlink("target", file), 0);
	_cleanup_fd_ int fd = open_folder();
	assert_int_equal(sys_read_in(fd, "file", 100, &data, &length, &found), -ELOOP);
	assert_int_equal(sys_read_in(fd, "nowhere", 100, &data, &length, &found), -ENOENT);
	assert_int_equal(sys_read_in(fd, ".", 100, &data, &length, &found), -ENOTSUP);
	assert_null(data);
	assert_int_equal(sys_replace_in(fd, "file", "new", 3, &access, &replaced), 0);
	expect_content("new");
	struct stat st;
	assert_int_equal(stat(target, &st), 0);
	assert_int_equal(st.st_size, 6); /* the link went, not what it named */
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(unlink(target), 0);
	/* Nor is a link in the temporary's place, nor one in the folder's. */
	snprintf(link, sizeof(link), "%s/file.new.%d", folder, (int)gettid());
	assert_int_equal(symlink("target", link), 0);
	assert_int_equal(sys_replace_in(fd, "file", "newer", 5, &access, &replaced), 0);
	expect_content("newer");
	assert_int_equal(count_names(), 1);
	snprintf(link, sizeof(link), "%s/link", folder);
	assert_int_equal(symlink(".", link), 0);
	snprintf(target, sizeof(target), "%s/link//file", folder);
	int r = sys_open_folder(target, O_NOFOLLOW, &name);
	assert_true(r == -ENOTDIR || r == -ELOOP);
	_cleanup_fd_ int followed = sys_open_folder(target, 0, &name);
	assert_true(followed >= 0);
	assert_int_equal(unlink(link), 0);
}

static void what_killed_writers_left_goes(void **state)
{
	char left[96], mine[96], other[96];
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	snprintf(left, sizeof(left), "%s/file.new.%d", folder, (int)child);
	snprintf(mine, sizeof(mine), "%s/file.new.%d", folder, (int)gettid());
	snprintf(other, sizeof(other), "%s/file.new.%dx", folder, (int)child);
	const char *all[] = { file, left, mine, other };
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		sys_close(open(all[i], O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	_cleanup_fd_ int fd = open_folder();
	sys_sweep_in(fd, "file");
	assert_int_equal(count_names(), 3);
	assert_int_equal(access(left, F_OK), -1);
	assert_int_equal(unlink(mine), 0);
	assert_int_equal(unlink(other), 0);
}

static void reading_has_a_limit(void **state)
{
	char *data = NULL;
	size_t length = 7;
	assert_int_equal(sys_replace_file(file, "12345", 5, 0600), 0);
	assert_int_equal(sys_read_file(file, 4, &data, &length), -EFBIG);
	assert_null(data);
	assert_int_equal(length, 7);
	assert_int_equal(sys_read_file(file, 5, &data, &length), 0);
	assert_int_equal(length, 5);
	mem_free(data);
	assert_int_equal(sys_read_file("/nowhere/at/all", 5, &data, NULL), -ENOENT);

	/* A pipe has no size to trust. */
	int fds[2];
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	static char big[20000];
	assert_int_equal(sys_write_all(fds[1], big, sizeof(big)), 0);
	sys_close(fds[1]);
	data = NULL;
	assert_int_equal(sys_read_fd(fds[0], sizeof(big), &data, &length), 0);
	assert_int_equal(length, sizeof(big));
	mem_free(data);
	sys_close(fds[0]);
	/* Nor has a file in /proc. */
	data = NULL;
	assert_int_equal(sys_read_file("/proc/self/status", 1 << 16, &data, &length), 0);
	assert_true(length > 100);
	assert_int_equal(strlen(data), length);
	mem_free(data);
}

static void a_memfd_cannot_shrink(void **state)
{
	int fd = sys_memfd("test", 8192);
	assert_true(fd >= 0);
	struct stat st;
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 8192);
	assert_int_equal(ftruncate(fd, 4096), -1);
	assert_int_equal(ftruncate(fd, 16384), -1);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	int taken = TAKE_FD(fd);
	assert_int_equal(fd, -1);
	assert_int_equal(sys_close(taken), -1);
	assert_int_equal(sys_close(-1), -1);
}

static void sockets_carry_vectors(void **state)
{
	int fds[2];
	char a[3] = "", b[8] = "";
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	char hel[] = "hel", lo[] = "lo";
	struct iovec out[] = { { hel, 3 }, { lo, 2 } };
	struct iovec in[] = { { a, 2 }, { b, 7 } };
	assert_int_equal(sys_sendv(fds[0], out, 2, 0), 5);
	assert_int_equal(sys_readv(fds[1], in, 2), 5);
	assert_string_equal(a, "he");
	assert_string_equal(b, "llo");
	assert_int_equal(sys_recv(fds[1], a, 1, MSG_DONTWAIT), -EAGAIN);
	sys_close(fds[1]);
	assert_int_equal(sys_sendv(fds[0], out, 2, 0), -EPIPE); /* and no SIGPIPE */
	sys_close(fds[0]);
}

#ifdef SURROGATE_FAULTS
/* Whatever fails: the call says so, no temporary file stays, and the old or the new content is
 * there (the new one when only the folder could not be synced). */
static void a_failed_replace_leaves_no_trace(void **state)
{
	static const enum fault_kind kinds[] = { FAULT_OPEN, FAULT_WRITE, FAULT_FSYNC, FAULT_RENAME,
						 FAULT_ALLOC };
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		for (uint64_t nth = 1;; nth++) {
			assert_int_equal(sys_replace_file(file, "old", 3, 0600), 0);
			fault_arm(kinds[i], nth, false);
			int r = sys_replace_file(file, "new", 3, 0600);
			uint64_t count = fault_count(kinds[i]);
			fault_arm(kinds[i], 0, false);
			_cleanup_mem_ char *data = NULL;
			assert_int_equal(sys_read_file(file, 10, &data, NULL), 0);
			assert_true(strcmp(data, "old") == 0 || strcmp(data, "new") == 0);
			if (count < nth) {
				assert_int_equal(r, 0);
				assert_string_equal(data, "new");
				break;
			}
			assert_true(r < 0);
			assert_int_equal(count_names(), 1);
		}
	}
}

static int read_body(void)
{
	_cleanup_mem_ char *data = NULL;
	return sys_read_file("/proc/self/status", 1 << 16, &data, NULL);
}

static void a_failed_read_is_told(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, read_body);
	unit_each_fault(FAULT_READ, -EIO, read_body);
	unit_each_fault(FAULT_OPEN, -EMFILE, read_body);
}
#endif

static ino_t number_of(int fd)
{
	struct stat st;
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	sys_close(fd);
	return st.st_ino;
}

static void what_is_below_is_reached_without_links(void **state)
{
	int top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(top, "a", 0755), 0);
	assert_int_equal(mkdirat(top, "a/b", 0755), 0);
	assert_int_equal(symlinkat("a", top, "link"), 0);
	assert_int_equal(symlinkat("b", top, "a/inner"), 0);
	ino_t a = number_of(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	assert_int_equal(number_of(sys_open_below(top, "")), a);
	ino_t b = number_of(openat(top, "a/b", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	assert_int_equal(number_of(sys_open_below(top, "a/b")), b);
	assert_int_equal(number_of(sys_open_below(top, "/a//b/")), b);
	assert_int_equal(sys_open_below(top, "a/c"), -ENOENT);
	assert_int_equal(sys_open_below(top, "link/b"), -ENOTDIR);
	assert_int_equal(sys_open_below(top, "a/inner"), -ENOTDIR);
	assert_int_equal(sys_open_below(top, "a/../a/b"), -ELOOP);
	unlinkat(top, "a/inner", 0);
	unlinkat(top, "link", 0);
	unlinkat(top, "a/b", AT_REMOVEDIR);
	unlinkat(top, "a", AT_REMOVEDIR);
	close(top);
}

static void addresses_become_text(void **state)
{
	struct sockaddr_storage a = { .ss_family = AF_INET };
	struct sockaddr_in *in = (void *)&a;
	struct sockaddr_in6 *in6 = (void *)&a;
	char text[SYS_ADDRESS_SIZE];
	in->sin_port = htons(80);
	in->sin_addr.s_addr = htonl(0xc0000207);
	assert_int_equal(sys_address_text(&a, text), 80);
	assert_string_equal(text, "192.0.2.7");
	a = (struct sockaddr_storage){ .ss_family = AF_INET6 };
	in6->sin6_port = htons(443);
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::1", &in6->sin6_addr), 1);
	assert_int_equal(sys_address_text(&a, text), 443);
	assert_string_equal(text, "2001:db8::1");
	/* An address of IPv4 that came to a socket of IPv6. */
	assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.8", &in6->sin6_addr), 1);
	assert_int_equal(sys_address_text(&a, text), 443);
	assert_string_equal(text, "192.0.2.8");
	a = (struct sockaddr_storage){ .ss_family = AF_UNIX };
	assert_int_equal(sys_address_text(&a, text), 0);
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(replace_and_read, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(replacing_gives_owner_and_mode, make_folder,
						drop_folder),
		cmocka_unit_test_setup_teardown(links_are_not_followed, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(what_killed_writers_left_goes, make_folder,
						drop_folder),
		cmocka_unit_test_setup_teardown(reading_has_a_limit, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(what_is_below_is_reached_without_links, make_folder,
						drop_folder),
		cmocka_unit_test(a_memfd_cannot_shrink),
		cmocka_unit_test(sockets_carry_vectors),
		cmocka_unit_test(addresses_become_text),
#ifdef SURROGATE_FAULTS
		cmocka_unit_test_setup_teardown(a_failed_replace_leaves_no_trace, make_folder,
						drop_folder),
		cmocka_unit_test(a_failed_read_is_told),
#endif
	};
	return cmocka_run_group_tests_name("base/sys", tests, NULL, NULL);
}
