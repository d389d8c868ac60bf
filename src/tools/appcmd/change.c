/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list, set, add and delete of sites, applications, virtual directories and pools: entries of
 * applicationHost.config.
 */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

#define SITES "system.applicationHost/sites"
#define POOLS "system.applicationHost/applicationPools"
#define MODULES "system.webServer/modules"

static int unnamed(const struct appcmd_kind *kind)
{
	return appcmd_error(APPCMD_BAD_ARGUMENT, "Must specify the %s object with identifier.",
			    kind->name);
}

static int missing(const struct appcmd_kind *kind, const char *identifier)
{
	return appcmd_error(APPCMD_NOT_FOUND, "Cannot find %s object with identifier \"%s\".",
			    kind->name, identifier);
}

int appcmd_list(struct appcmd *a, const struct appcmd_kind *kind)
{
	struct appcmd_objects objects = { 0 };
	int status = appcmd_select(a, kind, true, &objects);

	if (status)
		return status;
	if (!objects.count && a->identifier && !a->xml && !a->json)
		return APPCMD_NOTHING;
	return appcmd_print(a, &objects);
}

/* The one object that set, delete and control are about. */
static int find_one(struct appcmd *a, const struct appcmd_kind *kind, struct appcmd_object *ret)
{
	struct appcmd_objects all = { 0 };

	if (!a->identifier)
		return unnamed(kind);
	int status = appcmd_select(a, kind, false, &all);
	if (status)
		return status;
	if (!all.count)
		return missing(kind, a->identifier);
	*ret = all.items[0];
	return 0;
}

/* ---- the file ---- */

/* Opens what appcmd_load read: objects are found in it by their place. */
static int open_file(struct appcmd *a, struct config_commit **ret)
{
	return config_commit_server(a->file, a->state, &a->server, ret, &a->err) < 0
		       ? appcmd_failure(a)
		       : 0;
}

static int write_file(struct appcmd *a, struct config_commit *c)
{
	return config_commit_write(c, &a->err) < 0 ? appcmd_failure(a) : 0;
}

/* Where the element of an object is in a file that is the one the object was read from. */
static const struct xml_element *element_in(struct config_commit *c, const struct effective *e)
{
	return edit_at(config_commit_edit(c), e->by->start);
}

/* ---- shorthands ---- */

/* protocol/information,protocol/information instead of the bindings that are there. */
static int set_bindings(struct appcmd *a, struct edit *edit, const struct xml_element **site,
			const char *value)
{
	struct text rest = text_of(value);
	size_t start = (*site)->start;
	const struct xml_element *e = *site;
	int r = edit_child(edit, &e, "bindings", &a->err);

	while (r == 0 && e->first) {
		const struct xml_element *first = e->first;
		r = edit_remove(edit, &first, &a->err);
		e = first;
	}
	size_t list = e ? e->start : 0;
	while (r == 0 && rest.length) {
		struct text one = text_trim(text_cut(&rest, ','));
		struct text protocol = text_cut(&one, '/');
		char *name = arena_strndup(&a->arena, protocol.data, protocol.length);
		char *information = arena_strndup(&a->arena, one.data, one.length);
		e = edit_at(edit, list);
		r = edit_add(edit, &e, "binding", NULL, &a->err);
		if (r == 0)
			r = edit_set(edit, &e, "protocol", name ? name : "", &a->err);
		if (r == 0)
			r = edit_set(edit, &e, "bindingInformation", information ? information : "",
				     &a->err);
	}
	if (r < 0)
		return appcmd_failure(a);
	*site = edit_at(edit, start);
	return 0;
}

static bool is_bindings(const struct appcmd_kind *kind, const struct appcmd_parameter *p)
{
	return !strcmp(kind->name, "SITE") && p->value &&
	       text_equal_nocase(text_of(p->name), TEXT("bindings"));
}

static int apply_all(struct appcmd *a, struct edit *edit, const struct xml_element **element,
		     const struct effective *e, const struct appcmd_kind *kind)
{
	int status = 0;
	for (size_t i = 0; i < a->count && status == 0; i++) {
		const struct appcmd_parameter *p = &a->parameters[i];
		if (p->used)
			continue;
		status = is_bindings(kind, p) ? set_bindings(a, edit, element, p->value)
					      : appcmd_apply(a, edit, element, e, p);
	}
	return status;
}

/* ---- set, delete ---- */

int appcmd_set(struct appcmd *a, const struct appcmd_kind *kind)
{
	struct appcmd_object object = { 0 };
	struct config_commit *c = NULL;
	int status = find_one(a, kind, &object);

	if (status == 0)
		status = open_file(a, &c);
	if (status || !object.element)
		return status;
	const struct xml_element *e = element_in(c, object.element);
	status = apply_all(a, config_commit_edit(c), &e, object.element, kind);
	if (status == 0)
		status = write_file(a, c);
	if (status == 0)
		printf("%s object \"%s\" changed\n", kind->name, object.values[0]);
	config_commit_free(c);
	return status;
}

int appcmd_delete(struct appcmd *a, const struct appcmd_kind *kind)
{
	struct appcmd_object object = { 0 };
	struct config_commit *c = NULL;
	int status = find_one(a, kind, &object);

	if (status == 0)
		status = open_file(a, &c);
	if (status || !object.element)
		return status;
	const struct xml_element *e = element_in(c, object.element);
	if (edit_remove(config_commit_edit(c), &e, &a->err) < 0)
		status = appcmd_failure(a);
	if (status == 0)
		status = write_file(a, c);
	if (status == 0)
		printf("%s object \"%s\" deleted\n", kind->name, object.values[0]);
	config_commit_free(c);
	return status;
}

/* ---- add ---- */

/* What an add is made of. */
struct addition {
	struct appcmd *a;
	const struct appcmd_kind *kind;
	struct config_commit *commit;
	const struct effective *parent; /* an object it goes into; NULL: a section */
	const char *section;            /* then this one */
	const char *name;               /* for the message */
};

static uint32_t next_id(struct appcmd *a)
{
	uint32_t most = 0;
	for (size_t i = 0; i < config_site_count(a->server); i++) {
		uint32_t id = config_site_at(a->server, i)->id;
		most = id > most ? id : most;
	}
	return most + 1;
}

static const struct appcmd_object *find_object(struct appcmd *a, const char *kind, const char *name)
{
	struct appcmd_objects all = { 0 };
	if (appcmd_objects(a, appcmd_kind(kind), &all))
		return NULL;
	const struct appcmd_object *objects = all.items; /* in the arena */
	for (size_t i = 0; i < all.count; i++) {
		struct text have = text_of(objects[i].values[0]), want = text_of(name);
		bool slash = have.length == want.length + 1 && have.data[want.length] == '/';
		if (text_equal_nocase((struct text){ have.data, have.length - slash }, want))
			return &objects[i];
	}
	return NULL;
}

/* The element that the new one is put into, and the schema of the new one. */
static int open_parent(struct addition *add, const struct xml_element **ret,
		       const struct effective **ret_blank)
{
	struct appcmd *a = add->a;
	struct edit *edit = config_commit_edit(add->commit);
	const struct schema *schema = config_schema(a->server);
	const struct schema_element *element;

	if (add->parent) {
		*ret = element_in(add->commit, add->parent);
		element = add->parent->schema;
	} else {
		if (edit_section(edit, TEXT(""), add->section, ret, &a->err) < 0)
			return appcmd_failure(a);
		element = schema->sections[schema_find(schema, add->section)].element;
	}
	*ret_blank = element->collection->entry->blank;
	return 0;
}

static int set_text(struct addition *add, const struct xml_element **e, const char *name,
		    const char *value)
{
	return edit_set(config_commit_edit(add->commit), e, name, value, &add->a->err) < 0
		       ? appcmd_failure(add->a)
		       : 0;
}

/* <virtualDirectory path="/"> with a physical path, in a new application. */
static int add_root(struct addition *add, const struct xml_element **application, const char *path)
{
	struct edit *edit = config_commit_edit(add->commit);
	size_t start = (*application)->start;

	if (edit_add(edit, application, "virtualDirectory", NULL, &add->a->err) < 0)
		return appcmd_failure(add->a);
	int status = set_text(add, application, "path", "/");
	if (status == 0)
		status = set_text(add, application, "physicalPath", path);
	*application = edit_at(edit, start);
	return status;
}

static int fill_site(struct addition *add, const struct xml_element **e, const char *physical)
{
	struct edit *edit = config_commit_edit(add->commit);
	size_t start = (*e)->start;
	char id[16];
	int status = 0;

	if (!xml_get(*e, "id")) {
		snprintf(id, sizeof(id), "%u", next_id(add->a));
		status = set_text(add, e, "id", id);
	}
	if (status || !physical)
		return status;
	if (edit_add(edit, e, "application", NULL, &add->a->err) < 0)
		return appcmd_failure(add->a);
	status = set_text(add, e, "path", "/");
	if (status == 0)
		status = add_root(add, e, physical);
	*e = edit_at(edit, start);
	return status;
}

static void report(const struct addition *add, const char *physical)
{
	const char *kind = add->kind->name, *name = add->name;
	bool site = !strcmp(kind, "SITE");

	printf("%s object \"%s\" added\n", kind, name);
	if (!physical || !strcmp(kind, "VDIR"))
		return;
	if (site)
		printf("APP object \"%s/\" added\n", name);
	printf("VDIR object \"%s/\" added\n", name);
}

static int add_element(struct addition *add, const char *physical)
{
	struct appcmd *a = add->a;
	const struct effective *blank = NULL;
	const struct xml_element *e = NULL;
	int status = open_parent(add, &e, &blank);

	if (status)
		return status;
	struct edit *edit = config_commit_edit(add->commit);
	/* In front of the defaults elements, which stand last. */
	const struct xml_element *before = NULL;
	for (const struct xml_element *c = e->first; c && !before; c = c->next) {
		if (text_ends_with_nocase(text_of(c->name), TEXT("Defaults")))
			before = c;
	}
	if (edit_add(edit, &e, add->kind->entry, before, &a->err) < 0)
		return appcmd_failure(a);
	if (a->identifier && !strcmp(add->kind->entry, "add"))
		status = set_text(add, &e, "name", add->name);
	if (status == 0)
		status = apply_all(a, edit, &e, blank, add->kind);
	if (status == 0 && !strcmp(add->kind->name, "SITE"))
		status = fill_site(add, &e, physical);
	else if (status == 0 && !strcmp(add->kind->name, "APP") && physical)
		status = add_root(add, &e, physical);
	if (status == 0)
		status = write_file(a, add->commit);
	if (status == 0)
		report(add, physical);
	return status;
}

/* The value of a parameter that also stays an attribute to be written. */
static const char *peek(struct appcmd *a, const char *name)
{
	const char *value = appcmd_take(a, name);
	for (size_t i = 0; i < a->count; i++) {
		if (text_equal_nocase(text_of(a->parameters[i].name), text_of(name)))
			a->parameters[i].used = false;
	}
	return value;
}

/* The object a new application or virtual directory belongs to. */
static int find_parent(struct addition *add, const char *parameter, const char *kind)
{
	struct appcmd *a = add->a;
	const char *name = appcmd_take(a, parameter), *path = peek(a, "path");
	const struct appcmd_object *parent;

	if (!name || !path)
		return appcmd_error(
			APPCMD_BAD_ARGUMENT,
			"Must specify the '%s' parameter when creating a new %s object.",
			name ? "path" : parameter, add->kind->name);
	parent = find_object(a, kind, name);
	if (!parent)
		return missing(appcmd_kind(kind), name);
	struct text front = text_of(parent->values[0]);
	while (front.length && front.data[front.length - 1] == '/')
		front.length--;
	add->parent = parent->element;
	add->name = arena_printf(&a->arena, TEXT_FMT "%s", TEXT_ARG(front), path);
	return add->name ? 0 : appcmd_error(APPCMD_FAILED, "out of memory");
}

static int find_name(struct addition *add, const char *section)
{
	add->name = peek(add->a, "name");
	add->section = section;
	if (!add->name)
		add->name = add->a->identifier;
	if (add->name)
		return 0;
	return appcmd_error(APPCMD_BAD_ARGUMENT,
			    "Must specify the 'name' parameter when creating a new %s object.",
			    add->kind->name);
}

int appcmd_add(struct appcmd *a, const struct appcmd_kind *kind)
{
	struct addition add = { .a = a, .kind = kind };
	const char *physical = NULL;
	int status = appcmd_load(a);

	if (status)
		return status;
	if (!strcmp(kind->name, "SITE"))
		status = find_name(&add, SITES);
	else if (!strcmp(kind->name, "APPPOOL"))
		status = find_name(&add, POOLS);
	else if (!strcmp(kind->name, "MODULE"))
		status = find_name(&add, MODULES);
	else if (!strcmp(kind->name, "APP"))
		status = find_parent(&add, "site.name", "SITE");
	else
		status = find_parent(&add, "app.name", "APP");
	if (status == 0 && strcmp(kind->name, "VDIR") != 0)
		physical = appcmd_take(a, "physicalPath");
	if (status == 0)
		status = open_file(a, &add.commit);
	if (status == 0)
		status = add_element(&add, physical);
	config_commit_free(add.commit);
	return status;
}
