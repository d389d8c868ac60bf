/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File names of scripts: the one place that says how a Windows path becomes a Linux one.
 *
 * The rule. Both separators are accepted on the way in; a drive "C:" is the root of the file
 * system, other drives and network paths (\\server\share) do not exist. "." and ".." are resolved
 * in the text, as Windows does. A relative path starts at the process's current folder. Where the
 * exact name is not there, a name that differs only by case is taken (the first in byte order), so
 * that pages written on Windows find their files; a last part that is not there at all keeps its
 * spelling, for files to be created. Paths that come out (File.Path, GetAbsolutePathName) are
 * Linux paths, which may be handed in again as they are. Names keep dots and blanks at their end.
 *
 * Text functions (path_name, path_parent ...) never touch the disk. All are thread safe.
 */
#pragma once

#include "base/text.h"

#include <surrogate/com.h>

#define PATH_SIZE 4096

/* The Linux path of `path`, NUL-terminated, absolute and without "." or "..". -EINVAL for a name
 * with a NUL or an empty one, -ENXIO for a drive or server that is not there, -ENAMETOOLONG,
 * -ENOMEM. The file itself need not exist. */
int path_resolve(struct text path, char out[PATH_SIZE]);
int path_resolve_bstr(BSTR path, char out[PATH_SIZE]);
/* As path_resolve without looking for other spellings: only text and the current folder. */
int path_absolute(struct text path, char out[PATH_SIZE]);

/* True for '/' and '\'. */
static inline bool path_is_separator(char c)
{
	return c == '/' || c == '\\';
}
/* The parts of a path, as GetFileName, GetBaseName, GetExtensionName, GetParentFolderName and
 * GetDriveName give them. Slices of `path`. */
struct text path_name(struct text path);
struct text path_base(struct text path);
struct text path_extension(struct text path);
struct text path_parent(struct text path);
struct text path_drive(struct text path);

/* True when the last part has '*' or '?'. */
bool path_has_pattern(struct text path);
/* Whether a name fits a pattern, but for case; '*' is any text, '?' one character. "*.*" fits
 * every name, as on Windows. */
bool path_matches(struct text name, struct text pattern);
