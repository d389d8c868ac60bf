/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TextStream: a script's view of a text file, a pipe or a terminal. ANSI text is what
 * library/scripting/ansi.h says, UTF-8 or Windows-1252; a file that does not begin as UTF-8 is read
 * as Windows-1252, a byte order mark of UTF-8 is skipped, and pipes are always UTF-8. Unicode text
 * is UTF-16LE with its mark. Writing is buffered up to Close or the last reference. One thread at a
 * time.
 */
#pragma once

#include "base/text.h"

#include <surrogate/com.h>

enum text_stream_mode {
	TEXT_STREAM_READING = 1, /* the values of ForReading, ForWriting, ForAppending */
	TEXT_STREAM_WRITING = 2,
	TEXT_STREAM_APPENDING = 8,
};

/* A stream over `fd`, which it closes at the end. Takes `fd` in success only. E_OUTOFMEMORY. */
HRESULT stream_new(int fd, enum text_stream_mode mode, bool utf16, IDispatch **ret);
/* The standard stream 0, 1 or 2 of this process (WScript.StdIn,
 * FileSystemObject.GetStandardStream): over a duplicate of the descriptor, so that Close leaves the
 * descriptor itself alone. UTF-8, or UTF-16 when `utf16`. Reading gives what has arrived without
 * waiting for more; each write goes out at once, and lines end with LF as Linux programs expect of
 * a pipe. -EBADF when the process has no such descriptor, -ENOMEM. */
int stream_standard(int fd, bool utf16, IDispatch **ret);
/* A stream over the end of a pipe, which it closes at the end; reading and writing as the standard
 * streams do. Takes `fd` in success only. E_OUTOFMEMORY. */
HRESULT stream_pipe(int fd, enum text_stream_mode mode, IDispatch **ret);
/* Opens `path` (a Linux path): -ENOENT when it is not there and `create` is not set, -EEXIST when
 * it is there, to be created, and `overwrite` is not set. `overwrite` matters for `create` with
 * TEXT_STREAM_WRITING only. */
int stream_open(const char *path, enum text_stream_mode mode, bool create, bool overwrite,
		bool utf16, IDispatch **ret);
