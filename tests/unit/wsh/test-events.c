/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of components in scripts: WScript.ConnectObject, the prefix of CreateObject, and objects
 * that fire in the script's thread, from a thread of their own, and with names of their own.
 */
#include "../com/helpers.h"

#include "base/sys.h"
#include "com/class.h"
#include "com/connection.h"
#include "wsh/wsh.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- a component: Tick n fires Ticked n; Start n does so n times in another thread ---- */

enum { TICKED = 7 };

struct ticker {
	struct automation_object object;
	struct connection_point point;
	pthread_t thread;
	LONG count; /* of the thread */
	bool running;
};

static struct ticker *ticker_of(struct automation_object *object)
{
	return container_of(object, struct ticker, object);
}

static HRESULT ticker_tick(struct automation_call *call)
{
	return connection_fire(&ticker_of(call->self)->point, TICKED, call->argv[0], 1);
}

static void *ticking(void *ctx)
{
	struct ticker *self = ctx;

	for (LONG i = 1; i <= self->count; i++) {
		VARIANT n = v_long(i);

		connection_fire(&self->point, TICKED, &n, 1);
	}
	return NULL;
}

static HRESULT ticker_start(struct automation_call *call)
{
	struct ticker *self = ticker_of(call->self);
	HRESULT hr = automation_arg_long(call, 0, &self->count);

	self->running = SUCCEEDED(hr) && !pthread_create(&self->thread, NULL, ticking, self);
	return hr;
}

/* The sink that was advised last: what a foreign component would have kept. */
static IUnknown *last_sink;
static HRESULT (*plain_advise)(IConnectionPoint *This, IUnknown *sink, DWORD *cookie);

static HRESULT spying_advise(IConnectionPoint *This, IUnknown *sink, DWORD *cookie)
{
	last_sink = sink;
	return plain_advise(This, sink, cookie);
}

/* Fires an event that is in no table: the listener is asked for its DISPID, as foreign components
 * do that have no type information. */
static HRESULT ticker_ask(struct automation_call *call)
{
	IDispatch *sink;
	BSTR name;
	DISPID first, again;
	HRESULT hr = automation_arg_bstr(call, 0, &name);

	if (FAILED(hr))
		return hr;
	OLECHAR *names[1] = { name };

	last_sink->lpVtbl->QueryInterface(last_sink, &IID_IDispatch, (void **)&sink);
	assert_int_equal(sink->lpVtbl->GetIDsOfNames(sink, &GUID_NULL, names, 1, 0, &first), S_OK);
	assert_int_equal(sink->lpVtbl->GetIDsOfNames(sink, &GUID_NULL, names, 1, 0, &again), S_OK);
	assert_int_equal(first, again);
	hr = automation_invoke(sink, first, DISPATCH_METHOD, NULL, 0, call->result,
			       call->exception);
	sink->lpVtbl->Release(sink);
	SysFreeString(name);
	return hr;
}

static void ticker_free(struct automation_object *object)
{
	struct ticker *self = ticker_of(object);

	if (self->running)
		pthread_join(self->thread, NULL);
	connection_done(&self->point);
	mem_free(self);
}

static HRESULT ticker_query(struct automation_object *object, REFIID riid, void **ret)
{
	return connection_query(&ticker_of(object)->point, riid, ret);
}

static const struct automation_member ticker_members[] = {
	{ "Tick", 1, AUTOMATION_METHOD, 1, 1, ticker_tick },
	{ "Start", 2, AUTOMATION_METHOD, 1, 1, ticker_start },
	{ "Ask", 3, AUTOMATION_METHOD, 1, 1, ticker_ask },
};

static const struct automation_event ticker_events[] = { { "Ticked", TICKED } };

static const struct automation_class ticker_class = {
	.name = "Ticker",
	.members = ticker_members,
	.member_count = ARRAY_LEN(ticker_members),
	.free = ticker_free,
	.query = ticker_query,
	.events = ticker_events,
	.event_count = ARRAY_LEN(ticker_events),
};

static HRESULT ticker_new(IUnknown **ret)
{
	static IConnectionPointVtbl spying;
	struct ticker *self = mem_new(struct ticker);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(&self->object, &ticker_class);
	connection_init(&self->point, &self->object);
	spying = *self->point.point.lpVtbl;
	plain_advise = spying.Advise;
	spying.Advise = spying_advise;
	self->point.point.lpVtbl = &spying;
	*ret = (IUnknown *)automation_dispatch(&self->object);
	return S_OK;
}

static const struct class_entry classes[] = {
	{ .clsid = { 0x7E57, 1, 2, { 3 } }, .progid = "Test.Ticker", .create = ticker_new },
};

/* ---- running scripts in this process ---- */

static char folder[64];

static const char *in_folder(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static int redirect(int fd, const char *name)
{
	int old = dup(fd), file = open(in_folder(name), O_CREAT | O_TRUNC | O_RDWR, 0600);

	assert_true(old >= 0 && file >= 0);
	assert_int_equal(dup2(file, fd), fd);
	close(file);
	return old;
}

static void restore(int fd, int old)
{
	assert_int_equal(dup2(old, fd), fd);
	close(old);
}

static void assert_content(const char *name, const char *want)
{
	char *data;
	size_t length;

	assert_int_equal(sys_read_file(in_folder(name), 1 << 20, &data, &length), 0);
	assert_string_equal(data, want);
	mem_free(data);
}

static const char *state_directory(const char *option)
{
	return option ? option : folder;
}

static void run(const char *name, const char *code, const char *out, const char *errors, int status)
{
	char path[128], nologo[] = "//nologo";
	char *argv[] = { nologo, nologo, path, NULL };

	snprintf(path, sizeof path, "%s", in_folder(name));
	assert_int_equal(sys_replace_file(path, code, strlen(code), 0600), 0);
	fflush(stdout);
	int old_out = redirect(1, "out"), old_err = redirect(2, "err");
	int got = wsh_main(3, argv, state_directory);

	restore(1, old_out);
	restore(2, old_err);
	assert_content("out", out);
	assert_content("err", errors);
	assert_int_equal(got, status);
}

#define HANDLER "Sub T_Ticked(n): WScript.Echo \"ticked\", n: sum = sum + n: End Sub\n"

static void test_same_thread(void **state)
{
	run("a.vbs",
	    HANDLER "Set t = WScript.CreateObject(\"Test.Ticker\", \"T_\")\nt.Tick 1\nt.Tick 2\n"
		    "WScript.DisconnectObject t\nt.Tick 3\nWScript.ConnectObject t, \"No_\"\n"
		    "t.Tick 4\nWScript.ConnectObject t, \"t_\"\nt.Tick 5\nWScript.Echo sum",
	    "ticked 1\nticked 2\nticked 5\n8\n", "", 0);
}

static void test_other_thread(void **state)
{
	run("a.vbs",
	    HANDLER "Set t = WScript.CreateObject(\"Test.Ticker\", \"T_\")\nt.Start 3\n"
		    "WScript.Echo \"waiting\"\nDo While sum < 6: WScript.Sleep 5: Loop\n",
	    "waiting\nticked 1\nticked 2\nticked 3\n", "", 0);
	/* A script that ends without listening lets the component go on. */
	run("a.vbs", "Set t = WScript.CreateObject(\"Test.Ticker\", \"T_\")\nt.Start 3", "", "", 0);
}

static void test_names_asked_for(void **state)
{
	run("a.vbs",
	    "Sub T_Asked: WScript.Echo \"asked\": End Sub\n"
	    "Set t = WScript.CreateObject(\"Test.Ticker\", \"T_\")\nt.Ask \"asked\"\nt.Ask "
	    "\"Asked\"\n"
	    "On Error Resume Next\nt.Ask \"Other\"\nWScript.Echo Err.Number",
	    "asked\nasked\n438\n", "", 0);
}

static void test_end(void **state)
{
	run("a.vbs",
	    "Sub T_Ticked(n): WScript.Quit n: End Sub\nOn Error Resume Next\n"
	    "Set t = WScript.CreateObject(\"Test.Ticker\", \"T_\")\nt.Tick 3\nWScript.Echo \"no\"",
	    "", "", 3);
	run("a.vbs",
	    "Sub T_Ticked(n): WScript.Quit n: End Sub\n"
	    "Set t = WScript.CreateObject(\"Test.Ticker\", \"T_\")\nt.Start 1\n"
	    "WScript.Sleep 600000\nWScript.Echo \"no\"",
	    "", "", 1);
}

static void test_error(void **state)
{
	char want[200];

	snprintf(want, sizeof want,
		 "%s(2, 1) Microsoft VBScript runtime error: Type mismatch: 'CInt'\n",
		 in_folder("a.vbs"));
	run("a.vbs",
	    "Sub T_Ticked(n)\nx = CInt(\"x\")\nEnd Sub\n"
	    "Set t = WScript.CreateObject(\"Test.Ticker\", \"T_\")\nt.Tick 3\nWScript.Echo \"no\"",
	    "", want, 1);
	snprintf(want, sizeof want, "%s(1, 1) WScript.ConnectObject: Could not connect object.\n",
		 in_folder("a.vbs"));
	run("a.vbs", "WScript.ConnectObject CreateObject(\"Scripting.Dictionary\"), \"T_\"", "",
	    want, 1);
}

static void test_job(void **state)
{
	run("a.wsf",
	    "<job><object id='tick' progid='Test.Ticker' events='true'/><script>"
	    "Sub tick_Ticked(n): WScript.Echo n: End Sub\ntick.Tick 8</script></job>",
	    "8\n", "", 0);
}

static int set_up(void **state)
{
	strcpy(folder, "/tmp/test-events-XXXXXX");
	assert_non_null(mkdtemp(folder));
	return class_register(classes, ARRAY_LEN(classes));
}

static int tear_down(void **state)
{
	static const char *const names[] = { "a.vbs", "a.wsf", "out", "err" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unlink(in_folder(names[i]));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_thread),     cmocka_unit_test(test_other_thread),
		cmocka_unit_test(test_names_asked_for), cmocka_unit_test(test_end),
		cmocka_unit_test(test_error),           cmocka_unit_test(test_job),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
