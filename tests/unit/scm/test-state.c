/* SPDX-License-Identifier: Apache-2.0 */
/* The state directory: who can reach what, who owns what, whose number is whose, one server. */
#include "base/mem.h"
#include "base/sys.h"
#include "scm/scm_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char root[] = "/tmp/surrogate-state-XXXXXX";

static char *below(const char *name)
{
	static char paths[4][256];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(paths[turn], sizeof(paths[turn]), "%s%s%s", root, *name ? "/" : "", name);
	return paths[turn];
}

static void says_which_folder_is_closed(void **state)
{
	struct identity stranger = { .uid = 1879048999u, .gid = 1879048999u };
	struct identity owner = { .uid = getuid(), .gid = getgid() };
	struct identity member = {
		.uid = 1879048999u, .gid = 1879048999u, .groups = { getgid() }, .group_count = 1
	};
	char blocked[256];

	(void)state;
	chmod(root, 0755);
	assert_int_equal(mkdir(below("open"), 0755), 0);
	assert_int_equal(mkdir(below("group"), 0750), 0);
	assert_int_equal(mkdir(below("closed"), 0700), 0);
	assert_int_equal(mkdir(below("closed/site"), 0755), 0);
	assert_int_equal(mkdir(below("search"), 0711), 0);
	assert_false(scm_unreachable(below("open"), &stranger, blocked, sizeof(blocked)));
	assert_true(scm_unreachable(below("closed/site"), &stranger, blocked, sizeof(blocked)));
	assert_string_equal(blocked, below("closed"));
	assert_false(scm_unreachable(below("closed/site"), &owner, blocked, sizeof(blocked)));
	assert_true(scm_unreachable(below("group"), &stranger, blocked, sizeof(blocked)));
	assert_false(scm_unreachable(below("group"), &member, blocked, sizeof(blocked)));
	/* to walk through is not to list */
	assert_true(scm_unreachable(below("search"), &stranger, blocked, sizeof(blocked)));
	assert_false(scm_unreachable(below("nonesuch"), &stranger, blocked, sizeof(blocked)));
}

static void a_link_is_not_taken_for_a_folder_of_ours(void **state)
{
	struct scm scm = { .means.users = !geteuid() };
	struct identity other = { .uid = 1879048999u, .gid = 1879048192u };
	struct stat st;

	(void)state;
	assert_int_equal(symlink(below("open"), below("link")), 0);
	assert_true(scm_folder_own(&scm, below("link"), &other, 0700) < 0);
	assert_int_equal(stat(below("open"), &st), 0);
	assert_int_equal(st.st_uid, getuid());
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(scm_folder_own(&scm, below("temp"), &other, 0700), 0);
	assert_int_equal(stat(below("temp"), &st), 0);
	assert_int_equal(st.st_uid, scm.means.users ? other.uid : getuid());
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void a_name_keeps_its_number(void **state)
{
	struct scm scm = { 0 };
	uint32_t a = 0, b = 0, again = 0;

	(void)state;
	assert_int_equal(registry_open(root, &scm.registry, NULL), 0);
	assert_int_equal(scm_identity_number(&scm, "IIS APPPOOL\\A", &a), 0);
	assert_int_equal(scm_identity_number(&scm, "IIS APPPOOL\\B", &b), 0);
	assert_true(a > IDENTITY_UID_FIRST);
	assert_int_equal(b, a + 1);
	registry_close(scm.registry);
	assert_int_equal(registry_open(root, &scm.registry, NULL), 0);
	assert_int_equal(scm_identity_number(&scm, "IIS APPPOOL\\A", &again), 0);
	assert_int_equal(again, a);
	registry_close(scm.registry);
}

static void a_second_server_is_kept_out(void **state)
{
	struct scm first = { .state_dir = root, .lock_fd = -1 }, second = first;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(scm_lock(&first, &err), 0);
	assert_int_equal(scm_lock(&second, &err), -EBUSY);
	assert_non_null(strstr(err.text, root));
	sys_close(second.lock_fd);
	sys_close(first.lock_fd);
	assert_int_equal(scm_lock(&second, &err), 0);
	sys_close(second.lock_fd);
}

static void a_taken_port_is_seen(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t length = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &length), 0);
	assert_false(scm_port_free("127.0.0.1", ntohs(a.sin_port)));
	assert_false(scm_port_free("*", ntohs(a.sin_port)));
	assert_false(scm_port_free("no address", 80));
	close(fd);
	assert_true(scm_port_free("127.0.0.1", ntohs(a.sin_port)));
}

static int make_root(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	static const char *const left[] = { "closed/site",
					    "closed",
					    "open",
					    "group",
					    "search",
					    "temp",
					    "link",
					    "run/lock",
					    "run",
					    "registry.db",
					    "registry.db-wal",
					    "registry.db-shm",
					    "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(left); i++)
		remove(below(left[i]));
	return access(root, F_OK) == 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_which_folder_is_closed),
		cmocka_unit_test(a_link_is_not_taken_for_a_folder_of_ours),
		cmocka_unit_test(a_name_keeps_its_number),
		cmocka_unit_test(a_second_server_is_kept_out),
		cmocka_unit_test(a_taken_port_is_seen),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
