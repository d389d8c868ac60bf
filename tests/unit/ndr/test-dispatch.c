/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IDispatch over the tables: names, ids, conversions, results, references, and what is refused. The
 * object has the vtables of interfaces that are dual in their IDL.
 */
#include "../unit.h"

#include "base/mem.h"
#include "com/bstr.h"
#include "com/errorinfo.h"
#include "ndr/dispatch.h"

#include <idl/mc-iisa.h>
#include <idl/ms-iiss.h>
#include <idl/ms-imsa.h>
#include <idl/ms-oaut.h>

static BSTR instance;
static DWORD stopped_with[2];

static HRESULT put_name(IIISCertObj *This, BSTR name)
{
	SysFreeString(instance);
	instance = SysAllocStringLen(name, SysStringLen(name));
	return instance ? S_OK : E_OUTOFMEMORY;
}

static HRESULT is_installed(IIISCertObj *This, VARIANT_BOOL *ret)
{
	*ret = VARIANT_TRUE;
	return S_OK;
}

static HRESULT get_info(IIISCertObj *This, VARIANT *ret)
{
	*ret = (VARIANT){ .vt = VT_BSTR, .bstrVal = SysAllocString(u"info") };
	return ret->bstrVal ? S_OK : E_OUTOFMEMORY;
}

static bool in_words;

static HRESULT is_exportable(IIISCertObj *This, VARIANT_BOOL *ret)
{
	return in_words ? errorinfo_set(E_ACCESSDENIED, "Certificates", "the key stays here")
			: E_ACCESSDENIED;
}

/* ---- it supports error information ---- */

static HRESULT supports(ISupportErrorInfo *This, REFIID riid)
{
	return IsEqualGUID(riid, &ndr_interface_IIISCertObj.uuid) ? S_OK : S_FALSE;
}

static ULONG count(void *This)
{
	return 1;
}

static const ISupportErrorInfoVtbl support_methods = { .Release =
							       (ULONG(*)(ISupportErrorInfo *))count,
						       .InterfaceSupportsErrorInfo = supports };
static ISupportErrorInfo support = { &support_methods };

static HRESULT cert_query(IIISCertObj *This, REFIID riid, void **ret)
{
	*ret = IsEqualGUID(riid, &IID_ISupportErrorInfo) ? &support : NULL;
	return *ret ? S_OK : E_NOINTERFACE;
}

static const IIISCertObjVtbl cert_methods = {
	.QueryInterface = cert_query,
	.put_InstanceName = put_name,
	.IsInstalledRemote = is_installed,
	.GetCertInfoRemote = get_info,
	.IsExportableRemote = is_exportable,
};
static struct {
	const IIISCertObjVtbl *lpVtbl;
} cert = { &cert_methods };

static HRESULT service_stop(IIisServiceControl *This, DWORD timeout, DWORD force)
{
	stopped_with[0] = timeout;
	stopped_with[1] = force;
	return S_OK;
}

static const IIisServiceControlVtbl service_methods = { .Stop = service_stop };
static struct {
	const IIisServiceControlVtbl *lpVtbl;
} service = { &service_methods };

static HRESULT certify(DISPID id, WORD flags, DISPPARAMS *params, VARIANT *result, EXCEPINFO *excep)
{
	return ndr_dispatch_invoke(&ndr_interface_IIISCertObj, (IUnknown *)(void *)&cert, id, 0,
				   flags, params, result, excep, NULL);
}

static void knows_names(void **state)
{
	OLECHAR *names[] = { (OLECHAR *)u"importfromblob", (OLECHAR *)u"CBSIZE",
			     (OLECHAR *)u"nobody" };
	DISPID ids[3];

	assert_int_equal(ndr_dispatch_names(&ndr_interface_IIISCertObj, names, 2, ids), S_OK);
	assert_int_equal(ids[0], 16);
	assert_int_equal(ids[1], 5);
	assert_int_equal(ndr_dispatch_names(&ndr_interface_IIISCertObj, names, 3, ids),
			 DISP_E_UNKNOWNNAME);
	assert_int_equal(ids[2], DISPID_UNKNOWN);
	/* Without [id]: IIisServiceControl is two below IUnknown, Start its second method. */
	names[0] = (OLECHAR *)u"Start";
	assert_int_equal(ndr_dispatch_names(&ndr_interface_IIisServiceControl, names, 1, ids),
			 S_OK);
	assert_int_equal(ids[0], 0x60020001);
	names[0] = (OLECHAR *)u"Invoke";
	assert_int_equal(ndr_dispatch_names(&ndr_interface_IIisServiceControl, names, 1, ids),
			 DISP_E_UNKNOWNNAME);
}

static void converts_arguments(void **state)
{
	VARIANT text = { .vt = VT_I4, .lVal = 7 };
	DISPID put = DISPID_PROPERTYPUT;
	DISPPARAMS params = {
		.rgvarg = &text, .rgdispidNamedArgs = &put, .cArgs = 1, .cNamedArgs = 1
	};

	assert_int_equal(certify(4, DISPATCH_PROPERTYPUT, &params, NULL, NULL), S_OK);
	assert_int_equal(instance[0], '7');
	assert_int_equal(instance[1], 0);
	SysFreeString(TAKE_PTR(instance));
	/* In order, in reverse in the array; a reference is followed. */
	LONG number = 5;
	VARIANT args[] = { { .vt = VT_BSTR, .bstrVal = SysAllocString(u"9") },
			   { .vt = VT_I4 | VT_BYREF, .plVal = &number } };
	params = (DISPPARAMS){ .rgvarg = args, .cArgs = 2 };
	assert_int_equal(ndr_dispatch_invoke(&ndr_interface_IIisServiceControl,
					     (IUnknown *)(void *)&service, 0x60020000, 0,
					     DISPATCH_METHOD, &params, NULL, NULL, NULL),
			 S_OK);
	assert_int_equal(stopped_with[0], 5);
	assert_int_equal(stopped_with[1], 9);
	/* By name, in the other order. */
	DISPID places[] = { 0, 1 };
	params = (DISPPARAMS){
		.rgvarg = args, .rgdispidNamedArgs = places, .cArgs = 2, .cNamedArgs = 2
	};
	assert_int_equal(ndr_dispatch_invoke(&ndr_interface_IIisServiceControl,
					     (IUnknown *)(void *)&service, 0x60020000, 0,
					     DISPATCH_METHOD, &params, NULL, NULL, NULL),
			 S_OK);
	assert_int_equal(stopped_with[0], 9);
	VariantClear(&args[0]);
}

static void returns_results(void **state)
{
	DISPPARAMS none = { 0 };
	VARIANT result = { 0 };

	assert_int_equal(certify(6, DISPATCH_METHOD, &none, &result, NULL), S_OK);
	assert_int_equal(result.vt, VT_BOOL);
	assert_int_equal(result.boolVal, VARIANT_TRUE);
	assert_int_equal(certify(10, DISPATCH_METHOD | DISPATCH_PROPERTYGET, &none, &result, NULL),
			 S_OK);
	assert_int_equal(result.vt, VT_BSTR);
	assert_int_equal(result.bstrVal[0], 'i');
	VariantClear(&result);
	assert_int_equal(certify(10, DISPATCH_METHOD, &none, NULL, NULL), S_OK);
}

static void tells_of_failures(void **state)
{
	VARIANT args[] = { { .vt = VT_BSTR, .bstrVal = SysAllocString(u"x") }, { .vt = VT_I4 } };
	DISPPARAMS none = { 0 }, two = { .rgvarg = args, .cArgs = 2 };
	VARIANT result = { 0 };
	EXCEPINFO excep = { 0 };
	UINT wrong = 9;

	assert_int_equal(certify(8, DISPATCH_METHOD, &none, &result, &excep), DISP_E_EXCEPTION);
	assert_int_equal(excep.scode, E_ACCESSDENIED);
	assert_null(excep.bstrDescription);
	in_words = true;
	assert_int_equal(certify(8, DISPATCH_METHOD, &none, &result, &excep), DISP_E_EXCEPTION);
	assert_int_equal(excep.scode, E_ACCESSDENIED);
	assert_int_equal(SysStringLen(excep.bstrSource), 12);
	assert_int_equal(excep.bstrDescription[4], 'k');
	SysFreeString(excep.bstrSource);
	SysFreeString(excep.bstrDescription);
	assert_int_equal(certify(8, DISPATCH_METHOD, &none, &result, NULL), E_ACCESSDENIED);
	assert_int_equal(certify(77, DISPATCH_METHOD, &none, &result, NULL), DISP_E_MEMBERNOTFOUND);
	assert_int_equal(certify(4, DISPATCH_METHOD, &none, &result, NULL), DISP_E_MEMBERNOTFOUND);
	assert_int_equal(certify(6, DISPATCH_METHOD, &two, &result, NULL), DISP_E_BADPARAMCOUNT);
	assert_int_equal(ndr_dispatch_invoke(&ndr_interface_IIisServiceControl,
					     (IUnknown *)(void *)&service, 0x60020000, 0,
					     DISPATCH_METHOD, &two, NULL, NULL, &wrong),
			 DISP_E_TYPEMISMATCH);
	assert_int_equal(wrong, 0);
	assert_int_equal(ndr_dispatch_invoke(&ndr_interface_IIisServiceControl,
					     (IUnknown *)(void *)&service, 0x60020001, 0,
					     DISPATCH_METHOD, &none, NULL, NULL, &wrong),
			 DISP_E_PARAMNOTOPTIONAL);
	/* A C array has no room in an argument. */
	VARIANT blob[7] = { 0 };
	for (int i = 0; i < 7; i++)
		blob[i] = (VARIANT){ .vt = VT_I4, .lVal = 1 };
	DISPPARAMS seven = { .rgvarg = blob, .cArgs = 7 };
	assert_int_equal(certify(16, DISPATCH_METHOD, &seven, NULL, NULL), DISP_E_TYPEMISMATCH);
	VariantClear(&args[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_names),
		cmocka_unit_test(converts_arguments),
		cmocka_unit_test(returns_results),
		cmocka_unit_test(tells_of_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
