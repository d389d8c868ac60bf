/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The web.config of one folder: finding, reading, checking it, and seeing that it changed. Called
 * by down.c and url.c, on any thread.
 */
#include "config/snapshot.h"
#include "config/tree.h"

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

/* Windows ignores case in file names; these are the spellings that are met. */
static const char *const file_names[] = { "web.config", "Web.config", "Web.Config" };

static void stamp_set(struct stamp *stamp, const struct stat *st)
{
	stamp->modified = st->st_mtim;
	stamp->changed = st->st_ctim;
	stamp->size = st->st_size;
	stamp->inode = st->st_ino;
}

static bool stamp_same(const struct stamp *stamp, const struct stat *st)
{
	return stamp->modified.tv_sec == st->st_mtim.tv_sec &&
	       stamp->modified.tv_nsec == st->st_mtim.tv_nsec &&
	       stamp->changed.tv_sec == st->st_ctim.tv_sec &&
	       stamp->changed.tv_nsec == st->st_ctim.tv_nsec && stamp->inode == st->st_ino &&
	       stamp->size == st->st_size;
}

#define READ (O_RDONLY | O_NOCTTY | O_NONBLOCK)

/* The folder that the virtual directory names; a link may lead to it. */
static int open_root(const struct down *d, const char *folder)
{
	char root[PATH_MAX];
	int n = snprintf(root, sizeof(root), "%.*s", (int)d->folder_root, folder);

	return n >= (int)sizeof(root) ? -ENAMETOOLONG : sys_open(root, O_PATH | O_DIRECTORY, 0);
}

/* Opens a file of the site, whose owner may put a link in its place: one that leads out of the
 * site would make this process, which sees other sites too, read what the owner cannot (-EXDEV). */
static int open_beneath(const struct down *d, int root, const char *path, int flags)
{
	const char *below = path + d->folder_root;

	return sys_open_beneath(root, below + strspn(below, "/"), flags);
}

/* Opens the web.config of `folder`: a descriptor, -ENOENT when there is none, or an error. */
static int open_file(const struct down *d, const char *folder, char path[PATH_MAX])
{
	_cleanup_fd_ int root = open_root(d, folder);
	_cleanup_fd_ int there =
		root < 0 ? root : open_beneath(d, root, folder, O_PATH | O_DIRECTORY);

	/* A folder that leads out is none of the site, and nothing in it is looked at. */
	if (there < 0)
		return there == -ENOTDIR || there == -EXDEV || there == -ELOOP ? -ENOENT : there;
	for (size_t i = 0; i < ARRAY_LEN(file_names); i++) {
		int n = snprintf(path, PATH_MAX, "%s/%s", folder, file_names[i]);
		if (n < 0 || n >= PATH_MAX)
			return -ENAMETOOLONG;
		int fd = open_beneath(d, root, path, READ);
		if (fd >= 0 || (fd != -ENOENT && fd != -ENOTDIR))
			return fd;
	}
	return -ENOENT;
}

static int cannot_read(struct down *d, const char *path, int code)
{
	int r = error_set_at(d->err, code == -ENOMEM ? -ENOMEM : -EINVAL, path, 0, 0,
			     "Cannot read configuration file: %s",
			     code == -EXDEV ? "it is a link that leads out of the site"
					    : error_errno_text(code));
	if (d->err)
		d->err->hresult = code == -EACCES ? XML_NO_ACCESS : XML_BAD_DATA;
	return r;
}

/* ---- configSource: a section in a file of its own ---- */

struct graft {
	struct down *d;
	struct xml_document *document; /* the web.config */
};

/* A file beside the web.config or below it. */
static bool source_path(const char *file, const char *source, char path[PATH_MAX])
{
	int folder = (int)(strrchr(file, '/') - file);
	bool inside = *source && *source != '/' && *source != '\\' && !strchr(source, ':') &&
		      !strstr(source, "..");
	int n = snprintf(path, PATH_MAX, "%.*s/%s", folder, file, source);

	for (char *c = path; *c; c++)
		*c = *c == '\\' ? '/' : *c;
	return inside && n > 0 && n < PATH_MAX;
}

static int read_source(struct down *d, const char *path, struct xml_document **ret)
{
	_cleanup_mem_ char *data = NULL;
	struct stamp *stamp = &d->files.stamps[d->files.stamp_count];
	struct stat st = { 0 };
	size_t length;

	if (stat(path, &st) == 0)
		stamp_set(stamp, &st);
	stamp->folder = stamp->file = arena_strndup(d->arena, path, strlen(path));
	if (!stamp->file)
		return error_set(d->err, -ENOMEM, "out of memory");
	d->files.stamp_count++;
	_cleanup_fd_ int root = open_root(d, d->folder);
	_cleanup_fd_ int fd = root < 0 ? root : open_beneath(d, root, path, READ);
	int r = fd < 0 ? fd : sys_read_fd(fd, XML_SIZE_MAX, &data, &length);
	if (r < 0)
		return cannot_read(d, path, r);
	r = xml_parse((struct text){ data, length }, path, ret, d->err);
	if (r == 0)
		d->files.documents[d->files.document_count++] = *ret;
	return r;
}

/* Puts what the named file has in the place of the section that names it. */
static int graft_section(void *ctx, size_t id, const struct xml_element *section)
{
	struct graft *graft = ctx;
	struct xml_document *source = NULL;
	const char *name = xml_get(section, "configSource");
	char path[PATH_MAX];

	if (!name)
		return 0;
	if (!strchr(graft->document->file, '/') ||
	    !source_path(graft->document->file, name, path) ||
	    graft->d->files.document_count >= graft->d->depth + DOWN_SOURCES_MAX)
		return xml_fail(section, XML_BAD_DATA, graft->d->err,
				"Specified configSource cannot be parsed");
	int r = read_source(graft->d, path, &source);
	if (r < 0 || !source)
		return r;
	if (strcmp(source->root->name, section->name) != 0)
		return xml_fail(source->root, XML_BAD_DATA, graft->d->err,
				"Specified configSource cannot be parsed");
	source->owner = graft->document;
	source->path = graft->document->path;
	/* The tree is still the reader's own. */
	struct xml_element *place = (struct xml_element *)(uintptr_t)section;
	const struct xml_element *root = source->root;
	place->document = source;
	place->line = root->line;
	place->attributes = root->attributes;
	place->attribute_count = root->attribute_count;
	place->first = root->first;
	place->last = root->last;
	return 0;
}

static int graft_sources(struct down *d, struct xml_document *document)
{
	struct graft graft = { d, document };
	int r = sections_each(d->level.schema, document->root, graft_section, &graft);
	for (const struct xml_element *e = document->root->first; e && r == 0; e = e->next) {
		if (!strcmp(e->name, "location"))
			r = sections_each(d->level.schema, e, graft_section, &graft);
	}
	return r;
}

/* Makes a text into a document the view owns. */
static int parse_document(struct down *d, struct text text, const char *file, const char *path,
			  struct xml_document **ret)
{
	struct xml_document *document;
	int r = xml_parse(text, file, &document, d->err);
	if (r < 0)
		return r;
	document->path = path;
	d->files.documents[d->files.document_count++] = document;
	*ret = document;
	r = graft_sources(d, document);
	return r < 0 ? r : sections_check(d->level.schema, document, d->config->document, d->err);
}

static int read_document(struct down *d, int fd, const char *file, const char *path,
			 struct xml_document **ret)
{
	_cleanup_mem_ char *data = NULL;
	size_t length;

	int r = sys_read_fd(fd, XML_SIZE_MAX, &data, &length);
	if (r < 0)
		return cannot_read(d, file, r);
	return parse_document(d, (struct text){ data, length }, file, path, ret);
}

int config_files_read(struct down *d, const char *folder, const char *path,
		      struct xml_document **ret)
{
	char file[PATH_MAX];
	struct stat st = { 0 };
	struct stamp *stamp = &d->files.stamps[d->files.stamp_count];

	*ret = NULL;
	if (d->instead_folder && !strcmp(d->instead_folder, folder)) {
		int named = config_files_name(folder, file);
		return named < 0 ? cannot_read(d, folder, named)
				 : parse_document(d, d->instead, file, path, ret);
	}
	stamp->folder = arena_strndup(d->arena, folder, strlen(folder));
	if (!stamp->folder)
		return error_set(d->err, -ENOMEM, "out of memory");
	d->files.stamp_count++;
	/* The folder's own stamp first: a file that appears after this is seen as a change. */
	if (stat(folder, &st) == 0)
		stamp_set(stamp, &st);
	_cleanup_fd_ int fd = open_file(d, folder, file);
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return cannot_read(d, file, fd);
	if (fstat(fd, &st) < 0)
		return cannot_read(d, file, -errno);
	stamp_set(stamp, &st);
	stamp->file = arena_strndup(d->arena, file, strlen(file));
	if (!stamp->file)
		return error_set(d->err, -ENOMEM, "out of memory");
	return read_document(d, fd, file, path, ret);
}

int config_files_name(const char *folder, char path[PATH_MAX])
{
	struct stat st;
	for (size_t i = 0; i < ARRAY_LEN(file_names); i++) {
		int n = snprintf(path, PATH_MAX, "%s/%s", folder, file_names[i]);
		if (n < 0 || n >= PATH_MAX)
			return -ENAMETOOLONG;
		if (stat(path, &st) == 0)
			return 0;
	}
	return snprintf(path, PATH_MAX, "%s/%s", folder, file_names[0]) < PATH_MAX ? 0
										   : -ENAMETOOLONG;
}

void config_files_done(struct down_files *files)
{
	for (size_t i = 0; i < files->document_count; i++)
		xml_free(files->documents[i]);
	files->document_count = 0;
}

/* A folder without the file changed: did the file come? */
static bool file_appeared(const char *folder)
{
	char path[PATH_MAX];
	struct stat st;
	for (size_t i = 0; i < ARRAY_LEN(file_names); i++) {
		int n = snprintf(path, sizeof(path), "%s/%s", folder, file_names[i]);
		if (n > 0 && n < PATH_MAX && stat(path, &st) == 0)
			return true;
	}
	return false;
}

bool config_files_stale(const struct down_files *files)
{
	struct stat st;

	for (size_t i = 0; i < files->stamp_count; i++) {
		const struct stamp *stamp = &files->stamps[i];
		if (stat(stamp->file ? stamp->file : stamp->folder, &st) < 0)
			memset(&st, 0, sizeof(st));
		if (stamp_same(stamp, &st))
			continue;
		if (stamp->file || file_appeared(stamp->folder))
			return true;
	}
	return false;
}
