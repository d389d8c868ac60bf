/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Native code for arithmetic. Where it is not known what the operands are, the straight road is for
 * integers, and aside is what does any pair of Integer, Long and Double, and follows references.
 * Everything else is left to the machine, and so are results that do not fit.
 */
#include "script/vbs/native-emit.h"

enum arithmetic { PLUS, MINUS, TIMES };

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

	emit_load_any(e, &c->x, XMM0, &c->again);
	emit_load_any(e, &c->y, XMM1, &c->again);
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
	emit_load_types(e, x, y, true);
	x64_bind(&e->a, &c->again);
	emit_check_integers(e, x, y, &c->in);
	x64_mem(&e->a, X64_LOAD, RDX, x->base, x->at + PAYLOAD);
	join_types(e, x, y);
	operate_integer(e, what, y);
	emit_widen(e);
	emit_store_integer(e, RBX, SLOT(OP_A(e->w)));
	x64_bind(&e->a, &c->back);
	emit_know(e, OP_A(e->w), x->known == INTEGER && y->known == INTEGER ? INTEGER : UNCOUNTED);
}

static void arithmetic(struct emit *e, enum arithmetic what, struct operand y)
{
	struct operand x = emit_register(e, OP_B(e->w), RSI, RAX);

	if ((x.known != ANYTHING && !emit_is_number(&x)) ||
	    (y.known != ANYTHING && !emit_is_number(&y))) {
		emit_give_up(e);
		return;
	}
	emit_free(e, OP_A(e->w));
	if (x.known != DOUBLE && y.known != DOUBLE) {
		integers(e, what, &x, &y);
		return;
	}
	emit_load_double(e, &x, XMM0);
	emit_load_double(e, &y, XMM1);
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
	emit_load_double(e, &x, XMM0);
	emit_load_double(e, &y, XMM1);
	x64_reg(&e->a, X64_XORPD, XMM2, XMM2);
	x64_reg(&e->a, X64_UCOMISD, XMM1, XMM2);
	x64_jump_if(&e->a, X64_EQUAL, emit_leave(e));
	x64_reg(&e->a, X64_DIVSD, XMM0, XMM1);
	check_finite(e);
	store_double(e, OP_A(e->w));
	emit_know(e, OP_A(e->w), DOUBLE);
}

/* ---- whole division ---- */

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

	if (!emit_maybe_integer(&x) || !emit_maybe_integer(&y) || (y.immediate && y.number <= 0)) {
		emit_give_up(e);
		return;
	}
	emit_free(e, OP_A(e->w));
	emit_want_integers(e, &x, &y);
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
	emit_store_integer(e, RBX, SLOT(OP_A(e->w)));
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
	};

	return templates[op];
}
