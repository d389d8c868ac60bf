/* SPDX-License-Identifier: Apache-2.0 */
/* Where a program finds the state of the server: one rule for all programs and tools. */
#pragma once

#include "base/error.h"

#include <limits.h>

#define STATE_DIRECTORY_INSTALLED "/var/lib/surrogate"

/* `option` (the value of --state, may be NULL), else the environment's SURROGATE_STATE unless it
 * is empty, else STATE_DIRECTORY_INSTALLED. Points into its sources; never NULL. */
const char *state_directory(const char *option);

/* The server's configuration of a state directory; errors are config_locate's. */
int state_config_file(const char *state_dir, char ret[PATH_MAX], struct error *err);
