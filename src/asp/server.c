/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Server object: making objects, finding files, encoding text, running other pages.
 */
#include "asp/objects.h"

#include "asp/codepage.h"
#include "asp/form.h"
#include "base/clock.h"
#include "base/mem.h"
#include "com/activate.h"
#include "com/bstr.h"
#include "com/class.h"
#include "com/errorinfo.h"
#include "library/scripting/path.h"

#include <errno.h>
#include <stdio.h>

#define OBJECT "Server object"

/* ---- CreateObject ---- */

static HRESULT server_create_object(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	BSTR progid;
	IDispatch *object = NULL;
	HRESULT hr = automation_arg_bstr(call, 0, &progid);
	if (FAILED(hr))
		return hr;
	hr = com_create_object(progid, NULL, &object);
	SysFreeString(progid);
	if (SUCCEEDED(hr))
		return automation_return_dispatch(call->result, object);
	_cleanup_mem_ char *words = errorinfo_take_text();
	const char *text = hresult_text(hr);
	char detail[1024];
	snprintf(detail, sizeof(detail), "%08x %s%s%s", (unsigned)hr, text ? text : "",
		 words ? ". " : "", words ? words : "");
	return asp_raise_hr(call, ctx, OBJECT, 177, hr, text_trim(text_of(detail)).data);
}

/* ---- MapPath ---- */

/* The page that runs: what relative paths are relative to. */
static struct text base_url(const struct asp_context *ctx)
{
	if (ctx->frame && !ctx->frame->page->global)
		return ctx->frame->url;
	if (ctx->exchange)
		return asp_request_text(ctx, CHANNEL_SCRIPT_NAME);
	return ctx->application->global_url;
}

static HRESULT raise_path(struct automation_call *call, struct asp_context *ctx, int r)
{
	switch (r) {
	case ASP_URL_PHYSICAL:
		return asp_raise(call, ctx, OBJECT, 172, NULL);
	case ASP_URL_INVALID:
		return asp_raise(call, ctx, OBJECT, 173, NULL);
	case ASP_URL_PARENT:
		return asp_raise(call, ctx, OBJECT, 175, NULL);
	case ASP_URL_ABOVE:
	case -ENOENT:
		return asp_raise(call, ctx, OBJECT, 176, NULL);
	default:
		return E_OUTOFMEMORY;
	}
}

static HRESULT server_map_path(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	const struct asp_settings *settings = &ctx->config->settings;
	struct text path;
	HRESULT hr = asp_arg_text(call, ctx, 0, &path);
	if (FAILED(hr))
		return hr;
	if (path.length == 0)
		return asp_raise(call, ctx, OBJECT, 171, NULL);
	struct buf url, file;
	buf_init(&url, 16384);
	buf_init(&file, 16384);
	int r = asp_url_resolve(base_url(ctx), path, settings->parent_paths, &url);
	if (r == 0)
		r = asp_url_physical(settings, buf_text(&url), &file);
	if (r == 0) {
		BSTR shown = path_show_bstr(buf_cstr(&file));
		hr = shown ? automation_return_bstr(call->result, shown) : E_OUTOFMEMORY;
	} else {
		hr = raise_path(call, ctx, r);
	}
	buf_done(&url);
	buf_done(&file);
	return hr;
}

/* ---- encoding ---- */

static HRESULT give(struct automation_call *call, struct buf *b)
{
	HRESULT hr =
		buf_failed(b) ? E_OUTOFMEMORY : automation_return_text(call->result, buf_text(b));
	buf_done(b);
	return hr;
}

/* & < > " as entities, as IIS has it; letters beyond ASCII stay, since the page can carry them. */
static HRESULT server_html_encode(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	BSTR s;
	if (call->argv[0]->vt == VT_NULL)
		return S_OK;
	HRESULT hr = automation_arg_bstr(call, 0, &s);
	if (FAILED(hr))
		return hr;
	(void)ctx;
	size_t length = SysStringLen(s), start = 0;
	BSTR out = NULL;
	for (size_t i = 0; i <= length && SUCCEEDED(hr); i++) {
		const char16_t *entity = i == length   ? u""
					 : s[i] == '&' ? u"&amp;"
					 : s[i] == '<' ? u"&lt;"
					 : s[i] == '>' ? u"&gt;"
					 : s[i] == '"' ? u"&quot;"
						       : NULL;
		if (!entity)
			continue;
		if (i == length && start == 0) { /* nothing to replace: the same text */
			return automation_return_bstr(call->result, s);
		}
		size_t n = 0;
		while (entity[n])
			n++;
		BSTR more = out ? bstr_append(out, s + start, i - start)
				: SysAllocStringLen(s + start, (UINT)(i - start));
		if (more) {
			out = more;
			more = bstr_append(out, entity, n);
		}
		if (more)
			out = more;
		else
			hr = E_OUTOFMEMORY;
		start = i + 1;
	}
	SysFreeString(s);
	if (SUCCEEDED(hr))
		return automation_return_bstr(call->result, out);
	SysFreeString(out);
	return hr;
}

/* In the response's code page, as links on the page will come back. */
static HRESULT encode_url(struct automation_call *call, const char *keep, bool plus)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	BSTR s;
	if (call->argv[0]->vt == VT_NULL)
		return S_OK;
	HRESULT hr = automation_arg_bstr(call, 0, &s);
	if (FAILED(hr))
		return hr;
	struct buf bytes, out;
	buf_init(&bytes, 64 << 20);
	buf_init(&out, 192 << 20);
	asp_codepage_encode(ctx->response.codepage, s, SysStringLen(s), &bytes);
	SysFreeString(s);
	asp_url_encode(buf_text(&bytes), keep, plus, &out);
	if (buf_failed(&bytes))
		buf_clear(&out);
	hr = buf_failed(&bytes) ? E_OUTOFMEMORY : give(call, &out);
	buf_done(&bytes);
	return hr;
}

static HRESULT server_url_encode(struct automation_call *call)
{
	return encode_url(call, "", true);
}

static HRESULT server_url_path_encode(struct automation_call *call)
{
	return encode_url(call, "/-_.~:@!$'()*,;&=+?%#", false);
}

/* ---- other pages ---- */

static HRESULT execute(struct automation_call *call, struct asp_context *ctx, unsigned error)
{
	struct text path;
	HRESULT hr = asp_arg_text(call, ctx, 0, &path);
	if (FAILED(hr))
		return hr;
	if (path.length == 0)
		return asp_raise(call, ctx, OBJECT, error, "");
	struct text query = path;
	path = text_cut(&query, '?'); /* the called page sees the caller's query string */
	struct buf url;
	buf_init(&url, 16384);
	int r = asp_url_resolve(base_url(ctx), path, ctx->config->settings.parent_paths, &url);
	char *kept = r == 0 ? arena_strndup(&ctx->arena, url.data, url.length) : NULL;
	buf_done(&url);
	if (r > 0)
		return asp_raise(call, ctx, OBJECT, 231, NULL);
	if (!kept)
		return E_OUTOFMEMORY;
	struct asp_page *page;
	r = asp_context_page(ctx, text_of(kept), &page);
	if (r == -EINVAL) { /* ctx->error says what is wrong in the other page */
		ctx->failed = true;
		return VBS_E_END_SCRIPT;
	}
	if (r != 0)
		return r == -ENOMEM ? E_OUTOFMEMORY : asp_raise(call, ctx, OBJECT, error, kept);
	hr = asp_context_run(ctx, page, text_of(kept));
	asp_page_unref(page);
	return hr;
}

static HRESULT server_execute(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	return execute(call, ctx, 232);
}

static HRESULT server_transfer(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	HRESULT hr = execute(call, ctx, 230);
	return SUCCEEDED(hr) ? VBS_E_END_SCRIPT : hr;
}

static HRESULT server_script_timeout(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	VARIANT v = { 0 };
	if (!call->value)
		return automation_return_long(call->result,
					      ctx->timeout / NSEC_PER_SEC > INT32_MAX
						      ? INT32_MAX
						      : (LONG)(ctx->timeout / NSEC_PER_SEC));
	HRESULT hr = VariantChangeType(&v, call->value, 0, VT_I4);
	if (FAILED(hr))
		return hr;
	if (v.lVal < 1)
		return asp_raise(call, ctx, OBJECT, 191, NULL);
	asp_context_watch(ctx, (int64_t)v.lVal * NSEC_PER_SEC);
	return S_OK;
}

/* ---- GetLastError ---- */

struct last_error {
	struct automation_object object;
	struct asp_error error;
};

enum last_error_member {
	CODE = 1,
	NUMBER,
	SOURCE,
	FILE_NAME,
	LINE,
	DESCRIPTION,
	DETAIL,
	CATEGORY,
	COLUMN
};

static void last_error_free(struct automation_object *object)
{
	struct last_error *e = (struct last_error *)object;
	asp_error_done(&e->error);
	mem_free(e);
}

static HRESULT give_text(struct automation_call *call, const char *z)
{
	return automation_return_text(call->result, text_of(z ? z : ""));
}

static HRESULT last_error_get(struct automation_call *call)
{
	const struct asp_error *e = &((struct last_error *)call->self)->error;
	char code[16] = "";
	switch ((enum last_error_member)call->dispid) {
	case CODE:
		if (e->asp)
			snprintf(code, sizeof(code), "ASP %04u", e->asp);
		return give_text(call, code);
	case NUMBER:
		return automation_return_long(call->result, e->number);
	case SOURCE:
		return give_text(call, e->source);
	case FILE_NAME:
		return give_text(call, e->file);
	case LINE:
		return automation_return_long(call->result, (LONG)e->line);
	case DESCRIPTION:
		return give_text(call, e->description);
	case DETAIL:
		return give_text(call, e->detail);
	case CATEGORY:
		return give_text(call, e->category);
	case COLUMN:
		return automation_return_long(call->result, e->column ? (LONG)e->column : -1);
	}
	return DISP_E_MEMBERNOTFOUND;
}

static const struct automation_member last_error_members[] = {
	{ "ASPCode", CODE, ASP_CALLABLE, 0, 0, last_error_get },
	{ "Number", NUMBER, ASP_CALLABLE, 0, 0, last_error_get },
	{ "Source", SOURCE, ASP_CALLABLE, 0, 0, last_error_get },
	{ "File", FILE_NAME, ASP_CALLABLE, 0, 0, last_error_get },
	{ "Line", LINE, ASP_CALLABLE, 0, 0, last_error_get },
	{ "Description", DESCRIPTION, ASP_CALLABLE, 0, 0, last_error_get },
	{ "ASPDescription", DETAIL, ASP_CALLABLE, 0, 0, last_error_get },
	{ "Category", CATEGORY, ASP_CALLABLE, 0, 0, last_error_get },
	{ "Column", COLUMN, ASP_CALLABLE, 0, 0, last_error_get },
};

static const struct automation_class last_error_class = {
	.name = "IASPError",
	.members = last_error_members,
	.member_count = ARRAY_LEN(last_error_members),
	.free = last_error_free,
};

/* The last error that an intrinsic object raised on this page, which a script with On Error
 * Resume Next may look at; empty when there was none. */
static HRESULT server_get_last_error(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	struct last_error *e = mem_new(struct last_error);
	if (!e)
		return E_OUTOFMEMORY;
	automation_init(&e->object, &last_error_class);
	if (ctx->raised) {
		asp_error_set(&e->error, ctx->raised, TEXT(""));
		mem_free(e->error.detail);
		e->error.detail = ctx->raised_detail ? mem_strdup(ctx->raised_detail) : NULL;
		e->error.number = ctx->raised_hr;
	}
	return automation_return_dispatch(call->result, automation_dispatch(&e->object));
}

static const struct automation_member members[] = {
	{ "CreateObject", 1, AUTOMATION_METHOD, 1, 1, server_create_object },
	{ "MapPath", 2, AUTOMATION_METHOD, 1, 1, server_map_path },
	{ "HTMLEncode", 3, AUTOMATION_METHOD, 1, 1, server_html_encode },
	{ "URLEncode", 4, AUTOMATION_METHOD, 1, 1, server_url_encode },
	{ "URLPathEncode", 5, AUTOMATION_METHOD, 1, 1, server_url_path_encode },
	{ "Execute", 6, AUTOMATION_METHOD, 1, 1, server_execute },
	{ "Transfer", 7, AUTOMATION_METHOD, 1, 1, server_transfer },
	{ "GetLastError", 8, AUTOMATION_METHOD, 0, 0, server_get_last_error },
	{ "ScriptTimeout", 9, AUTOMATION_GETPUT, 0, 0, server_script_timeout },
};

const struct automation_class asp_server_class = {
	.name = "IServer",
	.members = members,
	.member_count = ARRAY_LEN(members),
	.free = asp_intrinsic_free,
};
