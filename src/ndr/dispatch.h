/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IDispatch over the tables: names, ids and calls of the methods of a dual interface, for objects
 * that have its vtable. Arguments are converted as automation does it (VariantChangeTypeEx), what
 * is [out] goes back by reference, [retval] is the result. Any thread.
 *
 * A method without [id] has the id that MIDL gives it: 0x60000000, the depth of its interface in
 * bits 16 to 27, its place in the interface below.
 */
#pragma once

#include "ndr/table.h"

#define NDR_DISPATCH_ARGS_MAX 30

/* The functions of one property have one id. */
DISPID ndr_dispatch_id(const struct ndr_interface *interface, const struct ndr_method *method);
/* As IDispatch::GetIDsOfNames: a member, then names of its parameters, whose ids are their places.
 * Case does not count. DISP_E_UNKNOWNNAME, with DISPID_UNKNOWN for each that is. */
HRESULT ndr_dispatch_names(const struct ndr_interface *interface, OLECHAR **names, UINT count,
			   DISPID *ret);
/* As IDispatch::Invoke. A method that fails gives DISP_E_EXCEPTION with its HRESULT as scode and
 * what the object says in words (ISupportErrorInfo); without `excep`, that HRESULT. */
HRESULT ndr_dispatch_invoke(const struct ndr_interface *interface, IUnknown *object, DISPID id,
			    LCID lcid, WORD flags, const DISPPARAMS *params, VARIANT *result,
			    EXCEPINFO *excep, UINT *arg_err);
