/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine: one loop over the instructions of opcodes.h. Cases are short; whatever is not a
 * fast path lives in operators.c and call.c. Frames of script procedures do not use the C stack;
 * the loop is entered again only when an object calls back into the script.
 *
 * Invariants: every register above the running procedure's is Empty; a frame's pc is stored
 * before anything that can fail, so that an error knows its place.
 */
#include "script/vbs/engine.h"

#include "base/clock.h"
#include "base/mem.h"
#include "script/vbs/convert.h"
#include "script/vbs/iter.h"

#include <math.h>

/* From now on nothing of the script runs but what leads out of it. */
static HRESULT end_script(struct vbs_engine *e, HRESULT hr)
{
	e->ending = true;
	e->end_hr = hr;
	e->budget = 0;
	return hr;
}

HRESULT vbs_vm_poll(struct vbs_engine *e)
{
	int64_t number = __atomic_load_n(&e->interrupt, __ATOMIC_RELAXED);

	if (e->ending)
		return end_script(e, e->end_hr);
	if (number)
		return end_script(e, (HRESULT)number);
	if (e->deadline && clock_now() > e->deadline)
		return end_script(e, E_ABORT);
	e->budget = BUDGET;
	return S_OK;
}

/* ---- frames ---- */

static void frame_leave(struct vbs_engine *e)
{
	struct vbs_frame *f = &e->frames[e->depth - 1];
	struct value *r = f->base;
	struct vbs_instance *me = f->me;

	for (unsigned i = f->drop ? 0 : 1; i < f->proc->registers; i++)
		value_clear(&r[i]);
	e->depth--;
	if (me)
		vbs_instance_unref(me);
}

/* Arguments at base[1...argc] become the parameters of a new frame. */
static HRESULT frame_enter(struct vbs_engine *e, struct vbs_binding *binding,
			   const struct vbs_proc *proc, struct vbs_instance *me, struct value *base,
			   unsigned argc)
{
	struct vbs_frame *f;

	if (argc != proc->param_count)
		return VBS_HR(450);
	if (e->depth >= e->limits.depth || base + proc->registers > e->stack_end)
		return VBS_HR(28);
	if (proc->has_byval)
		for (unsigned i = 0; i < argc; i++)
			if (proc->byval[i] && base[i + 1].type == VBS_REF)
				value_copy(&base[i + 1], base[i + 1].ref);
	/* The window may hold the only reference to the object whose method this is. */
	if (me)
		vbs_instance_ref(me);
	value_clear(&base[0]);
	f = &e->frames[e->depth++];
	/* Engines have their frames: NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	*f = (struct vbs_frame){
		.binding = binding, .proc = proc, .pc = proc->code, .base = base, .me = me
	};
	return S_OK;
}

/* ---- errors ---- */

static const uint32_t *next_statement(const struct vbs_frame *f, unsigned *ret_live)
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
	if (low == f->proc->line_count)
		return NULL;
	*ret_live = f->proc->lines[low].live;
	return f->proc->code + f->proc->lines[low].pc;
}

/* Finds who goes on after the error. S_OK when the newest frame does; else the error, with all
 * frames up to the machine's entry gone. */
static HRESULT unwind(struct vbs_engine *e, HRESULT hr)
{
	if (hr == VBS_E_END_SCRIPT)
		end_script(e, hr);
	/* A script may do nothing but fail and go on. */
	if (--e->budget < 0 && FAILED(vbs_vm_poll(e)))
		hr = e->end_hr;
	vbs_raised_complete(e, hr);
	for (;;) {
		struct vbs_frame *f = &e->frames[e->depth - 1];
		bool entry = f->entry;
		const uint32_t *pc;
		unsigned live;

		if (f->resume && !e->ending && (pc = next_statement(f, &live))) {
			vbs_raised_clear(&e->err);
			e->err = e->raised;
			e->raised = (struct vbs_raised){ 0 };
			f->pc = pc;
			for (unsigned i = live; i < f->proc->registers; i++)
				value_clear(&f->base[i]);
			return S_OK;
		}
		f->drop = true;
		frame_leave(e);
		if (entry)
			return hr;
	}
}

/* ---- small instructions ---- */

static HRESULT load_special(struct value *v, unsigned what)
{
	switch (what) {
	case 1:
		value_set(v, VALUE_NULL);
		break;
	case 2:
		value_set(v, VALUE_OBJ(NULL));
		break;
	case 3:
	case 4:
		value_set(v, VALUE_BOOL(what == 3));
		break;
	case 5:
		value_set(v, VALUE_MISSING);
		break;
	default:
		value_clear(v);
	}
	return S_OK;
}

static HRESULT ref_global(struct vbs_engine *e, struct vbs_global *g, struct value *to)
{
	switch (g->kind) {
	case GLOBAL_VAR:
		value_set(to, (struct value){ .type = VBS_REF, .ref = &g->value });
		return S_OK;
	case GLOBAL_OBJECT:
	case GLOBAL_CONST:
		value_copy(to, &g->value);
		return S_OK;
	case GLOBAL_UNBOUND:
		return vbs_throw_name(e, 500, g->name);
	default:
		value_clear(to);
		return vbs_global_get(e, g, to, 0, CALL_BARE);
	}
}

static HRESULT ref_unsure(struct vbs_engine *e, const struct vbs_frame *f, struct vbs_global *g,
			  struct value *to, unsigned local)
{
	if (g->kind != GLOBAL_UNBOUND)
		return ref_global(e, g, to);
	if (local != REGISTER_NONE) {
		struct value *v = value_deref(&f->base[local]);

		value_set(to, (struct value){ .type = VBS_REF, .ref = v });
		return S_OK;
	}
	if (f->binding->program->explicit)
		return vbs_throw_name(e, 500, g->name);
	value_clear(to);
	return S_OK;
}

static HRESULT make_far(struct vbs_engine *e, struct value *to, uint32_t count)
{
	struct vbs_array *a;
	HRESULT hr = vbs_array_vector(&e->heap, count, &a);

	if (SUCCEEDED(hr))
		value_set(to, (struct value){ .type = VBS_ARRAY, .array = a });
	return hr;
}

static HRESULT append_ref(struct vbs_engine *e, struct value *ref, struct value *snapshot,
			  struct value *tail)
{
	struct value *slot = value_deref(ref);
	HRESULT hr;

	if (slot->type == VT_BSTR && snapshot->type == VT_BSTR && slot->str == snapshot->str) {
		value_clear(snapshot);
		return vbs_concat(e, slot, tail, slot);
	}
	hr = vbs_concat(e, snapshot, tail, snapshot);
	if (SUCCEEDED(hr))
		value_move(slot, snapshot);
	return hr;
}

static HRESULT start_each(struct vbs_engine *e, struct value *v)
{
	struct vbs_iter *iter;
	HRESULT hr = vbs_iter_new(&e->heap, value_deref(v), &iter);

	if (SUCCEEDED(hr))
		value_set(v, (struct value){ .type = VBS_ITER, .iter = iter });
	return hr;
}

static HRESULT redim(struct vbs_engine *e, struct value *window, unsigned dims, unsigned flags)
{
	struct value *slot = value_deref(&window[0]);
	int32_t counts[VBS_DIMS_MAX];
	struct vbs_array *a;
	HRESULT hr;

	if (dims > VBS_DIMS_MAX)
		return VBS_HR(9);
	for (unsigned i = 0; i < dims; i++) {
		hr = vbs_to_int(&e->heap, &window[i + 1], &counts[i]);
		if (FAILED(hr))
			return hr;
		if (counts[i] < -1 || counts[i] == INT32_MAX)
			return VBS_HR(9);
		counts[i]++;
		value_clear(&window[i + 1]);
	}
	if (dims && !(flags & 2)) {
		hr = vbs_array_redim(&e->heap, slot, counts, dims, flags & 1);
	} else {
		/* Dim: fixed with bounds, empty without. */
		hr = vbs_array_new(&e->heap, counts, dims, &a);
		if (SUCCEEDED(hr)) {
			a->fixed = flags & 2;
			value_set(slot, (struct value){ .type = VBS_ARRAY, .array = a });
		}
	}
	value_clear(&window[0]);
	return hr;
}

static HRESULT raise_constant(struct vbs_engine *e, unsigned number, const struct value *text)
{
	char *utf8 = bstr_to_utf8(text->str, NULL);
	HRESULT hr = utf8 ? vbs_throw(e, number, "%s", utf8) : E_OUTOFMEMORY;

	mem_free(utf8);
	return hr;
}

static HRESULT condition(struct vbs_engine *e, struct value *v, bool *ret)
{
	v = value_deref(v);
	if (v->type == VT_NULL) {
		*ret = false;
		return S_OK;
	}
	return vbs_to_bool(&e->heap, v, ret);
}

static HRESULT set_object(struct vbs_engine *e, struct value *to, struct value *from)
{
	return vbs_store(e, to, from, 1);
}

/* ---- the loop ---- */

#define IS_INT(v) ((v)->type == VT_I2 || (v)->type == VT_I4)
/* Stores a number where a number, or something counted, was. */
#define PUT(to, what)                                                                              \
	do {                                                                                       \
		struct value *put_ = (to);                                                         \
		if (value_counted(put_))                                                           \
			value_clear(put_);                                                         \
		*put_ = (what);                                                                    \
	} while (0)

static inline struct value int_result(int64_t n, bool is_long)
{
	if (!is_long && n >= INT16_MIN && n <= INT16_MAX)
		return VALUE_I2(n);
	if (n >= INT32_MIN && n <= INT32_MAX)
		return VALUE_I4(n);
	return VALUE_R8((double)n);
}

#define TRY(call)                                                                                  \
	do {                                                                                       \
		f->pc = pc;                                                                        \
		hr = (call);                                                                       \
		if (FAILED(hr))                                                                    \
			goto failed;                                                               \
	} while (0)

#define ARITHMETIC(name, right)                                                                    \
	{                                                                                          \
		struct value *x = value_deref(&r[OP_B(w)]), *y = value_deref(right);               \
		if (IS_INT(x) && IS_INT(y)) {                                                      \
			int64_t n;                                                                 \
			bool l = (x->type | y->type) & 1;                                          \
			n = ARITH_##name(x->i, y->i);                                              \
			PUT(&r[OP_A(w)], int_result(n, l));                                        \
		} else if (x->type == VT_R8 && y->type == VT_R8 &&                                 \
			   isfinite(ARITH_##name(x->d, y->d))) {                                   \
			double d = ARITH_##name(x->d, y->d);                                       \
			PUT(&r[OP_A(w)], VALUE_R8(d));                                             \
		} else {                                                                           \
			TRY(vbs_operate(e, OP_##name, x, y, &r[OP_A(w)]));                         \
		}                                                                                  \
		break;                                                                             \
	}
#define ARITH_ADD(x, y) ((x) + (y))
#define ARITH_SUB(x, y) ((x) - (y))
#define ARITH_MUL(x, y) ((x) * (y))

/* 1, 0, or -1 for Null. */
#define COMPARE(name, cmp, x, y, out)                                                              \
	if (IS_INT(x) && IS_INT(y)) {                                                              \
		out = (x)->i cmp(y)->i;                                                            \
	} else if ((x)->type == VT_R8 && (y)->type == VT_R8) {                                     \
		out = (x)->d cmp(y)->d;                                                            \
	} else {                                                                                   \
		TRY(vbs_compare(e, OP_##name, x, y, &out));                                        \
	}

#define COMPARE_CASE(name, cmp)                                                                    \
	case VBS_##name: {                                                                         \
		struct value *x = value_deref(&r[OP_B(w)]), *y = value_deref(&r[OP_C(w)]);         \
		int out;                                                                           \
		COMPARE(name, cmp, x, y, out);                                                     \
		PUT(&r[OP_A(w)], out < 0 ? VALUE_NULL : VALUE_BOOL(out));                          \
		break;                                                                             \
	}

#define JUMP_CASE(op, name, cmp, right)                                                            \
	case VBS_##op: {                                                                           \
		struct value *x = value_deref(&r[OP_A(w)]), *y = value_deref(right);               \
		uint32_t to = *pc++;                                                               \
		int out;                                                                           \
		COMPARE(name, cmp, x, y, out);                                                     \
		if ((out == 1) == OP_C(w))                                                         \
			pc = f->proc->code + to;                                                   \
		break;                                                                             \
	}

#define OPERATE_CASE(name)                                                                         \
	case VBS_##name:                                                                           \
		TRY(vbs_operate(e, OP_##name, &r[OP_B(w)], &r[OP_C(w)], &r[OP_A(w)]));             \
		break;

/* What the loop caches of the newest frame. */
#define RELOAD()                                                                                   \
	do {                                                                                       \
		f = &e->frames[e->depth - 1];                                                      \
		pc = f->pc;                                                                        \
		r = f->base;                                                                       \
		k = f->proc->constants;                                                            \
	} while (0)

static HRESULT run(struct vbs_engine *e)
{
	struct vbs_frame *f;
	const uint32_t *pc;
	struct value *r;
	struct value *k;
	HRESULT hr;

	RELOAD();
	for (;;) {
		uint32_t w = *pc++;

		switch ((enum vbs_opcode)(w & 0xFF)) {
		case VBS_NOP:
			break;
		case VBS_MOVE:
			value_copy(&r[OP_A(w)], value_deref(&r[OP_B(w)]));
			break;
		case VBS_TAKE:
			value_move(&r[OP_A(w)], &r[OP_B(w)]);
			break;
		case VBS_LET: {
			struct value *from = &r[OP_B(w)];

			if (OP_C(w) && from->type != VT_DISPATCH && from->type != VBS_REF) {
				value_move(&r[OP_A(w)], from);
				break;
			}
			from = value_deref(from);
			if (from->type != VT_DISPATCH)
				value_copy(&r[OP_A(w)], from);
			else
				TRY(vbs_store(e, &r[OP_A(w)], from, 0));
			if (OP_C(w))
				value_clear(&r[OP_B(w)]);
			break;
		}
		case VBS_SETO:
			TRY(set_object(e, &r[OP_A(w)], value_deref(&r[OP_B(w)])));
			break;
		case VBS_LOADK: {
			struct value *from = &k[*pc++], *to = &r[OP_A(w)];

			value_copy(to, from);
			to->flags = from->flags;
			break;
		}
		case VBS_LOADI:
			PUT(&r[OP_A(w)], VALUE_I2(OP_SBX(w)));
			break;
		case VBS_LOADT:
			load_special(&r[OP_A(w)], OP_B(w));
			break;
		case VBS_CLEAR:
			f->pc = pc;
			for (unsigned i = 0; i <= OP_B(w); i++)
				value_clear(&r[OP_A(w) + i]);
			break;
		case VBS_ME: {
			IDispatch *me = f->me ? vbs_instance_dispatch(f->me) : NULL;
			struct value v = VALUE_OBJ(me);

			value_copy(&r[OP_A(w)], &v);
			break;
		}
		case VBS_REFL: {
			struct value *v = value_deref(&r[OP_B(w)]);

			PUT(&r[OP_A(w)], ((struct value){ .type = VBS_REF, .ref = v }));
			break;
		}
		case VBS_REFG: {
			struct vbs_global *g = f->binding->globals[*pc++];

			if (g->kind == GLOBAL_VAR)
				PUT(&r[OP_A(w)],
				    ((struct value){ .type = VBS_REF, .ref = &g->value }));
			else
				TRY(ref_global(e, g, &r[OP_A(w)]));
			break;
		}
		case VBS_REFX: {
			struct vbs_global *g = f->binding->globals[*pc++];

			TRY(ref_unsure(e, f, g, &r[OP_A(w)], OP_B(w)));
			break;
		}
		case VBS_REFM: {
			struct value *v = vbs_instance_field(f->me, OP_BX(w));

			PUT(&r[OP_A(w)], ((struct value){ .type = VBS_REF, .ref = v }));
			break;
		}
		case VBS_FAR: {
			struct value *v = &r[OP_B(w)].array->items[*pc++];

			PUT(&r[OP_A(w)],
			    ((struct value){ .type = VBS_REF, .ref = value_deref(v) }));
			break;
		}
		case VBS_NEWFAR:
			TRY(make_far(e, &r[OP_A(w)], OP_BX(w)));
			break;
		case VBS_ELEM:
			TRY(vbs_element(e, &r[OP_A(w)], OP_B(w), &r[OP_C(w)]));
			break;
		case VBS_SETR:
			TRY(vbs_store(e, value_deref(&r[OP_A(w)]), value_deref(&r[OP_B(w)]),
				      OP_C(w)));
			break;
		case VBS_SETG: {
			struct vbs_global *g = f->binding->globals[*pc++];
			struct value *v = &r[OP_A(w)];

			if (g->kind == GLOBAL_VAR && v->type != VT_DISPATCH && v->type != VBS_REF &&
			    OP_B(w) != 1)
				value_move(&g->value, v);
			else
				TRY(vbs_global_set(e, g, v, OP_B(w)));
			break;
		}
		case VBS_SETX: {
			struct vbs_global *g = f->binding->globals[*pc++];

			if (g->kind == GLOBAL_UNBOUND && OP_B(w) != REGISTER_NONE)
				TRY(vbs_store(e, value_deref(&r[OP_B(w)]), value_deref(&r[OP_A(w)]),
					      OP_C(w)));
			else
				TRY(vbs_global_set(e, g, &r[OP_A(w)], OP_C(w)));
			break;
		}
		case VBS_ADD:
			ARITHMETIC(ADD, &r[OP_C(w)])
		case VBS_SUB:
			ARITHMETIC(SUB, &r[OP_C(w)])
		case VBS_MUL:
			ARITHMETIC(MUL, &r[OP_C(w)])
		case VBS_ADDK:
			ARITHMETIC(ADD, &k[OP_C(w)])
		case VBS_SUBK:
			ARITHMETIC(SUB, &k[OP_C(w)])
		case VBS_MULK:
			ARITHMETIC(MUL, &k[OP_C(w)])
		case VBS_DIV: {
			struct value *x = value_deref(&r[OP_B(w)]), *y = value_deref(&r[OP_C(w)]);

			if (x->type == VT_R8 && y->type == VT_R8 && y->d != 0 &&
			    isfinite(x->d / y->d))
				PUT(&r[OP_A(w)], VALUE_R8(x->d / y->d));
			else
				TRY(vbs_operate(e, OP_DIV, x, y, &r[OP_A(w)]));
			break;
		}
		case VBS_IDIV:
		case VBS_MOD: {
			struct value *x = value_deref(&r[OP_B(w)]), *y = value_deref(&r[OP_C(w)]);
			bool mod = (w & 0xFF) == VBS_MOD;

			if (IS_INT(x) && IS_INT(y) && y->i > 0) {
				/* Both fit 32 bits, whose division is much faster. */
				int32_t p = (int32_t)x->i, q = (int32_t)y->i;
				int64_t n = mod ? p % q : p / q;

				PUT(&r[OP_A(w)], int_result(n, (x->type | y->type) & 1));
			} else {
				TRY(vbs_operate(e, mod ? OP_MOD : OP_IDIV, x, y, &r[OP_A(w)]));
			}
			break;
		}
			OPERATE_CASE(POW)
		case VBS_CAT:
			TRY(vbs_concat(e, &r[OP_B(w)], &r[OP_C(w)], &r[OP_A(w)]));
			break;
			OPERATE_CASE(AND)
			OPERATE_CASE(OR)
			OPERATE_CASE(XOR)
			OPERATE_CASE(EQV)
			OPERATE_CASE(IMP)
			COMPARE_CASE(EQ, ==)
			COMPARE_CASE(NE, !=)
			COMPARE_CASE(LT, <)
			COMPARE_CASE(GT, >)
			COMPARE_CASE(LE, <=)
			COMPARE_CASE(GE, >=)
			OPERATE_CASE(IS)
		case VBS_NEG:
			TRY(vbs_operate_unary(e, OP_NEG, &r[OP_B(w)], &r[OP_A(w)]));
			break;
		case VBS_NOT: {
			struct value *x = &r[OP_B(w)];

			if (x->type == VT_BOOL)
				PUT(&r[OP_A(w)], VALUE_BOOL(!x->i));
			else
				TRY(vbs_operate_unary(e, OP_NOT, x, &r[OP_A(w)]));
			break;
		}
		case VBS_PLUS:
			TRY(vbs_operate_unary(e, OP_PLUS, &r[OP_B(w)], &r[OP_A(w)]));
			break;
		case VBS_APPEND:
			TRY(append_ref(e, &r[OP_A(w)], &r[OP_B(w)], &r[OP_C(w)]));
			break;
		case VBS_JMP:
			pc = f->proc->code + *pc;
			break;
		case VBS_BACK:
			pc = f->proc->code + *pc;
			if (--e->budget < 0)
				TRY(vbs_vm_poll(e));
			break;
		case VBS_JT:
		case VBS_JF: {
			struct value *x = &r[OP_A(w)];
			uint32_t to = *pc++;
			bool is;

			if (x->type == VT_BOOL)
				is = x->i != 0;
			else
				TRY(condition(e, x, &is));
			if (is == ((w & 0xFF) == VBS_JT))
				pc = f->proc->code + to;
			break;
		}
			JUMP_CASE(JEQ, EQ, ==, &r[OP_B(w)])
			JUMP_CASE(JNE, NE, !=, &r[OP_B(w)])
			JUMP_CASE(JLT, LT, <, &r[OP_B(w)])
			JUMP_CASE(JGT, GT, >, &r[OP_B(w)])
			JUMP_CASE(JLE, LE, <=, &r[OP_B(w)])
			JUMP_CASE(JGE, GE, >=, &r[OP_B(w)])
			JUMP_CASE(JEQK, EQ, ==, &k[OP_B(w)])
			JUMP_CASE(JNEK, NE, !=, &k[OP_B(w)])
			JUMP_CASE(JLTK, LT, <, &k[OP_B(w)])
			JUMP_CASE(JGTK, GT, >, &k[OP_B(w)])
			JUMP_CASE(JLEK, LE, <=, &k[OP_B(w)])
			JUMP_CASE(JGEK, GE, >=, &k[OP_B(w)])
		case VBS_FORPREP: {
			uint32_t to = *pc++;
			bool done;

			TRY(vbs_loop_prepare(e, &r[OP_A(w)], &done));
			if (done)
				pc = f->proc->code + to;
			break;
		}
		case VBS_FORLOOP: {
			struct value *v = value_deref(&r[OP_A(w)]), *bounds = &r[OP_B(w)];
			uint32_t to = *pc++;
			bool done;

			if (IS_INT(v) && IS_INT(&bounds[1]) && IS_INT(&bounds[2])) {
				int64_t n = v->i + bounds[2].i;

				*v = int_result(n, (v->type | bounds[2].type) & 1);
				done = bounds[2].i >= 0 ? n > bounds[1].i : n < bounds[1].i;
			} else {
				TRY(vbs_loop_step(e, v, bounds, &done));
			}
			if (done)
				break;
			pc = f->proc->code + to;
			if (--e->budget < 0)
				TRY(vbs_vm_poll(e));
			break;
		}
		case VBS_EACH:
			TRY(start_each(e, &r[OP_A(w)]));
			break;
		case VBS_NEXT: {
			uint32_t to = *pc++;

			/* After an error in its head the loop has no iterator. */
			if (r[OP_B(w)].type != VBS_ITER)
				TRY(VBS_HR(451));
			TRY(vbs_iter_next(r[OP_B(w)].iter, &r[OP_A(w)]));
			if (hr == S_FALSE)
				pc = f->proc->code + to;
			break;
		}
		case VBS_CALLG: {
			struct vbs_global *g = f->binding->globals[*pc++];

			if (g->kind != GLOBAL_PROC) {
				TRY(vbs_global_get(e, g, &r[OP_A(w)], OP_B(w), OP_C(w)));
				break;
			}
			TRY(frame_enter(e, g->binding, g->proc, NULL, &r[OP_A(w)], OP_B(w)));
			RELOAD();
			f->drop = OP_C(w) & CALL_STATEMENT;
			if (--e->budget < 0)
				TRY(vbs_vm_poll(e));
			break;
		}
		case VBS_CALLP: {
			const struct vbs_proc *proc = &f->binding->program->procs[*pc++];

			TRY(frame_enter(e, f->binding, proc, f->me, &r[OP_A(w)], OP_B(w)));
			RELOAD();
			f->drop = OP_C(w) & CALL_STATEMENT;
			if (--e->budget < 0)
				TRY(vbs_vm_poll(e));
			break;
		}
		case VBS_CALLB: {
			uint32_t index = *pc++;

			TRY(vbs_call_builtin(e, index, &r[OP_A(w)], OP_B(w)));
			if (OP_C(w) & CALL_STATEMENT)
				value_clear(&r[OP_A(w)]);
			break;
		}
		case VBS_CALLV:
			TRY(vbs_call_value(e, &r[OP_A(w)], OP_B(w), OP_C(w)));
			if (OP_C(w) & CALL_STATEMENT)
				value_clear(&r[OP_A(w)]);
			break;
		case VBS_CALLM: {
			uint32_t site = *pc++;
			struct vbs_method m;

			TRY(vbs_find_method(e, f->binding, site, &r[OP_A(w)], &m));
			if (!m.proc) {
				TRY(vbs_call_member(e, f->binding, site, &r[OP_A(w)], OP_B(w)));
				if (OP_C(w) & CALL_STATEMENT)
					value_clear(&r[OP_A(w)]);
				break;
			}
			TRY(frame_enter(e, m.binding, m.proc, m.me, &r[OP_A(w)], OP_B(w)));
			RELOAD();
			f->drop = OP_C(w) & CALL_STATEMENT;
			if (--e->budget < 0)
				TRY(vbs_vm_poll(e));
			break;
		}
		case VBS_PUTV:
			TRY(vbs_put_value(e, &r[OP_A(w)], OP_B(w), OP_C(w)));
			break;
		case VBS_PUTM: {
			uint32_t site = *pc++;
			struct vbs_method m;

			TRY(vbs_find_put(e, f->binding, site, &r[OP_A(w)], OP_B(w), OP_C(w), &m));
			if (!m.proc) {
				TRY(vbs_put_member(e, f->binding, site, &r[OP_A(w)], OP_B(w),
						   OP_C(w)));
				break;
			}
			TRY(frame_enter(e, m.binding, m.proc, m.me, &r[OP_A(w)], OP_B(w) + 1));
			RELOAD();
			f->drop = true;
			if (--e->budget < 0)
				TRY(vbs_vm_poll(e));
			break;
		}
		case VBS_INDEX: {
			struct value *base = value_deref(&r[OP_B(w)]),
				     *at = value_deref(&r[OP_C(w)]);

			if (base->type == VBS_ARRAY && IS_INT(at) && base->array->dims == 1 &&
			    at->i >= 0 && (size_t)at->i < base->array->count)
				value_copy(&r[OP_A(w)], &base->array->items[at->i]);
			else
				TRY(vbs_index(e, base, at, &r[OP_A(w)]));
			break;
		}
		case VBS_SETI: {
			struct value *base = value_deref(&r[OP_A(w)]),
				     *at = value_deref(&r[OP_B(w)]);
			struct value *v = value_deref(&r[OP_C(w)]);

			if (base->type == VBS_ARRAY && IS_INT(at) && base->array->refs == 1 &&
			    base->array->dims == 1 && at->i >= 0 &&
			    (size_t)at->i < base->array->count && v->type != VT_DISPATCH)
				value_copy(&base->array->items[at->i], v);
			else
				TRY(vbs_set_index(e, base, at, v));
			break;
		}
		case VBS_NEW: {
			struct vbs_global *g = f->binding->globals[*pc++];
			IDispatch *object = NULL;

			TRY(vbs_engine_new_object(e, g, &object));
			value_set(&r[OP_A(w)], VALUE_OBJ(object));
			break;
		}
		case VBS_RET: {
			bool entry = f->entry;

			frame_leave(e);
			if (entry)
				return S_OK;
			RELOAD();
			break;
		}
		case VBS_REDIM:
			TRY(redim(e, &r[OP_A(w)], OP_B(w), OP_C(w)));
			break;
		case VBS_ERASE:
			TRY(vbs_array_erase(value_deref(&r[OP_A(w)])));
			break;
		case VBS_ONERR:
			f->resume = OP_B(w);
			vbs_raised_clear(&e->err);
			break;
		case VBS_RAISE: {
			uint32_t text = *pc++;

			TRY(raise_constant(e, OP_BX(w), &k[text]));
			break;
		}
		case VBS_EXEC:
			TRY(vbs_engine_execute(e, &r[OP_A(w)], OP_C(w)));
			break;
		case VBS_OPCODE_COUNT:
			/* The verifier holds the compiler to the table. */
			__builtin_unreachable();
		}
		continue;
	failed:
		hr = unwind(e, hr);
		if (FAILED(hr))
			return hr;
		RELOAD();
	}
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
		base[i + 1] = argv[i], argv[i].type = VT_EMPTY;
	hr = frame_enter(e, binding, proc, me, base, argc);
	if (FAILED(hr)) {
		for (unsigned i = 0; i < argc; i++)
			value_clear(&base[i + 1]);
		return hr;
	}
	e->frames[e->depth - 1].entry = true;
	e->native_depth++;
	hr = run(e);
	e->native_depth--;
	if (SUCCEEDED(hr) && ret)
		value_move(ret, &base[0]);
	else
		value_clear(&base[0]);
	return hr;
}
