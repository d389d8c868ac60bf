/* SPDX-License-Identifier: Apache-2.0 */
/*
 * add of sites, applications, virtual directories and pools: from the words of the command line,
 * or, with /in, from what "list KIND /xml" printed, with all that is in them when it was printed
 * with /config. All are added in one step of the file, or none is.
 */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

/* How objects of a kind are added. */
struct recipe {
	const char *kind;
	const char *section;            /* that they are entries of; NULL: they belong to another */
	const char *parent, *parameter; /* then its kind, and what names it */
	/* Properties of the input, and the parameters they are. */
	const char *const properties[4][2];
};

static const struct recipe recipes[] = {
	{ "SITE",
	  "system.applicationHost/sites",
	  NULL,
	  NULL,
	  { { "SITE.NAME", "name" }, { "SITE.ID", "id" }, { "bindings", "bindings" } } },
	{ "APPPOOL",
	  "system.applicationHost/applicationPools",
	  NULL,
	  NULL,
	  { { "APPPOOL.NAME", "name" },
	    { "RuntimeVersion", "managedRuntimeVersion" },
	    { "PipelineMode", "managedPipelineMode" } } },
	{ "APP",
	  NULL,
	  "SITE",
	  "site.name",
	  { { "SITE.NAME", "site.name" },
	    { "path", "path" },
	    { "APPPOOL.NAME", "applicationPool" } } },
	{ "VDIR",
	  NULL,
	  "APP",
	  "app.name",
	  { { "APP.NAME", "app.name" }, { "path", "path" }, { "physicalPath", "physicalPath" } } },
};

/* One object being added. */
struct addition {
	struct appcmd *a;
	const struct appcmd_kind *kind;
	const struct recipe *recipe;
	struct edit *edit;
	const struct xml_element *nested; /* of the input: the whole of it; NULL: none */
	const struct effective *parent;   /* the object it goes into; NULL: a section */
	const char *name;                 /* for the message */
	const char *physical;             /* of a root to be made; NULL: none */
	uint32_t *next_id;                /* of a site without one */
};

static int failed(const struct addition *add, int r)
{
	return r < 0 ? appcmd_failure(add->a) : 0;
}

/* One more than the ids there are. */
static uint32_t first_free_id(struct appcmd *a)
{
	struct appcmd_objects all = { 0 };
	uint32_t most = 0;

	if (appcmd_objects(a, appcmd_kind("SITE"), &all))
		return 1;
	for (size_t i = 0; i < all.count; i++) {
		uint64_t id = 0;
		text_to_u64(text_of(all.items[i].values[1]), &id);
		most = id > most ? (uint32_t)id : most;
	}
	return most + 1;
}

static struct text without_slash(const char *name)
{
	struct text t = text_of(name);
	while (t.length && t.data[t.length - 1] == '/')
		t.length--;
	return t;
}

static const struct appcmd_object *find_object(struct appcmd *a, const char *kind, const char *name)
{
	struct appcmd_objects all = { 0 };
	if (appcmd_objects(a, appcmd_kind(kind), &all))
		return NULL;
	const struct appcmd_object *objects = all.items; /* in the arena */
	for (size_t i = 0; i < all.count; i++) {
		if (text_equal_nocase(without_slash(objects[i].values[0]), without_slash(name)))
			return &objects[i];
	}
	return NULL;
}

/* ---- the element ---- */

/* The element that the new one is put into, and the schema of the new one. */
static int open_parent(struct addition *add, const struct xml_element **ret,
		       const struct effective **ret_blank)
{
	struct appcmd *a = add->a;
	const struct schema *schema = config_schema(a->server);
	const struct schema_element *element;

	if (add->parent) {
		struct appcmd_position at;
		appcmd_position_of(add->parent->by, &at);
		*ret = appcmd_position_at(add->edit, &at);
		element = add->parent->schema;
	} else {
		const char *section = add->recipe->section;
		if (edit_section(add->edit, TEXT(""), section, ret, &a->err) < 0)
			return appcmd_failure(a);
		element = schema->sections[schema_find(schema, section)].element;
	}
	*ret_blank = element->collection->entry->blank;
	return 0;
}

static int set_text(struct addition *add, const struct xml_element **e, const char *name,
		    const char *value)
{
	return failed(add, edit_set(add->edit, e, name, value, &add->a->err));
}

/* <virtualDirectory path="/"> with a physical path, in a new application. */
static int add_root(struct addition *add, const struct xml_element **application)
{
	size_t start = (*application)->start;

	if (edit_add(add->edit, application, "virtualDirectory", NULL, &add->a->err) < 0)
		return appcmd_failure(add->a);
	int status = set_text(add, application, "path", "/");
	if (status == 0)
		status = set_text(add, application, "physicalPath", add->physical);
	*application = edit_at(add->edit, start);
	return status;
}

static int fill_site(struct addition *add, const struct xml_element **e)
{
	size_t start = (*e)->start;
	char id[16];
	int status = 0;

	if (!xml_get(*e, "id")) {
		snprintf(id, sizeof(id), "%u", (*add->next_id)++);
		status = set_text(add, e, "id", id);
	}
	if (status || !add->physical)
		return status;
	if (edit_add(add->edit, e, "application", NULL, &add->a->err) < 0)
		return appcmd_failure(add->a);
	status = set_text(add, e, "path", "/");
	if (status == 0)
		status = add_root(add, e);
	*e = edit_at(add->edit, start);
	return status;
}

/* The new entry, empty or as it is in the input: in front of the defaults elements, which stand
 * last. */
static int make_entry(struct addition *add, const struct xml_element **e)
{
	struct error *err = &add->a->err;
	const struct xml_element *before = NULL;

	for (const struct xml_element *c = (*e)->first; c && !before; c = c->next) {
		if (text_ends_with_nocase(text_of(c->name), TEXT("Defaults")))
			before = c;
	}
	int r = edit_add(add->edit, e, add->kind->entry, before, err);
	if (r == 0 && add->nested) {
		const struct xml_element *n = add->nested;
		r = edit_put(add->edit, e,
			     (struct text){ n->document->source.data + n->start,
					    n->end - n->start },
			     err);
	}
	return failed(add, r);
}

static int add_element(struct addition *add)
{
	struct appcmd *a = add->a;
	const struct effective *blank = NULL;
	const struct xml_element *e = NULL;
	int status = open_parent(add, &e, &blank);

	if (status == 0)
		status = make_entry(add, &e);
	if (status == 0 && !add->nested && !strcmp(add->kind->entry, "add"))
		status = set_text(add, &e, "name", add->name);
	if (status == 0)
		status = appcmd_apply_all(a, add->edit, &e, blank, add->kind);
	if (status == 0 && !strcmp(add->kind->name, "SITE"))
		status = fill_site(add, &e);
	else if (status == 0 && !strcmp(add->kind->name, "APP") && add->physical)
		status = add_root(add, &e);
	return status;
}

/* ---- what is asked for ---- */

/* The object a new application or virtual directory belongs to. */
static int find_parent(struct addition *add)
{
	struct appcmd *a = add->a;
	const char *parameter = add->recipe->parameter;
	const char *name = appcmd_take(a, parameter), *path = appcmd_peek(a, "path");

	if (!name || !path)
		return appcmd_error(
			APPCMD_BAD_ARGUMENT,
			"Must specify the '%s' parameter when creating a new %s object.",
			name ? "path" : parameter, add->kind->name);
	const struct appcmd_object *parent = find_object(a, add->recipe->parent, name);
	if (!parent)
		return appcmd_missing(appcmd_kind(add->recipe->parent), name);
	struct text front = without_slash(parent->values[0]);
	add->parent = parent->element;
	add->name = arena_printf(&a->arena, TEXT_FMT "%s", TEXT_ARG(front), path);
	return add->name ? 0 : appcmd_error(APPCMD_FAILED, "out of memory");
}

static int find_name(struct addition *add)
{
	add->name = appcmd_peek(add->a, "name");
	if (!add->name)
		add->name = add->a->identifier;
	if (add->name)
		return 0;
	return appcmd_error(APPCMD_BAD_ARGUMENT,
			    "Must specify the 'name' parameter when creating a new %s object.",
			    add->kind->name);
}

static int add_one(struct addition *add)
{
	int status = add->recipe->section ? find_name(add) : find_parent(add);

	if (status == 0 && strcmp(add->kind->name, "VDIR") != 0)
		add->physical = appcmd_take(add->a, "physicalPath");
	return status ? status : add_element(add);
}

/* What an element of the input says beside the command line, which goes first. A whole element
 * says all but where it goes itself. */
static int add_input(struct addition *add, const struct xml_element *e)
{
	struct appcmd *a = add->a;
	struct appcmd_parameter own[ARRAY_LEN(add->recipe->properties)];
	size_t count = 0, given = a->count;

	add->nested = e->first;
	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		const char *const *property = add->recipe->properties[i];
		const char *value = property[0] ? xml_get(e, property[0]) : NULL;
		if (value && *value && !appcmd_peek(a, property[1]))
			own[count++] = (struct appcmd_parameter){ .name = property[1],
								  .value = value,
								  .used = add->nested };
	}
	for (size_t i = 0; i < given; i++)
		a->parameters[i].used = false;
	for (size_t i = 0; i < count && a->count < APPCMD_PARAMETERS_MAX; i++)
		a->parameters[a->count++] = own[i];
	int status = add_one(add);
	a->count = given;
	return status;
}

static void report(const struct addition *add)
{
	const char *kind = add->kind->name, *name = add->name;
	bool site = !strcmp(kind, "SITE");

	printf("%s object \"%s\" added\n", kind, name);
	if (!add->physical)
		return;
	if (site)
		printf("APP object \"%s/\" added\n", name);
	printf("VDIR object \"%s/\" added\n", name);
}

static size_t count_elements(const struct appcmd *a)
{
	size_t count = 0;
	for (const struct xml_element *e = a->in ? a->input->root->first : NULL; e; e = e->next)
		count++;
	return a->in ? count : 1;
}

/* All that are to be added, in the open file. */
static int add_all(struct appcmd *a, const struct addition *first, struct addition *all,
		   size_t *ret_count)
{
	const struct xml_element *e = a->in ? a->input->root->first : NULL;
	size_t count = 0;
	int status = 0;

	if (!a->in) {
		all[count++] = *first;
		status = add_one(&all[0]);
	}
	for (; e && status == 0; e = e->next) {
		if (!appcmd_word(e->name, first->kind->name))
			continue;
		all[count] = *first;
		status = add_input(&all[count++], e);
	}
	*ret_count = count;
	return status;
}

int appcmd_add(struct appcmd *a, const struct appcmd_kind *kind)
{
	struct config_commit *commit = NULL;
	struct addition *all = NULL, first = { .a = a, .kind = kind, .recipe = recipes };
	size_t count = 0;
	int status = appcmd_load(a);

	while (strcmp(first.recipe->kind, kind->name) != 0)
		first.recipe++;
	if (status == 0 && a->in)
		status = appcmd_input(a);
	if (status == 0)
		status = appcmd_open_file(a, &commit);
	if (status)
		return status;
	uint32_t next_id = first_free_id(a);
	first.next_id = &next_id;
	first.edit = config_commit_edit(commit);
	all = arena_zalloc(&a->arena, count_elements(a) + 1, sizeof(*all));
	status = all ? add_all(a, &first, all, &count)
		     : appcmd_error(APPCMD_FAILED, "out of memory");
	if (status == 0)
		status = appcmd_write_file(a, commit);
	for (size_t i = 0; i < count && status == 0; i++)
		report(&all[i]);
	config_commit_free(commit);
	return status;
}
