/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See wsh.h: the way of a run from the command line to the exit status. Called by the `main` of
 * cscript, in its only thread.
 */
#include "wsh/wsh.h"

#include "base/mem.h"
#include "com/classes.h"
#include "dcom/remoting.h"
#include "library/catalog/catalog.h"
#include "library/wscript/wscript.h"
#include "wsh/events.h"
#include "wsh/host.h"
#include "wsh/message.h"
#include "wsh/queue.h"
#include "wsh/usage.h"
#include "wsh/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Frames of script calls take no C stack (vbs.h), only memory: ten times what a page may have. */
#define SCRIPT_DEPTH 10000
#define SCRIPT_MEMORY_LEAST ((size_t)512 << 20)

/* ---- saying no ---- */

static int failed(const struct wsh *wsh, const struct error *err)
{
	if (err->line)
		wsh_write_line(wsh, STDERR_FILENO, "%s(%d, %d) %s", err->file, err->line,
			       err->column, err->text);
	else
		wsh_write_line(wsh, STDERR_FILENO, "%s", err->text);
	return 1;
}

static int out_of_memory(const struct wsh *wsh)
{
	wsh_write_line(wsh, STDERR_FILENO, "CScript Error: Out of memory.");
	return 1;
}

/* ---- running ---- */

/* Half of the machine's memory, so that a runaway script harms itself. */
static size_t memory_limit(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
	size_t half = pages > 0 && size > 0 ? (size_t)pages / 2 * (size_t)size : 0;

	return half > SCRIPT_MEMORY_LEAST ? half : SCRIPT_MEMORY_LEAST;
}

static int compile_part(struct wsh *wsh, const struct vbs_segment *part, struct vbs_program **ret)
{
	struct vbs_source source = { wsh->script.files, wsh->script.file_count, part, 1 };
	struct vbs_error error = { 0 };
	HRESULT hr = vbs_compile(&source, ret, &error);

	if (SUCCEEDED(hr))
		return 0;
	wsh_write_error(wsh, &error);
	vbs_error_done(&error);
	return 1;
}

static int compile(struct wsh *wsh, struct vbs_program **programs)
{
	int status = 0;

	for (size_t i = 0; i < wsh->script.part_count && !status; i++)
		status = compile_part(wsh, &wsh->script.parts[i], &programs[i]);
	return status;
}

static HRESULT add_objects(struct wsh *wsh)
{
	HRESULT hr;

	wsh->queue = wsh_queue_new();
	hr = wsh->queue ? wsh_object_new(wsh, &wsh->object) : E_OUTOFMEMORY;

	if (SUCCEEDED(hr))
		hr = wsh_arguments_new(wsh, &wsh->arguments);
	if (SUCCEEDED(hr))
		hr = vbs_engine_add_object(wsh->engine, TEXT("WScript"), wsh->object, 0);
	if (SUCCEEDED(hr))
		hr = vbs_engine_add_object(wsh->engine, TEXT("WSH"), wsh->object, 0);
	return hr;
}

/* The exit status of WScript.Quit n: what fits a byte, and never 0 for another number. */
static int exit_status(int code)
{
	return code & 0xff ? code & 0xff : code != 0;
}

static int run(struct wsh *wsh, struct vbs_program **programs)
{
	for (size_t i = 0; i < wsh->script.part_count; i++) {
		struct vbs_error error = { 0 };
		HRESULT hr = vbs_engine_run(wsh->engine, programs[i], &error);

		/* Also when the script came to its end: an error in Class_Terminate stays there. */
		if (wsh_watch_expired(wsh)) {
			hr = E_ABORT;
			wsh_watch_report(wsh);
			wsh->exit_code = 1;
		} else if (FAILED(hr) && hr != VBS_E_END_SCRIPT) {
			wsh_write_error(wsh, &error);
			wsh->exit_code = 1;
		}
		vbs_error_done(&error);
		if (FAILED(hr))
			break;
	}
	return wsh->exit_code;
}

static void release(IDispatch *object)
{
	if (object)
		object->lpVtbl->Release(object);
}

/* Class_Terminate of what is still alive runs here, with everything in place. */
static void end(struct wsh *wsh)
{
	wsh_watch_end(wsh);
	wsh_disconnect(wsh, NULL);
	/* An object that goes with the engine may wait for a thread of its own, which may wait here
	 * to be heard: it is told first that nobody listens. */
	if (wsh->queue)
		wsh_queue_close(wsh->queue);
	/* An event handler's WScript.Quit has been obeyed. */
	wsh->ended = false;
	if (wsh->engine)
		vbs_engine_interrupt(wsh->engine, 0);
	wsh->engine = vbs_engine_free(wsh->engine);
	wsh->queue = wsh_queue_unref(wsh->queue);
	wsh_object_disconnect(wsh->object);
	for (size_t i = 0; i < ARRAY_LEN(wsh->streams); i++)
		release(wsh->streams[i]);
	release(wsh->arguments);
	release(wsh->object);
}

static int run_script(struct wsh *wsh, struct vbs_program **programs)
{
	struct vbs_limits limits = { .depth = SCRIPT_DEPTH, .memory = memory_limit() };
	struct error err;
	struct vbs_host host = { .ctx = wsh, .message = wsh_message };
	HRESULT hr = vbs_engine_new(&limits, &host, &wsh->engine);

	if (SUCCEEDED(hr))
		hr = add_objects(wsh);
	wsh->timeout = wsh->options.timeout;
	if (SUCCEEDED(hr) && wsh_watch_set(wsh, wsh->timeout) < 0)
		hr = E_OUTOFMEMORY;
	if (FAILED(hr))
		wsh->exit_code = out_of_memory(wsh);
	else if (wsh_add_job_globals(wsh, &err) < 0)
		wsh->exit_code = failed(wsh, &err);
	else
		run(wsh, programs);
	end(wsh);
	return exit_status(wsh->exit_code);
}

/* `script.wsf /?` shows how to use the script, when it says so itself. */
static bool asks_for_usage(const struct wsh *wsh)
{
	return wsh->script.runtime.there && wsh->options.argument_count == 1 &&
	       !strcmp(wsh->options.arguments[0], "/?");
}

static int dump(struct wsh *wsh, struct vbs_program **programs)
{
	int r = 0;

	for (size_t i = 0; i < wsh->script.part_count && !r; i++) {
		struct buf b;

		buf_init(&b, (size_t)1 << 30);
		vbs_program_dump(programs[i], &b);
		r = buf_failed(&b) ? -ENOMEM : wsh_write(wsh, STDOUT_FILENO, buf_text(&b));
		buf_done(&b);
	}
	if (r == -ENOMEM)
		return out_of_memory(wsh);
	if (r)
		wsh_write_line(wsh, STDERR_FILENO,
			       "CScript Error: Can not write to standard output: %s.",
			       strerror(-r));
	return r ? 1 : 0;
}

static int with_script(struct wsh *wsh)
{
	struct vbs_program **programs = NULL;
	struct error err;
	int status = wsh_script_load(&wsh->options, &wsh->script, &err);

	if (status) {
		status = failed(wsh, &err);
	} else if (wsh->options.mode == WSH_RUN && asks_for_usage(wsh)) {
		status = wsh_show_usage(wsh) < 0;
	} else {
		programs = mem_zalloc(wsh->script.part_count, sizeof *programs);
		status = programs ? compile(wsh, programs) : out_of_memory(wsh);
		if (!status)
			status = wsh->options.mode == WSH_DUMP ? dump(wsh, programs)
							       : run_script(wsh, programs);
	}
	for (size_t i = 0; programs && i < wsh->script.part_count; i++)
		vbs_program_unref(programs[i]);
	mem_free(programs);
	wsh_script_done(&wsh->script);
	return status;
}

/* A standard stream that is closed must not become the number of the first file the script opens,
 * and error lines text in that file. Its use stays an error: it can only be used the wrong way. */
static void hold_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int wsh_main(int argc, char **argv, const char *(*state_directory)(const char *option))
{
	struct wsh wsh = { .interactive = true };
	struct error err;

	hold_standard_streams();
	/* A component's pipe that broke is an error of its call, not the end of the script. */
	signal(SIGPIPE, SIG_IGN);
	if (wsh_options_parse(argc, argv, &wsh.options, &err) < 0)
		return failed(&wsh, &err);
	wsh.interactive = !wsh.options.batch;
	if (wsh.options.mode == WSH_VERSION) {
		wsh_write_line(&wsh, STDOUT_FILENO, "cscript " SURROGATE_VERSION);
		return 0;
	}
	if (wsh.options.mode == WSH_HELP)
		return wsh_show_options(&wsh) ? 1 : 0;
	if (wsh.options.mode == WSH_DEFAULT_HOST) {
		wsh_write_line(&wsh, STDOUT_FILENO,
			       "The default script host is now set to \"cscript.exe\".");
		if (!wsh.options.script)
			return 0;
	}
	if (catalog_register() < 0)
		return out_of_memory(&wsh);
	dcom_remoting_start(state_directory(wsh.options.state));
	/* The process is the script's: its folder, its environment, the registry it may read. */
	wscript_configure(state_directory(wsh.options.state));
	if (classes_configure(state_directory(wsh.options.state)) < 0)
		wsh_write_line(&wsh, STDERR_FILENO,
			       "cscript: the state directory's name is too long");
	if (wsh.options.mode == WSH_LINT)
		return wsh_lint(&wsh);
	if (!wsh.options.no_logo && wsh.options.mode == WSH_RUN && wsh.interactive)
		wsh_show_logo(&wsh);
	int status = with_script(&wsh);

	dcom_remoting_flush();
	return status;
}
