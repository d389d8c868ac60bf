/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error information beside the results of calls ([MS-DCOM] 2.2.21.1): what a failed method left on
 * the thread that served it goes into ORPCTHAT's extensions, by value, and is on the thread of the
 * caller when its proxy returns. On the thread of the call.
 */
#include "dcom/dcom-internal.h"

#include "com/errorinfo.h"

ORPC_EXTENT_ARRAY *dcom_error_put(struct dcom *dcom, IUnknown *object, REFIID iid,
				  struct arena *arena)
{
	IErrorInfo *info = NULL, *copy = NULL;
	ORPC_EXTENT_ARRAY *array = NULL;
	struct text bytes;

	if (!errorinfo_is_of(object, iid) || GetErrorInfo(0, &info) != S_OK)
		return NULL;
	/* Without memory the code alone must do. */
	if (SUCCEEDED(errorinfo_copy(info, iid, &copy))) {
		if (SUCCEEDED(dcom_marshal_text(dcom, &IID_IErrorInfo, (IUnknown *)(void *)copy,
						arena, &bytes)))
			array = orpc_make_extension(arena, &CLSID_ERROR_EXTENSION, bytes);
		copy->lpVtbl->Release(copy);
	}
	info->lpVtbl->Release(info);
	return array;
}

/* A copy, as it may be an object of the other side, which is asked now and let go. */
static void take_copy(IErrorInfo *info)
{
	IErrorInfo *copy = NULL;

	if (FAILED(errorinfo_copy(info, &GUID_NULL, &copy)))
		return;
	SetErrorInfo(0, copy);
	copy->lpVtbl->Release(copy);
}

void dcom_error_take(struct dcom *dcom, const ORPC_EXTENT_ARRAY *extensions)
{
	/* When asking fails, its own errors are not asked about: whoever sends them could go on
	 * like that for ever. */
	static _Thread_local bool taking;
	struct text bytes = orpc_find_extension(extensions, &CLSID_ERROR_EXTENSION);
	IErrorInfo *info = NULL;

	if (!bytes.length || taking)
		return;
	taking = true;
	if (SUCCEEDED(dcom_unmarshal(dcom, bytes, &IID_IErrorInfo, (IUnknown **)(void *)&info))) {
		take_copy(info);
		info->lpVtbl->Release(info);
	}
	taking = false;
}
