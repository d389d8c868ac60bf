/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merging one written element into what held before; see effective.h. Entries of collections are
 * collection.c's. Called while a snapshot or a view is built, on any thread.
 */
#include "config/engine/effective.h"

#include "base/mem.h"
#include "config/engine/locks.h"

#include <errno.h>

static int no_memory(const struct effective_context *ctx)
{
	return error_set(ctx->err, -ENOMEM, "out of memory");
}

static int merge_attributes(const struct effective_context *ctx, struct effective *e,
			    const struct xml_element *written)
{
	struct effective_value *values = NULL;

	for (size_t i = 0; i < written->attribute_count; i++) {
		size_t at = schema_attribute_index(e->schema, written->attributes[i].name);
		if (at == SIZE_MAX)
			continue;
		if (!values)
			values = arena_dup(ctx->arena, e->values,
					   e->schema->attribute_count * sizeof(*values));
		if (!values)
			return no_memory(ctx);
		values[at] = (struct effective_value){ written->attributes[i].value, written };
	}
	if (values)
		e->values = values;
	return 0;
}

static int merge_children(const struct effective_context *ctx, struct effective *e,
			  const struct xml_element *written, const struct effective_outer *outer)
{
	const struct effective **children = NULL;

	for (const struct xml_element *c = written->first; c; c = c->next) {
		size_t at = schema_child_index(e->schema, c->name);
		if (at == SIZE_MAX)
			continue;
		if (!children)
			children = arena_dup(ctx->arena, e->children,
					     e->schema->child_count * sizeof(struct effective *));
		if (!children)
			return no_memory(ctx);
		int r = effective_merge_inside(ctx, children[at], c, outer, &children[at]);
		if (r < 0)
			return r;
	}
	if (children)
		e->children = children;
	return 0;
}

/* Recursion is as deep as the schema. Children come first: entries start from defaults elements,
 * which usually stand behind them. */
int effective_merge_inside(const struct effective_context *ctx, const struct effective *base,
			   const struct xml_element *written, const struct effective_outer *outer,
			   const struct effective **ret)
{
	int r = ctx->locks ? locks_check(base->locks, written, ctx->err) : 0;
	if (r < 0)
		return r;
	struct effective *e = arena_dup(ctx->arena, base, sizeof(*e));
	if (!e)
		return no_memory(ctx);
	struct effective_outer here = { e, outer };

	e->by = written;
	r = merge_attributes(ctx, e, written);
	if (r == 0)
		r = merge_children(ctx, e, written, &here);
	if (r == 0 && e->schema->collection)
		r = effective_merge_entries(ctx, e, written, &here);
	if (r == 0)
		r = locks_add(ctx->arena, &e->locks, written, ctx->err);
	if (r == 0)
		*ret = e;
	return r;
}

int effective_merge(const struct effective_context *ctx, const struct effective *base,
		    const struct xml_element *written, const struct effective **ret)
{
	return effective_merge_inside(ctx, base, written, NULL, ret);
}

/* ---- reading ---- */

static size_t child_index(const struct schema_element *schema, struct text name)
{
	size_t i = 0;
	while (i < schema->child_count && !text_equal(text_of(schema->children[i]->name), name))
		i++;
	return i < schema->child_count ? i : SIZE_MAX;
}

static const struct effective *find(const struct effective *e, struct text path)
{
	while (e && path.length) {
		size_t at = child_index(e->schema, text_cut(&path, '/'));
		e = at == SIZE_MAX ? NULL : e->children[at];
	}
	return e;
}

const struct effective *effective_find(const struct effective *e, const char *path)
{
	return find(e, text_of(path));
}

const struct effective_value *effective_value(const struct effective *e, const char *path,
					      const struct schema_attribute **ret)
{
	const char *slash = strrchr(path, '/');
	size_t at;

	if (slash)
		e = find(e, (struct text){ path, (size_t)(slash - path) });
	at = e ? schema_attribute_index(e->schema, slash ? slash + 1 : path) : SIZE_MAX;
	if (at == SIZE_MAX)
		return NULL;
	if (ret)
		*ret = &e->schema->attributes[at];
	return &e->values[at];
}

const char *effective_text(const struct effective *e, const char *path)
{
	const struct effective_value *value = effective_value(e, path, NULL);
	return value && value->text ? value->text : "";
}

/* Recursion is as deep as the schema. */
void effective_list(const struct effective_lister *lister, const struct effective *e,
		    const char *name, int depth)
{
	lister->open(lister->ctx, e, name, depth);
	for (size_t i = 0; i < e->schema->child_count; i++)
		effective_list(lister, e->children[i], e->schema->children[i]->name, depth + 1);
	for (size_t i = 0; i < e->entries->count; i++)
		effective_list(lister, e->entries->items[i], e->entries->items[i]->by->name,
			       depth + 1);
	if (lister->close)
		lister->close(lister->ctx, e, name, depth);
}
