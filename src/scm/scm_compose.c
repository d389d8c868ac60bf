/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of a launch description (scm_compose.h). SCM loop thread. */
#include "scm/scm_compose.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

void scm_compose_init(struct scm_composer *c, struct scm *scm, const struct scm_launch *what)
{
	*c = (struct scm_composer){ .scm = scm, .what = what };
	arena_init(&c->arena, LAUNCH_MEMORY_MAX);
}

void scm_compose_done(struct scm_composer *c)
{
	arena_done(&c->arena);
}

/* Room for one more: lists have 2^n entries, and none while they are empty. */
static bool list_grow(struct scm_composer *c, struct launch_list *list)
{
	size_t count = list->count, room = count ? 2 * count : 1;
	struct text *items;

	if (count & (count - 1))
		return true;
	items = arena_zalloc(&c->arena, room, sizeof(*items));
	if (items && count)
		memcpy(items, list->items, count * sizeof(*items));
	list->items = items ? items : list->items;
	return items;
}

void scm_compose_add(struct scm_composer *c, struct launch_list *list, const char *text)
{
	char *copy;

	if (list->count == LAUNCH_LIST_MAX) {
		c->error = -E2BIG;
		return;
	}
	copy = list_grow(c, list) ? arena_strndup(&c->arena, text, strlen(text)) : NULL;
	if (!copy)
		c->error = -ENOMEM;
	else
		list->items[list->count++] = text_of(copy);
}

void scm_compose_add_once(struct scm_composer *c, struct launch_list *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++) {
		if (text_equal(list->items[i], text_of(path)))
			return;
	}
	scm_compose_add(c, list, path);
}

void scm_compose_addf(struct scm_composer *c, struct launch_list *list, const char *format, ...)
{
	char text[SCM_PATH_MAX + 64];
	va_list args;

	va_start(args, format);
	if (vsnprintf(text, sizeof(text), format, args) >= (int)sizeof(text))
		c->error = -ENAMETOOLONG;
	va_end(args);
	if (!c->error)
		scm_compose_add(c, list, text);
}
