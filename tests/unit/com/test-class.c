/* SPDX-License-Identifier: Apache-2.0 */
/* The class table, activation, GUIDs in all their forms, and the texts of HRESULTs. */
#include "helpers.h"

#include "com/class.h"

#include <errno.h>

static void plain_free(struct automation_object *object)
{
	mem_free(object);
}
static const struct automation_class plain_class = { .name = "Plain", .free = plain_free };

static HRESULT plain_create(IUnknown **ret)
{
	struct automation_object *object = mem_new(struct automation_object);

	if (!object)
		return E_OUTOFMEMORY;
	automation_init(object, &plain_class);
	*ret = (IUnknown *)(void *)automation_dispatch(object);
	return S_OK;
}

static const struct class_entry entries[] = {
	{ { 1, 2, 3, { 4 } }, "Test.Plain", "A plain thing", plain_create },
	{ { 1, 2, 3, { 5 } }, "Test.Other.2", "Another", plain_create },
};

static int set_up(void **state)
{
	return class_register(entries, ARRAY_LEN(entries));
}

static void test_activation(void **state)
{
	IDispatch *d = NULL;
	IUnknown *u;
	CLSID clsid;

	assert_int_equal(CLSIDFromProgID(u"test.PLAIN", &clsid), S_OK);
	assert_true(IsEqualGUID(&clsid, &entries[0].clsid));
	assert_int_equal(CLSIDFromProgID(u"Test.Plain.1", &clsid), S_OK);
	assert_int_equal(CLSIDFromProgID(u"Test.Other.2", &clsid), S_OK);
	assert_int_equal(CLSIDFromProgID(u"Test.Other", &clsid), CO_E_CLASSSTRING);
	assert_int_equal(CLSIDFromProgID(u"", &clsid), CO_E_CLASSSTRING);
	assert_int_equal(CLSIDFromProgID(u"{00000001-0002-0003-0400-000000000000}", &clsid), S_OK);
	assert_true(IsEqualGUID(&clsid, &entries[0].clsid));
	assert_int_equal(CLSIDFromProgID(u"{0000}", &clsid), CO_E_CLASSSTRING);

	assert_int_equal(CoCreateInstance(&clsid, NULL, CLSCTX_ALL, &IID_IDispatch, (void **)&d),
			 S_OK);
	assert_ptr_equal(automation_class_of(d), &plain_class);
	assert_int_equal(d->lpVtbl->Release(d), 0);
	assert_int_equal(CoCreateInstance(&clsid, NULL, CLSCTX_LOCAL_SERVER, &IID_IDispatch,
					  (void **)&d),
			 REGDB_E_CLASSNOTREG);
	assert_null(d);
	assert_int_equal(CoCreateInstance(&GUID_NULL, NULL, CLSCTX_ALL, &IID_IUnknown, (void **)&u),
			 REGDB_E_CLASSNOTREG);
	assert_int_equal(CoCreateInstance(&clsid, NULL, CLSCTX_ALL, &IID_IEnumVARIANT, (void **)&u),
			 E_NOINTERFACE);
	assert_int_equal(CoCreateInstance(&clsid, (IUnknown *)(void *)&clsid, CLSCTX_ALL,
					  &IID_IUnknown, (void **)&u),
			 CLASS_E_NOAGGREGATION);
}

static void test_factory(void **state)
{
	IClassFactory *f;
	IUnknown *u;

	assert_int_equal(CoGetClassObject(&entries[0].clsid, CLSCTX_INPROC_SERVER, NULL,
					  &IID_IClassFactory, (void **)&f),
			 S_OK);
	assert_int_equal(f->lpVtbl->CreateInstance(f, NULL, &IID_IUnknown, (void **)&u), S_OK);
	assert_int_equal(f->lpVtbl->LockServer(f, true), S_OK);
	assert_int_equal(u->lpVtbl->Release(u), 0);
	assert_int_equal(f->lpVtbl->QueryInterface(f, &IID_IDispatch, (void **)&u), E_NOINTERFACE);
	assert_int_equal(f->lpVtbl->Release(f), 0);
	assert_int_equal(CoGetClassObject(&GUID_NULL, CLSCTX_ALL, NULL, &IID_IUnknown, (void **)&f),
			 REGDB_E_CLASSNOTREG);
}

static void test_guid_text(void **state)
{
	static const GUID want = {
		0x3D14228D, 0xFBE1, 0x11D0, { 0x99, 0x5D, 0x00, 0xC0, 0x4F, 0xD9, 0x19, 0xC1 }
	};
	char text[GUID_TEXT_SIZE];
	GUID g;

	guid_format(&want, text);
	assert_string_equal(text, "{3D14228D-FBE1-11D0-995D-00C04FD919C1}");
	assert_int_equal(guid_parse(text_of(text), &g), 0);
	assert_true(IsEqualGUID(&g, &want));
	assert_int_equal(guid_parse(TEXT("3d14228d-fbe1-11d0-995d-00c04fd919c1"), &g), 0);
	assert_true(IsEqualGUID(&g, &want));
	assert_int_equal(guid_parse(TEXT("{3D14228D-FBE1-11D0-995D-00C04FD919C1"), &g), -EINVAL);
	assert_int_equal(guid_parse(TEXT("3D14228DFBE111D0995D00C04FD919C1"), &g), -EINVAL);
	assert_int_equal(guid_parse(TEXT("3D14228D-FBE1-11D0-995D-00C04FD919CG"), &g), -EINVAL);
	assert_int_equal(guid_parse(TEXT("3D14228D-FBE1-11D0-995D000C04FD919C1"), &g), -EINVAL);
	assert_int_equal(guid_parse(TEXT(""), &g), -EINVAL);
}

static void test_guid_from_name(void **state)
{
	/* RFC 9562, appendix A.4. */
	static const GUID dns = {
		0x6BA7B810, 0x9DAD, 0x11D1, { 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8 }
	};
	char text[GUID_TEXT_SIZE], name[301];
	GUID g, h;

	guid_from_name(&dns, TEXT("www.example.com"), &g);
	guid_format(&g, text);
	assert_string_equal(text, "{2ED6657D-E927-568B-95E1-2665A8AEA6A2}");
	/* Lengths around the hash's blocks: all different, all of version 5. */
	memset(name, 'x', sizeof name);
	for (size_t n = 0; n < 300; n++) {
		guid_from_name(&dns, (struct text){ name, n }, &g);
		guid_from_name(&dns, (struct text){ name, n + 1 }, &h);
		assert_false(IsEqualGUID(&g, &h));
		assert_int_equal(g.Data3 >> 12, 5);
		assert_int_equal(g.Data4[0] & 0xC0, 0x80);
	}
}

static void test_guid_random(void **state)
{
	GUID g, h;

	guid_random(&g);
	guid_random(&h);
	assert_false(IsEqualGUID(&g, &h));
	assert_int_equal(g.Data3 >> 12, 4);
	assert_int_equal(g.Data4[0] & 0xC0, 0x80);
}

static void test_hresults(void **state)
{
	static const HRESULT all[] = {
#define X(name, value, text) name,
		HRESULT_TABLE(X)
#undef X
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		assert_non_null(hresult_text(all[i]));
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(all[i], all[k]);
	}
	assert_string_equal(hresult_text(E_ACCESSDENIED), "General access denied error");
	assert_null(hresult_text((HRESULT)0x8BADF00D));
	assert_int_equal(MAKE_SCRIPT_HRESULT(13), (HRESULT)0x800A000D);
	assert_int_equal(HRESULT_FROM_WIN32(5), E_ACCESSDENIED);
	assert_int_equal(HRESULT_FROM_WIN32(0), S_OK);
}

static bool activate(void *ctx)
{
	IClassFactory *f = NULL;
	IUnknown *u = NULL;
	LPOLESTR s = NULL;
	bool ok = SUCCEEDED(CoGetClassObject(&entries[0].clsid, CLSCTX_ALL, NULL,
					     &IID_IClassFactory, (void **)&f));

	if (f) {
		ok = SUCCEEDED(f->lpVtbl->CreateInstance(f, NULL, &IID_IUnknown, (void **)&u));
		f->lpVtbl->Release(f);
	}
	if (u)
		u->lpVtbl->Release(u);
	ok = SUCCEEDED(ProgIDFromCLSID(&entries[0].clsid, &s)) && ok;
	CoTaskMemFree(s);
	return ok;
}

static void test_no_memory(void **state)
{
	with_every_allocation_failing(activate, NULL);
}

/* Last: fills the table. */
static void test_full_table(void **state)
{
	static struct class_entry many[CLASS_MAX];

	for (int i = 0; i < CLASS_MAX; i++)
		many[i] = entries[0];
	assert_int_equal(class_register(many, CLASS_MAX), -ENOBUFS);
	assert_int_equal(class_register(many, CLASS_MAX - ARRAY_LEN(entries)), 0);
	assert_int_equal(class_register(many, 1), -ENOBUFS);
	assert_ptr_equal(class_find(&entries[0].clsid), &entries[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_activation),  cmocka_unit_test(test_factory),
		cmocka_unit_test(test_guid_text),   cmocka_unit_test(test_guid_from_name),
		cmocka_unit_test(test_guid_random), cmocka_unit_test(test_hresults),
		cmocka_unit_test(test_no_memory),   cmocka_unit_test(test_full_table),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
