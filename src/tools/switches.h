/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command lines in the manner of Windows tools, from one table per tool: `/name:value`,
 * `-name:value`, `/name`, in any case, anywhere on the line; and `--name VALUE` or `--name=VALUE`
 * for those who come from Linux. What is no switch is a positional argument: also an argument
 * such as `/var/www`, since a name holds no second slash. `--` ends the switches.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum switch_kind {
	SWITCH_FLAG, /* no value; `value` is a bool * */
	SWITCH_BOOL, /* true, false, t, f, yes, no, 1, 0; none means true; a bool * */
	SWITCH_TEXT, /* a const char **, which then points into argv */
	SWITCH_U32,  /* a uint32_t * */
};

struct switch_spec {
	const char *name;  /* without the slash: "f" */
	const char *alias; /* "format", or NULL */
	enum switch_kind kind;
	void *value;
};

/* Reads argv[1..argc). Positional arguments are moved to the front, argv[0..*ret_count), in their
 * order, and argv[*ret_count] is NULL. -EINVAL with a text that names the switch and what it wants.
 * `/?`, `-?`, `-h` and `--help` set *ret_help and are always accepted. */
int switches_parse(int argc, char **argv, const struct switch_spec *specs, size_t spec_count,
		   int *ret_count, bool *ret_help, struct error *err);

/* `--version` alone on the line: prints "TOOL VERSION" and returns true; the tool is then done. */
bool switches_version(int argc, char **argv, const char *tool);

/* The end of a tool: `status`, or 1 with a line on standard error when not all it printed could be
 * written. Standard output is closed. */
int switches_end(const char *tool, int status);
