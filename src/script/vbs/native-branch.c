/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Native code for what decides where to go on: comparisons and the jumps on them, truth, counting
 * loops.
 */
#include "script/vbs/native-emit.h"
#include "script/vbs/vm.h"

/* ---- comparisons ---- */

struct comparison {
	enum x64_condition integer;
	enum x64_condition real; /* of a Double, X64_EQUAL and X64_NOT_EQUAL apart */
	bool swap;               /* y is compared with x: so what is no number is not in order */
};

/* In the order of EQ, NE, LT, GT, LE, GE. */
static const struct comparison comparisons[] = {
	{ X64_EQUAL, X64_EQUAL, false },
	{ X64_NOT_EQUAL, X64_NOT_EQUAL, false },
	{ X64_LESS, X64_ABOVE, true },
	{ X64_GREATER, X64_ABOVE, false },
	{ X64_NOT_GREATER, X64_NOT_BELOW, true },
	{ X64_NOT_LESS, X64_NOT_BELOW, false },
};

static struct x64_label *jump_target(struct emit *e)
{
	return &e->at[e->next - 1 + e->x];
}

/* XMM0 and XMM1: jumps when the comparison is as the instruction wants. */
static void jump_double(struct emit *e, unsigned what)
{
	const struct comparison *c = &comparisons[what];
	bool wanted = OP_C(e->w) & 1;
	struct x64_label skip = X64_LABEL;

	x64_reg(&e->a, X64_UCOMISD, c->swap ? XMM1 : XMM0, c->swap ? XMM0 : XMM1);
	if (c->real != X64_EQUAL && c->real != X64_NOT_EQUAL) {
		x64_jump_if(&e->a, c->real ^ !wanted, jump_target(e));
	} else if ((c->real == X64_EQUAL) == wanted) {
		x64_jump_if(&e->a, X64_PARITY, &skip);
		x64_jump_if(&e->a, X64_EQUAL, jump_target(e));
		x64_bind(&e->a, &skip);
	} else {
		x64_jump_if(&e->a, X64_PARITY, jump_target(e));
		x64_jump_if(&e->a, X64_NOT_EQUAL, jump_target(e));
	}
}

static void cold_compare(struct emit *e, struct cold *c)
{
	emit_load_any(e, &c->x, XMM0, &c->again);
	emit_load_any(e, &c->y, XMM1, &c->again);
	jump_double(e, c->number);
	x64_jump(&e->a, &c->back);
}

static void compare_integers(struct emit *e, const struct operand *x, const struct operand *y)
{
	if (y->immediate) {
		x64_mem1(&e->a, X64_CMP_IMM, x->base, x->at + PAYLOAD, y->number);
	} else {
		x64_mem(&e->a, X64_LOAD, RDX, x->base, x->at + PAYLOAD);
		x64_mem(&e->a, X64_CMP, RDX, y->base, y->at + PAYLOAD);
	}
}

/* With a constant that is no number. */
static void compare_step(struct emit *e, unsigned what, const struct value *constant)
{
	emit_step_arguments(e);
	x64_reg(&e->a, X64_LOAD, RCX, RDX);
	x64_imm64(&e->a, RDX, OP_EQ + what);
	x64_imm64(&e->a, R8, (uintptr_t)constant);
	emit_try(e, vbs_step_compare);
	x64_reg1(&e->a, X64_CMP32_IMM8, RAX, 1);
	x64_jump_if(&e->a, OP_C(e->w) & 1 ? X64_EQUAL : X64_NOT_EQUAL, jump_target(e));
}

static void compare_jump(struct emit *e, unsigned what, struct operand y)
{
	struct operand x = emit_register(e, OP_A(e->w), RSI, RAX);
	struct cold *c;

	if ((x.known != ANYTHING && !emit_is_number(&x)) ||
	    (y.known != ANYTHING && !emit_is_number(&y))) {
		emit_give_up(e);
		return;
	}
	if (x.known == DOUBLE || y.known == DOUBLE) {
		emit_load_double(e, &x, XMM0);
		emit_load_double(e, &y, XMM1);
		jump_double(e, what);
		return;
	}
	c = emit_cold(e, cold_compare);
	c->x = x;
	c->y = y;
	c->number = what;
	emit_load_types(e, &x, &y, false);
	x64_bind(&e->a, &c->again);
	emit_check_integers(e, &x, &y, &c->in);
	compare_integers(e, &x, &y);
	x64_jump_if(&e->a, comparisons[what].integer ^ !(OP_C(e->w) & 1), jump_target(e));
	x64_bind(&e->a, &c->back);
}

static void t_jump_compare(struct emit *e)
{
	compare_jump(e, (e->w & 0xFF) - VBS_JEQ, emit_register(e, OP_B(e->w), RDI, RCX));
}
static void t_jump_compare_constant(struct emit *e)
{
	const struct value *v = &e->proc->constants[OP_B(e->w)];
	enum known known = emit_known_type(v->type);

	if (known != INTEGER && known != DOUBLE)
		compare_step(e, (e->w & 0xFF) - VBS_JEQK, v);
	else
		compare_jump(e, (e->w & 0xFF) - VBS_JEQK, emit_constant(e, OP_B(e->w), RDI, RCX));
}
static void t_jump_compare_immediate(struct emit *e)
{
	compare_jump(e, (e->w & 0xFF) - VBS_JEQI, emit_immediate(OP_IB(e->w)));
}
_Static_assert(VBS_JGE - VBS_JEQ == 5 && VBS_JGEK - VBS_JEQK == 5 && VBS_JGEI - VBS_JEQI == 5 &&
		       VBS_GE - VBS_EQ == 5,
	       "comparisons are in one order everywhere");

static void t_compare(struct emit *e)
{
	struct operand x = emit_register(e, OP_B(e->w), RSI, RAX),
		       y = emit_register(e, OP_C(e->w), RDI, RCX);

	if (!emit_maybe_integer(&x) || !emit_maybe_integer(&y)) {
		emit_give_up(e);
		return;
	}
	emit_free(e, OP_A(e->w));
	emit_want_integers(e, &x, &y);
	compare_integers(e, &x, &y);
	x64_reg1(&e->a, X64_MOV_IMM32, RAX, 0);
	x64_set(&e->a, comparisons[(e->w & 0xFF) - VBS_EQ].integer, RAX);
	x64_reg1(&e->a, X64_NEG, RAX, 0);
	x64_mem1(&e->a, X64_STORE_IMM, RBX, SLOT(OP_A(e->w)), VT_BOOL);
	x64_mem(&e->a, X64_STORE, RAX, RBX, SLOT(OP_A(e->w)) + PAYLOAD);
	emit_know(e, OP_A(e->w), BOOLEAN);
}

/* ---- truth ---- */

static void want_boolean(struct emit *e, unsigned reg)
{
	if (e->known[reg] == BOOLEAN)
		return;
	x64_mem1(&e->a, X64_CMP16_IMM, RBX, SLOT(reg), VT_BOOL);
	x64_jump_if(&e->a, X64_NOT_EQUAL, emit_leave(e));
	emit_know(e, reg, BOOLEAN);
}

static void t_not(struct emit *e)
{
	want_boolean(e, OP_B(e->w));
	emit_free(e, OP_A(e->w));
	x64_mem(&e->a, X64_LOAD, RAX, RBX, SLOT(OP_B(e->w)) + PAYLOAD);
	x64_reg1(&e->a, X64_NOT, RAX, 0);
	x64_mem1(&e->a, X64_STORE_IMM, RBX, SLOT(OP_A(e->w)), VT_BOOL);
	x64_mem(&e->a, X64_STORE, RAX, RBX, SLOT(OP_A(e->w)) + PAYLOAD);
	emit_know(e, OP_A(e->w), BOOLEAN);
}

static void combine(struct emit *e, enum x64_op op)
{
	want_boolean(e, OP_B(e->w));
	want_boolean(e, OP_C(e->w));
	emit_free(e, OP_A(e->w));
	x64_mem(&e->a, X64_LOAD, RAX, RBX, SLOT(OP_B(e->w)) + PAYLOAD);
	x64_mem(&e->a, op, RAX, RBX, SLOT(OP_C(e->w)) + PAYLOAD);
	x64_mem1(&e->a, X64_STORE_IMM, RBX, SLOT(OP_A(e->w)), VT_BOOL);
	x64_mem(&e->a, X64_STORE, RAX, RBX, SLOT(OP_A(e->w)) + PAYLOAD);
	emit_know(e, OP_A(e->w), BOOLEAN);
}

static void t_and(struct emit *e)
{
	combine(e, X64_AND);
}
static void t_or(struct emit *e)
{
	combine(e, X64_OR);
}

static void jump_truth(struct emit *e, enum x64_condition condition)
{
	want_boolean(e, OP_A(e->w));
	x64_mem1(&e->a, X64_CMP_IMM, RBX, SLOT(OP_A(e->w)) + PAYLOAD, 0);
	x64_jump_if(&e->a, condition, jump_target(e));
}

static void t_jump_true(struct emit *e)
{
	jump_truth(e, X64_NOT_EQUAL);
}
static void t_jump_false(struct emit *e)
{
	jump_truth(e, X64_EQUAL);
}

static void t_jump(struct emit *e)
{
	x64_jump(&e->a, jump_target(e));
	emit_forget(e, 0, 255);
}

static void t_back(struct emit *e)
{
	emit_budget(e);
	t_jump(e);
}

/* ---- counting loops ---- */

/* RSI is the variable; its type is in EAX. The limit, and the step, are integers. */
static struct operand loop_variable(struct emit *e, bool step)
{
	struct operand v = emit_register(e, OP_A(e->w), RSI, RAX), limit;

	/* Whatever it is, it is no reference. */
	limit = (struct operand){ .base = RBX, .type = RCX, .at = SLOT(OP_B(e->w) + 1) };
	limit.known = e->known[OP_B(e->w) + 1] == INTEGER ? INTEGER : UNCOUNTED;
	emit_want_integers(e, &v, &limit);
	if (step && e->known[OP_B(e->w) + 2] != INTEGER) {
		x64_mem(&e->a, X64_LOAD16, RCX, RBX, SLOT(OP_B(e->w) + 2));
		emit_check_integer(e, RCX, emit_leave(e));
	}
	return v;
}

static void t_for_increment(struct emit *e)
{
	int32_t limit = SLOT(OP_B(e->w) + 1) + PAYLOAD;
	struct operand v = loop_variable(e, false);

	x64_mem(&e->a, X64_LOAD, RDX, v.base, v.at + PAYLOAD);
	x64_reg1(&e->a, X64_ADD_IMM, RDX, 1);
	emit_widen(e);
	emit_budget(e);
	emit_store_integer(e, v.base, v.at);
	x64_mem(&e->a, X64_CMP, RDX, RBX, limit);
	x64_jump_if(&e->a, X64_NOT_GREATER, jump_target(e));
}

static void t_for_loop(struct emit *e)
{
	int32_t limit = SLOT(OP_B(e->w) + 1) + PAYLOAD, step = SLOT(OP_B(e->w) + 2);
	struct operand v = loop_variable(e, true);
	struct x64_label down = X64_LABEL, done = X64_LABEL;

	x64_mem(&e->a, X64_LOAD16, RCX, RBX, step);
	x64_reg(&e->a, X64_OR32, RAX, RCX);
	x64_mem(&e->a, X64_LOAD, RCX, RBX, step + PAYLOAD);
	x64_mem(&e->a, X64_LOAD, RDX, v.base, v.at + PAYLOAD);
	x64_reg(&e->a, X64_ADD, RDX, RCX);
	emit_widen(e);
	emit_budget(e);
	emit_store_integer(e, v.base, v.at);
	x64_reg(&e->a, X64_TEST, RCX, RCX);
	x64_jump_if(&e->a, X64_NEGATIVE, &down);
	x64_mem(&e->a, X64_CMP, RDX, RBX, limit);
	x64_jump_if(&e->a, X64_NOT_GREATER, jump_target(e));
	x64_jump(&e->a, &done);
	x64_bind(&e->a, &down);
	x64_mem(&e->a, X64_CMP, RDX, RBX, limit);
	x64_jump_if(&e->a, X64_NOT_LESS, jump_target(e));
	x64_bind(&e->a, &done);
}

emit_template *emit_branch_template(unsigned op)
{
	static emit_template *const templates[VBS_OPCODE_COUNT] = {
		[VBS_EQ... VBS_GE] = t_compare,
		[VBS_NOT] = t_not,
		[VBS_AND] = t_and,
		[VBS_OR] = t_or,
		[VBS_JT] = t_jump_true,
		[VBS_JF] = t_jump_false,
		[VBS_JMP] = t_jump,
		[VBS_BACK] = t_back,
		[VBS_JEQ... VBS_JGE] = t_jump_compare,
		[VBS_JEQK... VBS_JGEK] = t_jump_compare_constant,
		[VBS_JEQI... VBS_JGEI] = t_jump_compare_immediate,
		[VBS_FORINC] = t_for_increment,
		[VBS_FORLOOP] = t_for_loop,
	};

	return templates[op];
}
