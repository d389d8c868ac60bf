/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calling the quick function of a member (com/automation.h), from the machine's registers and back
 * into them: for call.c, vm-step.c and native-call.c, which go the long way when it is refused.
 */
#pragma once

#include "base/mem.h"
#include "script/vbs/engine.h"
#include "script/vbs/variant.h"

#define QUICK_ARGS 2 /* at most, with the value of a put */

/* What a VARIANT and a value have alike: the narrower integers, and True and False, are the low
 * bytes. */
#define VARIANT_ALIKE                                                                              \
	(1u << VT_EMPTY | 1u << VT_NULL | 1u << VT_UI1 | 1u << VT_I2 | 1u << VT_I4 |               \
	 1u << VT_BOOL | 1u << VT_ERROR | 1u << VT_BSTR | 1u << VT_DISPATCH | 1u << VT_R8 |        \
	 1u << VT_DATE | 1u << VT_CY)
_Static_assert(VARIANT_TRUE == -1, "as True is in a value");

/* `v` seen as a VARIANT, nothing counted; false for what needs a conversion. */
static inline bool vbs_variant_view(const struct value *v, VARIANT *ret)
{
	ret->vt = v->type;
	ret->llVal = v->i;
	return v->type < 32 && VARIANT_ALIKE >> v->type & 1;
}

/* Into `*ret`, which may hold something. */
static inline HRESULT vbs_take_result(struct vbs_engine *e, VARIANT *v, struct value *ret)
{
	const uint32_t whole = 1u << VT_EMPTY | 1u << VT_NULL | 1u << VT_R8 | 1u << VT_DATE |
			       1u << VT_CY | 1u << VT_BSTR | 1u << VT_DISPATCH;

	if (v->vt == VT_I4)
		value_set(ret, VALUE_I4(v->lVal));
	else if (v->vt == VT_I2)
		value_set(ret, VALUE_I2(v->iVal));
	else if (v->vt == VT_BOOL)
		value_set(ret, VALUE_BOOL(v->boolVal));
	else if (v->vt < 32 && whole >> v->vt & 1)
		value_set(ret, (struct value){ .type = v->vt, .i = v->llVal });
	else
		return vbs_take_variant(&e->heap, v, ret);
	return S_OK;
}

/* The row's quick function when it is for so many arguments, the value of a put among them. */
static inline automation_quick_fn vbs_quick_of(const struct automation_member *row, unsigned argc,
					       bool put)
{
	return row && argc - 1 < QUICK_ARGS && argc == row->max_args + put ? row->quick : NULL;
}

/* Calls it with one argument, or two. False: nothing happened. The result, which `ret` NULL does
 * not ask for, comes last: what it replaces may be the object. */
static inline __attribute__((always_inline)) bool
vbs_quick_call(struct vbs_engine *e, automation_quick_fn quick, IDispatch *object,
	       const struct value *first, const struct value *second, struct value *ret,
	       HRESULT *ret_hr)
{
	VARIANT views[QUICK_ARGS], result;

	if (!vbs_variant_view(first, &views[0]) || (second && !vbs_variant_view(second, &views[1])))
		return false;
	result.vt = VT_EMPTY;
	if (!quick(container_of(object, struct automation_object, dispatch), views, &result))
		return false;
	*ret_hr = ret ? vbs_take_result(e, &result, ret) : S_OK;
	return true;
}

/* A member call or a put with the window at `window`, by what the site knows. */
static inline __attribute__((always_inline)) bool
vbs_quick_site(struct vbs_engine *e, const struct vbs_cache *cache, struct value *window,
	       unsigned argc, bool put, HRESULT *ret_hr)
{
	struct value *v = value_deref(&window[0]);
	automation_quick_fn quick = vbs_quick_of(cache->row, argc, put);

	if (!quick || v->type != VT_DISPATCH || cache->key != automation_class_of(v->obj) ||
	    !vbs_quick_call(e, quick, v->obj, value_deref(&window[1]),
			    argc == 2 ? value_deref(&window[2]) : NULL, put ? NULL : &window[0],
			    ret_hr))
		return false;
	value_clear(&window[1]);
	if (argc == 2)
		value_clear(&window[2]);
	if (put)
		value_clear(&window[0]);
	return true;
}

/* object(index), object(index) = value. */
static inline __attribute__((always_inline)) bool
vbs_quick_default(struct vbs_engine *e, const struct value *base, const struct value *index,
		  const struct value *value, struct value *ret, HRESULT *ret_hr)
{
	const struct vbs_defaults *d = &e->defaults;
	automation_quick_fn quick = value ? d->put_quick : d->get_quick;

	return quick && base->type == VT_DISPATCH && d->class == automation_class_of(base->obj) &&
	       vbs_quick_call(e, quick, base->obj, index, value, ret, ret_hr);
}

/* R[A] := R[B](R[C]) */
static inline __attribute__((always_inline)) bool
vbs_quick_index(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w, HRESULT *ret_hr)
{
	struct value *at = &f->base[OP_C(w)];

	if (!vbs_quick_default(e, value_deref(&f->base[OP_B(w)]), value_deref(at), NULL,
			       &f->base[OP_A(w)], ret_hr))
		return false;
	/* A temporary is used up. */
	if (SUCCEEDED(*ret_hr) && OP_C(w) >= f->proc->local_count && OP_C(w) != OP_A(w))
		value_clear(at);
	return true;
}
