/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WshShell.CreateShortcut (shell.h): Internet shortcuts, ".url" files, which every system reads.
 * A ".lnk" would mean nothing to a Linux desktop and is refused. Runs in the thread of the script.
 */
#include "library/wscript/shell.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/bstr.h"
#include "library/scripting/path.h"
#include "library/wscript/support.h"

#include <errno.h>
#include <stdio.h>

#define SHORTCUT_MAX (1u << 16)

struct shortcut {
	struct automation_object object;
	char *target;
	char path[PATH_SIZE];
};

static struct shortcut *shortcut_of(struct automation_object *object)
{
	return container_of(object, struct shortcut, object);
}

static HRESULT shortcut_full_name(struct automation_call *call)
{
	BSTR shown = path_show_bstr(shortcut_of(call->self)->path);

	return shown ? automation_return_bstr(call->result, shown) : E_OUTOFMEMORY;
}

static HRESULT shortcut_target(struct automation_call *call)
{
	return automation_return_text(call->result, text_of(shortcut_of(call->self)->target));
}

static HRESULT shortcut_target_put(struct automation_call *call)
{
	struct shortcut *self = shortcut_of(call->self);
	char *target = NULL;

	call->argv[0] = call->value;
	call->argc = 1;
	HRESULT hr = wscript_arg_text(call, 0, &target);

	if (FAILED(hr))
		return hr;
	if (strpbrk(target, "\r\n")) {
		mem_free(target);
		return automation_raise(call, MAKE_SCRIPT_HRESULT(5), "WshUrlShortcut.TargetPath",
					"Invalid procedure call or argument: a target is one line");
	}
	mem_free(self->target);
	self->target = target;
	return S_OK;
}

static HRESULT shortcut_save(struct automation_call *call)
{
	struct shortcut *self = shortcut_of(call->self);
	struct buf text;

	buf_init(&text, SHORTCUT_MAX);
	buf_printf(&text, "[InternetShortcut]\r\nURL=%s\r\n", self->target);
	int r = buf_failed(&text);

	if (!r)
		r = sys_replace_file(self->path, text.data, text.length, 0666);
	buf_done(&text);
	return r < 0 ? wscript_raise_errno(call, r, "WshUrlShortcut.Save", self->path) : S_OK;
}

static const struct automation_member shortcut_members[] = {
	{ "FullName", DISPID_VALUE, AUTOMATION_GET, 0, 0, shortcut_full_name },
	{ "TargetPath", 1005, AUTOMATION_GET, 0, 0, shortcut_target },
	{ "TargetPath", 1005, AUTOMATION_PUT, 0, 0, shortcut_target_put },
	{ "Save", 2001, AUTOMATION_METHOD, 0, 0, shortcut_save },
};

static void shortcut_free(struct automation_object *object)
{
	struct shortcut *self = shortcut_of(object);

	mem_free(self->target);
	mem_free(self);
}

static const struct automation_class shortcut_class = {
	.name = "IWshURLShortcut",
	.members = shortcut_members,
	.member_count = ARRAY_LEN(shortcut_members),
	.free = shortcut_free,
};

/* The address in a file that is there; "" when there is none. NULL when out of memory. */
static char *read_target(const char *path)
{
	_cleanup_mem_ char *text = NULL;
	size_t length = 0;

	if (sys_read_file(path, SHORTCUT_MAX, &text, &length) < 0)
		return mem_strdup("");
	for (struct text rest = { text, length }; rest.data;) {
		struct text line = text_cut(&rest, '\n');

		if (!text_starts_with_nocase(line, TEXT("URL=")))
			continue;
		line.length -= line.data[line.length - 1] == '\r';
		char *copy = mem_zalloc(1, line.length - 4 + 1);

		if (copy)
			memcpy(copy, line.data + 4, line.length - 4);
		return copy;
	}
	return mem_strdup("");
}

HRESULT shell_create_shortcut(struct automation_call *call)
{
	const char *source = "WshShell.CreateShortcut";
	_cleanup_mem_ char *name = NULL;
	HRESULT hr = wscript_arg_name(call, 0, &name);

	if (FAILED(hr))
		return hr;
	if (text_ends_with_nocase(text_of(name), TEXT(".lnk")))
		return automation_raise(call, HRESULT_FROM_WIN32(50), source,
					"Shortcuts to files (.lnk) mean nothing here: make a link "
					"(ln -s), or a .url shortcut to an address");
	if (!text_ends_with_nocase(text_of(name), TEXT(".url")))
		return automation_raise(call, E_INVALIDARG, source,
					"The shortcut pathname must end with .lnk or .url.");
	struct shortcut *self = mem_new(struct shortcut);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(&self->object, &shortcut_class);
	int r = path_resolve(text_of(name), self->path);

	if (!r) {
		self->target = read_target(self->path);
		r = self->target ? 0 : -ENOMEM;
	}
	if (r < 0) {
		shortcut_free(&self->object);
		return wscript_raise_errno(call, r, source, name);
	}
	return automation_return_dispatch(call->result, automation_dispatch(&self->object));
}
