/* SPDX-License-Identifier: Apache-2.0 */
/* appcmd ... config: sections at places of the hierarchy. */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>

/* A section at a place, and the file it is changed in. */
struct target {
	struct appcmd *a;
	bool server_only;         /* the place is opened without its web.config files */
	const char *section;      /* its whole path */
	struct config_tree *tree; /* of the place */
	const struct effective *held;
	struct config_commit *commit;
	const char *commit_path; /* "MACHINE/WEBROOT/APPHOST" or deeper */
	struct text location;    /* the rest of the place's path below it */
};

static void target_done(struct target *t)
{
	config_commit_free(t->commit);
	config_tree_free(t->tree);
}

static int find_section(struct target *t)
{
	struct appcmd *a = t->a;
	const struct schema *schema = config_schema(a->server);
	size_t id;

	int r = schema_find_short(schema, a->section, &id, &a->err);
	if (r == -ENOENT)
		return appcmd_error(APPCMD_BAD_ARGUMENT,
				    "Unknown config section \"%s\".  Replace with ? for help.",
				    a->section);
	if (r < 0)
		return appcmd_error(APPCMD_BAD_ARGUMENT, "%s", a->err.text);
	t->section = schema->sections[id].path;
	return 0;
}

static int open_place(struct target *t)
{
	struct appcmd *a = t->a;
	struct text place = text_of(a->identifier ? a->identifier : "");
	int status = appcmd_load(a);

	if (status == 0 && a->section)
		status = find_section(t);
	if (status)
		return status;
	int r = t->server_only ? config_tree_server(a->server, place, &t->tree, &a->err)
			       : config_tree_new(a->server, place, &t->tree, &a->err);
	if (r < 0)
		return appcmd_failure(a);
	t->held = t->section ? level_section(config_tree_level(t->tree), t->section) : NULL;
	return 0;
}

/* ---- list ---- */

static void put_xml_object(struct buf *out, const struct target *t, const char *section,
			   const struct effective *e)
{
	buf_printf(out, "    <CONFIG CONFIG.SECTION=\"%s\" path=\"", section);
	buf_put_html(out, text_of(config_tree_path(t->tree)));
	buf_putc(out, '"');
	for (size_t i = 0; i < e->schema->attribute_count; i++) {
		if (!e->values[i].text)
			continue;
		buf_printf(out, " %s=\"", e->schema->attributes[i].name);
		buf_put_html(out, text_of(e->values[i].text));
		buf_putc(out, '"');
	}
	buf_puts(out, " />\n");
}

static int put_section(struct target *t, const char *section, const struct effective *e)
{
	struct appcmd *a = t->a;

	if (a->xml) {
		put_xml_object(&a->out, t, section, e);
	} else if (a->text && strcmp(a->text, "*") != 0) {
		char *path = arena_strndup(&a->arena, a->text, strlen(a->text));
		for (char *c = path; c && *c; c++)
			*c = *c == '.' ? '/' : *c;
		const struct effective_value *v = path ? effective_value(e, path, NULL) : NULL;
		if (!v)
			return appcmd_error(APPCMD_BAD_ARGUMENT,
					    "Unknown attribute \"%s\".  Replace with -? for help.",
					    a->text);
		buf_printf(&a->out, "%s\n", v->text ? v->text : "");
	} else {
		appcmd_print_section(&a->out, section, e, a->config_all || a->text);
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

static int list_config(struct appcmd *a)
{
	struct target t = { .a = a };
	if (a->section && !strcmp(a->section, "?"))
		return list_names(a);
	int status = open_place(&t);

	if (status == 0 && a->xml)
		buf_puts(&a->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<appcmd>\n");
	if (status == 0 && t.section)
		status = put_section(&t, t.section, t.held);
	const struct schema *schema = status ? NULL : config_schema(a->server);
	for (size_t i = 0; schema && !t.section && i < schema->count && status == 0; i++) {
		const struct effective *e = config_tree_level(t.tree)->sections[i];
		if (schema->sections[i].path[0] != '.' && (e->by || a->config_all))
			status = put_section(&t, schema->sections[i].path, e);
	}
	if (status == 0 && a->xml)
		buf_puts(&a->out, "</appcmd>\n");
	target_done(&t);
	return status;
}

/* ---- changing ---- */

static bool word_is(const char *word, const char *what)
{
	return word && text_equal_nocase(text_of(word), text_of(what));
}

/* The path of the application or site that a place is in. */
static const char *parent_path(struct target *t)
{
	const char *path = config_tree_path(t->tree) + strlen(CONFIG_PATH_APPHOST);
	const char *slash = strchr(path + (*path == '/'), '/');
	if (word_is(t->a->commit, "site"))
		return arena_strndup(&t->a->arena, path,
				     slash ? (size_t)(slash - path) : strlen(path));
	slash = strrchr(path, '/');
	return slash ? arena_strndup(&t->a->arena, path, (size_t)(slash - path)) : "";
}

static int open_commit(struct target *t)
{
	struct appcmd *a = t->a;
	const char *place = config_tree_path(t->tree), *commit = a->commit;
	struct config_tree *tree = NULL;
	int r;

	if (word_is(commit, "site") || word_is(commit, "parent"))
		commit = parent_path(t);
	else if (!commit || word_is(commit, "url") || word_is(commit, "app"))
		commit = place;
	else if (word_is(commit, "apphost") || word_is(commit, "webroot") ||
		 word_is(commit, "machine"))
		commit = "";
	while (commit && *commit == '/')
		commit++;
	if (!commit || config_tree_new(a->server, text_of(commit), &tree, &a->err) < 0)
		return appcmd_failure(a);
	t->commit_path = arena_printf(&a->arena, "%s", config_tree_path(tree));
	size_t length = t->commit_path ? strlen(t->commit_path) : 0;
	if (!t->commit_path || strncmp(place, t->commit_path, length) != 0 ||
	    (place[length] && place[length] != '/')) {
		config_tree_free(tree);
		return appcmd_error(APPCMD_BAD_ARGUMENT,
				    "The configuration cannot be committed at path \"%s\"; it is "
				    "not a parent of \"%s\".",
				    commit, place);
	}
	t->location = text_of(place + length + (place[length] == '/'));
	if (!strcmp(t->commit_path, CONFIG_PATH_APPHOST))
		r = config_commit_server(a->file, a->state, &a->server, &t->commit, &a->err);
	else
		r = config_commit_folder(a->server, tree, &t->commit, &a->err);
	config_tree_free(tree);
	return r < 0 ? appcmd_failure(a) : 0;
}

static int write_target(struct target *t)
{
	return config_commit_write(t->commit, &t->a->err) < 0 ? appcmd_failure(t->a) : 0;
}

static int applied(const struct target *t)
{
	printf("Applied configuration changes to section \"%s\" for \"%s\" at configuration commit "
	       "path \"%s\"\n",
	       t->section, config_tree_path(t->tree), t->commit_path);
	return 0;
}

static int open_target(struct target *t)
{
	if (!t->a->section)
		return appcmd_error(APPCMD_BAD_ARGUMENT,
				    "Must specify the CONFIG object with section parameter.");
	int status = open_place(t);
	return status ? status : open_commit(t);
}

static int set_config(struct appcmd *a)
{
	struct target t = { .a = a };
	const struct xml_element *e = NULL;
	int status = open_target(&t);

	if (status == 0 &&
	    edit_section(config_commit_edit(t.commit), t.location, t.section, &e, &a->err) < 0)
		status = appcmd_failure(a);
	for (size_t i = 0; i < a->count && status == 0; i++)
		status = appcmd_apply(a, config_commit_edit(t.commit), &e, t.held,
				      &a->parameters[i]);
	if (status == 0)
		status = write_target(&t);
	if (status == 0)
		status = applied(&t);
	target_done(&t);
	return status;
}

/* clear and reset: what is written of the section for this place goes, also when that is what
 * makes the place's files invalid. */
static int clear_config(struct appcmd *a)
{
	struct target t = { .a = a, .server_only = true };
	int status = open_target(&t);
	struct edit *edit = status ? NULL : config_commit_edit(t.commit);
	const struct xml_element *e =
		edit ? edit_find_section(edit_document(edit), t.location, t.section) : NULL;

	if (e && edit_remove(edit, &e, &a->err) < 0)
		status = appcmd_failure(a);
	if (status == 0)
		status = write_target(&t);
	if (status == 0)
		status = applied(&t);
	target_done(&t);
	return status;
}

/* ---- locks ---- */

/* The <location> of the place with this mode; made when it is not there. One that is not for the
 * applications below would lock nothing there. */
static int open_location(struct target *t, bool lock, const struct xml_element **ret)
{
	enum location_mode mode = lock ? LOCATION_DENY : LOCATION_ALLOW;
	struct edit *edit = config_commit_edit(t->commit);
	const struct xml_element *root = edit_document(edit)->root, *e = root->first;
	char *path = arena_strndup(&t->a->arena, t->location.data, t->location.length);

	for (; e; e = e->next) {
		if (strcmp(e->name, "location") != 0)
			continue;
		struct location have = section_location(e);
		if (have.mode == mode && have.children &&
		    text_equal_nocase(have.path, t->location)) {
			*ret = e;
			return 0;
		}
	}
	e = root;
	int r = path ? edit_add(edit, &e, "location", NULL, &t->a->err) : -1;
	if (r == 0)
		r = edit_set(edit, &e, "path", path, &t->a->err);
	if (r == 0)
		r = edit_set(edit, &e, "overrideMode", lock ? "Deny" : "Allow", &t->a->err);
	*ret = e;
	return r;
}

/* The section may be written once for a place: what is there moves into the location. */
static int move_section(struct target *t, bool lock)
{
	struct edit *edit = config_commit_edit(t->commit);
	struct error *err = &t->a->err;
	const struct xml_element *e =
		edit_find_section(edit_document(edit), t->location, t->section);
	char *bytes = NULL;
	int r = 0;

	if (e) {
		bytes = arena_strndup(&t->a->arena, e->document->source.data + e->start,
				      e->end - e->start);
		r = bytes ? edit_remove(edit, &e, err) : -1;
	}
	if (r == 0)
		r = open_location(t, lock, &e);
	struct text rest = text_of(t->section);
	while (r == 0 && rest.data) {
		struct text part = text_cut(&rest, '/');
		char *name = arena_strndup(&t->a->arena, part.data, part.length);
		if (!name)
			r = -1;
		else if (!rest.data && bytes)
			r = edit_paste(edit, &e, text_of(bytes), err);
		else
			r = edit_child(edit, &e, name, err);
	}
	return r < 0 ? appcmd_failure(t->a) : 0;
}

/* The files of the place are not read: unlocking is what makes one valid that violates the lock. */
static int lock_config(struct appcmd *a, bool lock)
{
	struct target t = { .a = a, .server_only = true };
	if (!a->commit) /* locks are kept where the administrator is */
		a->commit = "apphost";
	int status = open_target(&t);

	if (status == 0)
		status = move_section(&t, lock);
	if (status == 0)
		status = write_target(&t);
	if (status == 0)
		printf("%s section \"%s\" at configuration path \"%s\".\n",
		       lock ? "Locked" : "Unlocked", t.section, config_tree_path(t.tree));
	target_done(&t);
	return status;
}

/* ---- search ---- */

static bool writes(const struct xml_element *scope, const char *section)
{
	return section ? xml_find(scope, section) != NULL : scope->first != NULL;
}

/* Where in applicationHost.config a section is written. */
static int search_config(struct appcmd *a)
{
	struct target t = { .a = a, .server_only = true };
	int status = open_place(&t);
	const struct xml_element *root = status ? NULL : config_document(a->server)->root;

	if (root && writes(root, t.section))
		buf_puts(&a->out, "CONFIGSEARCH \"" CONFIG_PATH_APPHOST "\"\n");
	for (const struct xml_element *e = root ? root->first : NULL; e; e = e->next) {
		if (strcmp(e->name, "location") != 0 || !writes(e, t.section))
			continue;
		struct text path = section_location(e).path;
		if (path.length)
			buf_printf(&a->out,
				   "CONFIGSEARCH \"" CONFIG_PATH_APPHOST "/" TEXT_FMT "\"\n",
				   TEXT_ARG(path));
	}
	target_done(&t);
	return status;
}

int appcmd_config(struct appcmd *a)
{
	if (word_is(a->verb, "list"))
		return list_config(a);
	if (word_is(a->verb, "set"))
		return set_config(a);
	if (word_is(a->verb, "clear") || word_is(a->verb, "reset"))
		return clear_config(a);
	if (word_is(a->verb, "lock") || word_is(a->verb, "unlock"))
		return lock_config(a, word_is(a->verb, "lock"));
	if (word_is(a->verb, "search"))
		return search_config(a);
	/* What migrate moves, httpModules and httpHandlers of ASP.NET, belongs to no program here.
	 */
	puts("No migration is necessary.");
	return APPCMD_OK;
}
