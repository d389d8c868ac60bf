/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IDispatch for objects that have a vtable and none of its own making (surrogate/typeinfo.h): by
 * the table of an interface, or by any ITypeInfo. Any thread that may call the object.
 */
#include "com/unknown.h"
#include "ndr/dispatch.h"
#include "ndr/typeinfo.h"

/* ---- by the table ---- */

/* The bases are tables, too. */
static bool is_known(const struct ndr_interface *table)
{
	return table && table->version == NDR_TABLES_VERSION;
}

HRESULT SurrogateTypeInfo(const struct ndr_interface *table, ITypeInfo **ret)
{
	struct ndr_subject subject;

	if (!ret)
		return E_INVALIDARG;
	*ret = NULL;
	if (!is_known(table))
		return TYPE_E_UNSUPFORMAT;
	subject = ndr_subject_of(table);
	return ndr_typeinfo_new(&subject, ret);
}

HRESULT SurrogateGetTypeInfo(const struct ndr_interface *table, UINT index, ITypeInfo **ret)
{
	if (!ret)
		return E_INVALIDARG;
	*ret = NULL;
	return index ? DISP_E_BADINDEX : SurrogateTypeInfo(table, ret);
}

HRESULT SurrogateGetIDsOfNames(const struct ndr_interface *table, OLECHAR **names, UINT count,
			       DISPID *ret)
{
	return is_known(table) ? ndr_dispatch_names(table, names, count, ret) : TYPE_E_UNSUPFORMAT;
}

HRESULT SurrogateInvoke(const struct ndr_interface *table, void *object, DISPID id, LCID lcid,
			WORD flags, DISPPARAMS *params, VARIANT *result, EXCEPINFO *exception,
			UINT *arg_err)
{
	if (!is_known(table))
		return TYPE_E_UNSUPFORMAT;
	if (!object || !params)
		return E_INVALIDARG;
	return ndr_dispatch_invoke(table, object, id, lcid, flags, params, result, exception,
				   arg_err);
}

/* ---- by an ITypeInfo ---- */

HRESULT DispGetIDsOfNames(ITypeInfo *ptinfo, OLECHAR **rgszNames, UINT cNames, DISPID *rgdispid)
{
	return ptinfo ? ptinfo->lpVtbl->GetIDsOfNames(ptinfo, rgszNames, cNames, rgdispid)
		      : E_INVALIDARG;
}

HRESULT DispInvoke(void *_this, ITypeInfo *ptinfo, DISPID dispidMember, WORD wFlags,
		   DISPPARAMS *pparams, VARIANT *pvarResult, EXCEPINFO *pexcepinfo, UINT *puArgErr)
{
	return ptinfo ? ptinfo->lpVtbl->Invoke(ptinfo, _this, dispidMember, wFlags, pparams,
					       pvarResult, pexcepinfo, puArgErr)
		      : E_INVALIDARG;
}

/* ---- the same as an object to be aggregated ---- */

struct standard {
	IUnknown inner; /* of the aggregate; not delegated */
	IDispatch face;
	uint32_t refs;
	IUnknown *outer; /* not held, as published */
	void *target;
	ITypeInfo *info;
};

COM_AGGREGATE(standard, IDispatch)

static void standard_free(struct standard *self)
{
	self->info->lpVtbl->Release(self->info);
	mem_free(self);
}

static HRESULT standard_info_count(IDispatch *This, UINT *ret)
{
	if (!ret)
		return E_INVALIDARG;
	*ret = 1;
	return S_OK;
}

static HRESULT standard_info(IDispatch *This, UINT index, LCID lcid, ITypeInfo **ret)
{
	ITypeInfo *info = standard_self(This)->info;

	if (!ret)
		return E_INVALIDARG;
	*ret = index ? NULL : info;
	if (index)
		return DISP_E_BADINDEX;
	info->lpVtbl->AddRef(info);
	return S_OK;
}

static HRESULT standard_ids(IDispatch *This, REFIID riid, OLECHAR **names, UINT count, LCID lcid,
			    DISPID *ret)
{
	return DispGetIDsOfNames(standard_self(This)->info, names, count, ret);
}

static HRESULT standard_invoke(IDispatch *This, DISPID id, REFIID riid, LCID lcid, WORD flags,
			       DISPPARAMS *params, VARIANT *result, EXCEPINFO *exception,
			       UINT *arg_err)
{
	struct standard *self = standard_self(This);

	return DispInvoke(self->target, self->info, id, flags, params, result, exception, arg_err);
}

static const IDispatchVtbl standard_vtbl = { standard_query,      standard_addref, standard_release,
					     standard_info_count, standard_info,   standard_ids,
					     standard_invoke };

HRESULT CreateStdDispatch(IUnknown *punkOuter, void *pvThis, ITypeInfo *ptinfo,
			  IUnknown **ppunkStdDisp)
{
	if (!pvThis || !ptinfo || !ppunkStdDisp)
		return E_INVALIDARG;
	struct standard *self = mem_new(struct standard);

	*ppunkStdDisp = NULL;
	if (!self)
		return E_OUTOFMEMORY;
	*self = (struct standard){ .inner = { &standard_inner_vtbl },
				   .face = { &standard_vtbl },
				   .refs = 1,
				   .target = pvThis,
				   .info = ptinfo };
	self->outer = punkOuter ? punkOuter : &self->inner;
	ptinfo->lpVtbl->AddRef(ptinfo);
	*ppunkStdDisp = &self->inner;
	return S_OK;
}
