/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IDispatch from tables (com/automation.h, [MS-OAUT] 3.1.4): reference counts, GetIDsOfNames, and
 * Invoke, which unpacks the caller's arguments, checks them against the member's row and calls
 * the member. Calling other objects and helpers for members are in automation-call.c. Runs in
 * whatever thread calls; arguments come from scripts and are not trusted.
 */
#include "com/automation.h"

#include "base/mem.h"
#include "com/automation-index.h"
#include "com/variant.h"

#include <sys/single_threaded.h>

#define ARGS_MAX ARRAY_LEN(((struct automation_call *)0)->argv)
#define KINDS                                                                                      \
	(DISPATCH_METHOD | DISPATCH_PROPERTYGET | DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF)
#define PUTS (DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF)
#define BURY_DEPTH_MAX 20 /* objects freed inside of one another */

static struct automation_object *object_of(IDispatch *dispatch)
{
	return container_of(dispatch, struct automation_object, dispatch);
}

/* ---- IUnknown ---- */

/* A process of one thread, as cscript mostly is, need not pay for an atomic addition. */
static uint32_t count_add(uint32_t *count, uint32_t n)
{
	if (!__libc_single_threaded)
		return __atomic_add_fetch(count, n, __ATOMIC_ACQ_REL);
	return *count += n;
}

static ULONG object_addref(IDispatch *This)
{
	return count_add(&object_of(This)->refs, 1);
}

/* Freeing an object releases what it holds: objects in objects, as many as a script likes to link
 * (a list made of Dictionaries). Below some depth they wait until those around them are gone. */
static _Thread_local struct {
	unsigned depth;
	struct automation_object *dead;
} burial;

static void object_bury(struct automation_object *self)
{
	if (burial.depth >= BURY_DEPTH_MAX) {
		self->next_dead = burial.dead;
		burial.dead = self;
		return;
	}
	burial.depth++;
	self->class->free(self);
	while (burial.depth == 1 && (self = burial.dead)) {
		burial.dead = self->next_dead;
		self->class->free(self);
	}
	burial.depth--;
}

static ULONG object_release(IDispatch *This)
{
	struct automation_object *self = object_of(This);
	ULONG left = count_add(&self->refs, -1u);

	if (!left)
		object_bury(self);
	return left;
}

static HRESULT object_query(IDispatch *This, REFIID riid, void **ret)
{
	struct automation_object *self = object_of(This);

	if (!ret)
		return E_POINTER;
	*ret = NULL;
	if (IsEqualGUID(riid, &IID_IUnknown) || IsEqualGUID(riid, &IID_IDispatch)) {
		object_addref(This);
		*ret = This;
		return S_OK;
	}
	return self->class->query ? self->class->query(self, riid, ret) : E_NOINTERFACE;
}

/* ---- names ---- */

static HRESULT object_type_count(IDispatch *This, UINT *ret)
{
	if (!ret)
		return E_POINTER;
	*ret = 0;
	return S_OK;
}

static HRESULT object_type_info(IDispatch *This, UINT index, LCID lcid, ITypeInfo **ret)
{
	if (ret)
		*ret = NULL;
	return DISP_E_BADINDEX;
}

/* A name that is not in the table: what the class itself knows. */
static HRESULT lookup(struct automation_object *self, const OLECHAR *name, size_t length,
		      DISPID *ret)
{
	if (!self->class->lookup)
		return DISP_E_UNKNOWNNAME;
	size_t bytes = utf16_to_utf8_length(name, length);
	_cleanup_mem_ char *utf8 = mem_alloc(bytes);

	if (!utf8)
		return E_OUTOFMEMORY;
	utf16_to_utf8(name, length, utf8, bytes);
	return self->class->lookup(self, (struct text){ utf8, bytes }, ret);
}

static HRESULT object_names(IDispatch *This, REFIID riid, OLECHAR **names, UINT count, LCID lcid,
			    DISPID *ret)
{
	struct automation_object *self = object_of(This);
	size_t length = 0;

	if (!names || !ret || !count || !names[0])
		return E_INVALIDARG;
	while (names[0][length])
		length++;
	for (UINT i = 0; i < count; i++)
		ret[i] = DISPID_UNKNOWN;
	const struct automation_member *m = automation_index_name(self->class, names[0], length);

	if (m) {
		ret[0] = m->dispid;
	} else {
		HRESULT hr = lookup(self, names[0], length, &ret[0]);

		if (FAILED(hr))
			return hr;
	}
	/* The others are names of parameters, which members do not have. */
	return count == 1 ? S_OK : DISP_E_UNKNOWNNAME;
}

/* ---- Invoke ---- */

/* A call under way: what the member sees, and the room behind it. */
struct invocation {
	struct automation_call call;
	VARIANT *raw[ARGS_MAX]; /* the arguments as they came, natural order */
	VARIANT *raw_value;
	VARIANT views[ARGS_MAX + 1]; /* of arguments that are references; never cleared */
	VARIANT result;
	EXCEPINFO exception;
};

/* Splits the caller's reversed arguments into natural order and the value of a put. */
static HRESULT unpack(struct invocation *in, WORD flags, const DISPPARAMS *params)
{
	UINT count = params ? params->cArgs : 0, named = params ? params->cNamedArgs : 0;

	if ((count && !params->rgvarg) || (named && !params->rgdispidNamedArgs) || named > count)
		return E_INVALIDARG;
	if (flags & PUTS) {
		if (named > 1 || (named && params->rgdispidNamedArgs[0] != DISPID_PROPERTYPUT))
			return DISP_E_NONAMEDARGS;
		if (!count)
			return DISP_E_BADPARAMCOUNT;
		in->raw_value = &params->rgvarg[0];
	} else if (named) {
		return DISP_E_NONAMEDARGS;
	}
	UINT first = in->raw_value != NULL;

	if (count - first > ARGS_MAX)
		return DISP_E_BADPARAMCOUNT;
	in->call.argc = count - first;
	for (UINT i = 0; i < in->call.argc; i++)
		in->raw[i] = &params->rgvarg[count - 1 - i];
	return S_OK;
}

/* Follows references, unless the member wants them. */
static HRESULT resolve(struct invocation *in, bool byref)
{
	struct automation_call *call = &in->call;

	for (UINT i = 0; i < call->argc; i++) {
		/* A view is read only by contract; the member's interface just is not const. */
		call->argv[i] =
			byref ? in->raw[i]
			      : (VARIANT *)(uintptr_t)variant_view(in->raw[i], &in->views[i]);
		if (!call->argv[i])
			return DISP_E_TYPEMISMATCH;
	}
	if (!in->raw_value)
		return S_OK;
	call->value = (VARIANT *)(uintptr_t)variant_view(in->raw_value, &in->views[ARGS_MAX]);
	return call->value ? S_OK : DISP_E_TYPEMISMATCH;
}

static HRESULT member_call(struct invocation *in, const struct automation_member *m, WORD flags)
{
	struct automation_call *call = &in->call;

	if (call->argc < m->min_args || call->argc > m->max_args)
		return DISP_E_BADPARAMCOUNT;
	call->kind = flags & m->kinds;
	HRESULT hr = resolve(in, m->kinds & AUTOMATION_BYREF);

	return FAILED(hr) ? hr : m->fn(call);
}

/* `object.Items("x")` where Items is a property without parameters: the parameters are those of
 * the default member of the object that the property gives (the type library's Invoke on Windows
 * does the same). Also for a put, which the property itself need not allow. */
static HRESULT value_call(struct invocation *in, const struct automation_member *m, WORD flags,
			  LCID lcid, DISPPARAMS *params)
{
	struct automation_call *call = &in->call;
	VARIANT collection = { 0 };

	call->argc = 0;
	call->value = NULL;
	call->kind = DISPATCH_PROPERTYGET;
	call->result = &collection;
	HRESULT hr = m->fn(call);

	call->result = &in->result;
	if (FAILED(hr))
		return hr;
	IDispatch *object = collection.vt == VT_DISPATCH ? collection.pdispVal : NULL;

	if (object)
		hr = object->lpVtbl->Invoke(object, DISPID_VALUE, &GUID_NULL, lcid, flags, params,
					    &in->result, &in->exception, NULL);
	else
		hr = DISP_E_BADPARAMCOUNT;
	VariantClear(&collection);
	return hr;
}

static const struct automation_member *plain_getter(const struct automation_class *class,
						    DISPID dispid)
{
	const struct automation_member *m =
		automation_index_dispid(class, dispid, DISPATCH_PROPERTYGET);

	return m && m->max_args == 0 ? m : NULL;
}

static HRESULT dispatch(struct invocation *in, WORD flags, LCID lcid, DISPPARAMS *params)
{
	struct automation_call *call = &in->call;
	const struct automation_class *class = call->self->class;
	const struct automation_member *m = automation_index_dispid(class, call->dispid, flags);
	bool asks_value = flags & (DISPATCH_PROPERTYGET | PUTS);

	if (call->argc && asks_value && (!m || m->max_args == 0)) {
		const struct automation_member *getter = plain_getter(class, call->dispid);

		if (getter)
			return value_call(in, getter, flags, lcid, params);
	}
	if (m)
		return member_call(in, m, flags);
	if (class->invoke && !automation_index_dispid(class, call->dispid, 0)) {
		HRESULT hr = resolve(in, false);

		return FAILED(hr) ? hr : class->invoke(call);
	}
	return DISP_E_MEMBERNOTFOUND;
}

static void exception_out(EXCEPINFO *from, HRESULT hr, EXCEPINFO *to)
{
	if (hr == DISP_E_EXCEPTION && to)
		*to = *from;
	else
		automation_exception_clear(from);
}

static HRESULT object_invoke(IDispatch *This, DISPID dispid, REFIID riid, LCID lcid, WORD flags,
			     DISPPARAMS *params, VARIANT *result, EXCEPINFO *exception,
			     UINT *bad_argument)
{
	/* Not zeroed as a whole: it is a kilobyte, and every call of every script passes here. */
	struct invocation in;

	if (riid && !IsEqualGUID(riid, &GUID_NULL))
		return DISP_E_UNKNOWNINTERFACE;
	flags &= KINDS;
	if (!flags)
		return E_INVALIDARG;
	in.raw_value = NULL;
	in.result = (VARIANT){ 0 };
	in.exception = (EXCEPINFO){ 0 };
	in.call.self = object_of(This);
	in.call.dispid = dispid;
	in.call.kind = flags;
	in.call.lcid = lcid;
	in.call.argc = 0;
	in.call.value = NULL;
	in.call.result = &in.result;
	in.call.exception = &in.exception;
	HRESULT hr = unpack(&in, flags, params);

	if (SUCCEEDED(hr)) {
		/* The member may drop the last outside reference to its own object. */
		object_addref(This);
		hr = dispatch(&in, flags, lcid, params);
		object_release(This);
	}
	if (SUCCEEDED(hr) && result)
		*result = in.result;
	else
		VariantClear(&in.result);
	exception_out(&in.exception, hr, exception);
	return hr;
}

/* ---- objects ---- */

const IDispatchVtbl automation_vtbl = {
	.QueryInterface = object_query,
	.AddRef = object_addref,
	.Release = object_release,
	.GetTypeInfoCount = object_type_count,
	.GetTypeInfo = object_type_info,
	.GetIDsOfNames = object_names,
	.Invoke = object_invoke,
};

void automation_init(struct automation_object *object, const struct automation_class *class)
{
	object->dispatch.lpVtbl = &automation_vtbl;
	object->refs = 1;
	object->class = class;
}

const struct automation_member *automation_row(const struct automation_class *class, DISPID dispid,
					       WORD kinds)
{
	return automation_index_dispid(class, dispid, kinds & KINDS);
}

struct automation_object *automation_cast(IDispatch *dispatch, const struct automation_class *class)
{
	return automation_class_of(dispatch) == class ? object_of(dispatch) : NULL;
}

HRESULT automation_dispid(IDispatch *object, struct text name, DISPID *ret)
{
	OLECHAR units[256];
	OLECHAR *names[] = { units };
	size_t length = utf8_to_utf16_length(name);

	if (length >= ARRAY_LEN(units))
		return DISP_E_UNKNOWNNAME;
	utf8_to_utf16(name, units, length);
	units[length] = 0;
	return object->lpVtbl->GetIDsOfNames(object, &GUID_NULL, names, 1, 0, ret);
}
