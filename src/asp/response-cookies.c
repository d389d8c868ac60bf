/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Response.Cookies: cookies to be set, with keys and attributes. What the objects change is the
 * list in struct asp_response, which lives as long as the request.
 */
#include "asp/objects.h"

#define OBJECT "Response object"

/* One cookie, as Response.Cookies("name") gives it. */
struct write_cookie {
	struct asp_intrinsic intrinsic;
	struct text name; /* in memory of its own */
};

static void write_cookie_free(struct automation_object *object)
{
	struct write_cookie *c = (struct write_cookie *)object;
	mem_free((char *)(uintptr_t)c->name.data);
	mem_free(c);
}

/* The cookie it stands for, in the list of the request under way. */
static HRESULT open_cookie(struct automation_call *call, struct asp_context *ctx,
			   struct asp_cookie **ret)
{
	const struct write_cookie *w = (const struct write_cookie *)call->self;
	if (!ctx->exchange || ctx->response.head_sent)
		return asp_raise(call, ctx, OBJECT, 156, NULL);
	char *name = arena_strndup(&ctx->arena, w->name.data, w->name.length);
	*ret = name ? asp_response_cookie(ctx, (struct text){ name, w->name.length }) : NULL;
	return *ret ? S_OK : E_OUTOFMEMORY;
}

static HRESULT set_key(struct asp_context *ctx, struct asp_cookie *c, struct text name,
		       struct text value)
{
	for (struct asp_cookie_key *k = c->keys; k; k = k->next) {
		if (text_equal_nocase(k->name, name)) {
			k->value = value;
			return S_OK;
		}
	}
	struct asp_cookie_key *k = arena_new(&ctx->arena, struct asp_cookie_key);
	if (!k)
		return E_OUTOFMEMORY;
	*k = (struct asp_cookie_key){ .name = name, .value = value };
	*c->keys_end = k;
	c->keys_end = &k->next;
	return S_OK;
}

static HRESULT cookie_item(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	struct asp_cookie *c = NULL;
	struct text key = { 0 }, value = { 0 };
	HRESULT hr = open_cookie(call, ctx, &c);
	if (SUCCEEDED(hr) && automation_has_arg(call, 0))
		hr = asp_arg_text(call, ctx, 0, &key);
	if (FAILED(hr) || !c)
		return hr;
	if (!call->value) {
		struct asp_cookie_key *k = c->keys;
		while (k && !(key.data && text_equal_nocase(k->name, key)))
			k = k->next;
		value = key.data ? (k ? k->value : (struct text){ "", 0 }) : c->value;
		return automation_return_text(call->result, value);
	}
	hr = asp_value_text(call->value, ctx, &value);
	if (FAILED(hr))
		return hr;
	if (key.data && key.length == 0)
		return asp_raise(call, ctx, OBJECT, 183, NULL);
	if (key.data)
		return set_key(ctx, c, key, value);
	c->value = value;
	c->keys = NULL;
	c->keys_end = &c->keys;
	return S_OK;
}

enum attribute { DOMAIN_ATTRIBUTE = 1, PATH_ATTRIBUTE, EXPIRES, SECURE, HAS_KEYS };

static bool is_attribute_text(struct text t)
{
	for (size_t i = 0; i < t.length; i++) {
		unsigned char c = (unsigned char)t.data[i];
		if (c < 0x20 || c >= 0x7F || c == ';')
			return false;
	}
	return true;
}

static HRESULT cookie_attribute(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	struct asp_cookie *c = NULL;
	struct text text;
	VARIANT v = { 0 };
	HRESULT hr = open_cookie(call, ctx, &c);
	if (FAILED(hr) || !c)
		return hr;
	switch ((enum attribute)call->dispid) {
	case DOMAIN_ATTRIBUTE:
	case PATH_ATTRIBUTE:
		hr = asp_value_text(call->value, ctx, &text);
		if (SUCCEEDED(hr) && !is_attribute_text(text))
			hr = E_INVALIDARG;
		if (SUCCEEDED(hr))
			*(call->dispid == PATH_ATTRIBUTE ? &c->path : &c->domain) = text;
		return hr;
	case EXPIRES:
		hr = asp_date_seconds(call->value, &c->expires);
		c->has_expires |= SUCCEEDED(hr);
		return hr == E_INVALIDARG ? asp_raise(call, ctx, OBJECT, 200, NULL) : hr;
	case SECURE:
		hr = VariantChangeType(&v, call->value, 0, VT_BOOL);
		c->secure = SUCCEEDED(hr) && v.boolVal != VARIANT_FALSE;
		return hr;
	case HAS_KEYS:
		return automation_return_bool(call->result, c->keys != NULL);
	}
	return DISP_E_MEMBERNOTFOUND;
}

static const struct automation_member cookie_members[] = {
	{ "Item", DISPID_VALUE, ASP_CALLABLE | AUTOMATION_PUT, 0, 1, cookie_item },
	{ "Domain", DOMAIN_ATTRIBUTE, AUTOMATION_PUT, 0, 0, cookie_attribute },
	{ "Path", PATH_ATTRIBUTE, AUTOMATION_PUT, 0, 0, cookie_attribute },
	{ "Expires", EXPIRES, AUTOMATION_PUT, 0, 0, cookie_attribute },
	{ "Secure", SECURE, AUTOMATION_PUT, 0, 0, cookie_attribute },
	{ "HasKeys", HAS_KEYS, ASP_CALLABLE, 0, 0, cookie_attribute },
};

static const struct automation_class cookie_class = {
	.name = "IWriteCookie",
	.members = cookie_members,
	.member_count = ARRAY_LEN(cookie_members),
	.free = write_cookie_free,
};

static HRESULT give_cookie(struct automation_call *call, struct asp_context *ctx, struct text name)
{
	struct write_cookie *w = mem_new(struct write_cookie);
	char *copy = mem_dup(name.data, name.length);
	if (!w || !copy) {
		mem_free(w);
		mem_free(copy);
		return E_OUTOFMEMORY;
	}
	automation_init(&w->intrinsic.object, &cookie_class);
	w->intrinsic.context = ctx;
	w->name = (struct text){ copy, name.length };
	return automation_return_dispatch(call->result, automation_dispatch(&w->intrinsic.object));
}

/* Response.Cookies, Response.Cookies(name), Response.Cookies(name) = value */
HRESULT asp_response_cookies_item(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	struct text name, value;
	if (!automation_has_arg(call, 0)) {
		if (call->value)
			return asp_raise(call, ctx, OBJECT, 184, NULL);
		return asp_return_part(call, ctx, ASP_PART_RESPONSE_COOKIES,
				       &asp_response_cookies_class);
	}
	HRESULT hr = asp_arg_text(call, ctx, 0, &name);
	if (FAILED(hr))
		return hr;
	if (name.length == 0)
		return asp_raise(call, ctx, OBJECT, 184, NULL);
	if (!call->value)
		return give_cookie(call, ctx, name);
	if (!ctx->exchange || ctx->response.head_sent)
		return asp_raise(call, ctx, OBJECT, 156, NULL);
	hr = asp_value_text(call->value, ctx, &value);
	if (FAILED(hr))
		return hr;
	struct asp_cookie *c = asp_response_cookie(ctx, name);
	if (!c)
		return E_OUTOFMEMORY;
	c->value = value;
	c->keys = NULL;
	c->keys_end = &c->keys;
	return S_OK;
}

static HRESULT cookies_count(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	LONG n = 0;
	for (const struct asp_cookie *c = ctx->response.cookies; c; c = c->next)
		n++;
	return automation_return_long(call->result, n);
}

static const struct automation_member members[] = {
	{ "Item", DISPID_VALUE, ASP_CALLABLE | AUTOMATION_PUT, 1, 1, asp_response_cookies_item },
	{ "Count", 1, ASP_CALLABLE, 0, 0, cookies_count },
};

const struct automation_class asp_response_cookies_class = {
	.name = "IRequestDictionary",
	.members = members,
	.member_count = ARRAY_LEN(members),
	.free = asp_intrinsic_free,
};
