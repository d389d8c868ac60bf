/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files of vbs-run: the script to run, its end, and the names it sees.
 */
#pragma once

#include "script/vbs/vbs.h"

#include <stdio.h>

struct automation_object;

struct run_script {
	const char *file;
	struct text text;
	struct vbs_limits limits;
	bool desktop;
};

/* Where Echo and the report of an error go. */
extern FILE *run_output;

/* Compiles and runs. S_OK, or the number of the error, which is reported. */
HRESULT run_script(const struct run_script *script, bool compile_only);

/* Runs with every allocation failing once; when that takes longer than about `budget_ms` (0: no
 * limit), with some. An exit status; what was found goes to the standard output. */
int run_with_faults(const struct run_script *script, unsigned budget_ms);

struct automation_object *host_object(void);
HRESULT host_message(void *ctx, BSTR text, LONG flags, BSTR title, LONG *ret);
