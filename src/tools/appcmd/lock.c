/* SPDX-License-Identifier: Apache-2.0 */
/* appcmd lock and unlock config: who may write a section below a place. */
#include "tools/appcmd/appcmd.h"

#include <stdio.h>

/* The <location> of the place with this mode; made when it is not there. One that is not for the
 * applications below would lock nothing there. */
static int open_location(struct appcmd_target *t, bool lock, const struct xml_element **ret)
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
static int move_section(struct appcmd_target *t, bool lock)
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
int appcmd_lock(struct appcmd *a, bool lock)
{
	struct appcmd_target t = {
		.a = a, .place = a->identifier, .name = a->section, .server_only = true
	};
	if (!a->commit) /* locks are kept where the administrator is */
		a->commit = "apphost";
	if (!a->section)
		return appcmd_error(APPCMD_BAD_ARGUMENT,
				    "Must specify the CONFIG object with section parameter.");
	int status = appcmd_target_open(&t);
	if (status == 0)
		status = appcmd_target_open_file(&t);

	if (status == 0)
		status = move_section(&t, lock);
	if (status == 0)
		status = appcmd_target_write(&t);
	if (status == 0)
		printf("%s section \"%s\" at configuration path \"%s\".\n",
		       lock ? "Locked" : "Unlocked", t.section, config_tree_path(t.tree));
	appcmd_target_done(&t);
	return status;
}
