/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What looks like a mistake in sources that compile: for owners of old code, who get it from
 * `cscript --lint`. Sources are read, never run. One thread at a time; nothing is kept.
 */
#pragma once

#include "script/vbs/vbs.h"

enum vbs_finding_kind {
	VBS_FINDING_UNDECLARED,  /* a variable that nothing declares, without Option Explicit */
	VBS_FINDING_UNREAD,      /* assigned, and never read */
	VBS_FINDING_UNREACHABLE, /* behind Exit, WScript.Quit, Response.End, Response.Redirect */
	VBS_FINDING_DUPLICATE,   /* a second procedure of a name: the first is never called */
	VBS_FINDING_ARGUMENTS,   /* a call with too many or too few arguments */
	VBS_FINDING_UNKNOWN,     /* a name that nothing assigns, declares or provides */
};

struct vbs_finding {
	enum vbs_finding_kind kind;
	const char *file; /* of its source */
	uint32_t line, column;
	const char *text; /* "'x' is assigned but never read"; valid during the call only */
};

#define VBS_LINT_FINDINGS_MAX 10000

struct vbs_lint {
	/* Sources that share their global names, as those of a .wsf job do; each has compiled. */
	const struct vbs_source *sources;
	size_t source_count;
	/* Global names that the host provides. */
	const struct text *names;
	size_t name_count;
	/* A piece of something larger: nothing is said of global names that others may use. */
	bool fragment;
	void (*report)(void *ctx, const struct vbs_finding *finding);
	void *ctx;
};

/* Reports what it finds, in the order of sources and places, at most VBS_LINT_FINDINGS_MAX. 0, or
 * -ENOMEM. */
int vbs_lint(const struct vbs_lint *lint);
