/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where applicationHost.config is: in STATE/config, or in the folder that redirection.config there
 * names, as when several servers share one configuration. Called by the SCM and by tools.
 */
#include "config/config.h"

#include "base/mem.h"
#include "base/sys.h"
#include "config/bind.h"
#include "config/engine/sections.h"

#include <errno.h>
#include <stdio.h>

#define SECTION "configurationRedirection"
#define ARENA_LIMIT (1 << 20)

struct redirection {
	bool enabled;
	const char *path;
};

/* A folder of this machine: shares of others are mounted by its administrator, who also says as
 * whom, so `userName` and `password` have nobody to be for. */
static int set_file(const struct xml_element *section, const char *path, struct arena *arena,
		    char ret[PATH_MAX], struct error *err)
{
	char *folder = config_local_path(path, arena);

	if (!folder)
		return error_set(err, -ENOMEM, "out of memory");
	if (folder[0] != '/' || folder[1] == '/')
		return xml_fail(section, XML_BAD_DATA, err,
				"The 'path' attribute is invalid.  '%.200s' is no folder of this "
				"machine; mount the share, and name the folder that it is in",
				path);
	int n = snprintf(ret, PATH_MAX, "%s/applicationHost.config", folder);
	return n > 0 && n < PATH_MAX ? 0
				     : xml_fail(section, XML_BAD_DATA, err,
						"The 'path' attribute is invalid.  It is longer "
						"than a path can be");
}

static int read_section(const struct xml_document *document, const char *state_dir,
			struct arena *arena, char ret[PATH_MAX], struct error *err)
{
	static const struct bind_row rows[] = {
		BIND(struct redirection, enabled, "enabled"),
		BIND(struct redirection, path, "path"),
	};
	const struct effective_context merge = { .arena = arena, .err = err };
	const struct bind_context ctx = { arena, state_dir, err };
	const struct effective *held =
		schema_builtin.sections[schema_find(&schema_builtin, SECTION)].installed;
	const struct xml_element *section = xml_child(document->root, SECTION);
	struct redirection redirection = { 0 };

	int r = sections_check(&schema_builtin, document, schema_builtin.installed, err);
	if (r < 0 || !section)
		return r;
	r = effective_merge(&merge, held, section, &held);
	if (r == 0)
		r = config_bind(&ctx, held, rows, ARRAY_LEN(rows), &redirection);
	return r < 0 || !redirection.enabled ? r
					     : set_file(section, redirection.path, arena, ret, err);
}

/* What redirection.config says; `ret` stays as it is when it says nothing. */
static int redirect(struct text text, const char *file, const char *state_dir, char ret[PATH_MAX],
		    struct error *err)
{
	struct xml_document *document = NULL;
	struct arena arena;

	int r = xml_parse(text, file, &document, err);
	if (r < 0)
		return r;
	arena_init(&arena, ARENA_LIMIT);
	r = read_section(document, state_dir, &arena, ret, err);
	arena_done(&arena);
	xml_free(document);
	return r;
}

int config_locate(const char *state_dir, char ret[PATH_MAX], struct error *err)
{
	_cleanup_mem_ char *data = NULL;
	char file[PATH_MAX], found[PATH_MAX];
	size_t length;

	if (snprintf(file, PATH_MAX, "%s/config/redirection.config", state_dir) >= PATH_MAX ||
	    snprintf(found, PATH_MAX, "%s/config/applicationHost.config", state_dir) >= PATH_MAX)
		return error_set(err, -ENAMETOOLONG, "the name of the state directory is too long");
	int r = sys_read_file(file, XML_SIZE_MAX, &data, &length);
	if (r == 0)
		r = redirect((struct text){ data, length }, file, state_dir, found, err);
	else if (r != -ENOENT)
		return error_set_at(err, r, file, 0, 0, "Cannot read configuration file: %s",
				    error_errno_text(r));
	if (r == 0 || r == -ENOENT)
		memcpy(ret, found, sizeof(found));
	return r == -ENOENT ? 0 : r;
}
