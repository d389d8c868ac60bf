/* SPDX-License-Identifier: Apache-2.0 */
/* What cscript says about itself and about a script's arguments. */
#pragma once

#include "base/buf.h"
#include "wsh/script.h"

struct wsh;

/* The text of ShowUsage from a job's <runtime>, for the script called `name` ("build.wsf"):
 * description, the usage line, the arguments, the example; or <usage> alone when it is there. */
void wsh_format_usage(const struct wsh_runtime *runtime, struct text name, struct buf *out);
/* Prints it (WScript.Arguments.ShowUsage, and `script.wsf /?`). 0 or a negated errno. */
int wsh_show_usage(const struct wsh *wsh);
/* The logo, and the options (//?). */
int wsh_show_logo(const struct wsh *wsh);
int wsh_show_options(const struct wsh *wsh);
