/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and writing named values through IDispatch. Runs on the page's thread, under the lock of
 * the session or application.
 */
#include "asp/contents-object.h"

#include "com/variant.h"
#include "script/vbs/vbs.h"

static bool is_number(VARTYPE vt)
{
	return vt == VT_I2 || vt == VT_I4 || vt == VT_R8 || vt == VT_UI1;
}

/* The name that argument 0 means; data == NULL with S_OK: a number outside. */
static HRESULT name_of(struct automation_call *call, struct asp_context *ctx,
		       const struct asp_contents *contents, char *room, size_t size,
		       struct text *ret)
{
	LONG i;
	if (!is_number(call->argv[0]->vt))
		return asp_arg_name(call, ctx, 0, room, size, ret);
	HRESULT hr = automation_arg_long(call, 0, &i);
	if (SUCCEEDED(hr))
		*ret = asp_contents_name(contents, i);
	return hr;
}

static bool is_intrinsic(IDispatch *object)
{
	const struct automation_class *class = automation_class_of(object);
	return class && class->free == asp_intrinsic_free;
}

static HRESULT put(struct automation_call *call, struct asp_context *ctx,
		   struct asp_contents *contents, const char *object, struct text name)
{
	VARIANT v = { 0 };
	HRESULT hr = variant_share_ind(&v, call->value);
	if (FAILED(hr))
		return hr;
	if (v.vt == VT_DISPATCH && v.pdispVal && !(call->kind & DISPATCH_PROPERTYPUTREF)) {
		/* Session("x") = object stores what the object's default member gives. */
		VARIANT value = { 0 };
		hr = automation_invoke(v.pdispVal, DISPID_VALUE,
				       DISPATCH_PROPERTYGET | DISPATCH_METHOD, NULL, 0, &value,
				       call->exception);
		VariantClear(&v);
		if (FAILED(hr))
			return hr == DISP_E_EXCEPTION ? hr
						      : asp_raise(call, ctx, object, 185, NULL);
		variant_move(&v, &value);
	}
	if (v.vt == VT_DISPATCH && v.pdispVal) {
		unsigned bad = is_intrinsic(v.pdispVal)     ? 188
			       : vbs_is_scripts(v.pdispVal) ? 197
							    : 0;
		if (bad) {
			VariantClear(&v);
			return asp_raise(call, ctx, object, bad, NULL);
		}
	}
	hr = asp_contents_put(contents, name, &v);
	VariantClear(&v);
	return hr;
}

HRESULT asp_contents_item(struct automation_call *call, struct asp_context *ctx,
			  struct asp_contents *contents, const char *object)
{
	char room[256];
	struct text name;
	HRESULT hr = name_of(call, ctx, contents, room, sizeof(room), &name);
	if (FAILED(hr))
		return hr;
	if (!name.data)
		return asp_raise(call, ctx, object, 105, NULL);
	if (call->value)
		return put(call, ctx, contents, object, name);
	return asp_contents_get(contents, name, call->result);
}

HRESULT asp_contents_call(struct automation_call *call, struct asp_context *ctx,
			  struct asp_contents *contents, const char *object)
{
	char room[256];
	struct text name;
	IUnknown *e;
	LONG i;
	HRESULT hr;
	switch (call->dispid) {
	case ASP_CONTENTS_COUNT:
		return automation_return_long(call->result, (LONG)asp_contents_count(contents));
	case ASP_CONTENTS_KEY:
		hr = automation_arg_long(call, 0, &i);
		if (FAILED(hr))
			return hr;
		name = asp_contents_name(contents, i);
		if (!name.data)
			return asp_raise(call, ctx, object, 105, NULL);
		return automation_return_text(call->result, name);
	case ASP_CONTENTS_REMOVE:
		hr = name_of(call, ctx, contents, room, sizeof(room), &name);
		if (SUCCEEDED(hr) && name.data)
			asp_contents_remove(contents, name);
		return hr;
	case ASP_CONTENTS_REMOVE_ALL:
		asp_contents_done(contents);
		return S_OK;
	case DISPID_NEWENUM:
		hr = asp_contents_enum(contents, &e);
		if (SUCCEEDED(hr))
			*call->result = (VARIANT){ .vt = VT_UNKNOWN, .punkVal = e };
		return hr;
	default:
		return DISP_E_MEMBERNOTFOUND;
	}
}
