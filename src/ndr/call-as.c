/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods whose C signature is not the wire's, [call_as] in IDL: IDispatch::Invoke,
 * IEnumVARIANT::Next and IClassFactory::CreateInstance. For each a slot for proxies, and a function
 * that calls the object.
 */
#include "ndr/shape.h"
#include "ndr/walk.h"

#include "base/mem.h"
#include "com/variant.h"

#include <idl/ms-oaut.h>
#include <idl/unknwn.h>

#define ARGUMENTS_MAX 4096

static HRESULT face_call(void *This, unsigned opnum, void *frame)
{
	struct ndr_face *face = This;

	return face->methods->call(face, ndr_method_at(face->interface, opnum), frame);
}

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

/* The bytes that a type by reference points to; 0: none that we know. */
static size_t reference_size(VARTYPE vt)
{
	if (vt & VT_ARRAY)
		return sizeof(SAFEARRAY *);
	vt &= VT_TYPEMASK;
	return vt == VT_VARIANT ? sizeof(VARIANT) : variant_element_size(vt);
}

/* What came back of an argument goes where the caller's reference points, whose old value is let
 * go; `came` holds nothing then but its own memory. */
static void return_reference(const VARIANT *given, VARIANT *came)
{
	size_t size = reference_size(given->vt);

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

struct invoke_room {
	VARIANT *arguments, *references, *came;
	UINT *index;
};

static void room_free(struct invoke_room *room)
{
	mem_free(room->arguments);
	mem_free(room->references);
	mem_free(room->came);
	mem_free(room->index);
}

static bool room_init(struct invoke_room *room, UINT count)
{
	room->arguments = mem_zalloc(count + 1, sizeof(VARIANT));
	room->references = mem_zalloc(count + 1, sizeof(VARIANT));
	room->came = mem_zalloc(count + 1, sizeof(VARIANT));
	room->index = mem_zalloc(count + 1, sizeof(UINT));
	return room->arguments && room->references && room->came && room->index;
}

static void invoke_returns(const struct IDispatch_Invoke *f, const struct invoke_room *room,
			   VARIANT *result, EXCEPINFO *excep, UINT *arg_err)
{
	for (UINT i = 0; i < f->cVarRef; i++) {
		return_reference(&room->references[i], &room->came[i]);
		ndr_clear(&ndr_type_VARIANT, &room->came[i], true);
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

static HRESULT invoke_slot(IDispatch *This, DISPID id, REFIID riid, LCID lcid, WORD flags,
			   DISPPARAMS *params, VARIANT *result, EXCEPINFO *excep, UINT *arg_err)
{
	struct invoke_room room = { 0 };
	DISPPARAMS sent;
	VARIANT value = { 0 };
	EXCEPINFO exception = { 0 };
	UINT wrong = 0;
	struct IDispatch_Invoke f = { .dispIdMember = id,
				      .lcid = lcid,
				      .pDispParams = &sent,
				      .pVarResult = &value,
				      .pExcepInfo = &exception,
				      .pArgErr = &wrong };

	if (!params || params->cArgs > ARGUMENTS_MAX)
		return E_INVALIDARG;
	HRESULT hr = room_init(&room, params->cArgs) ? S_OK : E_OUTOFMEMORY;
	if (SUCCEEDED(hr)) {
		if (params->cArgs)
			memcpy(room.arguments, params->rgvarg, params->cArgs * sizeof(VARIANT));
		f.riid = (IID *)(uintptr_t)(riid ? riid : &GUID_NULL);
		f.dwFlags = (flags & FLAGS_ON_WIRE) | (result ? 0 : DISPATCH_zeroVarResult) |
			    (excep ? 0 : DISPATCH_zeroExcepInfo) |
			    (arg_err ? 0 : DISPATCH_zeroArgErr);
		sent = *params;
		sent.rgvarg = room.arguments;
		f.cVarRef = split_references(room.arguments, params->cArgs, room.index,
					     room.references);
		f.rgVarRefIdx = room.index;
		/* The answer replaces this list, so it is a copy that holds the caller's pointers
		 * only while it is sent. */
		memcpy(room.came, room.references, f.cVarRef * sizeof(VARIANT));
		f.rgVarRef = room.came;
		hr = face_call(This, 6, &f);
	}
	if (SUCCEEDED(hr)) {
		invoke_returns(&f, &room, result, excep, arg_err);
		hr = f.ReturnValue;
	}
	room_free(&room);
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
	HRESULT hr = face_call(This, 3, &f);
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
	HRESULT hr = face_call(This, 3, &f);
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

const struct ndr_bridge *ndr_bridge_of(const struct ndr_interface *interface, unsigned opnum)
{
	const struct ndr_method *method = ndr_method_at(interface, opnum);

	while (interface && opnum < interface->first_opnum)
		interface = interface->base;
	for (size_t i = 0; method && interface && i < ARRAY_LEN(bridges); i++) {
		if (!strcmp(bridges[i].interface, interface->name) &&
		    !strcmp(bridges[i].method, method->name))
			return &bridges[i];
	}
	return NULL;
}
