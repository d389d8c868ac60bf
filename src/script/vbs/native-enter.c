/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Native code that calls a procedure it knows: what vbs_frame_enter does, written out for its
 * parameters and variables. Which procedure it will be is a guess, from the program's own names or
 * from what the member call found before; code that guessed wrong goes the way of native-call.c,
 * and so do calls that the machine has to look at: limits, a ByVal parameter that gets a reference.
 */
#include "script/vbs/native-call.h"
#include "script/vbs/native-emit.h"
#include "script/vbs/vm.h"

/* Procedures with more variables are entered by a function. */
#define LOCALS_MAX 12
#define OF_NEXT(member) ((int32_t)sizeof(struct vbs_frame) + OF_FRAME(member))
_Static_assert(offsetof(struct vbs_frame, leave) == offsetof(struct vbs_frame, resume) + 1 &&
		       offsetof(struct vbs_frame, to) == offsetof(struct vbs_frame, resume) + 2 &&
		       offsetof(struct vbs_frame, back) >= offsetof(struct vbs_frame, resume) + 4,
	       "resume, leave and to are written at once");

struct callee {
	const struct vbs_proc *proc;
	unsigned argc;
	uint8_t leave;
	bool me; /* the instance is in RSI */
};

static bool is_simple(const struct callee *c)
{
	return c->proc && c->proc->param_count == c->argc && c->proc->local_count <= LOCALS_MAX;
}

/* What is in the register need not be given back. */
static void check_free(struct emit *e, unsigned reg, struct x64_label *other)
{
	if (e->known[reg] != ANYTHING)
		return;
	x64_mem1(&e->a, X64_TEST8_IMM, RBX, SLOT(reg), VBS_COUNTED);
	x64_jump_if(&e->a, X64_NOT_EQUAL, other);
}

/* What only the machine can do. */
static void check(struct emit *e, const struct callee *c, struct x64_label *other)
{
	unsigned window = OP_A(e->w);

	x64_mem1(&e->a, X64_CMP32_IMM8, R12, OF_ENGINE(budget), 0);
	x64_jump_if(&e->a, X64_NOT_GREATER, other);
	x64_mem(&e->a, X64_LOAD32, RAX, R12, OF_ENGINE(depth));
	x64_mem(&e->a, X64_CMP32, RAX, R12, OF_ENGINE(limits.depth));
	x64_jump_if(&e->a, X64_NOT_BELOW, other);
	x64_mem(&e->a, X64_LEA, RAX, RBX, SLOT(window + c->proc->registers));
	x64_mem(&e->a, X64_CMP, RAX, R12, OF_ENGINE(stack_end));
	x64_jump_if(&e->a, X64_ABOVE, other);
	for (unsigned i = 0; c->proc->has_byval && i < c->argc; i++)
		if (c->proc->byval[i]) {
			x64_mem1(&e->a, X64_CMP16_IMM, RBX, SLOT(window + 1 + i), VBS_REF);
			x64_jump_if(&e->a, X64_EQUAL, other);
		}
	check_free(e, window, other);
	for (unsigned i = c->argc + 1; i < c->proc->local_count; i++)
		check_free(e, window + i, other);
}

/* RDI is the binding. */
static void write_frame(struct emit *e, const struct callee *c)
{
	x64_mem(&e->a, X64_STORE, RDI, R14, OF_NEXT(binding));
	x64_mem(&e->a, X64_STORE, R11, R14, OF_NEXT(proc));
	x64_imm64(&e->a, RAX, (uintptr_t)c->proc->code);
	x64_mem(&e->a, X64_STORE, RAX, R14, OF_NEXT(pc));
	x64_mem(&e->a, X64_LEA, RAX, RBX, SLOT(OP_A(e->w)));
	x64_mem(&e->a, X64_STORE, RAX, R14, OF_NEXT(base));
	if (c->me)
		x64_mem(&e->a, X64_STORE, RSI, R14, OF_NEXT(me));
	else
		x64_mem1(&e->a, X64_STORE_IMM, R14, OF_NEXT(me), 0);
	x64_mem1(&e->a, X64_STORE32_IMM, R14, OF_NEXT(resume), c->leave << 8);
	x64_address(&e->a, RAX, &e->at[e->next]);
	x64_mem(&e->a, X64_STORE, RAX, R14, OF_NEXT(back));
}

static void go_there(struct emit *e, const struct callee *c)
{
	if (c->proc == e->proc) {
		x64_jump(&e->a, &e->begin);
		return;
	}
	x64_mem(&e->a, X64_LOAD, RAX, R11, offsetof(struct vbs_proc, native));
	x64_reg(&e->a, X64_TEST, RAX, RAX);
	x64_jump_if(&e->a, X64_EQUAL, &e->entered);
	x64_mem1(&e->a, X64_JUMP, RAX, offsetof(struct vbs_native, begin), 0);
}

/* RDI is the binding, R11 the procedure. */
static void enter(struct emit *e, const struct callee *c, struct x64_label *other)
{
	unsigned window = OP_A(e->w);

	check(e, c, other);
	emit_store_pc(e);
	if (c->me)
		x64_mem1(&e->a, X64_ADD32_IMM8, RSI, offsetof(struct vbs_instance, running), 1);
	x64_mem1(&e->a, X64_STORE_IMM, RBX, SLOT(window), VT_EMPTY);
	for (unsigned i = c->argc + 1; i < c->proc->local_count; i++)
		x64_mem1(&e->a, X64_STORE_IMM, RBX, SLOT(window + i), VT_EMPTY);
	write_frame(e, c);
	x64_mem1(&e->a, X64_SUB32_IMM8, R12, OF_ENGINE(budget), 1);
	x64_mem1(&e->a, X64_ADD32_IMM8, R12, OF_ENGINE(depth), 1);
	go_there(e, c);
}

/* ---- which procedure ---- */

/* The program's own procedure of the global name X. */
static const struct vbs_proc *own_procedure(const struct emit *e)
{
	uint32_t name = e->program->globals[e->x].name;

	for (uint32_t i = 1; i < e->program->global_proc_count; i++)
		if (e->program->procs[i].name == name)
			return &e->program->procs[i];
	return NULL;
}

void emit_enter_global(struct emit *e, struct x64_label *other)
{
	struct callee c = { own_procedure(e), OP_B(e->w), vbs_leave_of(e->w), false };

	if (!is_simple(&c)) {
		x64_jump(&e->a, other);
		return;
	}
	emit_global(e, RDI);
	x64_imm64(&e->a, R11, (uintptr_t)c.proc);
	x64_mem1(&e->a, X64_CMP32_IMM8, RDI, offsetof(struct vbs_global, kind), GLOBAL_PROC);
	x64_jump_if(&e->a, X64_NOT_EQUAL, other);
	x64_mem(&e->a, X64_CMP, R11, RDI, offsetof(struct vbs_global, proc));
	x64_jump_if(&e->a, X64_NOT_EQUAL, other);
	x64_mem(&e->a, X64_LOAD, RDI, RDI, offsetof(struct vbs_global, binding));
	enter(e, &c, other);
}

/* The instance of this engine's that R[A] is, or refers to, in RSI; else goes to `other`. */
static void instance(struct emit *e, struct x64_label *other)
{
	struct operand v = emit_register(e, OP_A(e->w), RSI, RAX);
	struct x64_label direct = X64_LABEL;

	emit_load_type(e, &v);
	x64_reg1(&e->a, X64_CMP32_IMM, RAX, VBS_REF);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &direct);
	x64_mem(&e->a, X64_LOAD, RSI, RSI, PAYLOAD);
	emit_load_type(e, &v);
	x64_bind(&e->a, &direct);
	x64_reg1(&e->a, X64_CMP32_IMM8, RAX, VT_DISPATCH);
	x64_jump_if(&e->a, X64_NOT_EQUAL, other);
	x64_mem(&e->a, X64_LOAD, RSI, RSI, PAYLOAD);
	x64_reg(&e->a, X64_TEST, RSI, RSI);
	x64_jump_if(&e->a, X64_EQUAL, other);
	x64_imm64(&e->a, RAX, (uintptr_t)&vbs_instance_vtbl);
	x64_mem(&e->a, X64_CMP, RAX, RSI, offsetof(IDispatch, lpVtbl));
	x64_jump_if(&e->a, X64_NOT_EQUAL, other);
	x64_mem(&e->a, X64_CMP, R12, RSI, offsetof(struct vbs_instance, engine));
	x64_jump_if(&e->a, X64_NOT_EQUAL, other);
}
_Static_assert(offsetof(struct vbs_instance, dispatch) == 0, "an instance is at its IDispatch");

/* Only the program's own procedures: those of another one may go before this code does. */
static const struct vbs_proc *own_member(const struct emit *e, const struct vbs_proc *proc)
{
	const struct vbs_program *p = e->program;

	return proc >= p->procs && proc < p->procs + p->proc_count ? proc : NULL;
}

/* A member of the class that was met here before. */
static void enter_member(struct emit *e, unsigned argc, uint8_t leave, struct x64_label *other)
{
	const struct vbs_cache *met = &e->binding->caches[e->x];
	struct callee c = { own_member(e, met->proc), argc, leave, true };
	int32_t cache = (int32_t)(e->x * sizeof *met);

	if (!is_simple(&c) || e->known[OP_A(e->w)] > REFERENCE) {
		x64_jump(&e->a, other);
		return;
	}
	instance(e, other);
	x64_imm64(&e->a, R11, (uintptr_t)c.proc);
	x64_mem(&e->a, X64_LOAD, RDI, R14, OF_FRAME(binding));
	x64_mem(&e->a, X64_LOAD, RDI, RDI, offsetof(struct vbs_binding, caches));
	x64_mem(&e->a, X64_LOAD, RAX, RSI, offsetof(struct vbs_instance, class));
	x64_mem(&e->a, X64_CMP, RAX, RDI, cache + (int32_t)offsetof(struct vbs_cache, key));
	x64_jump_if(&e->a, X64_NOT_EQUAL, other);
	x64_mem(&e->a, X64_CMP, R11, RDI, cache + (int32_t)offsetof(struct vbs_cache, proc));
	x64_jump_if(&e->a, X64_NOT_EQUAL, other);
	x64_mem(&e->a, X64_LOAD, RDI, RSI, offsetof(struct vbs_instance, binding));
	enter(e, &c, other);
}

void emit_enter_member(struct emit *e, struct x64_label *other)
{
	enter_member(e, OP_B(e->w), vbs_leave_of(e->w), other);
}
