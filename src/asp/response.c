/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns what a page wrote into a head and a body on the exchange. Runs on the page's thread.
 */
#include "asp/response.h"

#include "asp/asp-priv.h"
#include "asp/codepage.h"
#include "asp/form.h"
#include "base/clock.h"

#include <errno.h>
#include <time.h>

#define BODY_KEPT ((size_t)1 << 20) /* memory kept for the next page */
#define HEADERS_MAX 64              /* AddHeader */

#define LOG_MAX 1024 /* of what a page adds to its line in the log */

void asp_response_init(struct asp_response *response)
{
	buf_init(&response->body, 0);
}

void asp_response_done(struct asp_response *response)
{
	buf_done(&response->body);
}

void asp_response_begin(struct asp_context *ctx)
{
	struct buf body = ctx->response.body;
	if (body.capacity > BODY_KEPT) {
		buf_done(&body);
		buf_init(&body, 0);
	}
	buf_clear(&body);
	body.limit = 65536; /* until the application's settings are known */
	ctx->response = (struct asp_response){ .body = body };
	asp_response_restart(ctx);
}

void asp_response_restart(struct asp_context *ctx)
{
	struct asp_response *r = &ctx->response;
	buf_clear(&r->body);
	r->status = 200;
	r->sub_status = 0;
	r->reason = r->charset = r->pics = (struct text){ 0 };
	r->content_type = TEXT("text/html");
	r->cache_control = TEXT("private");
	if (!r->codepage)
		r->codepage = ASP_UTF8;
	r->has_expires = false;
	r->header_count = 0;
	r->cookies = NULL;
	r->cookies_end = &r->cookies;
}

/* ---- the head ---- */

static bool is_token(struct text t)
{
	for (size_t i = 0; i < t.length; i++) {
		unsigned char c = (unsigned char)t.data[i];
		if (c <= 0x20 || c >= 0x7F || strchr("()<>@,;:\\\"/[]?={}", c))
			return false;
	}
	return t.length > 0;
}

static bool is_value(struct text t)
{
	for (size_t i = 0; i < t.length; i++) {
		unsigned char c = (unsigned char)t.data[i];
		if ((c < 0x20 && c != '\t') || c == 0x7F)
			return false;
	}
	return true;
}

int asp_response_header(struct asp_context *ctx, struct text name, struct text value)
{
	struct asp_response *r = &ctx->response;
	if (!is_token(name) || !is_value(value))
		return -EINVAL;
	if (r->header_count == r->header_capacity) {
		if (r->header_capacity == HEADERS_MAX)
			return -ENOBUFS;
		struct channel_header_field *grown =
			arena_zalloc(&ctx->arena, HEADERS_MAX, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		r->headers = grown;
		r->header_capacity = HEADERS_MAX;
	}
	r->headers[r->header_count++] = (struct channel_header_field){ name, value };
	return 0;
}

int asp_response_log(struct asp_context *ctx, struct text text)
{
	struct text *log = &ctx->response.log;
	size_t length = log->length + text.length;
	if (length > LOG_MAX)
		length = LOG_MAX;
	char *all = arena_alloc(&ctx->arena, length + 1);
	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < length; i++) {
		char c = i < log->length ? log->data[i] : text.data[i - log->length];
		all[i] = (unsigned char)c <= ' ' || c == 0x7F ? '+' : c;
	}
	*log = (struct text){ all, length };
	return 0;
}

struct asp_cookie *asp_response_cookie(struct asp_context *ctx, struct text name)
{
	struct asp_response *r = &ctx->response;
	for (struct asp_cookie *c = r->cookies; c; c = c->next) {
		if (text_equal_nocase(c->name, name))
			return c;
	}
	struct asp_cookie *c = arena_new(&ctx->arena, struct asp_cookie);
	if (!c)
		return NULL;
	*c = (struct asp_cookie){ .name = name, .value = { "", 0 } };
	c->keys_end = &c->keys;
	*r->cookies_end = c;
	r->cookies_end = &c->next;
	return c;
}

static void add(struct channel_response *head, const char *name, struct text value)
{
	if (head->header_count < CHANNEL_HEADERS_MAX)
		head->headers[head->header_count++] =
			(struct channel_header_field){ text_of(name), value };
}

/* The text of `b` in the arena; data == NULL when out of memory. */
static struct text keep(struct asp_context *ctx, struct buf *b)
{
	char *copy = buf_failed(b) ? NULL : arena_strndup(&ctx->arena, b->data, b->length);
	struct text t = { copy, copy ? b->length : 0 };
	buf_done(b);
	return t;
}

static struct text cookie_text(struct asp_context *ctx, const struct asp_cookie *c)
{
	struct buf b;
	buf_init(&b, 16384);
	asp_url_encode(c->name, "-_.*!~", true, &b);
	buf_putc(&b, '=');
	if (!c->keys)
		asp_url_encode(c->value, "-_.*!~", true, &b);
	for (const struct asp_cookie_key *k = c->keys; k; k = k->next) {
		if (k != c->keys)
			buf_putc(&b, '&');
		asp_url_encode(k->name, "-_.*!~", true, &b);
		buf_putc(&b, '=');
		asp_url_encode(k->value, "-_.*!~", true, &b);
	}
	if (c->has_expires) {
		char date[CLOCK_HTTP_SIZE];
		clock_format_http(c->expires * NSEC_PER_SEC, date);
		buf_puts(&b, "; expires=");
		buf_puts(&b, date);
	}
	if (c->domain.length) {
		buf_puts(&b, "; domain=");
		buf_put_text(&b, c->domain);
	}
	buf_puts(&b, "; path=");
	buf_put_text(&b, c->path.data ? c->path : asp_request_text(ctx, CHANNEL_APP_PATH));
	if (c->secure)
		buf_puts(&b, "; secure");
	return keep(ctx, &b);
}

static void add_cookies(struct asp_context *ctx, struct channel_response *head)
{
	for (const struct asp_cookie *c = ctx->response.cookies; c; c = c->next) {
		struct text t = cookie_text(ctx, c);
		if (t.data && is_value(t))
			add(head, "Set-Cookie", t);
	}
	if (ctx->session && ctx->session->fresh) {
		bool secure = ctx->config->settings.session_id_secure &&
			      text_equal(asp_request_text(ctx, CHANNEL_SCHEME), TEXT("https"));
		char *t = arena_printf(&ctx->arena, "%s=%s; %spath=/; HttpOnly",
				       ctx->application->cookie_name, ctx->session->id,
				       secure ? "secure; " : "");
		if (t)
			add(head, "Set-Cookie", text_of(t));
		ctx->session->fresh = false;
	}
}

static struct text content_type(struct asp_context *ctx)
{
	const struct asp_response *r = &ctx->response;
	struct text charset = r->charset;
	bool text = text_starts_with_nocase(r->content_type, TEXT("text/"));
	bool said = false;
	for (size_t i = 0; i < r->content_type.length; i++)
		said |= r->content_type.data[i] == ';';
	if (!charset.data && text && !said)
		charset = text_of(asp_codepage_charset(r->codepage));
	if (charset.length == 0)
		return r->content_type;
	char *t = arena_printf(&ctx->arena, TEXT_FMT "; Charset=" TEXT_FMT,
			       TEXT_ARG(r->content_type), TEXT_ARG(charset));
	return t ? text_of(t) : r->content_type;
}

static void send_head(struct asp_context *ctx, uint64_t length)
{
	struct asp_response *r = &ctx->response;
	struct channel_response head = { .status = r->status,
					 .sub_status = r->sub_status,
					 .reason = r->reason,
					 .content_length = length };
	r->head_sent = true;
	if (r->cache_control.length)
		add(&head, "Cache-Control", r->cache_control);
	if (r->content_type.length)
		add(&head, "Content-Type", content_type(ctx));
	if (r->has_expires) {
		char date[CLOCK_HTTP_SIZE];
		clock_format_http(r->expires * NSEC_PER_SEC, date);
		char *t = arena_strndup(&ctx->arena, date, strlen(date));
		if (t)
			add(&head, "Expires", text_of(t));
	}
	if (r->pics.length)
		add(&head, "PICS-Label", r->pics);
	for (size_t i = 0; i < r->header_count; i++)
		add(&head,
		    arena_strndup(&ctx->arena, r->headers[i].name.data, r->headers[i].name.length),
		    r->headers[i].value);
	add_cookies(ctx, &head);
	if (r->log.length)
		add(&head, CHANNEL_LOG_FIELD, r->log);
	int result = exchange_head(ctx->exchange, &head);
	if (result == -E2BIG || result == -EINVAL) {
		/* More headers than a head can carry: the client must not get half of them. */
		head = (struct channel_response){ .status = 500,
						  .sub_status = 100,
						  .content_length = 0 };
		result = exchange_head(ctx->exchange, &head);
		buf_clear(&r->body);
		r->client_gone = true;
	}
	if (result != 0)
		r->client_gone = true;
}

/* ---- the body ---- */

static void send_body(struct asp_context *ctx)
{
	struct asp_response *r = &ctx->response;
	if (r->body.length && !r->client_gone &&
	    exchange_write(ctx->exchange, r->body.data, r->body.length) != 0)
		r->client_gone = true;
	buf_clear(&r->body);
}

void asp_response_flush(struct asp_context *ctx)
{
	if (!ctx->exchange)
		return;
	if (!ctx->response.head_sent) {
		/* The cookie cannot be said later. */
		if (ctx->session_allowed && !ctx->session)
			(void)asp_session_need(ctx);
		send_head(ctx, UINT64_MAX);
	}
	send_body(ctx);
	if (!ctx->response.client_gone && exchange_flush(ctx->exchange) != 0)
		ctx->response.client_gone = true;
}

HRESULT asp_response_wrote(struct asp_context *ctx)
{
	struct asp_response *r = &ctx->response;
	if (buf_failed(&r->body)) {
		HRESULT hr = buf_failed(&r->body) == -ENOBUFS ? ASP_E_BUFFER_LIMIT : E_OUTOFMEMORY;
		buf_clear(&r->body);
		return hr;
	}
	if (!r->buffering)
		asp_response_flush(ctx);
	return S_OK;
}

void asp_response_finish(struct asp_context *ctx)
{
	if (!ctx->exchange)
		return;
	if (!ctx->response.head_sent)
		send_head(ctx, ctx->response.body.length);
	send_body(ctx);
}
