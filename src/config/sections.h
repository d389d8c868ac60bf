/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which sections there are, who may write them where, and the way through a file: groups,
 * sections, location elements.
 */
#pragma once

#include "config/schema.h"

enum section_definition { SECTION_EVERYWHERE, SECTION_TO_APPLICATION, SECTION_APPHOST_ONLY };

struct section {
	const char *path;                    /* "system.webServer/asp" */
	const struct schema_element *schema; /* NULL: known, but nothing is made of it */
	enum section_definition definition;
	bool allow; /* overrideModeDefault="Allow" */
};

#define SECTION_COUNT_MAX 96
size_t section_count(void);
const struct section *section_at(size_t i);

/* What holds for sections at a place: the declarations of applicationHost.config, and locks. */
struct section_rules {
	bool allow[SECTION_COUNT_MAX];
	enum section_definition definition[SECTION_COUNT_MAX];
};
/* The defaults, then what <configSections> of `document` says. The document was checked. */
void section_rules_init(struct section_rules *rules, const struct xml_document *document);

/* Calls `fn` for each known section in `scope` (<configuration> or <location>), until it returns
 * non-zero, which is returned. */
typedef int (*section_fn)(void *ctx, size_t id, const struct xml_element *section);
int sections_each(const struct xml_element *scope, section_fn fn, void *ctx);

/* The element of the section `path` in `scope`; NULL: it is not written there. */
const struct xml_element *sections_find(const struct xml_element *scope, const char *path);

/* Checks a whole file: structure, every known section by its schema, no section twice in one
 * place. `parent` (may be NULL) is a file whose <configSections> also count. -EINVAL. */
int sections_check(const struct xml_document *document, const struct xml_document *parent,
		   struct error *err);

enum location_mode { LOCATION_INHERIT, LOCATION_ALLOW, LOCATION_DENY };
struct location {
	struct text path; /* without slashes at the ends; "." and none are "" */
	enum location_mode mode;
	bool children; /* inheritInChildApplications */
};
/* Reads a <location> that was checked. */
struct location section_location(const struct xml_element *element);
