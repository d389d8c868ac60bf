/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way through a file; see sections.h. Sections without a schema (system.web, appSettings, ...)
 * belong to other programs: they are kept and passed over.
 */
#include "config/engine/sections.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
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

const struct xml_element *sections_find(const struct schema *schema,
					const struct xml_element *scope, size_t id)
{
	return xml_find(scope, schema->sections[id].path);
}

/* ---- declarations ---- */

static const struct xml_element *find_named(const struct xml_element *parent, const char *kind,
					    struct text name)
{
	const struct xml_element *e = parent->first;
	while (e && !(!strcmp(e->name, kind) && xml_get(e, "name") &&
		      text_equal(text_of(xml_get(e, "name")), name)))
		e = e->next;
	return e;
}

/* The <section> that <configSections> of `document` has for a path; NULL: none. */
static const struct xml_element *find_declaration(const struct xml_document *document,
						  const char *path)
{
	const struct xml_element *at =
		document ? xml_child(document->root, "configSections") : NULL;
	struct text rest = text_of(path);

	while (at && rest.data) {
		struct text name = text_cut(&rest, '/');
		at = find_named(at, rest.data ? "sectionGroup" : "section", name);
	}
	return at;
}

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

static void set_rules(const struct schema *schema, const struct xml_document *document,
		      struct section_rule *rules, bool override)
{
	if (!xml_child(document->root, "configSections"))
		return;
	for (size_t i = 0; i < schema->count; i++) {
		const struct xml_element *e = find_declaration(document, schema->sections[i].path);
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
}

void section_rules_add(const struct schema *schema, const struct xml_document *document,
		       struct section_rule *rules)
{
	set_rules(schema, document, rules, false);
}

void section_rules_override(const struct schema *schema, const struct xml_document *document,
			    struct section_rule *rules)
{
	set_rules(schema, document, rules, true);
}

/* Checks one of the elements that structure a file, without what is in it. */
static int check_structure(const struct schema *schema, const struct xml_element *element,
			   const char *as, struct error *err)
{
	struct xml_element alone = *element;
	alone.first = alone.last = NULL;
	return schema_check(&alone, schema->sections[schema_find(schema, as)].element, err);
}

/* <sectionGroup> nests at most as deep as XML_DEPTH_MAX. */
static int check_declarations(const struct schema *schema, const struct xml_element *parent,
			      struct error *err)
{
	int r = 0;
	for (const struct xml_element *e = parent->first; e && r == 0; e = e->next) {
		if (!strcmp(e->name, "section")) {
			r = check_structure(schema, e, ".section", err);
		} else if (!strcmp(e->name, "sectionGroup")) {
			r = check_structure(schema, e, ".sectionGroup", err);
			if (r == 0)
				r = check_declarations(schema, e, err);
		} else if (strcmp(e->name, "clear") != 0 && strcmp(e->name, "remove") != 0) {
			r = xml_fail(e, XML_BAD_DATA, err, "Unrecognized element '%s'", e->name);
		}
	}
	return r;
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

static int check_location(const struct schema *schema, const struct xml_element *element,
			  struct error *err)
{
	int r = check_structure(schema, element, ".location", err);
	if (r == 0 && xml_get(element, "overrideMode") && xml_get(element, "allowOverride"))
		r = xml_fail(element, XML_BAD_DATA, err,
			     "The attributes 'overrideMode' and 'allowOverride' cannot be used "
			     "together");
	return r;
}

/* ---- checking ---- */

struct check {
	const struct schema *schema;
	const struct xml_document *document, *parent;
	struct error *err;
	struct map *seen;  /* "path:section" for everything that is written */
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
	if (find_declaration(check->document, path) || find_declaration(check->parent, path))
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
	return check_declarations(check->schema, e, check->err);
}

int sections_check(const struct schema *schema, const struct xml_document *document,
		   const struct xml_document *parent, struct error *err)
{
	struct check check = { schema,  document, parent, err, map_new(SEEN_MAX, MAP_NOCASE),
			       TEXT("") };
	const struct xml_element *root = document->root;
	int r = 0;

	if (!check.seen)
		return error_set(err, -ENOMEM, "out of memory");
	if (strcmp(root->name, "configuration") != 0)
		r = xml_fail(root, XML_BAD_DATA, err, "Unrecognized element '%s'", root->name);
	for (const struct xml_element *e = root->first; e && r == 0; e = e->next)
		r = check_child(e, &check);
	check.place = TEXT("");
	if (r == 0)
		r = check_scope(root, &check);
	map_free(check.seen, NULL);
	return r;
}
