/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ITypeInfo and ITypeLib over the wire ([MS-OAUT] 3.7.4, 3.11.4; ndr/call-as.c has the others). In
 * C a description belongs to who gave it, and goes back to him; over the wire it is a copy, which
 * goes back to who got it. Members by name (GetIDsOfNames) and calls (Invoke) stay on the other
 * side, as published.
 */
#include "ndr/shape.h"

#include "base/mem.h"
#include "com/bstr.h"

#include <idl/ms-oaut.h>

/* refPtrFlags of GetDocumentation and GetDllEntry: which results are wanted. */
enum { WANTS_FIRST = 1, WANTS_SECOND = 2, WANTS_THIRD = 4, WANTS_FOURTH = 8 };

/* What a slot returns: the call's own failure, or the method's result. */
#define RESULT_OF(This, opnum, f)                                                                  \
	({                                                                                         \
		HRESULT hr_ = ndr_face_call(This, opnum, &(f));                                    \
		FAILED(hr_) ? hr_ : (f).ReturnValue;                                               \
	})

/* ---- descriptions ---- */

/* A copy whose every part has memory of its own, as what is decoded has. */
static void *copy_of(const struct ndr_type *type, const void *value)
{
	struct ndr_encoder e;
	struct ndr_decoder d;
	struct buf bytes;
	void *copy = mem_zalloc(1, type->size);

	buf_init(&bytes, NDR_MEMORY_MAX);
	ndr_encoder_init(&e, &bytes, NULL, NULL);
	int r = copy ? ndr_encode(&e, type, value) : -1;

	ndr_encoder_done(&e);
	if (r == 0) {
		ndr_decoder_init(&d, bytes.data, bytes.length, NDR_DREP, NULL, NDR_MEMORY_MAX, NULL,
				 NULL);
		r = ndr_decode(&d, type, copy);
		ndr_decoder_done(&d);
	}
	buf_done(&bytes);
	return r == 0 ? copy : mem_free(copy);
}

static void copy_free(const struct ndr_type *type, void *copy)
{
	if (!copy)
		return;
	ndr_clear(type, copy, true);
	mem_free(copy);
}

static HRESULT attributes_slot(ITypeInfo *This, TYPEATTR **ret)
{
	DWORD reserved = 0;
	struct ITypeInfo_GetTypeAttr f = { .ppTypeAttr = ret, .pReserved = &reserved };

	if (!ret)
		return E_INVALIDARG;
	*ret = NULL;
	return RESULT_OF(This, 3, f);
}

static HRESULT attributes_serve(IUnknown *object, void *frame)
{
	struct ITypeInfo_GetTypeAttr *f = frame;
	ITypeInfo *info = (ITypeInfo *)(void *)object;
	TYPEATTR *own = NULL;
	HRESULT hr = info->lpVtbl->GetTypeAttr(info, &own);

	if (FAILED(hr))
		return hr;
	*f->ppTypeAttr = copy_of(&ndr_type_TYPEATTR, own);
	info->lpVtbl->ReleaseTypeAttr(info, own);
	return *f->ppTypeAttr ? hr : E_OUTOFMEMORY;
}

static void attributes_free(ITypeInfo *This, TYPEATTR *a)
{
	copy_free(&ndr_type_TYPEATTR, a);
}

static HRESULT function_slot(ITypeInfo *This, UINT index, FUNCDESC **ret)
{
	DWORD reserved = 0;
	struct ITypeInfo_GetFuncDesc f = { .index = index,
					   .ppFuncDesc = ret,
					   .pReserved = &reserved };

	if (!ret)
		return E_INVALIDARG;
	*ret = NULL;
	return RESULT_OF(This, 5, f);
}

static HRESULT function_serve(IUnknown *object, void *frame)
{
	struct ITypeInfo_GetFuncDesc *f = frame;
	ITypeInfo *info = (ITypeInfo *)(void *)object;
	FUNCDESC *own = NULL;
	HRESULT hr = info->lpVtbl->GetFuncDesc(info, f->index, &own);

	if (FAILED(hr))
		return hr;
	*f->ppFuncDesc = copy_of(&ndr_type_FUNCDESC, own);
	info->lpVtbl->ReleaseFuncDesc(info, own);
	return *f->ppFuncDesc ? hr : E_OUTOFMEMORY;
}

static void function_free(ITypeInfo *This, FUNCDESC *f)
{
	copy_free(&ndr_type_FUNCDESC, f);
}

static HRESULT variable_slot(ITypeInfo *This, UINT index, VARDESC **ret)
{
	DWORD reserved = 0;
	struct ITypeInfo_GetVarDesc f = { .index = index,
					  .ppVarDesc = ret,
					  .pReserved = &reserved };

	if (!ret)
		return E_INVALIDARG;
	*ret = NULL;
	return RESULT_OF(This, 6, f);
}

static HRESULT variable_serve(IUnknown *object, void *frame)
{
	struct ITypeInfo_GetVarDesc *f = frame;
	ITypeInfo *info = (ITypeInfo *)(void *)object;
	VARDESC *own = NULL;
	HRESULT hr = info->lpVtbl->GetVarDesc(info, f->index, &own);

	if (FAILED(hr))
		return hr;
	*f->ppVarDesc = copy_of(&ndr_type_VARDESC, own);
	info->lpVtbl->ReleaseVarDesc(info, own);
	return *f->ppVarDesc ? hr : E_OUTOFMEMORY;
}

static void variable_free(ITypeInfo *This, VARDESC *v)
{
	copy_free(&ndr_type_VARDESC, v);
}

static HRESULT library_slot(ITypeLib *This, TLIBATTR **ret)
{
	DWORD reserved = 0;
	struct ITypeLib_GetLibAttr f = { .ppTLibAttr = ret, .pReserved = &reserved };

	if (!ret)
		return E_INVALIDARG;
	*ret = NULL;
	return RESULT_OF(This, 7, f);
}

static HRESULT library_serve(IUnknown *object, void *frame)
{
	struct ITypeLib_GetLibAttr *f = frame;
	ITypeLib *lib = (ITypeLib *)(void *)object;
	TLIBATTR *own = NULL;
	HRESULT hr = lib->lpVtbl->GetLibAttr(lib, &own);

	if (FAILED(hr))
		return hr;
	*f->ppTLibAttr = copy_of(&ndr_type_TLIBATTR, own);
	lib->lpVtbl->ReleaseTLibAttr(lib, own);
	return *f->ppTLibAttr ? hr : E_OUTOFMEMORY;
}

static void library_free(ITypeLib *This, TLIBATTR *a)
{
	copy_free(&ndr_type_TLIBATTR, a);
}

/* ---- texts, of which some may be unwanted ---- */

static void give(BSTR *to, BSTR text)
{
	if (to)
		*to = text;
	else
		SysFreeString(text);
}

struct documentation {
	BSTR name, text, file;
	DWORD context;
};

static DWORD wants(const void *a, const void *b, const void *c, const void *d)
{
	return (a ? WANTS_FIRST : 0) | (b ? WANTS_SECOND : 0) | (c ? WANTS_THIRD : 0) |
	       (d ? WANTS_FOURTH : 0);
}

static void give_documentation(struct documentation *came, BSTR *name, BSTR *text, DWORD *context,
			       BSTR *file)
{
	give(name, came->name);
	give(text, came->text);
	give(file, came->file);
	if (context)
		*context = came->context;
}

static HRESULT type_documentation_slot(ITypeInfo *This, MEMBERID id, BSTR *name, BSTR *text,
				       DWORD *context, BSTR *file)
{
	struct documentation came = { NULL };
	struct ITypeInfo_GetDocumentation f = { .memid = id,
						.refPtrFlags = wants(name, text, context, file),
						.pBstrName = &came.name,
						.pBstrDocString = &came.text,
						.pdwHelpContext = &came.context,
						.pBstrHelpFile = &came.file };
	HRESULT hr = RESULT_OF(This, 12, f);

	give_documentation(&came, name, text, context, file);
	return hr;
}

static HRESULT type_documentation_serve(IUnknown *object, void *frame)
{
	struct ITypeInfo_GetDocumentation *f = frame;
	ITypeInfo *info = (ITypeInfo *)(void *)object;

	return info->lpVtbl->GetDocumentation(
		info, f->memid, f->refPtrFlags & WANTS_FIRST ? f->pBstrName : NULL,
		f->refPtrFlags & WANTS_SECOND ? f->pBstrDocString : NULL,
		f->refPtrFlags & WANTS_THIRD ? f->pdwHelpContext : NULL,
		f->refPtrFlags & WANTS_FOURTH ? f->pBstrHelpFile : NULL);
}

static HRESULT library_documentation_slot(ITypeLib *This, LONG index, BSTR *name, BSTR *text,
					  DWORD *context, BSTR *file)
{
	struct documentation came = { NULL };
	struct ITypeLib_GetDocumentation f = { .index = index,
					       .refPtrFlags = wants(name, text, context, file),
					       .pBstrName = &came.name,
					       .pBstrDocString = &came.text,
					       .pdwHelpContext = &came.context,
					       .pBstrHelpFile = &came.file };
	HRESULT hr = RESULT_OF(This, 9, f);

	give_documentation(&came, name, text, context, file);
	return hr;
}

static HRESULT library_documentation_serve(IUnknown *object, void *frame)
{
	struct ITypeLib_GetDocumentation *f = frame;
	ITypeLib *lib = (ITypeLib *)(void *)object;

	return lib->lpVtbl->GetDocumentation(
		lib, f->index, f->refPtrFlags & WANTS_FIRST ? f->pBstrName : NULL,
		f->refPtrFlags & WANTS_SECOND ? f->pBstrDocString : NULL,
		f->refPtrFlags & WANTS_THIRD ? f->pdwHelpContext : NULL,
		f->refPtrFlags & WANTS_FOURTH ? f->pBstrHelpFile : NULL);
}

static HRESULT dll_entry_slot(ITypeInfo *This, MEMBERID id, INVOKEKIND kind, BSTR *dll, BSTR *name,
			      WORD *ordinal)
{
	BSTR its_dll = NULL, its_name = NULL;
	WORD its_ordinal = 0;
	struct ITypeInfo_GetDllEntry f = { .memid = id,
					   .invKind = kind,
					   .refPtrFlags = wants(dll, name, ordinal, NULL),
					   .pBstrDllName = &its_dll,
					   .pBstrName = &its_name,
					   .pwOrdinal = &its_ordinal };
	HRESULT hr = RESULT_OF(This, 13, f);

	give(dll, its_dll);
	give(name, its_name);
	if (ordinal)
		*ordinal = its_ordinal;
	return hr;
}

static HRESULT dll_entry_serve(IUnknown *object, void *frame)
{
	struct ITypeInfo_GetDllEntry *f = frame;
	ITypeInfo *info = (ITypeInfo *)(void *)object;

	return info->lpVtbl->GetDllEntry(info, f->memid, f->invKind,
					 f->refPtrFlags & WANTS_FIRST ? f->pBstrDllName : NULL,
					 f->refPtrFlags & WANTS_SECOND ? f->pBstrName : NULL,
					 f->refPtrFlags & WANTS_THIRD ? f->pwOrdinal : NULL);
}

/* ---- an outer object cannot be in another process ---- */

static HRESULT create_slot(ITypeInfo *This, IUnknown *outer, REFIID riid, void **ret)
{
	struct ITypeInfo_CreateInstance f = { .riid = (IID *)(uintptr_t)riid,
					      .ppvObj = (IUnknown **)ret };

	if (!ret || !riid)
		return E_INVALIDARG;
	*ret = NULL;
	return outer ? CLASS_E_NOAGGREGATION : RESULT_OF(This, 16, f);
}

static HRESULT create_serve(IUnknown *object, void *frame)
{
	struct ITypeInfo_CreateInstance *f = frame;
	ITypeInfo *info = (ITypeInfo *)(void *)object;

	return info->lpVtbl->CreateInstance(info, NULL, f->riid, (void **)f->ppvObj);
}

/* ---- ITypeLib: a count that is the result in C, names that are written over ---- */

static UINT count_slot(ITypeLib *This)
{
	UINT count = 0;
	struct ITypeLib_GetTypeInfoCount f = { .pcTInfo = &count };

	return SUCCEEDED(RESULT_OF(This, 3, f)) ? count : 0;
}

static HRESULT count_serve(IUnknown *object, void *frame)
{
	struct ITypeLib_GetTypeInfoCount *f = frame;
	ITypeLib *lib = (ITypeLib *)(void *)object;

	*f->pcTInfo = lib->lpVtbl->GetTypeInfoCount(lib);
	return S_OK;
}

/* The name as the library writes it takes the place of the caller's, which is as long. */
static void write_over(LPOLESTR name, BSTR came)
{
	size_t length = 0;

	while (name[length])
		length++;
	if (SysStringLen(came) == length)
		memcpy(name, came, length * sizeof *name);
	SysFreeString(came);
}

static HRESULT is_name_slot(ITypeLib *This, LPOLESTR name, ULONG hash, BOOL *ret)
{
	BSTR came = NULL;
	struct ITypeLib_IsName f = {
		.szNameBuf = name, .lHashVal = hash, .pfName = ret, .pBstrNameInLibrary = &came
	};

	if (!name || !ret)
		return E_INVALIDARG;
	*ret = false;
	HRESULT hr = RESULT_OF(This, 10, f);

	write_over(name, came);
	return hr;
}

static HRESULT is_name_serve(IUnknown *object, void *frame)
{
	struct ITypeLib_IsName *f = frame;
	ITypeLib *lib = (ITypeLib *)(void *)object;
	HRESULT hr = lib->lpVtbl->IsName(lib, f->szNameBuf, f->lHashVal, f->pfName);

	if (SUCCEEDED(hr) && *f->pfName)
		*f->pBstrNameInLibrary = SysAllocString(f->szNameBuf);
	return hr;
}

static HRESULT find_slot(ITypeLib *This, LPOLESTR name, ULONG hash, ITypeInfo **infos,
			 MEMBERID *ids, USHORT *count)
{
	BSTR came = NULL;
	struct ITypeLib_FindName f = { .szNameBuf = name,
				       .lHashVal = hash,
				       .ppTInfo = infos,
				       .rgMemId = ids,
				       .pcFound = count,
				       .pBstrNameInLibrary = &came };

	if (!name || !infos || !ids || !count)
		return E_INVALIDARG;
	HRESULT hr = RESULT_OF(This, 11, f);

	write_over(name, came);
	return hr;
}

static HRESULT find_serve(IUnknown *object, void *frame)
{
	struct ITypeLib_FindName *f = frame;
	ITypeLib *lib = (ITypeLib *)(void *)object;
	USHORT room = *f->pcFound;
	HRESULT hr = lib->lpVtbl->FindName(lib, f->szNameBuf, f->lHashVal, f->ppTInfo, f->rgMemId,
					   f->pcFound);

	if (FAILED(hr) || *f->pcFound > room)
		*f->pcFound = 0;
	else if (*f->pcFound)
		*f->pBstrNameInLibrary = SysAllocString(f->szNameBuf);
	return hr;
}

/* ---- the list ---- */

const struct ndr_bridge ndr_typeinfo_bridges[] = {
	{ "ITypeInfo", "GetTypeAttr", (void *)attributes_slot, attributes_serve },
	{ "ITypeInfo", "GetFuncDesc", (void *)function_slot, function_serve },
	{ "ITypeInfo", "GetVarDesc", (void *)variable_slot, variable_serve },
	{ "ITypeInfo", "GetDocumentation", (void *)type_documentation_slot,
	  type_documentation_serve },
	{ "ITypeInfo", "GetDllEntry", (void *)dll_entry_slot, dll_entry_serve },
	{ "ITypeInfo", "CreateInstance", (void *)create_slot, create_serve },
	{ "ITypeInfo", "Opnum19NotUsedOnWire", (void *)attributes_free, NULL },
	{ "ITypeInfo", "Opnum20NotUsedOnWire", (void *)function_free, NULL },
	{ "ITypeInfo", "Opnum21NotUsedOnWire", (void *)variable_free, NULL },
	{ "ITypeLib", "GetTypeInfoCount", (void *)count_slot, count_serve },
	{ "ITypeLib", "GetLibAttr", (void *)library_slot, library_serve },
	{ "ITypeLib", "GetDocumentation", (void *)library_documentation_slot,
	  library_documentation_serve },
	{ "ITypeLib", "IsName", (void *)is_name_slot, is_name_serve },
	{ "ITypeLib", "FindName", (void *)find_slot, find_serve },
	{ "ITypeLib", "Opnum12NotUsedOnWire", (void *)library_free, NULL },
};
const size_t ndr_typeinfo_bridge_count = ARRAY_LEN(ndr_typeinfo_bridges);
