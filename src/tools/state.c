/* SPDX-License-Identifier: Apache-2.0 */
/* The rule of state.h. Called by the `main` of programs and tools. */
#include "tools/state.h"

#include "config/config.h"

#include <stdlib.h>

const char *state_directory(const char *option)
{
	if (option && *option)
		return option;
	const char *environment = getenv("SURROGATE_STATE");
	return environment && *environment ? environment : STATE_DIRECTORY_INSTALLED;
}

int state_config_file(const char *state_dir, char ret[PATH_MAX], struct error *err)
{
	return config_locate(state_dir, ret, err);
}
