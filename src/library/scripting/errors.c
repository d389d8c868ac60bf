/* SPDX-License-Identifier: Apache-2.0 */
/* Script errors of the Scripting library (errors.h). Called by its members; any thread. */
#include "library/scripting/errors.h"

#include <errno.h>

static const char *error_text(enum scripting_error error)
{
	switch (error) {
#define X(name, number, text)                                                                      \
	case SCRIPTING_##name:                                                                     \
		return text;
		SCRIPTING_ERRORS(X)
#undef X
	}
	return "";
}

HRESULT scripting_raise(struct automation_call *call, enum scripting_error error)
{
	/* On Windows these objects return the bare number and the engine adds text and source. */
	return automation_raise(call, MAKE_SCRIPT_HRESULT(error),
				"Microsoft VBScript runtime error", "%s", error_text(error));
}

HRESULT scripting_raise_errno(struct automation_call *call, int code, enum scripting_error missing)
{
	switch (-code) {
	case ENOMEM:
		return E_OUTOFMEMORY;
	case ENOENT:
		return scripting_raise(call, missing);
	case ENOTDIR:
	case ELOOP:
		return scripting_raise(call, SCRIPTING_PATH_NOT_FOUND);
	case EACCES:
	case EPERM:
	case EISDIR:
	case EROFS:
	case ETXTBSY:
	case EBUSY:
	case ENOTEMPTY:
		return scripting_raise(call, SCRIPTING_PERMISSION);
	case EEXIST:
		return scripting_raise(call, SCRIPTING_FILE_EXISTS);
	case EILSEQ: /* a character that the code page of the file does not have */
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	case EINVAL:
	case ENAMETOOLONG:
		return scripting_raise(call, SCRIPTING_BAD_FILE_NAME);
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return scripting_raise(call, SCRIPTING_DISK_FULL);
	case EMFILE:
	case ENFILE:
		return scripting_raise(call, SCRIPTING_TOO_MANY_FILES);
	case ENXIO:
	case ENODEV:
		return scripting_raise(call, SCRIPTING_NO_DEVICE);
	default:
		return scripting_raise(call, SCRIPTING_DEVICE_IO);
	}
}
