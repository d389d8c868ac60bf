/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way through a file; see sections.h. Sections without a schema (system.web, appSettings, ...)
 * belong to other programs: they are kept and passed over.
 */
#include "config/engine/sections.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "config/engine/declarations.h"
#include "config/engine/value.h"

#include <errno.h>
#include <stdio.h>

#define PATH_MAX_LENGTH 256

/* ---- the way through a scope ---- */

/* What a walk does with what it meets; `unknown` is an element in a group of ours. */
struct walk {
	const struct schema *schema;
	section_fn section;
	int (*unknown)(void *ctx, const char *path, const struct xml_element *element);
	void *ctx;
};

/* Groups nest as deep as the paths of the schema. */
static int walk_group(const struct walk *walk, const struct xml_element *group, const char *prefix)
{
	char path[PATH_MAX_LENGTH];
	int r = 0;

	for (const struct xml_element *e = group->first; e && r == 0; e = e->next) {
		int n = snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "/" : "", e->name);
		bool fits = n > 0 && (size_t)n < sizeof(path);
		size_t id = fits ? schema_find(walk->schema, path) : SIZE_MAX;
		if (id != SIZE_MAX)
			r = walk->section(walk->ctx, id, e);
		else if (fits && schema_is_group(walk->schema, path))
			r = walk_group(walk, e, path);
		else if (*prefix && walk->unknown)
			r = walk->unknown(walk->ctx, path, e);
	}
	return r;
}

int sections_each(const struct schema *schema, const struct xml_element *scope, section_fn fn,
		  void *ctx)
{
	const struct walk walk = { schema, fn, NULL, ctx };
	return walk_group(&walk, scope, "");
}

/* ---- rules ---- */

/* The number of an enum attribute of one of the elements that structure a file. */
static uint32_t structure_value(const struct schema *schema, const char *element, const char *name,
				const char *text)
{
	const struct schema_element *e = schema->sections[schema_find(schema, element)].element;
	const struct schema_attribute *a = &e->attributes[schema_attribute_index(e, name)];
	uint32_t value = 0;
	value_names(text_of(text ? text : a->value), a->names, false, &value);
	return value;
}

static int set_rules(const struct schema *schema, const struct xml_document *document,
		     struct section_rule *rules, bool override, struct error *err)
{
	struct map *declared = NULL;
	int r = section_declarations_new(document, &declared, err);

	for (size_t i = 0; r == 0 && map_count(declared) && i < schema->count; i++) {
		const struct xml_element *e =
			section_declarations_find(declared, schema->sections[i].path);
		if (!e || (rules[i].by && !override))
			continue;
		const char *definition = xml_get(e, "allowDefinition");
		const char *mode = xml_get(e, "overrideModeDefault");
		/* What applicationHost.config does not say is as it is installed. */
		if (definition || !rules[i].by)
			rules[i].definition = (enum section_definition)structure_value(
				schema, ".section", "allowDefinition", definition);
		if (mode || !rules[i].by)
			rules[i].allow = structure_value(schema, ".section", "overrideModeDefault",
							 mode) == LOCATION_ALLOW;
		rules[i].by = e;
	}
	section_declarations_free(declared);
	return r;
}

int section_rules_add(const struct schema *schema, const struct xml_document *document,
		      struct section_rule *rules, struct error *err)
{
	return set_rules(schema, document, rules, false, err);
}

int section_rules_override(const struct schema *schema, const struct xml_document *document,
			   struct section_rule *rules, struct error *err)
{
	return set_rules(schema, document, rules, true, err);
}

/* ---- location ---- */

struct location section_location(const struct xml_element *element)
{
	static const struct schema_name modes[] = { { "Inherit", LOCATION_INHERIT },
						    { "Allow", LOCATION_ALLOW },
						    { "Deny", LOCATION_DENY },
						    { 0 } };
	struct location location = { .children = true };
	const char *path = xml_get(element, "path");
	const char *mode = xml_get(element, "overrideMode");
	const char *legacy = xml_get(element, "allowOverride");
	const char *children = xml_get(element, "inheritInChildApplications");
	uint32_t number;
	bool allow;

	location.path = text_of(path ? path : "");
	while (text_starts_with(location.path, TEXT("/"))) {
		location.path.data++;
		location.path.length--;
	}
	while (location.path.length && location.path.data[location.path.length - 1] == '/')
		location.path.length--;
	if (text_equal(location.path, TEXT(".")))
		location.path.length = 0;
	if (mode && value_names(text_of(mode), modes, false, &number))
		location.mode = (enum location_mode)number;
	else if (legacy && value_bool(text_of(legacy), &allow))
		location.mode = allow ? LOCATION_ALLOW : LOCATION_DENY;
	if (children)
		value_bool(text_of(children), &location.children);
	return location;
}

/* No folder has such a path, so that what is written for it, a lock or a restriction, would hold
 * nowhere. */
static const char *wrong_path(struct text path)
{
	struct text rest = path;

	if (!path.length)
		return NULL;
	if (text_trim(path).length != path.length)
		return "It must not begin or end with a blank";
	if (memchr(path.data, '\\', path.length))
		return "Segments are separated by '/'";
	while (rest.data) {
		struct text segment = text_cut(&rest, '/');
		if (!segment.length)
			return "It must not have an empty segment";
		if (text_equal(segment, TEXT(".")) || text_equal(segment, TEXT("..")))
			return "It must not have a segment '.' or '..'";
	}
	return NULL;
}

static int check_location(const struct schema *schema, const struct xml_element *element,
			  struct error *err)
{
	int r = section_declarations_check_element(schema, element, ".location", err);
	if (r < 0)
		return r;
	if (xml_get(element, "overrideMode") && xml_get(element, "allowOverride"))
		return xml_fail(element, XML_BAD_DATA, err,
				"The attributes 'overrideMode' and 'allowOverride' cannot be used "
				"together");
	const char *wrong = wrong_path(section_location(element).path);
	return wrong ? xml_fail(element, XML_BAD_DATA, err, "The 'path' attribute is invalid.  %s",
				wrong)
		     : 0;
}

/* ---- checking ---- */

struct check {
	const struct schema *schema;
	const struct xml_document *document;
	struct map *declared, *above; /* by the document, and by its parent */
	struct error *err;
	struct map *seen; /* "path:section" for everything that is written */
	size_t locations;
	struct text place; /* the path of the scope: "" outside of locations */
};

#define SEEN_MAX XML_ELEMENTS_MAX

/* A section is written once for a place, wherever in the file: outside of locations is the same
 * place as <location path=".">. */
static int check_once(struct check *check, size_t id, const struct xml_element *section)
{
	const char *path = check->schema->sections[id].path;
	struct buf key;

	buf_init(&key, XML_VALUE_MAX + PATH_MAX_LENGTH);
	buf_put_text(&key, check->place);
	buf_printf(&key, ":%s", path);
	bool known = !buf_failed(&key) && map_get(check->seen, buf_text(&key));
	int r = buf_failed(&key) ? -ENOMEM
				 : map_put(check->seen, buf_text(&key), check->seen, NULL);
	buf_done(&key);
	if (r < 0)
		return error_set(check->err, -ENOMEM, "out of memory");
	return known ? xml_fail(section, XML_DUPLICATE, check->err,
				"There is a duplicate '%s' section defined", path)
		     : 0;
}

static int check_section(void *ctx, size_t id, const struct xml_element *section)
{
	struct check *check = ctx;
	int r = check_once(check, id, section);
	return r < 0 ? r : schema_check(section, check->schema->sections[id].element, check->err);
}

static int check_unknown(void *ctx, const char *path, const struct xml_element *element)
{
	struct check *check = ctx;
	if (section_declarations_find(check->declared, path) ||
	    section_declarations_find(check->above, path))
		return 0;
	return xml_fail(element, XML_BAD_DATA, check->err,
			"The configuration section '%s' cannot be read because it is missing a "
			"section declaration",
			path);
}

static int check_scope(const struct xml_element *scope, struct check *check)
{
	const struct walk walk = { check->schema, check_section, check_unknown, check };
	return walk_group(&walk, scope, "");
}

static int check_child(const struct xml_element *e, struct check *check)
{
	if (!strcmp(e->name, "location")) {
		if (++check->locations > LOCATIONS_MAX)
			return xml_fail(e, XML_BAD_DATA, check->err,
					"The file has more than %d <location> elements",
					LOCATIONS_MAX);
		int r = check_location(check->schema, e, check->err);
		check->place = section_location(e).path;
		return r < 0 ? r : check_scope(e, check);
	}
	if (strcmp(e->name, "configSections") != 0)
		return 0;
	if (e != check->document->root->first)
		return xml_fail(e, XML_BAD_DATA, check->err,
				"Only one <configSections> element allowed.  It must be the first "
				"child element of the root <configuration> element");
	return section_declarations_check(check->schema, e, check->err);
}

static int check_document(struct check *check)
{
	const struct xml_element *root = check->document->root;
	int r = 0;

	if (strcmp(root->name, "configuration") != 0)
		r = xml_fail(root, XML_BAD_DATA, check->err, "Unrecognized element '%s'",
			     root->name);
	for (const struct xml_element *e = root->first; e && r == 0; e = e->next)
		r = check_child(e, check);
	check->place = TEXT("");
	return r < 0 ? r : check_scope(root, check);
}

int sections_check(const struct schema *schema, const struct xml_document *document,
		   const struct xml_document *parent, struct error *err)
{
	struct check check = { .schema = schema,
			       .document = document,
			       .err = err,
			       .seen = map_new(SEEN_MAX, MAP_NOCASE),
			       .place = TEXT("") };
	int r = check.seen ? 0 : error_set(err, -ENOMEM, "out of memory");

	if (r == 0)
		r = section_declarations_new(document, &check.declared, err);
	if (r == 0)
		r = section_declarations_new(parent, &check.above, err);
	if (r == 0)
		r = check_document(&check);
	section_declarations_free(check.above);
	section_declarations_free(check.declared);
	map_free(check.seen, NULL);
	return r;
}
