/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calling a member of an object of ours without IDispatch.Invoke (com/automation.h, "The short
 * way"): the machine's values are seen as VARIANTs without a copy, and the member's function is
 * called. Arrays, decimals and members that want references go by Invoke, as do calls that it
 * refuses or reads in its own way. Called by vbs_invoke.
 */
#include "script/vbs/call-quick.h"

#include "base/mem.h"
#include "com/variant.h"

#define DIRECT_ARGS 4

/* As vbs_variant_view, with one conversion. */
static inline bool view(const struct value *v, VARIANT *ret)
{
	if (vbs_variant_view(v, ret))
		return true;
	if (v->type != VT_R4)
		return false;
	ret->fltVal = (float)v->d;
	return true;
}

/* What others may let go while the member runs is held: its object, and what the script's own
 * variables hold. */
static void hold(IDispatch *object, const struct value *args, unsigned argc, struct value *held)
{
	object->lpVtbl->AddRef(object);
	for (unsigned i = 0; i < argc; i++) {
		held[i] = VALUE_EMPTY;
		if (args[i].type == VBS_REF)
			value_copy(&held[i], args[i].ref);
	}
}

static void let_go(IDispatch *object, unsigned argc, struct value *held)
{
	for (unsigned i = 0; i < argc; i++)
		value_clear(&held[i]);
	object->lpVtbl->Release(object);
}

/* What the member failed with, as the script sees it. */
static __attribute__((noinline)) HRESULT fail(struct vbs_engine *e, struct automation_call *call,
					      HRESULT hr, struct text name)
{
	VariantClear(call->result);
	hr = vbs_throw_exception(e, hr, call->exception, name);
	automation_exception_clear(call->exception);
	return hr;
}

static inline HRESULT call_row(struct vbs_engine *e, const struct automation_member *row,
			       struct automation_call *call, struct text name, struct value *ret)
{
	VARIANT result = { .vt = VT_EMPTY };
	EXCEPINFO x = { 0 };
	HRESULT hr;

	call->result = &result;
	call->exception = &x;
	hr = row->fn(call);
	if (FAILED(hr))
		return fail(e, call, hr, name);
	if (ret)
		return vbs_take_result(e, &result, ret);
	variant_drop(&result);
	return hr;
}

/* The members that can be called so. */
static const struct automation_member *plain_row(const struct automation_class *class,
						 DISPID dispid, WORD kind)
{
	const struct automation_member *row = automation_row(class, dispid, kind);

	return row && !(row->kinds & AUTOMATION_BYREF) ? row : NULL;
}

static __attribute__((noinline)) HRESULT call_held(struct vbs_engine *e, IDispatch *object,
						   const struct automation_member *row,
						   struct automation_call *call, struct text name,
						   const struct value *args, unsigned argc,
						   struct value *ret)
{
	struct value held[DIRECT_ARGS + 1];
	HRESULT hr;

	hold(object, args, argc, held);
	hr = call_row(e, row, call, name, ret);
	let_go(object, argc, held);
	return hr;
}

static bool invoke_row(struct vbs_engine *e, IDispatch *object, const struct automation_member *row,
		       struct text name, WORD kind, const struct value *args, unsigned argc,
		       struct value *ret, HRESULT *ret_hr)
{
	bool put = kind & (DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF);
	VARIANT views[DIRECT_ARGS + 1];
	struct automation_call call;
	bool objects = false;

	if (argc > DIRECT_ARGS + put || argc < put || argc - put < row->min_args ||
	    argc - put > row->max_args)
		return false;
	for (unsigned i = 0; i < argc; i++) {
		if (!view(args[i].type == VBS_REF ? args[i].ref : &args[i], &views[i]))
			return false;
		objects |= views[i].vt == VT_DISPATCH;
		call.argv[i] = &views[i];
	}
	call.self = container_of(object, struct automation_object, dispatch);
	call.lcid = e->locale->lcid;
	call.dispid = row->dispid;
	call.kind = kind & row->kinds;
	call.argc = argc - put;
	call.value = put ? &views[argc - 1] : NULL;
	*ret_hr = row->kinds & AUTOMATION_LEAF || (row->kinds & AUTOMATION_PLAIN && !objects)
			  ? call_row(e, row, &call, name, ret)
			  : call_held(e, object, row, &call, name, args, argc, ret);
	return true;
}

bool vbs_invoke_direct(struct vbs_engine *e, IDispatch *object, DISPID dispid, struct text name,
		       WORD kind, const struct value *args, unsigned argc, struct value *ret,
		       HRESULT *ret_hr)
{
	const struct automation_class *class = automation_class_of(object);
	const struct automation_member *row = class ? plain_row(class, dispid, kind) : NULL;

	return row && invoke_row(e, object, row, name, kind, args, argc, ret, ret_hr);
}

/* ---- sites ---- */

void vbs_direct_learn(struct vbs_binding *b, uint32_t site, IDispatch *object, WORD kind)
{
	struct vbs_cache *cache = &b->caches[site];
	const struct automation_class *class = automation_class_of(object);

	if (class && cache->key == class)
		cache->row = plain_row(class, cache->dispid, kind);
}

static const struct automation_member *row_at(const struct vbs_cache *cache, const struct value *v)
{
	return v->type == VT_DISPATCH && cache->row && cache->key == automation_class_of(v->obj)
		       ? cache->row
		       : NULL;
}

static struct text name_at(const struct vbs_binding *b, uint32_t site)
{
	return b->program->names[b->program->sites[site].name].text;
}

bool vbs_call_direct(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
		     struct value *window, unsigned argc, HRESULT *ret_hr)
{
	struct value *v = value_deref(window);
	const struct automation_member *row = row_at(&b->caches[site], v);

	if (!row ||
	    !invoke_row(e, v->obj, row, name_at(b, site), DISPATCH_METHOD | DISPATCH_PROPERTYGET,
			window + 1, argc, &window[0], ret_hr))
		return false;
	for (unsigned i = 1; i <= argc && SUCCEEDED(*ret_hr); i++)
		value_clear(&window[i]);
	return true;
}

bool vbs_put_direct(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
		    struct value *window, unsigned argc, HRESULT *ret_hr)
{
	struct value *v = value_deref(window);
	const struct automation_member *row = row_at(&b->caches[site], v);

	/* An object has a default to ask for first. */
	if (!row || value_deref(&window[argc + 1])->type == VT_DISPATCH ||
	    !invoke_row(e, v->obj, row, name_at(b, site), DISPATCH_PROPERTYPUT, window + 1,
			argc + 1, NULL, ret_hr))
		return false;
	for (unsigned i = 0; i < argc + 2 && SUCCEEDED(*ret_hr); i++)
		value_clear(&window[i]);
	return true;
}

/* ---- default members ---- */

static const struct vbs_defaults *defaults_of(struct vbs_engine *e, const struct value *base)
{
	const struct automation_class *class =
		base->type == VT_DISPATCH ? automation_class_of(base->obj) : NULL;
	struct vbs_defaults *d = &e->defaults;

	if (class && d->class != class) {
		d->class = class;
		d->get = plain_row(class, DISPID_VALUE, DISPATCH_METHOD | DISPATCH_PROPERTYGET);
		d->put = plain_row(class, DISPID_VALUE, DISPATCH_PROPERTYPUT);
		d->get_quick = vbs_quick_of(d->get, 1, false);
		d->put_quick = vbs_quick_of(d->put, 2, true);
	}
	return class ? d : NULL;
}

bool vbs_index_direct(struct vbs_engine *e, struct value *base, struct value *index,
		      struct value *ret, HRESULT *ret_hr)
{
	const struct vbs_defaults *defaults = defaults_of(e, base);
	struct value arg = { .type = VBS_REF, .ref = index };

	return defaults && defaults->get &&
	       invoke_row(e, base->obj, defaults->get, TEXT(""),
			  DISPATCH_METHOD | DISPATCH_PROPERTYGET, &arg, 1, ret, ret_hr);
}

bool vbs_set_index_direct(struct vbs_engine *e, struct value *base, struct value *index,
			  struct value *value, HRESULT *ret_hr)
{
	const struct vbs_defaults *defaults = defaults_of(e, base);
	struct value args[2] = { { .type = VBS_REF, .ref = index },
				 { .type = VBS_REF, .ref = value } };

	return defaults && defaults->put && value->type != VT_DISPATCH &&
	       invoke_row(e, base->obj, defaults->put, TEXT(""), DISPATCH_PROPERTYPUT, args, 2,
			  NULL, ret_hr);
}
