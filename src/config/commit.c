/* SPDX-License-Identifier: Apache-2.0 */
/* Writing configuration; see commit.h. */
#include "config/commit.h"

#include "base/sys.h"
#include "config/history.h"
#include "config/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#define HRESULT_SHARING_VIOLATION 0x80070020u
#define MODE_SERVER 0640
#define MODE_FOLDER 0644

static const char empty_file[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<configuration>\n"
				 "</configuration>\n";

struct config_commit {
	char file[PATH_MAX], folder[PATH_MAX];
	char *state_dir, *place; /* place: NULL for applicationHost.config */
	struct config *config;   /* what a web.config is below of */
	char *old;               /* as it was read; NULL: the file was not there */
	size_t old_length;
	struct edit *edit;
};

struct config_commit *config_commit_free(struct config_commit *c)
{
	if (!c)
		return NULL;
	edit_free(c->edit);
	config_unref(c->config);
	mem_free(c->old);
	mem_free(c->place);
	mem_free(c->state_dir);
	return mem_free(c);
}

struct edit *config_commit_edit(struct config_commit *commit)
{
	return commit->edit;
}

/* ---- opening ---- */

static int cannot_read(const char *file, int code, struct error *err)
{
	return error_set_at(err, code, file, 0, 0, "Cannot read configuration file: %s",
			    error_errno_text(code));
}

static int read_old(struct config_commit *c, struct error *err)
{
	int r = sys_read_file(c->file, XML_SIZE_MAX, &c->old, &c->old_length);
	if (r == -ENOENT && c->place)
		return edit_begin(text_of(empty_file), c->file, &c->edit, err);
	if (r < 0)
		return cannot_read(c->file, r, err);
	return edit_begin((struct text){ c->old, c->old_length }, c->file, &c->edit, err);
}

int config_commit_server(const char *path, const char *state_dir, struct config_commit **ret,
			 struct error *err)
{
	struct config_commit *c = mem_new(struct config_commit);
	int r = 0;

	if (!c || (state_dir && !(c->state_dir = mem_strdup(state_dir))))
		r = error_set(err, -ENOMEM, "out of memory");
	else if (snprintf(c->file, sizeof(c->file), "%s", path) >= (int)sizeof(c->file))
		r = cannot_read(path, -ENAMETOOLONG, err);
	if (r == 0)
		r = read_old(c, err);
	if (r < 0)
		config_commit_free(c);
	else
		*ret = c;
	return r;
}

int config_commit_folder(struct config *config, const struct config_tree *place,
			 struct config_commit **ret, struct error *err)
{
	const char *folder = config_tree_folder(place), *path = config_tree_path(place);
	struct config_commit *c = mem_new(struct config_commit);
	int r = 0;

	if (!c || !(c->place = mem_strdup(path))) {
		r = error_set(err, -ENOMEM, "out of memory");
	} else if (!folder ||
		   snprintf(c->folder, sizeof(c->folder), "%s", folder) >= (int)sizeof(c->folder) ||
		   config_files_name(folder, c->file) < 0) {
		r = error_set(err, -EINVAL, "The configuration path '%s' has no file of its own",
			      path);
	} else {
		c->config = config_ref(config);
		r = read_old(c, err);
	}
	if (r < 0)
		config_commit_free(c);
	else
		*ret = c;
	return r;
}

/* ---- writing ---- */

static int validate(const struct config_commit *c, struct config **ret, struct error *err)
{
	_cleanup_mem_ char *bundle = NULL;
	struct config_tree *tree = NULL;
	size_t length;

	if (c->place) {
		int r = config_tree_instead(c->config, text_of(c->place), c->folder,
					    edit_text(c->edit), &tree, err);
		if (r == 0)
			config_tree_free(tree);
		return r;
	}
	int r = config_bundle(c->file, edit_text(c->edit), &bundle, &length, err);
	return r < 0 ? r
		     : config_parse((struct text){ bundle, length }, c->file, c->state_dir, ret,
				    err);
}

/* Whether the file is still what was read; the folder is locked. */
static int check_unchanged(const struct config_commit *c, struct error *err)
{
	_cleanup_mem_ char *now = NULL;
	size_t length = 0;
	int r = sys_read_file(c->file, XML_SIZE_MAX, &now, &length);

	if (r < 0 && r != -ENOENT && r != -EFBIG)
		return cannot_read(c->file, r, err);
	bool same = r == 0 ? c->old && length == c->old_length && !memcmp(now, c->old, length)
			   : r == -ENOENT && !c->old;
	if (same)
		return 0;
	r = error_set_at(
		err, -ESTALE, c->file, 0, 0,
		"Cannot commit configuration changes because the file has changed on disk");
	if (err)
		err->hresult = HRESULT_SHARING_VIOLATION;
	return r;
}

/* Owner and mode stay what they were: the server may run as somebody else than its administrator.
 */
static int replace_file(const struct config_commit *c, struct error *err)
{
	struct text text = edit_text(c->edit);
	struct stat st = { .st_mode = c->place ? MODE_FOLDER : MODE_SERVER };
	bool known = stat(c->file, &st) == 0;
	int r = sys_replace_file(c->file, text.data, text.length, st.st_mode & 0777);

	if (r == 0 && known && (st.st_uid != geteuid() || st.st_gid != getegid()) &&
	    chown(c->file, st.st_uid, st.st_gid) < 0)
		r = -errno;
	return r < 0 ? error_set_at(err, r, c->file, 0, 0, "Cannot write configuration file: %s",
				    error_errno_text(r))
		     : 0;
}

/* The lock is the folder itself: writers that hold it see each other's files whole. */
static int lock_folder(const struct config_commit *c)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(c->file, '/');
	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - c->file) : 1,
		 slash ? c->file : ".");
	int fd = sys_open(*folder ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	while (fd >= 0 && flock(fd, LOCK_EX) < 0) {
		if (errno != EINTR) {
			int r = -errno;
			sys_close(fd);
			return r;
		}
	}
	return fd;
}

int config_commit_write(struct config_commit *c, struct error *err)
{
	struct text text = edit_text(c->edit);
	struct config *config = NULL;

	if (c->old && text_equal(text, (struct text){ c->old, c->old_length }))
		return 0;
	int r = validate(c, &config, err);
	if (r < 0)
		return r;
	_cleanup_fd_ int lock = lock_folder(c);
	if (lock < 0)
		r = error_set_at(err, lock, c->file, 0, 0, "Cannot lock the folder: %s",
				 error_errno_text(lock));
	if (r == 0)
		r = check_unchanged(c, err);
	/* A history that cannot be written does not keep the change from being made. */
	if (r == 0 && config)
		config_history_keep(config, (struct text){ c->old, c->old_length });
	if (r == 0)
		r = replace_file(c, err);
	if (r == 0 && config)
		config_history_keep(config, text);
	config_unref(config);
	return r;
}
