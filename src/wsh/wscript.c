/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The WScript object. Belongs to the host that made it (struct wsh); a script may hand it to
 * components, so it can outlive the host and then refuses. Runs in the script's thread.
 */
#include "wsh/host.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "com/activate.h"
#include "com/bstr.h"
#include "com/errorinfo.h"
#include "com/variant.h"
#include "library/scripting/path.h"
#include "library/scripting/text-stream.h"
#include "script/vbs/errors.h"
#include "wsh/events.h"
#include "wsh/queue.h"
#include "wsh/watch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#define BUILD_VERSION 16384

struct wscript {
	struct automation_object object;
	struct wsh *wsh; /* NULL once the host has ended */
};

static struct wsh *wsh_of(struct automation_call *call)
{
	return container_of(call->self, struct wscript, object)->wsh;
}

static HRESULT raise_script(struct automation_call *call, int number)
{
	return automation_raise(call, MAKE_SCRIPT_HRESULT(number),
				"Microsoft VBScript runtime error", "%s", vbs_error_text(number));
}

/* ---- Echo ---- */

/* As Windows' host converts: True is -1, Null is "null", an object is its default property. */
static HRESULT echo_text(struct automation_call *call, const VARIANT *v, struct buf *out)
{
	VARIANT value = { 0 };
	HRESULT hr;

	if (v->vt == VT_NULL) {
		buf_puts(out, "null");
		return S_OK;
	}
	if (v->vt == VT_DISPATCH) {
		if (!v->pdispVal)
			return raise_script(call, 91);
		hr = automation_invoke(v->pdispVal, DISPID_VALUE, DISPATCH_PROPERTYGET, NULL, 0,
				       &value, call->exception);
		/* No default property, or one that wants parameters. */
		if (hr == DISP_E_MEMBERNOTFOUND || hr == DISP_E_UNKNOWNNAME ||
		    hr == DISP_E_BADPARAMCOUNT || hr == DISP_E_PARAMNOTOPTIONAL)
			return raise_script(call, 438);
		if (FAILED(hr))
			return hr;
		v = &value;
	}
	VARIANT text = { 0 };

	hr = VariantChangeType(&text, v, 0, VT_BSTR);
	if (SUCCEEDED(hr))
		buf_put_utf16(out, text.bstrVal, SysStringLen(text.bstrVal));
	VariantClear(&text);
	VariantClear(&value);
	return hr == DISP_E_TYPEMISMATCH ? raise_script(call, 13) : hr;
}

static HRESULT wscript_echo(struct automation_call *call)
{
	struct wsh *wsh = wsh_of(call);
	struct buf out;
	HRESULT hr = S_OK;

	buf_init(&out, (size_t)BSTR_MAX_BYTES * 2);
	for (UINT i = 0; i < call->argc && SUCCEEDED(hr); i++) {
		if (i)
			buf_putc(&out, ' ');
		hr = echo_text(call, call->argv[i], &out);
	}
	buf_putc(&out, '\n');
	if (SUCCEEDED(hr) && buf_failed(&out))
		hr = E_OUTOFMEMORY;
	if (SUCCEEDED(hr) && wsh->interactive && wsh_write(wsh, STDOUT_FILENO, buf_text(&out)) < 0)
		hr = raise_script(call, 57);
	buf_done(&out);
	return hr;
}

/* ---- what the script is, and what runs it ---- */

static HRESULT wscript_name(struct automation_call *call)
{
	return automation_return_text(call->result, TEXT("Windows Script Host"));
}

static HRESULT wscript_version(struct automation_call *call)
{
	return automation_return_text(call->result, TEXT("5.8"));
}

static HRESULT wscript_build_version(struct automation_call *call)
{
	return automation_return_long(call->result, BUILD_VERSION);
}

/* A path as scripts see it: with a drive and backslashes (library/scripting/path.h). */
static HRESULT return_path(struct automation_call *call, const char *path)
{
	BSTR shown = path_show_bstr(path);

	return shown ? automation_return_bstr(call->result, shown) : E_OUTOFMEMORY;
}

static HRESULT wscript_script_full_name(struct automation_call *call)
{
	return return_path(call, wsh_of(call)->script.path);
}

static HRESULT wscript_script_name(struct automation_call *call)
{
	return automation_return_text(call->result, path_name(text_of(wsh_of(call)->script.path)));
}

static const char *own_path(char out[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);

	if (n < 0)
		return "cscript";
	out[n] = '\0';
	return out;
}

static HRESULT wscript_full_name(struct automation_call *call)
{
	char path[PATH_MAX];

	return return_path(call, own_path(path));
}

static HRESULT wscript_path(struct automation_call *call)
{
	char path[PATH_MAX];

	struct text parent = path_parent(text_of(own_path(path)));
	char folder[PATH_MAX];

	snprintf(folder, sizeof folder, TEXT_FMT, TEXT_ARG(parent));
	return return_path(call, folder);
}

static HRESULT wscript_interactive(struct automation_call *call)
{
	struct wsh *wsh = wsh_of(call);

	if (!call->value)
		return automation_return_bool(call->result, wsh->interactive);
	call->argv[0] = call->value;
	call->argc = 1;
	return automation_arg_bool_or(call, 0, true, &wsh->interactive);
}

/* ---- objects ---- */

static HRESULT return_ref(struct automation_call *call, IDispatch *object)
{
	object->lpVtbl->AddRef(object);
	return automation_return_dispatch(call->result, object);
}

static HRESULT wscript_application(struct automation_call *call)
{
	return return_ref(call, automation_dispatch(call->self));
}

static HRESULT wscript_arguments(struct automation_call *call)
{
	return return_ref(call, wsh_of(call)->arguments);
}

static HRESULT return_stream(struct automation_call *call, int fd)
{
	struct wsh *wsh = wsh_of(call);
	int r = 0;

	if (!wsh->streams[fd])
		r = stream_standard(fd, wsh->options.unicode, &wsh->streams[fd]);
	if (r < 0)
		return r == -ENOMEM ? E_OUTOFMEMORY
				    : automation_raise(call, HRESULT_FROM_WIN32(6), "WScript",
						       "The handle is invalid.");
	return return_ref(call, wsh->streams[fd]);
}

static HRESULT wscript_stdin(struct automation_call *call)
{
	return return_stream(call, STDIN_FILENO);
}

static HRESULT wscript_stdout(struct automation_call *call)
{
	return return_stream(call, STDOUT_FILENO);
}

static HRESULT wscript_stderr(struct automation_call *call)
{
	return return_stream(call, STDERR_FILENO);
}

/* Connects the events of `object` to procedures whose names begin with argument `i`. */
static HRESULT connect_object(struct automation_call *call, IDispatch *object, UINT i)
{
	BSTR text;
	HRESULT hr = automation_arg_bstr(call, i, &text);

	if (FAILED(hr))
		return hr;
	_cleanup_mem_ char *prefix = bstr_to_utf8(text, NULL);

	SysFreeString(text);
	if (!prefix)
		return E_OUTOFMEMORY;
	hr = wsh_connect(wsh_of(call), object, prefix);
	if (FAILED(hr) && hr != E_OUTOFMEMORY)
		return automation_raise(call, hr, "WScript.ConnectObject",
					"Could not connect object.");
	return hr;
}

static HRESULT wscript_create_object(struct automation_call *call)
{
	IDispatch *object = NULL;
	CLSID clsid;
	BSTR progid;
	HRESULT hr = automation_arg_bstr(call, 0, &progid);

	if (FAILED(hr))
		return hr;
	_cleanup_mem_ char *name = bstr_to_utf8(progid, NULL);

	hr = progid ? CLSIDFromProgID(progid, &clsid) : CO_E_CLASSSTRING;
	if (SUCCEEDED(hr))
		hr = com_create_object(progid, NULL, &object);
	SysFreeString(progid);
	if (hr == CO_E_CLASSSTRING)
		return automation_raise(call, DISP_E_EXCEPTION, "WScript.CreateObject",
					"Could not locate automation class named \"%s\".",
					name ? name : "");
	if (FAILED(hr)) {
		_cleanup_mem_ char *words = errorinfo_take_text();

		return automation_raise(call, hr, "WScript.CreateObject",
					"Could not create object named \"%s\".%s%s",
					name ? name : "", words ? " " : "", words ? words : "");
	}
	hr = automation_has_arg(call, 1) ? connect_object(call, object, 1) : S_OK;
	if (FAILED(hr)) {
		object->lpVtbl->Release(object);
		return hr;
	}
	return automation_return_dispatch(call->result, object);
}

static HRESULT object_arg(struct automation_call *call, IDispatch **ret)
{
	if (call->argv[0]->vt != VT_DISPATCH)
		return raise_script(call, 424);
	*ret = call->argv[0]->pdispVal;
	return *ret ? S_OK : raise_script(call, 91);
}

/* ConnectObject object, prefix */
static HRESULT wscript_connect_object(struct automation_call *call)
{
	IDispatch *object;
	HRESULT hr = object_arg(call, &object);

	return FAILED(hr) ? hr : connect_object(call, object, 1);
}

static HRESULT wscript_disconnect_object(struct automation_call *call)
{
	IDispatch *object;
	HRESULT hr = object_arg(call, &object);

	if (SUCCEEDED(hr))
		wsh_disconnect(wsh_of(call), object);
	return hr;
}

/* GetObject(path[, progid[, prefix]]) */
static HRESULT wscript_get_object(struct automation_call *call)
{
	IDispatch *object = NULL;
	BSTR path, class_name = NULL;
	HRESULT hr = automation_arg_bstr(call, 0, &path);

	if (SUCCEEDED(hr) && automation_has_arg(call, 1)) {
		hr = automation_arg_bstr(call, 1, &class_name);
		if (FAILED(hr))
			SysFreeString(path);
	}
	if (FAILED(hr))
		return hr;
	hr = com_get_object(path, class_name, &object);
	SysFreeString(path);
	SysFreeString(class_name);
	if (FAILED(hr)) {
		_cleanup_mem_ char *words = errorinfo_take_text();
		int number = vbs_error_of_hresult(hr);

		return automation_raise(call, number ? MAKE_SCRIPT_HRESULT(number) : hr,
					"WScript.GetObject", "%s%s%s",
					vbs_error_text(number ? number : 432), words ? ": " : "",
					words ? words : "");
	}
	hr = automation_has_arg(call, 2) ? connect_object(call, object, 2) : S_OK;
	if (FAILED(hr)) {
		object->lpVtbl->Release(object);
		return hr;
	}
	return automation_return_dispatch(call->result, object);
}

/* ---- time ---- */

static HRESULT wscript_quit(struct automation_call *call)
{
	LONG code = 0;
	HRESULT hr = automation_arg_long_or(call, 0, 0, &code);

	if (FAILED(hr))
		return hr;
	wsh_of(call)->exit_code = code;
	return VBS_E_END_SCRIPT;
}

/* Seconds since the script began, 0 for no limit. */
static HRESULT wscript_timeout(struct automation_call *call)
{
	struct wsh *wsh = wsh_of(call);
	LONG seconds;
	HRESULT hr;

	if (!call->value)
		return automation_return_long(call->result, wsh->timeout);
	call->argv[0] = call->value;
	call->argc = 1;
	hr = automation_arg_long(call, 0, &seconds);
	if (FAILED(hr))
		return hr;
	if (seconds < 0 || seconds > WSH_TIMEOUT_MAX)
		return raise_script(call, 5);
	if (wsh_watch_set(wsh, seconds) < 0)
		return E_OUTOFMEMORY;
	wsh->timeout = seconds;
	return S_OK;
}

static bool has_ended(void *ctx)
{
	return ((struct wsh *)ctx)->ended;
}

static HRESULT wscript_sleep(struct automation_call *call)
{
	LONG ms;
	HRESULT hr = automation_arg_long(call, 0, &ms);

	if (FAILED(hr))
		return hr;
	if (ms < 0)
		return raise_script(call, 5);
	struct wsh *wsh = wsh_of(call);

	wsh_queue_sleep(wsh->queue, clock_now() + ms * NSEC_PER_MSEC, has_ended, wsh);
	return wsh->ended || wsh_watch_expired(wsh) ? VBS_E_END_SCRIPT : S_OK;
}

/* ---- the object ---- */

static void wscript_free(struct automation_object *object)
{
	mem_free(container_of(object, struct wscript, object));
}

/* clang-format off */
#define WSCRIPT_MEMBERS(X) \
	X(Name, DISPID_VALUE, AUTOMATION_GET, 0, 0, wscript_name) \
	X(Application, 1, AUTOMATION_GET, 0, 0, wscript_application) \
	X(FullName, 2, AUTOMATION_GET, 0, 0, wscript_full_name) \
	X(Path, 3, AUTOMATION_GET, 0, 0, wscript_path) \
	X(Interactive, 4, AUTOMATION_GETPUT, 0, 0, wscript_interactive) \
	X(ScriptName, 5, AUTOMATION_GET, 0, 0, wscript_script_name) \
	X(ScriptFullName, 6, AUTOMATION_GET, 0, 0, wscript_script_full_name) \
	X(Arguments, 7, AUTOMATION_GET, 0, 0, wscript_arguments) \
	X(Version, 8, AUTOMATION_GET, 0, 0, wscript_version) \
	X(BuildVersion, 9, AUTOMATION_GET, 0, 0, wscript_build_version) \
	X(StdIn, 10, AUTOMATION_GET, 0, 0, wscript_stdin) \
	X(StdOut, 11, AUTOMATION_GET, 0, 0, wscript_stdout) \
	X(StdErr, 12, AUTOMATION_GET, 0, 0, wscript_stderr) \
	X(Echo, 13, AUTOMATION_METHOD, 0, 16, wscript_echo) \
	X(Quit, 14, AUTOMATION_METHOD, 0, 1, wscript_quit) \
	X(Sleep, 15, AUTOMATION_METHOD, 1, 1, wscript_sleep) \
	X(CreateObject, 16, AUTOMATION_METHOD, 1, 2, wscript_create_object) \
	X(Timeout, 18, AUTOMATION_GETPUT, 0, 0, wscript_timeout) \
	X(ConnectObject, 19, AUTOMATION_METHOD, 2, 2, wscript_connect_object) \
	X(DisconnectObject, 20, AUTOMATION_METHOD, 1, 1, wscript_disconnect_object) \
	X(GetObject, 17, AUTOMATION_METHOD, 0, 3, wscript_get_object)
/* clang-format on */

/* Every member asks first whether the host is still there, and whether an event handler has ended
 * the script meanwhile: the engine itself looks only now and then. */
#define X(name, id, kinds, min, max, fn)                                                           \
	static HRESULT checked_##name(struct automation_call *call)                                \
	{                                                                                          \
		const struct wsh *wsh = wsh_of(call);                                              \
                                                                                                   \
		if (!wsh)                                                                          \
			return RPC_E_DISCONNECTED;                                                 \
		return wsh->ended ? VBS_E_END_SCRIPT : fn(call);                                   \
	}
WSCRIPT_MEMBERS(X)
#undef X

static const struct automation_member wscript_members[] = {
#define X(name, id, kinds, min, max, fn) { #name, id, kinds, min, max, checked_##name },
	WSCRIPT_MEMBERS(X)
#undef X
};

static const struct automation_class wscript_class = {
	.name = "IHost_Class",
	.members = wscript_members,
	.member_count = ARRAY_LEN(wscript_members),
	.free = wscript_free,
};

HRESULT wsh_object_new(struct wsh *wsh, IDispatch **ret)
{
	struct wscript *self = mem_new(struct wscript);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(&self->object, &wscript_class);
	self->wsh = wsh;
	*ret = automation_dispatch(&self->object);
	return S_OK;
}

void wsh_object_disconnect(IDispatch *object)
{
	struct automation_object *o = object ? automation_cast(object, &wscript_class) : NULL;

	if (o)
		container_of(o, struct wscript, object)->wsh = NULL;
}
