/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A launch by description. The SCM writes down everything the new process shall be, in a sealed
 * memory file, and spawns the small program surrogate-launch, which reads it, becomes that, and
 * executes the program. So none of our code runs between fork and exec in the large process, and
 * every step that can fail runs in a process that is there for nothing else.
 *
 * In the file: the magic, the number of fields, then every field of the table in order. Numbers
 * are u64, texts u32 length and bytes without NUL, lists u32 count and items; little-endian. What
 * is ill-formed, too long or followed by anything is refused whole.
 *
 * Used by the SCM (encode), surrogate-launch (decode, apply) and the fuzzer. One thread.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#include <sys/types.h>

struct buf;

#define LAUNCH_MAGIC 0x48434e4cu /* "LNCH" */
#define LAUNCH_BYTES_MAX (4u << 20)
#define LAUNCH_LIST_MAX 8192u /* a front end reads the folders of all sites */
#define LAUNCH_MEMORY_MAX (16u << 20)

/* Descriptors of the launcher: 0 and 1 are /dev/null, 2 the pipe to the SCM, 3 the control
 * connection of the program; these two besides, closed at exec: */
#define LAUNCH_DESCRIPTION_FD 4
#define LAUNCH_PROGRAM_FD 5

enum launch_flags {
	LAUNCH_SWITCH_USER = 1, /* become uid, gid, groups */
	LAUNCH_SECCOMP = 2,
	LAUNCH_LANDLOCK = 4,
	LAUNCH_READ_SEARCH = 8, /* keep CAP_DAC_READ_SEARCH; only together with Landlock */
	LAUNCH_SCOPED = 16,     /* Landlock scopes: no signals, no abstract sockets outside */
};

/* U a number, T a text, L a list of texts, N a list of numbers. */
#define LAUNCH_FIELDS(U, T, L, N)                                                                  \
	U(flags)                                                                                   \
	U(parent) /* pid of the SCM: if it is gone, so shall the program be */                     \
	U(uid)                                                                                     \
	U(gid)                                                                                     \
	N(groups)                                                                                  \
	U(open_files)    /* RLIMIT_NOFILE */                                                       \
	U(data_limit)    /* bytes, RLIMIT_DATA; 0: none */                                         \
	U(oom_score_adj) /* 0..1000 */                                                             \
	T(cgroup)        /* folder of the cgroup to enter; "" for none */                          \
	T(directory)     /* where it starts */                                                     \
	T(program)       /* for messages */                                                        \
	L(arguments)     /* argv, the name first */                                                \
	L(environment)   /* all of it, NAME=value */                                               \
	L(read_paths)    /* Landlock: what may be read and listed */                               \
	L(execute_paths) /* what may be read and executed */                                       \
	L(write_paths)   /* what may be changed */                                                 \
	U(affinity)      /* processors, one per bit; 0: all */

struct launch_list {
	struct text *items;
	size_t count;
};
struct launch_numbers {
	uint64_t *items;
	size_t count;
};

struct launch {
#define U(name) uint64_t name;
#define T(name) struct text name;
#define L(name) struct launch_list name;
#define N(name) struct launch_numbers name;
	LAUNCH_FIELDS(U, T, L, N)
#undef U
#undef T
#undef L
#undef N
};

/* -EINVAL for a text with NUL or a list that is too long, -ENOBUFS, -ENOMEM. */
int launch_encode(const struct launch *launch, struct buf *out);
/* Texts point into `data`, lists into `arena`; all texts are NUL-terminated copies in `arena`, so
 * that they can be handed to exec. -EBADMSG, -ENOMEM. */
int launch_decode(const char *data, size_t length, struct arena *arena, struct launch *ret);

/* Opens a file or folder (O_PATH) whose place nobody but root and its owner could give to something
 * else: -EPERM when somebody could. -ENOENT and so on. */
int launch_open_trusted(const char *path);

/* Becomes what `launch` says, step by step, and executes LAUNCH_PROGRAM_FD. Returns only on
 * failure, with what could not be done. */
int launch_execute(const struct launch *launch, struct error *err);

/* The steps that are files of their own. */
int launch_landlock(const struct launch *launch, struct error *err);
int launch_seccomp(struct error *err);
/* Joins user, groups and capabilities. */
int launch_become(const struct launch *launch, struct error *err);

/* The kernel's Landlock version, 0 without it. */
int launch_landlock_abi(void);
/* True when the kernel takes seccomp filters. */
bool launch_seccomp_works(void);
