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

static bool is_version(const char *name)
{
	return text_starts_with_nocase(text_of(name), TEXT(HISTORY));
}

/* ---- folders: descriptors, behind no symbolic link but that of the administrator ---- */

/* The folder that applicationHost.config is in. */
static int open_config(const struct appcmd *a)
{
	const char *name;
	return sys_open_folder(a->file, 0, &name);
}

/* `below` in the folder of the history (system.applicationHost/configHistory). */
static int open_history(struct appcmd *a, const char *below)
{
	struct appcmd_target t = { .a = a, .name = "system.applicationHost/configHistory" };
	const char *folder = NULL, *name;
	char path[PATH_MAX] = "", inside[PATH_MAX];

	if (appcmd_target_open(&t) == 0)
		folder = value_expand(effective_text(t.held, "path"), a->state, &a->arena);
	if (folder && *folder == '/')
		snprintf(path, sizeof(path), "%s", folder);
	appcmd_target_done(&t);
	for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
		path[n - 1] = '\0';
	if (!*path)
		return -ENOENT;
	_cleanup_fd_ int in = sys_open_folder(path, 0, &name);
	if (in < 0 || snprintf(inside, sizeof(inside), "%s/%s", name, below) >= PATH_MAX)
		return in < 0 ? in : -ENAMETOOLONG;
	return sys_open_below(in, inside);
}

/* A backup, or with "" the folder of all that appcmd made. */
static int open_backup(const struct appcmd *a, const char *name)
{
	char inside[PATH_MAX];
	_cleanup_fd_ int in = open_config(a);

	snprintf(inside, sizeof(inside), "backup/%.200s", name);
	return in < 0 ? in : sys_open_below(in, inside);
}

/* ---- list ---- */

/* The names in a folder that are those of backups. */
static int list_folder(struct appcmd *a, int folder, bool versions, struct appcmd_objects *objects)
{
	struct dirent **entries = NULL;
	int count = folder < 0 ? 0 : scandirat(folder, ".", &entries, NULL, alphasort), status = 0;

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
	_cleanup_fd_ int backups = open_backup(a, "");
	_cleanup_fd_ int versions = open_history(a, "");
	int status = list_folder(a, backups, false, &objects);

	if (status == 0)
		status = list_folder(a, versions, true, &objects);
	if (status)
		return status;
	if (a->identifier && !objects.count)
		return APPCMD_NOTHING;
	return appcmd_print(a, &objects);
}

/* ---- add and delete ---- */

/* Copies a file to where the same may read it: it has the same passwords. */
static int copy_file(int from, const char *name, int to, const char *as)
{
	_cleanup_mem_ char *data = NULL;
	struct sys_access access;
	size_t length;
	bool replaced;
	int r = sys_read_in(from, name, XML_SIZE_MAX, &data, &length, &access);

	return r < 0 ? r : sys_replace_in(to, as, data, length, &access, &replaced);
}

/* The same for those that need not be there. */
static int copy_others(int from, int to)
{
	int r = 0;
	for (size_t i = 0; i < ARRAY_LEN(others) && r == 0; i++) {
		r = copy_file(from, others[i], to, others[i]);
		r = r == -ENOENT ? 0 : r;
	}
	return r;
}

static int fill_backup(int config, int backups, const char *name, const char *file)
{
	_cleanup_fd_ int folder = sys_open_below(backups, name);
	int r = folder < 0 ? folder : copy_file(config, file, folder, FILE_NAME);

	return r < 0 ? r : copy_others(config, folder);
}

/* False: it was no backup, or there is more in it. */
static bool remove_backup(int backups, const char *name)
{
	_cleanup_fd_ int folder = sys_open_below(backups, name);

	for (size_t i = 0; i < ARRAY_LEN(others) && folder >= 0; i++)
		unlinkat(folder, others[i], 0);
	if (folder >= 0)
		unlinkat(folder, FILE_NAME, 0);
	return unlinkat(backups, name, AT_REMOVEDIR) == 0;
}

static int add_backup(struct appcmd *a)
{
	const char *name = a->identifier, *slash = strrchr(a->file, '/');
	time_t now = time(NULL);
	char automatic[32];
	struct tm tm;

	if (!name) {
		strftime(automatic, sizeof(automatic), "%Y%m%dT%H%M%S", localtime_r(&now, &tm));
		name = automatic;
	}
	if (!valid(name) || is_version(name))
		return appcmd_error(APPCMD_BAD_ARGUMENT, "Invalid backup name \"%s\".", name);
	_cleanup_fd_ int config = open_config(a);
	if (config < 0)
		return fail(a, config, a->file);
	mkdirat(config, "backup", 0750);
	_cleanup_fd_ int backups = sys_open_below(config, "backup");
	if (backups < 0)
		return fail(a, backups, "backup");
	if (mkdirat(backups, name, 0750) < 0)
		return errno == EEXIST
			       ? appcmd_error(183, "Backup with name \"%s\" already exists.", name)
			       : fail(a, -errno, name);
	int r = fill_backup(config, backups, name, slash ? slash + 1 : a->file);
	if (r < 0) {
		remove_backup(backups, name);
		return fail(a, r, a->file);
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
	if (!valid(a->identifier))
		return missing(a);
	_cleanup_fd_ int backups = open_backup(a, "");
	_cleanup_fd_ int folder = backups < 0 ? backups : open_backup(a, a->identifier);
	if (folder < 0 || faccessat(folder, FILE_NAME, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return missing(a);
	if (!remove_backup(backups, a->identifier))
		return fail(a, -errno, a->identifier);
	printf("BACKUP object \"%s\" deleted\n", a->identifier);
	return 0;
}

/* ---- restore ---- */

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
	struct sys_access access;
	size_t length;

	appcmd_take(a, "stop"); /* a file is replaced in one step: nothing has to stop for it */
	if (!valid(a->identifier))
		return missing(a);
	_cleanup_fd_ int folder = is_version(a->identifier) ? open_history(a, a->identifier)
							    : open_backup(a, a->identifier);
	_cleanup_fd_ int config = open_config(a);
	int r = folder < 0 ? folder
			   : sys_read_in(folder, FILE_NAME, XML_SIZE_MAX, &data, &length, &access);
	if (r < 0)
		return r == -ENOENT || r == -ENOTDIR ? missing(a) : fail(a, r, a->identifier);
	int status = restore_server(a, (struct text){ data, length });
	if (status)
		return status;
	r = config < 0 ? config : copy_others(folder, config);
	if (r < 0)
		return fail(a, r, a->file);
	printf("Restored configuration from backup \"%s\"\n", a->identifier);
	return 0;
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
