/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The request head parser: bytes in, slices out, nothing allocated (RFC 9112 2 to 5). Called by
 * conn.c on a loop thread, by the tests, and by the fuzzer. It owns nothing.
 *
 * Whatever two parsers might read differently is refused, see http.h. The parser may be called
 * again from the beginning with more bytes until the head is whole; the bytes change only in the
 * call that succeeds (an absolute-form without a path gets one).
 */
#include "http/http.h"

#include <string.h>

enum {
	C_TOKEN = 1,  /* RFC 9110 5.6.2 tchar */
	C_VALUE = 2,  /* VCHAR, obs-text, SP, HTAB */
	C_TARGET = 4, /* what we take in a request target: no blanks, no controls, no '#' */
	C_HOST = 8,   /* reg-name, IPv4 */
};

#define ALPHA_NUM (C_TOKEN | C_VALUE | C_TARGET | C_HOST)
#define MARK (C_TOKEN | C_VALUE | C_TARGET | C_HOST) /* in tokens and in reg-names */
#define PLAIN (C_VALUE | C_TARGET)

static const uint8_t classes[256] = {
	['\t'] = C_VALUE,
	[' '] = C_VALUE,
	['#'] = C_TOKEN | C_VALUE,
	['!'] = MARK,
	['$'] = MARK,
	['&'] = MARK,
	['\''] = MARK,
	['*'] = MARK,
	['+'] = MARK,
	['-'] = MARK,
	['.'] = MARK,
	['_'] = MARK,
	['~'] = MARK,
	['%'] = MARK,
	['^'] = C_TOKEN | PLAIN,
	['`'] = C_TOKEN | PLAIN,
	['|'] = C_TOKEN | PLAIN,
	['0' ... '9'] = ALPHA_NUM,
	['A' ... 'Z'] = ALPHA_NUM,
	['a' ... 'z'] = ALPHA_NUM,
	['"'] = PLAIN,
	['('] = PLAIN | C_HOST,
	[')'] = PLAIN | C_HOST,
	[','] = PLAIN,
	['/'] = PLAIN,
	[':'] = PLAIN,
	[';'] = PLAIN | C_HOST,
	['<'] = PLAIN,
	['='] = PLAIN | C_HOST,
	['>'] = PLAIN,
	['?'] = PLAIN,
	['@'] = PLAIN,
	['['] = PLAIN,
	['\\'] = PLAIN,
	[']'] = PLAIN,
	['{'] = PLAIN,
	['}'] = PLAIN,
	[0x80 ... 0xff] = PLAIN,
};

#define METHOD_MAX 32

struct parser {
	char *at, *end; /* of what is there */
	const struct http_limits *limits;
	struct http_request *request;
	const char *why;
	struct text host_field;
	bool host_seen, length_seen, encoding_seen, close_seen, keep_alive_seen;
};

static bool all_of(const char *data, size_t length, uint8_t class)
{
	for (size_t i = 0; i < length; i++) {
		if (!(classes[(unsigned char)data[i]] & class))
			return false;
	}
	return true;
}

static int refuse(struct parser *p, int status, const char *why)
{
	p->why = why;
	return -status;
}

/* Cuts the next line, without its CRLF. 1: got it; 0: not whole yet; negative: refused. */
static int next_line(struct parser *p, size_t limit, int too_long, const char *why,
		     struct text *ret)
{
	size_t there = (size_t)(p->end - p->at);
	char *lf = memchr(p->at, '\n', there);
	size_t length = lf ? (size_t)(lf - p->at) : there;
	if (length > limit + 1)
		return refuse(p, too_long, why);
	if (!lf)
		return 0;
	if (length == 0 || lf[-1] != '\r')
		return refuse(p, 400, "Invalid_CR/LF");
	*ret = (struct text){ p->at, length - 1 };
	p->at = lf + 1;
	return 1;
}

static enum http_method method_of(struct text t)
{
#define X(name)                                                                                    \
	if (text_equal(t, TEXT(#name)))                                                            \
		return HTTP_##name;
	HTTP_METHODS(X)
#undef X
	return HTTP_OTHER;
}

/* "name", "name:port", "[v6]:port". */
static bool parse_authority(struct text t, struct text *ret_host, uint16_t *ret_port)
{
	size_t name = 0;
	if (t.length > 0 && t.data[0] == '[') {
		while (name < t.length && t.data[name] != ']')
			name++;
		if (name == t.length || name < 3)
			return false;
		for (size_t i = 1; i < name; i++) {
			char c = t.data[i];
			if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f') &&
			    !(c >= 'A' && c <= 'F') && c != ':' && c != '.')
				return false;
		}
		name++;
	} else {
		while (name < t.length && t.data[name] != ':')
			name++;
		if (!all_of(t.data, name, C_HOST))
			return false;
	}
	uint64_t port = 0;
	if (name < t.length) {
		struct text digits = { t.data + name + 1, t.length - name - 1 };
		if (t.data[name] != ':' || digits.length > 5)
			return false;
		if (digits.length > 0 && (!text_to_u64(digits, &port) || port > 65535))
			return false;
	}
	*ret_host = (struct text){ t.data, name };
	*ret_port = (uint16_t)port;
	return true;
}

/* http://authority/path?query becomes /path?query and a host (RFC 9112 3.2.2). */
static int parse_absolute(struct parser *p, struct text t)
{
	struct http_request *r = p->request;
	size_t scheme = text_starts_with_nocase(t, TEXT("http://"))    ? 7
			: text_starts_with_nocase(t, TEXT("https://")) ? 8
								       : 0;
	if (!scheme)
		return refuse(p, 400, "URL");
	size_t end = scheme;
	while (end < t.length && t.data[end] != '/' && t.data[end] != '?')
		end++;
	if (end == scheme)
		return refuse(p, 400, "Hostname");
	struct text authority = { t.data + scheme, end - scheme };
	if (!parse_authority(authority, &r->host, &r->host_port) || r->host.length == 0)
		return refuse(p, 400, "Hostname");
	r->target = (struct text){ t.data + end, t.length - end };
	return 0;
}

/* "?query" or "" behind an authority: the path is "/". The authority moves one byte to the left,
 * over the second slash, to make room for it. Only in the call that succeeds. */
static void make_room_for_path(struct http_request *r)
{
	char *authority = (char *)r->host.data;
	size_t length = (size_t)(r->target.data - authority);
	memmove(authority - 1, authority, length);
	r->host.data--;
	authority[length - 1] = '/';
	r->target.data--;
	r->target.length++;
}

static int parse_target(struct parser *p, struct text t)
{
	struct http_request *r = p->request;
	if (t.length == 0 || !all_of(t.data, t.length, C_TARGET))
		return refuse(p, 400, "URL");
	if (r->method == HTTP_CONNECT)
		return refuse(p, 501, "Verb");
	if (t.data[0] == '/' || (r->method == HTTP_OPTIONS && text_equal(t, TEXT("*")))) {
		r->target = t;
		return 0;
	}
	return parse_absolute(p, t);
}

static int parse_version(struct parser *p, struct text t)
{
	if (t.length != 8 || memcmp(t.data, "HTTP/", 5) != 0 || t.data[6] != '.' ||
	    t.data[5] < '0' || t.data[5] > '9' || t.data[7] < '0' || t.data[7] > '9')
		return refuse(p, 400, "BadRequest");
	if (t.data[5] != '1')
		return refuse(p, 505, "Version_N/S");
	/* RFC 9110 2.5: a higher minor version is served as the highest we know. */
	p->request->minor = t.data[7] == '0' ? 0 : 1;
	return 0;
}

static int parse_request_line(struct parser *p, struct text line)
{
	struct http_request *r = p->request;
	const char *first = memchr(line.data, ' ', line.length);
	size_t method = first ? (size_t)(first - line.data) : line.length;
	if (method == 0 || method > METHOD_MAX || !all_of(line.data, method, C_TOKEN))
		return refuse(p, 400, "Verb");
	const char *last = memrchr(line.data, ' ', line.length);
	if (!first || first == last)
		return refuse(p, 400, "BadRequest");
	r->method_text = (struct text){ line.data, method };
	r->method = method_of(r->method_text);
	/* The version first: an HTTP/2 preface shall hear about its version, not its target. */
	struct text version = { last + 1, line.length - (size_t)(last + 1 - line.data) };
	int e = parse_version(p, version);
	if (e < 0)
		return e;
	return parse_target(p, (struct text){ first + 1, (size_t)(last - first - 1) });
}

static int see_host(struct parser *p, struct text value)
{
	if (p->host_seen)
		return refuse(p, 400, "Hostname");
	p->host_seen = true;
	p->host_field = value;
	return 0;
}

static int see_length(struct parser *p, struct text value)
{
	uint64_t length;
	if (p->length_seen || !text_to_u64(value, &length) || length == HTTP_LENGTH_UNKNOWN)
		return refuse(p, 400, "Number");
	if (length > p->limits->body)
		return refuse(p, 413, "EntityTooLarge");
	p->length_seen = true;
	p->request->content_length = length;
	return 0;
}

static int see_encoding(struct parser *p, struct text value)
{
	if (p->encoding_seen || p->request->minor == 0)
		return refuse(p, 400, "Header");
	if (!text_equal_nocase(value, TEXT("chunked")))
		return refuse(p, 501, "N/I");
	p->encoding_seen = true;
	return 0;
}

static int see_connection(struct parser *p, struct text value)
{
	while (value.data) {
		struct text token = text_trim(text_cut(&value, ','));
		if (text_equal_nocase(token, TEXT("close")))
			p->close_seen = true;
		else if (text_equal_nocase(token, TEXT("keep-alive")))
			p->keep_alive_seen = true;
	}
	return 0;
}

static int see_expect(struct parser *p, struct text value)
{
	if (!text_equal_nocase(value, TEXT("100-continue")))
		return refuse(p, 417, "BadRequest");
	p->request->expect_continue = p->request->minor > 0;
	return 0;
}

/* The fields that decide about framing and the connection. */
static const struct {
	struct text name;
	int (*see)(struct parser *p, struct text value);
} known_fields[] = {
	{ { "host", 4 }, see_host },
	{ { "expect", 6 }, see_expect },
	{ { "connection", 10 }, see_connection },
	{ { "content-length", 14 }, see_length },
	{ { "transfer-encoding", 17 }, see_encoding },
};

static int parse_field(struct parser *p, struct text line)
{
	struct http_request *r = p->request;
	const char *colon = memchr(line.data, ':', line.length);
	size_t name = colon ? (size_t)(colon - line.data) : 0;
	/* Also refuses obs-fold and blanks before the colon: a blank is no token (RFC 9112 5). */
	if (name == 0 || !all_of(line.data, name, C_TOKEN) ||
	    !all_of(colon + 1, line.length - name - 1, C_VALUE))
		return refuse(p, 400, "Header");
	if (r->field_count >= p->limits->fields || r->field_count >= HTTP_HEADERS_MAX)
		return refuse(p, 431, "FieldLength");
	struct http_field *field = &r->fields[r->field_count++];
	field->name = (struct text){ line.data, name };
	field->value = text_trim((struct text){ colon + 1, line.length - name - 1 });
	for (size_t i = 0; i < sizeof(known_fields) / sizeof(known_fields[0]); i++) {
		if (name == known_fields[i].name.length &&
		    text_equal_nocase(field->name, known_fields[i].name))
			return known_fields[i].see(p, field->value);
	}
	return 0;
}

/* What holds for the head as a whole. */
static int check_head(struct parser *p)
{
	struct http_request *r = p->request;
	if (p->encoding_seen && p->length_seen)
		return refuse(p, 400, "Header");
	if (p->encoding_seen)
		r->content_length = HTTP_LENGTH_UNKNOWN;
	if (!p->host_seen && r->minor > 0)
		return refuse(p, 400, "Hostname");
	struct text host;
	uint16_t port;
	if (!parse_authority(p->host_field, &host, &port))
		return refuse(p, 400, "Hostname");
	if (!r->host.data) {
		r->host = host;
		r->host_port = port;
	} else if (r->target.length == 0 || r->target.data[0] == '?') {
		make_room_for_path(r);
	}
	r->keep_alive = !p->close_seen && (r->minor > 0 || p->keep_alive_seen);
	const char *question = memchr(r->target.data, '?', r->target.length);
	size_t path = question ? (size_t)(question - r->target.data) : r->target.length;
	r->path = (struct text){ r->target.data, path };
	r->query = (struct text){ "", 0 };
	if (question)
		r->query = (struct text){ question + 1, r->target.length - path - 1 };
	return 0;
}

/* An unfinished first line that cannot become a request is refused at once. */
static int check_begun_line(struct parser *p)
{
	size_t there = (size_t)(p->end - p->at), method = 0;
	while (method < there && classes[(unsigned char)p->at[method]] & C_TOKEN)
		method++;
	if (method > METHOD_MAX || (method < there && (method == 0 || p->at[method] != ' ') &&
				    !(p->at[method] == '\r' && method + 1 == there)))
		return refuse(p, 400, "Verb");
	return 0;
}

static int parse_lines(struct parser *p)
{
	struct text line;
	int e = next_line(p, p->limits->request_line, 414, "URL_Length", &line);
	/* RFC 9112 2.2: one empty line before the request is forgiven. */
	if (e == 1 && line.length == 0)
		e = next_line(p, p->limits->request_line, 414, "URL_Length", &line);
	if (e == 0)
		return check_begun_line(p);
	if (e == 1)
		e = parse_request_line(p, line);
	while (e >= 0) {
		e = next_line(p, p->limits->field, 431, "FieldLength", &line);
		if (e <= 0)
			return e;
		if (line.length == 0)
			return (e = check_head(p)) < 0 ? e : 1;
		e = parse_field(p, line);
	}
	return e;
}

int http_parse_head(char *data, size_t length, const struct http_limits *limits,
		    struct http_request *ret, const char **ret_why)
{
	struct parser p = { .at = data,
			    .end = data + (length < limits->head ? length : limits->head),
			    .limits = limits,
			    .request = ret,
			    .host_field = { "", 0 } };
	memset(ret, 0, offsetof(struct http_request, fields));
	ret->field_count = 0;
	int e = parse_lines(&p);
	if (e == 0 && length >= limits->head)
		e = refuse(&p, 431, "RequestLength");
	if (e > 0)
		return (int)(p.at - data);
	if (e < 0)
		*ret_why = p.why;
	return e;
}

struct text http_field_find(const struct http_request *request, struct text name)
{
	for (size_t i = 0; i < request->field_count; i++) {
		if (text_equal_nocase(request->fields[i].name, name))
			return request->fields[i].value;
	}
	return (struct text){ NULL, 0 };
}
