/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps from the launcher to the program, in the only order that works: what needs privilege
 * first, then the loss of it, then the filter, then exec. Runs in surrogate-launch, single
 * threaded; whatever fails ends the launch with a text on standard error, which the SCM keeps.
 */
#include "scm/launch.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sched.h>
#include <stdio.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail(struct error *err, const char *what)
{
	int code = -errno;

	return error_set(err, code, "%s: %s", what, error_errno_text(code));
}

/* Signals as a new process expects them, a session of its own, and an end when the SCM ends. */
static int detach(const struct launch *launch, struct error *err)
{
	sigset_t none;

	sigemptyset(&none);
	for (int s = 1; s < NSIG; s++)
		signal(s, s == SIGPIPE ? SIG_IGN : SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (setsid() < 0 && errno != EPERM)
		return fail(err, "cannot make a session");
	/* What applications write in the common data folder is for their common group. */
	umask(007);
	return 0;
}

/* The parent-death signal is lost when the user changes, so this comes after that. If the SCM was
 * gone before, nothing would ever signal: look once. */
static int follow_parent(const struct launch *launch, struct error *err)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return fail(err, "cannot tie the process to the service control manager");
	if (launch->parent && (uint64_t)getppid() != launch->parent)
		return error_set(err, -ESRCH, "the service control manager has gone");
	return 0;
}

static int set_limit(int resource, uint64_t value, const char *what, struct error *err)
{
	struct rlimit limit = { value, value }, old;

	if (!setrlimit(resource, &limit))
		return 0;
	/* More than we may give (an ordinary user, a container): what there is, then. */
	if (errno != EPERM || getrlimit(resource, &old) < 0 || old.rlim_max >= value)
		return fail(err, what);
	limit.rlim_cur = limit.rlim_max = old.rlim_max;
	return setrlimit(resource, &limit) < 0 ? fail(err, what) : 0;
}

static int write_file(const char *path, const char *text, struct error *err)
{
	_cleanup_fd_ int fd = sys_open(path, O_WRONLY | O_CLOEXEC, 0);
	int r = fd < 0 ? fd : sys_write_all(fd, text, strlen(text));

	return r < 0 ? error_set(err, r, "cannot write %s: %s", path, error_errno_text(r)) : 0;
}

static int bind_processors(uint64_t mask, struct error *err)
{
	cpu_set_t set;

	if (!mask)
		return 0;
	CPU_ZERO(&set);
	for (int i = 0; i < 64; i++) {
		if (mask >> i & 1)
			CPU_SET(i, &set);
	}
	return sched_setaffinity(0, sizeof(set), &set) < 0 ? fail(err, "cannot bind to processors")
							   : 0;
}

static int apply_limits(const struct launch *launch, struct error *err)
{
	char path[512], score[24];
	int r = set_limit(RLIMIT_CORE, 0, "cannot switch off core files", err);

	if (!r && launch->open_files)
		r = set_limit(RLIMIT_NOFILE, launch->open_files, "cannot limit open files", err);
	if (!r && launch->data_limit)
		r = set_limit(RLIMIT_DATA, launch->data_limit, "cannot limit memory", err);
	snprintf(score, sizeof(score), "%d", (int)launch->oom_score_adj);
	if (!r && launch->oom_score_adj)
		r = write_file("/proc/self/oom_score_adj", score, err);
	snprintf(path, sizeof(path), "%s/cgroup.procs", launch->cgroup.data);
	if (!r && launch->cgroup.length)
		r = write_file(path, "0", err);
	return r ? r : bind_processors(launch->affinity, err);
}

/* All capabilities go, CAP_DAC_READ_SEARCH excepted where the description keeps it: then it is
 * ambient, so that exec passes it on to a program without file capabilities. */
static int keep_capabilities(bool read_search, struct error *err)
{
	cap_value_t keep = CAP_DAC_READ_SEARCH;
	cap_t caps = cap_init();
	int r = 0;

	if (!caps)
		return error_set(err, -ENOMEM, "no memory for a capability set");
	if (read_search && (cap_set_flag(caps, CAP_PERMITTED, 1, &keep, CAP_SET) < 0 ||
			    cap_set_flag(caps, CAP_EFFECTIVE, 1, &keep, CAP_SET) < 0 ||
			    cap_set_flag(caps, CAP_INHERITABLE, 1, &keep, CAP_SET) < 0))
		r = fail(err, "cannot describe capabilities");
	if (!r && cap_set_proc(caps) < 0)
		r = fail(err, "cannot drop capabilities");
	cap_free(caps);
	if (!r && read_search && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, keep, 0, 0) < 0)
		r = fail(err, "cannot keep CAP_DAC_READ_SEARCH");
	return r;
}

static int become_user(const struct launch *launch, struct error *err)
{
	gid_t groups[LAUNCH_LIST_MAX];

	for (size_t i = 0; i < launch->groups.count; i++)
		groups[i] = (gid_t)launch->groups.items[i];
	if (setgroups(launch->groups.count, groups) < 0)
		return fail(err, "cannot set groups");
	if (setresgid(launch->gid, launch->gid, launch->gid) < 0)
		return fail(err, "cannot become the group");
	if (setresuid(launch->uid, launch->uid, launch->uid) < 0)
		return fail(err, "cannot become the user");
	return 0;
}

int launch_become(const struct launch *launch, struct error *err)
{
	bool read_search = launch->flags & LAUNCH_READ_SEARCH;
	int r;

	if (!(launch->flags & LAUNCH_SWITCH_USER))
		return 0;
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++) {
		if (read_search && cap == CAP_DAC_READ_SEARCH)
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return fail(err, "cannot bound capabilities");
	}
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return fail(err, "cannot keep capabilities over the change of user");
	r = become_user(launch, err);
	return r ? r : keep_capabilities(read_search, err);
}

static const char **strings(struct launch_list list, struct error *err)
{
	const char **out = mem_zalloc(list.count + 1, sizeof(*out));

	for (size_t i = 0; out && i < list.count; i++)
		out[i] = list.items[i].data;
	if (!out)
		error_set(err, -ENOMEM, "no memory for arguments");
	return out;
}

static int run_program(const struct launch *launch, struct error *err)
{
	_cleanup_mem_ const char **argv = strings(launch->arguments, err);
	_cleanup_mem_ const char **envp = strings(launch->environment, err);

	if (!argv || !envp)
		return -ENOMEM;
	syscall(SYS_close_range, LAUNCH_DESCRIPTION_FD, ~0U, CLOSE_RANGE_CLOEXEC);
	/* By descriptor: the new user need not be able to reach the program's folder. */
	syscall(SYS_execveat, LAUNCH_PROGRAM_FD, "", argv, envp, AT_EMPTY_PATH);
	return errno == EACCES
		       ? error_set(
				 err, -EACCES,
				 "%s may not be executed by user %u: make it executable for others "
				 "(chmod o+rx)",
				 launch->program.data, (unsigned)launch->uid)
		       : fail(err, launch->program.data);
}

int launch_execute(const struct launch *launch, struct error *err)
{
	int r = detach(launch, err);

	if (!r)
		r = apply_limits(launch, err);
	if (!r && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = fail(err, "cannot renounce new privileges");
	if (!r && launch->directory.length && chdir(launch->directory.data) < 0)
		r = error_set(err, -errno, "cannot enter %s: %s", launch->directory.data,
			      error_errno_text(errno));
	/* CAP_DAC_READ_SEARCH without Landlock would open every file of the machine. */
	if (!r && (launch->flags & LAUNCH_READ_SEARCH) && !(launch->flags & LAUNCH_LANDLOCK))
		r = error_set(err, -EINVAL, "CAP_DAC_READ_SEARCH is only given under Landlock");
	if (!r && (launch->flags & LAUNCH_LANDLOCK))
		r = launch_landlock(launch, err);
	if (!r)
		r = launch_become(launch, err);
	if (!r)
		r = follow_parent(launch, err);
	if (!r && (launch->flags & LAUNCH_SECCOMP))
		r = launch_seccomp(err);
	return r ? r : run_program(launch, err);
}
