/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list, set and delete of sites, applications, virtual directories and pools: entries of
 * applicationHost.config.
 */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"

#include <stdio.h>

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

/* "/site.name:X" is the identifier of a site when none is given. */
static void name_by_property(struct appcmd *a, const struct appcmd_kind *kind)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.name", kind->name);
	const char *value = a->identifier || a->in ? NULL : appcmd_take(a, name);
	a->identifier = value ? value : a->identifier;
}

int appcmd_select_named(struct appcmd *a, const struct appcmd_kind *kind,
			struct appcmd_objects *ret)
{
	name_by_property(a, kind);
	if (!a->identifier && !a->in)
		return appcmd_unnamed(kind);
	int status = appcmd_select(a, kind, false, ret);
	return status || ret->count || a->in ? status : appcmd_missing(kind, a->identifier);
}

/* ---- the file ---- */

int appcmd_open_file(struct appcmd *a, struct config_commit **ret)
{
	return config_commit_server(a->file, a->state, &a->server, ret, &a->err) < 0
		       ? appcmd_failure(a)
		       : 0;
}

int appcmd_write_file(struct appcmd *a, struct config_commit *c)
{
	return config_commit_write(c, &a->err) < 0 ? appcmd_failure(a) : 0;
}

void appcmd_position_of(const struct xml_element *element, struct appcmd_position *ret)
{
	size_t depth = 0;

	for (const struct xml_element *e = element; e->parent; e = e->parent)
		depth++;
	ret->depth = depth;
	for (const struct xml_element *e = element; depth-- > 0; e = e->parent) {
		uint32_t n = 0;
		for (const struct xml_element *x = e->parent->first; x != e; x = x->next)
			n++;
		if (depth < APPCMD_DEPTH_MAX)
			ret->steps[depth] = n;
	}
}

const struct xml_element *appcmd_position_at(const struct edit *edit,
					     const struct appcmd_position *position)
{
	const struct xml_element *e = edit_document(edit)->root;

	if (position->depth > APPCMD_DEPTH_MAX)
		return NULL;
	for (size_t i = 0; i < position->depth && e; i++) {
		e = e->first;
		for (uint32_t n = 0; n < position->steps[i] && e; n++)
			e = e->next;
	}
	return e;
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

int appcmd_apply_all(struct appcmd *a, struct edit *edit, const struct xml_element **element,
		     const struct effective *e, const struct appcmd_kind *kind)
{
	int status = 0;
	for (size_t i = 0; i < a->count && status == 0; i++) {
		const struct appcmd_parameter *p = &a->parameters[i];
		if (p->used)
			continue;
		status = kind && is_bindings(kind, p) ? set_bindings(a, edit, element, p->value)
						      : appcmd_apply(a, edit, element, e, p);
	}
	return status;
}

/* ---- set, delete ---- */

/* What is done with one object. */
typedef int (*change_fn)(struct appcmd *a, struct edit *edit, const struct xml_element *e,
			 const struct appcmd_object *object);

static int set_object(struct appcmd *a, struct edit *edit, const struct xml_element *e,
		      const struct appcmd_object *object)
{
	return appcmd_apply_all(a, edit, &e, object->element, object->kind);
}

static int delete_object(struct appcmd *a, struct edit *edit, const struct xml_element *e,
			 const struct appcmd_object *object)
{
	(void)object;
	return edit_remove(edit, &e, &a->err) < 0 ? appcmd_failure(a) : 0;
}

/* All objects in one step of the file: all are changed, or none is. The last one is changed first:
 * those in front of it stay where they are. */
static int change(struct appcmd *a, const struct appcmd_kind *kind, change_fn fn, const char *done)
{
	struct appcmd_objects objects = { 0 };
	struct config_commit *c = NULL;
	int status = appcmd_select_named(a, kind, &objects);

	if (status == 0)
		status = appcmd_open_file(a, &c);
	for (size_t i = objects.count; i-- > 0 && status == 0;) {
		const struct appcmd_object *o = &objects.items[i];
		struct appcmd_position at;
		if (!o->element)
			continue;
		appcmd_position_of(o->element->by, &at);
		const struct xml_element *e = appcmd_position_at(config_commit_edit(c), &at);
		status =
			e ? fn(a, config_commit_edit(c), e, o) : appcmd_missing(kind, o->values[0]);
	}
	if (status == 0)
		status = appcmd_write_file(a, c);
	for (size_t i = 0; i < objects.count && status == 0; i++)
		printf("%s object \"%s\" %s\n", kind->name, objects.items[i].values[0], done);
	config_commit_free(c);
	return status;
}

int appcmd_set(struct appcmd *a, const struct appcmd_kind *kind)
{
	return change(a, kind, set_object, "changed");
}

int appcmd_delete(struct appcmd *a, const struct appcmd_kind *kind)
{
	return change(a, kind, delete_object, "deleted");
}
