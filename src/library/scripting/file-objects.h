/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects that FileSystemObject hands out, and what their members share. An object holds a
 * Linux path and nothing else; it looks at the disk at each call. Any thread.
 */
#pragma once

#include "com/automation.h"
#include "library/scripting/errors.h"
#include "library/scripting/path.h"

/* Objects for a path that was found to be a file or a folder; one reference. E_OUTOFMEMORY. */
HRESULT file_object_new(const char *path, IDispatch **ret);
HRESULT folder_object_new(const char *path, IDispatch **ret);
/* The files, or the folders, right under a folder. */
HRESULT folder_list_new(const char *path, bool folders, IDispatch **ret);
/* The drive "C:", the only one there is, measuring the file system that the Linux path `path` is
 * on; and the collection of it. */
HRESULT drive_object_new(const char *path, IDispatch **ret);
HRESULT drive_list_new(IDispatch **ret);

/* Argument `i` as a Linux path, or as it came in UTF-8 (`*ret` for mem_free). Raises. */
HRESULT files_arg_path(struct automation_call *call, UINT i, char out[PATH_SIZE]);
HRESULT files_arg_text(struct automation_call *call, UINT i, char **ret);
/* What a file operation gave: S_OK, or raised with `missing` for -ENOENT. */
HRESULT files_done(struct automation_call *call, int r, enum scripting_error missing);
/* Result helpers: an object that was made (or not; looked at only when `hr` is good), a Linux
 * path as scripts see it, a date, a size. */
HRESULT files_return_object(struct automation_call *call, HRESULT hr, IDispatch **object);
HRESULT files_return_path(struct automation_call *call, const char *path);
HRESULT files_return_date(struct automation_call *call, int64_t seconds);
HRESULT files_return_size(struct automation_call *call, int64_t bytes);

/* Opens a TextStream as OpenTextFile, CreateTextFile and OpenAsTextStream do: the format is
 * TristateTrue (-1) for UTF-16, TristateMixed (-2, the default) and TristateFalse (0) for UTF-8. */
HRESULT files_open_stream(struct automation_call *call, const char *path, LONG mode, bool create,
			  bool overwrite, LONG format);
/* CreateTextFile(name[, overwrite = True[, unicode = False]]) with the resolved name. */
HRESULT files_create_text(struct automation_call *call, const char *path);

/* The members that take a source with a pattern in its last part. `copy` false: moves. */
HRESULT files_transfer(struct automation_call *call, struct text source, struct text target,
		       bool folders, bool copy, bool overwrite);
HRESULT files_delete(struct automation_call *call, struct text source, bool folders, bool force);
