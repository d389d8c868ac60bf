/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting processes: what this machine lets us enforce, and one child from a launch description.
 * SCM only, from its one thread.
 */
#pragma once

#include "base/error.h"
#include "scm/launch.h"

struct buf;

/* What can be enforced here, found out once at start. */
struct spawn_means {
	bool users;   /* we may switch users */
	int landlock; /* its version, 0: none */
	bool seccomp;
	char cgroup[256];     /* the folder below which each child gets a cgroup; "" for none */
	char cgroup_why[128]; /* why there is none */
};
void spawn_means_find(struct spawn_means *ret);
/* One line for each thing that is not enforced, "" when everything is. */
void spawn_means_print(const struct spawn_means *means, struct buf *out);

/* The last words of a child: the tail of what it wrote on standard error. */
#define SPAWN_WORDS_MAX 4096
struct spawn_words {
	char data[SPAWN_WORDS_MAX];
	size_t length;
};
/* Reads what is there. False at the end of the pipe. */
bool spawn_words_read(struct spawn_words *words, int fd);
/* The last line that is not empty, made printable, at most `size` - 1 bytes. */
void spawn_words_last(const struct spawn_words *words, char *out, size_t size);

struct spawn_child {
	int pid;
	int pidfd;     /* readable once it has ended */
	int stderr_fd; /* not blocking */
	int control;   /* our end of its control connection, not blocking */
};

/* Starts `program_fd` (an O_PATH or O_RDONLY descriptor) through the launcher `launcher`, which
 * makes of it what `launch` says. The descriptors in `*ret` become the caller's; `program_fd`
 * stays so. What goes wrong after this returned shows as an exit with code 126 and last words. */
int spawn_start(const char *launcher, const struct launch *launch, int program_fd,
		struct spawn_child *ret, struct error *err);
/* Collects an ended child: its exit code, or the signal that ended it. False: it still runs. */
bool spawn_reap(int pidfd, int *ret_code, int *ret_signal);

/* What a child's cgroup limits; 0: not. */
struct spawn_limits {
	uint64_t memory; /* bytes */
	uint32_t cpu;    /* 1/100000 of the machine */
	bool under_load; /* `cpu` is its share when others want processors too, not a ceiling */
};
/* A cgroup below `means->cgroup` for child `generation`: writes its folder to `path`, and the
 * limits that the kernel takes. Does nothing without cgroups. */
int spawn_cgroup_make(const struct spawn_means *means, uint64_t generation,
		      const struct spawn_limits *limits, char *path, size_t size);
/* Removes it, and what still runs in it. */
void spawn_cgroup_remove(const struct spawn_means *means, uint64_t generation);
