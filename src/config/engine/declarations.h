/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sections that the <configSections> of a file declares: looked up by path, whatever the number
 * of elements that ask.
 */
#pragma once

#include "config/engine/schema.h"

/* <section> and <sectionGroup> elements of one file: that of an IIS has about 120. */
#define DECLARATIONS_MAX 1024

struct map;

/* The <section> elements of a document (NULL: none of them) by path, the first of each. -EINVAL
 * with `err` when there are too many; -ENOMEM. Freed with section_declarations_free. */
int section_declarations_new(const struct xml_document *document, struct map **ret,
			     struct error *err);
/* Takes NULL, returns NULL. */
struct map *section_declarations_free(struct map *declarations);
/* NULL: not declared. */
const struct xml_element *section_declarations_find(const struct map *declarations,
						    const char *path);
/* Checks the elements of <configSections>. */
int section_declarations_check(const struct schema *schema, const struct xml_element *parent,
			       struct error *err);
/* Checks one of the elements that structure a file, without what is in it. */
int section_declarations_check_element(const struct schema *schema,
				       const struct xml_element *element, const char *as,
				       struct error *err);
