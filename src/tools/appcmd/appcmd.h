/* SPDX-License-Identifier: Apache-2.0 */
/*
 * appcmd: IIS's command line for its configuration and its pools. Grammar and output are those of
 * appcmd.exe; JSON is ours. Runs as the caller, in one thread.
 *
 *   parse.c    the command line
 *   object.c   sites, applications, virtual directories, pools, worker processes as objects
 *   print.c    objects and sections as text, XML, JSON
 *   property.c "child.[key='x'].attribute" applied to a file
 *   change.c   set, add, delete of objects
 *   section.c  everything about config
 *   backup.c   backups
 *   control.c  start, stop, recycle
 */
#pragma once

#include "base/buf.h"
#include "config/commit.h"

#include <limits.h>

#define APPCMD_PARAMETERS_MAX 128

/* Exit statuses: Win32 errors, as far as a shell can see them. */
enum appcmd_status {
	APPCMD_OK = 0,
	APPCMD_NOTHING = 1, /* also help */
	APPCMD_BAD_ARGUMENT = 87,
	APPCMD_NOT_FOUND = 1168 & 0xff,
	APPCMD_FAILED = 13, /* 0x8007000d */
};

struct appcmd_parameter {
	const char *name, *value; /* value: NULL when there is no ':' */
	bool used;
};

struct appcmd {
	const char *verb, *kind, *identifier; /* as written; NULL when missing */
	struct appcmd_parameter parameters[APPCMD_PARAMETERS_MAX];
	size_t count;
	/* General parameters. */
	bool xml, json, in, help, config, config_all;
	const char *text; /* "*" or the name of a property; NULL: a line each */
	const char *commit, *section, *state, *apphostconfig;
	char file[PATH_MAX];   /* applicationHost.config */
	struct config *server; /* NULL until appcmd_load */
	struct arena arena;
	struct buf out;
	struct error err;
};

/* ---- parse.c ---- */

/* Reads the line; false with APPCMD_BAD_ARGUMENT's text printed when it cannot be understood. */
bool appcmd_parse(struct appcmd *a, int argc, char **argv);
/* The value of a parameter, which counts as used; NULL: not given. */
const char *appcmd_take(struct appcmd *a, const char *name);
/* Prints what can be said, of an object when `kind` is one; APPCMD_NOTHING. */
int appcmd_usage(const char *kind);

/* ---- object.c ---- */

struct appcmd_kind {
	const char *name;              /* "SITE" */
	const char *entry;             /* "site": how its element is called */
	const char *verbs;             /* "list set add delete start stop" */
	const char *const *properties; /* as in XML; a NULL ends them; the first is the name */
	const char *const *labels;     /* in text; NULL: not in text */
};
/* By a word of the command line, also plural; NULL: there is none. */
const struct appcmd_kind *appcmd_kind(const char *word);

#define APPCMD_PROPERTIES_MAX 8
struct appcmd_object {
	const struct appcmd_kind *kind;
	const struct effective *element;           /* NULL: it is not in the configuration */
	const char *values[APPCMD_PROPERTIES_MAX]; /* of the kind's properties */
};
struct appcmd_objects {
	struct appcmd_object *items;
	size_t count, capacity;
};

/* Reads the configuration. 0, or the exit status with the error printed. */
int appcmd_load(struct appcmd *a);
/* All objects of a kind. */
int appcmd_objects(struct appcmd *a, const struct appcmd_kind *kind, struct appcmd_objects *ret);
/* Those that the identifier names, or standard input; `filtered`: and that have the values of the
 * parameters. 0, or the exit status. */
int appcmd_select(struct appcmd *a, const struct appcmd_kind *kind, bool filtered,
		  struct appcmd_objects *ret);
/* A property: of the kind ("SITE.NAME", "name", "state") or of the element ("limits.maxBandwidth").
 * NULL: there is none. */
const char *appcmd_value(const struct appcmd_object *object, const char *name);
/* The value of an attribute of its element ("limits.maxBandwidth", in any case); NULL: there is
 * none. */
const struct effective_value *appcmd_written(const struct appcmd_object *object, const char *name,
					     const struct schema_attribute **ret);

/* ---- print.c ---- */

int appcmd_print(struct appcmd *a, const struct appcmd_objects *objects);
/* A section as XML, in its groups; `all`: with what is not written anywhere. */
void appcmd_print_section(struct buf *out, const char *path, const struct effective *e, bool all);
/* ERROR ( message:... ) and the status. */
int appcmd_error(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The three lines of a failure that has a code, and the status. */
int appcmd_failure(const struct appcmd *a);

/* ---- property.c ---- */

/* Applies one parameter to an element of the file: `e` is what holds there. 0, or the status with
 * the error printed. */
int appcmd_apply(struct appcmd *a, struct edit *edit, const struct xml_element **element,
		 const struct effective *e, const struct appcmd_parameter *parameter);

/* ---- the verbs ---- */

int appcmd_list(struct appcmd *a, const struct appcmd_kind *kind);
int appcmd_set(struct appcmd *a, const struct appcmd_kind *kind);
int appcmd_add(struct appcmd *a, const struct appcmd_kind *kind);
int appcmd_delete(struct appcmd *a, const struct appcmd_kind *kind);
int appcmd_control(struct appcmd *a, const struct appcmd_kind *kind);
int appcmd_config(struct appcmd *a);
int appcmd_backup(struct appcmd *a);

/* Pools and worker processes as the SCM has them; fails without a word when no server runs. */
struct control_message;
int appcmd_status(const struct appcmd *a, void (*fn)(void *ctx, const struct control_message *m),
		  void *ctx);

/* The whole of appcmd. */
int appcmd_main(int argc, char **argv);
