/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of schema files share: schema_load.c and schema_attribute.c, nobody else. */
#pragma once

#include "config/engine/schema.h"

#define SCHEMA_SECTIONS_MAX 1024

struct schema_loader {
	struct schema *schema;
	struct schema_section sections[SCHEMA_SECTIONS_MAX];
	struct error *err;
};

int schema_no_memory(const struct schema_loader *l);
/* -EINVAL: "In the schema, <what> '<value>'". */
int schema_bad(const struct schema_loader *l, const struct xml_element *e, const char *what,
	       const char *value);
bool schema_is_true(const struct xml_element *e, const char *name);
size_t schema_count_children(const struct xml_element *e, const char *name);
/* Whether XML can have an element or attribute of this name; of a section it may be a path. */
bool schema_is_name(const char *name, bool path);

/* Reads an <attribute>. -EINVAL, -ENOMEM. */
int schema_load_attribute(const struct schema_loader *l, const struct xml_element *e,
			  struct schema_attribute *a);
