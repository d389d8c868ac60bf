/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rpcss writes into the event log: event 10036, for an activation that was refused for its
 * authentication level. Anybody can cause it, so a burst is written and then two a second; the
 * others are lost, as those of a host that reports in a loop. Any thread.
 */
#pragma once

#include "ipc/child.h"
#include "rpc/server.h"

#include <pthread.h>

struct activator_events {
	const char *state_dir; /* of the log; must outlive this */
	struct child *child;   /* of the service control manager, which writes; NULL: we do */
	bool verbose;          /* each is said on standard error, too */
	pthread_mutex_t lock;  /* of what follows, and while one is written */
	int64_t refilled_at;
	int credit;
};

void activator_events_init(struct activator_events *events, const char *state_dir,
			   struct child *child, bool verbose);
void activator_events_done(struct activator_events *events);
/* An activation was refused. What cannot be written is said on standard error. */
void activator_events_refused(struct activator_events *events, const struct rpc_caller *caller);
