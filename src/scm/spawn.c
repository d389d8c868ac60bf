/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One child from a launch description: the description goes into a sealed memory file, the small
 * launcher is started with posix_spawn, and its descriptors are exactly those named in launch.h.
 * SCM thread.
 */
#include "scm/spawn_child.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/sys.h"
#include "base/mem.h"
#include "ipc/control.h"
#include "security/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Sources of the child's descriptors are kept above its targets, so that placing one never
 * overwrites the next. */
#define FD_SAFE 16

void spawn_means_print(const struct spawn_means *means, struct buf *out)
{
	if (!means->users)
		buf_puts(out, "Not enforced: separate users (started without root); every process "
			      "runs as the current user.\n");
	if (!means->landlock)
		buf_puts(out, "Not enforced: Landlock (this kernel has none, or it is switched "
			      "off); hosts see every file their user sees.\n");
	if (!means->seccomp)
		buf_puts(out, "Not enforced: the system call filter (no seccomp).\n");
	if (!means->cgroup[0])
		buf_printf(out, "Not enforced: cgroup limits for memory and processor (%s).\n",
			   means->cgroup_why);
}

bool spawn_words_read(struct spawn_words *words, int fd)
{
	char piece[SPAWN_WORDS_MAX];

	/* Bounded: a host that writes without end shall not hold the loop. */
	for (int turns = 0; turns < 16; turns++) {
		ssize_t n = sys_read(fd, piece, sizeof(piece));
		size_t keep;

		if (n == -EAGAIN)
			return true;
		if (n <= 0)
			return false;
		keep = SPAWN_WORDS_MAX - (size_t)n;
		if (words->length > keep) {
			memmove(words->data, words->data + words->length - keep, keep);
			words->length = keep;
		}
		memcpy(words->data + words->length, piece, n);
		words->length += n;
	}
	return true;
}

void spawn_words_last(const struct spawn_words *words, char *out, size_t size)
{
	size_t end = words->length, begin, n;

	while (end && (words->data[end - 1] == '\n' || words->data[end - 1] == '\r' ||
		       words->data[end - 1] == ' '))
		end--;
	for (begin = end; begin && words->data[begin - 1] != '\n';)
		begin--;
	n = end - begin < size - 1 ? end - begin : size - 1;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = words->data[begin + i];

		out[i] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
	}
	out[n] = '\0';
}

static int sealed_description(const struct launch *launch, struct error *err)
{
	struct buf text;
	int fd, r;

	buf_init(&text, LAUNCH_BYTES_MAX);
	r = launch_encode(launch, &text);
	fd = r ? r : memfd_create("surrogate-launch", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 && !r)
		fd = -errno;
	r = fd < 0 ? fd : sys_write_all(fd, text.data, text.length);
	buf_done(&text);
	if (!r &&
	    (lseek(fd, 0, SEEK_SET) < 0 ||
	     fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0))
		r = -errno;
	if (r) {
		sys_close(fd);
		return error_set(err, r, "cannot write the launch description: %s",
				 error_errno_text(r));
	}
	return fd;
}

/* Moves `*fd` above FD_SAFE. */
static int lift(int *fd)
{
	int high;

	if (*fd < 0)
		return *fd;
	high = fcntl(*fd, F_DUPFD_CLOEXEC, FD_SAFE);
	if (high < 0)
		return -errno;
	sys_close(*fd);
	*fd = high;
	return 0;
}

static int run_launcher(const char *launcher, const int source[LAUNCH_PROGRAM_FD + 1], pid_t *ret)
{
	char *argv[] = { (char *)"surrogate-launch", NULL };
	char *const fault = getenv("SURROGATE_FAULT");
	char variable[256] = "";
	char *envp[] = { NULL, NULL };
	posix_spawn_file_actions_t actions;
	int r = posix_spawn_file_actions_init(&actions);

	if (r)
		return -r;
	/* Test builds hand their armed faults on; elsewhere nothing reads it. */
	if (fault && snprintf(variable, sizeof(variable), "SURROGATE_FAULT=%s", fault) > 0)
		envp[0] = variable;
	for (int target = 0; !r && target <= LAUNCH_PROGRAM_FD; target++)
		r = posix_spawn_file_actions_adddup2(&actions, source[target], target);
	if (!r && fault_hit(FAULT_SPAWN))
		r = EAGAIN;
	if (!r)
		r = posix_spawn(ret, launcher, &actions, NULL, argv, envp);
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

static int pair(int domain, int *ours, int *theirs)
{
	int fds[2], r;

	if (domain == AF_UNIX)
		r = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds);
	else
		r = pipe2(fds, O_CLOEXEC);
	if (r < 0)
		return -errno;
	*ours = fds[0];
	*theirs = fds[1];
	if (fcntl(*ours, F_SETFL, fcntl(*ours, F_GETFL) | O_NONBLOCK) < 0)
		return -errno;
	return lift(theirs);
}

int spawn_start(const char *launcher, const struct launch *launch, int program_fd,
		struct spawn_child *ret, struct error *err)
{
	_cleanup_fd_ int control = -1, control_child = -1, words = -1, words_child = -1;
	_cleanup_fd_ int null = sys_open("/dev/null", O_RDWR | O_CLOEXEC, 0), description = -1;
	_cleanup_fd_ int program = fcntl(program_fd, F_DUPFD_CLOEXEC, FD_SAFE);
	pid_t pid = 0;
	int r = null < 0 ? null : program < 0 ? -errno : lift(&null);

	if (!r)
		r = pair(AF_UNIX, &control, &control_child);
	if (!r)
		r = pair(AF_UNSPEC, &words, &words_child);
	if (r)
		return error_set(err, r, "cannot prepare a process: %s", error_errno_text(r));
	description = sealed_description(launch, err);
	if (description < 0)
		return description;
	r = lift(&description);
	if (!r) {
		int source[] = { null, null, words_child, control_child, description, program };

		r = run_launcher(launcher, source, &pid);
	}
	if (r)
		return error_set(err, r, "cannot start %s: %s", launcher, error_errno_text(r));
	ret->pidfd = syscall(SYS_pidfd_open, pid, 0);
	if (ret->pidfd < 0) {
		r = -errno;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return error_set(err, r, "cannot watch process %d: %s", pid, error_errno_text(r));
	}
	fcntl(ret->pidfd, F_SETFD, FD_CLOEXEC);
	ret->pid = pid;
	ret->control = TAKE_FD(control);
	ret->stderr_fd = TAKE_FD(words);
	return 0;
}

bool spawn_reap(int pidfd, int *ret_code, int *ret_signal)
{
	siginfo_t info = { 0 };

	if (waitid(P_PIDFD, pidfd, &info, WEXITED | WNOHANG) < 0 || !info.si_pid)
		return false;
	*ret_code = info.si_code == CLD_EXITED ? info.si_status : 0;
	*ret_signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
	return true;
}
