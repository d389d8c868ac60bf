/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Request object: what the client sent. Its collections are parsed when first asked for.
 */
#include "asp/objects.h"

#include "asp/codepage.h"
#include "asp/collection.h"
#include "asp/form.h"
#include "com/bstr.h"
#include "com/variant.h"

#include <errno.h>

#define OBJECT "Request object"

/* ---- filling collections ---- */

struct fill {
	struct asp_context *ctx;
	IDispatch *collection;
};

static int fill_pair(void *p, struct text name, struct text value)
{
	struct fill *fill = p;
	uint32_t codepage = fill->ctx->response.codepage;
	BSTR s = asp_codepage_bstr(codepage, value);
	if (!s)
		return -ENOMEM;
	if (codepage == ASP_UTF8)
		return FAILED(asp_collection_add(fill->collection, name, s)) ? -ENOMEM : 0;
	struct buf utf8;
	buf_init(&utf8, 3 * name.length + 1);
	asp_codepage_decode(codepage, name, &utf8);
	HRESULT hr = buf_failed(&utf8) ? E_OUTOFMEMORY
				       : asp_collection_add(fill->collection, buf_text(&utf8), s);
	if (buf_failed(&utf8))
		SysFreeString(s);
	buf_done(&utf8);
	return FAILED(hr) ? -ENOMEM : 0;
}

static IDispatch *parse(struct asp_context *ctx, struct text raw, HRESULT *ret_hr)
{
	struct fill fill = { ctx, asp_collection_new(raw, NULL) };
	int r = fill.collection
			? asp_form_parse(raw, ctx->response.codepage == ASP_UTF8, fill_pair, &fill)
			: -ENOMEM;
	if (r == 0)
		return fill.collection;
	if (fill.collection)
		fill.collection->lpVtbl->Release(fill.collection);
	*ret_hr = E_OUTOFMEMORY;
	return NULL;
}

IDispatch *asp_request_query(struct automation_call *call, struct asp_context *ctx, HRESULT *ret_hr)
{
	(void)call;
	if (!ctx->query)
		ctx->query = parse(ctx, asp_request_text(ctx, CHANNEL_QUERY), ret_hr);
	return ctx->query;
}

static bool is_form(struct asp_context *ctx)
{
	struct text type = asp_request_header(ctx, TEXT("Content-Type"));
	return text_equal_nocase(text_trim(text_cut(&type, ';')),
				 TEXT("application/x-www-form-urlencoded"));
}

/* The whole body, at most the configured maximum. */
static HRESULT read_body(struct automation_call *call, struct asp_context *ctx, struct buf *body)
{
	const struct channel_request *request = ctx->exchange->request;
	size_t max = ctx->config->settings.max_request_entity;
	buf_init(body, max + 1);
	if (request->content_length != UINT64_MAX && request->content_length > max)
		return asp_raise(call, ctx, OBJECT, 107, NULL);
	for (;;) {
		size_t want = request->content_length < max ? request->content_length + 1 : 8192;
		if (want > max + 1 - body->length)
			want = max + 1 - body->length;
		char *to = want ? buf_reserve(body, want) : NULL;
		if (!to)
			return buf_failed(body) ? E_OUTOFMEMORY
						: asp_raise(call, ctx, OBJECT, 107, NULL);
		ssize_t n = exchange_read(ctx->exchange, to, want);
		if (n == 0)
			return S_OK;
		if (n < 0) /* the client is gone: nobody will see what the page does now */
			return VBS_E_END_SCRIPT;
		buf_commit(body, (size_t)n);
	}
}

IDispatch *asp_request_form(struct automation_call *call, struct asp_context *ctx, HRESULT *ret_hr)
{
	if (ctx->form)
		return ctx->form;
	if (ctx->body_use == ASP_BODY_BINARY) {
		*ret_hr = asp_raise(call, ctx, OBJECT, 207, NULL);
		return NULL;
	}
	if (!is_form(ctx)) {
		ctx->form = asp_collection_new(TEXT(""), NULL);
		*ret_hr = ctx->form ? S_OK : E_OUTOFMEMORY;
		return ctx->form;
	}
	struct buf body;
	ctx->body_use = ASP_BODY_FORM;
	*ret_hr = read_body(call, ctx, &body);
	if (SUCCEEDED(*ret_hr))
		ctx->form = parse(ctx, buf_text(&body), ret_hr);
	buf_done(&body);
	return ctx->form;
}

static void release(IDispatch **object)
{
	if (*object)
		(*object)->lpVtbl->Release(*object);
	*object = NULL;
}

void asp_request_reset(struct asp_context *ctx)
{
	release(&ctx->query);
	release(&ctx->form);
	release(&ctx->cookies);
}

/* ---- members ---- */

/* The collection itself, or one item of it. */
static HRESULT give(struct automation_call *call, IDispatch *collection)
{
	if (!automation_has_arg(call, 0)) {
		collection->lpVtbl->AddRef(collection);
		return automation_return_dispatch(call->result, collection);
	}
	HRESULT hr = asp_collection_item(collection, call->argv[0], call->result);
	if (hr == DISP_E_BADINDEX)
		return automation_raise(call, MAKE_SCRIPT_HRESULT(9), OBJECT,
					"An array index is out of range.");
	return FAILED(hr) ? hr : S_OK;
}

static HRESULT request_query(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	HRESULT hr = S_OK;
	IDispatch *c = asp_request_query(call, ctx, &hr);
	return c ? give(call, c) : hr;
}

static HRESULT request_form(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	HRESULT hr = S_OK;
	IDispatch *c = asp_request_form(call, ctx, &hr);
	return c ? give(call, c) : hr;
}

static HRESULT request_cookies(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	HRESULT hr = S_OK;
	IDispatch *c = asp_request_cookies(ctx, &hr);
	return c ? give(call, c) : hr;
}

static HRESULT request_certificate(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	(void)ctx;
	/* No client certificate was asked for, so every field of it is empty. */
	if (automation_has_arg(call, 0))
		return S_OK;
	IDispatch *c = asp_collection_new(TEXT(""), NULL);
	return c ? automation_return_dispatch(call->result, c) : E_OUTOFMEMORY;
}

static HRESULT request_variables(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	char room[128];
	struct text name;
	if (!automation_has_arg(call, 0))
		return asp_return_part(call, ctx, ASP_PART_VARIABLES, &asp_variables_class);
	HRESULT hr = asp_arg_name(call, ctx, 0, room, sizeof(room), &name);
	if (FAILED(hr))
		return hr;
	struct text value = asp_variable(ctx, name);
	return value.data ? automation_return_text(call->result, value) : S_OK;
}

/* Request("name"): the first collection that has it. The order is the documentation's. */
static HRESULT request_item(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	IDispatch *all[3] = { NULL };
	char room[256];
	struct text name;
	HRESULT hr = asp_arg_name(call, ctx, 0, room, sizeof(room), &name);
	if (FAILED(hr))
		return hr;
	all[0] = asp_request_query(call, ctx, &hr);
	if (!all[0])
		return hr;
	if (!asp_collection_has(all[0], name)) {
		if (ctx->body_use == ASP_BODY_BINARY)
			return asp_raise(call, ctx, OBJECT, 208, NULL);
		all[1] = asp_request_form(call, ctx, &hr);
		if (!all[1])
			return hr;
		all[2] = asp_request_cookies(ctx, &hr);
	}
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (all[i] && asp_collection_has(all[i], name))
			return give(call, all[i]);
	}
	if (FAILED(hr))
		return hr;
	struct text value = asp_variable(ctx, name);
	if (value.data)
		return automation_return_text(call->result, value);
	return give(call, all[0]);
}

static HRESULT request_total(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	uint64_t n = ctx->exchange->request->content_length;
	return automation_return_long(call->result, n > INT32_MAX ? 0 : (LONG)n);
}

/* BinaryRead(count): an array of bytes; `count` becomes how many there were. */
static HRESULT request_binary_read(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	VARIANT room;
	const VARIANT *wanted = variant_view(call->argv[0], &room);
	VARIANT n = { 0 };
	HRESULT hr = wanted ? VariantChangeType(&n, wanted, 0, VT_I4) : DISP_E_TYPEMISMATCH;
	if (FAILED(hr))
		return hr;
	if (ctx->body_use == ASP_BODY_FORM)
		return asp_raise(call, ctx, OBJECT, 206, NULL);
	if (n.lVal < 0)
		return E_INVALIDARG;
	ctx->body_use = ASP_BODY_BINARY;
	size_t max = ctx->config->settings.max_request_entity;
	if (ctx->body_read + (uint64_t)n.lVal > max) {
		uint64_t length = ctx->exchange->request->content_length;
		if (length == UINT64_MAX || length > max)
			return asp_raise(call, ctx, OBJECT, 104,
					 "The request is larger than the "
					 "application accepts.");
		n.lVal = (LONG)(length > ctx->body_read ? length - ctx->body_read : 0);
	}
	SAFEARRAY *array = SafeArrayCreateVector(VT_UI1, 0, (ULONG)n.lVal);
	if (!array)
		return E_OUTOFMEMORY;
	size_t got = 0;
	for (ssize_t r = 1; r > 0 && got<(size_t)n.lVal; got += r> 0 ? (size_t)r : 0)
		r = exchange_read(ctx->exchange, (char *)array->pvData + got, (size_t)n.lVal - got);
	ctx->body_read += got;
	if (got < (size_t)n.lVal) {
		hr = SafeArrayRedim(array, &(SAFEARRAYBOUND){ (ULONG)got, 0 });
		if (FAILED(hr)) {
			SafeArrayDestroy(array);
			return hr;
		}
	}
	VARIANT count = { .vt = VT_I4, .lVal = (LONG)got };
	if (call->argv[0]->vt == (VT_BYREF | VT_VARIANT))
		variant_replace(call->argv[0]->pvarVal, &count);
	*call->result = (VARIANT){ .vt = VT_ARRAY | VT_UI1, .parray = array };
	return S_OK;
}

static const struct automation_member members[] = {
	{ "Item", DISPID_VALUE, ASP_CALLABLE, 1, 1, request_item },
	{ "QueryString", 1, ASP_CALLABLE, 0, 1, request_query },
	{ "Form", 2, ASP_CALLABLE, 0, 1, request_form },
	{ "Cookies", 3, ASP_CALLABLE, 0, 1, request_cookies },
	{ "ServerVariables", 4, ASP_CALLABLE, 0, 1, request_variables },
	{ "ClientCertificate", 5, ASP_CALLABLE, 0, 1, request_certificate },
	{ "TotalBytes", 6, ASP_CALLABLE, 0, 0, request_total },
	{ "BinaryRead", 7, AUTOMATION_METHOD | AUTOMATION_BYREF, 1, 1, request_binary_read },
};

const struct automation_class asp_request_class = {
	.name = "IRequest",
	.members = members,
	.member_count = ARRAY_LEN(members),
	.free = asp_intrinsic_free,
};
