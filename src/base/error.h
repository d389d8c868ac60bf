/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The error doctrine of the whole project.
 *
 * A function that can fail returns int:
 *   0          success;
 *   negative   a fatal error, a negated errno value. It travels up unchanged until somebody can
 *              give up the unit of work (a request, a message, a process);
 *   positive   a documented condition that belongs to this one function, an enumerator named in
 *              its header. The direct caller must handle it; it never travels further.
 *
 * Outputs stay untouched on failure. Where a person will read about the failure, the function
 * takes a `struct error *` as its last parameter: what happened, to what, and what to do. It may
 * be NULL. HRESULT appears only at the COM edge and Err numbers only at the VM edge.
 * Libraries return; only programs print.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define ERROR_TEXT_MAX 800
#define ERROR_SOURCE_MAX 512

/* An explanation for people. Plain value: copy it, keep it on the stack, no destructor. */
struct error {
	int code;                  /* negative errno, or the caller's documented condition */
	uint32_t hresult;          /* the standard code to show, 0 when there is none */
	int line;                  /* 1-based line in `file`, 0 when there is none */
	int column;                /* 1-based, 0 when there is none */
	char file[256];            /* the file the text is about, "" when there is none */
	char text[ERROR_TEXT_MAX]; /* one sentence or two, UTF-8, no newline at the end */
	/* The line and its neighbours as they were read, each with its newline; "" when nobody
	 * added them. Long ones are cut. */
	char source[ERROR_SOURCE_MAX];
	int source_line; /* the number of the first of them */
};

/* Fills `err` (may be NULL) with `code` and a formatted text and returns `code`, so that a failing
 * path reads `return error_set(err, -ENOENT, "...")`. Position and hresult are cleared. */
int error_set(struct error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As error_set, with the position the text is about. */
int error_set_at(struct error *err, int code, const char *file, int line, int column,
		 const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Adds the line that the error is about, and one on either side, from the text of its file: who
 * shows them later need not read the file, which may be another one by then. */
void error_add_source(struct error *err, const char *text, size_t length);

/* Puts words in front of the text that is there: "cannot read the site list: " + text. */
void error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The C library's text for an errno value, of either sign. Never NULL; thread safe. */
const char *error_errno_text(int code);

/* A programmer's mistake: says where and aborts. For hosts and tools; input must never reach one
 * in a privileged process. */
#define ASSERT(cond) ((cond) ? (void)0 : error_assert_failed(#cond, __FILE__, __LINE__))
_Noreturn void error_assert_failed(const char *cond, const char *file, int line);
