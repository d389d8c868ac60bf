/* SPDX-License-Identifier: Apache-2.0 */
/* The public header compiles first and alone, as C, and its functions are there. */
#include "header-check.h"

#include "helpers.h"

static void test_functions(void **state)
{
	VARIANT v;

	VariantInit(&v);
	v.vt = VT_BSTR;
	v.bstrVal = SysAllocString(u"17");
	assert_int_equal(VariantChangeType(&v, &v, 0, VT_I4), S_OK);
	assert_int_equal(v.intVal, 17);
	assert_true(IsEqualGUID(&IID_IDispatch, &IID_IDispatch));
	assert_int_equal(IID_IDispatch.Data1, 0x00020400);
	assert_int_equal(IID_IDispatch.Data4[7], 0x46);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_functions) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
