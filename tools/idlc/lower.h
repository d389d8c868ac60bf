/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the tree of types to the text of tables: which NDR type a declaration is, with all that
 * attributes say, at which offset, in how many bytes. Sizes and offsets are written as sizeof and
 * offsetof of the C types, so that the C compiler has the last word on layout.
 */
#pragma once

#include "emit.h"

/* A type as a table will have it. */
struct lowered {
	const char *ref; /* "&ndr_type_X": a C constant expression */
	enum ndr_kind kind;
	unsigned align; /* on the wire */
	uint32_t least;
	unsigned flags;   /* enum ndr_type_flags */
	const char *size; /* in memory, a C expression */
	uint32_t bytes;   /* with NDR_VERBATIM: the number */
};

struct lowering {
	struct idl *idl;
	const struct idl_file *file;
	struct buf *out;      /* definitions, in an order that C takes */
	struct map *known;    /* texts of nameless tables to their names */
	unsigned next, quiet; /* quiet: nothing is written, as in what another file defines */
	unsigned pointers;    /* that were followed to where we are */
	const char *refusal;  /* why the last one has no table */
};

/* The struct or the frame around a declaration. */
struct scope {
	struct idl_member *members;
	const char *c_name;
};

/* NULL: it cannot be on the wire, l->refusal says why; or the compiler failed. `parameter`: the
 * outermost pointer is a ref pointer unless it says otherwise. `pointer_default` is a flag. */
const struct lowered *lower_member(struct lowering *l, struct idl_member *m,
				   const struct scope *scope, bool parameter);
/* The table of a typedef, or of a type with a tag. */
const struct lowered *lower_named(struct lowering *l, struct idl_type *type);
/* ret: what [id(..)] or the like gives. */
int64_t lower_constant(struct lowering *l, const struct idl_attribute *a, unsigned index);

/* An expression in a scope: "e5", or NULL. */
const char *lower_expr(struct lowering *l, struct idl_expr *e, const struct scope *scope, int plus);
/* Puts a definition of a nameless table, or finds the same one: "t5". */
const char *lower_define(struct lowering *l, const char *declaration, char prefix,
			 const char *initializer);
/* iid_is(riid) gives the address of an IID: what a pointer holds, or where one is embedded. */
const char *lower_iid(struct lowering *l, struct idl_expr *e, const struct scope *scope);
