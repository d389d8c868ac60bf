/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The script errors that the Scripting library raises: VBScript's documented numbers and texts,
 * which is what pages compare Err.Number with.
 */
#pragma once

#include "com/automation.h"

#define SCRIPTING_ERRORS(X)                                                                        \
	X(INVALID_CALL, 5, "Invalid procedure call or argument")                                   \
	X(BAD_FILE_NAME, 52, "Bad file name or number")                                            \
	X(FILE_NOT_FOUND, 53, "File not found")                                                    \
	X(BAD_FILE_MODE, 54, "Bad file mode")                                                      \
	X(DEVICE_IO, 57, "Device I/O error")                                                       \
	X(FILE_EXISTS, 58, "File already exists")                                                  \
	X(DISK_FULL, 61, "Disk full")                                                              \
	X(PAST_END, 62, "Input past end of file")                                                  \
	X(TOO_MANY_FILES, 67, "Too many files")                                                    \
	X(NO_DEVICE, 68, "Device unavailable")                                                     \
	X(PERMISSION, 70, "Permission denied")                                                     \
	X(PATH_NOT_FOUND, 76, "Path not found")                                                    \
	X(NOT_SET, 91, "Object variable not set")                                                  \
	X(KEY_EXISTS, 457, "This key is already associated with an element of this collection")    \
	X(NO_ELEMENT, 32811, "Element not found")

enum scripting_error {
#define X(name, number, text) SCRIPTING_##name = number,
	SCRIPTING_ERRORS(X)
#undef X
};

/* Raises `error` with its text; returns what the member must return. */
HRESULT scripting_raise(struct automation_call *call, enum scripting_error error);
/* Raises what a negated errno value means; `missing` stands for "there is no such thing". The
 * out-of-memory errno becomes E_OUTOFMEMORY. */
HRESULT scripting_raise_errno(struct automation_call *call, int code, enum scripting_error missing);
