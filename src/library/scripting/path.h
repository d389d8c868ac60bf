/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File names of scripts: the one place that says how a Windows path becomes a Linux one, and back.
 *
 * The rule. The drive "C:" is the root of the file system and there is no other; a mounted file
 * system is a folder, as one mounted into a folder is on Windows, and network paths
 * (\\server\share) do not exist.
 *
 * In: both separators are accepted, with a drive or without ("C:\srv\a.txt", "/srv/a.txt"). "." and
 * ".." are resolved in the text, as Windows does. A relative path starts at the process's current
 * folder. Where the exact name is not there, a name that differs only by case is taken (the first
 * in byte order), and then one whose short name it is, so that pages written on Windows find their
 * files; a last part that is not there at all keeps its spelling, for files to be created. Names
 * keep dots and blanks at their end.
 *
 * Out (File.Path, GetAbsolutePathName, Server.MapPath, WshShell.CurrentDirectory ...): the drive,
 * and '\' between the parts, "C:\srv\a.txt". Handed in again it is the same file, unless a part has
 * a '\' of its own, which only Linux programs make: such a file is seen and cannot be named.
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

/* A Linux path as scripts see it: "C:\srv\a.txt"; a relative one only gets its separators. */
#define PATH_SHOWN_SIZE (PATH_SIZE + 2)
void path_show(const char *path, char out[PATH_SHOWN_SIZE]);
BSTR path_show_bstr(const char *path);
/* What GetAbsolutePathName gives: path_absolute as scripts see it, without a look at the disk, for
 * drives and servers that are not there, too. -EINVAL, -ENAMETOOLONG. */
int path_show_absolute(struct text path, char out[PATH_SHOWN_SIZE]);
/* False when the last part of a Linux path is a name that Windows refuses to create: with one of
 * < > : " | ? * \ or a control character. Programs there count on the error. */
bool path_may_be_created(const char *path);

/* The 8.3 name of a file: the name itself where it is one (any case), else two of its letters, four
 * hexadecimal digits made of the whole name, "~1" and three letters of the extension, in capitals:
 * what NTFS gives to the fifth file that begins alike. It depends on nothing but the name. */
#define PATH_SHORT_SIZE 13
void path_short_name(struct text name, char out[PATH_SHORT_SIZE]);
/* The path with each part replaced by its short name. */
int path_short(const char *path, char out[PATH_SIZE]);

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
