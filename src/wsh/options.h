/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of cscript, as Windows Script Host reads it: `//name` is for the host wherever
 * it stands, the first other argument is the script, what follows is for the script. Our own
 * options (`--dump`, `--lint`, ...) stand in front of the script's name. Pure functions.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum wsh_mode { WSH_RUN, WSH_HELP, WSH_VERSION, WSH_DUMP, WSH_LINT, WSH_DEFAULT_HOST };

#define WSH_TIMEOUT_MAX 32767 /* seconds */

struct wsh_options {
	enum wsh_mode mode;
	const char *script; /* as given; NULL when there is none */
	const char *engine; /* //E:, NULL */
	const char *job;    /* //Job:, NULL */
	const char *state;  /* --state, NULL */
	int timeout;        /* //T:, in seconds; 0: none */
	bool batch, no_logo, unicode;
	const char *const *arguments; /* the script's, or the other files of --lint */
	size_t argument_count;
};

/* Reads argv[1..argc), which is reordered and which the result points into. -EINVAL with a text in
 * WSH's words. */
int wsh_options_parse(int argc, char **argv, struct wsh_options *ret, struct error *err);
