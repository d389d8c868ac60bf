/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the secrets of a file, and taking them out before other processes get it: a host knows
 * the sites and pools of all, but only the SCM logs anybody on. See secret.h; called by the SCM,
 * and by tools that write a file.
 */
#include "config/secret.h"

#include "config/engine/value.h"
#include "config/metabase.h"
#include "config/snapshot.h"

#include <stdio.h>

#define PATH_LENGTH 256
#define METADATA "system.applicationHost/customMetadata"

/* ---- the walk ---- */

struct walk {
	const struct schema *schema;
	config_secret_fn fn;
	void *ctx;
	bool metadata; /* inside customMetadata */
};

/* The number of an attribute, or of its default. */
static uint64_t number_of(const struct xml_element *e, const struct schema_element *schema,
			  const char *name)
{
	size_t at = schema_attribute_index(schema, name);
	const struct schema_attribute *a = at == SIZE_MAX ? NULL : &schema->attributes[at];
	const char *text = xml_get(e, name);
	char why[ERROR_TEXT_MAX];
	int64_t number = 0;

	if (a && (text || a->value))
		value_check(a, text ? text : a->value, &number, why);
	return (uint64_t)number;
}

static bool is_secure(const struct xml_element *e, const struct schema_element *schema)
{
	return number_of(e, schema, "attributes") & METABASE_SECURE ||
	       config_metabase_secret((uint32_t)number_of(e, schema, "id"));
}

/* `schema`: NULL in sections of others, where only the name can tell. */
static bool is_secret(const struct walk *walk, const struct xml_element *e,
		      const struct schema_element *schema, const char *name,
		      const struct schema_attribute **ret)
{
	size_t at = schema ? schema_attribute_index(schema, name) : SIZE_MAX;

	*ret = NULL;
	if (at == SIZE_MAX)
		return text_equal_nocase(text_of(name), TEXT("password"));
	if (schema->attributes[at].flags & SCHEMA_ENCRYPTED)
		*ret = &schema->attributes[at];
	return *ret || (walk->metadata && !strcmp(name, "value") && is_secure(e, schema));
}

static const struct schema_element *schema_of(const struct schema_element *parent, const char *name)
{
	size_t at = parent ? schema_child_index(parent, name) : SIZE_MAX;

	if (at != SIZE_MAX)
		return parent->children[at];
	return parent && schema_directive(parent->collection, name) == DIRECTIVE_ADD
		       ? parent->collection->entry
		       : NULL;
}

/* Recursion is as deep as XML_DEPTH_MAX. */
static int walk_element(const struct walk *walk, const struct xml_element *e,
			const struct schema_element *schema)
{
	int r = 0;

	for (size_t i = 0; i < e->attribute_count && r == 0; i++) {
		struct config_secret secret = { e, &e->attributes[i], NULL };
		if (is_secret(walk, e, schema, e->attributes[i].name, &secret.attribute))
			r = walk->fn(walk->ctx, &secret);
	}
	for (const struct xml_element *c = e->first; c && r == 0; c = c->next)
		r = walk_element(walk, c, schema_of(schema, c->name));
	return r;
}

static int walk_scope(struct walk *walk, const struct xml_element *scope, const char *prefix)
{
	int r = 0;

	for (const struct xml_element *e = scope->first; e && r == 0; e = e->next) {
		char path[PATH_LENGTH];
		int n = snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "/" : "", e->name);
		bool fits = n > 0 && (size_t)n < sizeof(path);
		size_t id = fits ? schema_find(walk->schema, path) : SIZE_MAX;

		walk->metadata = id != SIZE_MAX && !strcmp(path, METADATA);
		if (id != SIZE_MAX)
			r = walk_element(walk, e, walk->schema->sections[id].element);
		else if (!*prefix && !strcmp(e->name, "location"))
			r = walk_scope(walk, e, "");
		else if (fits && schema_is_group(walk->schema, path))
			r = walk_scope(walk, e, path);
		else
			r = walk_element(walk, e, NULL);
	}
	return r;
}

int config_secrets_each(const struct schema *schema, const struct xml_document *document,
			config_secret_fn fn, void *ctx)
{
	struct walk walk = { schema, fn, ctx, false };
	return walk_scope(&walk, document->root, "");
}

/* ---- hiding ---- */

/* Lines keep their numbers, and what is hidden its length. */
static void cover(char *text, size_t from, size_t to, char with)
{
	for (size_t at = from; at < to; at++) {
		if (text[at] != '\n')
			text[at] = with;
	}
}

static int hide(void *ctx, const struct config_secret *secret)
{
	struct xml_range range;

	if (xml_value_range(secret->element, secret->written->name, &range))
		cover(ctx, range.start, range.end, '*');
	return 0;
}

/* The position of the next `end`, or the end of the text. */
static size_t find_end(struct text text, size_t at, const char *end)
{
	const char *found = memmem(text.data + at, text.length - at, end, strlen(end));

	return found ? (size_t)(found - text.data) : text.length;
}

/* What is in comments is often what was there before. */
static void hide_comments(char *text, size_t length)
{
	struct text whole = { text, length };

	for (size_t at = 0; at < length;) {
		struct text rest = { text + at, length - at };
		size_t end;

		if (text_starts_with(rest, TEXT("<!--"))) {
			end = find_end(whole, at + 4, "-->");
			cover(text, at + 4, end, ' ');
			at = end;
		} else if (text_starts_with(rest, TEXT("<![CDATA["))) {
			at = find_end(whole, at, "]]>");
		} else if (text_starts_with(rest, TEXT("<?"))) {
			at = find_end(whole, at, "?>");
		} else {
			at++;
		}
	}
}

void config_hide_passwords(const struct config *config, char *text)
{
	struct text source = config->document->source;

	config_secrets_each(config->schema, config->document, hide, text);
	hide_comments(text, source.length);
}
