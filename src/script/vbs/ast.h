/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syntax tree: what the parser makes and the compiler reads, in one arena that lives as long
 * as the compile.
 */
#pragma once

#include "script/vbs/lexer.h"

enum vbs_expr_kind {
	E_CONST,  /* value */
	E_NAME,   /* symbol */
	E_MEMBER, /* left.symbol; left NULL: of the With object */
	E_CALL,   /* left(args) */
	E_UNARY,  /* op left */
	E_BINARY, /* left op right */
	E_NEW,    /* New symbol */
	E_ME,
	E_MISSING, /* an argument left out */
};

enum vbs_operator { /* in the order of the opcodes */
		    OP_ADD,
		    OP_SUB,
		    OP_MUL,
		    OP_DIV,
		    OP_IDIV,
		    OP_MOD,
		    OP_POW,
		    OP_CAT,
		    OP_AND,
		    OP_OR,
		    OP_XOR,
		    OP_EQV,
		    OP_IMP,
		    OP_EQ,
		    OP_NE,
		    OP_LT,
		    OP_GT,
		    OP_LE,
		    OP_GE,
		    OP_IS,
		    OP_NEG,
		    OP_NOT,
		    OP_PLUS
};

struct vbs_expr {
	uint8_t kind, op;
	bool paren;    /* written in parentheses of its own: passed by value */
	bool called;   /* had parentheses, perhaps empty ones */
	bool folded;   /* -1: a constant, but no literal to comparisons */
	uint8_t calls; /* vbs_expr_calls: 0 not known yet, 1 no, 2 yes */
	uint16_t argc;
	uint32_t height;
	struct vbs_place place;
	struct vbs_symbol *symbol;
	struct vbs_expr *left, *right;
	struct vbs_expr **args;
	struct value value;
};

enum vbs_stmt_kind {
	S_CALL, /* expr, args in it */
	S_LET,  /* target = expr */
	S_SET,
	S_DIM,    /* vars */
	S_REDIM,  /* vars with bounds; flag: preserve */
	S_ERASE,  /* target */
	S_CONST,  /* symbol = expr */
	S_IF,     /* expr, body, other */
	S_SELECT, /* expr, cases */
	S_FOR,    /* target = expr to limit step; body */
	S_EACH,   /* target in expr; body */
	S_DO,     /* loop: flag bits below; expr; body */
	S_EXIT,   /* op: one of the words */
	S_WITH,   /* expr, body */
	S_ERROR,  /* On Error; flag: Resume Next */
	S_END,    /* Stop the script: not a statement of VBScript, kept for `End` of a page */
};
enum vbs_do_flags { DO_UNTIL = 1, DO_AFTER = 2, DO_FOREVER = 4, DO_WEND = 8 };

struct vbs_var {
	struct vbs_symbol *symbol;
	struct vbs_place place;
	bool array, private;
	uint16_t dims;
	struct vbs_expr **bounds;
	struct vbs_var *next;
};

struct vbs_case {
	struct vbs_expr **tests; /* NULL: Case Else */
	uint16_t count;
	struct vbs_place place;
	struct vbs_stmt *body;
	struct vbs_case *next;
};

struct vbs_stmt {
	uint8_t kind, flags;
	struct vbs_place place, end; /* of the first word, and of what closes a block */
	struct vbs_symbol *symbol;
	struct vbs_expr *target, *expr, *limit, *step;
	struct vbs_stmt *body, *other;
	struct vbs_var *vars;
	struct vbs_case *cases;
	struct vbs_stmt *next;
};

/* The ElseIf behind the branch of an If, which is all of the If's other branch; else NULL. There
 * may be any number in a row, so they are walked in a loop. */
static inline struct vbs_stmt *vbs_else_if(const struct vbs_stmt *s)
{
	struct vbs_stmt *other = s->other;

	return s->kind == S_IF && other && other->kind == S_IF && !other->next ? other : NULL;
}

struct vbs_param {
	struct vbs_symbol *symbol;
	struct vbs_place place;
	bool byval;
	struct vbs_param *next;
};

enum vbs_proc_kind { PROC_GLOBAL, PROC_SUB, PROC_FUNCTION, PROC_GET, PROC_LET, PROC_SET };

struct vbs_procdef {
	uint8_t kind;
	bool private, is_default;
	struct vbs_symbol *symbol; /* NULL: global code */
	struct vbs_place place, end;
	struct vbs_param *params;
	uint16_t param_count;
	struct vbs_stmt *body;
	struct vbs_procdef *next;
};

struct vbs_classdef {
	struct vbs_symbol *symbol;
	struct vbs_place place;
	struct vbs_var *fields;
	struct vbs_procdef *procs;
	struct vbs_classdef *next;
};

struct vbs_tree {
	struct vbs_procdef main;
	struct vbs_procdef *procs;
	struct vbs_classdef *classes;
	bool explicit;
	bool has_me; /* Me is allowed outside of classes: the code is evaluated in a method */
	struct vbs_token *tokens;
	size_t token_count;
};

/* Parses the tokens of `tree`. 0, or a script number with `fault` filled. `as_expression`: the
 * whole is one expression (Eval), which becomes the value of S_LET to the symbol NULL. */
int vbs_parse(struct vbs_tree *tree, struct vbs_symbols *symbols, bool as_expression,
	      struct vbs_fault *fault);
