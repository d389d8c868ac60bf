/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Components: shared objects that export DllGetClassObject. They are loaded into the process that
 * asks for their class and run with its rights, so one that others could write is refused: its file
 * and every folder above it must belong to root or to this process's user and be writable by nobody
 * else. A crash of a component is the crash of its process.
 */
#pragma once

#include "base/error.h"

#include <surrogate/com.h>

struct component;

/* Whether a file, which must be named by its real path, may be loaded: 0, -ENOENT, -EPERM with who
 * could change it, -EINVAL for what is no regular file or no real path, and others. */
int component_check(const char *path, struct error *err);
/* Checks and loads for one look: `*ret` for dlclose. -ENOEXEC with the loader's words. */
int component_load(const char *path, void **ret, struct error *err);

/* Loads the component, or finds it loaded, and keeps it for the time until component_leave.
 * CO_E_DLLNOTFOUND, CO_E_ERRORINDLL, E_ACCESSDENIED, E_OUTOFMEMORY; errorinfo has the words. */
HRESULT component_enter(const char *path, struct component **ret);
HRESULT component_class_object(struct component *component, REFCLSID clsid, REFIID riid,
			       void **ret);
void component_leave(struct component *component); /* takes NULL */
