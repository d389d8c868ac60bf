/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A level of the hierarchy: every section as it holds at a place, and who may write it below.
 */
#pragma once

#include "config/engine/effective.h"
#include "config/engine/sections.h"

struct level {
	const struct schema *schema;
	const struct effective **sections; /* one for each of the schema */
	struct section_rule *rules;        /* likewise */
};

/* What is being applied. */
struct level_source {
	struct effective_context merge;
	bool web_config; /* a file below applicationHost.config: section locks hold */
	bool root;       /* ... in the root folder of an application */
};

/* The level above all files: what is installed. -ENOMEM. */
int level_init(struct level *level, const struct schema *schema, struct arena *arena);
/* `ret` begins as `level` is, and is then changed alone. -ENOMEM. */
int level_copy(const struct level *level, struct arena *arena, struct level *ret);
/* Applies <configuration> or <location> of a file. */
int level_apply(struct level *level, const struct xml_element *scope,
		const struct level_source *source);
/* Locks or unlocks the sections in a <location> for what is below. -EINVAL: a file locks what one
 * above it unlocks for a place below it, so that the two contradict each other. */
int level_lock(struct level *level, const struct xml_element *element, enum location_mode mode,
	       struct error *err);
/* The section of a path that is in the schema. */
const struct effective *level_section(const struct level *level, const char *path);
