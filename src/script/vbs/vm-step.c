/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the machine's instructions do off their fast paths: every combination of subtypes,
 * references, temporaries that hold text. Called by vm.c and by native code, which have
 * stored the frame's pc.
 */
#include "script/vbs/vm.h"

#include "base/mem.h"
#include "script/vbs/call-quick.h"
#include "script/vbs/convert.h"

#include <math.h>

/* ---- operators ---- */

/* An operand that is a temporary is used up, unless the result took its place. */
static void use_up(const struct vbs_frame *f, unsigned reg, unsigned result)
{
	if (reg >= f->proc->local_count && reg != result)
		value_clear(&f->base[reg]);
}

static bool is_int(const struct value *v)
{
	return v->type == VT_I2 || v->type == VT_I4;
}

/* Integer and Double mixed: the commonest pair that the loop leaves. */
static bool mixed(enum vbs_operator op, const struct value *x, const struct value *y, double *ret)
{
	double a, b;

	if ((!is_int(x) && x->type != VT_R8) || (!is_int(y) && y->type != VT_R8))
		return false;
	a = x->type == VT_R8 ? x->d : (double)x->i;
	b = y->type == VT_R8 ? y->d : (double)y->i;
	switch (op) {
	case OP_ADD:
		*ret = a + b;
		break;
	case OP_SUB:
		*ret = a - b;
		break;
	case OP_MUL:
		*ret = a * b;
		break;
	case OP_DIV:
		*ret = a / b;
		break;
	default:
		return false;
	}
	return isfinite(*ret) && !(is_int(x) && is_int(y) && op != OP_DIV);
}

HRESULT vbs_step_operate(struct vbs_engine *e, const struct vbs_frame *f, enum vbs_operator op,
			 uint32_t w, struct value *y)
{
	struct value *x = &f->base[OP_B(w)], *to = &f->base[OP_A(w)];
	HRESULT hr = S_OK;
	double d;

	if (mixed(op, value_deref(x), value_deref(y), &d))
		value_set(to, VALUE_R8(d));
	else
		hr = vbs_operate(e, op, x, y, to);
	if (FAILED(hr))
		return hr;
	use_up(f, OP_B(w), OP_A(w));
	if (y == &f->base[OP_C(w)])
		use_up(f, OP_C(w), OP_A(w));
	return hr;
}

HRESULT vbs_step_operate_unary(struct vbs_engine *e, const struct vbs_frame *f,
			       enum vbs_operator op, uint32_t w)
{
	HRESULT hr = vbs_operate_unary(e, op, &f->base[OP_B(w)], &f->base[OP_A(w)]);

	if (SUCCEEDED(hr))
		use_up(f, OP_B(w), OP_A(w));
	return hr;
}

HRESULT vbs_step_compare(struct vbs_engine *e, const struct vbs_frame *f, enum vbs_operator op,
			 uint32_t w, struct value *y)
{
	int out;
	HRESULT hr = vbs_compare(e, op, &f->base[OP_A(w)], y, &out);

	if (FAILED(hr))
		return hr;
	if (!(OP_C(w) & 2))
		use_up(f, OP_A(w), REGISTER_NONE);
	if (y == &f->base[OP_B(w)])
		use_up(f, OP_B(w), REGISTER_NONE);
	return out < 0 ? 2 : out;
}

HRESULT vbs_step_condition(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w)
{
	struct value *v = value_deref(&f->base[OP_A(w)]);
	bool is = false;
	HRESULT hr = v->type == VT_NULL ? S_OK : vbs_to_bool(&e->heap, v, &is);

	if (FAILED(hr))
		return hr;
	use_up(f, OP_A(w), REGISTER_NONE);
	return is;
}

/* x = x & tail. R[B] has the text that x held when the statement began; or it is R[A], which refers
 * to x, when only a default property of the tail could change x meanwhile. */
HRESULT vbs_step_append(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w)
{
	struct value *slot = value_deref(&f->base[OP_A(w)]), *text = &f->base[OP_B(w)];
	struct value *tail = &f->base[OP_C(w)], held = VALUE_EMPTY;
	bool runs = value_deref(tail)->type == VT_DISPATCH;
	HRESULT hr;

	if (OP_A(w) == OP_B(w)) {
		if (runs)
			value_copy(&held, slot);
		text = runs ? &held : slot;
	} else if (!runs && slot->type == VT_BSTR && text->type == VT_BSTR &&
		   slot->str == text->str) {
		value_clear(text);
		text = slot;
	}
	hr = vbs_concat(e, text, tail, text);
	if (SUCCEEDED(hr) && text != slot)
		value_move(slot, text);
	value_clear(&held);
	if (SUCCEEDED(hr))
		use_up(f, OP_C(w), REGISTER_NONE);
	return hr;
}

/* ---- moving ---- */

void vbs_step_load(struct value *v, unsigned what)
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
}

HRESULT vbs_step_let(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w)
{
	struct value *to = &f->base[OP_A(w)], *from = value_deref(&f->base[OP_B(w)]);
	HRESULT hr;

	/* What a temporary held is of no interest, even if it is an array that is locked. */
	if (OP_A(w) < f->proc->local_count || from->type == VT_DISPATCH)
		hr = vbs_store(e, to, from, 0);
	else
		hr = vbs_array_put(to, from);
	if (SUCCEEDED(hr) && OP_C(w))
		value_clear(&f->base[OP_B(w)]);
	return hr;
}

/* *slot := R[reg], which is used up: text moves. */
static HRESULT store(struct vbs_engine *e, const struct vbs_frame *f, struct value *slot,
		     unsigned reg, unsigned mode)
{
	struct value *v = &f->base[reg];
	HRESULT hr;

	if (reg >= f->proc->local_count && v->type == VT_BSTR && mode != 1 &&
	    slot->type != VBS_ARRAY) {
		value_move(slot, v);
		return S_OK;
	}
	hr = vbs_store(e, slot, value_deref(v), mode);
	if (SUCCEEDED(hr))
		use_up(f, reg, REGISTER_NONE);
	return hr;
}

HRESULT vbs_step_set_field(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w)
{
	return store(e, f, &f->me->fields[OP_BX(w)], OP_A(w), 0);
}

HRESULT vbs_step_set_ref(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w)
{
	return store(e, f, value_deref(&f->base[OP_A(w)]), OP_B(w), OP_C(w));
}

HRESULT vbs_step_ref_global(struct vbs_engine *e, struct vbs_global *g, struct value *to)
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

HRESULT vbs_step_ref_unsure(struct vbs_engine *e, const struct vbs_frame *f, struct vbs_global *g,
			    uint32_t w)
{
	struct value *to = &f->base[OP_A(w)];

	if (g->kind != GLOBAL_UNBOUND)
		return vbs_step_ref_global(e, g, to);
	if (OP_B(w) != REGISTER_NONE) {
		struct value *v = value_deref(&f->base[OP_B(w)]);

		/* Only Execute can make it, and did not. */
		if (value_missing(v) && f->binding->program->explicit)
			return vbs_throw_name(e, 500, g->name);
		value_set(to, (struct value){ .type = VBS_REF, .ref = v });
		return S_OK;
	}
	if (f->binding->program->explicit)
		return vbs_throw_name(e, 500, g->name);
	value_clear(to);
	return S_OK;
}

HRESULT vbs_step_far(struct vbs_engine *e, struct value *to, uint32_t count)
{
	struct vbs_array *a;
	HRESULT hr = vbs_array_vector(&e->heap, count, &a);

	if (SUCCEEDED(hr))
		value_set(to, (struct value){ .type = VBS_ARRAY, .array = a });
	return hr;
}

/* ---- elements ---- */

static __attribute__((noinline)) HRESULT index_at(struct vbs_engine *e, const struct vbs_frame *f,
						  uint32_t w, struct vbs_method *callee)
{
	struct value *base = value_deref(&f->base[OP_B(w)]), *at = &f->base[OP_C(w)];
	struct value *window = f->base + f->proc->registers;
	bool spare = OP_C(w) >= f->proc->local_count && OP_C(w) != OP_A(w);
	HRESULT hr;

	vbs_find_callee(e, base, callee);
	if (!callee->proc) {
		hr = vbs_index(e, base, value_deref(at), &f->base[OP_A(w)]);
		if (SUCCEEDED(hr))
			use_up(f, OP_C(w), OP_A(w));
		return hr;
	}
	if (window + 2 > e->stack_end)
		return VBS_HR(28);
	if (spare)
		value_move(&window[1], at);
	else
		value_set(&window[1], (struct value){ .type = VBS_REF, .ref = value_deref(at) });
	return S_OK;
}

HRESULT vbs_step_index(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w,
		       struct vbs_method *callee)
{
	HRESULT hr;

	if (!vbs_quick_index(e, f, w, &hr))
		return index_at(e, f, w, callee);
	callee->proc = NULL;
	return hr;
}

HRESULT vbs_step_set_index(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w)
{
	struct value *base = value_deref(&f->base[OP_A(w)]);
	struct value *at = value_deref(&f->base[OP_B(w)]), *v = &f->base[OP_C(w)];
	HRESULT hr = S_OK;

	if (v->type == VT_BSTR && OP_C(w) >= f->proc->local_count && base->type == VBS_ARRAY &&
	    is_int(at) && base->array->refs == 1 && (uint64_t)at->i < base->array->length)
		value_move(&base->array->items[at->i], v);
	else if (!vbs_quick_default(e, base, at, value_deref(v), NULL, &hr))
		hr = vbs_set_index(e, base, at, value_deref(v));
	if (FAILED(hr))
		return hr;
	use_up(f, OP_B(w), REGISTER_NONE);
	use_up(f, OP_C(w), REGISTER_NONE);
	return hr;
}

HRESULT vbs_step_redim(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w)
{
	struct value *window = &f->base[OP_A(w)], *slot = value_deref(window);
	unsigned dims = OP_B(w), flags = OP_C(w);
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

/* ---- the rest ---- */

HRESULT vbs_step_new(struct vbs_engine *e, struct vbs_global *g, struct value *to)
{
	IDispatch *object = NULL;
	HRESULT hr;

	hr = vbs_engine_new_object(e, g, &object);
	if (SUCCEEDED(hr))
		value_set(to, VALUE_OBJ(object));
	return hr;
}

HRESULT vbs_step_raise(struct vbs_engine *e, unsigned number, const struct value *text)
{
	char *utf8 = bstr_to_utf8(text->str, NULL);
	HRESULT hr = utf8 ? vbs_throw(e, number, "%s", utf8) : E_OUTOFMEMORY;

	mem_free(utf8);
	return hr;
}
