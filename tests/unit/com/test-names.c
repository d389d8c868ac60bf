/* SPDX-License-Identifier: Apache-2.0 */
/* GUIDs and ProgIDs as UTF-16, the memory of COM's calls, and the counting of apartments. */
#include "helpers.h"

#include "com/class.h"

static HRESULT create_nothing(IUnknown **ret)
{
	return E_FAIL;
}

static const struct class_entry entry = { { 1, 2, 3, { 4 } }, "Test.Name", "x", create_nothing };
#define ENTRY_TEXT u"{00000001-0002-0003-0400-000000000000}"

static void expect_units(const OLECHAR *got, const OLECHAR *want)
{
	size_t i = 0;

	for (; want[i]; i++)
		assert_int_equal(got[i], want[i]);
	assert_int_equal(got[i], 0);
}

static void test_guids(void **state)
{
	OLECHAR room[GUID_TEXT_SIZE];
	LPOLESTR text;
	GUID g, h;

	assert_int_equal(StringFromGUID2(&entry.clsid, room, GUID_TEXT_SIZE - 1), 0);
	assert_int_equal(StringFromGUID2(&entry.clsid, room, GUID_TEXT_SIZE), GUID_TEXT_SIZE);
	expect_units(room, ENTRY_TEXT);
	assert_int_equal(StringFromCLSID(&entry.clsid, &text), S_OK);
	expect_units(text, ENTRY_TEXT);
	CoTaskMemFree(text);
	assert_int_equal(StringFromIID(&IID_IDispatch, &text), S_OK);
	expect_units(text, u"{00020400-0000-0000-C000-000000000046}");
	CoTaskMemFree(text);
	assert_int_equal(IIDFromString(ENTRY_TEXT, &g), S_OK);
	assert_true(IsEqualGUID(&g, &entry.clsid));
	assert_int_equal(IIDFromString(NULL, &g), S_OK);
	assert_true(IsEqualGUID(&g, &GUID_NULL));
	assert_int_equal(IIDFromString(u"Test.Name", &g), CO_E_IIDSTRING);
	assert_int_equal(IIDFromString(u"00000001-0002-0003-0400-000000000000", &g),
			 CO_E_IIDSTRING);
	assert_int_equal(CLSIDFromString(ENTRY_TEXT, &g), S_OK);
	assert_int_equal(CLSIDFromString(u"test.name", &h), S_OK);
	assert_true(IsEqualGUID(&g, &h));
	assert_int_equal(CLSIDFromString(u"{oops}", &g), CO_E_CLASSSTRING);
	assert_int_equal(CLSIDFromString(NULL, &g), S_OK);
	assert_int_equal(CoCreateGuid(&g), S_OK);
	assert_int_equal(CoCreateGuid(NULL), E_INVALIDARG);
}

static void test_progids(void **state)
{
	OLECHAR longer[300];
	LPOLESTR text;
	CLSID clsid;

	assert_int_equal(ProgIDFromCLSID(&entry.clsid, &text), S_OK);
	expect_units(text, u"Test.Name");
	CoTaskMemFree(text);
	assert_int_equal(ProgIDFromCLSID(&GUID_NULL, &text), REGDB_E_CLASSNOTREG);
	assert_null(text);
	for (size_t i = 0; i < ARRAY_LEN(longer); i++)
		longer[i] = u'é';
	longer[299] = 0;
	assert_int_equal(CLSIDFromProgID(longer, &clsid), CO_E_CLASSSTRING);
	assert_int_equal(CLSIDFromProgID(NULL, &clsid), E_INVALIDARG);
}

static void test_memory(void **state)
{
	char *p = CoTaskMemAlloc(4);

	assert_non_null(p);
	memcpy(p, "abc", 4);
	p = CoTaskMemRealloc(p, 4000);
	assert_string_equal(p, "abc");
	assert_null(CoTaskMemRealloc(p, 0)); /* freed */
	p = CoTaskMemRealloc(NULL, 8);
	assert_non_null(p);
	CoTaskMemFree(p);
	CoTaskMemFree(NULL);
}

static void test_apartments(void **state)
{
	assert_int_equal(CoInitializeEx(NULL, COINIT_MULTITHREADED), S_OK);
	assert_int_equal(CoInitializeEx(NULL, COINIT_MULTITHREADED | COINIT_DISABLE_OLE1DDE),
			 S_FALSE);
	assert_int_equal(CoInitialize(NULL), RPC_E_CHANGED_MODE);
	CoUninitialize();
	assert_int_equal(CoInitialize(NULL), RPC_E_CHANGED_MODE);
	CoUninitialize();
	assert_int_equal(CoInitialize(NULL), S_OK); /* all is forgotten */
	CoUninitialize();
	CoUninitialize(); /* one too many is harmless */
	assert_int_equal(CoInitializeEx(NULL, COINIT_MULTITHREADED), S_OK);
	CoUninitialize();
	assert_int_equal(CoInitializeEx(NULL, 0x100), E_INVALIDARG);
	assert_int_equal(CoInitializeEx(state, 0), E_INVALIDARG);
}

static bool make_texts(void *ctx)
{
	LPOLESTR text;
	HRESULT hr = StringFromCLSID(&entry.clsid, &text);

	if (SUCCEEDED(hr))
		CoTaskMemFree(text);
	return SUCCEEDED(hr);
}

static void test_no_memory(void **state)
{
	with_every_allocation_failing(make_texts, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guids),     cmocka_unit_test(test_progids),
		cmocka_unit_test(test_memory),    cmocka_unit_test(test_apartments),
		cmocka_unit_test(test_no_memory),
	};

	class_register(&entry, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
