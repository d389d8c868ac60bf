/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of what proxies answer themselves: security of their calls (IClientSecurity), copies, and
 * many interfaces at once (IMultiQI).
 */
#include "rig.h"

#include "rpc/connection.h"

#define U(p) ((IUnknown *)(void *)(p))

static HRESULT set(void *proxy, DWORD service, DWORD level, DWORD impersonation, void *identity)
{
	return CoSetProxyBlanket(U(proxy), service, RPC_C_AUTHZ_DEFAULT, COLE_DEFAULT_PRINCIPAL,
				 level, impersonation, identity, EOAC_DEFAULT);
}

static DWORD level_of(void *proxy)
{
	DWORD level = 99;

	assert_int_equal(CoQueryProxyBlanket(U(proxy), NULL, NULL, NULL, &level, NULL, NULL, NULL),
			 S_OK);
	return level;
}

/* What the object sees of a call. */
static const struct sight *sight(IDispatch *d)
{
	assert_int_equal(call(d, 9, NULL, NULL, NULL), S_OK);
	return &seen.inner;
}

static void a_proxy_says_how_it_calls(void **state)
{
	struct rig rig;
	DWORD service = 99, authorization = 99, level = 99, impersonation = 99, capabilities = 99;
	OLECHAR *principal = (OLECHAR *)-1;
	void *info = &rig;

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);

	assert_int_equal(CoQueryProxyBlanket(U(d), &service, &authorization, &principal, &level,
					     &impersonation, &info, &capabilities),
			 S_OK);
	assert_int_equal(service, RPC_C_AUTHN_WINNT);
	assert_int_equal(authorization, RPC_C_AUTHZ_NONE);
	assert_null(principal); /* the exporter has none */
	assert_int_equal(level, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
	assert_int_equal(impersonation, RPC_C_IMP_LEVEL_IMPERSONATE);
	assert_null(info);
	assert_int_equal(capabilities, EOAC_NONE);
	assert_int_equal(CoQueryProxyBlanket(U(d), NULL, NULL, NULL, NULL, NULL, NULL, NULL), S_OK);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void a_blanket_holds_for_one_interface(void **state)
{
	struct rig rig;
	IUnknown *unknown = NULL;

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig), *other = create_counter(&rig);

	assert_int_equal(set(d, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
			     RPC_C_IMP_LEVEL_IDENTIFY, COLE_DEFAULT_AUTHINFO),
			 S_OK);
	assert_int_equal(level_of(d), RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
	assert_int_equal(sight(d)->level, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
	assert_int_equal(sight(d)->impersonation, RPC_C_IMP_LEVEL_IDENTIFY);
	assert_string_equal(sight(d)->name, "DOM\\alice");
	/* The object's IUnknown and other objects keep theirs. */
	assert_int_equal(d->lpVtbl->QueryInterface(d, &IID_IUnknown, (void **)&unknown), S_OK);
	assert_int_equal(level_of(unknown), RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
	assert_int_equal(sight(other)->level, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
	/* A level below what the server asks for is used, and refused there. */
	assert_int_equal(set(d, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHN_LEVEL_CONNECT, 0,
			     COLE_DEFAULT_AUTHINFO),
			 S_OK);
	assert_int_equal(level_of(d), RPC_C_AUTHN_LEVEL_CONNECT);
	assert_int_equal(call(d, 9, NULL, NULL, NULL), E_ACCESSDENIED);
	assert_int_equal(set(d, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHN_LEVEL_DEFAULT, 0,
			     COLE_DEFAULT_AUTHINFO),
			 S_OK);
	assert_int_equal(sight(d)->level, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
	unknown->lpVtbl->Release(unknown);
	other->lpVtbl->Release(other);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void a_blanket_says_who_calls(void **state)
{
	static char16_t user[] = u"alice", domain[] = u"DOM", wrong[] = u"Secret2",
			right[] = u"Secret1";
	COAUTHIDENTITY identity = { (USHORT *)user, 5, (USHORT *)domain, 3, (USHORT *)wrong, 7, 2 };
	struct rig rig;
	void *info = NULL;

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);

	assert_int_equal(set(d, RPC_C_AUTHN_WINNT, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, 0, &identity),
			 S_OK);
	assert_int_equal(CoQueryProxyBlanket(U(d), NULL, NULL, NULL, NULL, NULL, &info, NULL),
			 S_OK);
	assert_ptr_equal(info, &identity);
	assert_int_equal(call(d, 9, NULL, NULL, NULL), E_ACCESSDENIED);
	identity.Password = (USHORT *)right;
	assert_int_equal(set(d, RPC_C_AUTHN_WINNT, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, 0, &identity),
			 S_OK);
	assert_string_equal(sight(d)->name, "DOM\\alice");
	/* Nobody at all. */
	assert_int_equal(set(d, RPC_C_AUTHN_NONE, RPC_C_AUTHN_LEVEL_NONE, 0, NULL), S_OK);
	assert_int_equal(level_of(d), RPC_C_AUTHN_LEVEL_NONE);
	assert_int_equal(call(d, 9, NULL, NULL, NULL), E_ACCESSDENIED);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void copies_have_a_blanket_of_their_own(void **state)
{
	struct rig rig;
	IDispatch *copy = NULL;
	IUnknown *unknown = NULL, *of_copy = NULL, *none = NULL;

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);

	assert_int_equal(CoCopyProxy(U(d), (IUnknown **)(void *)&copy), S_OK);
	assert_ptr_not_equal(copy, d);
	assert_int_equal(set(copy, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, 0,
			     COLE_DEFAULT_AUTHINFO),
			 S_OK);
	assert_int_equal(add(copy, 2), 2);
	assert_int_equal(sight(copy)->level, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
	assert_int_equal(sight(d)->level, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
	/* It is the same object, which it keeps. */
	assert_int_equal(d->lpVtbl->QueryInterface(d, &IID_IUnknown, (void **)&unknown), S_OK);
	assert_int_equal(copy->lpVtbl->QueryInterface(copy, &IID_IUnknown, (void **)&of_copy),
			 S_OK);
	assert_ptr_equal(unknown, of_copy);
	assert_int_equal(CoCopyProxy(unknown, &none), E_INVALIDARG);
	assert_null(none);
	of_copy->lpVtbl->Release(of_copy);
	unknown->lpVtbl->Release(unknown);
	d->lpVtbl->Release(d);
	assert_int_equal(add(copy, 2), 4);
	/* A copy of a copy begins as that one is. */
	IDispatch *third = NULL;

	assert_int_equal(CoCopyProxy(U(copy), (IUnknown **)(void *)&third), S_OK);
	copy->lpVtbl->Release(copy);
	assert_int_equal(level_of(third), RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
	assert_int_equal(add(third, 2), 6);
	assert_int_equal(third->lpVtbl->Release(third), 0);
	wait_for(0);
	rig_done(&rig);
}

static void nonsense_is_refused(void **state)
{
	struct rig rig;
	IUnknown *here = NULL, *copy = U(&rig);
	IClientSecurity *s = NULL;
	COAUTHIDENTITY narrow = { .Flags = 1 };

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig), *other = create_counter(&rig);

	assert_int_equal(set(d, 14, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, 0, NULL), E_INVALIDARG);
	assert_int_equal(set(d, RPC_C_AUTHN_WINNT, 7, 0, NULL), E_INVALIDARG);
	assert_int_equal(set(d, RPC_C_AUTHN_WINNT, 5, 5, NULL), E_INVALIDARG);
	assert_int_equal(set(d, RPC_C_AUTHN_NONE, 5, 0, NULL), E_INVALIDARG);
	assert_int_equal(set(d, RPC_C_AUTHN_WINNT, 5, 0, &narrow), E_INVALIDARG);
	assert_int_equal(CoSetProxyBlanket(U(d), RPC_C_AUTHN_WINNT, 2, NULL, 5, 3, NULL, 0),
			 E_INVALIDARG);
	assert_int_equal(CoSetProxyBlanket(U(d), RPC_C_AUTHN_WINNT, 0, NULL, 5, 3, NULL, 0x60),
			 E_INVALIDARG);
	/* Neither an object of this process, nor another proxy's interface. */
	assert_int_equal(counter_new(&here), S_OK);
	assert_int_equal(set(here, RPC_C_AUTHN_WINNT, 5, 0, NULL), E_NOINTERFACE);
	assert_int_equal(d->lpVtbl->QueryInterface(d, &IID_IClientSecurity, (void **)&s), S_OK);
	assert_int_equal(s->lpVtbl->SetBlanket(s, U(other), RPC_C_AUTHN_WINNT, 0, NULL, 5, 3, NULL,
					       0),
			 E_INVALIDARG);
	assert_int_equal(s->lpVtbl->QueryBlanket(s, here, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
			 E_INVALIDARG);
	assert_int_equal(s->lpVtbl->CopyProxy(s, NULL, &copy), E_INVALIDARG);
	assert_null(copy);
	here->lpVtbl->Release(here);
	s->lpVtbl->Release(s);
	other->lpVtbl->Release(other);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void many_interfaces_come_with_one_call(void **state)
{
	static const IID nowhere = { 1, 2, 3, { 4 } };
	MULTI_QI results[] = { { .pIID = &IID_IDispatch },
			       { .pIID = &IID_ISupportErrorInfo },
			       { .pIID = &IID_IUnknown },
			       { .pIID = &IID_IEnumVARIANT },
			       { .pIID = &IID_IClientSecurity },
			       { .pIID = &nowhere } /* no table describes it */ };
	MULTI_QI none = { .pIID = &IID_IEnumVARIANT };
	struct rig rig;
	IMultiQI *multi = NULL;

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);

	assert_int_equal(d->lpVtbl->QueryInterface(d, &IID_IMultiQI, (void **)&multi), S_OK);
	unsigned before = rpc_server_statistics(rig.server)->calls_in;

	assert_int_equal(multi->lpVtbl->QueryMultipleInterfaces(multi, ARRAY_LEN(results), results),
			 S_FALSE);
	assert_int_equal(rpc_server_statistics(rig.server)->calls_in, before + 1);
	assert_ptr_equal(results[0].pItf, d);
	assert_int_equal(results[1].hr, S_OK);
	assert_int_equal(results[2].hr, S_OK);
	assert_int_equal(results[3].hr, E_NOINTERFACE); /* the object has not got it */
	assert_null(results[3].pItf);
	assert_int_equal(results[4].hr, S_OK);
	assert_int_equal(results[5].hr, E_NOINTERFACE);
	for (size_t i = 0; i < ARRAY_LEN(results); i++)
		if (results[i].pItf)
			results[i].pItf->lpVtbl->Release(results[i].pItf);
	assert_int_equal(multi->lpVtbl->QueryMultipleInterfaces(multi, 1, &none), E_NOINTERFACE);
	none = (MULTI_QI){ .pIID = &IID_IUnknown };
	assert_int_equal(multi->lpVtbl->QueryMultipleInterfaces(multi, 1, &none), S_OK);
	assert_int_equal(multi->lpVtbl->QueryMultipleInterfaces(multi, 1, &none), E_INVALIDARG);
	none.pItf->lpVtbl->Release(none.pItf);
	assert_int_equal(multi->lpVtbl->QueryMultipleInterfaces(multi, 0, &none), E_INVALIDARG);
	multi->lpVtbl->Release(multi);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

/* The last one: what is said holds for the process. */
static void a_process_says_how_its_proxies_call(void **state)
{
	DWORD impersonation = 99;
	struct rig rig;

	rig_init(&rig, 0, 0);
	IDispatch *before = create_counter(&rig);

	assert_int_equal(CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
					      RPC_C_IMP_LEVEL_IDENTIFY, NULL, EOAC_NONE, NULL),
			 S_OK);
	assert_int_equal(level_of(before), RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
	before->lpVtbl->Release(before);
	wait_for(0);
	rig_done(&rig);
	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);

	assert_int_equal(CoQueryProxyBlanket(U(d), NULL, NULL, NULL, NULL, &impersonation, NULL,
					     NULL),
			 S_OK);
	assert_int_equal(impersonation, RPC_C_IMP_LEVEL_IDENTIFY);
	assert_int_equal(sight(d)->level, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
	assert_int_equal(seen.inner.impersonation, RPC_C_IMP_LEVEL_IDENTIFY);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proxy_says_how_it_calls),
		cmocka_unit_test(a_blanket_holds_for_one_interface),
		cmocka_unit_test(a_blanket_says_who_calls),
		cmocka_unit_test(copies_have_a_blanket_of_their_own),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(many_interfaces_come_with_one_call),
		cmocka_unit_test(a_process_says_how_its_proxies_call),
	};

	return cmocka_run_group_tests(tests, make_accounts, remove_accounts);
}
