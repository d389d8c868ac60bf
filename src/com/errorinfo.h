/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error information beside an HRESULT: what CreateErrorInfo and its companions do, for the code
 * here. A failing function of ours says in words why, and whoever shows the failure to a person
 * asks for them; a component that supports ISupportErrorInfo gets its words into Err.Description.
 */
#pragma once

#include "base/text.h"

#include <surrogate/com.h>

/* Sets the thread's error information and returns `hr`. Without memory the code alone must do. */
HRESULT errorinfo_set(HRESULT hr, const char *source, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The thread's description, which it then has no more: mem_free. NULL: there is none. */
char *errorinfo_take_text(void);
/* Forgets what earlier calls left: before a call that may set it. */
void errorinfo_clear(void);
/* After a method of `object`'s interface `riid` failed with `hr`: when the object supports error
 * information for it and there is some, fills the exception and returns DISP_E_EXCEPTION; else
 * returns `hr`. */
HRESULT errorinfo_to_exception(IUnknown *object, REFIID riid, HRESULT hr, EXCEPINFO *exception);
/* A copy that is an object of ours, whatever `from` is; it names `failed` as the interface that
 * failed when that names none. */
HRESULT errorinfo_copy(IErrorInfo *from, REFIID failed, IErrorInfo **ret);
/* Whether what the thread has is of that object's interface, as far as the object says so
 * (ISupportErrorInfo): after a method that failed. False: there is none. */
bool errorinfo_is_of(IUnknown *object, REFIID riid);
