/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Backups: STATE/config/backup/NAME/applicationHost.config, and copies of the other configuration
 * files that are beside it. The versions that the history keeps are backups too, which appcmd did
 * not make and does not delete.
 */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"
#include "base/sys.h"
#include "config/engine/value.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_NAME "applicationHost.config"
#define HISTORY "CFGHISTORY_"

/* What belongs to the server beside applicationHost.config. */
static const char *const others[] = { "administration.config", "redirection.config" };

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

/* Where the history is (system.applicationHost/configHistory); false: it is nowhere. */
static bool history_of(struct appcmd *a, const char *name, char path[PATH_MAX])
{
	struct appcmd_target t = { .a = a, .name = "system.applicationHost/configHistory" };
	const char *folder = NULL;
	int n = -1;

	if (appcmd_target_open(&t) == 0)
		folder = value_expand(effective_text(t.held, "path"), a->state, &a->arena);
	if (folder && *folder == '/')
		n = snprintf(path, PATH_MAX, "%s%s%s", folder, *name ? "/" : "", name);
	appcmd_target_done(&t);
	return n > 0 && n < PATH_MAX - 64;
}

static bool is_version(const char *name)
{
	return text_starts_with_nocase(text_of(name), TEXT(HISTORY));
}

/* The names in a folder that are those of backups. */
static int list_folder(struct appcmd *a, const char *path, bool versions,
		       struct appcmd_objects *objects)
{
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, NULL, alphasort), status = 0;

	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		if (status == 0 && valid(name) && is_version(name) == versions &&
		    (!a->identifier || appcmd_word(a->identifier, name))) {
			struct appcmd_object *o =
				appcmd_append(a, objects, appcmd_kind("BACKUP"), NULL);
			if (o)
				o->values[0] = arena_printf(&a->arena, "%s", name);
			if (!o || !o->values[0])
				status = appcmd_error(APPCMD_FAILED, "out of memory");
		}
		free(entries[i]);
	}
	free(entries);
	return status;
}

static int list_backups(struct appcmd *a)
{
	struct appcmd_objects objects = { 0 };
	char path[PATH_MAX];
	int status = folder_of(a, "", path) ? list_folder(a, path, false, &objects) : 0;

	if (status == 0 && history_of(a, "", path))
		status = list_folder(a, path, true, &objects);
	if (status)
		return status;
	if (a->identifier && !objects.count)
		return APPCMD_NOTHING;
	return appcmd_print(a, &objects);
}

/* A copy that the same may read as the file: it has the same passwords. */
static int write_copy(const char *file, struct text text, const struct sys_access *access)
{
	const char *name;
	bool replaced;

	_cleanup_fd_ int in = sys_open_folder(file, O_NOFOLLOW, &name);
	return in < 0 ? in : sys_replace_in(in, name, text.data, text.length, access, &replaced);
}

static int read_original(const char *file, char **ret, size_t *ret_length,
			 struct sys_access *ret_access)
{
	const char *name;
	_cleanup_fd_ int in = sys_open_folder(file, 0, &name);
	return in < 0 ? in : sys_read_in(in, name, XML_SIZE_MAX, ret, ret_length, ret_access);
}

/* The file of this name in a folder; PATH_MAX is more than both. */
static void file_in(const char *folder, const char *name, char file[PATH_MAX])
{
	snprintf(file, PATH_MAX, "%.*s/%s", PATH_MAX - 64, folder, name);
}

/* Where a file beside applicationHost.config is. */
static void file_beside(const struct appcmd *a, const char *name, char file[PATH_MAX])
{
	const char *slash = strrchr(a->file, '/');
	snprintf(file, PATH_MAX, "%.*s/%s", slash ? (int)(slash - a->file) : 1,
		 slash ? a->file : ".", name);
}

/* Copies a file that need not be there. */
static int copy_other(const char *from, const char *to)
{
	_cleanup_mem_ char *data = NULL;
	struct sys_access access = SYS_ACCESS_OWN(0640);
	size_t length;
	int r = read_original(from, &data, &length, &access);

	if (r == 0)
		r = write_copy(to, (struct text){ data, length }, &access);
	return r == -ENOENT ? 0 : r;
}

static void remove_files(const char *folder)
{
	char file[PATH_MAX];

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		file_in(folder, others[i], file);
		unlink(file);
	}
	file_in(folder, FILE_NAME, file);
	unlink(file);
}

static int fill_backup(struct appcmd *a, const char *folder, struct text text,
		       const struct sys_access *access)
{
	char from[PATH_MAX], to[PATH_MAX];

	file_in(folder, FILE_NAME, to);
	int r = write_copy(to, text, access);
	for (size_t i = 0; i < ARRAY_LEN(others) && r == 0; i++) {
		file_beside(a, others[i], from);
		file_in(folder, others[i], to);
		r = copy_other(from, to);
	}
	return r;
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
	if (!valid(name) || is_version(name) || !folder_of(a, name, folder))
		return appcmd_error(APPCMD_BAD_ARGUMENT, "Invalid backup name \"%s\".", name);
	int r = read_original(a->file, &data, &length, &access);
	if (r < 0)
		return fail(a, r, a->file);
	folder_of(a, "", parent);
	mkdir(parent, 0750);
	if (mkdir(folder, 0750) < 0)
		return errno == EEXIST
			       ? appcmd_error(183, "Backup with name \"%s\" already exists.", name)
			       : fail(a, -errno, folder);
	r = fill_backup(a, folder, (struct text){ data, length }, &access);
	if (r < 0) {
		remove_files(folder);
		rmdir(folder);
		return fail(a, r, folder);
	}
	printf("BACKUP object \"%s\" added\n", name);
	return 0;
}

static int missing(const struct appcmd *a)
{
	return appcmd_missing(appcmd_kind("BACKUP"), a->identifier);
}

static int delete_backup(struct appcmd *a)
{
	char folder[PATH_MAX], file[PATH_MAX];

	if (!valid(a->identifier) || !folder_of(a, a->identifier, folder))
		return missing(a);
	file_in(folder, FILE_NAME, file);
	if (access(file, F_OK) < 0 && errno == ENOENT)
		return missing(a);
	remove_files(folder);
	if (rmdir(folder) < 0)
		return fail(a, -errno, folder);
	printf("BACKUP object \"%s\" deleted\n", a->identifier);
	return 0;
}

/* Through a commit: what is restored is validated, and what was there goes into the history. */
static int restore_server(struct appcmd *a, struct text text)
{
	struct config_commit *c = NULL;
	int r = config_commit_server(a->file, a->state, NULL, &c, &a->err);

	if (r == 0)
		r = edit_replace_all(config_commit_edit(c), text, &a->err);
	if (r == 0)
		r = config_commit_write(c, &a->err);
	config_commit_free(c);
	return r < 0 ? appcmd_failure(a) : 0;
}

static int restore_backup(struct appcmd *a)
{
	_cleanup_mem_ char *data = NULL;
	char folder[PATH_MAX], file[PATH_MAX], to[PATH_MAX];
	bool named = valid(a->identifier);
	size_t length;

	appcmd_take(a, "stop"); /* a file is replaced in one step: nothing has to stop for it */
	if (named && is_version(a->identifier))
		named = history_of(a, a->identifier, folder);
	else if (named)
		named = folder_of(a, a->identifier, folder);
	if (!named)
		return missing(a);
	file_in(folder, FILE_NAME, file);
	int r = sys_read_file(file, XML_SIZE_MAX, &data, &length);
	if (r < 0)
		return r == -ENOENT || r == -ENOTDIR ? missing(a) : fail(a, r, file);
	int status = restore_server(a, (struct text){ data, length });
	for (size_t i = 0; i < ARRAY_LEN(others) && status == 0; i++) {
		file_in(folder, others[i], file);
		file_beside(a, others[i], to);
		r = copy_other(file, to);
		status = r < 0 ? fail(a, r, to) : 0;
	}
	if (status == 0)
		printf("Restored configuration from backup \"%s\"\n", a->identifier);
	return status;
}

int appcmd_backup(struct appcmd *a)
{
	if (appcmd_word(a->verb, "list"))
		return list_backups(a);
	if (appcmd_word(a->verb, "add"))
		return add_backup(a);
	if (!a->identifier)
		return appcmd_error(APPCMD_BAD_ARGUMENT,
				    "Must specify the BACKUP object with identifier.");
	return appcmd_word(a->verb, "delete") ? delete_backup(a) : restore_backup(a);
}
