/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of what an object knows of the call that it serves: the caller, and the causality that goes
 * on with the calls it makes.
 */
#include "rig.h"

static void expect_alice(const struct sight *sight)
{
	assert_int_equal(sight->asked, S_OK);
	assert_string_equal(sight->name, "DOM\\alice");
	assert_int_equal(sight->service, AUTHN_WINNT);
	assert_int_equal(sight->level, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
	assert_int_equal(sight->impersonation, RPC_C_IMP_LEVEL_IMPERSONATE);
}

static void a_call_of_a_call_has_its_cause(void **state)
{
	struct rig rig;
	struct sight outside;
	GUID first;

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);

	nested = create_counter(&rig);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(call(d, 10, NULL, NULL, NULL), S_OK);
		assert_int_equal(seen.inner_result, S_OK);
		expect_alice(&seen.before);
		expect_alice(&seen.inner);
		expect_alice(&seen.after);
		assert_true(IsEqualGUID(&seen.before.cause, &seen.inner.cause));
		assert_true(IsEqualGUID(&seen.before.cause, &seen.after.cause));
		/* The next call has another one. */
		if (i)
			assert_false(IsEqualGUID(&seen.before.cause, &first));
		first = seen.before.cause;
		seen.kept->lpVtbl->Release(seen.kept);
	}
	look(&outside);
	assert_int_equal(outside.asked, RPC_E_CALL_COMPLETE);
	assert_false(IsEqualGUID(&outside.cause, &first));
	nested->lpVtbl->Release(nested);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

/* What is kept beyond the call says that it is over, and is no caller's any more. */
static void a_context_ends_with_its_call(void **state)
{
	struct rig rig;
	DWORD level = 0;

	rig_init(&rig, 0, 0);
	IDispatch *d = create_counter(&rig);

	nested = create_counter(&rig);
	assert_int_equal(call(d, 10, NULL, NULL, NULL), S_OK);
	assert_int_equal(seen.impersonated, CO_E_FAILEDTOIMPERSONATE);
	IServerSecurity *s = seen.kept;

	assert_int_equal(s->lpVtbl->QueryBlanket(s, NULL, NULL, NULL, &level, NULL, NULL, NULL),
			 RPC_E_CALL_COMPLETE);
	assert_int_equal(level, 0);
	assert_int_equal(s->lpVtbl->ImpersonateClient(s), RPC_E_CALL_COMPLETE);
	assert_false(s->lpVtbl->IsImpersonating(s));
	assert_int_equal(s->lpVtbl->Release(s), 0);
	nested->lpVtbl->Release(nested);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_of_a_call_has_its_cause),
		cmocka_unit_test(a_context_ends_with_its_call),
	};

	return cmocka_run_group_tests(tests, make_accounts, remove_accounts);
}
