/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Session object. It stands for the session of the request under way, which need not exist
 * yet: reading from a session that holds nothing does not make one, writing does.
 */
#include "asp/contents-object.h"

#include "asp/codepage.h"
#include "base/clock.h"
#include "com/locale.h"

#include <errno.h>

#define OBJECT "Session object"

/* For reading: the session's contents, or none. */
static struct asp_contents *contents_of(struct asp_context *ctx, bool objects,
					struct asp_contents *none)
{
	if (!ctx->session)
		return none;
	return objects ? &ctx->session->static_objects : &ctx->session->contents;
}

static HRESULT need(struct automation_call *call, struct asp_context *ctx)
{
	switch (asp_session_need(ctx)) {
	case 0:
		return S_OK;
	case -ENOBUFS:
		return asp_raise(call, ctx, OBJECT, 246, NULL);
	case -EPERM:
		return automation_raise(call, E_FAIL, OBJECT,
					ctx->session_allowed
						? "The session cannot begin any more: the HTTP "
						  "headers are already written to the client "
						  "browser."
						: "Session state is switched off for this page.");
	default:
		return E_OUTOFMEMORY;
	}
}

HRESULT asp_session_contents_item(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	struct asp_contents none = { 0 };
	HRESULT hr = call->value || !ctx->session_allowed ? need(call, ctx) : S_OK;
	if (FAILED(hr))
		return hr;
	return asp_contents_item(call, ctx, contents_of(ctx, false, &none), OBJECT);
}

static HRESULT contents_call(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	struct asp_contents none = { 0 };
	return asp_contents_call(call, ctx, contents_of(ctx, false, &none), OBJECT);
}

static HRESULT objects_item(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	struct asp_contents none = { 0 };
	return asp_contents_item(call, ctx, contents_of(ctx, true, &none), OBJECT);
}

static HRESULT objects_call(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	struct asp_contents none = { 0 };
	return asp_contents_call(call, ctx, contents_of(ctx, true, &none), OBJECT);
}

static const struct automation_member contents_members[] = {
	{ "Item", DISPID_VALUE, ASP_CALLABLE | ASP_ANY_PUT, 1, 1, asp_session_contents_item },
	{ "Count", ASP_CONTENTS_COUNT, ASP_CALLABLE, 0, 0, contents_call },
	{ "Key", ASP_CONTENTS_KEY, ASP_CALLABLE, 1, 1, contents_call },
	{ "Remove", ASP_CONTENTS_REMOVE, AUTOMATION_METHOD, 1, 1, contents_call },
	{ "RemoveAll", ASP_CONTENTS_REMOVE_ALL, AUTOMATION_METHOD, 0, 0, contents_call },
	{ "_NewEnum", DISPID_NEWENUM, ASP_CALLABLE, 0, 0, contents_call },
};

const struct automation_class asp_session_contents_class = {
	.name = "IVariantDictionary",
	.members = contents_members,
	.member_count = ARRAY_LEN(contents_members),
	.free = asp_intrinsic_free,
};

static const struct automation_member objects_members[] = {
	{ "Item", DISPID_VALUE, ASP_CALLABLE, 1, 1, objects_item },
	{ "Count", ASP_CONTENTS_COUNT, ASP_CALLABLE, 0, 0, objects_call },
	{ "Key", ASP_CONTENTS_KEY, ASP_CALLABLE, 1, 1, objects_call },
	{ "_NewEnum", DISPID_NEWENUM, ASP_CALLABLE, 0, 0, objects_call },
};

const struct automation_class asp_session_objects_class = {
	.name = "IVariantDictionary",
	.members = objects_members,
	.member_count = ARRAY_LEN(objects_members),
	.free = asp_intrinsic_free,
};

/* ---- the object itself ---- */

static HRESULT session_contents(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	if (automation_has_arg(call, 0))
		return asp_session_contents_item(call);
	return asp_return_part(call, ctx, ASP_PART_SESSION_CONTENTS, &asp_session_contents_class);
}

static HRESULT session_objects(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	if (automation_has_arg(call, 0))
		return objects_item(call);
	return asp_return_part(call, ctx, ASP_PART_SESSION_OBJECTS, &asp_session_objects_class);
}

static HRESULT session_id(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	HRESULT hr = need(call, ctx);
	return FAILED(hr) ? hr : automation_return_long(call->result, ctx->session->number);
}

/* Minutes, 1 to 1440 as IIS has it. */
static HRESULT session_timeout(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	VARIANT v = { 0 };
	if (!call->value) {
		int64_t ns = ctx->session ? ctx->session->timeout
					  : ctx->config->settings.session_timeout;
		return automation_return_long(call->result, (LONG)(ns / (60 * NSEC_PER_SEC)));
	}
	HRESULT hr = need(call, ctx);
	if (SUCCEEDED(hr))
		hr = VariantChangeType(&v, call->value, 0, VT_I4);
	if (FAILED(hr))
		return hr;
	if (v.lVal < 1 || v.lVal > 1440)
		return E_INVALIDARG;
	ctx->session->timeout = (int64_t)v.lVal * 60 * NSEC_PER_SEC;
	return S_OK;
}

static HRESULT session_abandon(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	if (ctx->session)
		ctx->session->abandoned = true;
	return S_OK;
}

static HRESULT session_lcid(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	VARIANT v = { 0 };
	if (!call->value)
		return automation_return_long(call->result, (LONG)asp_context_session_lcid(ctx));
	HRESULT hr = need(call, ctx);
	if (SUCCEEDED(hr))
		hr = VariantChangeType(&v, call->value, 0, VT_I4);
	if (FAILED(hr))
		return hr;
	if (!locale_find((LCID)v.lVal))
		return asp_raise(call, ctx, OBJECT, 220, NULL);
	/* From here on it is also this response's, whatever its directive said. */
	ctx->session->lcid = v.lVal;
	ctx->response.lcid = 0;
	asp_context_set_locale(ctx);
	return S_OK;
}

static HRESULT session_codepage(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	VARIANT v = { 0 };
	if (!call->value)
		return automation_return_long(call->result, (LONG)ctx->response.codepage);
	HRESULT hr = need(call, ctx);
	if (SUCCEEDED(hr))
		hr = VariantChangeType(&v, call->value, 0, VT_I4);
	if (FAILED(hr))
		return hr;
	if (!asp_codepage_known((uint32_t)v.lVal))
		return asp_raise(call, ctx, OBJECT, 204, NULL);
	ctx->session->codepage = ctx->response.codepage = (uint32_t)v.lVal;
	return S_OK;
}

static const struct automation_member members[] = {
	{ "Value", DISPID_VALUE, ASP_CALLABLE | ASP_ANY_PUT, 1, 1, asp_session_contents_item },
	{ "Contents", 1, ASP_CALLABLE | ASP_ANY_PUT, 0, 1, session_contents },
	{ "StaticObjects", 2, ASP_CALLABLE, 0, 1, session_objects },
	{ "SessionID", 3, ASP_CALLABLE, 0, 0, session_id },
	{ "Timeout", 4, AUTOMATION_GETPUT, 0, 0, session_timeout },
	{ "Abandon", 5, AUTOMATION_METHOD, 0, 0, session_abandon },
	{ "LCID", 6, AUTOMATION_GETPUT, 0, 0, session_lcid },
	{ "CodePage", 7, AUTOMATION_GETPUT, 0, 0, session_codepage },
};

const struct automation_class asp_session_class = {
	.name = "ISessionObject",
	.members = members,
	.member_count = ARRAY_LEN(members),
	.free = asp_intrinsic_free,
};
