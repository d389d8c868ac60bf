/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list, set, clear and reset of sections; and which verb of config goes where. With /in each verb
 * is done at every place that the input names, or with each section that it holds.
 */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"

#include <stdio.h>

/* ---- list ---- */

/* What a <location> of this place itself says; else it is inherited. */
static const char *override_mode(const struct appcmd_target *t, size_t id)
{
	const struct section_rule *rule = &config_tree_level(t->tree)->rules[id];
	const struct xml_element *e = rule->by;
	const char *place = config_tree_path(t->tree) + strlen(CONFIG_PATH_APPHOST);

	while (e && strcmp(e->name, "location") != 0)
		e = e->parent;
	if (!e || strlen(config_tree_path(t->tree)) < strlen(CONFIG_PATH_APPHOST) ||
	    !text_equal_nocase(section_location(e).path, text_of(place + (*place == '/'))))
		return "Inherit";
	return rule->allow ? "Allow" : "Deny";
}

static const char *const definitions[] = { "Everywhere", "MachineToApplication", "MachineToRootWeb",
					   "MachineOnly", "AppHostOnly" };

/* overrideMode and what comes of it, allowDefinition: of a section, for /metadata. */
static const char *section_metadata(const struct appcmd_target *t, size_t id)
{
	const struct section_rule *rule = &config_tree_level(t->tree)->rules[id];
	return arena_printf(&t->a->arena,
			    " overrideMode=\"%s\" effectiveOverrideMode=\"%s\" isLocked=\"%s\" "
			    "allowDefinition=\"%s\"",
			    override_mode(t, id), rule->allow ? "Allow" : "Deny",
			    rule->allow ? "false" : "true", definitions[rule->definition]);
}

/* "system.webServer-asp": a section as an element by itself. */
static void put_nested(struct appcmd_target *t, size_t id, const struct effective *e,
		       const char *more)
{
	struct appcmd *a = t->a;
	const struct appcmd_style style = { a->config_all, a->metadata, "    " };
	const char *path = config_schema(a->server)->sections[id].path;
	char *name = arena_strndup(&a->arena, path, strlen(path));

	for (char *c = name; c && *c; c++)
		*c = *c == '/' ? '-' : *c;
	if (name)
		appcmd_print_element(&a->out, e, name, &style, 2, more);
}

static void put_xml_object(struct appcmd_target *t, size_t id, const struct effective *e)
{
	struct appcmd *a = t->a;
	const char *more = a->metadata ? section_metadata(t, id) : "";

	buf_printf(&a->out, "    <CONFIG CONFIG.SECTION=\"%s\" path=\"",
		   config_schema(a->server)->sections[id].path);
	buf_put_html(&a->out, text_of(config_tree_path(t->tree)));
	buf_printf(&a->out, "\" overrideMode=\"%s\" locked=\"%s\"", override_mode(t, id),
		   config_tree_level(t->tree)->rules[id].allow ? "false" : "true");
	buf_puts(&a->out, a->config ? ">\n" : " />\n");
	if (!a->config)
		return;
	put_nested(t, id, e, more ? more : "");
	buf_puts(&a->out, "    </CONFIG>\n");
}

/* The section in its groups, as it would stand in a file. */
static void put_in_groups(struct appcmd_target *t, const char *path, const struct effective *e,
			  const char *more)
{
	struct appcmd *a = t->a;
	const struct appcmd_style style = { a->config_all || a->text, a->metadata, "  " };
	struct text rest = text_of(path), names[8];
	int depth = 0;

	while (rest.data && depth < (int)ARRAY_LEN(names))
		names[depth++] = text_cut(&rest, '/');
	for (int i = 0; i < depth - 1; i++)
		buf_printf(&a->out, "%*s<" TEXT_FMT ">\n", 2 * i, "", TEXT_ARG(names[i]));
	appcmd_print_element(&a->out, e, e->schema->name, &style, depth - 1, more);
	for (int i = depth - 2; i >= 0; i--)
		buf_printf(&a->out, "%*s</" TEXT_FMT ">\n", 2 * i, "", TEXT_ARG(names[i]));
}

static int put_section(struct appcmd_target *t, size_t id)
{
	struct appcmd *a = t->a;
	const struct effective *e = config_tree_level(t->tree)->sections[id];
	const char *more = a->metadata ? section_metadata(t, id) : "";

	if (a->xml) {
		put_xml_object(t, id, e);
	} else if (a->text && strcmp(a->text, "*") != 0) {
		char *path = arena_strndup(&a->arena, a->text, strlen(a->text));
		for (char *c = path; c && *c; c++)
			*c = *c == '.' ? '/' : *c;
		const struct effective_value *v = path ? effective_value(e, path, NULL) : NULL;
		if (!v)
			return appcmd_unknown(a->text, strlen(a->text));
		buf_printf(&a->out, "%s\n", v->text ? v->text : "");
	} else {
		put_in_groups(t, config_schema(a->server)->sections[id].path, e, more ? more : "");
	}
	return 0;
}

/* /section:? */
static int list_names(struct appcmd *a)
{
	int status = appcmd_load(a);
	const struct schema *schema = status ? NULL : config_schema(a->server);
	for (size_t i = 0; schema && i < schema->count; i++) {
		if (schema->sections[i].path[0] != '.')
			buf_printf(&a->out, "%s\n", schema->sections[i].path);
	}
	return status;
}

static int list_place(struct appcmd_target *t)
{
	int status = appcmd_target_open(t);
	const struct schema *schema = status ? NULL : config_schema(t->a->server);

	if (status == 0 && t->section)
		return put_section(t, t->id);
	for (size_t i = 0; schema && i < schema->count && status == 0; i++) {
		const struct effective *e = config_tree_level(t->tree)->sections[i];
		if (schema->sections[i].path[0] != '.' && (e->by || t->a->config_all))
			status = put_section(t, i);
	}
	return status;
}

/* ---- changing ---- */

static int applied(const struct appcmd_target *t)
{
	printf("Applied configuration changes to section \"%s\" for \"%s\" at configuration commit "
	       "path \"%s\"\n",
	       t->section, config_tree_path(t->tree), t->commit_path);
	return 0;
}

static int open_target(struct appcmd_target *t)
{
	if (!t->name)
		return appcmd_error(APPCMD_BAD_ARGUMENT,
				    "Must specify the CONFIG object with section parameter.");
	int status = appcmd_target_open(t);
	return status ? status : appcmd_target_open_file(t);
}

/* A list that comes from elsewhere is whole: what is above does not count. Puts <clear/> in front
 * of the entries of every collection that has some, the deepest first. */
static int clear_lists(struct edit *edit, const struct xml_element **element,
		       const struct schema_element *schema, struct error *err)
{
	size_t start = (*element)->start;
	const struct schema_collection *c = schema->collection;
	const struct xml_element *entry = NULL;
	size_t count = 0;
	int r = 0;

	for (const struct xml_element *e = (*element)->first; e; e = e->next)
		count++;
	/* From the last one on, so that those in front stay where they are. */
	while (count-- > 0 && r == 0) {
		const struct xml_element *e = edit_at(edit, start)->first;
		for (size_t i = 0; i < count; i++)
			e = e->next;
		size_t child = schema_child_index(schema, e->name);
		if (child != SIZE_MAX)
			r = clear_lists(edit, &e, schema->children[child], err);
	}
	const struct xml_element *self = edit_at(edit, start);
	for (const struct xml_element *e = self->first; e && !entry; e = e->next) {
		if (schema_directive(c, e->name) != DIRECTIVE_NONE)
			entry = e;
	}
	if (r == 0 && entry && c->clear && schema_directive(c, entry->name) != DIRECTIVE_CLEAR)
		r = edit_add(edit, &self, c->clear, entry, err);
	*element = edit_at(edit, start);
	return r;
}

/* Makes the section what `nested` is, an element of any name. */
static int import_section(struct appcmd_target *t, const struct xml_element *nested,
			  const struct xml_element **e)
{
	struct appcmd *a = t->a;
	struct edit *edit = config_commit_edit(t->commit);
	const struct schema_element *schema = config_schema(a->server)->sections[t->id].element;
	const struct xml_element *section = *e, *parent = section->parent;
	const char *source = nested->document->source.data;
	size_t open = nested->start + 1 + strlen(nested->name);
	bool empty = nested->close == nested->end;
	const char *name = schema->name;
	char *bytes =
		arena_printf(&a->arena, "<%s%.*s%.*s%s%s%s", name, (int)(nested->open_end - open),
			     source + open, (int)(nested->close - nested->open_end),
			     source + nested->open_end, empty ? "" : "</", empty ? "" : name,
			     empty ? "" : ">");
	int r = bytes ? edit_remove(edit, &section, &a->err) : -1;

	parent = section;
	if (r == 0)
		r = edit_paste(edit, &parent, text_of(bytes), &a->err);
	if (r == 0 && (t->location.length || strcmp(t->commit_path, CONFIG_PATH_APPHOST) != 0))
		r = clear_lists(edit, &parent, schema, &a->err);
	if (r < 0)
		return appcmd_failure(a);
	*e = parent;
	return 0;
}

static int set_place(struct appcmd_target *t, const struct xml_element *nested)
{
	const struct xml_element *e = NULL;
	struct appcmd *a = t->a;
	int status = open_target(t);

	if (status == 0 &&
	    edit_section(config_commit_edit(t->commit), t->location, t->section, &e, &a->err) < 0)
		status = appcmd_failure(a);
	if (status == 0 && nested)
		status = import_section(t, nested, &e);
	if (status == 0)
		status = appcmd_apply_all(a, config_commit_edit(t->commit), &e, t->held, NULL);
	if (status == 0)
		status = appcmd_target_write(t);
	return status ? status : applied(t);
}

/* What is written of the section for this place goes, also when that is what makes the place's
 * files invalid. */
static int clear_place(struct appcmd_target *t)
{
	appcmd_take(t->a, "delete"); /* the whole element always goes */
	t->server_only = true;
	int status = open_target(t);
	struct edit *edit = status ? NULL : config_commit_edit(t->commit);
	const struct xml_element *e =
		edit ? edit_find_section(edit_document(edit), t->location, t->section) : NULL;

	if (e && edit_remove(edit, &e, &t->a->err) < 0)
		status = appcmd_failure(t->a);
	if (status == 0)
		status = appcmd_target_write(t);
	return status ? status : applied(t);
}

/* What is installed holds again for the whole server: everything that applicationHost.config says
 * of the section at its own level goes, what locks or unlocks it too. Sites keep what they say. */
static int reset_place(struct appcmd_target *t)
{
	t->server_only = true;
	if (t->place && *t->place)
		return appcmd_error(APPCMD_BAD_ARGUMENT,
				    "A section is reset for the whole server; use 'clear config' "
				    "for \"%s\".",
				    t->place);
	int status = open_target(t);
	while (status == 0) {
		struct edit *edit = config_commit_edit(t->commit);
		const struct xml_element *e =
			edit_find_section(edit_document(edit), TEXT(""), t->section);
		if (!e)
			break;
		if (edit_remove(edit, &e, &t->a->err) < 0)
			status = appcmd_failure(t->a);
	}
	if (status == 0)
		status = appcmd_target_write(t);
	return status ? status : applied(t);
}

/* ---- at one place, or at all that the input names ---- */

static int do_place(struct appcmd *a, const char *place, const char *section,
		    const struct xml_element *nested)
{
	struct appcmd_target t = { .a = a, .place = place, .name = section };
	int status;

	if (appcmd_word(a->verb, "list"))
		status = list_place(&t);
	else if (appcmd_word(a->verb, "set"))
		status = set_place(&t, nested);
	else if (appcmd_word(a->verb, "clear"))
		status = clear_place(&t);
	else
		status = reset_place(&t);
	appcmd_target_done(&t);
	return status;
}

/* An element of the input: a section with its path, or an object that is a place. */
static int do_element(struct appcmd *a, const struct xml_element *e)
{
	static const char *const places[] = { "SITE", "APP", "VDIR" };
	const char *section = a->section ? a->section : xml_get(e, "CONFIG.SECTION");
	const char *place = a->identifier;
	char key[64];

	if (appcmd_word(e->name, "CONFIG"))
		return do_place(a, place ? place : xml_get(e, "path"), section,
				a->section ? NULL : e->first);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		snprintf(key, sizeof(key), "%s.NAME", places[i]);
		const char *name = appcmd_word(e->name, places[i]) ? xml_get(e, key) : NULL;
		if (name)
			return do_place(a, name, section, NULL);
	}
	xml_fail(e, XML_BAD_DATA, &a->err,
		 "<%s> is no place of the configuration; CONFIG, SITE, APP and VDIR are", e->name);
	return appcmd_failure(a);
}

static int do_all(struct appcmd *a)
{
	if (!a->in)
		return do_place(a, a->identifier, a->section, NULL);
	int status = appcmd_input(a);
	const struct xml_element *e = status ? NULL : a->input->root->first;
	/* One that is changed is written, and the next one begins with what is there then. */
	for (; e && status == 0; e = e->next) {
		status = do_element(a, e);
		if (!appcmd_word(a->verb, "list"))
			a->server = config_unref(a->server);
	}
	return status;
}

int appcmd_config(struct appcmd *a)
{
	bool list = appcmd_word(a->verb, "list");

	if (list && a->section && !strcmp(a->section, "?"))
		return list_names(a);
	if (appcmd_word(a->verb, "lock") || appcmd_word(a->verb, "unlock"))
		return appcmd_lock(a, appcmd_word(a->verb, "lock"));
	if (appcmd_word(a->verb, "search"))
		return appcmd_search(a);
	if (appcmd_word(a->verb, "migrate"))
		return appcmd_migrate(a);
	if (list && a->xml)
		buf_puts(&a->out, APPCMD_XML_BEGIN);
	int status = do_all(a);
	if (list && a->xml)
		buf_puts(&a->out, APPCMD_XML_END);
	return status;
}
