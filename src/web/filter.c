/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request filtering (system.webServer/security/requestFiltering), in the order IIS applies it.
 * What depends on the path and verb alone is decided once per route; headers, the query and the
 * body's length are looked at for each request. Loop threads.
 *
 * Sequences and strings are looked for without regard to ASCII case. A URL is what the client sent
 * up to the '?', decoded once.
 */
#include "web/internal.h"

#define MODULE "RequestFilteringModule"

static bool refuse(struct web_route *route, unsigned sub)
{
	web_route_fail(route, 404, sub, 0, MODULE, "BeginRequest");
	route->filtered = true;
	return false;
}

/* ---- looking for texts ---- */

static bool contains(struct text t, struct text what)
{
	if (what.length == 0)
		return false;
	char first = text_lower(what.data[0]);
	for (size_t i = 0; i + what.length <= t.length; i++) {
		if (text_lower(t.data[i]) == first &&
		    text_equal_nocase((struct text){ t.data + i, what.length }, what))
			return true;
	}
	return false;
}

static bool contains_any(struct text t, const struct config_words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		if (contains(t, text_of(words->items[i].text)))
			return true;
	}
	return false;
}

static bool is_any(struct text t, const struct config_words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		if (text_equal_nocase(t, text_of(words->items[i].text)))
			return true;
	}
	return false;
}

/* A percent sign that begins no escape. */
static bool has_bare_percent(struct text t)
{
	for (size_t i = 0; i < t.length; i++) {
		if (t.data[i] == '%' && (t.length - i < 3 || text_hex(t.data[i + 1]) < 0 ||
					 text_hex(t.data[i + 2]) < 0))
			return true;
	}
	return false;
}

/* `t` with its escapes decoded, in the arena; `t` itself without memory, which is scanned anyway.
 */
static struct text unescaped(struct text t, struct arena *arena)
{
	char *out = memchr(t.data, '%', t.length) || memchr(t.data, '+', t.length)
			    ? arena_alloc(arena, t.length)
			    : NULL;
	size_t n = 0;
	for (size_t i = 0; out && i < t.length; i++) {
		int high = -1, low = -1;
		if (t.data[i] == '%' && t.length - i > 2) {
			high = text_hex(t.data[i + 1]);
			low = text_hex(t.data[i + 2]);
		}
		bool escape = high >= 0 && low >= 0;
		out[n++] = escape ? (char)(high << 4 | low) : t.data[i] == '+' ? ' ' : t.data[i];
		i += escape ? 2 : 0;
	}
	return out ? (struct text){ out, n } : t;
}

/* ---- the path and the verb: once per route ---- */

static bool hides_segment(const struct config_url *url, struct text path)
{
	while (path.data) {
		struct text segment = text_cut(&path, '/');
		if (segment.length && config_url_segment_hidden(url, segment))
			return true;
	}
	return false;
}

bool web_filter_route(struct web_route *route, const struct web_path *path,
		      const struct http_request *request)
{
	const struct config_url *url = route->folder->url;
	bool always = is_any(path->path, &url->always_urls);
	if (config_url_verb_denied(url, request->method_text))
		return refuse(route, 6);
	if (url->max_url && request->path.length > url->max_url)
		return refuse(route, 14);
	if (path->double_escaped && !url->allow_double_escaping)
		return refuse(route, 11);
	if (path->high_bit && !url->allow_high_bit)
		return refuse(route, 12);
	/* As sent, too: dots and doubled slashes are gone from the path. */
	if (!always && (contains_any(path->path, &url->deny_urls) ||
			contains_any(request->path, &url->deny_urls)))
		return refuse(route, 5);
	if (route->site->max_url_segments && path->segments > route->site->max_url_segments)
		return refuse(route, 20);
	if (!always && hides_segment(url, path->path))
		return refuse(route, 8);
	if (!always && config_url_extension_denied(url, web_path_extension(route->script_name)))
		return refuse(route, 7);
	return true;
}

/* ---- the rest: for each request ---- */

struct scan {
	const struct http_request *request;
	const struct config_url *url;
	struct text path, query, plain_query; /* decoded, as sent, decoded */
	bool always_path, always_query;
};

static bool rule_concerns(const struct config_filter_rule *rule, struct text path)
{
	return rule->extensions.count == 0 || is_any(web_path_extension(path), &rule->extensions);
}

static bool rule_denies_headers(const struct config_filter_rule *rule,
				const struct http_request *request)
{
	for (size_t i = 0; i < request->field_count; i++) {
		const struct http_field *field = &request->fields[i];
		if ((rule->scan_raw || is_any(field->name, &rule->headers)) &&
		    contains_any(field->value, &rule->strings))
			return true;
	}
	return false;
}

static bool rule_denies(const struct config_filter_rule *rule, const struct scan *s)
{
	bool url = (rule->scan_url || rule->scan_raw) && !s->always_path;
	bool query = (rule->scan_query || rule->scan_raw) && !s->always_query;
	if (!rule_concerns(rule, s->path))
		return false;
	if (rule->deny_unescaped_percent && query && has_bare_percent(s->query))
		return true;
	return (url && (contains_any(s->path, &rule->strings) ||
			(rule->scan_raw && contains_any(s->request->path, &rule->strings)))) ||
	       (query && (contains_any(s->query, &rule->strings) ||
			  contains_any(s->plain_query, &rule->strings))) ||
	       rule_denies_headers(rule, s->request);
}

static bool header_too_long(const struct config_url *url, const struct http_request *request)
{
	for (size_t i = 0; i < url->header_limit_count; i++) {
		const struct config_header_limit *limit = &url->header_limits[i];
		struct text name = text_of(limit->name);
		for (size_t k = 0; k < request->field_count; k++) {
			if (request->fields[k].value.length > limit->limit &&
			    text_equal_nocase(request->fields[k].name, name))
				return true;
		}
	}
	return false;
}

/* The sub-status of 404 that texts of the request are refused with, 0: none. */
static unsigned scan_texts(struct web_call *call, const struct http_request *request)
{
	const struct config_url *url = call->request.url;
	struct scan s = { request, url,  call->request.path, request->query, request->query,
			  false,   false };
	if (!url->deny_queries.count && !url->filter_rule_count)
		return 0;
	if (url->unescape_query)
		s.plain_query = unescaped(request->query, http_exchange_arena(call->request.x));
	s.always_path = is_any(s.path, &url->always_urls);
	s.always_query = s.query.length && (is_any(s.query, &url->always_queries) ||
					    is_any(s.plain_query, &url->always_queries));
	if (!s.always_query && (contains_any(s.query, &url->deny_queries) ||
				contains_any(s.plain_query, &url->deny_queries)))
		return 18;
	for (size_t i = 0; i < url->filter_rule_count; i++) {
		if (rule_denies(&url->filter_rules[i], &s))
			return 19;
	}
	return 0;
}

bool web_filter_request(struct web_call *call)
{
	const struct config_url *url = call->request.url;
	const struct http_request *request = http_exchange_request(call->request.x);
	unsigned status = 404, sub = 0;

	if (url->max_content_length)
		http_limit_body(call->request.x, url->max_content_length);
	if (url->max_query && request->query.length > url->max_query) {
		sub = 15;
	} else if (url->max_content_length && request->content_length > url->max_content_length &&
		   request->content_length != HTTP_LENGTH_UNKNOWN) {
		status = 413;
		sub = 1;
	} else if (url->header_limit_count && header_too_long(url, request)) {
		status = 431;
	} else {
		sub = scan_texts(call, request);
	}
	if (status == 404 && !sub)
		return true;
	call->request.module = MODULE;
	call->request.notification = "BeginRequest";
	web_error_serve(call, status, sub, 0, (struct text){ "", 0 }, NULL);
	return false;
}
