/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that leave the machine's loop: members of objects, elements of arrays, names of
 * the host. Windows are as in opcodes.h; on success the arguments are gone.
 */
#include "script/vbs/instance.h"

#include "base/mem.h"
#include "com/errorinfo.h"
#include "script/vbs/builtin.h"
#include "script/vbs/call-quick.h"
#include "script/vbs/convert.h"
#include "script/vbs/object.h"
#include "script/vbs/variant.h"

#define DEFAULT_HOPS 16 /* default properties that lead to further objects */

static void clear_window(struct value *window, unsigned from, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		value_clear(&window[from + i]);
}

/* ---- foreign objects ---- */

/* Arguments in COM's reverse order. A reference becomes VT_BYREF to a VARIANT in `stores`, whose
 * content before the call is kept in `before`. */
struct invocation {
	VARIANT args[BUILTIN_ARGS_MAX + 1];
	VARIANT stores[BUILTIN_ARGS_MAX + 1];
	VARIANT before[BUILTIN_ARGS_MAX + 1];
};

static void invocation_done(struct invocation *v, unsigned argc)
{
	for (unsigned i = 0; i < argc; i++)
		VariantClear(&v->stores[i]);
}

static HRESULT invocation_prepare(struct invocation *v, struct value *args, unsigned argc,
				  bool byref, bool has_value)
{
	for (unsigned i = 0; i < argc; i++) {
		unsigned at = argc - 1 - i;
		HRESULT hr;

		v->stores[at].vt = VT_EMPTY;
		if (args[i].type == VT_BSTR || args[i].type == VT_DISPATCH) {
			/* Lent: the register holds it until the call is over. */
			v->args[at] = (VARIANT){ .vt = args[i].type, .punkVal = args[i].unk };
			continue;
		}
		hr = vbs_to_variant(&args[i], &v->stores[at]);
		if (FAILED(hr)) {
			for (unsigned k = argc - i; k < argc; k++)
				VariantClear(&v->stores[k]);
			return hr;
		}
		v->before[at] = v->stores[at];
		v->args[at] = v->stores[at];
		if (byref && args[i].type == VBS_REF && !(has_value && i + 1 == argc)) {
			v->args[at].vt = VT_BYREF | VT_VARIANT;
			v->args[at].pvarVal = &v->stores[at];
		}
	}
	return S_OK;
}

/* What the callee put into our variables. */
static HRESULT invocation_return(struct vbs_engine *e, struct invocation *v, struct value *args,
				 unsigned argc)
{
	HRESULT hr = S_OK;

	for (unsigned i = 0; i < argc && SUCCEEDED(hr); i++) {
		unsigned at = argc - 1 - i;

		if (v->args[at].vt != (VT_BYREF | VT_VARIANT) ||
		    /* a copy of the bytes: NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
		    !memcmp(&v->before[at], &v->stores[at], sizeof v->stores[at]))
			continue;
		hr = vbs_from_variant(&e->heap, &v->stores[at], args[i].ref);
	}
	return hr;
}

HRESULT vbs_invoke(struct vbs_engine *e, IDispatch *object, DISPID dispid, struct text name,
		   WORD kind, struct value *args, unsigned argc, bool byref, struct value *ret)
{
	DISPID put = DISPID_PROPERTYPUT;
	bool is_put = kind & (DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF);
	bool own = automation_class_of(object) != NULL;
	struct invocation v;
	DISPPARAMS params = { v.args, NULL, argc, 0 };
	VARIANT result = { .vt = VT_EMPTY };
	EXCEPINFO x = { 0 };
	UINT wrong = 0;
	HRESULT hr;

	if (argc > BUILTIN_ARGS_MAX)
		return VBS_HR(450);
	if (vbs_invoke_direct(e, object, dispid, name, kind, args, argc, is_put ? NULL : ret, &hr))
		return hr;
	hr = invocation_prepare(&v, args, argc, byref, is_put);
	if (FAILED(hr))
		return hr;
	if (is_put) {
		params.rgdispidNamedArgs = &put;
		params.cNamedArgs = 1;
	}
	/* The callee may drop the last reference to its object. Ours hold one themselves. */
	if (!own) {
		object->lpVtbl->AddRef(object);
		errorinfo_clear();
	}
	hr = object->lpVtbl->Invoke(object, dispid, &GUID_NULL, e->locale->lcid, kind, &params,
				    is_put ? NULL : &result, &x, &wrong);
	if (SUCCEEDED(hr) && byref)
		hr = invocation_return(e, &v, args, argc);
	invocation_done(&v, argc);
	if (SUCCEEDED(hr) && !is_put)
		hr = vbs_take_variant(&e->heap, &result, ret);
	else
		VariantClear(&result);
	if (FAILED(hr) && hr != DISP_E_EXCEPTION && !own)
		hr = errorinfo_to_exception((IUnknown *)(void *)object, &IID_IDispatch, hr, &x);
	if (FAILED(hr))
		hr = vbs_throw_exception(e, hr, &x, name);
	automation_exception_clear(&x);
	if (!own)
		object->lpVtbl->Release(object);
	return hr;
}

HRESULT vbs_object_default(struct vbs_heap *heap, IDispatch *object, struct value *ret)
{
	struct vbs_engine *e = heap->engine;
	struct value at = VALUE_OBJ(object);
	HRESULT hr = S_OK;

	vbs_value_keep(&at);
	for (int hops = 0; at.type == VT_DISPATCH && SUCCEEDED(hr); hops++) {
		struct value window[2] = { VALUE_EMPTY, VALUE_EMPTY };

		if (!at.obj) {
			hr = VBS_HR(91);
		} else if (hops == DEFAULT_HOPS) {
			hr = VBS_HR(438);
		} else {
			value_copy(&window[0], &at);
			hr = vbs_call_value(e, window, 0, 0);
			if (SUCCEEDED(hr))
				value_move(&at, &window[0]);
		}
		value_clear(&window[0]);
	}
	if (SUCCEEDED(hr))
		value_move(ret, &at);
	else
		value_clear(&at);
	return hr;
}

/* ---- members ---- */

/* Whether a failure says that the object could not be asked, not that it has no such member: that
 * of a call to another process (facilities RPC and WIN32, where E_OUTOFMEMORY is, too). */
static bool is_unreached(HRESULT hr)
{
	uint32_t facility = (uint32_t)hr >> 16;

	return facility == 0x8001 || (facility == 0x8007 && hr != E_INVALIDARG);
}

/* The DISPID of `name`, from the site's cache when the object is of the class seen last. */
static HRESULT find_member(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
			   IDispatch *object, DISPID *ret, bool *ret_byref)
{
	const struct automation_class *class = automation_class_of(object);
	const struct vbs_name *name = &b->program->names[b->program->sites[site].name];
	struct vbs_cache *cache = &b->caches[site];
	OLECHAR *names[1] = { name->bstr ? name->bstr : (OLECHAR *)u"" };
	HRESULT hr;

	if (class && cache->key == class) {
		*ret = cache->dispid;
		*ret_byref = cache->byref;
		return S_OK;
	}
	*ret_byref = true;
	/* Callers refuse Nothing: NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	hr = object->lpVtbl->GetIDsOfNames(object, &GUID_NULL, names, 1, 0x409, ret);
	if (FAILED(hr))
		return is_unreached(hr) ? hr : vbs_throw_name(e, 438, name->text);
	if (!class || class->lookup)
		return S_OK;
	/* Members of ours say whether they want references. */
	*ret_byref = class->invoke != NULL;
	for (size_t i = 0; i < class->member_count; i++)
		if (class->members[i].dispid == *ret && class->members[i].kinds & AUTOMATION_BYREF)
			*ret_byref = true;
	*cache = (struct vbs_cache){ .key = class, .dispid = *ret, .byref = *ret_byref };
	return S_OK;
}

static const struct vbs_member *find_own(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
					 const struct vbs_class *class)
{
	struct vbs_cache *cache = &b->caches[site];
	struct text name = b->program->names[b->program->sites[site].name].text;
	const struct vbs_member *m;

	if (cache->key == class)
		return cache->member;
	m = vbs_class_member(class, name);
	if (m)
		*cache = (struct vbs_cache){ .key = class, .member = m };
	(void)e;
	return m;
}

/* The object of a member call: error 424 when the value is none. */
static HRESULT need_object(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
			   struct value *v, IDispatch **ret)
{
	uint32_t object = b->program->sites[site].object;
	struct text name = object == NAME_NONE ? TEXT("") : b->program->names[object].text;

	v = value_deref(v);
	if (v->type == VT_DISPATCH && v->obj) {
		*ret = v->obj;
		return S_OK;
	}
	return vbs_throw_name(e, 424, name);
}

static HRESULT call_member(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
			   struct value *window, unsigned argc)
{
	struct text name = b->program->names[b->program->sites[site].name].text;
	struct value result = VALUE_EMPTY;
	const struct vbs_member *m;
	struct vbs_instance *own;
	IDispatch *object = NULL;
	DISPID dispid;
	bool byref;
	HRESULT hr;

	hr = need_object(e, b, site, window, &object);
	if (FAILED(hr))
		return hr;
	own = vbs_instance_of(e, object);
	if (own) {
		m = find_own(e, b, site, own->class);
		if (!m)
			return vbs_throw_name(e, 438, name);
		return vbs_instance_get(e, own, m, window, argc);
	}
	hr = find_member(e, b, site, object, &dispid, &byref);
	if (FAILED(hr))
		return hr;
	vbs_direct_learn(b, site, object, DISPATCH_METHOD | DISPATCH_PROPERTYGET);
	hr = vbs_invoke(e, object, dispid, name, DISPATCH_METHOD | DISPATCH_PROPERTYGET, window + 1,
			argc, byref, &result);
	if (SUCCEEDED(hr)) {
		clear_window(window, 1, argc);
		value_move(&window[0], &result);
	}
	return hr;
}

/* The procedure behind a member of one of the script's own objects, for the machine to enter; none
 * for fields and foreign objects. */
static HRESULT find_method(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
			   struct value *window, struct vbs_method *ret)
{
	struct value *v = value_deref(window);
	const struct vbs_member *m;
	struct vbs_instance *own;
	HRESULT hr;

	own = v->type == VT_DISPATCH ? vbs_instance_of(e, v->obj) : NULL;
	if (!own)
		return S_OK;
	m = find_own(e, b, site, own->class);
	if (!m)
		return S_OK;
	if (m->kind == MEMBER_FIELD) {
		b->caches[site].field = vbs_instance_shows(e, own, m->is_private);
		return S_OK;
	}
	hr = vbs_instance_method(e, own, m, m->get, m->is_private, ret);
	/* A site is in one procedure: what it may call now it may always call. */
	if (SUCCEEDED(hr))
		b->caches[site].proc = ret->proc;
	return hr;
}

static __attribute__((noinline)) HRESULT call_member_at(struct vbs_engine *e, struct vbs_binding *b,
							uint32_t site, struct value *window,
							unsigned argc, struct vbs_method *ret)
{
	HRESULT hr;

	if (!vbs_call_direct(e, b, site, window, argc, &hr)) {
		hr = find_method(e, b, site, window, ret);
		if (SUCCEEDED(hr) && !ret->proc)
			hr = call_member(e, b, site, window, argc);
	}
	return FAILED(hr) ? vbs_throw_qualified(e, b, site, hr) : hr;
}

HRESULT vbs_call_member(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
			struct value *window, unsigned argc, struct vbs_method *ret)
{
	HRESULT hr;

	ret->proc = NULL;
	if (vbs_quick_site(e, &b->caches[site], window, argc, false, &hr))
		return hr;
	return call_member_at(e, b, site, window, argc, ret);
}

void vbs_find_callee(struct vbs_engine *e, struct value *v, struct vbs_method *ret)
{
	struct vbs_instance *own;
	const struct vbs_member *m;

	v = value_deref(v);
	own = v->type == VT_DISPATCH ? vbs_script_object(e, v->obj) : NULL;
	ret->proc = NULL;
	if (!own)
		return;
	if (own->function) {
		*ret = (struct vbs_method){ own->binding, own->function, NULL };
	} else if (own->class->default_member >= 0) {
		m = &own->class->members[own->class->default_member];
		if (m->get != PROC_NONE && vbs_instance_shows(e, own, m->is_private))
			*ret = (struct vbs_method){ own->binding, &own->program->procs[m->get],
						    own };
	}
}

/* Let gives the default property of an object, Set wants one. `*v` is made what to pass. */
static HRESULT put_operand(struct vbs_engine *e, struct value *v, unsigned mode)
{
	if (mode == 0 && value_deref(v)->type == VT_DISPATCH && value_deref(v)->obj) {
		struct value plain = VALUE_EMPTY;
		HRESULT hr = vbs_object_default(&e->heap, value_deref(v)->obj, &plain);

		if (SUCCEEDED(hr))
			value_move(v, &plain);
		return hr;
	}
	if (mode == 1 && value_deref(v)->type != VT_DISPATCH)
		return VBS_HR(424);
	return S_OK;
}

static HRESULT put_foreign(struct vbs_engine *e, IDispatch *object, DISPID dispid, struct text name,
			   struct value *window, unsigned argc, unsigned mode, bool byref)
{
	bool set = mode && value_deref(&window[argc + 1])->type == VT_DISPATCH;
	HRESULT hr;

	hr = vbs_invoke(e, object, dispid, name,
			set ? DISPATCH_PROPERTYPUTREF : DISPATCH_PROPERTYPUT, window + 1, argc + 1,
			byref, NULL);
	if (set && hr == VBS_HR(438)) {
		vbs_raised_clear(&e->raised);
		hr = vbs_invoke(e, object, dispid, name, DISPATCH_PROPERTYPUT, window + 1, argc + 1,
				byref, NULL);
	}
	return hr;
}

static HRESULT find_put(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
			struct value *window, unsigned argc, unsigned mode, struct vbs_method *ret)
{
	struct value *v = value_deref(window);
	const struct vbs_member *m;
	struct vbs_instance *own;
	HRESULT hr;
	bool set;

	own = v->type == VT_DISPATCH ? vbs_instance_of(e, v->obj) : NULL;
	m = own ? find_own(e, b, site, own->class) : NULL;
	if (!m)
		return S_OK;
	if (m->kind == MEMBER_FIELD)
		b->caches[site].field = vbs_instance_shows(e, own, m->is_private);
	if (m->kind != MEMBER_PROPERTY)
		return S_OK;
	/* Property Let gets an object as it is, and Set does not make do with a Let. */
	set = value_deref(&window[argc + 1])->type == VT_DISPATCH && mode;
	if (mode == 1 && !set)
		return VBS_HR(424);
	hr = vbs_instance_method(e, own, m, set ? m->set : m->let,
				 set ? m->private_set : m->private_let, ret);
	/* The machine looks here only for values that are no objects. */
	if (SUCCEEDED(hr) && !set)
		b->caches[site].proc = ret->proc;
	return hr;
}

static HRESULT put_member(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
			  struct value *window, unsigned argc, unsigned mode)
{
	struct text name = b->program->names[b->program->sites[site].name].text;
	const struct vbs_member *m;
	struct vbs_instance *own;
	IDispatch *object = NULL;
	DISPID dispid;
	bool byref;
	HRESULT hr;

	hr = need_object(e, b, site, window, &object);
	if (SUCCEEDED(hr))
		hr = put_operand(e, &window[argc + 1], mode);
	if (FAILED(hr))
		return hr;
	own = vbs_instance_of(e, object);
	if (own) {
		m = find_own(e, b, site, own->class);
		if (!m)
			return vbs_throw_name(e, 438, name);
		hr = vbs_instance_put(e, own, m, window, argc, mode);
	} else {
		hr = find_member(e, b, site, object, &dispid, &byref);
		if (SUCCEEDED(hr)) {
			vbs_direct_learn(b, site, object, DISPATCH_PROPERTYPUT);
			hr = put_foreign(e, object, dispid, name, window, argc, mode, byref);
		}
	}
	if (SUCCEEDED(hr))
		clear_window(window, 0, argc + 2);
	return hr;
}

static __attribute__((noinline)) HRESULT put_member_at(struct vbs_engine *e, struct vbs_binding *b,
						       uint32_t site, struct value *window,
						       unsigned argc, unsigned mode,
						       struct vbs_method *ret)
{
	HRESULT hr;

	if (mode || !vbs_put_direct(e, b, site, window, argc, &hr)) {
		hr = find_put(e, b, site, window, argc, mode, ret);
		if (FAILED(hr))
			return hr;
		if (!ret->proc)
			hr = put_member(e, b, site, window, argc, mode);
	}
	return FAILED(hr) ? vbs_throw_qualified(e, b, site, hr) : hr;
}

HRESULT vbs_put_member(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
		       struct value *window, unsigned argc, unsigned mode, struct vbs_method *ret)
{
	HRESULT hr;

	ret->proc = NULL;
	if (!mode && vbs_quick_site(e, &b->caches[site], window, argc + 1, true, &hr))
		return hr;
	return put_member_at(e, b, site, window, argc, mode, ret);
}

/* ---- values that are called ---- */

/* The default member of an object with arguments. */
static HRESULT call_object(struct vbs_engine *e, IDispatch *object, struct value *window,
			   unsigned argc)
{
	struct vbs_instance *own = vbs_instance_of(e, object);
	struct vbs_instance *function = vbs_script_object(e, object);
	struct value result = VALUE_EMPTY;
	HRESULT hr;

	if (own) {
		const struct vbs_class *class = own->class;

		if (class->default_member < 0)
			return VBS_HR(438);
		return vbs_instance_get(e, own, &class->members[class->default_member], window,
					argc);
	}
	if (function)
		hr = vbs_vm_call(e, function->binding, function->function, NULL, window + 1, argc,
				 &result);
	else
		hr = vbs_invoke(e, object, DISPID_VALUE, TEXT(""),
				DISPATCH_METHOD | DISPATCH_PROPERTYGET, window + 1, argc, true,
				&result);
	if (SUCCEEDED(hr)) {
		clear_window(window, 1, argc);
		value_move(&window[0], &result);
	}
	return hr;
}

static HRESULT array_element(struct value *base, struct value *args, unsigned argc,
			     struct value **ret)
{
	struct value *indices[VBS_DIMS_MAX];

	if (argc > VBS_DIMS_MAX)
		return VBS_HR(9);
	for (unsigned i = 0; i < argc; i++)
		indices[i] = &args[i];
	return vbs_array_at(base->array, indices, argc, ret);
}

HRESULT vbs_call_value(struct vbs_engine *e, struct value *window, unsigned argc, unsigned flags)
{
	struct value *base = value_deref(&window[0]), *item;
	HRESULT hr;

	(void)flags;
	if (base->type == VBS_ARRAY && argc) {
		hr = array_element(base, window + 1, argc, &item);
		if (FAILED(hr))
			return hr;
		value_copy(&window[0], item);
		clear_window(window, 1, argc);
		return S_OK;
	}
	if (base->type != VT_DISPATCH)
		return VBS_HR(13);
	if (!base->obj)
		return VBS_HR(91);
	return call_object(e, base->obj, window, argc);
}

HRESULT vbs_index(struct vbs_engine *e, struct value *base, struct value *index, struct value *ret)
{
	struct value window[2] = { VALUE_EMPTY, VALUE_EMPTY }, *item;
	HRESULT hr;

	if (base->type == VBS_ARRAY) {
		hr = array_element(base, index, 1, &item);
		if (SUCCEEDED(hr))
			value_copy(ret, item);
		return hr;
	}
	if (vbs_index_direct(e, base, index, ret, &hr))
		return hr;
	value_copy(&window[0], base);
	window[1] = (struct value){ .type = VBS_REF, .ref = index };
	hr = vbs_call_value(e, window, 1, 0);
	if (SUCCEEDED(hr))
		value_move(ret, &window[0]);
	clear_window(window, 0, 2);
	return hr;
}

/* window[0] becomes a reference to the element, its array kept and locked by `lock`. */
HRESULT vbs_element(struct vbs_engine *e, struct value *window, unsigned argc, struct value *lock)
{
	struct value *base = value_deref(&window[0]), *item;
	HRESULT hr;

	if (base->type != VBS_ARRAY)
		return vbs_call_value(e, window, argc, 0);
	value_clear(lock);
	hr = vbs_array_own(base);
	if (SUCCEEDED(hr))
		hr = array_element(base, window + 1, argc, &item);
	if (FAILED(hr))
		return hr;
	base->array->refs++;
	base->array->locks++;
	*lock = (struct value){ .type = VBS_LOCK, .array = base->array };
	clear_window(window, 1, argc);
	value_set(&window[0], (struct value){ .type = VBS_REF, .ref = item });
	return S_OK;
}

static HRESULT put_object(struct vbs_engine *e, IDispatch *object, struct value *window,
			  unsigned argc, unsigned mode)
{
	struct vbs_instance *own = vbs_instance_of(e, object);

	if (own) {
		const struct vbs_class *class = own->class;

		if (class->default_member < 0)
			return VBS_HR(438);
		return vbs_instance_put(e, own, &class->members[class->default_member], window,
					argc, mode);
	}
	return put_foreign(e, object, DISPID_VALUE, TEXT(""), window, argc, mode, true);
}

static HRESULT put_element(struct vbs_array *array, struct value *item, const struct value *v)
{
	struct value lock = { .type = VBS_LOCK, .array = array };
	HRESULT hr;

	if (v->type != VBS_ARRAY) {
		value_copy(item, v);
		return S_OK;
	}
	array->refs++;
	array->locks++;
	hr = vbs_array_put(item, v);
	value_clear(&lock);
	return hr;
}

HRESULT vbs_put_value(struct vbs_engine *e, struct value *window, unsigned argc, unsigned mode)
{
	struct value *base = value_deref(&window[0]), *item;
	bool own = base->type == VT_DISPATCH && base->obj && vbs_instance_of(e, base->obj);
	HRESULT hr = own && !mode ? S_OK : put_operand(e, &window[argc + 1], mode);

	if (FAILED(hr))
		return hr;
	if (base->type == VBS_ARRAY) {
		hr = vbs_array_own(base);
		if (SUCCEEDED(hr))
			hr = array_element(base, window + 1, argc, &item);
		if (SUCCEEDED(hr))
			hr = put_element(base->array, item, value_deref(&window[argc + 1]));
	} else if (base->type == VT_DISPATCH && base->obj) {
		hr = put_object(e, base->obj, window, argc, mode);
	} else {
		hr = VBS_HR(13);
	}
	if (SUCCEEDED(hr))
		clear_window(window, 0, argc + 2);
	return hr;
}

HRESULT vbs_set_index(struct vbs_engine *e, struct value *base, struct value *index,
		      struct value *value)
{
	struct value window[3] = { { .type = VBS_REF, .ref = base },
				   { .type = VBS_REF, .ref = index },
				   VALUE_EMPTY };
	HRESULT hr;

	if (vbs_set_index_direct(e, base, index, value, &hr))
		return hr;
	value_copy(&window[2], value);
	hr = vbs_put_value(e, window, 1, 0);
	clear_window(window, 0, 3);
	return hr;
}

/* ---- names ---- */

static HRESULT call_host_member(struct vbs_engine *e, struct vbs_global *g, struct value *window,
				unsigned argc)
{
	struct value result = VALUE_EMPTY;
	HRESULT hr =
		vbs_invoke(e, g->host, g->dispid, g->name, DISPATCH_METHOD | DISPATCH_PROPERTYGET,
			   window + 1, argc, true, &result);

	if (SUCCEEDED(hr)) {
		clear_window(window, 1, argc);
		value_move(&window[0], &result);
	}
	return hr;
}

HRESULT vbs_global_get(struct vbs_engine *e, struct vbs_global *g, struct value *window,
		       unsigned argc, unsigned flags)
{
	struct value result = VALUE_EMPTY;
	HRESULT hr;

	switch (g->kind) {
	case GLOBAL_PROC:
		hr = vbs_vm_call(e, g->binding, g->proc, NULL, window + 1, argc, &result);
		if (SUCCEEDED(hr))
			value_move(&window[0], &result);
		return hr;
	case GLOBAL_MEMBER:
		return call_host_member(e, g, window, argc);
	case GLOBAL_VAR:
	case GLOBAL_OBJECT:
	case GLOBAL_CONST:
		if (flags & CALL_BARE) {
			value_copy(&window[0], &g->value);
			return S_OK;
		}
		if (g->value.type != VBS_ARRAY && g->value.type != VT_DISPATCH)
			return vbs_throw_name(e, 13, g->name);
		value_set(&window[0], (struct value){ .type = VBS_REF, .ref = &g->value });
		return vbs_call_value(e, window, argc, flags);
	case GLOBAL_UNBOUND:
		/* A local variable that has the name when nothing global does. */
		if (flags & CALL_LOCAL)
			return vbs_call_value(e, window, argc, flags);
		if (!(flags & CALL_BARE))
			return vbs_throw_name(e, 13, g->name);
		if (e->depth && e->frames[e->depth - 1].binding->program->explicit)
			return vbs_throw_name(e, 500, g->name);
		value_clear(&window[0]);
		return S_OK;
	default:
		return vbs_throw_name(e, 13, g->name);
	}
}

HRESULT vbs_store(struct vbs_engine *e, struct value *slot, struct value *v, unsigned mode)
{
	if (mode == 1 && v->type != VT_DISPATCH && v->type != VT_UNKNOWN)
		return VBS_HR(424);
	if (mode == 0 && v->type == VT_DISPATCH) {
		struct value plain = VALUE_EMPTY;
		HRESULT hr = vbs_object_default(&e->heap, v->obj, &plain);

		if (SUCCEEDED(hr))
			hr = vbs_store(e, slot, &plain, 2);
		value_clear(&plain);
		return hr;
	}
	if (slot->type == VBS_ARRAY && slot->array->locks)
		return VBS_HR(10);
	return vbs_array_put(slot, v);
}

HRESULT vbs_global_set(struct vbs_engine *e, struct vbs_global *g, struct value *v, unsigned mode)
{
	HRESULT hr;

	switch (g->kind) {
	case GLOBAL_VAR:
		hr = vbs_store(e, &g->value, value_deref(v), mode);
		break;
	case GLOBAL_MEMBER: {
		struct value window[2] = { VALUE_EMPTY, VALUE_EMPTY };

		hr = put_operand(e, v, mode);
		value_copy(&window[1], value_deref(v));
		if (SUCCEEDED(hr))
			hr = put_foreign(e, g->host, g->dispid, g->name, window, 0, mode, true);
		value_clear(&window[1]);
		break;
	}
	case GLOBAL_UNBOUND:
		return vbs_throw_name(e, 500, g->name);
	default:
		return vbs_throw_name(e, 501, g->name);
	}
	if (SUCCEEDED(hr))
		value_clear(v);
	return hr;
}
