/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of type information over the wire: an ITypeInfo of the host, which has the tables, as the
 * client sees it by a proxy.
 */
#include "rig.h"

#include <idl/mc-iisa.h>
#include <idl/ms-imsa.h>

struct wire {
	struct rig rig;
	IDispatch *first; /* by it the client knows as whom to call the host */
	ITypeInfo *info;
};

static void wire_init(struct wire *w, const struct ndr_interface *interface)
{
	ITypeInfo *info = NULL;
	struct buf out;

	rig_init(&w->rig, 0, 0);
	w->first = create_counter(&w->rig);
	w->info = NULL;
	assert_int_equal(SurrogateTypeInfo(interface, &info), S_OK);
	buf_init(&out, OBJREF_MAX);
	assert_int_equal(dcom_marshal(w->rig.host, &IID_ITypeInfo, (IUnknown *)(void *)info, &out),
			 S_OK);
	info->lpVtbl->Release(info);
	assert_int_equal(dcom_unmarshal(w->rig.client, buf_text(&out), &IID_ITypeInfo,
					(IUnknown **)(void *)&w->info),
			 S_OK);
	assert_ptr_not_equal(w->info, info);
	buf_done(&out);
}

static void wire_done(struct wire *w)
{
	assert_int_equal(w->info->lpVtbl->Release(w->info), 0);
	w->first->lpVtbl->Release(w->first);
	wait_for(0);
	rig_done(&w->rig);
}

static void expect_text(BSTR s, const char *want)
{
	char got[128];

	assert_non_null(s);
	got[utf16_to_utf8(s, SysStringLen(s), got, sizeof got - 1)] = '\0';
	assert_string_equal(got, want);
	SysFreeString(s);
}

static void descriptions_are_copies(void **state)
{
	struct wire w;
	TYPEATTR *a = NULL;
	FUNCDESC *f = NULL;
	VARDESC *v = NULL;
	UINT i = 0;

	wire_init(&w, &ndr_interface_IAppHostElementCollection);
	assert_int_equal(w.info->lpVtbl->GetTypeAttr(w.info, &a), S_OK);
	assert_true(IsEqualGUID(&a->guid, &ndr_interface_IAppHostElementCollection.uuid));
	assert_int_equal(a->typekind, TKIND_INTERFACE);
	assert_int_equal(a->cFuncs, ndr_interface_IAppHostElementCollection.count);
	assert_int_equal(a->idldescType.wIDLFlags, 0);
	assert_int_equal(a->memidConstructor, MEMBERID_NIL);
	w.info->lpVtbl->ReleaseTypeAttr(w.info, a);
	/* The one with a default value. */
	while (w.info->lpVtbl->GetFuncDesc(w.info, i++, &f) == S_OK &&
	       !(f->cParams == 2 &&
		 f->lprgelemdescParam[1].paramdesc.wParamFlags & PARAMFLAG_FHASDEFAULT))
		w.info->lpVtbl->ReleaseFuncDesc(w.info, f);
	assert_non_null(f);
	assert_int_equal(f->lprgelemdescParam[1].paramdesc.pparamdescex->varDefaultValue.lVal, -1);
	assert_int_equal(f->elemdescFunc.tdesc.vt, VT_HRESULT);
	w.info->lpVtbl->ReleaseFuncDesc(w.info, f);
	assert_int_equal(w.info->lpVtbl->GetFuncDesc(w.info, 999, &f), TYPE_E_ELEMENTNOTFOUND);
	assert_null(f);
	assert_int_equal(w.info->lpVtbl->GetVarDesc(w.info, 0, &v), TYPE_E_ELEMENTNOTFOUND);
	assert_int_equal(w.info->lpVtbl->GetTypeAttr(w.info, NULL), E_INVALIDARG);
	w.info->lpVtbl->ReleaseTypeAttr(w.info, NULL);
	wire_done(&w);
}

static void texts_may_be_unwanted(void **state)
{
	struct wire w;
	BSTR name = NULL, names[3] = { NULL }, file = (BSTR)(uintptr_t)1;
	DWORD context = 9;
	UINT count = 0;

	wire_init(&w, &ndr_interface_IIISCertObj);
	assert_int_equal(w.info->lpVtbl->GetDocumentation(w.info, MEMBERID_NIL, &name, NULL,
							  &context, &file),
			 S_OK);
	expect_text(name, "IIISCertObj");
	assert_int_equal(context, 0);
	assert_null(file);
	assert_int_equal(w.info->lpVtbl->GetDocumentation(w.info, MEMBERID_NIL, NULL, NULL, NULL,
							  NULL),
			 S_OK);
	assert_int_equal(w.info->lpVtbl->GetNames(w.info, 16, names, 3, &count), S_OK);
	assert_int_equal(count, 3);
	expect_text(names[0], "ImportFromBlob");
	SysFreeString(names[1]);
	SysFreeString(names[2]);
	assert_int_equal(w.info->lpVtbl->GetDllEntry(w.info, 16, INVOKE_FUNC, NULL, NULL, NULL),
			 TYPE_E_BADMODULEKIND);
	/* Names are looked up, and members called, where the object is. */
	assert_int_equal(w.info->lpVtbl->GetIDsOfNames(w.info, NULL, 0, NULL), E_NOTIMPL);
	wire_done(&w);
}

static void types_lead_to_others(void **state)
{
	struct wire w;
	ITypeInfo *base = NULL, *found[2] = { NULL };
	OLECHAR word[] = u"importfromblob";
	MEMBERID ids[2];
	USHORT count = 2;
	HREFTYPE reference = 0;
	ITypeLib *lib = NULL;
	TLIBATTR *a = NULL;
	BSTR name = NULL;
	UINT index = 0;
	BOOL is = false;
	void *made = NULL;

	wire_init(&w, &ndr_interface_IIISCertObj);
	assert_int_equal(w.info->lpVtbl->GetRefTypeOfImplType(w.info, 0, &reference), S_OK);
	assert_int_equal(w.info->lpVtbl->GetRefTypeInfo(w.info, reference, &base), S_OK);
	assert_int_equal(
		base->lpVtbl->GetDocumentation(base, MEMBERID_NIL, &name, NULL, NULL, NULL), S_OK);
	expect_text(name, "IDispatch");
	base->lpVtbl->Release(base);
	assert_int_equal(w.info->lpVtbl->GetContainingTypeLib(w.info, &lib, &index), S_OK);
	assert_int_equal(lib->lpVtbl->GetTypeInfoCount(lib),
			 ndr_module_ms_imsa.interface_count + ndr_module_ms_imsa.coclass_count);
	assert_int_equal(lib->lpVtbl->GetDocumentation(lib, (LONG)index, &name, NULL, NULL, NULL),
			 S_OK);
	expect_text(name, "IIISCertObj");
	assert_int_equal(lib->lpVtbl->IsName(lib, word, 0, &is), S_OK);
	assert_true(is);
	assert_memory_equal(word, u"ImportFromBlob", sizeof word);
	assert_int_equal(lib->lpVtbl->FindName(lib, word, 0, found, ids, &count), S_OK);
	assert_int_equal(count, 1);
	assert_int_equal(ids[0], 16);
	found[0]->lpVtbl->Release(found[0]);
	assert_int_equal(lib->lpVtbl->GetLibAttr(lib, &a), S_OK);
	assert_int_equal(a->syskind, SYS_WIN64);
	lib->lpVtbl->ReleaseTLibAttr(lib, a);
	lib->lpVtbl->Release(lib);
	assert_int_equal(w.info->lpVtbl->CreateInstance(w.info, (IUnknown *)(void *)w.first,
							&IID_IUnknown, &made),
			 CLASS_E_NOAGGREGATION);
	assert_int_equal(w.info->lpVtbl->CreateInstance(w.info, NULL, &IID_IUnknown, &made),
			 TYPE_E_BADMODULEKIND);
	wire_done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptions_are_copies),
		cmocka_unit_test(texts_may_be_unwanted),
		cmocka_unit_test(types_lead_to_others),
	};

	return cmocka_run_group_tests(tests, make_accounts, remove_accounts);
}
