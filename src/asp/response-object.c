/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Response object: what scripts call to write and to say how. The bytes and the head are
 * response.c's. Write and WriteBlock are the hottest functions of a page.
 */
#include "asp/objects.h"

#include "asp/codepage.h"
#include "base/clock.h"
#include "com/bstr.h"
#include "com/date.h"
#include "com/locale.h"
#include "com/variant.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#define OBJECT "Response object"

static HRESULT wrote(struct automation_call *call, struct asp_context *ctx)
{
	HRESULT hr = asp_response_wrote(ctx);
	return hr == ASP_E_BUFFER_LIMIT ? asp_raise(call, ctx, OBJECT, 251, NULL) : hr;
}

/* ---- writing ---- */

static void put_long(struct buf *b, LONG n)
{
	char digits[12];
	size_t at = sizeof(digits);
	uint32_t rest = n < 0 ? 0u - (uint32_t)n : (uint32_t)n;
	do
		digits[--at] = (char)('0' + rest % 10);
	while ((rest /= 10) != 0);
	if (n < 0)
		digits[--at] = '-';
	buf_put(b, digits + at, sizeof(digits) - at);
}

static HRESULT response_write(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	struct asp_response *r = &ctx->response;
	const VARIANT *v = call->argv[0];
	BSTR s;
	HRESULT hr;
	switch (v->vt) {
	case VT_BSTR:
		asp_codepage_encode(r->codepage, v->bstrVal, SysStringLen(v->bstrVal), &r->body);
		break;
	case VT_I4:
		put_long(&r->body, v->lVal);
		break;
	case VT_I2:
		put_long(&r->body, v->iVal);
		break;
	case VT_EMPTY:
	case VT_NULL:
		return S_OK;
	default:
		hr = variant_to_bstr(v, call->lcid, &s);
		if (FAILED(hr))
			return hr;
		asp_codepage_encode(r->codepage, s, SysStringLen(s), &r->body);
		SysFreeString(s);
	}
	return wrote(call, ctx);
}

static HRESULT response_write_block(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	const struct asp_page *page = ctx->frame ? ctx->frame->page : NULL;
	const VARIANT *v = call->argv[0];
	LONG n = v->vt == VT_I2 ? v->iVal : v->lVal;
	if (v->vt != VT_I2 && v->vt != VT_I4) {
		HRESULT hr = automation_arg_long(call, 0, &n);
		if (FAILED(hr))
			return hr;
	}
	if (!page || n < 0 || (size_t)n >= page->block_count)
		return asp_raise(call, ctx, OBJECT, 105, NULL);
	buf_put_text(&ctx->response.body, page->blocks[n]);
	return wrote(call, ctx);
}

/* An array of bytes. Arrays of variants are error ASP 0106 as on Windows, whatever is in them. */
static bool put_bytes(struct buf *out, const VARIANT *v)
{
	if (v->vt != (VT_ARRAY | VT_UI1) || !v->parray || v->parray->cDims != 1)
		return false;
	buf_put(out, v->parray->pvData, v->parray->rgsabound[0].cElements);
	return true;
}

static HRESULT response_binary_write(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	VARIANT room;
	const VARIANT *v = variant_view(call->argv[0], &room);
	struct buf *body = &ctx->response.body;
	if (v && v->vt == VT_BSTR) {
		buf_put(body, v->bstrVal, SysStringByteLen(v->bstrVal));
		return wrote(call, ctx);
	}
	if (!v || !put_bytes(body, v))
		return asp_raise(call, ctx, OBJECT, 106, NULL);
	return wrote(call, ctx);
}

static HRESULT response_buffer(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	VARIANT v = { 0 };
	if (!call->value)
		return automation_return_bool(call->result, ctx->response.buffering);
	HRESULT hr = VariantChangeType(&v, call->value, 0, VT_BOOL);
	if (FAILED(hr))
		return hr;
	if (ctx->response.head_sent)
		return asp_raise(call, ctx, OBJECT, 156, NULL);
	ctx->response.buffering = v.boolVal != VARIANT_FALSE;
	if (!ctx->response.buffering && ctx->response.body.length)
		asp_response_flush(ctx);
	return S_OK;
}

static HRESULT response_flush(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	if (!ctx->response.buffering)
		return asp_raise(call, ctx, OBJECT, 159, NULL);
	asp_response_flush(ctx);
	return S_OK;
}

static HRESULT response_clear(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	if (!ctx->response.buffering)
		return asp_raise(call, ctx, OBJECT, 159, NULL);
	buf_clear(&ctx->response.body);
	return S_OK;
}

static HRESULT response_end(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	(void)ctx;
	return VBS_E_END_SCRIPT;
}

/* ---- the head ---- */

static HRESULT head_open(struct automation_call *call, struct asp_context *ctx)
{
	return ctx->response.head_sent ? asp_raise(call, ctx, OBJECT, 156, NULL) : S_OK;
}

static bool is_url_byte(unsigned char c)
{
	return c > 0x20 && c < 0x7F && !strchr("\"<>\\^`{|}", c);
}

static HRESULT response_redirect(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	struct asp_response *r = &ctx->response;
	struct text url;
	HRESULT hr = head_open(call, ctx);
	if (SUCCEEDED(hr))
		hr = asp_arg_text(call, ctx, 0, &url);
	if (FAILED(hr))
		return hr;
	if (url.length == 0)
		return asp_raise(call, ctx, OBJECT, 158, NULL);
	struct buf location;
	buf_init(&location, 16384);
	for (size_t i = 0; i < url.length; i++) {
		unsigned char c = (unsigned char)url.data[i];
		if (is_url_byte(c))
			buf_putc(&location, (char)c);
		else
			buf_printf(&location, "%%%02X", c);
	}
	char *kept = buf_failed(&location)
			     ? NULL
			     : arena_strndup(&ctx->arena, location.data, location.length);
	buf_done(&location);
	if (!kept || asp_response_header(ctx, TEXT("Location"), text_of(kept)) != 0)
		return E_OUTOFMEMORY;
	buf_clear(&r->body);
	r->status = 302;
	r->reason = TEXT("Object moved");
	buf_puts(&r->body, "<head><title>Object moved</title></head>\n<body><h1>Object Moved</h1>"
			   "This object may be found <a HREF=\"");
	buf_put_html(&r->body, text_of(kept));
	buf_puts(&r->body, "\">here</a>.</body>\n");
	if (buf_failed(&r->body))
		buf_clear(&r->body);
	return VBS_E_END_SCRIPT;
}

/* What the server itself says; a script's word about it could only contradict. */
static bool is_ours(struct text name)
{
	return text_equal_nocase(name, TEXT("Content-Length")) ||
	       text_equal_nocase(name, TEXT("Transfer-Encoding")) ||
	       text_equal_nocase(name, TEXT("Connection"));
}

static HRESULT response_add_header(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	struct text name, value;
	HRESULT hr = head_open(call, ctx);
	if (SUCCEEDED(hr))
		hr = asp_arg_text(call, ctx, 0, &name);
	if (SUCCEEDED(hr))
		hr = asp_arg_text(call, ctx, 1, &value);
	if (FAILED(hr))
		return hr;
	if (is_ours(name))
		return S_OK;
	if (text_equal_nocase(name, TEXT("Content-Type"))) {
		ctx->response.content_type = value;
		ctx->response.charset = TEXT("");
		return S_OK;
	}
	switch (asp_response_header(ctx, name, value)) {
	case 0:
		return S_OK;
	case -EINVAL:
		return automation_raise(call, E_INVALIDARG, OBJECT,
					"A header name must be a token, and its value must have "
					"no line end.");
	default:
		return E_OUTOFMEMORY;
	}
}

static bool is_clean(struct text t)
{
	for (size_t i = 0; i < t.length; i++) {
		unsigned char c = (unsigned char)t.data[i];
		if (c < 0x20 || c == 0x7F)
			return false;
	}
	return true;
}

/* A property that is one header value. */
static HRESULT text_property(struct automation_call *call, struct asp_context *ctx,
			     struct text *field)
{
	struct text value;
	if (!call->value)
		return automation_return_text(call->result,
					      field->data ? *field : (struct text){ "", 0 });
	HRESULT hr = head_open(call, ctx);
	if (SUCCEEDED(hr))
		hr = asp_value_text(call->value, ctx, &value);
	if (FAILED(hr))
		return hr;
	if (!is_clean(value))
		return E_INVALIDARG;
	*field = value;
	return S_OK;
}

static HRESULT response_content_type(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	return text_property(call, ctx, &ctx->response.content_type);
}

static HRESULT response_charset(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	return text_property(call, ctx, &ctx->response.charset);
}

static HRESULT response_cache_control(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	return text_property(call, ctx, &ctx->response.cache_control);
}

/* PICS(label) is a method on IIS; scripts also assign it. */
static HRESULT response_pics(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	if (call->argc)
		call->value = call->argv[0];
	return text_property(call, ctx, &ctx->response.pics);
}

static HRESULT response_status(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	struct asp_response *r = &ctx->response;
	struct text value;
	uint64_t status;
	if (!call->value) {
		char *t = arena_printf(&ctx->arena, "%u%s" TEXT_FMT, r->status,
				       r->reason.length || r->status != 200 ? " " : " OK",
				       TEXT_ARG(r->reason));
		return t ? automation_return_text(call->result, text_of(t)) : E_OUTOFMEMORY;
	}
	HRESULT hr = head_open(call, ctx);
	if (SUCCEEDED(hr))
		hr = asp_value_text(call->value, ctx, &value);
	if (FAILED(hr))
		return hr;
	struct text rest = text_trim(value), code = text_cut(&rest, ' ');
	if (!text_to_u64(code, &status) || status < 100 || status > 999 || !is_clean(rest))
		return E_INVALIDARG;
	r->status = (uint32_t)status;
	r->reason = rest.data ? text_trim(rest) : (struct text){ 0 };
	return S_OK;
}

/* Minutes from now; negative ones are in the past. */
static HRESULT response_expires(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	struct asp_response *r = &ctx->response;
	int64_t now = clock_wall() / NSEC_PER_SEC;
	VARIANT v = { 0 };
	if (!call->value) {
		if (!r->has_expires)
			return S_OK;
		return automation_return_long(call->result, (LONG)((r->expires - now) / 60));
	}
	HRESULT hr = head_open(call, ctx);
	if (SUCCEEDED(hr))
		hr = VariantChangeType(&v, call->value, 0, VT_I4);
	if (FAILED(hr))
		return hr;
	r->has_expires = true;
	r->expires = now + (int64_t)v.lVal * 60;
	return S_OK;
}

/* A date of the script's clock (local time) as seconds since 1970. */
static HRESULT date_seconds(const VARIANT *value, int64_t *ret)
{
	VARIANT v = { 0 };
	struct date_civil civil;
	HRESULT hr = VariantChangeType(&v, value, 0, VT_DATE);
	if (FAILED(hr))
		return hr;
	if (!date_to_civil(v.date, &civil))
		return DISP_E_TYPEMISMATCH;
	struct tm tm = { .tm_year = civil.year - 1900,
			 .tm_mon = civil.month - 1,
			 .tm_mday = civil.day,
			 .tm_hour = civil.hour,
			 .tm_min = civil.minute,
			 .tm_sec = civil.second,
			 .tm_isdst = -1 };
	*ret = mktime(&tm);
	return S_OK;
}

HRESULT asp_date_seconds(const VARIANT *value, int64_t *ret)
{
	int64_t seconds;
	HRESULT hr = date_seconds(value, &seconds);
	if (FAILED(hr))
		return hr;
	/* ASP's range is 1980 to 2038; ours ends where HTTP dates have four digits. */
	if (seconds < 0 || seconds > INT64_C(253402300799))
		return E_INVALIDARG;
	*ret = seconds;
	return S_OK;
}

static HRESULT response_expires_absolute(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	struct asp_response *r = &ctx->response;
	if (!call->value) {
		if (r->has_expires)
			*call->result =
				(VARIANT){ .vt = VT_DATE,
					   .date = date_from_wall(r->expires * NSEC_PER_SEC) };
		return S_OK;
	}
	HRESULT hr = head_open(call, ctx);
	if (SUCCEEDED(hr))
		hr = asp_date_seconds(call->value, &r->expires);
	if (hr == E_INVALIDARG)
		return asp_raise(call, ctx, OBJECT, 200, NULL);
	r->has_expires |= SUCCEEDED(hr);
	return hr;
}

static HRESULT response_connected(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	return automation_return_bool(call->result, !ctx->response.client_gone &&
							    exchange_connected(ctx->exchange));
}

static HRESULT response_codepage(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	VARIANT v = { 0 };
	if (!call->value)
		return automation_return_long(call->result, (LONG)ctx->response.codepage);
	HRESULT hr = VariantChangeType(&v, call->value, 0, VT_I4);
	if (FAILED(hr))
		return hr;
	if (!asp_codepage_known((uint32_t)v.lVal))
		return asp_raise(call, ctx, OBJECT, 204, NULL);
	ctx->response.codepage = (uint32_t)v.lVal;
	return S_OK;
}

/* The locale of this response alone: what the page set or its directive says, else the session's.
 */
static HRESULT response_lcid(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	VARIANT v = { 0 };
	if (!call->value)
		return automation_return_long(call->result, (LONG)asp_context_lcid(ctx));
	HRESULT hr = VariantChangeType(&v, call->value, 0, VT_I4);
	if (FAILED(hr))
		return hr;
	if (!locale_find((LCID)v.lVal))
		return asp_raise(call, ctx, OBJECT, 220, NULL);
	ctx->response.lcid = v.lVal;
	asp_context_set_locale(ctx);
	return S_OK;
}

/* Until the head is sent; later nobody would see it. A comma is not allowed, as in IIS: some
 * formats of logs have it between fields. */
static HRESULT response_append_to_log(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	struct text text;
	if (!ctx || !ctx->exchange)
		return asp_raise_stale(call);
	HRESULT hr = asp_arg_text(call, ctx, 0, &text);
	if (FAILED(hr))
		return hr;
	if (memchr(text.data, ',', text.length))
		return asp_raise(call, ctx, OBJECT, 101, NULL);
	return asp_response_log(ctx, text) < 0 ? E_OUTOFMEMORY : S_OK;
}

static const struct automation_member members[] = {
	{ "Write", 1, AUTOMATION_METHOD, 1, 1, response_write },
	{ "WriteBlock", 2, AUTOMATION_METHOD, 1, 1, response_write_block },
	{ "BinaryWrite", 3, AUTOMATION_METHOD, 1, 1, response_binary_write },
	{ "Buffer", 4, AUTOMATION_GETPUT, 0, 0, response_buffer },
	{ "Flush", 5, AUTOMATION_METHOD, 0, 0, response_flush },
	{ "Clear", 6, AUTOMATION_METHOD, 0, 0, response_clear },
	{ "End", 7, AUTOMATION_METHOD, 0, 0, response_end },
	{ "Redirect", 8, AUTOMATION_METHOD, 1, 1, response_redirect },
	{ "AddHeader", 9, AUTOMATION_METHOD, 2, 2, response_add_header },
	{ "Cookies", 10, ASP_CALLABLE | AUTOMATION_PUT, 0, 1, asp_response_cookies_item },
	{ "ContentType", 11, AUTOMATION_GETPUT, 0, 0, response_content_type },
	{ "Charset", 12, AUTOMATION_GETPUT, 0, 0, response_charset },
	{ "CacheControl", 13, AUTOMATION_GETPUT, 0, 0, response_cache_control },
	{ "PICS", 14, AUTOMATION_METHOD | AUTOMATION_GETPUT, 0, 1, response_pics },
	{ "Status", 15, AUTOMATION_GETPUT, 0, 0, response_status },
	{ "Expires", 16, AUTOMATION_GETPUT, 0, 0, response_expires },
	{ "ExpiresAbsolute", 17, AUTOMATION_GETPUT, 0, 0, response_expires_absolute },
	{ "IsClientConnected", 18, ASP_CALLABLE, 0, 0, response_connected },
	{ "CodePage", 19, AUTOMATION_GETPUT, 0, 0, response_codepage },
	{ "LCID", 20, AUTOMATION_GETPUT, 0, 0, response_lcid },
	{ "AppendToLog", 21, AUTOMATION_METHOD, 1, 1, response_append_to_log },
};

const struct automation_class asp_response_class = {
	.name = "IResponse",
	.members = members,
	.member_count = ARRAY_LEN(members),
	.free = asp_intrinsic_free,
};
