/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Native code that reads numbers out of registers and constants, and writes them: what arithmetic
 * (native-number.c) and jumps (native-branch.c) have in common.
 */
#include "script/vbs/native-emit.h"

/* ---- which subtype ---- */

bool emit_maybe_integer(const struct operand *o)
{
	return o->known == INTEGER || o->known == ANYTHING;
}

bool emit_is_number(const struct operand *o)
{
	return o->known == INTEGER || o->known == DOUBLE;
}

/* Unless the type in the register is that of an integer, goes to `other`. */
void emit_check_integer(struct emit *e, enum x64_reg type, struct x64_label *other)
{
	x64_mem(&e->a, X64_LEA32, R8, type, -VT_I2);
	x64_reg1(&e->a, X64_CMP32_IMM8, R8, 1);
	x64_jump_if(&e->a, X64_ABOVE, other);
}

void emit_check_integers(struct emit *e, const struct operand *x, const struct operand *y,
			 struct x64_label *other)
{
	if (x->known != INTEGER && y->known != INTEGER) {
		x64_mem(&e->a, X64_LEA32, R8, x->type, -VT_I2);
		x64_mem(&e->a, X64_LEA32, R9, y->type, -VT_I2);
		x64_reg(&e->a, X64_OR32, R8, R9);
		x64_reg1(&e->a, X64_CMP32_IMM8, R8, 1);
		x64_jump_if(&e->a, X64_ABOVE, other);
	} else if (x->known != INTEGER) {
		emit_check_integer(e, x->type, other);
	} else if (y->known != INTEGER) {
		emit_check_integer(e, y->type, other);
	}
}

void emit_load_types(struct emit *e, const struct operand *x, const struct operand *y,
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
void emit_load_any(struct emit *e, const struct operand *o, unsigned xmm, struct x64_label *again)
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
	emit_check_integer(e, o->type, emit_leave(e));
	convert(e, o, xmm);
	x64_bind(&e->a, &done);
}

static void cold_double(struct emit *e, struct cold *c)
{
	emit_follow(e, &c->x, &c->again);
	emit_check_integer(e, c->x.type, emit_leave(e));
	convert(e, &c->x, c->number);
	x64_jump(&e->a, &c->back);
}

/* The straight road: the number is likely a Double. */
void emit_load_double(struct emit *e, const struct operand *o, unsigned xmm)
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

static void cold_integers(struct emit *e, struct cold *c)
{
	emit_follow(e, &c->x, &c->again);
	emit_follow(e, &c->y, &c->again);
	x64_jump(&e->a, emit_leave(e));
}

/* Goes on when both are integers; their types are in RAX and RCX, unless immediate. */
void emit_want_integers(struct emit *e, const struct operand *x, const struct operand *y)
{
	struct cold *c = emit_cold(e, cold_integers);

	c->x = *x;
	c->y = *y;
	emit_load_types(e, x, y, true);
	x64_bind(&e->a, &c->again);
	emit_check_integers(e, x, y, &c->in);
}

/* ---- whole numbers that are written ---- */

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
void emit_widen(struct emit *e)
{
	struct cold *c = emit_cold(e, cold_widen);

	x64_reg(&e->a, X64_SIGN16, R8, RDX);
	x64_reg(&e->a, X64_CMP, R8, RDX);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &c->in);
	x64_bind(&e->a, &c->back);
}

void emit_store_integer(struct emit *e, enum x64_reg base, int32_t at)
{
	x64_mem(&e->a, X64_STORE, RAX, base, at);
	x64_mem(&e->a, X64_STORE, RDX, base, at + PAYLOAD);
}
