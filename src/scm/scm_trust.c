/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders that are closed to the user who shall serve them, and which of those a child may be given
 * CAP_DAC_READ_SEARCH for: not what somebody could exchange for a link to what is closed to them
 * (launch_trust.c). SCM loop thread.
 */
#include "scm/scm_internal.h"
#include "base/sys.h"

#include <errno.h>

/* Could only root and its owner have put it there? What is not there is nobody's; and who can
 * exchange the state directory has the configuration anyway. */
static bool is_trusted(const struct scm *scm, struct text path)
{
	struct text state = text_of(scm->state_dir);
	_cleanup_fd_ int fd = -1;

	if (text_starts_with(path, state) && path.data[state.length] == '/')
		return true;
	fd = launch_open_trusted(path.data);
	return fd != -EPERM;
}

const char *scm_closed_find(const struct scm *scm, const struct launch_list *paths,
			    const struct identity *identity, bool trusted,
			    char blocked[SCM_PATH_MAX])
{
	for (size_t i = 0; i < paths->count; i++) {
		struct text path = paths->items[i];

		if (scm_unreachable(path.data, identity, blocked, SCM_PATH_MAX) &&
		    (!trusted || is_trusted(scm, path)))
			return path.data;
	}
	return NULL;
}

void scm_untrusted_drop(struct scm *scm, struct launch_list *paths)
{
	size_t kept = 0;

	for (size_t i = 0; i < paths->count; i++) {
		if (is_trusted(scm, paths->items[i]))
			paths->items[kept++] = paths->items[i];
		else
			scm_note(scm,
				 "%s is not served: other folders are read with "
				 "CAP_DAC_READ_SEARCH, and somebody besides root and its owner "
				 "could put a link to anything in its place. Look at who owns and "
				 "may write the folders it is in.",
				 paths->items[i].data);
	}
	paths->count = kept;
}
