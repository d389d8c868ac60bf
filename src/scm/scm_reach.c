/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folders of sites: which a child may see and change, and whether one that runs sees those that
 * it is to serve now. SCM loop thread.
 */
#include "scm/scm_compose.h"
#include "base/mem.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ---- what it serves ---- */

/* A site whose pages this child serves, or any of them for the front end: includes and inherited
 * web.config files lie anywhere in it. */
static bool serves_site(const struct config_site *site, const struct scm_launch *what)
{
	for (size_t i = 0; what->role == SCM_HOST && i < site->application_count; i++) {
		if (site->applications[i].pool == what->pool->policy.settings)
			return true;
	}
	return what->role == SCM_FRONT;
}

/* Its pages are read; what they may change lies in a folder App_Data of it, as the owner of the
 * site allows with ordinary permissions. */
static void add_folder(struct scm_composer *c, const char *path)
{
	char data[SCM_PATH_MAX];
	struct stat st;

	scm_compose_add_once(c, &c->launch.read_paths, path);
	if (snprintf(data, sizeof(data), "%s/App_Data", path) < (int)sizeof(data) &&
	    lstat(data, &st) == 0 && S_ISDIR(st.st_mode)) /* a link would lead anywhere */
		scm_compose_add_once(c, &c->launch.write_paths, data);
}

static void add_sites(struct scm_composer *c)
{
	const struct config *config = c->scm->config;

	for (size_t i = 0; i < config_site_count(config); i++) {
		const struct config_site *site = config_site_at(config, i);

		for (size_t a = 0; serves_site(site, c->what) && a < site->application_count; a++) {
			const struct config_application *app = &site->applications[a];

			for (size_t v = 0; v < app->vdir_count; v++)
				add_folder(c, app->vdirs[v].physical_path);
		}
		if (c->what->role == SCM_FRONT && site->log_enabled && site->log.directory)
			scm_compose_add_once(c, &c->launch.write_paths, site->log.directory);
	}
}

/* A file that the front end shows in the place of an error; what is not there is a URL, or comes
 * with the next start. */
static int add_shown(void *ctx, const char *path)
{
	struct scm_composer *c = ctx;
	struct stat st;

	if (stat(path, &st) == 0 && path[1])
		scm_compose_add_once(c, &c->launch.read_paths, path);
	return 0;
}

static void add_shown_files(struct scm_composer *c)
{
	const struct config_server *server = config_server(c->scm->config);

	config_files_each(c->scm->config, add_shown, c);
	if (server->log_mode == CONFIG_LOG_W3C)
		scm_compose_add_once(c, &c->launch.write_paths, server->log_central.directory);
}

/* Folders of logs need not be there yet; only a new one is given away. */
static void make_written(const struct scm_composer *c)
{
	for (size_t i = 0; i < c->launch.write_paths.count; i++) {
		const char *path = c->launch.write_paths.items[i].data;

		if (mkdir(path, 0750) == 0)
			(void)scm_folder_own(c->scm, path, &c->what->identity, 0750);
	}
}

void scm_compose_sites(struct scm_composer *c)
{
	if (c->what->role != SCM_FRONT && c->what->role != SCM_HOST)
		return;
	add_sites(c);
	if (c->what->role == SCM_FRONT)
		add_shown_files(c);
	make_written(c);
}

/* ---- what it can see later ---- */

/* One line for each folder that is there: 'r' or 'w', and where it really is. */
static void put_reach(struct buf *out, char kind, const struct launch_list *paths)
{
	_cleanup_mem_ char *real = mem_alloc(PATH_MAX);

	for (size_t i = 0; real && i < paths->count; i++) {
		if (realpath(paths->items[i].data, real))
			buf_printf(out, "%c%s\n", kind, real);
	}
}

char *scm_compose_reach(const struct scm_composer *c)
{
	struct buf out;

	buf_init(&out, LAUNCH_MEMORY_MAX);
	put_reach(&out, 'r', &c->launch.read_paths);
	put_reach(&out, 'w', &c->launch.write_paths);
	char *text = buf_failed(&out) ? NULL : mem_strdup(buf_cstr(&out));
	buf_done(&out);
	return text;
}

/* What can be written can be read. */
static bool line_covers(struct text have, struct text want)
{
	if (!have.length || (have.data[0] != want.data[0] && have.data[0] != 'w'))
		return false;
	have = (struct text){ have.data + 1, have.length - 1 };
	want = (struct text){ want.data + 1, want.length - 1 };
	return text_equal(have, TEXT("/")) || text_equal(have, want) ||
	       (text_starts_with(want, have) && want.data[have.length] == '/');
}

/* Looks from `*at` on, where the last one was found: mostly both have the same order. */
static bool reach_covers(const char *reach, const char **at, struct text want)
{
	struct text ahead = text_of(*at), behind = { reach, (size_t)(*at - reach) };

	for (struct text *rest = &ahead; rest->data; rest = ahead.data ? &ahead : &behind) {
		const char *line = rest->data;

		if (line_covers(text_cut(rest, '\n'), want)) {
			*at = line;
			return true;
		}
	}
	return false;
}

bool scm_child_reaches(const struct scm_child *child)
{
	struct scm *scm = child->scm;
	const struct scm_launch what = { .role = child->role,
					 .pool = child->pool,
					 .identity = child->identity };
	_cleanup_mem_ char *reach = NULL;
	const char *at = child->reach;
	char blocked[SCM_PATH_MAX];
	struct scm_composer c;
	bool reaches = true;
	struct text rest;

	if (!child->reach) /* no Landlock: only its user counts, and that is as it was */
		return true;
	scm_compose_init(&c, scm, &what);
	scm_compose_sites(&c);
	if (child->read_search)
		scm_untrusted_drop(scm, &c.launch.read_paths);
	reach = scm_compose_reach(&c);
	rest = text_of(reach ? reach : "");
	while (reaches && rest.data) {
		struct text want = text_cut(&rest, '\n');

		reaches = !want.length || reach_covers(child->reach, &at, want);
	}
	if (reaches && scm->means.users && !child->read_search)
		reaches = !scm_closed_find(scm, &c.launch.read_paths, &child->identity, true,
					   blocked);
	scm_compose_done(&c);
	return reaches;
}
