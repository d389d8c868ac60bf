/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's inside: what the files of this folder share while a script runs. One thread, but for
 * the watch (wsh/watch.h).
 */
#pragma once

#include "com/automation.h"
#include "script/vbs/vbs.h"
#include "wsh/options.h"
#include "wsh/script.h"

struct wsh {
	struct wsh_options options;
	struct wsh_script script;
	struct vbs_engine *engine;
	IDispatch *object;     /* WScript */
	IDispatch *arguments;  /* WScript.Arguments */
	IDispatch *streams[3]; /* WScript.StdIn, StdOut, StdErr, made when asked for */
	struct wsh_queue *queue;
	struct wsh_connection *connections; /* of events */
	struct wsh_watch *watch;            /* NULL while there is no limit of time */
	int timeout;                        /* seconds; 0: none */
	bool interactive;
	bool ended;    /* an event handler called WScript.Quit, or failed: the script ends */
	int exit_code; /* of WScript.Quit */
};

/* ---- wscript.c ---- */

/* The WScript object; one reference. When the host ends it must be told: members then say
 * RPC_E_DISCONNECTED. E_OUTOFMEMORY. */
HRESULT wsh_object_new(struct wsh *wsh, IDispatch **ret);
void wsh_object_disconnect(IDispatch *object);

/* ---- arguments.c ---- */

/* WScript.Arguments over the arguments of the command line, which must live as long. `usage` may
 * be NULL: what ShowUsage prints is made by wsh_usage (usage.h). */
HRESULT wsh_arguments_new(struct wsh *wsh, IDispatch **ret);

/* ---- job-globals.c ---- */

/* Makes the objects, constants and resources of a .wsf job known to the engine. -EINVAL with the
 * place of the element that could not be honoured; -ENOMEM. */
int wsh_add_job_globals(struct wsh *wsh, struct error *err);

/* ---- lint.c ---- */

/* `cscript --lint`: compiles the files that the command line names and prints errors and findings
 * on standard output. The exit status: 1 when a file does not compile, else 0. */
int wsh_lint(const struct wsh *wsh);

/* ---- output.c ---- */

/* Writes UTF-8 text to standard output (1) or error (2), as UTF-16 with //U. A reader that went
 * away ends the process as SIGPIPE does. 0 or a negated errno. */
int wsh_write(const struct wsh *wsh, int fd, struct text t);
/* "C:\dir\file.vbs(3, 5) Microsoft VBScript runtime error: Type mismatch: 'x'" and a line end, as
 * cscript prints it. */
void wsh_write_error(const struct wsh *wsh, const struct vbs_error *error);
void wsh_write_line(const struct wsh *wsh, int fd, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
