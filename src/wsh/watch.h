/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock of //T and WScript.Timeout: a thread of its own, started when there is a limit for the
 * first time. When the time is over it interrupts the engine and wakes a sleep; a script that does
 * not end within a second then (it is inside a component, or waits for input) is ended with the
 * process.
 */
#pragma once

#include <stdbool.h>

struct wsh;
struct wsh_watch;

/* The limit in seconds from the start of the script, 0: none. Called from the script's thread.
 * -ENOMEM, -EAGAIN. */
int wsh_watch_set(struct wsh *wsh, int seconds);
/* Whether the time is over. */
bool wsh_watch_expired(const struct wsh *wsh);
/* Before the engine is freed: ends the thread. */
void wsh_watch_end(struct wsh *wsh);
/* What cscript says then. */
void wsh_watch_report(const struct wsh *wsh);
