/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Windows Script Host's objects that any script may make: WScript.Shell and WScript.Network.
 * docs/components.md says what each member does here; file names follow library/scripting/path.h.
 *
 * Objects are made by CoCreateInstance once wscript_register() has run. Their members may be called
 * from any thread, one at a time for each object.
 */
#pragma once

#include "base/text.h"

#include <surrogate/com.h>

/* Puts the classes into the class table; called once at start-up. -ENOBUFS when it is full. */
int wscript_register(void);

/* For a process that runs one script as its user: cscript. Its scripts may change what belongs to
 * the process (current folder, environment), and find registry and event log below `state_dir`,
 * which must live as long as the process. Without this call, in processes that run the pages of
 * many, all of that is refused. Called before scripts run. */
void wscript_configure(const char *state_dir);

/* One object with one reference. E_OUTOFMEMORY. */
HRESULT shell_new(IUnknown **ret);
HRESULT network_new(IUnknown **ret);
