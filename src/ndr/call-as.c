/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods whose C signature is not the wire's, [call_as] in IDL: IDispatch::Invoke,
 * IEnumVARIANT::Next and IClassFactory::CreateInstance; those of ITypeInfo and ITypeLib are in
 * call-as-typeinfo.c. For each a slot for proxies, and a function
 * that calls the object.
 */
#include "ndr/native.h"
#include "ndr/shape.h"
#include "ndr/walk.h"

#include "com/variant.h"

#include <idl/ms-oaut.h>
#include <idl/unknwn.h>

#define ARGUMENTS_MAX 4096
#define LISTS_MAX ((size_t)1 << 20) /* bytes of all that Invoke has of them */

/* ---- IDispatch::Invoke, [MS-OAUT] 3.1.4.4: arguments by reference travel in a list of their own,
 * and come back in it ---- */

#define FLAGS_ON_WIRE 0xFFFFu

/* Moves arguments by reference out of `all` (a copy) into `list`; their places are VT_EMPTY. */
static UINT split_references(VARIANT *all, UINT count, UINT *index, VARIANT *list)
{
	UINT found = 0;

	for (UINT i = 0; i < count; i++) {
		if (!(all[i].vt & VT_BYREF))
			continue;
		index[found] = i;
		list[found++] = all[i];
		all[i] = (VARIANT){ 0 };
	}
	return found;
}

/* What came back of an argument goes where the caller's reference points, whose old value is let
 * go; `came` holds nothing then but its own memory. */
static void return_reference(const VARIANT *given, VARIANT *came)
{
	size_t size = ndr_reference_size(given->vt);

	if (given->vt != came->vt || !size || !given->byref || !came->byref)
		return;
	VARIANT old = { 0 };
	VARTYPE vt = given->vt & (VARTYPE)~VT_BYREF;
	if (vt == VT_VARIANT) {
		variant_replace(given->pvarVal, came->pvarVal);
		return;
	}
	if (vt != VT_DECIMAL) {
		old.vt = vt;
		memcpy(&old.llVal, given->byref, size);
	}
	memcpy(given->byref, came->byref, size);
	memset(came->byref, 0, size);
	(void)VariantClear(&old);
}

struct invoke_lists {
	VARIANT *arguments, *references, *came;
	UINT *index;
};

static bool lists_init(struct invoke_lists *lists, UINT count, struct arena *arena)
{
	lists->arguments = arena_zalloc(arena, count + 1, sizeof(VARIANT));
	lists->references = arena_zalloc(arena, count + 1, sizeof(VARIANT));
	lists->came = arena_zalloc(arena, count + 1, sizeof(VARIANT));
	lists->index = arena_zalloc(arena, count + 1, sizeof(UINT));
	return lists->arguments && lists->references && lists->came && lists->index;
}

static void invoke_returns(const struct IDispatch_Invoke *f, const struct invoke_lists *lists,
			   VARIANT *result, EXCEPINFO *excep, UINT *arg_err)
{
	for (UINT i = 0; i < f->cVarRef; i++) {
		return_reference(&lists->references[i], &lists->came[i]);
		ndr_clear(&ndr_type_VARIANT, &lists->came[i], true);
	}
	/* Numbers of the other side, of no use as addresses here. */
	f->pExcepInfo->pvReserved = NULL;
	f->pExcepInfo->pfnDeferredFillIn = NULL;
	if (result)
		variant_move(result, f->pVarResult);
	else
		(void)VariantClear(f->pVarResult);
	if (excep)
		*excep = *f->pExcepInfo;
	else
		ndr_clear(&ndr_type_EXCEPINFO, f->pExcepInfo, true);
	if (arg_err)
		*arg_err = *f->pArgErr;
}

/* Fills in what is sent of the arguments. The answer replaces the list of references, so that is a
 * copy, which holds the caller's pointers only while it is sent. */
static void invoke_sends(struct IDispatch_Invoke *f, const struct invoke_lists *lists,
			 const DISPPARAMS *params)
{
	if (params->cArgs)
		memcpy(lists->arguments, params->rgvarg, params->cArgs * sizeof(VARIANT));
	*f->pDispParams = *params;
	f->pDispParams->rgvarg = lists->arguments;
	f->cVarRef =
		split_references(lists->arguments, params->cArgs, lists->index, lists->references);
	f->rgVarRefIdx = lists->index;
	memcpy(lists->came, lists->references, f->cVarRef * sizeof(VARIANT));
	f->rgVarRef = lists->came;
}

static HRESULT invoke_slot(IDispatch *This, DISPID id, REFIID riid, LCID lcid, WORD flags,
			   DISPPARAMS *params, VARIANT *result, EXCEPINFO *excep, UINT *arg_err)
{
	struct invoke_lists lists;
	DISPPARAMS sent;
	VARIANT value = { 0 };
	EXCEPINFO exception = { 0 };
	UINT wrong = 0;
	DWORD missing = (result ? 0 : DISPATCH_zeroVarResult) |
			(excep ? 0 : DISPATCH_zeroExcepInfo) | (arg_err ? 0 : DISPATCH_zeroArgErr);
	struct IDispatch_Invoke f = { .dispIdMember = id,
				      .riid = (IID *)(uintptr_t)(riid ? riid : &GUID_NULL),
				      .lcid = lcid,
				      .dwFlags = (flags & FLAGS_ON_WIRE) | missing,
				      .pDispParams = &sent,
				      .pVarResult = &value,
				      .pExcepInfo = &exception,
				      .pArgErr = &wrong };

	if (!params || params->cArgs > ARGUMENTS_MAX)
		return E_INVALIDARG;
	struct ndr_room *room = ndr_room_take(LISTS_MAX);
	bool ok = room && lists_init(&lists, params->cArgs, &room->arena);
	HRESULT hr = E_OUTOFMEMORY;

	if (ok) {
		invoke_sends(&f, &lists, params);
		hr = ndr_face_call(This, 6, &f);
	}
	if (SUCCEEDED(hr)) {
		invoke_returns(&f, &lists, result, excep, arg_err);
		hr = f.ReturnValue;
	}
	ndr_room_give(room);
	return hr;
}

/* Puts the arguments by reference back to their places, all of them or none. */
static bool join_references(struct IDispatch_Invoke *f)
{
	DISPPARAMS *p = f->pDispParams;

	for (UINT i = 0; i < f->cVarRef; i++) {
		if (f->rgVarRefIdx[i] >= p->cArgs || p->rgvarg[f->rgVarRefIdx[i]].vt != VT_EMPTY)
			return false;
		p->rgvarg[f->rgVarRefIdx[i]] = f->rgVarRef[i];
	}
	return true;
}

/* They are the list's, not the arguments'. */
static void part_references(struct IDispatch_Invoke *f)
{
	DISPPARAMS *p = f->pDispParams;

	for (UINT i = 0; i < f->cVarRef; i++) {
		if (f->rgVarRefIdx[i] < p->cArgs)
			p->rgvarg[f->rgVarRefIdx[i]] = (VARIANT){ 0 };
	}
}

static HRESULT invoke_serve(IUnknown *object, void *frame)
{
	struct IDispatch_Invoke *f = frame;
	IDispatch *dispatch = (IDispatch *)(void *)object;
	DISPPARAMS *p = f->pDispParams;
	HRESULT hr = E_INVALIDARG;

	if (p->cNamedArgs > p->cArgs || (p->cArgs && !p->rgvarg) ||
	    (p->cNamedArgs && !p->rgdispidNamedArgs))
		return hr;
	/* An index that is used twice finds its place taken. */
	if (join_references(f)) {
		hr = dispatch->lpVtbl->Invoke(
			dispatch, f->dispIdMember, f->riid, f->lcid, (WORD)f->dwFlags, p,
			f->dwFlags & DISPATCH_zeroVarResult ? NULL : f->pVarResult,
			f->dwFlags & DISPATCH_zeroExcepInfo ? NULL : f->pExcepInfo,
			f->dwFlags & DISPATCH_zeroArgErr ? NULL : f->pArgErr);
		if (f->pExcepInfo->pfnDeferredFillIn)
			(void)f->pExcepInfo->pfnDeferredFillIn(f->pExcepInfo);
		f->pExcepInfo->pfnDeferredFillIn = NULL;
		f->pExcepInfo->pvReserved = NULL;
	}
	part_references(f);
	return hr;
}

/* ---- IEnumVARIANT::Next: the count may be NULL in C ---- */

static HRESULT next_slot(IEnumVARIANT *This, ULONG celt, VARIANT *items, ULONG *fetched)
{
	ULONG got = 0;
	struct IEnumVARIANT_Next f = { .celt = celt, .rgVar = items, .pCeltFetched = &got };

	if (!fetched && celt != 1)
		return E_INVALIDARG;
	HRESULT hr = ndr_face_call(This, 3, &f);
	if (FAILED(hr))
		return hr;
	if (fetched)
		*fetched = got;
	return f.ReturnValue;
}

static HRESULT next_serve(IUnknown *object, void *frame)
{
	struct IEnumVARIANT_Next *f = frame;
	IEnumVARIANT *e = (IEnumVARIANT *)(void *)object;
	HRESULT hr = e->lpVtbl->Next(e, f->celt, f->rgVar, f->pCeltFetched);

	if (FAILED(hr) || *f->pCeltFetched > f->celt)
		*f->pCeltFetched = 0;
	return hr;
}

/* ---- IClassFactory::CreateInstance: an outer object cannot be in another process ---- */

static HRESULT create_slot(IClassFactory *This, IUnknown *outer, REFIID riid, void **ret)
{
	IUnknown *made = NULL;
	struct IClassFactory_CreateInstance f = { .riid = riid, .ppvObject = &made };

	if (!ret)
		return E_POINTER;
	*ret = NULL;
	if (outer)
		return CLASS_E_NOAGGREGATION;
	HRESULT hr = ndr_face_call(This, 3, &f);
	if (FAILED(hr))
		return hr;
	*ret = made;
	return f.ReturnValue;
}

static HRESULT create_serve(IUnknown *object, void *frame)
{
	struct IClassFactory_CreateInstance *f = frame;
	IClassFactory *factory = (IClassFactory *)(void *)object;

	return factory->lpVtbl->CreateInstance(factory, NULL, f->riid, (void **)f->ppvObject);
}

/* ---- the list ---- */

static const struct ndr_bridge bridges[] = {
	{ "IDispatch", "Invoke", (void *)invoke_slot, invoke_serve },
	{ "IEnumVARIANT", "Next", (void *)next_slot, next_serve },
	{ "IClassFactory", "CreateInstance", (void *)create_slot, create_serve },
};

static const struct ndr_bridge *find_bridge(const struct ndr_bridge *list, size_t count,
					    const char *interface, const char *method)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i].interface, interface) && !strcmp(list[i].method, method))
			return &list[i];
	return NULL;
}

const struct ndr_bridge *ndr_bridge_of(const struct ndr_interface *interface, unsigned opnum)
{
	const struct ndr_method *method = ndr_method_at(interface, opnum);

	while (interface && opnum < interface->first_opnum)
		interface = interface->base;
	if (!method || !interface)
		return NULL;
	const struct ndr_bridge *found =
		find_bridge(bridges, ARRAY_LEN(bridges), interface->name, method->name);

	return found ? found
		     : find_bridge(ndr_typeinfo_bridges, ndr_typeinfo_bridge_count, interface->name,
				   method->name);
}
