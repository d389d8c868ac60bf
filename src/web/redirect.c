/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redirects: those of system.webServer/httpRedirect, and the one to a folder's address with its
 * slash. Loop threads.
 *
 * A destination may have $S (what follows the place that the redirect is configured for), $Q and $P
 * (the query with and without its question mark), $V (the path asked for), and with a wildcard $0
 * to $9 (what its stars took). Unless exactDestination is set, the suffix and the query are put
 * behind it; with childOnly only what lies in that very place is redirected, by its file name.
 */
#include "web/internal.h"

#include "base/buf.h"

#define LOCATION_MAX 32768
#define RUNS_MAX 10

struct target {
	const struct config_redirect *redirect;
	struct text path;   /* as decoded */
	struct text suffix; /* "/a/b" of it, "" or begins with a slash */
	struct text query;  /* without '?' */
	struct text runs[RUNS_MAX];
};

static void put_encoded(struct buf *out, struct text path)
{
	static const char hex[] = "0123456789ABCDEF";
	for (size_t i = 0; i < path.length; i++) {
		unsigned char c = (unsigned char)path.data[i];
		if (c > ' ' && c < 0x7f && !strchr("\"<>\\^`{|}%?#", c)) {
			buf_putc(out, (char)c);
		} else {
			buf_putc(out, '%');
			buf_putc(out, hex[c >> 4]);
			buf_putc(out, hex[c & 15]);
		}
	}
}

/* What follows the place of the redirect: "/a/b" below "/old" of "/old/a/b". */
static struct text suffix_of(struct text path, size_t depth)
{
	size_t at = 0;
	for (; depth > 0 && at < path.length; depth--) {
		at++;
		while (at < path.length && path.data[at] != '/')
			at++;
	}
	return (struct text){ path.data + at, path.length - at };
}

/* ---- where to ---- */

static const char *find_destination(struct target *t)
{
	const struct config_redirect *r = t->redirect;
	struct text below =
		t->path.length ? (struct text){ t->path.data + 1, t->path.length - 1 } : t->path;
	if (*r->destination)
		return r->destination;
	for (size_t i = 0; i < r->rule_count; i++) {
		const char *wildcard = r->rules[i].wildcard;
		if (config_wildcard(wildcard, *wildcard == '/' ? t->path : below, t->runs,
				    RUNS_MAX) ||
		    (*wildcard == '*' && config_wildcard(wildcard, t->path, t->runs, RUNS_MAX)))
			return r->rules[i].destination;
	}
	return NULL;
}

/* True when `c` names a variable, which is put. */
static bool put_variable(struct buf *out, const struct target *t, char c)
{
	if (c >= '0' && c <= '9') {
		put_encoded(out, t->runs[c - '0']);
		return true;
	}
	switch (text_upper(c)) {
	case 'S':
		put_encoded(out, t->suffix);
		return true;
	case 'V':
		put_encoded(out, t->path);
		return true;
	case 'Q':
		if (t->query.length)
			buf_putc(out, '?');
		buf_put_text(out, t->query);
		return true;
	case 'P':
		buf_put_text(out, t->query);
		return true;
	default:
		return false;
	}
}

static void put_destination(struct buf *out, const struct target *t, const char *destination)
{
	for (const char *c = destination; *c; c++) {
		if (*c == '$' && put_variable(out, t, c[1]))
			c++;
		else if ((unsigned char)*c > ' ' && *c != 0x7f)
			buf_putc(out, *c);
	}
}

static struct text file_name(struct text path)
{
	struct text folder = web_path_folder(path);
	return (struct text){ path.data + folder.length, path.length - folder.length };
}

static void put_rest(struct buf *out, const struct target *t)
{
	struct text suffix = t->redirect->child_only ? file_name(t->path) : t->suffix;
	bool slash = out->length && out->data[out->length - 1] == '/';
	if (suffix.length && suffix.data[0] == '/' && slash)
		suffix = (struct text){ suffix.data + 1, suffix.length - 1 };
	else if (suffix.length && suffix.data[0] != '/' && !slash)
		buf_putc(out, '/');
	put_encoded(out, suffix);
	if (t->query.length) {
		buf_putc(out, '?');
		buf_put_text(out, t->query);
	}
}

/* ---- answering ---- */

static void answer(struct web_call *call, unsigned status, struct buf *location)
{
	static const char body[] =
		"<head><title>Document Moved</title></head>\n"
		"<body><h1>Object Moved</h1>This document may be found at the address that the "
		"Location header names.</body>";
	const struct config_url *url = call->request.url;
	struct arena *arena = http_exchange_arena(call->request.x);
	size_t extra = url ? url->redirect_headers.count : 0, count = 0;
	struct http_field *fields = arena_alloc(arena, (2 + extra) * sizeof(*fields));
	char *to = buf_failed(location) ? NULL : arena_dup(arena, location->data, location->length);
	struct text target = { to, location->length };

	buf_done(location);
	if (!to || !fields) {
		web_error_serve(call, 500, 0, 0x8007000E, (struct text){ "", 0 }, NULL);
		return;
	}
	fields[count++] =
		(struct http_field){ TEXT("Content-Type"), TEXT("text/html; charset=UTF-8") };
	fields[count++] = (struct http_field){ TEXT("Location"), target };
	for (size_t i = 0; i < extra; i++)
		fields[count++] =
			(struct http_field){ text_of(url->redirect_headers.items[i].name),
					     text_of(url->redirect_headers.items[i].value) };
	web_answer_memory(call, status, fields, count, body, sizeof(body) - 1);
}

bool web_redirect_serve(struct web_call *call)
{
	const struct config_redirect *redirect = &call->request.url->redirect;
	struct target t = { .redirect = redirect,
			    .path = call->request.path,
			    .query = http_exchange_request(call->request.x)->query };
	struct buf location;

	t.suffix = suffix_of(t.path, redirect->depth);
	if (redirect->child_only && t.suffix.length > 1 &&
	    memchr(t.suffix.data + 1, '/', t.suffix.length - 1))
		return false;
	const char *destination = find_destination(&t);
	if (!destination)
		return false;
	call->request.module = "HttpRedirectionModule";
	call->request.notification = "BeginRequest";
	buf_init(&location, LOCATION_MAX);
	put_destination(&location, &t, destination);
	if (!redirect->exact)
		put_rest(&location, &t);
	answer(call, redirect->status, &location);
	return true;
}

/* A folder without its slash: relative links would go astray. The target is a path, so that it
 * holds behind any proxy, unless a host name was given for that; it never begins with two slashes.
 */
void web_redirect_slash(struct web_call *call)
{
	struct text query = http_exchange_request(call->request.x)->query;
	const char *host = call->request.url ? call->request.url->runtime.alternate_host : "";
	struct buf location;

	buf_init(&location, LOCATION_MAX);
	if (*host)
		buf_printf(&location, "http://%s", host);
	put_encoded(&location, call->request.path);
	buf_putc(&location, '/');
	if (query.length) {
		buf_putc(&location, '?');
		buf_put_text(&location, query);
	}
	answer(call, 301, &location);
}
