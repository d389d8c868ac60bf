/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the members of the file objects share (file-objects.h): arguments, results, streams.
 * Runs in the thread of the script; owns nothing.
 */
#include "library/scripting/file-objects.h"

#include "base/clock.h"
#include "base/mem.h"
#include "com/bstr.h"
#include "com/date.h"
#include "library/scripting/file-ops.h"
#include "library/scripting/text-stream.h"

#include <errno.h>
#include <string.h>

HRESULT files_arg_path(struct automation_call *call, UINT i, char out[PATH_SIZE])
{
	BSTR s;
	HRESULT hr = automation_arg_bstr(call, i, &s);

	if (FAILED(hr))
		return hr;
	int r = path_resolve_bstr(s, out);

	SysFreeString(s);
	/* A drive or server that is not there is a path that is not there. */
	if (r == -ENXIO)
		return scripting_raise(call, SCRIPTING_PATH_NOT_FOUND);
	return files_done(call, r, SCRIPTING_PATH_NOT_FOUND);
}

HRESULT files_arg_text(struct automation_call *call, UINT i, char **ret)
{
	BSTR s;
	HRESULT hr = automation_arg_bstr(call, i, &s);

	if (FAILED(hr))
		return hr;
	size_t length = 0;
	char *utf8 = bstr_to_utf8(s, &length);

	SysFreeString(s);
	if (!utf8)
		return E_OUTOFMEMORY;
	/* Cut at the NUL it would be the name of something else: to be deleted, or "a.asp". */
	if (strlen(utf8) != length) {
		mem_free(utf8);
		return scripting_raise(call, SCRIPTING_BAD_FILE_NAME);
	}
	*ret = utf8;
	return S_OK;
}

HRESULT files_done(struct automation_call *call, int r, enum scripting_error missing)
{
	return r < 0 ? scripting_raise_errno(call, r, missing) : S_OK;
}

HRESULT files_return_object(struct automation_call *call, HRESULT hr, IDispatch **object)
{
	return FAILED(hr) ? hr : automation_return_dispatch(call->result, *object);
}

HRESULT files_return_path(struct automation_call *call, const char *path)
{
	BSTR shown = path_show_bstr(path);

	return shown ? automation_return_bstr(call->result, shown) : E_OUTOFMEMORY;
}

HRESULT files_return_date(struct automation_call *call, int64_t seconds)
{
	*call->result = (VARIANT){ .vt = VT_DATE, .date = date_from_wall(seconds * NSEC_PER_SEC) };
	return S_OK;
}

HRESULT files_return_size(struct automation_call *call, int64_t bytes)
{
	/* Scripts know no 64-bit integers: beyond a LONG it is a double, as on Windows. */
	if (bytes <= INT32_MAX)
		return automation_return_long(call->result, (LONG)bytes);
	*call->result = (VARIANT){ .vt = VT_R8, .dblVal = (double)bytes };
	return S_OK;
}

HRESULT files_open_stream(struct automation_call *call, const char *path, LONG mode, bool create,
			  bool overwrite, LONG format)
{
	IDispatch *stream = NULL;

	if (mode != TEXT_STREAM_READING && mode != TEXT_STREAM_WRITING &&
	    mode != TEXT_STREAM_APPENDING)
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	/* A file that is there may have any name. */
	if (create && !path_may_be_created(path) && file_check(path) < 0)
		return scripting_raise(call, SCRIPTING_BAD_FILE_NAME);
	int r = stream_open(path, (enum text_stream_mode)mode, create, overwrite, format == -1,
			    &stream);

	/* Where the file could have been made, what is missing is its folder. */
	if (r < 0)
		return scripting_raise_errno(
			call, r, create ? SCRIPTING_PATH_NOT_FOUND : SCRIPTING_FILE_NOT_FOUND);
	return automation_return_dispatch(call->result, stream);
}

HRESULT files_create_text(struct automation_call *call, const char *path)
{
	bool overwrite, unicode;
	HRESULT hr = automation_arg_bool_or(call, 1, true, &overwrite);

	if (SUCCEEDED(hr))
		hr = automation_arg_bool_or(call, 2, false, &unicode);
	if (FAILED(hr))
		return hr;
	return files_open_stream(call, path, TEXT_STREAM_WRITING, true, overwrite,
				 unicode ? -1 : 0);
}
