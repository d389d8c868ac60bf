/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Class objects that a program registers, several interfaces at once, other computers through the
 * seam, names that a class parses, bind contexts, and the security helpers.
 */
#include "helpers.h"

#include "com/activate.h"
#include "com/class.h"
#include "com/errorinfo.h"

#include <unistd.h>

static const CLSID own = { 5, 5, 5, { 5 } };

/* ---- a class object of ours: a factory that parses names, too ---- */

static struct {
	IClassFactory factory;
	IParseDisplayName parser;
	IMoniker moniker;
	LONG refs;
	LONG parsed;
} class;

static void plain_free(struct automation_object *object)
{
	mem_free(object);
}

static HRESULT plain_query(struct automation_object *object, REFIID riid, void **ret);
static const struct automation_class plain_class = { .name = "Plain",
						     .free = plain_free,
						     .query = plain_query };

static HRESULT plain_query(struct automation_object *object, REFIID riid, void **ret)
{
	*ret = NULL;
	return E_NOINTERFACE;
}

static HRESULT plain_new(REFIID riid, void **ret)
{
	struct automation_object *object = mem_new(struct automation_object);
	IDispatch *d;
	HRESULT hr;

	if (!object)
		return E_OUTOFMEMORY;
	automation_init(object, &plain_class);
	d = automation_dispatch(object);
	hr = d->lpVtbl->QueryInterface(d, riid, ret);
	d->lpVtbl->Release(d);
	return hr;
}

static HRESULT class_query(REFIID riid, void **ret)
{
	*ret = NULL;
	if (IsEqualGUID(riid, &IID_IUnknown) || IsEqualGUID(riid, &IID_IClassFactory))
		*ret = &class.factory;
	else if (IsEqualGUID(riid, &IID_IParseDisplayName))
		*ret = &class.parser;
	if (!*ret)
		return E_NOINTERFACE;
	class.refs++;
	return S_OK;
}

static HRESULT f_query(IClassFactory *This, REFIID riid, void **ret)
{
	return class_query(riid, ret);
}
static ULONG f_addref(IClassFactory *This)
{
	return (ULONG)++ class.refs;
}
static ULONG f_release(IClassFactory *This)
{
	return (ULONG)-- class.refs;
}
static HRESULT f_create(IClassFactory *This, IUnknown *outer, REFIID riid, void **ret)
{
	return plain_new(riid, ret);
}
static HRESULT f_lock(IClassFactory *This, BOOL lock)
{
	return S_OK;
}
static const IClassFactoryVtbl factory_vtbl = { f_query, f_addref, f_release, f_create, f_lock };

static HRESULT p_query(IParseDisplayName *This, REFIID riid, void **ret)
{
	return class_query(riid, ret);
}
static ULONG p_addref(IParseDisplayName *This)
{
	return (ULONG)++ class.refs;
}
static ULONG p_release(IParseDisplayName *This)
{
	return (ULONG)-- class.refs;
}
static HRESULT p_parse(IParseDisplayName *This, IBindCtx *context, LPOLESTR name, ULONG *eaten,
		       IMoniker **ret)
{
	while (name[*eaten])
		++*eaten;
	class.parsed = (LONG)*eaten;
	class.refs++;
	*ret = &class.moniker;
	return S_OK;
}
static const IParseDisplayNameVtbl parser_vtbl = { p_query, p_addref, p_release, p_parse };

static ULONG m_release(IMoniker *This)
{
	return (ULONG)-- class.refs;
}
static HRESULT m_bind(IMoniker *This, IBindCtx *context, IMoniker *left, REFIID riid, void **ret)
{
	BIND_OPTS options = { .cbStruct = sizeof(options) };

	assert_int_equal(context->lpVtbl->GetBindOptions(context, &options), S_OK);
	return options.grfMode == 77 ? E_ABORT : plain_new(riid, ret);
}
static const IMonikerVtbl moniker_vtbl = { .Release = m_release, .BindToObject = m_bind };

static int set_up(void **state)
{
	class.factory.lpVtbl = &factory_vtbl;
	class.parser.lpVtbl = &parser_vtbl;
	class.moniker.lpVtbl = &moniker_vtbl;
	return 0;
}

static IUnknown *the_class(void)
{
	return (IUnknown *)(void *)&class.factory;
}

static HRESULT create(DWORD context)
{
	IUnknown *object = NULL;
	HRESULT hr = CoCreateInstance(&own, NULL, context, &IID_IDispatch, (void **)&object);

	if (SUCCEEDED(hr))
		object->lpVtbl->Release(object);
	return hr;
}

/* ---- tests ---- */

static void test_registered(void **state)
{
	DWORD cookie, second;

	assert_int_equal(create(CLSCTX_ALL), REGDB_E_CLASSNOTREG);
	assert_int_equal(CoRegisterClassObject(&own, the_class(), CLSCTX_INPROC_SERVER,
					       REGCLS_MULTIPLEUSE, &cookie),
			 S_OK);
	assert_int_equal(class.refs, 1);
	assert_int_equal(create(CLSCTX_INPROC_SERVER), S_OK);
	assert_int_equal(create(CLSCTX_LOCAL_SERVER), REGDB_E_CLASSNOTREG);
	assert_int_equal(CoSuspendClassObjects(), S_OK);
	assert_int_equal(create(CLSCTX_ALL), REGDB_E_CLASSNOTREG);
	assert_int_equal(CoResumeClassObjects(), S_OK);
	assert_int_equal(create(CLSCTX_ALL), S_OK);
	assert_int_equal(CoRevokeClassObject(cookie), S_OK);
	assert_int_equal(CoRevokeClassObject(cookie), E_INVALIDARG);
	assert_int_equal(CoRevokeClassObject(0), E_INVALIDARG);
	assert_int_equal(class.refs, 0);
	/* For one use: given out once, and revoked all the same. */
	assert_int_equal(CoRegisterClassObject(&own, the_class(), CLSCTX_INPROC_SERVER,
					       REGCLS_SINGLEUSE, &cookie),
			 S_OK);
	assert_int_equal(create(CLSCTX_ALL), S_OK);
	assert_int_equal(create(CLSCTX_ALL), REGDB_E_CLASSNOTREG);
	assert_int_equal(class.refs, 0);
	assert_int_equal(CoRevokeClassObject(cookie), S_OK);
	/* A local server's serves its own process, when it is for many. */
	assert_int_equal(CoRegisterClassObject(&own, the_class(), CLSCTX_LOCAL_SERVER,
					       REGCLS_MULTIPLEUSE | REGCLS_SUSPENDED, &cookie),
			 S_OK);
	assert_int_equal(create(CLSCTX_INPROC_SERVER), REGDB_E_CLASSNOTREG);
	CoResumeClassObjects();
	assert_int_equal(create(CLSCTX_INPROC_SERVER), S_OK);
	assert_int_equal(CoRegisterClassObject(&own, the_class(), CLSCTX_LOCAL_SERVER,
					       REGCLS_MULTI_SEPARATE, &second),
			 S_OK);
	assert_int_not_equal(cookie, second);
	assert_int_equal(CoRevokeClassObject(cookie), S_OK);
	assert_int_equal(create(CLSCTX_INPROC_SERVER), REGDB_E_CLASSNOTREG);
	assert_int_equal(create(CLSCTX_LOCAL_SERVER), S_OK);
	/* The last one leaves: nobody gets in any more. */
	assert_int_equal(CoAddRefServerProcess(), 1);
	assert_int_equal(CoAddRefServerProcess(), 2);
	assert_int_equal(CoReleaseServerProcess(), 1);
	assert_int_equal(create(CLSCTX_LOCAL_SERVER), S_OK);
	assert_int_equal(CoReleaseServerProcess(), 0);
	assert_int_equal(create(CLSCTX_LOCAL_SERVER), REGDB_E_CLASSNOTREG);
	assert_int_equal(CoRevokeClassObject(second), S_OK);
	assert_int_equal(CoRegisterClassObject(&own, NULL, CLSCTX_ALL, 0, &cookie), E_INVALIDARG);
	assert_int_equal(CoRegisterClassObject(&own, the_class(), 0, 0, &cookie), E_INVALIDARG);
	assert_int_equal(CoRegisterClassObject(&own, the_class(), CLSCTX_ALL, 9, &cookie),
			 E_INVALIDARG);
	assert_int_equal(class.refs, 0);
}

static void test_many_interfaces(void **state)
{
	MULTI_QI q[] = { { &IID_IDispatch, NULL, 1 },
			 { &IID_IStream, NULL, 1 },
			 { &IID_IUnknown, NULL, 1 } };
	DWORD cookie;

	assert_int_equal(CoCreateInstanceEx(&own, NULL, CLSCTX_ALL, NULL, 3, q),
			 REGDB_E_CLASSNOTREG);
	assert_int_equal(q[2].hr, REGDB_E_CLASSNOTREG);
	CoRegisterClassObject(&own, the_class(), CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE, &cookie);
	assert_int_equal(CoCreateInstanceEx(&own, NULL, CLSCTX_ALL, NULL, 3, q),
			 CO_S_NOTALLINTERFACES);
	assert_int_equal(q[0].hr, S_OK);
	assert_int_equal(q[1].hr, E_NOINTERFACE);
	assert_null(q[1].pItf);
	assert_int_equal(q[2].hr, S_OK);
	assert_int_equal(q[0].pItf->lpVtbl->Release(q[0].pItf), 1);
	assert_int_equal(CoCreateInstanceEx(&own, NULL, CLSCTX_ALL, NULL, 3, q), E_INVALIDARG);
	assert_int_equal(q[2].pItf->lpVtbl->Release(q[2].pItf), 0);
	q[0].pItf = q[2].pItf = NULL;
	assert_int_equal(CoCreateInstanceEx(&own, NULL, CLSCTX_ALL, NULL, 1, &q[1]), E_NOINTERFACE);
	assert_int_equal(CoCreateInstanceEx(&own, NULL, CLSCTX_ALL, NULL, 1, q), S_OK);
	q[0].pItf->lpVtbl->Release(q[0].pItf);
	assert_int_equal(CoCreateInstanceEx(&own, NULL, CLSCTX_ALL, NULL, 0, q), E_INVALIDARG);
	CoRevokeClassObject(cookie);
}

/* ---- elsewhere ---- */

static DWORD asked_count;
static bool asked_class_object;

static HRESULT elsewhere(const struct com_activation *what, DWORD count, MULTI_QI *results)
{
	asked_count = count;
	asked_class_object = what->class_object;
	assert_non_null(what->server);
	for (DWORD i = 0; i < count; i++)
		results[i].hr = plain_new(results[i].pIID, (void **)&results[i].pItf);
	return S_OK;
}

static void test_other_computers(void **state)
{
	static const struct com_remoting remoting = { .activate = elsewhere };
	COSERVERINFO far = { .pwszName = (LPOLESTR)u"far.example" };
	MULTI_QI q[] = { { &IID_IDispatch, NULL, 0 }, { &IID_IUnknown, NULL, 0 } };
	BSTR progid = SysAllocString(u"{00000005-0005-0005-0500-000000000000}"),
	     server = SysAllocString(u"\\\\far");
	IDispatch *object = NULL;
	IUnknown *got = NULL;
	char *text;

	assert_int_equal(CoCreateInstanceEx(&own, NULL, CLSCTX_REMOTE_SERVER, &far, 2, q),
			 HRESULT_FROM_WIN32(1722));
	text = errorinfo_take_text();
	assert_non_null(text);
	mem_free(text);
	com_remoting_set(&remoting);
	assert_int_equal(CoCreateInstanceEx(&own, NULL, CLSCTX_INPROC_SERVER, &far, 2, q),
			 REGDB_E_CLASSNOTREG);
	assert_int_equal(CoCreateInstanceEx(&own, the_class(), CLSCTX_ALL, &far, 2, q),
			 CLASS_E_NOAGGREGATION);
	assert_int_equal(CoCreateInstanceEx(&own, NULL, CLSCTX_ALL, &far, 2, q), S_OK);
	assert_int_equal(asked_count, 2);
	assert_false(asked_class_object);
	q[0].pItf->lpVtbl->Release(q[0].pItf);
	q[1].pItf->lpVtbl->Release(q[1].pItf);
	assert_int_equal(CoGetClassObject(&own, CLSCTX_ALL, &far, &IID_IUnknown, (void **)&got),
			 S_OK);
	assert_true(asked_class_object);
	got->lpVtbl->Release(got);
	assert_int_equal(com_create_object(progid, server, &object), S_OK);
	object->lpVtbl->Release(object);
	com_remoting_set(NULL);
	SysFreeString(progid);
	SysFreeString(server);
}

/* What others of the machine are told of. */
static uint32_t offers, withdrawn;

static HRESULT offer(REFCLSID clsid, bool single_use, uint32_t *ret_cookie)
{
	*ret_cookie = ++offers;
	return S_OK;
}

static void withdraw(uint32_t cookie)
{
	withdrawn = cookie;
}

static void test_offered_to_others(void **state)
{
	static const struct com_remoting remoting = { .offer = offer, .withdraw = withdraw };
	IUnknown *made = NULL;
	DWORD many, once, inside;

	com_remoting_set(&remoting);
	CoRegisterClassObject(&own, the_class(), CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE, &inside);
	assert_int_equal(offers, 0);
	CoRegisterClassObject(&own, the_class(), CLSCTX_LOCAL_SERVER,
			      REGCLS_MULTI_SEPARATE | REGCLS_SUSPENDED, &many);
	assert_int_equal(offers, 0);
	CoResumeClassObjects();
	assert_int_equal(offers, 1);
	CoSuspendClassObjects();
	assert_int_equal(withdrawn, 1);
	CoRevokeClassObject(many);
	CoResumeClassObjects();
	assert_int_equal(offers, 1);
	/* One that has been given out is nobody's to ask for any more. */
	CoRegisterClassObject(&own, the_class(), CLSCTX_LOCAL_SERVER, REGCLS_SINGLEUSE, &once);
	assert_int_equal(offers, 2);
	assert_int_equal(com_serve(&own, true, &made), S_OK);
	made->lpVtbl->Release(made);
	assert_int_equal(withdrawn, 2);
	CoRevokeClassObject(once);
	CoRevokeClassObject(inside);
	com_remoting_set(NULL);
	assert_int_equal(class.refs, 0);
}

static void test_where_is_here(void **state)
{
	char host[256];
	BSTR own_name;

	assert_true(com_server_is_here(NULL));
	assert_true(com_server_is_here(u""));
	assert_true(com_server_is_here(u"LocalHost"));
	assert_true(com_server_is_here(u"\\\\localhost"));
	assert_true(com_server_is_here(u"."));
	assert_true(com_server_is_here(u"127.0.0.1"));
	assert_false(com_server_is_here(u"localhost.example"));
	assert_false(com_server_is_here(u"\\\\"
					u"far"));
	assert_int_equal(gethostname(host, sizeof(host)), 0);
	own_name = bstr_from_text(text_of(host));
	assert_true(com_server_is_here(own_name));
	SysFreeString(own_name);
}

/* ---- names ---- */

static void test_names(void **state)
{
	BIND_OPTS options = { .cbStruct = sizeof(options), .grfMode = 77 };
	IUnknown *object;
	IBindCtx *context;
	IMoniker *moniker;
	ULONG eaten;
	DWORD cookie;

	CoRegisterClassObject(&own, the_class(), CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE, &cookie);
	assert_int_equal(CoGetObject(u"{00000005-0005-0005-0500-000000000000}:a/b", NULL,
				     &IID_IDispatch, (void **)&object),
			 S_OK);
	object->lpVtbl->Release(object);
	assert_int_equal(class.parsed, 42);
	assert_int_equal(CoGetObject(u"{00000005-0005-0005-0500-000000000000}:a", &options,
				     &IID_IDispatch, (void **)&object),
			 E_ABORT);
	assert_int_equal(CoGetObject(u"NEW:{00000005-0005-0005-0500-000000000000}", NULL,
				     &IID_IDispatch, (void **)&object),
			 S_OK);
	object->lpVtbl->Release(object);
	assert_int_equal(CoGetObject(u"new:None", NULL, &IID_IUnknown, (void **)&object),
			 CO_E_CLASSSTRING);
	assert_int_equal(CoGetObject(u"c:\\file", NULL, &IID_IUnknown, (void **)&object),
			 MK_E_SYNTAX);
	assert_int_equal(CoGetObject(u"news:x", NULL, &IID_IUnknown, (void **)&object),
			 MK_E_SYNTAX);
	assert_int_equal(CoGetObject(u"", NULL, &IID_IUnknown, (void **)&object), MK_E_SYNTAX);
	assert_int_equal(CreateBindCtx(0, &context), S_OK);
	assert_int_equal(MkParseDisplayName(context, u"plain", &eaten, &moniker), MK_E_SYNTAX);
	assert_int_equal(context->lpVtbl->Release(context), 0);
	CoRevokeClassObject(cookie);
	assert_int_equal(class.refs, 0);
}

static void test_bind_context(void **state)
{
	BIND_OPTS options = { .cbStruct = sizeof(options) }, small = { .cbStruct = 4 };
	IUnknown *got;
	IBindCtx *context;

	assert_int_equal(CreateBindCtx(1, &context), E_INVALIDARG);
	assert_int_equal(CreateBindCtx(0, &context), S_OK);
	assert_int_equal(context->lpVtbl->GetBindOptions(context, &options), S_OK);
	assert_int_equal(options.grfMode, 2);
	assert_int_equal(context->lpVtbl->SetBindOptions(context, &small), E_INVALIDARG);
	assert_int_equal(context->lpVtbl->RegisterObjectBound(context, the_class()), S_OK);
	assert_int_equal(context->lpVtbl->RegisterObjectBound(context, the_class()), S_OK);
	assert_int_equal(context->lpVtbl->RevokeObjectBound(context, the_class()), S_OK);
	assert_int_equal(class.refs, 1);
	assert_int_equal(
		context->lpVtbl->RegisterObjectParam(context, (LPOLESTR)u"key", the_class()), S_OK);
	assert_int_equal(
		context->lpVtbl->RegisterObjectParam(context, (LPOLESTR)u"key", the_class()), S_OK);
	assert_int_equal(class.refs, 2);
	assert_int_equal(context->lpVtbl->GetObjectParam(context, (LPOLESTR)u"key", &got), S_OK);
	got->lpVtbl->Release(got);
	assert_int_equal(context->lpVtbl->GetObjectParam(context, (LPOLESTR)u"ke", &got), E_FAIL);
	assert_int_equal(context->lpVtbl->RevokeObjectParam(context, (LPOLESTR)u"kex"), S_FALSE);
	assert_int_equal(context->lpVtbl->ReleaseBoundObjects(context), S_OK);
	assert_int_equal(class.refs, 1);
	assert_int_equal(context->lpVtbl->RevokeObjectBound(context, the_class()),
			 MK_E_UNAVAILABLE);
	assert_int_equal(context->lpVtbl->Release(context), 0);
	assert_int_equal(class.refs, 0);
}

/* ---- security ---- */

static void test_security(void **state)
{
	IUnknown *copy, *before;
	void *p;

	assert_int_equal(com_security().authn_level, RPC_C_AUTHN_LEVEL_CONNECT);
	assert_int_equal(CoInitializeSecurity(the_class(), -1, NULL, NULL, 0, 0, NULL, 0, NULL),
			 E_INVALIDARG);
	assert_int_equal(CoInitializeSecurity(NULL, -1, NULL, NULL, 9, 0, NULL, 0, NULL),
			 E_INVALIDARG);
	assert_int_equal(CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
					      RPC_C_IMP_LEVEL_DEFAULT, NULL, 0, NULL),
			 S_OK);
	assert_int_equal(CoInitializeSecurity(NULL, -1, NULL, NULL, 0, 0, NULL, 0, NULL),
			 RPC_E_TOO_LATE);
	assert_int_equal(com_security().authn_level, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
	assert_int_equal(com_security().imp_level, RPC_C_IMP_LEVEL_IDENTIFY);
	assert_int_equal(CoSetProxyBlanket(the_class(), 10, 0, NULL, 6, 3, NULL, 0), E_NOINTERFACE);
	assert_int_equal(CoSetProxyBlanket(NULL, 10, 0, NULL, 6, 3, NULL, 0), E_INVALIDARG);
	assert_int_equal(CoQueryProxyBlanket(the_class(), NULL, NULL, NULL, NULL, NULL, NULL, NULL),
			 E_NOINTERFACE);
	assert_int_equal(CoCopyProxy(the_class(), &copy), E_NOINTERFACE);
	assert_int_equal(CoGetCallContext(&IID_IServerSecurity, &p), RPC_E_CALL_COMPLETE);
	assert_int_equal(CoImpersonateClient(), RPC_E_CALL_COMPLETE);
	assert_int_equal(CoRevertToSelf(), RPC_E_CALL_COMPLETE);
	before = com_call_set(the_class());
	assert_null(before);
	assert_int_equal(CoGetCallContext(&IID_IUnknown, &p), S_OK);
	the_class()->lpVtbl->Release(p);
	assert_int_equal(CoImpersonateClient(), E_NOINTERFACE);
	assert_ptr_equal(com_call_set(before), the_class());
}

static bool use_all(void *ctx)
{
	IUnknown *object = NULL;
	DWORD cookie = 0;
	HRESULT hr = CoRegisterClassObject(&own, the_class(), CLSCTX_INPROC_SERVER,
					   REGCLS_MULTIPLEUSE, &cookie);

	if (SUCCEEDED(hr))
		hr = CoGetObject(u"{00000005-0005-0005-0500-000000000000}:a", NULL, &IID_IDispatch,
				 (void **)&object);
	if (object)
		object->lpVtbl->Release(object);
	if (cookie)
		CoRevokeClassObject(cookie);
	assert_int_equal(class.refs, 0);
	return SUCCEEDED(hr);
}

static void test_no_memory(void **state)
{
	with_every_allocation_failing(use_all, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_registered),
		cmocka_unit_test(test_many_interfaces),
		cmocka_unit_test(test_other_computers),
		cmocka_unit_test(test_offered_to_others),
		cmocka_unit_test(test_where_is_here),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_bind_context),
		cmocka_unit_test(test_security),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
