/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WScript.ConnectObject: events of an object become calls of the script's procedures, "prefix_" and
 * the event's name. Called in the script's thread; objects may fire from any thread: such an event
 * waits until the script sleeps (wsh/queue.h).
 *
 * Names of events: those in the table of an automation class (struct automation_event), and for
 * other objects those that they ask the sink for with GetIDsOfNames, since no type information is
 * read.
 */
#pragma once

#include <surrogate/com.h>

struct wsh;
struct wsh_connection;

/* `prefix` in UTF-8. E_NOINTERFACE and others when the object has no events. */
HRESULT wsh_connect(struct wsh *wsh, IDispatch *source, const char *prefix);
/* Ends all connections to `source`, or all there are when it is NULL. */
void wsh_disconnect(struct wsh *wsh, IDispatch *source);
