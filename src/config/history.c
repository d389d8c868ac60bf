/* SPDX-License-Identifier: Apache-2.0 */
/* The history of applicationHost.config; see history.h. Called by commit.c with the lock held. */
#include "config/history.h"

#include "config/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PREFIX "CFGHISTORY_"
#define UNFINISHED "unfinished" /* a version that is not whole yet */
#define FILE_NAME "applicationHost.config"

struct settings {
	bool enabled;
	const char *path;
	uint32_t most;
};

static uint64_t number_of(const char *name)
{
	struct text t = text_of(name);
	uint64_t number = 0;
	if (!text_starts_with(t, TEXT(PREFIX)))
		return 0;
	t = (struct text){ t.data + strlen(PREFIX), t.length - strlen(PREFIX) };
	return text_to_u64(t, &number) ? number : 0;
}

static int is_version(const struct dirent *entry)
{
	return number_of(entry->d_name) > 0;
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
	uint64_t x = number_of((*a)->d_name), y = number_of((*b)->d_name);
	return (x > y) - (x < y);
}

/* ---- versions: folders in the open folder `in` ---- */

static int open_version(int in, const char *name)
{
	return sys_openat(in, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
}

static bool is_newest(int in, const char *name, struct text text)
{
	_cleanup_mem_ char *data = NULL;
	_cleanup_fd_ int folder = open_version(in, name);
	struct sys_access access;
	size_t length;

	return folder >= 0 &&
	       sys_read_in(folder, FILE_NAME, XML_SIZE_MAX, &data, &length, &access) == 0 &&
	       text_equal(text, (struct text){ data, length });
}

static void remove_version(int in, const char *name)
{
	_cleanup_fd_ int folder = open_version(in, name);

	if (folder < 0)
		return;
	sys_sweep_in(folder, FILE_NAME);
	unlinkat(folder, FILE_NAME, 0);
	unlinkat(in, name, AT_REMOVEDIR);
}

static int fill_version(int in, const char *name, struct text text, const struct sys_access *access)
{
	_cleanup_fd_ int folder = open_version(in, name);
	bool replaced;

	return folder < 0 ? folder
			  : sys_replace_in(folder, FILE_NAME, text.data, text.length, access,
					   &replaced);
}

/* A version has its name when it is whole; one that cannot be made leaves nothing. */
static int write_version(int in, uint64_t number, struct text text, const struct sys_access *access)
{
	char name[64];

	snprintf(name, sizeof(name), PREFIX "%010llu", (unsigned long long)number);
	remove_version(in, UNFINISHED); /* of a process that was killed */
	if (mkdirat(in, UNFINISHED, 0750) < 0)
		return -errno;
	int r = fill_version(in, UNFINISHED, text, access);
	if (r == 0)
		r = sys_renameat(in, UNFINISHED, name);
	if (r < 0)
		remove_version(in, UNFINISHED);
	return r < 0 ? r : sys_fsync(in);
}

/* Where it is, is the administrator's to say; that it is a folder there and no link to another one
 * is looked at, since what is too old in it is removed. */
static int open_history(const char *path)
{
	char folder[PATH_MAX];
	const char *name;
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	if (length >= sizeof(folder))
		return -ENAMETOOLONG;
	snprintf(folder, sizeof(folder), "%.*s", (int)length, path);
	_cleanup_fd_ int in = sys_open_folder(folder, 0, &name);
	if (in < 0)
		return in;
	mkdirat(in, name, 0750);
	return open_version(in, name);
}

/* The oldest ones go first, for a disk that is full: `most` are left with the new one. */
static int keep(const struct settings *settings, struct text text, const struct sys_access *access)
{
	struct dirent **versions = NULL;
	_cleanup_fd_ int in = open_history(settings->path);

	if (in < 0)
		return in;
	int count = scandirat(in, ".", &versions, is_version, by_number);
	if (count < 0)
		return -errno;
	const char *newest = count > 0 ? versions[count - 1]->d_name : "";
	uint64_t number = number_of(newest) + 1;
	bool fresh = !*newest || !is_newest(in, newest, text);
	for (int i = 0; i < count; i++) {
		if (fresh && (uint32_t)(count - i) >= settings->most)
			remove_version(in, versions[i]->d_name);
		free(versions[i]);
	}
	free(versions);
	return fresh ? write_version(in, number, text, access) : 0;
}

int config_history_keep(const struct config *config, struct text text,
			const struct sys_access *access)
{
	static const struct bind_row rows[] = {
		BIND(struct settings, enabled, "enabled"),
		BIND(struct settings, path, "path"),
		BIND(struct settings, most, "maxHistories"),
	};
	struct settings settings = { 0 };
	struct arena arena;

	arena_init(&arena, 1 << 20);
	const struct bind_context ctx = { &arena, config->state_dir, NULL };
	int r = config_bind(&ctx,
			    level_section(&config->base, "system.applicationHost/configHistory"),
			    rows, ARRAY_LEN(rows), &settings);
	if (r == 0 && settings.enabled && settings.path[0] == '/')
		r = keep(&settings, text, access);
	arena_done(&arena);
	return r;
}
