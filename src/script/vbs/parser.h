/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two halves of the parser (expressions, statements) share. A failure is remembered in
 * `fault`; functions that make nodes return NULL after it.
 */
#pragma once

#include "script/vbs/ast.h"

/* Parentheses, operators and blocks within each other; a deeper source is error 1001. */
#define PARSE_DEPTH_MAX 200
/* Operands of one expression in a row ("a" & "b" & ...): the height of its tree. */
#define PARSE_HEIGHT_MAX 1500

struct parser {
	struct arena *arena;
	struct vbs_symbols *symbols;
	struct vbs_tree *tree;
	struct vbs_token *at;
	struct vbs_fault *fault;
	unsigned depth;
	bool in_class, in_proc;
	struct vbs_procdef **procs; /* where the next global procedure goes */
};

int vbs_parser_fail(struct parser *p, int number); /* at the current token */
int vbs_parser_fail_at(struct parser *p, int number, struct vbs_place place);
int vbs_parser_limit(struct parser *p, struct vbs_place place); /* too much source: 1001 */
bool vbs_parser_enter(struct parser *p); /* one level deeper; false when too deep */

static inline bool parser_is(const struct parser *p, uint8_t type)
{
	return p->at->type == type;
}
static inline bool parser_skip(struct parser *p, uint8_t type)
{
	if (p->at->type != type)
		return false;
	p->at++;
	return true;
}
static inline bool parser_word(const struct parser *p, const char *word)
{
	return p->at->type == T_NAME && text_equal_nocase(p->at->text, text_of(word));
}

struct vbs_expr *vbs_parse_expr(struct parser *p);
/* A name, member or call chain: what can start a statement or stand left of "=". With `command`,
 * a "(" that turns out to open the first argument of a call without parentheses is left alone. */
struct vbs_expr *vbs_parse_designator(struct parser *p, bool command);
/* What may follow Call: a designator, or one that begins with parentheses. */
struct vbs_expr *vbs_parse_callee(struct parser *p);
/* "a, , b" up to the end of the statement, or to ")" when `closed`. */
bool vbs_parse_args(struct parser *p, struct vbs_expr *call, bool closed);
struct vbs_expr *vbs_expr_new(struct parser *p, uint8_t kind, struct vbs_place place);

/* Statements up to a word that ends a block. "x = 1 End Sub" needs no separator, "x = 1 End If"
 * only does without one in a branch of Else, and in the line of an ElseIf. False after a failure.
 */
enum block_tail { TAIL_SEPARATED, TAIL_END_IF, TAIL_END_IF_IN_LINE };
bool vbs_parse_block(struct parser *p, struct vbs_stmt **ret, enum block_tail tail);
/* Whether "End Sub", "End Function", "End Property" or "End Class" stands here. */
bool vbs_parser_at_end_of_unit(const struct parser *p);
/* The names after Dim. */
bool vbs_parse_vars(struct parser *p, struct vbs_var **ret, bool redim);
/* parser-proc.c: from "Sub", "Function", "Property" or "Class" to its End; NULL after a failure. */
struct vbs_procdef *vbs_parse_proc(struct parser *p);
struct vbs_classdef *vbs_parse_class(struct parser *p);
