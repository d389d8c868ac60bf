/* SPDX-License-Identifier: Apache-2.0 */
/* A temporary state directory for one test: cmocka set-up and tear-down. `*state` is its path. */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline int state_remove_entry(const char *path, const struct stat *st, int type,
				     struct FTW *at)
{
	return remove(path);
}

static inline int state_setup(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char path[512];
	snprintf(path, sizeof(path), "%s/surrogate-test-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(path))
		return -1;
	*state = strdup(path);
	return *state ? 0 : -1;
}

static inline int state_teardown(void **state)
{
	int r = nftw(*state, state_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	free(*state);
	return r;
}

#define state_test(fn) cmocka_unit_test_setup_teardown(fn, state_setup, state_teardown)
