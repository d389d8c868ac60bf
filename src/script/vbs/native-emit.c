/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the instructions of a procedure to native code: one pass, a template for each instruction,
 * and behind all of them the code aside and the ways out. Called by native.c through
 * vbs_native_emit; the templates are in native-number.c, native-move.c and native-call.c.
 *
 * Two instructions come together at the target of a jump: there nothing is known of registers, and
 * there the machine may enter, as it may behind whatever leaves nothing known.
 */
#include "script/vbs/native-emit.h"
#include "script/vbs/native-call.h"

#include "base/mem.h"

/* Of code aside: what is there may be the site of a call. Nothing runs into the gap. */
#define ASIDE_ALIGNMENT _Alignof(struct native_site)
/* Exponents of all ones and above, doubled: no number. */
#define NOT_FINITE UINT64_C(0xFFE0000000000000)

/* ---- what is known ---- */

enum known emit_known_type(unsigned type)
{
	switch (type) {
	case VT_I2:
	case VT_I4:
		return INTEGER;
	case VT_R8:
		return DOUBLE;
	case VT_BOOL:
		return BOOLEAN;
	case VBS_REF:
		return REFERENCE;
	default:
		return type & VBS_COUNTED && (type & ~1u) != VT_ERROR ? ANYTHING : UNCOUNTED;
	}
}

/* What is known of a register wherever this instruction is come to from. */
static enum known always_known(const struct emit *e, unsigned reg)
{
	return e->pc >= e->bound_from && reg - e->bound < e->bound_count ? REFERENCE : ANYTHING;
}

void emit_know(struct emit *e, unsigned reg, enum known known)
{
	e->known[reg] = e->aliased[reg] ? always_known(e, reg) : known;
}

void emit_forget(struct emit *e, unsigned reg, unsigned last)
{
	for (; reg <= last && reg < ARRAY_LEN(e->known); reg++)
		e->known[reg] = always_known(e, reg);
}

static bool nothing_known(const struct emit *e)
{
	for (unsigned i = 0; i < ARRAY_LEN(e->known); i++)
		if (e->known[i] != always_known(e, i))
			return false;
	return true;
}

/* ---- code aside ---- */

struct x64_label *emit_leave(struct emit *e)
{
	return &e->leave[e->pc];
}

void emit_give_up(struct emit *e)
{
	x64_jump(&e->a, emit_leave(e));
	emit_forget(e, 0, 255);
}

struct cold *emit_cold(struct emit *e, void (*emit)(struct emit *e, struct cold *c))
{
	struct cold *c = arena_alloc(&e->arena, sizeof *c);

	if (!c) {
		e->no_memory = true;
		c = &e->nowhere;
	}
	*c = (struct cold){ .emit = emit,
			    .in = X64_LABEL,
			    .back = X64_LABEL,
			    .again = X64_LABEL,
			    .done = X64_LABEL,
			    .pc = e->pc };
	if (c != &e->nowhere) {
		*e->cold_end = c;
		e->cold_end = &c->next;
	}
	return c;
}

static void set_place(struct emit *e, uint32_t pc)
{
	e->pc = pc;
	e->w = e->proc->code[pc];
	e->next = pc + (vbs_ops[e->w & 0xFF].x != '_' ? 2 : 1);
	e->x = e->next - pc == 2 ? e->proc->code[pc + 1] : 0;
}

static void emit_asides(struct emit *e)
{
	/* Writing one may make another, behind it. */
	for (struct cold *c = e->cold; c && !e->a.full; c = c->next) {
		if (c->in.uses < 0)
			continue;
		set_place(e, c->pc);
		x64_align(&e->a, ASIDE_ALIGNMENT);
		x64_bind(&e->a, &c->in);
		c->emit(e, c);
	}
}

static void cold_free(struct emit *e, struct cold *c)
{
	/* Boolean and Error have the bit of what has a count, but none. */
	x64_mem(&e->a, X64_LOAD16, R8, RBX, SLOT(c->number));
	x64_reg1(&e->a, X64_AND32_IMM, R8, 0xFFFE);
	x64_reg1(&e->a, X64_CMP32_IMM8, R8, VT_ERROR);
	x64_jump_if(&e->a, X64_EQUAL, &c->back);
	x64_jump(&e->a, emit_leave(e));
}

void emit_free(struct emit *e, unsigned reg)
{
	struct cold *c;

	if (e->known[reg] != ANYTHING)
		return;
	c = emit_cold(e, cold_free);
	c->number = reg;
	x64_mem1(&e->a, X64_TEST8_IMM, RBX, SLOT(reg), VBS_COUNTED);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &c->in);
	x64_bind(&e->a, &c->back);
}

static void cold_release(struct emit *e, struct cold *c)
{
	emit_store_pc(e); /* Class_Terminate may run */
	x64_mem(&e->a, X64_LEA, RDI, RBX, SLOT(c->number));
	emit_call(e, vbs_native_clear);
	x64_jump(&e->a, &c->back);
}

void emit_release(struct emit *e, unsigned reg)
{
	struct cold *c;

	if (e->known[reg] != ANYTHING)
		return;
	c = emit_cold(e, cold_release);
	c->number = reg;
	x64_mem1(&e->a, X64_TEST8_IMM, RBX, SLOT(reg), VBS_COUNTED);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &c->in);
	x64_bind(&e->a, &c->back);
}

/* ---- operands ---- */

struct operand emit_register(struct emit *e, unsigned reg, enum x64_reg base, enum x64_reg type)
{
	struct operand o = { .base = RBX, .type = type, .at = SLOT(reg), .known = e->known[reg] };

	if (o.known == REFERENCE) {
		x64_mem(&e->a, X64_LOAD, base, RBX, SLOT(reg) + PAYLOAD);
		o.known = ANYTHING;
	} else if (o.known == ANYTHING || o.known == UNCOUNTED) {
		x64_mem(&e->a, X64_LEA, base, RBX, SLOT(reg));
		o.known = ANYTHING;
	} else {
		return o;
	}
	o.base = base;
	o.at = 0;
	return o;
}

struct operand emit_constant(struct emit *e, unsigned constant, enum x64_reg base,
			     enum x64_reg type)
{
	const struct value *v = &e->proc->constants[constant];
	struct operand o = { .base = base, .type = type, .known = emit_known_type(v->type) };

	if (o.known == INTEGER && v->type == VT_I2)
		return emit_immediate((int32_t)v->i);
	x64_imm64(&e->a, base, (uintptr_t)v);
	return o;
}

struct operand emit_immediate(int32_t number)
{
	return (struct operand){ .immediate = true, .number = number, .known = INTEGER };
}

void emit_load_type(struct emit *e, const struct operand *o)
{
	x64_mem(&e->a, X64_LOAD16, o->type, o->base, o->at);
}

void emit_follow(struct emit *e, const struct operand *o, struct x64_label *again)
{
	struct x64_label none = X64_LABEL;

	if (o->immediate || o->known != ANYTHING)
		return;
	x64_reg1(&e->a, X64_CMP32_IMM, o->type, VBS_REF);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &none);
	x64_mem(&e->a, X64_LOAD, o->base, o->base, PAYLOAD);
	emit_load_type(e, o);
	x64_jump(&e->a, again);
	x64_bind(&e->a, &none);
}

void emit_global(struct emit *e, enum x64_reg reg)
{
	x64_mem(&e->a, X64_LOAD, reg, R14, OF_FRAME(binding));
	x64_mem(&e->a, X64_LOAD, reg, reg, offsetof(struct vbs_binding, globals));
	x64_mem(&e->a, X64_LOAD, reg, reg, (int32_t)(e->x * sizeof(void *)));
}

/* ---- calls of C, and limits ---- */

void emit_call(struct emit *e, const void *function)
{
	x64_imm64(&e->a, RAX, (uintptr_t)function);
	x64_reg1(&e->a, X64_CALL, RAX, 0);
}

void emit_store_pc(struct emit *e)
{
	x64_imm64(&e->a, RAX, (uintptr_t)&e->proc->code[e->next]);
	x64_mem(&e->a, X64_STORE, RAX, R14, OF_FRAME(pc));
}

void emit_try(struct emit *e, const void *function)
{
	emit_store_pc(e);
	emit_call(e, function);
	x64_reg(&e->a, X64_TEST32, RAX, RAX);
	x64_jump_if(&e->a, X64_NEGATIVE, &e->failing);
}

void emit_step_arguments(struct emit *e)
{
	x64_reg(&e->a, X64_LOAD, RDI, R12);
	x64_reg(&e->a, X64_LOAD, RSI, R14);
	x64_imm64(&e->a, RDX, e->w);
	if (vbs_ops[e->w & 0xFF].x != '_')
		x64_imm64(&e->a, RCX, e->x);
}

void emit_budget(struct emit *e)
{
	x64_mem1(&e->a, X64_SUB32_IMM8, R12, OF_ENGINE(budget), 1);
	x64_jump_if(&e->a, X64_NEGATIVE, emit_leave(e));
}

/* ---- a procedure ---- */

/* The function vbs_native_run calls, and where native code ends. */
static void emit_frame(struct emit *e)
{
	static const enum x64_reg saved[] = { RBX, R12, R13, R14 };
	struct x64 *a = &e->a;

	for (unsigned i = 0; i < ARRAY_LEN(saved); i++)
		x64_push(a, saved[i]);
	x64_reg1(a, X64_SUB_IMM, RSP, 8); /* calls want it at a multiple of 16 */
	x64_reg(a, X64_LOAD, R12, RDI);
	x64_reg(a, X64_LOAD, R14, RSI);
	x64_mem(a, X64_LOAD, RBX, R14, OF_FRAME(base));
	x64_imm64(a, R13, NOT_FINITE);
	x64_reg1(a, X64_JUMP, RDX, 0);

	x64_bind(a, &e->leave_at);
	x64_mem(a, X64_STORE, RAX, R14, OF_FRAME(pc));
	x64_bind(a, &e->entered);
	x64_reg(a, X64_XOR32, RAX, RAX);
	x64_bind(a, &e->failing);
	x64_reg1(a, X64_ADD_IMM, RSP, 8);
	for (unsigned i = ARRAY_LEN(saved); i--;)
		x64_pop(a, saved[i]);
	x64_ret(a);

	x64_bind(a, &e->failed);
	x64_mem(a, X64_LOAD32, RAX, R12, OF_ENGINE(native_hr));
	x64_jump(a, &e->failing);

	x64_bind(a, &e->begin);
	x64_reg1(a, X64_ADD_IMM, R14, sizeof(struct vbs_frame));
	x64_mem(a, X64_LOAD, RBX, R14, OF_FRAME(base));
}

static void emit_instruction(struct emit *e)
{
	unsigned op = e->w & 0xFF;
	emit_template *emit = emit_number_template(op);

	if (e->target[e->pc] || e->pc == e->bound_from)
		emit_forget(e, 0, 255);
	x64_bind(&e->a, &e->at[e->pc]);
	emit = emit ? emit : emit_branch_template(op);
	emit = emit ? emit : emit_move_template(op);
	emit = emit ? emit : emit_call_template(op);
	/* Entering where the machine would have to take over at once is of no use. */
	if (emit && nothing_known(e))
		e->entries[e->pc] = (uint32_t)e->a.size;
	if (emit)
		emit(e);
	else
		emit_give_up(e);
}

static void emit_ways_out(struct emit *e)
{
	for (uint32_t pc = 0; pc < e->proc->code_count; pc++)
		if (e->leave[pc].uses >= 0) {
			x64_bind(&e->a, &e->leave[pc]);
			x64_imm64(&e->a, RAX, (uintptr_t)&e->proc->code[pc]);
			x64_jump(&e->a, &e->leave_at);
		}
}

static void look_around(struct emit *e)
{
	for (uint32_t pc = 0; pc < e->proc->code_count; pc = e->next) {
		set_place(e, pc);
		if (vbs_ops[e->w & 0xFF].x == 'J')
			e->target[pc + 1 + e->x] = true;
		if ((e->w & 0xFF) == VBS_BOUND) {
			e->bound = OP_A(e->w);
			e->bound_count = OP_B(e->w) + 1;
			e->bound_from = e->next;
		}
		if ((e->w & 0xFF) == VBS_REFL || (e->w & 0xFF) == VBS_REFX)
			e->aliased[OP_B(e->w)] = true;
		if ((e->w & 0xFF) == VBS_EXEC)
			memset(e->aliased, true, sizeof e->aliased);
	}
}

bool vbs_native_emit(struct emit *e)
{
	look_around(e);
	emit_frame(e);
	for (uint32_t pc = 0; pc < e->proc->code_count; pc = e->next) {
		set_place(e, pc);
		emit_instruction(e);
		set_place(e, pc);
	}
	emit_asides(e);
	emit_ways_out(e);
	return !e->a.full && !e->no_memory;
}
