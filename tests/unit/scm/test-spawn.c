/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real processes through the real launcher: what they inherit, what they may not do, how their
 * end and last words are seen. Arguments: the launcher and the fake host.
 */
#include "base/fault.h"
#include "base/mem.h"
#include "base/sys.h"
#include "ipc/control.h"
#include "scm/spawn_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static const char *launcher, *fake;

struct ended {
	int code, signal;
	struct spawn_words words;
	char last[256];
};

static struct text system_files[] = { { "/usr/lib", 8 }, { "/lib", 4 }, { "/lib64", 6 } };
static struct text system_read[] = { { "/etc/ld.so.cache", 16 }, { "/proc/self", 10 } };

static struct launch launch_of(const char *what, const char *with, struct text arguments[3])
{
	arguments[0] = TEXT("fake-host");
	arguments[1] = text_of(what);
	arguments[2] = text_of(with);
	return (struct launch){
		.parent = (uint64_t)getpid(),
		.open_files = 256,
		.directory = TEXT("/"),
		.program = text_of(fake),
		.arguments = { arguments, 3 },
		.execute_paths = { system_files, ARRAY_LEN(system_files) },
		.read_paths = { system_read, ARRAY_LEN(system_read) },
	};
}

static void start(const struct launch *launch, struct spawn_child *child)
{
	struct error err = { 0 };
	int fd = open(fake, O_PATH | O_CLOEXEC);

	assert_true(fd >= 0);
	if (spawn_start(launcher, launch, fd, child, &err) < 0)
		fail_msg("%s", err.text);
	close(fd);
}

static void finish(struct spawn_child *child, struct ended *end)
{
	struct pollfd polls[] = { { child->pidfd, POLLIN, 0 }, { child->stderr_fd, POLLIN, 0 } };

	memset(end, 0, sizeof(*end));
	while (!(polls[0].revents & POLLIN)) {
		assert_true(poll(polls, 2, 60000) > 0);
		if (polls[1].revents && !spawn_words_read(&end->words, child->stderr_fd))
			polls[1].fd = -1;
	}
	while (polls[1].fd >= 0 && spawn_words_read(&end->words, child->stderr_fd))
		poll(&polls[1], 1, 100);
	assert_true(spawn_reap(child->pidfd, &end->code, &end->signal));
	spawn_words_last(&end->words, end->last, sizeof(end->last));
	close(child->pidfd);
	close(child->stderr_fd);
	close(child->control);
}

static void run(const struct launch *launch, struct ended *end)
{
	struct spawn_child child;

	start(launch, &child);
	finish(&child, end);
}

static void run_simple(const char *what, const char *with, uint64_t flags, struct ended *end)
{
	struct text arguments[3];
	struct launch launch = launch_of(what, with, arguments);

	launch.flags = flags;
	run(&launch, end);
	if (end->code == 126)
		fail_msg("%s: %s", what, end->last);
}

static void inherits_four_descriptors(void **state)
{
	struct ended end;

	(void)state;
	run_simple("descriptors", "", 0, &end);
	assert_int_equal(end.code, 0xf);
}

static void gets_the_described_environment_alone(void **state)
{
	struct text arguments[3], environment[] = { { "COLOUR=blue", 11 } };
	struct launch launch = launch_of("environment", "COLOUR", arguments);
	struct ended end;

	(void)state;
	setenv("SECRET", "x", 1);
	launch.environment.items = environment;
	launch.environment.count = 1;
	run(&launch, &end);
	assert_string_equal(end.last, "blue");
	launch = launch_of("environment", "SECRET", arguments);
	run(&launch, &end);
	assert_string_equal(end.last, "(none)");
}

static void last_words_are_kept(void **state)
{
	struct ended end;

	(void)state;
	run_simple("words", "", 0, &end);
	assert_string_equal(end.last, "last words");
	run_simple("flood", "", 0, &end);
	assert_string_equal(end.last, "line 99999");
	assert_true(end.words.length <= SPAWN_WORDS_MAX);
}

static void ends_are_told_apart(void **state)
{
	struct text arguments[3];
	struct launch launch = launch_of("hang", "", arguments);
	struct spawn_child child;
	struct ended end;

	(void)state;
	run_simple("crash", "", 0, &end);
	assert_int_equal(end.signal, SIGABRT);
	run_simple("nonsense", "", 0, &end);
	assert_int_equal(end.code, 99);
	assert_int_equal(end.signal, 0);
	start(&launch, &child);
	assert_false(spawn_reap(child.pidfd, &end.code, &end.signal));
	kill(child.pid, SIGKILL);
	finish(&child, &end);
	assert_int_equal(end.signal, SIGKILL);
}

static void speaks_on_its_control_connection(void **state)
{
	struct text arguments[3], environment[] = { { "SURROGATE_GENERATION=7", 22 } };
	struct launch launch = launch_of("register", "", arguments);
	struct control_message *m = malloc(sizeof(*m));
	struct control_stop stop = { .generation = 7 };
	struct spawn_child child;
	struct pollfd poll_control;
	struct ended end;

	(void)state;
	launch.environment.items = environment;
	launch.environment.count = 1;
	start(&launch, &child);
	poll_control = (struct pollfd){ child.control, POLLIN, 0 };
	assert_int_equal(poll(&poll_control, 1, 60000), 1);
	assert_int_equal(control_receive(child.control, CONTROL_FROM_HOST, m), 0);
	assert_int_equal(m->type, CONTROL_REGISTRATION);
	assert_int_equal(m->registration.generation, 7);
	assert_int_equal(m->registration.pid, child.pid);
	assert_int_equal(control_send(child.control, CONTROL_STOP, &stop, NULL, 0), 0);
	finish(&child, &end);
	assert_int_equal(end.code, 0);
	free(m);
}

static void nothing_gains_privileges(void **state)
{
	struct ended end;

	(void)state;
	run_simple("newprivileges", "", 0, &end);
	assert_int_equal(end.code, 1);
}

static void the_filter_refuses(void **state)
{
	struct ended end;

	(void)state;
	if (!launch_seccomp_works())
		skip();
	run_simple("ptrace", "", LAUNCH_SECCOMP, &end);
	assert_int_equal(end.code, EPERM);
	run_simple("newuser", "", LAUNCH_SECCOMP, &end);
	assert_int_equal(end.code, EPERM);
}

static void landlock_hides_what_is_not_named(void **state)
{
	struct ended end;

	(void)state;
	if (!launch_landlock_abi())
		skip();
	run_simple("read", "/etc/ld.so.cache", LAUNCH_LANDLOCK, &end);
	assert_int_equal(end.code, 0);
	run_simple("read", "/etc/passwd", LAUNCH_LANDLOCK, &end);
	assert_int_equal(end.code, EACCES);
	run_simple("write", "/tmp/surrogate-test-no", LAUNCH_LANDLOCK, &end);
	assert_int_equal(end.code, EACCES);
}

static struct launch as_nobody(const char *what, const char *with, struct text arguments[3])
{
	struct launch launch = launch_of(what, with, arguments);

	launch.flags = LAUNCH_SWITCH_USER;
	launch.uid = 1879048999u;
	launch.gid = 1879048192u;
	return launch;
}

static void becomes_another_user(void **state)
{
	struct text arguments[3];
	struct launch launch = as_nobody("uid", "", arguments);
	struct ended end;

	(void)state;
	if (geteuid())
		skip();
	run(&launch, &end);
	assert_string_equal(end.last, "1879048999 1879048192");
	launch = as_nobody("read", "/etc/shadow", arguments);
	run(&launch, &end);
	assert_int_equal(end.code, EACCES);
}

/* A site below a folder that only root enters is read, and nothing else is. */
static void reads_what_is_closed_only_under_landlock(void **state)
{
	char folder[] = "/tmp/surrogate-test-XXXXXX", file[64];
	struct text arguments[3], read_paths[3] = { system_read[0], system_read[1] };
	struct launch launch;
	struct ended end;
	int fd;

	(void)state;
	if (geteuid() || !launch_landlock_abi())
		skip();
	assert_non_null(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/page.asp", folder);
	fd = open(file, O_WRONLY | O_CREAT, 0600);
	close(fd);
	read_paths[2] = text_of(folder);
	launch = as_nobody("read", file, arguments);
	launch.read_paths = (struct launch_list){ read_paths, 3 };
	launch.flags |= LAUNCH_LANDLOCK;
	run(&launch, &end);
	assert_int_equal(end.code, EACCES);
	launch.flags |= LAUNCH_READ_SEARCH;
	run(&launch, &end);
	assert_int_equal(end.code, 0);
	launch = as_nobody("read", "/etc/shadow", arguments);
	launch.read_paths = (struct launch_list){ read_paths, 3 };
	launch.flags |= LAUNCH_LANDLOCK | LAUNCH_READ_SEARCH;
	run(&launch, &end);
	assert_int_equal(end.code, EACCES);
	launch.flags &= ~(uint64_t)LAUNCH_LANDLOCK;
	run(&launch, &end);
	assert_int_equal(end.code, 126);
	unlink(file);
	rmdir(folder);
}

/* The folder that a link leads to is closed to who made the link, or could have. */
static void links_of_others_open_nothing(void **state)
{
	static const struct {
		uid_t parent, link, end;
		gid_t group;
		mode_t mode; /* of the folder that the link is in */
		bool trusted;
	} cases[] = {
		{ 0, 0, 0, 0, 0755, true },          { 0, 0, 1000, 0, 0755, true },
		{ 1000, 0, 1000, 1000, 0775, true }, { 1000, 1000, 1000, 1000, 0755, true },
		{ 1000, 0, 0, 0, 0755, false },      { 1000, 0, 1001, 0, 0755, false },
		{ 0, 0, 0, 1000, 0775, false },      { 0, 0, 0, 0, 0777, false },
		{ 0, 0, 0, 0, 01777, true },         { 0, 1000, 0, 0, 01777, false },
	};
	char folder[] = "/tmp/surrogate-test-XXXXXX", end[64], parent[64], link[80], file[96];
	struct text arguments[3], read_paths[3] = { system_read[0], system_read[1] };
	struct ended ended;

	(void)state;
	if (geteuid() || !launch_landlock_abi())
		skip();
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chmod(folder, 0755), 0);
	snprintf(end, sizeof(end), "%s/end", folder);
	snprintf(parent, sizeof(parent), "%s/parent", folder);
	snprintf(link, sizeof(link), "%s/site", parent);
	snprintf(file, sizeof(file), "%s/page.asp", end);
	assert_int_equal(mkdir(end, 0700), 0);
	assert_int_equal(mkdir(parent, 0755), 0);
	close(open(file, O_WRONLY | O_CREAT, 0600));
	assert_int_equal(symlink(end, link), 0);
	snprintf(file, sizeof(file), "%s/page.asp", link);
	read_paths[2] = text_of(link);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct launch launch = as_nobody("read", file, arguments);
		assert_int_equal(lchown(link, cases[i].link, 0), 0);
		assert_int_equal(chown(end, cases[i].end, cases[i].end), 0);
		assert_int_equal(chown(parent, cases[i].parent, cases[i].group), 0);
		assert_int_equal(chmod(parent, cases[i].mode), 0);
		int fd = launch_open_trusted(link);
		if (cases[i].trusted ? fd < 0 : fd != -EPERM)
			fail_msg("case %zu: %d", i, fd);
		if (fd >= 0)
			close(fd);
		launch.read_paths = (struct launch_list){ read_paths, 3 };
		launch.flags |= LAUNCH_LANDLOCK | LAUNCH_READ_SEARCH;
		run(&launch, &ended);
		if (ended.code != (cases[i].trusted ? 0 : EACCES))
			fail_msg("case %zu: it ended with %d", i, ended.code);
	}
	assert_int_equal(launch_open_trusted("/no/such/folder"), -ENOENT);
	unlink(file);
	unlink(link);
	rmdir(parent);
	rmdir(end);
	rmdir(folder);
}

static void a_program_that_cannot_run_says_why(void **state)
{
	struct text arguments[3];
	struct launch launch = launch_of("", "", arguments);
	struct spawn_child child;
	struct error err = { 0 };
	struct ended end;
	int fd = open("/etc/passwd", O_PATH);

	(void)state;
	assert_int_equal(spawn_start(launcher, &launch, fd, &child, &err), 0);
	close(fd);
	finish(&child, &end);
	assert_int_equal(end.code, 126);
	assert_non_null(strstr(end.last, "surrogate-launch: "));
	fd = open(fake, O_PATH);
	assert_true(spawn_start("/nonesuch", &launch, fd, &child, &err) < 0);
	assert_non_null(strstr(err.text, "/nonesuch"));
	close(fd);
}

static void an_orphan_does_not_start(void **state)
{
	struct text arguments[3];
	struct launch launch = launch_of("words", "", arguments);
	struct ended end;

	(void)state;
	launch.parent = 1;
	run(&launch, &end);
	assert_int_equal(end.code, 126);
}

#ifdef SURROGATE_FAULTS
static int open_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}
#endif

/* Whatever fails on the way, nothing is left behind and the text says what it was. */
static void a_start_that_fails_leaves_nothing_behind(void **state)
{
#ifdef SURROGATE_FAULTS
	static const enum fault_kind kinds[] = { FAULT_ALLOC, FAULT_OPEN, FAULT_WRITE,
						 FAULT_SPAWN };
	struct text arguments[3];
	struct launch launch = launch_of("words", "", arguments);
	int fd = open(fake, O_PATH | O_CLOEXEC), before = open_descriptors();

	for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++) {
		for (int nth = 1; nth < 100; nth++) {
			struct spawn_child child;
			struct error err = { 0 };
			struct ended end;
			int r;

			fault_arm(kinds[kind], nth, false);
			r = spawn_start(launcher, &launch, fd, &child, &err);
			fault_arm(kinds[kind], 0, false);
			if (r == 0)
				finish(&child, &end);
			else
				assert_true(err.text[0]);
			assert_int_equal(open_descriptors(), before);
			if (r == 0)
				break;
			assert_true(nth < 99);
		}
	}
	close(fd);
#else
	skip();
#endif
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inherits_four_descriptors),
		cmocka_unit_test(gets_the_described_environment_alone),
		cmocka_unit_test(last_words_are_kept),
		cmocka_unit_test(ends_are_told_apart),
		cmocka_unit_test(speaks_on_its_control_connection),
		cmocka_unit_test(nothing_gains_privileges),
		cmocka_unit_test(the_filter_refuses),
		cmocka_unit_test(landlock_hides_what_is_not_named),
		cmocka_unit_test(becomes_another_user),
		cmocka_unit_test(reads_what_is_closed_only_under_landlock),
		cmocka_unit_test(links_of_others_open_nothing),
		cmocka_unit_test(a_program_that_cannot_run_says_why),
		cmocka_unit_test(an_orphan_does_not_start),
		cmocka_unit_test(a_start_that_fails_leaves_nothing_behind),
	};

	if (argc != 3)
		return 2;
	launcher = argv[1];
	fake = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
