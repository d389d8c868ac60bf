/* SPDX-License-Identifier: Apache-2.0 */
/* Renaming a site; see rename.h. Called by appcmd and metabase_set.c. */
#include "config/rename.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>

/* What follows the site's name in a path: "" or "/a/b". False: it is a path of another site. */
static bool behind_site(struct text path, const char *site, struct text *ret)
{
	size_t length = strlen(site);

	if (!text_starts_with_nocase(path, text_of(site)) ||
	    (path.length > length && path.data[length] != '/'))
		return false;
	*ret = (struct text){ path.data + length, path.length - length };
	return true;
}

static int set_path(struct edit *edit, const struct xml_element **location, const char *site,
		    struct text rest, struct error *err)
{
	struct buf path;

	buf_init(&path, XML_VALUE_MAX);
	buf_printf(&path, "%s" TEXT_FMT, site, TEXT_ARG(rest));
	int r = buf_failed(&path) ? error_set(err, -ENOMEM, "out of memory")
				  : edit_set(edit, location, "path", buf_cstr(&path), err);
	buf_done(&path);
	return r;
}

int config_rename_site(struct edit *edit, const struct xml_element **site, const char *name,
		       struct error *err)
{
	const char *written = xml_get(*site, "name");
	_cleanup_mem_ char *old = written ? mem_strdup(written) : NULL;
	size_t start = (*site)->start;

	if (written && !old)
		return error_set(err, -ENOMEM, "out of memory");
	int r = edit_set(edit, site, "name", name, err);
	const struct xml_element *e = edit_document(edit)->root->first;
	for (; e && old && *old && r == 0; e = e->next) {
		struct text rest;
		if (strcmp(e->name, "location") != 0 ||
		    !behind_site(section_location(e).path, old, &rest))
			continue;
		size_t length = edit_text(edit).length;
		bool front = e->start < start;
		r = set_path(edit, &e, name, rest, err);
		/* What stands in front of the site moves it. */
		if (r == 0 && front)
			start = start + edit_text(edit).length - length;
	}
	if (r == 0)
		*site = edit_at(edit, start);
	return r;
}
