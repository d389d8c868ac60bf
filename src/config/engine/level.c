/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One level of inheritance after the other; see level.h. Called while a snapshot or a view is
 * built, by one thread.
 */
#include "config/engine/level.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>

static int alloc(struct level *level, const struct schema *schema, struct arena *arena)
{
	level->schema = schema;
	level->sections = arena_zalloc(arena, schema->count, sizeof(struct effective *));
	level->rules = arena_zalloc(arena, schema->count, sizeof(*level->rules));
	return level->sections && level->rules ? 0 : -ENOMEM;
}

int level_init(struct level *level, const struct schema *schema, struct arena *arena)
{
	int r = alloc(level, schema, arena);
	for (size_t i = 0; i < schema->count && r == 0; i++) {
		level->sections[i] = schema->sections[i].installed;
		level->rules[i] = schema->sections[i].rule;
	}
	return r;
}

int level_copy(const struct level *level, struct arena *arena, struct level *ret)
{
	size_t count = level->schema->count;
	int r = alloc(ret, level->schema, arena);
	if (r < 0)
		return r;
	memcpy(ret->sections, level->sections, count * sizeof(struct effective *));
	memcpy(ret->rules, level->rules, count * sizeof(*level->rules));
	return 0;
}

struct apply {
	struct level *level;
	const struct level_source *source;
};

/* What unlocks: the place that is locked, and the file the lock stands in: `appcmd` looks for it
 * in applicationHost.config unless another one is named. */
static void describe_lock(const struct xml_element *by, const char *section, char *out, size_t size)
{
	struct location location = { 0 };
	const char *path = by->document->path;

	if (!strcmp(by->name, "location"))
		location = section_location(by);
	bool split = *path && location.path.length;
	snprintf(out, size,
		 " It is locked in %.160s, line %d; unlock it with: appcmd unlock config "
		 "%s%s%s" TEXT_FMT "%s/section:%s%s%s%s",
		 by->document->file, by->line, *path || location.path.length ? "\"" : "", path,
		 split ? "/" : "", TEXT_ARG(location.path),
		 *path || location.path.length ? "\" " : "", section,
		 *path                  ? " /commit:\""
		 : location.path.length ? " /commit:apphost"
					: "",
		 path, *path ? "\"" : "");
}

/* What a section that is not allowed here is told, by IIS's words. */
static int check_allowed(const struct apply *apply, size_t id, const struct xml_element *section)
{
	const struct section_rule *rule = &apply->level->rules[id];
	const char *path = apply->level->schema->sections[id].path;
	struct error *err = apply->source->merge.err;
	char how[ERROR_TEXT_MAX / 2] = "";

	if (!rule->by)
		return xml_fail(section, XML_BAD_DATA, err,
				"The configuration section '%s' cannot be read because it is "
				"missing a section declaration",
				path);
	bool here = rule->definition == SECTION_EVERYWHERE ||
		    (rule->definition == SECTION_TO_APPLICATION && apply->source->root);
	if (!apply->source->web_config || (rule->allow && here))
		return 0;
	if (here)
		describe_lock(rule->by, path, how, sizeof(how));
	return xml_fail(section, XML_LOCKED, err,
			"This configuration section cannot be used at this path. This happens when "
			"the section is locked at a parent level. Locking is either by default "
			"(overrideModeDefault=\"Deny\"), or set explicitly by a location tag with "
			"overrideMode=\"Deny\" or the legacy allowOverride=\"false\".%s",
			how);
}

static int apply_section(void *ctx, size_t id, const struct xml_element *section)
{
	const struct apply *apply = ctx;
	const struct level_source *source = apply->source;
	const struct effective **held = &apply->level->sections[id];

	int r = check_allowed(apply, id, section);
	if (r == 0)
		r = effective_merge(&source->merge, *held, section, held);
	return r;
}

int level_apply(struct level *level, const struct xml_element *scope,
		const struct level_source *source)
{
	struct apply apply = { level, source };
	return sections_each(level->schema, scope, apply_section, &apply);
}

struct lock_scope {
	struct level *level;
	const struct xml_element *element;
	bool allow;
	struct error *err;
};

/* How long the path of the place is that a <location> is about. Those that meet are on one way
 * down, so the longer one is the deeper one. */
static size_t place_length(const struct xml_element *element)
{
	size_t file = strlen(element->document->path);
	size_t inside = section_location(element).path.length;
	return file + inside + (file && inside);
}

/* Whether the file of `lock` is between that of `unlock` and the place it unlocks. */
static bool is_between(const struct xml_element *lock, const struct xml_element *unlock)
{
	size_t at = strlen(lock->document->path);
	return strlen(unlock->document->path) < at && at < place_length(unlock);
}

static int contradicts(const struct xml_element *lock, const struct xml_element *unlock,
		       const char *section, struct error *err)
{
	struct text path = section_location(unlock).path;
	return xml_fail(
		lock, XML_LOCKED, err,
		"The section '%s' is locked here, but %.200s, line %d, unlocks it for '%.*s', "
		"which is below.  Take one of the two away",
		section, unlock->document->file, unlock->line,
		(int)(path.length < 100 ? path.length : 100), path.data);
}

static int lock_section(void *ctx, size_t id, const struct xml_element *section)
{
	const struct lock_scope *lock = ctx;
	struct section_rule *rule = &lock->level->rules[id];
	const struct xml_element *before = rule->by, *now = lock->element;
	bool located = before && !strcmp(before->name, "location") && rule->allow != lock->allow;

	if (located && is_between(lock->allow ? before : now, lock->allow ? now : before))
		return contradicts(lock->allow ? before : now, lock->allow ? now : before,
				   lock->level->schema->sections[id].path, lock->err);
	rule->allow = lock->allow;
	rule->by = now;
	return 0;
}

int level_lock(struct level *level, const struct xml_element *element, enum location_mode mode,
	       struct error *err)
{
	struct lock_scope lock = { level, element, mode == LOCATION_ALLOW, err };
	return mode == LOCATION_INHERIT
		       ? 0
		       : sections_each(level->schema, element, lock_section, &lock);
}

const struct effective *level_section(const struct level *level, const char *path)
{
	size_t id = schema_find(level->schema, path);
	return id == SIZE_MAX ? NULL : level->sections[id];
}
