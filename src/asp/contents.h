/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Named values in the order they were added: what Session.Contents, Application.Contents and the
 * StaticObjects collections hold. Names are case-insensitive. Not thread safe: a session is locked
 * by its request, an application by its own lock.
 */
#pragma once

#include "base/text.h"

#include <surrogate/com.h>

#define ASP_CONTENTS_MAX 100000

struct asp_contents {
	struct map *map; /* to VARIANT *; NULL while empty */
};

void asp_contents_done(struct asp_contents *contents);
size_t asp_contents_count(const struct asp_contents *contents);
/* A copy of the value; VT_EMPTY when the name is not there. */
HRESULT asp_contents_get(const struct asp_contents *contents, struct text name, VARIANT *ret);
/* Moves `*value` in. */
HRESULT asp_contents_put(struct asp_contents *contents, struct text name, VARIANT *value);
void asp_contents_remove(struct asp_contents *contents, struct text name);
/* The name at 1-based `index`; data == NULL outside. Valid until the next change. */
struct text asp_contents_name(const struct asp_contents *contents, LONG index);
/* An enumerator over the names, for For Each. */
HRESULT asp_contents_enum(const struct asp_contents *contents, IUnknown **ret);
