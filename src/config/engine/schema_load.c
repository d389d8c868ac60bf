/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading schema files: <sectionSchema>, <element>, <collection>, as docs/configuration-schema.md
 * has them. Run by the build for the built-in files (schema/compile.c), where schema_builtin is
 * still empty, and in any process and thread for those of the user; a schema is made by one thread
 * and constant after that.
 *
 * A collection's defaultElement is not written out in the file: the element of that name is derived
 * from the entry, for the element that holds the collection and for all around it in the section.
 */
#include "config/engine/effective.h"
#include "config/engine/schema_load.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define ARENA_LIMIT ((size_t)64 << 20)
#define DERIVED_MAX 8 /* defaults elements of one element */

struct schema_files { /* what a schema was read from, and lives from */
	struct xml_document **documents;
	size_t count;
};

/* ---- elements ---- */

static int load_element(const struct schema_loader *l, const struct xml_element *e, bool entry,
			struct schema_element *ret);

static int load_attributes(const struct schema_loader *l, const struct xml_element *e,
			   struct schema_element *ret)
{
	size_t count = schema_count_children(e, "attribute"), i = 0;
	struct schema_attribute *list =
		arena_zalloc(&l->schema->arena, count + 1, sizeof(struct schema_attribute));

	if (!list)
		return schema_no_memory(l);
	ret->attributes = list;
	for (const struct xml_element *c = e->first; c; c = c->next) {
		if (strcmp(c->name, "attribute") != 0)
			continue;
		int r = schema_load_attribute(l, c, &list[i]);
		if (r < 0)
			return r;
		if (schema_attribute_index(ret, list[i].name) != SIZE_MAX)
			return schema_bad(l, c, "there is a second attribute", list[i].name);
		ret->attribute_count = ++i;
	}
	return 0;
}

static int load_adds(const struct schema_loader *l, const struct xml_element *e,
		     struct schema_collection *c)
{
	const char *adds = xml_get(e, "addElement");
	struct text rest = text_of(adds);
	size_t i = 0;

	if (!adds)
		return schema_bad(l, e, "addElement is needed in", e->name);
	while (rest.data) {
		struct text one = text_trim(text_cut(&rest, ','));
		if (!one.length || i == SCHEMA_ADDS_MAX)
			return schema_bad(l, e, "invalid addElement", adds);
		c->adds[i] = arena_strndup(&l->schema->arena, one.data, one.length);
		if (!c->adds[i])
			return schema_no_memory(l);
		if (!schema_is_name(c->adds[i++], false))
			return schema_bad(l, e, "invalid addElement", adds);
	}
	return 0;
}

/* Each directive of a collection has a name of its own. */
static int load_directives(const struct schema_loader *l, const struct xml_element *e,
			   struct schema_collection *c)
{
	c->remove = xml_get(e, "removeElement");
	c->clear = xml_get(e, "clearElement");
	c->defaults = xml_get(e, "defaultElement");
	if (c->defaults && !schema_is_name(c->defaults, false))
		return schema_bad(l, e, "invalid defaultElement", c->defaults);
	if (c->remove && !schema_is_name(c->remove, false))
		return schema_bad(l, e, "invalid removeElement", c->remove);
	if (c->clear && !schema_is_name(c->clear, false))
		return schema_bad(l, e, "invalid clearElement", c->clear);
	if (c->remove && c->clear && !strcmp(c->remove, c->clear))
		return schema_bad(l, e, "removeElement and clearElement are both", c->remove);
	for (size_t i = 0; c->adds[i]; i++) {
		if (c->remove && !strcmp(c->remove, c->adds[i]))
			return schema_bad(l, e, "addElement and removeElement are both", c->remove);
		if (c->clear && !strcmp(c->clear, c->adds[i]))
			return schema_bad(l, e, "addElement and clearElement are both", c->clear);
	}
	return 0;
}

static bool has_key(const struct schema_element *entry)
{
	for (size_t i = 0; i < entry->attribute_count; i++) {
		if (entry->attributes[i].flags & (SCHEMA_UNIQUE | SCHEMA_COMBINED))
			return true;
	}
	return false;
}

static int load_collection(const struct schema_loader *l, const struct xml_element *e,
			   struct schema_element *ret)
{
	struct schema_collection *c = arena_new(&l->schema->arena, struct schema_collection);
	struct schema_element *entry = arena_new(&l->schema->arena, struct schema_element);
	const char *append = xml_get(e, "mergeAppend");

	if (!c || !entry)
		return schema_no_memory(l);
	if (ret->collection)
		return schema_bad(l, e, "there is a second collection in", ret->name);
	int r = load_adds(l, e, c);
	if (r == 0)
		r = load_directives(l, e, c);
	if (r < 0)
		return r;
	c->prepend = append && !schema_is_true(e, "mergeAppend");
	c->duplicates = schema_is_true(e, "allowDuplicates");
	c->entry = entry;
	entry->name = c->adds[0];
	ret->collection = c;
	r = load_element(l, e, true, entry);
	if (r == 0 && !c->duplicates && !has_key(entry))
		r = schema_bad(l, e, "a key or allowDuplicates is needed in the collection of",
			       ret->name);
	return r;
}

/* The defaults elements of `e`: those of its collection and of the collections in its entries. */
static size_t find_derived(const struct schema_element *e,
			   const struct schema_collection *ret[DERIVED_MAX])
{
	size_t count = 0;
	for (const struct schema_collection *c = e->collection; c && count < DERIVED_MAX;
	     c = c->entry->collection) {
		if (c->defaults)
			ret[count++] = c;
	}
	return count;
}

static bool is_derived(const struct schema_collection *const *derived, size_t count,
		       const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (name && !strcmp(derived[i]->defaults, name))
			return true;
	}
	return false;
}

static int load_children(const struct schema_loader *l, const struct xml_element *e,
			 struct schema_element *ret)
{
	const struct schema_collection *derived[DERIVED_MAX];
	size_t derived_count = find_derived(ret, derived);
	size_t count = schema_count_children(e, "element") + derived_count, n = 0;
	struct schema_element *list = arena_zalloc(&l->schema->arena, count + 1, sizeof(*list));
	const struct schema_element **pointers =
		arena_zalloc(&l->schema->arena, count + 1, sizeof(struct schema_element *));

	if (!list || !pointers)
		return schema_no_memory(l);
	for (const struct xml_element *c = e->first; c; c = c->next) {
		/* A file that does write a defaults element out says nothing new with it. */
		if (strcmp(c->name, "element") != 0 ||
		    is_derived(derived, derived_count, xml_get(c, "name")))
			continue;
		int r = load_element(l, c, false, &list[n]);
		if (r == 0 && !schema_is_name(list[n].name, false))
			r = schema_bad(l, c, "no element can have the name", list[n].name);
		if (r < 0)
			return r;
		pointers[n] = &list[n];
		n++;
	}
	ret->children = pointers;
	ret->child_count = n;
	for (size_t i = 0; i < derived_count; i++) {
		const struct schema_element *entry = derived[i]->entry;
		list[n] = (struct schema_element){ .name = derived[i]->defaults,
						   .attributes = entry->attributes,
						   .attribute_count = entry->attribute_count,
						   .children = entry->children,
						   .child_count = entry->child_count,
						   .optional = true,
						   .blank = entry->blank };
		pointers[n] = &list[n];
		n++;
	}
	ret->child_count = n;
	return 0;
}

/* What an element is where nothing is written. That of a defaults element is its entry's but for
 * the schema. */
static int make_blank(const struct schema_loader *l, struct schema_element *e)
{
	static const struct effective_entries none;
	struct arena *arena = &l->schema->arena;
	struct effective *blank = arena_new(arena, struct effective);
	struct effective_value *values =
		arena_zalloc(arena, e->attribute_count + 1, sizeof(*values));
	const struct effective **children =
		arena_zalloc(arena, e->child_count + 1, sizeof(struct effective *));

	if (!blank || !values || !children)
		return schema_no_memory(l);
	for (size_t i = 0; i < e->attribute_count; i++)
		values[i].text = e->attributes[i].value;
	for (size_t i = 0; i < e->child_count; i++) {
		struct effective *child = arena_dup(arena, e->children[i]->blank, sizeof(*child));
		if (!child)
			return schema_no_memory(l);
		child->schema = e->children[i];
		children[i] = child;
	}
	*blank = (struct effective){
		.schema = e, .values = values, .children = children, .entries = &none
	};
	e->blank = blank;
	return 0;
}

/* Recursion is as deep as XML_DEPTH_MAX. `entry`: `e` is the <collection> that describes one. */
static int load_element(const struct schema_loader *l, const struct xml_element *e, bool entry,
			struct schema_element *ret)
{
	static const char *const known[] = { "attribute", "element", "collection", "method" };
	int r = 0;

	if (!entry)
		ret->name = xml_get(e, "name");
	if (!ret->name || !*ret->name)
		return schema_bad(l, e, "a name is needed in", e->name);
	ret->any_attribute = schema_is_true(e, "allowUnrecognizedAttributes");
	ret->any_element = schema_is_true(e, "allowUnrecognizedElements");
	for (const struct xml_element *c = e->first; c && r == 0; c = c->next) {
		size_t i = 0;
		while (i < ARRAY_LEN(known) && strcmp(c->name, known[i]) != 0)
			i++;
		if (i == ARRAY_LEN(known))
			return schema_bad(l, c, "unrecognized element", c->name);
		if (!strcmp(c->name, "collection"))
			r = load_collection(l, c, ret);
	}
	if (r == 0)
		r = load_attributes(l, e, ret);
	if (r == 0)
		r = load_children(l, e, ret);
	return r == 0 ? make_blank(l, ret) : r;
}

/* ---- files ---- */

static bool is_below(const char *path, const char *group)
{
	size_t length = strlen(group);
	return !strncmp(path, group, length) && path[length] == '/';
}

/* A section is described once, and is no group of others. Programs rely on what the built-in ones
 * have, and those that begin with a dot are the structure of files. */
static int check_place(const struct schema_loader *l, const struct xml_element *e, const char *path)
{
	static const char *const structure[] = { "configSections", "location" };
	if (schema_builtin.count && *path == '.')
		return schema_bad(l, e, "no section can have the name", path);
	for (size_t i = 0; i < ARRAY_LEN(structure); i++) {
		if (!strcmp(path, structure[i]) || is_below(path, structure[i]))
			return schema_bad(l, e, "no section can have the name", path);
	}
	for (size_t i = 0; i < l->schema->count; i++) {
		const char *other = l->sections[i].path;
		if (!strcmp(other, path))
			return schema_bad(l, e, "there is already a section", path);
		if (is_below(other, path))
			return schema_bad(l, e, "there are already sections in", path);
		if (is_below(path, other))
			return schema_bad(l, e, "a section cannot have sections in it:", other);
	}
	return 0;
}

static int load_section(struct schema_loader *l, const struct xml_element *e)
{
	struct schema_element *element = arena_new(&l->schema->arena, struct schema_element);
	const char *path = xml_get(e, "name");

	if (!element)
		return schema_no_memory(l);
	if (!path || !*path)
		return schema_bad(l, e, "a name is needed in", e->name);
	if (!schema_is_name(path, true))
		return schema_bad(l, e, "no section can have the name", path);
	int r = check_place(l, e, path);
	if (r == 0)
		r = load_element(l, e, false, element);
	if (r < 0)
		return r;
	const char *slash = strrchr(path, '/');
	element->name = slash ? slash + 1 : path;
	if (l->schema->count == SCHEMA_SECTIONS_MAX)
		return schema_bad(l, e, "there are too many sections, this is one more:", path);
	l->sections[l->schema->count++] = (struct schema_section){ .path = path,
								   .element = element,
								   .installed = element->blank };
	return 0;
}

static int load_file(struct schema_loader *l, struct text text, const char *name)
{
	struct schema_files *files = l->schema->files;
	struct xml_document *document;
	int r = xml_parse(text, name, &document, l->err);

	if (r < 0)
		return r;
	files->documents[files->count++] = document;
	if (strcmp(document->root->name, "configSchema") != 0)
		r = schema_bad(l, document->root, "unrecognized element", document->root->name);
	for (const struct xml_element *e = document->root->first; e && r == 0; e = e->next) {
		if (!strcmp(e->name, "sectionSchema"))
			r = load_section(l, e);
		else if (strcmp(e->name, "sectionExtension") != 0)
			r = schema_bad(l, e, "unrecognized element", e->name);
	}
	return r;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct schema_section *)a)->path,
		      ((const struct schema_section *)b)->path);
}

static int load(struct schema_loader *l, const struct text *files, const char *const *names,
		size_t count)
{
	struct schema *schema = l->schema;
	int r = 0;

	schema->count = schema_builtin.count;
	schema->installed = schema_builtin.installed;
	if (schema->count)
		memcpy(l->sections, schema_builtin.sections, schema->count * sizeof(*l->sections));
	for (size_t i = 0; i < count && r == 0; i++)
		r = load_file(l, files[i], names[i]);
	if (r < 0)
		return r;
	qsort(l->sections, schema->count, sizeof(*l->sections), by_path);
	schema->sections =
		arena_dup(&schema->arena, l->sections, schema->count * sizeof(*l->sections));
	return schema->sections ? 0 : schema_no_memory(l);
}

static void schema_free(struct schema *schema)
{
	for (size_t i = 0; schema->files && i < schema->files->count; i++)
		xml_free(schema->files->documents[i]);
	arena_done(&schema->arena);
	mem_free(schema);
}

int schema_with(const struct text *files, const char *const *names, size_t count,
		const struct schema **ret, struct error *err)
{
	_cleanup_mem_ struct schema_loader *l = mem_new(struct schema_loader);
	struct schema *schema = mem_new(struct schema);

	if (!l || !schema) {
		mem_free(schema);
		return error_set(err, -ENOMEM, "out of memory");
	}
	schema->references = 1;
	arena_init(&schema->arena, ARENA_LIMIT);
	l->schema = schema;
	l->err = err;
	schema->files = arena_new(&schema->arena, struct schema_files);
	if (schema->files)
		schema->files->documents =
			arena_zalloc(&schema->arena, count + 1, sizeof(struct xml_document *));
	int r = schema->files && schema->files->documents ? load(l, files, names, count)
							  : schema_no_memory(l);
	if (r < 0)
		schema_free(schema);
	else
		*ret = schema;
	return r;
}

/* One that is counted was made above, and is not constant. */
static struct schema *counted(const struct schema *schema)
{
	return schema && schema->references ? (struct schema *)(uintptr_t)schema : NULL;
}

const struct schema *schema_ref(const struct schema *schema)
{
	struct schema *mine = counted(schema);
	if (mine)
		__atomic_add_fetch(&mine->references, 1, __ATOMIC_RELAXED);
	return schema;
}

const struct schema *schema_unref(const struct schema *schema)
{
	struct schema *mine = counted(schema);
	if (mine && __atomic_sub_fetch(&mine->references, 1, __ATOMIC_ACQ_REL) == 0)
		schema_free(mine);
	return NULL;
}
