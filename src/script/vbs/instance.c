/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects that the script makes: instances of its classes, and the functions GetRef gives. Both
 * are IDispatch objects, so that components can hold and call them; between scripts of one engine
 * the machine goes around IDispatch.
 *
 * An instance runs on its engine's thread. Class_Terminate runs when the last reference goes. An
 * instance that outlives its engine is disconnected: it only waits to be released.
 */
#include "script/vbs/instance.h"

#include "base/mem.h"
#include "script/vbs/builtin.h"
#include "script/vbs/variant.h"

#include <stdio.h>

/* Instances ended inside the end of another one; further ones wait in a list. */
#define BURY_DEPTH_MAX 20

static struct vbs_instance *instance_of(IDispatch *d)
{
	return container_of(d, struct vbs_instance, dispatch);
}

const char *vbs_instance_type_name(IDispatch *object, char *buffer, size_t size)
{
	struct vbs_instance *i;

	if (object->lpVtbl != &vbs_instance_vtbl)
		return NULL;
	i = instance_of(object);
	if (!i->class)
		return "Object";
	snprintf(buffer, size, TEXT_FMT, TEXT_ARG(i->program->names[i->class->name].text));
	return buffer;
}

/* ---- lifetime ---- */

static void instance_unlink(struct vbs_instance *i)
{
	*i->link = i->next;
	if (i->next)
		i->next->link = i->link;
	i->link = NULL;
}

static void instance_clear(struct vbs_instance *i)
{
	for (uint32_t k = 0; k < i->field_count; k++)
		value_clear(&i->fields[k]);
}

/* Class_Terminate; an error in it stays in it. */
static void instance_terminate(struct vbs_engine *e, struct vbs_instance *i)
{
	struct vbs_raised saved = e->raised;

	if (i->ended)
		return;
	i->ended = true;
	if (!i->class || i->class->terminate == PROC_NONE || e->ending)
		return;
	/* Each may make the next: such a chain has neither a loop nor a call to be stopped at. */
	if (--e->budget < 0 && FAILED(vbs_vm_poll(e)))
		return;
	e->raised = (struct vbs_raised){ 0 };
	vbs_vm_call(e, i->binding, &i->program->procs[i->class->terminate], i, NULL, 0, NULL);
	vbs_raised_clear(&e->raised);
	e->raised = saved;
}

static void instance_end(struct vbs_engine *e, struct vbs_instance *i)
{
	/* The count is held at one, so that uses of Me inside do not end it again. */
	i->refs = 1;
	instance_terminate(e, i);
	if (i->engine && __atomic_sub_fetch(&i->refs, 1, __ATOMIC_ACQ_REL))
		return; /* Class_Terminate gave Me away */
	if (i->link)
		instance_unlink(i);
	instance_clear(i);
	vbs_program_unref(i->program);
	mem_free(i);
}

static void instance_bury(struct vbs_engine *e, struct vbs_instance *i)
{
	if (e->burying >= BURY_DEPTH_MAX) {
		i->next_dead = e->dead;
		e->dead = i;
		return;
	}
	e->burying++;
	instance_end(e, i);
	if (e->burying == 1)
		while ((i = e->dead)) {
			e->dead = i->next_dead;
			instance_end(e, i);
		}
	e->burying--;
}

static ULONG instance_addref(IDispatch *d)
{
	return __atomic_add_fetch(&instance_of(d)->refs, 1, __ATOMIC_RELAXED);
}

static ULONG instance_release(IDispatch *d)
{
	struct vbs_instance *i = instance_of(d);
	uint32_t left = __atomic_sub_fetch(&i->refs, 1, __ATOMIC_ACQ_REL);

	if (!left && !i->running)
		vbs_instance_last(i);
	return left;
}

void vbs_instance_last(struct vbs_instance *i)
{
	if (i->engine) {
		instance_bury(i->engine, i);
	} else {
		vbs_program_unref(i->program);
		mem_free(i);
	}
}

void vbs_instance_unref(struct vbs_instance *i)
{
	instance_release(&i->dispatch);
}

void vbs_instances_end(struct vbs_engine *e)
{
	struct vbs_instance *i = e->instances, *next;

	/* Newest first, each held while it is looked at. What Class_Terminate makes now comes in
	 * front and ends without one. */
	if (i)
		vbs_instance_ref(i);
	for (; i; i = next) {
		instance_terminate(e, i);
		next = i->next;
		if (next)
			vbs_instance_ref(next);
		vbs_instance_unref(i);
	}
	e->ending = true;
	while ((i = e->instances)) {
		vbs_instance_ref(i);
		i->ended = true;
		instance_clear(i);
		if (i->link)
			instance_unlink(i);
		i->engine = NULL;
		vbs_instance_unref(i);
	}
}

static HRESULT instance_make(struct vbs_engine *e, struct vbs_binding *b, uint32_t fields,
			     struct vbs_instance **ret)
{
	size_t size = sizeof(struct vbs_instance) + fields * sizeof(struct value);
	struct vbs_instance *i;
	HRESULT hr = vbs_heap_charge(&e->heap, size);

	if (FAILED(hr))
		return hr;
	i = mem_zalloc(1, size);
	if (!i)
		return E_OUTOFMEMORY;
	i->dispatch.lpVtbl = &vbs_instance_vtbl;
	i->refs = 1;
	i->engine = e;
	i->binding = b;
	i->program = vbs_program_ref(b->program);
	i->field_count = fields;
	i->next = e->instances;
	i->link = &e->instances;
	if (i->next)
		i->next->link = &i->next;
	e->instances = i;
	*ret = i;
	return S_OK;
}

HRESULT vbs_instance_new(struct vbs_engine *e, struct vbs_binding *b, const struct vbs_class *class,
			 IDispatch **ret)
{
	struct vbs_instance *i;
	HRESULT hr = instance_make(e, b, class->field_count, &i);

	if (FAILED(hr))
		return hr;
	i->class = class;
	if (class->prepare != PROC_NONE)
		hr = vbs_vm_call(e, b, &i->program->procs[class->prepare], i, NULL, 0, NULL);
	if (SUCCEEDED(hr) && class->initialize != PROC_NONE)
		hr = vbs_vm_call(e, b, &i->program->procs[class->initialize], i, NULL, 0, NULL);
	if (FAILED(hr)) {
		i->ended = true;
		vbs_instance_unref(i);
		return hr;
	}
	*ret = &i->dispatch;
	return S_OK;
}

HRESULT vbs_function_new(struct vbs_engine *e, struct vbs_binding *b, const struct vbs_proc *proc,
			 IDispatch **ret)
{
	struct vbs_instance *i;
	HRESULT hr = instance_make(e, b, 0, &i);

	if (FAILED(hr))
		return hr;
	i->function = proc;
	*ret = &i->dispatch;
	return S_OK;
}

/* ---- members ---- */

const struct vbs_member *vbs_class_member(const struct vbs_class *class, struct text name)
{
	for (uint32_t k = 0; k < class->member_count; k++)
		if (text_equal_nocase(class->program->names[class->members[k].name].text, name))
			return &class->members[k];
	return NULL;
}

bool vbs_instance_shows(const struct vbs_engine *e, const struct vbs_instance *i, bool is_private)
{
	const struct vbs_frame *f = e->depth ? &e->frames[e->depth - 1] : NULL;

	return !is_private || (f && f->me && f->me->class == i->class);
}

static HRESULT no_member(struct vbs_engine *e, const struct vbs_instance *i,
			 const struct vbs_member *m)
{
	return vbs_throw_name(e, 438, i->program->names[m->name].text);
}

HRESULT vbs_instance_method(struct vbs_engine *e, struct vbs_instance *i,
			    const struct vbs_member *m, uint32_t index, bool is_private,
			    struct vbs_method *ret)
{
	if (index == PROC_NONE || !vbs_instance_shows(e, i, is_private))
		return no_member(e, i, m);
	*ret = (struct vbs_method){ i->binding, &i->program->procs[index], i };
	return S_OK;
}

/* Arguments behind a field are for what it holds. */
static bool can_index(const struct value *field)
{
	return field->type == VBS_ARRAY || field->type == VBS_BYTES || field->type == VT_DISPATCH;
}

HRESULT vbs_instance_get(struct vbs_engine *e, struct vbs_instance *i, const struct vbs_member *m,
			 struct value *window, unsigned argc)
{
	struct value result = VALUE_EMPTY;
	HRESULT hr;

	if (!vbs_instance_shows(e, i, m->is_private))
		return no_member(e, i, m);
	if (m->kind == MEMBER_FIELD) {
		struct value *field = &i->fields[m->field];

		if (!argc) {
			value_copy(&window[0], field);
			return S_OK;
		}
		if (!can_index(field))
			return no_member(e, i, m);
		/* The object must outlive the use of its field. */
		vbs_instance_ref(i);
		value_set(&window[0], (struct value){ .type = VBS_REF, .ref = field });
		hr = vbs_call_value(e, window, argc, 0);
		vbs_instance_unref(i);
		return hr;
	}
	if (m->get == PROC_NONE)
		return no_member(e, i, m);
	hr = vbs_vm_call(e, i->binding, &i->program->procs[m->get], i, window + 1, argc, &result);
	if (SUCCEEDED(hr))
		value_move(&window[0], &result);
	else
		value_clear(&result);
	return hr;
}

static HRESULT put_field(struct vbs_engine *e, struct vbs_instance *i, const struct vbs_member *m,
			 struct value *window, unsigned argc, unsigned mode)
{
	HRESULT hr;

	if (!vbs_instance_shows(e, i, m->is_private))
		return no_member(e, i, m);
	if (!argc)
		return vbs_store(e, &i->fields[m->field], value_deref(&window[1]), mode);
	if (!can_index(&i->fields[m->field]))
		return no_member(e, i, m);
	vbs_instance_ref(i);
	value_set(&window[0], (struct value){ .type = VBS_REF, .ref = &i->fields[m->field] });
	hr = vbs_put_value(e, window, argc, mode);
	vbs_instance_unref(i);
	return hr;
}

HRESULT vbs_instance_put(struct vbs_engine *e, struct vbs_instance *i, const struct vbs_member *m,
			 struct value *window, unsigned argc, unsigned mode)
{
	bool set = mode == 1 || (mode == 2 && value_deref(&window[argc + 1])->type == VT_DISPATCH);
	uint32_t proc = set ? m->set : m->let;

	if (m->kind == MEMBER_FIELD)
		return put_field(e, i, m, window, argc, mode);
	if (mode == 2 && proc == PROC_NONE)
		proc = m->let;
	if (m->kind != MEMBER_PROPERTY || proc == PROC_NONE ||
	    !vbs_instance_shows(e, i, set ? m->private_set : m->private_let))
		return no_member(e, i, m);
	return vbs_vm_call(e, i->binding, &i->program->procs[proc], i, window + 1, argc + 1, NULL);
}

/* ---- IDispatch, for everybody else ---- */

static HRESULT instance_query(IDispatch *d, REFIID riid, void **ret)
{
	if (!ret)
		return E_POINTER;
	*ret = NULL;
	if (!IsEqualGUID(riid, &IID_IUnknown) && !IsEqualGUID(riid, &IID_IDispatch))
		return E_NOINTERFACE;
	instance_addref(d);
	*ret = d;
	return S_OK;
}

static HRESULT instance_type_info_count(IDispatch *d, UINT *ret)
{
	(void)d;
	*ret = 0;
	return S_OK;
}

static HRESULT instance_type_info(IDispatch *d, UINT i, LCID lcid, ITypeInfo **ret)
{
	(void)d, (void)i, (void)lcid;
	*ret = NULL;
	return E_NOTIMPL;
}

static HRESULT instance_ids(IDispatch *d, REFIID riid, OLECHAR **names, UINT count, LCID lcid,
			    DISPID *ret)
{
	struct vbs_instance *i = instance_of(d);
	const struct vbs_member *m;
	char name[256 * 3];
	size_t n = 0;

	(void)riid, (void)lcid;
	for (UINT k = 0; k < count; k++)
		ret[k] = DISPID_UNKNOWN;
	while (names[0][n] && n < 255)
		n++;
	n = utf16_to_utf8(names[0], n, name, sizeof name);
	m = i->class ? vbs_class_member(i->class, (struct text){ name, n }) : NULL;
	if (!m || m->is_private || count != 1)
		return DISP_E_UNKNOWNNAME;
	ret[0] = m - i->class->members + 1;
	return S_OK;
}

/* Arguments from outside: references of VARIANTs become slots that are written back. */
struct arrival {
	struct value window[BUILTIN_ARGS_MAX + 2];
	struct value slots[BUILTIN_ARGS_MAX + 1];
	VARIANT *targets[BUILTIN_ARGS_MAX + 1];
};

static HRESULT arrive(struct vbs_engine *e, DISPPARAMS *params, struct arrival *a)
{
	HRESULT hr = S_OK;

	for (UINT k = 0; k < params->cArgs && SUCCEEDED(hr); k++) {
		VARIANT *v = &params->rgvarg[params->cArgs - 1 - k];

		hr = vbs_from_variant(&e->heap, v, &a->slots[k]);
		if (v->vt == (VT_BYREF | VT_VARIANT)) {
			a->targets[k] = v->pvarVal;
			a->window[k + 1] = (struct value){ .type = VBS_REF, .ref = &a->slots[k] };
		} else if (SUCCEEDED(hr)) {
			value_move(&a->window[k + 1], &a->slots[k]);
		}
	}
	return hr;
}

static HRESULT depart(struct arrival *a, UINT argc)
{
	HRESULT hr = S_OK;

	for (UINT k = 0; k < argc && SUCCEEDED(hr); k++) {
		VARIANT out = { .vt = VT_EMPTY };

		if (!a->targets[k])
			continue;
		hr = vbs_to_variant(&a->slots[k], &out);
		if (SUCCEEDED(hr)) {
			VariantClear(a->targets[k]);
			*a->targets[k] = out;
		}
	}
	return hr;
}

static const struct vbs_member *member_of(const struct vbs_instance *i, DISPID id)
{
	if (!i->class)
		return NULL;
	if (id == DISPID_VALUE && i->class->default_member >= 0)
		return &i->class->members[i->class->default_member];
	return id >= 1 && (uint32_t)id <= i->class->member_count ? &i->class->members[id - 1]
								 : NULL;
}

static HRESULT instance_call(struct vbs_instance *i, DISPID id, WORD flags, struct arrival *a,
			     UINT argc)
{
	struct vbs_engine *e = i->engine;
	const struct vbs_member *m = member_of(i, id);

	if (i->function)
		return id == DISPID_VALUE ? vbs_vm_call(e, i->binding, i->function, NULL,
							a->window + 1, argc, &a->window[0])
					  : DISP_E_MEMBERNOTFOUND;
	if (!m)
		return DISP_E_MEMBERNOTFOUND;
	if (flags & (DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF)) {
		if (!argc)
			return DISP_E_BADPARAMCOUNT;
		return vbs_instance_put(e, i, m, a->window, argc - 1,
					flags & DISPATCH_PROPERTYPUTREF ? 1 : 2);
	}
	return vbs_instance_get(e, i, m, a->window, argc);
}

static HRESULT instance_invoke(IDispatch *d, DISPID id, REFIID riid, LCID lcid, WORD flags,
			       DISPPARAMS *params, VARIANT *result, EXCEPINFO *x, UINT *wrong)
{
	struct vbs_instance *i = instance_of(d);
	struct vbs_engine *e = i->engine;
	struct arrival a = { 0 };
	HRESULT hr;

	(void)riid, (void)lcid, (void)wrong;
	if (!e)
		return RPC_E_DISCONNECTED;
	if (params->cArgs > BUILTIN_ARGS_MAX)
		return DISP_E_BADPARAMCOUNT;
	vbs_instance_ref(i);
	hr = arrive(e, params, &a);
	if (SUCCEEDED(hr))
		hr = instance_call(i, id, flags, &a, params->cArgs);
	if (SUCCEEDED(hr))
		hr = depart(&a, params->cArgs);
	if (SUCCEEDED(hr) && result)
		hr = vbs_to_variant(&a.window[0], result);
	if (FAILED(hr) && hr != DISP_E_MEMBERNOTFOUND && hr != DISP_E_BADPARAMCOUNT) {
		if (e->raised.hr != hr)
			vbs_raised_clear(&e->raised);
		hr = vbs_raised_to_exception(e, hr, x);
		/* A caller that is this very script finds the rest in the engine. */
		if (!e->depth)
			vbs_raised_clear(&e->raised);
	}
	for (UINT k = 0; k < params->cArgs + 1; k++) {
		value_clear(&a.window[k]);
		if (k < params->cArgs)
			value_clear(&a.slots[k]);
	}
	vbs_instance_unref(i);
	return hr;
}

const IDispatchVtbl vbs_instance_vtbl = {
	.QueryInterface = instance_query,
	.AddRef = instance_addref,
	.Release = instance_release,
	.GetTypeInfoCount = instance_type_info_count,
	.GetTypeInfo = instance_type_info,
	.GetIDsOfNames = instance_ids,
	.Invoke = instance_invoke,
};

bool vbs_is_scripts(const IDispatch *object)
{
	return object->lpVtbl == &vbs_instance_vtbl;
}
