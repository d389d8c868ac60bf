/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sections may hold, as the schema files say (schema/ at the top of the tree, and those of the
 * user): elements, attributes with type, default and range, collections with their keys. Nothing
 * of it is repeated in C: the build reads the files of schema/ with the code that reads those of
 * the user, and writes what became of them as constant data (schema/compile.c).
 *
 * A schema also has the installed configuration, the level above every applicationHost.config, and
 * what that makes of each section.
 */
#pragma once

#include "config/engine/xml.h"

struct effective;
struct schema_files;

enum schema_type {
	SCHEMA_BOOL,
	SCHEMA_ENUM,
	SCHEMA_FLAGS,
	SCHEMA_UINT,
	SCHEMA_INT,
	SCHEMA_INT64,
	SCHEMA_STRING,
	SCHEMA_TIME, /* timeSpan: [d.]hh:mm:ss */
};

enum schema_flag {
	SCHEMA_REQUIRED = 1,
	SCHEMA_UNIQUE = 2,   /* isUniqueKey: no two entries have the same value */
	SCHEMA_COMBINED = 4, /* isCombinedKey: no two entries are equal in all of these */
	SCHEMA_CASE = 8,     /* caseSensitive */
	SCHEMA_EXPAND = 16,  /* %NAME% is replaced when it is read */
	SCHEMA_ENCRYPTED = 32,
};

enum schema_rule { /* validationType */
		   SCHEMA_ANY,
		   SCHEMA_INTEGER_RANGE,
		   SCHEMA_TIME_RANGE,
		   SCHEMA_NON_EMPTY,
		   SCHEMA_TRIMMED,
		   SCHEMA_POOL_NAME,
		   SCHEMA_SITE_NAME,
		   SCHEMA_APPLICATION_PATH,
		   SCHEMA_VDIR_PATH,
};

struct schema_name { /* of an enum or of flags; a list ends with a NULL name */
	const char *name;
	uint32_t value;
};

struct schema_attribute {
	const char *name;
	enum schema_type type;
	const char *value; /* the default, NULL: none */
	unsigned flags;    /* enum schema_flag */
	enum schema_rule rule;
	int64_t low, high, step; /* of a range; seconds for times */
	bool exclude;            /* the range is what is not allowed */
	const struct schema_name *names;
	const char *provider; /* who encrypts it when it is written; NULL: whoever is asked */
};

#define SCHEMA_ADDS_MAX 4

struct schema_collection {
	const char *adds[SCHEMA_ADDS_MAX + 1]; /* "add", "mimeMap", "site"; a NULL ends them */
	const char *remove, *clear;            /* NULL when there is no such directive */
	const char *defaults;                  /* "siteDefaults": the element entries start from */
	const struct schema_element *entry;
	bool prepend;    /* mergeAppend="false": deeper entries go before */
	bool duplicates; /* allowDuplicates */
};

struct schema_element {
	const char *name;
	const struct schema_attribute *attributes;
	size_t attribute_count;
	const struct schema_element *const *children;
	size_t child_count;
	const struct schema_collection *collection; /* NULL: none */
	bool optional;      /* a defaults element: required attributes may be missing */
	bool any_attribute; /* allowUnrecognizedAttributes */
	bool any_element;   /* allowUnrecognizedElements, ours: what is below is kept, not looked at
			     */
	const struct effective *blank; /* as it is where nothing is written */
};

enum section_definition { /* allowDefinition; the numbers are the schema's */
			  SECTION_EVERYWHERE,
			  SECTION_TO_APPLICATION,
			  SECTION_TO_ROOT_WEB,
			  SECTION_MACHINE_ONLY,
			  SECTION_APPHOST_ONLY,
};

/* What holds for a section at a place. */
struct section_rule {
	enum section_definition definition;
	bool allow; /* files below may write it */
	/* What decided that: the <section> that declares it, or a <location>. NULL: not declared.
	 */
	const struct xml_element *by;
};

struct schema_section {
	const char *path; /* "system.webServer/asp" */
	const struct schema_element *element;
	/* As a new installation has it: where installed.config says nothing, blank. */
	const struct effective *installed;
	struct section_rule rule;
};

struct schema {
	int references; /* atomic; 0: constant data, which nobody counts */
	struct arena arena;
	const struct schema_section *sections; /* sorted by path */
	size_t count;
	const struct xml_document *installed;
	struct schema_files *files; /* what it was read from, and lives from */
};

/* The schema of the built-in files: constant data of the program. */
extern const struct schema schema_builtin;
/* That and files of the user: each of `files` is the text of one, `names` are for errors. They add
 * sections and redefine none. -EINVAL with file and line, -ENOMEM. */
int schema_with(const struct text *files, const char *const *names, size_t count,
		const struct schema **ret, struct error *err);
const struct schema *schema_ref(const struct schema *schema);
const struct schema *schema_unref(const struct schema *schema);

/* SIZE_MAX when there is none of this path. */
size_t schema_find(const struct schema *schema, const char *path);
/* By what people type: a whole path or its last part, in any case. Of several the one of
 * system.webServer/security is meant, then one of system.webServer outside of its management; a
 * built-in one before one of the user. -ENOENT; -EINVAL with the candidates: more than one is as
 * good. */
int schema_find_short(const struct schema *schema, const char *name, size_t *ret,
		      struct error *err);
/* True when sections are below this path: "system.webServer/security". */
bool schema_is_group(const struct schema *schema, const char *path);

/* SIZE_MAX when there is none. */
size_t schema_attribute_index(const struct schema_element *element, const char *name);
size_t schema_child_index(const struct schema_element *element, const char *name);

enum schema_directive { DIRECTIVE_NONE, DIRECTIVE_ADD, DIRECTIVE_REMOVE, DIRECTIVE_CLEAR };
/* What an element of this name says to the collection (may be NULL). */
enum schema_directive schema_directive(const struct schema_collection *collection,
				       const char *name);

/* Checks an element and all below: -EINVAL with the texts IIS has for it. */
int schema_check(const struct xml_element *element, const struct schema_element *schema,
		 struct error *err);
