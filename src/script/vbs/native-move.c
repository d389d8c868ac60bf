/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Native code that moves values: between registers, to and from variables, out of arrays and into
 * them. The straight road is for values without a count; texts and objects go through the
 * machine's own functions, or are left to the machine.
 */
#include "script/vbs/native-call.h"
#include "script/vbs/native-emit.h"
#include "script/vbs/vm.h"

/* ---- a value without a count, from one place to another ---- */

/* Code aside: what looks as if it had a count may be a Boolean. RAX is its type. */
static void check_counted(struct emit *e, const struct operand *o, struct x64_label *uncounted)
{
	x64_mem(&e->a, X64_LOAD16, R8, o->base, o->at);
	x64_reg1(&e->a, X64_AND32_IMM, R8, 0xFFFE);
	x64_reg1(&e->a, X64_CMP32_IMM8, R8, VT_ERROR);
	x64_jump_if(&e->a, X64_EQUAL, uncounted);
}

/* The type of `o` into its register; goes aside to `c` when it is counted, or a reference. */
static void want_plain(struct emit *e, const struct operand *o, struct cold *c)
{
	emit_load_type(e, o);
	if (o->known != ANYTHING)
		return;
	x64_bind(&e->a, &c->again);
	x64_mem1(&e->a, X64_TEST8_IMM, o->base, o->at, VBS_COUNTED);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &c->in);
	x64_reg1(&e->a, X64_CMP32_IMM, o->type, VBS_REF);
	x64_jump_if(&e->a, X64_EQUAL, &c->in);
	x64_bind(&e->a, &c->back);
}

/* What is at `o` has no count, or `c` is gone to: it may be overwritten. */
static void want_free(struct emit *e, const struct operand *o, struct cold *c)
{
	if (o->known != ANYTHING)
		return;
	x64_mem1(&e->a, X64_TEST8_IMM, o->base, o->at, VBS_COUNTED);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &c->in);
	x64_bind(&e->a, &c->back);
}

static void store_plain(struct emit *e, const struct operand *from, const struct operand *to)
{
	x64_mem(&e->a, X64_LOAD, RDX, from->base, from->at + PAYLOAD);
	x64_mem(&e->a, X64_STORE, from->type, to->base, to->at);
	x64_mem(&e->a, X64_STORE, RDX, to->base, to->at + PAYLOAD);
}

static struct operand place(enum x64_reg base, int32_t at)
{
	return (struct operand){ .base = base, .type = RCX, .at = at, .known = ANYTHING };
}

/* Code aside that lets a function of the machine do all of it. */
static void by_step(struct emit *e, struct cold *c)
{
	emit_step_arguments(e);
	emit_try(e, vbs_native_step(e->w & 0xFF));
	x64_jump(&e->a, &c->done);
}

static void cold_from(struct emit *e, struct cold *c)
{
	emit_follow(e, &c->x, &c->again);
	check_counted(e, &c->x, &c->back);
	by_step(e, c);
}

/* c->x is counted, or a reference, or looks so. */
static void cold_to(struct emit *e, struct cold *c)
{
	check_counted(e, &c->x, &c->back);
	by_step(e, c);
}

/* `to` := `from` when both are without a count, else as the machine does. */
static void assign(struct emit *e, struct operand from, struct operand to, bool follows)
{
	struct cold *source = emit_cold(e, follows ? cold_from : cold_to);
	struct cold *target = emit_cold(e, cold_to);

	source->x = from;
	target->x = to;
	want_plain(e, &from, source);
	want_free(e, &to, target);
	store_plain(e, &from, &to);
	x64_bind(&e->a, &source->done);
	x64_bind(&e->a, &target->done);
}

/* ---- registers ---- */

static void t_nop(struct emit *e)
{
	(void)e;
}

static struct operand target_register(const struct emit *e, unsigned reg)
{
	struct operand o = place(RBX, SLOT(reg));

	o.known = e->known[reg];
	return o;
}

static void t_let(struct emit *e)
{
	struct operand from = emit_register(e, OP_B(e->w), RSI, RAX);

	assign(e, from, target_register(e, OP_A(e->w)), true);
	emit_know(e, OP_A(e->w), from.known);
	if (OP_C(e->w) && from.known == ANYTHING)
		emit_know(e, OP_B(e->w), ANYTHING);
}

static void t_move(struct emit *e)
{
	struct operand from = emit_register(e, OP_B(e->w), RSI, RAX);

	assign(e, from, target_register(e, OP_A(e->w)), true);
	emit_know(e, OP_A(e->w), from.known);
}

static void t_take(struct emit *e)
{
	unsigned to = OP_A(e->w), from = OP_B(e->w);
	struct operand target = target_register(e, to);
	struct cold *c = emit_cold(e, cold_to);
	enum known known = e->known[from];

	c->x = target;
	want_free(e, &target, c);
	x64_mem(&e->a, X64_LOAD16, RAX, RBX, SLOT(from));
	x64_mem(&e->a, X64_LOAD, RDX, RBX, SLOT(from) + PAYLOAD);
	x64_mem1(&e->a, X64_STORE_IMM, RBX, SLOT(from), VT_EMPTY);
	x64_mem(&e->a, X64_STORE, RAX, RBX, SLOT(to));
	x64_mem(&e->a, X64_STORE, RDX, RBX, SLOT(to) + PAYLOAD);
	x64_bind(&e->a, &c->done);
	emit_know(e, to, known);
	emit_know(e, from, UNCOUNTED);
}

static void store_constant(struct emit *e, unsigned reg, const struct value *v)
{
	emit_free(e, reg);
	x64_mem1(&e->a, X64_STORE_IMM, RBX, SLOT(reg), (int32_t)(v->type | v->flags << 16));
	if (v->i == (int32_t)v->i) {
		x64_mem1(&e->a, X64_STORE_IMM, RBX, SLOT(reg) + PAYLOAD, (int32_t)v->i);
	} else {
		x64_imm64(&e->a, RAX, (uint64_t)v->i);
		x64_mem(&e->a, X64_STORE, RAX, RBX, SLOT(reg) + PAYLOAD);
	}
	emit_know(e, reg, emit_known_type(v->type));
}

static void t_load_integer(struct emit *e)
{
	struct value v = VALUE_I2(OP_SBX(e->w));

	store_constant(e, OP_A(e->w), &v);
}

static void t_load_constant(struct emit *e)
{
	const struct value *v = &e->proc->constants[e->x];

	if (emit_known_type(v->type) != ANYTHING) {
		store_constant(e, OP_A(e->w), v);
		return;
	}
	x64_mem(&e->a, X64_LEA, RDI, RBX, SLOT(OP_A(e->w)));
	x64_imm64(&e->a, RSI, (uintptr_t)v);
	emit_call(e, vbs_native_load_constant);
	emit_know(e, OP_A(e->w), ANYTHING);
}

static void t_load_thing(struct emit *e)
{
	struct value v = VALUE_EMPTY;

	vbs_step_load(&v, OP_B(e->w));
	if (emit_known_type(v.type) == ANYTHING) { /* Nothing */
		x64_mem(&e->a, X64_LEA, RDI, RBX, SLOT(OP_A(e->w)));
		x64_imm64(&e->a, RSI, OP_B(e->w));
		emit_call(e, vbs_step_load);
		emit_know(e, OP_A(e->w), ANYTHING);
		return;
	}
	store_constant(e, OP_A(e->w), &v);
}

static void t_clear(struct emit *e)
{
	for (unsigned reg = OP_A(e->w); reg <= OP_A(e->w) + OP_B(e->w); reg++) {
		emit_release(e, reg);
		x64_mem1(&e->a, X64_STORE_IMM, RBX, SLOT(reg), VT_EMPTY);
		emit_know(e, reg, UNCOUNTED);
	}
}

/* ---- references ---- */

/* R[A] := reference to what RSI points at */
static void put_reference(struct emit *e)
{
	unsigned to = OP_A(e->w);

	emit_free(e, to);
	x64_mem1(&e->a, X64_STORE_IMM, RBX, SLOT(to), VBS_REF);
	x64_mem(&e->a, X64_STORE, RSI, RBX, SLOT(to) + PAYLOAD);
	emit_know(e, to, REFERENCE);
}

static void t_reference_local(struct emit *e)
{
	struct operand o = emit_register(e, OP_B(e->w), RSI, RAX);
	struct x64_label direct = X64_LABEL;

	if (o.base == RBX) {
		x64_mem(&e->a, X64_LEA, RSI, RBX, o.at);
	} else if (e->known[OP_B(e->w)] != REFERENCE) {
		emit_load_type(e, &o);
		x64_reg1(&e->a, X64_CMP32_IMM, RAX, VBS_REF);
		x64_jump_if(&e->a, X64_NOT_EQUAL, &direct);
		x64_mem(&e->a, X64_LOAD, RSI, RSI, PAYLOAD);
		x64_bind(&e->a, &direct);
	}
	put_reference(e);
}

static void t_reference_constant(struct emit *e)
{
	x64_imm64(&e->a, RSI, (uintptr_t)&e->proc->constants[e->x]);
	put_reference(e);
}

/* RSI := the value of global X, which is a variable */
static void global_variable(struct emit *e)
{
	emit_global(e, RSI);
	x64_mem1(&e->a, X64_CMP32_IMM8, RSI, offsetof(struct vbs_global, kind), GLOBAL_VAR);
	x64_jump_if(&e->a, X64_NOT_EQUAL, emit_leave(e));
	x64_reg1(&e->a, X64_ADD_IMM, RSI, offsetof(struct vbs_global, value));
}

/* RSI := field Bx of Me */
static void field(struct emit *e)
{
	x64_mem(&e->a, X64_LOAD, RSI, R14, OF_FRAME(me));
	x64_reg1(&e->a, X64_ADD_IMM, RSI,
		 (int32_t)(offsetof(struct vbs_instance, fields) + SLOT(OP_BX(e->w))));
}

static void t_reference_global(struct emit *e)
{
	global_variable(e);
	put_reference(e);
}

static void t_reference_field(struct emit *e)
{
	field(e);
	put_reference(e);
}

static void cold_operand(struct emit *e, struct cold *c)
{
	check_counted(e, &c->x, &c->back);
	x64_mem1(&e->a, X64_STORE_IMM, RBX, SLOT(OP_A(e->w)), VBS_REF);
	x64_mem(&e->a, X64_STORE, RSI, RBX, SLOT(OP_A(e->w)) + PAYLOAD);
	x64_jump(&e->a, &c->done);
}

/* R[A] := the value at RSI when it has no count, else a reference to it. */
static void get(struct emit *e)
{
	struct operand from = { .base = RSI, .type = RAX };
	struct operand to = place(RBX, SLOT(OP_A(e->w)));
	struct cold *c = emit_cold(e, cold_operand);

	emit_free(e, OP_A(e->w));
	c->x = from;
	emit_load_type(e, &from);
	x64_mem1(&e->a, X64_TEST8_IMM, RSI, 0, VBS_COUNTED);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &c->in);
	x64_bind(&e->a, &c->back);
	store_plain(e, &from, &to);
	x64_bind(&e->a, &c->done);
	emit_know(e, OP_A(e->w), UNCOUNTED);
}

static void t_get_global(struct emit *e)
{
	global_variable(e);
	get(e);
}

static void t_get_field(struct emit *e)
{
	field(e);
	get(e);
}

/* ---- variables ---- */

static void t_set_reference(struct emit *e)
{
	struct operand slot, from;
	struct x64_label direct = X64_LABEL;

	if (OP_C(e->w) == 1) {
		emit_step_arguments(e);
		emit_try(e, vbs_native_step(VBS_SETR));
		emit_know(e, OP_B(e->w), ANYTHING);
		return;
	}
	slot = emit_register(e, OP_A(e->w), RDI, RCX);
	if (slot.base != RBX && e->known[OP_A(e->w)] != REFERENCE) {
		emit_load_type(e, &slot);
		x64_reg1(&e->a, X64_CMP32_IMM, RCX, VBS_REF);
		x64_jump_if(&e->a, X64_NOT_EQUAL, &direct);
		x64_mem(&e->a, X64_LOAD, RDI, RDI, PAYLOAD);
		x64_bind(&e->a, &direct);
	}
	from = emit_register(e, OP_B(e->w), RSI, RAX);
	assign(e, from, slot, false);
	if (e->known[OP_A(e->w)] != REFERENCE)
		emit_know(e, OP_A(e->w), ANYTHING);
	if (from.known == ANYTHING)
		emit_know(e, OP_B(e->w), ANYTHING);
}

static void t_set_field(struct emit *e)
{
	struct operand from = emit_register(e, OP_A(e->w), RSI, RAX);

	x64_mem(&e->a, X64_LOAD, RDI, R14, OF_FRAME(me));
	assign(e, from,
	       place(RDI, (int32_t)(offsetof(struct vbs_instance, fields) + SLOT(OP_BX(e->w)))),
	       false);
	emit_know(e, OP_A(e->w), ANYTHING);
}

static void t_set_global(struct emit *e)
{
	struct operand from = emit_register(e, OP_A(e->w), RSI, RAX);
	struct cold *other;

	if (OP_B(e->w) == 1) {
		emit_step_arguments(e);
		emit_try(e, vbs_native_step(VBS_SETG));
	} else {
		emit_global(e, RDI);
		other = emit_cold(e, by_step);
		x64_mem1(&e->a, X64_CMP32_IMM8, RDI, offsetof(struct vbs_global, kind), GLOBAL_VAR);
		x64_jump_if(&e->a, X64_NOT_EQUAL, &other->in);
		assign(e, from, place(RDI, offsetof(struct vbs_global, value)), false);
		x64_bind(&e->a, &other->done);
	}
	emit_know(e, OP_A(e->w), ANYTHING);
}

/* ---- elements of arrays ---- */

#define OF_ARRAY(member) ((int32_t)offsetof(struct vbs_array, member))

/* No array, or no whole number: it may be a Dictionary. */
static void cold_element(struct emit *e, struct cold *c)
{
	emit_follow(e, &c->x, &c->again);
	emit_follow(e, &c->y, &c->again);
	emit_step_arguments(e);
	emit_try(e, vbs_native_step(e->w & 0xFF));
	x64_reg1(&e->a, X64_CMP32_IMM8, RAX, S_FALSE);
	x64_jump_if(&e->a, X64_EQUAL, emit_leave(e));
	x64_jump(&e->a, &c->done);
}

/* RDX := the element of the array `base` at `index`; R9 the array. Types in RAX and RCX. Gives the
 * code aside that does all of the instruction, whose `done` is to be bound. */
static struct cold *element(struct emit *e, const struct operand *base, const struct operand *index)
{
	struct cold *c = emit_cold(e, cold_element);

	c->x = *base;
	c->y = *index;
	emit_load_type(e, base);
	if (index->known != INTEGER)
		emit_load_type(e, index);
	x64_bind(&e->a, &c->again);
	x64_reg1(&e->a, X64_CMP32_IMM, base->type, VBS_ARRAY);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &c->in);
	if (index->known != INTEGER) {
		x64_mem(&e->a, X64_LEA32, R8, index->type, -VT_I2);
		x64_reg1(&e->a, X64_CMP32_IMM8, R8, 1);
		x64_jump_if(&e->a, X64_ABOVE, &c->in);
	}
	x64_mem(&e->a, X64_LOAD, R9, base->base, base->at + PAYLOAD);
	x64_mem(&e->a, X64_LOAD, RDX, index->base, index->at + PAYLOAD);
	x64_mem(&e->a, X64_CMP, RDX, R9, OF_ARRAY(length));
	x64_jump_if(&e->a, X64_NOT_BELOW, emit_leave(e));
	x64_reg1(&e->a, X64_SHL_IMM8, RDX, 4);
	x64_mem(&e->a, X64_ADD, RDX, R9, OF_ARRAY(items));
	return c;
}
_Static_assert(sizeof(struct value) == 1 << 4, "an element's offset is its index times 16");

/* The element has a count: one more, and the register that takes it has none. */
static void cold_keep(struct emit *e, struct cold *c)
{
	check_counted(e, &c->x, &c->back);
	x64_mem(&e->a, X64_LEA, RDI, RBX, SLOT(OP_A(e->w)));
	x64_reg(&e->a, X64_LOAD, RSI, RDX);
	emit_call(e, vbs_native_copy);
	x64_jump(&e->a, &c->done);
}

static void t_index(struct emit *e)
{
	struct operand base = emit_register(e, OP_B(e->w), RSI, RAX);
	struct operand index = emit_register(e, OP_C(e->w), RDI, RCX);
	struct operand from = { .base = RDX, .type = RAX }, to = place(RBX, SLOT(OP_A(e->w)));
	struct cold *c, *other;

	emit_free(e, OP_A(e->w));
	other = element(e, &base, &index);
	c = emit_cold(e, cold_keep);
	c->x = from;
	emit_load_type(e, &from);
	x64_mem1(&e->a, X64_TEST8_IMM, RDX, 0, VBS_COUNTED);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &c->in);
	x64_bind(&e->a, &c->back);
	store_plain(e, &from, &to);
	x64_bind(&e->a, &c->done);
	x64_bind(&e->a, &other->done);
	/* An object's default property takes its index by reference. */
	emit_know(e, OP_C(e->w), ANYTHING);
	emit_know(e, OP_A(e->w), ANYTHING);
}

static void cold_value(struct emit *e, struct cold *c)
{
	emit_follow(e, &c->x, &c->again);
	check_counted(e, &c->x, &c->back);
	x64_jump(&e->a, emit_leave(e));
}

/* What was there has a count. Its death may take the array along, when all is done. */
static void cold_replace(struct emit *e, struct cold *c)
{
	check_counted(e, &c->x, &c->back);
	emit_store_pc(e);
	x64_reg(&e->a, X64_LOAD, RDI, RDX);
	emit_call(e, vbs_native_copy);
	x64_jump(&e->a, &c->done);
}

static void t_set_index(struct emit *e)
{
	struct operand base = emit_register(e, OP_A(e->w), R10, RAX);
	struct operand index = emit_register(e, OP_B(e->w), RDI, RCX), v;
	struct cold *value, *old, *other;

	other = element(e, &base, &index);
	x64_mem1(&e->a, X64_CMP32_IMM8, R9, OF_ARRAY(refs), 1);
	x64_jump_if(&e->a, X64_NOT_EQUAL, emit_leave(e));
	v = emit_register(e, OP_C(e->w), RSI, RAX);
	value = emit_cold(e, cold_value);
	value->x = v;
	want_plain(e, &v, value);
	old = emit_cold(e, cold_replace);
	old->x = place(RDX, 0);
	if (v.base == RBX)
		x64_mem(&e->a, X64_LEA, RSI, RBX, v.at);
	x64_mem1(&e->a, X64_TEST8_IMM, RDX, 0, VBS_COUNTED);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &old->in);
	x64_bind(&e->a, &old->back);
	x64_mem(&e->a, X64_LOAD, R8, RSI, PAYLOAD);
	x64_mem(&e->a, X64_STORE, RAX, RDX, 0);
	x64_mem(&e->a, X64_STORE, R8, RDX, PAYLOAD);
	x64_bind(&e->a, &old->done);
	x64_bind(&e->a, &other->done);
	emit_know(e, OP_B(e->w), ANYTHING);
	emit_know(e, OP_C(e->w), ANYTHING);
}

emit_template *emit_move_template(unsigned op)
{
	static emit_template *const templates[VBS_OPCODE_COUNT] = {
		[VBS_NOP] = t_nop,
		[VBS_MOVE] = t_move,
		[VBS_LET] = t_let,
		[VBS_TAKE] = t_take,
		[VBS_LOADK] = t_load_constant,
		[VBS_LOADI] = t_load_integer,
		[VBS_LOADT] = t_load_thing,
		[VBS_CLEAR] = t_clear,
		[VBS_REFL] = t_reference_local,
		[VBS_REFK] = t_reference_constant,
		[VBS_REFG] = t_reference_global,
		[VBS_REFM] = t_reference_field,
		[VBS_GETG] = t_get_global,
		[VBS_GETM] = t_get_field,
		[VBS_SETR] = t_set_reference,
		[VBS_SETG] = t_set_global,
		[VBS_SETM] = t_set_field,
		[VBS_INDEX] = t_index,
		[VBS_SETI] = t_set_index,
	};

	return templates[op];
}
