/* SPDX-License-Identifier: Apache-2.0 */
/* The history of applicationHost.config; see history.h. Called by commit.c with the lock held. */
#include "config/history.h"

#include "base/sys.h"
#include "config/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PREFIX "CFGHISTORY_"
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

static bool is_newest(const char *folder, const char *name, struct text text)
{
	_cleanup_mem_ char *data = NULL;
	char path[PATH_MAX];
	size_t length;
	int n = snprintf(path, sizeof(path), "%s/%s/" FILE_NAME, folder, name);

	return n > 0 && n < PATH_MAX && sys_read_file(path, XML_SIZE_MAX, &data, &length) == 0 &&
	       text_equal(text, (struct text){ data, length });
}

static int write_version(const char *folder, uint64_t number, struct text text)
{
	char path[PATH_MAX - 64], file[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/" PREFIX "%010llu", folder,
			 (unsigned long long)number);

	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	if (mkdir(path, 0750) < 0)
		return -errno;
	snprintf(file, sizeof(file), "%s/" FILE_NAME, path);
	return sys_replace_file(file, text.data, text.length, 0640);
}

static void remove_version(const char *folder, const char *name)
{
	char path[PATH_MAX - 64], file[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return;
	snprintf(file, sizeof(file), "%s/" FILE_NAME, path);
	unlink(file);
	rmdir(path);
}

int config_history_keep(const struct config *config, struct text text)
{
	static const struct bind_row rows[] = {
		BIND(struct settings, enabled, "enabled"),
		BIND(struct settings, path, "path"),
		BIND(struct settings, most, "maxHistories"),
	};
	struct settings settings = { 0 };
	struct dirent **versions = NULL;
	struct arena arena;

	arena_init(&arena, 1 << 20);
	const struct bind_context ctx = { &arena, config->state_dir, NULL };
	int r = config_bind(&ctx,
			    level_section(&config->base, "system.applicationHost/configHistory"),
			    rows, ARRAY_LEN(rows), &settings);
	if (r < 0 || !settings.enabled || settings.path[0] != '/') {
		arena_done(&arena);
		return r;
	}
	mkdir(settings.path, 0750);
	int count = scandir(settings.path, &versions, is_version, by_number);
	const char *newest = count > 0 ? versions[count - 1]->d_name : "";
	if (count < 0)
		r = -errno;
	bool fresh = r == 0 && (!*newest || !is_newest(settings.path, newest, text));
	if (fresh)
		r = write_version(settings.path, number_of(newest) + 1, text);
	for (int i = 0; i < count; i++) {
		if (fresh && r == 0 && (uint32_t)(count - i) >= settings.most)
			remove_version(settings.path, versions[i]->d_name);
		free(versions[i]);
	}
	free(versions);
	arena_done(&arena);
	return r;
}
