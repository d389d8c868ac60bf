/* SPDX-License-Identifier: Apache-2.0 */
/* What xml.c and xml_replace.c share. */
#pragma once

#include "config/engine/xml.h"

/* Reads `part`, an element of its own, into the memory of a document, whose tree stays as it is.
 * Lines and bytes count from the part's begin. `depth`: of what it is in; `*elements`: how many
 * there are besides, and then with these. -EINVAL, -ENOMEM. */
int xml_read_part(struct xml_document *document, struct text part, unsigned depth,
		  unsigned *elements, struct xml_element **ret);
