/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An object for the tests of DCOM: it counts, fails, gives and takes objects.
 */
#pragma once

#include "../security/accounts.h"

#include "base/clock.h"
#include "base/mem.h"
#include "com/automation.h"
#include "com/class.h"
#include "com/errorinfo.h"
#include "dcom/dcom-internal.h"

#include <stdatomic.h>
#include <unistd.h>

#define clsid_counter_value                                                                        \
	{                                                                                          \
		0xc0047e4, 1, 2,                                                                   \
		{                                                                                  \
			3                                                                          \
		}                                                                                  \
	}
static const CLSID clsid_counter = clsid_counter_value;

/* ---- the object that is served ---- */

struct counter {
	struct automation_object object;
	ISupportErrorInfo support;
	LONG value;
	IDispatch *other;
};

static atomic_int alive;

static struct counter *counter_of(struct automation_object *object)
{
	return container_of(object, struct counter, object);
}

static void counter_free(struct automation_object *object)
{
	struct counter *c = counter_of(object);

	if (c->other)
		c->other->lpVtbl->Release(c->other);
	mem_free(c);
	alive--;
}

static HRESULT counter_add(struct automation_call *call)
{
	LONG by;
	HRESULT hr = automation_arg_long(call, 0, &by);

	if (FAILED(hr))
		return hr;
	counter_of(call->self)->value += by;
	return automation_return_long(call->result, counter_of(call->self)->value);
}

static HRESULT counter_fail(struct automation_call *call)
{
	return automation_raise(call, MAKE_SCRIPT_HRESULT(5), "Counter", "it is %s", "broken");
}

/* Doubles what it is given by reference. */
static HRESULT counter_double(struct automation_call *call)
{
	VARIANT *v = call->argv[0];

	if (v->vt != (VT_BYREF | VT_I4))
		return DISP_E_TYPEMISMATCH;
	*v->plVal *= 2;
	return S_OK;
}

static HRESULT counter_new(IUnknown **ret);

static HRESULT counter_make(struct automation_call *call)
{
	IUnknown *made = NULL;
	HRESULT hr = counter_new(&made);

	return FAILED(hr) ? hr
			  : automation_return_dispatch(call->result, (IDispatch *)(void *)made);
}

/* Whether an object that comes in is this very one. */
static HRESULT counter_is_me(struct automation_call *call)
{
	bool same = call->argv[0]->vt == VT_DISPATCH &&
		    call->argv[0]->pdispVal == automation_dispatch(call->self);

	return automation_return_bool(call->result, same);
}

static HRESULT counter_list(struct automation_call *call)
{
	VARIANT items[3];
	IUnknown *list = NULL;

	for (int i = 0; i < 3; i++)
		items[i] = (VARIANT){ .vt = VT_I4, .lVal = i + 1 };
	HRESULT hr = automation_enum_new(items, 3, &list);

	if (SUCCEEDED(hr)) {
		call->result->vt = VT_UNKNOWN;
		call->result->punkVal = list;
	}
	return hr;
}

/* Fails with words beside the HRESULT, as objects with a vtable do. */
static HRESULT counter_break(struct automation_call *call)
{
	return errorinfo_set(E_ABORT, "Counter", "it broke at %d",
			     (int)counter_of(call->self)->value);
}

/* Leaves words behind, and succeeds. */
static HRESULT counter_whisper(struct automation_call *call)
{
	errorinfo_set(E_ABORT, "Counter", "nobody hears this");
	return S_OK;
}

static HRESULT counter_quit(struct automation_call *call)
{
	return E_ABORT;
}

/* ---- what it sees of its calls ---- */

struct sight {
	GUID cause;
	HRESULT asked;
	DWORD service, level, impersonation;
	char name[64];
};

static void look(struct sight *ret)
{
	OLECHAR *name = NULL;

	*ret = (struct sight){ .name = "" };
	dcom_causality(&ret->cause);
	ret->asked = CoQueryClientBlanket(&ret->service, NULL, NULL, &ret->level,
					  &ret->impersonation, (void **)&name, NULL);
	for (size_t i = 0; name && name[i] && i + 1 < sizeof ret->name; i++)
		ret->name[i] = (char)name[i];
}

/* Before, inside of and after a call that a call makes. */
static struct {
	struct sight before, inner, after;
	HRESULT inner_result, impersonated;
	IServerSecurity *kept;
} seen;

static HRESULT counter_look(struct automation_call *call)
{
	look(&seen.inner);
	return S_OK;
}

/* Calls Look by a proxy, and so over the wire. */
static IDispatch *nested;

static HRESULT counter_nest(struct automation_call *call)
{
	DISPPARAMS none = { 0 };
	VARIANT result = { 0 };

	look(&seen.before);
	seen.inner_result = nested->lpVtbl->Invoke(nested, 9, &GUID_NULL, 0x409, DISPATCH_METHOD,
						   &none, &result, NULL, NULL);
	look(&seen.after);
	seen.impersonated = CoImpersonateClient();
	return CoGetCallContext(&IID_IServerSecurity, (void **)&seen.kept);
}

/* ---- its ISupportErrorInfo ---- */

static HRESULT support_query(ISupportErrorInfo *This, REFIID riid, void **ret)
{
	struct counter *c = container_of(This, struct counter, support);
	IDispatch *d = automation_dispatch(&c->object);

	return d->lpVtbl->QueryInterface(d, riid, ret);
}

static ULONG support_addref(ISupportErrorInfo *This)
{
	IDispatch *d = automation_dispatch(&container_of(This, struct counter, support)->object);

	return d->lpVtbl->AddRef(d);
}

static ULONG support_release(ISupportErrorInfo *This)
{
	IDispatch *d = automation_dispatch(&container_of(This, struct counter, support)->object);

	return d->lpVtbl->Release(d);
}

static bool supporting = true;

static HRESULT supports(ISupportErrorInfo *This, REFIID riid)
{
	return supporting && IsEqualGUID(riid, &IID_IDispatch) ? S_OK : S_FALSE;
}

static const ISupportErrorInfoVtbl support_vtbl = { support_query, support_addref, support_release,
						    supports };

static HRESULT counter_query(struct automation_object *object, REFIID riid, void **ret)
{
	struct counter *c = counter_of(object);

	if (!IsEqualGUID(riid, &IID_ISupportErrorInfo))
		return E_NOINTERFACE;
	support_addref(&c->support);
	*ret = &c->support;
	return S_OK;
}

static const struct automation_member members[] = {
	{ "Add", 1, AUTOMATION_METHOD, 1, 1, counter_add, NULL },
	{ "Fail", 2, AUTOMATION_METHOD, 0, 0, counter_fail, NULL },
	{ "Double", 3, AUTOMATION_METHOD | AUTOMATION_BYREF, 1, 1, counter_double, NULL },
	{ "Make", 4, AUTOMATION_METHOD, 0, 0, counter_make, NULL },
	{ "IsMe", 5, AUTOMATION_METHOD, 1, 1, counter_is_me, NULL },
	{ "Break", 6, AUTOMATION_METHOD, 0, 0, counter_break, NULL },
	{ "Whisper", 7, AUTOMATION_METHOD, 0, 0, counter_whisper, NULL },
	{ "Quit", 8, AUTOMATION_METHOD, 0, 0, counter_quit, NULL },
	{ "Look", 9, AUTOMATION_METHOD, 0, 0, counter_look, NULL },
	{ "Nest", 10, AUTOMATION_METHOD, 0, 0, counter_nest, NULL },
	{ "List", DISPID_NEWENUM, AUTOMATION_METHOD, 0, 0, counter_list, NULL },
};
static const struct automation_class counter_class = { .name = "Counter",
						       .members = members,
						       .member_count = ARRAY_LEN(members),
						       .free = counter_free,
						       .query = counter_query };

static HRESULT counter_new(IUnknown **ret)
{
	struct counter *c = mem_new(struct counter);

	if (!c)
		return E_OUTOFMEMORY;
	automation_init(&c->object, &counter_class);
	c->support.lpVtbl = &support_vtbl;
	alive++;
	*ret = (IUnknown *)(void *)automation_dispatch(&c->object);
	return S_OK;
}

static const struct class_entry counter_entry = { clsid_counter_value, "Test.Counter", "Counts",
						  counter_new };

/* ---- calling it ---- */

static inline HRESULT call(IDispatch *d, DISPID id, VARIANT *argument, VARIANT *result,
			   EXCEPINFO *e)
{
	DISPPARAMS params = { .rgvarg = argument, .cArgs = argument ? 1 : 0 };

	return d->lpVtbl->Invoke(d, id, &GUID_NULL, 0x409, DISPATCH_METHOD, &params, result, e,
				 NULL);
}

static inline LONG add(IDispatch *d, LONG by)
{
	VARIANT argument = { .vt = VT_I4, .lVal = by }, result = { 0 };

	assert_int_equal(call(d, 1, &argument, &result, NULL), S_OK);
	assert_int_equal(result.vt, VT_I4);
	return result.lVal;
}

static inline void wait_for(int objects)
{
	for (int i = 0; alive != objects && i < 2000; i++)
		usleep(5000);
	assert_int_equal(alive, objects);
}

static inline int make_accounts(void **state)
{
	accounts_make();
	return class_register(&counter_entry, 1);
}

static inline int remove_accounts(void **state)
{
	accounts_remove();
	return 0;
}
