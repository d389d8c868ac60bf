/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine: one loop over the instructions of opcodes.h. Steps are short; whatever is not a
 * fast path lives in vm-step.c, operators.c and call.c. Frames of script procedures do not use the
 * C stack; the loop is entered again only when an object calls back into the script.
 *
 * Each step ends by going straight to the next one's address, so that the processor learns which
 * instruction tends to follow which. Fast paths look at types as they are in the registers and
 * follow references only when that led nowhere: only ByRef parameters and borrowed operands hold
 * references.
 *
 * Invariants: a frame's pc is stored before anything that can fail, so that an error knows its
 * place. A register is released before it is overwritten, whoever used it last; when a frame is
 * left, what it held is gone.
 */
#include "script/vbs/vm-macros.h"

#include "base/error.h"
#include "script/vbs/iter.h"

static HRESULT run(struct vbs_engine *e)
{
	static const void *const steps[] = {
#define X(name, a, b, c, x, text) &&step_##name,
		VBS_OPCODES(X)
#undef X
	};
#define X(name, a, b, c, x, text) &&native,
	static const void *const by_native[] = { VBS_OPCODES(X) };
#undef X
	const void *const *go;
	struct vbs_method callee; /* in memory: found by a function */
	struct vbs_binding *binding;
	const struct vbs_proc *proc;
	struct vbs_instance *me;
	struct value *window;
	unsigned argc;
	uint8_t leave;
	struct vbs_frame *f;
	const uint32_t *pc;
	struct value *r, *k;
	uint32_t w;
	HRESULT hr;

	RELOAD(NEWEST());
	NEXT;

	STEP(NOP)
	{
		NEXT;
	}
	STEP(MOVE)
	{
		value_copy(RA, value_deref(RB));
		NEXT;
	}
	STEP(TAKE)
	{
		value_move(RA, RB);
		NEXT;
	}
	STEP(LET)
	{
		struct value *from = RB, *to = RA;

		if (LIKELY(!value_counted(from) && !value_counted(to)) && from->type != VBS_REF) {
			value_assign(to, from);
			NEXT;
		}
		if (OP_C(w) && from->type != VT_DISPATCH &&
		    !((from->type | to->type) & (VBS_REF | VT_ARRAY))) {
			value_move(to, from);
			NEXT;
		}
		from = value_deref(from);
		if (LIKELY(from->type != VT_DISPATCH && !((from->type | to->type) & VT_ARRAY))) {
			value_copy(to, from);
			NEXT;
		}
		TRY(vbs_step_let(e, f, w));
		NEXT;
	}
	STEP(SETO)
	{
		TRY(vbs_store(e, RA, value_deref(RB), 1));
		NEXT;
	}
	STEP(LOADK)
	{
		struct value *from = &k[*pc++], *to = RA;

		value_copy(to, from);
		to->flags = from->flags;
		NEXT;
	}
	STEP(LOADI)
	{
		put(RA, VALUE_I2(OP_SBX(w)));
		NEXT;
	}
	STEP(LOADT)
	{
		vbs_step_load(RA, OP_B(w));
		NEXT;
	}
	STEP(CLEAR)
	{
		f->pc = pc;
		for (unsigned i = 0; i <= OP_B(w); i++)
			value_clear(RA + i);
		NEXT;
	}
	STEP(ME)
	{
		struct value v = VALUE_OBJ(f->me ? &f->me->dispatch : NULL);

		value_copy(RA, &v);
		NEXT;
	}

	/* ---- references ---- */

	STEP(REFL)
	{
		put_ref(RA, value_deref(RB));
		NEXT;
	}
	STEP(REFK)
	{
		put_ref(RA, &k[*pc++]);
		NEXT;
	}
	STEP(REFG)
	{
		struct vbs_global *g = GLOBAL();

		if (LIKELY(g->kind == GLOBAL_VAR))
			put_ref(RA, &g->value);
		else
			TRY(vbs_step_ref_global(e, g, RA));
		NEXT;
	}
	STEP(REFX)
	{
		struct vbs_global *g = GLOBAL();

		TRY(vbs_step_ref_unsure(e, f, g, w));
		NEXT;
	}
	STEP(REFM)
	{
		put_ref(RA, &f->me->fields[OP_BX(w)]);
		NEXT;
	}
	STEP(GETG)
	{
		struct vbs_global *g = GLOBAL();

		if (LIKELY(g->kind == GLOBAL_VAR))
			put_operand(RA, &g->value);
		else
			TRY(vbs_step_ref_global(e, g, RA));
		NEXT;
	}
	STEP(GETM)
	{
		put_operand(RA, &f->me->fields[OP_BX(w)]);
		NEXT;
	}
	STEP(FAR)
	{
		put_ref(RA, value_deref(&RB->array->items[*pc++]));
		NEXT;
	}
	STEP(NEWFAR)
	{
		TRY(vbs_step_far(e, RA, OP_BX(w)));
		NEXT;
	}
	STEP(ELEM)
	{
		TRY(vbs_element(e, RA, OP_B(w), RC));
		NEXT;
	}
	STEP(BINDG)
	{
		struct vbs_global *g = GLOBAL();

		if (g->kind == GLOBAL_VAR)
			put_ref(RA, &g->value);
		else
			value_clear(RA);
		NEXT;
	}
	STEP(BOUND)
	{
		bool all = true;

		for (unsigned i = 0; i <= OP_B(w); i++)
			all &= RA[i].type == VBS_REF;
		JUMP(!all);
		NEXT;
	}
	STEP(SETR)
	{
		struct value *slot = value_deref(RA), *v = RB;

		if (LIKELY(!value_counted(v) && v->type != VBS_REF && OP_C(w) != 1 &&
			   !value_counted(slot)))
			value_assign(slot, v);
		else
			TRY(vbs_step_set_ref(e, f, w));
		NEXT;
	}
	STEP(SETG)
	{
		struct vbs_global *g = GLOBAL();
		struct value *v = RA;

		if (LIKELY(g->kind == GLOBAL_VAR && v->type != VT_DISPATCH &&
			   !((v->type | g->value.type) & (VBS_REF | VT_ARRAY)) && OP_B(w) != 1))
			value_move(&g->value, v);
		else
			TRY(vbs_global_set(e, g, v, OP_B(w)));
		NEXT;
	}
	STEP(SETM)
	{
		struct value *field = &f->me->fields[OP_BX(w)], *v = RA;

		if (LIKELY(!value_counted(v) && v->type != VBS_REF && !value_counted(field)))
			value_assign(field, v);
		else
			TRY(vbs_step_set_field(e, f, w));
		NEXT;
	}
	STEP(SETX)
	{
		struct vbs_global *g = GLOBAL();

		if (g->kind == GLOBAL_UNBOUND && OP_B(w) != REGISTER_NONE &&
		    !(value_missing(value_deref(RB)) && f->binding->program->explicit))
			TRY(vbs_store(e, value_deref(RB), value_deref(RA), OP_C(w)));
		else
			TRY(vbs_global_set(e, g, RA, OP_C(w)));
		NEXT;
	}

	/* ---- operators ---- */

	ARITHMETIC(ADD, ADD, +, RC)
	ARITHMETIC(SUB, SUB, -, RC)
	ARITHMETIC(MUL, MUL, *, RC)
	ARITHMETIC_CONSTANT(ADDK, ADD, +)
	ARITHMETIC_CONSTANT(SUBK, SUB, -)
	ARITHMETIC_CONSTANT(MULK, MUL, *)
	STEP(ADDI)
	{
		struct value *x = value_deref(RB);

		if (LIKELY(is_int(x))) {
			put_int(RA, x->type, x->i + OP_IC(w));
		} else {
			struct value y = VALUE_I2(OP_IC(w));

			TRY(vbs_step_operate(e, f, OP_ADD, w, &y));
		}
		NEXT;
	}
	INTEGER_DIVISION(IDIV, IDIV, /, RC)
	INTEGER_DIVISION(MOD, MOD, %, RC)
	INTEGER_DIVISION(IDIVK, IDIV, /, KC)
	INTEGER_DIVISION(MODK, MOD, %, KC)
	STEP(DIV)
	{
		struct value *x = RB, *y = RC;

		if (both_double(x, y) && y->d != 0 && isfinite(x->d / y->d))
			put_double(RA, x->d / y->d);
		else
			TRY(vbs_step_operate(e, f, OP_DIV, w, y));
		NEXT;
	}
	OPERATE(POW)
	STEP(CAT)
	{
		TRY(vbs_step_concat(e, f, w));
		NEXT;
	}
	OPERATE(AND)
	OPERATE(OR)
	OPERATE(XOR)
	OPERATE(EQV)
	OPERATE(IMP)
	COMPARE(EQ, ==)
	COMPARE(NE, !=)
	COMPARE(LT, <)
	COMPARE(GT, >)
	COMPARE(LE, <=)
	COMPARE(GE, >=)
	OPERATE(IS)
	STEP(NEG)
	{
		TRY(vbs_step_operate_unary(e, f, OP_NEG, w));
		NEXT;
	}
	STEP(NOT)
	{
		struct value *x = RB;

		if (x->type == VT_BOOL)
			put(RA, VALUE_BOOL(!x->i));
		else
			TRY(vbs_step_operate_unary(e, f, OP_NOT, w));
		NEXT;
	}
	STEP(PLUS)
	{
		TRY(vbs_step_operate_unary(e, f, OP_PLUS, w));
		NEXT;
	}
	STEP(APPEND)
	{
		TRY(vbs_step_append(e, f, w));
		NEXT;
	}

	STEP(JOIN)
	{
		TRY(vbs_concat_all(e, RA, OP_B(w) + 1, OP_C(w)));
		NEXT;
	}

	/* ---- jumps ---- */

	STEP(JMP)
	{
		pc += (int32_t)*pc;
		NEXT;
	}
	STEP(BACK)
	{
		pc += (int32_t)*pc;
		CHECK_LIMITS();
		NEXT;
	}
	STEP(JT)
	{
		bool is = RA->type == VT_BOOL && RA->i;

		if (UNLIKELY(RA->type != VT_BOOL)) {
			pc++;
			TRY(vbs_step_condition(e, f, w));
			pc--;
			is = hr;
		}
		JUMP(is);
		NEXT;
	}
	STEP(JF)
	{
		bool is = RA->type == VT_BOOL && RA->i;

		if (UNLIKELY(RA->type != VT_BOOL)) {
			pc++;
			TRY(vbs_step_condition(e, f, w));
			pc--;
			is = hr;
		}
		JUMP(!is);
		NEXT;
	}
	STEP(JNARR)
	{
		JUMP(value_deref(RA)->type != VBS_ARRAY);
		NEXT;
	}
	COMPARE_JUMP(JEQ, EQ, ==, RB)
	COMPARE_JUMP(JNE, NE, !=, RB)
	COMPARE_JUMP(JLT, LT, <, RB)
	COMPARE_JUMP(JGT, GT, >, RB)
	COMPARE_JUMP(JLE, LE, <=, RB)
	COMPARE_JUMP(JGE, GE, >=, RB)
	COMPARE_JUMP(JEQK, EQ, ==, KB)
	COMPARE_JUMP(JNEK, NE, !=, KB)
	COMPARE_JUMP(JLTK, LT, <, KB)
	COMPARE_JUMP(JGTK, GT, >, KB)
	COMPARE_JUMP(JLEK, LE, <=, KB)
	COMPARE_JUMP(JGEK, GE, >=, KB)
	COMPARE_JUMP_INTEGER(JEQI, EQ, ==)
	COMPARE_JUMP_INTEGER(JNEI, NE, !=)
	COMPARE_JUMP_INTEGER(JLTI, LT, <)
	COMPARE_JUMP_INTEGER(JGTI, GT, >)
	COMPARE_JUMP_INTEGER(JLEI, LE, <=)
	COMPARE_JUMP_INTEGER(JGEI, GE, >=)

	/* ---- loops ---- */

	STEP(FORPREP)
	{
		bool done;

		pc++;
		TRY(vbs_loop_prepare(e, RA, &done));
		pc--;
		JUMP(done);
		NEXT;
	}
	STEP(FORINC)
	{
		struct value *v = value_deref(RA), *limit = RB + 1;
		bool done;

		if (LIKELY(both_int(v, limit))) {
			int64_t n = v->i + 1;

			v->i = n;
			widen(v, n);
			JUMP(n <= limit->i);
			CHECK_LIMITS();
			NEXT;
		}
		pc++;
		TRY(vbs_loop_step(e, v, RB, &done));
		pc--;
		JUMP(!done);
		CHECK_LIMITS();
		NEXT;
	}
	STEP(FORLOOP)
	{
		struct value *v = value_deref(RA), *limit = RB + 1, *step = RB + 2;
		bool done;

		if (LIKELY(both_int(v, limit) && is_int(step))) {
			int64_t by = step->i, n = v->i + by;

			put_int(v, v->type | step->type, n);
			JUMP(by >= 0 ? n <= limit->i : n >= limit->i);
			CHECK_LIMITS();
			NEXT;
		}
		pc++;
		TRY(vbs_loop_step(e, v, RB, &done));
		pc--;
		JUMP(!done);
		CHECK_LIMITS();
		NEXT;
	}
	STEP(EACH)
	{
		TRY(vbs_loop_each(e, RA));
		NEXT;
	}
	STEP(NEXT)
	{
		pc++;
		/* After an error in its head the loop has no iterator. */
		TRY(RB->type == VBS_ITER ? vbs_iter_next(RB->iter, RA) : VBS_HR(451));
		pc--;
		JUMP(hr == S_FALSE);
		NEXT;
	}

	/* ---- calls and elements ---- */

	STEP(CALLG)
	{
		struct vbs_global *g = GLOBAL();

		if (LIKELY(g->kind == GLOBAL_PROC)) {
			ENTER(g->binding, g->proc, NULL, RA, OP_B(w), vbs_leave_of(w));
		}
		TRY(vbs_global_get(e, g, RA, OP_B(w), OP_C(w)));
		goto called;
	}
	STEP(CALLP)
	{
		const struct vbs_proc *to = &f->binding->program->procs[*pc++];

		ENTER(f->binding, to, f->me, RA, OP_B(w), vbs_leave_of(w));
	}
	STEP(CALLB)
	{
		uint32_t index = *pc++;

		TRY(vbs_call_builtin(e, index, RA, OP_B(w)));
		goto called;
	}
	STEP(CALLV)
	{
		vbs_find_callee(e, RA, &callee);
		if (callee.proc)
			ENTER_CALLEE(RA, OP_B(w), vbs_leave_of(w));
		TRY(vbs_call_value(e, RA, OP_B(w), OP_C(w)));
		goto called;
	}
	STEP(CALLM)
	{
		uint32_t site = *pc++;
		const struct vbs_cache *cache = &f->binding->caches[site];
		struct value *v = value_deref(RA);
		struct vbs_instance *i =
			v->type == VT_DISPATCH ? vbs_script_object(e, v->obj) : NULL;

		if (LIKELY(i && cache->key == i->class)) {
			if (LIKELY(cache->proc)) {
				ENTER(i->binding, cache->proc, i, RA, OP_B(w), vbs_leave_of(w));
			}
			if (cache->field && !OP_B(w)) {
				value_copy(RA, &i->fields[cache->member->field]);
				goto called;
			}
		}
		TRY(vbs_call_member(e, f->binding, site, RA, OP_B(w), &callee));
		if (callee.proc)
			ENTER_CALLEE(RA, OP_B(w), vbs_leave_of(w));
		goto called;
	}
	STEP(PUTV)
	{
		TRY(vbs_put_value(e, RA, OP_B(w), OP_C(w)));
		NEXT;
	}
	STEP(PUTM)
	{
		uint32_t site = *pc++;
		const struct vbs_cache *cache = &f->binding->caches[site];
		struct value *v = value_deref(RA), *what = RA + OP_B(w) + 1;
		struct vbs_instance *i =
			v->type == VT_DISPATCH ? vbs_script_object(e, v->obj) : NULL;

		if (LIKELY(i && cache->key == i->class) && !OP_C(w) &&
		    value_deref(what)->type != VT_DISPATCH) {
			if (LIKELY(cache->proc)) {
				ENTER(i->binding, cache->proc, i, RA, OP_B(w) + 1, LEAVE_DROP);
			}
			if (cache->field && !OP_B(w) &&
			    !((what->type | i->fields[cache->member->field].type) &
			      (VBS_REF | VT_ARRAY))) {
				value_move(&i->fields[cache->member->field], what);
				value_clear(RA);
				NEXT;
			}
		}
		TRY(vbs_put_member(e, f->binding, site, RA, OP_B(w), OP_C(w), &callee));
		if (callee.proc)
			ENTER_CALLEE(RA, OP_B(w) + 1, LEAVE_DROP);
		NEXT;
	}
	STEP(INDEX)
	{
		struct value *base = value_deref(RB), *at = RC;

		do {
			if (LIKELY(base->type == VBS_ARRAY && is_int(at) &&
				   (uint64_t)at->i < base->array->length)) {
				value_copy(RA, &base->array->items[at->i]);
				NEXT;
			}
		} while (follow(&base, &at));
		TRY(vbs_step_index(e, f, w, &callee));
		if (callee.proc)
			ENTER_CALLEE(f->base + f->proc->registers, 1, LEAVE_DELIVER);
		NEXT;
	}
	STEP(SETI)
	{
		struct value *base = value_deref(RA), *at = RB, *v = value_deref(RC);

		do {
			if (LIKELY(base->type == VBS_ARRAY && is_int(at) &&
				   base->array->refs == 1 &&
				   (uint64_t)at->i < base->array->length && !value_counted(v))) {
				/* The death of what was there may take the array along. */
				value_copy(&base->array->items[at->i], v);
				NEXT;
			}
		} while (follow(&base, &at));
		TRY(vbs_step_set_index(e, f, w));
		NEXT;
	}
	STEP(NEW)
	{
		struct vbs_global *g = GLOBAL();

		TRY(vbs_step_new(e, g, RA));
		NEXT;
	}
	STEP(RET)
	{
		for (unsigned i = 1; i < OP_A(w); i++)
			if (value_counted(&r[i]))
				vbs_value_release(&r[i]);
		leave = f->leave;
		if (leave & LEAVE_DROP)
			value_clear(&r[0]);
		else if (leave & LEAVE_DELIVER)
			value_move(&f[-1].base[f->to], &r[0]);
		e->depth--;
		if (f->me)
			vbs_instance_leave(f->me);
		if (leave & LEAVE_ENTRY)
			return S_OK;
		RELOAD(f - 1);
		NEXT;
	}

	/* ---- the rest ---- */

	STEP(REDIM)
	{
		TRY(vbs_step_redim(e, f, w));
		NEXT;
	}
	STEP(ERASE)
	{
		TRY(vbs_array_erase(value_deref(RA)));
		NEXT;
	}
	STEP(ONERR)
	{
		f->resume = OP_B(w);
		vbs_raised_clear(&e->err);
		NEXT;
	}
	STEP(RAISE)
	{
		uint32_t text = *pc++;

		TRY(vbs_step_raise(e, OP_BX(w), &k[text]));
		NEXT;
	}
	STEP(EXEC)
	{
		TRY(vbs_engine_execute(e, RA, OP_C(w)));
		NEXT;
	}

enter:
	f->pc = pc;
	hr = vbs_frame_enter(e, binding, proc, me, window, argc, leave);
	if (UNLIKELY(leave & LEAVE_DELIVER)) {
		/* This window is above the frame, which does not empty it. */
		if (FAILED(hr))
			value_clear(&window[1]);
		else
			f[1].to = OP_A(w);
	}
	if (UNLIKELY(FAILED(hr)))
		goto failed;
	f++;
	pc = proc->code;
	r = window;
	k = proc->constants;
	CHOOSE_STEPS();
	CHECK_LIMITS();
	NEXT;

native:
	/* The step that was done ended here. */
	pc--;
	if (vbs_native_run(e, pc, &hr)) {
		if (FAILED(hr))
			goto failed;
		RELOAD(NEWEST());
	}
	w = *pc++;
	goto *steps[w & 0xFF];

called:
	if (OP_C(w) & CALL_STATEMENT)
		value_clear(RA);
	NEXT;

failed:
	hr = vbs_frame_unwind(e, hr);
	if (FAILED(hr))
		return hr;
	RELOAD(NEWEST());
	NEXT;
}

/* Builds with faults see that nothing is left behind: a register above all frames that still holds
 * something would hold it until somebody happens to overwrite it. */
static void check_registers(const struct vbs_engine *e)
{
#ifdef SURROGATE_FAULTS
	for (unsigned i = 1; !e->depth && i < REGISTERS_MAX; i++)
		ASSERT(!value_counted(&e->stack[i]) || !e->stack[i].i); /* Nothing is nothing */
#endif
	(void)e;
}

HRESULT vbs_vm_call(struct vbs_engine *e, struct vbs_binding *binding, const struct vbs_proc *proc,
		    struct vbs_instance *me, struct value *argv, unsigned argc, struct value *ret)
{
	struct vbs_frame *up = e->depth ? &e->frames[e->depth - 1] : NULL;
	struct value *base = up ? up->base + up->proc->registers : e->stack;
	HRESULT hr;

	if (e->ending || (--e->budget < 0 && FAILED(vbs_vm_poll(e))))
		return e->end_hr;
	if (e->native_depth >= NATIVE_DEPTH_MAX || base + argc + 1 >= e->stack_end)
		return VBS_HR(28);
	for (unsigned i = 0; i < argc; i++)
		value_move(&base[i + 1], &argv[i]);
	hr = vbs_frame_enter(e, binding, proc, me, base, argc, LEAVE_ENTRY);
	if (FAILED(hr)) {
		for (unsigned i = 0; i < argc; i++)
			value_clear(&base[i + 1]);
		return hr;
	}
	/* Class_Terminate, when this was the last that kept it, runs where the result is. */
	if (me)
		vbs_instance_enter(me);
	e->native_depth++;
	hr = run(e);
	e->native_depth--;
	check_registers(e);
	if (SUCCEEDED(hr) && ret)
		value_move(ret, &base[0]);
	else
		value_clear(&base[0]);
	if (me)
		vbs_instance_leave(me);
	return hr;
}
