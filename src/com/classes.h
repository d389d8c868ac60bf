/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The class catalog as processes read it: an immutable table of the registered classes and their
 * ProgIDs. The truth is HKEY_CLASSES_ROOT in the registry, which only the server's user may open;
 * what is in it for everybody is published as a file, STATE/classes/classes (registry/classes.h
 * writes it), which hosts in their sandbox and scripts of any user can read.
 *
 * The file: a first line with the version, then a line for each class and each ProgID, its fields
 * separated by tabs, so that a person can read it:
 *
 *     surrogate-classes 2
 *     class {CLSID} PROGID SERVER THREADING APPID SURROGATE REMOTE DESCRIPTION
 *     name PROGID {CLSID}
 *
 * Empty fields are "-". A file that is ill-formed is refused whole.
 */
#pragma once

#include "base/error.h"
#include "base/text.h"

#include <surrogate/com.h>

struct buf;

#define CLASSES_FOLDER "classes"       /* below the state directory */
#define CLASSES_FILE "classes/classes" /* the same */
#define CLASSES_MAX 16384              /* classes and names together */
#define CLASSES_BYTES_MAX (8u << 20)

/* Texts are NULL when there is none. */
struct classes_class {
	CLSID clsid;
	const char *progid;
	const char *server; /* the component's file: InprocServer32 */
	const char *threading;
	GUID appid;          /* GUID_NULL: none */
	const char *process; /* DllSurrogate of its application: "" for dllhost; NULL: none */
	const char *remote;  /* RemoteServerName of its application: the machine that has it */
	const char *description;
};

struct classes;

/* -EBADMSG with the line that is wrong, -ENOBUFS, -ENOMEM. */
int classes_parse(struct text text, struct classes **ret, struct error *err);
struct classes *classes_ref(struct classes *classes);
struct classes *classes_unref(struct classes *classes); /* takes and returns NULL */
/* What they return lives as long as the reference to `classes`. NULL: not there. */
const struct classes_class *classes_find(const struct classes *classes, REFCLSID clsid);
const struct classes_class *classes_find_name(const struct classes *classes, struct text progid);
/* All of them, in the order of their CLSIDs; NULL behind the last. */
const struct classes_class *classes_at(const struct classes *classes, size_t index);

/* The lines of a file: the head, then one after another in any order. A text with a control
 * character is -EINVAL and nothing was written. */
void classes_put_head(struct buf *out);
int classes_put_class(struct buf *out, const struct classes_class *class);
int classes_put_name(struct buf *out, const char *progid, REFCLSID clsid);

/* Says where this process finds its catalog; without this call it has none. Called once, before
 * threads. -ENAMETOOLONG. */
int classes_configure(const char *state_dir);
/* The catalog as it is now: a reference, or NULL when there is none. One look at the file tells
 * whether it changed. When it cannot be read, `err` says so and the result is NULL. */
struct classes *classes_now(struct error *err);
