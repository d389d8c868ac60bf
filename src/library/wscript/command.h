/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a Windows command line becomes a Linux program and its arguments: the rule of WshShell.Run
 * and Exec (docs/components.md). Looks at the disk and at PATH; starts nothing. Any thread.
 *
 * Words are split as Windows programs split their command line: blanks and tabs outside of double
 * quotes, with backslashes in front of a quote counted in pairs. No shell ever sees the line,
 * unless its program is cmd, which is /bin/sh. In order:
 *
 *   cmd, command       "/c text" becomes /bin/sh -c text, other switches are skipped
 *   cscript, wscript   our cscript, found next to this program or in PATH
 *   a .vbs .vbe .wsf   our cscript //NoLogo with it
 *   with a separator   the file of that path (library/scripting/path.h)
 *   a name             looked up in PATH as it is, without .exe or .com, and in small letters
 *
 * A further word that begins with "C:\" or "C:/" is a path and becomes the Linux one.
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"

/* Gives the program, an absolute path, and its arguments up to a NULL, in `arena`. -ENOENT when
 * there is no such program, -EACCES when the file is no program, -EINVAL for an empty line, -E2BIG
 * above SHELL_WORDS_MAX words, -ENOMEM, and what path_resolve says. */
#define SHELL_WORDS_MAX 4096
int shell_command_parse(struct arena *arena, struct text line, char ***ret);
