/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way through a file: <configSections>, groups, sections, <location> elements; and who may
 * write a section where.
 */
#pragma once

#include "config/engine/schema.h"

/* Sets the rules of sections that are not declared yet by what <configSections> of `document`,
 * which was checked, says. `rules` has one for each section of the schema. -ENOMEM. */
int section_rules_add(const struct schema *schema, const struct xml_document *document,
		      struct section_rule *rules, struct error *err);
/* The same for a file whose declarations stand above the ones there are: applicationHost.config
 * over the installed ones. */
int section_rules_override(const struct schema *schema, const struct xml_document *document,
			   struct section_rule *rules, struct error *err);

/* Calls `fn` for each section of the schema in `scope` (<configuration> or <location>), until it
 * returns non-zero, which is returned. */
typedef int (*section_fn)(void *ctx, size_t id, const struct xml_element *section);
int sections_each(const struct schema *schema, const struct xml_element *scope, section_fn fn,
		  void *ctx);

/* Of one file: each is looked at once for every segment of a path. */
#define LOCATIONS_MAX 16384

/* Checks a whole file: structure, every known section by its schema, no section twice in one
 * place. `parent` (may be NULL) is a file whose <configSections> also count. -EINVAL, -ENOMEM. */
int sections_check(const struct schema *schema, const struct xml_document *document,
		   const struct xml_document *parent, struct error *err);

enum location_mode { LOCATION_INHERIT, LOCATION_ALLOW, LOCATION_DENY }; /* the schema's numbers */
struct location {
	struct text path; /* without slashes at the ends; "." and none are "" */
	enum location_mode mode;
	bool children; /* inheritInChildApplications */
};
/* Reads a <location> that was checked. */
struct location section_location(const struct xml_element *element);
