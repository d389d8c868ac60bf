/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine's inside.
 *
 *   vm.c        the loop: the fast path of every instruction, written with vm-macros.h; vm-fast.h
 *               has their small things
 *   vm-step.c   what instructions do off the fast path
 *   vm-loop.c   For and For Each
 *   vm-frame.c  frames, and errors that unwind them
 */
#pragma once

#include "script/vbs/instance.h"

/* ---- vm-frame.c ---- */

/* ByVal parameters get values of their own. */
HRESULT vbs_frame_by_value(const struct vbs_proc *proc, struct value *base);

/* Error 450 about the procedure. */
HRESULT vbs_frame_refuse(struct vbs_engine *e, const struct vbs_binding *binding,
			 const struct vbs_proc *proc);

/* Arguments at base[1...argc] become the parameters of a new frame. Its other variables are Empty;
 * its temporaries are whatever was there: they are written before they are read. */
static inline HRESULT vbs_frame_enter(struct vbs_engine *e, struct vbs_binding *binding,
				      const struct vbs_proc *proc, struct vbs_instance *me,
				      struct value *base, unsigned argc, uint8_t leave)
{
	struct vbs_frame *f;

	if (__builtin_expect(argc != proc->param_count, 0))
		return vbs_frame_refuse(e, binding, proc);
	if (__builtin_expect(e->depth >= e->limits.depth || base + proc->registers > e->stack_end,
			     0))
		return VBS_HR(28);
	if (proc->has_byval && FAILED(vbs_frame_by_value(proc, base)))
		return E_OUTOFMEMORY;
	/* The window may hold the only reference to the object whose method this is. */
	if (me)
		vbs_instance_enter(me);
	value_clear(&base[0]);
	for (unsigned i = argc + 1; i < proc->local_count; i++)
		value_clear(&base[i]);
	f = &e->frames[e->depth++];
	/* Engines have their frames: NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	f->binding = binding;
	f->proc = proc;
	f->pc = proc->code;
	f->base = base;
	f->me = me;
	f->resume = false;
	f->leave = leave;
	f->back = NULL;
	return S_OK;
}

/* How the frame of a called procedure is left, by the instruction that calls it. */
static inline uint8_t vbs_leave_of(uint32_t w)
{
	return OP_C(w) & CALL_STATEMENT ? LEAVE_DROP : 0;
}

/* After an error: empties the frame and leaves it. */
void vbs_frame_drop(struct vbs_engine *e);
/* Finds who goes on after the error. S_OK when the newest frame does; else the error, with all
 * frames up to the machine's entry gone. */
HRESULT vbs_frame_unwind(struct vbs_engine *e, HRESULT hr);

/* ---- vm-loop.c ---- */

/* Makes start r[0], limit r[1] and step r[2] numbers. */
HRESULT vbs_loop_prepare(struct vbs_engine *e, struct value *r, bool *ret_done);
/* v += step; bounds[1] is the limit, bounds[2] the step. */
HRESULT vbs_loop_step(struct vbs_engine *e, struct value *v, struct value *bounds, bool *ret_done);
/* `*v` becomes an iterator over itself. */
HRESULT vbs_loop_each(struct vbs_engine *e, struct value *v);

/* ---- concat.c ---- */

/* R[A] := R[B] & R[C] */
HRESULT vbs_step_concat(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w);

/* ---- vm-step.c: `w` is the instruction, `f` the frame that runs it ---- */

/* R[A] := R[B] op *y, where *y is R[C] or a constant. */
HRESULT vbs_step_operate(struct vbs_engine *e, const struct vbs_frame *f, enum vbs_operator op,
			 uint32_t w, struct value *y);
/* R[A] := op R[B] */
HRESULT vbs_step_operate_unary(struct vbs_engine *e, const struct vbs_frame *f,
			       enum vbs_operator op, uint32_t w);
/* R[A] op *y, where *y is R[B] or a constant: 1 true, 0 false, 2 Null. */
HRESULT vbs_step_compare(struct vbs_engine *e, const struct vbs_frame *f, enum vbs_operator op,
			 uint32_t w, struct value *y);
/* Whether R[A] is true: 1, 0. */
HRESULT vbs_step_condition(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w);
HRESULT vbs_step_append(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w);
void vbs_step_load(struct value *v, unsigned what);
HRESULT vbs_step_let(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w);
HRESULT vbs_step_set_ref(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w);
HRESULT vbs_step_set_field(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w);
HRESULT vbs_step_ref_global(struct vbs_engine *e, struct vbs_global *g, struct value *to);
HRESULT vbs_step_ref_unsure(struct vbs_engine *e, const struct vbs_frame *f, struct vbs_global *g,
			    uint32_t w);
HRESULT vbs_step_far(struct vbs_engine *e, struct value *to, uint32_t count);
/* INDEX; what it calls is put into `callee` with its window above the frame's registers. */
HRESULT vbs_step_index(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w,
		       struct vbs_method *callee);
HRESULT vbs_step_set_index(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w);
HRESULT vbs_step_new(struct vbs_engine *e, struct vbs_global *g, struct value *to);
HRESULT vbs_step_redim(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w);
HRESULT vbs_step_raise(struct vbs_engine *e, unsigned number, const struct value *text);
