/* SPDX-License-Identifier: Apache-2.0 */
/* What <configSections> declares; see declarations.h. Called by sections.c, on any thread. */
#include "config/engine/declarations.h"

#include "base/map.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>

#define PATH_MAX_LENGTH 256

/* ---- the table ---- */

struct collect {
	struct map *found;
	size_t count; /* of <section> and <sectionGroup> */
	struct error *err;
};

static int add(const struct collect *c, const char *path, const struct xml_element *section)
{
	if (map_get(c->found, text_of(path)))
		return 0;
	return map_put(c->found, text_of(path), (void *)(uintptr_t)section, NULL) < 0
		       ? error_set(c->err, -ENOMEM, "out of memory")
		       : 0;
}

/* Groups nest at most as deep as XML_DEPTH_MAX. */
static int collect(struct collect *c, const struct xml_element *parent, const char *prefix)
{
	char path[PATH_MAX_LENGTH];
	int r = 0;

	for (const struct xml_element *e = parent->first; e && r == 0; e = e->next) {
		bool section = !strcmp(e->name, "section");
		const char *name = xml_get(e, "name");
		if (!section && strcmp(e->name, "sectionGroup") != 0)
			continue;
		if (++c->count > DECLARATIONS_MAX)
			return xml_fail(e, XML_BAD_DATA, c->err,
					"<configSections> declares more than %d sections and "
					"groups",
					DECLARATIONS_MAX);
		int n = snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "/" : "",
				 name ? name : "");
		/* What has no name of its own, or one that no path can have, declares nothing. */
		if (!name || strchr(name, '/') || n < 0 || (size_t)n >= sizeof(path))
			continue;
		r = section ? add(c, path, e) : collect(c, e, path);
	}
	return r;
}

int section_declarations_new(const struct xml_document *document, struct map **ret,
			     struct error *err)
{
	const struct xml_element *sections =
		document ? xml_child(document->root, "configSections") : NULL;
	struct collect c = { map_new(DECLARATIONS_MAX, 0), 0, err };
	int r = c.found ? 0 : error_set(err, -ENOMEM, "out of memory");

	if (r == 0 && sections)
		r = collect(&c, sections, "");
	if (r < 0)
		map_free(c.found, NULL);
	else
		*ret = c.found;
	return r;
}

struct map *section_declarations_free(struct map *declarations)
{
	return map_free(declarations, NULL);
}

const struct xml_element *section_declarations_find(const struct map *declarations,
						    const char *path)
{
	return map_get(declarations, text_of(path));
}

/* ---- checking ---- */

int section_declarations_check_element(const struct schema *schema,
				       const struct xml_element *element, const char *as,
				       struct error *err)
{
	struct xml_element alone = *element;
	alone.first = alone.last = NULL;
	return schema_check(&alone, schema->sections[schema_find(schema, as)].element, err);
}

int section_declarations_check(const struct schema *schema, const struct xml_element *parent,
			       struct error *err)
{
	int r = 0;
	for (const struct xml_element *e = parent->first; e && r == 0; e = e->next) {
		if (!strcmp(e->name, "section")) {
			r = section_declarations_check_element(schema, e, ".section", err);
		} else if (!strcmp(e->name, "sectionGroup")) {
			r = section_declarations_check_element(schema, e, ".sectionGroup", err);
			if (r == 0)
				r = section_declarations_check(schema, e, err);
		} else if (strcmp(e->name, "clear") != 0 && strcmp(e->name, "remove") != 0) {
			r = xml_fail(e, XML_BAD_DATA, err, "Unrecognized element '%s'", e->name);
		}
	}
	return r;
}
