/* SPDX-License-Identifier: Apache-2.0 */
/* SAFEARRAYs: bounds, the order of elements, ownership of elements, growing and shrinking. */
#include "helpers.h"

#include <stdio.h>

static int freed;
static void counted_free(struct automation_object *object)
{
	freed++;
	mem_free(object);
}
static const struct automation_class counted_class = { .name = "Counted", .free = counted_free };

static IDispatch *counted_new(void)
{
	struct automation_object *object = mem_new(struct automation_object);

	assert_non_null(object);
	automation_init(object, &counted_class);
	return automation_dispatch(object);
}

static void test_shape(void **state)
{
	SAFEARRAYBOUND bounds[2] = { { 3, 1 }, { 2, -1 } }; /* a(1 To 3, -1 To 0) */
	SAFEARRAY *a = SafeArrayCreate(VT_I4, 2, bounds);
	LONG n;
	VARTYPE vt;

	assert_int_equal(SafeArrayGetDim(a), 2);
	assert_int_equal(SafeArrayGetLBound(a, 1, &n), S_OK);
	assert_int_equal(n, 1);
	assert_int_equal(SafeArrayGetUBound(a, 1, &n), S_OK);
	assert_int_equal(n, 3);
	assert_int_equal(SafeArrayGetLBound(a, 2, &n), S_OK);
	assert_int_equal(n, -1);
	assert_int_equal(SafeArrayGetUBound(a, 2, &n), S_OK);
	assert_int_equal(n, 0);
	assert_int_equal(SafeArrayGetUBound(a, 0, &n), DISP_E_BADINDEX);
	assert_int_equal(SafeArrayGetUBound(a, 3, &n), DISP_E_BADINDEX);
	assert_int_equal(SafeArrayGetVartype(a, &vt), S_OK);
	assert_int_equal(vt, VT_I4);
	/* In memory the right-most dimension comes first. */
	assert_int_equal(a->rgsabound[0].cElements, 2);
	assert_int_equal(((uint32_t *)(void *)a)[-1], VT_I4);
	assert_int_equal(SafeArrayDestroy(a), S_OK);
	assert_int_equal(SafeArrayDestroy(NULL), S_OK);
}

static void test_element_order(void **state)
{
	SAFEARRAYBOUND bounds[3] = { { 2, 0 }, { 3, 10 }, { 4, -5 } };
	SAFEARRAY *a = SafeArrayCreate(VT_I4, 3, bounds);
	LONG n = 0, got, *data;

	/* The left-most index runs fastest. */
	for (LONG z = -5; z < -1; z++)
		for (LONG y = 10; y < 13; y++)
			for (LONG x = 0; x < 2; x++, n++)
				assert_int_equal(SafeArrayPutElement(a, (LONG[]){ x, y, z }, &n),
						 S_OK);
	assert_int_equal(SafeArrayAccessData(a, (void **)&data), S_OK);
	for (LONG i = 0; i < 24; i++)
		assert_int_equal(data[i], i);
	assert_int_equal(SafeArrayDestroy(a), DISP_E_ARRAYISLOCKED);
	assert_int_equal(SafeArrayUnaccessData(a), S_OK);
	assert_int_equal(SafeArrayUnlock(a), E_UNEXPECTED);
	assert_int_equal(SafeArrayGetElement(a, (LONG[]){ 1, 12, -2 }, &got), S_OK);
	assert_int_equal(got, 23);
	assert_int_equal(SafeArrayGetElement(a, (LONG[]){ 2, 12, -2 }, &got), DISP_E_BADINDEX);
	assert_int_equal(SafeArrayGetElement(a, (LONG[]){ 1, 9, -2 }, &got), DISP_E_BADINDEX);
	assert_int_equal(SafeArrayGetElement(a, (LONG[]){ 1, INT32_MIN, INT32_MAX }, &got),
			 DISP_E_BADINDEX);
	SafeArrayDestroy(a);
}

static void test_limits(void **state)
{
	SAFEARRAYBOUND huge[2] = { { UINT32_MAX, 0 }, { UINT32_MAX, 0 } };
	SAFEARRAYBOUND late[1] = { { 2, INT32_MAX } }, none[1] = { { 0, 5 } };
	SAFEARRAYBOUND many[61] = { 0 };
	LONG n;

	assert_null(SafeArrayCreate(VT_I4, 2, huge));
	assert_null(SafeArrayCreate(VT_I4, 1, late));
	assert_null(SafeArrayCreate(VT_I4, 0, many));
	assert_null(SafeArrayCreate(VT_I4, 61, many));
	assert_null(SafeArrayCreate(VT_EMPTY, 1, none));
	assert_null(SafeArrayCreateVector(VT_VARIANT, 0, 0x10000000));
	SAFEARRAY *a = SafeArrayCreate(VT_I4, 1, none);

	assert_int_equal(SafeArrayGetUBound(a, 1, &n), S_OK);
	assert_int_equal(n, 4);
	SafeArrayDestroy(a);
}

static void test_strings(void **state)
{
	SAFEARRAY *a = SafeArrayCreateVector(VT_BSTR, 0, 2), *copy;
	BSTR s = SysAllocString(u"text"), got;

	assert_int_equal(SafeArrayPutElement(a, (LONG[]){ 1 }, s), S_OK);
	assert_int_equal(SafeArrayPutElement(a, (LONG[]){ 1 }, s), S_OK);
	assert_int_equal(SafeArrayGetElement(a, (LONG[]){ 1 }, &got), S_OK);
	assert_ptr_not_equal(got, s);
	assert_int_equal(bstr_compare(got, s), 0);
	SysFreeString(got);
	assert_int_equal(SafeArrayCopy(a, &copy), S_OK);
	assert_ptr_not_equal(((BSTR *)copy->pvData)[1], ((BSTR *)a->pvData)[1]);
	SafeArrayDestroy(copy);
	assert_int_equal(safearray_share(a, &copy), S_OK);
	assert_ptr_equal(((BSTR *)copy->pvData)[1], ((BSTR *)a->pvData)[1]);
	SafeArrayDestroy(copy);
	SafeArrayDestroy(a);
	SysFreeString(s);
}

static void test_objects(void **state)
{
	SAFEARRAY *a = SafeArrayCreateVector(VT_DISPATCH, 0, 2), *copy;
	IDispatch *object = counted_new(), *got;

	freed = 0;
	assert_int_equal(SafeArrayPutElement(a, (LONG[]){ 0 }, object), S_OK);
	object->lpVtbl->Release(object);
	assert_int_equal(SafeArrayCopy(a, &copy), S_OK);
	assert_int_equal(SafeArrayGetElement(copy, (LONG[]){ 0 }, &got), S_OK);
	assert_ptr_equal(got, object);
	got->lpVtbl->Release(got);
	SafeArrayDestroy(copy);
	assert_int_equal(freed, 0);
	assert_int_equal(SafeArrayPutElement(a, (LONG[]){ 0 }, NULL), S_OK);
	assert_int_equal(freed, 1);
	SafeArrayDestroy(a);
}

static void test_redim(void **state)
{
	SAFEARRAYBOUND bounds[2] = { { 2, 0 }, { 2, 0 } };
	SAFEARRAY *a = SafeArrayCreate(VT_VARIANT, 2, bounds);
	VARIANT v = { .vt = VT_DISPATCH, .pdispVal = counted_new() }, got;

	freed = 0;
	assert_int_equal(SafeArrayPutElement(a, (LONG[]){ 1, 1 }, &v), S_OK);
	VariantClear(&v);
	v = v_long(7);
	assert_int_equal(SafeArrayPutElement(a, (LONG[]){ 1, 0 }, &v), S_OK);
	assert_int_equal(SafeArrayRedim(a, &(SAFEARRAYBOUND){ 5, 0 }), S_OK);
	assert_int_equal(freed, 0);
	assert_int_equal(SafeArrayGetElement(a, (LONG[]){ 1, 0 }, &got), S_OK);
	assert_int_equal(got.lVal, 7);
	assert_int_equal(SafeArrayGetElement(a, (LONG[]){ 0, 4 }, &got), S_OK);
	assert_int_equal(got.vt, VT_EMPTY);
	assert_int_equal(SafeArrayRedim(a, &(SAFEARRAYBOUND){ 1, 0 }), S_OK);
	assert_int_equal(freed, 1);
	assert_int_equal(SafeArrayGetElement(a, (LONG[]){ 1, 0 }, &got), S_OK);
	assert_int_equal(got.lVal, 7);
	assert_int_equal(SafeArrayRedim(a, &(SAFEARRAYBOUND){ UINT32_MAX, 0 }), E_OUTOFMEMORY);
	assert_int_equal(a->rgsabound[0].cElements, 1);
	SafeArrayLock(a);
	assert_int_equal(SafeArrayRedim(a, &(SAFEARRAYBOUND){ 2, 0 }), DISP_E_ARRAYISLOCKED);
	SafeArrayUnlock(a);
	SafeArrayDestroy(a);
}

static bool make_copy_grow(void *ctx)
{
	SAFEARRAY *from = ctx, *a = SafeArrayCreateVector(VT_VARIANT, 0, 4), *copy = NULL;
	bool ok = a && SUCCEEDED(SafeArrayCopy(from, &copy));

	SafeArrayDestroy(copy);
	if (a && FAILED(SafeArrayRedim(a, &(SAFEARRAYBOUND){ 1000, 0 }))) {
		assert_int_equal(a->rgsabound[0].cElements, 4);
		ok = false;
	}
	/* Shrinking never fails. */
	if (a)
		assert_int_equal(SafeArrayRedim(a, &(SAFEARRAYBOUND){ 1, 0 }), S_OK);
	SafeArrayDestroy(a);
	return ok;
}

static void test_no_memory(void **state)
{
	SAFEARRAY *from = SafeArrayCreateVector(VT_BSTR, 0, 3);

	for (LONG i = 0; i < 3; i++)
		((BSTR *)from->pvData)[i] = SysAllocString(u"x");
	with_every_allocation_failing(make_copy_grow, from);
	SafeArrayDestroy(from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shape),     cmocka_unit_test(test_element_order),
		cmocka_unit_test(test_limits),    cmocka_unit_test(test_strings),
		cmocka_unit_test(test_objects),   cmocka_unit_test(test_redim),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
