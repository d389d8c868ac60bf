/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From URL paths to files, and never out of the site: Server.MapPath, #include, Server.Execute and
 * global.asa all ask here. URL paths are normalised as text first ('.', '..', '\'), then the rest
 * behind the longest virtual directory is opened with the kernel's own RESOLVE_BENEATH, so that no
 * symbolic link leads out of the folder either.
 */
#pragma once

#include "asp/asp.h"
#include "base/buf.h"

/* Identity and age of a file: two equal stamps mean the same content. */
struct asp_stamp {
	int64_t mtime; /* ns */
	uint64_t size, inode, device;
};
bool asp_stamp_equal(const struct asp_stamp *a, const struct asp_stamp *b);
/* The stamp of the file now; -ENOENT and friends. */
int asp_stamp_read(const char *path, struct asp_stamp *ret);

enum asp_url_result {
	ASP_URL_PARENT = 1, /* '..' where parent paths are not allowed */
	ASP_URL_INVALID,    /* a character that no path may have, or '//' */
	ASP_URL_ABOVE,      /* '..' above the root of the site */
	ASP_URL_PHYSICAL,   /* "C:\..." */
};
/* `path` relative to the page `base` ("/shop/cart.asp"), unless it begins with a slash: the
 * absolute path, normalised, is appended to `out`. 0, -ENOMEM, -ENOBUFS, or asp_url_result. */
int asp_url_resolve(struct text base, struct text path, bool parent_paths, struct buf *out);

/* The mapping that holds the URL path and the rest behind it, without a slash in front; NULL when
 * there is none. */
const struct asp_mapping *asp_url_mapping(const struct asp_settings *settings, struct text url,
					  struct text *ret_rest);
/* The file system path of a normalised URL path is appended to `out`. 0, -ENOENT, -ENOMEM. */
int asp_url_physical(const struct asp_settings *settings, struct text url, struct buf *out);

#define ASP_FILE_MAX ((size_t)8 << 20)

/* A file that was read: memory for mem_free. */
struct asp_file {
	char *data;
	size_t length;
	char *path; /* where it is, NUL-terminated */
	struct asp_stamp stamp;
};
void asp_file_done(struct asp_file *file);
/* Reads the file at a path of the file system, which the caller trusts. -ENOENT ... */
int asp_file_read(struct text path, struct asp_file *ret);

/* Where the page compiler gets files from. Reads the file of a normalised URL path: 0, -ENOENT,
 * -EACCES, -EFBIG, -ENOMEM ... */
struct asp_loader {
	void *ctx;
	int (*load)(void *ctx, struct text url, struct asp_file *ret);
};
/* Reads from the site that `settings` describe, which must outlive it. */
struct asp_loader asp_loader_site(const struct asp_settings *settings);
