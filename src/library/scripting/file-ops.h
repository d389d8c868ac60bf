/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the file system objects do to files: plain functions over Linux paths, each returning 0 or
 * a negated errno value. Symbolic links are followed when they are named, and never inside a tree
 * that is copied or deleted. Thread safe as the file system is.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* -ENOENT when there is nothing, or something of the other kind. */
int file_check(const char *path);
int folder_check(const char *path);

/* True for a file without its owner's write permission, which is the read-only attribute of
 * Windows: it keeps everybody from writing there, and so here, root included. */
bool file_is_read_only(int folder, const char *name);
/* -EEXIST when `to` is there and `overwrite` is not set; -EACCES when `to` may not be written. */
int file_copy(const char *from, const char *to, bool overwrite);
/* Within a file system by renaming, else by copying. -EEXIST when `to` is there. */
int file_move(const char *from, const char *to);
/* -EACCES for a file without write permission unless `force`, as on Windows. */
int file_delete(const char *path, bool force);

/* Whole trees, at most TREE_DEPTH deep (-ELOOP). */
#define TREE_DEPTH 128
int folder_copy(const char *from, const char *to, bool overwrite);
int folder_move(const char *from, const char *to);
int folder_delete(const char *path, bool force);
/* The bytes of all files below. */
int folder_size(const char *path, int64_t *ret);
