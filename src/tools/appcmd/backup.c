/* SPDX-License-Identifier: Apache-2.0 */
/* Backups of applicationHost.config: STATE/config/backup/NAME/applicationHost.config. */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_NAME "applicationHost.config"

static bool word_is(const char *word, const char *what)
{
	return text_equal_nocase(text_of(word), text_of(what));
}

static bool folder_of(const struct appcmd *a, const char *name, char path[PATH_MAX])
{
	const char *slash = strrchr(a->file, '/');
	int n = snprintf(path, PATH_MAX, "%.*s/backup%s%s", slash ? (int)(slash - a->file) : 1,
			 slash ? a->file : ".", *name ? "/" : "", name);
	return n > 0 && n < PATH_MAX - 64;
}

/* A name is one segment of a path. */
static bool valid(const char *name)
{
	return *name && name[0] != '.' && !strpbrk(name, "/\\*?\"&!@#$%^()=+|`~") &&
	       strlen(name) <= 100;
}

static int fail(struct appcmd *a, int r, const char *path)
{
	error_set_at(&a->err, r, path, 0, 0, "%s", error_errno_text(r));
	return appcmd_failure(a);
}

static int list_backups(struct appcmd *a)
{
	const struct appcmd_kind *kind = appcmd_kind("BACKUP");
	struct appcmd_objects objects = { 0 };
	struct dirent **entries = NULL;
	char path[PATH_MAX];
	int count = folder_of(a, "", path) ? scandir(path, &entries, NULL, alphasort) : 0;

	objects.items = arena_zalloc(&a->arena, count > 0 ? (size_t)count : 1,
				     sizeof(struct appcmd_object));
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		if (objects.items && valid(name) &&
		    (!a->identifier || word_is(a->identifier, name)))
			objects.items[objects.count++] = (struct appcmd_object){
				.kind = kind, .values = { arena_printf(&a->arena, "%s", name) }
			};
		free(entries[i]);
	}
	free(entries);
	if (a->identifier && !objects.count)
		return APPCMD_NOTHING;
	return appcmd_print(a, &objects);
}

/* A copy that the same may read as the file: it has the same passwords. */
static int write_copy(const char *folder, struct text text, const struct sys_access *access)
{
	char file[PATH_MAX];
	const char *name;
	bool replaced;

	snprintf(file, sizeof(file), "%.*s/" FILE_NAME, PATH_MAX - 64, folder);
	_cleanup_fd_ int in = sys_open_folder(file, O_NOFOLLOW, &name);
	return in < 0 ? in : sys_replace_in(in, name, text.data, text.length, access, &replaced);
}

static int read_original(const struct appcmd *a, char **ret, size_t *ret_length,
			 struct sys_access *ret_access)
{
	const char *name;
	_cleanup_fd_ int in = sys_open_folder(a->file, 0, &name);
	return in < 0 ? in : sys_read_in(in, name, XML_SIZE_MAX, ret, ret_length, ret_access);
}

static int add_backup(struct appcmd *a)
{
	_cleanup_mem_ char *data = NULL;
	char folder[PATH_MAX], parent[PATH_MAX], automatic[32];
	const char *name = a->identifier;
	time_t now = time(NULL);
	struct sys_access access;
	struct tm tm;
	size_t length;

	if (!name) {
		strftime(automatic, sizeof(automatic), "%Y%m%dT%H%M%S", localtime_r(&now, &tm));
		name = automatic;
	}
	if (!valid(name) || !folder_of(a, name, folder))
		return appcmd_error(APPCMD_BAD_ARGUMENT, "Invalid backup name \"%s\".", name);
	int r = read_original(a, &data, &length, &access);
	if (r < 0)
		return fail(a, r, a->file);
	folder_of(a, "", parent);
	mkdir(parent, 0750);
	if (mkdir(folder, 0750) < 0)
		return errno == EEXIST
			       ? appcmd_error(183, "Backup with name \"%s\" already exists.", name)
			       : fail(a, -errno, folder);
	r = write_copy(folder, (struct text){ data, length }, &access);
	if (r < 0) {
		rmdir(folder); /* which is empty when nothing was written */
		return fail(a, r, folder);
	}
	printf("BACKUP object \"%s\" added\n", name);
	return 0;
}

static int missing(const struct appcmd *a)
{
	return appcmd_error(APPCMD_NOT_FOUND, "Cannot find BACKUP object with identifier \"%s\".",
			    a->identifier);
}

static int delete_backup(struct appcmd *a)
{
	char folder[PATH_MAX], file[PATH_MAX];

	if (!valid(a->identifier) || !folder_of(a, a->identifier, folder))
		return missing(a);
	snprintf(file, sizeof(file), "%.*s/" FILE_NAME, PATH_MAX - 64, folder);
	if (unlink(file) < 0 && errno == ENOENT)
		return missing(a);
	if (rmdir(folder) < 0)
		return fail(a, -errno, folder);
	printf("BACKUP object \"%s\" deleted\n", a->identifier);
	return 0;
}

/* Through a commit: what is restored is validated, and what was there goes into the history. */
static int restore_backup(struct appcmd *a)
{
	_cleanup_mem_ char *data = NULL;
	struct config_commit *c = NULL;
	char folder[PATH_MAX], file[PATH_MAX];
	size_t length;

	if (!valid(a->identifier) || !folder_of(a, a->identifier, folder))
		return missing(a);
	snprintf(file, sizeof(file), "%.*s/" FILE_NAME, PATH_MAX - 64, folder);
	int r = sys_read_file(file, XML_SIZE_MAX, &data, &length);
	if (r < 0)
		return r == -ENOENT ? missing(a) : fail(a, r, file);
	r = config_commit_server(a->file, a->state, NULL, &c, &a->err);
	if (r == 0)
		r = edit_replace_all(config_commit_edit(c), (struct text){ data, length }, &a->err);
	if (r == 0)
		r = config_commit_write(c, &a->err);
	config_commit_free(c);
	if (r < 0)
		return appcmd_failure(a);
	printf("Restored configuration from backup \"%s\"\n", a->identifier);
	return 0;
}

int appcmd_backup(struct appcmd *a)
{
	if (word_is(a->verb, "list"))
		return list_backups(a);
	if (word_is(a->verb, "add"))
		return add_backup(a);
	if (!a->identifier)
		return appcmd_error(APPCMD_BAD_ARGUMENT,
				    "Must specify the BACKUP object with identifier.");
	return word_is(a->verb, "delete") ? delete_backup(a) : restore_backup(a);
}
