/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that runs, as the metabase asks for it: states of sites and pools, and what starts and
 * stops them (`struct metabase_running`). Runs in the tool, as the caller, in one thread.
 */
#pragma once

#include "base/arena.h"
#include "config/metabase.h"

struct map;

struct client_running {
	struct metabase_running hook; /* for config_metabase_running */
	const char *state_dir;
	struct arena arena;
	struct map *sites, *pools; /* by number and by name; NULL: not asked yet */
	int result;                /* of noting what it said */
};

/* The server is asked once, when its answer is first needed, and again after a command. `state_dir`
 * stays the caller's. */
void client_running_init(struct client_running *running, const char *state_dir);
void client_running_done(struct client_running *running);
