/* SPDX-License-Identifier: Apache-2.0 */
/* Error information: the object with two faces, the thread's one, and how it becomes an exception.
 */
#include "helpers.h"

#include "com/errorinfo.h"

#include <pthread.h>

static void expect_text(HRESULT (*get)(IErrorInfo *, BSTR *), IErrorInfo *info, const char *want)
{
	BSTR s = NULL;

	assert_int_equal(get(info, &s), S_OK);
	if (!want) {
		assert_null(s);
		return;
	}
	char *utf8 = bstr_to_utf8(s, NULL);

	assert_string_equal(utf8, want);
	mem_free(utf8);
	SysFreeString(s);
}

static void test_object(void **state)
{
	static const GUID guid = { 7, 7, 7, { 7 } };
	ICreateErrorInfo *create;
	IErrorInfo *info;
	DWORD help;
	GUID got;
	void *p;

	assert_int_equal(CreateErrorInfo(NULL), E_INVALIDARG);
	assert_int_equal(CreateErrorInfo(&create), S_OK);
	assert_int_equal(create->lpVtbl->QueryInterface(create, &IID_IDispatch, &p), E_NOINTERFACE);
	assert_int_equal(create->lpVtbl->QueryInterface(create, &IID_IErrorInfo, (void **)&info),
			 S_OK);
	expect_text(info->lpVtbl->GetDescription, info, NULL);
	create->lpVtbl->SetGUID(create, &guid);
	create->lpVtbl->SetSource(create, (LPOLESTR)u"Shop");
	create->lpVtbl->SetDescription(create, (LPOLESTR)u"first");
	create->lpVtbl->SetDescription(create, (LPOLESTR)u"sold out");
	create->lpVtbl->SetHelpFile(create, (LPOLESTR)u"shop.hlp");
	create->lpVtbl->SetHelpFile(create, NULL);
	create->lpVtbl->SetHelpContext(create, 12);
	info->lpVtbl->GetGUID(info, &got);
	info->lpVtbl->GetHelpContext(info, &help);
	assert_true(IsEqualGUID(&got, &guid));
	assert_int_equal(help, 12);
	expect_text(info->lpVtbl->GetSource, info, "Shop");
	expect_text(info->lpVtbl->GetDescription, info, "sold out");
	expect_text(info->lpVtbl->GetHelpFile, info, NULL);
	assert_int_equal(info->lpVtbl->Release(info), 1);
	assert_int_equal(create->lpVtbl->Release(create), 0);
}

static void *other_thread(void *ctx)
{
	IErrorInfo *info;

	assert_int_equal(GetErrorInfo(0, &info), S_FALSE);
	assert_null(info);
	errorinfo_set(E_FAIL, "T", "of the other thread"); /* released when it ends */
	return NULL;
}

static void test_of_a_thread(void **state)
{
	IErrorInfo *info;
	pthread_t thread;
	char *text;

	assert_int_equal(SetErrorInfo(1, NULL), E_INVALIDARG);
	assert_int_equal(GetErrorInfo(0, &info), S_FALSE);
	assert_int_equal(errorinfo_set(E_ABORT, "S", "%d of %s", 3, "five"), E_ABORT);
	assert_int_equal(pthread_create(&thread, NULL, other_thread, NULL), 0);
	pthread_join(thread, NULL);
	text = errorinfo_take_text();
	assert_string_equal(text, "3 of five");
	mem_free(text);
	assert_null(errorinfo_take_text());
	errorinfo_set(E_ABORT, "S", "old");
	errorinfo_set(E_ABORT, "S", "new");
	assert_int_equal(GetErrorInfo(0, &info), S_OK);
	expect_text(info->lpVtbl->GetDescription, info, "new");
	assert_int_equal(info->lpVtbl->Release(info), 0);
	assert_int_equal(GetErrorInfo(0, &info), S_FALSE);
	errorinfo_set(E_ABORT, "S", "gone");
	errorinfo_clear();
	assert_int_equal(GetErrorInfo(0, &info), S_FALSE);
}

/* ---- an object that supports it, or not ---- */

static HRESULT answer;

static ULONG fixed(ISupportErrorInfo *This)
{
	return 1;
}

static HRESULT supports(ISupportErrorInfo *This, REFIID riid)
{
	return answer;
}

static HRESULT query(ISupportErrorInfo *This, REFIID riid, void **ret)
{
	*ret = This;
	return IsEqualGUID(riid, &IID_ISupportErrorInfo) && answer != E_NOINTERFACE ? S_OK
										    : E_NOINTERFACE;
}

static void test_exception(void **state)
{
	static const ISupportErrorInfoVtbl vtbl = { query, fixed, fixed, supports };
	ISupportErrorInfo object = { &vtbl };
	IUnknown *unknown = (IUnknown *)(void *)&object;
	EXCEPINFO x = { 0 };

	answer = S_OK;
	assert_int_equal(errorinfo_to_exception(unknown, &IID_IDispatch, E_FAIL, &x), E_FAIL);
	answer = E_NOINTERFACE;
	errorinfo_set(E_FAIL, "S", "text");
	assert_int_equal(errorinfo_to_exception(unknown, &IID_IDispatch, E_FAIL, &x), E_FAIL);
	answer = S_FALSE;
	assert_int_equal(errorinfo_to_exception(unknown, &IID_IDispatch, E_FAIL, &x), E_FAIL);
	answer = S_OK;
	assert_int_equal(errorinfo_to_exception(unknown, &IID_IDispatch, E_ABORT, &x),
			 DISP_E_EXCEPTION);
	assert_int_equal(x.scode, E_ABORT);
	assert_int_equal(SysStringLen(x.bstrDescription), 4);
	assert_int_equal(SysStringLen(x.bstrSource), 1);
	automation_exception_clear(&x);
	assert_null(errorinfo_take_text());
}

static bool make_one(void *ctx)
{
	char *text;
	bool ok;

	errorinfo_set(E_FAIL, "source", "description");
	text = errorinfo_take_text();
	ok = text && strcmp(text, "description") == 0;
	mem_free(text);
	return ok;
}

static void test_no_memory(void **state)
{
	with_every_allocation_failing(make_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_object),
		cmocka_unit_test(test_of_a_thread),
		cmocka_unit_test(test_exception),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
