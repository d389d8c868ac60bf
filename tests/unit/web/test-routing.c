/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of web/site.c, route.c, routes.c, files.c, folders.c, filter.c: which file a request
 * means, and which it never reaches.
 */
#include "site.h"

static void tree(struct site *s)
{
	site_text(s, "secret.txt", "TOP SECRET");
	site_text(s, "www/index.html", "root index");
	site_text(s, "www/a.html", "a");
	site_text(s, "www/Mixed Case.TXT", "mixed");
	site_text(s, "www/sub/b.txt", "b");
	site_text(s, "www/empty/x.txt", "x");
	site_text(s, "www/page.asp", "<% %>");
	site_text(s, "www/asp/default.asp", "<% %>");
	site_text(s, "www/data.unknown", "unknown");
	site_text(s, "www/noext", "unknown");
	site_text(s, "www/bin/tool.txt", "hidden");
	site_text(s, "www/old.asa", "denied");
	site_text(s, "www/a+b.txt", "plus");
	site_text(s, "pictures/p.gif", "gif");
	site_text(s, "shop/index.htm", "shop index");
	site_text(s, "shop/cart.asp", "<% %>");
}

static void where_requests_go(void **state)
{
	static const struct {
		const char *target;
		int status;
		const char *body; /* part of it */
	} cases[] = {
		{ "/", 200, "root index" },
		{ "/index.html", 200, "root index" },
		{ "/INDEX.HTML", 200, "root index" },
		{ "/a.html?x=1", 200, "a" },
		{ "/%61.html", 200, "a" },
		{ "/mixed%20case.txt", 200, "mixed" },
		{ "/SUB/B.TXT", 200, "b" },
		{ "/sub//../sub/./b.txt", 200, "b" },
		{ "/sub%5cb.txt", 200, "b" },
		{ "/pics/p.gif", 200, "gif" },
		{ "/PICS/p.gif", 200, "gif" },
		{ "/shop/", 200, "shop index" },
		{ "/Shop/", 200, "shop index" },
		{ "/page.asp", 200, "page" },
		{ "/asp/", 200, "page" },
		{ "/shop", 301, "Document Moved" },
		{ "/sub", 301, "Document Moved" },
		{ "/pics", 301, "Document Moved" },
		{ "/empty/", 403, "403.14" },
		{ "/nothing", 404, "404.0" },
		{ "/nothing/at/all.html", 404, "404.0" },
		{ "/a.html/info", 404, "404.0" },
		{ "/a.html/", 404, "404.0" },
		{ "/sub/info/more", 404, "404.0" },
		{ "/shopping", 404, "404.0" },
		{ "/data.unknown", 404, "404.3" },
		{ "/noext", 404, "404.3" },
		{ "/tool.dll", 404, "404.0" },
		{ "/bin/tool.txt", 404, "404.8" },
		{ "/BIN/tool.txt", 404, "404.8" },
		{ "/old.asa", 404, "404.7" },
		{ "/a+b.txt", 404, "404.11" },
		{ "/%252e%252e/", 404, "404.11" },
		/* never out of the site */
		{ "/../secret.txt", 400, "" },
		{ "/sub/../../secret.txt", 400, "" },
		{ "/%2e%2e/secret.txt", 400, "" },
		{ "/..%2fsecret.txt", 400, "" },
		{ "/..%5csecret.txt", 400, "" },
		{ "/%c0%ae%c0%ae/secret.txt", 400, "" },
		{ "/sub/%2e%2e/%2e%2e/secret.txt", 400, "" },
		{ "/a.html%00.asp", 400, "" },
		{ "/a.html::$DATA", 404, "404.0" },
		{ "/a.html.", 404, "404.0" },
		{ "/a.html%20", 404, "404.0" },
		{ "/SECRET~1.TXT", 404, "404.0" },
		{ "/links/out/secret.txt", 404, "404.0" },
		{ "/links/file.txt", 404, "404.0" },
		{ "/links/absolute.txt", 404, "404.0" },
		{ "/links/up.txt", 404, "404.0" },
		{ "/links/inside.html", 200, "a" },
		{ "/links/fifo.txt", 404, "404.0" },
	};
	struct site s;
	site_init(&s, state, SITE_ONE, "");
	tree(&s);
	site_file(&s, "www/links/", "", 0);
	char target[600], link[600];
#define LINK(to, name)                                                                             \
	snprintf(target, sizeof(target), "%s", to);                                                \
	snprintf(link, sizeof(link), "%s/www/links/%s", s.folder, name);                           \
	assert_int_equal(symlink(target, link), 0);
	LINK("../..", "out");
	LINK("../../secret.txt", "up.txt");
	LINK("../a.html", "inside.html");
	LINK("/etc/passwd", "absolute.txt");
	snprintf(link, sizeof(link), "%s/secret.txt", s.folder);
	char absolute[600];
	snprintf(absolute, sizeof(absolute), "%s", link);
	LINK(absolute, "file.txt");
	snprintf(link, sizeof(link), "%s/www/links/fifo.txt", s.folder);
	assert_int_equal(mkfifo(link, 0644), 0);
	for (int round = 0; round < 2; round++) { /* the second time from the cache */
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			int status = site_get(&s, cases[i].target, "");
			if (status != cases[i].status || !strstr(site_body(&s), cases[i].body))
				fail_msg("%s: %d\n%s", cases[i].target, status,
					 buf_cstr(&s.received));
			assert_false(site_got(&s, "TOP SECRET"));
		}
	}
	site_close(&s);
}

static void pages_get_their_parts(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, "");
	tree(&s);
	char expected[600];
	assert_int_equal(site_get(&s, "/shop/CART.asp/7/x?later=no", ""), 200);
	assert_string_equal(s.seen_name, "/shop/CART.asp");
	assert_string_equal(s.seen_info, "/7/x");
	snprintf(expected, sizeof(expected), "%s/shop/cart.asp", s.folder);
	assert_string_equal(s.seen_file, expected);
	assert_string_equal(s.seen.application->path, "/shop");
	snprintf(expected, sizeof(expected), "%s/shop", s.folder);
	assert_true(text_equal(s.seen.app_root, text_of(expected)));
	assert_int_equal(site_get(&s, "/asp/", ""), 200);
	assert_string_equal(s.seen_name, "/asp/Default.asp");
	assert_string_equal(s.seen_info, "");
	assert_string_equal(s.seen.module, "IsapiModule");
	/* A page is not there: nobody is asked to run it. */
	int before = s.dispatched;
	assert_int_equal(site_get(&s, "/nothing.asp", ""), 404);
	assert_int_equal(s.dispatched, before);
	site_close(&s);
}

static void redirects_keep_the_query(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, "");
	site_file(&s, "www/\xc3\xa4 b%/", "", 0);
	assert_int_equal(site_get(&s, "/%C3%A4%20b%25?a=b&c", ""), 301);
	assert_string_equal(site_field(&s, "Location"), "/%C3%A4%20b%25/?a=b&c");
	site_close(&s);
}

#define BINDINGS(id, list)                                                                         \
	"<site name=\"s" id "\" id=\"" id                                                          \
	"\"><application path=\"/\"><virtualDirectory path=\"/\" "                                 \
	"physicalPath=\"@/w" id "\"/></application><bindings>" list "</bindings></site>"
#define BINDING(information) "<binding protocol=\"http\" bindingInformation=\"" information "\"/>"

static void hosts_choose_sites(void **state)
{
	static const struct {
		const char *host, *body;
	} cases[] = {
		{ "www.one.test", "1" },
		{ "WWW.ONE.TEST:80", "1" },
		{ "two.test", "2" },
		{ "other.test", "4" },
		{ "", "4" },
		{ "three.test", "3" },
		{ "127.0.0.1", "4" },
		{ "x.one.test", "4" },
	};
	struct site s;
	site_init(&s, state,
		  BINDINGS("4", BINDING("*:$:")) BINDINGS("1", BINDING("*:$:www.one.test"))
			  BINDINGS("2", BINDING("*:$:two.test") BINDING("*:1:"))
				  BINDINGS("3", BINDING("127.0.0.1:$:three.test")
							BINDING("127.0.0.2:$:"))
					  BINDINGS("5", BINDING("127.0.0.9:$:three.test")),
		  "");
	for (int i = 1; i <= 5; i++) {
		char name[32], body[8];
		snprintf(name, sizeof(name), "w%d/index.htm", i);
		snprintf(body, sizeof(body), "%d", i);
		site_text(&s, name, body);
	}
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char request[200];
		snprintf(request, sizeof(request), "GET / HTTP/1.1\r\nHost: %s\r\n\r\n",
			 cases[i].host);
		assert_int_equal(site_ask(&s, request), 200);
		assert_string_equal(site_body(&s), cases[i].body);
	}
	site_close(&s);
}

static void unknown_hosts_are_refused(void **state)
{
	struct site s;
	site_init(&s, state, BINDINGS("1", BINDING("*:$:only.test")), "");
	assert_int_equal(site_get(&s, "/", ""), 400);
	assert_true(site_got(&s, "Bad Request - Invalid Hostname"));
	site_close(&s);
}

static void changes_are_seen(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, "");
	site_text(&s, "www/a.html", "old");
	assert_int_equal(site_get(&s, "/a.html", ""), 200);
	assert_string_equal(site_body(&s), "old");
	site_text(&s, "www/a.html", "newer");
	/* Believed for a second at most: the loop's time is what it goes by. */
	int64_t until = clock_now() + 5 * NSEC_PER_SEC;
	do
		assert_int_equal(site_get(&s, "/a.html", ""), 200);
	while (strcmp(site_body(&s), "newer") != 0 && clock_now() < until);
	assert_string_equal(site_body(&s), "newer");
	site_text(&s, "www/web.config",
		  "<configuration><system.webServer><staticContent><remove "
		  "fileExtension=\".html\"/></staticContent>"
		  "</system.webServer></configuration>");
	while (site_get(&s, "/a.html", "") != 404 && clock_now() < until)
		;
	assert_true(site_got(&s, "404.3"));
	site_close(&s);
}

static void a_new_snapshot_is_used(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, "");
	site_text(&s, "www/index.html", "one");
	site_text(&s, "www2/index.html", "two");
	assert_int_equal(site_get(&s, "/", ""), 200);
	assert_string_equal(site_body(&s), "one");
	struct config *next = site_config(
		&s,
		"<site name=\"one\" id=\"1\"><application path=\"/\"><virtualDirectory path=\"/\" "
		"physicalPath=\"@/www2\"/></application><bindings><binding protocol=\"http\" "
		"bindingInformation=\"*:$:\"/></bindings></site>",
		"");
	assert_int_equal(web_set_config(s.web, next), 0);
	config_unref(next);
	assert_int_equal(site_get(&s, "/", ""), 200);
	assert_string_equal(site_body(&s), "two");
	site_close(&s);
}

/* More addresses than the cache holds: all are answered, and the bound holds. */
static void the_cache_is_bounded(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, "");
	site_text(&s, "www/a.html", "a");
	for (int i = 0; i < 2500; i++) {
		char target[64];
		snprintf(target, sizeof(target), "/n%d", i);
		assert_int_equal(site_get(&s, target, "Connection: close\r\n"), 404);
	}
	assert_int_equal(site_get(&s, "/a.html", ""), 200);
	site_close(&s);
}

static void filters(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE,
		  "<system.webServer><security><requestFiltering>"
		  "<requestLimits maxAllowedContentLength=\"10\" maxUrl=\"50\" "
		  "maxQueryString=\"20\"/><verbs><add verb=\"PUT\" allowed=\"false\"/></verbs>"
		  "</requestFiltering></security></system.webServer>");
	tree(&s);
	assert_int_equal(site_get(&s, "/a.html?123456789012345678901", ""), 404);
	assert_true(site_got(&s, "404.15"));
	assert_int_equal(
		site_get(&s, "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.html",
			 ""),
		404);
	assert_true(site_got(&s, "404.14"));
	assert_int_equal(site_ask(&s, "PUT /a.html HTTP/1.1\r\nHost: h\r\n\r\n"), 404);
	assert_true(site_got(&s, "404.6"));
	assert_int_equal(site_ask(&s, "POST /page.asp HTTP/1.1\r\nHost: h\r\n"
				      "Content-Length: 11\r\n\r\n12345678901"),
			 413);
	assert_true(site_got(&s, "413.1"));
	assert_int_equal(site_ask(&s, "POST /page.asp HTTP/1.1\r\nHost: h\r\n"
				      "Content-Length: 10\r\n\r\n1234567890"),
			 200);
	site_close(&s);
}

static void verbs(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, "");
	tree(&s);
	assert_int_equal(site_ask(&s, "POST /a.html HTTP/1.1\r\nHost: h\r\n\r\n"), 405);
	assert_string_equal(site_field(&s, "Allow"), "GET, HEAD, OPTIONS");
	assert_int_equal(site_ask(&s, "BREW /a.html HTTP/1.1\r\nHost: h\r\n\r\n"), 405);
	assert_int_equal(site_ask(&s, "OPTIONS /a.html HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
	assert_non_null(site_field(&s, "Allow"));
	assert_int_equal(site_ask(&s, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
	assert_int_equal(site_ask(&s, "TRACE /a.html HTTP/1.1\r\nHost: h\r\n\r\n"), 501);
	assert_int_equal(site_ask(&s, "HEAD /a.html HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
	assert_string_equal(site_field(&s, "Content-Length"), "1");
	assert_string_equal(site_body(&s), "");
	site_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(where_requests_go),
		state_test(pages_get_their_parts),
		state_test(redirects_keep_the_query),
		state_test(hosts_choose_sites),
		state_test(unknown_hosts_are_refused),
		state_test(changes_are_seen),
		state_test(a_new_snapshot_is_used),
		state_test(the_cache_is_bounded),
		state_test(filters),
		state_test(verbs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
