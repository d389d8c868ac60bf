/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request.Cookies: each cookie is a value, or, when it was set with keys, a little collection.
 */
#include "asp/objects.h"

#include "asp/codepage.h"
#include "asp/collection.h"
#include "asp/form.h"
#include "com/bstr.h"

#include <errno.h>

struct cookie {
	struct automation_object object;
	BSTR value;
	IDispatch *keys; /* NULL: a plain value */
};

static void cookie_free(struct automation_object *object)
{
	struct cookie *c = (struct cookie *)object;
	if (c->keys)
		c->keys->lpVtbl->Release(c->keys);
	SysFreeString(c->value);
	mem_free(c);
}

static HRESULT cookie_item(struct automation_call *call)
{
	struct cookie *c = (struct cookie *)call->self;
	if (!automation_has_arg(call, 0))
		return c->value ? automation_return_bstr(call->result, bstr_ref(c->value)) : S_OK;
	if (!c->keys)
		return S_OK;
	HRESULT hr = asp_collection_item(c->keys, call->argv[0], call->result);
	return FAILED(hr) ? hr : S_OK;
}

static HRESULT cookie_has_keys(struct automation_call *call)
{
	return automation_return_bool(call->result, ((struct cookie *)call->self)->keys != NULL);
}

/* Count, Key and For Each are those of the keys. */
static HRESULT cookie_forward(struct automation_call *call)
{
	struct cookie *c = (struct cookie *)call->self;
	IDispatch *keys = c->keys;
	if (keys)
		keys->lpVtbl->AddRef(keys);
	else
		keys = asp_collection_new(TEXT(""), NULL);
	if (!keys)
		return E_OUTOFMEMORY;
	VARIANT index = { 0 };
	if (call->argc)
		index = *call->argv[0];
	HRESULT hr = automation_invoke(keys, call->dispid, DISPATCH_PROPERTYGET, &index, call->argc,
				       call->result, call->exception);
	keys->lpVtbl->Release(keys);
	return hr;
}

static const struct automation_member cookie_members[] = {
	{ "Item", DISPID_VALUE, ASP_CALLABLE, 0, 1, cookie_item },
	{ "Count", 1, ASP_CALLABLE, 0, 0, cookie_forward },
	{ "Key", 2, ASP_CALLABLE, 1, 1, cookie_forward },
	{ "HasKeys", 3, ASP_CALLABLE, 0, 0, cookie_has_keys },
	{ "_NewEnum", DISPID_NEWENUM, ASP_CALLABLE, 0, 0, cookie_forward },
};

static const struct automation_class cookie_class = {
	.name = "IReadCookie",
	.members = cookie_members,
	.member_count = ARRAY_LEN(cookie_members),
	.free = cookie_free,
};

static struct cookie *cookie_new(void)
{
	struct cookie *c = mem_new(struct cookie);
	if (c)
		automation_init(&c->object, &cookie_class);
	return c;
}

static IDispatch *cookie_missing(void)
{
	struct cookie *c = cookie_new();
	return c ? automation_dispatch(&c->object) : NULL;
}

struct fill {
	uint32_t codepage;
	IDispatch *collection;
};

static int fill_key(void *p, struct text name, struct text value)
{
	struct fill *fill = p;
	BSTR s = asp_codepage_bstr(fill->codepage, value);
	if (!s)
		return -ENOMEM;
	return FAILED(asp_collection_add(fill->collection, name, s)) ? -ENOMEM : 0;
}

/* "k=v" or "k=v&k=v" with no other characters in front is a cookie with keys. */
static bool has_keys(struct text value)
{
	return value.length && memchr(value.data, '=', value.length) && value.data[0] != '=';
}

static int cookie_fill(struct cookie *c, uint32_t codepage, struct text value)
{
	bool utf8 = codepage == ASP_UTF8;
	struct buf decoded;
	buf_init(&decoded, value.length + 1);
	asp_url_decode(value, utf8, &decoded);
	c->value = buf_failed(&decoded) ? NULL : asp_codepage_bstr(codepage, buf_text(&decoded));
	buf_done(&decoded);
	if (!c->value)
		return -ENOMEM;
	if (!has_keys(value))
		return 0;
	c->keys = asp_collection_new(value, NULL);
	struct fill fill = { codepage, c->keys };
	return c->keys ? asp_form_parse(value, utf8, fill_key, &fill) : -ENOMEM;
}

static int fill_cookie(void *p, struct text name, struct text value)
{
	struct fill *fill = p;
	if (asp_collection_has(fill->collection, name))
		return 0; /* the first one is the most specific */
	struct cookie *c = cookie_new();
	int r = c ? cookie_fill(c, fill->codepage, value) : -ENOMEM;
	if (r != 0) {
		if (c)
			cookie_free(&c->object);
		return r;
	}
	return FAILED(asp_collection_add_object(fill->collection, name,
						automation_dispatch(&c->object)))
		       ? -ENOMEM
		       : 0;
}

IDispatch *asp_request_cookies(struct asp_context *ctx, HRESULT *ret_hr)
{
	const struct channel_request *request = ctx->exchange->request;
	if (ctx->cookies)
		return ctx->cookies;
	struct fill fill = { ctx->response.codepage,
			     asp_collection_new(asp_request_header(ctx, TEXT("Cookie")),
						cookie_missing) };
	int r = fill.collection ? 0 : -ENOMEM;
	for (size_t i = 0; r == 0 && i < request->header_count; i++) {
		if (text_equal_nocase(request->headers[i].name, TEXT("Cookie")))
			r = asp_cookies_parse(request->headers[i].value, fill_cookie, &fill);
	}
	if (r != 0) {
		if (fill.collection)
			fill.collection->lpVtbl->Release(fill.collection);
		*ret_hr = E_OUTOFMEMORY;
		return NULL;
	}
	ctx->cookies = fill.collection;
	return ctx->cookies;
}
