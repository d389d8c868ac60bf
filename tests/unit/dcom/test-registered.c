/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of interfaces that a component describes (SurrogateRegisterInterfaces): they are carried
 * once it has, also by a struct dcom that was there before.
 */
#include "summing.h"

#include "rig.h"

static HRESULT give_away(struct rig *rig, struct buf *out)
{
	return dcom_marshal(rig->host, &IID_ISums, (IUnknown *)(void *)&sums, out);
}

static void interfaces_of_components_are_carried(void **state)
{
	struct ndr_module old = ndr_module_sums;
	struct rig rig;
	ISums *proxy = NULL;
	struct buf out;
	LONG sum = 0;

	rig_init(&rig, 0, 0);
	IDispatch *first = create_counter(&rig);

	buf_init(&out, OBJREF_MAX);
	assert_int_equal(give_away(&rig, &out), E_NOINTERFACE);
	old.version++;
	assert_int_equal(SurrogateRegisterInterfaces(&old), TYPE_E_UNSUPFORMAT);
	assert_int_equal(SurrogateRegisterInterfaces(NULL), E_INVALIDARG);
	assert_int_equal(give_away(&rig, &out), E_NOINTERFACE);
	assert_int_equal(SurrogateRegisterInterfaces(&ndr_module_sums), S_OK);
	assert_int_equal(SurrogateRegisterInterfaces(&ndr_module_sums), S_FALSE);
	assert_int_equal(give_away(&rig, &out), S_OK);
	assert_int_equal(dcom_unmarshal(rig.client, buf_text(&out), &IID_ISums,
					(IUnknown **)(void *)&proxy),
			 S_OK);
	assert_ptr_not_equal(proxy, &sums);
	assert_int_equal(proxy->lpVtbl->Add(proxy, 40, 2, &sum), S_OK);
	assert_int_equal(sum, 42);
	proxy->lpVtbl->Release(proxy);
	buf_done(&out);
	first->lpVtbl->Release(first);
	wait_for(0);
	rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interfaces_of_components_are_carried),
	};

	return cmocka_run_group_tests(tests, make_accounts, remove_accounts);
}
