/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of http/parse.c: what is taken, and what is refused with which status. */
#include "../unit.h"

#include "base/mem.h"
#include "http/http.h"

#include <stdio.h>

static const struct http_limits limits = HTTP_LIMITS_DEFAULT;

/* Parses a copy in a block of exact size, so that reading past it is seen by the sanitizer. */
static int parse(const char *data, size_t length, struct http_request *r, const char **why,
		 char **ret_copy)
{
	char *copy = mem_dup(data, length);
	assert_non_null(copy);
	int e = http_parse_head(copy, length, &limits, r, why);
	*ret_copy = copy;
	return e;
}

static void a_plain_request(void **state)
{
	static const char head[] = "GET /a/b.html?x=1&y HTTP/1.1\r\nHost: www.example:8080\r\n"
				   "User-Agent:  wrk \t\r\nEmpty:\r\n\r\nrest";
	struct http_request r;
	const char *why;
	char *copy;
	assert_int_equal(parse(head, sizeof(head) - 1, &r, &why, &copy), sizeof(head) - 5);
	assert_int_equal(r.method, HTTP_GET);
	assert_text(r.method_text, "GET");
	assert_text(r.target, "/a/b.html?x=1&y");
	assert_text(r.path, "/a/b.html");
	assert_text(r.query, "x=1&y");
	assert_text(r.host, "www.example");
	assert_int_equal(r.host_port, 8080);
	assert_int_equal(r.minor, 1);
	assert_true(r.keep_alive);
	assert_false(r.expect_continue);
	assert_int_equal(r.content_length, 0);
	assert_int_equal(r.field_count, 3);
	assert_text(http_field_find(&r, TEXT("user-agent")), "wrk");
	struct text empty = http_field_find(&r, TEXT("EMPTY"));
	assert_non_null(empty.data);
	assert_int_equal(empty.length, 0);
	assert_null(http_field_find(&r, TEXT("nothing")).data);
	mem_free(copy);
}

static void an_absolute_form_is_cut_down(void **state)
{
	static const struct {
		const char *head, *target, *host;
		uint16_t port;
	} cases[] = {
		{ "GET http://a.example:81/p?q HTTP/1.1\r\nHost: b\r\n\r\n", "/p?q", "a.example",
		  81 },
		{ "GET HTTP://a.example HTTP/1.1\r\nHost: b\r\n\r\n", "/", "a.example", 0 },
		{ "GET https://a.example?q HTTP/1.1\r\nHost: b\r\n\r\n", "/?q", "a.example", 0 },
		{ "GET http://[::1]:8080?q HTTP/1.1\r\nHost: b\r\n\r\n", "/?q", "[::1]", 8080 },
		{ "GET http://a/ HTTP/1.0\r\n\r\n", "/", "a", 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct http_request r;
		const char *why;
		char *copy;
		int n = parse(cases[i].head, strlen(cases[i].head), &r, &why, &copy);
		assert_int_equal(n, strlen(cases[i].head));
		assert_true(text_equal(r.target, text_of(cases[i].target)));
		assert_true(text_equal(r.host, text_of(cases[i].host)));
		assert_int_equal(r.host_port, cases[i].port);
		mem_free(copy);
	}
}

static void persistence(void **state)
{
	static const struct {
		const char *head;
		bool keep;
	} cases[] = {
		{ "GET / HTTP/1.1\r\nHost: a\r\n\r\n", true },
		{ "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false },
		{ "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE ,y\r\n\r\n", false },
		{ "GET / HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: close\r\n\r\n",
		  false },
		{ "GET / HTTP/1.0\r\n\r\n", false },
		{ "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true },
		{ "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct http_request r;
		const char *why;
		char *copy;
		assert_true(parse(cases[i].head, strlen(cases[i].head), &r, &why, &copy) > 0);
		assert_int_equal(r.keep_alive, cases[i].keep);
		mem_free(copy);
	}
}

#define H "Host: a\r\n"

static const struct {
	const char *head;
	int status;
	const char *why;
} refused[] = {
	/* line endings and folding */
	{ "GET / HTTP/1.1\nHost: a\n\n", 400, "Invalid_CR/LF" },
	{ "GET / HTTP/1.1\r\nHost: a\n\r\n", 400, "Invalid_CR/LF" },
	{ "GET / HTTP/1.1\r\n" H "\n", 400, "Invalid_CR/LF" },
	{ "GET / HTTP/1.1\r\n" H "A: b\r\n c\r\n\r\n", 400, "Header" },
	{ "GET / HTTP/1.1\r\n" H "A: b\r\n\tc\r\n\r\n", 400, "Header" },
	{ "GET / HTTP/1.1\r\n H: a\r\n\r\n", 400, "Header" },
	{ "GET / HTTP/1.1\r\n" H "A: b\rc\r\n\r\n", 400, "Header" },
	{ "\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", 400, "Verb" },
	/* the request line */
	{ "G(T / HTTP/1.1\r\n", 400, "Verb" },
	{ "\x16\x03\x01", 400, "Verb" },
	{ "GET\t/ HTTP/1.1\r\n", 400, "Verb" },
	{ " GET / HTTP/1.1\r\n", 400, "Verb" },
	{ "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ", 400, "Verb" },
	{ "GET /\r\n", 400, "BadRequest" },
	{ "GET\r\n", 400, "BadRequest" },
	{ "GET  / HTTP/1.1\r\n", 400, "URL" },
	{ "GET /  HTTP/1.1\r\n", 400, "URL" },
	{ "GET / a HTTP/1.1\r\n", 400, "URL" },
	{ "GET / HTTP/1.1 \r\n", 400, "BadRequest" },
	{ "GET /\x01 HTTP/1.1\r\n", 400, "URL" },
	{ "GET /\x7f HTTP/1.1\r\n", 400, "URL" },
	{ "GET /#a HTTP/1.1\r\n", 400, "URL" },
	{ "GET a HTTP/1.1\r\n", 400, "URL" },
	{ "GET * HTTP/1.1\r\n", 400, "URL" },
	{ "GET a:80 HTTP/1.1\r\n", 400, "URL" },
	{ "GET ftp://a/ HTTP/1.1\r\n", 400, "URL" },
	{ "GET http:///a HTTP/1.1\r\n", 400, "Hostname" },
	{ "GET http://u@a/ HTTP/1.1\r\n", 400, "Hostname" },
	{ "GET http://a:b/ HTTP/1.1\r\n", 400, "Hostname" },
	{ "CONNECT a:80 HTTP/1.1\r\n", 501, "Verb" },
	{ "GET / HTTP/2.0\r\n", 505, "Version_N/S" },
	{ "GET / HTTP/0.9\r\n", 505, "Version_N/S" },
	{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "Version_N/S" },
	{ "GET / http/1.1\r\n", 400, "BadRequest" },
	{ "GET / HTTP/1.10\r\n", 400, "BadRequest" },
	{ "GET / HTTP/1\r\n", 400, "BadRequest" },
	{ "GET / HTTP/1.x\r\n", 400, "BadRequest" },
	/* fields */
	{ "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400, "Header" },
	{ "GET / HTTP/1.1\r\n" H "A b: c\r\n\r\n", 400, "Header" },
	{ "GET / HTTP/1.1\r\n" H ": c\r\n\r\n", 400, "Header" },
	{ "GET / HTTP/1.1\r\n" H "nocolon\r\n\r\n", 400, "Header" },
	{ "GET / HTTP/1.1\r\n" H "A: \x01\r\n\r\n", 400, "Header" },
	{ "GET / HTTP/1.1\r\n" H "A\xc3\xa4: b\r\n\r\n", 400, "Header" },
	/* Host */
	{ "GET / HTTP/1.1\r\n\r\n", 400, "Hostname" },
	{ "GET / HTTP/1.1\r\n" H H "\r\n", 400, "Hostname" },
	{ "GET http://a/ HTTP/1.1\r\n\r\n", 400, "Hostname" },
	{ "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "Hostname" },
	{ "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "Hostname" },
	{ "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400, "Hostname" },
	{ "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400, "Hostname" },
	{ "GET / HTTP/1.1\r\nHost: a:+1\r\n\r\n", 400, "Hostname" },
	{ "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400, "Hostname" },
	{ "GET / HTTP/1.1\r\nHost: [x]\r\n\r\n", 400, "Hostname" },
	{ "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 400, "Hostname" },
	/* lengths: what a proxy might read differently */
	{ "POST / HTTP/1.1\r\n" H "Content-Length: +5\r\n\r\n", 400, "Number" },
	{ "POST / HTTP/1.1\r\n" H "Content-Length: -5\r\n\r\n", 400, "Number" },
	{ "POST / HTTP/1.1\r\n" H "Content-Length: 5, 5\r\n\r\n", 400, "Number" },
	{ "POST / HTTP/1.1\r\n" H "Content-Length: 5 5\r\n\r\n", 400, "Number" },
	{ "POST / HTTP/1.1\r\n" H "Content-Length: 0x5\r\n\r\n", 400, "Number" },
	{ "POST / HTTP/1.1\r\n" H "Content-Length: 5a\r\n\r\n", 400, "Number" },
	{ "POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\n", 400, "Number" },
	{ "POST / HTTP/1.1\r\n" H "Content-Length: 18446744073709551616\r\n\r\n", 400, "Number" },
	{ "POST / HTTP/1.1\r\n" H "Content-Length: 18446744073709551615\r\n\r\n", 400, "Number" },
	{ "POST / HTTP/1.1\r\n" H "Content-Length: 4294967296\r\n\r\n", 413, "EntityTooLarge" },
	{ "POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400, "Number" },
	{ "POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
	  "Header" },
	{ "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400,
	  "Header" },
	{ "POST / HTTP/1.1\r\n" H
	  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
	  400, "Header" },
	{ "POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n", 400, "Header" },
	{ "POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n", 501, "N/I" },
	{ "POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n", 501, "N/I" },
	{ "POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n", 501, "N/I" },
	{ "POST / HTTP/1.1\r\n" H "Transfer-Encoding: \x0b"
	  "chunked\r\n\r\n",
	  400, "Header" },
	{ "POST / HTTP/1.1\r\n" H "Expect: 200-ok\r\n\r\n", 417, "BadRequest" },
};

static void what_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct http_request r;
		const char *why = "";
		char *copy;
		int e = parse(refused[i].head, strlen(refused[i].head), &r, &why, &copy);
		if (e != -refused[i].status || strcmp(why, refused[i].why) != 0)
			fail_msg("case %zu: %d %s: %s", i, e, why, refused[i].head);
		mem_free(copy);
	}
}

/* However little of it has come, a good head only wants more, and a bad one is never taken. */
static void every_prefix_wants_more(void **state)
{
	static const char head[] =
		"\r\nPOST http://h?q HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
		"Connection: close\r\nExpect: 100-continue\r\n\r\n";
	struct http_request r;
	const char *why;
	char *copy;
	for (size_t n = 0; n < sizeof(head) - 1; n++) {
		assert_int_equal(parse(head, n, &r, &why, &copy), 0);
		mem_free(copy);
	}
	assert_int_equal(parse(head, sizeof(head) - 1, &r, &why, &copy), sizeof(head) - 1);
	assert_int_equal(r.content_length, 3);
	assert_true(r.expect_continue);
	mem_free(copy);
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		for (size_t n = 0; n < strlen(refused[i].head); n++) {
			assert_true(parse(refused[i].head, n, &r, &why, &copy) <= 0);
			mem_free(copy);
		}
	}
}

/* `fill` times 'x' between two texts. */
static int parse_long(const char *before, size_t fill, const char *after, const char **why)
{
	size_t a = strlen(before), b = strlen(after);
	char *data = mem_alloc(a + fill + b);
	assert_non_null(data);
	memcpy(data, before, a);
	memset(data + a, 'x', fill);
	memcpy(data + a + fill, after, b);
	struct http_request r;
	int e = http_parse_head(data, a + fill + b, &limits, &r, why);
	mem_free(data);
	return e;
}

static void limits_are_exact(void **state)
{
	static const char end[] = " HTTP/1.1\r\nHost: a\r\n\r\n";
	const char *why;
	size_t most = limits.request_line - strlen("GET / HTTP/1.1");
	assert_true(parse_long("GET /", most, end, &why) > 0);
	assert_int_equal(parse_long("GET /", most + 1, end, &why), -414);
	assert_int_equal(parse_long("GET /", most * 2, "", &why), -414);
	static const char field[] = "GET / HTTP/1.1\r\nHost: a\r\nF: ";
	assert_true(parse_long(field, limits.field - 3, "\r\n\r\n", &why) > 0);
	assert_int_equal(parse_long(field, limits.field - 2, "\r\n\r\n", &why), -431);
	assert_int_equal(parse_long(field, limits.field * 2, "", &why), -431);
}

static void too_many_fields(void **state)
{
	for (int count = HTTP_HEADERS_MAX - 1; count <= HTTP_HEADERS_MAX; count++) {
		static char head[65536];
		int n = sprintf(head, "GET / HTTP/1.1\r\nHost: a\r\n");
		for (int i = 0; i < count; i++)
			n += sprintf(head + n, "F%d: v\r\n", i);
		n += sprintf(head + n, "\r\n");
		struct http_request r;
		const char *why;
		int e = http_parse_head(head, (size_t)n, &limits, &r, &why);
		assert_int_equal(e, count < HTTP_HEADERS_MAX ? n : -431);
	}
}

static void too_long_a_head(void **state)
{
	static char head[80000];
	int n = sprintf(head, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (int i = 0; i < 8; i++)
		n += sprintf(head + n, "F: %09000d\r\n", 0);
	struct http_request r;
	const char *why = "";
	assert_int_equal(http_parse_head(head, (size_t)n, &limits, &r, &why), -431);
	assert_string_equal(why, "RequestLength");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_request),
		cmocka_unit_test(an_absolute_form_is_cut_down),
		cmocka_unit_test(persistence),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(every_prefix_wants_more),
		cmocka_unit_test(limits_are_exact),
		cmocka_unit_test(too_many_fields),
		cmocka_unit_test(too_long_a_head),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
