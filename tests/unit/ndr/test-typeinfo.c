/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ITypeInfo and ITypeLib over the tables: attributes, functions, names, references, calls; dispatch
 * by them; and the same through proxies and stubs over bytes.
 */
#include "../com/helpers.h"

#include "base/mem.h"
#include "com/bstr.h"
#include "com/errorinfo.h"
#include "ndr/typeinfo.h"

#include <idl/mc-iisa.h>
#include <idl/ms-imsa.h>
#include <idl/ms-oaut.h>

static ITypeInfo *info_of(const struct ndr_interface *interface)
{
	ITypeInfo *info = NULL;

	assert_int_equal(SurrogateTypeInfo(interface, &info), S_OK);
	return info;
}

static void expect_text(BSTR s, const char *want)
{
	char got[128];

	assert_non_null(s);
	got[utf16_to_utf8(s, SysStringLen(s), got, sizeof got - 1)] = '\0';
	assert_string_equal(got, want);
	SysFreeString(s);
}

/* ---- what a dual interface is ---- */

static void attributes_tell_both_views(void **state)
{
	ITypeInfo *scripts = info_of(&ndr_interface_IIISCertObj), *vtable = NULL;
	HREFTYPE reference = 0;
	TYPEATTR *a = NULL;

	assert_int_equal(scripts->lpVtbl->GetTypeAttr(scripts, &a), S_OK);
	assert_true(IsEqualGUID(&a->guid, &ndr_interface_IIISCertObj.uuid));
	assert_int_equal(a->typekind, TKIND_DISPATCH);
	assert_int_equal(a->wTypeFlags,
			 TYPEFLAG_FDUAL | TYPEFLAG_FOLEAUTOMATION | TYPEFLAG_FDISPATCHABLE);
	assert_int_equal(a->cbSizeVft, 7 * sizeof(void *));
	assert_int_equal(a->cImplTypes, 1);
	assert_int_equal(a->cVars, 0);
	assert_in_range(a->cFuncs, 5, 50);
	WORD members = a->cFuncs;

	scripts->lpVtbl->ReleaseTypeAttr(scripts, a);
	assert_int_equal(scripts->lpVtbl->GetRefTypeOfImplType(scripts, 0xFFFFFFFF, &reference),
			 S_OK);
	assert_int_equal(reference, 0xFFFFFFFE);
	assert_int_equal(scripts->lpVtbl->GetRefTypeInfo(scripts, reference, &vtable), S_OK);
	assert_int_equal(vtable->lpVtbl->GetTypeAttr(vtable, &a), S_OK);
	assert_int_equal(a->typekind, TKIND_INTERFACE);
	assert_int_equal(a->cFuncs, members); /* it derives from IDispatch alone */
	assert_int_equal(a->cbSizeVft,
			 ndr_method_count(&ndr_interface_IIISCertObj) * sizeof(void *));
	vtable->lpVtbl->ReleaseTypeAttr(vtable, a);
	vtable->lpVtbl->Release(vtable);
	assert_int_equal(scripts->lpVtbl->Release(scripts), 0);
}

static void bases_are_followed_to_the_end(void **state)
{
	static const char *const names[] = { "IIISCertObj", "IDispatch", "IUnknown" };
	ITypeInfo *info = info_of(&ndr_interface_IIISCertObj);

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		ITypeInfo *base = NULL;
		HREFTYPE reference = 0;
		LONG flags = 1;
		BSTR name = NULL;

		assert_int_equal(info->lpVtbl->GetDocumentation(info, MEMBERID_NIL, &name, NULL,
								NULL, NULL),
				 S_OK);
		expect_text(name, names[i]);
		assert_int_equal(info->lpVtbl->GetRefTypeOfImplType(info, 1, &reference),
				 TYPE_E_ELEMENTNOTFOUND);
		assert_int_equal(info->lpVtbl->GetRefTypeInfo(info, 77, &base),
				 TYPE_E_ELEMENTNOTFOUND);
		if (i + 1 < ARRAY_LEN(names)) {
			assert_int_equal(info->lpVtbl->GetRefTypeOfImplType(info, 0, &reference),
					 S_OK);
			assert_int_equal(info->lpVtbl->GetImplTypeFlags(info, 0, &flags), S_OK);
			assert_int_equal(flags, 0);
			assert_int_equal(info->lpVtbl->GetRefTypeInfo(info, reference, &base),
					 S_OK);
		}
		info->lpVtbl->Release(info);
		info = base;
	}
	assert_null(info);
}

/* ---- functions ---- */

static FUNCDESC *function_of(ITypeInfo *info, MEMBERID id, INVOKEKIND kind)
{
	FUNCDESC *f = NULL;

	for (UINT i = 0; info->lpVtbl->GetFuncDesc(info, i, &f) == S_OK; i++) {
		if (f->memid == id && f->invkind == kind)
			return f;
		info->lpVtbl->ReleaseFuncDesc(info, f);
	}
	fail_msg("no member 0x%x", (unsigned)id);
	return NULL;
}

static DISPID id_of(ITypeInfo *info, const OLECHAR *name)
{
	LPOLESTR names[] = { (LPOLESTR)(uintptr_t)name };
	MEMBERID id = 0;

	assert_int_equal(info->lpVtbl->GetIDsOfNames(info, names, 1, &id), S_OK);
	return id;
}

static void functions_are_described(void **state)
{
	ITypeInfo *info = info_of(&ndr_interface_IAppHostElementCollection), *vtable = NULL;
	MEMBERID id = id_of(info, u"createnewelement");
	FUNCDESC *f = function_of(info, id, INVOKE_FUNC);
	BSTR names[4] = { NULL };
	UINT count = 0;

	/* CreateNewElement([in, defaultvalue("")] BSTR, [out, retval] IAppHostElement **) */
	assert_int_equal(f->funckind, FUNC_PUREVIRTUAL);
	assert_int_equal(f->cParams, 2);
	assert_int_equal(f->cParamsOpt, 1);
	assert_int_equal(f->lprgelemdescParam[0].tdesc.vt, VT_BSTR);
	assert_int_equal(f->lprgelemdescParam[0].paramdesc.wParamFlags,
			 PARAMFLAG_FIN | PARAMFLAG_FOPT);
	assert_int_equal(f->lprgelemdescParam[1].tdesc.vt, VT_PTR);
	assert_int_equal(f->lprgelemdescParam[1].tdesc.lptdesc->vt, VT_UNKNOWN);
	assert_int_equal(f->elemdescFunc.tdesc.vt, VT_HRESULT);
	info->lpVtbl->ReleaseFuncDesc(info, f);
	assert_int_equal(info->lpVtbl->GetNames(info, id, names, 4, &count), S_OK);
	assert_int_equal(count, 3);
	expect_text(names[2], "ppElement");
	expect_text(names[0], "CreateNewElement");
	expect_text(names[1], "bstrElementName");
	assert_int_equal(info->lpVtbl->GetNames(info, id, names, 1, &count), S_OK);
	assert_int_equal(count, 1);
	expect_text(names[0], "CreateNewElement");
	/* [in, defaultvalue(-1)] int */
	id = id_of(info, u"AddElement");
	f = function_of(info, id, INVOKE_FUNC);
	assert_int_equal(f->cParams, 2);
	assert_int_equal(f->cParamsOpt, 1);
	const PARAMDESC *p = &f->lprgelemdescParam[1].paramdesc;

	assert_int_equal(p->wParamFlags, PARAMFLAG_FIN | PARAMFLAG_FOPT | PARAMFLAG_FHASDEFAULT);
	assert_int_equal(p->pparamdescex->varDefaultValue.vt, VT_I4);
	assert_int_equal(p->pparamdescex->varDefaultValue.lVal, -1);
	info->lpVtbl->ReleaseFuncDesc(info, f);
	assert_int_equal(info->lpVtbl->GetRefTypeInfo(info, 0xFFFFFFFE, &vtable),
			 TYPE_E_ELEMENTNOTFOUND); /* it is not dual */
	info->lpVtbl->Release(info);
}

static void a_vtable_has_results_and_pointers(void **state)
{
	ITypeInfo *info = info_of(&ndr_interface_IIISCertObj), *vtable = NULL;

	assert_int_equal(info->lpVtbl->GetRefTypeInfo(info, 0xFFFFFFFE, &vtable), S_OK);
	MEMBERID id = id_of(vtable, u"IsInstalledRemote");
	FUNCDESC *f = function_of(vtable, id, INVOKE_FUNC);

	assert_int_equal(f->funckind, FUNC_PUREVIRTUAL);
	assert_int_equal(f->oVft % sizeof(void *), 0);
	assert_int_equal(f->elemdescFunc.tdesc.vt, VT_HRESULT);
	assert_int_equal(f->cParams, 1);
	const ELEMDESC *e = &f->lprgelemdescParam[0];

	assert_int_equal(e->tdesc.vt, VT_PTR);
	assert_int_equal(e->tdesc.lptdesc->vt, VT_BOOL);
	assert_int_equal(e->paramdesc.wParamFlags, PARAMFLAG_FOUT | PARAMFLAG_FRETVAL);
	vtable->lpVtbl->ReleaseFuncDesc(vtable, f);
	f = function_of(info, id, INVOKE_FUNC);
	assert_int_equal(f->cParams, 0);
	assert_int_equal(f->elemdescFunc.tdesc.vt, VT_BOOL);
	info->lpVtbl->ReleaseFuncDesc(info, f);
	vtable->lpVtbl->Release(vtable);
	info->lpVtbl->Release(info);
}

static void what_is_not_there_is_said(void **state)
{
	ITypeInfo *info = info_of(&ndr_interface_IIISCertObj);
	struct ndr_interface old = ndr_interface_IIISCertObj;
	ITypeComp *comp = NULL;
	FUNCDESC *f = NULL;
	VARDESC *v = NULL;
	BSTR text = NULL;
	UINT count = 9;
	void *p = NULL;

	old.version = NDR_TABLES_VERSION + 1;
	assert_int_equal(SurrogateTypeInfo(&old, &(ITypeInfo *){ NULL }), TYPE_E_UNSUPFORMAT);
	assert_int_equal(SurrogateGetTypeInfo(&old, 0, &(ITypeInfo *){ NULL }), TYPE_E_UNSUPFORMAT);
	assert_int_equal(SurrogateGetIDsOfNames(&old, NULL, 0, NULL), TYPE_E_UNSUPFORMAT);
	assert_int_equal(SurrogateInvoke(&old, &old, 0, 0, 0, &(DISPPARAMS){ NULL }, NULL, NULL,
					 NULL),
			 TYPE_E_UNSUPFORMAT);
	assert_int_equal(SurrogateGetTypeInfo(&ndr_interface_IIISCertObj, 1,
					      &(ITypeInfo *){ NULL }),
			 DISP_E_BADINDEX);
	assert_int_equal(info->lpVtbl->GetTypeComp(info, &comp), E_NOTIMPL);
	assert_int_equal(info->lpVtbl->GetFuncDesc(info, 999, &f), TYPE_E_ELEMENTNOTFOUND);
	assert_int_equal(info->lpVtbl->GetVarDesc(info, 0, &v), TYPE_E_ELEMENTNOTFOUND);
	assert_int_equal(info->lpVtbl->GetNames(info, 999, &text, 1, &count),
			 TYPE_E_ELEMENTNOTFOUND);
	assert_int_equal(count, 0);
	assert_int_equal(info->lpVtbl->GetDocumentation(info, 999, &text, NULL, NULL, NULL),
			 TYPE_E_ELEMENTNOTFOUND);
	assert_int_equal(info->lpVtbl->AddressOfMember(info, 1, INVOKE_FUNC, &p),
			 TYPE_E_BADMODULEKIND);
	assert_int_equal(info->lpVtbl->CreateInstance(info, NULL, &IID_IUnknown, &p),
			 TYPE_E_BADMODULEKIND);
	info->lpVtbl->Release(info);
}

/* ---- libraries ---- */

static void a_library_has_what_the_file_has(void **state)
{
	ITypeInfo *info = info_of(&ndr_interface_IIISCertObj), *same = NULL, *found[4] = { NULL };
	OLECHAR name[] = u"isinstalledremote";
	MEMBERID ids[4];
	USHORT count = 4;
	ITypeLib *lib = NULL;
	TLIBATTR *a = NULL;
	TYPEKIND kind;
	BOOL is = false;
	UINT index = 0;
	BSTR text = NULL;

	assert_int_equal(info->lpVtbl->GetContainingTypeLib(info, &lib, &index), S_OK);
	assert_int_equal(lib->lpVtbl->GetTypeInfoCount(lib),
			 ndr_module_ms_imsa.interface_count + ndr_module_ms_imsa.coclass_count);
	assert_ptr_equal(ndr_module_ms_imsa.interfaces[index], &ndr_interface_IIISCertObj);
	assert_int_equal(lib->lpVtbl->GetTypeInfoType(lib, index, &kind), S_OK);
	assert_int_equal(kind, TKIND_DISPATCH);
	assert_int_equal(lib->lpVtbl->GetDocumentation(lib, -1, &text, NULL, NULL, NULL), S_OK);
	expect_text(text, "ms-imsa");
	assert_int_equal(lib->lpVtbl->GetDocumentation(lib, (LONG)index, &text, NULL, NULL, NULL),
			 S_OK);
	expect_text(text, "IIISCertObj");
	assert_int_equal(
		lib->lpVtbl->GetTypeInfoOfGuid(lib, &ndr_interface_IIISCertObj.uuid, &same), S_OK);
	assert_int_equal(id_of(same, u"IsInstalledRemote"), id_of(info, u"IsInstalledRemote"));
	assert_int_equal(lib->lpVtbl->IsName(lib, name, 0, &is), S_OK);
	assert_true(is);
	assert_memory_equal(name, u"IsInstalledRemote", sizeof(name));
	assert_int_equal(lib->lpVtbl->FindName(lib, name, 0, found, ids, &count), S_OK);
	assert_int_equal(count, 1);
	assert_int_equal(ids[0], id_of(info, u"IsInstalledRemote"));
	assert_int_equal(lib->lpVtbl->GetLibAttr(lib, &a), S_OK);
	assert_int_equal(a->syskind, SYS_WIN64);
	lib->lpVtbl->ReleaseTLibAttr(lib, a);
	assert_int_equal(lib->lpVtbl->GetTypeInfo(lib, 9999, &(ITypeInfo *){ NULL }),
			 TYPE_E_ELEMENTNOTFOUND);
	found[0]->lpVtbl->Release(found[0]);
	same->lpVtbl->Release(same);
	lib->lpVtbl->Release(lib);
	info->lpVtbl->Release(info);
}

static void classes_have_interfaces(void **state)
{
	static const struct ndr_coclass class = { "Certificates",
						  { 1, 2, 3, { 4 } },
						  &ndr_interface_IIISCertObj,
						  &ndr_interface_IDispatch };
	struct ndr_subject subject = { .coclass = &class };
	ITypeInfo *info = NULL, *other = NULL;
	TYPEATTR *a = NULL;
	LONG flags = 0;
	HREFTYPE reference = 0;
	BSTR name = NULL;

	assert_int_equal(ndr_typeinfo_new(&subject, &info), S_OK);
	assert_int_equal(info->lpVtbl->GetTypeAttr(info, &a), S_OK);
	assert_int_equal(a->typekind, TKIND_COCLASS);
	assert_int_equal(a->cImplTypes, 2);
	assert_int_equal(a->cFuncs, 0);
	info->lpVtbl->ReleaseTypeAttr(info, a);
	assert_int_equal(info->lpVtbl->GetImplTypeFlags(info, 0, &flags), S_OK);
	assert_int_equal(flags, IMPLTYPEFLAG_FDEFAULT);
	assert_int_equal(info->lpVtbl->GetImplTypeFlags(info, 1, &flags), S_OK);
	assert_int_equal(flags, IMPLTYPEFLAG_FDEFAULT | IMPLTYPEFLAG_FSOURCE);
	assert_int_equal(info->lpVtbl->GetImplTypeFlags(info, 2, &flags), TYPE_E_ELEMENTNOTFOUND);
	assert_int_equal(info->lpVtbl->GetRefTypeOfImplType(info, 1, &reference), S_OK);
	assert_int_equal(info->lpVtbl->GetRefTypeInfo(info, reference, &other), S_OK);
	assert_int_equal(other->lpVtbl->GetDocumentation(other, MEMBERID_NIL, &name, NULL, NULL,
							 NULL),
			 S_OK);
	expect_text(name, "IDispatch");
	other->lpVtbl->Release(other);
	assert_int_equal(info->lpVtbl->CreateInstance(info, NULL, &IID_IUnknown, (void **)&other),
			 REGDB_E_CLASSNOTREG);
	assert_int_equal(info->lpVtbl->GetContainingTypeLib(info, &(ITypeLib *){ NULL }, NULL),
			 TYPE_E_ELEMENTNOTFOUND);
	info->lpVtbl->Release(info);
}

/* ---- calls ---- */

static HRESULT is_installed(IIISCertObj *This, VARIANT_BOOL *ret)
{
	*ret = VARIANT_TRUE;
	return S_OK;
}

static const IIISCertObjVtbl cert_methods = { .IsInstalledRemote = is_installed };
static struct {
	const IIISCertObjVtbl *lpVtbl;
} cert = { &cert_methods };

static void members_are_called_by_type_information(void **state)
{
	ITypeInfo *info = info_of(&ndr_interface_IIISCertObj), *same = NULL;
	OLECHAR *names[] = { (OLECHAR *)(uintptr_t)u"IsInstalledRemote" };
	DISPPARAMS none = { NULL };
	VARIANT result = { 0 };
	IUnknown *inner = NULL;
	IDispatch *d = NULL;
	UINT count = 0;
	DISPID id = 0;

	assert_int_equal(DispGetIDsOfNames(info, names, 1, &id), S_OK);
	assert_int_equal(DispInvoke(&cert, info, id, DISPATCH_METHOD, &none, &result, NULL, NULL),
			 S_OK);
	assert_int_equal(result.vt, VT_BOOL);
	assert_int_equal(result.boolVal, VARIANT_TRUE);
	assert_int_equal(DispInvoke(NULL, info, id, DISPATCH_METHOD, &none, NULL, NULL, NULL),
			 E_INVALIDARG);
	assert_int_equal(CreateStdDispatch(NULL, &cert, info, &inner), S_OK);
	assert_int_equal(inner->lpVtbl->QueryInterface(inner, &IID_IDispatch, (void **)&d), S_OK);
	inner->lpVtbl->Release(inner);
	result = (VARIANT){ 0 };
	assert_int_equal(d->lpVtbl->GetTypeInfoCount(d, &count), S_OK);
	assert_int_equal(count, 1);
	assert_int_equal(d->lpVtbl->GetTypeInfo(d, 1, 0, &same), DISP_E_BADINDEX);
	assert_int_equal(d->lpVtbl->GetTypeInfo(d, 0, 0, &same), S_OK);
	assert_ptr_equal(same, info);
	same->lpVtbl->Release(same);
	assert_int_equal(d->lpVtbl->GetIDsOfNames(d, &GUID_NULL, names, 1, 0, &id), S_OK);
	assert_int_equal(d->lpVtbl->Invoke(d, id, &GUID_NULL, 0, DISPATCH_METHOD, &none, &result,
					   NULL, NULL),
			 S_OK);
	assert_int_equal(result.boolVal, VARIANT_TRUE);
	assert_int_equal(d->lpVtbl->Release(d), 0);
	assert_int_equal(info->lpVtbl->Release(info), 0);
	assert_int_equal(CreateStdDispatch(NULL, NULL, info, &inner), E_INVALIDARG);
}

static bool read_names(ITypeInfo *info)
{
	BSTR names[8] = { NULL };
	UINT count = 0;
	HRESULT hr = info->lpVtbl->GetNames(info, 16, names, 8, &count);

	for (UINT i = 0; i < count; i++)
		SysFreeString(names[i]);
	return SUCCEEDED(hr);
}

static bool read_function(ITypeInfo *info)
{
	FUNCDESC *f = NULL;
	HRESULT hr = info->lpVtbl->GetFuncDesc(info, 0, &f);

	if (SUCCEEDED(hr))
		info->lpVtbl->ReleaseFuncDesc(info, f);
	return SUCCEEDED(hr);
}

static bool read_library(ITypeInfo *info)
{
	OLECHAR name[] = u"IIISCertObj";
	ITypeInfo *found[2] = { NULL };
	MEMBERID ids[2];
	USHORT count = 2;
	ITypeLib *lib = NULL;
	TLIBATTR *a = NULL;
	HRESULT hr = info->lpVtbl->GetContainingTypeLib(info, &lib, NULL);

	if (FAILED(hr))
		return false;
	hr = lib->lpVtbl->GetLibAttr(lib, &a);
	if (SUCCEEDED(hr)) {
		lib->lpVtbl->ReleaseTLibAttr(lib, a);
		hr = lib->lpVtbl->FindName(lib, name, 0, found, ids, &count);
		for (USHORT i = 0; SUCCEEDED(hr) && i < count; i++)
			found[i]->lpVtbl->Release(found[i]);
	}
	lib->lpVtbl->Release(lib);
	return SUCCEEDED(hr);
}

static bool use_all(void *ctx)
{
	IUnknown *inner = NULL;
	ITypeInfo *info = NULL;
	TYPEATTR *a = NULL;

	if (FAILED(SurrogateTypeInfo(&ndr_interface_IIISCertObj, &info)))
		return false;
	HRESULT hr = info->lpVtbl->GetTypeAttr(info, &a);

	if (SUCCEEDED(hr)) {
		info->lpVtbl->ReleaseTypeAttr(info, a);
		hr = CreateStdDispatch(NULL, &cert, info, &inner);
	}
	if (SUCCEEDED(hr))
		inner->lpVtbl->Release(inner);
	bool ok = SUCCEEDED(hr) && read_function(info) && read_names(info) && read_library(info);

	assert_int_equal(info->lpVtbl->Release(info), 0);
	return ok;
}

static void no_memory_is_survived(void **state)
{
	with_every_allocation_failing(use_all, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_tell_both_views),
		cmocka_unit_test(bases_are_followed_to_the_end),
		cmocka_unit_test(functions_are_described),
		cmocka_unit_test(a_vtable_has_results_and_pointers),
		cmocka_unit_test(what_is_not_there_is_said),
		cmocka_unit_test(a_library_has_what_the_file_has),
		cmocka_unit_test(classes_have_interfaces),
		cmocka_unit_test(members_are_called_by_type_information),
		cmocka_unit_test(no_memory_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
