/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the objects of this folder share: settings, arguments, errors, lists of texts. Any thread.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "com/automation.h"

/* The state directory of wscript_configure(); NULL in a process that belongs to many scripts. */
const char *wscript_state(void);

/* Argument `i` as UTF-8 for mem_free; "" when it is left out. */
HRESULT wscript_arg_text(struct automation_call *call, UINT i, char **ret);
/* As wscript_arg_text, of what is a name or a command: error 5 with a NUL in it, which would make
 * it another one. */
HRESULT wscript_arg_name(struct automation_call *call, UINT i, char **ret);
/* Raises what a negated errno value means; `source` is "WshShell.Run", `what` is the thing that it
 * happened to. -ENOENT is 0x80070002, -EACCES and -EPERM are VBScript's error 70. */
HRESULT wscript_raise_errno(struct automation_call *call, int code, const char *source,
			    const char *what);
/* Raises error 70: `what` belongs to a process that runs many scripts. */
HRESULT wscript_raise_shared(struct automation_call *call, const char *source, const char *what);

/* ---- collection.c ---- */

/* A WshCollection: Item, Count, length, For Each over texts. The texts in `items` are copied. */
HRESULT wscript_collection_new(const char *const *items, size_t count, IDispatch **ret);

/* ---- variables.c ---- */

/* The value of an environment variable as scripts expect it, appended to `out`: the process's own,
 * whatever the case of its name, else one that Windows always has (COMSPEC, WINDIR, USERPROFILE
 * ...). False when there is none. */
bool wscript_variable(struct text name, struct buf *out);
/* Calls `fn` with each "NAME=value" of the process, then of those Windows always has. */
typedef void (*wscript_variable_fn)(void *ctx, struct text name, struct text value);
void wscript_variables(bool process, wscript_variable_fn fn, void *ctx);
/* `t` with every %NAME% replaced that has a value, appended. */
void wscript_expand(struct text t, struct buf *out);

#define WSCRIPT_NAME_SIZE 256
void wscript_computer_name(char out[WSCRIPT_NAME_SIZE]);
/* The user and the domain in front of it: "www-data" of the computer, or "DefaultAppPool" of
 * "IIS APPPOOL". */
void wscript_user_name(char user[WSCRIPT_NAME_SIZE], char domain[WSCRIPT_NAME_SIZE]);
/* The user's home folder, a Linux path; "/" when there is none. */
const char *wscript_home(void);
