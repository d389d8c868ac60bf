/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the compiler share: one struct for the program being made, one for the
 * procedure being made. A failure sets `fault` and everything after it does nothing, so that
 * code which emits needs no checks.
 */
#pragma once

#include "script/vbs/builtin.h"
#include "script/vbs/program.h"

enum decl_kind {
	DECL_VAR = 1, /* a variable for sure */
	DECL_ANY,     /* used by global code: a variable, or a name of the host */
	DECL_CONST,
	DECL_PROC,
	DECL_CLASS,
	DECL_FIELD,  /* of a class */
	DECL_MEMBER, /* method or property of a class */
};

struct vbs_decl {
	enum decl_kind kind;
	struct vbs_symbol *symbol;
	struct vbs_expr *value; /* constants */
	uint32_t index;         /* field; member: in the class */
	struct vbs_decl *next;
};

struct vbs_local {
	uint8_t reg;
	bool ref;    /* a ByRef parameter: the register may hold a reference */
	bool unsure; /* undeclared: only when nothing global has the name */
	bool far;    /* element `index` of the hidden array in `reg` */
	uint16_t index;
	struct vbs_expr *value; /* of a Const */
	struct vbs_symbol *symbol;
	struct vbs_local *next;
};

struct label {
	int64_t pc;      /* -1: not placed yet */
	int64_t patches; /* position of the last X that waits, chained through the code; -1 */
};

struct loop {
	uint8_t word; /* T_FOR or T_DO */
	struct label exit;
	unsigned temp; /* first register above the loop's own */
	struct loop *up;
};

/* Global variables that get registers, and how many of those used in loops are looked at. */
#define HOT_GLOBALS 12
#define HOT_CANDIDATES 64
struct hot {
	struct vbs_symbol *symbol;
	unsigned uses;
};

/* A procedure being compiled. */
struct fn {
	uint32_t *code;
	size_t code_count, code_capacity;
	struct value *constants;
	size_t constant_count, constant_capacity;
	struct vbs_line *lines;
	size_t line_count, line_capacity;
	unsigned temp, most, first_temp;
	unsigned dirty_low, dirty_high; /* temporaries that may hold counted values */
	unsigned far_count, far_reg;
	unsigned extra; /* hidden register for the names that Execute makes, 0 */
	struct vbs_local *locals;
	struct loop *loops;
	struct hot hot[HOT_CANDIDATES]; /* see compile-hot.c */
	unsigned hot_count, hot_reg;    /* hot_reg 0: there is none */
	bool bound;                     /* the code being made has them in registers */
	unsigned with;                  /* register of the With object, REGISTER_NONE */
	const struct vbs_procdef *def;
	bool global;
};

struct compiler {
	struct arena *arena; /* of the tree */
	struct vbs_symbols *symbols;
	struct vbs_tree *tree;
	struct vbs_program *program;
	struct vbs_fault *fault;
	const struct vbs_scope *scope;
	struct fn *fn;
	struct vbs_decl *decls, *members;
	const struct vbs_classdef *classdef;
	struct vbs_class *class;
	const struct vbs_class *borrowed; /* of the method in which the code is evaluated */
	bool executes;                    /* find_execute met one */
	bool dynamic; /* Execute is used: undeclared names are looked up when they run */
	size_t name_capacity, global_capacity, site_capacity, proc_capacity;
};

/* compile-emit.c */
void vbs_emit_fail(struct compiler *c, int number, struct vbs_place place);
void vbs_emit_limit(struct compiler *c, struct vbs_place place); /* too much source: 1001 */
static inline bool compile_failed(const struct compiler *c)
{
	return c->fault->number != 0;
}
uint32_t vbs_emit(struct compiler *c, enum vbs_opcode op, unsigned a, unsigned b, unsigned cc);
void vbs_emit_x(struct compiler *c, enum vbs_opcode op, unsigned a, unsigned b, unsigned cc,
		uint32_t x);
void vbs_emit_jump(struct compiler *c, enum vbs_opcode op, unsigned a, unsigned b, unsigned cc,
		   struct label *to);
void vbs_label_place(struct compiler *c, struct label *label);
/* A statement begins at `place`, where VBScript reports its errors whatever part of it failed. */
void vbs_emit_place(struct compiler *c, struct vbs_place place);
/* What follows belongs to `place`, which is no place to go on at. */
void vbs_emit_line(struct compiler *c, struct vbs_place place);
/* Ends a statement: releases what its temporaries still hold. */
void vbs_emit_clean(struct compiler *c);
void vbs_mark_dirty(struct compiler *c, unsigned reg);
/* What a call or a move emptied: the registers from `from` to `to`. */
void vbs_mark_clean(struct compiler *c, unsigned from, unsigned to);
/* The operands of an instruction that uses up temporaries: those taken since `from` was free. */
void vbs_used_up(struct compiler *c, unsigned from);
/* RET: all that may hold something is released. */
void vbs_emit_return(struct compiler *c);
unsigned vbs_temp(struct compiler *c); /* takes the next register */
/* The newest temporary. No variable: what the rest of an expression reads must not be written by
 * its beginning. */
static inline bool vbs_is_newest(const struct compiler *c, unsigned reg)
{
	return reg + 1 == c->fn->temp && reg >= c->fn->first_temp;
}
uint32_t vbs_constant(struct compiler *c, const struct value *v, bool hard);
uint32_t vbs_text_constant(struct compiler *c, struct text t);
uint32_t vbs_name_of(struct compiler *c, struct vbs_symbol *symbol);
uint32_t vbs_global_of(struct compiler *c, struct vbs_symbol *symbol, unsigned flags);
uint32_t vbs_site_of(struct compiler *c, const struct vbs_expr *member);
void *vbs_grow(struct compiler *c, void *items, size_t count, size_t *capacity, size_t size);
/* Moves the finished procedure into the program at `index`. */
void vbs_fn_finish(struct compiler *c, uint32_t index);

/* compile-expr.c: a value into `reg`; into any register (a variable's own when it is one: then
 * the next instruction must use it). */
void vbs_compile_expr(struct compiler *c, struct vbs_expr *e, unsigned reg);
/* The value of a literal, a Const, or a built-in constant such as vbCrLf: texts are not owned
 * (vbs_constant copies them). False for anything else. */
bool vbs_literal_of(struct compiler *c, const struct vbs_expr *e, struct value *ret);
unsigned vbs_compile_operand(struct compiler *c, struct vbs_expr *e, bool borrow);
/* The same for what follows references and only reads: literal text stays where it is. */
unsigned vbs_compile_reader(struct compiler *c, struct vbs_expr *e, bool borrow);
/* An operand of JOIN or an argument of a built-in function, in the next register. */
void vbs_compile_reading_arg(struct compiler *c, struct vbs_expr *e);
/* The register that holds, or refers to, the variable; REGISTER_NONE when it is elsewhere. */
unsigned vbs_name_register(struct compiler *c, const struct vbs_expr *e);
void vbs_compile_call(struct compiler *c, struct vbs_expr *e, unsigned window, unsigned flags);
/* An object of which a member is wanted; `borrow`: nothing runs before it is used. */
void vbs_compile_object(struct compiler *c, struct vbs_expr *e, unsigned reg, bool borrow);
void vbs_compile_reference(struct compiler *c, struct vbs_expr *e, unsigned reg);
void vbs_compile_args(struct compiler *c, struct vbs_expr *e, bool reference);
/* Goes to `to` when `e` is true (sense), or when it is not. */
void vbs_compile_condition(struct compiler *c, struct vbs_expr *e, bool sense, struct label *to);
/* Whether evaluating it may run code that changes variables. */
bool vbs_expr_calls(struct compiler *c, struct vbs_expr *e);
bool vbs_is_variable(struct compiler *c, const struct vbs_expr *e);

/* compile-assign.c: target = value. `value` NULL: the value is in register `from`. */
enum assign_mode { ASSIGN_LET, ASSIGN_SET, ASSIGN_RAW /* objects stay objects, others too */ };
void vbs_compile_assign(struct compiler *c, struct vbs_expr *target, struct vbs_expr *value,
			unsigned from, unsigned mode);

/* compile-join.c: a & b & c into `reg`; and x = x & a & b. False: not in one step. */
bool vbs_compile_join(struct compiler *c, struct vbs_expr *e, unsigned reg);
bool vbs_compile_join_onto(struct compiler *c, struct vbs_expr *target, struct vbs_expr *e);

/* compile-stmt.c */
void vbs_compile_block(struct compiler *c, struct vbs_stmt *s);
void vbs_compile_dim(struct compiler *c, struct vbs_expr *name, struct vbs_var *v);

/* compile-hot.c: global variables in registers. */
void vbs_hot_reserve(struct compiler *c);
/* The register that refers to the global variable, REGISTER_NONE when none does. */
unsigned vbs_hot_register(struct compiler *c, struct vbs_symbol *symbol);
/* The body was compiled, from `begin` in the code and `line` in the line table on. True when it
 * shall be compiled again with registers. */
bool vbs_hot_begin(struct compiler *c, size_t begin, size_t line);

/* compile-scope.c: what the names of a piece of source are. */
void vbs_collect_globals(struct compiler *c);
void vbs_collect_class(struct compiler *c, const struct vbs_classdef *def);
/* Makes the running procedure's names known to code that is evaluated in it. */
void vbs_collect_scope(struct compiler *c);
/* The class whose members have bare names here. Methods of a borrowed one are called on Me. */
static inline const struct vbs_class *compile_class_here(const struct compiler *c)
{
	return c->class ? c->class : c->borrowed;
}
void vbs_collect_locals(struct compiler *c, const struct vbs_procdef *def);
void vbs_forget_locals(struct compiler *c);
void vbs_forget_members(struct compiler *c);
