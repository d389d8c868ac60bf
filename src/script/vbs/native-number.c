/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Native code for numbers: arithmetic, comparisons and the jumps on them, counting loops. Where it
 * is not known what the operands are, the straight road is for integers, and aside is what does any
 * pair of Integer, Long and Double, and follows references. Everything else is left to the machine,
 * and so are results that do not fit.
 */
#include "script/vbs/native-emit.h"
#include "script/vbs/vm.h"

enum arithmetic { PLUS, MINUS, TIMES };

/* ---- operands as numbers ---- */

static bool maybe_integer(const struct operand *o)
{
	return o->known == INTEGER || o->known == ANYTHING;
}

static bool is_number(const struct operand *o)
{
	return o->known == INTEGER || o->known == DOUBLE;
}

/* Unless the type in the register is that of an integer, goes to `other`. */
static void check_integer(struct emit *e, enum x64_reg type, struct x64_label *other)
{
	x64_mem(&e->a, X64_LEA32, R8, type, -VT_I2);
	x64_reg1(&e->a, X64_CMP32_IMM8, R8, 1);
	x64_jump_if(&e->a, X64_ABOVE, other);
}

static void check_integers(struct emit *e, const struct operand *x, const struct operand *y,
			   struct x64_label *other)
{
	if (x->known != INTEGER && y->known != INTEGER) {
		x64_mem(&e->a, X64_LEA32, R8, x->type, -VT_I2);
		x64_mem(&e->a, X64_LEA32, R9, y->type, -VT_I2);
		x64_reg(&e->a, X64_OR32, R8, R9);
		x64_reg1(&e->a, X64_CMP32_IMM8, R8, 1);
		x64_jump_if(&e->a, X64_ABOVE, other);
	} else if (x->known != INTEGER) {
		check_integer(e, x->type, other);
	} else if (y->known != INTEGER) {
		check_integer(e, y->type, other);
	}
}

static void load_types(struct emit *e, const struct operand *x, const struct operand *y,
		       bool also_known)
{
	if (!x->immediate && (also_known || x->known == ANYTHING))
		emit_load_type(e, x);
	if (!y->immediate && (also_known || y->known == ANYTHING))
		emit_load_type(e, y);
}

static void convert(struct emit *e, const struct operand *o, unsigned xmm)
{
	x64_reg(&e->a, X64_XORPD, xmm, xmm); /* else it waits for what was there */
	if (o->immediate) {
		x64_imm64(&e->a, R8, (uint64_t)(int64_t)o->number);
		x64_reg(&e->a, X64_CVTSI2SD, xmm, R8);
	} else {
		x64_mem(&e->a, X64_CVTSI2SD, xmm, o->base, o->at + PAYLOAD);
	}
}

/* Code aside: the number as a Double, whatever its type, which is in a register. */
static void load_any(struct emit *e, const struct operand *o, unsigned xmm, struct x64_label *again)
{
	struct x64_label integer = X64_LABEL, done = X64_LABEL;

	if (o->known == INTEGER) {
		convert(e, o, xmm);
		return;
	}
	if (o->known == ANYTHING) {
		x64_reg1(&e->a, X64_CMP32_IMM8, o->type, VT_R8);
		x64_jump_if(&e->a, X64_NOT_EQUAL, &integer);
	}
	x64_mem(&e->a, X64_MOVSD, xmm, o->base, o->at + PAYLOAD);
	if (o->known != ANYTHING)
		return;
	x64_jump(&e->a, &done);
	x64_bind(&e->a, &integer);
	emit_follow(e, o, again);
	check_integer(e, o->type, emit_leave(e));
	convert(e, o, xmm);
	x64_bind(&e->a, &done);
}

static void cold_double(struct emit *e, struct cold *c)
{
	emit_follow(e, &c->x, &c->again);
	check_integer(e, c->x.type, emit_leave(e));
	convert(e, &c->x, c->number);
	x64_jump(&e->a, &c->back);
}

/* The straight road: the number is likely a Double. */
static void load_double(struct emit *e, const struct operand *o, unsigned xmm)
{
	struct cold *c;

	if (o->known == INTEGER) {
		convert(e, o, xmm);
		return;
	}
	if (o->known == DOUBLE) {
		x64_mem(&e->a, X64_MOVSD, xmm, o->base, o->at + PAYLOAD);
		return;
	}
	c = emit_cold(e, cold_double);
	c->x = *o;
	c->number = xmm;
	emit_load_type(e, o);
	x64_bind(&e->a, &c->again);
	x64_reg1(&e->a, X64_CMP32_IMM8, o->type, VT_R8);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &c->in);
	x64_mem(&e->a, X64_MOVSD, xmm, o->base, o->at + PAYLOAD);
	x64_bind(&e->a, &c->back);
}

/* ---- results ---- */

static void check_finite(struct emit *e)
{
	x64_reg(&e->a, X64_MOVQ_TO_REG, XMM0, RAX);
	x64_reg(&e->a, X64_ADD, RAX, RAX); /* without the sign */
	x64_reg(&e->a, X64_CMP, RAX, R13);
	x64_jump_if(&e->a, X64_NOT_BELOW, emit_leave(e));
}

static void store_double(struct emit *e, unsigned reg)
{
	x64_mem1(&e->a, X64_STORE_IMM, RBX, SLOT(reg), VT_R8);
	x64_mem(&e->a, X64_MOVSD_STORE, XMM0, RBX, SLOT(reg) + PAYLOAD);
}

/* An Integer that does not fit is a Long. */
static void cold_widen(struct emit *e, struct cold *c)
{
	x64_reg(&e->a, X64_SIGN32, R8, RDX);
	x64_reg(&e->a, X64_CMP, R8, RDX);
	x64_jump_if(&e->a, X64_NOT_EQUAL, emit_leave(e));
	x64_reg1(&e->a, X64_MOV_IMM32, RAX, VT_I4);
	x64_jump(&e->a, &c->back);
}

/* EAX is the type of the number in RDX, unless it needs a wider one. */
static void widen(struct emit *e)
{
	struct cold *c = emit_cold(e, cold_widen);

	x64_reg(&e->a, X64_SIGN16, R8, RDX);
	x64_reg(&e->a, X64_CMP, R8, RDX);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &c->in);
	x64_bind(&e->a, &c->back);
}

static void store_integer(struct emit *e, enum x64_reg base, int32_t at)
{
	x64_mem(&e->a, X64_STORE, RAX, base, at);
	x64_mem(&e->a, X64_STORE, RDX, base, at + PAYLOAD);
}

/* EAX := the type that the result of two integers has. */
static void join_types(struct emit *e, const struct operand *x, const struct operand *y)
{
	if (!y->immediate)
		x64_reg(&e->a, X64_OR32, RAX, y->type);
}

/* ---- arithmetic ---- */

static void operate_double(struct emit *e, enum arithmetic what)
{
	static const enum x64_op ops[] = { X64_ADDSD, X64_SUBSD, X64_MULSD };

	x64_reg(&e->a, ops[what], XMM0, XMM1);
}

static void operate_integer(struct emit *e, enum arithmetic what, const struct operand *y)
{
	static const enum x64_op ops[] = { X64_ADD, X64_SUB, X64_MUL };

	if (!y->immediate) {
		x64_mem(&e->a, ops[what], RDX, y->base, y->at + PAYLOAD);
	} else if (what == TIMES) {
		x64_imm64(&e->a, R8, (uint64_t)(int64_t)y->number);
		x64_reg(&e->a, X64_MUL, RDX, R8);
	} else {
		x64_reg1(&e->a, what == PLUS ? X64_ADD_IMM : X64_SUB_IMM, RDX, y->number);
	}
}

static void cold_arithmetic(struct emit *e, struct cold *c)
{
	unsigned to = OP_A(e->w);

	load_any(e, &c->x, XMM0, &c->again);
	load_any(e, &c->y, XMM1, &c->again);
	operate_double(e, c->number);
	check_finite(e);
	store_double(e, to);
	x64_jump(&e->a, &c->back);
}

static void integers(struct emit *e, enum arithmetic what, const struct operand *x,
		     const struct operand *y)
{
	struct cold *c = emit_cold(e, cold_arithmetic);

	c->x = *x;
	c->y = *y;
	c->number = what;
	load_types(e, x, y, true);
	x64_bind(&e->a, &c->again);
	check_integers(e, x, y, &c->in);
	x64_mem(&e->a, X64_LOAD, RDX, x->base, x->at + PAYLOAD);
	join_types(e, x, y);
	operate_integer(e, what, y);
	widen(e);
	store_integer(e, RBX, SLOT(OP_A(e->w)));
	x64_bind(&e->a, &c->back);
	emit_know(e, OP_A(e->w),
		  x->known == INTEGER && y->known == INTEGER ? INTEGER : UNCOUNTED);
}

static void arithmetic(struct emit *e, enum arithmetic what, struct operand y)
{
	struct operand x = emit_register(e, OP_B(e->w), RSI, RAX);

	if ((x.known != ANYTHING && !is_number(&x)) || (y.known != ANYTHING && !is_number(&y))) {
		x64_jump(&e->a, emit_leave(e));
		emit_forget(e, 0, 255);
		return;
	}
	emit_free(e, OP_A(e->w));
	if (x.known != DOUBLE && y.known != DOUBLE) {
		integers(e, what, &x, &y);
		return;
	}
	load_double(e, &x, XMM0);
	load_double(e, &y, XMM1);
	operate_double(e, what);
	check_finite(e);
	store_double(e, OP_A(e->w));
	emit_know(e, OP_A(e->w), DOUBLE);
}

static struct operand operand_c(struct emit *e)
{
	return emit_register(e, OP_C(e->w), RDI, RCX);
}

static struct operand constant_c(struct emit *e)
{
	return emit_constant(e, OP_C(e->w), RDI, RCX);
}

static void t_add(struct emit *e)
{
	arithmetic(e, PLUS, operand_c(e));
}
static void t_sub(struct emit *e)
{
	arithmetic(e, MINUS, operand_c(e));
}
static void t_mul(struct emit *e)
{
	arithmetic(e, TIMES, operand_c(e));
}
static void t_add_constant(struct emit *e)
{
	arithmetic(e, PLUS, constant_c(e));
}
static void t_sub_constant(struct emit *e)
{
	arithmetic(e, MINUS, constant_c(e));
}
static void t_mul_constant(struct emit *e)
{
	arithmetic(e, TIMES, constant_c(e));
}
static void t_add_immediate(struct emit *e)
{
	arithmetic(e, PLUS, emit_immediate(OP_IC(e->w)));
}

static void t_div(struct emit *e)
{
	struct operand x = emit_register(e, OP_B(e->w), RSI, RAX), y = operand_c(e);

	emit_free(e, OP_A(e->w));
	load_double(e, &x, XMM0);
	load_double(e, &y, XMM1);
	x64_reg(&e->a, X64_XORPD, XMM2, XMM2);
	x64_reg(&e->a, X64_UCOMISD, XMM1, XMM2);
	x64_jump_if(&e->a, X64_EQUAL, emit_leave(e));
	x64_reg(&e->a, X64_DIVSD, XMM0, XMM1);
	check_finite(e);
	store_double(e, OP_A(e->w));
	emit_know(e, OP_A(e->w), DOUBLE);
}

/* ---- whole division ---- */

static void cold_integers(struct emit *e, struct cold *c)
{
	emit_follow(e, &c->x, &c->again);
	emit_follow(e, &c->y, &c->again);
	x64_jump(&e->a, emit_leave(e));
}

/* Goes on when both are integers; their types are in RAX and RCX, unless immediate. */
static void want_integers(struct emit *e, const struct operand *x, const struct operand *y)
{
	struct cold *c = emit_cold(e, cold_integers);

	c->x = *x;
	c->y = *y;
	load_types(e, x, y, true);
	x64_bind(&e->a, &c->again);
	check_integers(e, x, y, &c->in);
}

/* RDX := EAX \ y, for a constant y > 0 and any 32 bits: by its reciprocal, in 32 bits and as many
 * more as y has, rounded up (Granlund and Montgomery, "Division by Invariant Integers using
 * Multiplication", 1994). What is below 0 is rounded down by it: one is added. */
static void divide_constant(struct emit *e, int32_t y)
{
	unsigned more = y > 1 ? 31 - (unsigned)__builtin_clz((unsigned)y - 1) : 0;

	x64_reg(&e->a, X64_SIGN32, RDX, RAX);
	if (y == 1)
		return;
	x64_imm64(&e->a, R8, (UINT64_C(1) << (32 + more)) / (unsigned)y + 1);
	x64_reg(&e->a, X64_LOAD32, RCX, RAX);
	x64_reg(&e->a, X64_MUL, RDX, R8);
	x64_reg1(&e->a, X64_SAR_IMM8, RDX, (int32_t)(32 + more));
	x64_reg1(&e->a, X64_SHR32_IMM8, RCX, 31);
	x64_reg(&e->a, X64_ADD, RDX, RCX);
}

/* RDX := EAX Mod y, from their quotient in RDX */
static void remainder_constant(struct emit *e, int32_t y)
{
	x64_imm64(&e->a, R8, (uint64_t)y);
	x64_reg(&e->a, X64_MUL, R8, RDX);
	x64_reg(&e->a, X64_SIGN32, RDX, RAX);
	x64_reg(&e->a, X64_SUB, RDX, R8);
}

static void divide(struct emit *e, struct operand y, enum x64_reg result)
{
	struct operand x = emit_register(e, OP_B(e->w), RSI, RAX);

	if (!maybe_integer(&x) || !maybe_integer(&y) || (y.immediate && y.number <= 0)) {
		x64_jump(&e->a, emit_leave(e));
		emit_forget(e, 0, 255);
		return;
	}
	emit_free(e, OP_A(e->w));
	want_integers(e, &x, &y);
	join_types(e, &x, &y);
	x64_reg(&e->a, X64_LOAD32, R9, RAX);
	x64_mem(&e->a, X64_LOAD32, RAX, x.base, x.at + PAYLOAD);
	if (y.immediate) {
		divide_constant(e, y.number);
		if (result == RDX)
			remainder_constant(e, y.number);
	} else {
		x64_mem(&e->a, X64_LOAD, RCX, y.base, y.at + PAYLOAD);
		x64_reg(&e->a, X64_TEST, RCX, RCX);
		x64_jump_if(&e->a, X64_NOT_GREATER, emit_leave(e));
		x64_cdq(&e->a);
		x64_reg1(&e->a, X64_IDIV32, RCX, 0);
		x64_reg(&e->a, X64_SIGN32, RDX, result);
	}
	x64_reg(&e->a, X64_LOAD32, RAX, R9);
	store_integer(e, RBX, SLOT(OP_A(e->w)));
	emit_know(e, OP_A(e->w), INTEGER);
}

static void t_idiv(struct emit *e)
{
	divide(e, operand_c(e), RAX);
}
static void t_mod(struct emit *e)
{
	divide(e, operand_c(e), RDX);
}
static void t_idiv_constant(struct emit *e)
{
	divide(e, constant_c(e), RAX);
}
static void t_mod_constant(struct emit *e)
{
	divide(e, constant_c(e), RDX);
}

/* ---- comparisons ---- */

struct comparison {
	enum x64_condition integer;
	enum x64_condition real; /* of a Double, X64_EQUAL and X64_NOT_EQUAL apart */
	bool swap;               /* y is compared with x: so what is no number is not in order */
};

/* In the order of EQ, NE, LT, GT, LE, GE. */
static const struct comparison comparisons[] = {
	{ X64_EQUAL, X64_EQUAL, false },          { X64_NOT_EQUAL, X64_NOT_EQUAL, false },
	{ X64_LESS, X64_ABOVE, true },            { X64_GREATER, X64_ABOVE, false },
	{ X64_NOT_GREATER, X64_NOT_BELOW, true }, { X64_NOT_LESS, X64_NOT_BELOW, false },
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
	load_any(e, &c->x, XMM0, &c->again);
	load_any(e, &c->y, XMM1, &c->again);
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

	if ((x.known != ANYTHING && !is_number(&x)) || (y.known != ANYTHING && !is_number(&y))) {
		x64_jump(&e->a, emit_leave(e));
		emit_forget(e, 0, 255);
		return;
	}
	if (x.known == DOUBLE || y.known == DOUBLE) {
		load_double(e, &x, XMM0);
		load_double(e, &y, XMM1);
		jump_double(e, what);
		return;
	}
	c = emit_cold(e, cold_compare);
	c->x = x;
	c->y = y;
	c->number = what;
	load_types(e, &x, &y, false);
	x64_bind(&e->a, &c->again);
	check_integers(e, &x, &y, &c->in);
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
	struct operand x = emit_register(e, OP_B(e->w), RSI, RAX), y = operand_c(e);

	if (!maybe_integer(&x) || !maybe_integer(&y)) {
		x64_jump(&e->a, emit_leave(e));
		emit_forget(e, 0, 255);
		return;
	}
	emit_free(e, OP_A(e->w));
	want_integers(e, &x, &y);
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
	want_integers(e, &v, &limit);
	if (step && e->known[OP_B(e->w) + 2] != INTEGER) {
		x64_mem(&e->a, X64_LOAD16, RCX, RBX, SLOT(OP_B(e->w) + 2));
		check_integer(e, RCX, emit_leave(e));
	}
	return v;
}

static void t_for_increment(struct emit *e)
{
	int32_t limit = SLOT(OP_B(e->w) + 1) + PAYLOAD;
	struct operand v = loop_variable(e, false);

	x64_mem(&e->a, X64_LOAD, RDX, v.base, v.at + PAYLOAD);
	x64_reg1(&e->a, X64_ADD_IMM, RDX, 1);
	widen(e);
	emit_budget(e);
	store_integer(e, v.base, v.at);
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
	widen(e);
	emit_budget(e);
	store_integer(e, v.base, v.at);
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

emit_template *emit_number_template(unsigned op)
{
	static emit_template *const templates[VBS_OPCODE_COUNT] = {
		[VBS_ADD] = t_add,
		[VBS_SUB] = t_sub,
		[VBS_MUL] = t_mul,
		[VBS_ADDK] = t_add_constant,
		[VBS_SUBK] = t_sub_constant,
		[VBS_MULK] = t_mul_constant,
		[VBS_ADDI] = t_add_immediate,
		[VBS_DIV] = t_div,
		[VBS_IDIV] = t_idiv,
		[VBS_MOD] = t_mod,
		[VBS_IDIVK] = t_idiv_constant,
		[VBS_MODK] = t_mod_constant,
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
