/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For ... To ... Step: the machine's slow half of counting, for bounds and variables of any
 * subtype; and the start of For Each. Called by vm.c and native code.
 */
#include "script/vbs/vm.h"

#include "script/vbs/convert.h"
#include "script/vbs/iter.h"

static bool is_int(const struct value *v)
{
	return v->type == VT_I2 || v->type == VT_I4;
}

static bool loop_done(const struct value *at, const struct value *limit, const struct value *step)
{
	double x = at->type == VT_R8 || at->type == VT_DATE || at->type == VT_R4 ? at->d
		   : at->type == VT_CY                                           ? at->i / 10000.0
										 : at->i;
	double y = limit->type == VT_R8 ? limit->d : limit->i;
	double s = step->type == VT_R8 ? step->d : step->i;

	return s >= 0 ? x > y : x < y;
}

/* A loop's bound as a number the loop can compare: an integer or a Double. */
static HRESULT loop_number(struct vbs_engine *e, struct value *v, bool keep_kind)
{
	struct value out = VALUE_EMPTY;
	double d;
	HRESULT hr;

	if (v->type == VT_I2 || v->type == VT_I4)
		return S_OK;
	if (keep_kind &&
	    (v->type == VT_R8 || v->type == VT_DATE || v->type == VT_CY || v->type == VT_R4))
		return S_OK;
	if (v->type == VT_NULL)
		return VBS_HR(94);
	if (v->type == VT_BOOL || v->type == VT_UI1 || v->type == VT_EMPTY) {
		out = VALUE_I2(v->type == VT_EMPTY ? 0 : v->i);
	} else {
		hr = vbs_to_double(&e->heap, v, &d);
		if (FAILED(hr))
			return hr;
		out = VALUE_R8(d);
	}
	value_move(v, &out);
	return S_OK;
}

HRESULT vbs_loop_prepare(struct vbs_engine *e, struct value *r, bool *ret_done)
{
	HRESULT hr = loop_number(e, &r[0], true);

	if (SUCCEEDED(hr))
		hr = loop_number(e, &r[1], false);
	if (SUCCEEDED(hr))
		hr = loop_number(e, &r[2], false);
	if (FAILED(hr)) {
		/* Resumed, the loop finds out at Next that it has no bounds. */
		value_clear(&r[1]);
		value_clear(&r[2]);
		return hr;
	}
	*ret_done = loop_done(&r[0], &r[1], &r[2]);
	return S_OK;
}

HRESULT vbs_loop_step(struct vbs_engine *e, struct value *v, struct value *bounds, bool *ret_done)
{
	HRESULT hr;

	/* After an error in its head and On Error Resume Next the loop has no bounds. */
	if ((bounds[1].type != VT_R8 && !is_int(&bounds[1])) ||
	    (bounds[2].type != VT_R8 && !is_int(&bounds[2])))
		return VBS_HR(92);
	v = value_deref(v);
	hr = vbs_operate(e, OP_ADD, v, &bounds[2], v);
	if (SUCCEEDED(hr))
		hr = loop_number(e, v, true);
	if (SUCCEEDED(hr))
		*ret_done = loop_done(v, &bounds[1], &bounds[2]);
	return hr;
}

HRESULT vbs_loop_each(struct vbs_engine *e, struct value *v)
{
	struct vbs_iter *iter;
	HRESULT hr = vbs_iter_new(&e->heap, value_deref(v), v->type == VBS_REF, &iter);

	if (SUCCEEDED(hr))
		value_set(v, (struct value){ .type = VBS_ITER, .iter = iter });
	return hr;
}
