/* SPDX-License-Identifier: Apache-2.0 */
/* The rule of state.h. Called by the `main` of programs and tools. */
#include "tools/state.h"

#include <stdlib.h>

const char *state_directory(const char *option)
{
	if (option && *option)
		return option;
	const char *environment = getenv("SURROGATE_STATE");
	return environment && *environment ? environment : STATE_DIRECTORY_INSTALLED;
}
