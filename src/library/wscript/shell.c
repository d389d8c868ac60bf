/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WScript.Shell: the table of its members, and those that are small. Runs in the thread of the
 * script; holds nothing. There is no desktop: messages go to standard error, and keys to nobody.
 */
#include "library/wscript/shell.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/bstr.h"
#include "eventlog/eventlog.h"
#include "library/scripting/path.h"
#include "library/wscript/support.h"
#include "library/wscript/wscript.h"

#include <errno.h>
#include <unistd.h>

#define EXPANDED_MAX (1u << 20)
#define MESSAGE_MAX (1u << 20)

static HRESULT shell_expand(struct automation_call *call)
{
	_cleanup_mem_ char *text = NULL;
	struct buf expanded;
	HRESULT hr = wscript_arg_text(call, 0, &text);

	if (FAILED(hr))
		return hr;
	buf_init(&expanded, EXPANDED_MAX);
	wscript_expand(text_of(text), &expanded);
	hr = buf_failed(&expanded) ? E_OUTOFMEMORY
				   : automation_return_text(call->result, buf_text(&expanded));
	buf_done(&expanded);
	return hr;
}

static HRESULT shell_current_folder(struct automation_call *call)
{
	char path[PATH_SIZE];

	if (!getcwd(path, sizeof path))
		return wscript_raise_errno(call, -errno, "WshShell.CurrentDirectory",
					   "the current folder");
	BSTR shown = path_show_bstr(path);

	return shown ? automation_return_bstr(call->result, shown) : E_OUTOFMEMORY;
}

static HRESULT shell_current_folder_put(struct automation_call *call)
{
	_cleanup_mem_ char *name = NULL;
	char path[PATH_SIZE];

	call->argv[0] = call->value;
	call->argc = 1;
	HRESULT hr = wscript_arg_name(call, 0, &name);

	if (FAILED(hr))
		return hr;
	if (!wscript_state())
		return wscript_raise_shared(call, "WshShell.CurrentDirectory",
					    "the current folder");
	int r = path_resolve(text_of(name), path);

	if (!r && chdir(path) < 0)
		r = -errno;
	return r < 0 ? wscript_raise_errno(call, r, "WshShell.CurrentDirectory", name) : S_OK;
}

/* Popup(text[, seconds[, title[, type]]]): -1 is what it gives when nobody presses a button. */
static HRESULT shell_popup(struct automation_call *call)
{
	_cleanup_mem_ char *text = NULL, *title = NULL;
	struct buf message;
	HRESULT hr = wscript_arg_text(call, 0, &text);

	if (SUCCEEDED(hr))
		hr = wscript_arg_text(call, 2, &title);
	if (FAILED(hr))
		return hr;
	buf_init(&message, MESSAGE_MAX);
	buf_printf(&message, "%s: %s\n", *title ? title : "Windows Script Host", text);
	if (!buf_failed(&message))
		sys_write_all(STDERR_FILENO, message.data, message.length);
	buf_done(&message);
	return automation_return_long(call->result, -1);
}

static bool log_event(uint32_t type, const char *text)
{
	struct eventlog *log = NULL;
	bool known = type <= 2 || type == 4 || type == 8 || type == 16;

	if (!known || !wscript_state() || eventlog_open(wscript_state(), true, &log, NULL) < 0)
		return false;
	int r = eventlog_report(log, "WSH", type, 0, text, NULL);

	eventlog_close(log);
	return r == 0;
}

/* LogEvent(type, text[, computer]): an event of the source WSH in the Application channel, whose id
 * is the type. False when it could not be written. */
static HRESULT shell_log_event(struct automation_call *call)
{
	_cleanup_mem_ char *text = NULL, *computer = NULL;
	LONG type;
	HRESULT hr = automation_arg_long(call, 0, &type);

	if (SUCCEEDED(hr))
		hr = wscript_arg_text(call, 1, &text);
	if (SUCCEEDED(hr))
		hr = wscript_arg_text(call, 2, &computer);
	if (FAILED(hr))
		return hr;
	return automation_return_bool(call->result, !*computer && log_event((uint32_t)type, text));
}

static HRESULT shell_app_activate(struct automation_call *call)
{
	return automation_return_bool(call->result, false);
}

static HRESULT shell_send_keys(struct automation_call *call)
{
	return automation_raise(call, HRESULT_FROM_WIN32(50), "WshShell.SendKeys",
				"There is no desktop to send keys to: use Exec and write to StdIn");
}

static const struct automation_member shell_members[] = {
	{ "SpecialFolders", 100, AUTOMATION_GET, 0, 0, shell_special_folders },
	{ "Environment", 200, AUTOMATION_GET, 0, 1, shell_environment },
	{ "Run", 1000, AUTOMATION_METHOD, 1, 3, shell_run },
	{ "Popup", 1001, AUTOMATION_METHOD, 1, 4, shell_popup },
	{ "CreateShortcut", 1002, AUTOMATION_METHOD, 1, 1, shell_create_shortcut },
	{ "ExpandEnvironmentStrings", 1006, AUTOMATION_METHOD, 1, 1, shell_expand },
	{ "RegRead", 2000, AUTOMATION_METHOD, 1, 1, shell_reg_read },
	{ "RegWrite", 2001, AUTOMATION_METHOD, 2, 3, shell_reg_write },
	{ "RegDelete", 2002, AUTOMATION_METHOD, 1, 1, shell_reg_delete },
	{ "LogEvent", 3000, AUTOMATION_METHOD, 2, 3, shell_log_event },
	{ "AppActivate", 3010, AUTOMATION_METHOD, 1, 2, shell_app_activate },
	{ "SendKeys", 3011, AUTOMATION_METHOD, 1, 2, shell_send_keys },
	{ "Exec", 3012, AUTOMATION_METHOD, 1, 1, shell_exec },
	{ "CurrentDirectory", 3013, AUTOMATION_GET, 0, 0, shell_current_folder },
	{ "CurrentDirectory", 3013, AUTOMATION_PUT, 0, 0, shell_current_folder_put },
};

static void shell_free(struct automation_object *object)
{
	mem_free(object);
}

static const struct automation_class shell_class = {
	.name = "IWshShell3",
	.members = shell_members,
	.member_count = ARRAY_LEN(shell_members),
	.free = shell_free,
};

HRESULT shell_new(IUnknown **ret)
{
	struct automation_object *self = mem_new(struct automation_object);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(self, &shell_class);
	*ret = (IUnknown *)(void *)automation_dispatch(self);
	return S_OK;
}
