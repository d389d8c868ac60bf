/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripting.FileSystemObject: names, whether things are there, and the doors to the other objects
 * (file-objects.h). Runs in the thread of the script with the rights of the host's identity;
 * holds nothing.
 */
#include "library/scripting/scripting.h"

#include "base/mem.h"
#include "com/bstr.h"
#include "com/class.h"
#include "library/scripting/file-objects.h"
#include "library/scripting/file-ops.h"
#include "library/scripting/text-stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ---- names: text only ---- */

static HRESULT return_part(struct automation_call *call, struct text (*part)(struct text))
{
	char *path;
	HRESULT hr = files_arg_text(call, 0, &path);

	if (FAILED(hr))
		return hr;
	hr = automation_return_text(call->result, part(text_of(path)));
	mem_free(path);
	return hr;
}

static HRESULT fso_file_name(struct automation_call *call)
{
	return return_part(call, path_name);
}

static HRESULT fso_base_name(struct automation_call *call)
{
	return return_part(call, path_base);
}

static HRESULT fso_extension_name(struct automation_call *call)
{
	return return_part(call, path_extension);
}

static HRESULT fso_parent_name(struct automation_call *call)
{
	return return_part(call, path_parent);
}

static HRESULT fso_drive_name(struct automation_call *call)
{
	return return_part(call, path_drive);
}

/* Joined with the separator that the path already uses. */
static HRESULT join(struct automation_call *call, struct text path, struct text name)
{
	char separator = memchr(path.data, '\\', path.length) ? '\\' : '/';
	bool bare = !path.length || path_is_separator(path.data[path.length - 1]) ||
		    (name.length && path_is_separator(name.data[0]));
	bool drive = path.length == 2 && path_drive(path).length == 2;
	_cleanup_mem_ char *joined = mem_alloc(path.length + name.length + 2);

	if (!joined)
		return E_OUTOFMEMORY;
	if (drive)
		separator = '\\';
	/* One separator, however many the two ends have. */
	if (path.length && name.length && path_is_separator(path.data[path.length - 1]) &&
	    path_is_separator(name.data[0]))
		path.length--;
	int n = sprintf(joined, TEXT_FMT "%s" TEXT_FMT, TEXT_ARG(path),
			bare                ? ""
			: separator == '\\' ? "\\"
					    : "/",
			TEXT_ARG(name));

	return automation_return_text(call->result, (struct text){ joined, (size_t)n });
}

static HRESULT fso_build_path(struct automation_call *call)
{
	char *path = NULL, *name = NULL;
	HRESULT hr = files_arg_text(call, 0, &path);

	if (SUCCEEDED(hr))
		hr = files_arg_text(call, 1, &name);
	if (SUCCEEDED(hr))
		hr = join(call, text_of(path), text_of(name));
	mem_free(path);
	mem_free(name);
	return hr;
}

static HRESULT fso_absolute_name(struct automation_call *call)
{
	char shown[PATH_SHOWN_SIZE], *path;
	HRESULT hr = files_arg_text(call, 0, &path);

	if (FAILED(hr))
		return hr;
	int r = path_show_absolute(text_of(path), shown);

	mem_free(path);
	return r < 0 ? files_done(call, r, SCRIPTING_PATH_NOT_FOUND)
		     : automation_return_text(call->result, text_of(shown));
}

static HRESULT fso_temp_name(struct automation_call *call)
{
	char name[16];
	GUID g;

	guid_random(&g);
	snprintf(name, sizeof name, "rad%05X.tmp", (unsigned)(g.Data1 & 0xFFFFF));
	return automation_return_text(call->result, text_of(name));
}

/* What is in a program's version resource: Linux programs have none, as most files on Windows. */
static HRESULT fso_file_version(struct automation_call *call)
{
	return automation_return_text(call->result, TEXT(""));
}

/* ---- is it there ---- */

/* A name that cannot be is not there: asking is never an error. */
static HRESULT exists(struct automation_call *call, int (*check)(const char *path))
{
	char path[PATH_SIZE];
	BSTR s;
	HRESULT hr = automation_arg_bstr(call, 0, &s);

	if (FAILED(hr))
		return hr;
	bool there = path_resolve_bstr(s, path) == 0 && check(path) == 0;

	SysFreeString(s);
	return automation_return_bool(call->result, there);
}

static HRESULT fso_file_exists(struct automation_call *call)
{
	return exists(call, file_check);
}

static HRESULT fso_folder_exists(struct automation_call *call)
{
	return exists(call, folder_check);
}

static bool is_drive(struct text t)
{
	t.length -= t.length && path_is_separator(t.data[t.length - 1]);
	return text_equal_nocase(t, TEXT("C")) || text_equal_nocase(t, TEXT("C:"));
}

/* "D", "D:", "D:\" or a share, there or not. */
static bool is_drive_form(struct text t)
{
	if (text_starts_with(t, TEXT("\\\\")))
		return true;
	t.length -= t.length && path_is_separator(t.data[t.length - 1]);
	return t.length && text_lower(t.data[0]) >= 'a' && text_lower(t.data[0]) <= 'z' &&
	       (t.length == 1 || (t.length == 2 && t.data[1] == ':'));
}

static HRESULT fso_drive_exists(struct automation_call *call)
{
	char *name;
	HRESULT hr = files_arg_text(call, 0, &name);

	if (FAILED(hr))
		return hr;
	hr = automation_return_bool(call->result, is_drive(text_of(name)));
	mem_free(name);
	return hr;
}

/* ---- objects ---- */

static HRESULT fso_get_file(struct automation_call *call)
{
	char path[PATH_SIZE];
	IDispatch *file = NULL;
	HRESULT hr = files_arg_path(call, 0, path);

	if (SUCCEEDED(hr))
		hr = files_done(call, file_check(path), SCRIPTING_FILE_NOT_FOUND);
	return FAILED(hr) ? hr : files_return_object(call, file_object_new(path, &file), &file);
}

static HRESULT fso_get_folder(struct automation_call *call)
{
	char path[PATH_SIZE];
	IDispatch *folder = NULL;
	HRESULT hr = files_arg_path(call, 0, path);

	if (SUCCEEDED(hr))
		hr = files_done(call, folder_check(path), SCRIPTING_PATH_NOT_FOUND);
	return FAILED(hr) ? hr
			  : files_return_object(call, folder_object_new(path, &folder), &folder);
}

static HRESULT fso_get_drive(struct automation_call *call)
{
	IDispatch *drive = NULL;
	char *name;
	HRESULT hr = files_arg_text(call, 0, &name);

	if (FAILED(hr))
		return hr;
	struct text t = text_of(name);
	bool known = is_drive(t), form = is_drive_form(t);

	mem_free(name);
	if (!known)
		return scripting_raise(call, form ? SCRIPTING_NO_DEVICE : SCRIPTING_INVALID_CALL);
	return files_return_object(call, drive_object_new("/", &drive), &drive);
}

static HRESULT fso_drives(struct automation_call *call)
{
	IDispatch *list = NULL;

	return files_return_object(call, drive_list_new(&list), &list);
}

/* 0 Windows, 1 System, 2 Temporary: the nearest folders of a Linux system. */
static HRESULT fso_special_folder(struct automation_call *call)
{
	const char *temporary = getenv("TMPDIR");
	const char *paths[] = { "/usr", "/usr/lib", temporary ? temporary : "/tmp" };
	char path[PATH_SIZE];
	IDispatch *folder = NULL;
	LONG which;
	HRESULT hr = automation_arg_long(call, 0, &which);

	if (FAILED(hr))
		return hr;
	if (which < 0 || which > 2)
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	int r = path_resolve(text_of(paths[which]), path);

	if (r < 0)
		return files_done(call, r, SCRIPTING_PATH_NOT_FOUND);
	return files_return_object(call, folder_object_new(path, &folder), &folder);
}

/* ---- text files ---- */

static HRESULT fso_open_text(struct automation_call *call)
{
	char path[PATH_SIZE];
	LONG mode = 0, format = 0;
	bool create = false;
	HRESULT hr = automation_arg_long_or(call, 1, 1, &mode);

	if (SUCCEEDED(hr))
		hr = automation_arg_bool_or(call, 2, false, &create);
	if (SUCCEEDED(hr))
		hr = automation_arg_long_or(call, 3, 0, &format);
	if (SUCCEEDED(hr))
		hr = files_arg_path(call, 0, path);
	return FAILED(hr) ? hr : files_open_stream(call, path, mode, create, true, format);
}

static HRESULT fso_create_text(struct automation_call *call)
{
	char path[PATH_SIZE];
	HRESULT hr = files_arg_path(call, 0, path);

	return FAILED(hr) ? hr : files_create_text(call, path);
}

/* GetStandardStream(0, 1 or 2[, unicode = False]) */
static HRESULT fso_standard_stream(struct automation_call *call)
{
	IDispatch *stream = NULL;
	bool unicode;
	LONG which;
	HRESULT hr = automation_arg_long(call, 0, &which);

	if (SUCCEEDED(hr))
		hr = automation_arg_bool_or(call, 1, false, &unicode);
	if (FAILED(hr))
		return hr;
	if (which < 0 || which > 2)
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	int r = stream_standard((int)which, unicode, &stream);

	if (r < 0)
		return scripting_raise_errno(call, r == -EBADF ? -ENODEV : r,
					     SCRIPTING_FILE_NOT_FOUND);
	return automation_return_dispatch(call->result, stream);
}

/* ---- changes ---- */

static HRESULT fso_create_folder(struct automation_call *call)
{
	char path[PATH_SIZE];
	IDispatch *folder = NULL;
	HRESULT hr = files_arg_path(call, 0, path);

	if (FAILED(hr))
		return hr;
	if (!path_may_be_created(path))
		return scripting_raise(call, SCRIPTING_BAD_FILE_NAME);
	if (mkdir(path, 0777) < 0)
		return files_done(call, -errno, SCRIPTING_PATH_NOT_FOUND);
	return files_return_object(call, folder_object_new(path, &folder), &folder);
}

static HRESULT delete_named(struct automation_call *call, bool folders)
{
	char *source;
	bool force;
	HRESULT hr = automation_arg_bool_or(call, 1, false, &force);

	if (SUCCEEDED(hr))
		hr = files_arg_text(call, 0, &source);
	if (FAILED(hr))
		return hr;
	hr = files_delete(call, text_of(source), folders, force);
	mem_free(source);
	return hr;
}

static HRESULT fso_delete_file(struct automation_call *call)
{
	return delete_named(call, false);
}

static HRESULT fso_delete_folder(struct automation_call *call)
{
	return delete_named(call, true);
}

static HRESULT transfer_named(struct automation_call *call, bool folders, bool copy)
{
	char *source = NULL, *target = NULL;
	bool overwrite;
	HRESULT hr = automation_arg_bool_or(call, 2, true, &overwrite);

	if (SUCCEEDED(hr))
		hr = files_arg_text(call, 0, &source);
	if (SUCCEEDED(hr))
		hr = files_arg_text(call, 1, &target);
	if (SUCCEEDED(hr))
		hr = files_transfer(call, text_of(source), text_of(target), folders, copy,
				    overwrite);
	mem_free(source);
	mem_free(target);
	return hr;
}

static HRESULT fso_copy_file(struct automation_call *call)
{
	return transfer_named(call, false, true);
}

static HRESULT fso_copy_folder(struct automation_call *call)
{
	return transfer_named(call, true, true);
}

static HRESULT fso_move_file(struct automation_call *call)
{
	return transfer_named(call, false, false);
}

static HRESULT fso_move_folder(struct automation_call *call)
{
	return transfer_named(call, true, false);
}

/* ---- the class ---- */

static const struct automation_member fso_members[] = {
	{ "BuildPath", 10000, AUTOMATION_METHOD, 2, 2, fso_build_path },
	{ "GetDriveName", 10004, AUTOMATION_METHOD, 1, 1, fso_drive_name },
	{ "GetParentFolderName", 10005, AUTOMATION_METHOD, 1, 1, fso_parent_name },
	{ "GetFileName", 10006, AUTOMATION_METHOD, 1, 1, fso_file_name },
	{ "GetBaseName", 10007, AUTOMATION_METHOD, 1, 1, fso_base_name },
	{ "GetExtensionName", 10008, AUTOMATION_METHOD, 1, 1, fso_extension_name },
	{ "GetAbsolutePathName", 10002, AUTOMATION_METHOD, 1, 1, fso_absolute_name },
	{ "GetTempName", 10003, AUTOMATION_METHOD, 0, 0, fso_temp_name },
	{ "DriveExists", 10015, AUTOMATION_METHOD, 1, 1, fso_drive_exists },
	{ "FileExists", 10016, AUTOMATION_METHOD, 1, 1, fso_file_exists },
	{ "FolderExists", 10017, AUTOMATION_METHOD, 1, 1, fso_folder_exists },
	{ "Drives", 10010, AUTOMATION_GET, 0, 0, fso_drives },
	{ "GetDrive", 10009, AUTOMATION_METHOD, 1, 1, fso_get_drive },
	{ "GetFile", 10011, AUTOMATION_METHOD, 1, 1, fso_get_file },
	{ "GetFolder", 10012, AUTOMATION_METHOD, 1, 1, fso_get_folder },
	{ "GetSpecialFolder", 10014, AUTOMATION_METHOD, 1, 1, fso_special_folder },
	{ "DeleteFile", 1200, AUTOMATION_METHOD, 1, 2, fso_delete_file },
	{ "DeleteFolder", 1201, AUTOMATION_METHOD, 1, 2, fso_delete_folder },
	{ "CopyFile", 1202, AUTOMATION_METHOD, 2, 3, fso_copy_file },
	{ "CopyFolder", 1203, AUTOMATION_METHOD, 2, 3, fso_copy_folder },
	{ "MoveFile", 1204, AUTOMATION_METHOD, 2, 2, fso_move_file },
	{ "MoveFolder", 1205, AUTOMATION_METHOD, 2, 2, fso_move_folder },
	{ "CreateFolder", 1120, AUTOMATION_METHOD, 1, 1, fso_create_folder },
	{ "CreateTextFile", 1101, AUTOMATION_METHOD, 1, 3, fso_create_text },
	{ "GetFileVersion", 20010, AUTOMATION_METHOD, 1, 1, fso_file_version },
	{ "GetStandardStream", 20000, AUTOMATION_METHOD, 1, 2, fso_standard_stream },
	{ "OpenTextFile", 1100, AUTOMATION_METHOD, 1, 4, fso_open_text },
};

static void fso_free(struct automation_object *object)
{
	mem_free(object);
}

static const struct automation_class fso_class = {
	.name = "FileSystemObject",
	.members = fso_members,
	.member_count = ARRAY_LEN(fso_members),
	.free = fso_free,
};

HRESULT file_system_new(IUnknown **ret)
{
	struct automation_object *self = mem_new(struct automation_object);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(self, &fso_class);
	*ret = (IUnknown *)(void *)automation_dispatch(self);
	return S_OK;
}
