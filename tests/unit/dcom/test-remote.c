/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of dcom/dcom.h: objects that one struct dcom serves and another uses.
 */
#include "rig.h"

static void expect_bstr(BSTR s, const char *text)
{
	char *utf8 = bstr_to_utf8(s, NULL);

	assert_string_equal(utf8, text);
	mem_free(utf8);
}

/* ---- tests ---- */

static void an_object_is_made_called_and_released(void **state)
{
	struct rig rig;

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);
	char16_t name[] = u"add", *names[] = { name };
	DISPID id = 0;

	assert_int_equal(alive, 1);
	assert_int_equal(d->lpVtbl->GetIDsOfNames(d, &GUID_NULL, names, 1, 0x409, &id), S_OK);
	assert_int_equal(id, 1);
	assert_int_equal(add(d, 5), 5);
	assert_int_equal(add(d, 7), 12);
	d->lpVtbl->Release(d);
	wait_for(0);
	assert_int_equal(dcom_counts(rig.host).exporter.objects, 0);
	assert_int_equal(rig.refused, 0);
	rig_done(&rig);
}

/* Below 5.6 activation goes another way. */
static void each_version_is_spoken(void **state)
{
	for (uint16_t minor = 1; minor <= 7; minor++) {
		struct rig rig = { .minor = minor };
		struct error err = { 0 };
		IUnknown *made = NULL;
		static const CLSID unknown = { 1, 2, 3, { 4 } };

		start_rig(&rig, 0, 0);
		IDispatch *d = create_counter(&rig);

		assert_int_equal(add(d, minor), minor);
		d->lpVtbl->Release(d);
		assert_int_equal(create(&rig, &unknown, &IID_IDispatch, "Secret1", &made, &err),
				 REGDB_E_CLASSNOTREG);
		assert_int_equal(create(&rig, &clsid_counter, &IID_IEnumVARIANT, "Secret1", &made,
					&err),
				 E_NOINTERFACE);
		wait_for(0);
		rig_done(&rig);
	}
}

static void what_an_object_raises_comes_back(void **state)
{
	struct rig rig;
	EXCEPINFO e = { 0 };

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);

	assert_int_equal(call(d, 2, NULL, NULL, &e), DISP_E_EXCEPTION);
	assert_int_equal(e.scode, MAKE_SCRIPT_HRESULT(5));
	expect_bstr(e.bstrDescription, "it is broken");
	automation_exception_clear(&e);
	assert_int_equal(call(d, 2, NULL, NULL, NULL), DISP_E_EXCEPTION);
	assert_int_equal(call(d, 99, NULL, NULL, NULL), DISP_E_MEMBERNOTFOUND);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

/* What a method left beside its HRESULT is on the caller's thread, and says where it is from. */
static void error_information_comes_back(void **state)
{
	struct rig rig;
	EXCEPINFO e = { 0 };
	IErrorInfo *info = NULL;
	GUID iid;

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);

	add(d, 3);
	assert_int_equal(call(d, 6, NULL, NULL, NULL), E_ABORT);
	assert_int_equal(errorinfo_to_exception((IUnknown *)(void *)d, &IID_IDispatch, E_ABORT, &e),
			 DISP_E_EXCEPTION);
	assert_int_equal(e.scode, E_ABORT);
	expect_bstr(e.bstrSource, "Counter");
	expect_bstr(e.bstrDescription, "it broke at 3");
	automation_exception_clear(&e);
	assert_int_equal(call(d, 6, NULL, NULL, NULL), E_ABORT);
	assert_int_equal(GetErrorInfo(0, &info), S_OK);
	assert_int_equal(info->lpVtbl->GetGUID(info, &iid), S_OK);
	assert_true(IsEqualGUID(&iid, &IID_IDispatch));
	info->lpVtbl->Release(info);
	/* What the object does not vouch for stays there. */
	supporting = false;
	assert_int_equal(call(d, 6, NULL, NULL, NULL), E_ABORT);
	assert_int_equal(GetErrorInfo(0, &info), S_FALSE);
	supporting = true;
	/* So does what it left behind without a failure. */
	for (int i = 0; i < 20; i++) {
		assert_int_equal(call(d, 7, NULL, NULL, NULL), S_OK);
		assert_int_equal(call(d, 8, NULL, NULL, NULL), E_ABORT);
		assert_int_equal(GetErrorInfo(0, &info), S_FALSE);
	}
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void references_are_written_through(void **state)
{
	struct rig rig;
	LONG n = 21;
	VARIANT by_reference = { .vt = VT_BYREF | VT_I4, .plVal = &n };

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);

	assert_int_equal(call(d, 3, &by_reference, NULL, NULL), S_OK);
	assert_int_equal(n, 42);
	assert_ptr_equal(by_reference.plVal, &n);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void objects_travel_both_ways(void **state)
{
	struct rig rig;
	VARIANT made = { 0 }, me = { .vt = VT_DISPATCH }, result = { 0 };

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);

	assert_int_equal(call(d, 4, NULL, &made, NULL), S_OK);
	assert_int_equal(made.vt, VT_DISPATCH);
	assert_int_equal(alive, 2);
	assert_int_equal(add(made.pdispVal, 1), 1);
	me.pdispVal = d;
	assert_int_equal(call(d, 5, &me, &result, NULL), S_OK);
	assert_int_equal(result.vt, VT_BOOL);
	assert_int_equal(result.boolVal, VARIANT_TRUE);
	assert_int_equal(call(d, 5, &made, &result, NULL), S_OK);
	assert_int_equal(result.boolVal, VARIANT_FALSE);
	VariantClear(&made);
	wait_for(1);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void class_objects_make_objects(void **state)
{
	struct rig rig;
	struct error err = { 0 };
	struct dcom_server server = { .name = "127.0.0.1",
				      .service = AUTHN_WINNT,
				      .identity = accounts_alice("Secret1") };
	IClassFactory *factory = NULL;
	IDispatch *d = NULL;
	HRESULT result = E_FAIL;

	rig_init(&rig, 0, 0);
	assert_int_equal(dcom_create(rig.client, &server, &clsid_counter, true, &IID_IClassFactory,
				     1, (IUnknown **)(void *)&factory, &result, &err),
			 S_OK);
	assert_int_equal(alive, 0);
	assert_int_equal(factory->lpVtbl->LockServer(factory, true), S_OK);
	assert_int_equal(factory->lpVtbl->CreateInstance(factory, (IUnknown *)(void *)factory,
							 &IID_IDispatch, (void **)&d),
			 CLASS_E_NOAGGREGATION);
	assert_int_equal(factory->lpVtbl->CreateInstance(factory, NULL, &IID_IEnumVARIANT,
							 (void **)&d),
			 E_NOINTERFACE);
	assert_null(d);
	assert_int_equal(
		factory->lpVtbl->CreateInstance(factory, NULL, &IID_IDispatch, (void **)&d), S_OK);
	assert_int_equal(add(d, 4), 4);
	factory->lpVtbl->Release(factory);
	assert_int_equal(add(d, 4), 8);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void a_proxy_has_one_identity(void **state)
{
	struct rig rig;
	IUnknown *a = NULL, *b = NULL, *list = NULL;

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig), *again = NULL;

	assert_int_equal(d->lpVtbl->QueryInterface(d, &IID_IUnknown, (void **)&a), S_OK);
	assert_int_equal(a->lpVtbl->QueryInterface(a, &IID_IDispatch, (void **)&again), S_OK);
	assert_ptr_equal(again, d);
	assert_int_equal(again->lpVtbl->QueryInterface(again, &IID_IUnknown, (void **)&b), S_OK);
	assert_ptr_equal(a, b);
	assert_int_equal(d->lpVtbl->QueryInterface(d, &IID_IEnumVARIANT, (void **)&list),
			 E_NOINTERFACE);
	assert_null(list);
	a->lpVtbl->Release(a);
	b->lpVtbl->Release(b);
	again->lpVtbl->Release(again);
	assert_int_equal(add(d, 1), 1);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void enumerators_are_asked_over_the_wire(void **state)
{
	struct rig rig;
	VARIANT list = { 0 }, items[4] = { 0 };
	IEnumVARIANT *e = NULL, *copy = NULL;
	ULONG got = 0;

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);

	assert_int_equal(call(d, DISPID_NEWENUM, NULL, &list, NULL), S_OK);
	assert_int_equal(list.vt, VT_UNKNOWN);
	assert_int_equal(list.punkVal->lpVtbl->QueryInterface(list.punkVal, &IID_IEnumVARIANT,
							      (void **)&e),
			 S_OK);
	assert_int_equal(e->lpVtbl->Next(e, 2, items, &got), S_OK);
	assert_int_equal(got, 2);
	assert_int_equal(items[1].lVal, 2);
	assert_int_equal(e->lpVtbl->Clone(e, &copy), S_OK);
	assert_int_equal(e->lpVtbl->Next(e, 4, items, &got), S_FALSE);
	assert_int_equal(got, 1);
	assert_int_equal(items[0].lVal, 3);
	assert_int_equal(copy->lpVtbl->Next(copy, 1, items, NULL), S_OK);
	assert_int_equal(items[0].lVal, 3);
	assert_int_equal(e->lpVtbl->Reset(e), S_OK);
	assert_int_equal(e->lpVtbl->Skip(e, 2), S_OK);
	assert_int_equal(e->lpVtbl->Next(e, 1, items, &got), S_OK);
	assert_int_equal(items[0].lVal, 3);
	copy->lpVtbl->Release(copy);
	e->lpVtbl->Release(e);
	VariantClear(&list);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void who_may_not_is_refused(void **state)
{
	struct rig rig;
	struct error err = { 0 };
	IUnknown *made = NULL;
	static const CLSID unknown = { 1, 2, 3, { 4 } };

	rig_init(&rig, 0, 0);
	assert_int_equal(create(&rig, &clsid_counter, &IID_IDispatch, "wrong", &made, &err),
			 E_ACCESSDENIED);
	assert_null(made);
	assert_non_null(strstr(err.text, "127.0.0.1"));
	assert_int_equal(create(&rig, &unknown, &IID_IDispatch, "Secret1", &made, &err),
			 REGDB_E_CLASSNOTREG);
	assert_int_equal(create(&rig, &clsid_counter, &IID_IEnumVARIANT, "Secret1", &made, &err),
			 E_NOINTERFACE);
	wait_for(0);
	rig_done(&rig);
}

static void a_server_that_is_gone_is_unavailable(void **state)
{
	struct rig rig;
	struct error err = { 0 };
	IUnknown *made = NULL;
	VARIANT argument = { .vt = VT_I4, .lVal = 1 };

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);
	int64_t before = clock_now();

	rpc_server_stop(rig.server, 0);
	assert_true(FAILED(call(d, 1, &argument, NULL, NULL)));
	assert_int_equal(call(d, 1, &argument, NULL, NULL), HRESULT_FROM_WIN32(1722));
	d->lpVtbl->Release(d);
	assert_int_equal(create(&rig, &clsid_counter, &IID_IDispatch, "Secret1", &made, &err),
			 HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE));
	assert_true(clock_now() - before < 30 * NSEC_PER_SEC);
	rig_done(&rig);
}

static void pings_keep_objects_alive(void **state)
{
	struct rig rig;

	rig_init(&rig, NSEC_PER_SEC / 4, NSEC_PER_SEC / 4);
	IDispatch *d = create_counter(&rig);
	int64_t end = clock_now() + 2 * NSEC_PER_SEC;

	while (clock_now() < end)
		usleep(50000);
	assert_int_equal(dcom_counts(rig.host).resolver.sets, 1);
	assert_int_equal(add(d, 3), 3);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void objects_nobody_pings_are_given_up(void **state)
{
	struct rig rig;
	VARIANT argument = { .vt = VT_I4, .lVal = 1 };

	rig_init(&rig, NSEC_PER_SEC / 20, 0);
	IDispatch *d = create_counter(&rig);

	wait_for(0);
	assert_int_equal(call(d, 1, &argument, NULL, NULL), RPC_E_DISCONNECTED);
	d->lpVtbl->Release(d);
	rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_is_made_called_and_released),
		cmocka_unit_test(each_version_is_spoken),
		cmocka_unit_test(what_an_object_raises_comes_back),
		cmocka_unit_test(error_information_comes_back),
		cmocka_unit_test(references_are_written_through),
		cmocka_unit_test(objects_travel_both_ways),
		cmocka_unit_test(class_objects_make_objects),
		cmocka_unit_test(a_proxy_has_one_identity),
		cmocka_unit_test(enumerators_are_asked_over_the_wire),
		cmocka_unit_test(who_may_not_is_refused),
		cmocka_unit_test(a_server_that_is_gone_is_unavailable),
		cmocka_unit_test(pings_keep_objects_alive),
		cmocka_unit_test(objects_nobody_pings_are_given_up),
	};

	return cmocka_run_group_tests(tests, make_accounts, remove_accounts);
}
