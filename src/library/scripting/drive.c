/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drive and Drives (file-objects.h): the root file system as "C:", the one drive that
 * library/scripting/path.h knows. A Drive that a File or a Folder gave measures the file system
 * which that one is on, since a mounted disk is a folder here. Runs in the thread of the script;
 * holds a path and nothing else.
 */
#include "library/scripting/file-objects.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <sys/statvfs.h>

#define DRIVE_TYPE_FIXED 2

struct drive {
	struct automation_object object;
	char path[PATH_SIZE]; /* on the file system that is measured */
};

static void drive_free(struct automation_object *object)
{
	mem_free(container_of(object, struct drive, object));
}

static void drives_free(struct automation_object *object)
{
	mem_free(object);
}

static HRESULT drive_measure(struct automation_call *call, struct statvfs *st)
{
	const struct drive *self = container_of(call->self, struct drive, object);

	if (statvfs(self->path, st) == 0)
		return S_OK;
	return scripting_raise_errno(call, -errno, SCRIPTING_NO_DEVICE);
}

static HRESULT drive_path(struct automation_call *call)
{
	return automation_return_text(call->result, TEXT("C:"));
}

static HRESULT drive_letter(struct automation_call *call)
{
	return automation_return_text(call->result, TEXT("C"));
}

static HRESULT drive_no_text(struct automation_call *call)
{
	return automation_return_text(call->result, TEXT(""));
}

/* Labels are the administrator's. */
static HRESULT drive_label_put(struct automation_call *call)
{
	return scripting_raise(call, SCRIPTING_PERMISSION);
}

static HRESULT drive_type(struct automation_call *call)
{
	return automation_return_long(call->result, DRIVE_TYPE_FIXED);
}

static HRESULT drive_ready(struct automation_call *call)
{
	return automation_return_bool(call->result, true);
}

static HRESULT drive_root(struct automation_call *call)
{
	IDispatch *folder = NULL;

	return files_return_object(call, folder_object_new("/", &folder), &folder);
}

static HRESULT drive_file_system(struct automation_call *call)
{
	/* Pages ask this to learn whether long names and permissions work: they do. */
	return automation_return_text(call->result, TEXT("NTFS"));
}

enum space { TOTAL, FREE, AVAILABLE };

static HRESULT drive_space(struct automation_call *call, enum space which)
{
	struct statvfs st;
	HRESULT hr = drive_measure(call, &st);

	if (FAILED(hr))
		return hr;
	uint64_t blocks = which == TOTAL ? st.f_blocks : which == FREE ? st.f_bfree : st.f_bavail;

	*call->result = (VARIANT){ .vt = VT_R8, .dblVal = (double)blocks * (double)st.f_frsize };
	return S_OK;
}

static HRESULT drive_total(struct automation_call *call)
{
	return drive_space(call, TOTAL);
}

static HRESULT drive_free_space(struct automation_call *call)
{
	return drive_space(call, FREE);
}

static HRESULT drive_available(struct automation_call *call)
{
	return drive_space(call, AVAILABLE);
}

static HRESULT drive_serial(struct automation_call *call)
{
	struct statvfs st;
	HRESULT hr = drive_measure(call, &st);

	return FAILED(hr) ? hr : automation_return_long(call->result, (LONG)(uint32_t)st.f_fsid);
}

static const struct automation_member drive_members[] = {
	{ "Path", DISPID_VALUE, AUTOMATION_GET, 0, 0, drive_path },
	{ "DriveLetter", 10000, AUTOMATION_GET, 0, 0, drive_letter },
	{ "ShareName", 10001, AUTOMATION_GET, 0, 0, drive_no_text },
	{ "DriveType", 10002, AUTOMATION_GET, 0, 0, drive_type },
	{ "RootFolder", 10003, AUTOMATION_GET, 0, 0, drive_root },
	{ "FreeSpace", 10004, AUTOMATION_GET, 0, 0, drive_free_space },
	{ "AvailableSpace", 10005, AUTOMATION_GET, 0, 0, drive_available },
	{ "TotalSize", 10006, AUTOMATION_GET, 0, 0, drive_total },
	{ "VolumeName", 10007, AUTOMATION_GET, 0, 0, drive_no_text },
	{ "VolumeName", 10007, AUTOMATION_PUT, 0, 0, drive_label_put },
	{ "FileSystem", 10008, AUTOMATION_GET, 0, 0, drive_file_system },
	{ "SerialNumber", 10009, AUTOMATION_GET, 0, 0, drive_serial },
	{ "IsReady", 10010, AUTOMATION_GET, 0, 0, drive_ready },
};

static const struct automation_class drive_class = {
	.name = "Drive",
	.members = drive_members,
	.member_count = ARRAY_LEN(drive_members),
	.free = drive_free,
};

/* ---- Drives ---- */

static HRESULT drives_count(struct automation_call *call)
{
	return automation_return_long(call->result, 1);
}

static HRESULT drives_item(struct automation_call *call)
{
	IDispatch *drive = NULL;
	char *name;
	HRESULT hr = files_arg_text(call, 0, &name);

	if (FAILED(hr))
		return hr;
	struct text t = text_of(name);
	bool known = text_equal_nocase(t, TEXT("C")) || text_equal_nocase(t, TEXT("C:")) ||
		     text_equal_nocase(t, TEXT("C:\\"));

	mem_free(name);
	if (!known)
		return scripting_raise(call, SCRIPTING_NO_DEVICE);
	return files_return_object(call, drive_object_new("/", &drive), &drive);
}

static HRESULT drives_enum(struct automation_call *call)
{
	VARIANT item = { .vt = VT_DISPATCH };
	IUnknown *list;
	HRESULT hr = drive_object_new("/", &item.pdispVal);

	if (FAILED(hr))
		return hr;
	hr = automation_enum_new(&item, 1, &list);
	if (FAILED(hr)) {
		VariantClear(&item);
		return hr;
	}
	*call->result = (VARIANT){ .vt = VT_UNKNOWN, .punkVal = list };
	return S_OK;
}

static const struct automation_member drives_members[] = {
	{ "Item", DISPID_VALUE, AUTOMATION_METHOD | AUTOMATION_GET, 1, 1, drives_item },
	{ "Count", 1, AUTOMATION_GET, 0, 0, drives_count },
	{ "_NewEnum", DISPID_NEWENUM, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, drives_enum },
};

static const struct automation_class drives_class = {
	.name = "Drives",
	.members = drives_members,
	.member_count = ARRAY_LEN(drives_members),
	.free = drives_free,
};

HRESULT drive_object_new(const char *path, IDispatch **ret)
{
	struct drive *self = mem_new(struct drive);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(&self->object, &drive_class);
	snprintf(self->path, sizeof self->path, "%s", path);
	*ret = automation_dispatch(&self->object);
	return S_OK;
}

HRESULT drive_list_new(IDispatch **ret)
{
	struct automation_object *self = mem_new(struct automation_object);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(self, &drives_class);
	*ret = automation_dispatch(self);
	return S_OK;
}
