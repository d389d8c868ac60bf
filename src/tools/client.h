/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tool's conversation with the service control manager: one question, its answers, the end.
 * Runs in the tool, as the caller, in one thread.
 */
#pragma once

#include "ipc/control.h"

struct buf;

/* Asks `type` of the server of `state_dir` and calls `fn` (may be NULL) for every answer before
 * the last. 0; positive: the Win32 error the server answered with, its text in `err`; negative:
 * there was no conversation (no server, it went away), with a text that says what to do. */
int client_ask(const char *state_dir, enum control_type type, const void *message,
	       void (*fn)(void *ctx, const struct control_message *m), void *ctx,
	       struct error *err);

/* `surrogate status`: processes and pools, as a table for people or as JSON. */
int client_status(const char *state_dir, bool json, struct buf *out, struct error *err);

/* A Win32 error as an exit status: its low byte, as far as a shell can see it, and never 0. */
int client_exit_status(uint32_t win32);
