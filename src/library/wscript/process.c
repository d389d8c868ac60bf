/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WshShell.Run and Exec: starting programs (shell.h). A program gets default signals and none of
 * our descriptors but the three standard ones. In a host that may not start programs the kernel
 * refuses, and that is error 70.
 *
 * A child that nobody waits for is waited for by a thread of its own, so that it leaves no zombie.
 */
#include "library/wscript/shell.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/sys.h"
#include "library/scripting/text-stream.h"
#include "library/wscript/command.h"
#include "library/wscript/support.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_MAX_BYTES (1u << 20)
#define INHERIT (-1)
#define NOTHING (-2)

extern char **environ;

/* ---- starting ---- */

static int add_descriptors(posix_spawn_file_actions_t *actions, const int fds[3])
{
	int r = 0;

	for (int i = 0; i < 3 && !r; i++) {
		if (fds[i] == NOTHING)
			r = posix_spawn_file_actions_addopen(actions, i, "/dev/null",
							     i ? O_WRONLY : O_RDONLY, 0);
		else if (fds[i] != INHERIT)
			r = posix_spawn_file_actions_adddup2(actions, fds[i], i);
	}
	return r;
}

/* `apart`: in a session of its own, so that it outlives a terminal that is closed. */
static int start(char **argv, const int fds[3], bool apart, pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;

	sigemptyset(&none);
	sigfillset(&all);
	if (posix_spawn_file_actions_init(&actions) != 0)
		return -ENOMEM;
	if (posix_spawnattr_init(&attributes) != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return -ENOMEM;
	}
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, apart ? flags | POSIX_SPAWN_SETSID : flags);
	int r = add_descriptors(&actions, fds);

	if (!r)
		r = posix_spawn(ret, argv[0], &actions, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

/* The exit code as a shell shows it. */
static int code_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return code_of(status);
}

static void *waiter(void *pid)
{
	wait_for((pid_t)(intptr_t)pid);
	return NULL;
}

static void leave_alone(pid_t pid)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, waiter, (void *)(intptr_t)pid) == 0)
		pthread_detach(thread);
}

/* Argument 0 as a program and its arguments, in `arena`. `*ret_line` for mem_free, for errors. */
static HRESULT parse_line(struct automation_call *call, const char *source, struct arena *arena,
			  char **ret_line, char ***ret)
{
	_cleanup_mem_ char *line = NULL;
	struct buf expanded;
	HRESULT hr = wscript_arg_name(call, 0, &line);

	if (FAILED(hr))
		return hr;
	buf_init(&expanded, LINE_MAX_BYTES);
	wscript_expand(text_of(line), &expanded);
	int r = buf_failed(&expanded);

	if (!r)
		r = shell_command_parse(arena, buf_text(&expanded), ret);
	char *text = buf_take(&expanded, NULL);

	buf_done(&expanded);
	if (r < 0)
		hr = wscript_raise_errno(call, r, source, text ? text : line);
	if (FAILED(hr))
		mem_free(text);
	else
		*ret_line = text;
	return hr;
}

/* ---- Run ---- */

/* Run(command[, style[, wait]]): a hidden program (style 0) writes to nowhere, another one where we
 * write; only one that is waited for may read what we could read. */
HRESULT shell_run(struct automation_call *call)
{
	_cleanup_mem_ char *line = NULL;
	struct arena arena;
	char **argv = NULL;
	bool wait = false;
	LONG style = 1;
	pid_t pid;
	HRESULT hr = automation_arg_long_or(call, 1, 1, &style);

	if (SUCCEEDED(hr))
		hr = automation_arg_bool_or(call, 2, false, &wait);
	arena_init(&arena, 8u << 20);
	if (SUCCEEDED(hr))
		hr = parse_line(call, "WshShell.Run", &arena, &line, &argv);
	if (SUCCEEDED(hr)) {
		int out = style == 0 ? NOTHING : INHERIT;
		int fds[3] = { wait ? INHERIT : NOTHING, out, out };
		int r = start(argv, fds, !wait, &pid);

		if (r < 0) {
			hr = wscript_raise_errno(call, r, "WshShell.Run", line ? line : "");
		} else if (wait) {
			hr = automation_return_long(call->result, wait_for(pid));
		} else {
			leave_alone(pid);
			hr = automation_return_long(call->result, 0);
		}
	}
	arena_done(&arena);
	return hr;
}

/* ---- WshScriptExec ---- */

struct exec {
	struct automation_object object;
	pid_t pid;
	bool ended;
	int code;
	IDispatch *streams[3];
};

static struct exec *exec_of(struct automation_object *object)
{
	return container_of(object, struct exec, object);
}

static void look(struct exec *self)
{
	int status;

	if (!self->ended && waitpid(self->pid, &status, WNOHANG) == self->pid) {
		self->ended = true;
		self->code = code_of(status);
	}
}

static HRESULT exec_status(struct automation_call *call)
{
	struct exec *self = exec_of(call->self);

	look(self);
	return automation_return_long(call->result, self->ended);
}

static HRESULT exec_exit_code(struct automation_call *call)
{
	struct exec *self = exec_of(call->self);

	look(self);
	return automation_return_long(call->result, self->code);
}

static HRESULT exec_process_id(struct automation_call *call)
{
	return automation_return_long(call->result, (LONG)exec_of(call->self)->pid);
}

static HRESULT return_stream(struct automation_call *call, int i)
{
	IDispatch *stream = exec_of(call->self)->streams[i];

	stream->lpVtbl->AddRef(stream);
	return automation_return_dispatch(call->result, stream);
}

static HRESULT exec_stdin(struct automation_call *call)
{
	return return_stream(call, 0);
}

static HRESULT exec_stdout(struct automation_call *call)
{
	return return_stream(call, 1);
}

static HRESULT exec_stderr(struct automation_call *call)
{
	return return_stream(call, 2);
}

/* As TerminateProcess: at once, and only this process. It is a zombie until it was waited for, so
 * its number is nobody else's. */
static HRESULT exec_terminate(struct automation_call *call)
{
	struct exec *self = exec_of(call->self);

	look(self);
	if (!self->ended)
		kill(self->pid, SIGKILL);
	return S_OK;
}

static const struct automation_member exec_members[] = {
	{ "Status", 1, AUTOMATION_GET, 0, 0, exec_status },
	{ "StdIn", 3, AUTOMATION_GET, 0, 0, exec_stdin },
	{ "StdOut", 4, AUTOMATION_GET, 0, 0, exec_stdout },
	{ "StdErr", 5, AUTOMATION_GET, 0, 0, exec_stderr },
	{ "ProcessID", 6, AUTOMATION_GET, 0, 0, exec_process_id },
	{ "ExitCode", 7, AUTOMATION_GET, 0, 0, exec_exit_code },
	{ "Terminate", 8, AUTOMATION_METHOD, 0, 0, exec_terminate },
};

static void exec_free(struct automation_object *object)
{
	struct exec *self = exec_of(object);

	for (int i = 0; i < 3; i++)
		if (self->streams[i])
			self->streams[i]->lpVtbl->Release(self->streams[i]);
	look(self);
	if (!self->ended)
		leave_alone(self->pid);
	mem_free(self);
}

static const struct automation_class exec_class = {
	.name = "WshExec",
	.members = exec_members,
	.member_count = ARRAY_LEN(exec_members),
	.free = exec_free,
};

/* ---- Exec ---- */

/* Three pipes: fds[i] is the child's end, ours[i] is ours. */
static int make_pipes(int fds[3], int ours[3])
{
	for (int i = 0; i < 3; i++) {
		int ends[2];

		if (pipe2(ends, O_CLOEXEC) < 0)
			return -errno;
		fds[i] = ends[i != 0];
		ours[i] = ends[i == 0];
	}
	return 0;
}

/* Takes our ends as far as it succeeds; the others are closed by the caller. */
static int make_streams(struct exec *self, int ours[3])
{
	for (int i = 0; i < 3; i++) {
		if (FAILED(stream_pipe(ours[i], i ? TEXT_STREAM_READING : TEXT_STREAM_APPENDING,
				       &self->streams[i])))
			return -ENOMEM;
		ours[i] = -1;
	}
	return 0;
}

static int exec_start(char **argv, IDispatch **ret)
{
	struct exec *self = mem_new(struct exec);
	int fds[3] = { -1, -1, -1 }, ours[3] = { -1, -1, -1 };
	int r = self ? make_pipes(fds, ours) : -ENOMEM;

	if (!r) {
		automation_init(&self->object, &exec_class);
		self->ended = true; /* there is no process yet */
		r = make_streams(self, ours);
	}
	if (!r)
		r = start(argv, fds, false, &self->pid);
	for (int i = 0; i < 3; i++) {
		sys_close(fds[i]);
		sys_close(ours[i]);
	}
	if (!r) {
		self->ended = false;
		*ret = automation_dispatch(&self->object);
	} else if (self) {
		exec_free(&self->object);
	}
	return r;
}

HRESULT shell_exec(struct automation_call *call)
{
	_cleanup_mem_ char *line = NULL;
	IDispatch *exec = NULL;
	struct arena arena;
	char **argv = NULL;

	arena_init(&arena, 8u << 20);
	HRESULT hr = parse_line(call, "WshShell.Exec", &arena, &line, &argv);

	if (SUCCEEDED(hr)) {
		int r = exec_start(argv, &exec);

		hr = r < 0 ? wscript_raise_errno(call, r, "WshShell.Exec", line ? line : "")
			   : automation_return_dispatch(call->result, exec);
	}
	arena_done(&arena);
	return hr;
}
