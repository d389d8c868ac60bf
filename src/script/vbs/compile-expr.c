/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiling expressions: operands, operators, calls and references. Temporaries form a stack;
 * a call's window is always at its top.
 */
#include "script/vbs/compile.h"

static void compile_window_args(struct compiler *c, struct vbs_expr *call, bool reference,
				unsigned keepers);

/* ---- what a name is ---- */

enum name_kind {
	NAME_LOCAL,
	NAME_FIELD,
	NAME_MEMBER,
	NAME_GLOBAL, /* a variable for sure */
	NAME_ANY,    /* whatever the engine finds under it */
	NAME_PROC,
	NAME_CONST,
	NAME_BUILTIN,
};

static enum name_kind name_kind(struct compiler *c, const struct vbs_symbol *s)
{
	if (s->local)
		return s->local->value ? NAME_CONST : s->local->unsure ? NAME_ANY : NAME_LOCAL;
	if (s->member)
		return s->member->kind == DECL_FIELD ? NAME_FIELD : NAME_MEMBER;
	if (s->decl)
		switch (s->decl->kind) {
		case DECL_VAR:
			return NAME_GLOBAL;
		case DECL_CONST:
			return NAME_CONST;
		case DECL_PROC:
			return NAME_PROC;
		default:
			return NAME_ANY;
		}
	if (s->builtin >= 0 &&
	    !(c->scope && c->scope->is_global && c->scope->is_global(c->scope->ctx, s->text)))
		return NAME_BUILTIN;
	return NAME_ANY;
}

bool vbs_is_variable(struct compiler *c, const struct vbs_expr *e)
{
	enum name_kind k;

	if (e->kind != E_NAME)
		return false;
	k = name_kind(c, e->symbol);
	return k == NAME_LOCAL || k == NAME_FIELD || k == NAME_GLOBAL;
}

/* The name of the function being compiled: with parentheses it is a call of itself. */
static bool is_own_name(const struct vbs_expr *e)
{
	const struct vbs_local *l = e->symbol->local;

	return l && l->reg == 0 && !l->far && !l->value;
}

bool vbs_expr_calls(struct compiler *c, struct vbs_expr *e)
{
	enum name_kind k;
	bool calls = false;

	if (!e)
		return false;
	if (e->calls)
		return e->calls == 2;
	switch (e->kind) {
	case E_NAME:
		k = name_kind(c, e->symbol);
		calls = k == NAME_ANY || k == NAME_PROC || k == NAME_MEMBER;
		break;
	case E_CALL:
		/* Built-in functions and elements of variables run nothing but their arguments. */
		calls = e->left->kind != E_NAME || is_own_name(e->left) ||
			!(vbs_is_variable(c, e->left) ||
			  name_kind(c, e->left->symbol) == NAME_BUILTIN);
		for (unsigned i = 0; i < e->argc && !calls; i++)
			calls = vbs_expr_calls(c, e->args[i]);
		break;
	case E_UNARY:
		calls = vbs_expr_calls(c, e->left);
		break;
	case E_BINARY:
		calls = vbs_expr_calls(c, e->left) || vbs_expr_calls(c, e->right);
		break;
	case E_CONST:
	case E_ME:
	case E_MISSING:
		break;
	default:
		calls = true;
	}
	e->calls = calls ? 2 : 1;
	return calls;
}

/* ---- constants and names ---- */

static void compile_constant(struct compiler *c, const struct value *v, unsigned reg, bool hard)
{
	static const uint8_t simple[] = { [VT_EMPTY] = 0, [VT_NULL] = 1 };

	if (v->type == VT_EMPTY || v->type == VT_NULL)
		vbs_emit(c, VBS_LOADT, reg, simple[v->type], 0);
	else if (v->type == VT_DISPATCH)
		vbs_emit(c, VBS_LOADT, reg, 2, 0);
	else if (v->type == VT_BOOL && !hard)
		vbs_emit(c, VBS_LOADT, reg, v->i ? 3 : 4, 0);
	else if (v->type == VT_I2 && !hard)
		vbs_emit(c, VBS_LOADI, reg, (uint16_t)v->i & 0xFF, (uint16_t)v->i >> 8);
	else
		vbs_emit_x(c, VBS_LOADK, reg, 0, 0, vbs_constant(c, v, hard));
	if (v->type == VT_BSTR)
		vbs_mark_dirty(c, reg);
}

/* The value of a constant name, through chains of constants; NULL when it is none. */
static const struct vbs_expr *constant_of(struct compiler *c, const struct vbs_expr *e)
{
	for (int hops = 0; hops < 32; hops++) {
		if (e->kind == E_CONST)
			return e;
		if (e->kind != E_NAME || name_kind(c, e->symbol) != NAME_CONST)
			return e->kind == E_NAME ? e : NULL;
		e = e->symbol->local ? e->symbol->local->value : e->symbol->decl->value;
	}
	return NULL;
}

bool vbs_literal_of(struct compiler *c, const struct vbs_expr *e, struct value *ret)
{
	const struct vbs_builtin *b;
	const struct vbs_expr *k = constant_of(c, e);

	if (k)
		e = k;
	if (k && k->kind == E_CONST) {
		*ret = k->value;
		return true;
	}
	if (e->kind != E_NAME || name_kind(c, e->symbol) != NAME_BUILTIN)
		return false;
	b = vbs_builtin_at(e->symbol->builtin);
	if (b->fn)
		return false;
	*ret = b->constant;
	if (ret->type == VT_BSTR) {
		ret->spare = b->text_length;
		ret->str = (OLECHAR *)(void *)b->text;
	}
	return true;
}

/* A reference to what the name is, as it is; for variables. */
static void compile_name_reference(struct compiler *c, struct vbs_expr *e, unsigned reg)
{
	struct vbs_symbol *s = e->symbol;
	unsigned spare;

	switch (name_kind(c, s)) {
	case NAME_LOCAL:
		/* A local name has one: NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		if (s->local->far)
			vbs_emit_x(c, VBS_FAR, reg, s->local->reg, 0, s->local->index);
		else
			vbs_emit(c, VBS_REFL, reg, s->local->reg, 0);
		break;
	case NAME_FIELD:
		spare = compile_class_here(c)->members[s->member->index].field;
		vbs_emit(c, VBS_REFM, reg, spare & 0xFF, spare >> 8);
		break;
	case NAME_GLOBAL:
		spare = vbs_hot_register(c, s);
		if (spare != REGISTER_NONE) {
			vbs_emit(c, VBS_REFL, reg, spare, 0);
			break;
		}
		vbs_emit_x(c, VBS_REFG, reg, 0, 0, vbs_global_of(c, s, 0));
		vbs_mark_dirty(c, reg);
		break;
	case NAME_ANY:
		spare = s->local && !s->local->far ? s->local->reg : REGISTER_NONE;
		vbs_emit_x(c, VBS_REFX, reg, spare, 0, vbs_global_of(c, s, 0));
		vbs_mark_dirty(c, reg);
		break;
	default:
		vbs_compile_expr(c, e, reg);
		break;
	}
}

/* The same for who only reads: a number comes as it is. */
static void compile_name_operand(struct compiler *c, struct vbs_expr *e, unsigned reg)
{
	struct vbs_symbol *s = e->symbol;
	unsigned field;

	switch (name_kind(c, s)) {
	case NAME_FIELD:
		field = compile_class_here(c)->members[s->member->index].field;
		vbs_emit(c, VBS_GETM, reg, field & 0xFF, field >> 8);
		break;
	case NAME_GLOBAL:
		vbs_emit_x(c, VBS_GETG, reg, 0, 0, vbs_global_of(c, s, 0));
		vbs_mark_dirty(c, reg);
		break;
	default:
		compile_name_reference(c, e, reg);
	}
}

unsigned vbs_name_register(struct compiler *c, const struct vbs_expr *e)
{
	if (e->kind != E_NAME)
		return REGISTER_NONE;
	switch (name_kind(c, e->symbol)) {
	case NAME_LOCAL:
		return e->symbol->local->far ? REGISTER_NONE : e->symbol->local->reg;
	case NAME_GLOBAL:
		return vbs_hot_register(c, e->symbol);
	default:
		return REGISTER_NONE;
	}
}

static void compile_name(struct compiler *c, struct vbs_expr *e, unsigned reg)
{
	struct vbs_symbol *s = e->symbol;

	switch (name_kind(c, s)) {
	case NAME_LOCAL:
	case NAME_FIELD:
	case NAME_GLOBAL:
	case NAME_ANY:
		if (vbs_name_register(c, e) != REGISTER_NONE) {
			vbs_emit(c, VBS_MOVE, reg, vbs_name_register(c, e), 0);
			break;
		}
		compile_name_reference(c, e, reg);
		vbs_emit(c, VBS_MOVE, reg, reg, 0);
		break;
	case NAME_CONST:
		vbs_emit_fail(c, 1045, e->place);
		break;
	default:
		vbs_compile_call(c, e, reg, CALL_BARE);
		break;
	}
	vbs_mark_dirty(c, reg);
}

/* ---- operators ---- */

/* Whether comparisons take it for a literal: neither a Const nor a negation is one. */
static bool is_hard(const struct vbs_expr *e)
{
	return e->kind == E_CONST && !e->folded;
}

/* The constant index of `e` when it is a literal that an instruction can name, else -1. */
static int constant_operand(struct compiler *c, struct vbs_expr *e)
{
	struct value v;
	uint32_t k;

	if (!vbs_literal_of(c, e, &v) || v.type == VT_EMPTY || v.type == VT_NULL ||
	    v.type == VT_DISPATCH || c->fn->constant_count >= 250)
		return -1;
	k = vbs_constant(c, &v, is_hard(e));
	return k < 256 ? (int)k : -1;
}

unsigned vbs_compile_operand(struct compiler *c, struct vbs_expr *e, bool borrow)
{
	struct value v;
	unsigned reg;

	reg = borrow ? vbs_name_register(c, e) : REGISTER_NONE;
	if (reg != REGISTER_NONE)
		return reg;
	reg = vbs_temp(c);
	if (vbs_literal_of(c, e, &v))
		compile_constant(c, &v, reg, is_hard(e));
	else if (borrow && vbs_is_variable(c, e))
		compile_name_operand(c, e, reg);
	else
		vbs_compile_expr(c, e, reg);
	return reg;
}

unsigned vbs_compile_reader(struct compiler *c, struct vbs_expr *e, bool borrow)
{
	struct value v;
	unsigned reg;

	if (!vbs_literal_of(c, e, &v) || v.type != VT_BSTR)
		return vbs_compile_operand(c, e, borrow);
	reg = vbs_temp(c);
	vbs_emit_x(c, VBS_REFK, reg, 0, 0, vbs_constant(c, &v, is_hard(e)));
	return reg;
}

/* Operators whose result may be counted. */
static bool counted_result(uint8_t op)
{
	return op == OP_ADD || op == OP_CAT || op == OP_PLUS;
}

/* The left operand goes where the result will go when that is the newest temporary: a long chain
 * of operators then needs one register, and text grows in place. */
static unsigned compile_left(struct compiler *c, struct vbs_expr *e, unsigned reg, bool borrow)
{
	struct value v;

	if (!vbs_is_newest(c, reg) || e->kind == E_NAME || vbs_literal_of(c, e, &v))
		return vbs_compile_reader(c, e, borrow);
	vbs_compile_expr(c, e, reg);
	return reg;
}

/* The form of an operator that has a constant on its right. */
static enum vbs_opcode constant_form(uint8_t op)
{
	switch (op) {
	case OP_ADD:
		return VBS_ADDK;
	case OP_SUB:
		return VBS_SUBK;
	case OP_MUL:
		return VBS_MULK;
	case OP_IDIV:
		return VBS_IDIVK;
	case OP_MOD:
		return VBS_MODK;
	default:
		return VBS_NOP;
	}
}

/* A literal Integer that fits an instruction. */
static bool small_literal(struct compiler *c, const struct vbs_expr *e, int *ret)
{
	struct value v;

	if (!vbs_literal_of(c, e, &v) || v.type != VT_I2 || v.i < -128 || v.i > 127)
		return false;
	*ret = v.i;
	return true;
}

/* x + 1 and x - 1: what is added. */
static bool small_operand(struct compiler *c, const struct vbs_expr *e, int *ret)
{
	if ((e->op != OP_ADD && e->op != OP_SUB) || !small_literal(c, e->right, ret) ||
	    *ret == -128)
		return false;
	if (e->op == OP_SUB)
		*ret = -*ret;
	return true;
}

static void compile_binary(struct compiler *c, struct vbs_expr *e, unsigned reg)
{
	unsigned saved = c->fn->temp, left, right;
	enum vbs_opcode op;
	int k = -1, small;
	struct value v;

	if (e->op == OP_CAT && vbs_compile_join(c, e, reg))
		return;
	left = compile_left(c, e->left, reg, !vbs_expr_calls(c, e->right));
	op = constant_form(e->op);
	if (op != VBS_NOP)
		k = constant_operand(c, e->right);
	if (small_operand(c, e, &small)) {
		vbs_emit(c, VBS_ADDI, reg, left, (uint8_t)small);
	} else if (k >= 0) {
		vbs_emit(c, op, reg, left, k);
	} else {
		if (e->op < OP_EQ && vbs_literal_of(c, e->right, &v) && v.type != VT_BSTR) {
			/* Only comparisons ask whether it is a literal. */
			right = vbs_temp(c);
			compile_constant(c, &v, right, false);
		} else {
			right = vbs_compile_reader(c, e->right, true);
		}
		vbs_emit(c, VBS_ADD + (e->op - OP_ADD), reg, left, right);
	}
	vbs_used_up(c, saved);
	c->fn->temp = saved;
	if (counted_result(e->op))
		vbs_mark_dirty(c, reg);
}

static void compile_unary(struct compiler *c, struct vbs_expr *e, unsigned reg)
{
	unsigned saved = c->fn->temp;
	unsigned operand = vbs_compile_operand(c, e->left, true);

	vbs_emit(c, VBS_NEG + (e->op - OP_NEG), reg, operand, 0);
	vbs_used_up(c, saved);
	c->fn->temp = saved;
	if (counted_result(e->op))
		vbs_mark_dirty(c, reg);
}

/* ---- calls ---- */

/* An argument for a procedure (a reference when it is a variable or an element of one) or for a
 * built-in function (a reference only to save a copy). */
static void compile_arg(struct compiler *c, struct vbs_expr *e, unsigned reg, bool reference,
			unsigned *keeper)
{
	if (e->kind == E_MISSING) {
		vbs_emit(c, VBS_LOADT, reg, 5, 0);
	} else if (e->kind == E_NAME && (!e->paren || !reference) && !e->symbol->local &&
		   name_kind(c, e->symbol) == NAME_ANY) {
		compile_name_reference(c, e, reg);
	} else if (vbs_is_variable(c, e) && (!e->paren || !reference)) {
		compile_name_reference(c, e, reg);
	} else if (e->kind == E_NAME && !e->paren && e->symbol->local && e->symbol->local->unsure) {
		compile_name_reference(c, e, reg);
	} else if (reference && *keeper && !e->paren && e->kind == E_CALL && e->argc &&
		   vbs_is_variable(c, e->left)) {
		compile_name_reference(c, e->left, reg);
		compile_window_args(c, e, false, 0);
		vbs_emit(c, VBS_ELEM, reg, e->argc, *keeper);
		vbs_mark_dirty(c, *keeper);
		c->fn->temp = reg + 1;
		(*keeper)++;
	} else {
		vbs_compile_expr(c, e, reg);
	}
	vbs_mark_dirty(c, reg);
}

/* How many arguments lend an element: each needs a register that keeps the array. */
static unsigned count_elements(struct compiler *c, const struct vbs_expr *call)
{
	unsigned n = 0;

	for (unsigned i = 0; i < call->argc; i++) {
		const struct vbs_expr *e = call->args[i];

		n += !e->paren && e->kind == E_CALL && e->argc && vbs_is_variable(c, e->left);
	}
	return n;
}

static void compile_window_args(struct compiler *c, struct vbs_expr *call, bool reference,
				unsigned keepers)
{
	for (unsigned i = 0; i < call->argc; i++)
		compile_arg(c, call->args[i], vbs_temp(c), reference, &keepers);
}

void vbs_compile_args(struct compiler *c, struct vbs_expr *e, bool reference)
{
	compile_window_args(c, e, reference, 0);
}

/* Array with more elements than a window takes: the rest is added in pieces. */
static void compile_long_array(struct compiler *c, struct vbs_expr *callee, struct vbs_expr *call,
			       unsigned window)
{
	int more = vbs_builtin_find(TEXT(ARRAY_MORE));
	unsigned keepers = 0, temp = c->fn->temp;

	for (unsigned i = 0; i < call->argc; i++) {
		unsigned in_piece = i % ARRAY_PIECE + (i >= ARRAY_PIECE);

		if (i && i % ARRAY_PIECE == 0) {
			c->fn->temp = temp;
			vbs_emit(c, VBS_TAKE, vbs_temp(c), window, 0);
		}
		compile_arg(c, call->args[i], vbs_temp(c), false, &keepers);
		if (i % ARRAY_PIECE != ARRAY_PIECE - 1 && i != call->argc - 1u)
			continue;
		vbs_emit_x(c, VBS_CALLB, window, in_piece + 1, 0,
			   i < ARRAY_PIECE ? callee->symbol->builtin : more);
	}
}

void vbs_compile_reading_arg(struct compiler *c, struct vbs_expr *e)
{
	unsigned none = 0;
	struct value v;

	if (vbs_literal_of(c, e, &v) && v.type == VT_BSTR)
		vbs_compile_reader(c, e, true);
	else
		compile_arg(c, e, vbs_temp(c), false, &none);
}

static void compile_builtin(struct compiler *c, struct vbs_expr *callee, struct vbs_expr *call,
			    unsigned window, unsigned flags)
{
	const struct vbs_builtin *b = vbs_builtin_at(callee->symbol->builtin);
	unsigned argc = call ? call->argc : 0;
	struct value v;

	if (!b->fn) {
		if (argc || flags & CALL_STATEMENT)
			vbs_emit_x(c, VBS_RAISE, 0, 13, 0,
				   vbs_text_constant(c, callee->symbol->text));
		else if (vbs_literal_of(c, callee, &v))
			compile_constant(c, &v, window, false);
		return;
	}
	if (argc > ARRAY_PIECE && text_equal_nocase(callee->symbol->text, TEXT("array"))) {
		compile_long_array(c, callee, call, window);
		return;
	}
	for (unsigned i = 0; i < argc; i++)
		vbs_compile_reading_arg(c, call->args[i]);
	if (argc < b->min_args || argc > b->max_args) {
		vbs_emit_x(c, VBS_RAISE, 0, 450 & 0xFF, 450 >> 8,
			   vbs_text_constant(c, callee->symbol->text));
	} else if (text_equal_nocase(callee->symbol->text, TEXT("eval"))) {
		vbs_emit(c, VBS_EXEC, window, 1, 0);
		if (flags & CALL_STATEMENT)
			vbs_emit(c, VBS_CLEAR, window, 0, 0);
	} else if (text_equal_nocase(callee->symbol->text, TEXT("execute"))) {
		vbs_emit(c, VBS_EXEC, window, 1, 1);
	} else if (text_equal_nocase(callee->symbol->text, TEXT("executeglobal"))) {
		vbs_emit(c, VBS_EXEC, window, 1, 2);
	} else {
		vbs_emit_x(c, VBS_CALLB, window, argc, flags & CALL_STATEMENT,
			   callee->symbol->builtin);
	}
}

/* The same in code that is evaluated in a method of the class. */
static void compile_borrowed(struct compiler *c, struct vbs_expr *callee, struct vbs_expr *call,
			     unsigned window, unsigned flags)
{
	vbs_emit(c, VBS_ME, window, 0, 0);
	vbs_mark_dirty(c, window);
	if (call)
		compile_window_args(c, call, true, 0);
	vbs_emit_x(c, VBS_CALLM, window, call ? call->argc : 0, flags, vbs_site_of(c, callee));
}

/* A method or property of the class whose code this is, called by its bare name. */
static void compile_own(struct compiler *c, struct vbs_expr *callee, struct vbs_expr *call,
			unsigned window, unsigned flags)
{
	const struct vbs_member *m = &compile_class_here(c)->members[callee->symbol->member->index];

	if (!c->class) {
		compile_borrowed(c, callee, call, window, flags);
		return;
	}
	if (call)
		compile_window_args(c, call, true, window - count_elements(c, call));
	if (m->get == PROC_NONE)
		vbs_emit_x(c, VBS_RAISE, 0, 438 & 0xFF, 438 >> 8,
			   vbs_text_constant(c, callee->symbol->text));
	else
		vbs_emit_x(c, VBS_CALLP, window, call ? call->argc : 0, flags, m->get);
}

void vbs_compile_object(struct compiler *c, struct vbs_expr *e, unsigned reg, bool borrow)
{
	if (borrow && vbs_is_variable(c, e))
		compile_name_reference(c, e, reg);
	else
		vbs_compile_expr(c, e, reg);
}

static bool args_call(struct compiler *c, const struct vbs_expr *call)
{
	for (unsigned i = 0; call && i < call->argc; i++)
		if (vbs_expr_calls(c, call->args[i]))
			return true;
	return false;
}

static void compile_member(struct compiler *c, struct vbs_expr *callee, struct vbs_expr *call,
			   unsigned window, unsigned flags)
{
	if (callee->left) {
		vbs_compile_object(c, callee->left, window, !args_call(c, call));
	} else if (c->fn->with == REGISTER_NONE) {
		vbs_emit_x(c, VBS_RAISE, 0, 505 & 0xFF, 505 >> 8,
			   vbs_text_constant(c, callee->symbol->text));
		return;
	} else {
		vbs_emit(c, VBS_MOVE, window, c->fn->with, 0);
	}
	if (call)
		compile_window_args(c, call, true, 0);
	vbs_emit_x(c, VBS_CALLM, window, call ? call->argc : 0, flags, vbs_site_of(c, callee));
}

static void compile_named_call(struct compiler *c, struct vbs_expr *callee, struct vbs_expr *call,
			       unsigned window, unsigned flags)
{
	struct vbs_symbol *s = callee->symbol;
	enum name_kind kind = name_kind(c, s);

	/* The function's own name with parentheses calls it again. */
	if (kind == NAME_LOCAL && is_own_name(callee) && call && call->called)
		kind = s->member ? NAME_MEMBER : NAME_PROC;
	switch (kind) {
	case NAME_BUILTIN:
		compile_builtin(c, callee, call, window, flags);
		break;
	case NAME_MEMBER:
		compile_own(c, callee, call, window, flags);
		break;
	case NAME_CONST:
		vbs_emit_x(c, VBS_RAISE, 0, 13, 0, vbs_text_constant(c, s->text));
		break;
	case NAME_PROC:
	case NAME_ANY:
		/* When nothing global has the name the call is for what the variable holds. */
		if (kind == NAME_ANY && s->local && !s->local->far && call) {
			vbs_emit(c, VBS_REFL, window, s->local->reg, 0);
			flags |= CALL_LOCAL;
		}
		if (call)
			compile_window_args(c, call, true, window - count_elements(c, call));
		vbs_emit_x(c, VBS_CALLG, window, call ? call->argc : 0, flags,
			   vbs_global_of(c, s, 0));
		break;
	default:
		compile_name_reference(c, callee, window);
		if (call)
			compile_window_args(c, call, true, 0);
		vbs_emit(c, VBS_CALLV, window, call ? call->argc : 0, flags);
		break;
	}
}

/* x(i), x a variable: an element, without a window. */
static bool compile_index(struct compiler *c, struct vbs_expr *e, unsigned reg)
{
	unsigned saved = c->fn->temp, base, index;

	if (e->kind != E_CALL || e->argc != 1 || e->args[0]->kind == E_MISSING ||
	    !vbs_is_variable(c, e->left))
		return false;
	/* In its own function the name with parentheses is a call. */
	if (is_own_name(e->left))
		return false;
	base = vbs_compile_operand(c, e->left, true);
	index = vbs_compile_operand(c, e->args[0], true);
	vbs_emit(c, VBS_INDEX, reg, base, index);
	vbs_used_up(c, saved);
	c->fn->temp = saved;
	vbs_mark_dirty(c, reg);
	return true;
}

/* The call of `e` with its window at `window`, which is the newest register. Elements that are
 * lent to a procedure keep their arrays in registers below the window, which vbs_compile_expr
 * reserved. */
void vbs_compile_call(struct compiler *c, struct vbs_expr *e, unsigned window, unsigned flags)
{
	struct vbs_expr *callee = e->kind == E_CALL ? e->left : e;
	struct vbs_expr *call = e->kind == E_CALL ? e : NULL;

	if (callee->kind == E_NAME) {
		compile_named_call(c, callee, call, window, flags);
	} else if (callee->kind == E_MEMBER) {
		compile_member(c, callee, call, window, flags);
	} else {
		vbs_compile_expr(c, callee, window);
		if (call) {
			compile_window_args(c, call, true, 0);
			vbs_emit(c, VBS_CALLV, window, call->argc, flags);
		}
	}
	c->fn->temp = window + 1;
	vbs_mark_clean(c, window, window + (call ? call->argc : 0));
	if (!(flags & CALL_STATEMENT))
		vbs_mark_dirty(c, window);
}

/* ---- references ---- */

static bool is_chain(struct compiler *c, const struct vbs_expr *e)
{
	return e->kind == E_CALL && e->argc &&
	       (vbs_is_variable(c, e->left) || is_chain(c, e->left));
}

/* An element of an element ...: each level's array is kept and locked by a register of its own. */
static void compile_chain(struct compiler *c, struct vbs_expr *e, unsigned window, unsigned *keeper)
{
	if (e->kind == E_NAME) {
		compile_name_reference(c, e, window);
		return;
	}
	compile_chain(c, e->left, window, keeper);
	c->fn->temp = window + 1;
	compile_window_args(c, e, false, 0);
	vbs_emit(c, VBS_ELEM, window, e->argc, *keeper);
	vbs_mark_dirty(c, *keeper);
	vbs_mark_dirty(c, window);
	c->fn->temp = window + 1;
	(*keeper)++;
}

/* Something that can be changed in place: a variable, or an element of one, to any depth. The
 * registers above `reg` that keep arrays stay taken: the caller sees that `temp` moved. */
void vbs_compile_reference(struct compiler *c, struct vbs_expr *e, unsigned reg)
{
	unsigned keeper, window;

	if (e->kind == E_NAME) {
		compile_name_reference(c, e, reg);
	} else if (is_chain(c, e)) {
		keeper = c->fn->temp;
		for (const struct vbs_expr *at = e; at->kind == E_CALL; at = at->left)
			vbs_temp(c);
		window = vbs_temp(c);
		compile_chain(c, e, window, &keeper);
		vbs_emit(c, VBS_TAKE, reg, window, 0);
		vbs_mark_dirty(c, reg);
		c->fn->temp = window;
	} else {
		vbs_compile_expr(c, e, reg);
	}
}

/* ---- any expression ---- */

static void compile_call_value(struct compiler *c, struct vbs_expr *e, unsigned reg)
{
	struct fn *f = c->fn;
	unsigned saved = f->temp, flags = e->kind == E_NAME ? CALL_BARE : 0, keepers, window;

	if (compile_index(c, e, reg))
		return;
	keepers = e->kind == E_CALL && e->left->kind == E_NAME &&
				  (name_kind(c, e->left->symbol) == NAME_PROC ||
				   name_kind(c, e->left->symbol) == NAME_MEMBER ||
				   name_kind(c, e->left->symbol) == NAME_ANY ||
				   name_kind(c, e->left->symbol) == NAME_LOCAL)
			  ? count_elements(c, e)
			  : 0;
	if (vbs_is_newest(c, reg) && !keepers) {
		vbs_compile_call(c, e, reg, flags);
		return;
	}
	for (unsigned i = 0; i < keepers; i++)
		vbs_temp(c);
	window = vbs_temp(c);
	vbs_compile_call(c, e, window, flags);
	vbs_emit(c, VBS_TAKE, reg, window, 0);
	vbs_mark_clean(c, window, window);
	vbs_mark_dirty(c, reg);
	f->temp = saved;
}

void vbs_compile_expr(struct compiler *c, struct vbs_expr *e, unsigned reg)
{
	struct value v;

	if (compile_failed(c))
		return;
	if (vbs_literal_of(c, e, &v)) {
		compile_constant(c, &v, reg, false);
		return;
	}
	switch (e->kind) {
	case E_NAME:
		if (name_kind(c, e->symbol) == NAME_LOCAL || vbs_is_variable(c, e) ||
		    name_kind(c, e->symbol) == NAME_CONST)
			compile_name(c, e, reg);
		else if (name_kind(c, e->symbol) == NAME_ANY && e->symbol->local)
			compile_name(c, e, reg);
		else
			compile_call_value(c, e, reg);
		break;
	case E_MEMBER:
	case E_CALL:
		compile_call_value(c, e, reg);
		break;
	case E_UNARY:
		compile_unary(c, e, reg);
		break;
	case E_BINARY:
		compile_binary(c, e, reg);
		break;
	case E_NEW:
		vbs_emit_x(c, VBS_NEW, reg, 0, 0, vbs_global_of(c, e->symbol, 0));
		vbs_mark_dirty(c, reg);
		break;
	case E_ME:
		vbs_emit(c, VBS_ME, reg, 0, 0);
		vbs_mark_dirty(c, reg);
		break;
	default:
		vbs_emit(c, VBS_LOADT, reg, 5, 0);
		break;
	}
}

void vbs_compile_condition(struct compiler *c, struct vbs_expr *e, bool sense, struct label *to)
{
	unsigned saved = c->fn->temp, left, right;
	int k, small;

	if (e->kind == E_BINARY && e->op >= OP_EQ && e->op <= OP_GE) {
		left = vbs_compile_operand(c, e->left, !vbs_expr_calls(c, e->right));
		/* In the instruction a negative number is no literal, any other is one. */
		if (small_literal(c, e->right, &small) && (small < 0 || is_hard(e->right))) {
			vbs_emit_jump(c, VBS_JEQI + (e->op - OP_EQ), left, (uint8_t)small, sense,
				      to);
			vbs_used_up(c, saved);
			c->fn->temp = saved;
			return;
		}
		k = constant_operand(c, e->right);
		if (k >= 0) {
			vbs_emit_jump(c, VBS_JEQK + (e->op - OP_EQ), left, k, sense, to);
		} else {
			right = vbs_compile_operand(c, e->right, true);
			vbs_emit_jump(c, VBS_JEQ + (e->op - OP_EQ), left, right, sense, to);
		}
	} else {
		left = vbs_compile_operand(c, e, true);
		vbs_emit_jump(c, sense ? VBS_JT : VBS_JF, left, 0, 0, to);
	}
	vbs_used_up(c, saved);
	c->fn->temp = saved;
}
