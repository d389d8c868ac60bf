/* SPDX-License-Identifier: Apache-2.0 */
/*
 * URL paths and the files behind them. Called on any thread; owns nothing between calls.
 */
#include "asp/files.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool asp_stamp_equal(const struct asp_stamp *a, const struct asp_stamp *b)
{
	return a->mtime == b->mtime && a->size == b->size && a->inode == b->inode &&
	       a->device == b->device;
}

static struct asp_stamp stamp_of(const struct stat *st)
{
	return (struct asp_stamp){
		.mtime = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
		.size = (uint64_t)st->st_size,
		.inode = st->st_ino,
		.device = st->st_dev,
	};
}

int asp_stamp_read(const char *path, struct asp_stamp *ret)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return -errno;
	*ret = stamp_of(&st);
	return 0;
}

/* ---- URL paths ---- */

static bool segment_next(struct text *rest, struct text *ret)
{
	size_t n = 0;
	while (n < rest->length && rest->data[n] != '/' && rest->data[n] != '\\')
		n++;
	*ret = (struct text){ rest->data, n };
	bool more = n < rest->length;
	*rest = more ? (struct text){ rest->data + n + 1, rest->length - n - 1 }
		     : (struct text){ 0 };
	return more;
}

static int append_segments(struct text path, bool parent_paths, struct buf *out, size_t floor)
{
	for (bool more = true; more;) {
		struct text segment;
		more = segment_next(&path, &segment);
		if (segment.length == 0 || text_equal(segment, TEXT(".")))
			continue;
		if (text_equal(segment, TEXT(".."))) {
			if (!parent_paths)
				return ASP_URL_PARENT;
			if (out->length == floor)
				return ASP_URL_ABOVE;
			while (out->data[out->length - 1] != '/')
				out->length--;
			out->length--;
			continue;
		}
		buf_putc(out, '/');
		buf_put_text(out, segment);
	}
	return buf_failed(out);
}

int asp_url_resolve(struct text base, struct text path, bool parent_paths, struct buf *out)
{
	for (size_t i = 0; i < path.length; i++) {
		unsigned char c = (unsigned char)path.data[i];
		if (c == ':' && i == 1)
			return ASP_URL_PHYSICAL;
		if (c < 0x20 || c == 0x7F || strchr(":*?\"<>|", c))
			return ASP_URL_INVALID;
	}
	size_t floor = out->length;
	bool absolute = path.length && (path.data[0] == '/' || path.data[0] == '\\');
	if (!absolute) {
		while (base.length && base.data[base.length - 1] != '/')
			base.length--;
		/* The base is a path that was resolved before: its own dots are gone. */
		int r = append_segments(base, true, out, floor);
		if (r != 0)
			return r;
	}
	int r = append_segments(path, parent_paths, out, floor);
	if (r == 0 && out->length == floor)
		buf_putc(out, '/');
	return r ? r : buf_failed(out);
}

const struct asp_mapping *asp_url_mapping(const struct asp_settings *settings, struct text url,
					  struct text *ret_rest)
{
	for (size_t i = 0; i < settings->mapping_count; i++) {
		const struct asp_mapping *mapping = &settings->mappings[i];
		struct text prefix = text_of(mapping->url);
		if (prefix.length == 1)
			prefix.length = 0; /* "/" is in front of everything */
		if (!text_starts_with_nocase(url, prefix))
			continue;
		struct text rest = { url.data + prefix.length, url.length - prefix.length };
		if (rest.length && rest.data[0] != '/')
			continue;
		if (rest.length)
			rest = (struct text){ rest.data + 1, rest.length - 1 };
		*ret_rest = rest;
		return mapping;
	}
	return NULL;
}

int asp_url_physical(const struct asp_settings *settings, struct text url, struct buf *out)
{
	struct text rest;
	const struct asp_mapping *mapping = asp_url_mapping(settings, url, &rest);
	if (!mapping)
		return -ENOENT;
	buf_puts(out, mapping->folder);
	if (rest.length) {
		buf_putc(out, '/');
		buf_put_text(out, rest);
	}
	return buf_failed(out);
}

/* ---- files ---- */

void asp_file_done(struct asp_file *file)
{
	mem_free(file->data);
	mem_free(file->path);
	*file = (struct asp_file){ 0 };
}

/* For kernels (and filters) without openat2: one folder at a time, following no link. */
static int open_stepwise(int root, struct text rest)
{
	int dir = dup(root);
	for (bool more = true; dir >= 0 && more;) {
		char name[256];
		struct text segment;
		more = segment_next(&rest, &segment);
		int next = -ENOENT;
		if (segment.length && segment.length < sizeof(name) &&
		    !text_equal(segment, TEXT(".."))) {
			memcpy(name, segment.data, segment.length);
			name[segment.length] = '\0';
			next = sys_openat(dir, name,
					  O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
						  (more ? O_DIRECTORY : 0),
					  0);
		}
		sys_close(dir);
		dir = next;
	}
	return dir;
}

static int open_beneath(const char *folder, struct text rest)
{
	char path[4096];
	if (rest.length == 0 || rest.length >= sizeof(path))
		return -ENOENT;
	memcpy(path, rest.data, rest.length);
	path[rest.length] = '\0';
	_cleanup_fd_ int root = sys_open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (root < 0)
		return root;
	int fd = sys_open_beneath(root, path, O_RDONLY | O_NONBLOCK);
	if (fd == -ENOSYS || fd == -EPERM)
		return open_stepwise(root, rest);
	return fd == -EXDEV ? -ENOENT : fd;
}

/* ---- names that Windows would have found ---- */

/* The entry of folder `dir` whose name is `name` but for the case of its letters. */
static bool find_entry(int dir, struct text name, char out[NAME_MAX + 1])
{
	bool found = false;
	int fd = sys_openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	if (!entries) {
		sys_close(fd);
		return false;
	}
	for (struct dirent *e; !found && (e = readdir(entries));) {
		found = text_equal_nocase(text_of(e->d_name), name);
		if (found)
			strcpy(out, e->d_name);
	}
	closedir(entries);
	return found;
}

/* Sites that come from Windows spell names as they like: `rest` as the folders spell it, in
 * `out`. Called when a file is not there as written, which happens once per compile at most. */
static bool correct_case(const char *folder, struct text rest, struct buf *out)
{
	int dir = sys_open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	bool more = true;
	while (dir >= 0 && more) {
		char name[NAME_MAX + 1];
		struct text segment;
		more = segment_next(&rest, &segment);
		int next = -ENOENT;
		if (find_entry(dir, segment, name)) {
			buf_puts(out, out->length ? "/" : "");
			buf_puts(out, name);
			next = sys_openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
		}
		sys_close(dir);
		dir = next;
	}
	bool found = dir >= 0 && !buf_failed(out);
	sys_close(dir);
	return found;
}

/* Takes `path`. */
static int read_file(int fd, char *path, struct asp_file *ret)
{
	struct asp_file file = { .path = path };
	struct stat st;
	int r = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -ENOENT;
	if (r == 0) {
		file.stamp = stamp_of(&st);
		r = sys_read_fd(fd, ASP_FILE_MAX, &file.data, &file.length);
	}
	if (r != 0) {
		asp_file_done(&file);
		return r;
	}
	*ret = file;
	return 0;
}

static int site_load(void *ctx, struct text url, struct asp_file *ret)
{
	const struct asp_settings *settings = ctx;
	struct text rest;
	const struct asp_mapping *mapping = asp_url_mapping(settings, url, &rest);
	if (!mapping)
		return -ENOENT;
	struct buf spelled;
	buf_init(&spelled, 4096);
	_cleanup_fd_ int fd = open_beneath(mapping->folder, rest);
	if (fd == -ENOENT && correct_case(mapping->folder, rest, &spelled)) {
		rest = buf_text(&spelled);
		fd = open_beneath(mapping->folder, rest);
	}
	if (fd < 0) {
		buf_done(&spelled);
		return fd;
	}
	struct buf path;
	buf_init(&path, 8192);
	buf_puts(&path, mapping->folder);
	buf_putc(&path, '/');
	buf_put_text(&path, rest);
	char *name = buf_take(&path, NULL);
	buf_done(&path);
	buf_done(&spelled);
	return name ? read_file(fd, name, ret) : -ENOMEM;
}

int asp_file_read(struct text path, struct asp_file *ret)
{
	char *name = mem_alloc(path.length + 1);
	if (!name)
		return -ENOMEM;
	if (path.length)
		memcpy(name, path.data, path.length);
	name[path.length] = '\0';
	_cleanup_fd_ int fd = sys_open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	if (fd < 0) {
		mem_free(name);
		return fd;
	}
	return read_file(fd, name, ret);
}

struct asp_loader asp_loader_site(const struct asp_settings *settings)
{
	return (struct asp_loader){ .ctx = (void *)(uintptr_t)settings, .load = site_load };
}
