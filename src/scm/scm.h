/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service control manager: one process, one thread, one loop. It owns the service table, the
 * pools, the registry and the event log of one state directory, starts and watches every other
 * process, and answers tools. Programs call scm_run and nothing else.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct config;

struct scm_options {
	const char *state_dir;
	/* Called once when everything that starts by itself has, and every configured address is
	 * settled. `serving` is false when the web service could not be started or listens nowhere
	 * (not when it is not meant to start); `notes` are lines about what is not enforced here,
	 * or did not work. */
	void (*ready)(void *ctx, const struct config *config, bool serving, const char *notes);
	void *ctx;
};

/* Creates what is missing of the state directory, takes its lock, starts the services, and runs
 * until SIGTERM, SIGINT or `surrogate stop`. -EBUSY when another server uses this state. */
int scm_run(const struct scm_options *options, struct error *err);

/* Creates STATE and STATE/config, for those who write a configuration before scm_run. */
int scm_state_prepare(const char *state_dir, struct error *err);
/* True when nothing listens on `port` of `address` ("*" or numeric). */
bool scm_port_free(const char *address, uint16_t port);
