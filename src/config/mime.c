/* SPDX-License-Identifier: Apache-2.0 */
/* The MIME map in the order look-up wants. Called while a snapshot or a view is built. */
#include "config/snapshot.h"

#include <errno.h>
#include <stdlib.h>

static int by_extension(const void *a, const void *b)
{
	return text_compare_nocase(((const struct mime_entry *)a)->extension,
				   ((const struct mime_entry *)b)->extension);
}

int config_mime_map(const struct effective *static_content, struct arena *arena,
		    struct mime_map *ret)
{
	const struct effective_entries *entries = static_content->entries;
	struct mime_entry *list = arena_zalloc(arena, entries->count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < entries->count; i++) {
		list[i].extension = text_of(effective_text(entries->items[i], "fileExtension"));
		list[i].type = effective_text(entries->items[i], "mimeType");
	}
	qsort(list, entries->count, sizeof(*list), by_extension);
	*ret = (struct mime_map){ list, entries->count };
	return 0;
}
