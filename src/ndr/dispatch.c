/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See dispatch.h. Each argument has a cell: a VARIANT of the parameter's type that was converted
 * from what the caller gave. A parameter by value is copied from its cell into the frame, a pointer
 * points to the cell, or to where the caller's own reference points when that is of its type.
 */
#include "ndr/dispatch.h"

#include "base/mem.h"
#include "base/text.h"
#include "com/errorinfo.h"
#include "com/variant.h"
#include "ndr/call.h"

/* ---- ids and names ---- */

static unsigned depth_of(const struct ndr_interface *interface)
{
	unsigned depth = 0;

	while ((interface = interface->base))
		depth++;
	return depth;
}

DISPID ndr_dispatch_id(const struct ndr_interface *interface, const struct ndr_method *method)
{
	if (method->flags & NDR_HAS_ID)
		return method->dispid;
	while (interface->base && method->opnum < interface->first_opnum)
		interface = interface->base;
	/* The functions of a property come one after another. */
	uint32_t place = (uint32_t)(method - interface->methods);
	while (place && method->flags & (NDR_PROPGET | NDR_PROPPUT | NDR_PROPPUTREF) &&
	       !strcmp(interface->methods[place - 1].name, method->name))
		place--;
	return (DISPID)(0x60000000u | depth_of(interface) << 16 | place);
}

/* Methods that scripts can see: not IUnknown's and IDispatch's, so their places begin here. */
static unsigned first_place(const struct ndr_interface *interface)
{
	if (interface->flags & NDR_DISPINTERFACE)
		return 0;
	while (interface && !IsEqualGUID(&interface->uuid, &IID_IDispatch))
		interface = interface->base;
	return interface ? 7 : 3;
}

static unsigned last_place(const struct ndr_interface *interface)
{
	return interface->flags & NDR_DISPINTERFACE ? interface->count
						    : ndr_method_count(interface);
}

static const struct ndr_method *member_at(const struct ndr_interface *interface, unsigned place)
{
	const struct ndr_method *m = interface->flags & NDR_DISPINTERFACE
					     ? &interface->methods[place]
					     : ndr_method_at(interface, place);

	return m && !(m->flags & (NDR_LOCAL | NDR_RESTRICTED)) ? m : NULL;
}

static bool name_equal(const OLECHAR *a, const char *b)
{
	while (*b && *a < 0x80 && text_lower((char)*a) == text_lower(*b))
		a++, b++;
	return !*a && !*b;
}

static const struct ndr_method *find_name(const struct ndr_interface *interface,
					  const OLECHAR *name)
{
	unsigned last = last_place(interface);

	for (unsigned i = first_place(interface); i < last; i++) {
		const struct ndr_method *m = member_at(interface, i);

		if (m && name_equal(name, m->name))
			return m;
	}
	return NULL;
}

/* What a caller gives an argument for. */
static bool is_argument(const struct ndr_field *p)
{
	return !(p->flags & (NDR_RETVAL | NDR_RESULT | NDR_LCID));
}

static DISPID find_parameter(const struct ndr_method *method, const OLECHAR *name)
{
	DISPID place = 0;

	for (uint32_t i = 0; i < method->count; i++) {
		if (!is_argument(&method->params[i]))
			continue;
		if (name_equal(name, method->params[i].name))
			return place;
		place++;
	}
	return DISPID_UNKNOWN;
}

HRESULT ndr_dispatch_names(const struct ndr_interface *interface, OLECHAR **names, UINT count,
			   DISPID *ret)
{
	HRESULT hr = S_OK;

	if (!count || !names || !ret)
		return E_INVALIDARG;
	const struct ndr_method *method = find_name(interface, names[0]);
	for (UINT i = 0; i < count; i++) {
		ret[i] = DISPID_UNKNOWN;
		if (method)
			ret[i] = i ? find_parameter(method, names[i])
				   : ndr_dispatch_id(interface, method);
		if (ret[i] == DISPID_UNKNOWN)
			hr = DISP_E_UNKNOWNNAME;
	}
	return hr;
}

/* ---- calls ---- */

static const struct ndr_method *find_member(const struct ndr_interface *interface, DISPID id,
					    WORD flags)
{
	unsigned last = last_place(interface);

	for (unsigned i = first_place(interface); i < last; i++) {
		const struct ndr_method *m = member_at(interface, i);

		if (!m || ndr_dispatch_id(interface, m) != id)
			continue;
		WORD is = m->flags & NDR_PROPGET      ? DISPATCH_PROPERTYGET
			  : m->flags & NDR_PROPPUT    ? DISPATCH_PROPERTYPUT
			  : m->flags & NDR_PROPPUTREF ? DISPATCH_PROPERTYPUTREF
						      : DISPATCH_METHOD;
		if (is & flags)
			return m;
	}
	return NULL;
}

struct cell {
	VARIANT value;      /* of the parameter's type */
	const VARIANT *arg; /* the caller's; NULL: none was given */
	bool back;          /* what it becomes goes to the caller */
};

struct invocation {
	const struct ndr_method *method;
	LCID lcid;
	struct cell cells[NDR_DISPATCH_ARGS_MAX + 2];
	_Alignas(16) char frame[NDR_FRAME_MAX];
	uint32_t retval; /* its place among the params, UINT32_MAX: none */
};

/* The caller's argument for the place, NULL: none; *ret_index is where it stands. */
static const VARIANT *find_argument(const DISPPARAMS *p, UINT place, UINT places, UINT *ret_index)
{
	for (UINT i = 0; i < p->cNamedArgs; i++) {
		DISPID id = p->rgdispidNamedArgs[i];

		if (id == (DISPID)place || (id == DISPID_PROPERTYPUT && place == places - 1))
			return &p->rgvarg[*ret_index = i];
	}
	/* The others are in reverse order behind the named ones. */
	return place < p->cArgs - p->cNamedArgs ? &p->rgvarg[*ret_index = p->cArgs - 1 - place]
						: NULL;
}

static bool is_missing(const VARIANT *v)
{
	return !v || (v->vt == VT_ERROR && v->scode == DISP_E_PARAMNOTFOUND);
}

/* What an argument is that the caller left out. */
static HRESULT convert_missing(struct cell *cell, VARTYPE vt, const struct ndr_field *p)
{
	VARIANT number = { .vt = VT_I8, .llVal = p->initial };

	if (!(p->flags & NDR_OPTIONAL))
		return DISP_E_PARAMNOTOPTIONAL;
	if (p->flags & NDR_DEFAULT)
		return VariantChangeType(&cell->value, &number, 0, vt == VT_VARIANT ? VT_I4 : vt);
	if (vt == VT_VARIANT)
		cell->value = (VARIANT){ .vt = VT_ERROR, .scode = DISP_E_PARAMNOTFOUND };
	else
		cell->value.vt = vt;
	return S_OK;
}

/* Fills a cell with the value of an argument in the type `vt`. */
static HRESULT convert(struct cell *cell, VARTYPE vt, LCID lcid, const struct ndr_field *p)
{
	if (is_missing(cell->arg))
		return convert_missing(cell, vt, p);
	if (vt == VT_VARIANT)
		return VariantCopyInd(&cell->value, cell->arg);
	if (vt & VT_ARRAY) {
		HRESULT hr = VariantCopyInd(&cell->value, cell->arg);

		return FAILED(hr) || cell->value.vt & VT_ARRAY ? hr : DISP_E_TYPEMISMATCH;
	}
	return VariantChangeTypeEx(&cell->value, cell->arg, lcid, 0, vt);
}

/* Where the value is in a cell of this type. */
static void *cell_value(struct cell *cell, VARTYPE vt)
{
	if (vt == VT_VARIANT)
		return &cell->value;
	return vt == VT_DECIMAL ? (void *)&cell->value.decVal : (void *)&cell->value.llVal;
}

static HRESULT fill(struct invocation *v, uint32_t i, const VARIANT *arg)
{
	const struct ndr_field *p = &v->method->params[i];
	struct cell *cell = &v->cells[i];
	char *slot = v->frame + p->offset;
	VARTYPE vt = p->vt & (VARTYPE)~VT_BYREF;

	/* An argument has room for one value, not for an array of C's. */
	if (!vt || vt == VT_HRESULT ||
	    (p->type->kind == NDR_POINTER && p->type->of->kind == NDR_ARRAY))
		return DISP_E_TYPEMISMATCH;
	cell->arg = arg;
	if (!(p->vt & VT_BYREF)) {
		HRESULT hr = convert(cell, vt, v->lcid, p);

		if (SUCCEEDED(hr))
			memcpy(slot, cell_value(cell, vt), p->type->size);
		return hr;
	}
	if (arg && arg->vt == (vt | VT_BYREF)) {
		memcpy(slot, &arg->byref, sizeof arg->byref);
		return S_OK;
	}
	HRESULT hr = p->flags & NDR_IN ? convert(cell, vt, v->lcid, p) : S_OK;
	if (!(p->flags & NDR_IN) && vt != VT_VARIANT)
		cell->value.vt = vt;
	cell->back = p->flags & NDR_OUT && arg && arg->vt == (VT_VARIANT | VT_BYREF);
	void *address = cell_value(cell, vt);
	memcpy(slot, &address, sizeof address);
	return hr;
}

static HRESULT fill_all(struct invocation *v, const DISPPARAMS *params, UINT *arg_err)
{
	const struct ndr_method *m = v->method;
	UINT places = 0, place = 0;

	for (uint32_t i = 0; i < m->count; i++)
		places += is_argument(&m->params[i]);
	if (params->cArgs > places)
		return DISP_E_BADPARAMCOUNT;
	v->retval = UINT32_MAX;
	for (uint32_t i = 0; i < m->count; i++) {
		const struct ndr_field *p = &m->params[i];
		UINT index = 0;
		HRESULT hr = S_OK;

		if (p->flags & NDR_RESULT)
			continue;
		if (p->flags & NDR_LCID)
			memcpy(v->frame + p->offset, &v->lcid, sizeof v->lcid);
		else if (p->flags & NDR_RETVAL)
			hr = fill(v, v->retval = i, NULL);
		else
			hr = fill(v, i, find_argument(params, place++, places, &index));
		if (FAILED(hr)) {
			if (arg_err)
				*arg_err = index;
			return hr;
		}
	}
	return S_OK;
}

/* The result and what is by reference; cells give up what they hold. */
static void hand_over(struct invocation *v, VARIANT *result)
{
	for (uint32_t i = 0; i < v->method->count; i++) {
		struct cell *cell = &v->cells[i];
		VARTYPE element;

		/* Which elements an array has, only the array says. */
		if (cell->value.vt & VT_ARRAY && cell->value.parray &&
		    SUCCEEDED(SafeArrayGetVartype(cell->value.parray, &element)))
			cell->value.vt = VT_ARRAY | element;
		if (i == v->retval && result)
			variant_move(result, &cell->value);
		else if (cell->back)
			variant_replace(cell->arg->pvarVal, &cell->value);
	}
}

static HRESULT run(struct invocation *v, REFIID iid, IUnknown *object, VARIANT *result,
		   EXCEPINFO *excep)
{
	errorinfo_clear();
	if (ndr_call_method(v->method, object, v->frame))
		return E_NOTIMPL;
	HRESULT hr = ndr_method_result(v->method, v->frame);

	if (SUCCEEDED(hr)) {
		hand_over(v, result);
		return hr;
	}
	if (!excep)
		return hr;
	*excep = (EXCEPINFO){ .scode = hr };
	(void)errorinfo_to_exception(object, iid, hr, excep);
	return DISP_E_EXCEPTION;
}

HRESULT ndr_dispatch_invoke(const struct ndr_interface *interface, IUnknown *object, DISPID id,
			    LCID lcid, WORD flags, const DISPPARAMS *params, VARIANT *result,
			    EXCEPINFO *excep, UINT *arg_err)
{
	const struct ndr_method *method = find_member(interface, id, flags);
	struct invocation v = { .method = method, .lcid = lcid };

	if (!method)
		return DISP_E_MEMBERNOTFOUND;
	if (method->count > ARRAY_LEN(v.cells) || method->frame_size > NDR_FRAME_MAX ||
	    params->cNamedArgs > params->cArgs)
		return DISP_E_BADPARAMCOUNT;
	HRESULT hr = fill_all(&v, params, arg_err);
	if (SUCCEEDED(hr))
		hr = run(&v, &interface->uuid, object, result, excep);
	for (uint32_t i = 0; i < method->count; i++)
		(void)VariantClear(&v.cells[i].value);
	return hr;
}
