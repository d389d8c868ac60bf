/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The class table of this process: CLSID and ProgID to a way of making an object. Built-in classes
 * register themselves at start-up, before threads; look-up takes a lock only for reading.
 * CoCreateInstance, CLSIDFromProgID and friends (surrogate/com.h) read this table first; classes
 * that components have are found behind the same look-up, in the catalog (com/classes.h).
 */
#pragma once

#include "base/error.h"
#include "base/text.h"

#include <surrogate/com.h>

struct class_entry {
	CLSID clsid;
	const char *progid; /* "Scripting.Dictionary"; also matched with ".1" behind it */
	const char *description;
	/* Makes one object with one reference, as IUnknown. */
	HRESULT (*create)(IUnknown **ret);
};

/* `entries` must live as long as the process. -ENOBUFS above CLASS_MAX classes. */
#define CLASS_MAX 1024
int class_register(const struct class_entry *entries, size_t count);
/* NULL when there is none. */
const struct class_entry *class_find(REFCLSID clsid);
const struct class_entry *class_find_progid(struct text progid);

/* Who keeps what components say of their classes (SurrogateRegisterClasses): regsvr. `module` is
 * the component's real path; the class has been checked. NULL: nobody. */
struct class_registrar {
	int (*add)(void *ctx, const char *module, const SURROGATE_CLASS *class, struct error *err);
	int (*remove)(void *ctx, const char *module, const SURROGATE_CLASS *class,
		      struct error *err);
	void *ctx;
};
void class_registrar_set(const struct class_registrar *registrar);

/* "{3D14228D-FBE1-11D0-995D-00C04FD919C1}" and back; braces optional on the way in. */
#define GUID_TEXT_SIZE 39
void guid_format(REFGUID guid, char out[GUID_TEXT_SIZE]);
int guid_parse(struct text t, GUID *ret);
/* A name-based GUID (RFC 9562, version 5): the same name gives the same GUID on every machine. */
void guid_from_name(REFGUID space, struct text name, GUID *ret);
/* A random GUID (version 4). */
void guid_random(GUID *ret);
/* The text of an HRESULT from HRESULT_TABLE, NULL when it is not there. */
const char *hresult_text(HRESULT hr);
