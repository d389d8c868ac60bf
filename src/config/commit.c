/* SPDX-License-Identifier: Apache-2.0 */
/* Writing configuration; see commit.h. */
#include "config/commit.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/sys.h"
#include "config/history.h"
#include "config/secret.h"
#include "config/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>

#define HRESULT_SHARING_VIOLATION 0x80070020u
#define LOCK_TIMEOUT (5 * NSEC_PER_SEC)
#define LOCK_RETRY (20 * NSEC_PER_MSEC)

static const char empty_file[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<configuration>\n"
				 "</configuration>\n";

/* Files of a site may be read by all; that of the server has passwords. */
static const struct sys_access access_server = SYS_ACCESS_OWN(0640);
static const struct sys_access access_folder = SYS_ACCESS_OWN(0644);

struct config_commit {
	char file[PATH_MAX], folder[PATH_MAX];
	/* The folder that `file` is in stays open from the read to the rename: its owner, who need
	 * not be ours, cannot put another one in its place meanwhile. */
	int in;
	const char *name;         /* of the file in it */
	struct sys_access access; /* who the file belongs to, also the new one */
	char *state_dir, *place;  /* place: NULL for applicationHost.config */
	struct config *config;    /* what a web.config is below of */
	char *old;                /* as it was read; NULL: the file was not there */
	size_t old_length;
	struct edit *edit;
	struct buf bytes; /* what is to be written */
};

struct config_commit *config_commit_free(struct config_commit *c)
{
	if (!c)
		return NULL;
	sys_close(c->in);
	edit_free(c->edit);
	buf_done(&c->bytes);
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
	const char *why = error_errno_text(code);
	if (code == -ELOOP)
		why = "it is a symbolic link; change the file that it names";
	else if (code == -ENOTSUP)
		why = "it is no regular file";
	return error_set_at(err, code, file, 0, 0, "Cannot read configuration file: %s", why);
}

/* The one error for a file that is not what somebody read. */
static int changed_on_disk(const char *file, struct error *err)
{
	int r = error_set_at(
		err, -ESTALE, file, 0, 0,
		"Cannot commit configuration changes because the file has changed on disk");
	if (err)
		err->hresult = HRESULT_SHARING_VIOLATION;
	return r;
}

/* From here on the folder is a descriptor, whatever becomes of its name. `tree`: NULL for that of
 * applicationHost.config, which is the administrator's, links and all. */
static int open_folder(struct config_commit *c, const struct config_tree *tree, struct error *err)
{
	if (tree) {
		c->name = strrchr(c->file, '/') + 1;
		c->in = config_tree_open_folder(tree);
	} else {
		c->in = sys_open_folder(c->file, 0, &c->name);
	}
	if (c->in >= 0)
		return 0;
	return error_set_at(
		err, c->in, c->file, 0, 0, "Cannot open the folder of the file: %s",
		c->in == -ENOTDIR || c->in == -ELOOP
			? "it is no folder, or one behind a symbolic link below the physicalPath"
			: error_errno_text(c->in));
}

static int read_old(struct config_commit *c, const struct config_tree *tree, struct error *err)
{
	int r = open_folder(c, tree, err);
	if (r < 0)
		return r;
	r = sys_read_in(c->in, c->name, XML_SIZE_MAX, &c->old, &c->old_length, &c->access);
	if (r == -ENOENT && c->place)
		return edit_begin(text_of(empty_file), c->file, &c->edit, err);
	if (r < 0)
		return cannot_read(c->file, r, err);
	return edit_begin((struct text){ c->old, c->old_length }, c->file, &c->edit, err);
}

static int parse_server(const struct config_commit *c, struct config **ret, struct error *err)
{
	_cleanup_mem_ char *bundle = NULL;
	size_t length;
	int r = config_bundle(c->file, edit_text(c->edit), &bundle, &length, err);

	return r < 0 ? r
		     : config_parse((struct text){ bundle, length }, c->file, c->state_dir, ret,
				    err);
}

int config_commit_preview(const struct config_commit *c, struct config **ret, struct error *err)
{
	return parse_server(c, ret, err);
}

/* Makes `*config` what the file says, or sees that it is. */
static int match_config(const struct config_commit *c, struct config **config, struct error *err)
{
	if (!*config)
		return parse_server(c, config, err);
	return text_equal(edit_text(c->edit), config_document(*config)->source)
		       ? 0
		       : changed_on_disk(c->file, err);
}

static struct config_commit *new_commit(const struct sys_access *access)
{
	struct config_commit *c = mem_new(struct config_commit);
	if (c) {
		c->in = -1;
		buf_init(&c->bytes, 2 * XML_SIZE_MAX);
		c->access = *access;
	}
	return c;
}

int config_commit_server(const char *path, const char *state_dir, struct config **config,
			 struct config_commit **ret, struct error *err)
{
	struct config_commit *c = new_commit(&access_server);
	int r = 0;

	if (!c || (state_dir && !(c->state_dir = mem_strdup(state_dir))))
		r = error_set(err, -ENOMEM, "out of memory");
	else if (snprintf(c->file, sizeof(c->file), "%s", path) >= (int)sizeof(c->file))
		r = cannot_read(path, -ENAMETOOLONG, err);
	if (r == 0)
		r = read_old(c, NULL, err);
	if (r == 0 && config)
		r = match_config(c, config, err);
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
	struct config_commit *c = new_commit(&access_folder);
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
		r = read_old(c, place, err);
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
	struct config_tree *tree = NULL;
	int r;

	if (!c->place) {
		r = parse_server(c, ret, err);
		if (r == 0)
			r = config_tree_check_locations(*ret, err);
		if (r < 0)
			*ret = config_unref(*ret);
		return r;
	}
	r = config_tree_instead(c->config, text_of(c->place), c->folder, edit_text(c->edit), &tree,
				err);
	if (r == 0)
		config_tree_free(tree);
	return r;
}

/* Whether the file is still what was read; the folder is locked. Owner and mode are those that it
 * has now. */
static int check_unchanged(struct config_commit *c, struct error *err)
{
	_cleanup_mem_ char *now = NULL;
	size_t length = 0;
	int r = sys_read_in(c->in, c->name, XML_SIZE_MAX, &now, &length, &c->access);

	if (r < 0 && r != -ENOENT && r != -EFBIG)
		return cannot_read(c->file, r, err);
	bool same = r == 0 ? c->old && length == c->old_length && !memcmp(now, c->old, length)
			   : r == -ENOENT && !c->old;
	return same ? 0 : changed_on_disk(c->file, err);
}

/* Owner and mode stay what they were: the server may run as somebody else than its administrator.
 */
static int replace_file(const struct config_commit *c, struct error *err)
{
	bool replaced;
	int r = sys_replace_in(c->in, c->name, c->bytes.data, c->bytes.length, &c->access,
			       &replaced);

	if (r < 0 && replaced)
		return error_set_at(err, r, c->file, 0, 0,
				    "The configuration file is written, but it may be the old one "
				    "again after a crash: %s",
				    error_errno_text(r));
	return r < 0 ? error_set_at(err, r, c->file, 0, 0, "Cannot write configuration file: %s",
				    error_errno_text(r))
		     : 0;
}

/* The lock is the folder itself: writers that hold it see each other's files whole. Whoever may
 * read the folder can hold it too, for as long as he likes: it is not waited for without end. */
static int lock_folder(const struct config_commit *c, struct error *err)
{
	const struct timespec pause = { .tv_nsec = LOCK_RETRY };
	int64_t deadline = clock_now() + LOCK_TIMEOUT;

	while (flock(c->in, LOCK_EX | LOCK_NB) < 0) {
		int r = -errno;
		if (r == -EINTR || (r == -EWOULDBLOCK && clock_now() < deadline)) {
			nanosleep(&pause, NULL);
			continue;
		}
		error_set_at(err, r, c->file, 0, 0, "Cannot lock the folder of the file: %s",
			     r == -EWOULDBLOCK ? "another process has held its lock for 5 seconds"
					       : error_errno_text(r));
		if (err && r == -EWOULDBLOCK)
			err->hresult = HRESULT_SHARING_VIOLATION;
		return r;
	}
	return 0;
}

/* What is done with the folder locked. `config`: NULL for a web.config. */
static int write_locked(struct config_commit *c, const struct config *config, struct error *err)
{
	sys_sweep_in(c->in, c->name);
	int r = check_unchanged(c, err);
	/* A history that cannot be written does not keep the change from being made. */
	if (r == 0 && config)
		config_history_keep(config, (struct text){ c->old, c->old_length }, &c->access);
	if (r == 0)
		r = replace_file(c, err);
	if (r == 0 && config)
		config_history_keep(config, buf_text(&c->bytes), &c->access);
	return r;
}

/* The file as it is to be. */
static int put_bytes(struct config_commit *c, struct error *err)
{
	buf_clear(&c->bytes);
	edit_bytes(c->edit, &c->bytes);
	return buf_failed(&c->bytes) ? error_set(err, -ENOMEM, "out of memory") : 0;
}

/* What is not to be in the file as it is. */
static int protect_secrets(const struct config_commit *c, struct config **config, struct error *err)
{
	bool changed = false;
	int r = config_secrets_protect(*config ? *config : c->config, c->edit, &changed, err);

	if (r < 0 || !changed)
		return r;
	*config = config_unref(*config);
	return validate(c, config, err);
}

int config_commit_write(struct config_commit *c, struct error *err)
{
	struct config *config = NULL;

	int r = put_bytes(c, err);
	if (r == 0 && c->old &&
	    text_equal(buf_text(&c->bytes), (struct text){ c->old, c->old_length }))
		return 0;
	if (r == 0)
		r = validate(c, &config, err);
	if (r == 0)
		r = protect_secrets(c, &config, err);
	if (r == 0)
		r = put_bytes(c, err);
	if (r == 0)
		r = lock_folder(c, err);
	if (r == 0) {
		r = write_locked(c, config, err);
		flock(c->in, LOCK_UN);
	}
	config_unref(config);
	return r;
}
