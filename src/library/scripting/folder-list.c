/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Files and Folders collections of a folder (file-objects.h). Nothing is kept: counting and
 * enumerating read the folder anew; For Each walks the names as they were when it began, in
 * alphabetical order, as on NTFS. Runs in the thread of the script.
 */
#include "library/scripting/file-objects.h"

#include "base/buf.h"
#include "base/mem.h"
#include "com/bstr.h"
#include "com/variant.h"
#include "library/scripting/file-ops.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define NAMES_MAX (64u << 20) /* bytes of names in one folder */

struct folder_list {
	struct automation_object object;
	bool folders;
	char path[PATH_SIZE];
};

static struct folder_list *list_of(struct automation_object *object)
{
	return container_of(object, struct folder_list, object);
}

static void list_free(struct automation_object *object)
{
	mem_free(list_of(object));
}

static int join(const char *folder, struct text name, char out[PATH_SIZE])
{
	int n = snprintf(out, PATH_SIZE, "%s/" TEXT_FMT, strcmp(folder, "/") == 0 ? "" : folder,
			 TEXT_ARG(name));

	return n < 0 || n >= PATH_SIZE ? -ENAMETOOLONG : 0;
}

static bool is_kind(const struct folder_list *list, const struct dirent *entry)
{
	char path[PATH_SIZE];

	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return false;
	if (entry->d_type == DT_DIR || entry->d_type == DT_REG)
		return (entry->d_type == DT_DIR) == list->folders;
	if (join(list->path, text_of(entry->d_name), path) < 0)
		return false;
	return (list->folders ? folder_check(path) : file_check(path)) == 0;
}

/* All names, each with a NUL behind, and their number. */
static int read_names(const struct folder_list *list, struct buf *names, size_t *ret_count)
{
	struct dirent *entry;
	size_t count = 0;
	DIR *d = opendir(list->path);

	if (!d)
		return -errno;
	while ((entry = readdir(d))) {
		if (!is_kind(list, entry))
			continue;
		buf_put(names, entry->d_name, strlen(entry->d_name) + 1);
		count++;
	}
	closedir(d);
	*ret_count = count;
	return buf_failed(names);
}

static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	int r = text_compare_nocase((struct text){ *x, strlen(*x) },
				    (struct text){ *y, strlen(*y) });

	return r ? r : strcmp(*x, *y);
}

static HRESULT item_new(const struct folder_list *list, struct text name, IDispatch **ret)
{
	char path[PATH_SIZE];

	if (join(list->path, name, path) < 0)
		return E_INVALIDARG;
	return list->folders ? folder_object_new(path, ret) : file_object_new(path, ret);
}

/* Objects for the names, in order, as VARIANTs. */
static HRESULT make_items(const struct folder_list *list, const char **names, size_t count,
			  VARIANT *items)
{
	HRESULT hr = S_OK;

	qsort(names, count, sizeof *names, by_name);
	for (size_t i = 0; i < count && SUCCEEDED(hr); i++) {
		items[i].vt = VT_DISPATCH;
		hr = item_new(list, text_of(names[i]), &items[i].pdispVal);
		if (FAILED(hr))
			items[i].vt = VT_EMPTY;
	}
	return hr;
}

static HRESULT enumerate(const struct folder_list *list, const struct buf *text, size_t count,
			 IUnknown **ret)
{
	_cleanup_mem_ const char **names = mem_zalloc(count, sizeof *names);
	_cleanup_mem_ VARIANT *items = mem_zalloc(count, sizeof *items);
	HRESULT hr = E_OUTOFMEMORY;
	size_t at = 0;

	if (!names || !items)
		return hr;
	for (size_t i = 0; i < count; i++) {
		names[i] = text->data + at;
		at += strlen(names[i]) + 1;
	}
	hr = make_items(list, names, count, items);
	if (SUCCEEDED(hr))
		hr = automation_enum_new(items, count, ret);
	/* What was moved into the enumerator is empty now. */
	for (size_t i = 0; i < count; i++)
		VariantClear(&items[i]);
	return hr;
}

static HRESULT list_enum(struct automation_call *call)
{
	struct folder_list *self = list_of(call->self);
	IUnknown *enumerator = NULL;
	struct buf names;
	size_t count = 0;

	buf_init(&names, NAMES_MAX);
	int r = read_names(self, &names, &count);
	HRESULT hr = r < 0 ? files_done(call, r, SCRIPTING_PATH_NOT_FOUND)
			   : enumerate(self, &names, count, &enumerator);

	buf_done(&names);
	if (SUCCEEDED(hr))
		*call->result = (VARIANT){ .vt = VT_UNKNOWN, .punkVal = enumerator };
	return hr;
}

static HRESULT list_count(struct automation_call *call)
{
	struct buf names;
	size_t count = 0;

	buf_init(&names, NAMES_MAX);
	int r = read_names(list_of(call->self), &names, &count);

	buf_done(&names);
	return r < 0 ? files_done(call, r, SCRIPTING_PATH_NOT_FOUND)
		     : automation_return_long(call->result, (LONG)count);
}

/* The resolved path of a name in this folder; a name, never a path. */
static HRESULT member_path(struct automation_call *call, char out[PATH_SIZE])
{
	struct folder_list *self = list_of(call->self);
	char joined[PATH_SIZE], *name;
	HRESULT hr = files_arg_text(call, 0, &name);

	if (FAILED(hr))
		return hr;
	int r = *name && !strpbrk(name, "/\\") ? join(self->path, text_of(name), joined) : -EINVAL;

	mem_free(name);
	if (!r)
		r = path_resolve(text_of(joined), out);
	return files_done(call, r, SCRIPTING_PATH_NOT_FOUND);
}

static HRESULT list_item(struct automation_call *call)
{
	struct folder_list *self = list_of(call->self);
	char path[PATH_SIZE];
	IDispatch *item = NULL;
	HRESULT hr = member_path(call, path);

	if (FAILED(hr))
		return hr;
	int r = self->folders ? folder_check(path) : file_check(path);

	if (r < 0)
		return files_done(call, r,
				  self->folders ? SCRIPTING_PATH_NOT_FOUND
						: SCRIPTING_FILE_NOT_FOUND);
	return files_return_object(call, item_new(self, path_name(text_of(path)), &item), &item);
}

static HRESULT list_add(struct automation_call *call)
{
	char path[PATH_SIZE];
	IDispatch *folder = NULL;
	HRESULT hr = member_path(call, path);

	if (FAILED(hr))
		return hr;
	if (!path_may_be_created(path))
		return scripting_raise(call, SCRIPTING_BAD_FILE_NAME);
	if (mkdir(path, 0777) < 0)
		return files_done(call, -errno, SCRIPTING_PATH_NOT_FOUND);
	return files_return_object(call, folder_object_new(path, &folder), &folder);
}

#define LIST_MEMBERS                                                                               \
	{ "Item", DISPID_VALUE, AUTOMATION_METHOD | AUTOMATION_GET, 1, 1, list_item },             \
		{ "Count", 1, AUTOMATION_GET, 0, 0, list_count },                                  \
	{                                                                                          \
		"_NewEnum", DISPID_NEWENUM, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, list_enum    \
	}

/* clang-format off */
static const struct automation_member files_members[] = {
	LIST_MEMBERS,
};

static const struct automation_member folders_members[] = {
	LIST_MEMBERS,
	{ "Add", 2, AUTOMATION_METHOD, 1, 1, list_add },
};
/* clang-format on */

static const struct automation_class files_class = {
	.name = "Files",
	.members = files_members,
	.member_count = ARRAY_LEN(files_members),
	.free = list_free,
};

static const struct automation_class folders_class = {
	.name = "Folders",
	.members = folders_members,
	.member_count = ARRAY_LEN(folders_members),
	.free = list_free,
};

HRESULT folder_list_new(const char *path, bool folders, IDispatch **ret)
{
	struct folder_list *self = mem_new(struct folder_list);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(&self->object, folders ? &folders_class : &files_class);
	self->folders = folders;
	snprintf(self->path, sizeof self->path, "%s", path);
	*ret = automation_dispatch(&self->object);
	return S_OK;
}
