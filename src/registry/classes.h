/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classes in the registry, at the keys of Windows below HKEY_CLASSES_ROOT: CLSID\{...} with
 * InprocServer32, ThreadingModel, ProgID, VersionIndependentProgID and AppID; the ProgIDs; and
 * AppID\{...}, where DllSurrogate says that its classes run in a process of their own. The registry
 * is for the server's user alone, so what everybody may know is published (com/classes.h).
 */
#pragma once

#include "registry/registry.h"

#include <surrogate/com.h>

/* Writes, or removes, what a component says of one class; `module` is its real path. The texts of
 * `class` have been checked (SurrogateRegisterClasses). Removing what is not there is no error. */
int registry_class_add(struct registry *r, const char *module, const SURROGATE_CLASS *class,
		       struct error *err);
int registry_class_remove(struct registry *r, const SURROGATE_CLASS *class, struct error *err);

/* Replaces STATE/classes/classes by what the registry holds now. Keys that are no class or name no
 * class are left out. -ENOBUFS when there are more than CLASSES_MAX. */
int registry_classes_publish(struct registry *r, const char *state_dir, struct error *err);
