/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child's side of the conversation with the service control manager: what inetinfo and dllhost
 * share. The SCM starts a child with its end of a socket pair as descriptor CONTROL_CHILD_FD and
 * its generation in the environment variable SURROGATE_GENERATION.
 *
 * The order of words: the child registers; the SCM answers with CONFIG (and CHANNEL for a host);
 * from then on both speak when they have something to say. Pings are answered here. When the SCM
 * goes away the child has nobody to answer to and ends: `lost` is called once.
 *
 * Threads. The child belongs to one loop thread, the process's control thread, where its callbacks
 * run; child_send and child_report may be called from any thread.
 */
#pragma once

#include "base/loop.h"
#include "ipc/control.h"

struct child;

struct child_handler {
	void *ctx;
	/* Every message but PING. Descriptors that are not taken are closed behind the call. */
	void (*message)(void *ctx, struct control_message *message);
	/* Counters for PONG; may be NULL. */
	void (*counters)(void *ctx, uint64_t *ret_requests, uint64_t *ret_active);
	void (*lost)(void *ctx);
};

/* -EBADF with a text when the process was not started by the SCM. */
int child_new(struct loop *loop, const struct child_handler *handler, struct child **ret,
	      struct error *err);
struct child *child_free(struct child *child);

uint64_t child_generation(const struct child *child);
/* Says REGISTRATION; `fds` stay the caller's. */
int child_register(struct child *child, const char *program, const int *fds, int fd_count);
/* Sends; waits at most a second while the socket is full, then -EAGAIN. */
int child_send(struct child *child, enum control_type type, const void *message, const int *fds,
	       int fd_count);
/* Asks the SCM to write an event; parameters are NUL-terminated texts up to a NULL. */
int child_report(struct child *child, const char *source, uint32_t id, ...)
	__attribute__((sentinel));
