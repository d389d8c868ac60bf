/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File and Folder (file-objects.h): one struct, a path, and two tables of members. Runs in the
 * thread of the script; the disk is looked at again at each call.
 */
#include "library/scripting/file-objects.h"

#include "base/mem.h"
#include "library/scripting/file-ops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

enum attribute {
	ATTRIBUTE_READONLY = 1,
	ATTRIBUTE_HIDDEN = 2,
	ATTRIBUTE_DIRECTORY = 16,
	ATTRIBUTE_ARCHIVE = 32,
};

struct file_object {
	struct automation_object object;
	bool folder;
	char path[PATH_SIZE];
};

static struct file_object *file_of(struct automation_object *object)
{
	return container_of(object, struct file_object, object);
}

static struct text path_of(const struct automation_call *call)
{
	return text_of(file_of(call->self)->path);
}

static enum scripting_error missing_of(const struct automation_call *call)
{
	return file_of(call->self)->folder ? SCRIPTING_PATH_NOT_FOUND : SCRIPTING_FILE_NOT_FOUND;
}

static HRESULT file_stat(struct automation_call *call, struct statx *stx)
{
	int r = statx(AT_FDCWD, file_of(call->self)->path, 0, STATX_BASIC_STATS | STATX_BTIME, stx);

	return files_done(call, r < 0 ? -errno : 0, missing_of(call));
}

/* ---- what both have ---- */

static HRESULT file_path(struct automation_call *call)
{
	return files_return_path(call, file_of(call->self)->path);
}

static HRESULT file_short_path(struct automation_call *call)
{
	char path[PATH_SIZE];
	int r = path_short(file_of(call->self)->path, path);

	return r < 0 ? files_done(call, r, missing_of(call)) : files_return_path(call, path);
}

static HRESULT file_short_name(struct automation_call *call)
{
	char name[PATH_SHORT_SIZE];

	path_short_name(path_name(path_of(call)), name);
	return automation_return_text(call->result, text_of(name));
}

static HRESULT file_name(struct automation_call *call)
{
	return automation_return_text(call->result, path_name(path_of(call)));
}

static HRESULT move_to(struct automation_call *call, const char *to)
{
	struct file_object *self = file_of(call->self);

	if (!path_may_be_created(to))
		return scripting_raise(call, SCRIPTING_BAD_FILE_NAME);
	int r = self->folder ? folder_move(self->path, to) : file_move(self->path, to);

	if (!r)
		snprintf(self->path, sizeof self->path, "%s", to);
	return files_done(call, r, missing_of(call));
}

static HRESULT file_name_put(struct automation_call *call)
{
	struct file_object *self = file_of(call->self);
	char to[PATH_SIZE], *name;

	call->argv[0] = call->value;
	call->argc = 1;
	HRESULT hr = files_arg_text(call, 0, &name);

	if (FAILED(hr))
		return hr;
	struct text parent = path_parent(text_of(self->path));
	int n = snprintf(to, sizeof to, TEXT_FMT "/%s", TEXT_ARG(parent), name);
	/* A name, not a path: renaming never moves. */
	bool bad = !*name || strpbrk(name, "/\\") || n >= (int)sizeof to;

	mem_free(name);
	return bad ? scripting_raise(call, SCRIPTING_INVALID_CALL) : move_to(call, to);
}

static HRESULT file_parent(struct automation_call *call)
{
	char parent[PATH_SIZE];
	struct text t = path_parent(path_of(call));
	IDispatch *folder = NULL;

	if (!t.length)
		return automation_return_dispatch(call->result, NULL);
	snprintf(parent, sizeof parent, TEXT_FMT, TEXT_ARG(t));
	return files_return_object(call, folder_object_new(parent, &folder), &folder);
}

static HRESULT file_drive(struct automation_call *call)
{
	IDispatch *drive = NULL;

	return files_return_object(call, drive_object_new(file_of(call->self)->path, &drive),
				   &drive);
}

static HRESULT file_size(struct automation_call *call)
{
	struct file_object *self = file_of(call->self);
	struct statx stx;
	int64_t sum = 0;

	if (self->folder) {
		int r = folder_size(self->path, &sum);

		return r < 0 ? files_done(call, r, missing_of(call)) : files_return_size(call, sum);
	}
	HRESULT hr = file_stat(call, &stx);

	return FAILED(hr) ? hr : files_return_size(call, (int64_t)stx.stx_size);
}

static HRESULT file_type(struct automation_call *call)
{
	struct text extension = path_extension(path_of(call));
	char type[64];
	size_t n = 0;

	if (file_of(call->self)->folder)
		return automation_return_text(call->result, TEXT("File folder"));
	if (text_equal_nocase(extension, TEXT("txt")))
		return automation_return_text(call->result, TEXT("Text Document"));
	/* What Windows says of a type that nobody registered. */
	for (; n < extension.length && n < sizeof type - 6; n++)
		type[n] = text_upper(extension.data[n]);
	n += (size_t)snprintf(type + n, sizeof type - n, n ? " File" : "File");
	return automation_return_text(call->result, (struct text){ type, n });
}

static HRESULT file_created(struct automation_call *call)
{
	struct statx stx;
	HRESULT hr = file_stat(call, &stx);

	if (FAILED(hr))
		return hr;
	bool known = stx.stx_mask & STATX_BTIME;

	return files_return_date(call, known ? stx.stx_btime.tv_sec : stx.stx_mtime.tv_sec);
}

static HRESULT file_accessed(struct automation_call *call)
{
	struct statx stx;
	HRESULT hr = file_stat(call, &stx);

	return FAILED(hr) ? hr : files_return_date(call, stx.stx_atime.tv_sec);
}

static HRESULT file_modified(struct automation_call *call)
{
	struct statx stx;
	HRESULT hr = file_stat(call, &stx);

	return FAILED(hr) ? hr : files_return_date(call, stx.stx_mtime.tv_sec);
}

static HRESULT file_attributes(struct automation_call *call)
{
	struct statx stx;
	HRESULT hr = file_stat(call, &stx);
	LONG attributes = 0;

	if (FAILED(hr))
		return hr;
	struct text name = path_name(path_of(call));

	attributes |= S_ISDIR(stx.stx_mode) ? ATTRIBUTE_DIRECTORY : ATTRIBUTE_ARCHIVE;
	attributes |= stx.stx_mode & S_IWUSR ? 0 : ATTRIBUTE_READONLY;
	attributes |= name.length && name.data[0] == '.' ? ATTRIBUTE_HIDDEN : 0;
	return automation_return_long(call->result, attributes);
}

/* Read-only is the one attribute that can be changed; the others are accepted and stay. */
static HRESULT file_attributes_put(struct automation_call *call)
{
	VARIANT v = { 0 };
	struct statx stx;
	HRESULT hr = VariantChangeType(&v, call->value, 0, VT_I4);

	if (SUCCEEDED(hr))
		hr = file_stat(call, &stx);
	if (FAILED(hr))
		return hr;
	mode_t mode = stx.stx_mode & 07777;

	mode = v.lVal & ATTRIBUTE_READONLY ? mode & ~(mode_t)0222 : mode | S_IWUSR;
	int r = chmod(file_of(call->self)->path, mode) < 0 ? -errno : 0;

	return files_done(call, r, missing_of(call));
}

static HRESULT file_delete_member(struct automation_call *call)
{
	struct file_object *self = file_of(call->self);
	bool force;
	HRESULT hr = automation_arg_bool_or(call, 0, false, &force);

	if (FAILED(hr))
		return hr;
	int r = self->folder ? folder_delete(self->path, force) : file_delete(self->path, force);

	return files_done(call, r, missing_of(call));
}

static HRESULT file_copy_member(struct automation_call *call)
{
	struct file_object *self = file_of(call->self);
	bool overwrite;
	char *target;
	HRESULT hr = automation_arg_bool_or(call, 1, true, &overwrite);

	if (SUCCEEDED(hr))
		hr = files_arg_text(call, 0, &target);
	if (FAILED(hr))
		return hr;
	hr = files_transfer(call, text_of(self->path), text_of(target), self->folder, true,
			    overwrite);
	mem_free(target);
	return hr;
}

static HRESULT file_move_member(struct automation_call *call)
{
	struct file_object *self = file_of(call->self);
	char to[PATH_SIZE], *target;
	HRESULT hr = files_arg_text(call, 0, &target);

	if (FAILED(hr))
		return hr;
	struct text t = text_of(target);
	bool into = t.length && path_is_separator(t.data[t.length - 1]);
	int r = path_resolve(t, to);

	mem_free(target);
	if (!r && into) {
		struct text name = path_name(text_of(self->path));
		size_t n = strlen(to);

		if (n + 1 + name.length >= sizeof to)
			r = -ENAMETOOLONG;
		else
			snprintf(to + n, sizeof to - n, "/" TEXT_FMT, TEXT_ARG(name));
	}
	return r < 0 ? files_done(call, r, SCRIPTING_PATH_NOT_FOUND) : move_to(call, to);
}

/* ---- File ---- */

static HRESULT file_open(struct automation_call *call)
{
	LONG mode, format;
	HRESULT hr = automation_arg_long_or(call, 0, 1, &mode);

	if (SUCCEEDED(hr))
		hr = automation_arg_long_or(call, 1, 0, &format);
	if (FAILED(hr))
		return hr;
	return files_open_stream(call, file_of(call->self)->path, mode, false, true, format);
}

/* ---- Folder ---- */

static HRESULT folder_files(struct automation_call *call)
{
	IDispatch *list = NULL;

	return files_return_object(call, folder_list_new(file_of(call->self)->path, false, &list),
				   &list);
}

static HRESULT folder_folders(struct automation_call *call)
{
	IDispatch *list = NULL;

	return files_return_object(call, folder_list_new(file_of(call->self)->path, true, &list),
				   &list);
}

static HRESULT folder_is_root(struct automation_call *call)
{
	return automation_return_bool(call->result, text_equal(path_of(call), TEXT("/")));
}

static HRESULT folder_create_text(struct automation_call *call)
{
	char full[PATH_SIZE], path[PATH_SIZE], *name;
	HRESULT hr = files_arg_text(call, 0, &name);

	if (FAILED(hr))
		return hr;
	int n = snprintf(full, sizeof full, "%s/%s", file_of(call->self)->path, name);

	mem_free(name);
	if (n >= (int)sizeof full)
		return scripting_raise(call, SCRIPTING_BAD_FILE_NAME);
	int r = path_resolve(text_of(full), path);

	return r < 0 ? files_done(call, r, SCRIPTING_PATH_NOT_FOUND)
		     : files_create_text(call, path);
}

/* ---- the classes ---- */

#define COMMON_MEMBERS                                                                             \
	{ "Path", DISPID_VALUE, AUTOMATION_GET, 0, 0, file_path },                                 \
		{ "Name", 1000, AUTOMATION_GET, 0, 0, file_name },                                 \
		{ "Name", 1000, AUTOMATION_PUT, 0, 0, file_name_put },                             \
		{ "ShortPath", 1002, AUTOMATION_GET, 0, 0, file_short_path },                      \
		{ "ShortName", 1001, AUTOMATION_GET, 0, 0, file_short_name },                      \
		{ "Drive", 1004, AUTOMATION_GET, 0, 0, file_drive },                               \
		{ "ParentFolder", 1005, AUTOMATION_GET, 0, 0, file_parent },                       \
		{ "Attributes", 1006, AUTOMATION_GET, 0, 0, file_attributes },                     \
		{ "Attributes", 1006, AUTOMATION_PUT, 0, 0, file_attributes_put },                 \
		{ "DateCreated", 1007, AUTOMATION_GET, 0, 0, file_created },                       \
		{ "DateLastModified", 1008, AUTOMATION_GET, 0, 0, file_modified },                 \
		{ "DateLastAccessed", 1009, AUTOMATION_GET, 0, 0, file_accessed },                 \
		{ "Size", 1010, AUTOMATION_GET, 0, 0, file_size },                                 \
		{ "Type", 1011, AUTOMATION_GET, 0, 0, file_type },                                 \
		{ "Delete", 1201, AUTOMATION_METHOD, 0, 1, file_delete_member },                   \
		{ "Copy", 1202, AUTOMATION_METHOD, 1, 2, file_copy_member },                       \
	{                                                                                          \
		"Move", 1203, AUTOMATION_METHOD, 1, 1, file_move_member                            \
	}

/* clang-format off */
static const struct automation_member file_members[] = {
	COMMON_MEMBERS,
	{ "OpenAsTextStream", 1100, AUTOMATION_METHOD, 0, 2, file_open },
};

static const struct automation_member folder_members[] = {
	COMMON_MEMBERS,
	{ "Files", 1101, AUTOMATION_GET, 0, 0, folder_files },
	{ "SubFolders", 1102, AUTOMATION_GET, 0, 0, folder_folders },
	{ "IsRootFolder", 1103, AUTOMATION_GET, 0, 0, folder_is_root },
	{ "CreateTextFile", 1104, AUTOMATION_METHOD, 1, 3, folder_create_text },
};
/* clang-format on */

static void file_free(struct automation_object *object)
{
	mem_free(file_of(object));
}

static const struct automation_class file_class = {
	.name = "File",
	.members = file_members,
	.member_count = ARRAY_LEN(file_members),
	.free = file_free,
};

static const struct automation_class folder_class = {
	.name = "Folder",
	.members = folder_members,
	.member_count = ARRAY_LEN(folder_members),
	.free = file_free,
};

static HRESULT object_new(const char *path, bool folder, IDispatch **ret)
{
	struct file_object *self = mem_new(struct file_object);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(&self->object, folder ? &folder_class : &file_class);
	self->folder = folder;
	snprintf(self->path, sizeof self->path, "%s", path);
	*ret = automation_dispatch(&self->object);
	return S_OK;
}

HRESULT file_object_new(const char *path, IDispatch **ret)
{
	return object_new(path, false, ret);
}

HRESULT folder_object_new(const char *path, IDispatch **ret)
{
	return object_new(path, true, ret);
}
