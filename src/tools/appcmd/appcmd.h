/* SPDX-License-Identifier: Apache-2.0 */
/*
 * appcmd: IIS's command line for its configuration and its pools. Grammar and output are those of
 * appcmd.exe; JSON is ours. Runs as the caller, in one thread.
 *
 *   parse.c    the command line
 *   help.c     what each command is told to be: one table
 *   object.c   sites, applications, virtual directories, pools, worker processes as objects
 *   input.c    objects and sections as XML on standard input
 *   print.c    objects and sections as text, XML, JSON
 *   property.c "child.[key='x'].attribute" applied to a file
 *   change.c   list, set, delete of objects
 *   add.c      add of objects
 *   module.c   modules: those that are installed, and those that an application uses
 *   target.c   a section at a place, and the file it is changed in
 *   section.c  list, set, clear, reset of sections
 *   lock.c     lock and unlock
 *   search.c   where a section is written
 *   migrate.c  modules and handlers of ASP.NET
 *   backup.c   backups
 *   control.c  start, stop, recycle
 *   running.c  what only a server that runs knows: the states of sites, processes,
 *              requests
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
	APPCMD_NOT_SUPPORTED = 50,
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
	bool xml, json, in, help, config, config_all, metadata;
	const char *text; /* "*" or the name of a property; NULL: a line each */
	const char *commit, *section, *state, *apphostconfig;
	char file[PATH_MAX];        /* applicationHost.config */
	struct config *server;      /* NULL until appcmd_load */
	struct xml_document *input; /* NULL until appcmd_input */
	struct arena arena;
	struct buf out;
	struct error err;
};

/* ---- parse.c ---- */

/* Reads the line; false with APPCMD_BAD_ARGUMENT's text printed when it cannot be understood. */
bool appcmd_parse(struct appcmd *a, int argc, char **argv);
/* The value of a parameter, which counts as used; NULL: not given. */
const char *appcmd_take(struct appcmd *a, const char *name);
/* The same; it stays one to be applied. */
const char *appcmd_peek(struct appcmd *a, const char *name);
/* Whether a word of the command line is `what`, in any case; false for NULL. */
bool appcmd_word(const char *word, const char *what);

/* ---- help.c ---- */

/* Prints what can be said: of the tool, of an object, of a verb and an object, and with /section of
 * the properties of a section. APPCMD_NOTHING. */
int appcmd_help(struct appcmd *a);

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

#define APPCMD_PROPERTIES_MAX 10
struct appcmd_object {
	const struct appcmd_kind *kind;
	const struct effective *element;           /* NULL: it is not in the configuration */
	const char *values[APPCMD_PROPERTIES_MAX]; /* of the kind's properties */
};
struct appcmd_objects {
	struct appcmd_object *items;
	size_t count, capacity;
};

/* Puts an object behind the others. NULL: no memory. */
struct appcmd_object *appcmd_append(struct appcmd *a, struct appcmd_objects *list,
				    const struct appcmd_kind *kind, const struct effective *e);
/* Those of `all` that the identifier names, and that have the values of the parameters. 0, or the
 * exit status. */
int appcmd_filter(struct appcmd *a, const struct appcmd_objects *all, bool filtered,
		  struct appcmd_objects *ret);
/* Reads the configuration. 0, or the exit status with the error printed. */
int appcmd_load(struct appcmd *a);
/* All objects of a kind. */
int appcmd_objects(struct appcmd *a, const struct appcmd_kind *kind, struct appcmd_objects *ret);
/* The same of the objects of a kind; with /in of those that the input names. */
int appcmd_select(struct appcmd *a, const struct appcmd_kind *kind, bool filtered,
		  struct appcmd_objects *ret);
/* The site and path of a URL, by the bindings; what is no URL of a site stays what it is. */
const char *appcmd_from_url(struct appcmd *a, const char *identifier);
/* The objects that set, delete and control are about: the identifier, /KIND.name or the input names
 * them. 0, or the status, also when one that is named is not there. In change.c. */
int appcmd_select_named(struct appcmd *a, const struct appcmd_kind *kind,
			struct appcmd_objects *ret);
/* A property: of the kind ("SITE.NAME", "name", "state") or of the element ("limits.maxBandwidth").
 * NULL: there is none. */
const char *appcmd_value(const struct appcmd_object *object, const char *name);
/* The value of an attribute of its element ("limits.maxBandwidth", in any case); NULL: there is
 * none. */
const struct effective_value *appcmd_written(const struct appcmd_object *object, const char *name,
					     const struct schema_attribute **ret);

/* ---- input.c ---- */

/* Reads the XML of another appcmd from standard input, once; its root is <appcmd>. 0, or the exit
 * status. */
int appcmd_input(struct appcmd *a);
/* Those of `all`, which are of one kind, that an element of the input means: by their own name, or
 * by that of what they belong to. 0, or the exit status. */
int appcmd_input_select(struct appcmd *a, const struct appcmd_kind *kind,
			const struct appcmd_objects *all, struct appcmd_objects *ret);

/* ---- print.c ---- */

#define APPCMD_XML_BEGIN "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<appcmd>\n"
#define APPCMD_XML_END "</appcmd>\n"

/* How elements are printed as XML. */
struct appcmd_style {
	bool all;           /* also what is not written anywhere */
	bool metadata;      /* also locks, and what wrote a thing last */
	const char *indent; /* of one level */
};

int appcmd_print(struct appcmd *a, const struct appcmd_objects *objects);
/* An element, `depth` levels deep; `more` (may be "") is put behind its name. */
void appcmd_print_element(struct buf *out, const struct effective *e, const char *name,
			  const struct appcmd_style *style, int depth, const char *more);
/* ERROR ( message:... ) and the status. */
int appcmd_error(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The three lines of a failure that has a code, and the status. */
int appcmd_failure(const struct appcmd *a);
/* What is said of a property, of a section and of an object that there is not. */
int appcmd_unknown(const char *property, size_t length);
int appcmd_missing(const struct appcmd_kind *kind, const char *identifier);
int appcmd_unnamed(const struct appcmd_kind *kind);

/* ---- property.c ---- */

/* Applies one parameter to an element of the file: `e` is what holds there. 0, or the status with
 * the error printed. */
int appcmd_apply(struct appcmd *a, struct edit *edit, const struct xml_element **element,
		 const struct effective *e, const struct appcmd_parameter *parameter);

/* Where an element is in a file: the numbers among siblings on the way down. Changes behind it
 * and attributes in front of it leave it what it is, as bytes would not. */
#define APPCMD_DEPTH_MAX 16
struct appcmd_position {
	size_t depth;
	uint32_t steps[APPCMD_DEPTH_MAX];
};
void appcmd_position_of(const struct xml_element *element, struct appcmd_position *ret);
/* NULL: there is none. */
const struct xml_element *appcmd_position_at(const struct edit *edit,
					     const struct appcmd_position *position);

/* Opens applicationHost.config as appcmd_load read it. 0, or the status. */
int appcmd_open_file(struct appcmd *a, struct config_commit **ret);
/* Validates and writes. 0, or the status. */
int appcmd_write_file(struct appcmd *a, struct config_commit *commit);
/* Applies all parameters that are not used to an element. `kind` may be NULL. */
int appcmd_apply_all(struct appcmd *a, struct edit *edit, const struct xml_element **element,
		     const struct effective *e, const struct appcmd_kind *kind);

/* ---- target.c ---- */

/* A section at a place, and the file it is changed in. Zero but for the first four. */
struct appcmd_target {
	struct appcmd *a;
	const char *place;        /* as written: a path, a URL; NULL: the server */
	const char *name;         /* of the section, as written; NULL: none is meant */
	bool server_only;         /* the place is opened without its web.config files */
	const char *section;      /* its whole path */
	size_t id;                /* in the schema */
	struct config_tree *tree; /* of the place */
	const struct effective *held;
	struct config_commit *commit;
	const char *commit_path; /* "MACHINE/WEBROOT/APPHOST" or deeper */
	struct text location;    /* the rest of the place's path below it */
};
/* Opens the place; and the file that a change of it goes into. 0, or the status. */
int appcmd_target_open(struct appcmd_target *t);
int appcmd_target_open_file(struct appcmd_target *t);
int appcmd_target_write(struct appcmd_target *t);
void appcmd_target_done(struct appcmd_target *t);
/* The path of the application that a place ("Site/a/b") is in. NULL: no memory. */
const char *appcmd_application_of(struct appcmd *a, const char *place);

/* ---- the verbs ---- */

int appcmd_list(struct appcmd *a, const struct appcmd_kind *kind);
int appcmd_set(struct appcmd *a, const struct appcmd_kind *kind);
int appcmd_add(struct appcmd *a, const struct appcmd_kind *kind);
int appcmd_delete(struct appcmd *a, const struct appcmd_kind *kind);
int appcmd_control(struct appcmd *a, const struct appcmd_kind *kind);
int appcmd_module(struct appcmd *a, const struct appcmd_kind *kind);
int appcmd_config(struct appcmd *a);
int appcmd_lock(struct appcmd *a, bool lock);
int appcmd_search(struct appcmd *a);
int appcmd_migrate(struct appcmd *a);
int appcmd_backup(struct appcmd *a);
int appcmd_trace(struct appcmd *a);

/* Pools and worker processes as the SCM has them; fails without a word when no server runs. */
struct control_message;
int appcmd_status(const struct appcmd *a, void (*fn)(void *ctx, const struct control_message *m),
		  void *ctx);

/* ---- running.c ---- */

/* Writes the state of each site into its objects; "Unknown" when no server runs, or it knows no
 * such site yet. */
void appcmd_site_states(struct appcmd *a, struct appcmd_objects *sites);
/* Starts or stops a site. 0, or the status with the error printed. */
int appcmd_site_control(struct appcmd *a, const char *name, bool start);
/* The processes of pools; of those of a site when there is a /site.name. 0, or the status. */
int appcmd_processes(struct appcmd *a, const struct appcmd_kind *kind, struct appcmd_objects *ret);
/* All requests that run at hosts, and that /elapsed and /url ask for. 0, or the status. */
int appcmd_requests(struct appcmd *a, const struct appcmd_kind *kind, struct appcmd_objects *ret);

/* The whole of appcmd. */
int appcmd_main(int argc, char **argv);
