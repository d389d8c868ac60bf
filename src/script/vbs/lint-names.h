/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of lint.h: names with what is known of them, and the findings. lint.c declares names
 * and reports; lint-walk.c goes through the code and counts.
 */
#pragma once

#include "base/map.h"
#include "script/vbs/ast.h"
#include "script/vbs/lint.h"

enum lint_what {
	LINT_VAR,
	LINT_PARAM,
	LINT_CONST,
	LINT_PROC,
	LINT_CLASS,
	LINT_HOST,
	LINT_MEMBER, /* of the class around the code */
	LINT_RESULT, /* the function's own name, within it */
};

struct lint_name {
	enum lint_what what;
	bool declared;
	bool assigned; /* by anything: also as an argument that a procedure may change */
	bool read;
	size_t source;
	struct text name;
	struct vbs_place place; /* of its declaration or first use */
	const struct vbs_procdef *proc;
};

struct lint_found {
	struct vbs_finding finding;
	size_t source;
};

struct lint_source {
	struct vbs_tree tree;
	bool parsed;
};

struct lint {
	const struct vbs_lint *options;
	struct arena arena;
	struct vbs_symbols *symbols;
	struct lint_source *sources;
	size_t source;                          /* the one that is walked */
	struct map *globals, *locals, *members; /* struct lint_name *; NULL outside */
	const struct vbs_procdef *proc;         /* NULL: global code */
	bool dynamic;    /* Execute, ExecuteGlobal or Eval: names may be used unseen */
	bool collecting; /* the first walk: only global names that are assigned */
	struct lint_found *found;
	size_t found_count, found_capacity;
	int error; /* -ENOMEM: everything after it does nothing */
};

#define LINT_NAMES_MAX 1000000

void vbs_lint_find(struct lint *l, enum vbs_finding_kind kind, size_t source,
		   struct vbs_place place, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* The entry of a name in `map`, made when it is not there; NULL after a failure. */
struct lint_name *vbs_lint_declare(struct lint *l, struct map *map, enum lint_what what,
				   struct text name, struct vbs_place place);
/* What the name means here; NULL when nothing is known. */
struct lint_name *vbs_lint_lookup(const struct lint *l, struct text name);
void vbs_lint_block(struct lint *l, const struct vbs_stmt *s);
/* The Dim and Const of a block, and of the blocks in it. */
void vbs_lint_declarations(struct lint *l, struct map *map, const struct vbs_stmt *s);
