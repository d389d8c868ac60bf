/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The view of one folder: what down.c found to hold there, made into the typed values of url.h by
 * url_make.c. Called by the front end and by hosts, on any thread; a view is built by one thread
 * and constant after that.
 */
#include "config/snapshot.h"

#include <errno.h>

static struct view *view_free(struct view *view)
{
	config_files_done(&view->files);
	config_unref(view->url.config);
	arena_done(&view->arena);
	return mem_free(view);
}

static int build(struct down *d, struct view *view)
{
	int r = config_down_go(d);

	view->files = d->files;
	if (r < 0)
		return r;
	view->url.config = config_ref(d->config);
	view->names = d->names;
	return config_view_make(view, d);
}

int config_url_new(struct config *config, const struct config_site *site,
		   const struct config_application *application, const struct config_vdir *vdir,
		   struct text folder, struct config_url **ret, struct error *err)
{
	struct view *view = mem_new(struct view);
	struct down *d = mem_new(struct down);
	int r = view && d ? 0 : error_set(err, -ENOMEM, "out of memory");

	if (r == 0) {
		view->references = 1;
		arena_init(&view->arena, VIEW_ARENA_LIMIT);
		*d = (struct down){ .config = config,
				    .site = site,
				    .arena = &view->arena,
				    .err = err,
				    .application = application->path };
		d->segments[d->depth++] = text_of(site->name);
		r = config_down_add(d, text_of(application->path));
		if (r == 0)
			r = config_down_add(d, text_of(vdir->path));
		if (r == 0)
			r = config_down_add(d, folder);
		if (r == 0)
			r = build(d, view);
	}
	if (r == 0)
		*ret = &view->url;
	else if (view)
		view_free(view);
	mem_free(d);
	return r;
}

struct config_url *config_url_ref(struct config_url *url)
{
	struct view *view = (struct view *)url;
	__atomic_add_fetch(&view->references, 1, __ATOMIC_RELAXED);
	return url;
}

struct config_url *config_url_unref(struct config_url *url)
{
	struct view *view = (struct view *)url;
	if (view && __atomic_sub_fetch(&view->references, 1, __ATOMIC_ACQ_REL) == 0)
		view_free(view);
	return NULL;
}

bool config_url_stale(const struct config_url *url)
{
	return config_files_stale(&view_of(url)->files);
}
