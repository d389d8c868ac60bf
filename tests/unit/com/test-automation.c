/* SPDX-License-Identifier: Apache-2.0 */
/* Objects from tables: names, Invoke's checks, references, puts, defaults, errors, enumerators. */
#include "helpers.h"

#include "com/class.h"

#include <pthread.h>

/* ---- a class with one of everything ---- */

struct thing {
	struct automation_object object;
	VARIANT value;
	LONG last_kind;
	IDispatch *list; /* what List gives, borrowed */
};

static int freed;

static struct thing *thing_of(struct automation_call *call)
{
	return container_of(call->self, struct thing, object);
}

static void thing_free(struct automation_object *object)
{
	struct thing *self = container_of(object, struct thing, object);

	freed++;
	VariantClear(&self->value);
	mem_free(self);
}

static HRESULT thing_get(struct automation_call *call)
{
	thing_of(call)->last_kind = call->kind;
	return VariantCopy(call->result, &thing_of(call)->value);
}

static HRESULT thing_put(struct automation_call *call)
{
	thing_of(call)->last_kind = call->kind;
	return VariantCopy(&thing_of(call)->value, call->value);
}

/* "a,b,?": the arguments in order, ? for one that is left out. */
static HRESULT thing_join(struct automation_call *call)
{
	BSTR all = NULL;

	for (UINT i = 0; i < call->argc; i++) {
		BSTR s = NULL;
		HRESULT hr = automation_has_arg(call, i) ? automation_arg_bstr(call, i, &s)
							 : automation_arg_bstr(call, 0, &s);

		if (FAILED(hr)) {
			SysFreeString(all);
			return hr;
		}
		if (!automation_has_arg(call, i))
			s[0] = '?';
		all = bstr_append(all, s, SysStringLen(s));
		all = bstr_append(all, u",", 1);
		SysFreeString(s);
	}
	return automation_return_bstr(call->result, all);
}

static HRESULT thing_swap(struct automation_call *call)
{
	if (call->argv[0]->vt != (VT_BYREF | VT_VARIANT))
		return DISP_E_TYPEMISMATCH;
	VariantClear(call->argv[0]->pvarVal);
	*call->argv[0]->pvarVal = v_long(99);
	return S_OK;
}

static HRESULT thing_fail(struct automation_call *call)
{
	automation_return_text(call->result, TEXT("must not be seen"));
	return automation_raise(call, MAKE_SCRIPT_HRESULT(13), "Thing", "bad %s", "luck");
}

static HRESULT thing_list(struct automation_call *call)
{
	IDispatch *list = thing_of(call)->list;

	if (!list)
		return automation_return_long(call->result, 1);
	list->lpVtbl->AddRef(list);
	return automation_return_dispatch(call->result, list);
}

static HRESULT thing_item(struct automation_call *call)
{
	LONG i;
	HRESULT hr = automation_arg_long(call, 0, &i);

	return FAILED(hr) ? hr : automation_return_long(call->result, i * 10);
}

static HRESULT thing_item_put(struct automation_call *call)
{
	return VariantCopy(&thing_of(call)->value, call->value);
}

static HRESULT thing_suicide(struct automation_call *call)
{
	call->self->dispatch.lpVtbl->Release(&call->self->dispatch);
	return automation_return_bool(call->result, freed == 0);
}

static HRESULT thing_helpers(struct automation_call *call)
{
	LONG n;
	bool b;
	HRESULT hr = automation_arg_long_or(call, 0, 7, &n);

	if (SUCCEEDED(hr))
		hr = automation_arg_bool_or(call, 1, true, &b);
	return FAILED(hr) ? hr : automation_return_long(call->result, b ? n : -n);
}

static HRESULT thing_lookup(struct automation_object *self, struct text name, DISPID *ret)
{
	if (!text_equal(name, TEXT("\xC3\xA9t\xC3\xA9")))
		return DISP_E_UNKNOWNNAME;
	*ret = 1000;
	return S_OK;
}

static HRESULT thing_invoke(struct automation_call *call)
{
	return call->dispid == 1000 ? automation_return_long(call->result, (LONG)call->argc)
				    : DISP_E_MEMBERNOTFOUND;
}

static const struct automation_member thing_members[] = {
	{ "Item", DISPID_VALUE, AUTOMATION_GET, 1, 1, thing_item },
	{ "Item", DISPID_VALUE, AUTOMATION_PUT, 1, 1, thing_item_put },
	{ "Value", 1, AUTOMATION_GET, 0, 0, thing_get },
	{ "Value", 1, AUTOMATION_PUT | AUTOMATION_PUTREF, 0, 0, thing_put },
	{ "Join", 2, AUTOMATION_METHOD, 1, 3, thing_join },
	{ "Swap", 3, AUTOMATION_METHOD | AUTOMATION_BYREF, 1, 1, thing_swap },
	{ "Fail", 4, AUTOMATION_METHOD, 0, 0, thing_fail },
	{ "List", 5, AUTOMATION_GET, 0, 0, thing_list },
	{ "Suicide", 6, AUTOMATION_METHOD, 0, 0, thing_suicide },
	{ "Helpers", 7, AUTOMATION_METHOD, 0, 2, thing_helpers },
	{ "Name", 8, AUTOMATION_GETPUT, 0, 0, thing_get },
};

static const struct automation_class thing_class = {
	.name = "Thing",
	.members = thing_members,
	.member_count = ARRAY_LEN(thing_members),
	.free = thing_free,
	.lookup = thing_lookup,
	.invoke = thing_invoke,
};

static IDispatch *thing_new(void)
{
	struct thing *self = mem_new(struct thing);

	assert_non_null(self);
	automation_init(&self->object, &thing_class);
	return automation_dispatch(&self->object);
}

static struct thing *thing_at(IDispatch *d)
{
	return container_of(automation_cast(d, &thing_class), struct thing, object);
}

static void drop(IDispatch *d)
{
	d->lpVtbl->Release(d);
}

/* ---- identity ---- */

static void test_query(void **state)
{
	IDispatch *d = thing_new();
	void *p;

	freed = 0;
	assert_int_equal(d->lpVtbl->QueryInterface(d, &IID_IDispatch, &p), S_OK);
	assert_ptr_equal(p, d);
	assert_int_equal(d->lpVtbl->QueryInterface(d, &IID_IUnknown, &p), S_OK);
	assert_ptr_equal(p, d);
	assert_int_equal(d->lpVtbl->QueryInterface(d, &IID_IEnumVARIANT, &p), E_NOINTERFACE);
	assert_null(p);
	assert_int_equal(d->lpVtbl->QueryInterface(d, &IID_IDispatch, NULL), E_POINTER);
	assert_int_equal(d->lpVtbl->Release(d), 2);
	drop(d);
	assert_ptr_equal(automation_class_of(d), &thing_class);
	drop(d);
	assert_int_equal(freed, 1);
	assert_null(automation_class_of(NULL));
}

static void test_names(void **state)
{
	IDispatch *d = thing_new();
	DISPID id[2];
	OLECHAR *names[] = { (OLECHAR[]){ u"jOIN" }, (OLECHAR[]){ u"x" } };

	assert_int_equal(automation_dispid(d, TEXT("VALUE"), id), S_OK);
	assert_int_equal(id[0], 1);
	assert_int_equal(automation_dispid(d, TEXT("Valu"), id), DISP_E_UNKNOWNNAME);
	assert_int_equal(id[0], DISPID_UNKNOWN);
	assert_int_equal(automation_dispid(d, TEXT("Values"), id), DISP_E_UNKNOWNNAME);
	assert_int_equal(automation_dispid(d, TEXT("\xC3\xA9t\xC3\xA9"), id), S_OK);
	assert_int_equal(id[0], 1000);
	/* Names of parameters are not known. */
	assert_int_equal(d->lpVtbl->GetIDsOfNames(d, &GUID_NULL, names, 2, 0, id),
			 DISP_E_UNKNOWNNAME);
	assert_int_equal(id[0], 2);
	assert_int_equal(id[1], DISPID_UNKNOWN);
	drop(d);
}

/* ---- Invoke ---- */

static void test_arguments(void **state)
{
	IDispatch *d = thing_new();
	VARIANT r = { 0 };

	assert_int_equal(call_method(d, "Join", &r, v_text("a"), v_long(2), v_bool(true)), S_OK);
	assert_shows(&r, "a,2,True,");
	assert_int_equal(call_method(d, "Join", &r, v_text("a"), v_missing()), S_OK);
	assert_shows(&r, "a,?,");
	assert_int_equal(call_method(d, "Join", &r), DISP_E_BADPARAMCOUNT);
	assert_int_equal(call_method(d, "Join", &r, v_long(1), v_long(2), v_long(3), v_long(4)),
			 DISP_E_BADPARAMCOUNT);
	assert_int_equal(call_method(d, "Join", NULL, v_text("dropped")), S_OK);
	assert_int_equal(call_method(d, "Helpers", &r), S_OK);
	assert_int_equal(r.lVal, 7);
	assert_int_equal(call_method(d, "Helpers", &r, v_text("8"), v_text("false")), S_OK);
	assert_int_equal(r.lVal, -8);
	assert_int_equal(call_method(d, "Helpers", &r, v_text("x")), DISP_E_TYPEMISMATCH);
	drop(d);
}

static void test_references(void **state)
{
	IDispatch *d = thing_new();
	VARIANT inner = v_text("in"), r = { 0 };
	BSTR s = inner.bstrVal;
	VARIANT ref = { .vt = VT_BYREF | VT_VARIANT, .pvarVal = &inner };
	VARIANT text = { .vt = VT_BYREF | VT_BSTR, .pbstrVal = &s }, twice = ref;

	twice.pvarVal = &ref;
	assert_int_equal(call_method(d, "Join", &r, ref, text), S_OK);
	assert_shows(&r, "in,in,");
	assert_int_equal(call_method(d, "Join", &r, twice), DISP_E_TYPEMISMATCH);
	assert_int_equal(call_method(d, "Swap", NULL, ref), S_OK);
	assert_int_equal(inner.lVal, 99);
	drop(d);
}

static void test_properties(void **state)
{
	IDispatch *d = thing_new();
	VARIANT r = { 0 }, object = { .vt = VT_DISPATCH, .pdispVal = d };

	assert_int_equal(call_put(d, "Value", v_long(5)), S_OK);
	assert_int_equal(thing_at(d)->last_kind, DISPATCH_PROPERTYPUT);
	assert_int_equal(call_method(d, "Value", &r), S_OK);
	assert_int_equal(r.lVal, 5);
	assert_int_equal(thing_at(d)->last_kind, DISPATCH_PROPERTYGET);
	/* A row that does both is told which. */
	assert_int_equal(call_method(d, "Name", &r), S_OK);
	assert_int_equal(thing_at(d)->last_kind, DISPATCH_PROPERTYGET);
	/* A property is not a method; a method is not a property. */
	assert_int_equal(call_variadic(d, "Value", DISPATCH_METHOD, &r, END_OF_ARGS),
			 DISP_E_MEMBERNOTFOUND);
	assert_int_equal(call_put(d, "Join", v_long(1)), DISP_E_MEMBERNOTFOUND);
	assert_int_equal(automation_invoke(d, 0, 0, NULL, 0, &r, NULL), E_INVALIDARG);
	assert_int_equal(automation_invoke(d, 77, DISPATCH_METHOD, NULL, 0, &r, NULL),
			 DISP_E_MEMBERNOTFOUND);
	assert_int_equal(automation_invoke(d, 1, DISPATCH_PROPERTYPUT, NULL, 0, NULL, NULL),
			 E_INVALIDARG);
	/* Set x.Item(1) = ...: only Let is there. */
	d->lpVtbl->AddRef(d);
	assert_int_equal(call_variadic(d, "Item", DISPATCH_PROPERTYPUTREF, NULL, v_long(1), object,
				       END_OF_ARGS),
			 DISP_E_MEMBERNOTFOUND);
	drop(d);
}

static void test_bad_parameters(void **state)
{
	IDispatch *d = thing_new();
	VARIANT args[20] = { 0 };
	DISPID names[2] = { 5, DISPID_PROPERTYPUT };
	DISPPARAMS p = { .rgvarg = args, .cArgs = 20 };

	for (int i = 0; i < 20; i++)
		args[i] = v_long(i);
	assert_int_equal(d->lpVtbl->Invoke(d, 2, &IID_IUnknown, 0, 1, &p, NULL, NULL, NULL),
			 DISP_E_UNKNOWNINTERFACE);
	assert_int_equal(d->lpVtbl->Invoke(d, 2, NULL, 0, 1, &p, NULL, NULL, NULL),
			 DISP_E_BADPARAMCOUNT);
	p = (DISPPARAMS){ .rgvarg = args, .rgdispidNamedArgs = names, .cArgs = 2, .cNamedArgs = 1 };
	assert_int_equal(d->lpVtbl->Invoke(d, 2, NULL, 0, 1, &p, NULL, NULL, NULL),
			 DISP_E_NONAMEDARGS);
	assert_int_equal(d->lpVtbl->Invoke(d, 1, NULL, 0, 4, &p, NULL, NULL, NULL),
			 DISP_E_NONAMEDARGS);
	p.cNamedArgs = 3;
	assert_int_equal(d->lpVtbl->Invoke(d, 2, NULL, 0, 1, &p, NULL, NULL, NULL), E_INVALIDARG);
	p = (DISPPARAMS){ .cArgs = 1 };
	assert_int_equal(d->lpVtbl->Invoke(d, 2, NULL, 0, 1, &p, NULL, NULL, NULL), E_INVALIDARG);
	assert_int_equal(d->lpVtbl->Invoke(d, 2, NULL, 0, 1, NULL, NULL, NULL, NULL),
			 DISP_E_BADPARAMCOUNT);
	drop(d);
}

/* thing.List(3): the argument belongs to the default member of what List gives. */
static void test_value_of_property(void **state)
{
	IDispatch *d = thing_new(), *list = thing_new();
	VARIANT r = { 0 };

	assert_int_equal(call_method(d, "List", &r, v_long(3)), DISP_E_BADPARAMCOUNT);
	thing_at(d)->list = list;
	assert_int_equal(call_method(d, "List", &r, v_long(3)), S_OK);
	assert_int_equal(r.lVal, 30);
	assert_int_equal(call_method(d, "List", &r, v_text("x")), DISP_E_TYPEMISMATCH);
	assert_int_equal(call_put(d, "List", v_long(3), v_text("put")), S_OK);
	assert_shows(&thing_at(list)->value, "put");
	assert_int_equal(call_put(d, "List", v_text("put")), DISP_E_MEMBERNOTFOUND);
	drop(list);
	drop(d);
}

static void test_exception(void **state)
{
	IDispatch *d = thing_new();
	EXCEPINFO e = { 0 };
	VARIANT r = v_long(1);
	char *z;

	assert_int_equal(automation_invoke(d, 4, DISPATCH_METHOD, NULL, 0, &r, &e),
			 DISP_E_EXCEPTION);
	assert_int_equal(e.scode, MAKE_SCRIPT_HRESULT(13));
	z = bstr_to_utf8(e.bstrDescription, NULL);
	assert_string_equal(z, "bad luck");
	mem_free(z);
	z = bstr_to_utf8(e.bstrSource, NULL);
	assert_string_equal(z, "Thing");
	mem_free(z);
	automation_exception_clear(&e);
	/* The result of a failed call is nobody's. */
	assert_int_equal(r.lVal, 1);
	assert_int_equal(automation_invoke(d, 4, DISPATCH_METHOD, NULL, 0, NULL, NULL),
			 DISP_E_EXCEPTION);
	drop(d);
}

static void test_unlisted(void **state)
{
	IDispatch *d = thing_new();
	VARIANT r = { 0 };

	assert_int_equal(call_method(d, "\xC3\xA9t\xC3\xA9", &r, v_long(1), v_long(2)), S_OK);
	assert_int_equal(r.lVal, 2);
	drop(d);
}

/* A member may drop the last reference to the object it runs in. */
static void test_released_inside(void **state)
{
	IDispatch *d = thing_new();
	VARIANT r = { 0 };

	freed = 0;
	assert_int_equal(call_method(d, "Suicide", &r), S_OK);
	assert_shows(&r, "True");
	assert_int_equal(freed, 1);
}

/* ---- the index, from many threads ---- */

#define CLASSES 64
static struct automation_class many[CLASSES];

static void *look_up_all(void *wrong)
{
	for (int i = 0; i < CLASSES; i++) {
		struct automation_object object;
		DISPID id;

		automation_init(&object, &many[i]);
		if (FAILED(automation_dispid(&object.dispatch, TEXT("helpers"), &id)) || id != 7)
			return wrong;
	}
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t threads[4];

	for (int i = 0; i < CLASSES; i++)
		many[i] = thing_class;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, look_up_all, threads), 0);
	for (int i = 0; i < 4; i++) {
		void *wrong;

		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
}

/* More classes than the index holds: look-up goes on without it. */
static void test_too_many_classes(void **state)
{
	struct automation_class *classes = mem_zalloc(2000, sizeof *classes);

	for (int i = 0; i < 2000; i++) {
		struct automation_object object;
		VARIANT r = { 0 };
		VARIANT argument = v_long(i);

		classes[i] = thing_class;
		automation_init(&object, &classes[i]);
		assert_int_equal(call_member(&object.dispatch, "item", DISPATCH_PROPERTYGET,
					     &argument, 1, &r),
				 S_OK);
		assert_int_equal(r.lVal, i * 10);
	}
	/* Kept: the index remembers classes by address, which must not be used again. */
	static struct automation_class *kept;
	kept = classes;
	assert_non_null(kept);
}

/* ---- enumerators ---- */

static void test_enumerator(void **state)
{
	VARIANT items[3] = { v_text("a"), v_long(2), v_text("c") }, got[4];
	IUnknown *unknown;
	IEnumVARIANT *e, *clone;
	ULONG n;

	assert_int_equal(automation_enum_new(items, 3, &unknown), S_OK);
	assert_int_equal(items[0].vt, VT_EMPTY);
	assert_int_equal(unknown->lpVtbl->QueryInterface(unknown, &IID_IEnumVARIANT, (void **)&e),
			 S_OK);
	unknown->lpVtbl->Release(unknown);
	assert_int_equal(e->lpVtbl->Next(e, 1, got, NULL), S_OK);
	assert_shows(&got[0], "a");
	assert_int_equal(e->lpVtbl->Clone(e, &clone), S_OK);
	assert_int_equal(e->lpVtbl->Next(e, 4, got, &n), S_FALSE);
	assert_int_equal(n, 2);
	assert_shows(&got[0], "2");
	assert_shows(&got[1], "c");
	assert_int_equal(e->lpVtbl->Next(e, 1, got, &n), S_FALSE);
	assert_int_equal(n, 0);
	e->lpVtbl->Release(e);
	assert_int_equal(clone->lpVtbl->Skip(clone, 1), S_OK);
	assert_int_equal(clone->lpVtbl->Next(clone, 1, got, &n), S_OK);
	assert_shows(&got[0], "c");
	assert_int_equal(clone->lpVtbl->Skip(clone, 1), S_FALSE);
	assert_int_equal(clone->lpVtbl->Reset(clone), S_OK);
	assert_int_equal(clone->lpVtbl->Skip(clone, UINT32_MAX), S_FALSE);
	clone->lpVtbl->Release(clone);
}

/* ---- without memory ---- */

/* A class of its own each time, so that its index is built under failure too. */
static bool use_object(void *ctx)
{
	static struct automation_class classes[200];
	static int used;
	struct automation_object object;
	VARIANT r = { 0 }, items[2] = { v_long(1), v_long(2) };
	VARIANT nine[9] = { 0 };
	IUnknown *list = NULL;
	DISPID id;
	bool ok;

	classes[used] = thing_class;
	automation_init(&object, &classes[used++]);
	/* Looking up does not fail for lack of memory, raising gives at least the number. */
	assert_int_equal(automation_dispid(&object.dispatch, TEXT("fail"), &id), S_OK);
	EXCEPINFO e = { 0 };
	assert_int_equal(automation_invoke(&object.dispatch, id, DISPATCH_METHOD, NULL, 0, &r, &e),
			 DISP_E_EXCEPTION);
	assert_int_equal(e.scode == MAKE_SCRIPT_HRESULT(13) || e.scode == E_OUTOFMEMORY, 1);
	ok = e.bstrDescription && e.bstrSource;
	automation_exception_clear(&e);
	ok = automation_dispid(&object.dispatch, TEXT("\xC3\xA9t\xC3\xA9"), &id) == S_OK && ok;
	HRESULT hr = automation_invoke(&object.dispatch, 1000, DISPATCH_METHOD, nine, 9, &r, NULL);

	ok = hr == S_OK && ok;
	assert_true(hr == S_OK || hr == E_OUTOFMEMORY);
	hr = automation_enum_new(items, 2, &list);
	if (SUCCEEDED(hr))
		list->lpVtbl->Release(list);
	else
		assert_int_equal(items[0].lVal, 1);
	return SUCCEEDED(hr) && ok;
}

static void test_no_memory(void **state)
{
	with_every_allocation_failing(use_object, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_bad_parameters),
		cmocka_unit_test(test_value_of_property),
		cmocka_unit_test(test_exception),
		cmocka_unit_test(test_unlisted),
		cmocka_unit_test(test_released_inside),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_enumerator),
		cmocka_unit_test(test_too_many_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
