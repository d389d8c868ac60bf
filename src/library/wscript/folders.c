/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WshShell.SpecialFolders (shell.h): the folders of a Windows desktop, where a Linux desktop has
 * the like: those of the XDG base directories and user-dirs.dirs. A folder that Linux has not is an
 * empty text, as WSH says of one that is not there. Runs in the thread of the script.
 */
#include "library/wscript/shell.h"

#include "base/mem.h"
#include "base/sys.h"
#include "com/bstr.h"
#include "library/scripting/path.h"
#include "library/wscript/support.h"

#include <stdio.h>

#define USER_DIRS_MAX (1u << 16)

/* The path: below the home folder when it begins with "~"; `user` is its name in user-dirs.dirs. */
static const struct {
	const char *name, *path, *user;
} folders[] = {
	{ "AllUsersDesktop", "", NULL },
	{ "AllUsersStartMenu", "/usr/share/applications", NULL },
	{ "AllUsersPrograms", "/usr/share/applications", NULL },
	{ "AllUsersStartup", "/etc/xdg/autostart", NULL },
	{ "AppData", "~/.config", NULL },
	{ "Desktop", "~/Desktop", "XDG_DESKTOP_DIR" },
	{ "Favorites", "", NULL },
	{ "Fonts", "/usr/share/fonts", NULL },
	{ "MyDocuments", "~/Documents", "XDG_DOCUMENTS_DIR" },
	{ "NetHood", "", NULL },
	{ "PrintHood", "", NULL },
	{ "Programs", "~/.local/share/applications", NULL },
	{ "Recent", "", NULL },
	{ "SendTo", "", NULL },
	{ "StartMenu", "~/.local/share/applications", NULL },
	{ "Startup", "~/.config/autostart", NULL },
	{ "Templates", "~/Templates", "XDG_TEMPLATES_DIR" },
};

/* The value of a line XDG_X_DIR="$HOME/X"; false when there is none. */
static bool user_folder(const char *name, char out[PATH_SIZE])
{
	char path[PATH_SIZE];
	_cleanup_mem_ char *text = NULL;
	size_t length = 0;

	snprintf(path, sizeof path, "%s/.config/user-dirs.dirs", wscript_home());
	if (sys_read_file(path, USER_DIRS_MAX, &text, &length) < 0)
		return false;
	for (struct text rest = { text, length }; rest.data;) {
		struct text value = text_trim(text_cut(&rest, '\n')), own = text_cut(&value, '=');

		if (!value.data || !text_equal(own, text_of(name)) || value.length < 2)
			continue;
		value = (struct text){ value.data + 1, value.length - 2 }; /* its quotes */
		if (text_starts_with(value, TEXT("$HOME")))
			snprintf(out, PATH_SIZE, "%s" TEXT_FMT, wscript_home(),
				 (int)value.length - 5, value.data + 5);
		else
			snprintf(out, PATH_SIZE, TEXT_FMT, TEXT_ARG(value));
		return *out == '/';
	}
	return false;
}

static void folder_path(size_t i, char out[PATH_SHOWN_SIZE])
{
	char path[PATH_SIZE];

	if (!folders[i].user || !user_folder(folders[i].user, path))
		snprintf(path, sizeof path, "%s%s", *folders[i].path == '~' ? wscript_home() : "",
			 folders[i].path + (*folders[i].path == '~'));
	path_show(path, out);
}

static HRESULT folders_item(struct automation_call *call)
{
	_cleanup_mem_ char *name = NULL;
	char shown[PATH_SHOWN_SIZE] = "";
	LONG n;
	bool number = call->argv[0]->vt != VT_BSTR && automation_arg_long(call, 0, &n) == S_OK;
	HRESULT hr = wscript_arg_name(call, 0, &name);

	if (FAILED(hr))
		return hr;
	if (number && (n < 0 || (size_t)n >= ARRAY_LEN(folders)))
		return automation_raise(call, MAKE_SCRIPT_HRESULT(9), "WshSpecialFolders.Item",
					"Subscript out of range");
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (number ? (size_t)n == i
			   : text_equal_nocase(text_of(name), text_of(folders[i].name)))
			folder_path(i, shown);
	return automation_return_text(call->result, text_of(shown));
}

static HRESULT folders_count(struct automation_call *call)
{
	return automation_return_long(call->result, ARRAY_LEN(folders));
}

static HRESULT folders_enum(struct automation_call *call)
{
	VARIANT items[ARRAY_LEN(folders)];
	char shown[PATH_SHOWN_SIZE];
	IUnknown *list = NULL;
	size_t count = 0;
	HRESULT hr = S_OK;

	for (; SUCCEEDED(hr) && count < ARRAY_LEN(folders); count++) {
		folder_path(count, shown);
		items[count] = (VARIANT){ 0 };
		hr = automation_return_text(&items[count], text_of(shown));
	}
	if (SUCCEEDED(hr))
		hr = automation_enum_new(items, count, &list);
	if (SUCCEEDED(hr))
		*call->result = (VARIANT){ .vt = VT_UNKNOWN, .punkVal = list };
	else
		while (count)
			VariantClear(&items[--count]);
	return hr;
}

static const struct automation_member folders_members[] = {
	{ "Item", DISPID_VALUE, AUTOMATION_METHOD | AUTOMATION_GET, 1, 1, folders_item },
	{ "Count", 1, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, folders_count },
	{ "length", 2, AUTOMATION_GET, 0, 0, folders_count },
	{ "_NewEnum", DISPID_NEWENUM, AUTOMATION_METHOD | AUTOMATION_GET, 0, 0, folders_enum },
};

static void folders_free(struct automation_object *object)
{
	mem_free(object);
}

static const struct automation_class folders_class = {
	.name = "IWshCollection",
	.members = folders_members,
	.member_count = ARRAY_LEN(folders_members),
	.free = folders_free,
};

HRESULT shell_special_folders(struct automation_call *call)
{
	struct automation_object *self = mem_new(struct automation_object);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(self, &folders_class);
	return automation_return_dispatch(call->result, automation_dispatch(self));
}
