/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of the machine and the errors that unwind them, and the looks at clock and interrupt.
 * Called by vm.c, on the engine's thread.
 */
#include "script/vbs/vm.h"

#include "base/clock.h"
#include "script/vbs/native.h"

/* ---- limits ---- */

/* From now on nothing of the script runs but what leads out of it. */
static HRESULT end_script(struct vbs_engine *e, HRESULT hr)
{
	e->ending = true;
	e->end_hr = hr;
	e->budget = 0;
	return hr;
}

HRESULT vbs_vm_check(struct vbs_engine *e)
{
	int64_t number = __atomic_load_n(&e->interrupt, __ATOMIC_RELAXED);

	if (e->ending)
		return end_script(e, e->end_hr);
	if (number)
		return end_script(e, (HRESULT)number);
	if (e->deadline && clock_now() > e->deadline)
		return end_script(e, E_ABORT);
	return S_OK;
}

HRESULT vbs_vm_poll(struct vbs_engine *e)
{
	HRESULT hr = vbs_vm_check(e);

	if (FAILED(hr))
		return hr;
	e->budget = e->limits.turns;
	/* What runs at such a moment is likely to run much. */
	if (e->limits.native == VBS_NATIVE_HOT && e->depth)
		vbs_native_make(e->frames[e->depth - 1].binding, e->frames[e->depth - 1].proc);
	return S_OK;
}

/* ---- frames ---- */

HRESULT vbs_frame_by_value(const struct vbs_proc *proc, struct value *base)
{
	HRESULT hr = S_OK;

	for (unsigned i = 0; i < proc->param_count && SUCCEEDED(hr); i++)
		if (proc->byval[i] && base[i + 1].type == VBS_REF)
			hr = vbs_array_put(&base[i + 1], base[i + 1].ref);
	return hr;
}

HRESULT vbs_frame_refuse(struct vbs_engine *e, const struct vbs_binding *binding,
			 const struct vbs_proc *proc)
{
	return proc->name == NAME_NONE
		       ? VBS_HR(450)
		       : vbs_throw_name(e, 450, binding->program->names[proc->name].text);
}

void vbs_frame_drop(struct vbs_engine *e)
{
	struct vbs_frame *f = &e->frames[e->depth - 1];

	for (unsigned i = 0; i < f->proc->registers; i++)
		value_clear(&f->base[i]);
	e->depth--;
	if (f->me)
		vbs_instance_leave(f->me);
}

/* ---- errors ---- */

/* The statement whose code is at `at`: registers from its `live` on are its own. */
static unsigned failed_live(const struct vbs_proc *proc, uint32_t at)
{
	const struct vbs_line *l = vbs_line_at(proc, at ? at - 1 : 0);

	while (l && l > proc->lines && !l->stmt)
		l--;
	return l && l->stmt ? l->live : proc->local_count;
}

static const struct vbs_line *next_statement(const struct vbs_frame *f)
{
	uint32_t at = f->pc - f->proc->code;
	size_t low = 0, high = f->proc->line_count;

	/* The first statement that starts behind the failed instruction. */
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (f->proc->lines[mid].pc < at)
			low = mid + 1;
		else
			high = mid;
	}
	while (low < f->proc->line_count && !f->proc->lines[low].stmt)
		low++;
	return low < f->proc->line_count ? &f->proc->lines[low] : NULL;
}

/* Goes on behind the failed statement, if there is something. What the statement used is emptied,
 * and so are the registers of a block whose head it was: its body runs without them. */
static bool resume(struct vbs_engine *e, struct vbs_frame *f)
{
	const struct vbs_line *next = next_statement(f);
	unsigned live;

	if (!next)
		return false;
	live = failed_live(f->proc, f->pc - f->proc->code);
	if (next->live < live)
		live = next->live;
	vbs_raised_clear(&e->err);
	e->err = e->raised;
	e->raised = (struct vbs_raised){ 0 };
	f->pc = f->proc->code + next->pc;
	for (unsigned i = live; i < f->proc->registers; i++)
		value_clear(&f->base[i]);
	return true;
}

HRESULT vbs_frame_unwind(struct vbs_engine *e, HRESULT hr)
{
	if (hr == VBS_E_END_SCRIPT)
		end_script(e, hr);
	/* A script may do nothing but fail and go on. */
	if (--e->budget < 0 && FAILED(vbs_vm_poll(e)))
		hr = e->end_hr;
	vbs_raised_complete(e, hr);
	for (;;) {
		struct vbs_frame *f = &e->frames[e->depth - 1];
		bool entry = f->leave & LEAVE_ENTRY;

		if (f->resume && !e->ending && resume(e, f))
			return S_OK;
		vbs_frame_drop(e);
		if (entry)
			return hr;
	}
}
