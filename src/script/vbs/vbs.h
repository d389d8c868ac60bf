/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VBScript: the face of the engine. Source becomes an immutable program (bytecode); an engine runs
 * programs against global names and objects.
 *
 *     vbs_compile -> struct vbs_program (shared by threads, counted)
 *     vbs_engine_new, vbs_engine_add_object, vbs_engine_run, vbs_engine_call, vbs_engine_free
 *
 * A program may be run by any number of engines at once. An engine belongs to one thread at a
 * time; there is no global state, so many run in one process, each with its own limits. Reaching
 * a limit is a VBScript error, never a crash. Everything outside the language arrives as
 * IDispatch objects and VARIANTs; nothing here knows of HTTP, pages or files.
 */
#pragma once

#include "base/text.h"

#include <surrogate/com.h>

struct vbs_program;
struct vbs_engine;

/* ---- source ---- */

/* A piece of source with the place it came from: a page is code between literal text, includes
 * bring code of other files. The lexer reads segments as one stream; a token never spans two, and
 * every segment end also ends the statement unless `continues` is set. Text is UTF-8. */
struct vbs_segment {
	struct text code;
	uint16_t file; /* index into vbs_source.files */
	bool continues;
	uint32_t line, column; /* 1-based place of the first byte in that file */
};

struct vbs_source {
	const char *const *files; /* names for error reports */
	size_t file_count;
	const struct vbs_segment *segments;
	size_t segment_count;
};

/* ---- errors ---- */

enum vbs_error_kind { VBS_ERROR_COMPILE = 1, VBS_ERROR_RUNTIME, VBS_ERROR_RAISED };

/* What went wrong, for Err, for an error page and for a log. Owned by the caller of the function
 * that filled it; vbs_error_done frees the texts. Zero-initialise before use. */
struct vbs_error {
	enum vbs_error_kind kind;
	HRESULT number;    /* 0x800A000D for error 13; a component's own HRESULT as it came */
	char *source;      /* "Microsoft VBScript runtime error" (UTF-8), or what Err.Source says */
	char *description; /* "Type mismatch: 'x'" */
	char *file;        /* from vbs_source.files */
	uint32_t line, column; /* 1-based */
	char *line_text;       /* the source line, NULL when unknown */
	char *stack; /* "Total (shop.asp, line 12)\nMain (...)", NULL for compile errors */
};
void vbs_error_done(struct vbs_error *error);

/* The error table (VBScript's documented numbers): text of error `n` (13 -> "Type mismatch"), or
 * NULL. Compile errors are those from 1001 on. */
const char *vbs_error_text(int n);

/* A member that returns this HRESULT ends the script at once and quietly, whatever On Error says:
 * Response.End, WScript.Quit. vbs_engine_run and vbs_engine_call then return it. */
#define VBS_E_END_SCRIPT ((HRESULT)0x800A9C68)

/* ---- programs ---- */

/* Compiles. S_OK, E_OUTOFMEMORY, or MAKE_SCRIPT_HRESULT(number); `error` (may be NULL) is filled.
 * A source that is nested too deeply or is too long is error 1001, "Out of memory". `*ret` is
 * untouched on failure. The source may be freed afterwards. */
HRESULT vbs_compile(const struct vbs_source *source, struct vbs_program **ret,
		    struct vbs_error *error);
/* Atomic; unref takes NULL and returns NULL. */
struct vbs_program *vbs_program_ref(struct vbs_program *program);
struct vbs_program *vbs_program_unref(struct vbs_program *program);
/* Bytes the program holds: for cache limits. */
size_t vbs_program_size(const struct vbs_program *program);
/* True when the program defines a global Sub or Function of that name (case-insensitive). */
bool vbs_program_has_procedure(const struct vbs_program *program, struct text name);

struct buf;
/* The disassembly, for `--dump` and for tests. */
void vbs_program_dump(const struct vbs_program *program, struct buf *out);

/* ---- engines ---- */

/* When procedures get code for the processor itself. Results are the same. */
enum vbs_native_mode {
	VBS_NATIVE_HOT,    /* where the engine spends its time */
	VBS_NATIVE_NEVER,  /* this engine makes none */
	VBS_NATIVE_ALWAYS, /* all of them, before they run: for tests */
};

struct vbs_limits {
	int64_t time_ns; /* running time of one vbs_engine_run; 0: none. */
	size_t memory;   /* bytes of values alive; 0: 512 MiB. Reaching it is error 7 */
	uint32_t depth;  /* nested calls; 0: 1000. Reaching it is error 28 (Out of stack space) */
	/* Backward jumps and calls between two looks at the clock and at the interrupt; 0: 1999.
	 * Fewer end a run sooner, and cost a little. */
	uint32_t turns;
	enum vbs_native_mode native;
};

/* What the engine asks of its host; any member may be NULL for the default. */
struct vbs_host {
	void *ctx;
	/* CreateObject(progid[, server]): one reference. Default: com_create_object. */
	HRESULT (*create_object)(void *ctx, BSTR progid, BSTR server, IDispatch **ret);
	/* GetObject(path[, class]). Default: com_get_object. */
	HRESULT (*get_object)(void *ctx, BSTR path, BSTR class_name, IDispatch **ret);
	/* MsgBox and InputBox are for desktops; without this they are error 70 (Permission denied).
	 */
	HRESULT (*message)(void *ctx, BSTR text, LONG flags, BSTR title, LONG *ret);
};

/* `host` and its ctx must outlive the engine; both parameters may be NULL. */
HRESULT vbs_engine_new(const struct vbs_limits *limits, const struct vbs_host *host,
		       struct vbs_engine **ret);
/* Runs Class_Terminate of what is still alive, releases everything. Takes NULL, returns NULL. */
struct vbs_engine *vbs_engine_free(struct vbs_engine *engine);
/* Back to the state after vbs_engine_new, keeping memory for the next run; objects added stay
 * when `keep_objects`. */
void vbs_engine_reset(struct vbs_engine *engine, bool keep_objects);

/* The locale of conversions between text and numbers, dates and money, by LCID; a new engine is
 * en-US, and vbs_engine_reset makes it so again. Literals of the source are en-US whatever it is.
 * 0 means en-US. False, and nothing changes, when there is no such locale (com/locale.h). A script
 * may choose another (SetLocale). */
bool vbs_engine_set_locale(struct vbs_engine *engine, LCID lcid);
LCID vbs_engine_locale(const struct vbs_engine *engine);

enum vbs_object_flags {
	VBS_OBJECT_GLOBAL_MEMBERS =
		1, /* its members are visible without its name (WScript's way) */
};
/* Makes `object` (AddRef'ed) a global name for programs run afterwards. */
HRESULT vbs_engine_add_object(struct vbs_engine *engine, struct text name, IDispatch *object,
			      unsigned flags);

/* Runs the global code of `program`; its procedures and variables stay for later runs and calls.
 * S_OK, VBS_E_END_SCRIPT, or the error's number with `error` (may be NULL) filled. */
HRESULT vbs_engine_run(struct vbs_engine *engine, struct vbs_program *program,
		       struct vbs_error *error);
/* Calls a procedure of a program that was run. DISP_E_UNKNOWNNAME when there is none. Arguments
 * in natural order; `result` may be NULL, else VT_EMPTY or the value, the caller's. May be called
 * while the engine runs, from inside a member it called (an event of a component). */
HRESULT vbs_engine_call(struct vbs_engine *engine, struct text name, VARIANT *argv, UINT argc,
			VARIANT *result, struct vbs_error *error);
/* Whether an object was made by a script, as instance of a class or as procedure (GetRef): it ends
 * with its engine. Any thread. */
bool vbs_is_scripts(const IDispatch *object);
/* From any thread: makes the running script fail soon with `number` (0: none), even inside
 * On Error Resume Next. ASP's script time-out uses it. */
void vbs_engine_interrupt(struct vbs_engine *engine, HRESULT number);
