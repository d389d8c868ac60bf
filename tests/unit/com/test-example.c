/* SPDX-License-Identifier: Apache-2.0 */
/* The worked example of docs/classes.md does what the page says. */
#include "helpers.h"

#include "com/class.h"

extern const struct class_entry basket_entry;

static void test_basket(void **state)
{
	CLSID clsid;
	IDispatch *basket;
	VARIANT r = { 0 };

	assert_int_equal(class_register(&basket_entry, 1), 0);
	assert_int_equal(CLSIDFromProgID(u"shop.basket", &clsid), S_OK);
	assert_int_equal(CoCreateInstance(&clsid, NULL, CLSCTX_INPROC_SERVER, &IID_IDispatch,
					  (void **)&basket),
			 S_OK);
	assert_string_equal(automation_class_of(basket)->name, "Basket");
	assert_int_equal(call_method(basket, "Add", NULL, v_text("$1,200.50")), S_OK);
	assert_int_equal(call_method(basket, "add", NULL, v_double(0.1), v_long(3)), S_OK);
	assert_int_equal(call_method(basket, "COUNT", &r), S_OK);
	assert_shows(&r, "4");
	assert_int_equal(call_method(basket, "Total", &r), S_OK);
	assert_shows(&r, "1200.8");
	/* The default property is the value of the object. */
	VARIANT v = { .vt = VT_DISPATCH, .pdispVal = basket };

	assert_int_equal(VariantChangeType(&r, &v, 0, VT_R8), S_OK);
	assert_shows(&r, "1200.8");
	assert_int_equal(call_method(basket, "Add", NULL, v_text("cheap")), DISP_E_TYPEMISMATCH);
	assert_int_equal(call_method(basket, "Add", NULL, v_double(9e14), v_long(9)),
			 DISP_E_OVERFLOW);
	assert_int_equal(call_method(basket, "Add", NULL), DISP_E_BADPARAMCOUNT);
	assert_int_equal(call_method(basket, "Add", NULL, v_long(1), v_long(0)),
			 MAKE_SCRIPT_HRESULT(5));
	assert_int_equal(basket->lpVtbl->Release(basket), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_basket) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
