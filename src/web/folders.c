/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The effective configuration of folders, kept per loop. A folder whose web.config files changed
 * is made anew; that is asked of the file system once a second at most, by a request that needs the
 * folder: a few stat calls among thousands of requests. Watches instead would be one for each
 * folder of each site, of which the kernel has a limited number, and see nothing on a network file
 * system. When the table is full it is emptied: what is in use lives on by its references. Loop
 * thread only.
 */
#include "web/internal.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"

static void forget(void *folder)
{
	web_folder_unref(folder);
}

struct web_folder *web_folder_unref(struct web_folder *folder)
{
	if (!folder || --folder->refs > 0)
		return NULL;
	config_url_unref(folder->url);
	return mem_free(folder);
}

bool web_folder_fresh(struct web_folder *folder, int64_t now)
{
	if (now - folder->checked < FRESH_TIME)
		return true;
	if (!folder->url || config_url_stale(folder->url))
		return false;
	folder->checked = now;
	return true;
}

static struct web_folder *folder_new(struct web_loop *loop, const struct config_site *site,
				     const struct config_application *application,
				     const struct config_vdir *vdir, struct text path)
{
	struct web_folder *folder = mem_new(struct web_folder);
	if (!folder)
		return NULL;
	folder->refs = 1;
	folder->checked = loop_now(loop->loop);
	int r = config_url_new(loop->snapshot->config, site, application, vdir, path, &folder->url,
			       &folder->error);
	if (r < 0) {
		folder->url = NULL;
		folder->error.code = r;
	}
	return folder;
}

struct web_folder *web_folder_get(struct web_loop *loop, const struct config_site *site,
				  const struct config_application *application,
				  const struct config_vdir *vdir, struct text path)
{
	/* Virtual directories are unique in a snapshot, and the table does not outlive it. */
	struct buf key;
	buf_init(&key, 8192);
	buf_put(&key, &vdir, sizeof(vdir));
	buf_put_text(&key, path);
	if (buf_failed(&key)) {
		buf_done(&key);
		return NULL;
	}
	struct web_folder *folder = map_get(loop->folders, buf_text(&key)), *old = NULL;
	if (!folder || !web_folder_fresh(folder, loop_now(loop->loop))) {
		folder = folder_new(loop, site, application, vdir, path);
		if (folder && map_count(loop->folders) >= FOLDERS_MAX) {
			map_free(loop->folders, forget);
			loop->folders = map_new(FOLDERS_MAX, 0);
		}
		if (folder && loop->folders &&
		    map_put(loop->folders, buf_text(&key), folder, (void **)&old) == 0)
			folder->refs++;
		web_folder_unref(old);
	} else {
		folder->refs++;
	}
	buf_done(&key);
	return folder;
}
