/* SPDX-License-Identifier: Apache-2.0 */
/* Filling typed structs; see bind.h. Called while a snapshot or a view is built. */
#include "config/bind.h"

#include "base/mem.h"
#include "config/engine/value.h"

#include <errno.h>

static int bind_text(const struct bind_context *ctx, const struct schema_attribute *a,
		     const char *text, char *place)
{
	if ((a->flags & SCHEMA_EXPAND) && text)
		text = value_expand(text, ctx->state_dir, ctx->arena);
	else if (!text)
		text = "";
	if (!text)
		return error_set(ctx->err, -ENOMEM, "out of memory");
	memcpy(place, &text, sizeof(text));
	return 0;
}

static void bind_number(int64_t number, size_t size, char *place)
{
	bool truth = number != 0;
	uint32_t narrow = (uint32_t)number;

	if (size == sizeof(truth))
		memcpy(place, &truth, size);
	else if (size == sizeof(narrow))
		memcpy(place, &narrow, size);
	else
		memcpy(place, &number, size);
}

int config_bind(const struct bind_context *ctx, const struct effective *e,
		const struct bind_row *rows, size_t count, void *base)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		char why[ERROR_TEXT_MAX], *place = (char *)base + rows[i].offset;
		const struct schema_attribute *a;
		const struct effective_value *value = effective_value(e, rows[i].path, &a);
		int64_t number = 0;

		if (rows[i].size == 0)
			continue;
		ASSERT(value);
		if (a->type == SCHEMA_STRING) {
			r = bind_text(ctx, a, value->text, place);
			continue;
		}
		/* What is written was checked, and so was the default. */
		if (value->text)
			value_check(a, value->text, &number, why);
		bind_number(number, rows[i].size, place);
	}
	return r;
}

char *config_local_path(const char *path, struct arena *arena)
{
	bool drive = path[0] && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
	char *copy = arena_strndup(arena, path + (drive ? 2 : 0), strlen(path) - (drive ? 2 : 0));

	for (char *c = copy; c && *c; c++)
		*c = *c == '\\' ? '/' : *c;
	for (size_t n = copy ? strlen(copy) : 0; n > 1 && copy[n - 1] == '/'; n--)
		copy[n - 1] = '\0';
	return copy;
}

int config_bind_lists(const struct bind_context *ctx, const struct effective *e,
		      const struct bind_list *lists, size_t count, void *base)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		const struct bind_list *list = &lists[i];
		const struct effective_entries *entries = effective_find(e, list->path)->entries;
		char *items;

		if (list->size == 0)
			continue;
		items = arena_zalloc(ctx->arena, entries->count + 1, list->size);
		if (!items)
			return error_set(ctx->err, -ENOMEM, "out of memory");
		memcpy((char *)base + list->items, &items, sizeof(items));
		memcpy((char *)base + list->count, &entries->count, sizeof(entries->count));
		for (size_t k = 0; k < entries->count && r == 0; k++, items += list->size) {
			r = config_bind(ctx, entries->items[k], list->rows.items, list->rows.count,
					items);
			if (r == 0)
				r = config_bind_lists(ctx, entries->items[k], list->lists,
						      list->list_count, items);
		}
	}
	return r;
}

int config_bind_table(const struct bind_context *ctx, const struct effective *section,
		      const struct bind_table *table, void *base)
{
	int r = config_bind(ctx, section, table->rows.items, table->rows.count, base);

	return r == 0 ? config_bind_lists(ctx, section, table->lists, table->list_count, base) : r;
}
