/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this machine can enforce, and cgroups (version 2) for the children. The SCM needs a cgroup
 * it may divide: its own, when that is delegated to it (systemd: Delegate=yes). It moves itself to
 * a leaf of it, since a cgroup with processes of its own cannot hand out controllers.
 */
#include "scm/spawn_child.h"
#include "base/mem.h"
#include "base/sys.h"
#include "security/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define CGROUP_ROOT "/sys/fs/cgroup"

static int write_at(const char *folder, const char *name, const char *text)
{
	char path[400];
	_cleanup_fd_ int fd = -1;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = sys_open(path, O_WRONLY | O_CLOEXEC, 0);
	return fd < 0 ? fd : sys_write_all(fd, text, strlen(text));
}

/* The path behind "0::" in /proc/self/cgroup. */
static bool own_cgroup(char *out, size_t size)
{
	_cleanup_mem_ char *text = NULL;
	char *line, *end;

	if (sys_read_file("/proc/self/cgroup", 65536, &text, NULL) < 0)
		return false;
	line = !strncmp(text, "0::", 3) ? text : strstr(text, "\n0::");
	if (!line)
		return false;
	line += *line == '\n' ? 4 : 3;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	return snprintf(out, size, "%s%s", CGROUP_ROOT, line) < (int)size;
}

static void find_cgroup(struct spawn_means *means)
{
	char base[sizeof(means->cgroup) - 32], leaf[sizeof(means->cgroup)];
	struct statfs fs;

	if (statfs(CGROUP_ROOT, &fs) < 0 || fs.f_type != CGROUP2_SUPER_MAGIC) {
		snprintf(
			means->cgroup_why, sizeof(means->cgroup_why),
			"this machine has cgroups of version 1 or both mixed; version 2 is needed");
		return;
	}
	if (!own_cgroup(base, sizeof(base))) {
		snprintf(means->cgroup_why, sizeof(means->cgroup_why),
			 "cannot find out the cgroup this process is in");
		return;
	}
	snprintf(leaf, sizeof(leaf), "%s/surrogate", base);
	if ((mkdir(leaf, 0755) < 0 && errno != EEXIST) || write_at(leaf, "cgroup.procs", "0") < 0 ||
	    write_at(base, "cgroup.subtree_control", "+memory +pids +cpu") < 0) {
		snprintf(means->cgroup_why, sizeof(means->cgroup_why),
			 "the cgroup of this process is not delegated to it");
		write_at(base, "cgroup.procs", "0");
		rmdir(leaf);
		return;
	}
	snprintf(means->cgroup, sizeof(means->cgroup), "%s", base);
}

void spawn_means_find(struct spawn_means *ret)
{
	*ret = (struct spawn_means){
		.users = identity_enforced(),
		.landlock = launch_landlock_abi(),
		.seccomp = launch_seccomp_works(),
	};
	find_cgroup(ret);
}

static void child_folder(const struct spawn_means *means, uint64_t generation, char *out,
			 size_t size)
{
	snprintf(out, size, "%s/child-%llu", means->cgroup, (unsigned long long)generation);
}

static void limit_cpu(const char *path, const struct spawn_limits *limits)
{
	char value[48];

	if (limits->under_load) {
		/* Everybody begins with 100 of 10000. */
		uint32_t weight = limits->cpu / 1000 ? limits->cpu / 1000 : 1;

		snprintf(value, sizeof(value), "%u", weight < 100 ? weight : 100);
		write_at(path, "cpu.weight", value);
		return;
	}
	/* cpu/limit is in 1/1000 of a per cent of the whole machine; cpu.max is time per period. */
	snprintf(value, sizeof(value), "%llu 100000",
		 (unsigned long long)limits->cpu *
			 (unsigned long long)sysconf(_SC_NPROCESSORS_ONLN));
	write_at(path, "cpu.max", value);
}

int spawn_cgroup_make(const struct spawn_means *means, uint64_t generation,
		      const struct spawn_limits *limits, char *path, size_t size)
{
	char value[48];

	path[0] = '\0';
	if (!means->cgroup[0])
		return 0;
	child_folder(means, generation, path, size);
	if (mkdir(path, 0755) < 0 && errno != EEXIST) {
		path[0] = '\0';
		return -errno;
	}
	write_at(path, "pids.max", "512");
	snprintf(value, sizeof(value), "%llu", (unsigned long long)limits->memory);
	if (limits->memory)
		write_at(path, "memory.max", value);
	if (limits->cpu)
		limit_cpu(path, limits);
	return 0;
}

void spawn_cgroup_remove(const struct spawn_means *means, uint64_t generation)
{
	char path[320];

	if (!means->cgroup[0])
		return;
	child_folder(means, generation, path, sizeof(path));
	/* What the host started ends with it, as in a Windows job object. */
	write_at(path, "cgroup.kill", "1");
	rmdir(path);
}
