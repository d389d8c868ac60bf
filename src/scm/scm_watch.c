/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sees that applicationHost.config, a schema file of the user or redirection.config was changed,
 * without looking at them again and again: inotify on their folders. SCM loop thread.
 *
 * Editors write in many ways: in place, beside it and a rename over it, the old one renamed away
 * first. So no event is taken for what it says: whatever happens in the folder means that the file
 * is read once it has been quiet there for a moment, and what was read decides. Somebody who never
 * stops writing does not keep that from happening: it waits WATCH_PATIENCE at most, and looks again
 * then. A file that is caught half written is refused as any broken one, until the next look.
 */
#include "scm/scm_internal.h"
#include "base/sys.h"

#include <errno.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#define WATCH_QUIET (100 * NSEC_PER_MSEC)
#define WATCH_PATIENCE (2 * NSEC_PER_SEC)
#define WATCH_EVENTS                                                                               \
	(IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM |          \
	 IN_MOVED_TO | IN_ONLYDIR)
#define WATCH_READS 64 /* in one turn */

/* A folder may be replaced: it is found anew by its name. An unchanged one keeps its number. */
static int watch_folder(const struct scm *scm, const char *folder, int length, const char *name,
			uint32_t events)
{
	char path[SCM_PATH_MAX];

	if (snprintf(path, sizeof(path), "%.*s/%s", length, folder, name) >= (int)sizeof(path))
		return -1;
	return inotify_add_watch(scm->watch_fd, path, events);
}

/* STATE/config, and, where redirection.config there names another folder, that one. */
static void watch_folders(struct scm *scm)
{
	const char *state = scm->state_dir, *file = scm->config_path;
	int length = (int)strlen(state), folder = (int)(strrchr(file, '/') - file);

	scm->watched_state =
		watch_folder(scm, state, length, ".", IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
	scm->watched_config = watch_folder(scm, state, length, "config", WATCH_EVENTS);
	watch_folder(scm, file, folder, ".", WATCH_EVENTS);
	watch_folder(scm, file, folder, "schema", WATCH_EVENTS);
}

static void settled(void *ctx)
{
	struct scm *scm = ctx;
	int64_t now = loop_now(scm->loop);

	/* Between the two renames of an editor there is none. */
	if (access(scm->config_path, F_OK) < 0 && now < scm->watch_since + WATCH_PATIENCE) {
		loop_timer_set(scm->loop, &scm->watch_timer, now + WATCH_QUIET, settled, scm);
		return;
	}
	scm->watch_since = 0;
	/* The folders first: what changes from here on is another event. */
	watch_folders(scm);
	scm_config_reload(scm);
	watch_folders(scm); /* it may be elsewhere now */
}

static void changed(struct scm *scm)
{
	int64_t now = loop_now(scm->loop), due = now + WATCH_QUIET;

	if (!scm->watch_since)
		scm->watch_since = now;
	if (due > scm->watch_since + WATCH_PATIENCE)
		due = scm->watch_since + WATCH_PATIENCE;
	loop_timer_set(scm->loop, &scm->watch_timer, due, settled, scm);
}

/* In the state directory only the folder of the configuration counts, whatever else comes and goes
 * there. */
static bool concerns(const struct scm *scm, const struct inotify_event *event)
{
	if (event->mask & (IN_Q_OVERFLOW | IN_IGNORED))
		return true;
	return event->wd != scm->watched_state || (event->len && !strcmp(event->name, "config"));
}

static void readable(void *ctx, int fd, unsigned events)
{
	struct scm *scm = ctx;
	char buffer[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool some = false;
	ssize_t n = 1;

	(void)events;
	for (int i = 0; i < WATCH_READS && n > 0; i++) {
		n = read(fd, buffer, sizeof(buffer));
		for (char *at = buffer; n > 0 && at < buffer + n;) {
			const struct inotify_event *event = (const void *)at;

			some = some || concerns(scm, event);
			at += sizeof(*event) + event->len;
		}
	}
	if (some)
		changed(scm);
}

void scm_watch_flush(struct scm *scm)
{
	if (scm->watch)
		readable(scm, scm->watch_fd, 0);
	if (scm->watch && !scm->watch_since)
		return;
	loop_timer_cancel(scm->loop, &scm->watch_timer);
	settled(scm);
}

/* Without it the server still serves, and reads what was changed when it is told something. */
void scm_watch_start(struct scm *scm)
{
	int r = 0;

	scm->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (scm->watch_fd < 0)
		r = -errno;
	else
		watch_folders(scm);
	if (!r && scm->watched_config < 0)
		r = -errno;
	if (!r)
		r = loop_watch(scm->loop, scm->watch_fd, LOOP_READ, readable, scm, &scm->watch);
	if (r < 0) {
		scm_note(scm,
			 "The folder %s/config cannot be watched (%s): a change takes effect with "
			 "'iisreset', or when a site or a pool is started or stopped.",
			 scm->state_dir, error_errno_text(r));
		scm_watch_stop(scm);
		return;
	}
	/* What was changed between reading and watching. */
	changed(scm);
}

void scm_watch_stop(struct scm *scm)
{
	loop_timer_cancel(scm->loop, &scm->watch_timer);
	scm->watch = loop_unwatch(scm->watch);
	scm->watch_fd = sys_close(scm->watch_fd);
}
