/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running pages in this process: configuration, the ASP engine and the worker threads of a
 * channel, tied together. dllhost serves the channel that the SCM hands it; inetinfo serves one of
 * its own for applications at Low protection.
 *
 * Belongs to the control thread.
 */
#pragma once

#include "config/config.h"
#include "ipc/control.h"

struct pages;

/* How pages report events (eventlog/event_table.h): up to two parameters, the second may be NULL.
 * Called from worker threads. */
typedef void (*pages_report_fn)(void *ctx, const char *source, uint32_t id, const char *p1,
				const char *p2);

int pages_new(pages_report_fn report, void *ctx, struct pages **ret);
/* Lets running pages finish, runs Session_OnEnd and Application_OnEnd. Takes NULL. */
struct pages *pages_free(struct pages *pages);

/* Reads the snapshot that a CONFIG message carries, and where the state lives (mem_free). */
int pages_read_config(const struct control_message *message, struct config **ret,
		      char **ret_state_dir, struct error *err);
/* Takes a reference; requests that begin from now on use it. */
int pages_set_config(struct pages *pages, struct config *config, struct error *err);

/* Serves the channel `fd` of a front end, beside those of others; one it had before is given up. */
int pages_serve(struct pages *pages, uint64_t front, int fd, const int *bells, int loops,
		struct error *err);
/* That front end is gone, and its channel with it. */
void pages_front_gone(struct pages *pages, uint64_t front);
/* Takes no new requests and waits for those that run, at most `grace_ns`. */
void pages_stop(struct pages *pages, int64_t grace_ns);
/* Requests begun so far, and those running. */
void pages_counters(const struct pages *pages, uint64_t *ret_requests, uint64_t *ret_active);
