/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request.ServerVariables. One table names the variables; HTTP_* are the request's headers. Those
 * that begin with SURROGATE_ are ours: which process served the page, as whom, and under which
 * protection.
 */
#include "asp/objects.h"

#include "asp/codepage.h"
#include "library/scripting/path.h"

#include <stdio.h>
#include <unistd.h>

enum variable_kind { FROM_TEXT, FROM_HEADER, FROM_CODE };

/* X(name, kind, what) */
#define VARIABLES(X)                                                                               \
	X("ALL_HTTP", FROM_CODE, 0)                                                                \
	X("ALL_RAW", FROM_CODE, 1)                                                                 \
	X("APPL_MD_PATH", FROM_TEXT, CHANNEL_METABASE_PATH)                                        \
	X("APPL_PHYSICAL_PATH", FROM_CODE, 2)                                                      \
	X("AUTH_PASSWORD", FROM_CODE, 3)                                                           \
	X("AUTH_TYPE", FROM_CODE, 4)                                                               \
	X("AUTH_USER", FROM_TEXT, CHANNEL_USER)                                                    \
	X("CONTENT_LENGTH", FROM_CODE, 5)                                                          \
	X("CONTENT_TYPE", FROM_CODE, 6)                                                            \
	X("GATEWAY_INTERFACE", FROM_CODE, 7)                                                       \
	X("HTTPS", FROM_CODE, 8)                                                                   \
	X("INSTANCE_ID", FROM_CODE, 9)                                                             \
	X("INSTANCE_META_PATH", FROM_CODE, 10)                                                     \
	X("LOCAL_ADDR", FROM_TEXT, CHANNEL_LOCAL_ADDRESS)                                          \
	X("LOGON_USER", FROM_TEXT, CHANNEL_USER)                                                   \
	X("PATH_INFO", FROM_CODE, 11)                                                              \
	X("PATH_TRANSLATED", FROM_CODE, 19)                                                        \
	X("QUERY_STRING", FROM_TEXT, CHANNEL_QUERY)                                                \
	X("REMOTE_ADDR", FROM_TEXT, CHANNEL_REMOTE_ADDRESS)                                        \
	X("REMOTE_HOST", FROM_TEXT, CHANNEL_REMOTE_ADDRESS)                                        \
	X("REMOTE_PORT", FROM_CODE, 12)                                                            \
	X("REMOTE_USER", FROM_TEXT, CHANNEL_USER)                                                  \
	X("REQUEST_METHOD", FROM_TEXT, CHANNEL_METHOD)                                             \
	X("SCRIPT_NAME", FROM_TEXT, CHANNEL_SCRIPT_NAME)                                           \
	X("SERVER_NAME", FROM_TEXT, CHANNEL_HOST)                                                  \
	X("SERVER_PORT", FROM_CODE, 13)                                                            \
	X("SERVER_PORT_SECURE", FROM_CODE, 14)                                                     \
	X("SERVER_PROTOCOL", FROM_TEXT, CHANNEL_PROTOCOL)                                          \
	X("SERVER_SOFTWARE", FROM_CODE, 15)                                                        \
	X("SURROGATE_APPID", FROM_CODE, 16)                                                        \
	X("SURROGATE_PID", FROM_CODE, 17)                                                          \
	X("SURROGATE_POOL", FROM_TEXT, CHANNEL_POOL)                                               \
	X("SURROGATE_PROTECTION", FROM_TEXT, CHANNEL_PROTECTION)                                   \
	X("SURROGATE_USER", FROM_CODE, 18)                                                         \
	X("URL", FROM_CODE, 11)

static const struct variable {
	const char *name;
	enum variable_kind kind;
	int what;
} variables[] = {
#define X(name, kind, what) { name, kind, what },
	VARIABLES(X)
#undef X
};

static struct text number(struct asp_context *ctx, uint64_t n)
{
	return text_of(arena_printf(&ctx->arena, "%llu", (unsigned long long)n));
}

static struct text taken(struct asp_context *ctx, struct buf *b)
{
	char *copy = buf_failed(b) ? NULL
				   : arena_strndup(&ctx->arena, b->data ? b->data : "", b->length);
	struct text t = { copy, copy ? b->length : 0 };
	buf_done(b);
	return t;
}

static void put_http_name(struct buf *b, struct text name)
{
	buf_puts(b, "HTTP_");
	for (size_t i = 0; i < name.length; i++)
		buf_putc(b, name.data[i] == '-' ? '_' : text_upper(name.data[i]));
}

static struct text all_headers(struct asp_context *ctx, bool raw)
{
	const struct channel_request *request = ctx->exchange->request;
	struct buf b;
	buf_init(&b, 4 * CHANNEL_HEAD_MAX);
	for (size_t i = 0; i < request->header_count; i++) {
		const struct channel_header_field *h = &request->headers[i];
		if (raw)
			buf_put_text(&b, h->name);
		else
			put_http_name(&b, h->name);
		buf_puts(&b, raw ? ": " : ":");
		buf_put_text(&b, h->value);
		buf_puts(&b, raw ? "\r\n" : "\n");
	}
	return taken(ctx, &b);
}

/* A path of ours as pages see it, by the rule of the file system objects. */
static struct text shown_path(struct asp_context *ctx, enum channel_request_text which,
			      const char *end)
{
	struct text path = asp_request_text(ctx, which);
	char *linux_path = arena_printf(&ctx->arena, TEXT_FMT "%s", TEXT_ARG(path), end);
	char shown[PATH_SHOWN_SIZE];
	if (!linux_path)
		return TEXT("");
	path_show(linux_path, shown);
	return text_of(arena_strndup(&ctx->arena, shown, strlen(shown)));
}

static struct text whole_path(struct asp_context *ctx)
{
	struct text name = asp_request_text(ctx, CHANNEL_SCRIPT_NAME);
	struct text info = asp_request_text(ctx, CHANNEL_PATH_INFO);
	if (info.length == 0)
		return name;
	return text_of(
		arena_printf(&ctx->arena, TEXT_FMT TEXT_FMT, TEXT_ARG(name), TEXT_ARG(info)));
}

static struct text or_empty(struct text t)
{
	return t.data ? t : (struct text){ "", 0 };
}

static struct text computed(struct asp_context *ctx, int what)
{
	const struct channel_request *request = ctx->exchange->request;
	bool secure = text_equal(asp_request_text(ctx, CHANNEL_SCHEME), TEXT("https"));
	switch (what) {
	case 0:
	case 1:
		return all_headers(ctx, what == 1);
	case 2:
		return shown_path(ctx, CHANNEL_APP_ROOT, "/");
	case 5:
		return number(ctx,
			      request->content_length == UINT64_MAX ? 0 : request->content_length);
	case 6:
		return or_empty(asp_request_header(ctx, TEXT("Content-Type")));
	case 7:
		return TEXT("CGI/1.1");
	case 8:
		return secure ? TEXT("on") : TEXT("off");
	case 9:
		return number(ctx, request->site_id);
	case 10:
		return text_of(arena_printf(&ctx->arena, "/LM/W3SVC/%llu",
					    (unsigned long long)request->site_id));
	case 11:
		return whole_path(ctx);
	case 12:
		return number(ctx, request->remote_port);
	case 13:
		return number(ctx, request->local_port);
	case 14:
		return secure ? TEXT("1") : TEXT("0");
	case 15:
		return TEXT("Surrogate/" SURROGATE_VERSION);
	case 16:
		return text_of(ctx->config->settings.appid);
	case 17:
		return number(ctx, (uint64_t)getpid());
	case 18:
		return text_of(ctx->asp->host.user);
	case 19:
		return shown_path(ctx, CHANNEL_SCRIPT_FILE, "");
	default: /* AUTH_PASSWORD, AUTH_TYPE: nobody was asked for a password */
		return TEXT("");
	}
}

/* HTTP_USER_AGENT is the header User-Agent; HEADER_User-Agent is it by its own name. */
static struct text header_variable(struct asp_context *ctx, struct text name)
{
	const struct channel_request *request = ctx->exchange->request;
	for (size_t i = 0; i < request->header_count; i++) {
		struct text header = request->headers[i].name;
		bool same = header.length == name.length;
		for (size_t k = 0; same && k < name.length; k++) {
			char h = header.data[k] == '-' ? '_' : text_upper(header.data[k]);
			char n = name.data[k] == '-' ? '_' : text_upper(name.data[k]);
			same = h == n;
		}
		if (same)
			return request->headers[i].value;
	}
	return (struct text){ 0 };
}

struct text asp_variable(struct asp_context *ctx, struct text name)
{
	for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
		if (!text_equal_nocase(text_of(variables[i].name), name))
			continue;
		if (variables[i].kind == FROM_TEXT)
			return or_empty(asp_request_text(
				ctx, (enum channel_request_text)variables[i].what));
		return computed(ctx, variables[i].what);
	}
	struct text prefixes[] = { TEXT("HTTP_"), TEXT("HEADER_") };
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		if (text_starts_with_nocase(name, prefixes[i]))
			return header_variable(ctx,
					       (struct text){ name.data + prefixes[i].length,
							      name.length - prefixes[i].length });
	}
	return (struct text){ 0 };
}

/* ---- the collection object ---- */

static HRESULT variables_item(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	char room[128];
	struct text name;
	if (!ctx->exchange)
		return S_OK;
	HRESULT hr = asp_arg_name(call, ctx, 0, room, sizeof(room), &name);
	if (FAILED(hr))
		return hr;
	struct text value = asp_variable(ctx, name);
	return value.data ? automation_return_text(call->result, value) : S_OK;
}

static size_t variable_count(struct asp_context *ctx)
{
	return ARRAY_LEN(variables) + (ctx->exchange ? ctx->exchange->request->header_count : 0);
}

static HRESULT variables_count(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	return automation_return_long(call->result, (LONG)variable_count(ctx));
}

/* Name `i` (0-based): the table, then the headers. */
static HRESULT variable_name(struct asp_context *ctx, size_t i, VARIANT *ret)
{
	if (i < ARRAY_LEN(variables))
		return automation_return_text(ret, text_of(variables[i].name));
	struct buf b;
	buf_init(&b, CHANNEL_HEAD_MAX);
	put_http_name(&b, ctx->exchange->request->headers[i - ARRAY_LEN(variables)].name);
	HRESULT hr = buf_failed(&b) ? E_OUTOFMEMORY : automation_return_text(ret, buf_text(&b));
	buf_done(&b);
	return hr;
}

static HRESULT variables_key(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	LONG i;
	HRESULT hr = automation_arg_long(call, 0, &i);
	if (FAILED(hr))
		return hr;
	if (i < 1 || (size_t)i > variable_count(ctx))
		return automation_raise(call, MAKE_SCRIPT_HRESULT(9), "Request object",
					"An array index is out of range.");
	return variable_name(ctx, (size_t)i - 1, call->result);
}

static HRESULT variables_enum(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	size_t count = variable_count(ctx), n = 0;
	_cleanup_mem_ VARIANT *items = mem_zalloc(count, sizeof(*items));
	IUnknown *e = NULL;
	HRESULT hr = items ? S_OK : E_OUTOFMEMORY;
	while (SUCCEEDED(hr) && n < count) {
		hr = variable_name(ctx, n, &items[n]);
		n += SUCCEEDED(hr);
	}
	if (SUCCEEDED(hr))
		hr = automation_enum_new(items, n, &e);
	if (FAILED(hr)) {
		while (n > 0)
			VariantClear(&items[--n]);
		return hr;
	}
	*call->result = (VARIANT){ .vt = VT_UNKNOWN, .punkVal = e };
	return S_OK;
}

static const struct automation_member members[] = {
	{ "Item", DISPID_VALUE, ASP_CALLABLE, 1, 1, variables_item },
	{ "Count", 1, ASP_CALLABLE, 0, 0, variables_count },
	{ "Key", 2, ASP_CALLABLE, 1, 1, variables_key },
	{ "_NewEnum", DISPID_NEWENUM, ASP_CALLABLE, 0, 0, variables_enum },
};

const struct automation_class asp_variables_class = {
	.name = "IRequestDictionary",
	.members = members,
	.member_count = ARRAY_LEN(members),
	.free = asp_intrinsic_free,
};
