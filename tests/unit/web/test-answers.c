/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of web/static.c, errors.c, error_page.c, dirlist.c, log.c, httperr.c: what is answered and
 * what is written down. */
#include "site.h"

static void a_file_with_its_validators(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, "");
	site_text(&s, "www/a.html", "0123456789");
	char path[600];
	snprintf(path, sizeof(path), "%s/www/a.html", s.folder);
	struct timespec old[2] = { { 1700000000, 0 }, { 1700000000, 0 } };
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	assert_int_equal(site_get(&s, "/a.html", ""), 200);
	assert_string_equal(site_field(&s, "Content-Type"), "text/html");
	assert_string_equal(site_field(&s, "Last-Modified"), "Tue, 14 Nov 2023 22:13:20 GMT");
	assert_string_equal(site_field(&s, "Accept-Ranges"), "bytes");
	assert_string_equal(site_field(&s, "ETag"), "\"00006dc64717da1:0\"");
	assert_string_equal(site_field(&s, "Server"), "Surrogate/0.1");
	assert_null(site_field(&s, "X-Powered-By"));
	assert_int_equal(site_get(&s, "/a.html", "If-None-Match: \"00006dc64717da1:0\"\r\n"), 304);
	assert_null(site_field(&s, "Content-Type"));
	assert_null(site_field(&s, "Content-Length"));
	assert_non_null(site_field(&s, "ETag"));
	assert_int_equal(site_get(&s, "/a.html",
				  "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT\r\n"),
			 304);
	assert_int_equal(site_get(&s, "/a.html", "If-Match: \"x\"\r\n"), 412);
	assert_int_equal(site_get(&s, "/a.html", "Range: bytes=2-4\r\n"), 206);
	assert_string_equal(site_body(&s), "234");
	assert_string_equal(site_field(&s, "Content-Range"), "bytes 2-4/10");
	assert_int_equal(site_get(&s, "/a.html", "Range: bytes=2-4\r\nIf-Range: \"x\"\r\n"), 200);
	assert_int_equal(site_get(&s, "/a.html", "Range: bytes=10-\r\n"), 416);
	assert_string_equal(site_field(&s, "Content-Range"), "bytes */10");
	site_close(&s);
}

static void a_young_file_is_weak(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, "");
	site_text(&s, "www/a.html", "x");
	assert_int_equal(site_get(&s, "/a.html", ""), 200);
	assert_memory_equal(site_field(&s, "ETag"), "W/\"", 3);
	site_close(&s);
}

/* Small ones come from memory, large ones by the descriptor: the same answers. */
static void large_and_small_files(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 3000000 };
	struct site s;
	site_init(&s, state, SITE_ONE, "");
	char *data = mem_alloc(3000000);
	for (size_t i = 0; i < 3000000; i++)
		data[i] = (char)('a' + i % 23);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		char name[64];
		snprintf(name, sizeof(name), "www/f%zu.txt", i);
		site_file(&s, name, data, sizes[i]);
		for (int again = 0; again < 2; again++) {
			assert_int_equal(site_get(&s, name + 3, ""), 200);
			assert_int_equal(strlen(site_body(&s)), sizes[i]);
			assert_memory_equal(site_body(&s), data, sizes[i]);
		}
		if (sizes[i] < 100)
			continue;
		assert_int_equal(site_get(&s, name + 3, "Range: bytes=60000-60009\r\n"), 206);
		assert_memory_equal(site_body(&s), data + 60000, 10);
		assert_int_equal(site_get(&s, name + 3, "Range: bytes=0-1,60000-60009,-3\r\n"),
				 206);
		assert_non_null(strstr(site_field(&s, "Content-Type"), "multipart/byteranges"));
		struct buf expected;
		buf_init(&expected, 4096);
		buf_printf(&expected,
			   "--<q1w2e3r4t5y6u7i8o9p0>\r\nContent-Type: text/plain\r\n"
			   "Content-Range: bytes 0-1/%zu\r\n\r\nab\r\n"
			   "--<q1w2e3r4t5y6u7i8o9p0>\r\nContent-Type: text/plain\r\n"
			   "Content-Range: bytes 60000-60009/%zu\r\n\r\n%.10s\r\n"
			   "--<q1w2e3r4t5y6u7i8o9p0>\r\nContent-Type: text/plain\r\n"
			   "Content-Range: bytes %zu-%zu/%zu\r\n\r\n%.3s\r\n"
			   "--<q1w2e3r4t5y6u7i8o9p0>--\r\n",
			   sizes[i], sizes[i], data + 60000, sizes[i] - 3, sizes[i] - 1, sizes[i],
			   data + sizes[i] - 3);
		assert_string_equal(site_body(&s), buf_cstr(&expected));
		buf_done(&expected);
	}
	mem_free(data);
	site_close(&s);
}

static void headers_of_the_configuration(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE,
		  "<system.webServer><httpProtocol><customHeaders><clear/>"
		  "<add name=\"X-Powered-By\" value=\"coffee\"/></customHeaders></httpProtocol>"
		  "<staticContent><clientCache cacheControlMode=\"UseMaxAge\" "
		  "cacheControlMaxAge=\"00:10:00\"/></staticContent></system.webServer>");
	site_text(&s, "www/a.html", "x");
	site_text(&s, "www/p.asp", "x");
	assert_int_equal(site_get(&s, "/a.html", ""), 200);
	assert_string_equal(site_field(&s, "X-Powered-By"), "coffee");
	assert_string_equal(site_field(&s, "Cache-Control"), "max-age=600");
	assert_int_equal(site_get(&s, "/nothing", ""), 404);
	assert_string_equal(site_field(&s, "X-Powered-By"), "coffee");
	assert_int_equal(site_get(&s, "/p.asp", ""), 200);
	assert_string_equal(site_field(&s, "X-Powered-By"), "coffee");
	site_close(&s);
}

static void detailed_errors(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, "");
	site_text(&s, "www/p.asp", "x");
	assert_int_equal(site_get(&s, "/no%3Cb%3E&.html?q=%22<x>", ""), 404);
	/* '<' is no name for a file; a plain one: */
	assert_int_equal(site_get(&s, "/a&b.html?q=\"<x>", ""), 404);
	assert_true(site_got(&s, "HTTP Error 404.0 - Not Found"));
	assert_true(site_got(&s, "0x80070002"));
	assert_true(site_got(&s, "a&amp;b.html?q=&quot;&lt;x&gt;"));
	assert_false(site_got(&s, "<x>"));
	char path[700];
	snprintf(path, sizeof(path), "%s/www/a&amp;b.html", s.folder);
	assert_true(site_got(&s, path));
	assert_int_equal(site_get(&s, "/p.asp?fail", ""), 502);
	assert_true(site_got(&s, "the &lt;host&gt; is gone"));
	assert_true(site_got(&s, "0x800706be"));
	assert_true(site_got(&s, "IsapiModule"));
	site_close(&s);
}

static void custom_errors(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE,
		  "<system.webServer><httpErrors errorMode=\"Custom\"><clear/>"
		  "<error statusCode=\"404\" path=\"@/404.htm\"/>"
		  "<error statusCode=\"404\" subStatusCode=\"3\" path=\"@/404-3.htm\"/>"
		  "<error statusCode=\"403\" path=\"http://elsewhere/\" responseMode=\"Redirect\"/>"
		  "<error statusCode=\"405\" path=\"@/missing.htm\"/>"
		  "</httpErrors></system.webServer>");
	site_text(&s, "404.htm", "custom 404");
	site_text(&s, "404-3.htm", "custom 404.3");
	site_text(&s, "www/a.unknown", "x");
	site_text(&s, "www/a.html", "x");
	site_file(&s, "www/empty/", "", 0);
	assert_int_equal(site_get(&s, "/nothing", ""), 404);
	assert_string_equal(site_body(&s), "custom 404");
	assert_int_equal(site_get(&s, "/a.unknown", ""), 404);
	assert_string_equal(site_body(&s), "custom 404.3");
	assert_int_equal(site_get(&s, "/empty/", ""), 302);
	assert_string_equal(site_field(&s, "Location"), "http://elsewhere/");
	/* The page is missing: a short one, without what only administrators should see. */
	assert_int_equal(site_ask(&s, "POST /a.html HTTP/1.1\r\nHost: h\r\n\r\n"), 405);
	assert_true(site_got(&s, "405 - Method Not Allowed"));
	assert_false(site_got(&s, s.folder));
	site_close(&s);
}

static char *read_log(struct site *s, const char *folder)
{
	char command[800], path[1024];
	snprintf(command, sizeof(command), "ls %s/state/logs/%s/*.log", s->folder, folder);
	FILE *ls = popen(command, "r");
	assert_non_null(ls);
	assert_non_null(fgets(path, sizeof(path), ls));
	path[strcspn(path, "\n")] = '\0';
	assert_null(fgets(command, sizeof(command), ls)); /* only one */
	pclose(ls);
	char *data;
	size_t length;
	assert_int_equal(sys_read_file(path, 1 << 20, &data, &length), 0);
	return data;
}

#define LOGGED                                                                                     \
	"<site name=\"one\" id=\"7\"><application path=\"/\"><virtualDirectory path=\"/\" "        \
	"physicalPath=\"@/www\"/></application><bindings><binding protocol=\"http\" "              \
	"bindingInformation=\"*:$:\"/></bindings><logFile directory=\"@/state/logs\" "             \
	"logExtFileFlags=\"Method, UriStem, UriQuery, ServerPort, ClientIP, UserAgent, Referer, "  \
	"HttpStatus, HttpSubStatus, Win32Status, BytesSent, BytesRecv\"/></site>"

/* ExecuteURL: a page answers for what is not there. */
static void pages_may_answer_for_errors(void **state)
{
	struct site s;
	site_init(&s, state, LOGGED,
		  "<system.webServer><httpErrors errorMode=\"Custom\"><clear/>"
		  "<error statusCode=\"404\" path=\"/err.asp\" responseMode=\"ExecuteURL\"/>"
		  "<error statusCode=\"405\" path=\"/none.asp\" responseMode=\"ExecuteURL\"/>"
		  "<error statusCode=\"502\" path=\"/err.asp\" responseMode=\"ExecuteURL\"/>"
		  "</httpErrors></system.webServer>");
	site_text(&s, "www/err.asp", "x");
	site_text(&s, "www/p.asp", "x");
	site_text(&s, "www/a.html", "x");
	char query[200];
	assert_int_equal(site_get(&s, "/gone?a=b", ""), 200);
	assert_string_equal(site_body(&s), "page");
	assert_string_equal(s.seen_name, "/err.asp");
	snprintf(query, sizeof(query), "404;http://localhost:%u/gone?a=b", s.port);
	assert_string_equal(s.seen_query, query);
	/* The page is not there itself; and the host of a page that failed is not asked again. */
	assert_int_equal(site_ask(&s, "POST /a.html HTTP/1.1\r\nHost: h\r\n\r\n"), 405);
	assert_int_equal(site_get(&s, "/p.asp?fail", ""), 502);
	assert_int_equal(s.dispatched, 2);
	site_close(&s);
	char *log = read_log(&s, "W3SVC7");
	assert_non_null(strstr(log, "GET /gone a=b "));
	mem_free(log);
}

static void a_broken_web_config(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, "");
	site_text(&s, "www/sub/a.html", "x");
	site_text(&s, "www/sub/web.config",
		  "<configuration>\r\n  <system.webServer>\r\n    <defaultDocument a=\"1\"/>\r\n"
		  "  </system.webServer>\r\n</configuration>\r\n");
	assert_int_equal(site_get(&s, "/sub/a.html", ""), 500);
	assert_true(site_got(&s, "HTTP Error 500.19"));
	assert_true(site_got(&s, "Unrecognized attribute &#39;a&#39;"));
	assert_true(site_got(&s, "/www/sub/web.config"));
	assert_true(site_got(&s, "    2:   &lt;system.webServer&gt;"));
	assert_true(site_got(
		&s, "<span class=\"bad\">    3:     &lt;defaultDocument a=&quot;1&quot;/&gt;"));
	assert_true(site_got(&s, "    4:   &lt;/system.webServer&gt;"));
	assert_true(site_got(&s, "0x8007000d"));
	site_close(&s);
}

static void a_listing(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE,
		  "<system.webServer><directoryBrowse enabled=\"true\"/></system.webServer>");
	site_text(&s, "www/d/z&<.txt", "12345");
	site_text(&s, "www/d/a b.txt", "1");
	site_text(&s, "www/d/.git", "1");
	site_text(&s, "www/d/x.config", "1");
	site_file(&s, "www/d/folder/", "", 0);
	site_file(&s, "www/d/bin/", "", 0);
	assert_int_equal(site_get(&s, "/d/", ""), 200);
	assert_true(site_got(&s, "<a href=\"./a%20b.txt\">a b.txt</a>"));
	assert_true(site_got(&s, "<a href=\"./folder/\">folder/</a>"));
	assert_true(site_got(&s, ">z&amp;&lt;.txt</a>"));
	assert_true(site_got(&s, "<a href=\"../\">"));
	assert_false(site_got(&s, ".git"));
	assert_false(site_got(&s, "x.config"));
	assert_false(site_got(&s, "bin/"));
	assert_true(strstr(site_body(&s), "folder/") < strstr(site_body(&s), "a b.txt"));
	site_close(&s);
}

/* ---- logs ---- */

static void requests_are_logged(void **state)
{
	struct site s;
	site_init(&s, state, LOGGED, "");
	site_text(&s, "www/a b.html", "hello");
	site_text(&s, "www/p.asp", "x");
	static const char first[] = "GET /a%20b.html?x=1 HTTP/1.1\r\nHost: h\r\n"
				    "User-Agent: My Agent/1.0\r\n\r\n";
	assert_int_equal(site_ask(&s, first), 200);
	size_t sent = s.received.length;
	assert_int_equal(site_get(&s, "/bin/x.txt", "Referer: http://r/\x09x\r\n"), 404);
	assert_int_equal(site_get(&s, "/p.asp?fail", ""), 502);
	uint16_t port = s.port;
	site_close(&s);
	char *log = read_log(&s, "W3SVC7");
	char line[300];
	assert_memory_equal(log, "#Software: Surrogate", 20);
	assert_non_null(strstr(log, "\r\n#Version: 1.0\r\n#Date: 20"));
	assert_non_null(strstr(log, "\r\n#Fields: cs-method cs-uri-stem cs-uri-query s-port c-ip "
				    "cs(User-Agent) cs(Referer) sc-status sc-substatus "
				    "sc-win32-status sc-bytes cs-bytes\r\n"));
	snprintf(line, sizeof(line),
		 "\r\nGET /a+b.html x=1 %u 127.0.0.1 My+Agent/1.0 - 200 0 0 %zu %zu\r\n", port,
		 sent, sizeof(first) - 1);
	if (!strstr(log, line))
		fail_msg("%s\nnot in\n%s", line, log);
	snprintf(line, sizeof(line), "\r\nGET /bin/x.txt - %u 127.0.0.1 - http://r/+x 404 8 0 ",
		 port);
	assert_non_null(strstr(log, line));
	snprintf(line, sizeof(line), "\r\nGET /p.asp fail %u 127.0.0.1 - - 502 2 1726 ", port);
	assert_non_null(strstr(log, line));
	mem_free(log);
}

static void refusals_are_in_httperr(void **state)
{
	struct site s;
	site_init(&s, state, LOGGED, "");
	assert_int_equal(site_ask(&s, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400);
	assert_int_equal(site_ask(&s, "GET / HTTP/9.1\r\nHost: a\r\n\r\n"), 505);
	site_close(&s);
	char *log = read_log(&s, "HTTPERR");
	assert_non_null(strstr(log, " 127.0.0.1 - - - - - - 400 - Hostname -\r\n"));
	assert_non_null(strstr(log, " 127.0.0.1 - - - - - - 505 - Version_N/S -\r\n"));
	mem_free(log);
}

static void a_client_that_leaves(void **state)
{
	struct site s;
	site_init(&s, state, LOGGED, "");
	site_text(&s, "www/p.asp", "x");
	static const char request[] = "GET /p.asp?later HTTP/1.1\r\nHost: h\r\n\r\n";
	site_connect(&s);
	assert_int_equal(send(s.client, request, sizeof(request) - 1, 0), sizeof(request) - 1);
	while (!s.dispatched)
		http_loop_turn(s.loop, NSEC_PER_SEC);
	/* With a reset: a mere end might be half a close, whose client wants its answer. */
	struct linger reset = { 1, 0 };
	assert_int_equal(setsockopt(s.client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), 0);
	s.client = sys_close(s.client);
	while (!s.done)
		http_loop_turn(s.loop, NSEC_PER_SEC);
	assert_int_equal(s.aborted, 1);
	site_close(&s);
	char *log = read_log(&s, "W3SVC7");
	assert_non_null(strstr(log, "GET /p.asp later "));
	assert_non_null(strstr(log, " 0 0 64 "));
	mem_free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(a_file_with_its_validators),
		state_test(a_young_file_is_weak),
		state_test(large_and_small_files),
		state_test(headers_of_the_configuration),
		state_test(detailed_errors),
		state_test(custom_errors),
		state_test(pages_may_answer_for_errors),
		state_test(a_broken_web_config),
		state_test(a_listing),
		state_test(requests_are_logged),
		state_test(refusals_are_in_httperr),
		state_test(a_client_that_leaves),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
