/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A launch description that is being written: shared by scm_launch.c (the whole), scm_reach.c (the
 * folders of sites) and scm_compose.c (its lists). Nobody else includes it. SCM loop thread.
 */
#pragma once

#include "scm/scm_internal.h"

struct scm_composer {
	struct scm *scm;
	const struct scm_launch *what;
	struct arena arena;
	struct launch launch;
	int error; /* the first that went wrong, or 0 */
};

void scm_compose_init(struct scm_composer *c, struct scm *scm, const struct scm_launch *what);
void scm_compose_done(struct scm_composer *c);
void scm_compose_add(struct scm_composer *c, struct launch_list *list, const char *text);
/* Unless the list has it. */
void scm_compose_add_once(struct scm_composer *c, struct launch_list *list, const char *text);
__attribute__((format(printf, 3, 4))) void
scm_compose_addf(struct scm_composer *c, struct launch_list *list, const char *format, ...);

/* scm_reach.c: the folders of the sites that it serves, and what is written there; folders of logs
 * are made. */
void scm_compose_sites(struct scm_composer *c);
/* Everything that the description lets it see, for scm_child_reaches; mem_free. NULL: no memory. */
char *scm_compose_reach(const struct scm_composer *c);
