/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child that does as it is told: its first argument names what, its answer is its exit code and
 * what it writes on standard error. `register` speaks the control protocol until it is told to
 * stop. Started by test-spawn through the launcher.
 */
#include "base/loop.h"
#include "ipc/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

static void message(void *ctx, struct control_message *m)
{
	if (m->type == CONTROL_STOP)
		loop_stop(ctx);
}

static void lost(void *ctx)
{
	loop_stop(ctx);
}

static int speak(void)
{
	struct child_handler handler = { .message = message, .lost = lost };
	struct error err = { 0 };
	struct child *child;
	struct loop *loop;
	int r;

	if (loop_new(&loop) < 0)
		return 1;
	handler.ctx = loop;
	if (child_new(loop, &handler, &child, &err) < 0 ||
	    child_register(child, "fake-host", NULL, 0) < 0)
		return 1;
	r = loop_run(loop);
	child_free(child);
	loop_free(loop);
	return r < 0;
}

/* 0 when `path` can be read, else the errno. */
static int can_read(const char *path)
{
	int fd = open(path, O_RDONLY);

	return fd < 0 ? errno : (close(fd), 0);
}

static int can_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	return fd < 0 ? errno : (close(fd), 0);
}

/* Open descriptors, as bits. */
static int descriptors(void)
{
	int bits = 0;

	for (int fd = 0; fd < 64; fd++)
		bits += fcntl(fd, F_GETFD) >= 0 ? 1 << (fd < 7 ? fd : 7) : 0;
	return bits;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "", *with = argc > 2 ? argv[2] : "";

	if (!strcmp(what, "register"))
		return speak();
	if (!strcmp(what, "words"))
		return fprintf(stderr, "first\nlast words\n\n") < 0;
	if (!strcmp(what, "flood")) {
		for (int i = 0; i < 100000; i++)
			fprintf(stderr, "line %d\n", i);
		return 0;
	}
	if (!strcmp(what, "crash"))
		abort();
	if (!strcmp(what, "hang"))
		return pause();
	if (!strcmp(what, "uid"))
		return fprintf(stderr, "%u %u\n", (unsigned)getuid(), (unsigned)getgid()) < 0;
	if (!strcmp(what, "environment"))
		return fprintf(stderr, "%s\n", getenv(with) ? getenv(with) : "(none)") < 0;
	if (!strcmp(what, "descriptors"))
		return descriptors();
	if (!strcmp(what, "read"))
		return can_read(with);
	if (!strcmp(what, "write"))
		return can_write(with);
	if (!strcmp(what, "ptrace"))
		return ptrace(PTRACE_TRACEME, 0, 0, 0) < 0 ? errno : 0;
	if (!strcmp(what, "newuser"))
		return unshare(CLONE_NEWUSER) < 0 ? errno : 0;
	if (!strcmp(what, "newprivileges"))
		return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	return 99;
}
