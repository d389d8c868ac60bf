/* SPDX-License-Identifier: Apache-2.0 */
/*
 * appcmd migrate config: what an application of ASP.NET 2.0 registers in <system.web> for the
 * classic pipeline, <httpModules> and <httpHandlers> of its web.config, is registered for the
 * integrated one too, in <system.webServer>. And appcmd ... trace, which has nothing to stand on
 * yet.
 */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"

#include <stdio.h>

/* Lists of <system.web>, and the sections they become. */
static const struct list {
	const char *from, *to;
	const char *condition; /* of its entries */
} lists[] = {
	{ "system.web/httpModules", "system.webServer/modules", "managedHandler" },
	{ "system.web/httpHandlers", "system.webServer/handlers",
	  "integratedMode,runtimeVersionv2.0" },
};

struct migration {
	struct appcmd_target target;
	struct edit *edit;
	size_t count; /* entries that were migrated */
};

/* A handler has no name in <system.web>: it gets one of its path and verbs. NULL: no memory. */
static const char *name_of(struct appcmd *a, const struct xml_element *entry)
{
	const char *name = xml_get(entry, "name"), *path = xml_get(entry, "path");
	const char *verb = xml_get(entry, "verb");

	return name ? arena_strndup(&a->arena, name, strlen(name))
		    : arena_printf(&a->arena, "%s_%s", path ? path : "", verb ? verb : "");
}

static bool has_name(const struct xml_element *section, const char *name)
{
	for (const struct xml_element *e = section->first; e; e = e->next) {
		if (appcmd_word(xml_get(e, "name"), name))
			return true;
	}
	return false;
}

/* The entry number `n` of a list, when it is one that adds and is not there already. */
static int migrate_entry(struct migration *m, const struct list *list, size_t n, bool *ret_more)
{
	struct appcmd *a = m->target.a;
	const struct xml_element *e = xml_find(edit_document(m->edit)->root, list->from);

	for (e = e ? e->first : NULL; e && n > 0; n--)
		e = e->next;
	*ret_more = e != NULL;
	if (!e || strcmp(e->name, "add") != 0 || !xml_get(e, "type"))
		return 0;
	const char *name = name_of(a, e);
	const char *pairs[][2] = { { "name", name },
				   { "path", xml_get(e, "path") },
				   { "verb", xml_get(e, "verb") },
				   { "type", xml_get(e, "type") },
				   { "preCondition", list->condition } };
	for (size_t i = 1; i < ARRAY_LEN(pairs); i++) {
		if (pairs[i][1])
			pairs[i][1] = arena_strndup(&a->arena, pairs[i][1], strlen(pairs[i][1]));
	}
	int r = edit_section(m->edit, TEXT(""), list->to, &e, &a->err);
	if (r < 0 || has_name(e, name))
		return r;
	r = edit_add(m->edit, &e, "add", NULL, &a->err);
	for (size_t i = 0; i < ARRAY_LEN(pairs) && r == 0; i++) {
		if (pairs[i][1])
			r = edit_set(m->edit, &e, pairs[i][0], pairs[i][1], &a->err);
	}
	m->count += r == 0;
	return r;
}

/* Without the check the integrated pipeline refuses a file that has both. */
static int end_migration(struct migration *m, bool clear)
{
	struct error *err = &m->target.a->err;
	const struct xml_element *e = NULL;
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(lists) && clear && r == 0; i++) {
		e = xml_find(edit_document(m->edit)->root, lists[i].from);
		r = e ? edit_remove(m->edit, &e, err) : 0;
	}
	if (r < 0 || clear)
		return r;
	r = edit_section(m->edit, TEXT(""), "system.webServer/validation", &e, err);
	return r < 0 ? r
		     : edit_set(m->edit, &e, "validateIntegratedModeConfiguration", "false", err);
}

static int migrate(struct migration *m)
{
	struct appcmd *a = m->target.a;
	const char *clear = appcmd_take(a, "clear");
	int r = 0;

	m->edit = config_commit_edit(m->target.commit);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		bool more = true;
		for (size_t n = 0; more && r == 0; n++)
			r = migrate_entry(m, &lists[i], n, &more);
	}
	if (r == 0 && m->count)
		r = end_migration(m, clear && !appcmd_word(clear, "false"));
	return r < 0 ? appcmd_failure(a) : 0;
}

int appcmd_migrate(struct appcmd *a)
{
	struct migration m = { .target = { .a = a, .place = a->identifier } };
	int status;

	if (!a->identifier)
		return appcmd_error(APPCMD_BAD_ARGUMENT,
				    "Must specify the CONFIG object with identifier.");
	status = appcmd_target_open(&m.target);
	if (status == 0)
		status = appcmd_target_open_file(&m.target);
	if (status == 0)
		status = migrate(&m);
	if (status == 0)
		status = appcmd_target_write(&m.target);
	if (status == 0 && m.count)
		printf("Migrated %zu modules and handlers of \"%s\"\n", m.count,
		       config_tree_path(m.target.tree));
	else if (status == 0)
		puts("No migration is necessary.");
	appcmd_target_done(&m.target);
	return status;
}

int appcmd_trace(struct appcmd *a)
{
	(void)a;
	return appcmd_error(APPCMD_NOT_SUPPORTED,
			    "Failed request tracing is not part of this server: there are no "
			    "traces to list, configure or inspect. Requests that fail are in the "
			    "site's log (logFile) and in 'wevtutil qe System'.");
}
