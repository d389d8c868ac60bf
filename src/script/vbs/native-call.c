/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What running native code calls, and the templates of the instructions that are calls: of the
 * machine's steps, of procedures, of whatever else. Frames are those of vm.c; a frame that native
 * code made knows where its caller goes on.
 */
#include "script/vbs/native-call.h"
#include "script/vbs/native-emit.h"
#include "script/vbs/builtin.h"
#include "script/vbs/call-quick.h"
#include "script/vbs/iter.h"
#include "script/vbs/vm.h"

void vbs_native_copy(struct value *to, const struct value *from)
{
	value_copy(to, from);
}

void vbs_native_clear(struct value *v)
{
	value_clear(v);
}

void vbs_native_leave_instance(struct vbs_instance *i)
{
	vbs_instance_leave(i);
}

void vbs_native_load_constant(struct value *to, const struct value *from)
{
	value_copy(to, from);
	to->flags = from->flags;
}

/* ---- steps ---- */

#define STEP_OF(name)                                                                              \
	static HRESULT step_##name(struct vbs_engine *e, struct vbs_frame *f, uint32_t w,          \
				   uint32_t x)

static HRESULT called(struct vbs_frame *f, uint32_t w, HRESULT hr)
{
	if (SUCCEEDED(hr) && OP_C(w) & CALL_STATEMENT)
		value_clear(&f->base[OP_A(w)]);
	return hr;
}

STEP_OF(move)
{
	(void)e, (void)x;
	value_copy(&f->base[OP_A(w)], value_deref(&f->base[OP_B(w)]));
	return S_OK;
}
STEP_OF(take)
{
	(void)e, (void)x;
	value_move(&f->base[OP_A(w)], &f->base[OP_B(w)]);
	return S_OK;
}
STEP_OF(set_object)
{
	(void)x;
	return vbs_store(e, &f->base[OP_A(w)], value_deref(&f->base[OP_B(w)]), 1);
}
STEP_OF(me)
{
	struct value v = VALUE_OBJ(f->me ? &f->me->dispatch : NULL);

	(void)e, (void)x;
	value_copy(&f->base[OP_A(w)], &v);
	return S_OK;
}
STEP_OF(set_global)
{
	return vbs_global_set(e, f->binding->globals[x], &f->base[OP_A(w)], OP_B(w));
}
STEP_OF(ref_unsure)
{
	return vbs_step_ref_unsure(e, f, f->binding->globals[x], w);
}
STEP_OF(new)
{
	return vbs_step_new(e, f->binding->globals[x], &f->base[OP_A(w)]);
}
STEP_OF(operate)
{
	(void)x;
	return vbs_step_operate(e, f, (w & 0xFF) - VBS_ADD, w, &f->base[OP_C(w)]);
}
_Static_assert(VBS_IS - VBS_ADD == OP_IS, "operators are in the order of their opcodes");
STEP_OF(negate)
{
	(void)x;
	return vbs_step_operate_unary(e, f, OP_NEG, w);
}
STEP_OF(plus)
{
	(void)x;
	return vbs_step_operate_unary(e, f, OP_PLUS, w);
}
STEP_OF(join)
{
	(void)x;
	return vbs_concat_all(e, &f->base[OP_A(w)], OP_B(w) + 1, OP_C(w));
}
STEP_OF(element)
{
	(void)x;
	return vbs_element(e, &f->base[OP_A(w)], OP_B(w), &f->base[OP_C(w)]);
}
/* S_FALSE: it may call a procedure, and nothing happened yet. */
static __attribute__((noinline)) HRESULT index_slowly(struct vbs_engine *e, struct vbs_frame *f,
						      uint32_t w)
{
	struct vbs_method callee;

	vbs_find_callee(e, &f->base[OP_B(w)], &callee);
	return callee.proc ? S_FALSE : vbs_step_index(e, f, w, &callee);
}
STEP_OF(index)
{
	HRESULT hr;

	(void)x;
	return vbs_quick_index(e, f, w, &hr) ? hr : index_slowly(e, f, w);
}
STEP_OF(set_index)
{
	HRESULT hr = vbs_step_set_index(e, f, w);

	(void)x;
	return FAILED(hr) ? hr : S_OK; /* an object's own word for success means nothing here */
}
STEP_OF(far)
{
	struct value *to = &f->base[OP_A(w)], *from = &f->base[OP_B(w)].array->items[x];

	(void)e;
	value_set(to, (struct value){ .type = VBS_REF, .ref = value_deref(from) });
	return S_OK;
}
STEP_OF(new_far)
{
	(void)x;
	return vbs_step_far(e, &f->base[OP_A(w)], OP_BX(w));
}
STEP_OF(not_array)
{
	(void)e, (void)x;
	return value_deref(&f->base[OP_A(w)])->type != VBS_ARRAY ? S_FALSE : S_OK;
}
STEP_OF(execute)
{
	(void)x;
	return vbs_engine_execute(e, &f->base[OP_A(w)], OP_C(w));
}
STEP_OF(erase)
{
	(void)e, (void)x;
	return vbs_array_erase(value_deref(&f->base[OP_A(w)]));
}
STEP_OF(each)
{
	(void)x;
	return vbs_loop_each(e, &f->base[OP_A(w)]);
}
STEP_OF(next)
{
	struct value *iter = &f->base[OP_B(w)];

	(void)e, (void)x;
	return iter->type == VBS_ITER ? vbs_iter_next(iter->iter, &f->base[OP_A(w)]) : VBS_HR(451);
}
STEP_OF(for_prepare)
{
	bool done;
	HRESULT hr = vbs_loop_prepare(e, &f->base[OP_A(w)], &done);

	(void)x;
	return FAILED(hr) ? hr : done ? S_FALSE : S_OK;
}
STEP_OF(builtin)
{
	return called(f, w, vbs_call_builtin(e, x, &f->base[OP_A(w)], OP_B(w)));
}
STEP_OF(put_value)
{
	(void)x;
	return vbs_put_value(e, &f->base[OP_A(w)], OP_B(w), OP_C(w));
}
STEP_OF(on_error)
{
	(void)x;
	f->resume = OP_B(w);
	vbs_raised_clear(&e->err);
	return S_OK;
}

const void *vbs_native_step(unsigned op)
{
	static const void *const steps[VBS_OPCODE_COUNT] = {
		[VBS_MOVE] = step_move,
		[VBS_TAKE] = step_take,
		[VBS_LET] = vbs_step_let,
		[VBS_SETO] = step_set_object,
		[VBS_ME] = step_me,
		[VBS_SETR] = vbs_step_set_ref,
		[VBS_SETM] = vbs_step_set_field,
		[VBS_SETG] = step_set_global,
		[VBS_REFX] = step_ref_unsure,
		[VBS_NEW] = step_new,
		[VBS_CAT] = vbs_step_concat,
		[VBS_APPEND] = vbs_step_append,
		[VBS_JOIN] = step_join,
		[VBS_POW] = step_operate,
		[VBS_XOR] = step_operate,
		[VBS_EQV] = step_operate,
		[VBS_IMP] = step_operate,
		[VBS_IS] = step_operate,
		[VBS_NEG] = step_negate,
		[VBS_PLUS] = step_plus,
		[VBS_FAR] = step_far,
		[VBS_NEWFAR] = step_new_far,
		[VBS_JNARR] = step_not_array,
		[VBS_EXEC] = step_execute,
		[VBS_ELEM] = step_element,
		[VBS_INDEX] = step_index,
		[VBS_SETI] = step_set_index,
		[VBS_REDIM] = vbs_step_redim,
		[VBS_ERASE] = step_erase,
		[VBS_EACH] = step_each,
		[VBS_NEXT] = step_next,
		[VBS_FORPREP] = step_for_prepare,
		[VBS_CALLB] = step_builtin,
		[VBS_PUTV] = step_put_value,
		[VBS_ONERR] = step_on_error,
	};

	return steps[op];
}

/* ---- calls ---- */

static const void *place(const int32_t *distance)
{
	return (const char *)(distance + 1) + *distance;
}

static const void *fail(struct vbs_engine *e, const struct native_site *site, HRESULT hr)
{
	e->native_hr = hr;
	return place(&site->failed);
}

static const void *enter(struct vbs_engine *e, const struct vbs_frame *f,
			 const struct native_site *site, const struct vbs_method *callee,
			 unsigned argc, uint8_t leave)
{
	struct value *window = &f->base[OP_A(site->w)];
	const struct vbs_proc *proc = callee->proc;
	const struct vbs_native *native;
	HRESULT hr;

	/* The machine says what is wrong, and looks at clock and interrupt. */
	if (argc != proc->param_count || e->budget <= 0 || e->depth >= e->limits.depth ||
	    window + proc->registers > e->stack_end)
		return place(&site->leave);
	hr = vbs_frame_enter(e, callee->binding, proc, callee->me, window, argc, leave);
	if (FAILED(hr))
		return fail(e, site, hr);
	e->budget--;
	e->frames[e->depth - 1].back = place(&site->back);
	native = vbs_native_of(proc);
	return native ? native->begin : place(&site->entered);
}

static const void *done(struct vbs_engine *e, struct vbs_frame *f, const struct native_site *site,
			HRESULT hr)
{
	hr = called(f, site->w, hr);
	return FAILED(hr) ? fail(e, site, hr) : place(&site->back);
}

static const void *call_global(struct vbs_engine *e, struct vbs_frame *f,
			       const struct native_site *site)
{
	struct vbs_global *g = f->binding->globals[site->x];
	struct vbs_method callee = { g->binding, g->proc, NULL };
	uint32_t w = site->w;

	if (g->kind == GLOBAL_PROC)
		return enter(e, f, site, &callee, OP_B(w), vbs_leave_of(w));
	return done(e, f, site, vbs_global_get(e, g, &f->base[OP_A(w)], OP_B(w), OP_C(w)));
}

static const void *call_procedure(struct vbs_engine *e, struct vbs_frame *f,
				  const struct native_site *site)
{
	struct vbs_method callee = { f->binding, &f->binding->program->procs[site->x], f->me };

	return enter(e, f, site, &callee, OP_B(site->w), vbs_leave_of(site->w));
}

static const void *call_value(struct vbs_engine *e, struct vbs_frame *f,
			      const struct native_site *site)
{
	struct value *window = &f->base[OP_A(site->w)];
	struct vbs_method callee;
	uint32_t w = site->w;

	vbs_find_callee(e, window, &callee);
	if (callee.proc)
		return enter(e, f, site, &callee, OP_B(w), vbs_leave_of(w));
	return done(e, f, site, vbs_call_value(e, window, OP_B(w), OP_C(w)));
}

static struct vbs_instance *instance_at(const struct vbs_engine *e, struct value *v)
{
	v = value_deref(v);
	return v->type == VT_DISPATCH ? vbs_script_object(e, v->obj) : NULL;
}

/* Not of an object of ours, or not by the quick way. */
static __attribute__((noinline)) const void *
call_member_slowly(struct vbs_engine *e, struct vbs_frame *f, const struct native_site *site)
{
	const struct vbs_cache *cache = &f->binding->caches[site->x];
	struct value *window = &f->base[OP_A(site->w)];
	struct vbs_instance *i = instance_at(e, window);
	struct vbs_method callee;
	uint32_t w = site->w;
	HRESULT hr;

	if (i && cache->key == i->class) {
		callee = (struct vbs_method){ i->binding, cache->proc, i };
		if (callee.proc)
			return enter(e, f, site, &callee, OP_B(w), vbs_leave_of(w));
		if (cache->field && !OP_B(w)) {
			value_copy(window, &i->fields[cache->member->field]);
			return done(e, f, site, S_OK);
		}
	}
	hr = vbs_call_member(e, f->binding, site->x, window, OP_B(w), &callee);
	if (SUCCEEDED(hr) && callee.proc)
		return enter(e, f, site, &callee, OP_B(w), vbs_leave_of(w));
	return done(e, f, site, hr);
}

static const void *call_member(struct vbs_engine *e, struct vbs_frame *f,
			       const struct native_site *site)
{
	struct value *window = &f->base[OP_A(site->w)];
	HRESULT hr;

	if (!vbs_quick_site(e, &f->binding->caches[site->x], window, OP_B(site->w), false, &hr))
		return call_member_slowly(e, f, site);
	return done(e, f, site, hr);
}

static const void *put_member(struct vbs_engine *e, struct vbs_frame *f,
			      const struct native_site *site)
{
	struct value *window = &f->base[OP_A(site->w)];
	struct vbs_method callee;
	uint32_t w = site->w;
	HRESULT hr = vbs_put_member(e, f->binding, site->x, window, OP_B(w), OP_C(w), &callee);

	if (SUCCEEDED(hr) && callee.proc)
		return enter(e, f, site, &callee, OP_B(w) + 1, LEAVE_DROP);
	return FAILED(hr) ? fail(e, site, hr) : place(&site->back);
}

const void *vbs_native_call(unsigned op)
{
	static const void *const calls[VBS_OPCODE_COUNT] = {
		[VBS_CALLG] = call_global, [VBS_CALLP] = call_procedure, [VBS_CALLV] = call_value,
		[VBS_CALLM] = call_member, [VBS_PUTM] = put_member,
	};

	return calls[op];
}

/* ---- templates ---- */

/* A step of the machine. What it writes lies at R[A] and behind it. */
static void t_step(struct emit *e)
{
	emit_step_arguments(e);
	emit_try(e, vbs_native_step(e->w & 0xFF));
	emit_forget(e, OP_A(e->w), 255);
	if ((e->w & 0xFF) == VBS_ELEM) /* and the lock */
		emit_know(e, OP_C(e->w), ANYTHING);
	if (vbs_ops[e->w & 0xFF].x == 'J') {
		x64_reg1(&e->a, X64_CMP32_IMM8, RAX, S_FALSE);
		x64_jump_if(&e->a, X64_EQUAL, &e->at[e->next - 1 + e->x]);
	}
}

/* Its result is at R[A], and its arguments behind it are gone. */
static void t_builtin(struct emit *e)
{
	const struct vbs_builtin *b = &vbs_builtins[e->x];
	vbs_builtin_caller *caller = vbs_builtin_caller_of(b, OP_B(e->w));

	if (!caller || OP_C(e->w) & CALL_STATEMENT) {
		t_step(e);
		return;
	}
	x64_reg(&e->a, X64_LOAD, RDI, R12);
	x64_imm64(&e->a, RSI, (uintptr_t)b);
	x64_mem(&e->a, X64_LEA, RDX, RBX, SLOT(OP_A(e->w)));
	emit_try(e, caller);
	emit_forget(e, OP_A(e->w), 255);
}

static void cold_site(struct emit *e, struct cold *c)
{
	(void)c;
	x64_place(&e->a, &e->at[e->next]);
	x64_place(&e->a, emit_leave(e));
	x64_place(&e->a, &e->entered);
	x64_place(&e->a, &e->failed);
	x64_word(&e->a, e->w);
	x64_word(&e->a, e->x);
}

static void t_call(struct emit *e)
{
	struct cold *site = emit_cold(e, cold_site);
	struct x64_label other = X64_LABEL;

	if ((e->w & 0xFF) == VBS_CALLG)
		emit_enter_global(e, &other);
	else if ((e->w & 0xFF) == VBS_CALLM)
		emit_enter_member(e, &other);
	x64_bind(&e->a, &other);
	emit_store_pc(e);
	x64_reg(&e->a, X64_LOAD, RDI, R12);
	x64_reg(&e->a, X64_LOAD, RSI, R14);
	x64_address(&e->a, RDX, &site->in);
	emit_call(e, vbs_native_call(e->w & 0xFF));
	x64_reg1(&e->a, X64_JUMP, RAX, 0);
	emit_forget(e, 0, 255);
}

/* Class_Terminate may run now, in a frame in the place of this one: where the caller goes on, in
 * RAX, is kept on the stack, twice for its alignment. */
static void cold_leave_instance(struct emit *e, struct cold *c)
{
	x64_push(&e->a, RAX);
	x64_push(&e->a, RAX);
	x64_mem(&e->a, X64_LOAD, RDI, R14, OF_FRAME(me));
	emit_call(e, vbs_native_leave_instance);
	x64_pop(&e->a, RAX);
	x64_pop(&e->a, RAX);
	x64_jump(&e->a, &c->back);
}

static void cold_drop(struct emit *e, struct cold *c)
{
	emit_store_pc(e);
	x64_reg(&e->a, X64_LOAD, RDI, RBX);
	emit_call(e, vbs_native_clear);
	x64_jump(&e->a, &c->back);
}

/* Only to a caller in native code. */
static void t_return(struct emit *e)
{
	struct cold *drop = emit_cold(e, cold_drop);
	struct cold *instance = emit_cold(e, cold_leave_instance);

	x64_mem1(&e->a, X64_CMP_IMM, R14, OF_FRAME(back), 0);
	x64_jump_if(&e->a, X64_EQUAL, emit_leave(e));
	for (unsigned reg = 1; reg < OP_A(e->w); reg++)
		emit_release(e, reg);
	x64_mem1(&e->a, X64_TEST8_IMM, R14, OF_FRAME(leave), LEAVE_DROP);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &drop->in);
	x64_bind(&e->a, &drop->back);
	x64_mem1(&e->a, X64_SUB32_IMM8, R12, OF_ENGINE(depth), 1);
	x64_mem(&e->a, X64_LOAD, RAX, R14, OF_FRAME(back));
	x64_mem1(&e->a, X64_CMP_IMM, R14, OF_FRAME(me), 0);
	x64_jump_if(&e->a, X64_NOT_EQUAL, &instance->in);
	x64_bind(&e->a, &instance->back);
	x64_reg1(&e->a, X64_SUB_IMM, R14, sizeof(struct vbs_frame));
	x64_mem(&e->a, X64_LOAD, RBX, R14, OF_FRAME(base));
	x64_reg1(&e->a, X64_JUMP, RAX, 0);
	emit_forget(e, 0, 255);
}

emit_template *emit_call_template(unsigned op)
{
	if (op == VBS_RET)
		return t_return;
	if (op == VBS_CALLB)
		return t_builtin;
	if (vbs_native_call(op))
		return t_call;
	return vbs_native_step(op) ? t_step : NULL;
}
