/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The example component's interface: its header says what its IDL says, as the tables that idlc
 * makes of it have it; and the component can be called by the table, from C.
 */
#include "../unit.h"

#include "base/mem.h"
#include "basket.h"
#include "ndr/table.h"

#include <dlfcn.h>
#include <stdlib.h>

static void test_header(void **state)
{
	static const struct {
		const char *name;
		size_t place;
	} want[] = {
		{ "Add", offsetof(IBasketVtbl, Add) },
		{ "Count", offsetof(IBasketVtbl, get_Count) },
		{ "Total", offsetof(IBasketVtbl, get_Total) },
	};
	const struct ndr_interface *i = ndr_module_basket.interfaces[0];

	assert_int_equal(ndr_module_basket.interface_count, 1);
	assert_true(IsEqualGUID(&i->uuid, &IID_IBasket));
	assert_string_equal(i->base->name, "IDispatch");
	assert_int_equal(i->count, ARRAY_LEN(want));
	for (size_t m = 0; m < ARRAY_LEN(want); m++) {
		assert_string_equal(i->methods[m].name, want[m].name);
		assert_int_equal(i->methods[m].opnum * sizeof(void *), want[m].place);
	}
}

static void test_by_table(void **state)
{
	static const CLSID clsid = {
		0xB2D5F7C4, 0x6E0B, 0x4C1C, { 0x9B, 0x57, 0x6C, 0x4D, 0x3A, 0x0E, 0x6F, 0x11 }
	};
	void *handle = dlopen(getenv("COMPONENT_BASKET"), RTLD_NOW | RTLD_LOCAL);
	HRESULT (*get)(REFCLSID, REFIID, void **);
	IClassFactory *factory;
	IBasket *basket;
	LONG count;
	CY total;

	assert_non_null(handle);
	*(void **)&get = dlsym(handle, "DllGetClassObject");
	assert_int_equal(get(&clsid, &IID_IClassFactory, (void **)&factory), S_OK);
	assert_int_equal(factory->lpVtbl->CreateInstance(factory, NULL, &IID_IBasket,
							 (void **)&basket),
			 S_OK);
	assert_int_equal(basket->lpVtbl->Add(basket, (CY){ 25000 }, 3), S_OK);
	assert_int_equal(basket->lpVtbl->Add(basket, (CY){ 1 }, 0), E_INVALIDARG);
	SetErrorInfo(0, NULL);
	assert_int_equal(basket->lpVtbl->get_Count(basket, &count), S_OK);
	assert_int_equal(basket->lpVtbl->get_Total(basket, &total), S_OK);
	assert_int_equal(count, 3);
	assert_int_equal(total.int64, 75000);
	assert_int_equal(basket->lpVtbl->Add(basket, (CY){ INT64_MAX }, 2), DISP_E_OVERFLOW);
	assert_int_equal(basket->lpVtbl->Release(basket), 0);
	factory->lpVtbl->Release(factory);
	dlclose(handle);
}

/* The same by name, as scripts call it: conversions, the default value, words of errors. */
static void test_by_name(void **state)
{
	static const CLSID clsid = {
		0xB2D5F7C4, 0x6E0B, 0x4C1C, { 0x9B, 0x57, 0x6C, 0x4D, 0x3A, 0x0E, 0x6F, 0x11 }
	};
	void *handle = dlopen(getenv("COMPONENT_BASKET"), RTLD_NOW | RTLD_LOCAL);
	HRESULT (*get)(REFCLSID, REFIID, void **);
	VARIANT arguments[2] = { { .vt = VT_I4, .lVal = 0 }, { .vt = VT_I4, .lVal = 2 } };
	DISPPARAMS one = { .rgvarg = arguments + 1, .cArgs = 1 },
		   two = { .rgvarg = arguments, .cArgs = 2 }, none = { NULL };
	OLECHAR *names[] = { (OLECHAR *)(uintptr_t)u"ADD" };
	VARIANT result = { 0 };
	EXCEPINFO e = { 0 };
	IClassFactory *factory;
	ITypeInfo *info = NULL;
	TYPEATTR *a = NULL;
	IDispatch *d;
	DISPID id;

	assert_non_null(handle);
	*(void **)&get = dlsym(handle, "DllGetClassObject");
	assert_int_equal(get(&clsid, &IID_IClassFactory, (void **)&factory), S_OK);
	assert_int_equal(
		factory->lpVtbl->CreateInstance(factory, NULL, &IID_IDispatch, (void **)&d), S_OK);
	assert_int_equal(d->lpVtbl->GetIDsOfNames(d, &GUID_NULL, names, 1, 0, &id), S_OK);
	assert_int_equal(id, 2);
	assert_int_equal(d->lpVtbl->Invoke(d, id, &GUID_NULL, 0, DISPATCH_METHOD, &one, NULL, &e,
					   NULL),
			 S_OK);
	assert_int_equal(d->lpVtbl->Invoke(d, 1, &GUID_NULL, 0, DISPATCH_PROPERTYGET, &none,
					   &result, &e, NULL),
			 S_OK);
	assert_int_equal(result.vt, VT_I4);
	assert_int_equal(result.lVal, 1); /* the default of Add's count */
	assert_int_equal(d->lpVtbl->Invoke(d, id, &GUID_NULL, 0, DISPATCH_METHOD, &two, NULL, &e,
					   NULL),
			 DISP_E_EXCEPTION);
	assert_int_equal(e.scode, E_INVALIDARG);
	assert_int_equal(SysStringLen(e.bstrDescription), 33);
	SysFreeString(e.bstrSource);
	SysFreeString(e.bstrDescription);
	SysFreeString(e.bstrHelpFile);
	assert_int_equal(d->lpVtbl->Invoke(d, id, &GUID_NULL, 0, DISPATCH_METHOD, &none, NULL, &e,
					   NULL),
			 DISP_E_PARAMNOTOPTIONAL);
	/* Type information keeps the component, whose tables it reads. */
	assert_int_equal(d->lpVtbl->GetTypeInfo(d, 0, 0, &info), S_OK);
	assert_int_equal(d->lpVtbl->Release(d), 0);
	factory->lpVtbl->Release(factory);
	dlclose(handle);
	assert_non_null(dlopen(getenv("COMPONENT_BASKET"), RTLD_NOW | RTLD_NOLOAD));
	assert_int_equal(info->lpVtbl->GetTypeAttr(info, &a), S_OK);
	assert_true(IsEqualGUID(&a->guid, &IID_IBasket));
	info->lpVtbl->ReleaseTypeAttr(info, a);
	dlclose(handle); /* that of the look */
	info->lpVtbl->Release(info);
	assert_null(dlopen(getenv("COMPONENT_BASKET"), RTLD_NOW | RTLD_NOLOAD));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_header),
					    cmocka_unit_test(test_by_table),
					    cmocka_unit_test(test_by_name) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
