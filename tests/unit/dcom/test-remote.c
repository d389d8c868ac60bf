/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of dcom/dcom.h: objects that one struct dcom serves and another uses, over TCP on this
 * machine, with NTLM. Both are in this process.
 */
#include "../security/accounts.h"

#include "base/clock.h"
#include "base/mem.h"
#include "com/automation.h"
#include "com/bstr.h"
#include "com/class.h"
#include "dcom/dcom.h"

#include <idl/ms-oaut.h>
#include <stdatomic.h>
#include <stdlib.h>
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

static const struct automation_member members[] = {
	{ "Add", 1, AUTOMATION_METHOD, 1, 1, counter_add, NULL },
	{ "Fail", 2, AUTOMATION_METHOD, 0, 0, counter_fail, NULL },
	{ "Double", 3, AUTOMATION_METHOD | AUTOMATION_BYREF, 1, 1, counter_double, NULL },
	{ "Make", 4, AUTOMATION_METHOD, 0, 0, counter_make, NULL },
	{ "IsMe", 5, AUTOMATION_METHOD, 1, 1, counter_is_me, NULL },
	{ "List", DISPID_NEWENUM, AUTOMATION_METHOD, 0, 0, counter_list, NULL },
};
static const struct automation_class counter_class = { .name = "Counter",
						       .members = members,
						       .member_count = ARRAY_LEN(members),
						       .free = counter_free };

static HRESULT counter_new(IUnknown **ret)
{
	struct counter *c = mem_new(struct counter);

	if (!c)
		return E_OUTOFMEMORY;
	automation_init(&c->object, &counter_class);
	alive++;
	*ret = (IUnknown *)(void *)automation_dispatch(&c->object);
	return S_OK;
}

/* ---- the two sides ---- */

struct rig {
	struct security_acceptor *acceptor;
	struct rpc_server *server;
	uint16_t port;
	struct dcom *host, *client;
	uint16_t minor; /* of the client's version */
	atomic_int refused;
};

static const struct class_entry counter_entry = { clsid_counter_value, "Test.Counter", "Counts",
						  counter_new };

static HRESULT activate(void *ctx, const struct rpc_caller *caller, REFCLSID clsid, bool factory,
			IUnknown **ret)
{
	assert_string_equal(caller->peer->name, "DOM\\alice");
	if (!IsEqualGUID(clsid, &clsid_counter))
		return REGDB_E_CLASSNOTREG;
	return factory ? CoGetClassObject(clsid, CLSCTX_INPROC_SERVER, NULL, &IID_IUnknown,
					  (void **)ret)
		       : counter_new(ret);
}

static void refused(void *ctx, const struct rpc_caller *caller)
{
	struct rig *rig = ctx;

	rig->refused++;
}

/* `period` and `client_period`: of pings, at either side. */
static void start_rig(struct rig *rig, int64_t period, int64_t client_period)
{
	struct error err = { 0 };
	struct bindings bindings = { 0 };

	*rig = (struct rig){ .minor = rig->minor };
	rig->acceptor = accounts_acceptor();
	struct rpc_server_options server = { .acceptor = rig->acceptor };

	assert_int_equal(rpc_server_new(&server, &rig->server), 0);
	assert_int_equal(rpc_server_listen_tcp(rig->server, "127.0.0.1", 0, &rig->port, &err), 0);
	assert_int_equal(bindings_add_string(&bindings, "nowhere.invalid", 0), 0);
	assert_int_equal(bindings_add_string(&bindings, "127.0.0.1", 0), 0);
	assert_int_equal(bindings_add_security(&bindings, AUTHN_WINNT, ""), 0);
	struct dcom_options options = { .server = rig->server,
					.port = rig->port,
					.bindings = &bindings,
					.ping_period = period,
					.ctx = rig,
					.activate = activate,
					.refused = refused };

	if (dcom_new(&options, &rig->host, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(rpc_server_start(rig->server), 0);
	struct dcom_options own = { .resolver_port = rig->port,
				    .ping_period = client_period,
				    .minor = rig->minor };

	if (dcom_new(&own, &rig->client, &err) < 0)
		fail_msg("%s", err.text);
}

static void rig_init(struct rig *rig, int64_t period, int64_t client_period)
{
	rig->minor = 0;
	start_rig(rig, period, client_period);
}

static void rig_done(struct rig *rig)
{
	dcom_free(rig->client);
	rpc_server_stop(rig->server, 0);
	dcom_free(rig->host);
	rpc_server_free(rig->server);
	security_acceptor_free(rig->acceptor);
	assert_int_equal(alive, 0);
}

static HRESULT create(struct rig *rig, REFCLSID clsid, REFIID iid, const char *password,
		      IUnknown **ret, struct error *err)
{
	struct dcom_server server = { .name = "127.0.0.1",
				      .service = AUTHN_WINNT,
				      .identity = accounts_alice(password) };
	HRESULT result = E_FAIL;

	return dcom_create(rig->client, &server, clsid, false, iid, 1, ret, &result, err);
}

static IDispatch *create_counter(struct rig *rig)
{
	struct error err = { 0 };
	IUnknown *made = NULL;
	HRESULT hr = create(rig, &clsid_counter, &IID_IDispatch, "Secret1", &made, &err);

	if (FAILED(hr))
		fail_msg("0x%08x %s", (unsigned)hr, err.text);
	return (IDispatch *)(void *)made;
}

static HRESULT call(IDispatch *d, DISPID id, VARIANT *argument, VARIANT *result, EXCEPINFO *e)
{
	DISPPARAMS params = { .rgvarg = argument, .cArgs = argument ? 1 : 0 };

	return d->lpVtbl->Invoke(d, id, &GUID_NULL, 0x409, DISPATCH_METHOD, &params, result, e,
				 NULL);
}

static LONG add(IDispatch *d, LONG by)
{
	VARIANT argument = { .vt = VT_I4, .lVal = by }, result = { 0 };

	assert_int_equal(call(d, 1, &argument, &result, NULL), S_OK);
	assert_int_equal(result.vt, VT_I4);
	return result.lVal;
}

static void wait_for(int objects)
{
	for (int i = 0; alive != objects && i < 2000; i++)
		usleep(5000);
	assert_int_equal(alive, objects);
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
	BSTR expected = bstr_from_text(TEXT("it is broken"));

	assert_int_equal(bstr_compare(e.bstrDescription, expected), 0);
	SysFreeString(expected);
	automation_exception_clear(&e);
	assert_int_equal(call(d, 2, NULL, NULL, NULL), DISP_E_EXCEPTION);
	assert_int_equal(call(d, 99, NULL, NULL, NULL), DISP_E_MEMBERNOTFOUND);
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

static int make_accounts(void **state)
{
	accounts_make();
	return class_register(&counter_entry, 1);
}

static int remove_accounts(void **state)
{
	accounts_remove();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_is_made_called_and_released),
		cmocka_unit_test(each_version_is_spoken),
		cmocka_unit_test(what_an_object_raises_comes_back),
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
